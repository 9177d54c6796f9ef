//! What arrives: nothing honest is lost by what comes with it or before it.

use identity::SecretKey;
use serde_bytes::ByteBuf;
use sync::{Holdings, Session, pack};
use testkit::Seeded;
use testkit::disk::Disk;
use wire::cbor::Value;
use wire::frame::{Batch, Frame, Hello, SESSION_VERSION, Total};
use wire::{Content, Digest, Entry, Kind, Role, Stream};

use crate::run::{Seen, ensure};
use crate::tree::{Machine, Tree, body, config, sync};

/// A program of the next version says something that this one does not know.
pub(crate) fn what_is_unknown_travels_on() -> Seen {
    let mut tree = Tree::new(1);
    let facility = &mut tree.facilities[0];
    let said = Content::Unknown("drill".into(), Value::Text("báo động thử".to_owned()));
    let body = body(&facility.unit(), Stream::Org, None, said);
    let entry = facility.person.sign(body).unwrap();
    facility.keep(entry.clone());
    ensure!(facility.holds(&entry.id()), "its own node dropped it");
    let (so, facility) = tree.pair(0);
    sync(facility, so);
    sync(&mut tree.so, &mut tree.bo);
    ensure!(tree.bo.holds(&entry.id()), "it did not reach the Bộ");
    Ok(())
}

/// The first entry of a batch is forged under the true one's id.
pub(crate) fn one_bad_entry_in_a_batch() -> Seen {
    let mut tree = Tree::new(1);
    let submission = tree.facilities[0].report();
    let (so, facility) = tree.pair(0);
    let mut batch = facility.of_kind(Kind::Changes);
    let changes = batch[0].id();
    let honest = facility.of_kind(Kind::Submission).remove(0);
    let stranger = SecretKey::generate(&mut Seeded::new(99));
    let forged = Entry::assemble(honest.body().clone(), honest.author(), |bytes| {
        stranger.sign_bytes(bytes)
    });
    batch.insert(0, forged.unwrap());
    so.receive(facility, batch);
    ensure!(so.holds(&changes), "the rest of the batch is lost");
    let refused = so.replica.status().unwrap().refused;
    ensure!(!refused.is_empty(), "nobody is told");
    let named: Vec<_> = refused.iter().filter_map(|refused| refused.id).collect();
    ensure!(named.is_empty(), "{named:?} is said to be forged");
    so.receive(facility, vec![honest]);
    ensure!(so.holds(&submission), "the true one is not taken any more");
    Ok(())
}

pub(crate) fn a_change_before_its_credential() -> Seen {
    let mut tree = Tree::new(1);
    let (so, facility) = tree.pair(0);
    let editor = facility.colleague(Role::Editor);
    facility.set_as(&editor, "B3", "121");
    facility.seal_as(&editor).unwrap();
    let change = facility.of_kind(Kind::Changes).remove(0);
    let intake = so.receive(facility, vec![change.clone()]);
    ensure!(intake.parked == [change.id()], "not parked: {intake:?}");
    so.receive(facility, facility.of_kind(Kind::Credential));
    let waits = so.replica.status().unwrap().parked;
    ensure!(so.holds(&change.id()) && waits == 0, "{waits} still waits");
    Ok(())
}

/// A credential that a stranger made for himself, as he introduces himself. Keys
/// cost nothing: what strangers park would push out what members parked.
pub(crate) fn what_a_stranger_shows() -> Seen {
    let mut tree = Tree::new(1);
    let stranger = SecretKey::generate(&mut Seeded::new(99));
    let mut own = tree.facilities[0].of_kind(Kind::Credential);
    let (key, content) = (stranger.public(), own.remove(0).body().clone());
    let shown = vec![stranger.sign(content).unwrap()];
    let now = tree.so.now;
    tree.so.peering().introduce(&key, shown, now).unwrap();
    let parked = tree.so.replica.status().unwrap().parked;
    ensure!(parked == 0, "{parked} entries of a stranger are kept");
    Ok(())
}

/// By a peer that keeps the protocol, but for what it sends.
pub(crate) fn a_neighbours_entry_in_a_session() -> Seen {
    let mut tree = Tree::new(2);
    tree.facilities[1].report();
    let theirs = tree.facilities[1].of_kind(Kind::Changes).remove(0);
    let (so, liar) = tree.pair(0);
    let answers = push(liar, so, &theirs);
    ensure!(!answers.is_empty(), "the session ended");
    ensure!(!so.holds(&theirs.id()), "the neighbour's entry is taken");
    Ok(())
}

pub(crate) fn a_batch_that_the_disk_has_no_room_for() -> Seen {
    let disk = Disk::new(1);
    let mut tree = Tree::with(1, disk.store("so.sqlite").unwrap());
    let (so, facility) = tree.pair(0);
    facility.report();
    let changes = facility.of_kind(Kind::Changes).remove(0);
    disk.fill(0);
    let answers = push(facility, so, &changes);
    disk.fill(u64::MAX);
    let acked = answers.iter().any(|frame| matches!(frame, Frame::Ack(_)));
    let held = so.holds(&changes.id());
    ensure!(!held, "there was room after all");
    ensure!(!acked, "acknowledged, and not held");
    Ok(())
}

/// A first flight made by hand, a hello and one batch with this entry: what is
/// answered.
fn push(from: &Machine, to: &mut Machine, entry: &Entry) -> Vec<Frame> {
    let (compressed, data) = pack::pack(vec![entry.bytes().to_vec()]).unwrap();
    let hello = Frame::Hello(Hello {
        version: SESSION_VERSION,
        address: None,
        asks: Vec::new(),
        total: Total(0, Digest([0; 32])),
        receipts: None,
        clock: from.now,
        pushed: 1,
    });
    let batch = Frame::Batch(Batch {
        seq: 0,
        compressed,
        data: ByteBuf::from(data),
    });
    let mut session = Session::accept(config(to, from, Vec::new()));
    let (now, mut answers) = (to.now, Vec::new());
    for frame in [hello, batch] {
        let handled = session.handle(&frame.encode().unwrap(), &mut to.peering(), now);
        let said = std::iter::from_fn(|| session.poll_transmit());
        answers.extend(said.map(|bytes| Frame::decode(&bytes).unwrap()));
        if handled.is_err() {
            break;
        }
    }
    answers
}
