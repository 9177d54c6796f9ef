//! Keys, credential chains, the one authorisation table, revocation: from
//! parsed to verified.
//!
//! ```text
//! wire::Entry  --check-->  Signed  --authorise-->  Verified  --standing-->  in effect?
//!   parsed               signature ok            chain and table ok       receipts, revocations
//! ```
//!
//! The first three steps decide what is *held*; they look at no clock, no
//! revocation and no order of arrival, so what is held only grows and peers
//! converge. The last one decides what has *effect*, as a function of the held
//! set alone.
//!
//! ```
//! use identity::{Refusal, SecretKey, Signed};
//! use model::{Timestamp, UnitPath};
//! use wire::{Body, Content, Stream, UnitContent};
//!
//! let root = SecretKey::from_seed([1; 32]);
//! let body = Body {
//!     stream: Stream::Org,
//!     unit: UnitPath::ministry(),
//!     period: None,
//!     doc: None,
//!     time: Timestamp(0),
//!     simulated: false,
//!     content: Content::Unit(UnitContent { name: "Bộ Y tế".into(), opened: None, closed: None }),
//! };
//! let signed = Signed::check(root.sign(body)?)?;
//! // The root may name the ministry; to anyone else's tree it is a stranger.
//! assert!(signed.clone().authorise(&root.public(), &[]).is_ok());
//! let other = SecretKey::from_seed([2; 32]).public();
//! assert_eq!(signed.authorise(&other, &[]), Err(Refusal::UnknownAuthor));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! This crate does no I/O: what is held is asked of a [`Ledger`], which `store`
//! implements. It is the only one that signs and verifies.

pub mod chain;
pub mod fingerprint;
pub mod invite;
pub mod key;
pub mod keyfile;
pub mod ledger;
pub mod standing;
pub mod table;
pub mod verify;

#[cfg(test)]
mod tests;

pub use chain::chain;
pub use fingerprint::{Accumulator, Fingerprint, NotCanonical};
pub use invite::{Invite, InviteError};
pub use key::SecretKey;
pub use keyfile::KeyFileError;
pub use ledger::{
    Aim, GrantRecord, Ledger, ReceiptMark, RevocationRecord, grants_in, revocation_in,
};
pub use standing::{Judge, Standing, enrolments, standing};
pub use table::Denied;
pub use verify::{CheckedBefore, Refusal, Signed, Verified};
