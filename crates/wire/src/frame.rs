//! The frames of a session, as bytes.
//!
//! Every frame is one CBOR array whose first element is the frame's number:
//! no field names, since "nothing is new" must fit into a few dozen bytes. Bytes
//! and values are one to one, as for entries. What a frame means, and when it may
//! come, is `sync`'s business (`proto/session.md`); nothing here is trusted.
//!
//! Invariant: [`Frame::decode`] allocates no more than a small multiple of the
//! frame's own length, and refuses a list or a text over its named limit.

mod codec;

#[cfg(test)]
mod tests;

use model::{Period, Timestamp, UnitPath};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_bytes::ByteBuf;

use crate::cbor::CborError;
use crate::id::{Digest, EntryId};
use crate::range::Part;

/// The version of the session that this code speaks, the first thing a `Hello`
/// says.
pub const SESSION_VERSION: u64 = 1;

/// An advertised address, `host:port`: the longest DNS name and a port.
pub const ADDRESS_MAX_BYTES: usize = 260;

/// Asks in one `Hello` or `Answer`: a reviewer's drill-down is a handful.
pub const ASKS_MAX_COUNT: usize = 64;

/// Credential entries from the root down to a node: ministry, its registrar,
/// province, its registrar, invite, facility; room for a few renewals.
pub const CHAIN_MAX_COUNT: usize = 32;

/// Batches that may be sent and not yet acknowledged: enough to keep a slow link
/// busy while the other side commits, and all that may follow a `Hello`.
pub const WINDOW_MAX_BATCHES: u64 = 4;

/// Length of a salted short digest of a part or of an id. Nobody can prepare a
/// collision for a salt that is not known yet; an accidental one is found by the
/// fingerprints at the end.
pub const SHORT_BYTES: usize = 8;

/// Groups of parts in one `Groups` frame: about the square root of what the
/// largest node has, times its usual number of differing parts.
pub const GROUPS_MAX_COUNT: usize = 1024;

/// Parts that one session may be about. The ministry's 5,000 facilities have some
/// 20,000; as short digests this many fill half a frame.
pub const PARTS_MAX_COUNT: usize = 1 << 17;

/// Ids in one `NeedIds` frame.
pub const NEED_MAX_COUNT: usize = 32_768;

/// One piece of a blob.
pub const BLOB_CHUNK_MAX_BYTES: usize = 256 << 10;

/// A fingerprint as it travels: unchecked, `identity::fingerprint` checks it.
/// `[count, sum]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Total(
    /// How many entries.
    pub u64,
    /// The encoded sum of their points.
    pub Digest,
);

/// Something a session is asked for beyond what the two units share anyway.
/// `[unit, period, null]` or `[null, null, rollup]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ask {
    /// A drill-down: one unit's report stream in one period.
    Report {
        /// Whose.
        unit: UnitPath,
        /// Which.
        period: Period,
    },
    /// The inputs of a rollup with their states.
    Inputs {
        /// The rollup entry.
        rollup: EntryId,
    },
}

impl Serialize for Ask {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Ask::Report { unit, period } => (Some(unit), Some(period), None::<EntryId>),
            Ask::Inputs { rollup } => (None, None, Some(*rollup)),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Ask {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Deserialize::deserialize(deserializer)? {
            (Some(unit), Some(period), None) => Ok(Ask::Report { unit, period }),
            (None::<UnitPath>, None::<Period>, Some(rollup)) => Ok(Ask::Inputs { rollup }),
            _ => Err(serde::de::Error::custom("not an ask")),
        }
    }
}

/// The first word of the side that dialled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hello {
    /// [`SESSION_VERSION`].
    pub version: u64,
    /// Where this node listens, if it does.
    pub address: Option<String>,
    /// What it asks for beyond the shared ranges.
    pub asks: Vec<Ask>,
    /// Over the shared ranges and everything asked for.
    pub total: Total,
    /// Head of its node's receipt chain.
    pub receipts: Option<EntryId>,
    /// Its clock.
    pub clock: Timestamp,
    /// How many batches follow in the same flight.
    pub pushed: u64,
}

/// The answer to a [`Hello`], after everything pushed with it is durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Where this node listens, if it does.
    pub address: Option<String>,
    /// What it asks for in turn.
    pub asks: Vec<Ask>,
    /// Which of the other side's asks it does not grant, by index.
    pub denied: Vec<u64>,
    /// Its fingerprint; absent when it equals the one in the `Hello`.
    pub total: Option<Total>,
    /// Head of its node's receipt chain.
    pub receipts: Option<EntryId>,
    /// Its clock.
    pub clock: Timestamp,
    /// How many batches follow in the same flight.
    pub pushed: u64,
}

/// Credentials from the root down to the sender's node key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// Whether the sender does not know the other side and wants its chain.
    pub want: bool,
    /// The entries, root first.
    pub entries: Vec<ByteBuf>,
}

/// Entries in order of need, packed (see `sync::pack`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// 0, 1, 2, … in each direction.
    pub seq: u64,
    /// Whether `data` is compressed with zstd.
    pub compressed: bool,
    /// A CBOR array of byte strings, one an entry.
    pub data: ByteBuf,
}

/// A batch is durable, but for what is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ack {
    /// Which batch; they are acknowledged in order.
    pub seq: u64,
    /// Entries that were refused, by index, and why.
    pub refused: Vec<(u64, String)>,
    /// Entries that wait for their author's credential, by index.
    pub parked: Vec<u64>,
}

/// The fingerprints differ: short digests of the parts, put together in groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Groups {
    /// 0 at first, 1 when the repair did not lead to equal fingerprints.
    pub attempt: u64,
    /// Which of the other side's asks are not granted, by index.
    pub denied: Vec<u64>,
    /// [`SHORT_BYTES`] for each group; their number is a power of two.
    pub groups: ByteBuf,
}

/// The answering side's parts in the groups that differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    /// One bit a group, lowest bit first: which differ.
    pub differing: ByteBuf,
    /// [`SHORT_BYTES`] for each of its parts in these, in its own order.
    pub digests: ByteBuf,
}

/// One part of the dialling side that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing(
    /// Which.
    pub Part,
    /// [`SHORT_BYTES`] for each id; absent for a large part, which is reconciled.
    pub Option<ByteBuf>,
);

/// The dialling side's differing parts, item by item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Items {
    /// Its differing parts.
    pub parts: Vec<Listing>,
    /// In the last frame: one bit for each digest of the [`Parts`] frame, lowest
    /// bit first: which it does not have.
    pub lacking: ByteBuf,
    /// Whether more such frames follow.
    pub more: bool,
}

/// A piece of the answer to [`Ask::Inputs`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    /// Which rollup.
    pub rollup: EntryId,
    /// The next bytes; absent when there is nothing to give.
    pub data: Option<ByteBuf>,
    /// Whether more follow.
    pub more: bool,
}

/// The end, said by the side that dialled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bye {
    /// Whether both hold the same.
    pub in_sync: bool,
    /// Which of the other side's asks are not granted, by index, if no
    /// [`Groups`] frame has said so.
    pub denied: Vec<u64>,
}

/// Why a side ends the session before it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum RefuseCode {
    /// Another version of the protocol.
    #[error("another version of the protocol")]
    Version,
    /// No credential in effect is known for the key.
    #[error("no credential in effect is known for this node's key")]
    Unknown,
    /// The two units have nothing to do with each other.
    #[error("the two units share nothing")]
    Unrelated,
    /// Not the unit that was dialled.
    #[error("not the unit that was dialled")]
    Unexpected,
    /// A frame broke the protocol.
    #[error("a frame broke the protocol")]
    Protocol,
}

impl RefuseCode {
    const ALL: [RefuseCode; 5] = [
        RefuseCode::Version,
        RefuseCode::Unknown,
        RefuseCode::Unrelated,
        RefuseCode::Unexpected,
        RefuseCode::Protocol,
    ];
}

/// One frame. The number on the wire is the one in front.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// 1
    Hello(Hello),
    /// 2
    Answer(Answer),
    /// 3
    Chain(Chain),
    /// 4
    Refuse(RefuseCode),
    /// 5
    Batch(Batch),
    /// 6
    Ack(Ack),
    /// 7
    Groups(Groups),
    /// 8
    Parts(Parts),
    /// 9
    Items(Items),
    /// 10: a message of the set reconciliation (negentropy, version 1).
    Reconcile(ByteBuf),
    /// 11: which of the listed items the answering side lacks, one bit each,
    /// lowest bit first, over all [`Items`] frames.
    NeedListed(ByteBuf),
    /// 12: ids that the dialling side lacks in the reconciled parts.
    NeedIds(Vec<EntryId>),
    /// 13: everything is sent; from the answering side with its fingerprint.
    Sent(Option<Total>),
    /// 14
    Bye(Bye),
    /// 15
    Blob(Blob),
}

/// Why bytes are not a frame.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// Over `limits::FRAME_MAX_BYTES`.
    #[error("larger than a frame may be")]
    TooLarge,
    /// Not our CBOR, or not this frame's fields.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// Not an array that starts with the number of a frame.
    #[error("not a frame that this version knows")]
    Kind,
    /// A field is over its limit or not of its length.
    #[error("a frame breaks a rule: {0}")]
    Rule(&'static str),
}
