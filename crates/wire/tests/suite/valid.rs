//! `proto/vectors/valid`: every kind, byte for byte.

use std::collections::BTreeSet;

use data_encoding::HEXLOWER;
use ed25519_dalek::{Signature, VerifyingKey};
use serde::Serialize;
use serde_json::Value as Json;
use wire::{Body, Digest, Entry, Kind};

use crate::support::examples;
use crate::support::{files, signed};

#[derive(Serialize)]
struct Vector<'a> {
    name: &'a str,
    description: &'a str,
    /// The Ed25519 seed of the author, so that others can sign the same bytes.
    seed: String,
    hex: String,
    expect: Expect<'a>,
}

#[derive(Serialize)]
struct Expect<'a> {
    id: String,
    author: String,
    kind: String,
    sig_structure: String,
    signature: String,
    body: &'a Body,
}

#[test]
fn the_files_are_what_the_code_makes() {
    for example in examples::all() {
        let entry = signed(example.body, example.seed);
        let vector = Vector {
            name: example.name,
            description: example.description,
            seed: HEXLOWER.encode(&[example.seed; 32]),
            hex: HEXLOWER.encode(entry.bytes()),
            expect: Expect {
                id: entry.id().to_string(),
                author: entry.author().to_string(),
                kind: entry.body().kind().as_str().to_owned(),
                sig_structure: HEXLOWER.encode(entry.signed()),
                signature: HEXLOWER.encode(entry.signature()),
                body: entry.body(),
            },
        };
        files::expect("valid", example.name, &vector);
    }
    let expected: Vec<_> = examples::all().iter().map(|example| example.name).collect();
    assert_eq!(files::names("valid"), expected, "a file without an example");
}

/// Reads the files as a stranger would: nothing of `support::examples` is used.
#[test]
fn the_files_parse_verify_and_come_out_the_same() {
    for name in files::names("valid") {
        let path = files::folder("valid").join(format!("{name}.json"));
        let vector: Json = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let bytes = HEXLOWER
            .decode(vector["hex"].as_str().unwrap().as_bytes())
            .unwrap();
        let expect = &vector["expect"];
        let entry = Entry::parse(&bytes).unwrap();

        assert_eq!(expect["id"], entry.id().to_string(), "{name}");
        assert_eq!(
            expect["id"],
            Digest::of(&[entry.signed()]).to_string(),
            "{name}"
        );
        assert_eq!(expect["author"], entry.author().to_string(), "{name}");
        assert_eq!(expect["kind"], entry.body().kind().as_str(), "{name}");
        assert_eq!(
            expect["body"],
            serde_json::to_value(entry.body()).unwrap(),
            "{name}"
        );
        let key = VerifyingKey::from_bytes(entry.author().as_bytes()).unwrap();
        let signature = Signature::from_bytes(entry.signature());
        key.verify_strict(entry.signed(), &signature).unwrap();

        let signature = *entry.signature();
        let again = Entry::assemble(entry.body().clone(), entry.author(), |_| signature).unwrap();
        assert_eq!(again.bytes(), bytes, "{name}");
        assert_eq!(again.id(), entry.id(), "{name}");
    }
}

#[test]
fn every_kind_has_a_vector() {
    let shown: BTreeSet<Kind> = examples::all()
        .iter()
        .map(|example| example.body.kind())
        .collect();
    for kind in Kind::KNOWN {
        assert!(shown.contains(&kind), "no vector for {kind:?}");
    }
    assert!(shown.iter().any(|kind| matches!(kind, Kind::Unknown(_))));
}
