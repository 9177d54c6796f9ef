//! The sans-IO reconciliation session: hello, push, parts, repair, acknowledge.
//!
//! Two nodes that share scopes ([`scope::shared`]) end up holding the same
//! entries in them. A [`Session`] is one side of one conversation: frames go in
//! through [`Session::handle`], frames come out of [`Session::poll_transmit`],
//! and everything it must know or keep it asks of a [`Holdings`].
//!
//! ```text
//! dialler                                     answerer
//! Hello, what is new past the mark   ──▶      commits it
//!                                    ◀──      acks, Answer, what is new there
//! equal? acks, Bye                   ──▶      one round trip, done
//!
//! differ? Groups                     ──▶
//!                                    ◀──      Parts of the groups that differ
//! Items of the parts that differ     ──▶
//!                                    ◀──      NeedListed, entries, …
//! entries, acks, Sent                ──▶
//!                                    ◀──      acks, Sent with its fingerprint
//! equal? Bye. If not: once more with another salt and without reconciliation.
//! ```
//!
//! What it deliberately does not do: verify or interpret entries (`Holdings`
//! does, in [`Holdings::receive`]), open sockets, know the time, keep state
//! between sessions (marks and refusals lie with the holdings, too).
//!
//! Invariants:
//! - An [`wire::frame::Ack`] is queued only after `Holdings::receive` returned,
//!   and that returns only after a durable commit: no acknowledged entry is lost.
//! - Before the peer's node credential is known and in effect, nothing but the
//!   credential chain is said: no fingerprint, no entry.
//! - Only entries inside the shared ranges (and granted asks) leave or enter.
//! - Whatever the peer sends, memory is bounded by named limits and the worst
//!   outcome is a [`SessionError`].
//! - "In sync" is said only after comparing fingerprints over the same ranges.
//!
//! Not here yet, and where it would go: *live push* (the connection stays after
//! `Bye`, and each side sends a `Batch` when its store grows: `Session` would
//! return to its transfer state instead of ending) and *bundles* (the same packed
//! batches, [`pack`], in a file instead of on a stream).

mod digest;
mod error;
mod holdings;
mod limits;
pub mod pack;
mod reconcile;
pub mod scope;
mod session;

#[cfg(test)]
mod tests;

pub use error::{ProtocolError, SessionError};
pub use holdings::{Holdings, PeerInfo, Received};
pub use limits::*;
pub use session::{Config, Outcome, Session, Warning};
pub use wire::frame::{Ask, RefuseCode};
