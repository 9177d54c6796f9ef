//! Holdings in memory: the contract of the trait, in the plainest way.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use identity::fingerprint::{Accumulator, Fingerprint};
use model::{Period, Timestamp, UnitPath};
use wire::frame::Ask;
use wire::{
    Body, Content, CredentialContent, Digest, Entry, EntryId, Grant, Part, PublicKey, Range, Role,
    Stream, Subject,
};

use crate::{Config, Holdings, PUSH_MAX_COUNT, PeerInfo, Received};

pub(super) const NOW: Timestamp = Timestamp(1_781_000_000_000);

/// The key whose credentials everybody here trusts.
pub(super) const ANCHOR: PublicKey = PublicKey([0xA0; 32]);

#[derive(Debug, thiserror::Error)]
#[error("the disk is full")]
pub(super) struct Full;

#[derive(Clone)]
pub(super) struct Memory {
    pub(super) key: PublicKey,
    pub(super) unit: UnitPath,
    pub(super) held: BTreeMap<EntryId, (u64, Entry, Option<PublicKey>)>,
    parts: BTreeMap<Part, BTreeMap<(Timestamp, EntryId), ()>>,
    sums: BTreeMap<Part, Accumulator>,
    row: u64,
    pub(super) nodes: HashMap<PublicKey, UnitPath>,
    pub(super) rejects: HashSet<EntryId>,
    pub(super) parks: HashSet<EntryId>,
    pub(super) refused_by: HashMap<PublicKey, BTreeSet<EntryId>>,
    pub(super) marks: HashMap<PublicKey, i64>,
    pub(super) drills: Vec<(UnitPath, Period)>,
    pub(super) allow_drills: bool,
    pub(super) blobs: HashMap<EntryId, Vec<u8>>,
    pub(super) met: Vec<PeerInfo>,
    pub(super) introductions: u32,
    pub(super) lies: bool,
    pub(super) full: bool,
    /// Entries that another process writes while a session runs: one comes in
    /// whenever a part's items are read.
    pub(super) arriving: Vec<Entry>,
}

pub(super) fn unit(text: &str) -> UnitPath {
    UnitPath::parse(text).unwrap()
}

pub(super) fn key(number: u8) -> PublicKey {
    PublicKey([number; 32])
}

pub(super) fn entry_at(
    at: &str,
    stream: Stream,
    period: Option<Period>,
    number: u64,
    length: usize,
) -> Entry {
    let noise: Vec<u8> = (0..length.div_ceil(32) as u64)
        .flat_map(|i| Digest::of(&[&number.to_be_bytes(), &i.to_be_bytes()]).0)
        .take(length)
        .collect();
    let content = wire::cbor::to_value(&(number, serde_bytes::Bytes::new(&noise))).unwrap();
    let body = Body {
        stream,
        unit: unit(at),
        period,
        doc: None,
        time: Timestamp(1_780_000_000_000 + (number % 1_000) as i64 * 1_000),
        simulated: false,
        content: Content::Unknown("note".into(), content),
    };
    Entry::assemble(body, key(7), |_| [9; 64]).unwrap()
}

pub(super) fn note(at: &str, number: u64) -> Entry {
    let quarter = Period::Quarter(2026, (number % 4) as u8 + 1);
    entry_at(at, Stream::Report, Some(quarter), number, 40)
}

impl Memory {
    pub(super) fn new(number: u8, at: &str) -> Self {
        Memory {
            key: key(number),
            unit: unit(at),
            held: BTreeMap::new(),
            parts: BTreeMap::new(),
            sums: BTreeMap::new(),
            row: 0,
            nodes: HashMap::new(),
            rejects: HashSet::new(),
            parks: HashSet::new(),
            refused_by: HashMap::new(),
            marks: HashMap::new(),
            drills: Vec::new(),
            allow_drills: true,
            blobs: HashMap::new(),
            met: Vec::new(),
            introductions: 0,
            lies: false,
            full: false,
            arriving: Vec::new(),
        }
    }

    pub(super) fn insert(&mut self, entry: &Entry, from: Option<PublicKey>) -> bool {
        let id = entry.id();
        if self.held.contains_key(&id) {
            return false;
        }
        self.row += 1;
        let part = part_of(entry);
        self.sums.entry(part.clone()).or_default().add(&id);
        let time = entry.body().time;
        self.parts.entry(part).or_default().insert((time, id), ());
        self.held.insert(id, (self.row, entry.clone(), from));
        true
    }

    pub(super) fn ids(&self) -> BTreeSet<EntryId> {
        self.held.keys().copied().collect()
    }

    pub(super) fn ids_in(&self, ranges: &[Range]) -> BTreeSet<EntryId> {
        let inside = |entry: &Entry| part_of(entry).is_in(ranges);
        let held = self.held.iter().filter(|(_, (_, entry, _))| inside(entry));
        held.map(|(id, _)| *id).collect()
    }

    pub(super) fn config(&self, peer: &Memory) -> Config {
        Config {
            peer: peer.key,
            own_unit: self.unit.clone(),
            expect_unit: None,
            address: Some("so.example.gov.vn:4433".to_owned()),
            asks: Vec::new(),
        }
    }

    fn credential(&self) -> Entry {
        let grant = Grant {
            key: self.key,
            subject: Subject::Node,
            name: "node".to_owned(),
            roles: BTreeSet::from([Role::Node]),
            until: None,
            seal: None,
        };
        let content = CredentialContent {
            grants: vec![grant],
            root: None,
            reenrol: false,
        };
        let body = Body {
            stream: Stream::Org,
            unit: self.unit.clone(),
            period: None,
            doc: None,
            time: NOW,
            simulated: false,
            content: Content::Credential(content),
        };
        Entry::assemble(body, ANCHOR, |_| [9; 64]).unwrap()
    }

    fn refused(&self, peer: &PublicKey) -> BTreeSet<EntryId> {
        self.refused_by.get(peer).cloned().unwrap_or_default()
    }
}

fn part_of(entry: &Entry) -> Part {
    let body = entry.body();
    Part {
        unit: body.unit.clone(),
        stream: body.stream,
        period: body.period,
    }
}

impl Holdings for Memory {
    type Error = Full;

    fn fingerprint(&mut self, ranges: &[Range], peer: &PublicKey) -> Result<Fingerprint, Full> {
        let mut sum = Accumulator::new();
        for (_, part) in self.parts(ranges, peer)? {
            sum.merge(&part).unwrap();
        }
        if self.lies {
            sum.add(&EntryId([1; 32]));
        }
        Ok(sum.finish())
    }

    fn parts(
        &mut self,
        ranges: &[Range],
        peer: &PublicKey,
    ) -> Result<Vec<(Part, Fingerprint)>, Full> {
        let mut sums: BTreeMap<Part, Accumulator> = self.sums.clone();
        sums.retain(|part, _| part.is_in(ranges));
        for id in self.refused(peer) {
            let part = part_of(&self.held[&id].1);
            if let Some(sum) = sums.get_mut(&part) {
                sum.subtract(&id);
            }
        }
        Ok(sums
            .into_iter()
            .map(|(part, sum)| (part, sum.finish()))
            .collect())
    }

    fn items(&mut self, part: &Part, peer: &PublicKey) -> Result<Vec<(Timestamp, EntryId)>, Full> {
        if let Some(entry) = self.arriving.pop() {
            self.insert(&entry, None);
        }
        let refused = self.refused(peer);
        let items = self
            .parts
            .get(part)
            .into_iter()
            .flat_map(|items| items.keys());
        Ok(items
            .filter(|(_, id)| !refused.contains(id))
            .copied()
            .collect())
    }

    fn bytes_of(&mut self, id: &EntryId) -> Result<Option<Vec<u8>>, Full> {
        Ok(self
            .held
            .get(id)
            .map(|(_, entry, _)| entry.bytes().to_vec()))
    }

    fn order(&mut self, mut ids: Vec<EntryId>) -> Result<Vec<EntryId>, Full> {
        ids.sort_by_key(|id| self.held[id].0);
        Ok(ids)
    }

    fn push_candidates(
        &mut self,
        ranges: &[Range],
        peer: &PublicKey,
    ) -> Result<(Vec<EntryId>, i64), Full> {
        let mark = self.marks.get(peer).copied().unwrap_or(0) as u64;
        let refused = self.refused(peer);
        let mut rows: Vec<_> = self
            .held
            .iter()
            .filter(|(id, (row, entry, from))| {
                *row > mark
                    && *from != Some(*peer)
                    && part_of(entry).is_in(ranges)
                    && !refused.contains(id)
            })
            .map(|(id, (row, ..))| (*row, *id))
            .collect();
        rows.sort_unstable();
        rows.truncate(PUSH_MAX_COUNT + 1);
        Ok((
            rows.into_iter().map(|(_, id)| id).collect(),
            self.row as i64,
        ))
    }

    fn set_mark(&mut self, peer: &PublicKey, mark: i64) -> Result<(), Full> {
        self.marks.insert(*peer, mark);
        Ok(())
    }

    fn receive(
        &mut self,
        peer: &PeerInfo,
        entries: Vec<Entry>,
        _now: Timestamp,
    ) -> Result<Received, Full> {
        if self.full {
            return Err(Full);
        }
        let mut received = Received::default();
        for entry in entries {
            let id = entry.id();
            if let Some(refused) = self.refused_by.get_mut(&peer.key) {
                refused.remove(&id);
            }
            if self.rejects.contains(&id) {
                received.refused.push((id, "bad signature".to_owned()));
            } else if self.parks.contains(&id) {
                received.parked.push(id);
            } else if self.insert(&entry, Some(peer.key)) {
                received.new.push(id);
            } else {
                received.known += 1;
            }
        }
        Ok(received)
    }

    fn introduce(
        &mut self,
        key: &PublicKey,
        chain: Vec<Entry>,
        _now: Timestamp,
    ) -> Result<(), Full> {
        self.introductions += 1;
        for entry in chain.iter().filter(|entry| entry.author() == ANCHOR) {
            if let Content::Credential(credential) = &entry.body().content
                && credential.grants.iter().any(|grant| grant.key == *key)
            {
                self.nodes.insert(*key, entry.body().unit.clone());
            }
        }
        Ok(())
    }

    fn note_refused_by(&mut self, peer: &PublicKey, ids: &[EntryId]) -> Result<(), Full> {
        self.refused_by.entry(*peer).or_default().extend(ids);
        Ok(())
    }

    fn unit_of_peer(&mut self, key: &PublicKey) -> Result<Option<UnitPath>, Full> {
        Ok(self.nodes.get(key).cloned())
    }

    fn own_chain(&mut self) -> Result<Vec<Vec<u8>>, Full> {
        Ok(vec![self.credential().bytes().to_vec()])
    }

    fn receipts_head(&mut self) -> Result<Option<EntryId>, Full> {
        Ok(Some(EntryId(self.key.0)))
    }

    fn drill_allowed(
        &mut self,
        _peer: &PeerInfo,
        _unit: &UnitPath,
        _period: Period,
    ) -> Result<bool, Full> {
        Ok(self.allow_drills)
    }

    fn note_drill(
        &mut self,
        _peer: &PeerInfo,
        unit: &UnitPath,
        period: Period,
        _now: Timestamp,
    ) -> Result<(), Full> {
        self.drills.push((unit.clone(), period));
        Ok(())
    }

    fn answer(&mut self, ask: &Ask) -> Result<Option<Vec<u8>>, Full> {
        match ask {
            Ask::Inputs { rollup } => Ok(self.blobs.get(rollup).cloned()),
            Ask::Report { .. } => Ok(None),
        }
    }

    fn note_peer(&mut self, peer: &PeerInfo, _now: Timestamp) -> Result<(), Full> {
        self.met.push(peer.clone());
        Ok(())
    }
}
