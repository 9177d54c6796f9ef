//! The COSE working group's examples: our `Sig_structure` is theirs, and none of
//! their messages passes for an entry of ours.

use data_encoding::HEXUPPER;
use ed25519_dalek::{Signature, VerifyingKey};
use wire::Entry;
use wire::cbor::Value;
use wire::cose::sig_structure;

use crate::support::files;

/// The parts of a COSE_Sign1 of any kind, read leniently.
struct Parts {
    protected: Vec<u8>,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

fn hex(value: &serde_json::Value) -> Vec<u8> {
    let text = value.as_str().unwrap().to_uppercase();
    HEXUPPER.decode(text.as_bytes()).unwrap()
}

fn parts(message: &[u8]) -> Parts {
    let untagged = match serde_cbor::from_slice(message).unwrap() {
        Value::Tag(_, inner) => *inner,
        other => other,
    };
    let Value::Array(items) = untagged else {
        panic!("not an array")
    };
    let mut strings = items.into_iter().filter_map(|item| match item {
        Value::Bytes(bytes) => Some(bytes),
        _ => None,
    });
    let mut next = || strings.next().unwrap();
    let (mut protected, payload, signature) = (next(), next(), next());
    // RFC 9052 section 4.4: an empty map is signed as the empty string.
    if protected == [0xa0] {
        protected.clear();
    }
    Parts {
        protected,
        payload,
        signature,
    }
}

/// The example, its parts, and whether the bytes to be signed come out as its
/// author has them.
fn example(path: &str) -> Option<(serde_json::Value, Parts, bool)> {
    let example = files::foreign(path)?;
    let message = hex(&example["output"]["cbor"]);
    assert!(Entry::parse(&message).is_err(), "{path} is no entry");
    let parts = parts(&message);
    let external = match &example["input"]["sign0"]["external"] {
        serde_json::Value::Null => vec![],
        external => hex(external),
    };
    let ours = sig_structure(&parts.protected, &external, &parts.payload);
    let same = ours == hex(&example["intermediates"]["ToBeSign_hex"]);
    Some((example, parts, same))
}

#[test]
fn what_is_signed_is_what_they_sign() {
    let passing = [
        "cose/eddsa-examples/eddsa-sig-01.json",
        "cose/eddsa-examples/eddsa-sig-02.json",
        "cose/sign1-tests/sign-pass-01.json",
        "cose/sign1-tests/sign-pass-02.json",
        "cose/sign1-tests/sign-pass-03.json",
        // Failing for its tag alone.
        "cose/sign1-tests/sign-fail-01.json",
    ];
    for path in passing {
        let Some((_, _, same)) = example(path) else {
            return;
        };
        assert!(same, "{path}");
    }
}

/// Where payload or header were changed after signing, so is what we recompute.
#[test]
fn what_was_changed_is_not_what_was_signed() {
    for number in ["02", "03", "04", "06", "07"] {
        let path = format!("cose/sign1-tests/sign-fail-{number}.json");
        let Some((_, _, same)) = example(&path) else {
            return;
        };
        assert!(!same, "{path}");
    }
}

#[test]
fn their_ed25519_signature_holds() {
    let path = "cose/eddsa-examples/eddsa-sig-01.json";
    let Some((example, parts, _)) = example(path) else {
        return;
    };
    let key = hex(&example["input"]["sign0"]["key"]["x_hex"]);
    let key = VerifyingKey::from_bytes(&key.try_into().unwrap()).unwrap();
    let signature = Signature::from_slice(&parts.signature).unwrap();
    let signed = sig_structure(&parts.protected, b"", &parts.payload);
    key.verify_strict(&signed, &signature).unwrap();
    let with_aad = sig_structure(&parts.protected, b"quanho/entry/1", &parts.payload);
    assert!(key.verify_strict(&with_aad, &signature).is_err());
}
