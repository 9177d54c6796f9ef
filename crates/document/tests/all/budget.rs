//! Who gets the room that a document has: what was received first.

use std::collections::BTreeMap;

use document::limits::DOCUMENT_OPS_MAX_COUNT;
use document::{Incoming, Moment, Reason, Report, Verdicts};
use model::Scalar;
use testkit::Seeded;
use wire::EntryId;

use crate::support::*;

/// An entry under a chosen id: any may come up when a signature's time is varied.
fn renamed(mut incoming: Incoming, id: u8) -> Incoming {
    incoming.entry = EntryId([id; 32]);
    incoming
}

/// A report with one honest change, and one that rests on it.
fn honest(ids: [u8; 2]) -> Vec<Incoming> {
    let mut one = Machine::new(1);
    one.edit(&person(1), &[put("B3", 120)]);
    one.edit(&person(1), &[put("B4", 100)]);
    let log = one.log.into_iter().zip(ids);
    log.map(|(incoming, id)| renamed(incoming, id)).collect()
}

/// An entry upon the untouched report that writes texts of so many characters.
fn long(id: u8, lengths: [usize; 2]) -> Incoming {
    let report = fresh();
    let edits = [
        text("I1", &"x".repeat(lengths[0])),
        text("I2", &"x".repeat(lengths[1])),
    ];
    let mut entropy = Seeded::new(100 + u64::from(id));
    let sealed = seal_at(&report, &report.heads(), &person(2), &edits, &mut entropy);
    renamed(sealed.unwrap(), id)
}

/// What fills a document to the last operation, by entries whose ids come first.
fn flood() -> Vec<Incoming> {
    // The computed first change makes the map and the texts.
    let left = DOCUMENT_OPS_MAX_COUNT - 4 * 65_000 - 1 - form().long_texts().count();
    vec![
        long(1, [65_000, 65_000]),
        long(2, [65_000, 65_000]),
        long(3, [1, left - 1]),
    ]
}

fn judged(all: &[Incoming], received: &BTreeMap<EntryId, Moment>) -> (Report, Verdicts) {
    let prefer = |entry: &EntryId| received.get(entry).copied();
    Report::rebuild_with(form(), &[], doc(), all, &prefer)
}

fn moments(of: &[Incoming], moment: Moment) -> BTreeMap<EntryId, Moment> {
    of.iter().map(|one| (one.entry, moment)).collect()
}

#[test]
fn what_was_received_first_is_not_pushed_out() {
    let (honest, flood) = (honest([8, 9]), flood());
    let all = [flood.clone(), honest.clone()].concat();
    // Nobody has received anything: by id, and the flood takes it all.
    let (report, _) = judged(&all, &BTreeMap::new());
    assert_eq!(report.snapshot().get("B3"), &Scalar::Null);

    let mut received = moments(&honest, (5, 0));
    let mut said = Verdicts::default();
    for later in [None, Some((5, 1))] {
        if let Some(later) = later {
            received.extend(moments(&flood, later));
        }
        let (report, verdicts) = judged(&all, &received);
        assert_eq!(report.snapshot().get("B3"), &Scalar::Int(120), "{later:?}");
        assert_eq!(report.snapshot().get("B4"), &Scalar::Int(100), "{later:?}");
        let applied = [EntryId([1; 32]), EntryId([2; 32]), EntryId([8; 32])];
        assert_eq!(verdicts.applied[..3], applied);
        assert_eq!(
            verdicts.quarantined,
            [(EntryId([3; 32]), Reason::TooManyOps)]
        );
        said = verdicts;
    }
    let mut backwards = all.clone();
    backwards.reverse();
    assert_eq!(judged(&backwards, &received).1, said);
}

#[test]
fn what_cannot_come_in_takes_no_room() {
    let honest = honest([8, 9]);
    // Rests on what is not here.
    let mut one = Machine::new(2);
    one.edit(&person(2), &[put("B5", 1)]);
    let edits = [
        text("I1", &"x".repeat(65_000)),
        text("I2", &"x".repeat(65_000)),
    ];
    let waiting: Vec<Incoming> = [1, 2, 3]
        .map(|id| {
            let heads = one.report.heads();
            let mut entropy = Seeded::new(100 + id);
            let sealed = seal_at(&one.report, &heads, &person(2), &edits, &mut entropy);
            renamed(sealed.unwrap(), id as u8)
        })
        .to_vec();
    let all = [waiting.clone(), honest.clone()].concat();
    let (report, verdicts) = judged(&all, &BTreeMap::new());
    assert_eq!(report.snapshot().get("B4"), &Scalar::Int(100));
    assert_eq!(verdicts.applied.len(), 2);
    // What it rests on comes: received after the honest ones, it gets what is left.
    let all = [all, one.log].concat();
    let (report, verdicts) = judged(&all, &moments(&honest, (5, 0)));
    assert_eq!(report.snapshot().get("B4"), &Scalar::Int(100));
    assert_eq!(verdicts.applied.len(), 5, "{verdicts:?}");
    assert_eq!(verdicts.quarantined.len(), 1);
}

#[test]
fn a_change_that_comes_in_several_entries_counts_once() {
    let long = long(1, [65_000, 65_000]);
    let copies = (2..7).map(|id| renamed(long.clone(), id));
    let all: Vec<Incoming> = copies.chain([long.clone()]).chain(honest([8, 9])).collect();
    let (report, verdicts) = judged(&all, &BTreeMap::new());
    assert_eq!(
        verdicts.applied.len(),
        all.len(),
        "{:?}",
        verdicts.quarantined
    );
    assert_eq!(report.snapshot().get("B4"), &Scalar::Int(100));
}
