//! `proto/SPEC.md` names every kind, every error and every limit of the code.

use wire::Kind;
use wire::limits::*;

use crate::support::files;

const SPEC: &str = include_str!("../../../../proto/SPEC.md");
const CDDL: &str = include_str!("../../../../proto/quanho.cddl");

/// 1048576 as 1,048,576.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| str::from_utf8(group).unwrap())
        .collect();
    groups.join(",")
}

#[test]
fn every_kind_has_a_section_and_a_row() {
    for kind in Kind::KNOWN {
        let name = kind.as_str();
        assert!(
            SPEC.contains(&format!("\n### {name}\n")),
            "no section on {name}"
        );
        assert!(
            SPEC.contains(&format!("\n| `{name}` | ")),
            "no row for {name}"
        );
        assert!(
            CDDL.contains(&format!("\n{name}-body = ")),
            "no rule for {name}"
        );
    }
}

#[test]
fn every_error_of_a_vector_is_explained() {
    for name in files::names("invalid") {
        let path = files::folder("invalid").join(format!("{name}.json"));
        let text = std::fs::read_to_string(path).unwrap();
        let case: serde_json::Value = serde_json::from_str(&text).unwrap();
        let error = case["error"].as_str().unwrap();
        assert!(
            SPEC.contains(&format!("\n| `{error}` | ")),
            "no row for {error}"
        );
    }
}

#[test]
fn every_limit_of_an_entry_is_told() {
    let limits = [
        ENTRY_MAX_BYTES,
        CBOR_MAX_DEPTH,
        CHANGE_MAX_BYTES,
        CHANGES_MAX_COUNT,
        NAME_MAX_BYTES,
        TEXT_MAX_BYTES,
        FORM_MAX_BYTES,
        GRANTS_MAX_COUNT,
        ROLLUP_REPLACES_MAX_COUNT,
        TREE_MAX_LEAVES as usize,
    ];
    let (_, table) = SPEC.split_once("\n## Limits\n").unwrap();
    let (table, _) = table.split_once("\n## ").unwrap();
    for limit in limits {
        assert!(
            table.contains(&grouped(limit)),
            "{limit} is not in the table"
        );
    }
    for (rule, limit) in [
        ("name-text = tstr .size (1..{})", NAME_MAX_BYTES),
        ("prose = tstr .size (1..{})", TEXT_MAX_BYTES),
        ("change-chunk = bstr .size (1..{})", CHANGE_MAX_BYTES),
        ("toml: tstr .size (1..{})", FORM_MAX_BYTES),
        ("[1*{} change-chunk]", CHANGES_MAX_COUNT),
        ("[1*{} grant]", GRANTS_MAX_COUNT),
        ("? replaces: [1*{} entry-id]", ROLLUP_REPLACES_MAX_COUNT),
    ] {
        let rule = rule.replace("{}", &limit.to_string());
        assert!(CDDL.contains(&rule), "{rule}");
    }
}
