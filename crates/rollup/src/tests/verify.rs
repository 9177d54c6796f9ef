use model::{Aggregate, Aggregates};
use proptest::prelude::*;
use wire::{Digest, RollupContent, RollupInput, Timeliness};

use super::fixture::{Q2, form, id, received, report, staffed, unit, units};
use super::nation::{direct, nation, two_provinces};
use crate::{
    Fault, Header, Mismatch, Provinces, check_arithmetic, check_nation, compare, consolidate,
    empty, nation_inputs, state_of,
};

const PATHS: [&str; 4] = [
    "byt.24.00001",
    "byt.24.00002",
    "byt.24.00003",
    "byt.24.00004",
];

fn rollup() -> (RollupContent, Vec<RollupInput>) {
    let inputs: Vec<_> = PATHS[..3]
        .iter()
        .zip(1..)
        .map(|(p, n)| staffed(p, n))
        .collect();
    let seen = received(&inputs);
    let content = consolidate(
        form(),
        Header::default(),
        &units(&PATHS),
        &seen,
        inputs.clone(),
        vec![],
    )
    .unwrap();
    (content, inputs)
}

/// A fault in a word, for short expectations.
fn word(fault: &Fault) -> String {
    match fault {
        Fault::Twice { unit } => format!("twice {unit}"),
        Fault::Inputs { rollup, computed } => format!("inputs {rollup} {computed}"),
        Fault::Root { .. } => "root".into(),
        Fault::Completeness => "completeness".into(),
        Fault::NotMissing { unit } => format!("not missing {unit}"),
        Fault::Province { unit } => format!("province {unit}"),
        Fault::Aggregate { code, .. } => format!("code {code}"),
        Fault::Merge { unit, source } => format!("merge {unit} {source}"),
        Fault::Encode(error) => format!("encode {error}"),
    }
}

/// What is wrong once the rollup, its inputs or both have been changed.
fn check(change: impl FnOnce(&mut RollupContent, &mut Vec<RollupInput>), expected: &[&str]) {
    let (mut content, mut inputs) = rollup();
    change(&mut content, &mut inputs);
    let faults: Vec<_> = check_arithmetic(&content, &inputs)
        .iter()
        .map(word)
        .collect();
    assert_eq!(faults, expected);
}

#[test]
fn an_honest_rollup_has_no_faults_in_any_order_of_inputs() {
    check(|_, _| (), &[]);
    check(|_, inputs| inputs.reverse(), &[]);
}

#[test]
fn every_lie_is_named() {
    let sum = |n| Aggregate::Sum { sum: n };
    check(|c, _| c.inputs = 4, &["inputs 4 3"]);
    check(|c, _| c.merkle_root = Digest([0; 32]), &["root"]);
    check(|c, _| c.expected = 3, &["completeness"]);
    check(|c, _| c.expected = 0, &["completeness"]);
    check(|c, _| c.missing.clear(), &["completeness"]);
    check(|c, _| (c.on_time, c.late) = (2, 1), &["completeness"]);
    check(
        |c, _| (c.on_time, c.late) = (u64::MAX, u64::MAX),
        &["completeness"],
    );
    check(
        |c, _| c.missing = units(&PATHS[2..3]),
        &["not missing byt.24.00003"],
    );
    check(
        |c, _| drop(c.aggregates.insert("B3".into(), sum(7))),
        &["code B3"],
    );
    check(
        |c, _| drop(c.aggregates.insert("Z9".into(), sum(1))),
        &["code Z9"],
    );
    check(|c, _| drop(c.aggregates.remove("B3")), &["code B3"]);
    check(|c, _| drop(c.aggregates.remove("I1")), &["code I1"]);
    check(
        // Whoever names provinces claims to be a nation, which has no texts.
        |c, _| {
            c.provinces.insert(unit("byt.24"), id(1));
        },
        &["province byt.24", "code I1", "code I2"],
    );
    check(
        |c, _| {
            drop(
                c.aggregates
                    .insert("B3".into(), Aggregate::Ratio { num: 0, den: 0 }),
            )
        },
        &["merge byt.24.00001 indicator B3 is of two kinds"],
    );
}

#[test]
fn a_unit_named_missing_twice_is_not_two_units() {
    check(
        |c, _| {
            c.missing.push(c.missing[0].clone());
            c.expected += 1;
        },
        &["completeness"],
    );
}

#[test]
fn a_nation_cannot_miss_more_units_than_were_expected() {
    let provinces = two_provinces();
    let mut content = nation(&provinces).unwrap();
    let inputs = nation_inputs(&provinces, direct().inputs).unwrap();
    assert!(check_arithmetic(&content, &inputs).is_empty());
    content.missing = units(&["byt.a", "byt.b", "byt.c", "byt.d"]);
    let faults = check_arithmetic(&content, &inputs);
    assert_eq!(
        faults.iter().map(word).collect::<Vec<_>>(),
        ["completeness"]
    );
}

#[test]
fn every_change_of_the_inputs_is_named() {
    let sum = |n| Aggregate::Sum { sum: n };
    check(
        |_, inputs| drop(inputs.remove(0)),
        &["inputs 3 2", "root", "code B1", "code B3", "code I1"],
    );
    check(
        |_, inputs| inputs[2] = inputs[1].clone(),
        &["twice byt.24.00002", "root", "code B3", "code I1"],
    );
    check(
        |_, inputs| drop(inputs[0].state.insert("B4".into(), sum(1))),
        &["root", "code B4"],
    );
    check(|_, inputs| inputs[0].submission = id(9), &["root"]);
    check(
        |_, inputs| inputs[0].timeliness = Some(Timeliness::Late),
        &["root", "completeness"],
    );
    check(
        |_, inputs| drop(inputs[0].state.insert("B3".into(), sum(i64::MAX))),
        &["root", "merge byt.24.00002 indicator B3 overflows"],
    );
}

fn check_national(
    change: impl FnOnce(&mut RollupContent, &mut Provinces, &mut Vec<RollupInput>),
    expected: &[&str],
) {
    let (mut provinces, mut direct) = (two_provinces(), direct().inputs);
    let mut content = nation(&provinces).unwrap();
    change(&mut content, &mut provinces, &mut direct);
    let faults: Vec<_> = check_nation(&content, &provinces, &direct)
        .iter()
        .map(word)
        .collect();
    assert_eq!(faults, expected);
}

#[test]
fn a_nation_is_checked_against_its_provinces() {
    let first = |provinces: &mut Provinces, change: fn(&mut RollupContent)| {
        provinces
            .values_mut()
            .take(1)
            .for_each(|(_, content)| change(content));
    };
    check_national(|_, _, _| (), &[]);
    check_national(|c, _, _| c.expected += 1, &["completeness"]);
    check_national(|c, _, _| c.on_time += 1, &["completeness"]);
    check_national(|c, _, _| (c.on_time, c.late) = (3, 3), &["completeness"]);
    check_national(
        |c, _, _| (c.on_time, c.late) = (u64::MAX, 1),
        &["completeness"],
    );
    check_national(|_, p, _| first(p, |c| c.expected += 1), &["completeness"]);
    check_national(
        |c, _, _| {
            c.provinces.insert(unit("byt.24"), id(1));
        },
        &["province byt.24"],
    );
    check_national(
        |c, _, _| {
            c.provinces.remove(&unit("byt.24"));
        },
        &["province byt.24"],
    );
    check_national(
        |_, p, _| {
            first(p, |c| {
                drop(c.aggregates.insert("B4".into(), Aggregate::Sum { sum: 1 }))
            })
        },
        &["root", "code B4"],
    );
    // Texts have no place in it, not even none of them.
    let texts = |list| Aggregate::List { list };
    check_national(
        |c, _, _| drop(c.aggregates.insert("I1".into(), texts(vec![]))),
        &["code I1"],
    );
    check_national(
        |c, _, _| {
            let text = model::ListItem {
                unit: unit("byt.24.00001"),
                text: "x".into(),
            };
            drop(c.aggregates.insert("I1".into(), texts(vec![text])))
        },
        &["code I1"],
    );
    // A province's texts are its own business, a direct unit's are in its leaf.
    check_national(|_, p, _| first(p, |c| drop(c.aggregates.remove("I1"))), &[]);
    check_national(|_, _, direct| drop(direct[0].state.remove("I1")), &["root"]);
    check_national(
        |_, _, direct| direct[0].timeliness = Some(Timeliness::Late),
        &["root", "completeness"],
    );
    check_national(
        |_, _, direct| direct.push(direct[0].clone()),
        &[
            "twice byt.bachmai",
            "inputs 3 4",
            "root",
            "code B1",
            "code B3",
            "completeness",
        ],
    );
}

#[test]
fn compare_names_unit_code_and_both_sides() {
    let at = unit(PATHS[0]);
    let source = state_of(form(), &report("B3 = 5\nB1 = true"), &at, Q2);
    assert_eq!(compare(&source, &source, &at), []);
    let mut claimed = source.clone();
    claimed.insert("B3".into(), Aggregate::Sum { sum: 50 });
    claimed.remove("B1");
    claimed.insert("Z9".into(), Aggregate::Sum { sum: 0 });
    let of = |code: &str, rollup, source| Mismatch {
        unit: at.clone(),
        code: code.into(),
        rollup,
        source,
    };
    let sum = |sum| Some(Aggregate::Sum { sum });
    let found = compare(&claimed, &source, &at);
    assert_eq!(
        found,
        [
            of("B1", None, Some(Aggregate::Share { yes: 1, of: 1 })),
            of("B3", sum(50), sum(5)),
            of("Z9", sum(0), None),
        ]
    );
    assert_eq!(
        serde_json::to_string(&found[1]).unwrap(),
        r#"{"unit":"byt.24.00001","code":"B3","rollup":{"sum":50},"source":{"sum":5}}"#
    );
}

proptest! {
    #[test]
    fn a_total_that_is_off_by_anything_is_found(which in any::<prop::sample::Index>(), by in 1_i64..1000) {
        let (mut content, inputs) = rollup();
        let codes: Vec<String> = content.aggregates.keys().cloned().collect();
        let code = which.get(&codes).clone();
        bend(content.aggregates.get_mut(&code).unwrap(), by);
        let faults = check_arithmetic(&content, &inputs);
        prop_assert_eq!(faults.iter().map(word).collect::<Vec<_>>(), [format!("code {code}")]);
    }

    #[test]
    fn hostile_numbers_never_panic(
        expected: u64, on_time: u64, late: u64, inputs_claimed: u64, sum: i64,
    ) {
        let (mut content, mut inputs) = rollup();
        (content.expected, content.on_time, content.late) = (expected, on_time, late);
        content.inputs = inputs_claimed;
        inputs[1].state = Aggregates::from([("B3".into(), Aggregate::Sum { sum })]);
        prop_assert!(!check_arithmetic(&content, &inputs).is_empty());
        check_nation(&content, &two_provinces(), &inputs);
    }
}

fn bend(aggregate: &mut Aggregate, by: i64) {
    match aggregate {
        Aggregate::Sum { sum } => *sum += by,
        Aggregate::Share { yes: n, .. } | Aggregate::Ratio { num: n, .. } => *n += by,
        Aggregate::Counts { counts } => counts.values_mut().take(1).for_each(|n| *n += by),
        Aggregate::List { list } => list.push(model::ListItem {
            unit: unit("byt.24.99999"),
            text: by.to_string(),
        }),
    }
}

#[test]
fn a_rollup_of_nobody_may_not_claim_anything() {
    let content = consolidate(
        form(),
        Header::default(),
        &[],
        &Default::default(),
        vec![],
        vec![],
    )
    .unwrap();
    assert!(check_arithmetic(&content, &[]).is_empty());
    assert_eq!(content.aggregates, empty(form()));
    let mut lying = content;
    lying
        .aggregates
        .insert("B3".into(), Aggregate::Sum { sum: 1 });
    let faults: Vec<_> = check_arithmetic(&lying, &[]).iter().map(word).collect();
    assert_eq!(faults, ["code B3"]);
}
