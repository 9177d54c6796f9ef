//! The CBOR codec by itself.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use wire::cbor::{self, CborError, Value};
use wire::limits::CBOR_MAX_DEPTH;
use wire::{Digest, EntryId};

#[test]
fn fields_are_sorted_shorter_first_then_bytewise() {
    #[derive(Serialize)]
    struct Fields {
        zz: u8,
        b: u8,
        a: u8,
        aaa: u8,
    }
    let bytes = cbor::to_vec(&Fields {
        zz: 1,
        b: 2,
        a: 3,
        aaa: 4,
    })
    .unwrap();
    assert_eq!(bytes, b"\xa4\x61a\x03\x61b\x02\x62zz\x01\x63aaa\x04");
}

#[test]
fn maps_inside_of_maps_are_sorted_too() {
    #[derive(Serialize)]
    struct Inner {
        y: u8,
        x: u8,
    }
    #[derive(Serialize)]
    struct Outer {
        list: Vec<Inner>,
        a: Inner,
    }
    let inner = || Inner { y: 1, x: 2 };
    let bytes = cbor::to_vec(&Outer {
        list: vec![inner()],
        a: inner(),
    })
    .unwrap();
    let sorted = b"\xa2\x61x\x02\x61y\x01";
    assert_eq!(
        bytes,
        [b"\xa2\x61a", &sorted[..], b"\x64list\x81", sorted].concat()
    );
}

/// `serde_cbor::Value` orders its maps by type, length and content; that must be
/// the bytewise order of the encoded keys, for every key that we allow.
#[test]
fn the_order_of_values_is_the_order_of_bytes() {
    let numbers = [
        0,
        1,
        23,
        24,
        255,
        256,
        65_535,
        65_536,
        u32::MAX.into(),
        1 << 32,
        u64::MAX,
    ];
    let mut keys: Vec<Value> = numbers
        .into_iter()
        .flat_map(|n| [Value::Integer(n.into()), Value::Integer(-1 - i128::from(n))])
        .collect();
    for length in [0, 1, 2, 23, 24, 25, 255, 256, 257] {
        for letter in ["a", "b"] {
            keys.push(Value::Text(letter.repeat(length)));
            keys.push(Value::Bytes(letter.repeat(length).into_bytes()));
        }
    }
    for a in &keys {
        for b in &keys {
            let bytes = |key| cbor::to_vec(key).unwrap();
            assert_eq!(a.cmp(b), bytes(a).cmp(&bytes(b)), "{a:?} {b:?}");
        }
    }
}

#[test]
fn ids_are_byte_strings_on_every_way_into_a_value() {
    let id = EntryId([7; 32]);
    let bytes = cbor::to_vec(&id).unwrap();
    assert_eq!(bytes[..2], [0x58, 32]);
    assert_eq!(cbor::to_value(&id).unwrap(), Value::Bytes(vec![7; 32]));
    assert_eq!(
        cbor::from_value::<EntryId>(Value::Bytes(vec![7; 32])).unwrap(),
        id
    );
    assert!(cbor::from_value::<EntryId>(Value::Text(id.to_string())).is_err());
    let by_id = BTreeMap::from([(id, 1)]);
    let bytes = cbor::to_vec(&by_id).unwrap();
    assert_eq!(
        cbor::from_slice::<BTreeMap<EntryId, u8>>(&bytes).unwrap(),
        by_id
    );
}

#[test]
fn what_the_subset_lacks_cannot_be_encoded() {
    let nested = |depth| (0..depth).fold(Value::Null, |value, _| Value::Array(vec![value]));
    assert!(cbor::to_vec(&nested(CBOR_MAX_DEPTH)).is_ok());
    assert!(matches!(
        cbor::to_vec(&nested(CBOR_MAX_DEPTH + 1)),
        Err(CborError::TooDeep)
    ));
    assert!(matches!(cbor::to_vec(&1.5), Err(CborError::Unsupported)));
    assert!(matches!(
        cbor::to_vec(&(1i128 << 64)),
        Err(CborError::Encode(_))
    ));
    let by_bool = BTreeMap::from([(true, 1)]);
    assert!(matches!(
        cbor::to_vec(&by_bool),
        Err(CborError::Unsupported)
    ));
}

/// Unsorted maps take the other path through the encoder; it has the same limit.
#[test]
fn depth_is_limited_where_sorting_is_needed() {
    #[derive(Serialize)]
    struct Unsorted<'a> {
        b: u8,
        a: &'a Value,
    }
    let nested = |depth| (0..depth).fold(Value::Null, |value, _| Value::Array(vec![value]));
    let encode = |depth| {
        cbor::to_vec(&Unsorted {
            b: 0,
            a: &nested(depth),
        })
    };
    assert!(cbor::check(&encode(CBOR_MAX_DEPTH - 1).unwrap()).is_ok());
    assert!(matches!(encode(CBOR_MAX_DEPTH), Err(CborError::TooDeep)));
}

#[test]
fn a_key_twice_is_refused_when_encoding() {
    #[derive(Serialize)]
    struct Inner {
        b: u8,
        a: u8,
    }
    #[derive(Serialize)]
    struct Twice {
        #[serde(flatten)]
        inner: Inner,
        #[serde(flatten)]
        again: BTreeMap<String, u8>,
    }
    let again = BTreeMap::from([("a".to_owned(), 2)]);
    // A flattened struct has no length beforehand, so it is not even definite.
    assert!(
        cbor::to_vec(&Twice {
            inner: Inner { b: 0, a: 1 },
            again
        })
        .is_err()
    );
}

#[test]
fn exact_decoding_refuses_a_second_spelling() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Optional {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        a: Option<u8>,
    }
    let null = b"\xa1\x61a\xf6";
    assert_eq!(
        cbor::from_slice::<Optional>(null).unwrap(),
        Optional { a: None }
    );
    let exact = cbor::from_slice_exact::<Optional>(null);
    assert!(matches!(exact, Err(CborError::NotCanonical)));
    assert_eq!(
        cbor::from_slice_exact::<Optional>(b"\xa0").unwrap(),
        Optional { a: None }
    );
}

/// Lengths are never trusted: these announce up to 2^64 - 1 bytes or items.
#[test]
fn announced_lengths_beyond_the_end_are_refused() {
    for major in [2u8, 3, 4, 5] {
        for tail in [
            &[0xffu8; 8][..],
            &[0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        ] {
            let bytes = [&[major << 5 | 27], tail, &[0; 64]].concat();
            assert!(matches!(cbor::check(&bytes), Err(CborError::Malformed)));
        }
        let bytes = [&[major << 5 | 26][..], &u32::MAX.to_be_bytes(), &[0; 64]].concat();
        assert!(matches!(
            cbor::from_slice::<Value>(&bytes),
            Err(CborError::Malformed)
        ));
    }
}

/// A generic item of our subset.
pub(crate) fn value() -> impl Strategy<Value = Value> {
    let integer = prop_oneof![
        any::<i64>().prop_map(i128::from),
        any::<u64>().prop_map(i128::from),
        any::<u64>().prop_map(|n| -1 - i128::from(n)),
        -300i128..300,
    ]
    .prop_map(Value::Integer);
    let key = prop_oneof![
        integer.clone(),
        ".{0,30}".prop_map(Value::Text),
        prop::collection::vec(any::<u8>(), 0..30).prop_map(Value::Bytes),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        key.clone()
    ];
    leaf.prop_recursive(5, 60, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::Array),
            prop::collection::btree_map(key.clone(), inner, 0..8).prop_map(Value::Map),
        ]
    })
}

/// The reference: what the library makes of a sorted tree of values.
fn reference(bytes: &[u8]) -> Option<Vec<u8>> {
    let value: Value = serde_cbor::from_slice(bytes).ok()?;
    serde_cbor::to_vec(&value).ok()
}

proptest! {
    #[test]
    fn any_value_comes_back(value in value()) {
        let bytes = cbor::to_vec(&value).unwrap();
        prop_assert!(cbor::check(&bytes).is_ok());
        prop_assert_eq!(cbor::from_slice::<Value>(&bytes).unwrap(), value);
        prop_assert_eq!(Some(bytes.clone()), reference(&bytes));
    }

    /// What the strict pass takes, decoding and encoding leaves as it is; so it
    /// takes nothing that the library would write otherwise.
    #[test]
    fn arbitrary_bytes_are_refused_or_canonical(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        if cbor::check(&bytes).is_ok() {
            prop_assert_eq!(Some(bytes.clone()), reference(&bytes));
        }
    }

    #[test]
    fn mutated_values_are_refused_or_canonical(
        value in value(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = cbor::to_vec(&value).unwrap();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if cbor::check(&bytes).is_ok() {
            prop_assert_eq!(Some(bytes.clone()), reference(&bytes));
        }
        let cut = cut.index(bytes.len());
        let _ = cbor::check(&bytes[..cut]);
    }

    #[test]
    fn decoding_arbitrary_bytes_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = cbor::from_slice::<Value>(&bytes);
        let _ = cbor::from_slice::<(Digest, String, Vec<u8>)>(&bytes);
        let _ = wire::Entry::parse(&bytes);
        let _ = wire::Body::decode(&bytes);
    }
}
