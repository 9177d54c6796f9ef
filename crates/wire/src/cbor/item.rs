//! Items at the level of bytes: headers, a cursor over them, and the one pass
//! that decides whether bytes are our CBOR.

use std::cmp::Ordering;

use super::CborError;
use crate::limits::CBOR_MAX_DEPTH;

/// The major types that we use, and the three simple values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Head {
    /// Major types 0 and 1, and `false`, `true`, `null`: complete in the header.
    Scalar {
        /// Whether it may be a map key.
        integer: bool,
    },
    /// A byte string of so many bytes.
    Bytes(usize),
    /// A text string of so many bytes.
    Text(usize),
    /// An array of so many items.
    Array(usize),
    /// A map of so many entries.
    Map(usize),
}

/// A place in bytes. Never goes beyond their end.
pub(crate) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    /// At the beginning.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Cursor { bytes, at: 0 }
    }

    /// How many bytes are behind.
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    /// The bytes from an earlier position up to here.
    pub(crate) fn since(&self, start: usize) -> &'a [u8] {
        &self.bytes[start..self.at]
    }

    fn remaining(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// The next so many bytes.
    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], CborError> {
        if count > self.remaining() {
            return Err(CborError::Malformed);
        }
        let start = self.at;
        self.at += count;
        Ok(self.since(start))
    }

    /// The next header, in its shortest form, with a length that the remaining
    /// bytes can hold.
    pub(crate) fn head(&mut self) -> Result<Head, CborError> {
        let first = self.take(1)?[0];
        let (major, info) = (first >> 5, first & 0x1f);
        if major == 7 {
            return simple(info);
        }
        let argument = self.argument(major, info)?;
        // An item takes at least one byte, an entry of a map two.
        let fits = |least: usize| {
            usize::try_from(argument)
                .ok()
                .filter(|count| *count <= self.remaining() / least)
                .ok_or(CborError::Malformed)
        };
        match major {
            0 | 1 => Ok(Head::Scalar { integer: true }),
            2 => Ok(Head::Bytes(fits(1)?)),
            3 => Ok(Head::Text(fits(1)?)),
            4 => Ok(Head::Array(fits(1)?)),
            5 => Ok(Head::Map(fits(2)?)),
            _ => Err(CborError::Unsupported),
        }
    }

    fn argument(&mut self, major: u8, info: u8) -> Result<u64, CborError> {
        let (width, least) = match info {
            0..=23 => return Ok(u64::from(info)),
            24 => (1, 24),
            25 => (2, 1 << 8),
            26 => (4, 1 << 16),
            27 => (8, 1 << 32),
            31 if (2..=5).contains(&major) => return Err(CborError::NotDeterministic),
            _ => return Err(CborError::Malformed),
        };
        let big_endian = self.take(width)?;
        let argument = big_endian
            .iter()
            .fold(0, |sum, byte| sum << 8 | u64::from(*byte));
        if argument < least {
            return Err(CborError::NotDeterministic);
        }
        Ok(argument)
    }

    /// What follows the header of an item that has no items inside.
    pub(crate) fn body(&mut self, head: Head) -> Result<(), CborError> {
        match head {
            Head::Bytes(length) => {
                self.take(length)?;
            }
            Head::Text(length) => {
                let text = self.take(length)?;
                std::str::from_utf8(text).map_err(|_| CborError::Malformed)?;
            }
            Head::Scalar { .. } | Head::Array(_) | Head::Map(_) => {}
        }
        Ok(())
    }

    /// Refuses anything after the item.
    pub(crate) fn end(&self) -> Result<(), CborError> {
        match self.remaining() {
            0 => Ok(()),
            _ => Err(CborError::Trailing),
        }
    }
}

fn simple(info: u8) -> Result<Head, CborError> {
    match info {
        20..=22 => Ok(Head::Scalar { integer: false }),
        28..=31 => Err(CborError::Malformed),
        _ => Err(CborError::Unsupported),
    }
}

impl Head {
    /// Whether an item with this header may be the key of a map.
    pub(crate) fn is_key(self) -> bool {
        matches!(
            self,
            Head::Scalar { integer: true } | Head::Bytes(_) | Head::Text(_)
        )
    }
}

/// Appends a header in its shortest form.
pub(crate) fn write_head(out: &mut Vec<u8>, major: u8, argument: usize) {
    let argument = argument as u64;
    let big_endian = argument.to_be_bytes();
    let (info, width) = match argument {
        0..=23 => (argument as u8, 0),
        24..=0xff => (24, 1),
        0x100..=0xffff => (25, 2),
        0x1_0000..=0xffff_ffff => (26, 4),
        _ => (27, 8),
    };
    out.push(major << 5 | info);
    out.extend_from_slice(&big_endian[8 - width..]);
}

/// An array or a map that is still open.
#[derive(Clone, Copy, Default)]
struct Open {
    /// Items still to come; keys and values count apart.
    left: usize,
    is_map: bool,
    /// Where the last key of the map was.
    key: Option<(usize, usize)>,
}

/// Whether the bytes are exactly one item of our subset, deterministically
/// encoded. One pass, no recursion, no allocation.
pub fn check(bytes: &[u8]) -> Result<(), CborError> {
    let mut cursor = Cursor::new(bytes);
    let mut stack = [Open::default(); CBOR_MAX_DEPTH];
    let mut depth = 0;
    loop {
        let start = cursor.position();
        let head = cursor.head()?;
        cursor.body(head)?;
        if let Some(open) = stack[..depth].last_mut() {
            if open.is_map && open.left.is_multiple_of(2) {
                in_order(bytes, open, head, (start, cursor.position()))?;
            }
            open.left -= 1;
        }
        if let Head::Array(count) | Head::Map(count) = head {
            let is_map = matches!(head, Head::Map(_));
            let place = stack.get_mut(depth).ok_or(CborError::TooDeep)?;
            // `head` has checked that twice the entries of a map fit.
            let left = if is_map { 2 * count } else { count };
            *place = Open {
                left,
                is_map,
                key: None,
            };
            depth += 1;
        }
        while depth > 0 && stack[depth - 1].left == 0 {
            depth -= 1;
        }
        if depth == 0 {
            return cursor.end();
        }
    }
}

/// Refuses a key that is no key, or not after the one before it.
fn in_order(
    bytes: &[u8],
    open: &mut Open,
    head: Head,
    key: (usize, usize),
) -> Result<(), CborError> {
    if !head.is_key() {
        return Err(CborError::Unsupported);
    }
    if let Some((start, end)) = open.key {
        match bytes[start..end].cmp(&bytes[key.0..key.1]) {
            Ordering::Less => {}
            Ordering::Equal => return Err(CborError::DuplicateKey),
            Ordering::Greater => return Err(CborError::NotDeterministic),
        }
    }
    open.key = Some(key);
    Ok(())
}
