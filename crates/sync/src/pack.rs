//! Entries packed into the payload of a batch: a CBOR array of byte strings,
//! compressed with zstd when that helps.
//!
//! Invariants:
//! - Unpacking never makes more than one frame's worth of bytes or one batch's
//!   worth of entries, whatever the compressed bytes claim, nor many times what came:
//!   entries are held for good, and whoever sends them shall pay for their length.
//! - Entries have one spelling: a byte string written as a text or as a list of
//!   numbers is refused.

use serde_bytes::ByteBuf;
use wire::{cbor, limits};

/// zstd's default: higher levels cost three times the time for a few per cent.
const LEVEL: i32 = 3;

/// Below this, compression does not pay for its header.
const COMPRESS_MIN_BYTES: usize = 512;

/// What is compressed to less than one part in so many is sent as it is: signatures and
/// keys do not compress, so honest entries hardly come to a tenth of this.
const RATIO_MAX: usize = 64;

/// Why a payload does not unpack.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// Not our CBOR.
    #[error(transparent)]
    Cbor(#[from] cbor::CborError),
    /// Not zstd, or more than `limits::FRAME_MAX_BYTES` when unpacked.
    #[error("the compressed bytes are damaged or too large")]
    Compression(#[source] std::io::Error),
    /// Unpacked it is more than 64 times as long.
    #[error("the bytes are compressed more than they may be")]
    Ratio,
    /// More than `limits::BATCH_MAX_COUNT` entries, or none.
    #[error("more entries than a batch holds, or none")]
    Count,
}

/// Packs entries; the flag tells whether the bytes are compressed.
pub fn pack(entries: Vec<Vec<u8>>) -> Result<(bool, Vec<u8>), PackError> {
    let entries: Vec<ByteBuf> = entries.into_iter().map(ByteBuf::from).collect();
    let plain = cbor::to_vec(&entries)?;
    if plain.len() >= COMPRESS_MIN_BYTES {
        let small = zstd::bulk::compress(&plain, LEVEL).map_err(PackError::Compression)?;
        if small.len() < plain.len() && !is_blown_up(&plain, &small) {
            return Ok((true, small));
        }
    }
    Ok((false, plain))
}

/// Unpacks bytes from anywhere.
pub fn unpack(compressed: bool, data: &[u8]) -> Result<Vec<Vec<u8>>, PackError> {
    let entries: Vec<ByteBuf> = if compressed {
        let careless = usize::from(model::sabotaged!(IgnoreUnpackLimit));
        let plain = zstd::bulk::decompress(data, limits::FRAME_MAX_BYTES << (4 * careless))
            .map_err(PackError::Compression)?;
        if is_blown_up(&plain, data) {
            return Err(PackError::Ratio);
        }
        cbor::from_slice_exact(&plain)?
    } else {
        cbor::from_slice_exact(data)?
    };
    if entries.is_empty() || entries.len() > limits::BATCH_MAX_COUNT {
        return Err(PackError::Count);
    }
    Ok(entries.into_iter().map(ByteBuf::into_vec).collect())
}

fn is_blown_up(plain: &[u8], small: &[u8]) -> bool {
    plain.len() / RATIO_MAX > small.len()
}
