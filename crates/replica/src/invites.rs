//! More time for an invite whose use the level above has not met in time.
//!
//! A use counts by its receipt, never by what the clock of the one who joined
//! says, so a machine that joined in time and stayed offline until the invite's
//! end is a stranger for good. The registrar's remedy is one more credential
//! entry that grants the same one-time key with a later `until`: any grant of
//! the key carries the use.
//!
//! Where the unit's own registrar is gone, its second machine would wait for good
//! for somebody who can no longer sign. Then the level above may grant the key
//! itself, which is an enrolment by the level above and marked as one.

use std::collections::BTreeMap;

use identity::{GrantRecord, Judge, Ledger, SecretKey};
use model::{Timestamp, UnitPath};
use serde::Serialize;
use store::Store;
use wire::{Content, CredentialContent, EntryId, Grant, PublicKey, Subject};

use crate::author::{Place, insert_own};
use crate::setup::invite_end;
use crate::{Clock, Error, Replica};

/// An invite that was given more time.
#[derive(Clone, Debug, Serialize)]
pub struct ExtendedInvite {
    /// The one-time key.
    pub key: PublicKey,
    /// For which unit.
    pub unit: UnitPath,
    /// Of the unit, or of the machine of this unit.
    pub name: String,
    /// Until when the level above may meet its use.
    pub expires: String,
    /// The credential entry that says so.
    pub entry: EntryId,
    /// Whether it enrols the unit anew.
    pub reenrol: bool,
    /// Whoever used it and did not come in time, as far as it is known here: the
    /// registrar should know them.
    pub used_by: Vec<InviteUser>,
}

/// A person or machine that joined by an invite.
#[derive(Clone, Debug, Serialize)]
pub struct InviteUser {
    /// Their key.
    pub key: PublicKey,
    /// The name that they gave themselves.
    pub name: String,
}

/// Whose invites are given more time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// Those that this unit gave.
    Ours,
    /// Those that the unit below gave its own machines.
    Theirs,
}

/// What was granted, and when it ends.
struct Unmet {
    until: Timestamp,
    /// Later than any receipt over a use: one that a clock gave which ran ahead must
    /// not stay too late for good.
    met: Timestamp,
    grant: Grant,
    reenrol: bool,
}

impl Replica {
    /// Gives every invite of this unit, or of one directly below, that was issued
    /// here and by which nobody has come in time [`crate::INVITE_VALID_DAYS`]
    /// from now. Whoever used it need only sync. The text itself keeps its end: who
    /// has not joined by then needs a new invite.
    pub fn extend_invite(
        &mut self,
        registrar: &SecretKey,
        unit: &UnitPath,
        clock: Clock,
    ) -> Result<Vec<ExtendedInvite>, Error> {
        let given = self.unmet_invites(unit, Whose::Ours)?;
        self.extend(registrar, unit, given, clock)
    }

    /// The same for those that a unit directly below gave machines of its own, where
    /// somebody has used them and was met too late: its registrar's key is lost, and
    /// nobody of the unit can do it. To all levels it is an enrolment anew.
    pub fn extend_its_own(
        &mut self,
        registrar: &SecretKey,
        unit: &UnitPath,
        clock: Clock,
    ) -> Result<Vec<ExtendedInvite>, Error> {
        if *unit == self.unit {
            return Err(Error::NoSuchUnit(unit.clone()));
        }
        let given = self.unmet_invites(unit, Whose::Theirs)?;
        self.extend(registrar, unit, given, clock)
    }

    fn extend(
        &mut self,
        registrar: &SecretKey,
        unit: &UnitPath,
        given: Vec<Unmet>,
        clock: Clock,
    ) -> Result<Vec<ExtendedInvite>, Error> {
        let mut extended = Vec::new();
        let mut entries = Vec::new();
        for unmet in given {
            let expires = unmet.until.max(invite_end(clock)).max(unmet.met);
            let (key, name) = (unmet.grant.key, unmet.grant.name.clone());
            let content = CredentialContent {
                grants: vec![Grant {
                    until: Some(expires),
                    ..unmet.grant
                }],
                root: None,
                reenrol: unmet.reenrol,
            };
            let place = Place::org(unit);
            let entry = self.sign(registrar, place, Content::Credential(content), clock)?;
            extended.push(ExtendedInvite {
                key,
                unit: unit.clone(),
                name,
                expires: expires.to_rfc3339(),
                entry: entry.id(),
                reenrol: unmet.reenrol,
                used_by: self.users_of(&key, unit)?,
            });
            entries.push(entry);
        }
        if extended.is_empty() {
            return Err(Error::NoInviteToExtend(unit.clone()));
        }
        self.store.write(|tx| -> Result<(), Error> {
            let mut entries = entries.iter();
            entries.try_for_each(|entry| insert_own(tx, entry, clock))
        })?;
        Ok(extended)
    }

    /// Only this unit's machines and the units directly below are invited here.
    pub(crate) fn check_invitable(&self, unit: &UnitPath) -> Result<(), Error> {
        if *unit == self.unit || unit.parent().as_ref() == Some(&self.unit) {
            return Ok(());
        }
        Err(Error::NoSuchUnit(unit.clone()))
    }

    /// The invites of a unit that were issued here or there, count, are not revoked,
    /// and by which nobody has come in time; of each the grant that ends last.
    fn unmet_invites(&self, unit: &UnitPath, whose: Whose) -> Result<Vec<Unmet>, Error> {
        self.check_invitable(unit)?;
        let mut judge = Judge::new(&self.store);
        let mut unmet: BTreeMap<PublicKey, Unmet> = BTreeMap::new();
        for record in self.store.grants_at(unit)? {
            let (Some(until), Subject::Invite) = (record.until, record.subject) else {
                continue;
            };
            let longer = unmet.get(&record.key);
            if longer.is_some_and(|known| known.until >= until)
                || !self.is_to_extend(&record, unit, whose)?
                || self.is_revoked_by(&record.key, unit, &self.store, &mut judge)?
                || self.is_met(&record.key, unit, &mut judge)?
            {
                continue;
            }
            let Some(entry) = self.store.get(&record.credential)? else {
                continue;
            };
            let Content::Credential(content) = &entry.body().content else {
                continue;
            };
            let mut grants = content.grants.iter();
            let same = |grant: &&Grant| grant.key == record.key && grant.until == record.until;
            let Some(grant) = grants.find(same) else {
                continue;
            };
            if judge.standing(&entry)?.is_in_effect() {
                let found = Unmet {
                    until,
                    met: self.met_by(&record.key, unit, &mut judge)?,
                    grant: grant.clone(),
                    reenrol: content.reenrol || whose == Whose::Theirs,
                };
                unmet.insert(record.key, found);
            }
        }
        Ok(unmet.into_values().collect())
    }

    /// An invite that the level above gave is the level above's to extend: else it
    /// could not tell an enrolment of its own from a machine that the unit added. One
    /// that the unit gave is the unit's, as long as the unit can.
    fn is_to_extend(
        &self,
        record: &GrantRecord,
        unit: &UnitPath,
        whose: Whose,
    ) -> Result<bool, Error> {
        let grants = self.store.grants_above(&record.issuer, unit)?;
        let of = |unit: &UnitPath| grants.iter().any(|grant| grant.unit == *unit);
        Ok(match whose {
            Whose::Ours => of(&self.unit),
            Whose::Theirs => of(unit) && !self.store.uses_of(&record.key, unit)?.is_empty(),
        })
    }

    /// Whether a use counts for good: it is received, or nobody gives receipts.
    fn is_met(
        &self,
        invite: &PublicKey,
        unit: &UnitPath,
        judge: &mut Judge<'_, Store>,
    ) -> Result<bool, Error> {
        for id in self.store.uses_of(invite, unit)? {
            let Some(entry) = self.store.get(&id)? else {
                continue;
            };
            if judge.standing(&entry)?.is_in_effect()
                && (unit.parent().is_none() || judge.earliest_receipt(&id)?.is_some())
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A moment after the receipts over all uses of an invite.
    fn met_by(
        &self,
        invite: &PublicKey,
        unit: &UnitPath,
        judge: &mut Judge<'_, Store>,
    ) -> Result<Timestamp, Error> {
        let mut met = Timestamp::default();
        for id in self.store.uses_of(invite, unit)? {
            if let Some(mark) = judge.earliest_receipt(&id)? {
                met = met.max(Timestamp(mark.time.0.saturating_add(1)));
            }
        }
        Ok(met)
    }

    fn users_of(&self, invite: &PublicKey, unit: &UnitPath) -> Result<Vec<InviteUser>, Error> {
        let mut users = Vec::new();
        for id in self.store.uses_of(invite, unit)? {
            let Some(entry) = self.store.get(&id)? else {
                continue;
            };
            users.extend(identity::grants_in(&entry).into_iter().map(|grant| {
                let (key, name) = (grant.key, grant.name);
                InviteUser { key, name }
            }));
        }
        Ok(users)
    }
}
