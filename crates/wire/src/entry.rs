//! The signed entry: COSE_Sign1 (RFC 9052), untagged, Ed25519.
//!
//! ```text
//! Entry     = [protected, {}, payload, signature]
//! protected = << {1: -8, 4: kid} >>        kid = the author's public key
//! id        = SHA-256(["Signature1", protected, "quanho/entry/1", payload])
//! ```
//!
//! An [`Entry`] is *parsed*, not verified: `identity` turns it into a
//! `Verified`, the only thing that has any effect.
//!
//! Invariant: an [`Entry`] holds exactly the bytes it was parsed from, its body
//! encodes to its payload again, and its id depends on nothing but author and
//! payload. So one id has one meaning; only the signature is outside of it.

use std::sync::Arc;

pub use crate::body::{Body, Content, Kind, Stream};
use crate::cbor::CborError;
use crate::cose::{CoseError, Sign1, sig_structure};
use crate::id::{Digest, EntryId, PublicKey};
use crate::limits;

/// Domain separation of entry signatures (the COSE `external_aad`).
pub const ENTRY_AAD: &[u8] = b"quanho/entry/1";

/// Everything of the protected header `{1: -8, 4: kid}` but the key itself:
/// algorithm EdDSA (RFC 9053 §2.2), then a key identifier of 32 bytes. Only one
/// encoding exists, so it is compared, not parsed.
const PROTECTED_PREFIX: [u8; 6] = [0xa2, 0x01, 0x27, 0x04, 0x58, 0x20];

/// A parsed, unverified entry. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Entry(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    id: EntryId,
    author: PublicKey,
    signature: [u8; 64],
    signed: Vec<u8>,
    bytes: Vec<u8>,
    body: Body,
}

/// Why bytes are not an entry, or a body cannot become one.
#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    /// Larger than [`limits::ENTRY_MAX_BYTES`].
    #[error("larger than an entry may be")]
    TooLarge,
    /// The outer structure or the payload is not our CBOR.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// The outer structure is not `[protected, {}, payload, signature]`.
    #[error("not an untagged COSE_Sign1 with an empty unprotected header")]
    Structure,
    /// The protected header is not exactly `{1: -8, 4: kid}`.
    #[error("the protected header is not {{1: -8 (EdDSA), 4: 32-byte key}}")]
    Header,
    /// A field of the body is missing, out of place or over its limit.
    #[error("the body breaks a rule: {0}")]
    Body(&'static str),
}

impl EntryError {
    /// The stable name that `proto/vectors` uses.
    pub fn name(&self) -> &'static str {
        match self {
            EntryError::TooLarge => "TooLarge",
            EntryError::Cbor(error) => error.name(),
            EntryError::Structure => "Structure",
            EntryError::Header => "Header",
            EntryError::Body(_) => "Body",
        }
    }
}

impl From<CoseError> for EntryError {
    fn from(error: CoseError) -> Self {
        match error {
            CoseError::Cbor(error) => EntryError::Cbor(error),
            CoseError::Structure => EntryError::Structure,
        }
    }
}

/// The bytes that an author signs for a payload, whose SHA-256 is the id.
pub fn signed_bytes(author: &PublicKey, payload: &[u8]) -> Vec<u8> {
    sig_structure(&protected_header(author), ENTRY_AAD, payload)
}

fn protected_header(author: &PublicKey) -> Vec<u8> {
    [&PROTECTED_PREFIX[..], &author.0].concat()
}

fn author_of(protected: &[u8]) -> Result<PublicKey, EntryError> {
    protected
        .strip_prefix(&PROTECTED_PREFIX)
        .and_then(PublicKey::from_slice)
        .ok_or(EntryError::Header)
}

impl Entry {
    /// Puts an entry together; `sign` gets the bytes to sign. Whether the
    /// signature is right is not looked at.
    pub fn assemble(
        body: Body,
        author: PublicKey,
        sign: impl FnOnce(&[u8]) -> [u8; 64],
    ) -> Result<Self, EntryError> {
        let payload = body.encode()?;
        let signed = signed_bytes(&author, &payload);
        let signature = sign(&signed);
        let protected = protected_header(&author);
        let bytes = Sign1 {
            protected: &protected,
            payload: &payload,
            signature: &signature,
        }
        .to_vec();
        if bytes.len() > limits::ENTRY_MAX_BYTES {
            return Err(EntryError::TooLarge);
        }
        Ok(Self::new(body, author, signature, signed, bytes))
    }

    /// Parses bytes from anywhere.
    pub fn parse(bytes: &[u8]) -> Result<Self, EntryError> {
        if bytes.len() > limits::ENTRY_MAX_BYTES {
            return Err(EntryError::TooLarge);
        }
        let outer = Sign1::parse(bytes)?;
        let signature = outer
            .signature
            .try_into()
            .map_err(|_| EntryError::Structure)?;
        let author = author_of(outer.protected)?;
        let body = Body::decode(outer.payload)?;
        let signed = sig_structure(outer.protected, ENTRY_AAD, outer.payload);
        Ok(Self::new(body, author, signature, signed, bytes.to_vec()))
    }

    fn new(
        body: Body,
        author: PublicKey,
        signature: [u8; 64],
        signed: Vec<u8>,
        bytes: Vec<u8>,
    ) -> Self {
        let id = EntryId(Digest::of(&[&signed]).0);
        Entry(Arc::new(Inner {
            id,
            author,
            signature,
            signed,
            bytes,
            body,
        }))
    }

    /// The id.
    pub fn id(&self) -> EntryId {
        self.0.id
    }

    /// The author's key.
    pub fn author(&self) -> PublicKey {
        self.0.author
    }

    /// The signature over [`Entry::signed`].
    pub fn signature(&self) -> &[u8; 64] {
        &self.0.signature
    }

    /// The `Sig_structure`.
    pub fn signed(&self) -> &[u8] {
        &self.0.signed
    }

    /// The COSE bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0.bytes
    }

    /// What it says.
    pub fn body(&self) -> &Body {
        &self.0.body
    }
}

/// Two entries are the same if their bytes are.
impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.0.bytes == other.0.bytes
    }
}

impl Eq for Entry {}
