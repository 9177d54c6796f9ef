//! Units and keys.

use model::UnitPath;
use model::overview::{KeyHolder, KeyLine, UnitLine};
use replica::UnitChange;
use store::Store;
use wire::Role;

use crate::tree::{Machine, Tree, facility, settle, unit};

fn units(at: &Machine) -> Vec<UnitLine> {
    at.replica.unit_lines().unwrap()
}

fn keys(at: &Machine, of: &str) -> Vec<KeyLine> {
    let here = [at.person.public()];
    at.replica.key_lines(Some(&unit(of)), &here).unwrap()
}

#[test]
fn who_has_joined_who_was_invited_and_who_was_heard_of() {
    let mut tree = Tree::new(1);
    tree.so.invite(&facility(5));
    let lines = units(&tree.so);
    let paths: Vec<&str> = lines.iter().map(|line| line.unit.as_str()).collect();
    assert_eq!(paths, ["byt.24", "byt.24.07000", "byt.24.07005"]);
    let (joined, invited) = (&lines[1], &lines[2]);
    assert!(joined.enrolled && !joined.invited && joined.in_sync);
    assert_eq!(joined.last_sync, Some(tree.so.now));
    assert!(!invited.enrolled && invited.invited && invited.last_sync.is_none());
    assert!(lines.iter().all(|line| !line.closed && !line.reenrolled));

    let again = tree.so.invite(&facility(0));
    assert!(units(&tree.so)[1].invited, "again, with new keys");
    let mut anew = Machine::join(&again, Store::open_in_memory().unwrap(), 60);
    settle(&mut anew, &mut tree.so);
    let back = &units(&tree.so)[1];
    assert!(back.reenrolled && !back.invited);
}

#[test]
fn a_unit_that_is_opened_again_has_to_report_as_before() {
    let mut tree = Tree::new(2);
    let so = &mut tree.so;
    let missing = |so: &mut Machine| so.sign_rollup().missing;
    assert_eq!(missing(so), [facility(0), facility(1)]);
    for (change, closed) in [(UnitChange::Close, true), (UnitChange::Reopen, false)] {
        so.now.0 += 1_000;
        let (person, clock) = (so.person.clone(), so.clock());
        so.replica
            .change_unit(&person, &facility(0), change, clock)
            .unwrap();
        assert_eq!(units(so)[1].closed, closed);
        let first = (!closed).then(|| facility(0));
        let both: Vec<UnitPath> = first.into_iter().chain([facility(1)]).collect();
        assert_eq!(missing(so), both, "due after it was closed");
    }
}

#[test]
fn people_machines_and_open_invites_revoked_ones_too() {
    let mut tree = Tree::new(1);
    let (so, one) = tree.pair(0);
    let own = one.unit();
    let editor = one.colleague("An", &[Role::Editor]);
    one.invite(&own);
    let (registrar, clock) = (one.person.clone(), one.clock());
    one.replica
        .revoke(&registrar, &editor.public(), "nghỉ việc", clock)
        .unwrap();
    let lines = keys(one, own.as_str());
    let said: Vec<_> = lines
        .iter()
        .map(|line| (line.holder, &*line.name, line.revoked, line.here))
        .collect();
    assert_eq!(
        said,
        [
            (KeyHolder::Person, "An", true, false),
            (KeyHolder::Person, "Người 07000", false, true),
            (KeyHolder::Node, "PC", false, false),
            (KeyHolder::Invite, "Đơn vị 07000", false, false),
        ]
    );
    assert_eq!(lines[0].roles, ["editor"]);
    assert_eq!(lines[0].key, editor.public().to_string());
    assert!(lines[3].until.is_some() && lines[1].until.is_none());

    settle(one, so);
    assert_eq!(keys(so, own.as_str()).len(), 4);
    let all = so.replica.key_lines(None, &[]).unwrap();
    assert_eq!(all.len(), 2 + 4, "the Sở's own and the facility's");
    let root = keys(&tree.bo, "byt");
    assert_eq!(root[0].holder, KeyHolder::Root);
    assert!(root.iter().all(|line| !line.revoked));
}

/// Opening a unit again is asked for by name, never a side effect.
#[test]
fn a_closed_unit_that_is_invited_under_another_name_stays_closed() {
    let mut tree = Tree::new(1);
    let so = &mut tree.so;
    let (person, clock) = (so.person.clone(), so.clock());
    so.replica
        .change_unit(&person, &facility(0), UnitChange::Close, clock)
        .unwrap();
    so.now.0 += 1_000;
    let mut env = replica::Env {
        clock: so.clock(),
        entropy: &mut so.entropy,
    };
    so.replica
        .invite(&person, &facility(0), "Tên mới", None, &mut env)
        .unwrap();
    let line = &units(so)[1];
    assert_eq!((line.name.as_str(), line.closed), ("Tên mới", true));
}
