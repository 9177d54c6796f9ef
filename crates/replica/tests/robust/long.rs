//! Reports that are longer than one change, or one entry, can be.

use std::fmt::Write;
use std::path::Path;

use model::Scalar;
use replica::{Env, ReportKey};
use store::{Draft, DraftValue, Store};
use testkit::ANSWERS;
use wire::{Kind, PublicKey};

use crate::tree::{Machine, NOW, Tree, facility, settle};

const ROWS: usize = 1_000;

/// Answers with so many rows of the table that has the most columns, all filled.
fn rows() -> String {
    let mut toml = ANSWERS.to_owned();
    for number in 1..ROWS {
        let name = format!("Hệ thống thông tin số {number}");
        let write = write!(
            toml,
            r#"
[[tables.C1]]
name = "{name}, {}"
kind = "internal"
public = true
state = "running"
reviewed = true
reviewed_on = 2026-05-20
found_critical = {number}
found_high = 2
found_medium = 3
found_low = 4
fixed_critical = {number}
fixed_high = 2
fixed_medium = 3
fixed_low = 4
level = 3
dossier = "approved"
approval_no = "{number}/QĐ-SYT"
approved_on = 2026-05-10
deployed = true
secure_design = true
monitored = true
backup = "daily"
last_backup = 2026-06-01
last_restore = 2026-05-30
"#,
            "phục vụ người bệnh ".repeat(20)
        );
        write.unwrap();
    }
    toml
}

fn fill(machine: &mut Machine, key: &ReportKey, toml: &str) {
    let (person, clock) = (machine.person.public(), machine.clock());
    let mut env = Env {
        clock,
        entropy: &mut machine.entropy,
    };
    machine.replica.fill(key, &person, toml, &mut env).unwrap();
}

#[test]
fn a_thousand_rows_are_typed_shown_signed_and_received() {
    let mut tree = Tree::new(1);
    let (so, one) = tree.pair(0);
    let key = one.key();
    // Offline, and with the key closed.
    fill(one, &key, &rows());
    let drafted = one.replica.screen_view(&key, one.now).unwrap();
    assert_eq!(drafted.snapshot.rows("C1").count(), ROWS);
    assert!(drafted.check.may_submit(), "{:?}", drafted.check.errors);
    assert_eq!(one.replica.show(&key).unwrap().answers["B3"], 120);
    // Editing goes on.
    one.set("B3", "121");

    let sealed = one.seal();
    assert!(sealed > 24 * (ROWS - 1));
    assert_eq!(one.replica.unsealed().unwrap(), []);
    let changes = one.of_kind(Kind::Changes);
    assert!(changes.len() > 1, "more than an entry holds");
    let signed = one.replica.screen_view(&key, one.now).unwrap().snapshot;
    assert_eq!(signed.get("B3"), &Scalar::Int(121));
    let mut typed = drafted.snapshot;
    typed.values.insert("B3".to_owned(), Scalar::Int(121));
    assert_eq!(signed, typed);

    one.submit(&key);
    settle(one, so);
    so.accept(&one.unit());
    let view = so.replica.show(&key).unwrap();
    assert!(view.receipt.is_some());
    assert_eq!(view.quarantined, 0);
    let received = so.replica.screen_view(&key, so.now).unwrap().snapshot;
    assert_eq!(received, signed);
}

/// As many characters as a text may have, of four bytes each.
#[test]
fn what_no_change_can_hold_is_refused_when_it_is_typed() {
    let mut tree = Tree::new(1);
    let one = &mut tree.facilities[0];
    let (key, clock, person) = (one.key(), one.clock(), one.person.public());
    let text = "🏥".repeat(20_000);
    let toml = format!("[answers]\nB3 = 1\nI1 = \"{text}\"\n");
    let mut env = Env {
        clock,
        entropy: &mut one.entropy,
    };
    let replica = &mut one.replica;
    let filled = replica.fill(&key, &person, &toml, &mut env).map(drop);
    let written = replica.set_text(&key, &person, "I1", "", &text, clock);
    for refused in [filled, written] {
        assert_eq!(refused.unwrap_err().code(), "too-large");
    }
    assert_eq!(one.replica.unsealed().unwrap(), []);
    one.set("B3", "1");
    assert_eq!(one.seal(), 1);
}

/// As a version did that did not look whether it could be signed.
fn store_unsigned(file: &Path, key: &ReportKey, person: &PublicKey, text: &str) {
    let mut store = Store::open(file).unwrap();
    let form = model::form::builtin("kh2273-quy").unwrap();
    let draft = Draft {
        row: 0,
        doc: key.doc(),
        person: *person,
        heads: document::Report::genesis(form, key.doc()).heads(),
        key: "I1".to_owned(),
        value: DraftValue::Text(text.to_owned()),
        time: testkit::at(NOW),
    };
    store.write(|tx| tx.put_draft(&draft)).unwrap();
}

#[test]
fn what_cannot_be_signed_stays_and_keeps_nothing_else_waiting() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("one.sqlite");
    let mut tree = Tree::new(0);
    let store = Store::open(&file).unwrap();
    let mut one = tree.so.join_below(&facility(0), store, 10);
    let (key, clock, head) = (one.key(), one.clock(), one.person.clone());
    let earlier = ReportKey {
        period: model::Period::parse("2026-Q1").unwrap(),
        ..key.clone()
    };
    // Both reports are begun, the one that cannot be signed first or last.
    one.fill(&key);
    for report in [&key, &earlier] {
        let replica = &mut one.replica;
        replica
            .set(report, &head.public(), "B3", "130", clock)
            .unwrap();
    }
    store_unsigned(&file, &key, &head.public(), &"🏥".repeat(20_000));
    store_unsigned(&file, &earlier, &head.public(), &"🏥".repeat(20_000));
    assert_eq!(one.replica.show(&key).unwrap().answers["B3"], 130);
    assert_eq!(one.seal(), 2);
    assert_eq!(one.replica.unsealed().unwrap(), [(head.public(), 2)]);
    assert_eq!(one.replica.show(&key).unwrap().answers["B3"], 130);
    let mut env = Env {
        clock,
        entropy: &mut one.entropy,
    };
    let refused = one.replica.submit(&key, &head, &mut env).unwrap_err();
    assert_eq!(refused.code(), "too-large", "{refused:?}");
    // Something shorter takes its place.
    let text = "Thiếu người";
    let replica = &mut one.replica;
    replica
        .set_text(&key, &head.public(), "I1", text, "Đủ người", clock)
        .unwrap();
    one.submit(&key);
    let view = one.replica.screen_view(&key, one.now).unwrap();
    assert_eq!(view.snapshot.texts["I1"], "Đủ người");
    assert_eq!(one.replica.unsealed().unwrap(), [(head.public(), 1)]);
}
