//! What a facility, with its real keys, and a stranger must not be able to do to
//! others.

use identity::{GrantRecord, Judge, Ledger, SecretKey};
use model::{Period, UnitPath};
use replica::{Peering, QUARTERLY_FORM};
use std::collections::BTreeSet;
use sync::Holdings;
use testkit::{Seeded, at};
use wire::{
    Body, ChangeHash, Content, CredentialContent, Digest, Entry, EntryId, Grant, PublicKey,
    RevocationContent, Role, Stream, Subject, SubmissionContent,
};

use crate::tree::{Member, NOW, Tree, clock, give, quarter, signed, tree, unit};

fn submission(of: &Member, form: &str, heads: Vec<ChangeHash>) -> Entry {
    let doc = document::doc_id(of.replica.unit(), form, quarter(), 0);
    let content = SubmissionContent {
        form: form.to_owned(),
        version: 1,
        ordinal: 0,
        heads,
        snapshot: Digest([7; 32]),
        replaces: Vec::new(),
    };
    of.says(Stream::Report, Some(doc), Content::Submission(content))
}

fn heads(from: u32, count: u32) -> Vec<ChangeHash> {
    let hash = |n: u32| {
        let mut hash = [0; 32];
        hash[..4].copy_from_slice(&n.to_be_bytes());
        ChangeHash(hash)
    };
    (from..from + count).map(hash).collect()
}

#[test]
fn a_submission_of_an_unknown_form_holds_up_nobody() {
    let mut tree = tree();
    let odd = submission(&tree.a, "no-such-form", heads(1, 1));
    tree.so.receive(tree.a.node.public(), vec![odd]);
    let honest = tree.b.report("120");
    give(&tree.b, &mut tree.so);
    assert!(tree.so.is_received(&honest));
}

#[test]
fn an_answer_to_many_heads_fits_into_an_entry() {
    let mut tree = tree();
    let large = [1, 20_000, 40_000].map(|n| submission(&tree.a, QUARTERLY_FORM, heads(n, 20_000)));
    tree.so.receive(tree.a.node.public(), large.to_vec());
    let honest = tree.b.report("120");
    give(&tree.b, &mut tree.so);
    assert!(tree.so.is_received(&honest));
    let said: usize = tree.so.receipts().iter().map(|r| r.incomplete.len()).sum();
    assert_eq!(said, 3);
}

#[test]
fn the_same_answer_is_not_given_again() {
    let mut tree = tree();
    let odd = submission(&tree.a, QUARTERLY_FORM, heads(1, 1));
    tree.so.receive(tree.a.node.public(), vec![odd]);
    tree.a.report("120");
    give(&tree.a, &mut tree.so);
    tree.a.report("121");
    give(&tree.a, &mut tree.so);
    let said: usize = tree.so.receipts().iter().map(|r| r.incomplete.len()).sum();
    assert_eq!(said, 1);
}

/// Of any number of submissions that rest on nothing only the newest are answered; one
/// that is complete is received however many there are.
#[test]
fn whoever_submits_over_and_over_is_not_answered_as_often() {
    let mut tree = tree();
    let odd: Vec<Entry> = (1..=40)
        .map(|n| submission(&tree.a, QUARTERLY_FORM, heads(n, 1)))
        .collect();
    tree.so.receive(tree.a.node.public(), odd);
    let said = |so: &Member| -> usize { so.receipts().iter().map(|r| r.incomplete.len()).sum() };
    assert_eq!(said(&tree.so), 8);
    let honest = tree.a.report("120");
    give(&tree.a, &mut tree.so);
    assert!(tree.so.is_received(&honest));
}

#[test]
fn a_facility_revokes_nobody_elses_keys() {
    let mut tree = tree();
    let store = tree.so.replica.store();
    let mut keys: BTreeSet<PublicKey> = BTreeSet::new();
    for path in ["byt", "byt.24", "byt.24.b"] {
        keys.extend(store.grants_at(&unit(path)).unwrap().iter().map(|g| g.key));
    }
    let revoke = |key: &PublicKey| {
        let content = RevocationContent {
            key: Some(*key),
            overrules: None,
            reason: "mine now".to_owned(),
            stands: Vec::new(),
        };
        tree.a.says(Stream::Org, None, Content::Revocation(content))
    };
    let revocations: Vec<Entry> = keys.iter().map(revoke).collect();
    let from = tree.a.node.public();
    assert_eq!(
        tree.so.receive(from, revocations.clone()).new.len(),
        keys.len()
    );
    tree.bo.receive(tree.so.node.public(), revocations);
    for node in [&tree.so, &tree.bo] {
        let people = node.replica.people(&[node.person.public()]).unwrap();
        assert!(people.iter().all(|person| !person.revoked), "{people:?}");
    }
    let (head, now) = (tree.so.person.clone(), clock(NOW));
    let rollup = tree
        .so
        .replica
        .sign_rollup(QUARTERLY_FORM, quarter(), &head, now);
    assert_eq!(rollup.unwrap().0.expected, 2);
}

/// Credentials of the own unit for a foreign key, until one has a smaller id
/// than the real one.
fn claim(by: &Member, key: PublicKey, subject: Subject, role: Role, real: EntryId) -> Entry {
    let mut claims = (0..).map(|n| {
        let grant = Grant {
            key,
            subject,
            name: format!("claimed {n}"),
            roles: BTreeSet::from([role]),
            until: None,
            seal: None,
        };
        let content = CredentialContent {
            grants: vec![grant],
            root: None,
            reenrol: false,
        };
        by.says(Stream::Org, None, Content::Credential(content))
    });
    claims.find(|entry| entry.id() < real).unwrap()
}

/// The registrar of `a` names somebody's key, and the Sở hears of it. Gives the grant
/// that the key really has.
fn a_names(tree: &mut Tree, key: PublicKey, subject: Subject, role: Role) -> GrantRecord {
    let real = tree.so.replica.store().grants_of(&key).unwrap()[0].clone();
    let claim = claim(&tree.a, key, subject, role, real.credential);
    tree.so.receive(tree.a.node.public(), vec![claim]);
    real
}

#[test]
fn a_credential_from_below_moves_no_node() {
    let mut tree = tree();
    for key in [tree.so.node.public(), tree.b.node.public()] {
        let real = tree.so.replica.store().grants_of(&key).unwrap()[0].clone();
        let claim = claim(&tree.a, key, Subject::Node, Role::Node, real.credential);
        let later = clock("2026-06-11T09:00:00+07:00");
        let from = tree.a.node.public();
        let intake = tree.so.replica.receive(&from, vec![claim.clone()], later);
        assert_eq!(intake.unwrap().new.len(), 1);
        let from = tree.so.node.public();
        let intake = tree.bo.replica.receive(&from, vec![claim], later);
        assert_eq!(intake.unwrap().new.len(), 1);
        for at in [&mut tree.so, &mut tree.bo] {
            let mut peering = Peering {
                replica: &mut at.replica,
                simulated: false,
            };
            let found = peering.unit_of_peer(&key).unwrap();
            assert_eq!(found.as_ref(), Some(&real.unit));
        }
    }
}

#[test]
fn a_credential_from_below_renames_nobody_and_shields_no_key() {
    let mut tree = tree();
    let key = tree.so.person.public();
    let real = a_names(&mut tree, key, Subject::Person, Role::Auditor);
    assert_eq!(
        tree.so.replica.name_of(&key, &unit("byt.24")).unwrap(),
        real.name
    );
    let registrar = tree.so.person.clone();
    let revocation = tree
        .so
        .replica
        .revoke(&registrar, &key, "left", clock(NOW))
        .unwrap();
    let units: Vec<&str> = revocation.keys().map(UnitPath::as_str).collect();
    assert_eq!(units, ["byt.24", "byt.24.a"]);
}

#[test]
fn a_credential_from_beside_renames_nobody() {
    let mut tree = tree();
    let key = tree.b.person.public();
    let real = a_names(&mut tree, key, Subject::Person, Role::Head);
    let name = tree.so.replica.name_of(&key, &unit("byt.24.b"));
    assert_eq!(name.unwrap(), real.name);
}

/// `a` names the stolen machine of `b`, by a credential with a smaller id, so as to
/// have the revocation made in its own unit.
#[test]
fn a_credential_from_beside_keeps_no_stolen_key_alive() {
    let mut tree = tree();
    let stolen = tree.b.node.public();
    a_names(&mut tree, stolen, Subject::Node, Role::Node);
    let registrar = tree.so.person.clone();
    let made = tree
        .so
        .replica
        .revoke(&registrar, &stolen, "stolen", clock(NOW))
        .unwrap();
    let units: Vec<&str> = made.keys().map(UnitPath::as_str).collect();
    assert_eq!(units, ["byt.24.a", "byt.24.b"]);
    give(&tree.so, &mut tree.bo);
    for at in [&mut tree.so, &mut tree.bo] {
        let mut peering = Peering {
            replica: &mut at.replica,
            simulated: false,
        };
        assert_eq!(peering.unit_of_peer(&stolen).unwrap(), None);
    }
}

/// `a` names the head of `b` under a strange name, so that the Sở revokes a key which
/// is in good hands: where `a` named it, it does.
#[test]
fn what_one_unit_says_of_a_key_ends_it_nowhere_else() {
    let mut tree = tree();
    let key = tree.b.person.public();
    a_names(&mut tree, key, Subject::Person, Role::Editor);
    let registrar = tree.so.person.clone();
    let (at, now) = (unit("byt.24.a"), clock(NOW));
    let so = &mut tree.so.replica;
    let made = so.revoke_at(&at, &registrar, &key, "strange", now).unwrap();
    assert_eq!(made.keys().collect::<Vec<_>>(), [&at]);
    let mut judge = Judge::new(tree.so.replica.store());
    assert!(judge.counts_at(&key, &unit("byt.24.b")).unwrap());
    assert!(!judge.counts_at(&key, &at).unwrap());
    let nowhere = unit("byt.24.c");
    let so = &mut tree.so.replica;
    let refused = so.revoke_at(&nowhere, &registrar, &key, "strange", now);
    assert!(matches!(refused, Err(replica::Error::NoSuchPerson(_))));
}

/// The registrar of the Sở, whom `a` has named, revokes the own key.
#[test]
fn who_revokes_the_own_key_keeps_all_that_it_signed() {
    let mut tree = tree();
    let key = tree.so.person.public();
    a_names(&mut tree, key, Subject::Person, Role::Registrar);
    let registrar = tree.so.person.clone();
    let made = tree
        .so
        .replica
        .revoke(&registrar, &key, "left", clock(NOW))
        .unwrap();
    assert_eq!(made.len(), 2);
    let so = &tree.so.replica;
    assert!(so.is_revoked(&key, &unit("byt.24")).unwrap());
    assert!(so.is_revoked(&key, &unit("byt.24.a")).unwrap());
    assert_eq!(so.status().unwrap().without_effect.len(), 0);
}

#[test]
fn what_lies_in_another_period_is_not_of_this_report() {
    let mut tree = tree();
    let entry = submission(&tree.a, QUARTERLY_FORM, heads(1, 1));
    let body = Body {
        period: Some(Period::Quarter(2026, 1)),
        ..entry.body().clone()
    };
    let moved = tree.a.person.sign(body).unwrap();
    let intake = tree.so.receive(tree.a.node.public(), vec![moved]);
    assert_eq!(intake.new.len(), 1);
    let lines = tree.so.replica.review_list(QUARTERLY_FORM, quarter());
    assert!(lines.unwrap().iter().all(|line| line.submission.is_none()));
}

#[test]
fn a_strangers_introduction_parks_nothing() {
    let mut tree = tree();
    let stranger = SecretKey::generate(&mut Seeded::new(77));
    let content = CredentialContent {
        grants: vec![Grant {
            key: stranger.public(),
            subject: Subject::Node,
            name: "let me in".to_owned(),
            roles: BTreeSet::from([Role::Node]),
            until: None,
            seal: None,
        }],
        root: None,
        reenrol: false,
    };
    let chain = signed(
        &stranger,
        unit("byt.24.a"),
        Stream::Org,
        None,
        None,
        Content::Credential(content),
    );
    let mut peering = Peering {
        replica: &mut tree.so.replica,
        simulated: false,
    };
    peering
        .introduce(&stranger.public(), vec![chain], at(NOW))
        .unwrap();
    let status = tree.so.replica.status().unwrap();
    assert_eq!((status.parked, status.refused.len()), (0, 0));
}
