//! The consolidation of one level's own reports: a Sở over its facilities.
//!
//! The caller has decided what is asked (`expected`), what has come in
//! (`received`: any submission with a receipt) and what goes in (`inputs`: each
//! unit's latest accepted submission). Here it is only added up, and refused if
//! the three do not fit together.
//!
//! Invariants of what comes out: `on_time + late + missing = expected`; the
//! leaves are the inputs sorted by unit, each unit once; `aggregates` is the
//! merge of exactly these leaves and has every code of the form. The same facts
//! in any order give the same bytes.

use std::collections::{BTreeMap, BTreeSet};

use model::{Aggregate, Aggregates, Form, ListItem, Timestamp, UnitPath};
use wire::cbor::CborError;
use wire::{Digest, EntryId, Flag, RollupContent, RollupInput, Timeliness};

use crate::merge::{MergeError, merge, same_kind};
use crate::{merkle, state};

/// What a rollup says of itself, beside its numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// The campaign's ordinal.
    pub ordinal: u32,
    /// The due time that was applied.
    pub due: Option<Timestamp>,
    /// Head of the signer's node's receipt chain.
    pub receipts_head: Option<EntryId>,
    /// The rollups that this one replaces, ascending.
    pub replaces: Vec<EntryId>,
}

/// A unit whose report has been received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received {
    /// As its receipt says; the unit's input says the same.
    pub timeliness: Timeliness,
}

/// The reports of the units directly under the one that consolidates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// Units of the audience that had to report, in any order.
    pub expected: Vec<UnitPath>,
    /// Units whose report has a receipt, accepted or not. A unit that was not
    /// expected is left out of the counts.
    pub received: BTreeMap<UnitPath, Received>,
    /// The reports that go in, in any order.
    pub inputs: Vec<RollupInput>,
    /// What a reader must know of a unit, in any order.
    pub flags: Vec<Flag>,
}

/// Why reports cannot be consolidated. Always names the unit to ask.
#[derive(Debug, thiserror::Error)]
pub enum ConsolidateError {
    /// A unit is expected twice or has two inputs.
    #[error("{unit} is there twice")]
    Twice {
        /// The unit.
        unit: UnitPath,
    },
    /// An input of a unit that did not have to report.
    #[error("{unit} is not one of the units that report here")]
    NotExpected {
        /// The unit.
        unit: UnitPath,
    },
    /// An input of a unit that has no receipt.
    #[error("{unit} has an input but no receipt")]
    NotReceived {
        /// The unit.
        unit: UnitPath,
    },
    /// The input and the receipt disagree on timeliness.
    #[error("the input of {unit} says another timeliness than its receipt")]
    Timeliness {
        /// The unit.
        unit: UnitPath,
    },
    /// A state has a code, a kind of value or a choice that the form has not.
    #[error("{unit}: indicator {code} is not of this form")]
    Shape {
        /// The unit.
        unit: UnitPath,
        /// The indicator.
        code: String,
    },
    /// One unit speaks of another that does not belong to it: a unit in two
    /// provinces, or a text under a foreign name.
    #[error("{outside} does not belong to {unit}")]
    Outside {
        /// Who says something.
        unit: UnitPath,
        /// Of whom.
        outside: UnitPath,
    },
    /// The total cannot be formed.
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
    /// A provincial rollup of another form, a newer version or another ordinal.
    #[error("the rollup of {unit} is of another form, version or ordinal")]
    OtherReport {
        /// The province.
        unit: UnitPath,
    },
    /// A provincial rollup with a number so large that all provinces together
    /// could not be added up.
    #[error("the numbers of {unit} are too large for a national total")]
    TooLarge {
        /// The province.
        unit: UnitPath,
    },
    /// A provincial rollup whose counts contradict each other.
    #[error("the counts of {unit} do not add up")]
    Counts {
        /// The province.
        unit: UnitPath,
    },
}

/// Consolidates the reports of one level. Sorts whatever it is given.
///
/// # Errors
/// If a unit is there twice, an input has no receipt or was not expected, a
/// state is not of this form, or a total overflows.
pub fn consolidate(
    form: &Form,
    header: Header,
    expected: &[UnitPath],
    received: &BTreeMap<UnitPath, Received>,
    inputs: Vec<RollupInput>,
    flags: Vec<Flag>,
) -> Result<RollupContent, ConsolidateError> {
    let expected = unique(expected)?;
    let inputs = sorted(inputs)?;
    check_received(&expected, received, &inputs)?;
    let count = Completeness::of(&expected, received);
    let zero = state::empty(form);
    for input in &inputs {
        check_shape(&zero, &input.unit, &input.state)?;
    }
    let (merkle_root, aggregates) = total(zero, &inputs)?;
    Ok(RollupContent {
        form: form.name.clone(),
        version: form.version,
        ordinal: header.ordinal,
        due: header.due,
        expected: expected.len() as u64,
        on_time: count.on_time,
        late: count.late,
        missing: count.missing,
        flagged: sorted_flags(flags),
        inputs: inputs.len() as u64,
        merkle_root,
        aggregates,
        receipts_head: header.receipts_head,
        replaces: header.replaces,
        provinces: BTreeMap::new(),
    })
}

/// A rollup's inputs in the order of its leaves: by unit, each unit once.
///
/// # Errors
/// If a unit is there twice.
pub fn sorted(mut inputs: Vec<RollupInput>) -> Result<Vec<RollupInput>, ConsolidateError> {
    inputs.sort_by(|a, b| a.unit.cmp(&b.unit));
    match inputs.windows(2).find(|pair| pair[0].unit == pair[1].unit) {
        Some(pair) => Err(ConsolidateError::Twice {
            unit: pair[0].unit.clone(),
        }),
        None => Ok(inputs),
    }
}

pub(crate) fn unique(units: &[UnitPath]) -> Result<BTreeSet<UnitPath>, ConsolidateError> {
    let mut set = BTreeSet::new();
    for unit in units {
        if !set.insert(unit.clone()) {
            return Err(ConsolidateError::Twice { unit: unit.clone() });
        }
    }
    Ok(set)
}

/// Every input is expected, received, and as timely as its receipt says.
pub(crate) fn check_received(
    expected: &BTreeSet<UnitPath>,
    received: &BTreeMap<UnitPath, Received>,
    inputs: &[RollupInput],
) -> Result<(), ConsolidateError> {
    for input in inputs {
        let unit = input.unit.clone();
        if !expected.contains(&unit) {
            return Err(ConsolidateError::NotExpected { unit });
        }
        match received.get(&unit) {
            None => return Err(ConsolidateError::NotReceived { unit }),
            Some(r) if input.timeliness != Some(r.timeliness) => {
                return Err(ConsolidateError::Timeliness { unit });
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// Who has reported, and when.
pub(crate) struct Completeness {
    pub(crate) on_time: u64,
    pub(crate) late: u64,
    pub(crate) missing: Vec<UnitPath>,
}

impl Completeness {
    pub(crate) fn of(
        expected: &BTreeSet<UnitPath>,
        received: &BTreeMap<UnitPath, Received>,
    ) -> Self {
        let mut count = Completeness {
            on_time: 0,
            late: 0,
            missing: Vec::new(),
        };
        for unit in expected {
            match received.get(unit).map(|r| r.timeliness) {
                Some(Timeliness::OnTime) => count.on_time += 1,
                Some(_) if model::sabotaged!(CountLateAsOnTime) => count.on_time += 1,
                Some(Timeliness::SignedOnTime | Timeliness::Late) => count.late += 1,
                None if model::sabotaged!(HideMissing) => {}
                None => count.missing.push(unit.clone()),
            }
        }
        count
    }
}

/// The root of inputs that are sorted already, and `zero` with their states.
pub(crate) fn total(
    zero: Aggregates,
    inputs: &[RollupInput],
) -> Result<(Digest, Aggregates), ConsolidateError> {
    let mut aggregates = zero;
    for input in inputs {
        merge(&mut aggregates, &input.state).map_err(|source| ConsolidateError::Merge {
            unit: input.unit.clone(),
            source,
        })?;
    }
    Ok((merkle::root(&merkle::leaves(inputs)?), aggregates))
}

pub(crate) fn sorted_flags(mut flags: Vec<Flag>) -> Vec<Flag> {
    flags.sort_by(|a, b| (&a.unit, a.reason as u8).cmp(&(&b.unit, b.reason as u8)));
    flags.dedup();
    flags
}

/// A state may lack codes (an older version of the form had fewer), but not
/// bring its own: what is signed above must mean what the form says.
pub(crate) fn check_shape(
    zero: &Aggregates,
    unit: &UnitPath,
    state: &Aggregates,
) -> Result<(), ConsolidateError> {
    for (code, aggregate) in state {
        let fits = zero.get(code).is_some_and(|z| {
            same_kind(z, aggregate)
                && match (z, aggregate) {
                    (Aggregate::Counts { counts: known }, Aggregate::Counts { counts }) => {
                        counts.keys().all(|choice| known.contains_key(choice))
                    }
                    _ => true,
                }
        });
        if !fits {
            return Err(ConsolidateError::Shape {
                unit: unit.clone(),
                code: code.clone(),
            });
        }
        if let Aggregate::List { list } = aggregate {
            check_list(unit, code, list)?;
        }
    }
    Ok(())
}

/// A list is sorted, has one text a unit, and speaks of nobody else.
fn check_list(unit: &UnitPath, code: &str, list: &[ListItem]) -> Result<(), ConsolidateError> {
    if let Some(item) = list.iter().find(|item| !unit.contains(&item.unit)) {
        return Err(ConsolidateError::Outside {
            unit: unit.clone(),
            outside: item.unit.clone(),
        });
    }
    if list.windows(2).any(|pair| pair[0].unit >= pair[1].unit) {
        return Err(ConsolidateError::Shape {
            unit: unit.clone(),
            code: code.to_owned(),
        });
    }
    Ok(())
}
