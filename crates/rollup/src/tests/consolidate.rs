use std::collections::BTreeMap;

use model::{Aggregate, ListItem, Timestamp};
use proptest::prelude::*;
use wire::{Flag, FlagReason, RollupContent, RollupInput, Timeliness};

use super::fixture::{form, id, input, received, staffed, unit, units};
use crate::{
    ConsolidateError, Header, MergeError, Received, check_arithmetic, consolidate, empty, sorted,
};

const PATHS: [&str; 4] = [
    "byt.24.00001",
    "byt.24.00002",
    "byt.24.00003",
    "byt.24.00004",
];

fn three() -> Vec<RollupInput> {
    let mut inputs: Vec<_> = PATHS[..3]
        .iter()
        .zip(1..)
        .map(|(p, n)| staffed(p, n))
        .collect();
    inputs[1].timeliness = Some(Timeliness::SignedOnTime);
    inputs[2].timeliness = Some(Timeliness::Late);
    inputs
}

/// Everybody expected, everybody who has an input received.
fn over(inputs: Vec<RollupInput>) -> Result<RollupContent, ConsolidateError> {
    let received = received(&inputs);
    consolidate(
        form(),
        Header::default(),
        &units(&PATHS),
        &received,
        inputs,
        vec![],
    )
}

#[test]
fn counts_who_reported_and_names_who_did_not() {
    let header = Header {
        ordinal: 2,
        due: Some(Timestamp(5)),
        receipts_head: Some(id(3)),
        replaces: vec![id(4)],
    };
    // The third has been received but not accepted: counted, not added.
    let inputs = three()[..2].to_vec();
    let received = received(&three());
    let flags = vec![
        Flag {
            unit: unit(PATHS[2]),
            reason: FlagReason::Pending,
        },
        Flag {
            unit: unit(PATHS[0]),
            reason: FlagReason::NewerPending,
        },
        Flag {
            unit: unit(PATHS[2]),
            reason: FlagReason::Pending,
        },
    ];
    let content = consolidate(
        form(),
        header,
        &units(&PATHS),
        &received,
        inputs.clone(),
        flags,
    )
    .unwrap();
    assert_eq!(
        (content.form.as_str(), content.version),
        ("kh2273-quy", form().version)
    );
    assert_eq!((content.ordinal, content.due), (2, Some(Timestamp(5))));
    assert_eq!(
        (content.receipts_head, content.replaces.clone()),
        (Some(id(3)), vec![id(4)])
    );
    assert_eq!((content.expected, content.on_time, content.late), (4, 1, 2));
    assert_eq!(content.missing, units(&PATHS[3..]));
    assert_eq!(content.inputs, 2);
    assert_eq!(content.aggregates["B3"], Aggregate::Sum { sum: 3 });
    assert_eq!(content.aggregates["B1"], Aggregate::Share { yes: 2, of: 2 });
    let flagged: Vec<_> = content
        .flagged
        .iter()
        .map(|f| (f.unit.as_str(), f.reason))
        .collect();
    assert_eq!(
        flagged,
        [
            (PATHS[0], FlagReason::NewerPending),
            (PATHS[2], FlagReason::Pending)
        ]
    );
    assert!(content.provinces.is_empty());
    assert!(check_arithmetic(&content, &inputs).is_empty());
}

#[test]
fn nobody_at_all_gives_a_rollup_of_zeros() {
    let content = over(vec![]).unwrap();
    assert_eq!(
        (content.expected, content.on_time, content.inputs),
        (4, 0, 0)
    );
    assert_eq!(content.missing, units(&PATHS));
    assert_eq!(content.aggregates, empty(form()));
    assert!(check_arithmetic(&content, &[]).is_empty());
}

#[test]
fn a_unit_that_was_not_expected_does_not_count() {
    let mut received = received(&three());
    received.insert(
        unit("byt.24.09999"),
        Received {
            timeliness: Timeliness::OnTime,
        },
    );
    let content = consolidate(
        form(),
        Header::default(),
        &units(&PATHS),
        &received,
        three(),
        vec![],
    )
    .unwrap();
    assert_eq!((content.expected, content.on_time, content.late), (4, 1, 2));
}

#[test]
fn a_unit_twice_is_refused() {
    let mut inputs = three();
    inputs.push(staffed(PATHS[1], 100));
    inputs[3].timeliness = inputs[1].timeliness;
    let named = |error| match error {
        ConsolidateError::Twice { unit } => unit,
        other => panic!("{other}"),
    };
    assert_eq!(named(sorted(inputs.clone()).unwrap_err()), unit(PATHS[1]));
    assert_eq!(named(over(inputs).unwrap_err()), unit(PATHS[1]));
    let expected = units(&[PATHS[0], PATHS[1], PATHS[0]]);
    let twice = consolidate(
        form(),
        Header::default(),
        &expected,
        &BTreeMap::new(),
        vec![],
        vec![],
    );
    assert_eq!(named(twice.unwrap_err()), unit(PATHS[0]));
}

#[test]
fn an_input_needs_a_place_and_a_receipt_that_agrees() {
    let stranger = over(vec![staffed("byt.24.09999", 1)]);
    assert!(
        matches!(stranger, Err(ConsolidateError::NotExpected { unit: u }) if u == unit("byt.24.09999"))
    );

    let with = |received: BTreeMap<_, _>| {
        consolidate(
            form(),
            Header::default(),
            &units(&PATHS),
            &received,
            three(),
            vec![],
        )
    };
    let mut without = received(&three());
    without.remove(&unit(PATHS[0]));
    assert!(
        matches!(with(without), Err(ConsolidateError::NotReceived { unit: u }) if u == unit(PATHS[0]))
    );
    let mut late = received(&three());
    late.insert(
        unit(PATHS[0]),
        Received {
            timeliness: Timeliness::Late,
        },
    );
    assert!(
        matches!(with(late), Err(ConsolidateError::Timeliness { unit: u }) if u == unit(PATHS[0]))
    );
}

/// Consolidates one input whose state has been changed in one code.
fn with_state(code: &str, aggregate: Aggregate) -> Result<RollupContent, ConsolidateError> {
    let mut one = staffed(PATHS[0], 1);
    one.state.insert(code.into(), aggregate);
    over(vec![one])
}

#[test]
fn a_state_that_is_not_of_the_form_is_refused() {
    let counts = Aggregate::Counts {
        counts: BTreeMap::from([("rumour".into(), 1)]),
    };
    let text = |path: &str| ListItem {
        unit: unit(path),
        text: "x".into(),
    };
    let doubled = Aggregate::List {
        list: vec![text(PATHS[0]), text(PATHS[0])],
    };
    for (code, aggregate) in [
        ("Z9", Aggregate::Sum { sum: 1 }),
        ("B3", Aggregate::Share { yes: 1, of: 1 }),
        ("B2", counts),
        ("I1", doubled),
    ] {
        match with_state(code, aggregate) {
            Err(ConsolidateError::Shape { unit: u, code: c }) => {
                assert_eq!((u, c.as_str()), (unit(PATHS[0]), code));
            }
            other => panic!("{code}: {other:?}"),
        }
    }
    let foreign = Aggregate::List {
        list: vec![text(PATHS[1])],
    };
    let refused = with_state("I1", foreign);
    assert!(
        matches!(refused, Err(ConsolidateError::Outside { outside, .. }) if outside == unit(PATHS[1]))
    );
}

#[test]
fn a_state_of_an_older_version_may_lack_codes() {
    let mut one = staffed(PATHS[0], 1);
    one.state.remove("G3");
    let content = over(vec![one.clone()]).unwrap();
    assert_eq!(
        content.aggregates["G3"],
        Aggregate::Ratio { num: 0, den: 0 }
    );
    assert!(check_arithmetic(&content, &[one]).is_empty());
}

#[test]
fn overflow_is_refused_and_names_unit_and_code() {
    let most = staffed(PATHS[0], i64::MAX);
    match over(vec![most, staffed(PATHS[1], 1)]) {
        Err(ConsolidateError::Merge {
            unit: u,
            source: MergeError::Overflow { code },
        }) => {
            assert_eq!((u, code.as_str()), (unit(PATHS[1]), "B3"));
        }
        other => panic!("{other:?}"),
    }
}

proptest! {
    #[test]
    fn the_order_of_the_facts_never_shows(by in 0_usize..3, other in 0_usize..4) {
        let plain = wire::cbor::to_vec(&over(three()).unwrap()).unwrap();
        let mut inputs = three();
        inputs.rotate_left(by);
        let mut expected = units(&PATHS);
        expected.rotate_left(other);
        let seen = received(&inputs);
        let content =
            consolidate(form(), Header::default(), &expected, &seen, inputs, vec![]).unwrap();
        prop_assert_eq!(wire::cbor::to_vec(&content).unwrap(), plain);
    }

    #[test]
    fn counts_always_add_up(who in prop::collection::vec(prop::option::of(0_u8..3), 0..30)) {
        let path = |n: usize| format!("byt.24.{n:05}");
        let expected: Vec<_> = (0..who.len()).map(|n| unit(&path(n))).collect();
        let inputs: Vec<_> = who.iter().enumerate().filter_map(|(n, timely)| {
            let timeliness = match (*timely)? {
                0 => Timeliness::OnTime,
                1 => Timeliness::SignedOnTime,
                _ => Timeliness::Late,
            };
            Some(input(&path(n), timeliness, empty(form())))
        }).collect();
        let seen = received(&inputs);
        let content =
            consolidate(form(), Header::default(), &expected, &seen, inputs.clone(), vec![])
                .unwrap();
        let all = content.on_time + content.late + content.missing.len() as u64;
        prop_assert_eq!(all, content.expected);
        prop_assert!(check_arithmetic(&content, &inputs).is_empty());
    }
}
