//! Checking a signed rollup against what it rests on.
//!
//! Three depths: [`check_arithmetic`] from the rollup's inputs, [`check_nation`]
//! from the provincial rollups, [`compare`] for one unit against a state that
//! was recomputed from its report. All of them list every difference instead of
//! stopping at the first, and none of them trusts the other side: nothing here
//! panics or wraps on hostile numbers. Signatures are `identity`'s business.

use std::collections::{BTreeMap, BTreeSet};

use model::{Aggregate, Aggregates, Level, UnitPath};
use serde::Serialize;
use wire::cbor::CborError;
use wire::{Digest, RollupContent, RollupInput, Timeliness};

use crate::merge::{MergeError, merge, without_lists, zero_of};
use crate::merkle;
use crate::nation::{Provinces, province_input};

/// One indicator of one unit that is not what its source says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mismatch {
    /// Whose.
    pub unit: UnitPath,
    /// Which indicator.
    pub code: String,
    /// What the rollup says; `None` if it does not have it.
    pub rollup: Option<Aggregate>,
    /// What the source gives; `None` if it does not have it.
    pub source: Option<Aggregate>,
}

/// Something in a rollup that does not follow from its inputs.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// A unit has two inputs.
    #[error("{unit} has two inputs")]
    Twice {
        /// The unit.
        unit: UnitPath,
    },
    /// Another number of inputs than the rollup claims.
    #[error("the rollup claims {rollup} inputs, there are {computed}")]
    Inputs {
        /// What the rollup claims.
        rollup: u64,
        /// How many there are.
        computed: u64,
    },
    /// The inputs hash to another root.
    #[error("the rollup's Merkle root is {rollup}, the inputs give {computed}")]
    Root {
        /// What the rollup claims.
        rollup: Digest,
        /// What the inputs give.
        computed: Digest,
    },
    /// Expected, on time, late and missing contradict each other or the inputs.
    #[error("expected, on time, late and missing do not add up")]
    Completeness,
    /// An input of a unit that the rollup calls missing.
    #[error("{unit} is called missing but has an input")]
    NotMissing {
        /// The unit.
        unit: UnitPath,
    },
    /// The provinces named are not the provinces that went in.
    #[error("{unit} is named with another rollup than went in")]
    Province {
        /// The province.
        unit: UnitPath,
    },
    /// An indicator is not the sum of the inputs'.
    #[error("indicator {code} is not what the inputs add up to")]
    Aggregate {
        /// Which indicator.
        code: String,
        /// What the rollup says.
        rollup: Option<Aggregate>,
        /// What the inputs give.
        computed: Option<Aggregate>,
    },
    /// An input cannot be added at all.
    #[error("cannot add {unit}")]
    Merge {
        /// The unit at which it failed.
        unit: UnitPath,
        /// Why.
        source: MergeError,
    },
    /// An input cannot be encoded.
    #[error("cannot hash an input")]
    Encode(#[from] CborError),
}

/// Everything in a rollup that its inputs, in any order, do not bear out: their
/// number, the Merkle root, completeness and every aggregate. Empty means that
/// the rollup is right, given these inputs.
///
/// A rollup that names provinces is a nation's: it has no listed texts, and of
/// its completeness only bounds can be checked without the provincial rollups.
/// So a nation is better checked by [`check_nation`], and one that no province
/// has reported to can only be.
pub fn check_arithmetic(content: &RollupContent, inputs: &[RollupInput]) -> Vec<Fault> {
    check(content, inputs, !content.provinces.is_empty())
}

fn check(content: &RollupContent, inputs: &[RollupInput], nation: bool) -> Vec<Fault> {
    let mut inputs: Vec<RollupInput> = inputs.to_vec();
    inputs.sort_by(|a, b| a.unit.cmp(&b.unit));
    let mut faults = Vec::new();
    check_inputs(content, &inputs, &mut faults);
    if !is_complete(content, &inputs) {
        faults.push(Fault::Completeness);
    }
    check_named_provinces(content, &inputs, &mut faults);
    check_aggregates(content, &inputs, nation, &mut faults);
    faults
}

/// Everything in a national rollup that the provincial rollups and the inputs
/// of the ministry's own units do not bear out.
pub fn check_nation(
    content: &RollupContent,
    provinces: &Provinces,
    direct: &[RollupInput],
) -> Vec<Fault> {
    let mut inputs = direct.to_vec();
    inputs.extend(
        provinces
            .iter()
            .map(|(unit, (id, c))| province_input(unit, *id, c)),
    );
    let mut faults = check(content, &inputs, true);
    let said = faults.iter().any(|f| matches!(f, Fault::Completeness));
    if !said && !nation_is_complete(content, provinces, direct) {
        faults.push(Fault::Completeness);
    }
    faults
}

/// Where a unit's state in a rollup differs from the state recomputed from its
/// report, code by code. Empty means "verified from source".
pub fn compare(claimed: &Aggregates, source: &Aggregates, unit: &UnitPath) -> Vec<Mismatch> {
    differences(claimed, source)
        .map(|(code, rollup, source)| Mismatch {
            unit: unit.clone(),
            code: code.clone(),
            rollup: rollup.cloned(),
            source: source.cloned(),
        })
        .collect()
}

type Difference<'a> = (&'a String, Option<&'a Aggregate>, Option<&'a Aggregate>);

fn differences<'a>(
    one: &'a Aggregates,
    other: &'a Aggregates,
) -> impl Iterator<Item = Difference<'a>> {
    let codes: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    codes
        .into_iter()
        .map(|code| (code, one.get(code), other.get(code)))
        .filter(|(_, a, b)| a != b)
}

fn check_inputs(content: &RollupContent, inputs: &[RollupInput], faults: &mut Vec<Fault>) {
    for pair in inputs.windows(2) {
        if pair[0].unit == pair[1].unit {
            let unit = pair[0].unit.clone();
            faults.push(Fault::Twice { unit });
        }
    }
    if content.inputs != inputs.len() as u64 {
        faults.push(Fault::Inputs {
            rollup: content.inputs,
            computed: inputs.len() as u64,
        });
    }
    match merkle::leaves(inputs) {
        Err(error) => faults.push(Fault::Encode(error)),
        Ok(leaves) => {
            let computed = merkle::root(&leaves);
            if computed != content.merkle_root && !model::sabotaged!(SkipMerkleRoot) {
                let rollup = content.merkle_root;
                faults.push(Fault::Root { rollup, computed });
            }
        }
    }
    for input in inputs {
        if content.missing.contains(&input.unit) {
            let unit = input.unit.clone();
            faults.push(Fault::NotMissing { unit });
        }
    }
}

/// The inputs are some of those received; who is neither received nor missing
/// by name can only be below a province.
fn is_complete(content: &RollupContent, inputs: &[RollupInput]) -> bool {
    let Some(open) = still_open(content.expected, content.on_time, content.late) else {
        return false;
    };
    let (on_time, late) = by_time(inputs);
    let ascending = content.missing.windows(2).all(|pair| pair[0] < pair[1]);
    let named = content.missing.len() as u64;
    let named_units = units_of(&content.missing);
    let missing_fits = if content.provinces.is_empty() {
        open == named || open == named_units
    } else {
        open >= named_units
    };
    ascending && missing_fits && on_time <= content.on_time && late <= content.late
}

/// What the provinces do not account for is the ministry's own units', and must
/// be complete in itself.
fn nation_is_complete(
    content: &RollupContent,
    provinces: &Provinces,
    direct: &[RollupInput],
) -> bool {
    let rest = |claimed: u64, of: fn(&RollupContent) -> u64| {
        provinces
            .values()
            .try_fold(claimed, |rest, (_, c)| rest.checked_sub(of(c)))
    };
    let rests = (
        rest(content.expected, |c| c.expected),
        rest(content.on_time, |c| c.on_time),
        rest(content.late, |c| c.late),
    );
    let (Some(expected), Some(on_time), Some(late)) = rests else {
        return false;
    };
    let (on_time_in, late_in) = by_time(direct);
    still_open(expected, on_time, late) == Some(units_of(&content.missing))
        && on_time_in <= on_time
        && late_in <= late
}

fn still_open(expected: u64, on_time: u64, late: u64) -> Option<u64> {
    expected.checked_sub(on_time)?.checked_sub(late)
}

fn by_time(inputs: &[RollupInput]) -> (u64, u64) {
    let count = |fits: fn(Timeliness) -> bool| {
        let timely = inputs.iter().filter_map(|input| input.timeliness);
        timely.filter(|t| fits(*t)).count() as u64
    };
    (
        count(|t| t == Timeliness::OnTime),
        count(|t| t != Timeliness::OnTime),
    )
}

/// How many of these are no province.
fn units_of(missing: &[UnitPath]) -> u64 {
    let units = missing
        .iter()
        .filter(|unit| unit.level() != Level::Province);
    units.count() as u64
}

/// `provinces` names exactly the inputs that are provincial rollups: those
/// without a timeliness of their own. (The level would not tell: a Sở's own
/// office reports too.)
fn check_named_provinces(content: &RollupContent, inputs: &[RollupInput], faults: &mut Vec<Fault>) {
    let went_in: BTreeMap<_, _> = inputs
        .iter()
        .filter(|input| input.timeliness.is_none())
        .map(|input| (&input.unit, &input.submission))
        .collect();
    let named = content.provinces.keys();
    let units: BTreeSet<&UnitPath> = named.chain(went_in.keys().copied()).collect();
    for unit in units {
        if content.provinces.get(unit) != went_in.get(unit).copied() {
            faults.push(Fault::Province { unit: unit.clone() });
        }
    }
}

/// Adds the inputs up from zeros of the rollup's own shape, so that a rollup of
/// no inputs, which has every code of its form, needs no form to be checked. A
/// nation's has numbers only: a list in it, empty or not, is a fault.
fn check_aggregates(
    content: &RollupContent,
    inputs: &[RollupInput],
    nation: bool,
    faults: &mut Vec<Fault>,
) {
    let mut sum: Aggregates = content
        .aggregates
        .iter()
        .map(|(code, aggregate)| (code.clone(), zero_of(aggregate)))
        .collect();
    for input in inputs {
        if let Err(source) = merge(&mut sum, &input.state) {
            let unit = input.unit.clone();
            faults.push(Fault::Merge { unit, source });
            return;
        }
    }
    if nation {
        sum = without_lists(sum);
    }
    faults.extend(
        differences(&content.aggregates, &sum).map(|(code, rollup, computed)| Fault::Aggregate {
            code: code.clone(),
            rollup: rollup.cloned(),
            computed: computed.cloned(),
        }),
    );
}
