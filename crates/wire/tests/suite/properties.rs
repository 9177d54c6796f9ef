//! Arbitrary bodies and arbitrary damage.

mod bodies;

use proptest::collection::vec;
use proptest::prelude::*;
use wire::*;

use crate::support::{examples, signed};
use bodies::body;

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
