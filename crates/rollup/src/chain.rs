//! Which of a unit's rollups holds, and whether provinces claim the same unit.
//!
//! Corrections form a chain by `prev`: one first rollup, each next one naming
//! the one before. Nothing here picks a side of a fork: two rollups with one
//! predecessor, or two first ones, are shown to people.

use std::collections::BTreeMap;

use model::UnitPath;
use wire::{EntryId, RollupInput};

/// Why no rollup of a unit can be called the newest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// Two rollups name one predecessor, or both name none.
    #[error("two rollups, {} and {}, correct the same one", one.short(), other.short())]
    Fork {
        /// The predecessor; `None` if both are first ones.
        prev: Option<EntryId>,
        /// The one with the smaller id.
        one: EntryId,
        /// The one with the larger id.
        other: EntryId,
    },
    /// A rollup corrects one that is not there.
    #[error("rollup {} corrects {}, which is not there", rollup.short(), prev.short())]
    Gap {
        /// The rollup.
        rollup: EntryId,
        /// What it names.
        prev: EntryId,
    },
}

/// The newest of all rollups of one unit, form, period and ordinal, each given
/// as (id, the id it corrects), in any order. `None` if there are none.
///
/// # Errors
/// If the chain forks or has a gap.
pub fn newest(
    rollups: impl IntoIterator<Item = (EntryId, Option<EntryId>)>,
) -> Result<Option<EntryId>, ChainError> {
    let mut all: Vec<(EntryId, Option<EntryId>)> = rollups.into_iter().collect();
    all.sort();
    all.dedup();
    let mut next: BTreeMap<Option<EntryId>, EntryId> = BTreeMap::new();
    for (id, prev) in &all {
        if let Some(one) = next.insert(*prev, *id) {
            let (prev, other) = (*prev, *id);
            return Err(ChainError::Fork { prev, one, other });
        }
    }
    // Each id has one predecessor and each predecessor one successor, so the
    // walk from the first one never comes back.
    let mut head = None;
    while let Some(id) = next.remove(&head) {
        head = Some(id);
    }
    match next.into_iter().find_map(|(prev, id)| Some((prev?, id))) {
        Some((prev, rollup)) => Err(ChainError::Gap { rollup, prev }),
        None => Ok(head),
    }
}

/// Why provinces' inputs do not fit beside each other.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnitError {
    /// One unit went into two rollups, or twice into one.
    #[error("{unit} is an input of {one} and of {other}")]
    Twice {
        /// The unit.
        unit: UnitPath,
        /// The first province.
        one: UnitPath,
        /// The second, or the same.
        other: UnitPath,
    },
    /// An input that does not belong to the province.
    #[error("{unit} is an input of {province} but does not belong to it")]
    Outside {
        /// The province.
        province: UnitPath,
        /// The unit.
        unit: UnitPath,
    },
}

/// Refuses a unit in two provinces, over the inputs that the provinces gave for
/// a drill-down.
///
/// # Errors
/// Names the unit and the province or provinces.
pub fn check_disjoint<'a>(
    provinces: impl IntoIterator<Item = (&'a UnitPath, &'a [RollupInput])>,
) -> Result<(), UnitError> {
    let mut seen: BTreeMap<&UnitPath, &UnitPath> = BTreeMap::new();
    let mut outside = None;
    for (province, inputs) in provinces {
        for RollupInput { unit, .. } in inputs {
            if let Some(one) = seen.insert(unit, province) {
                return Err(UnitError::Twice {
                    unit: unit.clone(),
                    one: one.clone(),
                    other: province.clone(),
                });
            }
            if outside.is_none() && !province.contains(unit) {
                outside = Some(UnitError::Outside {
                    province: province.clone(),
                    unit: unit.clone(),
                });
            }
        }
    }
    // Said last: that a unit is there twice tells more.
    outside.map_or(Ok(()), Err)
}
