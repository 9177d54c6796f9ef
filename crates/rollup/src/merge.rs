//! Merging aggregate states.
//!
//! Invariants: `merge` is commutative and associative, `state::empty` and the
//! empty map are its identities, and a state that failed to merge has not been
//! touched. Nothing is rounded and nothing wraps: a sum that does not fit is an
//! error. (Where negative numbers cancel, another grouping may fit.)

use std::collections::BTreeMap;

use model::{Aggregate, Aggregates, ListItem};

/// Why two states cannot be merged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// One side has, say, a sum and the other a share.
    #[error("indicator {code} is of two kinds")]
    Kind {
        /// The indicator.
        code: String,
    },
    /// The total does not fit 64 bits.
    #[error("indicator {code} overflows")]
    Overflow {
        /// The indicator.
        code: String,
    },
}

/// Adds `other` to `into`, code by code. A code that only one side has is taken
/// as it is, since codes keep their meaning over form versions and a newer
/// version may have more of them.
///
/// # Errors
/// If a code is of two kinds or a total overflows; `into` is then unchanged.
pub fn merge(into: &mut Aggregates, other: &Aggregates) -> Result<(), MergeError> {
    let mut merged = Vec::with_capacity(other.len());
    for (code, theirs) in other {
        let sum = match into.get(code) {
            None => theirs.clone(),
            Some(ours) => add(code, ours, theirs)?,
        };
        merged.push((code.clone(), sum));
    }
    into.extend(merged);
    Ok(())
}

/// The same indicator with nothing in it.
pub(crate) fn zero_of(aggregate: &Aggregate) -> Aggregate {
    match aggregate {
        Aggregate::Sum { .. } => Aggregate::Sum { sum: 0 },
        Aggregate::Share { .. } => Aggregate::Share { yes: 0, of: 0 },
        Aggregate::Ratio { .. } => Aggregate::Ratio { num: 0, den: 0 },
        Aggregate::Counts { counts } => Aggregate::Counts {
            counts: counts.keys().map(|choice| (choice.clone(), 0)).collect(),
        },
        Aggregate::List { .. } => Aggregate::List { list: Vec::new() },
    }
}

/// Whether both are, say, sums.
pub(crate) fn same_kind(one: &Aggregate, other: &Aggregate) -> bool {
    std::mem::discriminant(one) == std::mem::discriminant(other)
}

/// The state without its listed texts: what the nation adds up, see
/// [`nation`](crate::nation).
pub(crate) fn without_lists(mut state: Aggregates) -> Aggregates {
    state.retain(|_, aggregate| !matches!(aggregate, Aggregate::List { .. }));
    state
}

fn add(code: &str, ours: &Aggregate, theirs: &Aggregate) -> Result<Aggregate, MergeError> {
    let plus = |a: i64, b: i64| {
        a.checked_add(b).ok_or_else(|| MergeError::Overflow {
            code: code.to_owned(),
        })
    };
    Ok(match (ours, theirs) {
        (Aggregate::Sum { sum: a }, Aggregate::Sum { sum: b }) => {
            Aggregate::Sum { sum: plus(*a, *b)? }
        }
        (Aggregate::Share { yes: a, of: m }, Aggregate::Share { yes: b, of: n }) => {
            Aggregate::Share {
                yes: plus(*a, *b)?,
                of: plus(*m, n * i64::from(!model::sabotaged!(KeepFirstShareBase)))?,
            }
        }
        (Aggregate::Ratio { num: a, den: m }, Aggregate::Ratio { num: b, den: n }) => {
            Aggregate::Ratio {
                num: plus(*a, *b)?,
                den: plus(*m, n * i64::from(!model::sabotaged!(KeepFirstRatioBase)))?,
            }
        }
        (Aggregate::Counts { counts: a }, Aggregate::Counts { counts: b }) => Aggregate::Counts {
            counts: add_counts(a, b, plus)?,
        },
        (Aggregate::List { list: a }, Aggregate::List { list: b }) => Aggregate::List {
            list: join_lists(a, b),
        },
        _ => {
            return Err(MergeError::Kind {
                code: code.to_owned(),
            });
        }
    })
}

fn add_counts(
    ours: &BTreeMap<String, i64>,
    theirs: &BTreeMap<String, i64>,
    plus: impl Fn(i64, i64) -> Result<i64, MergeError>,
) -> Result<BTreeMap<String, i64>, MergeError> {
    let mut counts = ours.clone();
    for (choice, n) in theirs {
        let count = counts.entry(choice.clone()).or_insert(0);
        *count = plus(*count, *n)?;
    }
    Ok(counts)
}

/// Sorted by unit; by text too, so that the order of merging never shows.
fn join_lists(ours: &[ListItem], theirs: &[ListItem]) -> Vec<ListItem> {
    let mut list: Vec<ListItem> = ours.iter().chain(theirs).cloned().collect();
    list.sort();
    list
}
