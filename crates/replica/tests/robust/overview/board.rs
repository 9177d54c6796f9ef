//! The board against `review_list`, unit by unit.

use model::overview::{BoardLine, BoardState};
use model::{Timeliness, UnitPath};
use replica::{Error, QUARTERLY_FORM, ReviewLine};
use store::Store;
use testkit::{Seeded, at};
use wire::{Kind, Role};

use super::patient;
use crate::tree::{Machine, NOW, Tree, facility, quarter, settle, sync, unit};

fn board(so: &Machine) -> Vec<BoardLine> {
    let board = so
        .replica
        .board(QUARTERLY_FORM, quarter(), &mut patient)
        .unwrap();
    assert_eq!(board.due, quarter().due());
    board.lines
}

fn line(so: &Machine, of: &UnitPath) -> BoardLine {
    let mut lines = board(so);
    lines.retain(|line| line.unit == *of);
    lines.remove(0)
}

fn review_lines(so: &Machine) -> Vec<ReviewLine> {
    so.replica.review_list(QUARTERLY_FORM, quarter()).unwrap()
}

/// What `review_list` says, in the words of the board.
fn as_board(line: &ReviewLine, joined: bool) -> BoardState {
    match line.state {
        _ if line.concurrent => BoardState::TwoSubmissions,
        "none" if joined => BoardState::NotOpened,
        "none" => BoardState::NotJoined,
        "draft" => BoardState::Working,
        "submitted" if line.incomplete => BoardState::Incomplete,
        "submitted" => BoardState::Submitted,
        "returned" => BoardState::Returned,
        "accepted" => BoardState::Accepted,
        other => panic!("{other}"),
    }
}

fn compare(so: &Machine) -> Vec<BoardState> {
    let (lines, expected) = (board(so), review_lines(so));
    let units = so.replica.units().unwrap();
    assert_eq!(lines.len(), expected.len());
    let pairs = lines.iter().zip(&expected);
    for (line, expected) in pairs {
        let known = units.iter().find(|view| view.unit == line.unit).unwrap();
        let timeliness = expected.timeliness.map(|timeliness| match timeliness {
            wire::Timeliness::OnTime => Timeliness::OnTime,
            wire::Timeliness::SignedOnTime => Timeliness::SignedOnTime,
            wire::Timeliness::Late => Timeliness::Late,
        });
        assert_eq!((&line.unit, &line.name), (&expected.unit, &expected.name));
        assert_eq!(line.state, as_board(expected, known.enrolled), "{line:?}");
        assert_eq!(line.timeliness, timeliness, "{line:?}");
        let signed = line.signed_at.map(model::Timestamp::to_rfc3339);
        assert_eq!(signed, expected.signed_at, "{line:?}");
        let received = line.received_at.map(model::Timestamp::to_rfc3339);
        assert_eq!(received, expected.received_at, "{line:?}");
        assert_eq!(line.reenrolled, known.reenrolled);
    }
    lines.into_iter().map(|line| line.state).collect()
}

/// One thing that may happen at a facility and its Sở.
fn step(so: &mut Machine, one: &mut Machine, what: u64) {
    let key = one.key();
    match what {
        0 => one.fill(&key),
        1 => drop(one.report()),
        2 => drop(sync(one, so)),
        3 => settle(one, so),
        4 => {
            one.set("B5", &one.now.0.rem_euclid(997).to_string());
            one.seal();
        }
        5 => {
            let (person, clock) = (so.person.clone(), so.clock());
            drop(so.replica.accept(&key, &person, clock));
        }
        6 => {
            let remark = [("B3".to_owned(), "Xem lại".to_owned())];
            let (person, clock) = (so.person.clone(), so.clock());
            drop(so.replica.return_report(&key, &person, &remark, clock));
        }
        // The submission without what it rests on.
        7 => {
            let held = one.of_kind(Kind::Submission);
            so.receive(one, held);
        }
        _ => {
            let minutes = i64::try_from(what).unwrap() * 60_000;
            one.now.0 += minutes;
            so.now.0 += minutes / 2;
        }
    }
}

#[test]
fn a_board_of_any_tree_is_the_review_list() {
    let mut seen = Vec::new();
    for seed in 0..8 {
        let mut random = Seeded::new(seed);
        let mut tree = Tree::new(4);
        tree.so.invite(&facility(90));
        // Around the due time, so that all kinds of lateness come up.
        tree.so.now = at("2026-06-19T23:00:00+07:00");
        for facility in &mut tree.facilities {
            facility.now = at("2026-06-19T23:00:00+07:00");
        }
        // So that reviews find something.
        for index in 0..2 {
            let (so, one) = tree.pair(index);
            one.report();
            settle(one, so);
        }
        for _ in 0..32 {
            let index = usize::try_from(random.below(4)).unwrap();
            let (so, one) = tree.pair(index);
            step(so, one, random.below(12));
        }
        seen.extend(compare(&tree.so));
    }
    seen.sort_unstable();
    seen.dedup();
    for state in [
        BoardState::NotJoined,
        BoardState::NotOpened,
        BoardState::Working,
        BoardState::Submitted,
        BoardState::Returned,
        BoardState::Accepted,
    ] {
        assert!(seen.contains(&state), "{state:?} never came up");
    }
}

#[test]
fn two_submissions_side_by_side_and_one_that_is_incomplete() {
    let mut tree = Tree::new(2);
    let (so, one) = tree.pair(0);
    let own = one.unit();
    let mut two = one.join_below(&own, Store::open_in_memory().unwrap(), 30);
    let key = one.key();
    one.fill(&key);
    settle(one, so);
    settle(&mut two, so);
    one.submit(&key);
    two.set("B5", "7");
    two.seal();
    two.submit(&key);
    settle(one, so);
    settle(&mut two, so);
    assert_eq!(line(so, &own).state, BoardState::TwoSubmissions);

    let (so, other) = tree.pair(1);
    other.report();
    let held = other.of_kind(Kind::Submission);
    so.receive(other, held);
    sync(&mut tree.so, &mut tree.bo);
    let incomplete = line(&tree.so, &facility(1));
    assert_eq!(
        (incomplete.state, incomplete.timeliness),
        (BoardState::Incomplete, None)
    );
    compare(&tree.so);
}

#[test]
fn what_a_revoked_head_submits_does_not_show_and_new_keys_do() {
    let mut tree = Tree::new(2);
    let (so, one) = tree.pair(0);
    let head = one.colleague("Thủ trưởng", &[Role::Editor, Role::Head]);
    settle(one, so);
    let (own, clock) = (one.unit(), so.clock());
    let registrar = so.person.clone();
    so.replica
        .revoke(&registrar, &head.public(), "lộ khóa", clock)
        .unwrap();
    let key = one.key();
    one.fill(&key);
    one.person = head;
    one.submit(&key);
    settle(one, so);
    assert_eq!(line(so, &own).state, BoardState::Working);

    let again = so.invite(&facility(1));
    let mut anew = Machine::join(&again, Store::open_in_memory().unwrap(), 60);
    settle(&mut anew, so);
    assert!(line(so, &facility(1)).reenrolled && !line(so, &own).reenrolled);
    compare(so);
}

#[test]
fn a_campaign_for_one_unit_moves_its_due_time_alone() {
    let mut tree = Tree::new(2);
    let (person, clock) = (tree.so.person.clone(), tree.so.clock());
    let spec = replica::CampaignSpec {
        form: QUARTERLY_FORM.to_owned(),
        period: quarter(),
        audience: Some(facility(0)),
        due: Some(at("2026-06-01T00:00:00+07:00")),
        basis: None,
    };
    tree.so
        .replica
        .open_campaign(&person, &spec, clock)
        .unwrap();
    for index in 0..2 {
        let (so, one) = tree.pair(index);
        settle(one, so);
        one.report();
        settle(one, so);
    }
    compare(&tree.so);
    let timeliness = |index| line(&tree.so, &facility(index)).timeliness;
    assert_eq!(timeliness(0), Some(Timeliness::Late));
    assert_eq!(timeliness(1), Some(Timeliness::OnTime));
    let heard = line(&tree.so, &facility(0)).last_sync;
    assert_eq!(heard, Some(at(NOW)));
}

#[test]
fn nobody_waits_for_a_board_that_is_not_wanted() {
    let tree = Tree::new(1);
    let board = |bo: &Machine| {
        let mut calls = 0;
        bo.replica.board(QUARTERLY_FORM, quarter(), &mut |_, _| {
            calls += 1;
            calls < 2
        })
    };
    assert!(matches!(board(&tree.so), Err(Error::Cancelled)));
    // Nothing reports to the ministry itself here.
    assert_eq!(board(&tree.bo).unwrap().lines, []);
    assert_eq!(board(&tree.bo).unwrap().unit, unit("byt"));
}
