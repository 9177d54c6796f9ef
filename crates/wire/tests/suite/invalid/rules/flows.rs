//! What flows up: changes, submissions, receipts, rollups.

use model::{Aggregate, ListItem};
use serde_bytes::ByteBuf;
use wire::limits::*;
use wire::*;

use super::Row;
use crate::support::examples::{named, unit};

pub(super) fn report() -> Vec<Row> {
    let order = "a list is not strictly ascending";
    let change = |length| ByteBuf::from(vec![0x85; length]);
    vec![
        (
            "changes-none",
            edit!("changes", Changes, |c| c.changes.clear()),
            "no changes",
        ),
        (
            "changes-many",
            edit!("changes", Changes, |c| c.changes =
                vec![change(1); CHANGES_MAX_COUNT + 1]),
            "too many changes",
        ),
        (
            "change-empty",
            edit!("changes", Changes, |c| c.changes[0].clear()),
            "a change is empty",
        ),
        (
            "change-long",
            edit!("changes", Changes, |c| c.changes[0] =
                change(CHANGE_MAX_BYTES + 1)),
            "a change is too long",
        ),
        (
            "heads-none",
            edit!("submission", Submission, |c| c.heads.clear()),
            "a submission without heads",
        ),
        (
            "heads-order",
            edit!("submission", Submission, |c| c.heads.reverse()),
            order,
        ),
        (
            "heads-twice",
            edit!("submission", Submission, |c| c.heads[1] = c.heads[0]),
            order,
        ),
        (
            "replaces-twice",
            edit!("submission", Submission, |c| c.replaces =
                vec![EntryId([1; 32]); 2]),
            order,
        ),
    ]
}

pub(super) fn receipts() -> Vec<Row> {
    let order = "a list is not strictly ascending";
    let chain = "the first receipt of a chain, and only it, has no predecessor";
    let path = "an audit path is not as long as its place demands";
    let outside = "a leaf lies outside of its tree";
    let large = "a tree is too large";
    vec![
        (
            "receipt-first-prev",
            edit!("receipt", Receipt, |c| c.seq = 0),
            chain,
        ),
        (
            "receipt-no-prev",
            edit!("receipt", Receipt, |c| c.prev = None),
            chain,
        ),
        (
            "covers-order",
            edit!("receipt", Receipt, |c| c.covers.reverse()),
            order,
        ),
        (
            "received-twice",
            edit!("receipt", Receipt, |c| c.received =
                vec![EntryId([1; 32]); 2]),
            order,
        ),
        (
            "leaf-outside",
            edit!("receipt", Receipt, |c| c.inclusions[0].index = 3),
            outside,
        ),
        (
            "tree-empty",
            edit!("receipt", Receipt, |c| c.inclusions[0].size = 0),
            outside,
        ),
        (
            "tree-large",
            edit!("receipt", Receipt, |c| c.inclusions[0].size =
                TREE_MAX_LEAVES + 1),
            large,
        ),
        (
            "path-short",
            edit!("receipt", Receipt, |c| c.inclusions[0].path.clear()),
            path,
        ),
        (
            "path-long",
            edit!("receipt", Receipt, |c| c.inclusions[0]
                .path
                .push(Digest([1; 32]))),
            path,
        ),
        (
            "inclusion-state",
            edit!("receipt", Receipt, |c| drop(
                c.inclusions[0]
                    .input
                    .state
                    .insert(String::new(), Aggregate::Sum { sum: 0 })
            )),
            "a name is empty",
        ),
    ]
}

pub(super) fn rollups() -> Vec<Row> {
    let order = "a list is not strictly ascending";
    let share = "a share is not between none and all";
    let with = |aggregate: Aggregate| {
        edit!("rollup-province", Rollup, |c| drop(
            c.aggregates.insert("X".into(), aggregate)
        ))
    };
    let item = |path| ListItem {
        unit: unit(path),
        text: "A".into(),
    };
    let negative = Aggregate::Counts {
        counts: [("a".into(), -1)].into(),
    };
    let nameless = Aggregate::Counts {
        counts: [(String::new(), 1)].into(),
    };
    let list = vec![item("byt.24.2"), item("byt.24.1")];
    vec![
        (
            "missing-order",
            edit!("rollup-province", Rollup, |c| c.missing.reverse()),
            order,
        ),
        (
            "rollup-replaces-order",
            edit!("rollup-province", Rollup, |c| c.replaces.reverse()),
            order,
        ),
        (
            "rollup-replaces-twice",
            edit!("rollup-province", Rollup, |c| c.replaces[1] = c.replaces[0]),
            order,
        ),
        (
            "rollup-replaces-many",
            edit!("rollup-province", Rollup, |c| c.replaces = (0..)
                .map(|n| EntryId([n; 32]))
                .take(ROLLUP_REPLACES_MAX_COUNT + 1)
                .collect()),
            "too many replaced rollups",
        ),
        (
            "inputs-many",
            edit!("rollup-province", Rollup, |c| c.inputs =
                TREE_MAX_LEAVES + 1),
            "a tree is too large",
        ),
        (
            "share-above",
            with(Aggregate::Share { yes: 2, of: 1 }),
            share,
        ),
        (
            "share-negative",
            with(Aggregate::Share { yes: -1, of: 1 }),
            share,
        ),
        ("count-negative", with(negative), "a count is negative"),
        ("choice-empty", with(nameless), "a name is empty"),
        ("list-order", with(Aggregate::List { list }), order),
    ]
}
