//! Deterministic CBOR (RFC 8949 §4.2.1) with one strict decoder.
//!
//! The subset: integers, byte strings, text strings, arrays, maps, `true`,
//! `false` and `null`; map keys are integers or strings. There are no floats, no
//! tags and no other simple values. Keys are in bytewise order of their encoding,
//! which for our keys means: integers before byte strings before text, and within
//! one type the shorter before the longer, then byte by byte.
//!
//! Invariants:
//! - What [`to_vec`] makes, [`check`] takes, and nothing else.
//! - [`check`] runs before serde sees a byte. It is iterative, allocates nothing
//!   and trusts no length, so hostile bytes cost one pass over them.
//! - A type may still read two different items as one value (an absent field and
//!   a default written out; a struct given as an array): [`from_slice_exact`]
//!   refuses all but the one that [`to_vec`] makes. Whatever is signed or hashed
//!   is read with it.
//!
//! ```
//! let bytes = wire::cbor::to_vec(&("a", 1, true))?;
//! assert_eq!(bytes, [0x83, 0x61, b'a', 1, 0xf5]);
//! let back: (String, u8, bool) = wire::cbor::from_slice(&bytes)?;
//! assert_eq!(back, ("a".to_owned(), 1, true));
//! # Ok::<(), wire::cbor::CborError>(())
//! ```

mod item;
mod sort;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use serde_cbor::Value;

pub use item::check;
pub(crate) use item::{Cursor, Head, write_head};

/// Why bytes are not our CBOR, or a value has no encoding in it.
#[derive(Debug, thiserror::Error)]
pub enum CborError {
    /// Not well-formed: cut short, a length beyond the end, a reserved header, or
    /// text that is not UTF-8.
    #[error("not well-formed CBOR")]
    Malformed,
    /// Something follows the one item.
    #[error("bytes after the end of the item")]
    Trailing,
    /// A longer integer or length than needed, an indefinite length, or map keys
    /// out of order.
    #[error("not the deterministic encoding (RFC 8949 section 4.2.1)")]
    NotDeterministic,
    /// A map has one key twice.
    #[error("a map has one key twice")]
    DuplicateKey,
    /// A float, a tag, a simple value other than `true`, `false` and `null`, or a
    /// map key that is neither an integer nor a string.
    #[error("an item that this protocol does not use")]
    Unsupported,
    /// Nested deeper than [`crate::limits::CBOR_MAX_DEPTH`].
    #[error("nested too deeply")]
    TooDeep,
    /// Our CBOR, but not of the shape that was asked for.
    #[error("not of the expected shape: {0}")]
    Shape(#[source] serde_cbor::Error),
    /// The right shape, but not the one encoding of what it says: a default is
    /// written out, a field is `null`, a set is not in order.
    #[error("not the canonical encoding of its content")]
    NotCanonical,
    /// A value that serde or the subset cannot express.
    #[error("cannot be encoded: {0}")]
    Encode(#[source] serde_cbor::Error),
}

impl CborError {
    /// The stable name that `proto/vectors` uses.
    pub fn name(&self) -> &'static str {
        match self {
            CborError::Malformed => "Malformed",
            CborError::Trailing => "Trailing",
            CborError::NotDeterministic => "NotDeterministic",
            CborError::DuplicateKey => "DuplicateKey",
            CborError::Unsupported => "Unsupported",
            CborError::TooDeep => "TooDeep",
            CborError::Shape(_) => "Shape",
            CborError::NotCanonical => "NotCanonical",
            CborError::Encode(_) => "Encode",
        }
    }
}

/// Encodes deterministically. Fails on what the subset cannot express: floats,
/// integers beyond 64 bits, a map key twice, too deep a nesting. (A `Value::Tag`
/// loses its tag inside of the library; no decoder of ours ever makes one.)
pub fn to_vec<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, CborError> {
    let unsorted = serde_cbor::to_vec(&value).map_err(CborError::Encode)?;
    sort::sorted(unsorted)
}

/// Decodes one item that is deterministic and of our subset; see the module's
/// invariants for what [`from_slice_exact`] refuses beyond that.
pub fn from_slice<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, CborError> {
    check(bytes)?;
    from_checked(bytes)
}

/// Decodes, and refuses bytes that differ from the value's own encoding.
pub fn from_slice_exact<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> Result<T, CborError> {
    let value = from_slice(bytes)?;
    if to_vec(&value)? != bytes {
        return Err(CborError::NotCanonical);
    }
    Ok(value)
}

/// Decodes bytes that have passed [`check`].
pub(crate) fn from_checked<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, CborError> {
    serde_cbor::from_slice(bytes).map_err(CborError::Shape)
}

/// A value as a generic CBOR item.
pub fn to_value<T: Serialize>(value: &T) -> Result<Value, CborError> {
    from_slice(&to_vec(value)?)
}

/// A generic CBOR item as a value.
pub fn from_value<T: DeserializeOwned>(value: Value) -> Result<T, CborError> {
    from_slice(&to_vec(&value)?)
}
