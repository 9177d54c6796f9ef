//! What a sync session asks of this node.

use std::collections::{BTreeSet, HashMap};

use identity::{Fingerprint, GrantRecord};
use model::{Period, Timestamp, UnitPath};
use store::{Header, Peer, Tx};
use sync::{Ask, Holdings, PUSH_MAX_BYTES, PUSH_MAX_COUNT, PeerInfo, Received};
use wire::frame::CHAIN_MAX_COUNT;
use wire::{ChangeHash, Content, Entry, EntryId, Kind, Part, PublicKey, Range, Role, Stream};

use crate::{Clock, Error, Replica};

/// A receipt that goes along with a credential chain: the one over a first enrolment
/// has some 300 bytes, one over a whole province's entries would fill a frame.
const CHAIN_RECEIPT_MAX_BYTES: usize = 16 << 10;

/// A node in a session. Borrowed for as long as one frame is handled.
pub struct Peering<'a> {
    /// The node.
    pub replica: &'a mut Replica,
    /// Whether its clock is simulated.
    pub simulated: bool,
}

impl Replica {
    /// The unit of a node key, if a node credential in effect is held for it.
    pub(crate) fn node_unit(&self, key: &PublicKey) -> Result<Option<UnitPath>, Error> {
        // Any registrar may name any key, as often as he likes: nobody below or beside
        // may move another's node into his own unit.
        let mut judge = identity::Judge::new(&self.store);
        let mut grants = judge.effective_grants(key)?;
        grants.retain(|grant| grant.roles.contains(&Role::Node));
        let depth = |grant: &GrantRecord| grant.unit.ancestors().count();
        let Some(highest) = grants.iter().map(depth).min() else {
            return Ok(None);
        };
        grants.retain(|grant| depth(grant) == highest);
        grants.dedup_by_key(|grant| grant.credential);
        let units: BTreeSet<&UnitPath> = grants.iter().map(|grant| &grant.unit).collect();
        if units.len() == 1 {
            return Ok(units.into_iter().next().cloned());
        }
        let mut found = None;
        for grant in &grants {
            let mark = judge.earliest_receipt(&grant.credential)?;
            let received = mark.map(|mark| mark.time);
            let rank = (received.is_none(), received, grant.credential);
            if found.as_ref().is_none_or(|(best, _)| rank < *best) {
                found = Some((rank, grant.unit.clone()));
            }
        }
        Ok(found.map(|(_, unit)| unit))
    }

    fn peer_or_new(&self, key: &PublicKey) -> Result<Option<Peer>, Error> {
        if let Some(peer) = self.store.peer(key)? {
            return Ok(Some(peer));
        }
        Ok(self.node_unit(key)?.map(|unit| Peer {
            key: *key,
            unit,
            address: None,
            acked_row: 0,
            last_sync: None,
            in_sync: false,
            receipts_head: None,
        }))
    }

    /// Changes what is noted of a peer; not if it is no known node. Another process
    /// may do so too: it is read again inside the transaction.
    fn change_peer(
        &mut self,
        key: &PublicKey,
        change: impl FnOnce(&Tx<'_>, &mut Peer) -> Result<(), Error>,
    ) -> Result<bool, Error> {
        let Some(before) = self.peer_or_new(key)? else {
            return Ok(false);
        };
        self.store.write(|tx| {
            let mut peer = tx.peer(key)?.unwrap_or(before);
            change(tx, &mut peer)?;
            tx.put_peer(&peer)?;
            Ok(true)
        })
    }

    /// Remembers how a session with a peer ended.
    pub fn note_session(
        &mut self,
        key: &PublicKey,
        in_sync: bool,
        now: Timestamp,
    ) -> Result<(), Error> {
        let known = self.change_peer(key, |_, peer| {
            peer.in_sync = in_sync;
            peer.last_sync = Some(now);
            Ok(())
        })?;
        if !known {
            return Ok(());
        }
        self.mend()?;
        self.run_gates()
    }

    /// The receipts that say when the entries of a chain came: a node that was
    /// restored from an old backup would take an invite that was used long ago for
    /// one that was used too late.
    fn receipts_over(&self, chain: &[Entry]) -> Result<Vec<Entry>, Error> {
        let mut judge = identity::Judge::new(&self.store);
        let mut receipts: Vec<Entry> = Vec::new();
        for entry in chain {
            let Some(mark) = judge.earliest_receipt(&entry.id())? else {
                continue;
            };
            let receipt = self.store.get(&mark.receipt)?;
            let receipt = receipt.map(|receipt| receipt.entry().clone());
            let fits = |receipt: &Entry| {
                receipt.bytes().len() <= CHAIN_RECEIPT_MAX_BYTES && !receipts.contains(receipt)
            };
            receipts.extend(receipt.filter(fits));
        }
        receipts.truncate(CHAIN_MAX_COUNT.saturating_sub(chain.len()));
        Ok(receipts)
    }

    /// Ids in order of need: credentials and the rest of `org`, incidents, then
    /// each submission after the changes that it rests on, reviews and receipts,
    /// rollups, and last the changes that nobody has submitted yet.
    fn order_of_need(&self, ids: Vec<EntryId>) -> Result<Vec<EntryId>, Error> {
        let mut headers = Vec::new();
        for id in ids {
            headers.extend(self.store.header(&id)?);
        }
        let submitted = self.submitted_changes(&headers)?;
        headers.sort_by_key(|header| (rank(header, &submitted), header.row));
        Ok(headers.into_iter().map(|header| header.id).collect())
    }

    /// Entries of changes under the heads of the submissions in a set.
    fn submitted_changes(&self, headers: &[Header]) -> Result<BTreeSet<EntryId>, Error> {
        let mut entry_of: HashMap<ChangeHash, EntryId> = HashMap::new();
        let mut parents: HashMap<ChangeHash, Vec<ChangeHash>> = HashMap::new();
        let mut heads: Vec<ChangeHash> = Vec::new();
        for header in headers {
            if !matches!(header.kind, Kind::Changes | Kind::Submission) {
                continue;
            }
            let Some(entry) = self.store.get(&header.id)? else {
                continue;
            };
            match &entry.body().content {
                Content::Submission(content) => heads.extend(&content.heads),
                Content::Changes(content) => {
                    for raw in &content.changes {
                        let Some(change) = document::peek(raw) else {
                            continue;
                        };
                        // A hostile one names the same parent thousands of times.
                        let mut deps = change.deps;
                        deps.sort_unstable();
                        deps.dedup();
                        deps.shrink_to_fit();
                        entry_of.insert(change.hash, header.id);
                        parents.insert(change.hash, deps);
                    }
                }
                _ => {}
            }
        }
        let mut needed = BTreeSet::new();
        while let Some(hash) = heads.pop() {
            if let Some(under) = parents.remove(&hash) {
                needed.extend(entry_of.get(&hash));
                heads.extend(under);
            }
        }
        Ok(needed)
    }
}

fn rank(header: &Header, submitted: &BTreeSet<EntryId>) -> u8 {
    match (header.stream, &header.kind) {
        (Stream::Org, Kind::Credential) => 0,
        (Stream::Org, Kind::Revocation | Kind::Unit) => 1,
        (Stream::Org, _) => 2,
        (Stream::Incident, _) => 3,
        (Stream::Report, Kind::Changes) if submitted.contains(&header.id) => 4,
        (Stream::Report, Kind::Submission) if model::sabotaged!(SubmissionFirst) => 0,
        (Stream::Report, Kind::Submission) => 5,
        (Stream::Report, Kind::Review | Kind::Receipt) => 6,
        (Stream::Rollup, _) => 7,
        (Stream::Report, _) => 8,
    }
}

impl Holdings for Peering<'_> {
    type Error = Error;

    fn fingerprint(&mut self, ranges: &[Range], peer: &PublicKey) -> Result<Fingerprint, Error> {
        Ok(self.replica.store.fingerprint_for(peer, ranges)?)
    }

    fn parts(
        &mut self,
        ranges: &[Range],
        peer: &PublicKey,
    ) -> Result<Vec<(Part, Fingerprint)>, Error> {
        Ok(self.replica.store.parts_for(peer, ranges)?)
    }

    fn items(&mut self, part: &Part, peer: &PublicKey) -> Result<Vec<(Timestamp, EntryId)>, Error> {
        Ok(self.replica.store.items_for(peer, part)?)
    }

    fn bytes_of(&mut self, id: &EntryId) -> Result<Option<Vec<u8>>, Error> {
        Ok(self
            .replica
            .store
            .get(id)?
            .map(|entry| entry.bytes().to_vec()))
    }

    fn order(&mut self, ids: Vec<EntryId>) -> Result<Vec<EntryId>, Error> {
        self.replica.order_of_need(ids)
    }

    fn push_candidates(
        &mut self,
        ranges: &[Range],
        peer: &PublicKey,
    ) -> Result<(Vec<EntryId>, i64), Error> {
        let store = &self.replica.store;
        let mark = store.peer(peer)?.map_or(0, |peer| peer.acked_row);
        let refused: BTreeSet<EntryId> = store.refused_by(peer)?.into_iter().collect();
        let page = store.ids_after(ranges, mark, peer, PUSH_MAX_COUNT + 1, PUSH_MAX_BYTES)?;
        let ids = page
            .ids
            .into_iter()
            .map(|(_, id)| id)
            .filter(|id| !refused.contains(id))
            .skip(usize::from(model::sabotaged!(PushSkipsOne)));
        let beyond = 8 * i64::from(model::sabotaged!(MarkTooHigh));
        Ok((ids.collect(), page.up_to_row + beyond))
    }

    fn set_mark(&mut self, peer: &PublicKey, mark: i64) -> Result<(), Error> {
        let known = self.replica.store.peer(peer)?;
        if known.is_some_and(|known| known.acked_row == mark) {
            return Ok(());
        }
        let changed = self.replica.change_peer(peer, |_, peer| {
            peer.acked_row = mark;
            Ok(())
        });
        changed.map(drop)
    }

    fn receive(
        &mut self,
        peer: &PeerInfo,
        entries: Vec<Entry>,
        now: Timestamp,
    ) -> Result<Received, Error> {
        let ids: Vec<EntryId> = entries.iter().map(Entry::id).collect();
        let clock = Clock {
            now,
            simulated: self.simulated,
        };
        let intake = self.replica.receive(&peer.key, entries, clock)?;
        let refused_before = self.replica.store.refused_by(&peer.key)?;
        let sent: Vec<EntryId> = ids
            .into_iter()
            .filter(|id| refused_before.contains(id))
            .collect();
        if !sent.is_empty() {
            self.replica
                .store
                .write(|tx| -> Result<(), Error> { Ok(tx.forget_refused_by(&peer.key, &sent)?) })?;
        }
        Ok(Received {
            new: intake.new,
            known: intake.known as u64,
            refused: intake.refused,
            forged: intake.forged,
            parked: intake.parked,
        })
    }

    fn introduce(
        &mut self,
        key: &PublicKey,
        chain: Vec<Entry>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let wanted = |entry: &Entry| {
            let kind = entry.body().kind();
            matches!(kind, Kind::Credential | Kind::Unit | Kind::Receipt)
        };
        let chain = chain.into_iter().filter(wanted).collect();
        let clock = Clock {
            now,
            simulated: self.simulated,
        };
        self.replica.receive_from(key, chain, clock, false)?;
        Ok(())
    }

    fn note_refused_by(&mut self, peer: &PublicKey, ids: &[EntryId]) -> Result<(), Error> {
        self.replica
            .store
            .write(|tx| Ok(tx.note_refused_by(peer, ids)?))
    }

    fn unit_of_peer(&mut self, key: &PublicKey) -> Result<Option<UnitPath>, Error> {
        self.replica.node_unit(key)
    }

    fn own_chain(&mut self) -> Result<Vec<Vec<u8>>, Error> {
        let mut chain = self
            .replica
            .chain_of(&self.replica.node_key(), &self.replica.unit)?;
        if chain.is_empty() {
            chain = self.replica.chain_aside()?;
        }
        let receipts = self.replica.receipts_over(&chain)?;
        let entries = chain.iter().chain(&receipts);
        Ok(entries.map(|entry| entry.bytes().to_vec()).collect())
    }

    fn receipts_head(&mut self) -> Result<Option<EntryId>, Error> {
        self.replica.receipts_head()
    }

    fn drill_allowed(
        &mut self,
        _peer: &PeerInfo,
        unit: &UnitPath,
        _period: Period,
    ) -> Result<bool, Error> {
        Ok(self.replica.unit.contains(unit))
    }

    fn note_drill(
        &mut self,
        peer: &PeerInfo,
        unit: &UnitPath,
        period: Period,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.replica
            .store
            .write(|tx| Ok(tx.log_drill(unit, Some(period), &peer.key, now)?))
    }

    fn answer(&mut self, ask: &Ask) -> Result<Option<Vec<u8>>, Error> {
        match ask {
            Ask::Inputs { rollup } => self.replica.kept_inputs(rollup),
            Ask::Report { .. } => Ok(None),
        }
    }

    fn note_peer(&mut self, peer: &PeerInfo, now: Timestamp) -> Result<(), Error> {
        // A process that was killed after it had stored something and before it
        // gave the receipt: nothing new would ever bring that up again.
        let clock = Clock {
            now,
            simulated: self.simulated,
        };
        if !model::sabotaged!(ForgetOwedReceipts) {
            self.replica.issue_receipts(Some(&peer.key), clock)?;
        }
        let Some(known) = self.replica.peer_or_new(&peer.key)? else {
            return Ok(());
        };
        let store = &self.replica.store;
        let shown = peer.receipts_head.as_ref();
        let beyond = store.receipt_beyond(&peer.key, shown, peer.clock)?;
        let beyond = beyond.filter(|_| !model::sabotaged!(OverlookOlderChain));
        let refused = !store.refused_by(&peer.key)?.is_empty();
        let address = peer.address.clone().or(known.address.clone());
        let same = known.address == address && known.receipts_head == peer.receipts_head;
        if same && store.peer(&peer.key)?.is_some() && beyond.is_none() && !refused {
            return Ok(());
        }
        let own = self.replica.unit.clone();
        let changed = self.replica.change_peer(&peer.key, |tx, known| {
            known.address = address;
            // A machine of the same unit has yet to bring the head that it shows.
            let brought = known.unit != own || known.receipts_head == peer.receipts_head;
            known.in_sync &= brought;
            known.receipts_head = peer.receipts_head;
            if let Some(held) = &beyond {
                tx.note_chain_break(&peer.key, shown, held)?;
            }
            if !model::sabotaged!(NeverOfferAgain) {
                tx.renew_refused_by(&peer.key, now)?;
            }
            Ok(())
        });
        changed.map(drop)
    }
}
