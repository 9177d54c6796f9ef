//! Range-based set reconciliation of large parts: the `negentropy` crate over
//! (time, id), bounded.
//!
//! Only the initiator (the dialling side) learns what differs. Its sums are
//! additive modulo 2^256, which an insider can make collide: so it is never the
//! last word, the fingerprints are.

use std::collections::BTreeSet;

use model::Timestamp;
use negentropy::{Id, Negentropy, NegentropyStorageVector};
use wire::EntryId;

use crate::error::ProtocolError;
use crate::limits::{ITEMS_MAX_COUNT, RECONCILE_MAX_BYTES, RECONCILE_MAX_ROUNDS};

/// One side of a reconciliation.
pub(crate) struct Reconciler {
    inner: Negentropy<'static, NegentropyStorageVector>,
    own: BTreeSet<EntryId>,
    have: BTreeSet<EntryId>,
    need: BTreeSet<EntryId>,
    rounds: u32,
}

/// What the initiator learnt: ids that only it has, ids that only the peer has.
pub(crate) struct Difference {
    pub(crate) have: Vec<EntryId>,
    pub(crate) need: Vec<EntryId>,
}

/// What the initiator does next.
pub(crate) enum Next {
    Ask(Vec<u8>),
    Done(Difference),
}

impl Reconciler {
    pub(crate) fn new(items: Vec<(Timestamp, EntryId)>) -> Result<Self, ProtocolError> {
        let mut storage = NegentropyStorageVector::with_capacity(items.len());
        let mut own = BTreeSet::new();
        for (time, id) in items {
            // The sort key need not be the time itself, only the same on both
            // sides; the largest value means "infinity" to the protocol.
            let key = u64::try_from(time.0).unwrap_or(0).min(u64::MAX - 1);
            storage
                .insert(key, Id::from_byte_array(id.0))
                .map_err(broke)?;
            own.insert(id);
        }
        storage.seal().map_err(broke)?;
        Ok(Reconciler {
            inner: Negentropy::owned(storage, RECONCILE_MAX_BYTES as u64).map_err(broke)?,
            own,
            have: BTreeSet::new(),
            need: BTreeSet::new(),
            rounds: 0,
        })
    }

    /// The initiator's first message.
    pub(crate) fn initiate(&mut self) -> Result<Vec<u8>, ProtocolError> {
        self.inner.initiate().map_err(broke)
    }

    /// The other side's answer.
    pub(crate) fn respond(&mut self, message: &[u8]) -> Result<Vec<u8>, ProtocolError> {
        self.count(message)?;
        self.inner.reconcile(message).map_err(broke)
    }

    /// The initiator takes an answer.
    pub(crate) fn advance(&mut self, message: &[u8]) -> Result<Next, ProtocolError> {
        self.count(message)?;
        let (mut have, mut need) = (Vec::new(), Vec::new());
        let next = self
            .inner
            .reconcile_with_ids(message, &mut have, &mut need)
            .map_err(broke)?;
        self.have
            .extend(have.into_iter().map(|id| EntryId(id.to_bytes())));
        self.need
            .extend(need.into_iter().map(|id| EntryId(id.to_bytes())));
        if self.need.len() > ITEMS_MAX_COUNT {
            return Err(ProtocolError::Size("a difference"));
        }
        Ok(match next {
            Some(message) => Next::Ask(message),
            None => Next::Done(Difference {
                have: std::mem::take(&mut self.have).into_iter().collect(),
                // A peer may name what it has just heard of: never ask for it.
                need: self.need.difference(&self.own).copied().collect(),
            }),
        })
    }

    /// Whether this id may be asked for; each one once.
    pub(crate) fn release(&mut self, id: &EntryId) -> bool {
        self.own.remove(id)
    }

    fn count(&mut self, message: &[u8]) -> Result<(), ProtocolError> {
        self.rounds += 1;
        if self.rounds > RECONCILE_MAX_ROUNDS || message.len() > 2 * RECONCILE_MAX_BYTES {
            return Err(ProtocolError::Reconcile("over its limit".to_owned()));
        }
        Ok(())
    }
}

fn broke(error: negentropy::Error) -> ProtocolError {
    ProtocolError::Reconcile(error.to_string())
}
