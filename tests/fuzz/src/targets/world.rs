//! A province and one of its facilities, grown once and then planted anew as
//! often as an input has changed them.
//!
//! Early, the facility has a submitted report that the province has not seen, and
//! the province has a credential that the facility has not seen. Late, the report
//! was received, accepted, and is in a signed rollup.

use std::sync::OnceLock;

use identity::SecretKey;
use model::{Period, Timestamp, UnitPath};
use replica::{Clock, Env, Founded, JoinKeys, Peering, QUARTERLY_FORM, Replica, ReportKey};
use store::{EntryFilter, Peer, Store};
use sync::{Ask, Config, Holdings, Session};
use testkit::{ANSWERS, Seeded, at};
use wire::{Entry, EntryId, PublicKey};

pub(super) const QUARTER: Period = Period::Quarter(2026, 2);

pub(super) fn now() -> Timestamp {
    at("2026-06-10T09:00:00+07:00")
}

pub(super) fn clock() -> Clock {
    Clock {
        now: now(),
        simulated: false,
    }
}

/// One node.
pub(super) struct Node {
    pub(super) replica: Replica,
    pub(super) key: SecretKey,
    pub(super) person: SecretKey,
}

/// What a node is planted from.
struct Seed {
    unit: UnitPath,
    anchor: PublicKey,
    key: SecretKey,
    person: SecretKey,
    entries: Vec<Entry>,
    peers: Vec<Peer>,
    /// What the store remembers beside entries, by name.
    meta: Vec<(String, String)>,
}

struct Grown {
    early: [Seed; 2],
    so: Seed,
    facility: Seed,
    rollup: EntryId,
    inputs: Vec<u8>,
}

/// The facility (0) or the province (1), early.
pub(super) fn early(side: usize) -> Node {
    plant(&grown().early[side])
}

/// The province, late.
pub(super) fn so() -> Node {
    let mut node = plant(&grown().so);
    let ask = Ask::Inputs { rollup: rollup() };
    let kept = node.peering().answer(&ask).unwrap();
    assert_eq!(kept, Some(inputs()));
    node
}

/// The facility, late.
pub(super) fn facility() -> Node {
    plant(&grown().facility)
}

/// The province's rollup.
pub(super) fn rollup() -> EntryId {
    grown().rollup
}

/// The inputs of that rollup, as the province gives them.
pub(super) fn inputs() -> Vec<u8> {
    grown().inputs.clone()
}

fn grown() -> &'static Grown {
    static GROWN: OnceLock<Grown> = OnceLock::new();
    GROWN.get_or_init(grow)
}

/// What of a node an input could have changed.
#[derive(PartialEq, Debug)]
pub(super) struct Traces(u64, usize, usize, usize, usize, Vec<EntryId>, Vec<Peer>);

impl Node {
    pub(super) fn traces(&self, peer: &PublicKey) -> Traces {
        let store = self.replica.store();
        Traces(
            store.count().unwrap(),
            store.drafts_all().unwrap().len(),
            store.parked().unwrap().len(),
            store.refused(usize::MAX >> 1).unwrap().len(),
            store.drills().unwrap().len(),
            store.refused_by(peer).unwrap(),
            store.peers().unwrap(),
        )
    }

    pub(super) fn peering(&mut self) -> Peering<'_> {
        Peering {
            replica: &mut self.replica,
            simulated: false,
        }
    }

    pub(super) fn config(&self, peer: &PublicKey) -> Config {
        Config {
            peer: *peer,
            own_unit: self.replica.unit().clone(),
            expect_unit: None,
            address: None,
            asks: Vec::new(),
        }
    }

    fn report(&mut self, period: Period, random: &mut Seeded) {
        let key = ReportKey::regular(self.replica.unit(), QUARTERLY_FORM, period);
        let mut env = Env {
            clock: clock(),
            entropy: random,
        };
        let person = self.person.public();
        self.replica.fill(&key, &person, ANSWERS, &mut env).unwrap();
        self.replica.submit(&key, &self.person, &mut env).unwrap();
    }

    fn invite(&mut self, unit: &UnitPath, random: &mut Seeded) -> Node {
        let mut env = Env {
            clock: clock(),
            entropy: random,
        };
        let replica = &mut self.replica;
        let issued = replica.invite(&self.person, unit, unit.last(), None, &mut env);
        let invite = Replica::read_invite(&issued.unwrap().text, unit.level()).unwrap();
        let keys = JoinKeys::generate(random);
        let store = Store::open_in_memory().unwrap();
        let replica = Replica::join(store, &invite, &keys, "Người", "PC", clock()).unwrap();
        Node {
            replica,
            key: keys.node,
            person: keys.person,
        }
    }

    fn seed(&self, remembered: &[String]) -> Seed {
        let store = self.replica.store();
        let names = remembered.iter().cloned();
        let meta = names.map(|name| (name.clone(), store.meta(&name).unwrap().unwrap()));
        let entries = store.entries(&EntryFilter::default()).unwrap();
        Seed {
            unit: self.replica.unit().clone(),
            anchor: self.replica.anchor(),
            key: self.key.clone(),
            person: self.person.clone(),
            entries: entries
                .into_iter()
                .map(|stored| stored.entry.entry().clone())
                .collect(),
            peers: store.peers().unwrap(),
            meta: meta.collect(),
        }
    }
}

fn grow() -> Grown {
    let mut random = Seeded::new(1);
    let keys = Founded::generate(&mut random);
    let store = Store::open_in_memory().unwrap();
    let replica = Replica::found(store, &keys, "Bộ Y tế", "Anh Bộ", false, clock()).unwrap();
    let mut bo = Node {
        replica,
        key: keys.node,
        person: keys.person,
    };
    let mut so = bo.invite(&UnitPath::parse("byt.24").unwrap(), &mut random);
    let unit = UnitPath::parse("byt.24.07210").unwrap();
    let mut facility = so.invite(&unit, &mut random);
    talk(&mut so, &mut bo);
    talk(&mut facility, &mut so);
    facility.report(QUARTER, &mut random);
    let colleague = SecretKey::generate(&mut random).public();
    let roles = [wire::Role::Editor].into();
    so.replica
        .add_person(&so.person, colleague, "Chị Sở", roles, clock())
        .unwrap();
    let early = [facility.seed(&[]), so.seed(&[])];
    for _ in 0..3 {
        talk(&mut facility, &mut so);
    }
    let key = ReportKey::regular(&unit, QUARTERLY_FORM, QUARTER);
    so.replica.accept(&key, &so.person, clock()).unwrap();
    let signed = so
        .replica
        .sign_rollup(QUARTERLY_FORM, QUARTER, &so.person, clock());
    let rollup = signed.unwrap().0.id;
    talk(&mut facility, &mut so);
    let inputs = so.peering().answer(&Ask::Inputs { rollup }).unwrap();
    Grown {
        early,
        so: so.seed(&[format!("inputs/{rollup}")]),
        facility: facility.seed(&[]),
        rollup,
        inputs: inputs.unwrap(),
    }
}

fn plant(seed: &Seed) -> Node {
    let mut store = Store::open_in_memory().unwrap();
    store
        .write(|tx| -> store::Result<()> {
            tx.set_meta("unit", seed.unit.as_str())?;
            tx.set_meta("anchor", &seed.anchor.to_string())?;
            for (name, value) in &seed.meta {
                tx.set_meta(name, value)?;
            }
            seed.peers.iter().try_for_each(|peer| tx.put_peer(peer))
        })
        .unwrap();
    let mut replica = Replica::open(store, seed.key.clone()).unwrap();
    let from = seed.key.public();
    let intake = replica.receive(&from, seed.entries.clone(), clock());
    assert_eq!(intake.unwrap().new.len(), seed.entries.len());
    Node {
        replica,
        key: seed.key.clone(),
        person: seed.person.clone(),
    }
}

/// An honest session to its end.
fn talk(dialling: &mut Node, answering: &mut Node) {
    let (here, there) = (dialling.key.public(), answering.key.public());
    let (of_one, of_other) = (dialling.config(&there), answering.config(&here));
    let mut one = Session::dial(of_one, &mut dialling.peering(), now()).unwrap();
    let mut other = Session::accept(of_other);
    loop {
        let mut quiet = true;
        while let Some(frame) = one.poll_transmit() {
            quiet = false;
            other
                .handle(&frame, &mut answering.peering(), now())
                .unwrap();
        }
        while let Some(frame) = other.poll_transmit() {
            quiet = false;
            one.handle(&frame, &mut dialling.peering(), now()).unwrap();
        }
        if quiet {
            return;
        }
    }
}
