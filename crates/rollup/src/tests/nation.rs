use std::collections::BTreeMap;

use model::{Aggregate, Aggregates};
use wire::{Flag, FlagReason, RollupContent, RollupInput, Timeliness};

use super::fixture::{Q2, form, id, input, received, report, staffed, unit, units};
use crate::merkle::{inclusion, verify_inclusion};
use crate::{
    ConsolidateError, Header, Provinces, Sources, check_alone, check_arithmetic, check_nation,
    consolidate, consolidate_nation, merge, nation_inputs, state_of,
};

const PROVINCES: [&str; 3] = ["byt.24", "byt.79", "byt.91"];

pub(super) fn facilities(province: &str, count: usize) -> Vec<RollupInput> {
    let path = |n| format!("{province}.{n:05}");
    (1..=count)
        .map(|n| staffed(&path(n), 10 * n as i64))
        .collect()
}

/// Of `count` facilities and one that is missing.
pub(super) fn province(path: &str, count: usize) -> RollupContent {
    let mut inputs = facilities(path, count);
    inputs[0].timeliness = Some(Timeliness::Late);
    let mut expected: Vec<_> = inputs.iter().map(|i| i.unit.clone()).collect();
    expected.push(unit(&format!("{path}.99999")));
    let flags = vec![
        Flag {
            unit: expected[0].clone(),
            reason: FlagReason::Reenrolled,
        },
        Flag {
            unit: expected[0].clone(),
            reason: FlagReason::NewerPending,
        },
    ];
    let seen = received(&inputs);
    consolidate(form(), Header::default(), &expected, &seen, inputs, flags).unwrap()
}

pub(super) fn two_provinces() -> Provinces {
    BTreeMap::from([
        (unit("byt.24"), (id(24), province("byt.24", 3))),
        (unit("byt.79"), (id(79), province("byt.79", 2))),
    ])
}

pub(super) fn direct() -> Sources {
    let inputs = vec![staffed("byt.bachmai", 4000)];
    Sources {
        expected: units(&["byt.choray", "byt.bachmai"]),
        received: received(&inputs),
        inputs,
        flags: vec![],
    }
}

pub(super) fn nation(provinces: &Provinces) -> Result<RollupContent, ConsolidateError> {
    consolidate_nation(
        form(),
        Header::default(),
        &units(&PROVINCES),
        provinces,
        direct(),
    )
}

#[test]
fn the_nation_is_its_provinces_and_its_own_units() {
    let provinces = two_provinces();
    let content = nation(&provinces).unwrap();
    // 3 + 1 and 2 + 1 in the provinces, 2 directly under the ministry.
    assert_eq!((content.expected, content.on_time, content.late), (9, 4, 2));
    assert_eq!(content.missing, units(&["byt.91", "byt.choray"]));
    assert_eq!(content.inputs, 3);
    assert_eq!(
        content.aggregates["B3"],
        Aggregate::Sum {
            sum: 60 + 30 + 4000
        }
    );
    assert_eq!(content.aggregates["B1"], Aggregate::Share { yes: 6, of: 6 });
    let named = BTreeMap::from([(unit("byt.24"), id(24)), (unit("byt.79"), id(79))]);
    assert_eq!(content.provinces, named);
    let flagged: Vec<_> = content
        .flagged
        .iter()
        .map(|f| (f.unit.as_str(), f.reason))
        .collect();
    let new_keys = FlagReason::Reenrolled;
    assert_eq!(
        flagged,
        [("byt.24.00001", new_keys), ("byt.79.00001", new_keys)]
    );
    assert!(check_nation(&content, &provinces, &direct().inputs).is_empty());
    let again: RollupContent =
        wire::cbor::from_slice(&wire::cbor::to_vec(&content).unwrap()).unwrap();
    assert_eq!(again, content);
}

#[test]
fn the_national_totals_are_the_facilities_own() {
    let mut sum = Aggregates::new();
    let all = [
        facilities("byt.79", 2),
        direct().inputs,
        facilities("byt.24", 3),
    ];
    for input in all.iter().flatten() {
        merge(&mut sum, &input.state).unwrap();
    }
    sum.retain(|_, aggregate| !matches!(aggregate, Aggregate::List { .. }));
    assert_eq!(nation(&two_provinces()).unwrap().aggregates, sum);
}

fn has_lists(state: &Aggregates) -> bool {
    let mut all = state.values();
    all.any(|aggregate| matches!(aggregate, Aggregate::List { .. }))
}

#[test]
fn texts_stay_below_the_nation() {
    let provinces = two_provinces();
    assert!(provinces.values().all(|(_, c)| has_lists(&c.aggregates)));
    let content = nation(&provinces).unwrap();
    assert!(!has_lists(&content.aggregates));
    let inputs = nation_inputs(&provinces, direct().inputs).unwrap();
    let with_texts = inputs.iter().filter(|input| has_lists(&input.state));
    let with_texts: Vec<_> = with_texts.map(|input| input.unit.as_str()).collect();
    assert_eq!(with_texts, ["byt.bachmai"]);
    assert!(check_arithmetic(&content, &inputs).is_empty());
}

#[test]
fn a_nation_of_its_own_units_alone_has_no_texts_either() {
    let none = Provinces::new();
    let content = nation(&none).unwrap();
    assert_eq!(content.inputs, 1);
    assert!(!has_lists(&content.aggregates));
    assert!(check_nation(&content, &none, &direct().inputs).is_empty());
}

/// A text of the greatest length that a list keeps, and more.
fn long_text() -> String {
    "Thiếu máy chủ dự phòng, đề nghị bố trí kinh phí. ".repeat(100)
}

fn size(content: &RollupContent) -> usize {
    wire::cbor::to_vec(content).unwrap().len()
}

#[test]
fn every_text_at_full_length_fits_an_entry() {
    let text = long_text();
    let report = report(&format!("B3 = 1\nI1 ~ {text}\nI2 ~ {text}"));
    let of = |path: &str, count: u32| {
        let inputs: Vec<_> = (1..=count)
            .map(|n| {
                let path = format!("{path}.{n:05}");
                let state = state_of(form(), &report, &unit(&path), Q2);
                input(&path, Timeliness::OnTime, state)
            })
            .collect();
        let expected: Vec<_> = inputs.iter().map(|input| input.unit.clone()).collect();
        let seen = received(&inputs);
        consolidate(form(), Header::default(), &expected, &seen, inputs, vec![]).unwrap()
    };
    let largest = of("byt.24", 400);
    assert!(
        size(&largest) < wire::limits::ENTRY_MAX_BYTES * 3 / 4,
        "{}",
        size(&largest)
    );

    let paths: Vec<_> = (1..=34).map(|n| unit(&format!("byt.{n:02}"))).collect();
    let provinces: Provinces = paths
        .iter()
        .zip(1..)
        .map(|(path, n)| (path.clone(), (id(n), of(path.as_str(), 50))))
        .collect();
    let header = Header::default();
    let content =
        consolidate_nation(form(), header, &paths, &provinces, Sources::default()).unwrap();
    assert_eq!(content.expected, 34 * 50);
    assert!(size(&content) < 16 << 10, "{}", size(&content));
    let texts: usize = provinces.values().map(|(_, content)| size(content)).sum();
    assert!(texts > wire::limits::ENTRY_MAX_BYTES, "{texts}");
    let inputs = nation_inputs(&provinces, vec![]).unwrap();
    let proof = inclusion(id(1), &inputs, &paths[7]).unwrap().unwrap();
    assert!(wire::cbor::to_vec(&proof).unwrap().len() < 4 << 10);
    assert!(check_nation(&content, &provinces, &[]).is_empty());
}

#[test]
fn a_province_proves_that_it_went_in() {
    let provinces = two_provinces();
    let content = nation(&provinces).unwrap();
    let inputs = nation_inputs(&provinces, direct().inputs).unwrap();
    for input in &inputs {
        let proof = inclusion(id(1), &inputs, &input.unit).unwrap().unwrap();
        assert!(verify_inclusion(&content, &proof));
    }
    assert_eq!(
        (
            inputs[0].submission,
            inputs[0].receipt,
            inputs[0].timeliness
        ),
        (id(24), None, None)
    );
}

#[test]
fn provinces_and_units_that_are_missing_stand_in_one_order() {
    let sources = Sources {
        expected: units(&["byt.9a", "byt.1a"]),
        ..Sources::default()
    };
    let content = consolidate_nation(
        form(),
        Header::default(),
        &units(&PROVINCES),
        &Provinces::new(),
        sources,
    )
    .unwrap();
    let missing = units(&["byt.1a", "byt.24", "byt.79", "byt.91", "byt.9a"]);
    assert_eq!(content.missing, missing);
    assert!(check_nation(&content, &Provinces::new(), &[]).is_empty());
}

#[test]
fn nobody_has_sent_anything_yet() {
    let none = Provinces::new();
    let content = consolidate_nation(
        form(),
        Header::default(),
        &units(&PROVINCES),
        &none,
        Sources::default(),
    )
    .unwrap();
    assert_eq!((content.expected, content.inputs), (0, 0));
    assert_eq!(content.missing, units(&PROVINCES));
    assert!(check_nation(&content, &none, &[]).is_empty());
}

/// Changes the rollup of Bắc Ninh and says what the nation makes of it.
fn with(change: impl FnOnce(&mut RollupContent)) -> ConsolidateError {
    let mut provinces = two_provinces();
    let (_, content) = provinces.get_mut(&unit("byt.24")).unwrap();
    change(content);
    nation(&provinces).unwrap_err()
}

#[test]
fn a_rollup_of_something_else_is_refused() {
    for change in [
        (|c| c.form = "cv2132-rasoat".into()) as fn(&mut RollupContent),
        |c| c.version += 1,
        |c| c.ordinal += 1,
        |c| {
            c.provinces.insert(unit("byt.91"), id(1));
        },
    ] {
        let error = with(change);
        assert!(matches!(error, ConsolidateError::OtherReport { unit: u } if u == unit("byt.24")));
    }
}

#[test]
fn a_unit_of_another_province_is_refused() {
    let other = || unit("byt.79.00001");
    let in_list = |c: &mut RollupContent| {
        let text = model::ListItem {
            unit: other(),
            text: "x".into(),
        };
        c.aggregates
            .insert("I2".into(), Aggregate::List { list: vec![text] });
    };
    let in_missing = |c: &mut RollupContent| c.missing[0] = other();
    let in_flags = |c: &mut RollupContent| c.flagged[0].unit = other();
    for error in [with(in_list), with(in_missing), with(in_flags)] {
        match error {
            ConsolidateError::Outside { unit: u, outside } => {
                assert_eq!((u, outside), (unit("byt.24"), other()));
            }
            error => panic!("{error}"),
        }
    }
}

#[test]
fn counts_that_contradict_themselves_are_refused() {
    for change in [
        (|c| c.expected += 1) as fn(&mut RollupContent),
        |c| c.on_time = u64::MAX,
        |c| c.missing.push(c.missing[0].clone()),
        |c| {
            c.missing.push(c.missing[0].clone());
            c.expected += 1;
        },
        |c| c.inputs = 100,
    ] {
        let error = with(change);
        assert!(matches!(error, ConsolidateError::Counts { unit: u } if u == unit("byt.24")));
    }
    // Each in itself fine, together more than fits.
    let mut provinces = two_provinces();
    for (_, content) in provinces.values_mut() {
        content.on_time = u64::MAX - 10;
        content.expected = content.on_time + content.late + 1;
    }
    assert!(matches!(
        nation(&provinces),
        Err(ConsolidateError::Counts { .. })
    ));
}

#[test]
fn only_provinces_that_were_asked_and_units_without_one() {
    let mut provinces = two_provinces();
    provinces.insert(unit("byt.01"), (id(1), province("byt.01", 1)));
    assert!(
        matches!(nation(&provinces), Err(ConsolidateError::NotExpected { unit: u }) if u == unit("byt.01"))
    );

    for stranger in ["byt.24.00001", "byt.24"] {
        let sources = Sources {
            expected: units(&[stranger]),
            ..Sources::default()
        };
        let refused =
            consolidate_nation(form(), Header::default(), &[], &Provinces::new(), sources);
        assert!(
            matches!(refused, Err(ConsolidateError::Outside { outside, .. }) if outside == unit(stranger))
        );
    }
}

#[test]
fn what_fits_alone_fits_together() {
    let expected = units(&PROVINCES);
    let alone = |content: &RollupContent| {
        check_alone(form(), 0, &expected, &unit("byt.24"), (id(24), content))
    };
    let honest = province("byt.24", 3);
    alone(&honest).unwrap();

    // The largest that passes, from every province at once.
    let most = i64::MAX / (PROVINCES.len() as i64 + 1);
    let with = |sum| {
        let mut content = consolidate(
            form(),
            Header::default(),
            &[],
            &BTreeMap::new(),
            vec![],
            vec![],
        )
        .unwrap();
        content
            .aggregates
            .insert("B3".into(), Aggregate::Sum { sum });
        content
    };
    alone(&with(most)).unwrap();
    let all = expected
        .iter()
        .map(|unit| (unit.clone(), (id(1), with(most))));
    nation(&all.collect()).unwrap();
    for sum in [most + 1, i64::MAX, i64::MIN] {
        let refused = alone(&with(sum));
        assert!(matches!(refused, Err(ConsolidateError::TooLarge { .. })));
    }

    let mut counts = honest.clone();
    counts.expected += 1;
    let refused = alone(&counts);
    assert!(matches!(refused, Err(ConsolidateError::Counts { .. })));
    let mut many = with(0);
    (many.expected, many.on_time) = (u64::MAX, u64::MAX);
    let refused = alone(&many);
    assert!(matches!(refused, Err(ConsolidateError::TooLarge { .. })));
    let mut ordinal = honest;
    ordinal.ordinal = 1;
    let refused = alone(&ordinal);
    assert!(matches!(refused, Err(ConsolidateError::OtherReport { .. })));
}
