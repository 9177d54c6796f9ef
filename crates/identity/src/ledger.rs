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

/// One held revocation entry, of a key or of one use of an invite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevocationRecord {
    /// The revocation entry.
    pub id: EntryId,
    /// Who revokes.
    pub author: PublicKey,
    /// The author's own time.
    pub time: Timestamp,
    /// Entries that stand although no earlier receipt covers them.
    pub stands: BTreeSet<EntryId>,
    /// The unit it lies in: only grants at this unit are touched.
    pub unit: UnitPath,
}

/// The earliest receipt that covers an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReceiptMark {
    /// The receipt entry.
    pub receipt: EntryId,
    /// The node that gave it.
    pub node: PublicKey,
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

    /// Every held grant at exactly this unit.
    fn grants_at(&self, unit: &UnitPath) -> Result<Vec<GrantRecord>, Self::Error>;

    /// Every held revocation of this key, wherever it lies.
    fn revocations_of(&self, key: &PublicKey) -> Result<Vec<RevocationRecord>, Self::Error>;

    /// Every held revocation that overrules this use of an invite (a credential
    /// entry), wherever it lies.
    fn overruled(&self, credential: &EntryId) -> Result<Vec<RevocationRecord>, Self::Error>;

    /// The receipt with the smallest (time, seq, id) among those that cover the
    /// entry (`covers` or `received`).
    fn earliest_receipt(&self, entry: &EntryId) -> Result<Option<ReceiptMark>, Self::Error>;

    /// Every held credential entry that this invite's key has signed.
    fn uses_of(&self, invite: &PublicKey) -> Result<Vec<EntryId>, Self::Error>;
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
