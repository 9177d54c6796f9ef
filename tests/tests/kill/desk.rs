//! A home that the test works on itself, beside the programs that are killed: a
//! person's key is unlocked once and not two hundred times.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use identity::{SecretKey, Verified};
use model::Period;
use node::home::Home;
use quanho_tests::{Node, PERIOD};
use replica::{Clock, Env, QUARTERLY_FORM, Replica, ReportKey};
use store::EntryFilter;
use sync::scope;
use testkit::{Seeded, at};
use wire::{Content, EntryId, Kind, PublicKey, Range, Stream};

pub(crate) const NOW: &str = "2026-06-10T08:00:00+07:00";

/// Nobody's: no entry came from it.
const NOBODY: PublicKey = PublicKey([0; 32]);

pub(crate) struct Desk {
    pub(crate) replica: Replica,
    person: SecretKey,
    read_row: i64,
    /// What each node has given this one a receipt for.
    promised: BTreeMap<PublicKey, BTreeSet<EntryId>>,
}

impl Desk {
    pub(crate) fn open(node: &Node, passphrase: &str) -> Desk {
        let home = Home::new(node.home());
        let replica = home.open().unwrap();
        let person = home.unlock(&home.person_keys()[0], passphrase).unwrap();
        Desk {
            replica,
            person,
            read_row: 0,
            promised: BTreeMap::new(),
        }
    }

    /// The report that this unit makes.
    pub(crate) fn key(&self) -> ReportKey {
        report_of(&self.replica.unit().to_string())
    }

    /// One signed edit, in one entry together with the drafts that lie here.
    pub(crate) fn edit(&mut self, number: usize, entropy: &mut Seeded) {
        let (key, person) = (self.key(), self.person.public());
        let typed = (1_000 + number).to_string();
        self.replica
            .set(&key, &person, "B6", &typed, clock())
            .unwrap();
        let mut env = Env {
            clock: clock(),
            entropy,
        };
        self.replica.seal_all(&self.person, &mut env).unwrap();
    }

    pub(crate) fn submit(&mut self, entropy: &mut Seeded) -> EntryId {
        let key = self.key();
        let mut env = Env {
            clock: clock(),
            entropy,
        };
        let submitted = self.replica.submit(&key, &self.person, &mut env);
        submitted.unwrap().0
    }

    /// Returns what a unit has submitted, if anything stands here.
    pub(crate) fn send_back(&mut self, unit: &str, number: usize) -> bool {
        let remark = ("B6".to_owned(), format!("kiểm tra lại, lần {number}"));
        let (key, person) = (report_of(unit), self.person.clone());
        let returned = self
            .replica
            .return_report(&key, &person, &[remark], clock());
        returned.is_ok()
    }

    /// Accepts it, if anything stands here that is not accepted yet.
    pub(crate) fn accept(&mut self, unit: &str) -> bool {
        let person = self.person.clone();
        let accepted = self.replica.accept(&report_of(unit), &person, clock());
        accepted.is_ok_and(|(_, new)| new)
    }

    /// Signs a rollup over what is accepted, if that is anything new.
    pub(crate) fn consolidate(&mut self) -> bool {
        let (period, person) = (Period::parse(PERIOD).unwrap(), self.person.clone());
        let signed = self
            .replica
            .sign_rollup(QUARTERLY_FORM, period, &person, clock());
        signed.unwrap().1
    }

    pub(crate) fn entries(&self, unit: &str, kind: Kind) -> Vec<Verified> {
        let filter = EntryFilter {
            unit: Some(unit.parse().unwrap()),
            kind: Some(kind),
            ..EntryFilter::default()
        };
        let stored = self.replica.store().entries(&filter).unwrap();
        stored.into_iter().map(|stored| stored.entry).collect()
    }

    /// What is held in these ranges, with the rows.
    fn held_in(&self, ranges: &[Range], not_from: &PublicKey) -> Vec<(i64, EntryId)> {
        let store = self.replica.store();
        let page = store
            .ids_after(ranges, 0, not_from, usize::MAX, usize::MAX)
            .unwrap();
        assert!(page.complete);
        page.ids
    }

    /// Everything that is held.
    pub(crate) fn held(&self) -> HashSet<EntryId> {
        let ministry = "byt".parse().unwrap();
        let streams = [
            Stream::Org,
            Stream::Report,
            Stream::Incident,
            Stream::Rollup,
        ];
        let all = streams.map(|stream| Range::below(&ministry, stream));
        let rows = self.held_in(&all, &NOBODY);
        let ids: HashSet<EntryId> = rows.iter().map(|(_, id)| *id).collect();
        assert_eq!(ids.len(), rows.len(), "an entry is there twice");
        ids
    }

    /// What this node and another both may hold, of what this one holds.
    pub(crate) fn shared_with(&self, other: &Desk) -> BTreeSet<EntryId> {
        let ranges = scope::shared(self.replica.unit(), other.replica.unit());
        let rows = self.held_in(&ranges, &NOBODY);
        rows.into_iter().map(|(_, id)| id).collect()
    }

    /// Reads the receipts that have come since the last time.
    pub(crate) fn read_receipts(&mut self) {
        let filter = EntryFilter {
            after_row: self.read_row,
            ..EntryFilter::default()
        };
        for stored in self.replica.store().entries(&filter).unwrap() {
            self.read_row = stored.row;
            if let Content::Receipt(receipt) = &stored.entry.body().content {
                let promised = self.promised.entry(stored.entry.author()).or_default();
                promised.extend(&receipt.covers);
                promised.extend(&receipt.received);
            }
        }
    }

    /// What this node was told that another has durably: everything that its
    /// receipts cover, and everything up to the mark that it has acknowledged.
    pub(crate) fn told_by(&self, other: &Desk) -> BTreeSet<EntryId> {
        let node = other.replica.node_key();
        let mut told = self.promised.get(&node).cloned().unwrap_or_default();
        let peer = self.replica.store().peer(&node).unwrap();
        let mark = peer.map_or(0, |peer| peer.acked_row);
        let ranges = scope::shared(self.replica.unit(), other.replica.unit());
        let sent = self.held_in(&ranges, &node).into_iter();
        told.extend(sent.filter(|(row, _)| *row <= mark).map(|(_, id)| id));
        told
    }

    /// The receipts of this node itself: they must be one chain.
    pub(crate) fn chain_length(&self) -> usize {
        let filter = EntryFilter {
            kind: Some(Kind::Receipt),
            ..EntryFilter::default()
        };
        let mut chain = Vec::new();
        for stored in self.replica.store().entries(&filter).unwrap() {
            if stored.entry.author() == self.replica.node_key()
                && let Content::Receipt(receipt) = &stored.entry.body().content
            {
                chain.push((receipt.seq, receipt.prev, stored.entry.id()));
            }
        }
        chain.sort_unstable();
        let mut previous = None;
        for (number, (seq, prev, id)) in chain.iter().enumerate() {
            assert_eq!(*seq, number as u64, "a fork or a gap in the receipts");
            assert_eq!(*prev, previous, "receipt {seq} does not follow the last");
            previous = Some(*id);
        }
        assert!(self.replica.status().unwrap().receipt_forks.is_empty());
        chain.len()
    }
}

pub(crate) fn report_of(unit: &str) -> ReportKey {
    let period = Period::parse(PERIOD).unwrap();
    ReportKey::regular(&unit.parse().unwrap(), QUARTERLY_FORM, period)
}

fn clock() -> Clock {
    Clock {
        now: at(NOW),
        simulated: true,
    }
}
