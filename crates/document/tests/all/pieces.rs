//! Edits that do not fit one change, or no change at all.

use document::limits::DOCUMENT_OPS_MAX_COUNT;
use document::{Edit, Pieces, Report, SealError, in_entries};
use model::Timestamp;
use testkit::Seeded;
use wire::limits::{CHANGE_MAX_BYTES, CHANGES_MAX_COUNT, ENTRY_MAX_BYTES};

use crate::support::*;

fn seal(report: &mut Report, edits: &[Edit], seed: u64) -> Pieces {
    let heads = report.heads();
    let mut entropy = Seeded::new(seed);
    report
        .seal_pieces(
            form(),
            &heads,
            edits,
            &person(1),
            Timestamp(0),
            &mut entropy,
        )
        .unwrap()
}

/// So many rows with a text of this length in a cell: two edits each.
fn rows(count: usize, length: usize) -> Vec<Edit> {
    let text = "x".repeat(length);
    let row = |number| {
        let marker = put(&format!("C1/{number}"), true);
        [marker, put(&format!("C1/{number}/name"), text.as_str())]
    };
    (0..count).flat_map(row).collect()
}

#[test]
fn what_fits_one_change_is_one() {
    let mut report = fresh();
    let pieces = seal(&mut report, &rows(50, 10), 1);
    assert_eq!((pieces.changes.len(), pieces.left.len()), (1, 0));
    let again = seal(&mut report, &rows(50, 10), 2);
    assert!(again.changes.is_empty() && again.left.is_empty());
}

#[test]
fn what_does_not_fit_one_change_becomes_several_that_anybody_takes_in() {
    let mut report = fresh();
    let edits = rows(1_500, 1_000);
    let pieces = seal(&mut report, &edits, 1);
    assert!(pieces.left.is_empty(), "{:?}", pieces.left);
    assert!(pieces.changes.len() > 5);
    assert!(
        pieces
            .changes
            .iter()
            .all(|raw| raw.len() <= CHANGE_MAX_BYTES)
    );
    let entries = in_entries(pieces.changes.clone());
    assert_eq!(entries.concat(), pieces.changes);
    assert!(entries.len() > 1);
    for changes in &entries {
        let bytes: usize = changes.iter().map(Vec::len).sum();
        assert!(bytes < ENTRY_MAX_BYTES && changes.len() <= CHANGES_MAX_COUNT);
    }
    let all: Vec<_> = entries.into_iter().map(|c| entry(&person(1), c)).collect();
    let (there, verdicts) = Report::rebuild(form(), doc(), &all);
    assert_eq!(verdicts.applied.len(), all.len());
    assert_eq!(there.heads(), report.heads());
    let snapshot = there.snapshot();
    assert_eq!(snapshot.rows("C1").count(), 1_500);
    assert!(edits.iter().all(|edit| match edit {
        Edit::Put { key, value } => snapshot.get(key) == value,
        Edit::SetText { .. } => false,
    }));
    // Each upon the one before: one head.
    assert_eq!(there.heads().len(), 1);
}

#[test]
fn many_small_changes_go_into_several_entries() {
    let mut report = fresh();
    let mut changes = Vec::new();
    for number in 0..300 {
        changes.extend(seal(&mut report, &[put("B3", number)], number as u64).changes);
    }
    let lengths: Vec<usize> = in_entries(changes).iter().map(Vec::len).collect();
    assert_eq!(lengths, [256, 44]);
}

#[test]
fn what_no_change_can_hold_is_left_and_the_rest_goes_on() {
    let mut report = fresh();
    let mut edits = rows(5, 10);
    edits.insert(2, put("C1/z/name", "x".repeat(5_000).as_str()));
    edits.insert(4, text("none", "words"));
    let pieces = seal(&mut report, &edits, 1);
    let places: Vec<usize> = pieces.left.iter().map(|(place, _)| *place).collect();
    assert_eq!(places, [2, 4]);
    assert!(matches!(pieces.left[0].1, SealError::Value { .. }));
    assert!(matches!(pieces.left[1].1, SealError::UnknownText(_)));
    assert_eq!(report.snapshot().rows("C1").count(), 5);
}

#[test]
fn a_full_document_leaves_what_it_has_no_room_for() {
    let mut report = fresh();
    let long = "x".repeat(65_000);
    for (words, seed) in [(long.as_str(), 1), ("", 2)] {
        let pieces = seal(&mut report, &[text("I1", words), text("I2", words)], seed);
        assert!(pieces.left.is_empty(), "{:?}", pieces.left);
    }
    let left = DOCUMENT_OPS_MAX_COUNT - 4 * 65_000 - 1 - form().long_texts().count();
    let edit = |number| put(&format!("C1/{number}"), true);
    let edits: Vec<Edit> = (0..left + 3).map(edit).collect();
    let pieces = seal(&mut report, &edits, 5);
    let places: Vec<usize> = pieces.left.iter().map(|(place, _)| *place).collect();
    assert_eq!(places, [left, left + 1, left + 2]);
    assert!(matches!(pieces.left[0].1, SealError::NoRoom));
    assert_eq!(pieces.changes.len(), 1);
}
