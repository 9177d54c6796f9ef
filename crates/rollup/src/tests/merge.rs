use std::collections::BTreeMap;

use model::{Aggregate, Aggregates, ListItem};
use proptest::prelude::*;

use super::fixture::{form, unit};
use crate::merge::{self, merge};
use crate::{MergeError, empty};

/// Any state over five codes, one a kind; any of them may be absent.
fn state() -> impl Strategy<Value = Aggregates> {
    let number = || 0_i64..1 << 50;
    let list = prop::collection::vec((0_u32..30, "[a-z]{1,4}"), 0..4);
    (
        prop::option::of(number()),
        prop::option::of((number(), number())),
        prop::option::of((number(), number())),
        prop::option::of(prop::collection::btree_map("[a-c]", number(), 0..3)),
        prop::option::of(list),
    )
        .prop_map(|(sum, share, ratio, counts, list)| {
            let entries = [
                sum.map(|sum| ("S", Aggregate::Sum { sum })),
                share.map(|(yes, of)| ("H", Aggregate::Share { yes, of })),
                ratio.map(|(num, den)| ("R", Aggregate::Ratio { num, den })),
                counts.map(|counts| ("C", Aggregate::Counts { counts })),
                list.map(|items| ("L", sorted_list(items))),
            ];
            let entries = entries.into_iter().flatten();
            entries.map(|(code, a)| (code.to_owned(), a)).collect()
        })
}

fn sorted_list(items: Vec<(u32, String)>) -> Aggregate {
    let mut list: Vec<ListItem> = items
        .into_iter()
        .map(|(n, text)| ListItem {
            unit: unit(&format!("byt.24.{n:05}")),
            text,
        })
        .collect();
    list.sort();
    Aggregate::List { list }
}

fn all<'a>(states: impl IntoIterator<Item = &'a Aggregates>) -> Aggregates {
    let mut sum = Aggregates::new();
    for state in states {
        merge(&mut sum, state).unwrap();
    }
    sum
}

proptest! {
    #[test]
    fn commutative(a in state(), b in state()) {
        prop_assert_eq!(all([&a, &b]), all([&b, &a]));
    }

    #[test]
    fn associative(a in state(), b in state(), c in state()) {
        prop_assert_eq!(all([&all([&a, &b]), &c]), all([&a, &all([&b, &c])]));
    }

    #[test]
    fn nothing_is_the_identity(a in state()) {
        let zero: Aggregates =
            a.iter().map(|(code, x)| (code.clone(), merge::zero_of(x))).collect();
        prop_assert_eq!(&all([&a, &Aggregates::new()]), &a);
        prop_assert_eq!(&all([&a, &zero]), &a);
        prop_assert_eq!(&all([&zero, &a]), &a);
    }

    #[test]
    fn the_whole_is_its_parts_in_any_grouping(
        states in prop::collection::vec((state(), 0_usize..5), 0..12), rotate in 0_usize..12,
    ) {
        let whole = all(states.iter().map(|(state, _)| state));
        let mut shuffled = states.clone();
        let by = rotate % shuffled.len().max(1);
        shuffled.rotate_left(by);
        let mut groups = vec![Aggregates::new(); 5];
        for (state, group) in &shuffled {
            merge(&mut groups[*group], state).unwrap();
        }
        prop_assert_eq!(all(&groups), whole);
    }

    #[test]
    fn survives_cbor_and_json(a in state()) {
        let bytes = wire::cbor::to_vec(&a).unwrap();
        prop_assert_eq!(&wire::cbor::from_slice::<Aggregates>(&bytes).unwrap(), &a);
        let json = serde_json::to_string(&a).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Aggregates>(&json).unwrap(), &a);
    }
}

#[test]
fn the_shape_in_json() {
    let list = vec![ListItem {
        unit: unit("byt.24.07210"),
        text: "thiếu máy".into(),
    }];
    let counts = BTreeMap::from([("notice".into(), 2), ("other".into(), 0)]);
    for (aggregate, json) in [
        (Aggregate::Sum { sum: 3 }, r#"{"sum":3}"#),
        (Aggregate::Share { yes: 1, of: 2 }, r#"{"true":1,"of":2}"#),
        (Aggregate::Ratio { num: 1, den: 9 }, r#"{"num":1,"den":9}"#),
        (
            Aggregate::Counts { counts },
            r#"{"counts":{"notice":2,"other":0}}"#,
        ),
        (
            Aggregate::List { list },
            r#"{"list":[{"unit":"byt.24.07210","text":"thiếu máy"}]}"#,
        ),
    ] {
        assert_eq!(serde_json::to_string(&aggregate).unwrap(), json);
        assert_eq!(serde_json::from_str::<Aggregate>(json).unwrap(), aggregate);
        let bytes = wire::cbor::to_vec(&aggregate).unwrap();
        assert_eq!(
            wire::cbor::from_slice::<Aggregate>(&bytes).unwrap(),
            aggregate
        );
    }
    for json in [
        r#"{"sum":1,"den":2}"#,
        r#"{"sum":1.5}"#,
        r#"{"true":1}"#,
        "{}",
        "7",
    ] {
        assert!(serde_json::from_str::<Aggregate>(json).is_err(), "{json}");
    }
}

#[test]
fn overflow_is_an_error_and_leaves_no_trace() {
    let big = |code: &str, aggregate| Aggregates::from([(code.to_owned(), aggregate)]);
    let counts = |n| Aggregate::Counts {
        counts: BTreeMap::from([("a".to_owned(), n)]),
    };
    for (most, one) in [
        (Aggregate::Sum { sum: i64::MAX }, Aggregate::Sum { sum: 1 }),
        (Aggregate::Sum { sum: i64::MIN }, Aggregate::Sum { sum: -1 }),
        (
            Aggregate::Share {
                yes: 0,
                of: i64::MAX,
            },
            Aggregate::Share { yes: 0, of: 1 },
        ),
        (
            Aggregate::Ratio {
                num: i64::MAX,
                den: 0,
            },
            Aggregate::Ratio { num: 1, den: 0 },
        ),
        (counts(i64::MAX), counts(1)),
    ] {
        let mut into = big("X", most);
        into.insert("A".into(), Aggregate::Sum { sum: 1 });
        let mut other = big("X", one);
        other.insert("A".into(), Aggregate::Sum { sum: 1 });
        let before = into.clone();
        let error = merge(&mut into, &other).unwrap_err();
        assert_eq!(error, MergeError::Overflow { code: "X".into() });
        assert_eq!(into, before);
    }
}

#[test]
fn kinds_must_agree() {
    let mut into = Aggregates::from([("X".into(), Aggregate::Share { yes: 1, of: 1 })]);
    let other = Aggregates::from([("X".into(), Aggregate::Ratio { num: 1, den: 1 })]);
    let error = merge(&mut into, &other).unwrap_err();
    assert_eq!(error, MergeError::Kind { code: "X".into() });
    assert_eq!(into["X"], Aggregate::Share { yes: 1, of: 1 });
}

#[test]
fn empty_is_all_zero_and_changes_nothing() {
    let zero = empty(form());
    let mut twice = zero.clone();
    merge(&mut twice, &zero).unwrap();
    assert_eq!(twice, zero);
    for (code, aggregate) in &zero {
        assert_eq!(*aggregate, merge::zero_of(aggregate), "{code}");
    }
}
