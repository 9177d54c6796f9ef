//! A node on a disk of its own: it can be put to rest, copied and opened again.

use identity::SecretKey;
use model::{Period, Timestamp, UnitPath};
use replica::{
    Clock, Env, Founded, JoinKeys, Peering, QUARTERLY_FORM, Replica, ReportKey, ReportView,
};
use store::{EntryFilter, Store, StoreError};
use sync::{Config, Outcome, Session, SessionError};
use testkit::disk::{Disk, Image};
use testkit::{ANSWERS, Seeded, at};
use wire::{Entry, EntryId, Kind};

const NOW: &str = "2026-06-10T09:00:00+07:00";
const FILE: &str = "node.db";
const SO: &str = "byt.24";
const FACILITY: &str = "byt.24.07210";

/// Why a step was not done.
#[derive(Debug)]
pub(crate) enum Failure {
    Store(StoreError),
    Replica(replica::Error),
    Session(SessionError),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Failure::Store(error)
    }
}
impl From<replica::Error> for Failure {
    fn from(error: replica::Error) -> Self {
        Failure::Replica(error)
    }
}
impl From<SessionError> for Failure {
    fn from(error: SessionError) -> Self {
        Failure::Session(error)
    }
}

impl Failure {
    /// The store's own words, if it was the store.
    pub(crate) fn of_store(&self) -> Option<&StoreError> {
        match self {
            Failure::Store(error) | Failure::Replica(replica::Error::Store(error)) => Some(error),
            Failure::Session(SessionError::Holdings(source)) => {
                match source.downcast_ref::<replica::Error>() {
                    Some(replica::Error::Store(error)) => Some(error),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

/// A node at rest: its files and its keys.
pub(crate) struct Home {
    image: Image,
    person: SecretKey,
    node: SecretKey,
}

/// A node, its process running or not.
pub(crate) struct Node {
    pub(crate) disk: Disk,
    person: SecretKey,
    node: SecretKey,
    entropy: Seeded,
    replica: Option<Replica>,
}

fn clock() -> Clock {
    Clock {
        now: at(NOW),
        simulated: false,
    }
}

fn now() -> Timestamp {
    at(NOW)
}

/// The report that is submitted.
fn report() -> ReportKey {
    let unit = UnitPath::parse(FACILITY).unwrap();
    ReportKey::regular(&unit, QUARTERLY_FORM, Period::parse("2026-Q2").unwrap())
}

/// A Sở and a facility that have met the level above, and are shut down.
pub(crate) fn at_rest() -> (Home, Home) {
    let mut entropy = Seeded::new(1);
    let keys = Founded::generate(&mut entropy);
    let disk = Disk::new(1);
    let store = disk.store(FILE).unwrap();
    let replica = Replica::found(store, &keys, "Bộ Y tế", "Anh Bộ", false, clock()).unwrap();
    let mut bo = Node {
        disk,
        person: keys.person,
        node: keys.node,
        entropy,
        replica: Some(replica),
    };
    let mut so = bo.join_below(SO, 2);
    let mut facility = so.join_below(FACILITY, 3);
    sync(&mut so, &mut bo).unwrap();
    sync(&mut facility, &mut so).unwrap();
    sync(&mut so, &mut bo).unwrap();
    sync(&mut facility, &mut so).unwrap();
    (so.rest(), facility.rest())
}

impl Home {
    /// The same node on a disk of its own, which tears and loses by its seed.
    pub(crate) fn wake(&self, seed: u64, disk_seed: u64) -> Node {
        let disk = Disk::new(disk_seed);
        disk.restore(&self.image);
        Node {
            disk,
            person: self.person.clone(),
            node: self.node.clone(),
            entropy: Seeded::new(seed),
            replica: None,
        }
    }
}

impl Node {
    fn join_below(&mut self, unit: &str, seed: u64) -> Node {
        let unit = UnitPath::parse(unit).unwrap();
        let mut env = Env {
            clock: clock(),
            entropy: &mut self.entropy,
        };
        let replica = self.replica.as_mut().unwrap();
        let invite = replica.invite(&self.person, &unit, "Đơn vị", None, &mut env);
        let text = invite.unwrap().text;
        let mut entropy = Seeded::new(seed);
        let invite = Replica::read_invite(&text, unit.level()).unwrap();
        let keys = JoinKeys::generate(&mut entropy);
        let disk = Disk::new(seed);
        let store = disk.store(FILE).unwrap();
        let replica = Replica::join(store, &invite, &keys, "Người", "PC", clock()).unwrap();
        Node {
            disk,
            person: keys.person,
            node: keys.node,
            entropy,
            replica: Some(replica),
        }
    }

    fn rest(mut self) -> Home {
        self.shut();
        Home {
            image: self.disk.snapshot(),
            person: self.person,
            node: self.node,
        }
    }

    /// Another machine with what lies on this disk now.
    pub(crate) fn copy(&self) -> Node {
        let home = Home {
            image: self.disk.snapshot(),
            person: self.person.clone(),
            node: self.node.clone(),
        };
        home.wake(0, 0)
    }

    /// Starts the process, unless it runs.
    pub(crate) fn open(&mut self) -> Result<(), Failure> {
        if self.replica.is_none() {
            let store: Store = self.disk.store(FILE)?;
            self.replica = Some(Replica::open(store, self.node.clone())?);
        }
        Ok(())
    }

    /// Ends the process, in order.
    pub(crate) fn shut(&mut self) {
        self.replica = None;
    }

    pub(crate) fn replica(&mut self) -> &mut Replica {
        self.replica.as_mut().expect("a process that runs")
    }

    pub(crate) fn fill(&mut self) -> Result<(), Failure> {
        let person = self.person.public();
        let mut env = Env {
            clock: clock(),
            entropy: &mut self.entropy,
        };
        let replica = self.replica.as_mut().unwrap();
        replica.fill(&report(), &person, ANSWERS, &mut env)?;
        Ok(())
    }

    pub(crate) fn submit(&mut self) -> Result<EntryId, Failure> {
        let mut env = Env {
            clock: clock(),
            entropy: &mut self.entropy,
        };
        let replica = self.replica.as_mut().unwrap();
        Ok(replica.submit(&report(), &self.person, &mut env)?.0)
    }

    pub(crate) fn view(&mut self) -> Result<ReportView, Failure> {
        Ok(self.replica().show(&report())?)
    }

    pub(crate) fn of_kind(&mut self, kind: Kind) -> Vec<Entry> {
        let filter = EntryFilter {
            kind: Some(kind),
            ..EntryFilter::default()
        };
        let held = self.replica().store().entries(&filter).unwrap();
        let entries = held.iter().map(|stored| stored.entry.entry().clone());
        entries.collect()
    }

    fn config(&self, peer: &Node) -> Config {
        let replica = self.replica.as_ref().unwrap();
        Config {
            peer: peer.node.public(),
            own_unit: replica.unit().clone(),
            expect_unit: None,
            address: None,
            asks: Vec::new(),
        }
    }

    fn peering(&mut self) -> Peering<'_> {
        Peering {
            replica: self.replica.as_mut().unwrap(),
            simulated: false,
        }
    }
}

/// `a` dials `b`, until the end or until either fails.
pub(crate) fn sync(a: &mut Node, b: &mut Node) -> Result<Outcome, Failure> {
    let mut answerer = Session::accept(b.config(a));
    let mut dialler = Session::dial(a.config(b), &mut a.peering(), now())?;
    loop {
        let mut quiet = true;
        while let Some(frame) = dialler.poll_transmit() {
            quiet = false;
            answerer.handle(&frame, &mut b.peering(), now())?;
        }
        while let Some(frame) = answerer.poll_transmit() {
            quiet = false;
            dialler.handle(&frame, &mut a.peering(), now())?;
        }
        if quiet {
            break;
        }
    }
    let outcome = dialler.outcome().expect("a session that ended").clone();
    let (key_a, key_b) = (a.node.public(), b.node.public());
    a.replica().note_session(&key_b, outcome.in_sync, now())?;
    b.replica().note_session(&key_a, outcome.in_sync, now())?;
    Ok(outcome)
}
