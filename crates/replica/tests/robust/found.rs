//! What the simulator found, each as a story of its own: a seed means something
//! else as soon as a run draws once more.

use document::{Edit, Report};
use model::Scalar;
use replica::QUARTERLY_FORM;
use serde_bytes::ByteBuf;
use store::Store;
use testkit::{Seeded, at};
use wire::{ChangesContent, Content, Entry, Kind, Role, Stream};

use crate::home::Home;
use crate::tree::{Machine, Tree, body, settle, sign, sync, unit};

/// A change of `B3` upon the genesis; one seed gives one actor and number.
fn upon_genesis(machine: &Machine, seed: u64, value: i64) -> Entry {
    let form = model::form::builtin(QUARTERLY_FORM).unwrap();
    let report = Report::genesis(form, machine.key().doc());
    let edit = Edit::Put {
        key: "B3".to_owned(),
        value: Scalar::Int(value),
    };
    let (heads, author) = (report.heads(), machine.person.public());
    let raw = report
        .seal(
            &heads,
            &[edit],
            &author,
            machine.now,
            &mut Seeded::new(seed),
        )
        .unwrap();
    let content = Content::Changes(ChangesContent {
        changes: vec![ByteBuf::from(raw)],
    });
    let doc = Some(machine.key().doc());
    sign(
        &machine.person,
        body(&machine.unit(), Stream::Report, doc, content),
    )
}

/// Somebody types upon a branch of a fork, and the other branch turns out to be
/// the one that counts: what was typed stays, and the report can be shown.
#[test]
fn a_draft_outlives_what_it_was_written_upon() {
    let mut tree = Tree::new(1);
    let (so, one) = tree.pair(0);
    let (mine, theirs) = (upon_genesis(one, 9, 500), upon_genesis(one, 9, 501));
    so.receive(one, vec![theirs.clone()]);
    let itself = one.node.public();
    let clock = one.clock();
    one.replica.receive(&itself, vec![mine], clock).unwrap();
    one.set("B4", "77");
    assert_eq!(one.values("B4"), [Scalar::Int(77)]);
    // The Sở has given its receipt to the other branch.
    settle(one, so);
    let view = one.replica.show(&one.key()).unwrap();
    assert_eq!(
        (&view.answers["B3"], &view.answers["B4"]),
        (&501.into(), &77.into())
    );
    assert_eq!(one.seal(), 1);
    settle(one, so);
    assert_eq!(so.replica.show(&one.key()).unwrap().answers["B4"], 77);
}

/// What a dismissed colleague typed and never signed can be signed by nobody: it
/// is kept, and keeps nobody from submitting.
#[test]
fn drafts_of_the_dismissed_stand_in_nobodys_way() {
    let mut tree = Tree::new(1);
    let (so, one) = tree.pair(0);
    one.fill(&one.key());
    let editor = one.colleague("Người nhập", &[Role::Editor]);
    let (key, clock) = (one.key(), one.clock());
    one.replica
        .set(&key, &editor.public(), "B4", "99", clock)
        .unwrap();
    assert_eq!((one.status().pending, one.status().stranded), (1, 0));
    let head = one.person.clone();
    one.replica
        .revoke(&head, &editor.public(), "nghỉ việc", clock)
        .unwrap();
    assert_eq!((one.status().pending, one.status().stranded), (0, 1));
    assert_eq!(
        one.values("B4"),
        [Scalar::Int(100)],
        "not shown as an answer"
    );
    let submission = one.submit(&key);
    settle(one, so);
    assert_eq!(so.of_kind(Kind::Submission)[0].id(), submission);
}

/// A Sở that was set back to an old backup gets a submission without the changes
/// under it, says so, and gets the changes later together with its own old
/// receipt for them: the submission is received then.
#[test]
fn a_submission_that_waited_for_a_receipted_change_is_received() {
    let dir = tempfile::tempdir().unwrap();
    let mut bo = Machine::found(Store::open_in_memory().unwrap());
    let file = dir.path().join("so.sqlite");
    let mut so = bo.join_below(&unit("byt.24"), Store::open(&file).unwrap(), 2);
    let of_one = crate::tree::facility(0);
    let mut one = so.join_below(&of_one, Store::open_in_memory().unwrap(), 10);
    settle(&mut one, &mut so);
    let home = Home::close(so, &file);
    let backup = home.copy(&dir.path().join("backup.sqlite"));

    let mut so = home.open(50);
    one.fill(&one.key());
    settle(&mut one, &mut so);
    drop(so);

    let mut so = backup.open(51);
    let submission = one.submit(&one.key());
    let entry = one.of_kind(Kind::Submission).remove(0);
    so.receive(&one, vec![entry]);
    assert!(so.replica.show(&one.key()).unwrap().receipt.is_none());
    settle(&mut one, &mut so);
    for node in [&so, &one] {
        let view = node.replica.show(&one.key()).unwrap();
        assert_eq!(view.submission, Some(submission));
        assert!(view.receipt.is_some());
    }
}

/// A thief signs in the very moment in which the Sở takes the revocation.
#[test]
fn of_one_moment_the_revocation_that_came_first_counts() {
    let mut tree = Tree::new(1);
    let (so, one) = tree.pair(0);
    let head = one.person.clone();
    let mut thief = one.join_below(&one.unit(), Store::open_in_memory().unwrap(), 30);
    settle(&mut thief, so);
    settle(one, so);
    let clock = one.clock();
    one.replica
        .revoke(&head, &thief.person.public(), "mất khóa", clock)
        .unwrap();
    settle(one, so);
    let late = upon_genesis(&thief, 1, 9_999);
    so.receive(&thief, vec![late.clone()]);
    assert!(so.holds(&late));
    assert!(so.without_effect(&late.id()).is_some());
}

/// The Sở itself revokes a facility's key, and only the Bộ, whose clock is a year
/// ahead, gives a receipt for that: it counts from when the Sở said it.
#[test]
fn a_clock_above_does_not_put_a_revocation_off() {
    let mut tree = Tree::new(1);
    let own = tree.facilities[0].unit();
    let editor = tree.facilities[0].colleague("Người nhập", &[Role::Editor]);
    let Tree { bo, so, facilities } = &mut tree;
    let one = &mut facilities[0];
    settle(one, so);
    bo.now = at("2027-07-01T09:00:00+07:00");
    let (registrar, clock) = (so.person.clone(), so.clock());
    so.replica
        .revoke(&registrar, &editor.public(), "mất khóa", clock)
        .unwrap();
    for _ in 0..3 {
        sync(so, bo);
    }
    let (key, clock) = (one.key(), one.clock());
    one.replica
        .set(&key, &editor.public(), "B3", "666", clock)
        .unwrap();
    let mut env = replica::Env {
        clock,
        entropy: &mut one.entropy,
    };
    one.replica.seal_all(&editor, &mut env).unwrap();
    let late = one.of_kind(Kind::Changes).remove(0);
    so.now = at("2026-06-11T09:00:00+07:00");
    so.receive(one, vec![late.clone()]);
    assert_eq!(late.body().unit, own);
    assert!(so.holds(&late));
    assert!(so.without_effect(&late.id()).is_some());
    settle(one, so);
    assert!(one.without_effect(&late.id()).is_some());
}

/// A Sở is restored from a backup that is older than a facility, and older than the
/// end of the facility's invite: it recognises its own receipt, which the facility
/// shows with its chain.
#[test]
fn a_restored_so_recognises_who_joined_after_the_backup() {
    let dir = tempfile::tempdir().unwrap();
    let mut bo = Machine::found(Store::open_in_memory().unwrap());
    let file = dir.path().join("so.sqlite");
    let mut so = bo.join_below(&unit("byt.24"), Store::open(&file).unwrap(), 2);
    settle(&mut so, &mut bo);
    let home = Home::close(so, &file);
    let backup = home.copy(&dir.path().join("backup.sqlite"));

    let mut so = home.open(50);
    let of_one = crate::tree::facility(0);
    let mut one = so.join_below(&of_one, Store::open_in_memory().unwrap(), 10);
    settle(&mut one, &mut so);
    drop(so);

    let mut so = backup.open(51);
    for machine in [&mut so, &mut one, &mut bo] {
        machine.now = at("2026-09-10T09:00:00+07:00");
    }
    let submission = one.report();
    settle(&mut one, &mut so);
    let view = so.replica.show(&one.key()).unwrap();
    assert_eq!(view.submission, Some(submission));
    assert!(view.receipt.is_some());
}
