//! Receipts: what a stolen node key must not decide, and what must not wait for
//! ever for one.

use identity::{Judge, SecretKey};
use model::UnitPath;
use replica::{Env, QUARTERLY_FORM, ReportKey};
use wire::{Body, Content, Entry, EntryId, Kind, ReceiptContent, Stream, Timeliness};

use crate::tree::{ANSWERS, Member, Tree, clock, give, quarter, signed, tree, unit};

/// After the due time.
const LATE: &str = "2026-06-25T09:00:00+07:00";

/// A receipt by this node over one entry of the unit's reports, back-dated.
fn backdated(node: &SecretKey, at: &UnitPath, covers: Vec<EntryId>, seq: u64) -> Entry {
    let content = ReceiptContent {
        seq,
        prev: (seq > 0).then_some(EntryId([7; 32])),
        received: covers.clone(),
        covers,
        incomplete: Vec::new(),
        inclusions: Vec::new(),
    };
    let content = Content::Receipt(content);
    signed(
        node,
        at.clone(),
        Stream::Report,
        Some(quarter()),
        None,
        content,
    )
}

fn timeliness(at: &Member, of: &Member) -> Option<Timeliness> {
    let lines = at.replica.review_list(QUARTERLY_FORM, quarter()).unwrap();
    let line = lines
        .into_iter()
        .find(|line| line.unit == *of.replica.unit());
    line.unwrap().timeliness
}

/// A report of `a` that came late, and a receipt of the stolen key that says it
/// did not.
fn late_and_backdated() -> (Tree, EntryId) {
    let mut tree = tree();
    let submission = tree.a.report("120");
    let from = tree.a.node.public();
    let entries = tree.a.entries();
    let intake = tree.so.replica.receive(&from, entries, clock(LATE));
    assert!(!intake.unwrap().new.is_empty());
    assert_ne!(timeliness(&tree.so, &tree.a), Some(Timeliness::OnTime));
    let forged = backdated(&tree.so.node, tree.a.replica.unit(), vec![submission], 0);
    let id = forged.id();
    let intake = tree.so.replica.receive(&from, vec![forged], clock(LATE));
    assert_eq!(intake.unwrap().new, [id]);
    (tree, submission)
}

#[test]
fn a_stolen_node_key_decides_nothing_once_it_is_revoked() {
    let (mut tree, submission) = late_and_backdated();
    assert_eq!(timeliness(&tree.so, &tree.a), Some(Timeliness::OnTime));
    assert!(!tree.so.replica.status().unwrap().receipt_forks.is_empty());

    let (registrar, stolen) = (tree.so.person.clone(), tree.so.node.public());
    let revoked = tree
        .so
        .replica
        .revoke(&registrar, &stolen, "stolen", clock(LATE))
        .unwrap();
    let revoked = revoked[&unit("byt.24")];
    assert!(tree.so.replica.store().has(&revoked).unwrap());
    assert_ne!(timeliness(&tree.so, &tree.a), Some(Timeliness::OnTime));
    let mut judge = Judge::new(tree.so.replica.store());
    let mark = judge.earliest_receipt(&submission).unwrap().unwrap();
    assert_eq!(mark.time, clock(LATE).now, "the honest one stands");
    drop(judge);
    // The facility computes the same.
    give(&tree.so, &mut tree.a);
    let view = tree.a.replica.show(&tree.a.key()).unwrap();
    assert!(view.timeliness.is_some());
    assert_ne!(view.timeliness, Some(Timeliness::OnTime));
}

#[test]
fn a_submission_is_received_when_its_form_comes_after_it() {
    let mut tree = tree();
    let toml = model::form::builtin_toml(QUARTERLY_FORM).unwrap();
    let toml = toml.replacen(QUARTERLY_FORM, "rieng", 1);
    let publisher = tree.bo.person.clone();
    let form = tree.bo.replica.publish_form(&publisher, &toml, clock(LATE));
    assert_eq!(form.unwrap().form, "rieng");
    give(&tree.bo, &mut tree.a);
    let key = ReportKey::regular(tree.a.replica.unit(), "rieng", quarter());
    let head = tree.a.person.clone();
    let mut env = Env {
        clock: clock(LATE),
        entropy: &mut tree.a.entropy,
    };
    let replica = &mut tree.a.replica;
    replica
        .fill(&key, &head.public(), ANSWERS, &mut env)
        .unwrap();
    let submission = replica.submit(&key, &head, &mut env).unwrap().0;

    let mut entries = tree.a.entries();
    entries.retain(|entry| entry.body().kind() != Kind::Form);
    tree.so.receive(tree.a.node.public(), entries);
    assert!(
        !tree.so.is_received(&submission),
        "nothing can be said of it"
    );
    give(&tree.bo, &mut tree.so);
    assert!(tree.so.is_received(&submission));
    assert_eq!(tree.so.replica.status().unwrap().quarantined.len(), 0);
}

/// Of changes to a report of an unknown form nothing can be said before it comes.
#[test]
fn changes_are_judged_again_when_their_form_comes() {
    let mut tree = tree();
    let submission = tree.a.report("120");
    let doc = tree.a.key().doc();
    let odd = wire::ChangesContent {
        changes: vec![vec![1, 2, 3].into()],
    };
    let body = Body {
        content: Content::Changes(odd),
        doc: Some(document::doc_id(
            tree.a.replica.unit(),
            "rieng",
            quarter(),
            0,
        )),
        ..signed_by(&tree.a, doc)
    };
    let odd = tree.a.person.sign(body).unwrap();
    tree.so.receive(tree.a.node.public(), vec![odd.clone()]);
    assert!(tree.so.replica.status().unwrap().quarantined.is_empty());
    let toml = model::form::builtin_toml(QUARTERLY_FORM).unwrap();
    let toml = toml.replacen(QUARTERLY_FORM, "rieng", 1);
    let publisher = tree.bo.person.clone();
    tree.bo
        .replica
        .publish_form(&publisher, &toml, clock(LATE))
        .unwrap();
    give(&tree.bo, &mut tree.so);
    let quarantined = tree.so.replica.status().unwrap().quarantined;
    assert_eq!(quarantined.len(), 1);
    assert_eq!(quarantined[0].id, odd.id());
    assert!(!tree.so.is_received(&submission));
}

fn signed_by(member: &Member, doc: wire::DocId) -> Body {
    let held = member.entries();
    let of_doc = held.iter().find(|entry| entry.body().doc == Some(doc));
    of_doc.unwrap().body().clone()
}

/// A node that is replaced: its receipts are listed, and go on counting.
#[test]
fn the_first_receipts_of_a_node_stand_after_its_revocation() {
    let mut tree = tree();
    let submission = tree.a.report("120");
    give(&tree.a, &mut tree.so);
    assert_eq!(timeliness(&tree.so, &tree.a), Some(Timeliness::OnTime));
    let (registrar, node) = (tree.so.person.clone(), tree.so.node.public());
    let revoked = tree
        .so
        .replica
        .revoke(&registrar, &node, "replaced", clock(LATE))
        .unwrap();
    let revoked = revoked[&unit("byt.24")];
    let entry = tree.so.replica.store().get(&revoked).unwrap().unwrap();
    let Content::Revocation(content) = &entry.body().content else {
        panic!("a revocation");
    };
    assert_eq!(content.stands.len(), tree.so.receipts().len());
    assert_eq!(timeliness(&tree.so, &tree.a), Some(Timeliness::OnTime));
    assert_eq!(unit("byt.24"), entry.body().unit);
    assert!(tree.so.is_received(&submission));
}
