//! CBOR by hand, so that a test can make what no encoder makes.

use ed25519_dalek::Signer;
use wire::cose::{Sign1, sig_structure};
use wire::entry::ENTRY_AAD;

use super::{key, public};

/// A header in its shortest form.
pub(crate) fn head(major: u8, argument: usize) -> Vec<u8> {
    let top = major << 5;
    match argument {
        0..=23 => vec![top | argument as u8],
        24..=0xff => vec![top | 24, argument as u8],
        0x100..=0xffff => [&[top | 25][..], &(argument as u16).to_be_bytes()].concat(),
        0x1_0000..=0xffff_ffff => [&[top | 26][..], &(argument as u32).to_be_bytes()].concat(),
        _ => [&[top | 27][..], &(argument as u64).to_be_bytes()].concat(),
    }
}

pub(crate) fn uint(number: u64) -> Vec<u8> {
    head(0, number as usize)
}

pub(crate) fn bytes(content: &[u8]) -> Vec<u8> {
    [head(2, content.len()), content.to_vec()].concat()
}

pub(crate) fn text(content: &str) -> Vec<u8> {
    [head(3, content.len()), content.as_bytes().to_vec()].concat()
}

pub(crate) fn array(items: &[Vec<u8>]) -> Vec<u8> {
    [head(4, items.len()), items.concat()].concat()
}

/// A map of text keys in the order given.
pub(crate) fn map(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let body: Vec<u8> = entries
        .iter()
        .flat_map(|(key, value)| [text(key), value.clone()].concat())
        .collect();
    [head(5, entries.len()), body].concat()
}

/// The protected header of the key with this seed.
pub(crate) fn protected(seed: u8) -> Vec<u8> {
    [&[0xa2, 0x01, 0x27, 0x04, 0x58, 0x20], &public(seed).0[..]].concat()
}

/// An entry around any payload and header, correctly signed.
pub(crate) fn seal_with(protected: &[u8], payload: &[u8], seed: u8) -> Vec<u8> {
    let signed = sig_structure(protected, ENTRY_AAD, payload);
    let signature = key(seed).sign(&signed).to_bytes();
    Sign1 {
        protected,
        payload,
        signature: &signature,
    }
    .to_vec()
}

/// An entry around any payload, correctly signed.
pub(crate) fn seal(payload: &[u8], seed: u8) -> Vec<u8> {
    seal_with(&protected(seed), payload, seed)
}
