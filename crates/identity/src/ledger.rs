//! What is held about keys, as plain records, and the [`Ledger`] that answers
//! for it.
//!
//! A ledger gives back what is *held*; it takes no decision about effect. Its
//! answers must depend on the held set alone, never on the order of arrival.

use std::collections::BTreeSet;

use model::{Timestamp, UnitPath};
use wire::{Content, EntryId, PublicKey, Role, Subject};

use crate::verify::Verified;

/// One grant of one held credential entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantRecord {
    /// Who gets it.
    pub key: PublicKey,
    /// At which unit.
    pub unit: UnitPath,
    /// What kind of holder.
    pub subject: Subject,
    /// What it may do; for an invite, what it may pass on.
    pub roles: BTreeSet<Role>,
    /// Name of the person, machine or (for an invite) unit.
    pub name: String,
    /// Not after; judged by the time of the receipt over what rests on it.
    pub until: Option<Timestamp>,
    /// The credential entry that carries it.
    pub credential: EntryId,
    /// Author of that entry.
    pub issuer: PublicKey,
}

/// What a revocation is aimed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aim {
    /// A key, in the revocation's unit.
    Key(PublicKey),
    /// One use of an invite.
    Use(EntryId),
}

/// One held revocation entry, of a key or of one use of an invite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevocationRecord {
    /// The revocation entry.
    pub id: EntryId,
    /// What is revoked.
    pub aim: Aim,
    /// Who revokes.
    pub author: PublicKey,
    /// The author's own time.
    pub time: Timestamp,
    /// Entries that stand although no earlier receipt covers them.
    pub stands: BTreeSet<EntryId>,
    /// The unit it lies in: only grants at this unit are touched.
    pub unit: UnitPath,
}

/// A receipt that covers an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptMark {
    /// The receipt entry.
    pub receipt: EntryId,
    /// The node that gave it.
    pub node: PublicKey,
    /// The unit that both the receipt and the entry lie in.
    pub unit: UnitPath,
    /// The receipt's time.
    pub time: Timestamp,
    /// Its place in the node's chain: decides between receipts of one moment.
    pub seq: u64,
}

/// What is held about keys. `store` implements it over SQLite.
pub trait Ledger {
    /// Why a question could not be answered.
    type Error;

    /// Every held grant to this key, at any unit.
    fn grants_of(&self, key: &PublicKey) -> Result<Vec<GrantRecord>, Self::Error>;

    /// Those at this unit or above it. A registrar anywhere may name any key, as
    /// often as he likes: what he says elsewhere must cost nothing here.
    fn grants_above(
        &self,
        key: &PublicKey,
        unit: &UnitPath,
    ) -> Result<Vec<GrantRecord>, Self::Error> {
        let mut grants = self.grants_of(key)?;
        grants.retain(|grant| grant.unit.contains(unit));
        Ok(grants)
    }

    /// Every held grant at exactly this unit.
    fn grants_at(&self, unit: &UnitPath) -> Result<Vec<GrantRecord>, Self::Error>;

    /// Every held revocation of this key that lies in this unit.
    fn revocations_of(
        &self,
        key: &PublicKey,
        unit: &UnitPath,
    ) -> Result<Vec<RevocationRecord>, Self::Error>;

    /// Every held revocation in this unit that overrules this use of an invite (a
    /// credential entry).
    fn overruled(
        &self,
        credential: &EntryId,
        unit: &UnitPath,
    ) -> Result<Vec<RevocationRecord>, Self::Error>;

    /// Every held revocation that lies in exactly this unit.
    fn revocations_at(&self, unit: &UnitPath) -> Result<Vec<RevocationRecord>, Self::Error>;

    /// Every held receipt that lies in the unit of the entry and covers it
    /// (`covers` or `received`), by (time, seq, id). Which of them counts is not
    /// the ledger's to say: ask a [`Judge`](crate::Judge).
    fn receipts_of(&self, entry: &EntryId) -> Result<Vec<ReceiptMark>, Self::Error>;

    /// Every held credential entry in this unit that this invite's key has signed.
    fn uses_of(&self, invite: &PublicKey, unit: &UnitPath) -> Result<Vec<EntryId>, Self::Error>;
}

/// What a revocation entry says; `None` for any other kind.
pub fn revocation_in(entry: &Verified) -> Option<RevocationRecord> {
    let Content::Revocation(content) = &entry.body().content else {
        return None;
    };
    let aim = match (content.key, content.overrules) {
        (Some(key), _) => Aim::Key(key),
        (None, used) => Aim::Use(used?),
    };
    Some(RevocationRecord {
        id: entry.id(),
        aim,
        author: entry.author(),
        time: entry.body().time,
        stands: content.stands.iter().copied().collect(),
        unit: entry.body().unit.clone(),
    })
}

/// The grants that a credential entry carries; empty for any other kind.
pub fn grants_in(entry: &Verified) -> Vec<GrantRecord> {
    let Content::Credential(credential) = &entry.body().content else {
        return Vec::new();
    };
    let grants = credential.grants.iter();
    grants
        .map(|grant| GrantRecord {
            key: grant.key,
            unit: entry.body().unit.clone(),
            subject: grant.subject,
            roles: grant.roles.clone(),
            name: grant.name.clone(),
            until: grant.until,
            credential: entry.id(),
            issuer: entry.author(),
        })
        .collect()
}
