//! One run for every call that can fail, and what must be true of each.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use testkit::disk::{Disk, Fault, Fuse, Lasting, On};
use wire::{Content, EntryId, Kind};

use crate::node::{Failure, Home, Node, at_rest, sync};

/// Sessions until both have everything: the second brings the receipt.
const SESSIONS_MAX_COUNT: usize = 4;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Side {
    So,
    Facility,
}

/// Both nodes, and what the facility's people were told.
struct World {
    so: Node,
    facility: Node,
    filled: bool,
    submitted: Option<EntryId>,
}

/// What two runs that went well have in common.
#[derive(Debug, PartialEq)]
struct End {
    state: &'static str,
    received: bool,
    on_time: Option<bool>,
    pending: usize,
    conflicts: usize,
    answers: BTreeMap<String, serde_json::Value>,
    rows: BTreeMap<String, usize>,
    computed: serde_json::Value,
    changes: usize,
    submissions: usize,
}

impl World {
    fn wake((so, facility): &(Home, Home), disk_seed: u64) -> Self {
        World {
            so: so.wake(20, disk_seed),
            facility: facility.wake(30, disk_seed),
            filled: false,
            submitted: None,
        }
    }

    fn disk(&self, side: Side) -> &Disk {
        match side {
            Side::So => &self.so.disk,
            Side::Facility => &self.facility.disk,
        }
    }

    /// The whole of it, from wherever it stands. What people do by hand they do
    /// again only if they see that it is not there.
    fn go(&mut self) -> Result<(), Failure> {
        self.so.open()?;
        self.facility.open()?;
        if self.facility.view()?.answers.is_empty() {
            self.facility.fill()?;
        }
        self.filled = true;
        self.submitted = Some(self.facility.submit()?);
        for _ in 0..SESSIONS_MAX_COUNT {
            let outcome = sync(&mut self.facility, &mut self.so)?;
            if outcome.in_sync && (outcome.sent, outcome.received) == (0, 0) {
                return Ok(());
            }
        }
        panic!("{SESSIONS_MAX_COUNT} sessions were not enough");
    }

    fn shut(&mut self) {
        self.so.shut();
        self.facility.shut();
    }

    /// Nothing is gone that somebody was told of: looked at on a copy of the
    /// disks, as if the processes had ended just now.
    fn assert_kept(&self, side: Side) {
        let (mut so, mut facility) = (self.so.copy(), self.facility.copy());
        so.open().unwrap();
        facility.open().unwrap();
        if self.filled {
            let view = facility.view().unwrap();
            assert_eq!(view.answers["B3"], 120, "what was typed is gone");
        }
        if let Some(id) = self.submitted {
            assert!(facility.replica().store().has(&id).unwrap());
        }
        for receipt in facility.of_kind(Kind::Receipt) {
            assert!(so.replica().store().has(&receipt.id()).unwrap());
            let Content::Receipt(content) = &receipt.body().content else {
                panic!("a receipt is one");
            };
            for covered in content.covers.iter().chain(&content.received) {
                assert!(so.replica().store().has(covered).unwrap());
            }
        }
        match side {
            Side::So => assert_whole(&mut so),
            Side::Facility => assert_whole(&mut facility),
        }
    }

    /// Both hold the same, all of it is sound, and this is what it says.
    fn end(&mut self) -> End {
        for node in [&mut self.so, &mut self.facility] {
            assert_whole(node);
        }
        let mut ids = [Kind::Changes, Kind::Submission, Kind::Receipt].map(|kind| {
            let count = self.facility.of_kind(kind.clone()).len();
            let (so, facility) = (self.so.of_kind(kind.clone()), self.facility.of_kind(kind));
            assert!(so.iter().all(|entry| facility.contains(entry)));
            assert_eq!(so.len(), facility.len());
            count
        });
        let view = self.facility.view().unwrap();
        let above = self.so.view().unwrap();
        assert_eq!(above.answers, view.answers);
        assert_eq!(above.submission, view.submission);
        assert_eq!(above.receipt, view.receipt);
        assert_eq!(view.submission, self.submitted);
        assert!(!view.changed_since_submission && !view.concurrent_submissions);
        assert_eq!(view.quarantined + above.quarantined, 0);
        let [changes, submissions, _] = &mut ids;
        End {
            state: view.state,
            received: view.receipt.is_some(),
            on_time: view.on_time,
            pending: view.pending,
            conflicts: view.conflicts.len(),
            answers: view.answers,
            rows: view.tables.into_iter().map(|(t, r)| (t, r.len())).collect(),
            computed: serde_json::to_value(view.computed).unwrap(),
            changes: *changes,
            submissions: *submissions,
        }
    }
}

fn assert_whole(node: &mut Node) {
    let view = node.replica().verify().unwrap();
    assert!(view.ok, "{:?}", view.problems);
}

/// A run in which nothing fails: its end, and how many calls could have failed.
fn clean(start: &(Home, Home)) -> (End, [u64; 2]) {
    let mut world = World::wake(start, 0);
    world.go().unwrap();
    world.shut();
    let ops = [Side::So, Side::Facility].map(|side| world.disk(side).ops());
    world.go().unwrap();
    (world.end(), ops)
}

/// One run with one fault; whether anybody noticed.
fn run(start: &(Home, Home), expected: &End, side: Side, what: Fault, after: u64) -> bool {
    let mut world = World::wake(start, after);
    let on = On::Any;
    world.disk(side).arm(Fuse { after, what, on });
    let mut failure = world.go().err();
    if failure.is_none() {
        world.shut();
    }
    assert_eq!(world.disk(side).tripped(), Some(what));
    world.assert_kept(side);
    let dead = matches!(what, Fault::Kill | Fault::PowerCut);
    if !dead {
        // As long as it lasts, trying again does no harm.
        assert_store(&failure, what);
        failure = failure.and_then(|first| world.go().err().or(Some(first)));
        world.disk(side).disarm();
    }
    assert_store(&failure, what);
    if dead {
        match side {
            Side::So => world.so.shut(),
            Side::Facility => world.facility.shut(),
        }
    }
    world.go().unwrap();
    assert_eq!(world.end(), *expected);
    failure.is_some()
}

fn assert_store(failure: &Option<Failure>, what: Fault) {
    let Some(failure) = failure else { return };
    assert!(failure.of_store().is_some(), "{what:?}: {failure:?}");
}

fn sweep(what: Fault) {
    let start = at_rest();
    let (expected, [so, facility]) = clean(&start);
    assert!(expected.received && so.min(facility) > 50, "{expected:?}");
    let cases = (0..so).map(|after| (Side::So, after));
    let cases: Vec<_> = cases
        .chain((0..facility).map(|after| (Side::Facility, after)))
        .collect();
    let (next, noticed) = (AtomicU64::new(0), AtomicU64::new(0));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let work = || {
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed) as usize;
                let Some((side, after)) = cases.get(index).copied() else {
                    return;
                };
                let tried = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                    run(&start, &expected, side, what, after)
                }));
                let Ok(seen) = tried else {
                    panic!("{what:?} on the side of {side:?} after {after} calls");
                };
                noticed.fetch_add(u64::from(seen), Ordering::Relaxed);
            }
        };
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    let noticed = noticed.into_inner();
    println!(
        "{what:?} at each of {so} calls at the Sở and {facility} at the facility: \
         {noticed} of {} runs were told so",
        cases.len()
    );
    assert!(noticed * 2 > cases.len() as u64);
}

#[test]
fn a_device_error_at_every_call() {
    sweep(Fault::Eio(Lasting::Once));
}

#[test]
fn a_device_that_stays_broken_from_every_call_on() {
    sweep(Fault::Eio(Lasting::UntilDisarmed));
}

#[test]
fn no_room_at_every_call() {
    sweep(Fault::Enospc(Lasting::Once));
}

#[test]
fn a_disk_that_stays_full_from_every_call_on() {
    sweep(Fault::Enospc(Lasting::UntilDisarmed));
}

#[test]
fn the_process_ends_before_every_call() {
    sweep(Fault::Kill);
}

#[test]
fn the_power_goes_at_every_call() {
    sweep(Fault::PowerCut);
}
