//! The computed bytes are pinned: a new Automerge that encodes differently would
//! split every report in two.

use std::path::PathBuf;

use crate::support::{doc, form, with_text};
use data_encoding::HEXLOWER;
use document::{Report, change_hash, doc_id};
use model::form::builtin;
use model::{Period, UnitPath};

const VECTOR: &str = include_str!("../../../../proto/vectors/document/genesis-kh2273-quy.json");

fn last_change_of(report: &Report) -> Vec<u8> {
    let am = automerge::Automerge::load(&report.save()).unwrap();
    am.get_changes(&[]).pop().unwrap().raw_bytes().to_vec()
}

#[test]
fn byte_for_byte() {
    let vectors: serde_json::Value = serde_json::from_str(VECTOR).unwrap();
    for case in vectors["cases"].as_array().unwrap() {
        let field = |name: &str| case[name].as_str().unwrap();
        let unit = UnitPath::parse(field("unit")).unwrap();
        let period = Period::parse(field("period")).unwrap();
        let ordinal = u32::try_from(case["ordinal"].as_u64().unwrap()).unwrap();
        let id = doc_id(&unit, field("form"), period, ordinal);
        assert_eq!(id.to_string(), field("doc"));
        let report = Report::genesis(builtin(field("form")).unwrap(), id);
        let raw = last_change_of(&report);
        assert_eq!(HEXLOWER.encode(&raw), field("change"));
        assert_eq!(change_hash(&raw).unwrap().to_string(), field("hash"));
        assert_eq!(report.heads()[0].to_string(), field("hash"));
        if let Some(code) = case["later"]["code"].as_str() {
            let mut report = report;
            report.extend(&with_text(code));
            let later = |name: &str| case["later"][name].as_str().unwrap();
            assert_eq!(HEXLOWER.encode(&last_change_of(&report)), later("change"));
            assert_eq!(report.heads()[0].to_string(), later("hash"));
        }
    }
}

#[test]
fn every_part_of_the_name_counts() {
    let unit = |path: &str| UnitPath::parse(path).unwrap();
    let period = |text: &str| Period::parse(text).unwrap();
    let mut ids = vec![
        doc_id(&unit("byt.24.07210"), "kh2273-quy", period("2026-Q2"), 0),
        doc_id(&unit("byt.24.07211"), "kh2273-quy", period("2026-Q2"), 0),
        doc_id(&unit("byt.24.07210"), "kh2273-vpso", period("2026-Q2"), 0),
        doc_id(&unit("byt.24.07210"), "kh2273-quy", period("2026-Q3"), 0),
        doc_id(&unit("byt.24.07210"), "kh2273-quy", period("2026"), 0),
        doc_id(&unit("byt.24.07210"), "kh2273-quy", period("2026-Q2"), 1),
    ];
    assert_eq!(ids[0], doc());
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 6);
}

#[test]
fn an_untouched_report_is_empty() {
    let report = Report::genesis(form(), doc());
    assert!(report.is_untouched());
    assert_eq!(report.heads().len(), 1);
    assert_eq!(report.snapshot(), model::Snapshot::default());
    assert!(report.conflicts().is_empty());
    assert!(report.history().is_empty());
}

#[test]
fn the_version_is_the_pinned_one() {
    let manifest = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.toml");
    let manifest = std::fs::read_to_string(manifest).unwrap();
    let pinned = format!("automerge = \"={}\"", document::AUTOMERGE_VERSION);
    assert!(manifest.contains(&pinned));
}
