//! Which rollups hold: a unit's own, and those of the provinces that go into the
//! nation's.
//!
//! Nothing here picks a side of a fork, and no province's fork or nonsense is an
//! error for the nation: the province is left out, and said.

use std::collections::{BTreeMap, BTreeSet};

use identity::Verified;
use model::{Level, Period, UnitPath};
use rollup::Provinces;
use serde::Serialize;
use store::EntryFilter;
use wire::{Content, EntryId, Kind, RollupContent, Stream};

use crate::report::ReportKey;
use crate::statements::{Held, Judge};
use crate::{Error, Replica};

/// A province whose rollup cannot go into the nation's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// The province.
    pub unit: UnitPath,
    /// Why, in words.
    pub reason: String,
}

/// The provincial rollups that go into the nation's, and those that cannot.
#[derive(Clone, Debug, Default)]
pub(crate) struct ProvincialRollups {
    pub(crate) usable: Provinces,
    pub(crate) left_out: Vec<LeftOut>,
}

impl Replica {
    /// The newest rollup of a unit: the only one that no other one replaces.
    ///
    /// # Errors
    /// [`Error::RollupFork`] if there are several.
    pub(crate) fn newest_rollup(
        &self,
        unit: &UnitPath,
        form: &str,
        period: Period,
    ) -> Result<Option<Verified>, Error> {
        self.newest_rollup_by(unit, form, period, &mut Judge::new(&self.store))
    }

    /// The same where a judge is at hand.
    pub(crate) fn newest_rollup_by<L: Held>(
        &self,
        unit: &UnitPath,
        form: &str,
        period: Period,
        judge: &mut Judge<'_, L>,
    ) -> Result<Option<Verified>, Error> {
        let mut standing = self.standing_rollups(unit, form, period, judge)?;
        match &standing[..] {
            [one, other, ..] => Err(Error::RollupFork(one.id(), other.id())),
            _ => Ok(standing.pop()),
        }
    }

    /// The rollups of a unit that are in effect and that no other one in effect
    /// replaces.
    pub(crate) fn rollup_heads(
        &self,
        unit: &UnitPath,
        form: &str,
        period: Period,
    ) -> Result<Vec<EntryId>, Error> {
        let judge = &mut Judge::new(&self.store);
        let standing = self.standing_rollups(unit, form, period, judge)?;
        Ok(standing.iter().map(|entry| entry.id()).collect())
    }

    /// The same with what they say.
    fn standing_rollups<L: Held>(
        &self,
        unit: &UnitPath,
        form: &str,
        period: Period,
        judge: &mut Judge<'_, L>,
    ) -> Result<Vec<Verified>, Error> {
        let filter = EntryFilter {
            unit: Some(unit.clone()),
            stream: Some(Stream::Rollup),
            kind: Some(Kind::Rollup),
            period: Some(Some(period)),
            ..Default::default()
        };
        let (mut links, mut without_effect) = (Vec::new(), BTreeMap::new());
        let mut entries = BTreeMap::new();
        for stored in self.store.entries(&filter)? {
            let Content::Rollup(content) = &stored.entry.body().content else {
                continue;
            };
            if content.form != form {
                continue;
            }
            let (id, replaces) = (stored.entry.id(), content.replaces.clone());
            if judge.standing(&stored.entry)?.is_in_effect() {
                links.push((id, replaces));
                entries.insert(id, stored.entry);
            } else {
                without_effect.insert(id, replaces);
            }
        }
        for (_, replaces) in &mut links {
            *replaces = see_through(replaces, &without_effect);
        }
        let heads = rollup::heads(links).into_iter();
        Ok(heads.filter_map(|id| entries.remove(&id)).collect())
    }

    /// The provinces that this tree has.
    pub(crate) fn known_provinces(&self) -> Result<Vec<UnitPath>, Error> {
        let near = self.near_records(&mut Judge::new(&self.store))?;
        let province = |unit: &UnitPath| unit.level() == Level::Province;
        Ok(near.into_keys().filter(province).collect())
    }

    /// Each province's newest rollup. No province keeps the nation waiting: one
    /// whose rollups are forked, or whose rollup does not fit by itself, is left
    /// out and said.
    pub(crate) fn provincial_rollups(&self, key: &ReportKey) -> Result<ProvincialRollups, Error> {
        let form = self.form_for(key)?;
        let known = self.known_provinces()?;
        let mut provinces = ProvincialRollups::default();
        for unit in &known {
            let reason = match self.newest_rollup(unit, &key.form, key.period) {
                Ok(None) => continue,
                Ok(Some(entry)) => {
                    let Content::Rollup(content) = &entry.body().content else {
                        continue;
                    };
                    let rollup = (entry.id(), &**content);
                    match rollup::check_alone(&form, key.ordinal, &known, unit, rollup) {
                        Ok(()) => {
                            let usable = (entry.id(), (**content).clone());
                            provinces.usable.insert(unit.clone(), usable);
                            continue;
                        }
                        Err(error) => error.to_string(),
                    }
                }
                Err(fork @ Error::RollupFork(..)) => fork.to_string(),
                Err(other) => return Err(other),
            };
            let unit = unit.clone();
            provinces.left_out.push(LeftOut { unit, reason });
        }
        Ok(provinces)
    }

    /// Of the provinces that a national rollup misses, those that have one.
    pub(crate) fn left_out(
        &self,
        unit: &UnitPath,
        content: &RollupContent,
        period: Period,
    ) -> Result<Vec<LeftOut>, Error> {
        if unit.level() != Level::Ministry {
            return Ok(Vec::new());
        }
        let key = ReportKey {
            ordinal: content.ordinal,
            ..ReportKey::regular(unit, &content.form, period)
        };
        let mut left_out = self.provincial_rollups(&key)?.left_out;
        left_out.retain(|province| content.missing.contains(&province.unit));
        Ok(left_out)
    }
}

/// What a rollup replaces, where one that has no effect stands for what it
/// replaces itself: a correction by a key that was revoked since does not bring
/// back what was corrected long ago.
fn see_through(
    replaces: &[EntryId],
    without_effect: &BTreeMap<EntryId, Vec<EntryId>>,
) -> Vec<EntryId> {
    let mut all: BTreeSet<EntryId> = BTreeSet::new();
    let mut open: Vec<EntryId> = replaces.to_vec();
    while let Some(id) = open.pop() {
        if all.insert(id) {
            open.extend(without_effect.get(&id).into_iter().flatten());
        }
    }
    all.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rollup_without_effect_stands_for_what_it_replaces() {
        let id = |n| EntryId([n; 32]);
        let (first, revoked, newest) = (id(1), id(2), id(3));
        let without_effect = BTreeMap::from([(revoked, vec![first])]);
        let seen = see_through(&[revoked], &without_effect);
        assert_eq!(seen, [first, revoked]);
        let links = [(first, vec![]), (newest, seen)];
        assert_eq!(rollup::heads(links), [newest]);
        // Nobody in effect stands on it: what it replaced holds again.
        assert_eq!(see_through(&[first], &without_effect), [first]);
    }
}
