//! An invite that was used in time and met too late, and the registrar's remedy.

use identity::Invite;
use model::UnitPath;
use replica::{Error, ExtendedInvite, INVITE_VALID_DAYS};
use store::Store;
use sync::SessionError;
use wire::Kind;

use crate::tree::{Machine, Tree, facility, settle, sync, talk, unit};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

fn later(machines: &mut [&mut Machine], days: i64) {
    for machine in machines {
        machine.now.0 += days * DAY_MS;
    }
}

/// The inviter gives more time, with its own registrar's key.
fn extend(machine: &mut Machine, of: &UnitPath) -> Result<Vec<ExtendedInvite>, Error> {
    let (person, clock) = (machine.person.clone(), machine.clock());
    machine.replica.extend_invite(&person, of, clock)
}

/// Dials and is told that it is not known.
fn is_a_stranger(machine: &mut Machine, to: &mut Machine) {
    let talk = talk(machine, to, Vec::new(), usize::MAX);
    assert!(
        matches!(talk.error, Some(SessionError::UnknownPeer)),
        "{:?}",
        talk.error
    );
    let told = talk.dialler.so_far();
    assert_eq!((told.sent, told.received), (0, 0));
}

fn nothing_to_extend(verdict: &Result<Vec<ExtendedInvite>, Error>) -> bool {
    matches!(verdict, Err(Error::NoInviteToExtend(_)))
}

#[test]
fn who_joined_in_time_and_comes_too_late_is_let_in_by_the_registrar() {
    let mut tree = Tree::apart(1);
    settle(&mut tree.so, &mut tree.bo);
    let (so, one) = tree.pair(0);
    one.report();
    later(&mut [&mut *so, &mut *one], 60);
    is_a_stranger(one, so);
    is_a_stranger(one, so);
    let of = one.unit();
    assert_eq!(so.of_kind(Kind::Submission).len(), 0);

    let extended = extend(so, &of).unwrap();
    assert_eq!(extended.len(), 1, "{extended:?}");
    let (invite, until) = (&extended[0], so.now.0 + INVITE_VALID_DAYS * DAY_MS);
    assert_eq!(invite.expires, model::Timestamp(until).to_rfc3339());
    let mut users: Vec<_> = invite.used_by.iter().map(|user| user.key).collect();
    let mut joined = [one.person.public(), one.node.public()];
    users.sort_unstable();
    joined.sort_unstable();
    assert_eq!(users, joined, "the registrar is told who");

    settle(one, so);
    let view = so.replica.show(&one.key()).unwrap();
    assert_eq!(view.state, "submitted");
    so.accept(&of);
    let view = so.sign_rollup();
    assert_eq!((view.inputs, view.late), (1, 1), "received after the end");
    settle(one, so);
    assert_eq!(one.ids_of(&of), so.ids_of(&of));
    assert_eq!(one.status().without_effect.len(), 0);
    assert!(
        nothing_to_extend(&extend(so, &of)),
        "it has come: there is nothing left to do"
    );
    settle(&mut tree.so, &mut tree.bo);
    let units = tree.bo.replica.units().unwrap();
    let view = units.iter().find(|view| view.unit == of).unwrap();
    assert!(view.enrolled && !view.reenrolled, "{view:?}");
    for machine in [&tree.bo, &tree.so, &tree.facilities[0]] {
        machine.verify();
    }
}

/// The level above met it in time, but by a clock that ran a year ahead.
#[test]
fn who_was_met_by_a_clock_that_ran_ahead_is_let_in_too() {
    let mut tree = Tree::apart(1);
    settle(&mut tree.so, &mut tree.bo);
    let (so, one) = tree.pair(0);
    one.report();
    later(&mut [&mut *so], 400);
    is_a_stranger(one, so);
    later(&mut [&mut *so], -399);
    is_a_stranger(one, so);
    let of = one.unit();
    assert_eq!(extend(so, &of).unwrap().len(), 1);
    settle(one, so);
    let view = so.replica.show(&one.key()).unwrap();
    assert_eq!(view.state, "submitted");
    so.verify();
}

/// The last moment that there is: no clock comes after it.
#[test]
fn who_was_met_at_the_end_of_time_is_let_in_too() {
    let mut tree = Tree::apart(1);
    let (so, one) = tree.pair(0);
    let now = std::mem::replace(&mut so.now, model::Timestamp(i64::MAX));
    is_a_stranger(one, so);
    so.now = now;
    let of = one.unit();
    assert_eq!(extend(so, &of).unwrap().len(), 1);
    settle(one, so);
    so.verify();
}

#[test]
fn an_invite_that_nobody_has_used_can_be_used_later() {
    let mut tree = Tree::new(0);
    let so = &mut tree.so;
    let text = so.invite(&facility(0));
    so.now.0 += 20 * DAY_MS;
    let extended = extend(so, &facility(0)).unwrap();
    assert_eq!(extended.len(), 1);
    assert!(extended[0].used_by.is_empty());
    // The text itself says the old end, and who joins by it has no other.
    let mut one = Machine::join(&text, Store::open_in_memory().unwrap(), 50);
    later(&mut [&mut *so, &mut one], 15);
    settle(&mut one, so);
    assert!(nothing_to_extend(&extend(so, &facility(0))));

    // Of several invites those that nobody came by.
    let second = so.invite(&facility(1));
    let third = so.invite(&facility(1));
    assert_ne!(second, third);
    let mut two = Machine::join(&second, Store::open_in_memory().unwrap(), 51);
    sync(&mut two, so);
    let unused = Invite::parse(&third).unwrap().secret.public();
    for _ in 0..2 {
        so.now.0 += 1_000;
        let extended = extend(so, &facility(1)).unwrap();
        let keys: Vec<_> = extended.iter().map(|invite| invite.key).collect();
        assert_eq!(keys, [unused], "once, however often it was extended");
    }
}

#[test]
fn a_revoked_invite_and_one_of_another_stay_as_they_are() {
    let mut tree = Tree::new(1);
    let so = &mut tree.so;
    let text = so.invite(&facility(1));
    let key = Invite::parse(&text).unwrap().secret.public();
    let (person, clock) = (so.person.clone(), so.clock());
    so.replica.revoke(&person, &key, "thất lạc", clock).unwrap();
    assert!(nothing_to_extend(&extend(so, &facility(1))));

    // The facility's own invite is the facility's, the Sở's own is the Bộ's.
    let one = &mut tree.facilities[0];
    let own = one.unit();
    let second = one.invite(&own);
    settle(one, &mut tree.so);
    assert!(nothing_to_extend(&extend(&mut tree.so, &own)));
    assert!(nothing_to_extend(&extend(&mut tree.so, &unit("byt.24"))));
    let extended = extend(one, &own).unwrap();
    assert_eq!(extended.len(), 1);
    let key = Invite::parse(&second).unwrap().secret.public();
    assert_eq!(extended[0].key, key);

    // And nothing is given to a unit that is not directly below.
    for of in ["byt", "byt.25", "byt.25.07000"] {
        let verdict = extend(&mut tree.so, &unit(of));
        assert!(matches!(verdict, Err(Error::NoSuchUnit(_))), "{of}");
    }
    let editor = tree.so.colleague("Người nhập", &[wire::Role::Editor]);
    tree.so.invite(&facility(2));
    let clock = tree.so.clock();
    let verdict = tree.so.replica.extend_invite(&editor, &facility(2), clock);
    assert!(matches!(verdict, Err(Error::Refused(_))), "{verdict:?}");
}

#[test]
fn a_second_machine_is_let_in_by_the_first() {
    let mut tree = Tree::new(1);
    let (so, one) = tree.pair(0);
    let own = one.unit();
    let mut two = one.join_below(&own, Store::open_in_memory().unwrap(), 60);
    two.report();
    later(&mut [&mut *so, &mut *one, &mut two], 60);
    is_a_stranger(&mut two, so);
    assert_eq!(extend(one, &own).unwrap().len(), 1);
    // It is the Sở that must hear of it.
    is_a_stranger(&mut two, so);
    settle(one, so);
    settle(&mut two, so);
    settle(one, so);
    for machine in [&*so, &*one, &two] {
        let view = machine.replica.show(&two.key()).unwrap();
        assert_eq!(view.state, "submitted");
        machine.verify();
    }
    assert!(nothing_to_extend(&extend(one, &own)));
}

/// As [`extend`], where the unit's own registrar is gone.
fn extend_its_own(machine: &mut Machine, of: &UnitPath) -> Result<Vec<ExtendedInvite>, Error> {
    let (person, clock) = (machine.person.clone(), machine.clock());
    machine.replica.extend_its_own(&person, of, clock)
}

/// Both joined too long ago, and whoever invited the second is lost with its keys:
/// nobody of the unit can give it more time.
#[test]
fn a_second_machine_whose_first_is_lost_is_let_in_by_the_level_above() {
    let mut tree = Tree::apart(1);
    settle(&mut tree.so, &mut tree.bo);
    let mut one = tree.facilities.remove(0);
    let (own, so) = (one.unit(), &mut tree.so);
    let mut two = one.join_below(&own, Store::open_in_memory().unwrap(), 60);
    let submission = two.report();
    assert!(nothing_to_extend(&extend_its_own(so, &own)));
    later(&mut [&mut *so, &mut two], 60);
    drop(one);

    is_a_stranger(&mut two, so);
    assert!(
        nothing_to_extend(&extend_its_own(so, &own)),
        "whoever invited it is not let in yet"
    );
    assert_eq!(extend(so, &own).unwrap().len(), 1);
    let extended = extend_its_own(so, &own).unwrap();
    assert_eq!(extended.len(), 1);
    let mut users: Vec<_> = extended[0].used_by.iter().map(|user| user.key).collect();
    let mut joined = [two.person.public(), two.node.public()];
    users.sort_unstable();
    joined.sort_unstable();
    assert_eq!(users, joined, "the registrar is told who");

    settle(&mut two, so);
    let view = so.replica.show(&two.key()).unwrap();
    assert_eq!(view.submission, Some(submission), "what it signed stands");
    assert!(view.receipt.is_some());
    assert_eq!(two.status().without_effect.len(), 0);
    settle(&mut tree.so, &mut tree.bo);
    for machine in [&tree.so, &tree.bo] {
        let units = machine.replica.units().unwrap();
        let view = units.iter().find(|view| view.unit == own).unwrap();
        assert!(view.enrolled && view.reenrolled, "{view:?}");
        machine.verify();
    }
    assert!(nothing_to_extend(&extend_its_own(&mut tree.so, &own)));
}

/// What a unit can do itself, nobody does in its place.
#[test]
fn a_units_own_invite_that_was_met_or_never_used_stays_its_own() {
    let mut tree = Tree::new(1);
    let (so, one) = tree.pair(0);
    let own = one.unit();
    let unused = one.invite(&own);
    let mut two = one.join_below(&own, Store::open_in_memory().unwrap(), 60);
    settle(one, so);
    settle(&mut two, so);
    later(&mut [&mut *so, &mut *one], 60);
    assert!(
        nothing_to_extend(&extend_its_own(so, &own)),
        "one was met in time, {unused} was never used"
    );
    for of in ["byt", "byt.24", "byt.25.07000"] {
        let verdict = extend_its_own(so, &unit(of));
        assert!(matches!(verdict, Err(Error::NoSuchUnit(_))), "{of}");
    }
}

#[test]
fn a_province_that_comes_too_late_brings_its_facilities() {
    let mut tree = Tree::apart(1);
    let (bo, so, one) = (&mut tree.bo, &mut tree.so, &mut tree.facilities[0]);
    settle(one, so);
    one.report();
    settle(one, so);
    later(&mut [&mut *bo, &mut *so], 60);
    is_a_stranger(so, bo);
    assert_eq!(extend(bo, &unit("byt.24")).unwrap().len(), 1);
    settle(so, bo);
    so.accept(&one.unit());
    let view = so.sign_rollup();
    assert_eq!(
        (view.inputs, view.late),
        (1, 0),
        "the Sở's receipt was in time"
    );
    settle(so, bo);
    let held = bo.of_kind(Kind::Rollup);
    assert!(held.iter().any(|entry| entry.id() == view.id));
    bo.verify();
}
