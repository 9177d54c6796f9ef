//! Rollups signed side by side, and rollups that fit nowhere: the Sở settles
//! the one by signing again, and neither keeps the nation from being signed.

use model::Aggregate;
use replica::{Error, QUARTERLY_FORM, RollupView};
use store::Store;
use wire::{Content, Entry, EntryId, Kind, Stream};

use crate::tree::{Machine, Tree, body, facility, quarter, settle, sign, unit};

fn shown(at: &Machine, of: &str) -> Result<RollupView, Error> {
    at.replica.show_rollup(&unit(of), QUARTERLY_FORM, quarter())
}

fn left_out(nation: &RollupView) -> Vec<&str> {
    nation.left_out.iter().map(|p| p.unit.as_str()).collect()
}

/// A report from the `index`-th facility, accepted.
fn accepted(tree: &mut Tree, index: usize) {
    let (so, facility) = tree.pair(index);
    facility.report();
    settle(facility, so);
    so.accept(&facility.unit());
}

/// Two machines of the Sở that both have signed, and have met since.
fn forked() -> (Tree, Machine, [EntryId; 2]) {
    let mut tree = Tree::new(2);
    accepted(&mut tree, 0);
    let so = &mut tree.so;
    let mut two = so.join_below(&unit("byt.24"), Store::open_in_memory().unwrap(), 30);
    settle(&mut two, so);
    let one_side = so.sign_rollup().id;
    two.now.0 += 1_000;
    let other_side = two.sign_rollup().id;
    assert_ne!(one_side, other_side);
    settle(&mut two, so);
    let mut sides = [one_side, other_side];
    sides.sort_unstable();
    (tree, two, sides)
}

#[test]
fn signing_again_settles_a_fork_and_the_nation_never_waits() {
    let (mut tree, mut two, sides) = forked();
    settle(&mut tree.so, &mut tree.bo);
    for machine in [&tree.so, &two, &tree.bo] {
        let fork = shown(machine, "byt.24");
        assert!(
            matches!(fork, Err(Error::RollupFork(one, other)) if [one, other] == sides),
            "{fork:?}"
        );
    }
    let before = tree.bo.sign_rollup();
    assert_eq!(before.missing, [unit("byt.24")]);
    assert_eq!(left_out(&before), ["byt.24"]);
    assert!(before.provinces.is_empty());

    // The same facts, and yet there is something to say.
    tree.so.now.0 += 2_000;
    let settled = tree.so.sign_rollup();
    assert_eq!(settled.replaces, sides);
    assert_eq!(tree.so.sign_rollup().id, settled.id, "settled once");
    settle(&mut two, &mut tree.so);
    assert_eq!(two.sign_rollup().id, settled.id, "for both machines");

    settle(&mut tree.so, &mut tree.bo);
    tree.bo.now.0 += 3_000;
    let after = tree.bo.sign_rollup();
    assert_eq!(after.replaces, [before.id]);
    assert_eq!(after.provinces[&unit("byt.24")], settled.id);
    assert_eq!((after.missing.len(), after.left_out.len()), (0, 0));
    assert_eq!(after.aggregates["B3"], Aggregate::Sum { sum: 120 });
    for (of, at) in [("byt.24", &tree.so), ("byt.24", &two), ("byt", &tree.bo)] {
        assert!(shown(at, of).is_ok());
        at.verify();
    }
}

#[test]
fn both_machines_settle_it_at_once_and_it_can_be_settled_again() {
    let (mut tree, mut two, sides) = forked();
    accepted(&mut tree, 1);
    tree.so.now.0 += 2_000;
    two.now.0 += 2_000;
    let (one, other) = (tree.so.sign_rollup(), two.sign_rollup());
    assert_eq!(
        (&one.replaces[..], &other.replaces[..]),
        (&sides[..], &sides[..])
    );
    settle(&mut two, &mut tree.so);
    assert!(shown(&two, "byt.24").is_err());
    let mut sides = [one.id, other.id];
    sides.sort_unstable();
    two.now.0 += 1_000;
    let settled = two.sign_rollup();
    assert_eq!((&settled.replaces[..], settled.inputs), (&sides[..], 2));
    settle(&mut two, &mut tree.so);
    assert_eq!(shown(&tree.so, "byt.24").unwrap().id, settled.id);
}

/// The Sở's own rollup with something altered, signed by its head.
fn altered(so: &Machine, alter: impl FnOnce(&mut wire::RollupContent)) -> Entry {
    let honest = so.of_kind(Kind::Rollup).remove(0);
    let Content::Rollup(content) = &honest.body().content else {
        panic!("a rollup");
    };
    let mut content = content.clone();
    alter(&mut content);
    content.replaces = vec![honest.id()];
    let mut body = body(&so.unit(), Stream::Rollup, None, Content::Rollup(content));
    body.time = so.now;
    sign(&so.person, body)
}

#[test]
fn one_province_that_lies_is_left_out_and_the_rest_goes_in() {
    type Alter = fn(&mut wire::RollupContent);
    let lies: [Alter; 5] = [
        |content| content.expected += 7,
        |content| content.ordinal = 1,
        |content| {
            let strange = Aggregate::Sum { sum: 1 };
            content.aggregates.insert("Z9".to_owned(), strange);
        },
        |content| {
            let most = Aggregate::Sum { sum: i64::MAX };
            content.aggregates.insert("B3".to_owned(), most);
        },
        |content| content.missing = vec![facility(0)],
    ];
    for (number, lie) in lies.into_iter().enumerate() {
        let mut tree = Tree::new(1);
        accepted(&mut tree, 0);
        let honest = tree.so.sign_rollup().id;
        let store = Store::open_in_memory().unwrap();
        let mut other = tree.bo.join_below(&unit("byt.01"), store, 40);
        settle(&mut other, &mut tree.bo);
        other.sign_rollup();
        settle(&mut other, &mut tree.bo);
        settle(&mut tree.so, &mut tree.bo);
        let lie = altered(&other, lie);
        assert_eq!(tree.bo.receive(&other, vec![lie]).new.len(), 1);

        let nation = tree.bo.sign_rollup();
        assert_eq!(left_out(&nation), ["byt.01"], "lie {number}");
        assert_eq!(nation.missing, [unit("byt.01")]);
        assert_eq!(nation.provinces[&unit("byt.24")], honest);
        assert_eq!(nation.aggregates["B3"], Aggregate::Sum { sum: 120 });
    }
}

#[test]
fn counts_that_no_sum_holds_are_shown_and_called_wrong() {
    let mut tree = Tree::new(0);
    tree.so.sign_rollup();
    let lie = altered(&tree.so, |content| {
        (content.on_time, content.late) = (u64::MAX, 1);
    });
    tree.bo.receive(&tree.so, tree.so.entries());
    tree.bo.receive(&tree.so, vec![lie]);
    assert_eq!(shown(&tree.bo, "byt.24").unwrap().received, u64::MAX);
    assert_eq!(left_out(&tree.bo.sign_rollup()), ["byt.24"]);
}
