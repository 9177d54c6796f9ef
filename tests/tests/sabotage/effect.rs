//! What is held and what it is worth: revocations, ends, invites.

use identity::SecretKey;
use model::Timestamp;
use testkit::{Seeded, at};
use wire::{
    Content, CredentialContent, Entry, EntryId, FlagReason, Grant, Kind, ReceiptContent, Role,
    Stream, Subject,
};

use crate::run::{Seen, ensure};
use crate::tree::{LATE, Machine, NOW, Tree, body, changes, facility, memory, sync, talk};

/// An editor's changes: one that the unit holds when she is revoked, one that
/// turns up afterwards.
pub(crate) fn a_revoked_persons_entries() -> Seen {
    let mut tree = Tree::new(1);
    let (so, facility) = tree.pair(0);
    let editor = facility.colleague(Role::Editor);
    facility.set_as(&editor, "B3", "121");
    facility.seal_as(&editor).unwrap();
    let before = facility.of_kind(Kind::Changes).remove(0).id();
    let (registrar, clock) = (facility.person.clone(), facility.clock());
    let revoked = facility
        .replica
        .revoke(&registrar, &editor.public(), "nghỉ việc", clock);
    revoked.unwrap();
    sync(facility, so);
    so.now.0 += 1_000;
    let after = changes(facility, &editor, vec![change_of(facility, &editor)]);
    facility.keep(after.clone());
    sync(facility, so);
    for node in [&*so, &*facility] {
        ensure!(node.holds(&after.id()), "held it must be, all the same");
        let reason = node.without_effect(&after.id());
        ensure!(reason.is_some(), "{}: a thief's change counts", node.unit());
        let reason = node.without_effect(&before);
        ensure!(
            reason.is_none(),
            "{}: honest work fell: {reason:?}",
            node.unit()
        );
    }
    Ok(())
}

/// Some change to a machine's report, with an actor of this person.
fn change_of(machine: &Machine, person: &SecretKey) -> Vec<u8> {
    let form = model::form::builtin("kh2273-quy").unwrap();
    let report = document::Report::genesis(form, machine.key().doc());
    let edit = document::Edit::Put {
        key: "B4".to_owned(),
        value: model::Scalar::Int(7),
    };
    let (heads, mut entropy) = (report.heads(), Seeded::new(4));
    let sealed = report.seal(&heads, &[edit], &person.public(), at(NOW), &mut entropy);
    sealed.unwrap()
}

/// A machine was stolen, and the Sở knows.
pub(crate) fn a_revoked_machine_is_not_answered() -> Seen {
    let mut tree = Tree::new(1);
    let (so, facility) = tree.pair(0);
    let (registrar, clock) = (so.person.clone(), so.clock());
    let stolen = facility.node.public();
    so.replica
        .revoke(&registrar, &stolen, "mất máy", clock)
        .unwrap();
    let outcome = talk(facility, so, Vec::new());
    let served = outcome.map(|outcome| outcome.received);
    ensure!(
        served.is_err(),
        "the stolen machine is served {served:?} entries"
    );
    Ok(())
}

/// A locum's credential ends before what she wrote is received.
pub(crate) fn a_credential_that_has_ended() -> Seen {
    let mut tree = Tree::new(1);
    let (so, facility) = tree.pair(0);
    let written = received_too_late(facility, so);
    for node in [&*so, &*facility] {
        ensure!(node.holds(&written), "held it must be, all the same");
        let reason = node.without_effect(&written);
        ensure!(reason.is_some(), "{}: it counts for ever", node.unit());
    }
    Ok(())
}

/// Whoever has the Sở's machine, which is revoked, dates a receipt back.
pub(crate) fn a_stolen_machines_receipt() -> Seen {
    let mut tree = Tree::new(1);
    let (so, facility) = tree.pair(0);
    let written = received_too_late(facility, so);
    let (registrar, clock) = (so.person.clone(), so.clock());
    let stolen = so.node.clone();
    let chain = so.replica.store().receipts_chain(&stolen.public());
    let head = chain.unwrap().expect("receipts");
    so.replica
        .revoke(&registrar, &stolen.public(), "mất máy", clock)
        .unwrap();
    let content = Content::Receipt(ReceiptContent {
        seq: head.seq + 1,
        prev: Some(head.id),
        covers: vec![written],
        received: Vec::new(),
        incomplete: Vec::new(),
        inclusions: Vec::new(),
    });
    let receipt = body(&facility.unit(), Stream::Report, None, content);
    so.keep(stolen.sign(receipt).unwrap());
    let reason = so.without_effect(&written);
    ensure!(reason.is_some(), "received in time, says the thief");
    Ok(())
}

/// A change that the Sở receives after its author's credential has ended.
fn received_too_late(facility: &mut Machine, so: &mut Machine) -> EntryId {
    let locum = SecretKey::generate(&mut Seeded::new(99));
    let content = Content::Credential(CredentialContent {
        grants: vec![Grant {
            key: locum.public(),
            subject: Subject::Person,
            name: "Người làm thay".to_owned(),
            roles: [Role::Editor].into(),
            until: Some(Timestamp(at(NOW).0 + 1_000)),
            seal: None,
        }],
        root: None,
        reenrol: false,
    });
    let grant = body(&facility.unit(), Stream::Org, None, content);
    facility.keep(facility.person.sign(grant).unwrap());
    let written = changes(facility, &locum, vec![change_of(facility, &locum)]);
    facility.keep(written.clone());
    so.now = at(LATE);
    sync(facility, so);
    sync(facility, so);
    written.id()
}

/// The mail with the invite was read by somebody else as well.
pub(crate) fn an_invite_used_twice() -> Seen {
    let mut tree = Tree::new(0);
    let text = tree.so.invite(&facility(0));
    let mut first = Machine::join(&text, memory(), 20);
    let second = Machine::join(&text, memory(), 21);
    sync(&mut first, &mut tree.so);
    let use_of = |machine: &Machine| -> Entry {
        let mut uses = machine.of_kind(Kind::Credential);
        uses.retain(|entry| entry.body().unit == facility(0));
        uses.pop().expect("a use of the invite")
    };
    let (honest, thief) = (use_of(&first), use_of(&second));
    let intake = tree.so.receive(&second, vec![thief.clone()]);
    ensure!(intake.new == [thief.id()], "not held: {intake:?}");
    sync(&mut first, &mut tree.so);
    for node in [&tree.so, &first] {
        let reason = node.without_effect(&thief.id());
        ensure!(reason.is_some(), "{}: both uses count", node.unit());
        let reason = node.without_effect(&honest.id());
        ensure!(
            reason.is_none(),
            "{}: the first fell: {reason:?}",
            node.unit()
        );
    }
    Ok(())
}

/// The keys of a facility were lost, or the Sở says so: it shows in every rollup.
pub(crate) fn a_unit_enrolled_again() -> Seen {
    let mut tree = Tree::new(1);
    let mut again = tree.so.join_below(&facility(0), memory(), 30);
    sync(&mut again, &mut tree.so);
    let rollup = tree.so.sign_rollup();
    let flagged = rollup
        .flagged
        .iter()
        .any(|flag| flag.unit == facility(0) && flag.reason == FlagReason::Reenrolled);
    ensure!(flagged, "the rollup says only {:?}", rollup.flagged);
    Ok(())
}
