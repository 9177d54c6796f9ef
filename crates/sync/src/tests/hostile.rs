//! Whatever comes in: an error at worst.

use model::Entropy;
use proptest::prelude::*;
use serde_bytes::ByteBuf;
use testkit::Seeded;
use wire::frame::{Batch, Frame};

use super::memory::{Memory, NOW, note};
use super::talk::pair;
use crate::{Session, pack};

fn tree() -> (Memory, Memory) {
    let (mut a, mut b) = pair("byt.24.1", "byt.24");
    for number in 0..30 {
        if number % 3 != 0 {
            a.insert(&note("byt.24.1", number), Some(b.key));
        }
        if number % 4 != 0 {
            b.insert(&note("byt.24.1", number), Some(a.key));
        }
    }
    (a, b)
}

/// All frames of an honest session, in order, with who sent them.
fn honest() -> Vec<(bool, Vec<u8>)> {
    let (mut a, mut b) = tree();
    let mut dialler = Session::dial(a.config(&b), &mut a, NOW).unwrap();
    let mut answerer = Session::accept(b.config(&a));
    let mut frames = Vec::new();
    loop {
        let before = frames.len();
        while let Some(frame) = dialler.poll_transmit() {
            answerer.handle(&frame, &mut b, NOW).unwrap();
            frames.push((true, frame));
        }
        while let Some(frame) = answerer.poll_transmit() {
            dialler.handle(&frame, &mut a, NOW).unwrap();
            frames.push((false, frame));
        }
        if frames.len() == before {
            return frames;
        }
    }
}

/// Both sides up to the `at`th frame, which then comes as `instead`, to the side
/// that it was meant for.
fn disturb(frames: &[(bool, Vec<u8>)], at: usize, instead: &[u8]) {
    let (mut a, mut b) = tree();
    let mut dialler = Session::dial(a.config(&b), &mut a, NOW).unwrap();
    let mut answerer = Session::accept(b.config(&a));
    let (held_a, held_b) = (a.ids(), b.ids());
    for (to_answerer, frame) in &frames[..at] {
        let _ = match to_answerer {
            true => answerer.handle(frame, &mut b, NOW),
            false => dialler.handle(frame, &mut a, NOW),
        };
    }
    match frames[at].0 {
        true => {
            let _ = answerer.handle(instead, &mut b, NOW);
        }
        false => {
            let _ = dialler.handle(instead, &mut a, NOW);
        }
    }
    assert!(held_a.is_subset(&a.ids()) && held_b.is_subset(&b.ids()));
    // Whatever it answered is a frame that its own decoder takes.
    for session in [&mut dialler, &mut answerer] {
        while let Some(frame) = session.poll_transmit() {
            Frame::decode(&frame).unwrap();
        }
    }
}

#[test]
fn every_frame_in_every_state() {
    let frames = honest();
    assert!(frames.len() > 8, "a repair takes part");
    for at in 0..frames.len() {
        for (_, other) in &frames {
            disturb(&frames, at, other);
        }
    }
}

#[test]
fn mutated_frames_in_every_state() {
    let frames = honest();
    let seed = 20_261_122;
    let mut seeded = Seeded::new(seed);
    println!("seed {seed}");
    for at in 0..frames.len() {
        for _ in 0..200 {
            let mut bytes = frames[at].1.clone();
            for _ in 0..=seeded.below(3) {
                let place = seeded.below(bytes.len() as u64) as usize;
                match seeded.below(4) {
                    0 => bytes[place] ^= 1 << seeded.below(8),
                    1 => bytes[place] = seeded.below(256) as u8,
                    2 => bytes.truncate(place.max(1)),
                    _ => {
                        let mut more = [0; 4];
                        seeded.fill(&mut more);
                        bytes.splice(place..place, more);
                    }
                }
            }
            disturb(&frames, at, &bytes);
        }
    }
}

/// What becomes of entries that a peer makes up.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Refused,
    Parked,
}

/// The memory, in bytes, of a session in which the peer has sent so many batches of
/// made-up entries.
fn memory_after(batches: u64, fate: Fate) -> i64 {
    let (mut a, mut b) = pair("byt.24.1", "byt.24");
    // Nothing that would be pushed: they differ, and find out in which.
    a.insert(&note("byt.24.1", 4), Some(b.key));
    b.insert(&note("byt.24.1", 8), Some(a.key));
    let mut dialler = Session::dial(a.config(&b), &mut a, NOW).unwrap();
    let mut answerer = Session::accept(b.config(&a));
    // Up to where one says what it needs of what the other has listed.
    loop {
        while let Some(frame) = dialler.poll_transmit() {
            answerer.handle(&frame, &mut b, NOW).unwrap();
        }
        let frame = answerer.poll_transmit().unwrap();
        if matches!(Frame::decode(&frame), Ok(Frame::NeedListed(_))) {
            break;
        }
        dialler.handle(&frame, &mut a, NOW).unwrap();
    }
    for seq in 0..batches {
        let notes: Vec<_> = (9..17).map(|n| note("byt.24.1", seq * 8 + n)).collect();
        let ids = notes.iter().map(|note| note.id());
        match fate {
            Fate::Refused => b.rejects.extend(ids),
            Fate::Parked => b.parks.extend(ids),
        }
        let entries = notes.iter().map(|note| note.bytes().to_vec()).collect();
        let (compressed, data) = pack::pack(entries).unwrap();
        let data = ByteBuf::from(data);
        let frame = Frame::Batch(Batch {
            seq,
            compressed,
            data,
        });
        answerer
            .handle(&frame.encode().unwrap(), &mut b, NOW)
            .unwrap();
        while answerer.poll_transmit().is_some() {}
    }
    assert_eq!(b.held.len(), 1);
    -allocation_counter::measure(|| drop(answerer)).bytes_current
}

#[test]
fn made_up_entries_do_not_fill_the_memory() {
    for fate in [Fate::Refused, Fate::Parked] {
        let (few, many) = (memory_after(4, fate), memory_after(400, fate));
        assert!(few > 0, "memory is counted");
        assert_eq!(few, many, "{fate:?}");
    }
}

#[test]
fn a_bomb_does_not_unpack() {
    let plain = vec![0u8; 64 << 20];
    let bomb = zstd::bulk::compress(&plain, 19).unwrap();
    assert!(bomb.len() < 10_000);
    assert!(pack::unpack(true, &bomb).is_err());
}

#[test]
fn what_compresses_too_well_is_sent_as_it_is() {
    let zeros = vec![vec![0u8; 200_000]];
    let (compressed, data) = pack::pack(zeros.clone()).unwrap();
    assert!(!compressed);
    assert_eq!(pack::unpack(compressed, &data).unwrap(), zeros);
    let small = zstd::bulk::compress(&data, 3).unwrap();
    assert!(pack::unpack(true, &small).is_err());
    // Twenty times the same text, as somebody might paste it.
    let text: Vec<u8> = (0..20).flat_map(|_| 0..=255).collect();
    let (compressed, data) = pack::pack(vec![text.clone()]).unwrap();
    assert!(compressed && data.len() < text.len());
    assert_eq!(pack::unpack(compressed, &data).unwrap(), vec![text]);
}

#[test]
fn entries_have_one_spelling() {
    // The bytes "ab" as a byte string, as a text, as a list of numbers.
    let spellings: [&[u8]; 3] = [
        &[0x81, 0x42, b'a', b'b'],
        &[0x81, 0x62, b'a', b'b'],
        &[0x81, 0x82, 0x18, b'a', 0x18, b'b'],
    ];
    for (index, plain) in spellings.into_iter().enumerate() {
        let small = zstd::bulk::compress(plain, 3).unwrap();
        for (compressed, data) in [(false, plain), (true, &small[..])] {
            match pack::unpack(compressed, data) {
                Ok(entries) => assert_eq!((index, entries), (0, vec![b"ab".to_vec()])),
                Err(error) => assert!(index > 0, "{error}"),
            }
        }
    }
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let frames = [(true, Vec::new())];
        disturb(&frames, 0, &bytes);
        let _ = pack::unpack(true, &bytes);
        let _ = pack::unpack(false, &bytes);
    }

    #[test]
    fn packing_is_reversible(entries in proptest::collection::vec(
        proptest::collection::vec(any::<u8>(), 0..300), 1..40)) {
        let (compressed, data) = pack::pack(entries.clone()).unwrap();
        prop_assert_eq!(pack::unpack(compressed, &data).unwrap(), entries);
    }
}
