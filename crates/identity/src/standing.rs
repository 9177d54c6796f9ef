//! From held to effect: whether a held entry counts.
//!
//! A function of the held set only. Time enters in one way: the time of the
//! earliest receipt in effect that covers a thing, given by a node above; an
//! author's own time is never authority (a revocation's is used only until it is
//! receipted).
//!
//! # Rules
//! - An entry counts if one grant allows it whose own credential counts, and
//!   which is not revoked, spent or expired *for this entry*. The root's counts
//!   always (its credential must be held).
//! - A receipt that has no effect says nothing. No receipt covers a receipt: of a
//!   revoked node's those stand that the revocation lists. Whether a receipt in a
//!   unit has effect rests on what is held above that unit alone, and that on
//!   receipts of nodes higher still, up to the ministry, whose own entries have
//!   none: so the question always ends.
//! - A standing revocation of a key, in the unit of the grant, ends the grant for
//!   every entry except those that an earlier receipt covers (of one moment: one
//!   earlier in the chain) and those that it lists as standing. What does not fit into one list may stand in another
//!   revocation of the same key by the same author. The credentials an issuer gave
//!   are entries like any other: covered ones keep granting, the others fall, with
//!   all under them.
//! - Of an invite's uses one counts: the one that the level directly above received
//!   first (of one moment: earlier in the receipts' chain); of those that it received
//!   at once or not at all, the one with the earliest receipt from higher up; else the
//!   smallest id. Clocks of two levels are never compared to find out who came first.
//!   Overruled uses never count. A use received after the invite's `until`, or after
//!   its revocation, does not count and displaces none; one not yet received counts
//!   provisionally.
//! - Revocations are judged one after the other: received ones first, by the time
//!   of receipt, then the others by their own time, ties by id. Each is judged by
//!   those before it alone, so two that revoke each other have one answer, and no
//!   revocation undermines itself.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use model::UnitPath;
use wire::{Content, EntryId, PublicKey, Subject};

use crate::ledger::{GrantRecord, Ledger, ReceiptMark};
use crate::table::{self, Given};
use crate::verify::Verified;

mod case;
mod facts;
mod view;

use case::Case;
use facts::{Facts, Moment, Place, Revocations, Whom};

/// Whether a held entry counts, and if not, why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It counts.
    InEffect,
    /// The author's key was revoked and nothing covers the entry; or the entry
    /// is a use of an invite and was overruled.
    Revoked {
        /// The revocation.
        by: EntryId,
    },
    /// The invite's one use is another one.
    InviteUsedBefore {
        /// The use that counts.
        winner: EntryId,
    },
    /// The invite was used after its end.
    InviteExpired,
    /// The author's grant had ended when the entry was received.
    Expired,
    /// The author's credential has itself no effect, or its chain is not held.
    IssuerWithoutEffect,
}

impl Standing {
    /// Whether it counts.
    pub fn is_in_effect(&self) -> bool {
        *self == Standing::InEffect
    }
}

/// Whether a held entry counts. For many entries use one [`Judge`].
///
/// # Errors
/// The ledger's.
pub fn standing<L: Ledger>(entry: &Verified, ledger: &L) -> Result<Standing, L::Error> {
    Judge::new(ledger).standing(entry)
}

/// The uses of invites that the level above gave to this unit, in order of
/// receipt: those in effect, and those that had effect until they were overruled,
/// or until the level above said that it had met another use, or revoked the invite,
/// before: it is the higher levels' order in which they met these things that counts
/// here, which no date of the level above can change.
/// More than one: the unit was enrolled again with new keys, whatever the invites
/// themselves say about it. Empty for the ministry.
///
/// # Errors
/// The ledger's.
pub fn enrolments<L: Ledger>(unit: &UnitPath, ledger: &L) -> Result<Vec<EntryId>, L::Error> {
    Judge::new(ledger).enrolments(unit)
}

/// Answers for many entries over one held set: what is known of a unit is gathered
/// once, for all of its keys. Make a new one whenever the held set has changed.
pub struct Judge<'l, L: Ledger> {
    ledger: &'l L,
    /// Of each unit: about the key that was asked for first, and about everybody there
    /// from the second one on.
    cases: HashMap<UnitPath, Rc<Case>>,
    /// Where the lowest grants lie on which an author's entries in a unit can rest.
    places: HashMap<Place, UnitPath>,
    revocations: HashMap<Place, Rc<Revocations>>,
    /// Where a revocation was asked for.
    asked: HashSet<UnitPath>,
}

impl<'l, L: Ledger> Judge<'l, L> {
    /// Knows nothing yet.
    pub fn new(ledger: &'l L) -> Self {
        Judge {
            ledger,
            cases: HashMap::new(),
            places: HashMap::new(),
            revocations: HashMap::new(),
            asked: HashSet::new(),
        }
    }

    /// Whether a held entry counts.
    ///
    /// # Errors
    /// The ledger's.
    pub fn standing(&mut self, entry: &Verified) -> Result<Standing, L::Error> {
        let (author, body, id) = (entry.author(), entry.body(), entry.id());
        if matches!(body.content, Content::Revocation(_)) {
            return self.standing_of_revocation(entry);
        }
        let case = self.case(&author, &body.unit)?;
        // Most authors are never revoked and never expire: no receipt is asked for.
        let asks = case.asks_for_receipts(&author) && !matches!(body.content, Content::Receipt(_));
        let received = if asks { self.moment_of(&id)? } else { None };
        Ok(case.standing_of(&author, &id, received, |grant| {
            table::permits(grant, body).is_ok()
        }))
    }

    fn standing_of_revocation(&mut self, entry: &Verified) -> Result<Standing, L::Error> {
        let (author, body, id) = (entry.author(), entry.body(), entry.id());
        // A second one there: whoever asks for many gets all verdicts at once.
        if !self.asked.insert(body.unit.clone()) || self.cases.contains_key(&body.unit) {
            let whole = self.whole(&body.unit)?;
            if let Some(verdict) = whole.verdict(&id) {
                return Ok(verdict.clone());
            }
        }
        let received = self.moment_of(&id)?;
        let case = self.case(&author, &body.unit)?;
        let allows = |grant: &GrantRecord| table::permits(grant, body).is_ok();
        Ok(case.verdict_before((&author, &id), received, body.time, allows))
    }

    fn moment_of(&mut self, entry: &EntryId) -> Result<Option<Moment>, L::Error> {
        let mark = self.earliest_receipt(entry)?;
        Ok(mark.map(|mark| (mark.time, mark.seq)))
    }

    /// The grants on which a new entry of this key could rest, at any unit: their
    /// credentials count, the key is not revoked at their unit, an invite is not used
    /// up. Whether `until` has passed is the caller's to compare: there is no clock
    /// here.
    ///
    /// # Errors
    /// The ledger's.
    pub fn effective_grants(&mut self, key: &PublicKey) -> Result<Vec<GrantRecord>, L::Error> {
        let grants = self.ledger.grants_of(key)?;
        self.effective_of(key, grants)
    }

    /// Whether there is one at exactly this unit: what is said elsewhere of the key
    /// means nothing here.
    ///
    /// # Errors
    /// The ledger's.
    pub fn counts_at(&mut self, key: &PublicKey, unit: &UnitPath) -> Result<bool, L::Error> {
        let mut grants = self.ledger.grants_above(key, unit)?;
        grants.retain(|grant| grant.unit == *unit);
        Ok(!self.effective_of(key, grants)?.is_empty())
    }

    fn effective_of(
        &mut self,
        key: &PublicKey,
        grants: Vec<GrantRecord>,
    ) -> Result<Vec<GrantRecord>, L::Error> {
        let mut effective = Vec::new();
        for grant in grants {
            let case = self.case(key, &grant.unit)?;
            if case.counts(&grant) && case.is_open(&grant) {
                effective.push(grant);
            }
        }
        Ok(effective)
    }

    /// See [`enrolments`].
    ///
    /// # Errors
    /// The ledger's.
    pub fn enrolments(&mut self, unit: &UnitPath) -> Result<Vec<EntryId>, L::Error> {
        let at_unit = self.ledger.grants_at(unit)?;
        let mut from_above = BTreeSet::new();
        for invite in at_unit
            .iter()
            .filter(|grant| grant.subject == Subject::Invite)
        {
            let issuers = self.ledger.grants_above(&invite.issuer, unit)?;
            let gives = |held: &GrantRecord| {
                held.unit != *unit && table::may_give(held, &Given::held(invite)).is_ok()
            };
            if issuers.iter().any(gives) {
                from_above.insert(invite.key);
            }
        }
        let mut uses = BTreeSet::new();
        for grant in at_unit
            .iter()
            .filter(|grant| from_above.contains(&grant.issuer))
        {
            if self.has_counted(grant)? {
                let place = self.moment_of(&grant.credential)?;
                uses.insert((place.is_none(), place, grant.credential));
            }
        }
        Ok(uses.into_iter().map(|(_, _, id)| id).collect())
    }

    /// The receipt with the smallest (time, seq, id) among those in effect that
    /// cover a held entry.
    ///
    /// # Errors
    /// The ledger's.
    pub fn earliest_receipt(&mut self, entry: &EntryId) -> Result<Option<ReceiptMark>, L::Error> {
        self.first_receipt(entry, |_, _| true)
    }

    /// The same among those that nodes of the parent of the entry's unit gave: of
    /// the uses of an invite these decide.
    ///
    /// # Errors
    /// The ledger's.
    pub fn parents_receipt(&mut self, entry: &EntryId) -> Result<Option<ReceiptMark>, L::Error> {
        self.first_receipt(entry, |above, node| node.unit == *above)
    }

    /// The same among those that nodes higher up than that parent gave.
    fn receipt_from_higher_up(&mut self, entry: &EntryId) -> Result<Option<ReceiptMark>, L::Error> {
        self.first_receipt(entry, |above, node| node.unit != *above)
    }

    fn first_receipt(
        &mut self,
        entry: &EntryId,
        by: impl Fn(&UnitPath, &GrantRecord) -> bool,
    ) -> Result<Option<ReceiptMark>, L::Error> {
        for mark in self.ledger.receipts_of(entry)? {
            if self.receipt_counts(&mark, &by)? {
                return Ok(Some(mark));
            }
        }
        Ok(None)
    }

    /// Only grants above the unit can carry a receipt: what is said in the unit
    /// itself is left out, so that every question goes at least one level up.
    fn receipt_counts(
        &mut self,
        mark: &ReceiptMark,
        by: impl Fn(&UnitPath, &GrantRecord) -> bool,
    ) -> Result<bool, L::Error> {
        let Some(above) = mark.unit.parent() else {
            return Ok(false);
        };
        let case = self.case(&mark.node, &above)?;
        let standing = case.standing_of(&mark.node, &mark.receipt, None, |grant| {
            by(&above, grant) && table::may_receipt(grant, &mark.unit)
        });
        Ok(standing.is_in_effect() || model::sabotaged!(CountRevokedReceipts))
    }

    /// Whether it counts, or did before the level above said otherwise: it must not
    /// be able to wipe out a unit's first enrolment unseen.
    fn has_counted(&mut self, grant: &GrantRecord) -> Result<bool, L::Error> {
        let case = self.case(&grant.key, &grant.unit)?;
        Ok(case.counts(grant) || case.counts_but_for_the_level_above(grant))
    }

    /// A case about this author at this unit: that of the lowest unit, this one or one
    /// above, where the author has grants. Nothing else bears on what he writes here.
    fn case(&mut self, author: &PublicKey, unit: &UnitPath) -> Result<Rc<Case>, L::Error> {
        let asked = (*author, unit.clone());
        let lowest = match self.places.get(&asked) {
            Some(lowest) => lowest.clone(),
            None => {
                let grants = self.ledger.grants_above(author, unit)?.into_iter();
                let units = grants.map(|grant| grant.unit);
                let lowest = units.max_by_key(|unit| unit.ancestors().count());
                let lowest = lowest.unwrap_or_else(|| unit.clone());
                self.places.insert(asked, lowest.clone());
                lowest
            }
        };
        match self.cases.get(&lowest) {
            Some(case) if case.is_about(&(*author, lowest.clone())) => Ok(case.clone()),
            Some(_) => self.whole(&lowest),
            None => self.make_case(Whom::One(author, &lowest), &lowest),
        }
    }

    /// The case about everybody at a unit.
    fn whole(&mut self, unit: &UnitPath) -> Result<Rc<Case>, L::Error> {
        match self.cases.get(unit) {
            Some(case) if case.is_whole => Ok(case.clone()),
            _ => self.make_case(Whom::All(unit), unit),
        }
    }

    fn make_case(&mut self, whom: Whom<'_>, unit: &UnitPath) -> Result<Rc<Case>, L::Error> {
        let facts = Facts::gather(whom, self)?;
        let case = Rc::new(Case::judge(facts, matches!(whom, Whom::All(_))));
        self.cases.insert(unit.clone(), case.clone());
        Ok(case)
    }

    /// How many grants all cases keep, and how often they looked at revocations.
    #[cfg(test)]
    pub(crate) fn size(&self) -> (usize, usize) {
        let sizes = self.cases.values().map(|case| case.size());
        sizes.fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1))
    }

    fn revocations(&mut self, place: &Place) -> Result<Rc<Revocations>, L::Error> {
        if let Some(known) = self.revocations.get(place) {
            return Ok(known.clone());
        }
        let held = self.ledger.revocations_of(&place.0, &place.1)?;
        let held = Rc::new(Revocations::new(held));
        self.revocations.insert(place.clone(), held.clone());
        Ok(held)
    }
}
