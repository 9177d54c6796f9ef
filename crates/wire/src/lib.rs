//! Signed entries and session frames as bytes.
//!
//! This room parses and assembles; it never decides whether a signature or an
//! author is right (`identity` does). Its invariant: bytes and values are one to
//! one, so an id names one thing. `proto/SPEC.md` says the same without code.

mod body;
pub mod cbor;
pub mod content;
pub mod cose;
pub mod entry;
pub mod frame;
mod human;
pub mod id;
pub mod limits;
pub mod range;
mod rules;

pub use content::*;
pub use entry::{Body, Content, Entry, EntryError, Kind, Stream};
pub use id::{ChangeHash, Digest, DocId, EntryId, PublicKey};
pub use range::{Part, Range};
