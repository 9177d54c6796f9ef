//! One SQLite file per node: entries, fingerprints and projections, always in
//! one transaction.
//!
//! The *entries* are the truth: held, immutable, numbered in order of arrival
//! (`row`). Everything else about them is a *projection*, a function of the set
//! of entries, written by one `project` function, in the transaction of the
//! insert; [`Store::rebuild`] throws all projections away and calls the same
//! function again, [`Store::check_projections`] does so in memory and compares.
//! Beside them lie the node's own notes: drafts, peers, what was parked or
//! refused, cached documents.
//!
//! What it deliberately does not do: it judges nothing. Who may write what is
//! `identity`'s, what a document makes of a change is `document`'s, and whether
//! an entry is in *effect* is `identity::standing` over the [`identity::Ledger`]
//! that [`Store`] implements. It has no clock and no randomness.
//!
//! Invariants
//! - Rows are only ever added ([`Tx::discard`], the repair of damage, apart).
//!   An entry is inserted once; the order of inserts
//!   changes row numbers and arrival times, and nothing else.
//! - A read never sees an entry without its projections, in any process.
//! - [`Store::write`] is all or nothing, also when a callee's error is swallowed.
//! - A row whose bytes no longer give its id is reported as
//!   [`StoreError::Corrupt`]; its content is never handed out.
//!
//! ```
//! use model::UnitPath;
//! use store::{EntryFilter, Store, StoreError};
//! use wire::{Stream, range::Range};
//!
//! let mut store = Store::open_in_memory()?;
//! store.write::<_, StoreError>(|tx| {
//!     // tx.insert(&verified, now, Some(&peer))?;
//!     tx.set_meta("unit", "byt.24")
//! })?;
//! assert_eq!(store.meta("unit")?.as_deref(), Some("byt.24"));
//!
//! // What a session compares first: one row, however many documents.
//! let reports = Range::below(&UnitPath::ministry(), Stream::Report);
//! assert_eq!(store.fingerprint(&[reports])?.count, 0);
//! assert!(store.entries(&EntryFilter::default())?.is_empty());
//! # Ok::<(), StoreError>(())
//! ```

mod aside;
mod check;
mod columns;
mod damage;
mod drafts;
mod entries;
mod error;
mod for_peer;
mod gates;
mod keys;
mod ledger;
pub mod limits;
mod org;
mod peers;
mod project;
mod receipts;
mod schema;
mod sums;
#[cfg(test)]
mod tests;
mod tx;

pub use aside::{Parked, Parking, Quarantined, Refused};
pub use damage::{Damaged, Remains};
pub use drafts::{CachedDoc, Draft, DraftValue};
pub use entries::{EntryFilter, Header, IdPage, Page, Stored};
pub use error::StoreError;
pub use gates::GateDue;
pub use keys::Keys;
pub use org::UnitRecord;
pub use peers::{Drill, Peer};
pub use receipts::{ChainBreak, ReceiptFork, ReceiptHead};
pub use schema::SCHEMA_VERSION;
pub use tx::{Inserted, Store, Tx};

/// What every call here returns.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;
