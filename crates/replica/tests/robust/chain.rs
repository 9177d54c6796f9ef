//! The receipts of one machine are one chain, whatever works on its home at
//! once and wherever it stopped.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use replica::{QUARTERLY_FORM, Replica, ReportKey};
use store::Store;
use sync::{Ask, Holdings as _};
use testkit::at;
use wire::{Content, Entry, EntryId, Kind, PublicKey, Stream};

use crate::home::Home;
use crate::tree::{Machine, Tree, ask, peering, quarter, settle, sync, unit};

/// Ids that two receipts cover.
fn covered_twice(so: &Machine) -> Vec<EntryId> {
    let mut seen = BTreeSet::new();
    let mut twice = Vec::new();
    for entry in so.of_kind(Kind::Receipt) {
        if let Content::Receipt(receipt) = &entry.body().content {
            twice.extend(receipt.covers.iter().filter(|id| !seen.insert(**id)));
        }
    }
    twice
}

/// How often each submission was received.
fn received(so: &Machine) -> BTreeMap<EntryId, usize> {
    let mut times = BTreeMap::new();
    for entry in so.of_kind(Kind::Receipt) {
        if let Content::Receipt(receipt) = &entry.body().content {
            for id in &receipt.received {
                *times.entry(*id).or_insert(0) += 1;
            }
        }
    }
    times
}

#[test]
fn two_processes_that_receive_at_once_fork_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut tree = Tree::new(0);
    let file = dir.path().join("so.sqlite");
    let text = tree.bo.invite(&unit("byt.25"));
    let mut so = Machine::join(&text, Store::open(&file).unwrap(), 5);
    let mut facilities: Vec<Machine> = (0..8)
        .map(|index| {
            let unit = unit(&format!("byt.25.{index:05}"));
            let store = Store::open_in_memory().unwrap();
            so.join_below(&unit, store, 100 + index)
        })
        .collect();
    for facility in &mut facilities {
        facility.report();
    }
    let batches: Vec<Vec<Entry>> = facilities.iter().map(Machine::entries).collect();
    let home = Home::close(so, &file);
    let clock = facilities[0].clock();
    std::thread::scope(|scope| {
        for half in 0..2 {
            let (batches, facilities, file, home) = (&batches, &facilities, &file, &home);
            let keys: Vec<_> = facilities.iter().map(|f| f.node.public()).collect();
            let node = home.node().clone();
            scope.spawn(move || {
                let mut replica = Replica::open(Store::open(file).unwrap(), node).unwrap();
                for (batch, key) in batches.iter().zip(&keys).skip(half).step_by(2) {
                    for entry in batch {
                        replica.receive(key, vec![entry.clone()], clock).unwrap();
                    }
                }
            });
        }
    });
    let mut so = home.open(60);
    assert_eq!(so.status().receipt_forks, Vec::<String>::new());
    let times = received(&so);
    assert_eq!(times.len(), 8);
    assert!(times.values().all(|times| *times == 1), "{times:?}");
    assert_eq!(covered_twice(&so), []);
    so.verify();
    for facility in &mut facilities {
        settle(facility, &mut so);
        let view = facility.replica.show(&facility.key()).unwrap();
        assert!(view.receipt.is_some());
    }
    assert_eq!(so.status().receipt_forks, Vec::<String>::new());
}

/// Stores what a facility holds and stops before the receipts: how many were new.
fn store_only(file: &Path, facility: &Machine, anchor: PublicKey) -> usize {
    let mut store = Store::open(file).unwrap();
    let stored = store.write(|tx| -> Result<usize, store::StoreError> {
        let mut count = 0;
        for entry in facility.entries() {
            let grants = identity::Ledger::grants_of(&**tx, &entry.author())?;
            let signed = identity::Signed::check(entry).unwrap();
            let verified = signed.authorise(&anchor, &grants).unwrap();
            let from = Some(facility.node.public());
            let new = tx.insert(&verified, facility.now, from.as_ref())?;
            count += usize::from(new.is_new());
        }
        Ok(count)
    });
    stored.unwrap()
}

/// A node that stops after the commit and before its receipt gives it when the
/// two next meet, though nothing is new.
#[test]
fn a_receipt_that_was_not_given_is_given_at_the_next_meeting() {
    let dir = tempfile::tempdir().unwrap();
    let mut tree = Tree::new(0);
    let file = dir.path().join("so.sqlite");
    let text = tree.bo.invite(&unit("byt.25"));
    let mut so = Machine::join(&text, Store::open(&file).unwrap(), 5);
    let unit = unit("byt.25.00001");
    let mut facility = so.join_below(&unit, Store::open_in_memory().unwrap(), 6);
    settle(&mut facility, &mut so);
    facility.report();
    let (home, anchor) = (Home::close(so, &file), facility.replica.anchor());

    assert_eq!(store_only(&file, &facility, anchor), 2);

    let mut so = home.open(7);
    assert!(received(&so).is_empty());
    // They went with a repair, or by another machine: nothing is pushed again.
    let row = facility.replica.store().max_row().unwrap();
    let key = so.node.public();
    peering(&mut facility).set_mark(&key, row).unwrap();
    sync(&mut facility, &mut so);
    assert_eq!(received(&so).len(), 1);
    settle(&mut facility, &mut so);
    let view = facility.replica.show(&facility.key()).unwrap();
    assert!(view.receipt.is_some());
}

/// A facility whose Sở is down reports to the Bộ, and the Bộ meets the Sở before
/// it could give the receipt: it still owes it to the facility.
#[test]
fn a_report_that_came_past_the_so_has_its_receipt_whoever_comes_next() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("bo.sqlite");
    let mut bo = Machine::found(Store::open(&file).unwrap());
    let memory = || Store::open_in_memory().unwrap();
    let mut so = bo.join_below(&unit("byt.25"), memory(), 5);
    let mut facility = so.join_below(&unit("byt.25.00001"), memory(), 6);
    settle(&mut facility, &mut so);
    settle(&mut so, &mut bo);
    let submission = facility.report();
    let anchor = facility.replica.anchor();
    let home = Home::close(bo, &file);
    assert_eq!(store_only(&file, &facility, anchor), 2);

    let mut bo = home.open(7);
    sync(&mut so, &mut bo);
    assert_eq!(received(&bo), BTreeMap::from([(submission, 1)]));
    settle(&mut facility, &mut bo);
    let view = facility.replica.show(&facility.key()).unwrap();
    assert!(view.receipt.is_some());
    assert_eq!(received(&bo), BTreeMap::from([(submission, 1)]));
}

/// What the Bộ only looked at in a Sở's files gets no receipt of the Bộ, even if
/// the facility is who it meets next.
#[test]
fn a_report_that_the_so_showed_has_no_receipt_of_the_bo() {
    let mut tree = Tree::new(1);
    let submission = tree.facilities[0].report();
    let (so, facility) = tree.pair(0);
    settle(facility, so);
    let asks = vec![Ask::Report {
        unit: tree.facilities[0].unit(),
        period: quarter(),
    }];
    ask(&mut tree.bo, &mut tree.so, asks);
    sync(&mut tree.facilities[0], &mut tree.bo);
    assert!(
        tree.bo
            .of_kind(Kind::Submission)
            .iter()
            .any(|s| s.id() == submission)
    );
    let ours = tree.bo.node.public();
    let given = tree.bo.of_kind(Kind::Receipt).into_iter();
    let given = given.filter(|r| r.author() == ours && r.body().stream == Stream::Report);
    assert_eq!(given.count(), 0);
}

/// How many facilities have a proof that their report went into a rollup.
fn proofs(so: &Machine) -> usize {
    let receipts = so.of_kind(Kind::Receipt);
    let inclusions = receipts.iter().map(|entry| match &entry.body().content {
        Content::Receipt(receipt) => receipt.inclusions.len(),
        _ => 0,
    });
    inclusions.sum()
}

/// A node that stops after it has signed a rollup and before the proofs are
/// handed out does so when it is asked again.
#[test]
fn proofs_that_were_not_handed_out_are_handed_out_at_the_next_asking() {
    let dir = tempfile::tempdir().unwrap();
    let mut bo = Tree::new(0).bo;
    let file = dir.path().join("so.sqlite");
    let text = bo.invite(&unit("byt.25"));
    let mut so = Machine::join(&text, Store::open(&file).unwrap(), 5);
    let unit = unit("byt.25.00001");
    let mut facility = so.join_below(&unit, Store::open_in_memory().unwrap(), 6);
    facility.report();
    settle(&mut facility, &mut so);
    so.accept(&unit);
    let rollup = so.sign_rollup();
    assert_eq!((proofs(&so), so.sign_rollup().id), (1, rollup.id));
    assert_eq!(proofs(&so), 1, "once is enough");

    let home = Home::close(so, &file);
    let mut store = Store::open(&file).unwrap();
    let forget = format!("proofs/{}", rollup.id);
    let forgotten = store.write(|tx| -> Result<(), store::StoreError> { tx.delete_meta(&forget) });
    forgotten.unwrap();
    drop(store);
    let mut so = home.open(8);
    assert_eq!(so.sign_rollup().id, rollup.id);
    assert_eq!(proofs(&so), 2);
    settle(&mut facility, &mut so);
}

#[test]
fn a_facility_sees_the_proof_that_its_report_went_in() {
    let mut tree = Tree::new(2);
    for index in 0..2 {
        tree.facilities[index].report();
        let (so, facility) = tree.pair(index);
        settle(facility, so);
    }
    let unit = tree.facilities[0].unit();
    tree.so.accept(&unit);
    let key = ReportKey::regular(&unit, QUARTERLY_FORM, quarter());
    let before = tree.facilities[0].replica.inclusion(&key).unwrap();
    assert!(before.is_none());
    let rollup = tree.so.sign_rollup();
    for index in 0..2 {
        let (so, facility) = tree.pair(index);
        settle(facility, so);
    }
    let mine = tree.facilities[0].replica.inclusion(&key).unwrap().unwrap();
    assert_eq!((mine.rollup, mine.verified), (rollup.id, true));
    // Received and not accepted: nothing went in, so there is no proof.
    let other = ReportKey::regular(&tree.facilities[1].unit(), QUARTERLY_FORM, quarter());
    assert!(
        tree.facilities[1]
            .replica
            .inclusion(&other)
            .unwrap()
            .is_none()
    );
}

/// The first proof was given by a clock that ran a year ahead, and has been set right
/// since: the rollup that replaces the first one is the one to be seen.
#[test]
fn a_proof_from_a_clock_ahead_does_not_hide_the_newest_one() {
    let mut tree = Tree::new(1);
    let (so, facility) = tree.pair(0);
    let right = so.now;
    let first = facility.report();
    settle(facility, so);
    so.now = at("2027-07-01T09:00:00+07:00");
    so.accept(&facility.unit());
    let old = so.sign_rollup();
    settle(facility, so);
    let (unit, key) = (facility.unit(), facility.key());
    let seen = facility.replica.inclusion(&key).unwrap().unwrap();
    assert_eq!((seen.rollup, seen.submission), (old.id, first));

    so.now = right;
    facility.set("B3", "131");
    let second = facility.submit(&key);
    settle(facility, so);
    so.accept(&unit);
    let new = so.sign_rollup();
    settle(facility, so);
    assert!(new.replaces.contains(&old.id));
    let seen = facility.replica.inclusion(&key).unwrap().unwrap();
    assert_eq!((seen.rollup, seen.submission), (new.id, second));
    assert!(seen.verified);
}
