//! Fingerprints: order, addition, subtraction, hostile bytes.

use proptest::prelude::*;

use super::*;
use crate::fingerprint::{Accumulator, Fingerprint, NotCanonical};

fn ids(count: usize) -> impl Strategy<Value = Vec<EntryId>> {
    prop::collection::vec(any::<[u8; 32]>().prop_map(EntryId), 0..count)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn order_does_not_matter((given, shuffled) in ids(20).prop_flat_map(|ids| {
        (Just(ids.clone()), Just(ids).prop_shuffle())
    })) {
        prop_assert_eq!(Fingerprint::of(&given), Fingerprint::of(&shuffled));
    }

    #[test]
    fn sets_add_up_and_come_apart(left in ids(10), right in ids(10)) {
        let whole = Fingerprint::of(left.iter().chain(&right));
        let mut sum = Accumulator::new();
        sum.merge(&Fingerprint::of(&left)).unwrap();
        sum.merge(&Fingerprint::of(&right)).unwrap();
        prop_assert_eq!(sum.finish(), whole);
        let mut joined = Accumulator::new();
        left.iter().for_each(|id| joined.add(id));
        let mut other = Accumulator::new();
        right.iter().for_each(|id| other.add(id));
        joined.join(&other);
        prop_assert_eq!(joined.finish(), whole);
        for id in &right {
            sum.subtract(id);
        }
        prop_assert_eq!(sum.finish(), Fingerprint::of(&left));
    }

    #[test]
    fn any_partition_adds_up_in_any_order(
        given in prop::collection::vec((any::<[u8; 32]>().prop_map(EntryId), 0_usize..5), 0..24),
        order in Just([0_usize, 1, 2, 3, 4]).prop_shuffle(),
        gone in 0_usize..5,
    ) {
        let parts: Vec<Vec<EntryId>> = (0..5)
            .map(|part| given.iter().filter(|(_, of)| *of == part).map(|(id, _)| *id).collect())
            .collect();
        let mut sum = Accumulator::new();
        for part in order {
            sum.merge(&Fingerprint::of(&parts[part])).unwrap();
        }
        prop_assert_eq!(sum.finish(), Fingerprint::of(given.iter().map(|(id, _)| id)));
        for id in &parts[gone] {
            sum.subtract(id);
        }
        let rest = given.iter().filter(|(_, of)| *of != gone).map(|(id, _)| id);
        prop_assert_eq!(sum.finish(), Fingerprint::of(rest));
    }

    #[test]
    fn a_fingerprint_travels(left in ids(4)) {
        let print = Fingerprint::of(&left);
        let bytes = cbor::to_vec(&print).unwrap();
        prop_assert!(bytes.len() <= 36);
        prop_assert_eq!(cbor::from_slice::<Fingerprint>(&bytes).unwrap(), print);
    }
}

#[test]
fn the_empty_set_is_the_identity() {
    assert_eq!(Accumulator::new().finish(), Fingerprint::EMPTY);
    let one = Fingerprint::of(&[EntryId([1; 32])]);
    assert_ne!(one, Fingerprint::EMPTY);
    let mut sum = Accumulator::new();
    sum.merge(&one).unwrap();
    sum.merge(&Fingerprint::EMPTY).unwrap();
    assert_eq!(sum.finish(), one);
}

#[test]
fn one_id_is_one_point_for_ever() {
    let print = Fingerprint::of(&[EntryId([0; 32]), EntryId([1; 32])]);
    assert_eq!(print.count, 2);
    let sum = PublicKey(print.sum).to_string();
    assert_eq!(
        sum,
        "6649139c042f66a699d3a27c03a6820addee050d75fc6b9a408f1945d6457028"
    );
}

#[test]
fn a_sum_that_is_no_point_changes_nothing() {
    let mut sum = Accumulator::new();
    sum.add(&EntryId([1; 32]));
    let before = sum;
    // Not below p; negative; not on the curve.
    for bytes in [[0xff; 32], [0x01; 32], {
        let mut bytes = [0; 32];
        bytes[0] = 1;
        bytes
    }] {
        let hostile = Fingerprint {
            count: 3,
            sum: bytes,
        };
        assert_eq!(sum.merge(&hostile), Err(NotCanonical));
        assert_eq!(sum, before);
    }
}
