//! The national rollup: the provinces' signed rollups and the reports of the
//! units directly under the ministry, merged as one more level.
//!
//! A province is one leaf, its rollup entry's id and its aggregates; its
//! facilities are leaves of its own tree. So a facility's two inclusion proofs,
//! one in its province and one of its province, lead to the national root.
//!
//! **Numbers only.** The nation's aggregates have no listed texts, and neither
//! has a province's leaf: 34 provinces' texts, all of which the ministry holds
//! in the provincial rollups already, would not fit into one entry and would
//! make every province's proof as large as its rollup. The leaf of a unit
//! directly under the ministry is a facility's like any other and keeps its
//! texts: it is the only place that has them beside the report, and deep
//! verification compares it with the report's whole state.
//!
//! `expected`, `on_time` and `late` count facilities: those of the provinces
//! that are in, and the ministry's own. A province without a rollup is in
//! `missing` by name; how many facilities it has is not known here. The ministry's
//! own facilities that were not received are there too. What the provinces that are
//! in miss is in their rollups, so `on_time`, `late` and `missing` need not come to
//! `expected`.

use std::collections::{BTreeMap, BTreeSet};

use model::{Aggregate, Aggregates, Form, Level, UnitPath};
use wire::{EntryId, Flag, FlagReason, RollupContent, RollupInput};

use crate::consolidate::{
    Completeness, ConsolidateError, Header, Sources, check_received, check_shape, sorted,
    sorted_flags, total, unique,
};
use crate::merge::without_lists;
use crate::state;

/// The provincial rollups that go in: by province, the entry and its content.
pub type Provinces = BTreeMap<UnitPath, (EntryId, RollupContent)>;

/// Consolidates the nation. `provinces` holds each province's newest rollup, as
/// [`newest`](crate::newest) finds it; `direct` the units directly under the
/// ministry.
///
/// # Errors
/// As [`consolidate`](crate::consolidate()), and if a provincial rollup is not
/// of this report, speaks of a unit of another province, or contradicts itself.
pub fn consolidate_nation(
    form: &Form,
    header: Header,
    expected_provinces: &[UnitPath],
    provinces: &Provinces,
    direct: Sources,
) -> Result<RollupContent, ConsolidateError> {
    let expected = unique(expected_provinces)?;
    let zero = state::empty(form);
    for (unit, (_, content)) in provinces {
        check_province(form, &zero, header.ordinal, &expected, unit, content)?;
    }
    let direct_expected = unique(&direct.expected)?;
    check_direct(&direct_expected)?;
    let own = Completeness::of(&direct_expected, &direct.received);
    let direct_inputs = sorted(direct.inputs)?;
    check_received(&direct_expected, &direct.received, &direct_inputs)?;

    for input in &direct_inputs {
        check_shape(&zero, &input.unit, &input.state)?;
    }

    let inputs = nation_inputs(provinces, direct_inputs)?;
    let (merkle_root, sums) = total(zero, &inputs)?;
    let aggregates = without_lists(sums);
    let sum = |of: fn(&RollupContent) -> u64, own: u64| add_up(provinces, of, own);
    let without = expected.iter().filter(|unit| !provinces.contains_key(unit));
    let mut missing: Vec<UnitPath> = without.cloned().chain(own.missing).collect();
    missing.sort();
    Ok(RollupContent {
        form: form.name.clone(),
        version: form.version,
        ordinal: header.ordinal,
        due: header.due,
        expected: sum(|c| c.expected, direct_expected.len() as u64)?,
        on_time: sum(|c| c.on_time, own.on_time)?,
        late: sum(|c| c.late, own.late)?,
        missing,
        flagged: nation_flags(provinces, direct.flags),
        inputs: inputs.len() as u64,
        merkle_root,
        aggregates,
        receipts_head: header.receipts_head,
        replaces: header.replaces,
        provinces: provinces
            .iter()
            .map(|(unit, (id, _))| (unit.clone(), *id))
            .collect(),
    })
}

/// Whether one province's rollup fits into the national one, whatever the others
/// say: so no province can keep the nation from being signed. Each of n
/// provinces has an n+1-th part of what a total can hold, and so has the ministry
/// for its own facilities.
///
/// # Errors
/// As [`consolidate_nation`] with this province alone, or
/// [`ConsolidateError::TooLarge`].
pub fn check_alone(
    form: &Form,
    ordinal: u32,
    expected_provinces: &[UnitPath],
    unit: &UnitPath,
    rollup: (EntryId, &RollupContent),
) -> Result<(), ConsolidateError> {
    let (id, content) = rollup;
    let header = Header {
        ordinal,
        ..Header::default()
    };
    let alone = Provinces::from([(unit.clone(), (id, content.clone()))]);
    let direct = Sources::default();
    let sums = consolidate_nation(form, header, expected_provinces, &alone, direct)?.aggregates;
    let parts = expected_provinces.len() as u64 + 1;
    let within = |n: u64| n <= i64::MAX.unsigned_abs() / parts;
    let numbers = sums.values().all(|sum| match sum {
        Aggregate::Sum { sum } => within(sum.unsigned_abs()),
        Aggregate::Share { yes, of } => [yes, of].iter().all(|n| within(n.unsigned_abs())),
        Aggregate::Ratio { num, den } => [num, den].iter().all(|n| within(n.unsigned_abs())),
        Aggregate::Counts { counts } => counts.values().all(|n| within(n.unsigned_abs())),
        Aggregate::List { .. } => true,
    });
    // What is expected is on time, late or missing.
    if numbers && within(content.expected) {
        Ok(())
    } else {
        Err(ConsolidateError::TooLarge { unit: unit.clone() })
    }
}

/// The leaves of a national rollup, sorted by unit: one a province and one a
/// unit directly under the ministry.
///
/// # Errors
/// If a unit is there twice.
pub fn nation_inputs(
    provinces: &Provinces,
    direct: Vec<RollupInput>,
) -> Result<Vec<RollupInput>, ConsolidateError> {
    let mut inputs = direct;
    inputs.extend(
        provinces
            .iter()
            .map(|(unit, (id, content))| province_input(unit, *id, content)),
    );
    sorted(inputs)
}

/// A province's leaf in the national rollup: its numbers, without the listed
/// texts.
pub fn province_input(unit: &UnitPath, rollup: EntryId, content: &RollupContent) -> RollupInput {
    RollupInput {
        unit: unit.clone(),
        submission: rollup,
        receipt: None,
        timeliness: None,
        state: without_lists(content.aggregates.clone()),
    }
}

fn check_province(
    form: &Form,
    zero: &Aggregates,
    ordinal: u32,
    expected: &BTreeSet<UnitPath>,
    unit: &UnitPath,
    content: &RollupContent,
) -> Result<(), ConsolidateError> {
    let unit = unit.clone();
    if unit.level() != Level::Province || !expected.contains(&unit) {
        return Err(ConsolidateError::NotExpected { unit });
    }
    // An older version has fewer codes; a newer one may have some unknown here.
    let same = content.form == form.name
        && content.version <= form.version
        && content.ordinal == ordinal
        && content.provinces.is_empty();
    if !same {
        return Err(ConsolidateError::OtherReport { unit });
    }
    let named = content
        .missing
        .iter()
        .chain(content.flagged.iter().map(|flag| &flag.unit));
    for other in named {
        if !unit.contains(other) {
            let outside = other.clone();
            return Err(ConsolidateError::Outside { unit, outside });
        }
    }
    // The whole of it, the texts too, though only the numbers go in.
    check_shape(zero, &unit, &content.aggregates)?;
    check_counts(unit, content)
}

fn check_counts(unit: UnitPath, content: &RollupContent) -> Result<(), ConsolidateError> {
    let received = content.on_time.checked_add(content.late);
    let all = received.and_then(|n| n.checked_add(content.missing.len() as u64));
    let ascending = content.missing.windows(2).all(|pair| pair[0] < pair[1]);
    let enough = received.is_some_and(|n| content.inputs <= n);
    if all == Some(content.expected) && ascending && enough {
        Ok(())
    } else {
        Err(ConsolidateError::Counts { unit })
    }
}

/// Direct units are the ministry itself and facilities with no province above.
fn check_direct(expected: &BTreeSet<UnitPath>) -> Result<(), ConsolidateError> {
    let ministry = UnitPath::ministry();
    let fits = |unit: &UnitPath| match unit.level() {
        Level::Ministry => true,
        Level::Province => false,
        Level::Facility => unit.parent().as_ref() == Some(&ministry),
    };
    match expected.iter().find(|unit| !fits(unit)) {
        Some(outside) => Err(ConsolidateError::Outside {
            unit: ministry,
            outside: outside.clone(),
        }),
        None => Ok(()),
    }
}

fn add_up(
    provinces: &Provinces,
    of: fn(&RollupContent) -> u64,
    own: u64,
) -> Result<u64, ConsolidateError> {
    provinces.iter().try_fold(own, |sum, (unit, (_, content))| {
        sum.checked_add(of(content))
            .ok_or_else(|| ConsolidateError::Counts { unit: unit.clone() })
    })
}

/// New keys are marked in every rollup that rests on them, the nation's too;
/// where a review stands is the province's own business.
fn nation_flags(provinces: &Provinces, direct: Vec<Flag>) -> Vec<Flag> {
    let below = provinces
        .values()
        .flat_map(|(_, content)| &content.flagged)
        .filter(|flag| flag.reason == FlagReason::Reenrolled);
    sorted_flags(direct.into_iter().chain(below.cloned()).collect())
}
