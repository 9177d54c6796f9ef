//! A peer that keeps the protocol and lies in it, and changes that are meant to
//! break the document they are made for.

use document::{Edit, Report};
use identity::SecretKey;
use model::Scalar;
use serde_bytes::ByteBuf;
use testkit::shade::{Shade, Shaded};
use testkit::{Seeded, at};
use wire::{
    ChangeHash, ChangesContent, Content, Digest, Entry, EntryId, Kind, Role, Stream,
    SubmissionContent,
};

use crate::tree::{Machine, NOW, Tree, body, carry, config, peering, settle, sign, sync};

/// `from` dials and sends what it has and these too; the session must end well,
/// and the next, honest one in sync.
pub(crate) fn send_beside_all(from: &mut Machine, to: &mut Machine, extra: Vec<Entry>) {
    let bytes = extra
        .iter()
        .map(|entry| (entry.id(), entry.bytes().to_vec()));
    send_bytes_beside_all(from, to, bytes.collect());
}

/// The same with any bytes under any id.
fn send_bytes_beside_all(from: &mut Machine, to: &mut Machine, extra: Vec<(EntryId, Vec<u8>)>) {
    let (of_from, of_to) = (config(from, to, Vec::new()), config(to, from, Vec::new()));
    let (now_from, now_to) = (from.clock(), to.clock());
    let shade = Shade {
        made_up: extra,
        ..Shade::default()
    };
    let mut liar = Shaded {
        inner: peering(from),
        shade: &shade,
    };
    let mut there = peering(to);
    let talk = carry(
        of_from,
        &mut liar,
        now_from,
        of_to,
        &mut there,
        now_to,
        usize::MAX,
    );
    assert!(talk.error.is_none(), "{:?}", talk.error);
    let outcome = talk.dialler.outcome().expect("an end");
    assert!(outcome.in_sync, "{outcome:?}");
    settle(from, to);
}

/// A signature that is damaged on the way, or in the sender's file, says nothing
/// about the entry: it is asked for again at once.
#[test]
fn a_damaged_signature_is_not_held_against_the_entry() {
    let mut tree = Tree::new(1);
    let (so, one) = tree.pair(0);
    one.report();
    let honest = one.of_kind(Kind::Changes).pop().unwrap();
    let mut damaged = honest.bytes().to_vec();
    *damaged.last_mut().unwrap() ^= 1;
    assert_eq!(Entry::parse(&damaged).unwrap().id(), honest.id());
    let (of_one, of_so) = (config(one, so, Vec::new()), config(so, one, Vec::new()));
    let (now, now_there, node) = (one.clock(), so.clock(), so.node.public());
    let shade = Shade {
        made_up: vec![(honest.id(), damaged)],
        ..Shade::default()
    };
    let mut line = Shaded {
        inner: peering(one),
        shade: &shade,
    };
    let talk = carry(
        of_one,
        &mut line,
        now,
        of_so,
        &mut peering(so),
        now_there,
        usize::MAX,
    );
    assert!(talk.error.is_none(), "{:?}", talk.error);
    assert!(!talk.dialler.outcome().expect("an end").in_sync);
    assert!(!so.holds(&honest));
    assert_eq!(one.replica.store().refused_by(&node).unwrap(), []);
    assert!(sync(one, so).in_sync);
    assert!(so.holds(&honest));
    settle(one, so);
}

fn changes(machine: &Machine, author: &SecretKey, raw: Vec<Vec<u8>>) -> Entry {
    let changes = raw.into_iter().map(ByteBuf::from).collect();
    let content = Content::Changes(ChangesContent { changes });
    let doc = Some(machine.key().doc());
    sign(author, body(&machine.unit(), Stream::Report, doc, content))
}

/// A change upon the genesis, made as `actor_of`'s.
fn change(machine: &Machine, actor_of: &SecretKey, seed: u64) -> Vec<u8> {
    let form = model::form::builtin("kh2273-quy").unwrap();
    let report = Report::genesis(form, machine.key().doc());
    let edit = Edit::Put {
        key: "B3".to_owned(),
        value: Scalar::Int(666),
    };
    let heads = report.heads();
    let mut entropy = Seeded::new(seed);
    report
        .seal(&heads, &[edit], &actor_of.public(), at(NOW), &mut entropy)
        .unwrap()
}

/// Correctly signed changes of an authorised editor that must not be applied.
fn hostile_changes(machine: &Machine, editor: &SecretKey) -> Vec<Entry> {
    let another = SecretKey::generate(&mut Seeded::new(5));
    let mut bytes = vec![
        b"no change at all".to_vec(),
        Vec::from([0x85, 0x6f, 0x4a, 0x83, 1, 2, 3, 4, 1, 0]),
        // Honest, but for whose actor it is.
        change(machine, &another, 1),
    ];
    let mut broken = change(machine, editor, 2);
    let middle = broken.len() / 2;
    broken[middle] ^= 0x40;
    bytes.push(broken);
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/vectors/automerge"
    );
    match std::fs::read_dir(folder) {
        Err(_) => println!("skipped: {folder} is not here"),
        Ok(files) => {
            for file in files {
                let mut raw = Vec::new();
                let path = file.unwrap().path();
                #[allow(clippy::disallowed_methods)]
                raw.extend(std::fs::read(path).unwrap());
                bytes.push(raw);
            }
        }
    }
    let mut entries: Vec<Entry> = bytes
        .iter()
        .map(|raw| changes(machine, editor, vec![raw.clone()]))
        .collect();
    // And in one entry with an honest one: the whole entry is set aside.
    let honest = change(machine, editor, 3);
    entries.push(changes(machine, editor, vec![honest, bytes[0].clone()]));
    entries
}

#[test]
fn a_hostile_change_is_set_aside_and_the_rest_flows() {
    let mut tree = Tree::new(2);
    let editor = tree.facilities[0].colleague("Người nhập", &[Role::Editor]);
    let bad = hostile_changes(&tree.facilities[0], &editor);
    tree.facilities[0].report();
    tree.facilities[1].report();
    let (so, facility) = tree.pair(0);
    // One batch of everything; hostile first.
    let batch = [bad.clone(), facility.entries()].concat();
    let intake = so.receive(facility, batch);
    assert!(
        intake.refused.is_empty() && intake.parked.is_empty(),
        "{intake:?}"
    );
    let aside = so.status().quarantined;
    for entry in &bad {
        assert!(so.holds(entry), "held, so that all sides converge");
        let shown = aside.iter().find(|aside| aside.id == entry.id());
        assert!(shown.is_some_and(|aside| !aside.reason.is_empty()));
    }
    assert_eq!(aside.len(), bad.len());
    // The facility learns of it and is as little disturbed.
    settle(facility, so);
    assert_eq!(facility.status().quarantined.len(), bad.len());
    for node in [&*so, &*facility] {
        let view = node.replica.show(&facility.key()).unwrap();
        assert_eq!(view.answers["B3"], 120);
        assert_eq!(view.quarantined, bad.len());
        node.verify();
    }
    let view = facility.replica.show(&facility.key()).unwrap();
    assert!(view.receipt.is_some(), "the honest submission is received");
    facility.set("B3", "121");
    facility.seal();
    facility.submit(&facility.key());
    settle(facility, so);
    let unit = facility.unit();
    so.accept(&unit);
    let (so, other) = tree.pair(1);
    settle(other, so);
    assert!(other.replica.show(&other.key()).unwrap().receipt.is_some());
}

#[test]
fn a_submission_over_a_hostile_change_is_incomplete() {
    let mut tree = Tree::new(1);
    let (so, facility) = tree.pair(0);
    let head = facility.person.clone();
    let another = SecretKey::generate(&mut Seeded::new(5));
    let raw = change(facility, &another, 1);
    let hash: ChangeHash = document::change_hash(&raw).unwrap();
    let bad = changes(facility, &head, vec![raw]);
    let content = |heads, snapshot| {
        Content::Submission(SubmissionContent {
            form: "kh2273-quy".to_owned(),
            version: 1,
            ordinal: 0,
            heads,
            snapshot,
            replaces: Vec::new(),
        })
    };
    let doc = Some(facility.key().doc());
    let unit = facility.unit();
    let over = |heads, snapshot| {
        sign(
            &head,
            body(&unit, Stream::Report, doc, content(heads, snapshot)),
        )
    };
    let submission = over(vec![hash], Digest::of(&[b"anything"]));
    so.receive(facility, vec![bad.clone(), submission.clone()]);
    let incomplete = incomplete_of(so, &submission.id()).expect("an answer");
    assert_eq!(incomplete.missing, [hash]);
    assert_eq!(incomplete.quarantined, [bad.id()]);
    assert!(!incomplete.differs);

    // Over an honest change with a wrong snapshot: it differs.
    let good = changes(facility, &head, vec![change(facility, &head, 2)]);
    let Content::Changes(of_good) = &good.body().content else {
        panic!()
    };
    let heads = vec![document::change_hash(&of_good.changes[0]).unwrap()];
    let differs = over(heads, Digest::of(&[b"anything"]));
    so.receive(facility, vec![good, differs.clone()]);
    assert!(incomplete_of(so, &differs.id()).unwrap().differs);
    let reviewer = so.person.clone();
    let clock = so.clock();
    assert!(
        so.replica
            .accept(&facility.key(), &reviewer, clock)
            .is_err()
    );
    // Nothing of this wedges the pair.
    sync(facility, so);
    settle(facility, so);
}

fn incomplete_of(so: &Machine, submission: &EntryId) -> Option<wire::Incomplete> {
    let receipts = so.of_kind(Kind::Receipt);
    receipts
        .iter()
        .find_map(|entry| match &entry.body().content {
            Content::Receipt(receipt) => {
                let mut all = receipt.incomplete.iter();
                all.find(|i| i.submission == *submission).cloned()
            }
            _ => None,
        })
}

#[test]
fn bytes_that_are_no_entry_do_not_stop_a_batch() {
    let mut tree = Tree::new(1);
    let (so, facility) = tree.pair(0);
    let submission = facility.report();
    let honest = facility.entries();
    let whole = honest.last().unwrap().bytes().to_vec();
    let garbage = vec![
        (EntryId([1; 32]), b"not CBOR".to_vec()),
        (EntryId([2; 32]), whole[..whole.len() - 1].to_vec()),
        (EntryId([3; 32]), [whole.clone(), vec![0]].concat()),
        (EntryId([4; 32]), Vec::new()),
    ];
    send_bytes_beside_all(facility, so, garbage);
    assert!(so.replica.store().has(&submission).unwrap());
    assert!(honest.iter().all(|entry| so.holds(entry)));
    so.verify();
}

/// Honest entries, but of a unit that the two do not share.
#[test]
fn a_neighbours_entries_are_not_taken_from_a_facility() {
    let mut tree = Tree::new(2);
    tree.facilities[1].report();
    let theirs: Vec<Entry> = tree.facilities[1].of_kind(Kind::Submission);
    tree.facilities[0].report();
    let (so, facility) = tree.pair(0);
    send_beside_all(facility, so, theirs.clone());
    assert!(!so.holds(&theirs[0]));
    let (so, neighbour) = tree.pair(1);
    settle(neighbour, so);
    assert!(so.holds(&theirs[0]), "from whom it is, it is taken");
}

/// The line is cut after any number of frames; each time both go on.
#[test]
fn a_line_cut_after_any_frame_loses_nothing() {
    let mut tree = Tree::apart(1);
    let (so, facility) = tree.pair(0);
    facility.report();
    for cut in 0..40 {
        crate::tree::talk(facility, so, Vec::new(), cut);
        facility.set("B3", &format!("{}", 121 + cut));
        facility.seal();
        crate::tree::talk(so, facility, Vec::new(), cut);
    }
    settle(facility, so);
    assert_eq!(
        so.ids_of(&facility.unit()),
        facility.ids_of(&facility.unit())
    );
    assert_eq!(so.of_kind(Kind::Changes).len(), 41);
    let key = facility.key();
    assert!(facility.replica.show(&key).unwrap().receipt.is_some());
    so.verify();
    facility.verify();
}
