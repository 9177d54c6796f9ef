//! The strict decoder by itself, and everything small that is read with it.

use identity::Fingerprint;
use identity::fingerprint::Accumulator;
use model::{Aggregates, Period, UnitPath};
use wire::cbor::{self, Value, check, from_slice, from_slice_exact, to_vec};
use wire::cose::Sign1;
use wire::frame::{Ask, Listing, Total};
use wire::{Part, RollupInput};

pub(super) fn run(input: &[u8]) {
    if let Ok(sign1) = Sign1::parse(input) {
        assert_eq!(sign1.to_vec(), input);
    }
    let checked = check(input);
    let value = from_slice::<Value>(input);
    // Whatever passes is a value, and the only spelling of it.
    assert_eq!(checked.is_ok(), value.is_ok());
    if let Ok(value) = value {
        assert_eq!(to_vec(&value).unwrap(), input);
        assert_eq!(cbor::to_value(&value).unwrap(), value);
    }
    exact::<Aggregates>(input);
    exact::<RollupInput>(input);
    exact::<UnitPath>(input);
    exact::<Period>(input);
    exact::<Part>(input);
    exact::<Ask>(input);
    exact::<Listing>(input);
    exact::<Total>(input);
    if let Ok(print) = from_slice::<Fingerprint>(input) {
        assert_eq!(to_vec(&print).unwrap(), input);
        let mut sum = Accumulator::new();
        if sum.merge(&print).is_ok() {
            assert_eq!(sum.finish(), print);
        }
    }
}

fn exact<T: serde::Serialize + serde::de::DeserializeOwned>(input: &[u8]) {
    if let Ok(value) = from_slice_exact::<T>(input) {
        assert_eq!(to_vec(&value).unwrap(), input);
    }
}
