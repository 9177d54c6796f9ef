//! Every limit of a session, its unit last in the name, with its reason. Those
//! that a frame's shape implies are in `wire::frame`.

use wire::frame::WINDOW_MAX_BATCHES;
use wire::limits::ENTRY_MAX_BYTES;

/// Entries that may be pushed before the fingerprints are known to differ. More
/// than this is not "what is new since the last session": the repair finds out
/// exactly what is missing, and sends nothing twice.
pub const PUSH_MAX_COUNT: usize = 2_048;

/// Bytes of the entries that are looked at for a push: whoever has more than fills all
/// batches of a first flight pushes nothing, so no more need be put in order.
pub const PUSH_MAX_BYTES: usize = (WINDOW_MAX_BATCHES as usize + 1) * ENTRY_MAX_BYTES;

/// A part with more items than this is reconciled, not listed: 8 kB of short ids.
pub const LISTED_MAX_COUNT: usize = 1_024;

/// The same in the second attempt, which does without reconciliation: as many
/// short ids as fill half a frame.
pub const RELISTED_MAX_COUNT: usize = 131_072;

/// Items that one side takes into account in one repair: over twice the 400,000
/// entries of the largest province after ten years.
pub const ITEMS_MAX_COUNT: usize = 1 << 20;

/// Bytes of one reconciliation message: a tenth of a second at 20 Mbit/s.
pub const RECONCILE_MAX_BYTES: usize = 256 << 10;

/// Reconciliation messages in one repair: a million different items need 130.
pub const RECONCILE_MAX_ROUNDS: u32 = 512;

/// Repairs in one session: one, and one more if the fingerprints still differ.
pub const REPAIRS_MAX_COUNT: u64 = 2;

/// Refusals that an outcome names; further ones are counted only.
pub const REFUSALS_MAX_COUNT: usize = 1_000;

/// The whole answer to an ask for a rollup's inputs: 400 units with long texts.
pub const BLOB_MAX_BYTES: usize = 64 << 20;

/// The peer's clock may differ by this before a warning, in milliseconds: more
/// would confuse people about what was late.
pub const CLOCK_SKEW_MAX_MS: i64 = 5 * 60 * 1_000;
