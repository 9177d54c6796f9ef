//! `proto/quanho.cddl` (RFC 8610) describes the same format as the code.

use wire::cose::Sign1;
use wire::{Entry, Kind};

use crate::support::examples;
use crate::support::files;
use crate::support::files::Material;

const CDDL: &str = include_str!("../../../../proto/quanho.cddl");

/// A pattern of RFC 8610 is for the whole text; this validator searches inside.
fn anchored() -> String {
    let mut parts = CDDL.split(".regexp \"");
    let mut text = parts.next().unwrap().to_owned();
    for part in parts {
        let (pattern, rest) = part.split_once('"').unwrap();
        text += &format!(".regexp \"^{pattern}$\"{rest}");
    }
    text
}

/// Whether the bytes are of this rule; the first rule of a text is its root.
fn validate(rule: &str, bytes: &[u8]) -> Result<(), String> {
    let text = format!("start = {rule}\n{}", anchored());
    ::cddl::validate_cbor_from_slice(&text, bytes, None).map_err(|error| error.to_string())
}

fn rule_of(kind: &Kind) -> String {
    match kind {
        Kind::Unknown(_) => "unknown-body".to_owned(),
        known => format!("{}-body", known.as_str()),
    }
}

#[test]
fn every_valid_vector_is_of_its_rule() {
    for example in examples::all() {
        let name = example.name;
        let entry = examples::entry(name);
        let outer = Sign1::parse(entry.bytes()).unwrap();
        validate("entry", entry.bytes()).unwrap_or_else(|error| panic!("{name}: {error}"));
        validate("protected-header", outer.protected).unwrap();
        for rule in [&rule_of(&entry.body().kind()), "body"] {
            validate(rule, outer.payload)
                .unwrap_or_else(|error| panic!("{name} as {rule}: {error}"));
        }
    }
}

/// The schema has teeth: no payload is of the rule of another known kind.
#[test]
fn no_valid_vector_is_of_another_rule() {
    for example in examples::all() {
        let payload = example.body.encode().unwrap();
        for kind in Kind::KNOWN {
            if kind != example.body.kind() {
                let rule = rule_of(&kind);
                assert!(
                    validate(&rule, &payload).is_err(),
                    "{} as {rule}",
                    example.name
                );
            }
        }
    }
}

/// Whatever is refused for its shape in the code is refused by the schema.
#[test]
fn what_has_the_wrong_shape_is_of_no_rule() {
    let mut count = 0;
    for name in files::names("invalid") {
        let path = files::folder("invalid").join(format!("{name}.json"));
        let text = std::fs::read_to_string(path).unwrap();
        let case: serde_json::Value = serde_json::from_str(&text).unwrap();
        let material: Material = match case.get("hex") {
            Some(hex) => Material::Hex(hex.as_str().unwrap().to_owned()),
            None => continue,
        };
        let bytes = material.bytes();
        match case["error"].as_str().unwrap() {
            "Structure" | "Header" => {
                let refused = validate("entry", &bytes).is_err() || header_is_refused(&bytes);
                assert!(refused, "{name}");
            }
            "Shape" => {
                let payload = Sign1::parse(&bytes).unwrap().payload.to_vec();
                let known = Kind::KNOWN
                    .iter()
                    .any(|kind| validate(&rule_of(kind), &payload).is_ok());
                assert!(!known, "{name}");
            }
            _ => continue,
        }
        assert!(Entry::parse(&bytes).is_err());
        count += 1;
    }
    assert!(count > 20, "only {count} vectors looked at");
}

/// A schema says nothing of the order of keys, so that counts as refused.
fn header_is_refused(bytes: &[u8]) -> bool {
    Sign1::parse(bytes).is_ok_and(|outer| {
        let ours = wire::cbor::check(outer.protected).is_ok();
        !ours || validate("protected-header", outer.protected).is_err()
    })
}
