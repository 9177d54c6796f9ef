//! What a session asks of the node that runs it.

use identity::fingerprint::Fingerprint;
use model::{Period, Timestamp, UnitPath};
use wire::frame::Ask;
use wire::{Entry, EntryId, Part, PublicKey, Range};

/// The other side, as it introduced itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerInfo {
    /// Its node key, proven by the transport.
    pub key: PublicKey,
    /// Its unit, from its credential.
    pub unit: UnitPath,
    /// Where it says that it listens.
    pub address: Option<String>,
    /// Its clock when it spoke.
    pub clock: Timestamp,
    /// Head of its receipt chain.
    pub receipts_head: Option<EntryId>,
}

/// What became of the entries of one batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Received {
    /// Now held.
    pub new: Vec<EntryId>,
    /// Held before.
    pub known: u64,
    /// Refused, and why (a short text for the other side's operator).
    pub refused: Vec<(EntryId, String)>,
    /// Refused because the signature is wrong. The id does not cover it: the sender
    /// may well hold the true entry of that id, so it is not told that this one was
    /// refused. It stays missing, and the next session asks for it again.
    pub forged: Vec<EntryId>,
    /// Kept until their author's credential arrives.
    pub parked: Vec<EntryId>,
}

/// The store behind a session. All of it is called synchronously from
/// [`crate::Session::handle`]; an error ends the session and is handed on.
///
/// "Without what `peer` refused" means: minus the ids noted by
/// [`Holdings::note_refused_by`] for that peer. It keeps the two fingerprints
/// comparable, and a refused entry from being sent for ever.
pub trait Holdings {
    /// Why the store failed.
    type Error: std::error::Error + Send + Sync + 'static;

    /// Over everything held in these ranges, without what `peer` refused.
    /// Ranges may overlap: an entry counts once.
    fn fingerprint(
        &mut self,
        ranges: &[Range],
        peer: &PublicKey,
    ) -> Result<Fingerprint, Self::Error>;

    /// The same by part. Empty parts may be left out.
    fn parts(
        &mut self,
        ranges: &[Range],
        peer: &PublicKey,
    ) -> Result<Vec<(Part, Fingerprint)>, Self::Error>;

    /// The entries of one part, without what `peer` refused, in any order.
    fn items(
        &mut self,
        part: &Part,
        peer: &PublicKey,
    ) -> Result<Vec<(Timestamp, EntryId)>, Self::Error>;

    /// The bytes of one held entry.
    fn bytes_of(&mut self, id: &EntryId) -> Result<Option<Vec<u8>>, Self::Error>;

    /// The same ids in order of need: credentials with all that the authors chain
    /// through, incidents, submissions each after the changes under its heads,
    /// reviews and receipts, the rest.
    fn order(&mut self, ids: Vec<EntryId>) -> Result<Vec<EntryId>, Self::Error>;

    /// What came into these ranges past the mark that `peer` last acknowledged,
    /// not from `peer` and not refused by it; and the mark that covers it. At
    /// most [`crate::PUSH_MAX_COUNT`] + 1 ids are looked at, in insertion order, and
    /// none past the one with which they come to [`crate::PUSH_MAX_BYTES`].
    fn push_candidates(
        &mut self,
        ranges: &[Range],
        peer: &PublicKey,
    ) -> Result<(Vec<EntryId>, i64), Self::Error>;

    /// `peer` has everything up to this mark. Called with an unchanged mark too.
    fn set_mark(&mut self, peer: &PublicKey, mark: i64) -> Result<(), Self::Error>;

    /// Verifies, stores and *durably commits* entries that lie in the session's
    /// ranges, then tells what became of each. An entry that `peer` was noted to
    /// have refused and now sends itself is noted as refused no longer.
    fn receive(
        &mut self,
        peer: &PeerInfo,
        entries: Vec<Entry>,
        now: Timestamp,
    ) -> Result<Received, Self::Error>;

    /// Takes the credential chain of an unknown peer. Entries are verified like
    /// any others, and only `credential` and `unit` entries are kept.
    fn introduce(
        &mut self,
        key: &PublicKey,
        chain: Vec<Entry>,
        now: Timestamp,
    ) -> Result<(), Self::Error>;

    /// `peer` did not take these: leave them out of account for it.
    fn note_refused_by(&mut self, peer: &PublicKey, ids: &[EntryId]) -> Result<(), Self::Error>;

    /// The unit of a node, if a node credential *in effect* is held for its key.
    fn unit_of_peer(&mut self, key: &PublicKey) -> Result<Option<UnitPath>, Self::Error>;

    /// The credential entries from the root to the own node key, root first, and
    /// then the receipts that say when they came, as far as they are held; at
    /// most [`wire::frame::CHAIN_MAX_COUNT`].
    fn own_chain(&mut self) -> Result<Vec<Vec<u8>>, Self::Error>;

    /// Head of the own node's receipt chain.
    fn receipts_head(&mut self) -> Result<Option<EntryId>, Self::Error>;

    /// Whether `peer`, a unit above that may ask in principle, may read this
    /// unit's reports of this period.
    fn drill_allowed(
        &mut self,
        peer: &PeerInfo,
        unit: &UnitPath,
        period: Period,
    ) -> Result<bool, Self::Error>;

    /// Such a drill-down was granted: for the log that people can read.
    fn note_drill(
        &mut self,
        peer: &PeerInfo,
        unit: &UnitPath,
        period: Period,
        now: Timestamp,
    ) -> Result<(), Self::Error>;

    /// The blob that answers an [`Ask::Inputs`], at most
    /// [`crate::BLOB_MAX_BYTES`].
    fn answer(&mut self, ask: &Ask) -> Result<Option<Vec<u8>>, Self::Error>;

    /// The peer introduced itself and its credential is in effect.
    fn note_peer(&mut self, peer: &PeerInfo, now: Timestamp) -> Result<(), Self::Error>;
}
