//! Sent is not received: what the level above says that it holds, and since when.

use replica::Replica;
use testkit::at;
use testkit::disk::{Disk, Fault, Fuse, On};
use wire::{Content, Digest, EntryId, Kind, Timeliness};

use crate::run::{Seen, ensure};
use crate::tree::{DAY_MS, DUE, LATE, Machine, Tree, sync};

pub(crate) fn a_complete_submission_gets_a_receipt() -> Seen {
    let mut tree = Tree::new(1);
    let (so, facility) = tree.pair(0);
    facility.report();
    sync(facility, so);
    let receipt = facility.show(&facility.key()).receipt;
    ensure!(receipt.is_some(), "sent, and never received");
    Ok(())
}

/// The changes under its heads were held back.
pub(crate) fn an_incomplete_submission_gets_none() -> Seen {
    let mut tree = Tree::new(1);
    let (so, facility) = tree.pair(0);
    facility.report();
    so.receive(facility, facility.of_kind(Kind::Submission));
    let receipt = so.show(&facility.key()).receipt;
    ensure!(receipt.is_none(), "received, though nothing of it is held");
    so.receive(facility, facility.of_kind(Kind::Changes));
    let receipt = so.show(&facility.key()).receipt;
    ensure!(receipt.is_some(), "the rest came, and still no receipt");
    Ok(())
}

/// The head signs over the right changes and says another content.
pub(crate) fn a_submission_of_other_numbers() -> Seen {
    let mut tree = Tree::new(1);
    let (so, facility) = tree.pair(0);
    facility.report();
    let mut body = facility.of_kind(Kind::Submission)[0].body().clone();
    if let Content::Submission(content) = &mut body.content {
        content.snapshot = Digest([7; 32]);
    }
    let lie = facility.person.sign(body).unwrap();
    so.receive(facility, facility.of_kind(Kind::Changes));
    so.receive(facility, vec![lie.clone()]);
    ensure!(so.holds(&lie.id()), "held it must be, all the same");
    let receipt = so.show(&facility.key()).receipt;
    ensure!(receipt.is_none(), "received, and it is not what was signed");
    Ok(())
}

/// The Sở's process dies at any sync while it takes a report in. It runs again,
/// the two meet, and the facility has its receipt.
pub(crate) fn a_crash_before_the_receipt() -> Seen {
    for crash in 0.. {
        let disk = Disk::new(crash);
        let mut tree = Tree::with(1, disk.store("so.sqlite").unwrap());
        let (so, facility) = tree.pair(0);
        let submission = facility.report();
        disk.arm(Fuse {
            after: crash,
            what: Fault::Kill,
            on: On::Syncs,
        });
        let (peer, clock) = (facility.node.public(), so.clock());
        let taken = so.replica.receive(&peer, facility.entries(), clock);
        if disk.tripped().is_none() {
            ensure!(taken.is_ok() && crash > 1, "{crash} syncs are too few");
            return Ok(());
        }
        disk.disarm();
        let store = disk.store("so.sqlite").unwrap();
        so.replica = Replica::open(store, so.node.clone()).unwrap();
        sync(facility, so);
        ensure!(
            so.holds(&submission),
            "sync {crash}: the submission is lost"
        );
        let receipt = facility.show(&facility.key()).receipt;
        ensure!(receipt.is_some(), "sync {crash}: held, and never received");
        ensure!(so.replica.verify().unwrap().ok, "sync {crash}: damaged");
    }
    Ok(())
}

/// The Sở's disk is set back to before the receipt that it gave.
pub(crate) fn a_province_that_goes_back() -> Seen {
    let disk = Disk::new(1);
    let mut tree = Tree::with(1, disk.store("so.sqlite").unwrap());
    let before = disk.snapshot();
    let (so, facility) = tree.pair(0);
    facility.report();
    sync(facility, so);
    disk.restore(&before);
    let store = disk.store("so.sqlite").unwrap();
    so.replica = Replica::open(store, so.node.clone()).unwrap();
    so.now.0 += DAY_MS;
    facility.now.0 += DAY_MS;
    sync(facility, so);
    let findings = facility.replica.status().unwrap().receipt_forks;
    ensure!(!findings.is_empty(), "nobody notices");
    Ok(())
}

/// The Sở's node signs a second receipt in the place of an earlier one.
pub(crate) fn a_receipt_beside_another() -> Seen {
    let mut tree = Tree::new(1);
    let (so, facility) = tree.pair(0);
    facility.report();
    sync(facility, so);
    let mut body = facility
        .of_kind(Kind::Receipt)
        .pop()
        .unwrap()
        .body()
        .clone();
    body.time.0 -= 1_000;
    facility.keep(so.node.sign(body).unwrap());
    let forks = facility.replica.status().unwrap().receipt_forks;
    ensure!(!forks.is_empty(), "nobody notices");
    Ok(())
}

/// Several receipts in one transaction, then one under a clock that was set back.
pub(crate) fn the_receipts_of_a_machine_are_one_chain() -> Seen {
    let mut tree = Tree::new(1);
    let (so, facility) = tree.pair(0);
    facility.colleague(wire::Role::Editor);
    facility.report();
    let before = so.of_kind(Kind::Receipt).len();
    so.receive(facility, facility.entries());
    let given = so.of_kind(Kind::Receipt).len() - before;
    ensure!(given >= 2, "{given} receipts for two streams");
    so.now.0 -= DAY_MS;
    facility.set("B3", "121");
    facility.seal();
    so.receive(facility, facility.entries());
    let forks = so.replica.status().unwrap().receipt_forks;
    ensure!(forks.is_empty(), "{}", forks.join(", "));
    Ok(())
}

/// What the Sở says of a report that it receives at a time.
fn received_at(time: &str) -> (Machine, EntryId, Option<Timeliness>) {
    let mut tree = Tree::new(1);
    let submission = tree.facilities[0].report();
    tree.so.now = at(time);
    let (so, facility) = tree.pair(0);
    sync(facility, so);
    let said = so.show(&facility.key()).timeliness;
    (tree.so, submission, said)
}

pub(crate) fn signed_in_time_and_received_late() -> Seen {
    let (so, submission, said) = received_at(LATE);
    assert!(so.holds(&submission));
    ensure!(said == Some(Timeliness::SignedOnTime), "{said:?}");
    Ok(())
}

/// Strictly before, that is: not at.
pub(crate) fn received_at_the_due_time() -> Seen {
    let (so, submission, said) = received_at(DUE);
    assert!(so.holds(&submission));
    ensure!(said == Some(Timeliness::SignedOnTime), "{said:?}");
    Ok(())
}
