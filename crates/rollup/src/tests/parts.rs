//! However the reports are dealt out to provinces, the nation is their sum.

use model::{Aggregates, Scalar, Snapshot, UnitPath};
use proptest::prelude::*;
use wire::{RollupInput, Timeliness};

use super::fixture::{Q2, form, id, input, received, unit};
use crate::merge::without_lists;
use crate::{Header, Provinces, Sources, check_nation, consolidate, consolidate_nation, merge};

const PROVINCES: [&str; 3] = ["byt.24", "byt.79", "byt.91"];

/// A facility's report and when it came.
#[derive(Clone, Debug)]
struct Reported {
    snapshot: Snapshot,
    timeliness: Timeliness,
}

fn reported() -> impl Strategy<Value = Reported> {
    let number = || prop::option::of(0_i64..1_000_000);
    let yes = || prop::option::of(any::<bool>());
    let rows = prop::collection::btree_map("[a-d]", "his|lis|pacs", 0..4);
    let timeliness = prop::sample::select(vec![
        Timeliness::OnTime,
        Timeliness::SignedOnTime,
        Timeliness::Late,
    ]);
    (number(), number(), yes(), number(), rows, timeliness).prop_map(
        |(staff, trained, plan, budget, rows, timeliness)| {
            let mut snapshot = Snapshot::default();
            let mut put = |key: &str, value: Option<Scalar>| {
                snapshot.values.extend(value.map(|v| (key.to_owned(), v)));
            };
            put("B3", staff.map(Scalar::Int));
            put("B4", trained.map(Scalar::Int));
            put("B1", plan.map(Scalar::Bool));
            put("G1", budget.map(Scalar::Int));
            for (row, kind) in &rows {
                put(&format!("C1/{row}"), Some(Scalar::Bool(true)));
                put(&format!("C1/{row}/kind"), Some(Scalar::Str(kind.clone())));
                put(
                    &format!("C1/{row}/state"),
                    Some(Scalar::Str("running".to_owned())),
                );
            }
            snapshot.texts.insert("I1".to_owned(), "Thiếu".to_owned());
            Reported {
                snapshot,
                timeliness,
            }
        },
    )
}

/// The `number`-th facility's input, in a province or, beyond them, directly
/// under the ministry.
fn placed(number: usize, report: &Reported, place: usize) -> RollupInput {
    let path = match PROVINCES.get(place) {
        Some(province) => format!("{province}.{number:05}"),
        None => format!("byt.bv-{}", ["a", "b", "c"][number % 3].repeat(number + 1)),
    };
    let state = crate::state_of(form(), &report.snapshot, &unit(&path), Q2);
    input(&path, report.timeliness, state)
}

fn paths(inputs: &[RollupInput]) -> Vec<UnitPath> {
    inputs.iter().map(|input| input.unit.clone()).collect()
}

/// The nation's numbers, through a rollup a province.
fn consolidated(inputs: &[RollupInput]) -> Result<Aggregates, TestCaseError> {
    let mut provinces = Provinces::new();
    for (province, n) in PROVINCES.iter().zip(1..) {
        let province = unit(province);
        let own = inputs.iter().filter(|input| province.contains(&input.unit));
        let own: Vec<RollupInput> = own.cloned().collect();
        if own.is_empty() {
            continue;
        }
        let (expected, seen) = (paths(&own), received(&own));
        let content = consolidate(form(), Header::default(), &expected, &seen, own, vec![]);
        provinces.insert(province, (id(n), content.unwrap()));
    }
    let direct = inputs
        .iter()
        .filter(|input| input.unit.ancestors().count() == 1);
    let direct: Vec<RollupInput> = direct.cloned().collect();
    let sources = Sources {
        expected: paths(&direct),
        received: received(&direct),
        inputs: direct.clone(),
        flags: vec![],
    };
    let there: Vec<UnitPath> = provinces.keys().cloned().collect();
    let content = consolidate_nation(form(), Header::default(), &there, &provinces, sources);
    let content = content.unwrap();
    prop_assert_eq!(content.expected, inputs.len() as u64);
    prop_assert_eq!(content.on_time + content.late, inputs.len() as u64);
    let direct = crate::sorted(direct).unwrap();
    let faults = check_nation(&content, &provinces, &direct);
    prop_assert!(faults.is_empty(), "{:?}", faults);
    Ok(content.aggregates)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_nation_is_the_sum_of_its_reports_however_they_are_dealt_out(
        (reports, order) in prop::collection::vec((reported(), 0..4_usize, 0..4_usize), 0..14)
            .prop_flat_map(|reports| {
                let order: Vec<usize> = (0..reports.len()).collect();
                (Just(reports), Just(order).prop_shuffle())
            }),
    ) {
        let mut naive = without_lists(crate::empty(form()));
        for number in order {
            let (report, place, _) = &reports[number];
            let state = placed(number, report, *place).state;
            merge(&mut naive, &without_lists(state)).unwrap();
        }
        let dealt = |which: fn(&(Reported, usize, usize)) -> usize| -> Vec<RollupInput> {
            let reports = reports.iter().enumerate();
            reports.map(|(n, report)| placed(n, &report.0, which(report))).collect()
        };
        prop_assert_eq!(&consolidated(&dealt(|report| report.1))?, &naive);
        prop_assert_eq!(&consolidated(&dealt(|report| report.2))?, &naive);
    }
}
