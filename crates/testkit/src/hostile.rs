//! Automerge bytes that no honest node writes.

use wire::{Digest, PublicKey};

/// A chunk of a kind (1: a change) around any data, with a right checksum.
pub fn chunk(kind: u8, data: &[u8]) -> Vec<u8> {
    let mut hashed = vec![kind];
    let mut length = data.len();
    while length >= 0x80 {
        hashed.push(length as u8 | 0x80);
        length >>= 7;
    }
    hashed.push(length as u8);
    hashed.extend_from_slice(data);
    let mut out = vec![0x85, 0x6f, 0x4a, 0x83];
    out.extend_from_slice(&Digest::of(&[&hashed]).0[..4]);
    out.extend_from_slice(&hashed);
    out
}

/// A change of less than 90 bytes, upon a report that nobody has written in, that
/// says it holds twenty million operations.
pub fn operation_bomb(genesis: &[u8; 32], author: &PublicKey) -> Vec<u8> {
    let mut data = vec![1];
    data.extend_from_slice(genesis);
    data.push(16);
    data.extend_from_slice(&Digest::of(&[&author.0]).0[..10]);
    data.extend_from_slice(&[1; 6]);
    // seq 1, start op 4, time 0, no message, no other actors; one column,
    // "action", that says 20,000,000 × 1.
    data.extend_from_slice(&[1, 4, 0, 0, 0, 1, 0x42, 5, 0x80, 0xda, 0xc4, 0x09, 1]);
    chunk(1, &data)
}
