//! What people see: convergence, conflicts, carrying over, removals, texts.

use crate::support::*;
use document::{FieldChange, Report, SealError, snapshot_digest};
use model::{Scalar, Timestamp};
use testkit::Seeded;
use wire::ChangeHash;

#[test]
fn two_replicas_that_never_met_converge() {
    let (mut one, mut two) = (Machine::new(1), Machine::new(2));
    one.edit(&person(1), &[put("B3", 120), put("A1", "Nguyễn Thị Sáu")]);
    two.edit(&person(2), &[put("B4", 80), text("I1", "Thiếu máy tính")]);
    one.pull(&two);
    two.pull(&one);
    assert_eq!(one.report.heads(), two.report.heads());
    assert_eq!(one.report.heads().len(), 2);
    assert_eq!(one.report.snapshot(), two.report.snapshot());
    assert_eq!(one.report.snapshot().get("B4"), &Scalar::Int(80));
    assert_eq!(one.report.snapshot().texts["I1"], "Thiếu máy tính");
    assert!(one.report.conflicts().is_empty());
}

#[test]
fn a_conflict_names_both_changes_until_someone_chooses() {
    let (mut one, mut two) = (Machine::new(1), Machine::new(2));
    let first = one.edit(&person(1), &[put("B3", 120)]);
    let second = two.edit(&person(2), &[put("B3", 130)]);
    one.pull(&two);
    two.pull(&one);
    let conflicts = one.report.conflicts();
    assert_eq!(conflicts, two.report.conflicts());
    assert_eq!(conflicts.len(), 1);
    assert_eq!(conflicts[0].key, "B3");
    let mut changes: Vec<_> = conflicts[0].values.iter().map(|v| v.change).collect();
    changes.sort();
    let mut both = vec![first, second];
    both.sort();
    assert_eq!(changes, both);
    let winner = one.report.snapshot().get("B3").clone();
    assert_eq!(conflicts[0].values[0].value, winner);

    // Choosing the value that stands already is a choice too.
    one.edit(&person(1), &[put("B3", winner.clone())]);
    assert!(one.report.conflicts().is_empty());
    assert_eq!(one.report.snapshot().get("B3"), &winner);
}

#[test]
fn equal_concurrent_values_are_no_conflict() {
    let (mut one, mut two) = (Machine::new(1), Machine::new(2));
    one.edit(&person(1), &[put("B3", 120)]);
    two.edit(&person(2), &[put("B3", 120)]);
    one.pull(&two);
    assert!(one.report.conflicts().is_empty());
}

#[test]
fn sealing_at_old_heads_overwrites_nothing_unseen() {
    let mut here = Machine::new(1);
    here.edit(&person(1), &[put("B3", 100)]);
    let seen = here.report.heads();
    here.edit(&person(1), &[put("B3", 120)]);
    let late = seal_at(
        &here.report,
        &seen,
        &person(2),
        &[put("B3", 90)],
        &mut Seeded::new(9),
    );
    let verdicts = here.report.admit(form(), &[late.unwrap()]);
    assert_eq!(verdicts.applied.len(), 1);
    let conflicts = here.report.conflicts();
    assert_eq!(conflicts.len(), 1);
    let mut values: Vec<_> = conflicts[0]
        .values
        .iter()
        .map(|v| v.value.clone())
        .collect();
    values.sort();
    assert_eq!(values, [Scalar::Int(90), Scalar::Int(120)]);
}

#[test]
fn carried_values_are_read_only_where_nothing_was_written() {
    let (mut one, mut two) = (Machine::new(1), Machine::new(2));
    let carried = [
        put("~C1/a", true),
        put("~C1/a/name", "HIS"),
        put("~C1/a/level", 2),
    ];
    one.edit(&person(1), &carried);
    two.edit(&person(2), &carried);
    one.edit(&person(1), &[put("C1/a/level", 3)]);
    one.pull(&two);
    let snapshot = one.report.snapshot();
    assert_eq!(snapshot.rows("C1").collect::<Vec<_>>(), ["a"]);
    assert_eq!(snapshot.cell("C1", "a", "name"), &Scalar::Str("HIS".into()));
    assert_eq!(snapshot.cell("C1", "a", "level"), &Scalar::Int(3));
    assert!(snapshot.values.keys().all(|key| !key.starts_with('~')));
    assert!(
        one.report.conflicts().is_empty(),
        "{:?}",
        one.report.conflicts()
    );

    // Clearing is writing: what was carried does not shine through.
    one.edit(&person(1), &[put("C1/a/level", Scalar::Null)]);
    assert_eq!(
        one.report.snapshot().cell("C1", "a", "level"),
        &Scalar::Null
    );
}

#[test]
fn different_carried_values_are_shown_until_one_is_written() {
    let (mut one, mut two) = (Machine::new(1), Machine::new(2));
    one.edit(&person(1), &[put("~C1/a", true), put("~C1/a/name", "HIS")]);
    two.edit(
        &person(2),
        &[put("~C1/a", true), put("~C1/a/name", "HIS 2")],
    );
    one.pull(&two);
    let conflicts = one.report.conflicts();
    assert_eq!(conflicts.len(), 1);
    assert_eq!(conflicts[0].key, "C1/a/name");
    one.edit(&person(1), &[put("C1/a/name", "HIS 2")]);
    assert!(one.report.conflicts().is_empty());
}

#[test]
fn a_removal_wins_over_what_was_carried() {
    let (mut one, mut two) = (Machine::new(1), Machine::new(2));
    let carried = [put("~C1/a", true), put("~C1/a/name", "HIS")];
    one.edit(&person(1), &carried);
    one.edit(&person(1), &[put("C1/a", false)]);
    two.edit(&person(2), &carried);
    one.pull(&two);
    two.pull(&one);
    for machine in [&one, &two] {
        assert!(machine.report.snapshot().values.is_empty());
        assert!(machine.report.conflicts().is_empty());
    }
    // A carried removal marker does the same, whichever side Automerge ranks first.
    for (yes, no) in [(1, 2), (2, 1)] {
        let (mut one, mut two) = (Machine::new(yes), Machine::new(no));
        one.edit(&person(1), &[put("~C1/a", true), put("~C1/a/name", "HIS")]);
        two.edit(&person(2), &[put("~C1/a", false)]);
        one.pull(&two);
        assert!(one.report.snapshot().values.is_empty());
        let at = one.report.heads();
        assert_eq!(one.report.snapshot_at(&at), Some(one.report.snapshot()));
    }
}

#[test]
fn an_edit_that_meets_a_removal_is_shown() {
    let (mut one, mut two) = (Machine::new(1), Machine::new(2));
    one.edit(&person(1), &[put("C1/a", true), put("C1/a/name", "HIS")]);
    two.pull(&one);
    let removal = one.edit(&person(1), &[put("C1/a", false)]);
    let edit = two.edit(
        &person(2),
        &[put("C1/a/name", "HIS mới"), put("C1/a/level", 3)],
    );
    one.pull(&two);
    two.pull(&one);
    assert!(one.report.snapshot().values.is_empty());
    let conflicts = one.report.conflicts();
    assert_eq!(conflicts, two.report.conflicts());
    assert_eq!(conflicts.len(), 1);
    assert_eq!(conflicts[0].key, "C1/a");
    let values: Vec<_> = conflicts[0]
        .values
        .iter()
        .map(|v| (v.value.clone(), v.change))
        .collect();
    assert_eq!(
        values,
        [(Scalar::Bool(false), removal), (Scalar::Bool(true), edit)]
    );

    two.edit(&person(2), &[put("C1/a", true)]);
    assert!(two.report.conflicts().is_empty());
    assert_eq!(
        two.report.snapshot().cell("C1", "a", "level"),
        &Scalar::Int(3)
    );
    one.edit(&person(1), &[put("C1/b", true)]);
    assert_eq!(
        one.report.conflicts().len(),
        1,
        "another row's edit settles nothing"
    );
}

#[test]
fn a_removal_that_knew_the_edit_is_no_conflict_and_can_be_confirmed() {
    let mut one = Machine::new(1);
    one.edit(&person(1), &[put("C1/a", true), put("C1/a/name", "HIS")]);
    let before = one.report.heads();
    one.edit(&person(1), &[put("C1/a", false)]);
    assert!(one.report.conflicts().is_empty());
    let late = [put("C1/a/name", "LIS")];
    let late = seal_at(&one.report, &before, &person(2), &late, &mut Seeded::new(3)).unwrap();
    one.report.admit(form(), &[late]);
    assert_eq!(one.report.conflicts().len(), 1);
    // "Yes, remove it."
    one.edit(&person(1), &[put("C1/a", false)]);
    assert!(one.report.conflicts().is_empty());
}

#[test]
fn texts_are_written_together() {
    let (mut one, mut two) = (Machine::new(1), Machine::new(2));
    one.edit(&person(1), &[text("I1", "Thiếu kinh phí. Thiếu người.")]);
    two.pull(&one);
    one.edit(
        &person(1),
        &[text("I1", "Thiếu kinh phí mua máy. Thiếu người.")],
    );
    two.edit(
        &person(2),
        &[text("I1", "Thiếu kinh phí. Thiếu người 👩‍⚕️ trực.")],
    );
    one.pull(&two);
    two.pull(&one);
    let merged = "Thiếu kinh phí mua máy. Thiếu người 👩‍⚕️ trực.";
    assert_eq!(one.report.snapshot().texts["I1"], merged);
    assert_eq!(two.report.snapshot().texts["I1"], merged);
    assert!(one.report.conflicts().is_empty());
    one.edit(&person(1), &[text("I1", "")]);
    assert!(one.report.snapshot().texts.is_empty());
}

#[test]
fn the_snapshot_is_canonical() {
    let (mut one, mut two) = (Machine::new(1), Machine::new(2));
    one.edit(&person(1), &[put("B3", 1), put("B4", 2), put("C1/a", true)]);
    one.edit(
        &person(1),
        &[put("B4", Scalar::Null), put("C1/b/name", "no marker")],
    );
    two.edit(&person(2), &[put("C1/a", true)]);
    two.edit(&person(2), &[put("B3", 1)]);
    assert_eq!(one.report.snapshot(), two.report.snapshot());
    let digest = snapshot_digest(&one.report.snapshot());
    assert_eq!(digest, snapshot_digest(&two.report.snapshot()));
    two.edit(&person(2), &[put("B3", 2)]);
    assert_ne!(digest, snapshot_digest(&two.report.snapshot()));
}

#[test]
fn diff_and_history() {
    let mut one = Machine::new(1);
    let genesis = one.report.heads();
    assert!(one.report.is_untouched());
    let first = one.edit(
        &person(1),
        &[put("B3", 1), put("C1/a", true), text("I1", "Một")],
    );
    assert!(!one.report.is_untouched());
    let submitted = one.report.heads();
    let second = one.edit(
        &person(2),
        &[put("B3", 2), put("C1/a", false), text("I1", "Một hai")],
    );
    let now = one.report.heads();
    let change = |key: &str, before: Scalar, after: Scalar| FieldChange {
        key: key.to_owned(),
        before,
        after,
    };
    let txt = |text: &str| Scalar::Str(text.to_owned());
    assert_eq!(
        one.report.diff(&submitted, &now).unwrap(),
        [
            change("B3", Scalar::Int(1), Scalar::Int(2)),
            change("C1/a", Scalar::Bool(true), Scalar::Null),
            change("I1", txt("Một"), txt("Một hai")),
        ]
    );
    assert_eq!(one.report.diff(&now, &now).unwrap(), []);
    assert_eq!(
        one.report.diff(&[], &submitted),
        one.report.diff(&genesis, &submitted)
    );
    assert_eq!(one.report.diff(&[ChangeHash([1; 32])], &now), None);
    assert_eq!(
        one.report.missing_ancestors(&[first, ChangeHash([1; 32])]),
        [ChangeHash([1; 32])]
    );

    let history = one.report.history();
    let items: Vec<_> = history
        .iter()
        .map(|i| (i.change, i.key.as_str(), i.value.clone()))
        .collect();
    assert_eq!(
        items,
        [
            (first, "B3", Scalar::Int(1)),
            (first, "C1/a", Scalar::Bool(true)),
            (first, "I1", txt("Một")),
            (second, "B3", Scalar::Int(2)),
            (second, "C1/a", Scalar::Bool(false)),
            (second, "I1", txt("Một hai")),
        ]
    );
    assert!(document::actor_belongs(&history[0].actor, &person(1)));
    assert!(!document::actor_belongs(&history[0].actor, &person(2)));
}

#[test]
fn actors_never_repeat() {
    let mut one = Machine::new(1);
    for number in 0..20 {
        one.edit(&person(1), &[put("B3", number)]);
    }
    let mut actors: Vec<_> = one.report.history().iter().map(|item| item.actor).collect();
    actors.sort();
    actors.dedup();
    assert_eq!(actors.len(), 20);
}

#[test]
fn saving_keeps_everything() {
    let mut one = Machine::new(1);
    one.edit(&person(1), &[put("B3", 1), text("I2", "Đề nghị hỗ trợ")]);
    let saved = one.report.save();
    let mut back = Report::load(form(), doc(), &saved).unwrap();
    assert_eq!(back.heads(), one.report.heads());
    assert_eq!(back.snapshot(), one.report.snapshot());
    assert_eq!(back.save(), saved);
    assert_eq!(back.doc(), doc());
    let (rebuilt, verdicts) = Report::rebuild(form(), doc(), &one.log);
    assert_eq!(verdicts.applied.len(), 1);
    assert_eq!(rebuilt.heads(), one.report.heads());
    // A loaded report goes on like any other.
    let at = back.heads();
    let next = seal_at(&back, &at, &person(2), &[put("B3", 5)], &mut Seeded::new(5)).unwrap();
    assert_eq!(back.admit(form(), &[next]).applied.len(), 1);
    assert_eq!(back.snapshot().get("B3"), &Scalar::Int(5));

    let other = wire::DocId([9; 32]);
    assert!(Report::load(form(), other, &saved).is_err());
    for cut in 0..saved.len() {
        assert!(Report::load(form(), doc(), &saved[..cut]).is_err(), "{cut}");
    }
}

#[test]
fn sealing_refuses_what_the_gate_would() {
    let one = Machine::new(1);
    let at = one.report.heads();
    let seal = |at: &[ChangeHash], edits: &[document::Edit]| {
        one.report
            .seal(at, edits, &person(1), Timestamp(0), &mut Seeded::new(1))
    };
    assert!(matches!(
        seal(&[], &[put("B3", 1)]),
        Err(SealError::UnknownHeads(_))
    ));
    let unknown = ChangeHash([3; 32]);
    assert!(matches!(
        seal(&[unknown], &[put("B3", 1)]),
        Err(SealError::UnknownHeads(_))
    ));
    assert!(matches!(seal(&at, &[]), Err(SealError::Nothing)));
    assert!(matches!(
        seal(&at, &[put("B3 ", 1)]),
        Err(SealError::Value { .. })
    ));
    assert!(matches!(
        seal(&at, &[put("C1/a", Scalar::Null)]),
        Err(SealError::Value { .. })
    ));
    assert!(matches!(
        seal(&at, &[text("B3", "x")]),
        Err(SealError::UnknownText(_))
    ));
    let long = "x".repeat(document::limits::LONG_TEXT_MAX_BYTES + 1);
    assert!(matches!(
        seal(&at, &[text("I1", &long)]),
        Err(SealError::TooLarge)
    ));
    let raw = seal(&at, &[put("B3", 1), put("B3", 2)]).unwrap();
    let mut report = fresh();
    report.admit(form(), &[entry(&person(1), vec![raw])]);
    assert_eq!(
        report.snapshot().get("B3"),
        &Scalar::Int(2),
        "the later edit counts"
    );
}

#[test]
fn any_clock_can_report() {
    for time in [i64::MIN, -1, 0, 1_000_000_000_000, i64::MAX] {
        let mut report = fresh();
        let at = report.heads();
        let edits = [put("B3", 1)];
        let raw = report.seal(
            &at,
            &edits,
            &person(1),
            Timestamp(time),
            &mut Seeded::new(1),
        );
        let verdicts = report.admit(form(), &[entry(&person(1), vec![raw.unwrap()])]);
        assert_eq!(verdicts.applied.len(), 1, "{time}: {verdicts:?}");
    }
}
