//! A small tree in memory: Bộ, one Sở, its facilities; real replicas, real
//! sessions, no network. (The larger one, and what it proves, is in the tests of
//! `replica`.)

use identity::SecretKey;
use model::{Period, Timestamp, UnitPath};
use replica::{
    Clock, Env, Founded, Intake, JoinKeys, Peering, QUARTERLY_FORM, Replica, ReportKey, ReportView,
    RollupView,
};
use serde_bytes::ByteBuf;
use store::{EntryFilter, Store};
use sync::{Ask, Config, Outcome, Session, SessionError};
use testkit::{ANSWERS, Seeded, at};
use wire::{Body, ChangesContent, Content, DocId, Entry, EntryId, Kind, Role, Stream};

/// When everything happens unless a scenario says otherwise: before the due time.
pub(crate) const NOW: &str = "2026-06-10T09:00:00+07:00";

/// When the reports of the period are due.
pub(crate) const DUE: &str = "2026-06-20T00:00:00+07:00";

/// After the due time.
pub(crate) const LATE: &str = "2026-06-21T09:00:00+07:00";

pub(crate) const DAY_MS: i64 = 24 * 3_600 * 1_000;

/// A node and the person who works at it.
pub(crate) struct Machine {
    pub(crate) replica: Replica,
    pub(crate) person: SecretKey,
    pub(crate) node: SecretKey,
    pub(crate) entropy: Seeded,
    pub(crate) now: Timestamp,
}

/// Nodes that have all met the level above.
pub(crate) struct Tree {
    pub(crate) bo: Machine,
    pub(crate) so: Machine,
    pub(crate) facilities: Vec<Machine>,
}

pub(crate) fn quarter() -> Period {
    Period::Quarter(2026, 2)
}

pub(crate) fn unit(path: &str) -> UnitPath {
    UnitPath::parse(path).unwrap()
}

pub(crate) fn facility(index: usize) -> UnitPath {
    unit(&format!("byt.24.{:05}", 7_000 + index))
}

pub(crate) fn memory() -> Store {
    Store::open_in_memory().unwrap()
}

impl Tree {
    pub(crate) fn new(facilities: usize) -> Self {
        Tree::with(facilities, memory())
    }

    /// The same with a store of one's own for the Sở.
    pub(crate) fn with(facilities: usize, of_so: Store) -> Self {
        let mut bo = Machine::found(memory());
        let mut so = bo.join_below(&unit("byt.24"), of_so, 2);
        sync(&mut so, &mut bo);
        let join = |index| {
            let mut machine = so.join_below(&facility(index), memory(), 10 + index as u64);
            sync(&mut machine, &mut so);
            machine
        };
        let facilities = (0..facilities).map(join).collect();
        sync(&mut so, &mut bo);
        Tree { bo, so, facilities }
    }

    /// The Sở and one of its facilities.
    pub(crate) fn pair(&mut self, index: usize) -> (&mut Machine, &mut Machine) {
        (&mut self.so, &mut self.facilities[index])
    }

    /// A report from the `index`-th facility with these answers beside the usual
    /// ones, received and accepted.
    pub(crate) fn accepted(&mut self, index: usize, answers: &[(&str, &str)]) {
        let (so, facility) = self.pair(index);
        facility.fill();
        for (code, value) in answers {
            facility.set(code, value);
        }
        facility.submit();
        sync(facility, so);
        so.accept(&facility.key());
        sync(facility, so);
    }
}

impl Machine {
    /// A ministry, in no rehearsal.
    pub(crate) fn found(store: Store) -> Self {
        let mut entropy = Seeded::new(1);
        let keys = Founded::generate(&mut entropy);
        let replica = Replica::found(store, &keys, "Bộ Y tế", "Anh Bộ", false, clock(at(NOW)));
        Machine::with(replica.unwrap(), keys.person, keys.node, entropy)
    }

    fn with(replica: Replica, person: SecretKey, node: SecretKey, entropy: Seeded) -> Self {
        Machine {
            replica,
            person,
            node,
            entropy,
            now: at(NOW),
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
        let (replica, mut env) = self.env();
        let invite = replica.invite(&person, unit, "Đơn vị", None, &mut env);
        invite.unwrap().text
    }

    /// Uses an invite.
    pub(crate) fn join(text: &str, store: Store, seed: u64) -> Machine {
        let mut entropy = Seeded::new(seed);
        let level = identity::Invite::parse(text).unwrap().unit().level();
        let invite = Replica::read_invite(text, level).unwrap();
        let keys = JoinKeys::generate(&mut entropy);
        let replica = Replica::join(store, &invite, &keys, "Người", "PC", clock(at(NOW)));
        Machine::with(replica.unwrap(), keys.person, keys.node, entropy)
    }

    fn env(&mut self) -> (&mut Replica, Env<'_>) {
        let env = Env {
            clock: clock(self.now),
            entropy: &mut self.entropy,
        };
        (&mut self.replica, env)
    }

    pub(crate) fn clock(&self) -> Clock {
        clock(self.now)
    }

    pub(crate) fn unit(&self) -> UnitPath {
        self.replica.unit().clone()
    }

    /// The quarterly report of this unit.
    pub(crate) fn key(&self) -> ReportKey {
        ReportKey::regular(self.replica.unit(), QUARTERLY_FORM, quarter())
    }

    /// A person of this unit with this role only.
    pub(crate) fn colleague(&mut self, role: Role) -> SecretKey {
        let key = SecretKey::generate(&mut self.entropy);
        let clock = self.clock();
        let added =
            self.replica
                .add_person(&self.person, key.public(), "Người", [role].into(), clock);
        added.unwrap();
        key
    }

    /// Changes one field, as a draft.
    pub(crate) fn set(&mut self, code: &str, value: &str) {
        let person = self.person.clone();
        self.set_as(&person, code, value);
    }

    pub(crate) fn set_as(&mut self, person: &SecretKey, code: &str, value: &str) {
        let (key, clock) = (self.key(), self.clock());
        let set = self.replica.set(&key, &person.public(), code, value, clock);
        set.unwrap();
    }

    pub(crate) fn seal(&mut self) {
        let person = self.person.clone();
        self.seal_as(&person).unwrap();
    }

    pub(crate) fn seal_as(&mut self, person: &SecretKey) -> Result<usize, replica::Error> {
        let (replica, mut env) = self.env();
        replica.seal_all(person, &mut env)
    }

    /// Answers everything.
    pub(crate) fn fill(&mut self) {
        let (key, person) = (self.key(), self.person.public());
        let (replica, mut env) = self.env();
        replica.fill(&key, &person, ANSWERS, &mut env).unwrap();
    }

    pub(crate) fn submit(&mut self) -> EntryId {
        let (key, person) = (self.key(), self.person.clone());
        let (replica, mut env) = self.env();
        replica.submit(&key, &person, &mut env).unwrap().0
    }

    /// Fills and submits the quarter's report.
    pub(crate) fn report(&mut self) -> EntryId {
        self.fill();
        self.submit()
    }

    pub(crate) fn accept(&mut self, key: &ReportKey) {
        let (person, clock) = (self.person.clone(), self.clock());
        self.replica.accept(key, &person, clock).unwrap();
    }

    pub(crate) fn return_report(&mut self, key: &ReportKey) {
        let (person, clock) = (self.person.clone(), self.clock());
        let remarks = [("B4".to_owned(), "xem lại".to_owned())];
        let returned = self.replica.return_report(key, &person, &remarks, clock);
        returned.unwrap();
    }

    pub(crate) fn sign_rollup(&mut self) -> RollupView {
        let (person, clock) = (self.person.clone(), self.clock());
        let signed = self
            .replica
            .sign_rollup(QUARTERLY_FORM, quarter(), &person, clock);
        signed.unwrap().0
    }

    pub(crate) fn receive(&mut self, from: &Machine, entries: Vec<Entry>) -> Intake {
        let clock = self.clock();
        let taken = self.replica.receive(&from.node.public(), entries, clock);
        taken.unwrap()
    }

    /// Puts an entry of its own into this node, whoever signed it.
    pub(crate) fn keep(&mut self, entry: Entry) {
        let (own, clock) = (self.node.public(), self.clock());
        self.replica.receive(&own, vec![entry], clock).unwrap();
    }

    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.select(&EntryFilter::default())
    }

    pub(crate) fn of_kind(&self, kind: Kind) -> Vec<Entry> {
        self.select(&EntryFilter {
            kind: Some(kind),
            ..EntryFilter::default()
        })
    }

    fn select(&self, filter: &EntryFilter) -> Vec<Entry> {
        let held = self.replica.store().entries(filter).unwrap();
        held.into_iter()
            .map(|stored| stored.entry.entry().clone())
            .collect()
    }

    pub(crate) fn holds(&self, id: &EntryId) -> bool {
        self.replica.store().has(id).unwrap()
    }

    /// Why a held entry does not count, if it does not.
    pub(crate) fn without_effect(&self, id: &EntryId) -> Option<String> {
        let aside = self.replica.status().unwrap().without_effect;
        let found = aside.into_iter().find(|aside| aside.id == *id);
        found.map(|aside| aside.reason)
    }

    /// Why an entry's changes are set aside, if they are.
    pub(crate) fn quarantined(&self, id: &EntryId) -> Option<String> {
        let aside = self.replica.status().unwrap().quarantined;
        let found = aside.into_iter().find(|aside| aside.id == *id);
        found.map(|aside| aside.reason)
    }

    pub(crate) fn show(&self, key: &ReportKey) -> ReportView {
        self.replica.show(key).unwrap()
    }

    pub(crate) fn peering(&mut self) -> Peering<'_> {
        Peering {
            simulated: false,
            replica: &mut self.replica,
        }
    }
}

fn clock(now: Timestamp) -> Clock {
    Clock {
        now,
        simulated: false,
    }
}

/// A body in a unit's stream.
pub(crate) fn body(unit: &UnitPath, stream: Stream, doc: Option<DocId>, content: Content) -> Body {
    Body {
        stream,
        unit: unit.clone(),
        period: matches!(stream, Stream::Report | Stream::Rollup).then(quarter),
        doc,
        time: at(NOW),
        simulated: false,
        content,
    }
}

/// An entry of raw changes to a machine's report.
pub(crate) fn changes(machine: &Machine, author: &SecretKey, raw: Vec<Vec<u8>>) -> Entry {
    let changes = raw.into_iter().map(ByteBuf::from).collect();
    let content = Content::Changes(ChangesContent { changes });
    let doc = Some(machine.key().doc());
    let body = body(&machine.unit(), Stream::Report, doc, content);
    author.sign(body).unwrap()
}

/// `a` dials `b`: to the end.
pub(crate) fn sync(a: &mut Machine, b: &mut Machine) -> Outcome {
    let outcome = talk(a, b, Vec::new());
    outcome.expect("a session that ends well")
}

/// The same with something asked for, and with the error if it fails.
pub(crate) fn talk(
    a: &mut Machine,
    b: &mut Machine,
    asks: Vec<Ask>,
) -> Result<Outcome, SessionError> {
    let mut answerer = Session::accept(config(b, a, Vec::new()));
    let (of_a, now_a, now_b) = (config(a, b, asks), a.now, b.now);
    let mut dialler = Session::dial(of_a, &mut a.peering(), now_a)?;
    while !(dialler.is_finished() && answerer.is_finished()) {
        let mut silent = true;
        while let Some(frame) = dialler.poll_transmit() {
            silent = false;
            answerer.handle(&frame, &mut b.peering(), now_b)?;
        }
        while let Some(frame) = answerer.poll_transmit() {
            silent = false;
            dialler.handle(&frame, &mut a.peering(), now_a)?;
        }
        assert!(!silent, "both wait for the other");
    }
    Ok(dialler.outcome().expect("the end").clone())
}

pub(crate) fn config(own: &Machine, peer: &Machine, asks: Vec<Ask>) -> Config {
    Config {
        peer: peer.node.public(),
        own_unit: own.unit(),
        expect_unit: None,
        address: None,
        asks,
    }
}
