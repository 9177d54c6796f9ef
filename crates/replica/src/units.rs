//! The units below, as the held and standing entries have them.

use std::collections::BTreeMap;

use identity::{GrantRecord, Ledger as _, SecretKey};
use model::{Level, Timestamp, UnitPath};
use store::EntryFilter;
use wire::{Content, EntryId, Kind, PublicKey, Stream, Subject, UnitContent};

use crate::author::Place;
use crate::org::is_asked;
use crate::report::ReportKey;
use crate::statements::{Held, Judge};
use crate::views::UnitView;
use crate::{Clock, Error, Replica};

/// A change to a unit's record.
#[derive(Clone, Debug)]
pub enum UnitChange {
    /// A new name.
    Rename(String),
    /// It no longer reports from now on.
    Close,
    /// It reports again, as if it had never been closed: for what fell due meanwhile
    /// too.
    Reopen,
}

/// When a record was written, and which of one moment holds.
type Rank = (Timestamp, EntryId);

impl Replica {
    /// The name of a unit, from its newest `unit` entry.
    pub fn unit_name(&self, unit: &UnitPath) -> Result<Option<String>, Error> {
        Ok(self.unit_record(unit)?.map(|record| record.name))
    }

    pub(crate) fn unit_record(&self, unit: &UnitPath) -> Result<Option<UnitContent>, Error> {
        Ok(self.newest_unit(unit)?.map(|(_, content)| content))
    }

    /// The newest `unit` entry in effect, with its time.
    pub(crate) fn newest_unit(
        &self,
        unit: &UnitPath,
    ) -> Result<Option<(Timestamp, UnitContent)>, Error> {
        let mut newest = self.newest_units(unit, false, &mut Judge::new(&self.store))?;
        let found = newest.remove(unit);
        Ok(found.map(|((time, _), content)| (time, content)))
    }

    /// The same of this unit and of all that are known below it, by path.
    pub(crate) fn unit_records<L: Held>(
        &self,
        judge: &mut Judge<'_, L>,
    ) -> Result<BTreeMap<UnitPath, UnitContent>, Error> {
        let newest = self.newest_units(&self.unit, true, judge)?.into_iter();
        Ok(newest.map(|(unit, (_, content))| (unit, content)).collect())
    }

    /// The same of this unit and of those directly below it, however many lie below
    /// these.
    pub(crate) fn near_records<L: Held>(
        &self,
        judge: &mut Judge<'_, L>,
    ) -> Result<BTreeMap<UnitPath, UnitContent>, Error> {
        let is_near =
            |unit: &UnitPath| *unit == self.unit || unit.parent().as_ref() == Some(&self.unit);
        let recorded = self.store.units()?.into_iter().map(|known| known.unit);
        let unrecorded = self.store.unrecorded_units()?;
        let mut near = BTreeMap::new();
        for unit in recorded.chain(unrecorded).filter(is_near) {
            let newest = self.newest_units(&unit, false, judge)?.into_iter();
            near.extend(newest.map(|(unit, (_, content))| (unit, content)));
        }
        Ok(near)
    }

    fn newest_units<L: Held>(
        &self,
        unit: &UnitPath,
        subtree: bool,
        judge: &mut Judge<'_, L>,
    ) -> Result<BTreeMap<UnitPath, (Rank, UnitContent)>, Error> {
        let filter = EntryFilter {
            unit: Some(unit.clone()),
            subtree,
            stream: Some(Stream::Org),
            kind: Some(Kind::Unit),
            ..EntryFilter::default()
        };
        let mut newest: BTreeMap<UnitPath, (Rank, UnitContent)> = BTreeMap::new();
        self.for_standing(&filter, judge, |entry| {
            let body = entry.body();
            let Content::Unit(content) = &body.content else {
                return;
            };
            let rank = (body.time, entry.id());
            let known = newest.get(&body.unit);
            if known.is_none_or(|(best, _)| rank > *best) {
                newest.insert(body.unit.clone(), (rank, content.clone()));
            }
        })?;
        let unrecorded = if subtree {
            self.store.unrecorded_units()?
        } else if newest.is_empty() && self.store.unit_entries(unit)?.is_empty() {
            vec![unit.clone()]
        } else {
            Vec::new()
        };
        for invited in unrecorded.into_iter().filter(|below| unit.contains(below)) {
            if let Some(record) = self.record_by_invite(&invited, judge)? {
                newest.insert(invited, record);
            }
        }
        Ok(newest)
    }

    /// What the newest invite from above says of a unit whose record is lost: a Sở that
    /// is gone with its machine has perhaps told nobody else, and the unit still has to
    /// report.
    fn record_by_invite<L: Held>(
        &self,
        unit: &UnitPath,
        judge: &mut Judge<'_, L>,
    ) -> Result<Option<(Rank, UnitContent)>, Error> {
        let grants = self.store.grants_at(unit)?;
        let mut newest: Option<(Rank, UnitContent)> = None;
        for grant in grants.iter().filter(|grant| is_from_above(grant, &grants)) {
            let Some(entry) = self.store.get(&grant.credential)? else {
                continue;
            };
            let rank = (entry.body().time, entry.id());
            if newest.as_ref().is_none_or(|(best, _)| rank > *best)
                && judge.standing(&entry)?.is_in_effect()
            {
                let content = UnitContent {
                    name: grant.name.clone(),
                    opened: None,
                    closed: None,
                };
                newest = Some((rank, content));
            }
        }
        Ok(newest)
    }

    /// Whether any machine or person ever joined for this unit.
    pub(crate) fn is_enrolled(&self, unit: &UnitPath) -> Result<bool, Error> {
        has_joined(&self.store, unit)
    }

    /// This unit and all that are known below it.
    pub fn units(&self) -> Result<Vec<UnitView>, Error> {
        self.store.read(|store| {
            let keys = store.keys()?;
            self.unit_views(&keys, &mut Judge::new(&keys))
        })
    }

    /// The same where a judge is at hand.
    pub(crate) fn unit_views<L: Held>(
        &self,
        keys: &L,
        judge: &mut Judge<'_, L>,
    ) -> Result<Vec<UnitView>, Error> {
        views(self.unit_records(judge)?, keys, judge)
    }

    /// The same of this unit and of those directly below it.
    pub(crate) fn near_views<L: Held>(
        &self,
        keys: &L,
        judge: &mut Judge<'_, L>,
    ) -> Result<Vec<UnitView>, Error> {
        views(self.near_records(judge)?, keys, judge)
    }

    /// The paths of this unit and of all that are known below it.
    pub(crate) fn known_units(&self) -> Result<Vec<UnitPath>, Error> {
        self.store.read(|store| {
            let keys = store.keys()?;
            let records = self.unit_records(&mut Judge::new(&keys))?;
            Ok(records.into_keys().collect())
        })
    }

    /// Renames, closes or opens again a unit directly below.
    pub fn change_unit(
        &mut self,
        registrar: &SecretKey,
        unit: &UnitPath,
        change: UnitChange,
        clock: Clock,
    ) -> Result<EntryId, Error> {
        let (newest, mut record) = self
            .newest_unit(unit)?
            .ok_or_else(|| Error::NoSuchUnit(unit.clone()))?;
        match change {
            UnitChange::Rename(name) => record.name = name,
            UnitChange::Close => record.closed = Some(clock.now),
            UnitChange::Reopen => record.closed = None,
        }
        let (place, content) = (Place::org(unit), Content::Unit(record));
        Ok(self
            .append_after(registrar, place, content, Some(newest), clock)?
            .id())
    }

    /// The facilities below the unit of `key` that had to report: asked, open at the
    /// due time, with an invite or a credential that stands.
    pub(crate) fn expected(
        &self,
        key: &ReportKey,
        due: Option<Timestamp>,
    ) -> Result<Vec<UnitPath>, Error> {
        self.store.read(|store| {
            let keys = store.keys()?;
            let mut judge = Judge::new(&keys);
            let campaigns = self.campaigns()?;
            let is_asked = is_asked(&campaigns, key);
            let mut expected = Vec::new();
            for (unit, record) in self.unit_records(&mut judge)? {
                if unit.level() == Level::Facility
                    && key.unit.contains(&unit)
                    && is_asked(&unit)
                    && was_open(&record, due)
                    && self.has_standing_credential(&unit, &keys, &mut judge)?
                {
                    expected.push(unit);
                }
            }
            Ok(expected)
        })
    }

    /// Whether the unit has an invite or a credential that is not revoked.
    fn has_standing_credential<L: Held>(
        &self,
        unit: &UnitPath,
        keys: &L,
        judge: &mut Judge<'_, L>,
    ) -> Result<bool, Error> {
        for grant in keys.grants_at(unit)? {
            if !self.is_revoked_by(&grant.key, unit, keys, judge)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a revocation of this key at this unit is held and stands.
    pub fn is_revoked(&self, key: &PublicKey, at: &UnitPath) -> Result<bool, Error> {
        self.is_revoked_by(key, at, &self.store, &mut Judge::new(&self.store))
    }

    pub(crate) fn is_revoked_by<L: Held>(
        &self,
        key: &PublicKey,
        at: &UnitPath,
        keys: &L,
        judge: &mut Judge<'_, L>,
    ) -> Result<bool, Error> {
        for record in keys.revocations_of(key, at)? {
            if let Some(entry) = self.store.get(&record.id)?
                && judge.standing(&entry)?.is_in_effect()
            {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn views<L: Held>(
    records: BTreeMap<UnitPath, UnitContent>,
    keys: &L,
    judge: &mut Judge<'_, L>,
) -> Result<Vec<UnitView>, Error> {
    let view = |(unit, record): (UnitPath, UnitContent)| {
        Ok(UnitView {
            name: record.name,
            level: unit.level().as_str(),
            enrolled: has_joined(keys, &unit)?,
            reenrolled: joined_again(judge, &unit)?,
            closed: record.closed.map(|time| time.to_rfc3339()),
            unit,
        })
    };
    records.into_iter().map(view).collect()
}

/// Whether this is an invite of the unit: one of its own registrar's names a machine.
pub(crate) fn is_from_above(grant: &GrantRecord, grants: &[GrantRecord]) -> bool {
    grant.subject == Subject::Invite && !grants.iter().any(|own| own.key == grant.issuer)
}

/// Whether any machine or person ever joined for a unit.
pub(crate) fn has_joined<L: Held>(keys: &L, unit: &UnitPath) -> Result<bool, Error> {
    let grants = keys.grants_at(unit)?;
    Ok(grants.iter().any(|grant| grant.subject != Subject::Invite))
}

/// Whether the unit joined more than once: its keys are not the first ones.
pub(crate) fn joined_again<L: Held>(
    judge: &mut Judge<'_, L>,
    unit: &UnitPath,
) -> Result<bool, Error> {
    Ok(judge.enrolments(unit)?.len() > 1)
}

/// Whether a unit had to report by then.
fn was_open(record: &UnitContent, due: Option<Timestamp>) -> bool {
    match due {
        None => record.closed.is_none(),
        Some(due) => {
            record.opened.is_none_or(|from| from < due)
                && record.closed.is_none_or(|until| until >= due)
        }
    }
}
