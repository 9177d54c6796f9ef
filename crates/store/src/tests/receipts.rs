//! Receipts and their chains.

use identity::Ledger;
use model::Timestamp;
use wire::EntryId;

use super::world::*;
use crate::{ChainBreak, ReceiptFork, ReceiptHead, limits};

#[test]
fn the_earliest_receipt_comes_first_whatever_came_first() {
    let report = submission(&key(1), "byt.24.07210", q(2), 1);
    let early = receipt(
        &key(2),
        "byt.24.07210",
        100,
        1,
        Some(EntryId([1; 32])),
        &[report.id()],
    );
    let late = receipt(
        &key(3),
        "byt.24.07210",
        200,
        1,
        Some(EntryId([2; 32])),
        &[report.id()],
    );
    for order in [
        [&report, &early, &late],
        [&late, &report, &early],
        [&early, &late, &report],
    ] {
        let store = store_of(&order.map(Clone::clone));
        let mark = store.receipts_of(&report.id()).unwrap().remove(0);
        assert_eq!((mark.receipt, mark.node), (early.id(), key(2).public()));
        assert_eq!(mark.time, Timestamp(100));
        assert_eq!(store.receipts_of(&report.id()).unwrap().len(), 2);
        assert_eq!(store.receipts_of(&early.id()).unwrap(), []);
    }
}

#[test]
fn a_receipt_covers_nothing_outside_its_unit() {
    let report = submission(&key(1), "byt.25", q(2), 1);
    let foreign = receipt(
        &key(2),
        "byt.24.07210",
        1,
        0,
        None,
        &[report.id(), EntryId([5; 32])],
    );
    let store = store_of(&[report.clone(), foreign]);
    assert_eq!(store.receipts_of(&report.id()).unwrap(), []);
    assert_eq!(store.receipts_of(&EntryId([5; 32])).unwrap(), []);
}

#[test]
fn the_head_of_a_chain_and_every_fork_are_found() {
    let node = key(2);
    let ids: Vec<_> = (0..4)
        .map(|n| submission(&key(1), "byt.24", q(2), n))
        .collect();
    let first = receipt(&node, "byt.24", 100, 0, None, &[ids[0].id()]);
    let second = receipt(&node, "byt.24", 200, 1, Some(first.id()), &[ids[1].id()]);
    let mut store = store_of(&[first.clone(), second.clone()]);
    let head = ReceiptHead {
        seq: 1,
        id: second.id(),
        time: Timestamp(200),
    };
    assert_eq!(store.receipts_chain(&node.public()).unwrap(), Some(head));
    assert_eq!(store.receipts_chain(&key(9).public()).unwrap(), None);
    assert_eq!(store.receipt_forks().unwrap(), []);

    // The same node again, from an old backup.
    let fork = receipt(&node, "byt.24", 90, 1, Some(first.id()), &[ids[2].id()]);
    // Another node with the same numbers is no fork.
    let other = receipt(
        &key(3),
        "byt.24",
        150,
        1,
        Some(EntryId([1; 32])),
        &[ids[3].id()],
    );
    insert_all(&mut store, &[fork.clone(), other]);
    let mut receipts = vec![second.id(), fork.id()];
    receipts.sort();
    let node = node.public();
    assert_eq!(
        store.receipt_forks().unwrap(),
        [
            ReceiptFork::SameSeq {
                node,
                seq: 1,
                receipts: receipts.clone()
            },
            ReceiptFork::SamePrev {
                node,
                prev: first.id(),
                receipts
            },
            ReceiptFork::Backwards {
                node,
                receipt: fork.id(),
                prev: first.id()
            },
        ]
    );
}

/// A facility holds only its own receipts of a long chain.
#[test]
fn who_holds_a_part_of_a_chain_sees_times_that_run_backwards() {
    let node = key(2);
    let report = submission(&key(1), "byt.24", q(2), 0);
    let far = |n: u8| Some(EntryId([n; 32]));
    let part = |time, seq, prev: u8| receipt(&node, "byt.24", time, seq, far(prev), &[report.id()]);
    let honest = [part(100, 10, 1), part(100, 14, 2), part(300, 20, 3)];
    let store = store_of(&honest);
    assert_eq!(store.receipt_forks().unwrap(), []);
    let backdated = part(99, 25, 4);
    let mut all = honest.to_vec();
    all.push(backdated.clone());
    let store = store_of(&all);
    assert_eq!(
        store.receipt_forks().unwrap(),
        [ReceiptFork::Backwards {
            node: node.public(),
            receipt: backdated.id(),
            prev: honest[2].id()
        }]
    );
}

#[test]
fn a_receipt_beyond_a_head_that_was_shown_later_is_found() {
    let node = key(2);
    let first = receipt(&node, "byt.24", 100, 0, None, &[]);
    let second = receipt(&node, "byt.24", 200, 1, Some(first.id()), &[]);
    let mut store = store_of(&[first.clone(), second.clone()]);
    let soon = Timestamp(200 + limits::CHAIN_DELAY_MAX_MS);
    let later = Timestamp(soon.0 + 1);
    let beyond =
        |shown: Option<&EntryId>, said| store.receipt_beyond(&node.public(), shown, said).unwrap();
    let (one, two) = (first.id(), second.id());
    assert_eq!(beyond(Some(&one), soon), None);
    assert_eq!(beyond(Some(&one), later), Some(two));
    assert_eq!(beyond(None, later), Some(two));
    assert_eq!(beyond(None, soon), Some(one));
    assert_eq!(beyond(Some(&two), later), None);
    // Where a head lies that is not held, or another node's, nobody can say.
    assert_eq!(beyond(Some(&EntryId([9; 32])), later), None);
    let node = node.public();
    store
        .write::<_, crate::StoreError>(|tx| {
            tx.note_chain_break(&node, None, &two)?;
            tx.note_chain_break(&node, None, &one)
        })
        .unwrap();
    let shown = None;
    let held = two;
    assert_eq!(
        store.chain_breaks().unwrap(),
        [ChainBreak::WentBack { node, shown, held }],
        "the first one is kept"
    );
}
