//! Puts the keys of every map in order. serde writes a struct's fields in the
//! order of their declaration; sorting the bytes afterwards keeps one path for
//! all types, and a value never passes through a tree of allocated items.

use super::CborError;
use super::item::{Cursor, Head, check};
use crate::limits::CBOR_MAX_DEPTH;

/// The same item with every map in order; refuses what our subset lacks.
pub(super) fn sorted(unsorted: Vec<u8>) -> Result<Vec<u8>, CborError> {
    // Most values of one field or none are in order already.
    match check(&unsorted) {
        Ok(()) => return Ok(unsorted),
        Err(CborError::NotDeterministic | CborError::DuplicateKey) => {}
        Err(error) => return Err(error),
    }
    let mut cursor = Cursor::new(&unsorted);
    let mut out = Vec::with_capacity(unsorted.len());
    item(&mut cursor, &mut out, 0)?;
    cursor.end()?;
    Ok(out)
}

/// Copies one item, sorting inside. Recursion is bounded by the depth limit.
fn item(cursor: &mut Cursor<'_>, out: &mut Vec<u8>, depth: usize) -> Result<(), CborError> {
    let start = cursor.position();
    let head = cursor.head()?;
    cursor.body(head)?;
    out.extend_from_slice(cursor.since(start));
    if matches!(head, Head::Array(_) | Head::Map(_)) && depth == CBOR_MAX_DEPTH {
        return Err(CborError::TooDeep);
    }
    match head {
        Head::Array(count) => {
            for _ in 0..count {
                item(cursor, out, depth + 1)?;
            }
            Ok(())
        }
        Head::Map(count) => map(cursor, out, depth + 1, count),
        Head::Scalar { .. } | Head::Bytes(_) | Head::Text(_) => Ok(()),
    }
}

fn map(
    cursor: &mut Cursor<'_>,
    out: &mut Vec<u8>,
    depth: usize,
    count: usize,
) -> Result<(), CborError> {
    let mut values = Vec::new();
    let mut entries = Vec::with_capacity(count);
    for _ in 0..count {
        let key_start = cursor.position();
        let head = cursor.head()?;
        if !head.is_key() {
            return Err(CborError::Unsupported);
        }
        cursor.body(head)?;
        let key = cursor.since(key_start);
        let value_start = values.len();
        item(cursor, &mut values, depth)?;
        entries.push((key, value_start..values.len()));
    }
    entries.sort_by_key(|(key, _)| *key);
    if entries.windows(2).any(|pair| pair[0].0 == pair[1].0) {
        return Err(CborError::DuplicateKey);
    }
    for (key, value) in entries {
        out.extend_from_slice(key);
        out.extend_from_slice(&values[value]);
    }
    Ok(())
}
