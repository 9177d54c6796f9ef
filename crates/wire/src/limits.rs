//! Every limit of the protocol, its unit last in the name, with its reason.

/// One entry, whole. A sitting's edits are a few kB; a province's rollup over 400
/// facilities with texts of full length some 700 kB. Larger ones would block a slow link for everything else.
pub const ENTRY_MAX_BYTES: usize = 1 << 20;

/// Nesting of CBOR arrays and maps. Ours reach 9; serde's decoder recurses.
pub const CBOR_MAX_DEPTH: usize = 16;

/// One Automerge change chunk.
pub const CHANGE_MAX_BYTES: usize = 256 << 10;

/// Changes in one `changes` entry.
pub const CHANGES_MAX_COUNT: usize = 256;

/// Names of units, people and machines.
pub const NAME_MAX_BYTES: usize = 256;

/// Any other single text: a comment, a reason, a legal basis.
pub const TEXT_MAX_BYTES: usize = 4 << 10;

/// A form's TOML. The quarterly form is some 26 kB.
pub const FORM_MAX_BYTES: usize = 256 << 10;

/// Grants in one credential entry: a first enrolment makes two.
pub const GRANTS_MAX_COUNT: usize = 16;

/// Rollups that one rollup replaces. One, or two where two machines signed side by
/// side; whoever has more to settle signs more than once.
pub const ROLLUP_REPLACES_MAX_COUNT: usize = 16;

/// One frame of the session, with its payload.
pub const FRAME_MAX_BYTES: usize = 2 << 20;

/// Entries in one batch frame, in bytes: small enough to commit and acknowledge
/// several times a second on a slow link.
pub const BATCH_TARGET_BYTES: usize = 256 << 10;

/// Entries in one batch frame.
pub const BATCH_MAX_COUNT: usize = 512;

/// Leaves of a rollup's Merkle tree: some 5,000 facilities report nationally.
pub const TREE_MAX_LEAVES: u64 = 1 << 20;
