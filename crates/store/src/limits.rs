//! The bounds of what lies outside the held set, each with its reason.

use std::time::Duration;

/// How long a call waits for another process to finish writing. The longest
/// ordinary transaction is one batch of a few hundred entries; a rebuild may
/// take longer and then reports [`crate::StoreError::Busy`].
pub const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Size that the write-ahead log is cut back to after a checkpoint.
pub const WAL_MAX_BYTES: i64 = 64 << 20;

/// Prepared statements kept per connection: more than there are in this crate.
pub const STATEMENTS_MAX_COUNT: usize = 256;

/// Parked entries of one peer. A first contact sends credentials first, so few
/// are ever needed; a peer that sends nonsense only pushes out its own.
pub const PARKED_PER_PEER_MAX_COUNT: i64 = 4096;

/// All parked entries together: what a stranger can make us store.
pub const PARKED_TOTAL_MAX_BYTES: i64 = 64 << 20;

/// Refused entries remembered for people to look at.
pub const REFUSED_MAX_COUNT: i64 = 1000;

/// Entries that one peer told us it refused or parked. Beyond that the oldest
/// are offered to it again.
pub const REFUSED_BY_PEER_MAX_COUNT: i64 = 10_000;

/// The same of all peers together: whoever has the right to name keys can be any number
/// of peers. Of 400 honest ones each may have refused 250.
pub const REFUSED_BY_TOTAL_MAX_COUNT: i64 = 100_000;

/// What a peer refused is offered to it again after so long: its software, or
/// what it holds, may have changed. At most
/// [`REFUSED_BY_PEER_MAX_COUNT`] entries a week cost next to nothing.
pub const REFUSED_BY_MAX_DAYS: i64 = 7;

/// A receipt this much older than a hello must be in the chain that the hello
/// shows: another process of the same node may be committing one just then.
pub const CHAIN_DELAY_MAX_MS: i64 = 60_000;

/// Drill-downs by the level above remembered for people to look at.
pub const DRILLS_MAX_COUNT: i64 = 10_000;

/// Credential entries whose grants are kept parsed in memory, some 300 bytes
/// each: more than one Sở has.
pub const GRANTS_CACHE_MAX_COUNT: usize = 8192;

/// Damaged rows that are named: more than a person reads.
pub const DAMAGED_SHOWN_MAX_COUNT: i64 = 1000;

/// Rows read per page while a rebuild writes between the pages.
pub const REBUILD_PAGE_COUNT: i64 = 1000;

/// Differences named per table by [`crate::Store::check_projections`].
pub const PROBLEMS_PER_TABLE_MAX_COUNT: usize = 5;
