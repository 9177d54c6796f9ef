//! Asking for more than what is shared.

use model::Period;
use wire::EntryId;
use wire::frame::Ask;

use super::memory::{Memory, note, unit};
use super::talk::{Talk, pair, talk, talk_with};
use crate::Warning;

const QUARTER: Period = Period::Quarter(2026, 2);

fn report(at: &str) -> Ask {
    Ask::Report {
        unit: unit(at),
        period: QUARTER,
    }
}

/// The ministry and a province with reports of two facilities.
fn tree() -> (Memory, Memory) {
    let (ministry, mut province) = pair("byt", "byt.24");
    for number in 0..40 {
        province.insert(&note("byt.24.1", number), None);
        province.insert(&note("byt.24.2", number), None);
    }
    (ministry, province)
}

fn dial(a: &mut Memory, asks_a: Vec<Ask>, b: &mut Memory, asks_b: Vec<Ask>) -> Talk {
    let (mut of_a, mut of_b) = (a.config(b), b.config(a));
    (of_a.asks, of_b.asks) = (asks_a, asks_b);
    let talked = talk_with(of_a, a, of_b, b, usize::MAX);
    assert!(talked.error.is_none(), "{:?}", talked.error);
    assert!(talked.outcome().in_sync);
    talked
}

#[test]
fn without_an_ask_no_report_leaves_the_province() {
    let (mut ministry, mut province) = tree();
    talk(&mut ministry, &mut province);
    assert!(ministry.ids().is_empty());
}

#[test]
fn the_dialling_ministry_gets_the_report_it_asks_for() {
    let (mut ministry, mut province) = tree();
    dial(
        &mut ministry,
        vec![report("byt.24.1")],
        &mut province,
        vec![],
    );
    assert_eq!(ministry.ids().len(), 10);
    let asked = |id: &EntryId| {
        let body = province.held[id].1.body();
        body.unit == unit("byt.24.1") && body.period == Some(QUARTER)
    };
    assert!(ministry.ids().iter().all(asked));
    assert_eq!(province.drills, [(unit("byt.24.1"), QUARTER)]);
}

#[test]
fn the_answering_ministry_gets_the_report_it_asks_for() {
    let (mut ministry, mut province) = tree();
    dial(
        &mut province,
        vec![],
        &mut ministry,
        vec![report("byt.24.2")],
    );
    assert_eq!(ministry.ids().len(), 10);
    assert_eq!(province.drills, [(unit("byt.24.2"), QUARTER)]);
}

#[test]
fn an_ask_that_is_denied_does_not_disturb_the_rest() {
    for ministry_dials in [true, false] {
        let (mut ministry, mut province) = tree();
        province.allow_drills = false;
        let shared = super::memory::entry_at("byt.24.1", wire::Stream::Incident, None, 9, 9);
        province.insert(&shared, None);
        // Held from an earlier drill-down: the fingerprints must leave it out.
        ministry.insert(&note("byt.24.1", 1), None);
        let asks = vec![report("byt.24.1")];
        let talked = match ministry_dials {
            true => dial(&mut ministry, asks, &mut province, vec![]),
            false => dial(&mut province, vec![], &mut ministry, asks),
        };
        assert_eq!(ministry.ids().len(), 2);
        assert!(province.drills.is_empty());
        let asker = if ministry_dials {
            &talked.dialler
        } else {
            &talked.answerer
        };
        let warned = Warning::Unanswered(report("byt.24.1"));
        assert_eq!(asker.outcome().unwrap().warnings, [warned]);
    }
}

#[test]
fn a_denial_is_told_even_when_nothing_else_is_to_be_said() {
    let (mut ministry, mut province) = pair("byt", "byt.24");
    province.allow_drills = false;
    let talked = dial(
        &mut province,
        vec![],
        &mut ministry,
        vec![report("byt.24.1")],
    );
    let warned = Warning::Unanswered(report("byt.24.1"));
    assert_eq!(talked.answerer.outcome().unwrap().warnings, [warned]);
    assert_eq!(talked.outcome().round_trips, 1);
}

#[test]
fn nobody_asks_downwards_or_sideways() {
    let (mut province, mut ministry) = pair("byt.24", "byt");
    ministry.insert(&note("byt.25.1", 1), None);
    let asks = vec![
        report("byt.25.1"),
        Ask::Inputs {
            rollup: EntryId([5; 32]),
        },
    ];
    ministry.blobs.insert(EntryId([5; 32]), vec![1, 2, 3]);
    let talked = dial(&mut province, asks.clone(), &mut ministry, vec![]);
    assert!(province.ids().is_empty());
    assert!(talked.outcome().answers.is_empty());
    let warned = asks.into_iter().map(Warning::Unanswered);
    assert_eq!(talked.outcome().warnings, warned.collect::<Vec<_>>());
}

#[test]
fn the_inputs_of_a_rollup_come_in_pieces() {
    let rollup = EntryId([5; 32]);
    let blob: Vec<u8> = (0..700_000u32).map(|i| (i % 251) as u8).collect();
    for ministry_dials in [true, false] {
        let (mut ministry, mut province) = tree();
        province.blobs.insert(rollup, blob.clone());
        let missing = Ask::Inputs {
            rollup: EntryId([6; 32]),
        };
        let asks = vec![Ask::Inputs { rollup }, missing.clone()];
        let talked = match ministry_dials {
            true => dial(&mut ministry, asks, &mut province, vec![]),
            false => dial(&mut province, vec![], &mut ministry, asks),
        };
        let asker = if ministry_dials {
            &talked.dialler
        } else {
            &talked.answerer
        };
        let outcome = asker.outcome().unwrap();
        assert_eq!(outcome.answers, [(Ask::Inputs { rollup }, blob.clone())]);
        assert_eq!(outcome.warnings, [Warning::Unanswered(missing)]);
    }
}

#[test]
fn what_is_asked_for_many_times_is_answered_once() {
    let rollup = EntryId([5; 32]);
    let blob = vec![7; 700_000];
    let (mut ministry, mut province) = tree();
    province.blobs.insert(rollup, blob.clone());
    let asks = vec![Ask::Inputs { rollup }; wire::frame::ASKS_MAX_COUNT];
    let talked = dial(&mut ministry, asks, &mut province, vec![]);
    assert_eq!(talked.outcome().answers, [(Ask::Inputs { rollup }, blob)]);
    assert!(talked.answerer.so_far().bytes_out < 800_000);
}
