//! A registrar below or beside names foreign keys, as often as he likes: that costs
//! their holders nothing and means nothing to them.

use std::collections::BTreeSet;

use identity::SecretKey;
use store::Store;
use testkit::Seeded;
use wire::{Content, CredentialContent, Entry, Grant, PublicKey, Role, Stream, Subject};

use crate::tree::{Machine, Tree, body, facility, settle, sign, talk, unit};

pub(crate) fn given(key: PublicKey, subject: Subject, role: Role) -> Grant {
    Grant {
        key,
        subject,
        name: "kẻ mạo nhận".to_owned(),
        roles: BTreeSet::from([role]),
        until: None,
        seal: None,
    }
}

/// A credential of this machine's own unit, signed by its registrar.
pub(crate) fn claim(by: &Machine, grants: Vec<Grant>) -> Entry {
    let content = CredentialContent {
        grants,
        root: None,
        reenrol: false,
    };
    let content = Content::Credential(content);
    sign(&by.person, body(&by.unit(), Stream::Org, None, content))
}

/// Credentials that differ in their names, which are as long as they may be.
fn claims(by: &Machine, key: PublicKey, subject: Subject, role: Role) -> Vec<Entry> {
    let one = |n: usize| {
        let long = |at: usize| Grant {
            name: format!("{n:03}{at:02}{}", "x".repeat(251)),
            ..given(key, subject, role)
        };
        claim(by, (0..16).map(long).collect())
    };
    (0..40).map(one).collect()
}

#[test]
fn claims_from_below_stand_in_the_way_of_no_first_contact_and_no_invite() {
    let mut tree = Tree::new(1);
    let Tree { bo, so, facilities } = &mut tree;
    let one = &facilities[0];
    let mut all = Vec::new();
    for (node, person) in [(&so.node, &so.person), (&bo.node, &bo.person)] {
        let of_node = claims(one, node.public(), Subject::Node, Role::Node);
        let of_person = claims(one, person.public(), Subject::Person, Role::Registrar);
        all.extend([of_node, of_person].concat());
    }
    assert_eq!(so.receive(one, all.clone()).new.len(), 160);
    assert_eq!(bo.receive(so, all).new.len(), 160);

    let mut other_so = tree.bo.join_below(&unit("byt.27"), memory(), 70);
    let first = talk(&mut other_so, &mut tree.bo, Vec::new(), usize::MAX);
    assert!(first.error.is_none(), "{:?}", first.error);
    let mut two = tree.so.join_below(&facility(1), memory(), 71);
    let first = talk(&mut two, &mut tree.so, Vec::new(), usize::MAX);
    assert!(first.error.is_none(), "{:?}", first.error);
    let own = tree.so.unit();
    let mut second = tree.so.join_below(&own, memory(), 72);
    settle(&mut second, &mut tree.bo);
    for machine in [&two, &second, &tree.so, &tree.bo] {
        machine.verify();
    }
}

fn memory() -> Store {
    Store::open_in_memory().unwrap()
}

/// Whose credential fell stays without effect here, whatever a facility calls him.
#[test]
fn a_claim_from_below_brings_nobody_back() {
    let mut tree = Tree::new(1);
    let (so, one) = tree.pair(0);
    let gone = so.colleague("Người cũ", &[Role::Registrar]);
    let (person, clock) = (so.person.clone(), so.clock());
    so.replica
        .revoke(&person, &gone.public(), "nghỉ việc", clock)
        .unwrap();
    let friend = SecretKey::generate(&mut Seeded::new(90)).public();
    let by_gone = Content::Credential(CredentialContent {
        grants: vec![given(friend, Subject::Person, Role::Reviewer)],
        root: None,
        reenrol: false,
    });
    let by_gone = sign(&gone, body(&so.unit(), Stream::Org, None, by_gone));
    let again = claim(one, vec![given(friend, Subject::Person, Role::Editor)]);
    assert_eq!(so.receive(one, vec![by_gone, again]).new.len(), 2);
    let people = so.replica.people(&[friend]).unwrap();
    let listed = people.iter().find(|person| person.key == friend).unwrap();
    assert!(listed.revoked);
}
