//! Bộ, Sở and two facilities that hand each other everything they hold, and
//! statements signed by hand.

use identity::SecretKey;
use model::{Period, UnitPath};
use replica::{Clock, Env, Founded, JoinKeys, QUARTERLY_FORM, Replica, ReportKey};
use store::{EntryFilter, Store};
use testkit::{Seeded, at};
use wire::{Body, Content, DocId, Entry, EntryId, PublicKey, Stream};

pub(crate) const NOW: &str = "2026-06-10T09:00:00+07:00";

/// A PC whose battery is empty, the other way round.
pub(crate) const FAR: &str = "2099-01-01T00:00:00+07:00";

pub(crate) const ANSWERS: &str = r#"
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

pub(crate) struct Member {
    pub(crate) replica: Replica,
    pub(crate) person: SecretKey,
    pub(crate) node: SecretKey,
    pub(crate) entropy: Seeded,
}

pub(crate) struct Tree {
    pub(crate) bo: Member,
    pub(crate) so: Member,
    pub(crate) a: Member,
    pub(crate) b: Member,
}

pub(crate) fn unit(path: &str) -> UnitPath {
    UnitPath::parse(path).unwrap()
}

pub(crate) fn quarter() -> Period {
    Period::Quarter(2026, 2)
}

pub(crate) fn clock(text: &str) -> Clock {
    Clock {
        now: at(text),
        simulated: false,
    }
}

pub(crate) fn memory() -> Store {
    Store::open_in_memory().unwrap()
}

impl Member {
    pub(crate) fn invite(&mut self, path: &str) -> String {
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

    pub(crate) fn join(text: &str, seed: u64) -> Member {
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

    pub(crate) fn key(&self) -> ReportKey {
        ReportKey::regular(self.replica.unit(), QUARTERLY_FORM, quarter())
    }

    /// A statement of this member's person about the own unit, signed by hand.
    pub(crate) fn says(&self, stream: Stream, doc: Option<DocId>, content: Content) -> Entry {
        let period = match stream {
            Stream::Org if !matches!(content, Content::Campaign(_)) => None,
            _ => Some(quarter()),
        };
        let unit = self.replica.unit().clone();
        signed(&self.person, unit, stream, period, doc, content)
    }

    pub(crate) fn entries(&self) -> Vec<Entry> {
        let held = self.replica.store().entries(&EntryFilter::default());
        let held = held.unwrap().into_iter();
        held.map(|stored| stored.entry.entry().clone()).collect()
    }

    pub(crate) fn receive(&mut self, from: PublicKey, entries: Vec<Entry>) -> replica::Intake {
        self.replica.receive(&from, entries, clock(NOW)).unwrap()
    }

    pub(crate) fn receipts(&self) -> Vec<wire::ReceiptContent> {
        let receipt = |entry: Entry| match &entry.body().content {
            Content::Receipt(content) => Some(content.clone()),
            _ => None,
        };
        self.entries().into_iter().filter_map(receipt).collect()
    }

    pub(crate) fn is_received(&self, id: &EntryId) -> bool {
        self.receipts().iter().any(|r| r.received.contains(id))
    }

    /// Fills, seals and submits the quarter's report with this `B3`.
    pub(crate) fn report(&mut self, staff: &str) -> EntryId {
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

    pub(crate) fn accept(&mut self, of: &Member, when: &str) {
        let person = self.person.clone();
        self.replica
            .accept(&of.key(), &person, clock(when))
            .unwrap();
    }
}

pub(crate) fn signed(
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
pub(crate) fn give(from: &Member, to: &mut Member) {
    to.receive(from.node.public(), from.entries());
}

pub(crate) fn tree() -> Tree {
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
