//! What an honest mistake must not make permanent.

use replica::{Error, Founded, JoinKeys, QUARTERLY_FORM, Replica, UnitChange};
use std::collections::BTreeSet;
use std::sync::{Barrier, Mutex};
use store::Store;
use testkit::Seeded;
use wire::Role;

use crate::tree::{FAR, NOW, clock, give, quarter, tree, unit};

#[test]
fn a_head_who_also_has_a_role_above_gets_receipts() {
    let mut tree = tree();
    let (registrar, head) = (tree.so.person.clone(), tree.a.person.public());
    let roles = BTreeSet::from([Role::Auditor]);
    tree.so
        .replica
        .add_person(&registrar, head, "also here", roles, clock(NOW))
        .unwrap();
    let honest = tree.a.report("120");
    give(&tree.a, &mut tree.so);
    assert!(tree.so.is_received(&honest));
}

#[test]
fn one_review_from_the_future_does_not_outlast_every_later_one() {
    let mut tree = tree();
    tree.a.report("120");
    give(&tree.a, &mut tree.so);
    tree.so.accept(&tree.a, FAR);
    tree.a.report("130");
    give(&tree.a, &mut tree.so);
    tree.so.accept(&tree.a, NOW);
    let (head, now) = (tree.so.person.clone(), clock(NOW));
    let rollup = tree
        .so
        .replica
        .sign_rollup(QUARTERLY_FORM, quarter(), &head, now);
    let sum = rollup.unwrap().0.aggregates["B3"].clone();
    assert_eq!(sum, model::Aggregate::Sum { sum: 130 });
}

#[test]
fn one_name_from_the_future_does_not_outlast_every_later_one() {
    let mut tree = tree();
    let (registrar, a) = (tree.so.person.clone(), unit("byt.24.a"));
    for (name, when) in [("far", FAR), ("near", NOW)] {
        let change = UnitChange::Rename(name.to_owned());
        tree.so
            .replica
            .change_unit(&registrar, &a, change, clock(when))
            .unwrap();
        assert_eq!(
            tree.so.replica.unit_name(&a).unwrap().as_deref(),
            Some(name)
        );
    }
}

#[test]
fn joining_and_founding_happen_whole_or_not_at_all() {
    let mut tree = tree();
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| Store::open(folder.path().join(name)).unwrap();
    let invite = identity::Invite::parse(&tree.so.invite("byt.24.c")).unwrap();
    let keys = JoinKeys::generate(&mut Seeded::new(5));
    let long = "n".repeat(1_000);
    let join = |person: &str| Replica::join(file("join"), &invite, &keys, person, "PC", clock(NOW));
    assert!(join(&long).is_err());
    assert!(join("short").is_ok());
    let keys = Founded::generate(&mut Seeded::new(6));
    let found =
        |person: &str| Replica::found(file("found"), &keys, "Bộ", person, false, clock(NOW));
    assert!(found(&long).is_err());
    assert!(found("short").is_ok());
}

/// Whoever comes second in one home hears so before it has written its keys over
/// those of the first; who could not write them has not joined.
#[test]
fn of_those_who_join_in_one_home_at_once_one_keeps_its_keys() {
    let mut tree = tree();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("home");
    let invite = identity::Invite::parse(&tree.so.invite("byt.24.c")).unwrap();
    let kept = Mutex::new(Vec::new());
    let join = |seed: u64, disk: Result<(), Error>| {
        let keys = JoinKeys::generate(&mut Seeded::new(seed));
        let store = Store::open(&file).unwrap();
        Replica::join_keeping(store, &invite, &keys, "Chị Ba", "PC", clock(NOW), || {
            kept.lock().unwrap().push(seed);
            disk
        })
    };
    assert!(join(1, Err(Error::NotSetUp)).is_err());
    let start = Barrier::new(8);
    let joined: Vec<_> = std::thread::scope(|scope| {
        let (start, join) = (&start, &join);
        let threads: Vec<_> = (2..10)
            .map(|seed| {
                scope.spawn(move || {
                    start.wait();
                    join(seed, Ok(())).map(|_| seed)
                })
            })
            .collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    let (joined, refused): (Vec<_>, Vec<_>) = joined.into_iter().partition(Result::is_ok);
    let joined: Vec<u64> = joined.into_iter().flatten().collect();
    assert_eq!((joined.len(), refused.len()), (1, 7));
    for refused in refused {
        assert!(
            matches!(refused, Err(Error::AlreadySetUp(_))),
            "{refused:?}"
        );
    }
    assert_eq!(*kept.lock().unwrap(), [1, joined[0]]);
}
