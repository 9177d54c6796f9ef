//! `proto/vectors/invalid`: every reason for which bytes are refused, by name.

mod outer;
mod payload;
mod rules;
mod signature;

use std::collections::BTreeSet;

use ed25519_dalek::{Signature, VerifyingKey};
use serde::{Deserialize, Serialize};
use wire::Entry;
use wire::cbor::CborError;
use wire::entry::EntryError;

use crate::support::files::{self, Material};

/// Something that must be refused, and how.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Case {
    name: String,
    description: String,
    #[serde(flatten)]
    material: Material,
    /// The name of the error; `BadSignature` and `WeakKey` parse and fail after.
    error: String,
    /// For `Body`, the rule in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rule: Option<String>,
}

fn case(name: &str, description: &str, bytes: &[u8], error: &str) -> Case {
    Case {
        name: name.into(),
        description: description.into(),
        material: Material::of(bytes),
        error: error.into(),
        rule: None,
    }
}

fn all() -> Vec<Case> {
    let mut all: Vec<_> = [
        outer::cases(),
        payload::cases(),
        rules::cases(),
        signature::cases(),
    ]
    .into_iter()
    .flatten()
    .collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

/// What the code says of bytes: the name of the error and the rule.
fn verdict(bytes: &[u8]) -> (&'static str, Option<&'static str>) {
    let entry = match Entry::parse(bytes) {
        Ok(entry) => entry,
        Err(error @ EntryError::Body(rule)) => return (error.name(), Some(rule)),
        Err(error) => return (error.name(), None),
    };
    let Ok(key) = VerifyingKey::from_bytes(entry.author().as_bytes()) else {
        return ("WeakKey", None);
    };
    if key.is_weak() {
        return ("WeakKey", None);
    }
    match key.verify_strict(entry.signed(), &Signature::from_bytes(entry.signature())) {
        Ok(()) => ("accepted", None),
        Err(_) => ("BadSignature", None),
    }
}

#[test]
fn the_files_are_what_the_code_makes() {
    let names: Vec<_> = all().iter().map(|case| case.name.clone()).collect();
    let distinct: BTreeSet<_> = names.iter().collect();
    assert_eq!(distinct.len(), names.len(), "two cases of one name");
    for case in all() {
        files::expect("invalid", &case.name, &case);
    }
    assert_eq!(files::names("invalid"), names, "a file without a case");
}

#[test]
fn every_file_is_refused_for_its_reason() {
    for name in files::names("invalid") {
        let path = files::folder("invalid").join(format!("{name}.json"));
        let case: Case = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let (error, rule) = verdict(&case.material.bytes());
        assert_eq!(
            (error, rule),
            (&*case.error, case.rule.as_deref()),
            "{name}"
        );
    }
}

#[test]
fn every_error_has_a_vector() {
    let shown: BTreeSet<String> = all().into_iter().map(|case| case.error).collect();
    let errors = [
        EntryError::TooLarge.name(),
        EntryError::Structure.name(),
        EntryError::Header.name(),
        EntryError::Body("").name(),
        CborError::Malformed.name(),
        CborError::Trailing.name(),
        CborError::NotDeterministic.name(),
        CborError::DuplicateKey.name(),
        CborError::Unsupported.name(),
        CborError::TooDeep.name(),
        CborError::NotCanonical.name(),
        "Shape",
        "BadSignature",
        "WeakKey",
    ];
    for error in errors {
        assert!(shown.contains(error), "no vector for {error}");
    }
}

/// Bytes cannot break it: a known name is read as the known kind.
const ONLY_WHEN_ENCODING: &str = "a known kind cannot stand as an unknown one";

/// The rules are read off the source, so that a new one cannot go unshown.
#[test]
fn every_rule_has_a_vector() {
    let sources = [
        include_str!("../../src/rules.rs"),
        include_str!("../../src/rules/content.rs"),
        include_str!("../../src/rules/text.rs"),
    ];
    let shown: BTreeSet<String> = all().into_iter().filter_map(|case| case.rule).collect();
    let mut known = BTreeSet::new();
    for rule in sources
        .iter()
        .flat_map(|source| source.split('"').skip(1).step_by(2))
    {
        let exempt = rule == ONLY_WHEN_ENCODING;
        assert!(
            exempt || shown.contains(rule),
            "no vector for the rule: {rule}"
        );
        known.insert(rule);
    }
    assert!(
        known.len() > shown.len(),
        "a vector names a rule that is not in the source"
    );
}
