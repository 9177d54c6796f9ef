//! The gate, and what becomes of edits that do not know of each other.

use automerge::legacy::{Key, OpId, SortedVec};
use automerge::{Change, ExpandedChange};
use document::{Edit, Report};
use identity::SecretKey;
use model::Scalar;
use testkit::{Seeded, at};
use wire::Entry;

use crate::run::{Seen, ensure};
use crate::tree::{Machine, NOW, Tree, changes, facility, memory, sync};

/// A report that nobody has touched.
fn untouched(machine: &Machine) -> Report {
    let form = model::form::builtin("kh2273-quy").unwrap();
    Report::genesis(form, machine.key().doc())
}

/// One raw change upon the first one.
fn sealed(machine: &Machine, actor_of: &SecretKey, edits: &[Edit], seed: u64) -> Vec<u8> {
    let report = untouched(machine);
    let (heads, mut entropy) = (report.heads(), Seeded::new(seed));
    let sealed = report.seal(&heads, edits, &actor_of.public(), at(NOW), &mut entropy);
    sealed.unwrap()
}

fn put(key: &str, value: i64) -> Edit {
    Edit::Put {
        key: key.to_owned(),
        value: Scalar::Int(value),
    }
}

/// A change with everything at will, and yet the one encoding of its content.
fn spoiled(machine: &Machine, spoil: impl FnOnce(&mut ExpandedChange)) -> Entry {
    let head = machine.person.clone();
    let raw = sealed(machine, &head, &[put("B3", 666), put("B4", 667)], 1);
    let mut change = Change::from_bytes(raw).unwrap().decode();
    spoil(&mut change);
    let raw = Change::from(change).raw_bytes().to_vec();
    changes(machine, &head, vec![raw])
}

/// The Sở gets a bad change beside an honest report: it is held, has no effect,
/// and the report is as its author made it.
fn set_aside(bad: impl FnOnce(&mut Machine) -> Entry) -> Seen {
    let mut tree = Tree::new(1);
    let (so, facility) = tree.pair(0);
    let bad = bad(facility);
    facility.report();
    let mut batch = facility.entries();
    batch.insert(0, bad.clone());
    so.receive(facility, batch);
    ensure!(so.holds(&bad.id()), "held it must be, all the same");
    let view = so.show(&facility.key());
    let answers = ["B3", "B4"].map(|code| view.answers.get(code).and_then(|a| a.as_i64()));
    let conflicts: Vec<&str> = view.conflicts.iter().map(|c| c.code.as_str()).collect();
    ensure!(
        answers == [Some(120), Some(100)] && conflicts.is_empty(),
        "the report says {answers:?}, several values of {conflicts:?}"
    );
    ensure!(so.quarantined(&bad.id()).is_some(), "it is in effect");
    Ok(())
}

pub(crate) fn a_change_with_another_checksum() -> Seen {
    set_aside(|facility| {
        let head = facility.person.clone();
        let mut raw = sealed(facility, &head, &[put("B3", 666)], 1);
        raw[4] ^= 1;
        changes(facility, &head, vec![raw])
    })
}

/// Three changes that are small enough each.
pub(crate) fn more_operations_than_an_entry_may_have() -> Seen {
    set_aside(|facility| {
        let head = facility.person.clone();
        let long = Edit::SetText {
            code: "I1".to_owned(),
            text: "a".repeat(document::limits::ENTRY_OPS_MAX_COUNT / 3 + 1),
        };
        let raw = (1..=3).map(|seed| sealed(facility, &head, std::slice::from_ref(&long), seed));
        let raw = raw.collect();
        changes(facility, &head, raw)
    })
}

pub(crate) fn anothers_change_under_the_own_name() -> Seen {
    set_aside(|facility| {
        let another = SecretKey::generate(&mut Seeded::new(99));
        let raw = sealed(facility, &another, &[put("B3", 666)], 1);
        let head = facility.person.clone();
        changes(facility, &head, vec![raw])
    })
}

/// It claims to replace a value of B3 with one of B4, on which Automerge panics.
pub(crate) fn an_operation_that_refers_to_another_key() -> Seen {
    set_aside(|facility| {
        spoiled(facility, |change| {
            let (counter, actor) = (change.start_op.get(), change.actor_id.clone());
            let second = &mut change.operations[1];
            assert!(matches!(second.key, Key::Map(_)));
            second.pred = SortedVec::from(vec![OpId::new(counter, &actor)]);
        })
    })
}

pub(crate) fn operations_that_begin_too_high() -> Seen {
    set_aside(|facility| {
        spoiled(facility, |change| {
            change.start_op = change.start_op.saturating_add(1_000);
        })
    })
}

/// Bytes that are no change at all, among the honest ones.
pub(crate) fn one_bad_change_beside_good_ones() -> Seen {
    set_aside(|facility| {
        let head = facility.person.clone();
        changes(facility, &head, vec![b"no change at all".to_vec()])
    })
}

/// The same person signs twice.
pub(crate) fn two_sittings() -> Seen {
    let mut tree = Tree::new(1);
    let facility = &mut tree.facilities[0];
    facility.set("B3", "120");
    facility.seal();
    facility.set("B4", "100");
    facility.seal();
    let view = facility.show(&facility.key());
    let answers = ["B3", "B4"].map(|code| view.answers.get(code).and_then(|a| a.as_i64()));
    ensure!(
        answers == [Some(120), Some(100)],
        "the report says {answers:?}, {} set aside",
        view.quarantined
    );
    Ok(())
}

/// Two PCs of one facility write the same field; the second's draft was begun
/// before the first's change arrived, and is corrected after.
pub(crate) fn what_arrived_unseen_is_not_overwritten() -> Seen {
    let mut tree = Tree::new(1);
    let one = &mut tree.facilities[0];
    let mut two = one.join_below(&facility(0), memory(), 30);
    sync(&mut two, one);
    one.set("B3", "120");
    one.seal();
    two.set("B3", "121");
    sync(&mut two, one);
    two.set("B3", "122");
    two.seal();
    sync(&mut two, one);
    for machine in [&*one, &two] {
        let view = machine.show(&machine.key());
        let mut values: Vec<Option<i64>> = Vec::new();
        for conflict in view
            .conflicts
            .iter()
            .filter(|conflict| conflict.code == "B3")
        {
            values.extend(conflict.values.iter().map(|value| value.value.as_int()));
        }
        values.sort_unstable();
        ensure!(
            values == [Some(120), Some(122)],
            "of 120 and 122 there is {values:?}, {}",
            view.answers["B3"]
        );
    }
    Ok(())
}
