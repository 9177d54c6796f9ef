//! Large sets: what it costs, and that every frame stays within its limit.

use std::collections::VecDeque;

use model::Period;
use testkit::Seeded;
use wire::frame::WINDOW_MAX_BATCHES;
use wire::limits::{ENTRY_MAX_BYTES, FRAME_MAX_BYTES};
use wire::{Entry, Stream};

use super::memory::{NOW, entry_at};
use super::talk::{pair, talk};
use crate::Session;

#[test]
fn a_large_part_is_reconciled() {
    let (mut a, mut b) = pair("byt.24.1", "byt.24");
    for number in 0..10_000 {
        let entry = entry_at("byt.24.1", Stream::Incident, None, number, 20);
        if number % 997 != 0 {
            a.insert(&entry, Some(b.key));
        }
        if number % 1_009 != 0 {
            b.insert(&entry, Some(a.key));
        }
    }
    let talked = talk(&mut a, &mut b);
    assert!(
        talked.outcome().in_sync,
        "{:?} {:?}",
        talked.error,
        talked.outcome()
    );
    assert_eq!(a.ids(), b.ids());
    assert_eq!((talked.outcome().sent, talked.outcome().received), (9, 10));
    println!(
        "21 of 10,000: {} bytes, {} round trips",
        talked.bytes(),
        talked.outcome().round_trips
    );
    assert!(talked.bytes() < 60_000, "{} bytes", talked.bytes());
    assert!(talked.largest <= FRAME_MAX_BYTES);
}

#[test]
fn a_cold_start_sends_each_entry_once_and_no_lists() {
    for empty_dials in [true, false] {
        let (mut a, mut b) = pair("byt.24", "byt.24");
        let full = if empty_dials { &mut b } else { &mut a };
        let mut payload = 0;
        for number in 0..10_000 {
            let period = Some(Period::Quarter(2026, (number % 4) as u8 + 1));
            let at = format!("byt.24.{}", number % 50);
            let entry = entry_at(&at, Stream::Report, period, number, 300);
            payload += entry.bytes().len() as u64;
            full.insert(&entry, None);
        }
        let talked = talk(&mut a, &mut b);
        assert!(talked.outcome().in_sync);
        assert_eq!(a.ids(), b.ids());
        println!("cold: {} bytes for {payload}", talked.bytes());
        assert!(talked.bytes() < payload + 20_000);
        assert!(talked.largest <= FRAME_MAX_BYTES);
    }
}

#[test]
fn a_hundred_old_holes_cost_little() {
    let (mut a, mut b) = pair("byt.24", "byt.24");
    let mut seeded = Seeded::new(7);
    let mut entries: Vec<Entry> = Vec::new();
    for facility in 0..400u64 {
        for year in 0..6i16 {
            for quarter in 1..=4 {
                let period = Some(Period::Quarter(2020 + year, quarter));
                let at = format!("byt.24.{facility:05}");
                for _ in 0..2 {
                    let number = entries.len() as u64;
                    entries.push(entry_at(&at, Stream::Report, period, number, 100));
                }
            }
        }
    }
    let holes: Vec<u64> = (0..100)
        .map(|_| seeded.below(entries.len() as u64))
        .collect();
    for (number, entry) in (0..).zip(&entries) {
        a.insert(entry, Some(b.key));
        if !holes.contains(&number) {
            b.insert(entry, Some(a.key));
        }
    }
    let talked = talk(&mut a, &mut b);
    assert!(talked.outcome().in_sync);
    assert_eq!(a.ids(), b.ids());
    println!(
        "100 holes in {} entries, 9,600 parts: {} bytes, {} round trips",
        entries.len(),
        talked.bytes(),
        talked.outcome().round_trips
    );
    assert!(talked.bytes() <= 80_000, "{} bytes", talked.bytes());
    assert!(talked.outcome().round_trips <= 4);
}

#[test]
fn large_entries_stay_within_a_frame() {
    let (mut a, mut b) = pair("byt.24", "byt.24");
    for number in 0..12 {
        let length = [900_000, 40_000, 200_000][number as usize % 3];
        a.insert(&entry_at("byt.24", Stream::Org, None, number, length), None);
    }
    let talked = talk(&mut a, &mut b);
    assert!(talked.outcome().in_sync);
    assert_eq!(a.ids(), b.ids());
    assert!(talked.largest <= FRAME_MAX_BYTES);
}

/// However slowly one of two honest sides reads, what waits for it stays below what
/// the transport takes before it stops to read from that side.
#[test]
fn what_waits_for_an_honest_peer_is_bounded() {
    const ANSWERING_MAX_BYTES: usize = 2 * WINDOW_MAX_BATCHES as usize * ENTRY_MAX_BYTES;
    for slow_dialler in [true, false] {
        let (mut a, mut b) = pair("byt.24", "byt.24");
        for number in 0..24 {
            let large = entry_at("byt.24", Stream::Org, None, number, ENTRY_MAX_BYTES - 1_000);
            [&mut a, &mut b][number as usize % 2].insert(&large, None);
        }
        for number in 0..6_000 {
            let small = entry_at("byt.24.1", Stream::Incident, None, number, 20);
            if number % 3 != 0 {
                a.insert(&small, None);
            }
            if number % 4 != 0 {
                b.insert(&small, None);
            }
        }
        let mut dialler = Session::dial(a.config(&b), &mut a, NOW).unwrap();
        let mut answerer = Session::accept(b.config(&a));
        let (mut to_a, mut to_b) = (VecDeque::new(), VecDeque::new());
        let mut most = [0; 2];
        loop {
            to_b.extend(std::iter::from_fn(|| dialler.poll_transmit()));
            to_a.extend(std::iter::from_fn(|| answerer.poll_transmit()));
            for (most, queue) in most.iter_mut().zip([&to_a, &to_b]) {
                *most = (*most).max(queue.iter().map(Vec::len).sum());
            }
            // The slow one takes a frame only when the other one has nothing to take.
            let turn = match slow_dialler {
                true => to_b.is_empty(),
                false => !to_a.is_empty(),
            };
            let frame = if turn { &mut to_a } else { &mut to_b }.pop_front();
            match (turn, frame) {
                (true, Some(frame)) => dialler.handle(&frame, &mut a, NOW).unwrap(),
                (false, Some(frame)) => answerer.handle(&frame, &mut b, NOW).unwrap(),
                (_, None) => break,
            }
        }
        assert!(dialler.outcome().unwrap().in_sync);
        println!("to the dialler and back: {most:?} bytes");
        assert!(most[usize::from(!slow_dialler)] > 4 * (ENTRY_MAX_BYTES - 1_000));
        assert!(most.iter().all(|most| *most < ANSWERING_MAX_BYTES * 3 / 4));
    }
}
