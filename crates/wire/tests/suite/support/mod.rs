//! Shared by the tests of this crate: keys, examples, hand-made CBOR, vector files.

pub(crate) mod examples;
pub(crate) mod files;
pub(crate) mod raw;

use ed25519_dalek::{Signer, SigningKey};
use wire::{Body, Entry, PublicKey};

/// The key whose seed is this byte 32 times.
pub(crate) fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

/// Its public half.
pub(crate) fn public(seed: u8) -> PublicKey {
    PublicKey(key(seed).verifying_key().to_bytes())
}

/// A signed entry.
pub(crate) fn signed(body: Body, seed: u8) -> Entry {
    Entry::assemble(body, public(seed), |bytes| key(seed).sign(bytes).to_bytes()).unwrap()
}
