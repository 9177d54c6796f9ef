//! The payload of a batch: the first byte says whether it is compressed.

use sync::pack::{pack, unpack};
use wire::limits::{BATCH_MAX_COUNT, FRAME_MAX_BYTES};

use super::reader::Reader;

pub(super) fn run(input: &[u8]) {
    let mut reader = Reader(input);
    let compressed = reader.byte() & 1 == 1;
    let Ok(entries) = unpack(compressed, reader.0) else {
        return;
    };
    assert!((1..=BATCH_MAX_COUNT).contains(&entries.len()));
    let size: usize = entries.iter().map(Vec::len).sum();
    assert!(size <= FRAME_MAX_BYTES);
    let (compressed, data) = pack(entries.clone()).unwrap();
    assert_eq!(unpack(compressed, &data).unwrap(), entries);
}
