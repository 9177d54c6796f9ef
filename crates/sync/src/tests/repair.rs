//! Whatever the two hold, they end up holding the same.

use model::Period;
use testkit::Seeded;
use wire::frame::Frame;
use wire::{Entry, Stream};

use super::memory::{Memory, entry_at, note};
use super::talk::{Talk, pair, talk, talk_with};
use crate::{Warning, scope};

fn assert_equal(a: &Memory, b: &Memory, what: &str) {
    let ranges = scope::shared(&a.unit, &b.unit);
    assert_eq!(a.ids_in(&ranges), b.ids_in(&ranges), "{what}");
}

#[test]
fn nothing_new_takes_one_round_trip_and_few_bytes() {
    let (mut a, mut b) = pair("byt.24.07210", "byt.24");
    for number in 0..500 {
        a.insert(&note("byt.24.07210", number), None);
        b.insert(&note("byt.24.07210", number), None);
    }
    talk(&mut a, &mut b);
    let again = talk(&mut a, &mut b);
    assert!(again.outcome().in_sync);
    assert!(again.answerer.outcome().unwrap().in_sync);
    assert_eq!(again.outcome().round_trips, 1);
    assert_eq!((again.outcome().sent, again.outcome().received), (0, 0));
    println!("nothing new: {} bytes", again.bytes());
    assert!(again.bytes() <= 256, "{} bytes", again.bytes());
}

#[test]
fn what_is_new_on_both_sides_goes_with_the_first_flights() {
    let (mut a, mut b) = pair("byt.24.07210", "byt.24");
    talk(&mut a, &mut b);
    for number in 0..20 {
        a.insert(&note("byt.24.07210", number), None);
        b.insert(&entry_at("byt.24", Stream::Org, None, number, 20), None);
    }
    let new = talk(&mut a, &mut b);
    assert_eq!(new.outcome().round_trips, 1);
    assert_eq!((new.outcome().sent, new.outcome().received), (20, 20));
    assert!(new.outcome().in_sync);
    assert_equal(&a, &b, "after the push");
    let other = new.answerer.outcome().unwrap();
    assert_eq!((other.sent, other.received, other.in_sync), (20, 20, true));
}

fn anywhere(seeded: &mut Seeded, number: u64) -> Entry {
    let units = [
        "byt", "byt.24", "byt.24.1", "byt.24.2", "byt.24.3", "byt.25", "byt.bm",
    ];
    let at = units[seeded.below(units.len() as u64) as usize];
    let period = Some(Period::Quarter(2026, seeded.below(4) as u8 + 1));
    match seeded.below(4) {
        0 => entry_at(at, Stream::Org, None, number, 10),
        1 => entry_at(at, Stream::Report, period, number, 60),
        2 => entry_at(at, Stream::Incident, None, number, 30),
        _ => entry_at(at, Stream::Rollup, period, number, 90),
    }
}

/// A random world: entries on both sides, on one, with stale marks.
fn world(seed: u64, most: u64) -> (Memory, Memory) {
    let mut seeded = Seeded::new(seed);
    let pairs = [
        ("byt.24.1", "byt.24"),
        ("byt.24", "byt"),
        ("byt", "byt.24"),
        ("byt.24.1", "byt"),
        ("byt.24.1", "byt.24.1"),
        ("byt.24", "byt.24"),
    ];
    let (at, above) = pairs[seeded.below(6) as usize];
    let (mut a, mut b) = pair(at, above);
    let count = seeded.below(most);
    let bias = seeded.below(4);
    for number in 0..count {
        let entry = anywhere(&mut seeded, number);
        let who = if seeded.below(4) < bias {
            0
        } else {
            seeded.below(3)
        };
        if who != 1 {
            a.insert(&entry, (seeded.below(8) == 0).then_some(b.key));
        }
        if who != 2 {
            b.insert(&entry, (seeded.below(8) == 0).then_some(a.key));
        }
    }
    if seeded.below(2) == 0 {
        a.marks.insert(b.key, seeded.below(count + 1) as i64);
        b.marks.insert(a.key, seeded.below(count + 1) as i64);
    }
    (a, b)
}

fn assert_converged(talked: &Talk, a: &Memory, b: &Memory, seed: u64) {
    assert!(talked.error.is_none(), "seed {seed}: {:?}", talked.error);
    assert!(
        talked.outcome().in_sync,
        "seed {seed}: {:?}",
        talked.outcome()
    );
    assert!(talked.answerer.outcome().unwrap().in_sync, "seed {seed}");
    assert_equal(a, b, &format!("seed {seed}"));
}

#[test]
fn random_sets_converge() {
    for seed in 0..400 {
        let (mut a, mut b) = world(seed, 120);
        let outside = b
            .ids()
            .difference(&b.ids_in(&scope::shared(&a.unit, &b.unit)))
            .count();
        let talked = talk(&mut a, &mut b);
        assert_converged(&talked, &a, &b, seed);
        let still = b
            .ids()
            .difference(&b.ids_in(&scope::shared(&a.unit, &b.unit)))
            .count();
        assert_eq!(
            outside, still,
            "seed {seed}: something outside the ranges arrived"
        );
        let again = talk(&mut a, &mut b);
        assert_eq!(again.outcome().round_trips, 1, "seed {seed}");
        assert!(again.bytes() <= 256, "seed {seed}");
    }
}

#[test]
fn a_line_cut_at_any_frame_loses_nothing() {
    for seed in 1_000..1_030 {
        for cut in 0.. {
            let (mut a, mut b) = world(seed, 90);
            let (of_a, of_b) = (a.config(&b), b.config(&a));
            let (held_a, held_b) = (a.ids(), b.ids());
            let cut_off = talk_with(of_a, &mut a, of_b, &mut b, cut);
            assert!(held_a.is_subset(&a.ids()) && held_b.is_subset(&b.ids()));
            let whole = cut_off.dialler.is_finished() && cut_off.answerer.is_finished();
            let resumed = talk(&mut a, &mut b);
            assert_converged(&resumed, &a, &b, seed);
            if whole {
                break;
            }
        }
    }
}

#[test]
fn every_acknowledged_entry_is_held() {
    for seed in 2_000..2_030 {
        for cut in 1.. {
            let (mut a, mut b) = world(seed, 90);
            let (of_a, of_b) = (a.config(&b), b.config(&a));
            let talked = talk_with(of_a, &mut a, of_b, &mut b, cut);
            let before = b
                .held
                .values()
                .filter(|(_, _, from)| *from == Some(a.key))
                .count();
            assert!(talked.dialler.so_far().sent <= before as u64 + talked.answerer.so_far().known);
            if talked.dialler.is_finished() && talked.answerer.is_finished() {
                break;
            }
        }
    }
}

#[test]
fn refused_and_parked_entries_do_not_come_back() {
    let (mut a, mut b) = pair("byt.24.1", "byt.24");
    for number in 0..30 {
        let entry = note("byt.24.1", number);
        match number {
            0..5 => b.rejects.insert(entry.id()),
            5..8 => b.parks.insert(entry.id()),
            _ => false,
        };
        a.insert(&entry, None);
    }
    let first = talk(&mut a, &mut b);
    assert!(first.outcome().in_sync);
    assert_eq!(first.outcome().sent, 22);
    assert_eq!(first.outcome().refused_count, 8);
    assert_eq!(
        first
            .outcome()
            .refused
            .iter()
            .filter(|(_, why)| why == "bad signature")
            .count(),
        5
    );
    assert_eq!(first.answerer.outcome().unwrap().refused_here, 5);
    assert_eq!(first.answerer.outcome().unwrap().parked, 3);
    let second = talk(&mut a, &mut b);
    assert!(second.outcome().in_sync);
    assert_eq!(
        (second.outcome().sent, second.outcome().refused_count),
        (0, 0)
    );
    assert!(second.bytes() <= 256);

    // Their author's credential has arrived over there: they count again.
    for number in 5..8 {
        b.insert(&note("byt.24.1", number), None);
    }
    let third = talk(&mut a, &mut b);
    assert!(third.outcome().in_sync, "{:?}", third.outcome());
    assert_eq!(a.refused_by[&b.key].len(), 5);
}

#[test]
fn entries_outside_the_shared_ranges_are_refused_one_by_one() {
    let (mut a, mut b) = pair("byt.24.1", "byt.24");
    let mut dialler = crate::Session::dial(a.config(&b), &mut a, super::memory::NOW).unwrap();
    let mut answerer = crate::Session::accept(b.config(&a));
    let hello = dialler.poll_transmit().unwrap();
    let Frame::Hello(mut hello) = Frame::decode(&hello).unwrap() else {
        panic!("a hello comes first");
    };
    hello.pushed = 1;
    let now = super::memory::NOW;
    answerer
        .handle(&Frame::Hello(hello).encode().unwrap(), &mut b, now)
        .unwrap();
    let inside = note("byt.24.1", 1);
    let entries = vec![
        note("byt.24.2", 2).bytes().to_vec(),
        inside.bytes().to_vec(),
        b"no entry at all".to_vec(),
        entry_at("byt", Stream::Report, None, 3, 5).bytes().to_vec(),
    ];
    let (compressed, data) = crate::pack::pack(entries).unwrap();
    let batch = wire::frame::Batch {
        seq: 0,
        compressed,
        data: data.into(),
    };
    answerer
        .handle(&Frame::Batch(batch).encode().unwrap(), &mut b, now)
        .unwrap();
    let Frame::Ack(ack) = Frame::decode(&answerer.poll_transmit().unwrap()).unwrap() else {
        panic!("an acknowledgement follows");
    };
    assert_eq!(
        ack.refused
            .iter()
            .map(|(index, _)| *index)
            .collect::<Vec<_>>(),
        [0, 2, 3]
    );
    assert_eq!(b.ids(), [inside.id()].into());
}

#[test]
fn what_arrives_from_elsewhere_during_a_session_is_caught_by_the_second_attempt() {
    let (mut a, mut b) = pair("byt.24.1", "byt.24");
    for number in 0..10 {
        a.insert(&note("byt.24.1", number), Some(b.key));
        b.insert(&note("byt.24.1", number + 100), Some(a.key));
    }
    a.marks.insert(b.key, 100);
    // It lies in a part that both had found equal, or listed before.
    b.arriving = vec![note("byt.24.1", 1_000), note("byt.24.1", 1_001)];
    let talked = talk(&mut a, &mut b);
    assert_converged(&talked, &a, &b, 0);
    assert!(talked.outcome().round_trips > 4);
}

#[test]
fn who_cannot_be_in_sync_says_so_and_stops() {
    let (mut a, mut b) = pair("byt.24.1", "byt.24");
    a.insert(&note("byt.24.1", 1), None);
    b.lies = true;
    let talked = talk(&mut a, &mut b);
    assert!(talked.error.is_none(), "{:?}", talked.error);
    assert!(!talked.outcome().in_sync);
    assert!(talked.outcome().warnings.contains(&Warning::Differs));
    assert!(!talked.answerer.outcome().unwrap().in_sync);
    assert_equal(&a, &b, "everything was exchanged nevertheless");
    assert!(talked.frames < 20);
}

#[test]
fn a_full_disk_acknowledges_nothing() {
    let (mut a, mut b) = pair("byt.24.1", "byt.24");
    a.insert(&note("byt.24.1", 1), None);
    b.full = true;
    let talked = talk(&mut a, &mut b);
    assert!(matches!(
        talked.error,
        Some(crate::SessionError::Holdings(_))
    ));
    assert_eq!(talked.dialler.so_far().sent, 0);
    assert!(!a.marks.contains_key(&b.key));
    b.full = false;
    let resumed = talk(&mut a, &mut b);
    assert_converged(&resumed, &a, &b, 0);
}
