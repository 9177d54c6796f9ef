//! The way from bytes that parse to an entry that may be held.
//!
//! The state of verification is in the type: [`Signed`] has a good signature,
//! [`Verified`] also an author who may write it. Only [`Verified`] reaches a
//! document, a projection or a peer. Neither looks at a clock, at a revocation
//! or at what arrived before.

use std::collections::HashSet;

use ed25519_dalek::{Signature, VerifyingKey};
use model::UnitPath;
use wire::{Body, Digest, Entry, EntryId, Kind, PublicKey};

use crate::ledger::GrantRecord;
use crate::table::{self, Denied};

/// Why an entry may not be held.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The signature is not the author's. Such bytes leave no trace under the id.
    #[error("the signature is not the author's")]
    BadSignature,
    /// The author's key is no point, has small order, or is not in its one
    /// canonical encoding: a signature of it proves nothing.
    #[error("the author's key is weak or malformed")]
    WeakKey,
    /// No grant to the author is held: park it, a credential may still arrive.
    #[error("no credential of the author is held")]
    UnknownAuthor,
    /// The author is known, and may not write this.
    #[error("the author may not write a `{}` for {unit}: {reason}", kind.as_str())]
    NotAllowed {
        /// What it would have been.
        kind: Kind,
        /// For which unit.
        unit: UnitPath,
        /// Which rule of the table it breaks.
        reason: Denied,
    },
}

impl Refusal {
    /// Whether no credential that may still arrive can change it. What is not
    /// final is parked, not refused: else two peers that get a second credential
    /// and what rests on it in different order would hold different sets.
    pub fn is_final(&self) -> bool {
        match self {
            Refusal::BadSignature | Refusal::WeakKey => true,
            Refusal::UnknownAuthor => false,
            Refusal::NotAllowed { reason, .. } => match reason {
                Denied::Stream | Denied::Level | Denied::Audience => true,
                Denied::Role | Denied::Grant => false,
            },
        }
    }
}

/// An entry whose signature is right. Whether its author may write it has not
/// been looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed(Entry);

/// An entry that may be held: signature, chain and table are right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified(Entry);

impl Signed {
    /// Checks the signature, strictly: verifiers disagree about edge cases, and
    /// two peers that hold different sets never converge.
    ///
    /// # Errors
    /// [`Refusal::WeakKey`] or [`Refusal::BadSignature`].
    pub fn check(entry: Entry) -> Result<Self, Refusal> {
        verify_bytes(&entry.author(), entry.signed(), entry.signature())?;
        Ok(Signed(entry))
    }

    /// The entry.
    pub fn entry(&self) -> &Entry {
        &self.0
    }

    /// Asks the table. `anchor` is the ministry's root key, `author_grants`
    /// every held grant to the author, in effect or not.
    ///
    /// # Errors
    /// [`Refusal::UnknownAuthor`] if there is no grant,
    /// [`Refusal::NotAllowed`] if none of them allows it. Unless it
    /// [is final](Refusal::is_final) a later grant may allow it.
    pub fn authorise(
        self,
        anchor: &PublicKey,
        author_grants: &[GrantRecord],
    ) -> Result<Verified, Refusal> {
        let entry = self.0;
        let (author, body) = (entry.author(), entry.body());
        let own = |grant: &&GrantRecord| grant.key == author;
        let ours = author == *anchor || model::sabotaged!(AcceptAnyRoot);
        let root = ours.then(|| table::root_grant(author, entry.id()));
        let mut best = None;
        for grant in author_grants.iter().filter(own).chain(&root) {
            match table::permits(grant, body) {
                Ok(()) => return Ok(Verified(entry)),
                Err(reason) => best = best.max(Some(reason)),
            }
        }
        Err(match best {
            None => Refusal::UnknownAuthor,
            Some(reason) => Refusal::NotAllowed {
                kind: body.kind(),
                unit: body.unit.clone(),
                reason,
            },
        })
    }
}

impl Verified {
    /// A row read back from the store's own file, where only verified entries
    /// go. Only `store` may call this; a test looks for other callers. (The
    /// `verify` command checks every row anew, from its bytes.)
    pub fn from_own_store(entry: Entry) -> Self {
        Verified(entry)
    }

    /// The entry.
    pub fn entry(&self) -> &Entry {
        &self.0
    }

    /// The id.
    pub fn id(&self) -> EntryId {
        self.0.id()
    }

    /// The author's key.
    pub fn author(&self) -> PublicKey {
        self.0.author()
    }

    /// What it says.
    pub fn body(&self) -> &Body {
        self.0.body()
    }

    /// The COSE bytes.
    pub fn bytes(&self) -> &[u8] {
        self.0.bytes()
    }
}

/// Bytes whose signature this process has found right, for whoever looks at the same
/// files again and again.
#[derive(Debug, Default)]
pub struct CheckedBefore(HashSet<Digest>);

impl CheckedBefore {
    /// [`Signed::check`], once for the same bytes (an id does not name its signature).
    ///
    /// # Errors
    /// [`Refusal::WeakKey`] or [`Refusal::BadSignature`].
    pub fn check(&mut self, entry: Entry) -> Result<Signed, Refusal> {
        let bytes = Digest::of(&[entry.bytes()]);
        if self.0.contains(&bytes) {
            return Ok(Signed(entry));
        }
        let signed = Signed::check(entry)?;
        self.0.insert(bytes);
        Ok(signed)
    }
}

/// Checks one Ed25519 signature as entries are checked.
///
/// # Errors
/// [`Refusal::WeakKey`] or [`Refusal::BadSignature`].
pub fn verify_bytes(key: &PublicKey, bytes: &[u8], signature: &[u8; 64]) -> Result<(), Refusal> {
    if model::sabotaged!(SkipSignature) {
        return Ok(());
    }
    let (key, signature) = (strong_key(key)?, Signature::from_bytes(signature));
    let weak = model::sabotaged!(AcceptWeakKeys);
    if weak || model::sabotaged!(PlainVerify) {
        let verdict = ed25519_dalek::Verifier::verify(&key, bytes, &signature);
        return verdict.map_err(|_| Refusal::BadSignature);
    }
    key.verify_strict(bytes, &signature)
        .map_err(|_| Refusal::BadSignature)
}

/// The key as a point, if it is one, of large order and canonically encoded.
fn strong_key(key: &PublicKey) -> Result<VerifyingKey, Refusal> {
    let point = VerifyingKey::from_bytes(key.as_bytes()).map_err(|_| Refusal::WeakKey)?;
    let weak = point.is_weak() || !is_canonical(key.as_bytes());
    if weak && !model::sabotaged!(AcceptWeakKeys) {
        return Err(Refusal::WeakKey);
    }
    Ok(point)
}

/// Whether the y coordinate is below p = 2^255 − 19. Decompression takes it
/// modulo p, so that one point would be two keys. (A wrong sign of x = 0 is of
/// small order.)
fn is_canonical(bytes: &[u8; 32]) -> bool {
    let all_ones = bytes[31] & 0x7f == 0x7f && bytes[1..31].iter().all(|b| *b == 0xff);
    !(all_ones && bytes[0] >= 0xed)
}
