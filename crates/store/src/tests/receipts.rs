//! Receipts and their chains.

use identity::Ledger;
use model::Timestamp;
use wire::EntryId;

use super::world::*;
use crate::{ReceiptFork, ReceiptHead};

#[test]
fn the_earliest_receipt_counts_whatever_came_first() {
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
        let mark = store.earliest_receipt(&report.id()).unwrap().unwrap();
        assert_eq!((mark.receipt, mark.node), (early.id(), key(2).public()));
        assert_eq!(mark.time, Timestamp(100));
        assert_eq!(store.receipts_of(&report.id()).unwrap().len(), 2);
        assert_eq!(store.earliest_receipt(&early.id()).unwrap(), None);
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
