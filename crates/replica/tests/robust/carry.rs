//! A new quarter starts from the last accepted report, on each machine for
//! itself, and that is no conflict.

use model::{Period, Scalar};
use replica::{DiffLine, QUARTERLY_FORM, ReportKey, Since};
use store::Store;

use crate::tree::{Machine, Tree, settle};

fn next(machine: &Machine) -> ReportKey {
    let period = Period::parse("2026-Q3").unwrap();
    ReportKey::regular(machine.replica.unit(), QUARTERLY_FORM, period)
}

fn set(machine: &mut Machine, code: &str, value: &str) {
    let (key, person, clock) = (next(machine), machine.person.public(), machine.clock());
    machine
        .replica
        .set(&key, &person, code, value, clock)
        .unwrap();
}

fn names(machine: &Machine) -> Vec<Scalar> {
    let view = machine.replica.show(&next(machine)).unwrap();
    let rows = view.tables["C1"].iter();
    rows.map(|row| row["name"].clone()).collect()
}

#[test]
fn two_machines_carry_over_offline_without_a_conflict() {
    let mut tree = Tree::new(1);
    let (so, one) = tree.pair(0);
    one.report();
    let own = one.unit();
    let mut two = one.join_below(&own, Store::open_in_memory().unwrap(), 30);
    settle(one, so);
    so.accept(&own);
    settle(one, so);
    settle(&mut two, so);

    // Offline, each begins the new quarter.
    set(one, "B3", "130");
    set(&mut two, "D3", "1");
    for machine in [&*one, &two] {
        assert_eq!(names(machine), [Scalar::Str("HIS".to_owned())]);
        let view = machine.replica.show(&next(machine)).unwrap();
        assert!(
            !view.answers.contains_key("D5"),
            "the period's counts do not carry"
        );
    }
    let view = two.replica.show(&next(&two)).unwrap();
    let row = match &view.tables["C1"][0]["row"] {
        Scalar::Str(row) => row.clone(),
        other => panic!("{other:?}"),
    };
    set(&mut two, &format!("C1/{row}/state"), "stopped");
    one.seal();
    two.seal();
    settle(one, so);
    settle(&mut two, so);
    settle(one, so);
    for machine in [&*one, &two] {
        let view = machine.replica.show(&next(machine)).unwrap();
        assert!(view.conflicts.is_empty(), "{:?}", view.conflicts);
        assert_eq!(view.tables["C1"].len(), 1);
        assert_eq!(
            view.tables["C1"][0]["state"],
            Scalar::Str("stopped".to_owned())
        );
        assert_eq!(
            (&view.answers["B3"], &view.answers["D3"]),
            (&130.into(), &1.into())
        );
        machine.verify();
    }
    assert_eq!(names(one), names(&two));
}

/// What differs, as codes with before and after.
fn differs(lines: Vec<DiffLine>, code: &str) -> Option<(Scalar, Scalar)> {
    let line = lines.into_iter().find(|line| line.code == code)?;
    Some((line.before, line.after))
}

#[test]
fn a_report_is_compared_with_the_last_period_and_with_its_own_versions() {
    let mut tree = Tree::new(1);
    let (so, one) = tree.pair(0);
    let since = |machine: &Machine| machine.replica.diff(&next(machine), Since::LastPeriod);
    assert!(since(one).is_err(), "there is no earlier report");
    let first = one.report();
    let own = one.unit();
    settle(one, so);
    assert!(since(one).is_err(), "none that is accepted");
    so.accept(&own);
    settle(one, so);

    let before = differs(since(one).unwrap(), "B3").unwrap().0;
    set(one, "B3", "130");
    let changed = differs(since(one).unwrap(), "B3");
    assert_eq!(changed, Some((before.clone(), Scalar::Int(130))));
    let lines = since(one).unwrap();
    let name = lines.iter().find(|line| line.code.ends_with("/name"));
    assert!(name.is_none(), "what is carried over is the same: {name:?}");

    let (key, person, clock) = (one.key(), one.person.public(), one.clock());
    one.replica.set(&key, &person, "B3", "131", clock).unwrap();
    let second = one.submit(&key);
    let compared = one.replica.compare(&key, &first, &second).unwrap();
    assert_eq!(compared.len(), 1);
    assert_eq!(
        differs(compared, "B3"),
        Some((before.clone(), Scalar::Int(131)))
    );
    let back = one.replica.compare(&key, &second, &first).unwrap();
    assert_eq!(differs(back, "B3"), Some((Scalar::Int(131), before)));
    let unknown = wire::EntryId([7; 32]);
    assert!(one.replica.compare(&key, &first, &unknown).is_err());
}
