//! What the gate says, and why.

use wire::{ChangeHash, EntryId, PublicKey};

use crate::names::Actor;

/// A `changes` entry before the gate: its signature is right, nothing else is
/// known of its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// Which entry.
    pub entry: EntryId,
    /// Who signed it.
    pub author: PublicKey,
    /// Its raw changes.
    pub changes: Vec<Vec<u8>>,
}

/// What became of the entries. Each is in exactly one list, ascending by entry
/// id, except that with `rebuild` some may be in none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdicts {
    /// In effect.
    pub applied: Vec<EntryId>,
    /// Set aside, with the reason.
    pub quarantined: Vec<(EntryId, Reason)>,
    /// Not judged yet: these changes, which it rests on, are not here.
    pub waiting: Vec<(EntryId, Vec<ChangeHash>)>,
    /// Proofs that an author made two changes under one (actor, seq).
    pub forks: Vec<Fork>,
    /// What arrived collides with what is already in effect, and only a look at
    /// all entries can say which stands: call [`crate::Report::rebuild`] with
    /// everything held. Never set by a rebuild itself.
    pub rebuild: bool,
}

/// Two different changes under one (actor, seq).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fork {
    /// Whose.
    pub actor: Actor,
    /// Which of its changes.
    pub seq: u64,
    /// The entry in effect, then the one set aside.
    pub entries: (EntryId, EntryId),
}

/// Why an entry is set aside. All its changes go with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// It holds no change, or too many.
    #[error("the entry holds no change or too many")]
    Count,
    /// A change is larger than `wire::limits::CHANGE_MAX_BYTES`.
    #[error("a change is too large")]
    Size,
    /// Not a change chunk, or a deflated one.
    #[error("not an uncompressed change chunk")]
    Chunk,
    /// The checksum is wrong.
    #[error("the checksum is wrong")]
    Checksum,
    /// The chunk's structure is broken, or not the one encoding of its content.
    #[error("the change is malformed: {0}")]
    Malformed(&'static str),
    /// More operations than `limits` allows, in the entry or in the document.
    #[error("too many operations")]
    TooManyOps,
    /// More bytes than `limits` allows in the document: not looked at.
    #[error("the document has no room for more changes")]
    TooManyBytes,
    /// The actor is not one of the signer's.
    #[error("the actor is not the signer's")]
    Actor,
    /// Neither 1 nor the one after a change of the same actor that it rests on.
    #[error("the sequence number does not follow")]
    Seq,
    /// Does not start right after what it rests on.
    #[error("the operation counter does not follow")]
    StartOp,
    /// It rests on nothing; only the computed genesis may.
    #[error("it does not rest on the document's first change")]
    Rootless,
    /// An operation that no report needs.
    #[error("an operation that is not allowed: {0}")]
    Operation(&'static str),
    /// A key or value outside the rules.
    #[error("a value that is not allowed: {0}")]
    Value(&'static str),
    /// An operation names one that it cannot know.
    #[error("an operation refers to something else than it may: {0}")]
    Reference(&'static str),
    /// Two changes under one (actor, seq); the other is in effect.
    #[error("the author made two different changes under one number; entry {other} is in effect")]
    Fork {
        /// The entry in effect.
        other: EntryId,
    },
    /// It rests on an entry that is set aside.
    #[error("it rests on entry {entry}, which is set aside")]
    DependsOn {
        /// The entry that it rests on.
        entry: EntryId,
    },
    /// Automerge panicked on it.
    #[error("Automerge panicked")]
    Panicked,
    /// Automerge refused it.
    #[error("Automerge refused it: {0}")]
    Refused(String),
    /// Applied, but the saved document does not load as the same.
    #[error("the document would not load again")]
    Poison,
}

impl Reason {
    /// A stable name for JSON, metrics and the catalogues of messages.
    pub fn name(&self) -> &'static str {
        match self {
            Reason::Count => "count",
            Reason::Size => "size",
            Reason::Chunk => "chunk",
            Reason::Checksum => "checksum",
            Reason::Malformed(_) => "malformed",
            Reason::TooManyOps => "too-many-ops",
            Reason::TooManyBytes => "too-many-bytes",
            Reason::Actor => "actor",
            Reason::Seq => "seq",
            Reason::StartOp => "start-op",
            Reason::Rootless => "rootless",
            Reason::Operation(_) => "operation",
            Reason::Value(_) => "value",
            Reason::Reference(_) => "reference",
            Reason::Fork { .. } => "fork",
            Reason::DependsOn { .. } => "depends-on",
            Reason::Panicked => "panicked",
            Reason::Refused(_) => "refused",
            Reason::Poison => "poison",
        }
    }
}
