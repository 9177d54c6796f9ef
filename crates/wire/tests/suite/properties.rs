//! Arbitrary bodies and arbitrary damage.

mod bodies;
mod frames;

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use wire::frame::Frame;
use wire::*;

use crate::support::{examples, signed};
use bodies::body;
use frames::frame;

/// Bytes that parse are the only bytes of what they say.
fn refused_or_unique(bytes: &[u8]) -> Result<(), TestCaseError> {
    if let Ok(entry) = Entry::parse(bytes) {
        let signature = *entry.signature();
        let again = Entry::assemble(entry.body().clone(), entry.author(), |_| signature).unwrap();
        prop_assert_eq!(again.bytes(), bytes);
        prop_assert_eq!(again.id(), entry.id());
    }
    if let Ok(body) = Body::decode(bytes) {
        prop_assert_eq!(body.encode().unwrap(), bytes);
    }
    Ok(())
}

/// The same for a frame.
fn no_frame_or_its_only_bytes(bytes: &[u8]) -> Result<(), TestCaseError> {
    if let Ok(frame) = Frame::decode(bytes) {
        prop_assert_eq!(frame.encode().unwrap(), bytes);
    }
    Ok(())
}

/// Every other value of every byte.
fn with_one_byte_changed(good: &[u8], mut check: impl FnMut(&[u8])) {
    let mut bytes = good.to_vec();
    for at in 0..good.len() {
        for value in 0..=u8::MAX {
            bytes[at] = value;
            check(&bytes);
        }
        bytes[at] = good[at];
    }
}

proptest! {
    #[test]
    fn any_body_comes_back(body in body()) {
        let payload = body.encode().unwrap();
        prop_assert_eq!(&Body::decode(&payload).unwrap(), &body);
        let entry = Entry::assemble(body, PublicKey([1; 32]), |_| [2; 64]).unwrap();
        let parsed = Entry::parse(entry.bytes()).unwrap();
        prop_assert_eq!(parsed.body(), entry.body());
        prop_assert_eq!(parsed.id(), entry.id());
        prop_assert_eq!(parsed.signed(), entry.signed());
        prop_assert_eq!(parsed, entry);
    }

    #[test]
    fn any_frame_comes_back(frame in frame()) {
        let bytes = frame.encode().unwrap();
        prop_assert_eq!(&Frame::decode(&bytes).unwrap(), &frame);
        for length in 0..bytes.len() {
            prop_assert!(Frame::decode(&bytes[..length]).is_err());
        }
        prop_assert!(Frame::decode(&[&bytes[..], &[0]].concat()).is_err());
    }

    #[test]
    fn a_frame_with_one_byte_changed_is_refused_or_unique(
        frame in frame(),
        value in any::<u8>(),
    ) {
        let good = frame.encode().unwrap();
        for at in 0..good.len() {
            let mut bytes = good.clone();
            bytes[at] ^= value.max(1);
            no_frame_or_its_only_bytes(&bytes)?;
        }
    }

    #[test]
    fn a_payload_with_one_byte_changed_is_refused_or_unique(
        body in body(),
        value in any::<u8>(),
    ) {
        let good = body.encode().unwrap();
        for at in 0..good.len() {
            let mut bytes = good.clone();
            bytes[at] ^= value.max(1);
            if let Ok(other) = Body::decode(&bytes) {
                prop_assert_eq!(other.encode().unwrap(), bytes);
            }
        }
    }

    #[test]
    fn damaged_payloads_are_refused_or_unique(
        body in body(),
        hits in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut payload = body.encode().unwrap();
        for (at, byte) in hits {
            let at = at.index(payload.len());
            payload[at] = byte;
        }
        refused_or_unique(&payload)?;
    }

    #[test]
    fn damaged_entries_are_refused_or_unique(
        which in any::<prop::sample::Index>(),
        hits in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let all = examples::all();
        let example = which.get(&all);
        let mut bytes = signed(example.body.clone(), example.seed).bytes().to_vec();
        for (at, byte) in hits {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        refused_or_unique(&bytes)?;
    }

    #[test]
    fn cut_and_spliced_entries_are_refused_or_unique(
        which in any::<[prop::sample::Index; 2]>(),
        cuts in any::<[prop::sample::Index; 2]>(),
    ) {
        let all = examples::all();
        let [a, b] = which.map(|which| which.get(&all).body.encode().unwrap());
        let spliced = [&a[..cuts[0].index(a.len())], &b[cuts[1].index(b.len())..]].concat();
        refused_or_unique(&spliced)?;
    }
}

/// Every single-bit flip and every cut of one entry of each example.
#[test]
fn no_single_bit_flip_changes_the_meaning_under_one_id() {
    for example in examples::all() {
        let entry = signed(example.body, example.seed);
        let good = entry.bytes();
        for bit in 0..good.len() * 8 {
            let mut bytes = good.to_vec();
            bytes[bit / 8] ^= 1 << (bit % 8);
            if let Ok(other) = Entry::parse(&bytes) {
                let only_signature = other.id() == entry.id();
                assert_eq!(
                    only_signature,
                    bit / 8 >= good.len() - 64,
                    "{} bit {bit}",
                    example.name
                );
            }
        }
        for length in 0..good.len() {
            assert!(Entry::parse(&good[..length]).is_err());
        }
    }
}

/// Every value of every byte of the shortest payload of each kind.
#[test]
fn every_single_byte_of_a_payload_of_each_kind() {
    let mut shortest: BTreeMap<Kind, Vec<u8>> = BTreeMap::new();
    for example in examples::all() {
        let payload = example.body.encode().unwrap();
        let kept = shortest
            .entry(example.body.kind())
            .or_insert(payload.clone());
        if payload.len() < kept.len() {
            *kept = payload;
        }
    }
    assert_eq!(shortest.len(), Kind::KNOWN.len() + 1);
    for (kind, good) in shortest {
        with_one_byte_changed(&good, |bytes| {
            if let Ok(body) = Body::decode(bytes) {
                assert_eq!(body.encode().unwrap(), bytes, "{kind:?}");
            }
        });
    }
}

/// The same for frames, as many as it takes to have each kind.
#[test]
fn every_single_byte_of_a_frame_of_each_kind() {
    let mut runner = TestRunner::deterministic();
    let mut kinds = BTreeSet::new();
    for _ in 0..2_000 {
        let frame = frame().new_tree(&mut runner).unwrap().current();
        let good = frame.encode().unwrap();
        if good.len() > 120 || !kinds.insert(frame.name()) {
            continue;
        }
        with_one_byte_changed(&good, |bytes| {
            no_frame_or_its_only_bytes(bytes).unwrap();
        });
    }
    assert_eq!(kinds.len(), 15, "{kinds:?}");
}
