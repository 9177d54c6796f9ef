//! Old copies of a home that come back, and one home on two machines: nothing
//! wedges, nothing is lost, both sides of every difference stay visible.

use std::path::Path;

use model::{Period, Scalar};
use replica::{QUARTERLY_FORM, ReportKey, RowChange, UnitChange};
use store::Store;
use wire::Kind;

use crate::home::Home;
use crate::tree::{Machine, Tree, facility, quarter, settle, sync, unit};

/// A tree with one facility whose home is a file, and that file.
fn tree_with_home(dir: &Path) -> (Tree, Home) {
    let mut tree = Tree::new(0);
    let file = dir.join("first.sqlite");
    let mut machine = tree
        .so
        .join_below(&facility(0), Store::open(&file).unwrap(), 10);
    settle(&mut machine, &mut tree.so);
    machine.fill(&machine.key());
    settle(&mut machine, &mut tree.so);
    (tree, Home::close(machine, &file))
}

fn ints(values: &[i64]) -> Vec<Scalar> {
    values.iter().map(|value| Scalar::Int(*value)).collect()
}

fn choose(machine: &mut Machine, code: &str, value: i64) {
    let key = machine.key();
    let conflicts = machine.replica.conflicts(&key).unwrap();
    let conflict = conflicts.iter().find(|c| c.code == code).unwrap();
    let choice = conflict
        .values
        .iter()
        .find(|v| v.value == Scalar::Int(value))
        .unwrap();
    let (person, clock) = (machine.person.public(), machine.clock());
    machine
        .replica
        .resolve(&key, &person, code, choice.n, clock)
        .unwrap();
    machine.seal();
}

#[test]
fn an_old_copy_of_a_facilitys_home_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let (mut tree, home) = tree_with_home(dir.path());
    let so = &mut tree.so;
    let backup = home.copy(&dir.path().join("backup.sqlite"));

    // The original goes on, is received, and is lost.
    let mut machine = home.open(50);
    machine.set("B3", "130");
    machine.seal();
    let submitted = machine.submit(&machine.key());
    settle(&mut machine, so);
    drop(machine);

    // The copy knows nothing of it; the same person types something else.
    let mut machine = backup.open(51);
    machine.set("B3", "140");
    machine.set("D3", "2");
    machine.seal();
    assert_eq!(machine.values("B3"), ints(&[140]));
    let outcome = sync(&mut machine, so);
    assert!(outcome.in_sync, "{outcome:?}");
    settle(&mut machine, so);

    assert_eq!(machine.values("B3"), ints(&[130, 140]), "both are there");
    let view = machine.replica.show(&machine.key()).unwrap();
    assert_eq!(view.submission, Some(submitted), "what was received stands");
    assert!(view.receipt.is_some() && view.changed_since_submission);
    choose(&mut machine, "B3", 140);
    machine.submit(&machine.key());
    settle(&mut machine, so);
    so.accept(&machine.unit());
    settle(&mut machine, so);
    let view = machine.replica.show(&machine.key()).unwrap();
    assert_eq!(
        (view.state, view.answers["B3"].as_i64()),
        ("accepted", Some(140))
    );
    assert_eq!(machine.ids_of(&machine.unit()), so.ids_of(&machine.unit()));
    machine.verify();
    so.verify();
}

#[test]
fn one_home_on_two_machines_that_both_go_on() {
    let dir = tempfile::tempdir().unwrap();
    let (mut tree, home) = tree_with_home(dir.path());
    let so = &mut tree.so;
    // A draft lies in both copies.
    let mut machine = home.open(50);
    machine.set("F4", "3");
    let home = Home::close(machine, &dir.path().join("first.sqlite"));
    let twin = home.copy(&dir.path().join("twin.sqlite"));
    let (mut one, mut two) = (home.open(60), twin.open(61));
    for round in 0..6 {
        let (a, b) = (200 + 10 * round, 201 + 10 * round);
        one.set("B3", &a.to_string());
        two.set("B3", &b.to_string());
        add_row(&mut one, &format!("Máy một, lần {round}"));
        add_row(&mut two, &format!("Máy hai, lần {round}"));
        one.seal();
        two.seal();
        // The Sở takes both for one machine, in changing order.
        let (first, second) = if round % 2 == 0 {
            (&mut one, &mut two)
        } else {
            (&mut two, &mut one)
        };
        sync(first, so);
        let outcome = sync(second, so);
        assert!(outcome.in_sync, "round {round}: {outcome:?}");
        settle(first, so);
        settle(second, so);
        settle(first, so);
        for machine in [&one, &two] {
            assert_eq!(machine.values("B3"), ints(&[a, b]), "round {round}");
            assert_eq!(machine.values("F4").first(), Some(&Scalar::Int(3)));
        }
        choose(&mut one, "B3", a);
        if !one.replica.conflicts(&one.key()).unwrap().is_empty() {
            choose(&mut one, "F4", 3);
        }
        settle(&mut one, so);
        settle(&mut two, so);
    }
    let rows = |machine: &Machine| machine.replica.show(&machine.key()).unwrap().tables["C1"].len();
    assert_eq!((rows(&one), rows(&two)), (13, 13));

    // Both submit: two stand side by side until one replaces them.
    one.set("B3", "300");
    one.submit(&one.key());
    two.set("D3", "4");
    two.submit(&two.key());
    sync(&mut one, so);
    sync(&mut two, so);
    settle(&mut one, so);
    settle(&mut two, so);
    let view = two.replica.show(&two.key()).unwrap();
    assert!(view.concurrent_submissions);
    two.submit(&two.key());
    settle(&mut two, so);
    so.accept(&two.unit());
    settle(&mut two, so);
    settle(&mut one, so);
    for machine in [&one, &two] {
        let view = machine.replica.show(&machine.key()).unwrap();
        assert_eq!(view.state, "accepted");
        assert_eq!(view.answers["B3"], 300);
        assert_eq!(view.answers["D3"], 4);
        assert_eq!(machine.ids_of(&machine.unit()), so.ids_of(&machine.unit()));
        machine.verify();
    }
    so.verify();
}

fn add_row(machine: &mut Machine, name: &str) -> RowChange {
    let key = machine.key();
    let person = machine.person.public();
    let clock = machine.clock();
    let mut env = replica::Env {
        clock,
        entropy: &mut machine.entropy,
    };
    let cells = [
        ("name", name),
        ("kind", "portal"),
        ("state", "planned"),
        ("dossier", "none"),
    ];
    let cells = cells.map(|(column, typed)| (column.to_owned(), typed.to_owned()));
    machine
        .replica
        .row_add(&key, &person, "C1", &cells, &mut env)
        .unwrap()
}

#[test]
fn a_restored_so_forks_its_receipts_and_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let mut bo = Machine::found(Store::open_in_memory().unwrap());
    let file = dir.path().join("so.sqlite");
    let store = Store::open(&file).unwrap();
    let mut so = bo.join_below(&unit("byt.24"), store, 2);
    let mut facilities: Vec<Machine> = (0..3)
        .map(|index| {
            let store = Store::open_in_memory().unwrap();
            so.join_below(&facility(index), store, 10 + index as u64)
        })
        .collect();
    settle(&mut so, &mut bo);
    for facility in &mut facilities {
        settle(facility, &mut so);
    }
    let home = Home::close(so, &file);
    let backup = home.copy(&dir.path().join("backup.sqlite"));

    // The Sở receives a report, accepts it, and loses its disk.
    let mut so = home.open(50);
    let submitted = facilities[0].report();
    settle(&mut facilities[0], &mut so);
    so.accept(&facilities[0].unit());
    settle(&mut facilities[0], &mut so);
    settle(&mut so, &mut bo);
    drop(so);

    // Yesterday's copy receives another facility first, then meets the first.
    let mut so = backup.open(51);
    facilities[1].report();
    settle(&mut facilities[1], &mut so);
    settle(&mut facilities[0], &mut so);
    facilities[2].report();
    settle(&mut facilities[2], &mut so);
    settle(&mut so, &mut bo);
    assert!(!so.status().receipt_forks.is_empty(), "shown, by name");

    let view = facilities[0].replica.show(&facilities[0].key()).unwrap();
    assert_eq!((view.state, view.submission), ("accepted", Some(submitted)));
    for facility in &mut facilities[1..] {
        so.accept(&facility.unit());
        settle(facility, &mut so);
        let view = facility.replica.show(&facility.key()).unwrap();
        assert_eq!(view.state, "accepted");
        assert!(view.receipt.is_some());
    }
    let rollup = so.sign_rollup();
    assert_eq!((rollup.received, rollup.inputs), (3, 3));
    settle(&mut so, &mut bo);
    for facility in &mut facilities {
        settle(facility, &mut so);
        assert_eq!(
            facility.ids_of(&facility.unit()),
            so.ids_of(&facility.unit())
        );
        facility.verify();
    }
    // From now on the chain is one again: the number of forks stays.
    let forks = so.status().receipt_forks;
    facilities[1].set("B3", "133");
    facilities[1].seal();
    settle(&mut facilities[1], &mut so);
    assert_eq!(so.status().receipt_forks, forks);
    so.verify();
    bo.verify();
}

#[test]
fn a_value_that_arrives_while_a_draft_waits_is_a_conflict() {
    let mut tree = Tree::new(1);
    let (so, one) = tree.pair(0);
    one.fill(&one.key());
    let own = one.unit();
    let mut two = one.join_below(&own, Store::open_in_memory().unwrap(), 30);
    settle(one, so);
    settle(&mut two, so);

    one.set("B3", "130");
    assert_eq!(one.values("B3"), ints(&[130]));
    two.set("B3", "140");
    two.seal();
    settle(&mut two, so);
    settle(one, so);
    assert_eq!(one.values("B3"), ints(&[130, 140]), "before it is signed");
    assert_eq!(two.values("B3"), ints(&[140]));
    one.seal();
    settle(one, so);
    settle(&mut two, so);
    for machine in [&*one, &two, &*so] {
        let key = ReportKey::regular(&own, QUARTERLY_FORM, Period::parse("2026-Q2").unwrap());
        let conflicts = machine.replica.conflicts(&key).unwrap();
        assert_eq!(conflicts.len(), 1);
        let authors: Vec<&str> = conflicts[0].values.iter().map(|v| &*v.author).collect();
        assert_eq!(authors.len(), 2, "{authors:?}");
    }
    // A submission is refused until someone has chosen.
    let head = one.person.clone();
    let (key, clock) = (one.key(), one.clock());
    let mut env = replica::Env {
        clock,
        entropy: &mut one.entropy,
    };
    assert!(one.replica.submit(&key, &head, &mut env).is_err());
    choose(&mut two, "B3", 130);
    settle(&mut two, so);
    settle(one, so);
    assert_eq!(
        (one.values("B3"), two.values("B3")),
        (ints(&[130]), ints(&[130]))
    );
    one.submit(&one.key());
    settle(one, so);
    assert_eq!(so.of_kind(Kind::Submission).len(), 1);
}

/// The Sở is lost with its keys right after it has invited, before anybody heard of it:
/// the rebuilt one knows the facility by its invite, and counts its report.
#[test]
fn a_facility_that_only_a_lost_so_had_recorded_is_expected() {
    let Tree {
        mut bo,
        so: lost,
        mut facilities,
    } = Tree::apart(2);
    drop(lost);
    let text = bo.invite(&unit("byt.24"));
    let mut so = Machine::join(&text, Store::open_in_memory().unwrap(), 50);
    settle(&mut so, &mut bo);
    for facility in &mut facilities {
        settle(facility, &mut so);
    }
    settle(&mut so, &mut bo);
    let of_one = facilities[0].unit();
    for machine in [&so, &bo] {
        let units = machine.replica.units().unwrap();
        let known = units.iter().find(|known| known.unit == of_one).unwrap();
        assert_eq!(
            (known.name.as_str(), known.enrolled),
            ("Đơn vị 07000", true)
        );
    }
    facilities[0].report();
    settle(&mut facilities[0], &mut so);
    so.accept(&of_one);
    let rollup = so.sign_rollup();
    assert_eq!((rollup.expected, rollup.inputs), (2, 1));
    assert_eq!(rollup.missing, [facilities[1].unit()]);
    settle(&mut so, &mut bo);
    let seen = bo
        .replica
        .show_rollup(&unit("byt.24"), QUARTERLY_FORM, quarter());
    assert_eq!(seen.unwrap().expected, 2);

    // What is said of it now is a record like any other.
    let (registrar, clock) = (so.person.clone(), so.clock());
    let closed = UnitChange::Close;
    so.replica
        .change_unit(&registrar, &facilities[1].unit(), closed, clock)
        .unwrap();
    let units = so.replica.units().unwrap();
    let known = units
        .iter()
        .find(|known| known.unit == facilities[1].unit());
    assert!(known.unwrap().closed.is_some());
}
