//! Two reports worked out by hand, for every code of the quarterly form.

use std::collections::BTreeSet;

use model::form::{AggregateKind, FieldType};
use model::{Aggregate, Aggregates, Snapshot};
use serde_json::{Value, json};

use super::fixture::{Q2, form, report, unit};
use crate::{LIST_TEXT_MAX_CHARS, empty, merge, state_of};

/// A health station: one running system without a dossier, one planned with.
fn station() -> Snapshot {
    report(
        "
        A1 = Nguyễn Thị A
        A2 = Trần Văn B
        B1 = true
        B1.date = 2026-05-20
        B2 = meeting,notice
        B3 = 40
        B4 = 38
        B5 = 2
        B6 = 350
        C1/r1 = true
        C1/r1/name = HIS
        C1/r1/state = running
        C1/r1/public = true
        C1/r1/reviewed = true
        C1/r1/found_critical = 1
        C1/r1/found_high = 4
        C1/r1/found_low = 9
        C1/r1/fixed_high = 3
        C1/r1/dossier = drafting
        C1/r1/backup = daily
        C1/r1/last_restore = 2026-01-10
        C1/r2 = true
        C1/r2/name = LIS
        C1/r2/state = planned
        C1/r2/dossier = approved
        D1 = true
        D2 = false
        D3 = 1
        D5 = 2
        D6 = 1
        D7 = 2
        E1 = true
        E2 = Lê C, 0900000000
        E3 = 0
        E4 = 1
        F1 = 1
        F2 = 2
        F3 = 1
        F4 = 1
        F5 = 30
        F6 = 12
        G1 = 500000000
        G2 = 40000000
        G4 = 10000000
        H1 = true
        H2/t1 = true
        H2/t1/task = Rà soát
        H2/t1/state = doing
        H2/t2 = true
        H2/t2/task = Sao lưu
        H2/t2/state = done
        I1 ~ Thiếu máy chủ dự phòng
        ",
    )
}

/// A hospital: three running systems, one stopped; some answers not given.
fn hospital() -> Snapshot {
    report(
        "
        B1 = false
        B2 = zalo_email,meeting
        B3 = 900
        B4 = 0
        C1/a = true
        C1/a/state = running
        C1/a/public = true
        C1/a/reviewed = true
        C1/a/dossier = approved
        C1/a/backup = weekly
        C1/a/last_restore = 2025-12-31
        C1/b = true
        C1/b/state = running
        C1/b/reviewed = false
        C1/b/dossier = submitted
        C1/b/backup = none
        C1/b/last_restore = 2026-06-01
        C1/c = true
        C1/c/state = running
        C1/c/dossier = approved
        C1/c/backup = monthly
        C1/c/last_restore = 2024-01-01
        C1/d = true
        C1/d/state = stopped
        C1/d/public = true
        C1/d/found_high = 2
        D1 = true
        D2 = true
        D3 = 3
        D5 = 0
        D6 = 0
        D7 = 0
        E1 = false
        E3 = 2
        E4 = 3
        F5 = 0
        G1 = 9000000000
        G2 = 1000000000
        G4 = 250000000
        H1 = false
        H3 = true
        H2/t1 = true
        H2/t1/state = todo
        H2/t2 = true
        H2/t2/state = doing
        I1 ~ Khó tuyển người
        I2 ~ Xin kinh phí
        ",
    )
}

/// What the two come to together, counted by hand from the texts above.
fn together() -> Value {
    let text = r#"{
        "B1": {"true": 1, "of": 2},
        "B2": {"counts": {"meeting": 2, "notice": 1, "zalo_email": 1, "party_cell": 0, "other": 0}},
        "B3": {"sum": 940},
        "B4": {"sum": 38},
        "B5": {"sum": 2},
        "B6": {"sum": 350},
        "C1.systems": {"sum": 6},
        "C1.running": {"sum": 4},
        "C1.reviewed": {"num": 2, "den": 4},
        "C1.approved": {"num": 3, "den": 5},
        "C1.unapproved_running": {"sum": 2},
        "C1.public_approved": {"num": 1, "den": 2},
        "C1.open_severe": {"sum": 4},
        "C1.recoverable": {"num": 2, "den": 4},
        "D1": {"true": 2, "of": 2},
        "D2": {"true": 1, "of": 2},
        "D3": {"sum": 4},
        "D5": {"sum": 2},
        "D6": {"sum": 1},
        "D7": {"sum": 2},
        "E1": {"true": 1, "of": 2},
        "E3": {"sum": 2},
        "E4": {"sum": 4},
        "F1": {"sum": 1},
        "F2": {"sum": 2},
        "F3": {"sum": 1},
        "F4": {"sum": 1},
        "F5": {"sum": 30},
        "F6": {"sum": 12},
        "G1": {"sum": 9500000000},
        "G2": {"sum": 1040000000},
        "G3": {"num": 1040000000, "den": 9500000000},
        "G4": {"sum": 260000000},
        "H1": {"true": 1, "of": 2},
        "H2": {"counts": {"todo": 1, "doing": 2, "done": 1}},
        "H3": {"true": 1, "of": 1},
        "I1": {"list": [
            {"unit": "byt.24.07210", "text": "Thiếu máy chủ dự phòng"},
            {"unit": "byt.24.bvdk", "text": "Khó tuyển người"}
        ]},
        "I2": {"list": [{"unit": "byt.24.bvdk", "text": "Xin kinh phí"}]}
    }"#;
    serde_json::from_str(text).unwrap()
}

fn both() -> Aggregates {
    let mut sum = empty(form());
    for (path, report) in [("byt.24.bvdk", hospital()), ("byt.24.07210", station())] {
        merge(&mut sum, &state_of(form(), &report, &unit(path), Q2)).unwrap();
    }
    sum
}

#[test]
fn two_reports_by_hand() {
    let mut found = serde_json::to_value(both()).unwrap();
    let mut wanted = together();
    let (found_map, wanted_map) = (
        found.as_object_mut().unwrap(),
        wanted.as_object_mut().unwrap(),
    );
    // Which platforms D4 offers is the form's business; nobody ticked any.
    let platforms = found_map.remove("D4").unwrap();
    let counts = platforms["counts"].as_object().unwrap();
    assert!(
        counts.len() > 1 && counts.values().all(|n| *n == json!(0)),
        "{platforms}"
    );
    for code in found_map
        .keys()
        .chain(wanted_map.keys())
        .collect::<BTreeSet<_>>()
    {
        assert_eq!(found_map.get(code), wanted_map.get(code), "{code}");
    }
}

#[test]
fn every_consolidated_code_is_there_and_no_other() {
    let mut codes: BTreeSet<&str> = form()
        .fields()
        .filter(|f| f.aggregate != AggregateKind::None && f.kind != FieldType::Table)
        .map(|f| f.code.as_str())
        .collect();
    codes.extend(form().indicators.iter().map(|i| i.code.as_str()));
    let zero = empty(form());
    assert_eq!(
        zero.keys().map(String::as_str).collect::<BTreeSet<_>>(),
        codes
    );
    assert!(codes.len() == 39, "{}", codes.len());
    assert!(
        zero.keys()
            .eq(state_of(form(), &station(), &unit("byt.24.07210"), Q2).keys())
    );
}

#[test]
fn the_empty_report_is_the_empty_state() {
    for form in model::form::builtins() {
        let nothing = state_of(form, &Snapshot::default(), &unit("byt.24.07210"), Q2);
        assert_eq!(nothing, empty(form), "{}", form.name);
    }
}

#[test]
fn a_table_consolidates_through_its_indicators_only() {
    let mut form = form().clone();
    for field in form.sections.iter_mut().flat_map(|s| &mut s.fields) {
        if field.code == "C1" {
            field.aggregate = AggregateKind::Counts;
        }
    }
    let zero = empty(&form);
    assert!(!zero.contains_key("C1") && zero.contains_key("C1.systems"));
}

#[test]
fn a_blank_text_is_no_text() {
    let mut blank = Snapshot::default();
    blank.texts.insert("I1".into(), " \n\t ".into());
    assert_eq!(
        state_of(form(), &blank, &unit("byt.24.07210"), Q2),
        empty(form())
    );
}

#[test]
fn a_long_text_is_cut_and_says_so() {
    let kept = |text: &str| {
        let mut report = Snapshot::default();
        report.texts.insert("I1".into(), text.into());
        match &state_of(form(), &report, &unit("byt.24.07210"), Q2)["I1"] {
            Aggregate::List { list } => list[0].text.clone(),
            other => panic!("{other:?}"),
        }
    };
    // Counted in characters: each of these takes three bytes.
    let fits = "ế".repeat(LIST_TEXT_MAX_CHARS);
    assert_eq!(kept(&fits), fits);
    let cut = kept(&"ế".repeat(LIST_TEXT_MAX_CHARS + 1));
    assert_eq!(cut.chars().count(), LIST_TEXT_MAX_CHARS);
    assert_eq!(cut, format!("{}…", "ế".repeat(LIST_TEXT_MAX_CHARS - 1)));
}

#[test]
fn personal_data_stays_out() {
    let state = state_of(form(), &station(), &unit("byt.24.07210"), Q2);
    let json = serde_json::to_string(&state).unwrap();
    for personal in ["Nguyễn Thị A", "Trần Văn B", "Lê C", "0900000000"] {
        assert!(!json.contains(personal), "{personal}");
    }
}

#[test]
fn a_value_of_the_wrong_type_adds_nothing() {
    let odd = report("B1 = yes\nB3 = many\nB2 = 3\nI1 = 4");
    let state = state_of(form(), &odd, &unit("byt.24.07210"), Q2);
    assert_eq!(state, empty(form()));
    let unknown = report("B2 = rumour,notice,notice");
    let state = state_of(form(), &unknown, &unit("byt.24.07210"), Q2);
    let json = serde_json::to_value(&state["B2"]).unwrap();
    assert_eq!(
        json,
        json!({"counts": {"meeting": 0, "notice": 1, "other": 0, "party_cell": 0, "zalo_email": 0}})
    );
}
