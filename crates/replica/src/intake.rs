//! Taking what arrives, whoever carried it.
//!
//! One batch, one transaction: each entry is parsed, its signature checked, its
//! author looked up and held against the table. What passes is stored; what a
//! credential that has not come yet may still allow is parked; anything else is
//! refused with a reason. One bad entry never holds up the rest of its batch.

use std::collections::BTreeSet;

use identity::{Ledger, Refusal, Signed, Verified};
use model::{Period, UnitPath};
use store::{Inserted, Refused, Store, Tx};
use wire::{Content, DocId, Entry, EntryId, Kind, PublicKey};

use crate::gates::{Touched, note_due, note_touched, note_undermined};
use crate::report::ReportKey;
use crate::{Clock, Error, Replica};

/// What became of a batch.
#[derive(Clone, Debug, Default)]
pub struct Intake {
    /// Entries that were not held before.
    pub new: Vec<EntryId>,
    /// Entries that were held already.
    pub known: usize,
    /// Entries whose author is not known yet.
    pub parked: Vec<EntryId>,
    /// Entries that were refused, and why.
    pub refused: Vec<(EntryId, String)>,
    /// Entries whose signature is not their author's: damaged on the way, or forged.
    pub forged: Vec<EntryId>,
}

impl Replica {
    /// Takes a batch that `from` carried. Whether it was asked for is the
    /// session's business.
    pub fn receive(
        &mut self,
        from: &PublicKey,
        entries: Vec<Entry>,
        clock: Clock,
    ) -> Result<Intake, Error> {
        self.receive_from(from, entries, clock, true)
    }

    /// As [`Replica::receive`]. Of a stranger nothing is kept but what holds:
    /// keys cost nothing, and what strangers park pushes out what members parked.
    pub(crate) fn receive_from(
        &mut self,
        from: &PublicKey,
        entries: Vec<Entry>,
        clock: Clock,
        member: bool,
    ) -> Result<Intake, Error> {
        let mut intake = Intake::default();
        let mut signed = Vec::new();
        let mut refusals = Vec::new();
        for entry in entries {
            match self.precheck(entry)? {
                Checked::Known => intake.known += 1,
                Checked::Signed(entry) => signed.push(entry),
                Checked::Refused(entry, reason) => {
                    intake.refused.push((entry.id(), reason.clone()));
                    refusals.push((entry, reason));
                }
                Checked::Forged(entry, reason) => {
                    intake.forged.push(entry.id());
                    refusals.push((entry, reason));
                }
            }
        }
        if model::sabotaged!(RefusalStopsBatch) && !refusals.is_empty() {
            signed.clear();
        }
        let anchor = self.anchor;
        self.store.write(|tx| -> Result<(), Error> {
            for (entry, reason) in refusals.iter().filter(|_| member) {
                tx.refuse(&refused(entry, reason, from, clock))?;
            }
            let touched = take(tx, &anchor, signed, (from, member), clock, &mut intake)?;
            note_due(tx, &touched)
        })?;
        if !(intake.new.is_empty() && model::sabotaged!(ForgetOwedReceipts)) {
            self.issue_receipts(Some(from), clock)?;
        }
        Ok(intake)
    }

    fn precheck(&self, entry: Entry) -> Result<Checked, Error> {
        if self.store.has(&entry.id())? {
            return Ok(Checked::Known);
        }
        if model::sabotaged!(DropUnknownKinds) && matches!(entry.body().kind(), Kind::Unknown(_)) {
            return Ok(Checked::Known);
        }
        if entry.body().simulated && !self.rehearsal && !model::sabotaged!(AcceptSimulated) {
            return Ok(Checked::Refused(entry, Error::NotRehearsal.to_string()));
        }
        Ok(match Signed::check(entry.clone()) {
            Ok(signed) => Checked::Signed(signed),
            Err(refusal) => Checked::Forged(entry, refusal.to_string()),
        })
    }

    /// Which report a document of a unit and period is. The id is a hash, so the
    /// known forms and ordinals are tried.
    pub(crate) fn key_of(
        &self,
        unit: &UnitPath,
        period: Period,
        doc: &DocId,
    ) -> Result<Option<ReportKey>, Error> {
        let forms = self.forms()?.into_iter().map(|form| (form.form, 0));
        let mut known: BTreeSet<(String, u32)> = forms.collect();
        // Only ordinals that a campaign has: counting up to one that somebody
        // made up could take for ever.
        let campaigns = self.campaigns()?.into_iter();
        let campaigns = campaigns.filter(|campaign| campaign.period == period);
        known.extend(campaigns.map(|campaign| (campaign.form, campaign.ordinal)));
        let mut keys = known.into_iter().map(|(form, ordinal)| ReportKey {
            unit: unit.clone(),
            form,
            period,
            ordinal,
        });
        Ok(keys.find(|key| key.doc() == *doc))
    }
}

enum Checked {
    Known,
    Signed(Signed),
    Refused(Entry, String),
    Forged(Entry, String),
}

/// Stores what the table allows, in rounds: a credential may come after what it
/// is needed for. What is left without an author is parked, and what is not
/// taken is remembered, if it comes from a member.
fn take(
    tx: &Tx<'_>,
    anchor: &PublicKey,
    mut waiting: Vec<Signed>,
    (from, member): (&PublicKey, bool),
    clock: Clock,
    intake: &mut Intake,
) -> Result<Touched, Error> {
    let mut touched = Touched::new();
    loop {
        let mut left = Vec::new();
        let mut fresh_keys = BTreeSet::new();
        let before = waiting.len();
        for signed in waiting {
            let entry = signed.entry().clone();
            match authorise(tx, anchor, signed.clone())? {
                Ok(verified) => match tx.insert(&verified, clock.now, Some(from))? {
                    Inserted::Known(_) => intake.known += 1,
                    Inserted::New(_) => {
                        intake.new.push(entry.id());
                        note_touched(&entry, &mut touched);
                        note_undermined(tx, &entry)?;
                        fresh_keys.extend(granted_keys(&entry));
                    }
                },
                Err(refusal) if refusal.is_final() => {
                    let reason = refusal.to_string();
                    if member {
                        tx.refuse(&refused(&entry, &reason, from, clock))?;
                    }
                    intake.refused.push((entry.id(), reason));
                }
                Err(refusal) => left.push((signed, refusal)),
            }
        }
        fresh_keys.retain(|_| !model::sabotaged!(NeverUnpark));
        for key in &fresh_keys {
            for parked in tx.parked_for(key)? {
                tx.unpark(&parked.entry.id())?;
                let signed = Signed::check(parked.entry).ok();
                left.extend(signed.map(|signed| (signed, Refusal::UnknownAuthor)));
            }
        }
        if left.is_empty() || (left.len() == before && fresh_keys.is_empty()) {
            if !member && !model::sabotaged!(KeepForStrangers) {
                return Ok(touched);
            }
            for (signed, refusal) in left {
                intake.parked.push(signed.entry().id());
                tx.park(&signed, clock.now, Some(from))?;
                // A known author without the right: a credential that gives it
                // may still come, but people should see that it was tried.
                if refusal != Refusal::UnknownAuthor {
                    let reason = refusal.to_string();
                    tx.refuse(&refused(signed.entry(), &reason, from, clock))?;
                }
            }
            return Ok(touched);
        }
        waiting = left.into_iter().map(|(signed, _)| signed).collect();
    }
}

/// Asks the table with the grants that can bear on it and, if they do not allow it,
/// with all: whose author is known elsewhere is told so.
pub(crate) fn authorise(
    store: &Store,
    anchor: &PublicKey,
    signed: Signed,
) -> Result<Result<Verified, Refusal>, Error> {
    let entry = signed.entry();
    let near = store.grants_above(&entry.author(), &entry.body().unit)?;
    let verdict = signed.clone().authorise(anchor, &near);
    if verdict.is_ok() {
        return Ok(verdict);
    }
    let all = store.grants_of(&signed.entry().author())?;
    Ok(signed.authorise(anchor, &all))
}

/// The keys that a credential entry names; none for any other kind.
pub(crate) fn granted_keys(entry: &Entry) -> Vec<PublicKey> {
    match &entry.body().content {
        Content::Credential(content) => content.grants.iter().map(|grant| grant.key).collect(),
        _ => Vec::new(),
    }
}

/// What people are shown of a refused entry. With a bad signature its id names
/// nothing, so it is left out.
fn refused(entry: &Entry, reason: &str, from: &PublicKey, clock: Clock) -> Refused {
    let body = entry.body();
    let genuine = Signed::check(entry.clone()).is_ok() || model::sabotaged!(RememberForgedId);
    Refused {
        id: genuine.then(|| entry.id()),
        author: Some(entry.author()),
        kind: Some(body.kind()),
        unit: Some(body.unit.clone()),
        reason: reason.to_owned(),
        time: clock.now,
        from: Some(*from),
    }
}
