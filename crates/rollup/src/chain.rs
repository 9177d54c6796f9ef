//! Which of a unit's rollups holds, and whether provinces claim the same unit.
//!
//! A correction names what it replaces. Those that nobody replaces are the
//! heads: one, or several where two machines signed without having met. Nothing
//! here picks a side of such a fork: it is shown to people, and a rollup that
//! names all heads settles it.

use std::collections::{BTreeMap, BTreeSet};

use model::UnitPath;
use wire::{EntryId, RollupInput};

/// Why no rollup of a unit can be called the newest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// Several rollups stand side by side.
    #[error("rollups {} stand side by side", short(heads))]
    Fork {
        /// All of them, ascending: two at least.
        heads: Vec<EntryId>,
    },
}

fn short(ids: &[EntryId]) -> String {
    let ids: Vec<String> = ids.iter().map(EntryId::short).collect();
    ids.join(", ")
}

/// The rollups that no other one replaces, ascending, of all rollups of one
/// unit, form and period, each given as (id, the ids it replaces), in any order.
/// None only if there are no rollups.
///
/// A name that is not among them changes nothing: what it stood for is not here
/// to be the newest, and to wait for it could be to wait for ever. If rollups
/// lie on both sides of it they are two heads until it comes, or until the unit
/// signs again.
pub fn heads(rollups: impl IntoIterator<Item = (EntryId, Vec<EntryId>)>) -> Vec<EntryId> {
    let all: BTreeMap<EntryId, Vec<EntryId>> = rollups.into_iter().collect();
    let mut replaced: BTreeSet<&EntryId> = BTreeSet::new();
    for (id, names) in &all {
        replaced.extend(names.iter().filter(|name| *name != id));
    }
    let free = |id: &&EntryId| !replaced.contains(id);
    let mut heads: Vec<EntryId> = all.keys().filter(free).copied().collect();
    if model::sabotaged!(PickOneOfFork) {
        heads.truncate(1);
    }
    // An id is the hash of what it names, so there are no circles; should there
    // be one, all of it is shown rather than nothing.
    match heads.is_empty() {
        true => all.into_keys().collect(),
        false => heads,
    }
}

/// The newest of all rollups of one unit, form and period: the only one of the
/// [`heads`]. `None` if there are no rollups.
///
/// # Errors
/// If there are several heads.
pub fn newest(
    rollups: impl IntoIterator<Item = (EntryId, Vec<EntryId>)>,
) -> Result<Option<EntryId>, ChainError> {
    let heads = heads(rollups);
    match heads[..] {
        [] => Ok(None),
        [only] => Ok(Some(only)),
        _ => Err(ChainError::Fork { heads }),
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
