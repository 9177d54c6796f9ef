//! The heads of receipt chains that nodes show, and what peers did not take: what
//! is remembered of a peer, and for how long.

use identity::SecretKey;
use replica::Peering;
use store::Store;
use sync::{Holdings, PeerInfo};
use testkit::Seeded;
use wire::{Entry, EntryId, Kind, Role};

use crate::home::Home;
use crate::tree::{Machine, Tree, facility, peering, settle, sync, unit};

const DAY_MS: i64 = 24 * 3_600_000;

fn findings(machine: &Machine) -> Vec<String> {
    machine.status().receipt_forks
}

#[test]
fn a_head_that_goes_back_is_seen_by_who_holds_a_later_receipt() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("so.sqlite");
    let mut bo = Machine::found(Store::open_in_memory().unwrap());
    let mut so = bo.join_below(&unit("byt.24"), Store::open(&file).unwrap(), 5);
    let mut facilities = [0, 1].map(|index| {
        let store = Store::open_in_memory().unwrap();
        so.join_below(&facility(index), store, 10 + index as u64)
    });
    settle(&mut facilities[0], &mut so);
    settle(&mut so, &mut bo);
    let home = Home::close(so, &file);
    let backup = home.copy(&dir.path().join("backup.sqlite"));

    // A receipt over the second one's credentials reaches the ministry.
    let mut so = home.open(50);
    settle(&mut facilities[1], &mut so);
    settle(&mut so, &mut bo);
    assert_eq!(findings(&bo), Vec::<String>::new());
    drop(so);

    let mut so = backup.open(51);
    bo.now.0 += 120_000;
    so.now = bo.now;
    sync(&mut so, &mut bo);
    let found = findings(&bo);
    assert_eq!(found.len(), 1, "{found:?}");
    for word in ["byt.24", "backup", "showed"] {
        assert!(found[0].contains(word), "{found:?}");
    }
    // It has everything again, and what was seen stays.
    settle(&mut so, &mut bo);
    settle(&mut facilities[1], &mut so);
    assert_eq!(findings(&bo), found);
    so.verify();
    bo.verify();
}

/// Two processes of one home, a moment apart, are no restored backup.
#[test]
fn a_head_that_is_a_moment_old_is_nothing() {
    let mut tree = Tree::new(2);
    let so = tree.so.node.public();
    let mut heads: Vec<Entry> = tree.so.of_kind(Kind::Receipt);
    heads.retain(|receipt| receipt.author() == so);
    let old = heads.first().unwrap().id();
    assert!(tree.bo.holds(&heads[0]) && heads.len() > 1);
    let info = |clock| PeerInfo {
        key: so,
        unit: unit("byt.24"),
        address: None,
        clock,
        receipts_head: Some(old),
    };
    let now = tree.bo.now;
    peering(&mut tree.bo).note_peer(&info(now), now).unwrap();
    assert_eq!(findings(&tree.bo), Vec::<String>::new());
    let mut later = now;
    later.0 += 3_600_000;
    peering(&mut tree.bo)
        .note_peer(&info(later), later)
        .unwrap();
    assert_eq!(findings(&tree.bo).len(), 1);
}

#[test]
fn a_node_that_denies_its_receipt_is_seen() {
    let mut tree = Tree::new(1);
    let (so, one) = tree.pair(0);
    one.report();
    settle(one, so);
    assert_eq!(findings(one), Vec::<String>::new());
    let receipt = one.of_kind(Kind::Receipt).pop().unwrap();
    let key = so.node.public();
    peering(one).note_refused_by(&key, &[receipt.id()]).unwrap();
    let found = findings(one);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("does not take it back"), "{found:?}");
}

/// Two machines of one unit hold everything of each other.
#[test]
fn a_head_that_never_comes_is_seen_in_the_own_unit() {
    let mut tree = Tree::new(1);
    let own = unit("byt.24");
    let mut second = tree
        .so
        .join_below(&own, Store::open_in_memory().unwrap(), 40);
    settle(&mut tree.so, &mut tree.bo);
    settle(&mut second, &mut tree.so);
    assert_eq!(findings(&second), Vec::<String>::new());
    let (so, now) = (tree.so.node.public(), second.now);
    let info = PeerInfo {
        key: so,
        unit: own,
        address: None,
        clock: now,
        receipts_head: Some(EntryId([9; 32])),
    };
    peering(&mut second).note_peer(&info, now).unwrap();
    assert_eq!(findings(&second), Vec::<String>::new(), "it may come yet");
    second.replica.note_session(&so, true, now).unwrap();
    let found = findings(&second);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("never delivered"), "{found:?}");
}

#[test]
fn a_rollup_that_names_a_receipt_nobody_has_is_seen() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("so.sqlite");
    let mut bo = Machine::found(Store::open_in_memory().unwrap());
    let mut so = bo.join_below(&unit("byt.24"), Store::open(&file).unwrap(), 5);
    let mut one = so.join_below(&facility(0), Store::open_in_memory().unwrap(), 10);
    settle(&mut one, &mut so);
    let home = Home::close(so, &file);
    let backup = home.copy(&dir.path().join("backup.sqlite"));
    let mut so = home.open(50);
    one.report();
    settle(&mut one, &mut so);
    so.accept(&one.unit());
    so.sign_rollup();
    settle(&mut so, &mut bo);
    drop(so);

    let mut so = backup.open(51);
    settle(&mut so, &mut bo);
    let found = findings(&so);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("a rollup names"), "{found:?}");
    // The facility brings the receipt back.
    settle(&mut one, &mut so);
    assert_eq!(findings(&so), Vec::<String>::new());
}

/// What a peer refused is left out of account, for a week.
#[test]
fn what_was_refused_is_offered_again_after_a_week() {
    let mut tree = Tree::new(1);
    let (so, one) = tree.pair(0);
    one.fill(&one.key());
    let changes = one.of_kind(Kind::Changes).pop().unwrap();
    let key = so.node.public();
    peering(one).note_refused_by(&key, &[changes.id()]).unwrap();
    for _ in 0..7 {
        let outcome = sync(one, so);
        assert!(outcome.in_sync && !so.holds(&changes), "{outcome:?}");
        one.now.0 += DAY_MS;
    }
    settle(one, so);
    assert!(so.holds(&changes));
}

/// A credential of the author may change the verdict.
#[test]
fn what_was_refused_is_offered_again_when_a_credential_comes() {
    let mut tree = Tree::new(1);
    let (so, one) = tree.pair(0);
    one.fill(&one.key());
    let changes = one.of_kind(Kind::Changes).pop().unwrap();
    let key = so.node.public();
    peering(one).note_refused_by(&key, &[changes.id()]).unwrap();
    let stranger = SecretKey::generate(&mut Seeded::new(77)).public();
    let (head, clock) = (one.person.clone(), one.clock());
    let mut credential = |whose| {
        let roles = [Role::Auditor].into();
        let replica = &mut one.replica;
        replica
            .add_person(&head, whose, "Ai đó", roles, clock)
            .unwrap();
        let peering: Peering<'_> = peering(one);
        peering.replica.store().refused_by(&key).unwrap().len()
    };
    assert_eq!(credential(stranger), 1);
    assert_eq!(credential(head.public()), 0);
    settle(one, so);
    assert!(so.holds(&changes));
}
