//! The report as an Automerge document.
//!
//! Two machines that have never met, offline, open the *same* document: its id
//! is the hash of (unit, form name, period, ordinal), and its first change, the
//! *genesis*, is computed from that id, never authored and never sent. The
//! genesis makes one flat map of scalars and one text object for every
//! co-edited text; after it nobody makes an object again, so no side's data can
//! disappear under the other's.
//!
//! - [`Report::seal`] turns edits into one change, made *at* the heads the person
//!   saw: what arrived meanwhile stays beside it as a conflict.
//!   [`Report::seal_pieces`] makes as many changes as the edits need.
//! - [`Report::admit`] is the gate: the only way in for a change, one's own
//!   included. Automerge panics, hangs or poisons its own file on hostile bytes,
//!   so nothing reaches it before its size, its claims and its references have
//!   been checked, and then only a copy.
//! - [`Report::snapshot`], [`Report::conflicts`], [`Report::diff`] and
//!   [`Report::history`] read.
//!
//! Deliberately absent: signatures and authority (`identity`), entries at rest
//! (`store`), whether a value makes sense in the form (`model`'s validation).
//! A saved report is a cache; the entries are the truth.
//!
//! Invariants: a failed admission leaves a report exactly as it was; what is in
//! effect depends on the set of entries, not on their order; no function panics
//! on any input.
//!
//! ```
//! use document::{Edit, Incoming, Report, doc_id};
//! # use model::{Form, Period, Scalar, Timestamp, UnitPath, form::Label};
//! # struct Zero; impl model::Entropy for Zero { fn fill(&mut self, b: &mut [u8]) { b.fill(0) } }
//! # let label = || Label { vi: String::new(), en: String::new() };
//! # let form = Form { name: "f".into(), version: 1, title: label(), basis: None,
//! #     sections: vec![], rules: vec![], indicators: vec![] };
//! # let author = wire::PublicKey([7; 32]);
//! let id = doc_id(&UnitPath::parse("byt.24.07210")?, "f", Period::parse("2026-Q2")?, 0);
//! let mut here = Report::genesis(&form, id);
//! let there = Report::genesis(&form, id);
//! assert_eq!(here.heads(), there.heads());
//!
//! let edit = Edit::Put { key: "B3".into(), value: Scalar::Int(120) };
//! let change = here.seal(&here.heads(), &[edit], &author, Timestamp(0), &mut Zero)?;
//! let entry = wire::EntryId([1; 32]);
//! let verdicts = here.admit(&form, &[Incoming { entry, author, changes: vec![change] }]);
//! assert_eq!(verdicts.applied, [entry]);
//! assert_eq!(here.snapshot().get("B3"), &Scalar::Int(120));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod budget;
mod chunk;
mod gate;
mod genesis;
mod graph;
mod history;
mod inspect;
mod key;
pub mod limits;
mod merge;
mod names;
mod pieces;
mod read;
mod report;
mod resolve;
mod seal;
mod verdict;

pub use chunk::{Header, peek};
pub use history::{FieldChange, HistoryItem, differences};
pub use key::{KeyShape, key_shape};
pub use merge::merge_texts;
pub use names::{actor_belongs, change_hash, change_hashes_in, doc_id, snapshot_digest};
pub use pieces::{Pieces, in_entries};
pub use read::{Conflict, Conflicting};
pub use report::{LoadError, Report};
pub use resolve::Moment;
pub use seal::{Edit, SealError};
pub use verdict::{Fork, Incoming, Reason, Verdicts};

/// The version of Automerge that verdicts were reached with: a quarantine is
/// judged again when this changes.
pub const AUTOMERGE_VERSION: &str = "0.12.0";
