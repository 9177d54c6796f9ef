//! A ready-made tree: the ministry, a province and facilities, each a replica
//! with its keys in memory, and sessions that are pumped from one to the other.

use identity::SecretKey;
use model::{Period, Timestamp, UnitPath};
use replica::{
    Clock, Env, Founded, JoinKeys, Peering, QUARTERLY_FORM, Replica, ReportKey, StatusView,
};
use store::{EntryFilter, Store};
use sync::{Ask, Config, Holdings, Outcome, Session, SessionError};
use testkit::{ANSWERS, Seeded, at};
use wire::{Body, Content, DocId, Entry, EntryId, Kind, Role, Stream};

/// When everything happens unless a test says otherwise: before the due time.
pub(crate) const NOW: &str = "2026-06-10T09:00:00+07:00";

/// A node and the people who work at it.
pub(crate) struct Machine {
    pub(crate) replica: Replica,
    pub(crate) person: SecretKey,
    pub(crate) node: SecretKey,
    pub(crate) entropy: Seeded,
    pub(crate) now: Timestamp,
    /// Whether its clock is simulated.
    pub(crate) simulated: bool,
}

/// Bộ, Sở Bắc Ninh, and its facilities.
pub(crate) struct Tree {
    pub(crate) bo: Machine,
    pub(crate) so: Machine,
    pub(crate) facilities: Vec<Machine>,
}

/// The period of every test.
pub(crate) fn quarter() -> Period {
    Period::parse("2026-Q2").unwrap()
}

pub(crate) fn unit(path: &str) -> UnitPath {
    UnitPath::parse(path).unwrap()
}

/// The `index`-th facility's path.
pub(crate) fn facility(index: usize) -> UnitPath {
    unit(&format!("byt.24.{:05}", 7_000 + index))
}

impl Tree {
    /// A tree whose nodes have all met the level above.
    pub(crate) fn new(facilities: usize) -> Self {
        let mut tree = Tree::apart(facilities);
        sync(&mut tree.so, &mut tree.bo);
        for facility in &mut tree.facilities {
            sync(facility, &mut tree.so);
        }
        sync(&mut tree.so, &mut tree.bo);
        tree
    }

    /// A tree whose nodes have joined and never spoken.
    pub(crate) fn apart(facilities: usize) -> Self {
        let mut bo = Machine::found(Store::open_in_memory().unwrap());
        let mut so = bo.join_below(&unit("byt.24"), Store::open_in_memory().unwrap(), 2);
        let facilities = (0..facilities)
            .map(|index| {
                let store = Store::open_in_memory().unwrap();
                so.join_below(&facility(index), store, 10 + index as u64)
            })
            .collect();
        Tree { bo, so, facilities }
    }

    /// The province and one of its facilities.
    pub(crate) fn pair(&mut self, index: usize) -> (&mut Machine, &mut Machine) {
        (&mut self.so, &mut self.facilities[index])
    }
}

impl Machine {
    /// A ministry, in no rehearsal.
    pub(crate) fn found(store: Store) -> Self {
        let mut entropy = Seeded::new(1);
        let keys = Founded::generate(&mut entropy);
        let clock = Clock {
            now: at(NOW),
            simulated: false,
        };
        let replica = Replica::found(store, &keys, "Bộ Y tế", "Anh Bộ", false, clock).unwrap();
        Machine {
            replica,
            person: keys.person,
            node: keys.node,
            entropy,
            now: at(NOW),
            simulated: false,
        }
    }

    /// Invites a unit and lets it join in a store of its own.
    pub(crate) fn join_below(&mut self, unit: &UnitPath, store: Store, seed: u64) -> Machine {
        let text = self.invite(unit);
        Machine::join(&text, store, seed)
    }

    /// The text of an invite.
    pub(crate) fn invite(&mut self, unit: &UnitPath) -> String {
        let person = self.person.clone();
        let mut env = Env {
            clock: self.clock(),
            entropy: &mut self.entropy,
        };
        let name = format!("Đơn vị {}", unit.last());
        let invite = self.replica.invite(&person, unit, &name, None, &mut env);
        invite.unwrap().text
    }

    /// Uses an invite.
    pub(crate) fn join(text: &str, store: Store, seed: u64) -> Machine {
        let mut entropy = Seeded::new(seed);
        let unit = identity::Invite::parse(text).unwrap().unit().clone();
        let invite = Replica::read_invite(text, unit.level()).unwrap();
        let keys = JoinKeys::generate(&mut entropy);
        let name = format!("Người {}", unit.last());
        let clock = Clock {
            now: at(NOW),
            simulated: false,
        };
        let replica = Replica::join(store, &invite, &keys, &name, "PC", clock).unwrap();
        Machine {
            replica,
            person: keys.person,
            node: keys.node,
            entropy,
            now: at(NOW),
            simulated: false,
        }
    }

    pub(crate) fn clock(&self) -> Clock {
        Clock {
            now: self.now,
            simulated: self.simulated,
        }
    }

    pub(crate) fn unit(&self) -> UnitPath {
        self.replica.unit().clone()
    }

    /// The quarterly report of this unit.
    pub(crate) fn key(&self) -> ReportKey {
        ReportKey::regular(self.replica.unit(), QUARTERLY_FORM, quarter())
    }

    /// A person of this unit with these roles only.
    pub(crate) fn colleague(&mut self, name: &str, roles: &[Role]) -> SecretKey {
        let key = SecretKey::generate(&mut self.entropy);
        let clock = self.clock();
        let roles = roles.iter().copied().collect();
        self.replica
            .add_person(&self.person, key.public(), name, roles, clock)
            .unwrap();
        key
    }

    /// Answers everything and signs the changes.
    pub(crate) fn fill(&mut self, key: &ReportKey) {
        let person = self.person.public();
        let mut env = Env {
            clock: self.clock(),
            entropy: &mut self.entropy,
        };
        self.replica.fill(key, &person, ANSWERS, &mut env).unwrap();
        self.seal();
    }

    /// Changes one number, as a draft.
    pub(crate) fn set(&mut self, code: &str, value: &str) {
        let (person, clock) = (self.person.public(), self.clock());
        let key = self.key();
        self.replica.set(&key, &person, code, value, clock).unwrap();
    }

    pub(crate) fn seal(&mut self) -> usize {
        let person = self.person.clone();
        let mut env = Env {
            clock: self.clock(),
            entropy: &mut self.entropy,
        };
        self.replica.seal_all(&person, &mut env).unwrap()
    }

    pub(crate) fn submit(&mut self, key: &ReportKey) -> EntryId {
        let person = self.person.clone();
        let mut env = Env {
            clock: self.clock(),
            entropy: &mut self.entropy,
        };
        self.replica.submit(key, &person, &mut env).unwrap().0
    }

    /// Fills and submits the quarter's report.
    pub(crate) fn report(&mut self) -> EntryId {
        let key = self.key();
        self.fill(&key);
        self.submit(&key)
    }

    pub(crate) fn accept(&mut self, of: &UnitPath) {
        let key = ReportKey::regular(of, QUARTERLY_FORM, quarter());
        let (person, clock) = (self.person.clone(), self.clock());
        self.replica.accept(&key, &person, clock).unwrap();
    }

    pub(crate) fn sign_rollup(&mut self) -> replica::RollupView {
        let (person, clock) = (self.person.clone(), self.clock());
        self.replica
            .sign_rollup(QUARTERLY_FORM, quarter(), &person, clock)
            .unwrap()
            .0
    }

    pub(crate) fn receive(&mut self, from: &Machine, entries: Vec<Entry>) -> replica::Intake {
        let clock = self.clock();
        self.replica
            .receive(&from.node.public(), entries, clock)
            .unwrap()
    }

    /// Everything held.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.select(&EntryFilter::default())
    }

    pub(crate) fn select(&self, filter: &EntryFilter) -> Vec<Entry> {
        let held = self.replica.store().entries(filter).unwrap();
        held.into_iter()
            .map(|stored| stored.entry.entry().clone())
            .collect()
    }

    pub(crate) fn of_kind(&self, kind: Kind) -> Vec<Entry> {
        self.select(&EntryFilter {
            kind: Some(kind),
            ..EntryFilter::default()
        })
    }

    pub(crate) fn ids_of(&self, unit: &UnitPath) -> Vec<EntryId> {
        let mut ids: Vec<EntryId> = self
            .select(&EntryFilter {
                unit: Some(unit.clone()),
                ..EntryFilter::default()
            })
            .iter()
            .map(Entry::id)
            .collect();
        ids.sort_unstable();
        ids
    }

    pub(crate) fn holds(&self, entry: &Entry) -> bool {
        self.replica.store().has(&entry.id()).unwrap()
    }

    pub(crate) fn status(&self) -> StatusView {
        self.replica.status().unwrap()
    }

    /// Whether `status` gives a reason for not taking this entry.
    pub(crate) fn refusal_of(&self, entry: &Entry) -> Option<String> {
        let refused = self.status().refused;
        let found = refused.into_iter().find(|r| r.id == Some(entry.id()));
        found.map(|refused| refused.reason)
    }

    /// Why a held entry does not count, by `status`.
    pub(crate) fn without_effect(&self, id: &EntryId) -> Option<String> {
        let aside = self.status().without_effect;
        let found = aside.into_iter().find(|aside| aside.id == *id);
        found.map(|aside| aside.reason)
    }

    /// All values of a field that are visible.
    pub(crate) fn values(&self, code: &str) -> Vec<model::Scalar> {
        let view = self.replica.show(&self.key()).unwrap();
        let conflict = view.conflicts.into_iter().find(|c| c.code == code);
        let mut values: Vec<model::Scalar> = match conflict {
            Some(conflict) => conflict.values.into_iter().map(|v| v.value).collect(),
            None => {
                let view = self.replica.screen_view(&self.key(), self.now).unwrap();
                vec![view.snapshot.get(code).clone()]
            }
        };
        values.sort_by_key(model::Scalar::as_int);
        values
    }

    pub(crate) fn verify(&self) {
        let view = self.replica.verify().unwrap();
        assert!(view.ok, "{:?}", view.problems);
    }
}

/// Signs a body with whatever key, allowed or not.
pub(crate) fn sign(key: &SecretKey, body: Body) -> Entry {
    key.sign(body).unwrap()
}

/// A body in a unit's stream.
pub(crate) fn body(unit: &UnitPath, stream: Stream, doc: Option<DocId>, content: Content) -> Body {
    let period = matches!(stream, Stream::Report | Stream::Rollup).then(quarter);
    Body {
        stream,
        unit: unit.clone(),
        period,
        doc,
        time: at(NOW),
        simulated: false,
        content,
    }
}

/// `a` dials `b`: to the end.
pub(crate) fn sync(a: &mut Machine, b: &mut Machine) -> Outcome {
    ask(a, b, Vec::new())
}

/// The same with something asked for.
pub(crate) fn ask(a: &mut Machine, b: &mut Machine, asks: Vec<Ask>) -> Outcome {
    let talk = talk(a, b, asks, usize::MAX);
    assert!(talk.error.is_none(), "{:?}", talk.error);
    talk.dialler
        .outcome()
        .expect("a session that ended")
        .clone()
}

/// Until the two are equal: a machine gives receipts when it has received, so
/// the first session leaves something to say.
pub(crate) fn settle(a: &mut Machine, b: &mut Machine) {
    for _ in 0..3 {
        sync(a, b);
    }
    let last = sync(a, b);
    assert!(last.in_sync, "{last:?}");
    assert_eq!((last.sent, last.received), (0, 0));
}

/// How a conversation went.
pub(crate) struct Talk {
    pub(crate) dialler: Session,
    pub(crate) error: Option<SessionError>,
}

/// At most so many frames are delivered: then the line is cut.
pub(crate) fn talk(a: &mut Machine, b: &mut Machine, asks: Vec<Ask>, cut: usize) -> Talk {
    let (of_a, of_b) = (config(a, b, asks), config(b, a, Vec::new()));
    let (now_a, now_b) = (a.clock(), b.clock());
    let (key_a, key_b) = (a.node.public(), b.node.public());
    let mut here = peering(a);
    let mut there = peering(b);
    let talk = carry(of_a, &mut here, now_a, of_b, &mut there, now_b, cut);
    let in_sync = talk.dialler.so_far().in_sync;
    a.replica.note_session(&key_b, in_sync, now_a.now).unwrap();
    b.replica.note_session(&key_a, in_sync, now_b.now).unwrap();
    talk
}

pub(crate) fn peering(machine: &mut Machine) -> Peering<'_> {
    Peering {
        simulated: machine.simulated,
        replica: &mut machine.replica,
    }
}

pub(crate) fn config(own: &Machine, peer: &Machine, asks: Vec<Ask>) -> Config {
    Config {
        peer: peer.node.public(),
        own_unit: own.unit(),
        expect_unit: None,
        address: own.replica.address().unwrap(),
        asks,
    }
}

/// Carries frames between two sessions over any holdings.
pub(crate) fn carry<A: Holdings, B: Holdings>(
    of_a: Config,
    a: &mut A,
    now_a: Clock,
    of_b: Config,
    b: &mut B,
    now_b: Clock,
    cut: usize,
) -> Talk {
    let mut dialler = Session::dial(of_a, a, now_a.now).unwrap();
    let mut answerer = Session::accept(of_b);
    let mut error = None;
    let mut frames = 0;
    loop {
        let before = frames;
        while let Some(frame) = dialler.poll_transmit() {
            if frames == cut || answerer.is_finished() {
                return Talk { dialler, error };
            }
            frames += 1;
            if let Err(failed) = answerer.handle(&frame, b, now_b.now) {
                error.get_or_insert(failed);
            }
        }
        while let Some(frame) = answerer.poll_transmit() {
            if frames == cut || dialler.is_finished() {
                return Talk { dialler, error };
            }
            frames += 1;
            if let Err(failed) = dialler.handle(&frame, a, now_a.now) {
                error.get_or_insert(failed);
            }
        }
        if frames == before {
            return Talk { dialler, error };
        }
    }
}
