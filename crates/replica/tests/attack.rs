//! What members with real keys, and strangers, must not be able to do to others;
//! and what an honest mistake must not make permanent.

use std::collections::{BTreeMap, BTreeSet};

use identity::{Ledger, SecretKey};
use model::{Period, Timestamp, UnitPath};
use replica::{
    Clock, Env, Founded, JoinKeys, Peering, QUARTERLY_FORM, Replica, ReportKey, UnitChange,
};
use store::{EntryFilter, Store};
use sync::{Ask, Holdings};
use testkit::{Seeded, at};
use wire::{
    Body, CampaignContent, ChangeHash, Content, CredentialContent, Digest, DocId, Entry, EntryId,
    Flag, FlagReason, Grant, Kind, PublicKey, RevocationContent, Role, RollupInput, Stream,
    Subject, SubmissionContent,
};

const NOW: &str = "2026-06-10T09:00:00+07:00";
/// A PC whose battery is empty, the other way round.
const FAR: &str = "2099-01-01T00:00:00+07:00";

const ANSWERS: &str = r#"
[answers]
A1 = "A"
A2 = "B"
B1 = { value = true, date = 2026-05-20 }
B2 = ["meeting"]
B3 = 120
B4 = 100
D1 = { value = true, date = 2026-04-20 }
D2 = { value = false }
D5 = 0
D6 = 0
D7 = 0
E1 = true
E2 = "C"
E3 = 1
E4 = 2
F5 = 80
G1 = 1000
G2 = 200
H1 = true
[[tables.C1]]
name = "HIS"
kind = "his"
state = "running"
dossier = "drafting"
"#;

struct Member {
    replica: Replica,
    person: SecretKey,
    node: SecretKey,
    entropy: Seeded,
}

struct Tree {
    bo: Member,
    so: Member,
    a: Member,
    b: Member,
}

fn unit(path: &str) -> UnitPath {
    UnitPath::parse(path).unwrap()
}

fn quarter() -> Period {
    Period::Quarter(2026, 2)
}

fn clock(text: &str) -> Clock {
    Clock {
        now: at(text),
        simulated: false,
    }
}

fn memory() -> Store {
    Store::open_in_memory().unwrap()
}

impl Member {
    fn invite(&mut self, path: &str) -> String {
        let (person, now) = (self.person.clone(), clock(NOW));
        let mut env = Env {
            clock: now,
            entropy: &mut self.entropy,
        };
        let invite = self
            .replica
            .invite(&person, &unit(path), path, None, &mut env);
        invite.unwrap().text
    }

    fn join(text: &str, seed: u64) -> Member {
        let mut entropy = Seeded::new(seed);
        let invite = identity::Invite::parse(text).unwrap();
        let keys = JoinKeys::generate(&mut entropy);
        let name = format!("Head {}", invite.unit());
        let replica = Replica::join(memory(), &invite, &keys, &name, "PC", clock(NOW)).unwrap();
        Member {
            replica,
            person: keys.person,
            node: keys.node,
            entropy,
        }
    }

    fn key(&self) -> ReportKey {
        ReportKey::regular(self.replica.unit(), QUARTERLY_FORM, quarter())
    }

    /// A statement of this member's person about the own unit, signed by hand.
    fn says(&self, stream: Stream, doc: Option<DocId>, content: Content) -> Entry {
        let period = match stream {
            Stream::Org if !matches!(content, Content::Campaign(_)) => None,
            _ => Some(quarter()),
        };
        let unit = self.replica.unit().clone();
        signed(&self.person, unit, stream, period, doc, content)
    }

    fn entries(&self) -> Vec<Entry> {
        let held = self.replica.store().entries(&EntryFilter::default());
        let held = held.unwrap().into_iter();
        held.map(|stored| stored.entry.entry().clone()).collect()
    }

    fn receive(&mut self, from: PublicKey, entries: Vec<Entry>) -> replica::Intake {
        self.replica.receive(&from, entries, clock(NOW)).unwrap()
    }

    fn receipts(&self) -> Vec<wire::ReceiptContent> {
        let receipt = |entry: Entry| match &entry.body().content {
            Content::Receipt(content) => Some(content.clone()),
            _ => None,
        };
        self.entries().into_iter().filter_map(receipt).collect()
    }

    fn is_received(&self, id: &EntryId) -> bool {
        self.receipts().iter().any(|r| r.received.contains(id))
    }

    /// Fills, seals and submits the quarter's report with this `B3`.
    fn report(&mut self, staff: &str) -> EntryId {
        let (key, person) = (self.key(), self.person.clone());
        let mut env = Env {
            clock: clock(NOW),
            entropy: &mut self.entropy,
        };
        let answers = ANSWERS.replace("120", staff);
        self.replica
            .fill(&key, &person.public(), &answers, &mut env)
            .unwrap();
        self.replica.submit(&key, &person, &mut env).unwrap().0
    }

    fn accept(&mut self, of: &Member, when: &str) {
        let person = self.person.clone();
        self.replica
            .accept(&of.key(), &person, clock(when))
            .unwrap();
    }
}

fn signed(
    key: &SecretKey,
    unit: UnitPath,
    stream: Stream,
    period: Option<Period>,
    doc: Option<DocId>,
    content: Content,
) -> Entry {
    key.sign(Body {
        stream,
        unit,
        period,
        doc,
        time: at(NOW),
        simulated: false,
        content,
    })
    .unwrap()
}

/// Everything that one holds goes to the other.
fn give(from: &Member, to: &mut Member) {
    to.receive(from.node.public(), from.entries());
}

fn tree() -> Tree {
    let mut entropy = Seeded::new(1);
    let keys = Founded::generate(&mut entropy);
    let replica = Replica::found(memory(), &keys, "Bộ", "Anh Bộ", false, clock(NOW)).unwrap();
    let mut bo = Member {
        replica,
        person: keys.person,
        node: keys.node,
        entropy,
    };
    let mut so = Member::join(&bo.invite("byt.24"), 2);
    let a = Member::join(&so.invite("byt.24.a"), 3);
    let b = Member::join(&so.invite("byt.24.b"), 4);
    give(&a, &mut so);
    give(&b, &mut so);
    give(&so, &mut bo);
    Tree { bo, so, a, b }
}

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

#[test]
fn the_last_ordinal_of_all_costs_nothing() {
    let mut tree = tree();
    let campaign = CampaignContent {
        form: QUARTERLY_FORM.to_owned(),
        version: 1,
        ordinal: u32::MAX,
        audience: unit("byt.24"),
        due: None,
        due_above: None,
        cutoff: None,
        basis: None,
    };
    let campaign = tree
        .so
        .says(Stream::Org, None, Content::Campaign(campaign));
    tree.so.receive(tree.so.node.public(), vec![campaign]);
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
        tree.a
            .says(Stream::Org, None, Content::Revocation(content))
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

#[test]
fn a_credential_from_below_moves_no_node() {
    let mut tree = tree();
    for key in [tree.so.node.public(), tree.b.node.public()] {
        let real = tree.so.replica.store().grants_of(&key).unwrap()[0].clone();
        let claim = claim(&tree.a, key, Subject::Node, Role::Node, real.credential);
        tree.so.receive(tree.a.node.public(), vec![claim.clone()]);
        tree.bo.receive(tree.so.node.public(), vec![claim]);
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
    let real = tree.so.replica.store().grants_of(&key).unwrap()[0].clone();
    let claim = claim(&tree.a, key, Subject::Person, Role::Auditor, real.credential);
    tree.so.receive(tree.a.node.public(), vec![claim]);
    assert_eq!(tree.so.replica.name_of(&key).unwrap(), real.name);
    let registrar = tree.so.person.clone();
    let revocation = tree
        .so
        .replica
        .revoke(&registrar, &key, "left", clock(NOW))
        .unwrap();
    let revocation = tree.so.replica.store().get(&revocation).unwrap().unwrap();
    assert_eq!(revocation.body().unit, unit("byt.24"));
}

#[test]
fn a_head_who_also_has_a_role_above_gets_receipts() {
    let mut tree = tree();
    let (registrar, head) = (tree.so.person.clone(), tree.a.person.public());
    let roles = BTreeSet::from([Role::Auditor]);
    tree.so
        .replica
        .add_person(&registrar, head, "also here", roles, clock(NOW))
        .unwrap();
    let honest = tree.a.report("120");
    give(&tree.a, &mut tree.so);
    assert!(tree.so.is_received(&honest));
}

#[test]
fn one_review_from_the_future_does_not_outlast_every_later_one() {
    let mut tree = tree();
    tree.a.report("120");
    give(&tree.a, &mut tree.so);
    tree.so.accept(&tree.a, FAR);
    tree.a.report("130");
    give(&tree.a, &mut tree.so);
    tree.so.accept(&tree.a, NOW);
    let (head, now) = (tree.so.person.clone(), clock(NOW));
    let rollup = tree
        .so
        .replica
        .sign_rollup(QUARTERLY_FORM, quarter(), &head, now);
    let sum = rollup.unwrap().0.aggregates["B3"].clone();
    assert_eq!(sum, model::Aggregate::Sum { sum: 130 });
}

#[test]
fn one_name_from_the_future_does_not_outlast_every_later_one() {
    let mut tree = tree();
    let (registrar, a) = (tree.so.person.clone(), unit("byt.24.a"));
    for (name, when) in [("far", FAR), ("near", NOW)] {
        let change = UnitChange::Rename(name.to_owned());
        tree.so
            .replica
            .change_unit(&registrar, &a, change, clock(when))
            .unwrap();
        assert_eq!(
            tree.so.replica.unit_name(&a).unwrap().as_deref(),
            Some(name)
        );
    }
}

#[test]
fn an_enrolment_that_was_overruled_is_still_seen() {
    let mut tree = tree();
    let store = tree.so.replica.store();
    let real = store.grants_of(&tree.a.node.public()).unwrap()[0].credential;
    let overrule = RevocationContent {
        key: None,
        overrules: Some(real),
        reason: "another use holds".to_owned(),
        stands: Vec::new(),
    };
    let overrule = signed(
        &tree.so.person,
        unit("byt.24.a"),
        Stream::Org,
        None,
        None,
        Content::Revocation(overrule),
    );
    tree.so.receive(tree.so.node.public(), vec![overrule]);
    // The Sở enrols it anew, with keys of its own.
    let second = Member::join(&tree.so.invite("byt.24.a"), 99);
    give(&second, &mut tree.so);
    give(&tree.so, &mut tree.bo);
    for node in [&tree.so, &tree.bo] {
        let units = node.replica.units().unwrap();
        let a = units.iter().find(|view| view.unit == unit("byt.24.a"));
        assert!(a.unwrap().reenrolled);
    }
}

#[test]
fn joining_and_founding_happen_whole_or_not_at_all() {
    let mut tree = tree();
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| Store::open(folder.path().join(name)).unwrap();
    let invite = identity::Invite::parse(&tree.so.invite("byt.24.c")).unwrap();
    let keys = JoinKeys::generate(&mut Seeded::new(5));
    let long = "n".repeat(1_000);
    let join =
        |person: &str| Replica::join(file("join"), &invite, &keys, person, "PC", clock(NOW));
    assert!(join(&long).is_err());
    assert!(join("short").is_ok());
    let keys = Founded::generate(&mut Seeded::new(6));
    let found =
        |person: &str| Replica::found(file("found"), &keys, "Bộ", person, false, clock(NOW));
    assert!(found(&long).is_err());
    assert!(found("short").is_ok());
}

#[test]
fn a_province_does_not_change_the_nations_form() {
    let mut tree = tree();
    let toml = model::form::builtin_toml(QUARTERLY_FORM).unwrap();
    let newer = toml.replacen("version = 1", "version = 2", 1);
    assert_ne!(toml, newer);
    let content = Content::Form(wire::FormContent { toml: newer });
    let form = tree.so.says(Stream::Org, None, content);
    tree.so.receive(tree.so.node.public(), vec![form.clone()]);
    tree.bo.receive(tree.so.node.public(), vec![form]);
    for node in [&tree.so, &tree.bo] {
        let form = node.replica.form(QUARTERLY_FORM, None).unwrap();
        assert_eq!(form.version, 1);
    }
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

/// Reports of `a` and `b`, accepted, an honest rollup, all of it at the Bộ as
/// after a drill-down; the inputs as the Sở gives them.
fn drilled() -> (Tree, Vec<RollupInput>) {
    let mut tree = tree();
    tree.a.report("120");
    tree.b.report("130");
    give(&tree.a, &mut tree.so);
    give(&tree.b, &mut tree.so);
    tree.so.accept(&tree.a, NOW);
    tree.so.accept(&tree.b, NOW);
    let (head, now) = (tree.so.person.clone(), clock(NOW));
    let (view, _) = tree
        .so
        .replica
        .sign_rollup(QUARTERLY_FORM, quarter(), &head, now)
        .unwrap();
    give(&tree.so, &mut tree.bo);
    let mut peering = Peering {
        replica: &mut tree.so.replica,
        simulated: false,
    };
    let blob = peering.answer(&Ask::Inputs { rollup: view.id }).unwrap();
    let inputs = wire::cbor::from_slice(&blob.unwrap()).unwrap();
    (tree, inputs)
}

fn deep(tree: &Tree, inputs: &[RollupInput]) -> replica::RollupCheck {
    let blob = wire::cbor::to_vec(&inputs).unwrap();
    let inputs = BTreeMap::from([(unit("byt.24"), blob)]);
    tree.bo
        .replica
        .verify_rollup(&unit("byt.24"), QUARTERLY_FORM, quarter(), &inputs, true)
        .unwrap()
}

fn corrected(tree: &mut Tree, alter: impl FnOnce(&mut wire::RollupContent)) {
    let filter = EntryFilter {
        kind: Some(Kind::Rollup),
        ..EntryFilter::default()
    };
    let held = tree.so.replica.store().entries(&filter).unwrap();
    let honest = &held[0].entry;
    let Content::Rollup(content) = &honest.body().content else {
        panic!("a rollup");
    };
    let mut content = content.clone();
    alter(&mut content);
    content.prev = Some(honest.id());
    let entry = tree
        .so
        .says(Stream::Rollup, None, Content::Rollup(content));
    tree.bo.receive(tree.so.node.public(), vec![entry]);
}

#[test]
fn an_honest_rollup_is_verified_from_source() {
    let (tree, inputs) = drilled();
    let check = deep(&tree, &inputs);
    assert!(check.ok, "{check:?}");
}

#[test]
fn a_due_time_of_the_signers_own_is_found() {
    let (mut tree, inputs) = drilled();
    corrected(&mut tree, |content| {
        content.due = Some(Timestamp(at(FAR).0));
    });
    let check = deep(&tree, &inputs);
    assert!(!check.ok, "{check:?}");
}

#[test]
fn an_accepted_report_left_out_is_found() {
    let (mut tree, inputs) = drilled();
    let form = model::form::builtin(QUARTERLY_FORM).unwrap();
    let rest: Vec<RollupInput> = inputs.into_iter().skip(1).collect();
    let kept = rest.clone();
    corrected(&mut tree, |content| {
        let header = rollup::Header {
            due: content.due,
            receipts_head: content.receipts_head,
            ..rollup::Header::default()
        };
        let b = unit("byt.24.b");
        let timeliness = kept[0].timeliness.unwrap();
        let received = BTreeMap::from([(b.clone(), rollup::Received { timeliness })]);
        let flags = vec![Flag {
            unit: unit("byt.24.a"),
            reason: FlagReason::Pending,
        }];
        *content =
            rollup::consolidate(form, header, &[b], &received, kept, flags).unwrap();
    });
    let check = deep(&tree, &rest);
    assert!(!check.ok, "{check:?}");
}
