//! An editor who fills a document to the last operation does not push out what was
//! received before; and what cannot be reckoned any more does not go unsaid.

use document::limits::{DOCUMENT_MAX_BYTES, DOCUMENT_OPS_MAX_COUNT};
use document::{Edit, Report};
use identity::SecretKey;
use model::Aggregate;
use serde_bytes::ByteBuf;
use store::{EntryFilter, Store};
use testkit::{Seeded, at};
use wire::{ChangesContent, Content, Entry, EntryId, Flag, FlagReason, Kind, Role, Stream};

use crate::tree::{Machine, NOW, Tree, body, settle, sign, unit};

/// Signed changes upon the untouched report, whose ids come before all of these.
fn long(
    machine: &Machine,
    editor: &SecretKey,
    seed: u64,
    before: &EntryId,
    lengths: [usize; 2],
) -> Entry {
    let form = model::form::builtin("kh2273-quy").unwrap();
    let doc = machine.key().doc();
    let report = Report::genesis(form, doc);
    let text = |code: &str, length| Edit::SetText {
        code: code.to_owned(),
        text: "x".repeat(length),
    };
    let edits = [text("I1", lengths[0]), text("I2", lengths[1])];
    let heads = report.heads();
    let mut entropy = Seeded::new(seed);
    let raw = report
        .seal(&heads, &edits, &editor.public(), at(NOW), &mut entropy)
        .unwrap();
    let changes = vec![ByteBuf::from(raw)];
    let content = Content::Changes(ChangesContent { changes });
    let mut body = body(&machine.unit(), Stream::Report, Some(doc), content);
    // An author's clock is whatever they like, and with it the id.
    loop {
        let entry = sign(editor, body.clone());
        if entry.id() < *before {
            return entry;
        }
        body.time.0 += 1;
    }
}

/// Entries that fill the report's document, to be judged first by their ids.
fn flood(machine: &Machine, editor: &SecretKey) -> Vec<Entry> {
    let held = machine.of_kind(Kind::Changes);
    let before = held.iter().map(Entry::id).min().unwrap();
    let form = model::form::builtin("kh2273-quy").unwrap();
    let left = DOCUMENT_OPS_MAX_COUNT - 4 * 65_000 - 1 - form.long_texts().count();
    vec![
        long(machine, editor, 1, &before, [65_000, 65_000]),
        long(machine, editor, 2, &before, [65_000, 65_000]),
        long(machine, editor, 3, &before, [1, left - 1]),
    ]
}

/// A report that was accepted, and an editor who goes on to flood it.
fn accepted() -> (Tree, Vec<Entry>) {
    let mut tree = Tree::new(1);
    let editor = tree.facilities[0].colleague("Người nhập", &[Role::Editor]);
    let (so, facility) = tree.pair(0);
    facility.report();
    settle(facility, so);
    so.accept(&facility.unit());
    settle(facility, so);
    let flood = flood(facility, &editor);
    (tree, flood)
}

#[test]
fn who_fills_a_document_does_not_push_out_what_was_received() {
    let (mut tree, flood) = accepted();
    let (so, facility) = tree.pair(0);
    let intake = so.receive(facility, flood.clone());
    assert!(intake.refused.is_empty(), "{intake:?}");
    settle(facility, so);
    assert!(flood.iter().all(|entry| facility.holds(entry)));
    let rollup = so.sign_rollup();
    assert_eq!((rollup.on_time, rollup.inputs), (1, 1));
    assert_eq!(rollup.flagged, []);
    assert_eq!(rollup.aggregates["B3"], Aggregate::Sum { sum: 120 });
    assert_eq!(facility.values("B3"), [model::Scalar::Int(120)]);
    for machine in [&*so, &*facility] {
        let view = machine.replica.show(&facility.key()).unwrap();
        assert_eq!((&view.answers["B3"], view.quarantined), (&120.into(), 1));
    }
}

/// Signed changes that are none, of as many bytes as an entry may have.
fn junk(machine: &Machine, editor: &SecretKey, number: u8) -> Entry {
    let change = ByteBuf::from(vec![number; 255 << 10]);
    let changes = vec![change; 4];
    let content = Content::Changes(ChangesContent { changes });
    let doc = machine.key().doc();
    sign(
        editor,
        body(&machine.unit(), Stream::Report, Some(doc), content),
    )
}

/// Nor does who sends more bytes than a document may have, and nobody has to read them.
#[test]
fn more_bytes_than_a_document_may_have_are_not_read() {
    const ENTRIES_COUNT: u8 = 80;
    let mut tree = Tree::new(1);
    let editor = tree.facilities[0].colleague("Người nhập", &[Role::Editor]);
    let (so, facility) = tree.pair(0);
    facility.report();
    settle(facility, so);
    so.accept(&facility.unit());
    settle(facility, so);
    let before = so.replica.show(&facility.key()).unwrap();
    for number in 0..ENTRIES_COUNT {
        let junk = junk(facility, &editor, number);
        let intake = so.receive(facility, vec![junk]);
        assert!(intake.refused.is_empty(), "{intake:?}");
    }
    let mut after = None;
    let measured = allocation_counter::measure(|| {
        after = Some(so.replica.show(&facility.key()).unwrap());
    });
    let after = after.unwrap();
    println!("{} bytes at most", measured.bytes_max);
    assert!(measured.bytes_max < 2 * DOCUMENT_MAX_BYTES as u64);
    assert_eq!(after.answers, before.answers);
    assert_eq!(after.quarantined, usize::from(ENTRIES_COUNT));
    let status = so.status();
    let mut aside = status.quarantined.iter();
    assert!(aside.any(|aside| aside.reason.contains("no room")));
    let rollup = so.sign_rollup();
    assert_eq!((rollup.on_time, rollup.inputs), (1, 1));
    assert_eq!(rollup.flagged, []);
}

/// A second machine of the Sở, whose clock runs behind, receives the flood before it
/// hears of the report.
#[test]
fn a_unit_whose_accepted_report_cannot_be_reckoned_is_named() {
    let (mut tree, flood) = accepted();
    let store = Store::open_in_memory().unwrap();
    let mut second = tree.so.join_below(&unit("byt.24"), store, 30);
    second.now.0 -= 86_400_000;
    let (so, facility) = tree.pair(0);
    let org = so.select(&EntryFilter {
        stream: Some(Stream::Org),
        ..EntryFilter::default()
    });
    second.receive(so, org);
    second.receive(facility, flood);
    settle(&mut second, so);
    let rollup = so.sign_rollup();
    assert_eq!((rollup.on_time, rollup.inputs), (1, 0));
    let pending = Flag {
        unit: facility.unit(),
        reason: FlagReason::Pending,
    };
    assert_eq!(rollup.flagged, [pending]);
    // The other machine says the same.
    assert_eq!(second.sign_rollup().flagged, rollup.flagged);
}
