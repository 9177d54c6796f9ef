//! What is forged, altered, replayed or beyond its author's rights does not
//! count, is shown with its reason, and does not hold up what came with it.

use identity::{Invite, SecretKey};
use model::UnitPath;
use replica::{Error, Replica};
use testkit::Seeded;
use wire::{
    Content, CredentialContent, Digest, Entry, EntryId, Grant, Kind, ReviewContent, Role,
    RollupContent, RootCommitment, Stream, Subject, Verdict,
};

use crate::hostile::send_beside_all;
use crate::tree::{Machine, Tree, body, sign, unit};

/// A facility with an honest batch on its way, and its Sở.
struct Scene {
    tree: Tree,
    /// Changes and a submission that the Sở does not hold yet.
    honest: Vec<Entry>,
}

impl Scene {
    fn new() -> Self {
        let mut tree = Tree::new(2);
        for facility in &mut tree.facilities {
            facility.report();
        }
        let honest: Vec<Entry> = tree.facilities[0]
            .entries()
            .into_iter()
            .filter(|entry| !tree.so.holds(entry))
            .collect();
        assert_eq!(honest.len(), 2);
        Scene { tree, honest }
    }

    fn person(&self) -> &SecretKey {
        &self.tree.facilities[0].person
    }

    fn own(&self) -> UnitPath {
        self.tree.facilities[0].unit()
    }

    fn submission(&self) -> &Entry {
        &self.honest[1]
    }

    /// The Sở gets the entry in the midst of the honest ones: those land, it is
    /// not held, and the reason is shown. Then the same through a session.
    fn does_not_count(mut self, bad: &Entry, reason: &str) {
        let mut batch = self.honest.clone();
        batch.insert(1, bad.clone());
        let (so, facility) = self.tree.pair(0);
        let intake = so.receive(facility, batch);
        assert_eq!(intake.new.len(), 2, "{intake:?}");
        for entry in &self.honest {
            assert!(self.tree.so.holds(entry));
        }
        assert!(!self.tree.so.holds(bad));
        let said = self.tree.so.refusal_of(bad).expect("a reason");
        assert!(said.contains(reason), "{said}");
        self.tree.so.verify();

        let mut again = Scene::new();
        let (so, facility) = again.tree.pair(0);
        send_beside_all(facility, so, vec![bad.clone()]);
        for entry in &again.honest {
            assert!(again.tree.so.holds(entry));
        }
        assert!(!again.tree.so.holds(bad));
        again.tree.so.verify();
    }
}

fn review(submission: EntryId, verdict: Verdict) -> Content {
    Content::Review(ReviewContent {
        submission,
        verdict,
        comments: Vec::new(),
    })
}

fn credential(key: &SecretKey, subject: Subject, roles: &[Role]) -> Content {
    let seal = None;
    Content::Credential(CredentialContent {
        grants: vec![Grant {
            key: key.public(),
            subject,
            name: "Kẻ lạ".to_owned(),
            roles: roles.iter().copied().collect(),
            until: None,
            seal,
        }],
        root: None,
        reenrol: false,
    })
}

fn empty_rollup() -> Content {
    Content::Rollup(Box::new(RollupContent {
        form: "kh2273-quy".to_owned(),
        version: 1,
        ordinal: 0,
        due: None,
        expected: 0,
        on_time: 0,
        late: 0,
        missing: Vec::new(),
        flagged: Vec::new(),
        inputs: 0,
        merkle_root: Digest::of(&[]),
        aggregates: model::Aggregates::new(),
        receipts_head: None,
        replaces: Vec::new(),
        provinces: std::collections::BTreeMap::new(),
    }))
}

fn stranger() -> SecretKey {
    SecretKey::generate(&mut Seeded::new(99))
}

#[test]
fn one_flipped_bit_anywhere_is_refused_and_blocks_nothing() {
    let mut scene = Scene::new();
    let (so, facility) = scene.tree.pair(0);
    let mut refused = 0;
    for honest in &scene.honest {
        for place in 0..honest.bytes().len() {
            let mut bytes = honest.bytes().to_vec();
            bytes[place] ^= 1;
            let Ok(altered) = Entry::parse(&bytes) else {
                continue;
            };
            let intake = so.receive(facility, vec![altered]);
            assert!(intake.new.is_empty(), "byte {place}");
            assert!(intake.parked.is_empty(), "byte {place}");
            refused += intake.forged.len();
        }
        assert!(!so.holds(honest));
    }
    assert!(refused > 300, "only {refused} altered entries parse");
    assert!(!so.status().refused.is_empty());
    let said = &so.status().refused[0].reason;
    assert!(
        said.contains("signature") || said.contains("weak"),
        "{said}"
    );
    // A copy with a bad signature has the true one's id, and left no trace.
    let intake = so.receive(facility, scene.honest.clone());
    assert_eq!(intake.new.len(), 2);
    so.verify();
}

#[test]
fn another_ones_signature() {
    let scene = Scene::new();
    let (author, body) = (scene.person().public(), scene.submission().body().clone());
    let forged = Entry::assemble(body, author, |bytes| stranger().sign_bytes(bytes)).unwrap();
    let mut scene = scene;
    let (so, facility) = scene.tree.pair(0);
    let intake = so.receive(facility, vec![forged]);
    assert_eq!(intake.forged.len(), 1);
    // It has the true submission's id: nothing may be remembered under it.
    let shown = &so.status().refused[0];
    assert_eq!(shown.id, None);
    assert!(shown.reason.contains("signature"), "{}", shown.reason);
    let intake = so.receive(facility, scene.honest.clone());
    assert_eq!(intake.new.len(), 2);
}

#[test]
fn a_neighbours_report_signed_with_the_own_key() {
    let scene = Scene::new();
    let neighbour = &scene.tree.facilities[1];
    let theirs = neighbour.of_kind(Kind::Submission)[0].clone();
    let mut body = theirs.body().clone();
    body.time.0 += 1;
    let bad = sign(scene.person(), body);
    scene.does_not_count(&bad, "may not write a `submission` for byt.24.07001");
}

#[test]
fn the_same_bytes_never_lie_in_another_unit() {
    let mut scene = Scene::new();
    let neighbour = scene.tree.facilities[1].unit();
    for honest in scene.honest.clone() {
        let mut body = honest.body().clone();
        body.unit = neighbour.clone();
        let signature = *honest.signature();
        let moved = Entry::assemble(body, honest.author(), |_| signature).unwrap();
        assert_ne!(moved.id(), honest.id());
        let (so, facility) = scene.tree.pair(0);
        let intake = so.receive(facility, vec![moved.clone()]);
        assert_eq!(intake.forged.len(), 1);
        assert!(!so.holds(&moved));
    }
}

#[test]
fn an_editor_does_not_submit() {
    let mut scene = Scene::new();
    let editor = scene.tree.facilities[0].colleague("Người nhập", &[Role::Editor]);
    let bad = sign(&editor, scene.submission().body().clone());
    let (so, facility) = scene.tree.pair(0);
    let known: Vec<Entry> = facility.of_kind(Kind::Credential);
    so.receive(facility, known);
    let intake = so.receive(facility, vec![bad.clone()]);
    assert!(intake.new.is_empty());
    let said = so.refusal_of(&bad).unwrap();
    assert!(said.contains("may not write a `submission`"), "{said}");
    assert!(!so.holds(&bad));
    let own = scene.own();
    let key = replica::ReportKey::regular(&own, "kh2273-quy", crate::tree::quarter());
    assert_eq!(scene.tree.so.replica.show(&key).unwrap().state, "none");
}

#[test]
fn a_facilitys_head_does_not_review_its_own_report() {
    let scene = Scene::new();
    let doc = scene.submission().body().doc;
    let content = review(scene.submission().id(), Verdict::Accept);
    let bad = sign(
        scene.person(),
        body(&scene.own(), Stream::Report, doc, content),
    );
    scene.does_not_count(&bad, "may not write a `review`");
}

#[test]
fn a_facilitys_head_signs_no_rollup() {
    for (of, at) in [("byt.24", "byt.24"), ("own", "byt.24.07000")] {
        let scene = Scene::new();
        let of = if of == "own" { scene.own() } else { unit(of) };
        let bad = sign(
            scene.person(),
            body(&of, Stream::Rollup, None, empty_rollup()),
        );
        scene.does_not_count(&bad, &format!("may not write a `rollup` for {at}"));
    }
}

#[test]
fn a_registrar_of_another_unit_credentials_nobody() {
    let scene = Scene::new();
    let neighbour = scene.tree.facilities[1].unit();
    let content = credential(&stranger(), Subject::Person, &[Role::Head]);
    let bad = sign(scene.person(), body(&neighbour, Stream::Org, None, content));
    scene.does_not_count(&bad, "may not write a `credential`");
}

#[test]
fn the_sos_registrar_mints_no_facilitys_head() {
    for (subject, role) in [(Subject::Person, Role::Head), (Subject::Node, Role::Node)] {
        let mut scene = Scene::new();
        let minted = stranger();
        let own = scene.own();
        let content = credential(&minted, subject, &[role]);
        let bad = sign(
            &scene.tree.so.person,
            body(&own, Stream::Org, None, content),
        );
        // The facility is not fooled either, nor is the ministry.
        let Tree { bo, so, facilities } = &mut scene.tree;
        for victim in [bo, &mut facilities[0]] {
            victim.receive(so, vec![bad.clone()]);
            assert!(!victim.holds(&bad));
            let said = victim.refusal_of(&bad).unwrap();
            assert!(said.contains("a grant that this issuer may not give"));
        }
        let mut report = scene.submission().body().clone();
        report.time.0 += 1;
        let in_its_name = sign(&minted, report);
        let (so, facility) = scene.tree.pair(0);
        let intake = so.receive(facility, vec![in_its_name.clone()]);
        assert_eq!(intake.parked, [in_its_name.id()]);
        assert!(!so.holds(&in_its_name));
        scene.does_not_count(&bad, "may not write a `credential`");
    }
}

#[test]
fn a_second_root_is_nobody_here() {
    let mut scene = Scene::new();
    let pretender = stranger();
    let mut content = credential(&pretender, Subject::Root, &[Role::Registrar]);
    if let Content::Credential(credential) = &mut content {
        credential.root = Some(RootCommitment {
            next: Digest::of(&[]),
            rehearsal: false,
        });
    }
    let root = sign(
        &pretender,
        body(&UnitPath::ministry(), Stream::Org, None, content),
    );
    let own = scene.own();
    let grant = credential(&pretender, Subject::Person, &[Role::Head]);
    let below = sign(&pretender, body(&own, Stream::Org, None, grant));
    let mut report = scene.submission().body().clone();
    report.time.0 += 1;
    let report = sign(&pretender, report);
    let (so, facility) = scene.tree.pair(0);
    let bad = vec![root, below, report];
    let intake = so.receive(facility, [bad.clone(), scene.honest.clone()].concat());
    assert_eq!((intake.new.len(), intake.parked.len()), (2, 3));
    assert!(bad.iter().all(|entry| !so.holds(entry)));
    assert_eq!(so.status().parked, 3);
    so.verify();
}

#[test]
fn a_simulated_clock_counts_in_a_rehearsal_only() {
    let mut scene = Scene::new();
    scene.tree.facilities[0].simulated = true;
    let key = scene.tree.facilities[0].key();
    let facility = &mut scene.tree.facilities[0];
    let person = facility.person.clone();
    let clock = facility.clock();
    let mut env = replica::Env {
        clock,
        entropy: &mut facility.entropy,
    };
    let refused = facility.replica.submit(&key, &person, &mut env);
    assert!(matches!(refused, Err(Error::NotRehearsal)), "{refused:?}");
    facility.simulated = false;
    let mut body = scene.submission().body().clone();
    body.simulated = true;
    let bad = sign(scene.person(), body);
    scene.does_not_count(&bad, "rehearsal");
}

#[test]
fn a_foreign_invite_leads_nowhere_here() {
    let mut other = Machine::found(store::Store::open_in_memory().unwrap());
    // Another ministry: keys of its own.
    let mut entropy = Seeded::new(77);
    let keys = replica::Founded::generate(&mut entropy);
    let store = store::Store::open_in_memory().unwrap();
    let clock = other.clock();
    other.replica = Replica::found(store, &keys, "Bộ khác", "Ai", false, clock).unwrap();
    other.person = keys.person;
    other.node = keys.node;
    other.entropy = entropy;
    let text = other.invite(&unit("byt.24"));
    let mut so = Machine::join(&text, store::Store::open_in_memory().unwrap(), 78);
    let invite = Invite::parse(&text).unwrap();
    assert_eq!(invite.anchor, other.replica.anchor());

    let mut tree = Tree::new(1);
    let talk = crate::tree::talk(&mut so, &mut tree.bo, Vec::new(), usize::MAX);
    assert!(talk.error.is_some(), "a stranger must not be answered");
    let strange = so.entries();
    assert!(strange.iter().all(|entry| !tree.bo.holds(entry)));
}
