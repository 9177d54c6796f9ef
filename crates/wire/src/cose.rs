//! COSE_Sign1 (RFC 9052 §4.2), untagged, as far as we use it: the outer array
//! and the bytes that are signed. Knows nothing of algorithms, keys or bodies.

use crate::cbor::{self, CborError, Cursor, Head, write_head};

/// The context string of COSE_Sign1 (RFC 9052 §4.4).
const CONTEXT: &[u8] = b"Signature1";

const BYTES: u8 = 2;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const MAP: u8 = 5;

/// The parts of `[protected, {}, payload, signature]`, borrowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sign1<'a> {
    /// The protected header, still encoded.
    pub protected: &'a [u8],
    /// The payload.
    pub payload: &'a [u8],
    /// The signature.
    pub signature: &'a [u8],
}

/// Why bytes are not an untagged COSE_Sign1 with an empty unprotected header.
#[derive(Debug, thiserror::Error)]
pub enum CoseError {
    /// Not our CBOR at all.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// CBOR, but not `[bytes, {}, bytes, bytes]`.
    #[error("not [bytes, {{}}, bytes, bytes]")]
    Structure,
}

impl<'a> Sign1<'a> {
    /// Takes the outer array apart.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, CoseError> {
        cbor::check(bytes)?;
        let mut cursor = Cursor::new(bytes);
        if cursor.head()? != Head::Array(4) {
            return Err(CoseError::Structure);
        }
        let protected = byte_string(&mut cursor)?;
        if cursor.head()? != Head::Map(0) {
            return Err(CoseError::Structure);
        }
        let payload = byte_string(&mut cursor)?;
        let signature = byte_string(&mut cursor)?;
        Ok(Sign1 {
            protected,
            payload,
            signature,
        })
    }

    /// Puts it together; the inverse of [`Sign1::parse`].
    pub fn to_vec(&self) -> Vec<u8> {
        let parts = [self.protected, self.payload, self.signature];
        let mut out = Vec::with_capacity(room(&parts));
        write_head(&mut out, ARRAY, 4);
        write_bytes(&mut out, self.protected);
        write_head(&mut out, MAP, 0);
        write_bytes(&mut out, self.payload);
        write_bytes(&mut out, self.signature);
        out
    }
}

/// The `Sig_structure` of COSE_Sign1 (RFC 9052 §4.4): what is signed. An empty
/// protected header must be given as the empty string, as the RFC says there.
pub fn sig_structure(protected: &[u8], external_aad: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(room(&[CONTEXT, protected, external_aad, payload]));
    write_head(&mut out, ARRAY, 4);
    write_head(&mut out, TEXT, CONTEXT.len());
    out.extend_from_slice(CONTEXT);
    write_bytes(&mut out, protected);
    write_bytes(&mut out, external_aad);
    write_bytes(&mut out, payload);
    out
}

fn byte_string<'a>(cursor: &mut Cursor<'a>) -> Result<&'a [u8], CoseError> {
    match cursor.head()? {
        Head::Bytes(length) => Ok(cursor.take(length)?),
        _ => Err(CoseError::Structure),
    }
}

fn write_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    write_head(out, BYTES, bytes.len());
    out.extend_from_slice(bytes);
}

/// The parts and a header of at most nine bytes for each, and two more.
fn room(parts: &[&[u8]]) -> usize {
    parts.iter().map(|part| part.len() + 9).sum::<usize>() + 2
}
