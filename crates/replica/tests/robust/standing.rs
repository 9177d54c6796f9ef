//! Held is not in effect: revoked authors and invites that are used twice.

use identity::SecretKey;
use model::Scalar;
use store::Store;
use wire::{Content, EntryId, Kind, RevocationContent, Role, Stream};

use crate::tree::{Machine, Tree, body, facility, settle, sign, sync, talk};

/// The same unit's second machine.
fn second_machine(one: &mut Machine, seed: u64) -> Machine {
    let own = one.unit();
    one.join_below(&own, Store::open_in_memory().unwrap(), seed)
}

/// An edit of this person, signed; the entry.
fn edit(machine: &mut Machine, person: &SecretKey, code: &str, value: &str) -> EntryId {
    let (key, clock) = (machine.key(), machine.clock());
    let before = machine.of_kind(Kind::Changes);
    let replica = &mut machine.replica;
    replica
        .set(&key, &person.public(), code, value, clock)
        .unwrap();
    let mut env = replica::Env {
        clock,
        entropy: &mut machine.entropy,
    };
    machine.replica.seal_all(person, &mut env).unwrap();
    let mut after = machine.of_kind(Kind::Changes);
    after.retain(|entry| !before.contains(entry));
    assert_eq!(after.len(), 1);
    after[0].id()
}

fn value(machine: &Machine, of: &Machine, code: &str) -> Scalar {
    let view = machine.replica.screen_view(&of.key(), machine.now);
    view.unwrap().snapshot.get(code).clone()
}

#[test]
fn what_a_revoked_editor_did_before_stands_and_after_does_not() {
    let mut tree = Tree::new(1);
    let (so, one) = tree.pair(0);
    let editor = one.colleague("Người nhập", &[Role::Editor]);
    let mut two = second_machine(one, 30);
    settle(one, so);
    settle(&mut two, so);

    let received = edit(one, &editor, "B3", "1");
    settle(one, so);
    settle(&mut two, so);
    // Not received by anybody when the registrar revokes, but known to it.
    let listed = edit(one, &editor, "B4", "2");
    let (head, clock) = (one.person.clone(), one.clock());
    one.replica
        .revoke(&head, &editor.public(), "nghỉ việc", clock)
        .unwrap();
    let Content::Revocation(revocation) = one.of_kind(Kind::Revocation)[0].body().content.clone()
    else {
        panic!()
    };
    let mut known = vec![received, listed];
    known.sort_unstable();
    assert_eq!(revocation.stands, known);
    settle(one, so);
    so.now.0 += 60_000;
    // The dismissed person still has the key on the other machine.
    let late = edit(&mut two, &editor, "B5", "3");
    settle(&mut two, so);
    settle(one, so);

    for machine in [&*so, &*one, &two] {
        assert_eq!(value(machine, one, "B3"), Scalar::Int(1));
        assert_eq!(value(machine, one, "B4"), Scalar::Int(2));
        assert_eq!(value(machine, one, "B5"), Scalar::Null);
        let reason = machine.without_effect(&late).expect("shown");
        assert!(reason.contains("revoked"), "{reason}");
        assert_eq!(machine.without_effect(&received), None);
        assert_eq!(machine.without_effect(&listed), None);
        machine.verify();
    }
    // Held all the same, so that all hold the same.
    assert_eq!(so.ids_of(&one.unit()), two.ids_of(&one.unit()));
    let (key, clock) = (one.key(), one.clock());
    let mut env = replica::Env {
        clock,
        entropy: &mut one.entropy,
    };
    assert!(one.replica.submit(&key, &editor, &mut env).is_err());
}

fn revoke(machine: &mut Machine, key: &SecretKey) {
    let (head, clock) = (machine.person.clone(), machine.clock());
    let replica = &mut machine.replica;
    replica
        .revoke(&head, &key.public(), "nghỉ việc", clock)
        .unwrap();
}

/// The Sở's clock runs ahead, and the ministry's receipt over the revocation is the
/// earlier one.
#[test]
fn what_was_received_by_a_fast_clock_stands_as_well() {
    let mut tree = Tree::new(1);
    let Tree { bo, so, facilities } = &mut tree;
    let one = &mut facilities[0];
    let editor = one.colleague("Người nhập", &[Role::Editor]);
    settle(one, so);
    settle(so, bo);
    so.now.0 += 400 * 24 * 3_600_000;
    let received = edit(one, &editor, "B3", "1");
    settle(one, so);
    bo.now.0 += 60_000;
    revoke(one, &editor);
    settle(one, bo);
    settle(one, so);
    for machine in [&*so, &*one] {
        assert_eq!(machine.without_effect(&received), None);
        assert_eq!(value(machine, one, "B3"), Scalar::Int(1));
    }
}

/// One batch brings a revocation and what its author did elsewhere.
#[test]
fn what_comes_together_with_the_revocation_stands_if_it_was_known() {
    known_and_unknown(true);
}

/// The machine where it was done has no more to come but the revocation.
#[test]
fn what_comes_after_the_revocation_stands_if_it_was_known() {
    known_and_unknown(false);
}

/// What the registrar's machine held stands, the rest falls, on every machine alike,
/// and revoking again brings nothing back.
fn known_and_unknown(together: bool) {
    let mut tree = Tree::new(1);
    let (so, one) = tree.pair(0);
    let editor = one.colleague("Người nhập", &[Role::Editor]);
    let other = one.colleague("Người khác", &[Role::Editor]);
    let mut two = second_machine(one, 30);
    settle(one, so);
    settle(&mut two, so);
    let known = edit(one, &editor, "B3", "1");
    if !together {
        settle(one, so);
        settle(&mut two, so);
    }
    let unknown = edit(&mut two, &editor, "B4", "2");
    let upon_it = edit(&mut two, &other, "B5", "3");
    revoke(one, &editor);
    let mut batch = one.entries();
    if together {
        batch.extend(two.entries());
    }
    so.receive(one, batch);
    for _ in 0..2 {
        settle(one, so);
        settle(&mut two, so);
        settle(one, so);
        for machine in [&*so, &*one, &two] {
            assert_eq!(machine.without_effect(&known), None);
            assert!(machine.without_effect(&unknown).is_some());
            assert_eq!(value(machine, one, "B3"), Scalar::Int(1));
            assert_eq!(value(machine, one, "B4"), Scalar::Null);
            let mut aside = machine.replica.status().unwrap().quarantined;
            let aside: Vec<EntryId> = aside.drain(..).map(|aside| aside.id).collect();
            assert_eq!(aside, [upon_it], "what rests on it is shown");
        }
        assert_eq!(so.ids_of(&one.unit()), two.ids_of(&one.unit()));
        revoke(one, &editor);
    }
}

#[test]
fn an_invite_counts_once_as_the_receipt_decides() {
    let mut tree = Tree::new(0);
    let so = &mut tree.so;
    let invite = so.invite(&facility(0));
    let join = |seed| Machine::join(&invite, Store::open_in_memory().unwrap(), seed);
    let (mut first, mut second) = (join(40), join(41));
    // Both work offline; the one that comes first is received first.
    let lost = second.report();
    let lost_changes = second.of_kind(Kind::Changes);
    first.report();
    sync(&mut first, so);
    so.now.0 += 1_000;
    let refused = talk(&mut second, so, Vec::new(), usize::MAX);
    assert!(refused.error.is_some(), "the loser is not answered");
    settle(&mut first, so);

    let uses: Vec<EntryId> = so
        .of_kind(Kind::Credential)
        .iter()
        .filter(|entry| entry.body().unit == facility(0) && entry.author() != so.person.public())
        .map(wire::Entry::id)
        .collect();
    assert_eq!(uses.len(), 2, "both uses are kept");
    let loser = uses
        .iter()
        .find(|id| second.replica.store().has(id).unwrap() && !was_of(&first, id))
        .unwrap();
    let reason = so.without_effect(loser).expect("shown");
    assert!(reason.contains("used before"), "{reason}");
    assert_eq!(so.of_kind(Kind::Submission).len(), 1);
    let view = so.replica.show(&first.key()).unwrap();
    assert_eq!(view.state, "submitted");

    // Carried there by somebody else, it is held and has no effect.
    let entries = second.entries();
    so.receive(&first, entries);
    assert!(so.replica.store().has(&lost).unwrap());
    assert!(so.without_effect(&lost).is_some());
    assert!(so.without_effect(&lost_changes[0].id()).is_some());
    let view = so.replica.show(&first.key()).unwrap();
    assert!(!view.concurrent_submissions);
    settle(&mut first, so);
    assert_eq!(first.ids_of(&facility(0)), so.ids_of(&facility(0)));
    assert!(first.without_effect(&lost).is_some());

    // The registrar overrules: now it is the other way round, everywhere.
    let winner = *uses.iter().find(|id| *id != loser).unwrap();
    let content = Content::Revocation(RevocationContent {
        key: None,
        overrules: Some(winner),
        reason: "nhầm máy".to_owned(),
        stands: Vec::new(),
    });
    let mut overrule = body(&facility(0), Stream::Org, None, content);
    overrule.time = so.now;
    let overrule = sign(&so.person, overrule);
    let intake = so.receive(&first, vec![overrule]);
    assert_eq!(intake.new.len(), 1, "{intake:?}");
    assert!(so.without_effect(loser).is_none());
    settle(&mut second, so);
    assert_eq!(second.ids_of(&facility(0)), so.ids_of(&facility(0)));
    assert!(second.without_effect(&winner).is_some());
    so.verify();
    second.verify();
}

/// The Sở's clock runs ahead, and the ministry meets both uses in one batch: its one
/// receipt is the earlier one of both, and says nothing about who came first.
#[test]
fn an_invite_counts_as_the_sos_receipt_decides_whatever_the_ministry_says() {
    let mut tree = Tree::new(0);
    let Tree { bo, so, .. } = &mut tree;
    settle(so, bo);
    let text = so.invite(&facility(0));
    let join = |seed| Machine::join(&text, Store::open_in_memory().unwrap(), seed);
    let mut two = [join(40), join(41)];
    // Without a receipt the smaller id would count: the other one comes first.
    two.sort_by_key(own_use);
    let [second, mut first] = two;
    so.now.0 += 2 * 24 * 3_600_000;
    settle(&mut first, so);
    so.now.0 += 1_000;
    so.receive(&first, second.entries());
    settle(so, bo);
    settle(&mut first, so);
    let (counts, lost) = (own_use(&first), own_use(&second));
    for machine in [&*bo, &*so, &first] {
        assert_eq!(machine.without_effect(&counts), None);
        let reason = machine.without_effect(&lost).expect("shown");
        assert!(reason.contains("used before"), "{reason}");
        machine.verify();
    }
    let covering = receipts_over(bo, &[counts, lost], bo.node.public());
    assert!(covering.contains(&2), "{covering:?}");
}

/// How many of these each receipt of the node covers.
fn receipts_over(machine: &Machine, ids: &[EntryId], node: wire::PublicKey) -> Vec<usize> {
    let mut receipts = machine.of_kind(Kind::Receipt);
    receipts.retain(|receipt| receipt.author() == node);
    let covered = |entry: &wire::Entry| match &entry.body().content {
        Content::Receipt(content) => ids.iter().filter(|id| content.covers.contains(id)).count(),
        _ => 0,
    };
    receipts.iter().map(covered).collect()
}

/// The entry by which a machine joined.
fn own_use(machine: &Machine) -> EntryId {
    let entries = machine.of_kind(Kind::Credential);
    let mut ids = entries.iter().map(wire::Entry::id);
    ids.find(|id| was_of(machine, id)).expect("a use")
}

/// Whether a machine made this entry itself.
fn was_of(machine: &Machine, id: &EntryId) -> bool {
    let entry = machine.replica.store().get(id).unwrap();
    entry.is_some_and(|entry| match &entry.body().content {
        Content::Credential(content) => content
            .grants
            .iter()
            .any(|grant| grant.key == machine.node.public()),
        _ => false,
    })
}

#[test]
fn a_registrar_above_revokes_a_key_below_by_its_first_digits() {
    let mut tree = Tree::new(1);
    let (so, facility) = tree.pair(0);
    settle(facility, so);
    let unit = facility.unit();
    let stolen = facility.person.public();
    let (key, _) = so.replica.key_named(&stolen.to_string()[..8]).unwrap();
    assert_eq!(key, stolen);
    let (clock, registrar) = (so.clock(), so.person.clone());
    so.replica
        .revoke(&registrar, &key, "mất máy", clock)
        .unwrap();
    let keys = so.replica.keys_of(&unit).unwrap();
    let of = |key| keys.iter().find(|view| view.key == key).unwrap().revoked;
    assert!(of(stolen));
    assert!(!of(facility.node.public()));
    assert!(so.replica.key_named("00000000").is_err());
}
