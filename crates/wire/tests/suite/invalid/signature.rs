//! Entries that parse and must fail at the signature. The wire crate does not
//! look at it; these are for whoever does.

use ed25519_dalek::Signer;
use wire::cose::{Sign1, sig_structure};

use super::{Case, case};
use crate::support::examples::{HEAD, entry};
use crate::support::{key, raw};

/// The order of the base point, little-endian.
const L: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

pub(super) fn cases() -> Vec<Case> {
    let entry = entry("submission");
    let good = Sign1::parse(entry.bytes()).unwrap();
    let with = |signature: &[u8; 64]| Sign1 { signature, ..good }.to_vec();

    let mut flipped = *entry.signature();
    flipped[0] ^= 1;
    let signed_as = |aad: &[u8]| {
        let signed = sig_structure(good.protected, aad, good.payload);
        with(&key(HEAD).sign(&signed).to_bytes())
    };
    let payload_only = with(&key(HEAD).sign(good.payload).to_bytes());
    let other = crate::support::examples::entry("review-accept");
    let swapped = with(other.signature());
    vec![
        case(
            "signature-flipped",
            "One bit of the signature.",
            &with(&flipped),
            "BadSignature",
        ),
        case(
            "signature-no-aad",
            "Signed without external_aad.",
            &signed_as(b""),
            "BadSignature",
        ),
        case(
            "signature-other-aad",
            "Signed for another purpose.",
            &signed_as(b"quanho/entry/2"),
            "BadSignature",
        ),
        case(
            "signature-payload-only",
            "The bare payload is signed.",
            &payload_only,
            "BadSignature",
        ),
        case(
            "signature-of-another",
            "The signature of another entry.",
            &swapped,
            "BadSignature",
        ),
        case(
            "signature-malleable",
            "S + L instead of S (RFC 8032, 5.1.7).",
            &with(&plus_order(entry.signature())),
            "BadSignature",
        ),
        case(
            "signature-weak-key",
            "The neutral point as key signs everything.",
            &weak(),
            "WeakKey",
        ),
    ]
}

/// The same signature with S + L.
fn plus_order(signature: &[u8; 64]) -> [u8; 64] {
    let mut sum = *signature;
    let mut carry = 0;
    for (byte, add) in sum[32..].iter_mut().zip(L) {
        let total = u16::from(*byte) + u16::from(add) + carry;
        *byte = total as u8;
        carry = total >> 8;
    }
    sum
}

/// Key and R are the neutral point, S is 0: the equation holds for any bytes.
fn weak() -> Vec<u8> {
    let mut neutral = [0; 32];
    neutral[0] = 1;
    let mut protected = raw::protected(HEAD);
    protected[6..].copy_from_slice(&neutral);
    let mut signature = [0; 64];
    signature[0] = 1;
    let entry = entry("submission");
    let payload = Sign1::parse(entry.bytes()).unwrap().payload;
    Sign1 {
        protected: &protected,
        payload,
        signature: &signature,
    }
    .to_vec()
}
