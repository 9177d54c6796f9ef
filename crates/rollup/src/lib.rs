//! Mergeable aggregates, Merkle tree, consolidation and its verification.
//!
//! Every report becomes a small *state* ([`state_of`]): per code a sum, a share,
//! a ratio, counts of choices or a list of texts, each cut to
//! [`LIST_TEXT_MAX_CHARS`]. States [`merge()`]: the province's is the merge of
//! its facilities', the nation's of its provinces' numbers (their texts stay in
//! the provinces' rollups, see [`nation`]), in any order and any grouping,
//! without rounding. A rollup carries the merged
//! state, says who reported and who is missing ([`consolidate()`],
//! [`consolidate_nation`]), and commits to its inputs by a Merkle root
//! ([`merkle`]), so that afterwards
//!
//! - a facility proves with a few hundred bytes that its report went in,
//! - the ministry recomputes any total from the inputs ([`check_arithmetic`],
//!   [`check_nation`]) or one unit's state from its report ([`compare`]), and is
//!   told exactly which unit and indicator differ.
//!
//! What it does not do: decide which submission counts, look anything up, check
//! signatures, read a clock. Everything is a function of its arguments, and the
//! same arguments in any order give the same bytes.
//!
//! # Example
//!
//! ```
//! use std::collections::BTreeMap;
//! use model::{Aggregate, Period, Scalar, Snapshot, UnitPath};
//! use rollup::{Header, Received, merkle};
//! use wire::{EntryId, RollupInput, Timeliness};
//!
//! let form = model::form::builtin("kh2273-quy").unwrap();
//! let period = Period::Quarter(2026, 2);
//! let (a, b) = (UnitPath::parse("byt.24.07210")?, UnitPath::parse("byt.24.07213")?);
//!
//! // Two facilities were asked; one has reported, with 120 staff.
//! let mut report = Snapshot::default();
//! report.values.insert("B3".into(), Scalar::Int(120));
//! let input = RollupInput {
//!     unit: a.clone(),
//!     submission: EntryId([1; 32]),
//!     receipt: Some(EntryId([2; 32])),
//!     timeliness: Some(Timeliness::OnTime),
//!     state: rollup::state_of(form, &report, &a, period),
//! };
//! let received = BTreeMap::from([(a.clone(), Received { timeliness: Timeliness::OnTime })]);
//! let inputs = vec![input];
//! let content = rollup::consolidate(
//!     form, Header::default(), &[a.clone(), b.clone()], &received, inputs.clone(), vec![],
//! )?;
//! assert_eq!((content.expected, content.on_time, content.late), (2, 1, 0));
//! assert_eq!(content.missing, [b]);
//! assert_eq!(content.aggregates["B3"], Aggregate::Sum { sum: 120 });
//!
//! // The facility can prove that it is in, and anyone can add it up again.
//! let proof = merkle::inclusion(EntryId([3; 32]), &inputs, &a)?.unwrap();
//! assert!(merkle::verify_inclusion(&content, &proof));
//! assert!(rollup::check_arithmetic(&content, &inputs).is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod chain;
pub mod consolidate;
pub mod merge;
pub mod merkle;
pub mod nation;
pub mod state;
pub mod verify;

pub use chain::{ChainError, UnitError, check_disjoint, heads, newest};
pub use consolidate::{ConsolidateError, Header, Received, Sources, consolidate, sorted};
pub use merge::{MergeError, merge};
pub use nation::{Provinces, check_alone, consolidate_nation, nation_inputs, province_input};
pub use state::{LIST_TEXT_MAX_CHARS, empty, state_of};
pub use verify::{Fault, Mismatch, check_arithmetic, check_nation, compare};

#[cfg(test)]
mod tests;
