//! What an entry says, by kind. Plain data: nothing here is verified.

use std::collections::{BTreeMap, BTreeSet};

use model::{Aggregates, Timestamp, UnitPath};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::id::{ChangeHash, Digest, EntryId, PublicKey};

/// `unit`: a unit exists. Written into the unit's own `org` stream by a
/// registrar of its parent (of itself, for the ministry). The level is the
/// path's. The newest by (time, id) holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitContent {
    /// Its name.
    pub name: String,
    /// From when it reports; absent: always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened: Option<Timestamp>,
    /// From when it no longer reports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<Timestamp>,
}

/// What a credential allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Syncs and gives receipts.
    Node,
    /// Edits reports.
    Editor,
    /// Submits; at Sở and Bộ signs rollups.
    Head,
    /// Accepts and returns.
    Reviewer,
    /// Publishes forms and campaigns.
    Publisher,
    /// Issues and revokes credentials, invites, names units.
    Registrar,
    /// Reads.
    Auditor,
}

/// Who or what holds a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// The ministry's root key, the anchor.
    Root,
    /// A machine.
    Node,
    /// A person.
    Person,
    /// A one-time key that may issue one entry of credentials.
    Invite,
}

/// One key gets roles at the unit of the entry's body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// Whose key.
    pub key: PublicKey,
    /// What kind of holder.
    pub subject: Subject,
    /// Name of the person, machine or (for an invite) unit.
    pub name: String,
    /// What it may do; for an invite, what it may pass on.
    pub roles: BTreeSet<Role>,
    /// Not after; judged by the receipt's time, never by the entry's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// A node's X25519 key, for bundles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seal: Option<Digest>,
}

/// `credential`: grants of one issuer at one unit. Issued by the root for
/// itself, by a registrar of the same unit, by a registrar of the parent
/// (invites only: a child's first enrolment), or by an invite key (its one use).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CredentialContent {
    /// Who gets what.
    pub grants: Vec<Grant>,
    /// Only in the root's own credential.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<RootCommitment>,
    /// This invite re-enrols a unit that was enrolled before: shown everywhere.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reenrol: bool,
}

/// What the root credential commits to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RootCommitment {
    /// SHA-256 of the next root key; rotation reveals it.
    pub next: Digest,
    /// A rehearsal tree: simulated time is allowed, everything is stamped.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub rehearsal: bool,
}

/// `revocation`: a key is no longer trusted, or one use of an invite is
/// overruled. Lies in the unit of the key's credential; written by a registrar
/// of that unit or of one above.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevocationContent {
    /// The key that is revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<PublicKey>,
    /// The credential entry whose use of an invite is overruled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overrules: Option<EntryId>,
    /// Why.
    pub reason: String,
    /// Entries of that key that stand although no earlier receipt covers them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stands: Vec<EntryId>,
}

/// `form`: a form is published; content-addressed by the SHA-256 of its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormContent {
    /// The TOML file, byte for byte.
    pub toml: String,
}

/// `campaign`: who reports on what form by when. The period is the body's, the
/// unit the issuer's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CampaignContent {
    /// Form name.
    pub form: String,
    /// Form version.
    pub version: u32,
    /// 0 for the regular one, 1, 2, … for further ones in the same period.
    pub ordinal: u32,
    /// The units at and below this one report.
    pub audience: UnitPath,
    /// Strictly before; absent: the period's standing rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// When the issuer itself must report further up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_above: Option<Timestamp>,
    /// First and last day that counts run over, ISO dates; absent: the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cutoff: Option<(String, String)>,
    /// The document that asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<String>,
}

/// `changes`: one or more Automerge changes of one author to one document, raw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangesContent {
    /// Each change as its uncompressed chunk, in dependency order.
    #[serde(serialize_with = "crate::human::byte_strings")]
    pub changes: Vec<ByteBuf>,
}

/// `submission`: the head signs the report at exact heads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubmissionContent {
    /// Form name.
    pub form: String,
    /// Form version.
    pub version: u32,
    /// Campaign ordinal.
    pub ordinal: u32,
    /// The document's heads, ascending.
    pub heads: Vec<ChangeHash>,
    /// SHA-256 of the canonical snapshot at these heads.
    pub snapshot: Digest,
    /// Submissions that this one replaces, ascending.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaces: Vec<EntryId>,
}

/// What the reviewer decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Goes into the rollup.
    Accept,
    /// Back to the unit with comments.
    Return,
}

/// A reviewer's remark on one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comment {
    /// The field, cell or indicator; empty for the report as a whole.
    pub code: String,
    /// The remark.
    pub text: String,
}

/// `review`: the level above accepts or returns a submission. Lies in the
/// reporting unit's `report` stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewContent {
    /// Which submission.
    pub submission: EntryId,
    /// What was decided.
    pub verdict: Verdict,
    /// Why, tied to indicators.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub comments: Vec<Comment>,
}

/// `receipt`: a node above durably holds these entries. Lies in the unit,
/// stream and period of what it covers; its time is the body's. All receipts of
/// one node form one chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptContent {
    /// 0, 1, 2, … along the node's chain.
    pub seq: u64,
    /// The receipt before it in the chain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prev: Option<EntryId>,
    /// Entries held, ascending.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub covers: Vec<EntryId>,
    /// Submissions held with all they rest on and the same snapshot, ascending.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub received: Vec<EntryId>,
    /// Submissions that cannot be received yet, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub incomplete: Vec<Incomplete>,
    /// Proofs that the unit's report went into a rollup.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inclusions: Vec<Inclusion>,
}

/// A submission that the level above could not take as received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Incomplete {
    /// Which submission.
    pub submission: EntryId,
    /// Changes that are not held.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<ChangeHash>,
    /// Entries held in quarantine.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quarantined: Vec<EntryId>,
    /// The snapshot recomputed there differs.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub differs: bool,
}

/// An RFC 6962 inclusion proof of one unit's input in a rollup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inclusion {
    /// The rollup entry.
    pub rollup: EntryId,
    /// The leaf's place.
    pub index: u64,
    /// Number of leaves.
    pub size: u64,
    /// The audit path, from the leaf up.
    pub path: Vec<Digest>,
    /// The leaf itself: what the rollup says of this unit.
    pub input: RollupInput,
}

/// When a report came in, as the level above saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Timeliness {
    /// Receipt before the due time.
    OnTime,
    /// Signed before, received at or after the due time.
    SignedOnTime,
    /// Signed and received at or after the due time.
    Late,
}

/// One unit's part in a rollup: a leaf of its Merkle tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RollupInput {
    /// The unit.
    pub unit: UnitPath,
    /// Its latest accepted submission (for a province, its rollup).
    pub submission: EntryId,
    /// The receipt that counts (for a province, absent).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<EntryId>,
    /// In time or not (for a province, absent).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeliness: Option<Timeliness>,
    /// The unit's own aggregates.
    pub state: Aggregates,
}

/// `rollup`: a signed consolidation, of a province or of the nation. The unit
/// and the period are the body's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RollupContent {
    /// Form name.
    pub form: String,
    /// Form version.
    pub version: u32,
    /// Campaign ordinal.
    pub ordinal: u32,
    /// The due time that was applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// Units of the audience that had to report; for the nation, those of the
    /// provinces that are in, and the facilities directly under the ministry.
    pub expected: u64,
    /// Received in time.
    pub on_time: u64,
    /// Received late (including signed on time, received late).
    pub late: u64,
    /// Expected and not received, by path; for the nation, provinces without a
    /// rollup and facilities directly under the ministry, so that there `on_time`,
    /// `late` and these need not come to `expected`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<UnitPath>,
    /// Units whose newest submission is not the accepted one that went in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flagged: Vec<Flag>,
    /// Number of inputs, leaves of the tree.
    pub inputs: u64,
    /// RFC 6962 root over the inputs sorted by unit.
    pub merkle_root: Digest,
    /// The totals.
    pub aggregates: Aggregates,
    /// Head of the signer's node's receipt chain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipts_head: Option<EntryId>,
    /// The rollups that this one replaces, ascending: none for a first one,
    /// several where it settles a fork.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaces: Vec<EntryId>,
    /// Only for the nation: the provincial rollups that went in, by unit.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub provinces: BTreeMap<UnitPath, EntryId>,
}

/// Something a reader of the rollup must know of a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flag {
    /// The unit.
    pub unit: UnitPath,
    /// What.
    pub reason: FlagReason,
}

/// Why a unit is flagged in a rollup.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlagReason {
    /// Received, and does not go in: not reviewed yet, or accepted and what it rests
    /// on is not in effect any more.
    Pending,
    /// A newer submission waits for review.
    NewerPending,
    /// The newest submission was returned.
    Returned,
    /// Enrolled again with new keys.
    Reenrolled,
}
