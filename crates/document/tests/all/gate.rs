//! What the gate refuses, and that it holds up nothing else.
//!
//! It is over 500 lines because it is one list of refusals, a few lines each.

use std::num::NonZeroU64;
use std::path::Path;

use crate::support::*;
use automerge::legacy::{ElementId, Key, ObjectId, Op, OpId, OpType};
use automerge::{ActorId, Change, ExpandedChange, ObjType, ScalarValue};
use document::{Incoming, Reason, Report, Verdicts};
use model::Scalar;
use testkit::Seeded;
use testkit::hostile::{chunk, operation_bomb};
use wire::{EntryId, PublicKey};

/// The data of a chunk.
pub(crate) fn data_of(raw: &[u8]) -> &[u8] {
    let header = 9
        + raw[9..]
            .iter()
            .take_while(|byte| **byte & 0x80 != 0)
            .count()
        + 1;
    &raw[header..]
}

/// A well-formed change of the author's, with everything at the caller's will.
fn hostile(
    report: &Report,
    author: &PublicKey,
    spoil: impl FnOnce(&mut ExpandedChange),
) -> Incoming {
    let at = report.heads();
    let edits = [put("B3", 1), text("I1", "ab")];
    let honest = seal_at(report, &at, author, &edits, &mut Seeded::new(77)).unwrap();
    let mut change = Change::from_bytes(honest.changes[0].clone())
        .unwrap()
        .decode();
    spoil(&mut change);
    entry(author, vec![Change::from(change).raw_bytes().to_vec()])
}

/// Lets one bad entry in beside a good one; gives the bad one's verdict.
fn verdict_beside_a_good_one(bad: Incoming) -> Option<Reason> {
    let mut report = fresh();
    let at = report.heads();
    let good = seal_at(
        &report,
        &at,
        &person(9),
        &[put("B4", 7)],
        &mut Seeded::new(5),
    )
    .unwrap();
    let (good_id, bad_id) = (good.entry, bad.entry);
    let verdicts = report.admit(form(), &[bad, good]);
    assert!(verdicts.applied.contains(&good_id), "{verdicts:?}");
    assert_eq!(report.snapshot().get("B4"), &Scalar::Int(7));
    let reloaded = Report::load(form(), doc(), &report.save()).unwrap();
    assert_eq!(reloaded.heads(), report.heads());
    assert_eq!(reloaded.snapshot(), report.snapshot());
    verdicts
        .quarantined
        .into_iter()
        .find(|(id, _)| *id == bad_id)
        .map(|(_, reason)| reason)
}

#[track_caller]
fn refused(spoil: impl FnOnce(&mut ExpandedChange), name: &str) {
    let reason = verdict_beside_a_good_one(hostile(&fresh(), &person(1), spoil)).unwrap();
    assert_eq!(reason.name(), name, "{reason}");
}

fn text_place(change: &ExpandedChange) -> usize {
    change
        .operations
        .iter()
        .position(|op| matches!(op.key, Key::Seq(_)))
        .unwrap()
}

fn put_place(change: &ExpandedChange) -> usize {
    change
        .operations
        .iter()
        .position(|op| matches!(op.key, Key::Map(_)))
        .unwrap()
}

#[test]
fn an_untouched_copy_passes() {
    assert_eq!(
        verdict_beside_a_good_one(hostile(&fresh(), &person(1), |_| {})),
        None
    );
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "test material from outside the repository"
)]
fn the_fuzzers_finds_are_quarantined() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors/automerge");
    let Ok(files) = folder.read_dir() else {
        println!("skipped: {} is not there", folder.display());
        return;
    };
    let mut count = 0;
    for file in files {
        let path = file.unwrap().path();
        let raw = std::fs::read(&path).unwrap();
        let reason = verdict_beside_a_good_one(entry(&person(1), vec![raw]));
        assert!(reason.is_some(), "{}", path.display());
        count += 1;
    }
    assert_eq!(count, 6);
}

#[test]
fn an_operation_bomb_is_refused_before_it_is_decoded() {
    let report = fresh();
    let bomb = operation_bomb(&report.heads()[0].0, &person(1));
    assert!(bomb.len() < 90);
    assert_eq!(
        verdict_beside_a_good_one(entry(&person(1), vec![bomb])),
        Some(Reason::TooManyOps)
    );
}

#[test]
fn chunks_that_are_no_plain_change() {
    let report = fresh();
    let honest = hostile(&report, &person(1), |_| {});
    let raw = &honest.changes[0];
    let by = |raw: Vec<u8>| verdict_beside_a_good_one(entry(&person(1), vec![raw]));
    for kind in [0, 2, 3, 4, 255] {
        assert_eq!(
            by(chunk(kind, data_of(raw))),
            Some(Reason::Chunk),
            "type {kind}"
        );
    }
    assert_eq!(by(Vec::new()), Some(Reason::Chunk));
    let mut flipped = raw.clone();
    flipped[4] ^= 1;
    assert_eq!(by(flipped), Some(Reason::Checksum));
    let mut longer = raw.clone();
    longer.push(0);
    assert_eq!(by(longer), Some(Reason::Chunk));
    let mut trailing = data_of(raw).to_vec();
    trailing.push(7);
    assert_eq!(by(chunk(1, &trailing)).unwrap().name(), "malformed");
    assert_eq!(
        by(chunk(1, &vec![0; wire::limits::CHANGE_MAX_BYTES])),
        Some(Reason::Size)
    );
    assert_eq!(
        verdict_beside_a_good_one(entry(&person(1), vec![])),
        Some(Reason::Count)
    );
    let many = vec![raw.clone(); wire::limits::CHANGES_MAX_COUNT + 1];
    assert_eq!(
        verdict_beside_a_good_one(entry(&person(1), many)),
        Some(Reason::Count)
    );
}

#[test]
fn identity_and_numbers() {
    let stranger = hostile(&fresh(), &person(1), |_| {});
    let stolen = entry(&person(2), stranger.changes);
    assert_eq!(verdict_beside_a_good_one(stolen), Some(Reason::Actor));
    refused(|c| c.actor_id = ActorId::from([1_u8; 16]), "actor");
    refused(|c| c.actor_id = ActorId::from(vec![1_u8; 5]), "actor");
    refused(|c| c.seq = 2, "seq");
    refused(|c| c.seq = 0, "seq");
    refused(|c| c.deps.clear(), "rootless");
    refused(|c| c.start_op = NonZeroU64::MIN, "start-op");
    refused(|c| c.start_op = c.start_op.saturating_add(1), "start-op");
    refused(|c| c.time = i64::MAX, "malformed");
    refused(|c| c.time = i64::MIN, "malformed");
    refused(|c| c.message = Some("x".into()), "malformed");
    refused(|c| c.extra_bytes = vec![1, 2, 9, 9], "malformed");
}

#[test]
fn only_scalars_at_known_shapes() {
    let put_with = |spoil: fn(&mut Op)| {
        move |change: &mut ExpandedChange| {
            let place = put_place(change);
            spoil(&mut change.operations[place]);
        }
    };
    // One "valid" put over the root's map would empty the report.
    refused(put_with(|op| op.obj = ObjectId::Root), "operation");
    refused(
        put_with(|op| {
            op.obj = ObjectId::Root;
            op.key = Key::Map("values".into());
        }),
        "operation",
    );
    refused(
        put_with(|op| op.action = OpType::Make(ObjType::Map)),
        "operation",
    );
    refused(
        put_with(|op| op.action = OpType::Make(ObjType::Text)),
        "operation",
    );
    refused(put_with(|op| op.action = OpType::Delete), "operation");
    refused(put_with(|op| op.action = OpType::Increment(1)), "operation");
    refused(
        put_with(|op| op.action = OpType::Put(ScalarValue::F64(0.5))),
        "value",
    );
    refused(
        put_with(|op| op.action = OpType::Put(ScalarValue::Uint(5))),
        "value",
    );
    refused(
        put_with(|op| op.action = OpType::Put(ScalarValue::Timestamp(5))),
        "value",
    );
    refused(
        put_with(|op| op.action = OpType::Put(ScalarValue::Bytes(vec![1]))),
        "value",
    );
    refused(
        put_with(|op| op.action = OpType::Put(ScalarValue::counter(1))),
        "value",
    );
    refused(
        put_with(|op| op.action = OpType::Put(ScalarValue::Str("x".repeat(5000).into()))),
        "value",
    );
    refused(put_with(|op| op.key = Key::Map("B 3".into())), "value");
    refused(put_with(|op| op.key = Key::Map("".into())), "value");
    refused(
        put_with(|op| op.key = Key::Map("x".repeat(129).into())),
        "malformed",
    );
    refused(put_with(|op| op.key = Key::Map("C1/a".into())), "value");
    refused(
        |c| {
            let place = put_place(c);
            let again = c.operations[place].clone();
            c.operations.push(again);
        },
        "operation",
    );
    // A key in a text, and a character in the map.
    refused(
        |c| {
            let (put, text) = (put_place(c), text_place(c));
            c.operations[put].obj = c.operations[text].obj.clone();
        },
        "operation",
    );
    refused(
        |c| {
            let (put, text) = (put_place(c), text_place(c));
            c.operations[text].obj = c.operations[put].obj.clone();
        },
        "operation",
    );
}

#[test]
fn references_stay_within_the_ancestors() {
    let nowhere = || OpId::new(900, &ActorId::from([5_u8; 16]));
    refused(
        |c| {
            let place = put_place(c);
            c.operations[place].pred = vec![nowhere()].into();
        },
        "reference",
    );
    // A value over a text's object, and over itself.
    refused(
        |c| {
            let (put, text) = (put_place(c), text_place(c));
            let ObjectId::Id(id) = c.operations[text].obj.clone() else {
                return;
            };
            c.operations[put].pred = vec![id].into();
        },
        "reference",
    );
    refused(
        |c| {
            let place = put_place(c);
            let own = OpId::new(c.start_op.get() + place as u64, &c.actor_id);
            c.operations[place].pred = vec![own].into();
        },
        "reference",
    );
    refused(
        |c| {
            let place = text_place(c);
            c.operations[place].key = Key::Seq(ElementId::Id(nowhere()));
        },
        "reference",
    );
    refused(
        |c| {
            let place = text_place(c);
            c.operations[place].key = Key::Seq(ElementId::Id(nowhere()));
            c.operations[place].insert = false;
            c.operations[place].action = OpType::Delete;
            c.operations[place].pred = vec![nowhere()].into();
        },
        "reference",
    );
    let spoil_text = |action: OpType, insert: bool| {
        move |c: &mut ExpandedChange| {
            let place = text_place(c);
            c.operations[place].action = action;
            c.operations[place].insert = insert;
        }
    };
    refused(
        spoil_text(OpType::Put(ScalarValue::Str("ab".into())), true),
        "operation",
    );
    refused(
        spoil_text(OpType::Put(ScalarValue::Str("".into())), true),
        "operation",
    );
    refused(
        spoil_text(OpType::Put(ScalarValue::Int(1)), true),
        "operation",
    );
    refused(spoil_text(OpType::Make(ObjType::Map), true), "operation");
    refused(spoil_text(OpType::MarkEnd(false), true), "operation");

    // What another branch wrote is no ancestor, though it is here.
    let mut report = fresh();
    let at = report.heads();
    let other = seal_at(
        &report,
        &at,
        &person(2),
        &[put("B3", 5)],
        &mut Seeded::new(1),
    )
    .unwrap();
    let wrote = Change::from_bytes(other.changes[0].clone()).unwrap();
    report.admit(form(), &[other]);
    let bad = hostile(&fresh(), &person(1), |c| {
        let place = put_place(c);
        let target = OpId::new(wrote.start_op().get(), wrote.actor_id());
        c.operations[place].pred = vec![target].into();
    });
    let verdicts = report.admit(form(), &[bad]);
    assert_eq!(verdicts.quarantined[0].1.name(), "reference");
}

#[test]
fn what_rests_on_a_bad_entry_goes_with_it_and_nothing_else() {
    let report = fresh();
    let bad = hostile(&report, &person(1), |c| {
        let place = put_place(c);
        c.operations[place].obj = ObjectId::Root;
    });
    let bad_hash = Change::from_bytes(bad.changes[0].clone()).unwrap();
    let child = hostile(&report, &person(2), |c| {
        c.deps = vec![bad_hash.hash()];
        c.start_op = c.start_op.saturating_add(bad_hash.len() as u64);
    });
    let good = hostile(&report, &person(3), |_| {});
    let mut report = fresh();
    let all = [child.clone(), good.clone(), bad.clone()];
    let verdicts = report.admit(form(), &all);
    assert_eq!(verdicts.applied, [good.entry]);
    let reason = verdicts
        .quarantined
        .iter()
        .find(|(id, _)| *id == child.entry)
        .unwrap();
    assert_eq!(reason.1, Reason::DependsOn { entry: bad.entry });

    // Without the bad entry in sight, its dependent waits.
    let mut report = fresh();
    let verdicts = report.admit(form(), std::slice::from_ref(&child));
    let missing = document::change_hash(&bad.changes[0]).unwrap();
    assert_eq!(verdicts.waiting, [(child.entry, vec![missing])]);
    assert!(report.is_untouched());
}

#[test]
fn an_entry_waits_for_what_it_rests_on() {
    let mut one = Machine::new(1);
    for number in 0..4 {
        one.edit(&person(1), &[put("B3", number)]);
    }
    let mut two = fresh();
    let verdicts = two.admit(form(), &one.log[1..]);
    assert_eq!(verdicts.waiting.len(), 3);
    let first = document::change_hash(&one.log[0].changes[0]).unwrap();
    assert!(
        verdicts
            .waiting
            .iter()
            .all(|(_, missing)| *missing == [first])
    );
    let verdicts = two.admit(form(), &one.log);
    assert_eq!(verdicts.applied.len(), 4);
    assert_eq!(two.heads(), one.report.heads());
    // Again changes nothing.
    let saved = two.save();
    assert_eq!(two.admit(form(), &one.log).applied.len(), 4);
    assert_eq!(two.save(), saved);
}

#[test]
fn several_changes_of_one_actor_in_one_entry() {
    let report = fresh();
    let at = report.heads();
    let first = seal_at(
        &report,
        &at,
        &person(1),
        &[put("B3", 1)],
        &mut Seeded::new(1),
    )
    .unwrap();
    let decoded = Change::from_bytes(first.changes[0].clone()).unwrap();
    let mut next = decoded.decode();
    next.seq = 2;
    next.deps = vec![decoded.hash()];
    next.start_op = next.start_op.saturating_add(1);
    next.operations[0].pred = vec![OpId::new(decoded.start_op().get(), decoded.actor_id())].into();
    next.operations[0].action = OpType::Put(ScalarValue::Int(2));
    let second = Change::from(next).raw_bytes().to_vec();
    let both = entry(&person(1), vec![first.changes[0].clone(), second.clone()]);
    let mut report = fresh();
    assert_eq!(report.admit(form(), &[both]).applied.len(), 1);
    assert_eq!(report.snapshot().get("B3"), &Scalar::Int(2));
    // The same change again under another entry is in effect already.
    let again = entry(&person(1), vec![second]);
    assert_eq!(
        report.admit(form(), std::slice::from_ref(&again)).applied,
        [again.entry]
    );
}

fn fork() -> (Incoming, Incoming, Incoming) {
    let report = fresh();
    let at = report.heads();
    let author = person(1);
    let seal = |value: i64| {
        let edits = [put("B3", value)];
        seal_at(&report, &at, &author, &edits, &mut Seeded::new(1)).unwrap()
    };
    let (a, b) = (seal(1), seal(2));
    let (first, second) = if a.entry < b.entry { (a, b) } else { (b, a) };
    let mut branch = fresh();
    branch.admit(form(), std::slice::from_ref(&second));
    let heads = branch.heads();
    let child = seal_at(
        &branch,
        &heads,
        &person(2),
        &[put("B4", 3)],
        &mut Seeded::new(2),
    );
    (first, second, child.unwrap())
}

#[test]
fn of_a_fork_the_smaller_entry_stands_unless_a_receipt_says_else() {
    let (first, second, child) = fork();
    let all = [child.clone(), second.clone(), first.clone()];
    let (report, verdicts) = Report::rebuild(form(), doc(), &all);
    assert_eq!(verdicts.applied, [first.entry]);
    assert_eq!(verdicts.forks.len(), 1);
    assert_eq!(verdicts.forks[0].entries, (first.entry, second.entry));
    assert!(
        verdicts
            .quarantined
            .contains(&(second.entry, Reason::Fork { other: first.entry }))
    );
    assert!(verdicts.quarantined.contains(&(
        child.entry,
        Reason::DependsOn {
            entry: second.entry
        }
    )));
    assert!(!verdicts.rebuild);
    let mut again = fresh();
    assert_eq!(again.admit(form(), &all), verdicts);
    assert_eq!(again.heads(), report.heads());

    let received = |entry: &EntryId| (*entry == second.entry).then_some((5, 0));
    let (report, verdicts) = Report::rebuild_with(form(), &[], doc(), &all, &received);
    let mut both = [second.entry, child.entry];
    both.sort();
    assert_eq!(verdicts.applied, both);
    assert_eq!(report.snapshot().get("B4"), &Scalar::Int(3));
}

#[test]
fn a_fork_of_what_is_in_effect_asks_for_a_rebuild() {
    let (first, second, child) = fork();
    let mut report = fresh();
    report.admit(form(), &[second.clone(), child.clone()]);
    let before = report.save();
    let verdicts = report.admit(form(), std::slice::from_ref(&first));
    assert_eq!(
        verdicts,
        Verdicts {
            rebuild: true,
            ..Verdicts::default()
        }
    );
    assert_eq!(report.save(), before);
}

#[test]
fn a_document_does_not_grow_without_bound() {
    // A sixty-thousand-character text costs its bytes once, to delete it some
    // seventy bytes each time: many concurrent deletions would fill the memory.
    let long = "x".repeat(60_000);
    let mut one = Machine::new(1);
    one.edit(&person(1), &[text("I1", &long)]);
    let at = one.report.heads();
    let bombs: Vec<Incoming> = (0..8)
        .map(|seed| {
            let edits = [text("I1", "")];
            seal_at(&one.report, &at, &person(2), &edits, &mut Seeded::new(seed)).unwrap()
        })
        .collect();
    assert!(bombs[0].changes[0].len() < 300);
    let verdicts = one.report.admit(form(), &bombs);
    assert!(verdicts.rebuild);
    assert_eq!(verdicts.applied.len(), 3);
    one.log.extend(bombs);
    let (_, verdicts) = Report::rebuild(form(), doc(), &one.log);
    assert!(!verdicts.rebuild);
    assert_eq!(verdicts.applied.len(), 4);
    assert!(
        verdicts
            .quarantined
            .iter()
            .any(|(_, reason)| *reason == Reason::TooManyOps)
    );
}
