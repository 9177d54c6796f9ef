//! What is asked for in a period, as the list of campaigns has it.

use model::overview::{Campaign, CampaignLine};
use replica::{CampaignSpec, QUARTERLY_FORM, ReportKey};
use testkit::at;

use super::patient;
use super::rollup::replica_inputs;
use crate::tree::{Machine, Tree, facility, quarter, settle, unit};

const OTHER: &str = "cv2132-rasoat";

fn lines(at: &Machine) -> Vec<CampaignLine> {
    at.replica.campaign_lines(quarter()).unwrap()
}

fn forms(at: &Machine) -> Vec<String> {
    let lines = lines(at).into_iter();
    lines.map(|line| line.campaign.form).collect()
}

fn open(at: &mut Machine, form: &str, due: Option<&str>, audience: Option<&str>) {
    let (person, clock) = (at.person.clone(), at.clock());
    let spec = CampaignSpec {
        form: form.to_owned(),
        period: quarter(),
        audience: audience.map(unit),
        due: due.map(testkit::at),
        basis: Some("Công văn 2132".into()),
    };
    at.replica.open_campaign(&person, &spec, clock).unwrap();
}

#[test]
fn the_quarterly_report_is_there_unasked_and_others_when_they_are_asked_for() {
    let mut tree = Tree::new(1);
    assert_eq!(forms(&tree.so), [QUARTERLY_FORM]);
    open(&mut tree.bo, OTHER, Some("2026-04-30T00:00:00+07:00"), None);
    open(&mut tree.so, "kh2273-vpso", None, Some("byt.24.07000"));
    settle(&mut tree.so, &mut tree.bo);
    let [usual, other, office] = &lines(&tree.so)[..] else {
        panic!("{:?}", forms(&tree.so))
    };
    assert_eq!(usual.campaign, Campaign::usual(quarter()));
    assert_eq!((&usual.by, usual.due), (&None, quarter().due()));
    assert_eq!(other.campaign.form, OTHER);
    assert_eq!(other.due, Some(at("2026-04-30T00:00:00+07:00")));
    assert_eq!(
        other.by.as_ref().map(|(unit, _)| unit.as_str()),
        Some("byt")
    );
    assert_eq!(other.basis.as_deref(), Some("Công văn 2132"));
    assert_eq!(office.campaign.form, "kh2273-vpso");
    // What only one facility of a province is asked for is the ministry's to see too.
    assert_eq!(forms(&tree.bo).len(), 3);
    let board = |form: &str| {
        tree.so
            .replica
            .board(form, quarter(), &mut patient)
            .unwrap()
    };
    assert_eq!(board(QUARTERLY_FORM).others, 2);
    let other = board(OTHER);
    assert_eq!((other.others, other.form.name.as_str()), (2, OTHER));
    assert_eq!(other.due, Some(at("2026-04-30T00:00:00+07:00")));
}

/// Whom nobody asked misses nothing: not on the board, not in the rollup, not where
/// the ministry verifies it.
#[test]
fn who_is_not_asked_is_not_missing() {
    let mut tree = Tree::new(3);
    let due = at("2026-05-30T00:00:00+07:00");
    let form = "kh2273-vpso";
    open(
        &mut tree.so,
        form,
        Some("2026-05-30T00:00:00+07:00"),
        Some("byt.24.07001"),
    );
    let board = |tree: &Tree, form: &str| {
        let board = tree.so.replica.board(form, quarter(), &mut patient);
        let board = board.unwrap();
        let units: Vec<String> = board
            .lines
            .iter()
            .map(|line| line.unit.to_string())
            .collect();
        (units, board.due)
    };
    assert_eq!(
        board(&tree, form),
        (vec!["byt.24.07001".to_owned()], Some(due))
    );
    assert_eq!(board(&tree, QUARTERLY_FORM).0.len(), 3);
    let (person, clock) = (tree.so.person.clone(), tree.so.clock());
    let signed = tree.so.replica.sign_rollup(form, quarter(), &person, clock);
    let view = signed.unwrap().0;
    assert_eq!(view.expected, 1);
    assert_eq!(view.missing, [unit("byt.24.07001")]);
    settle(&mut tree.so, &mut tree.bo);
    let inputs = replica_inputs(&mut tree.so, &view.id);
    let inputs = std::collections::BTreeMap::from([(unit("byt.24"), inputs)]);
    let check = tree
        .bo
        .replica
        .verify_rollup(&unit("byt.24"), form, quarter(), &inputs, true);
    let check = check.unwrap();
    assert!(check.ok, "{check:?}");
}

#[test]
fn the_highest_issuer_is_named_and_a_second_round_is_not_listed() {
    let mut tree = Tree::new(1);
    open(&mut tree.so, OTHER, Some("2026-05-30T00:00:00+07:00"), None);
    open(&mut tree.so, OTHER, Some("2026-06-30T00:00:00+07:00"), None);
    assert_eq!(lines(&tree.so).len(), 2);
    assert_eq!(
        lines(&tree.so)[1].due,
        Some(at("2026-05-30T00:00:00+07:00"))
    );
    open(&mut tree.bo, OTHER, Some("2026-04-30T00:00:00+07:00"), None);
    settle(&mut tree.so, &mut tree.bo);
    assert_eq!(lines(&tree.so).len(), 2);
    assert_eq!(
        lines(&tree.so)[1].due,
        Some(at("2026-04-30T00:00:00+07:00"))
    );
}

#[test]
fn what_was_submitted_unasked_is_listed_with_its_count() {
    let mut tree = Tree::new(2);
    let (so, one) = tree.pair(0);
    one.report();
    let key = ReportKey::regular(&facility(0), "kh2273-vpso", quarter());
    let person = one.person.public();
    for (code, value) in [("A1", "An"), ("A2", "Dũng")] {
        let clock = one.clock();
        one.replica.set(&key, &person, code, value, clock).unwrap();
    }
    let form = model::form::builtin("kh2273-vpso").unwrap();
    let required = form.sections.iter().flat_map(|section| &section.fields);
    for field in required.filter(|field| field.required && !field.code.starts_with('A')) {
        let clock = one.clock();
        let number = "0";
        one.replica
            .set(&key, &person, &field.code, number, clock)
            .unwrap();
    }
    one.submit(&key);
    settle(one, so);
    let counts: Vec<(String, usize)> = lines(so)
        .into_iter()
        .map(|line| (line.campaign.form, line.submitted))
        .collect();
    assert_eq!(
        counts,
        [
            (QUARTERLY_FORM.to_owned(), 1),
            ("kh2273-vpso".to_owned(), 1)
        ]
    );
    // Nobody asked, so the board does not urge.
    let board = so.replica.board(QUARTERLY_FORM, quarter(), &mut patient);
    assert_eq!(board.unwrap().others, 0);
}
