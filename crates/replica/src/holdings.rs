//! What a sync session asks of this node.

use std::collections::{BTreeSet, HashMap};

use identity::Fingerprint;
use model::{Period, Timestamp, UnitPath};
use store::{Header, Peer};
use sync::{Ask, Holdings, PUSH_MAX_COUNT, PeerInfo, Received};
use wire::{ChangeHash, Content, Entry, EntryId, Kind, Part, PublicKey, Range, Role, Stream};

use crate::{Clock, Error, Replica};

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
        let mut found = None;
        let mut judge = identity::Judge::new(&self.store);
        for grant in judge.effective_grants(key)? {
            if !grant.roles.contains(&Role::Node) {
                continue;
            }
            // Any registrar may name any key: nobody below or beside may move
            // another's node into his own unit.
            let mark = judge.earliest_receipt(&grant.credential)?;
            let received = mark.map(|mark| mark.time);
            let depth = grant.unit.ancestors().count();
            let rank = (depth, received.is_none(), received, grant.credential);
            if found.as_ref().is_none_or(|(best, _)| rank < *best) {
                found = Some((rank, grant.unit));
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

    /// Remembers how a session with a peer ended.
    pub fn note_session(
        &mut self,
        key: &PublicKey,
        in_sync: bool,
        now: Timestamp,
    ) -> Result<(), Error> {
        let Some(mut peer) = self.peer_or_new(key)? else {
            return Ok(());
        };
        peer.in_sync = in_sync;
        peer.last_sync = Some(now);
        self.store
            .write(|tx| -> Result<(), Error> { Ok(tx.put_peer(&peer)?) })?;
        self.mend()?;
        self.run_gates()
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
                        entry_of.insert(change.hash, header.id);
                        parents.insert(change.hash, change.deps);
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
        let page = store.ids_after(ranges, mark, peer, PUSH_MAX_COUNT + 1)?;
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
        let Some(mut known) = self.replica.peer_or_new(peer)? else {
            return Ok(());
        };
        if known.acked_row == mark {
            return Ok(());
        }
        known.acked_row = mark;
        self.replica.store.write(|tx| Ok(tx.put_peer(&known)?))
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
            parked: intake.parked,
        })
    }

    fn introduce(
        &mut self,
        key: &PublicKey,
        chain: Vec<Entry>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let credentials =
            |entry: &Entry| matches!(entry.body().kind(), Kind::Credential | Kind::Unit);
        let chain = chain.into_iter().filter(credentials).collect();
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
        let chain = self.replica.chain_of(&self.replica.node_key())?;
        Ok(chain.iter().map(|entry| entry.bytes().to_vec()).collect())
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
        let Some(mut known) = self.replica.peer_or_new(&peer.key)? else {
            return Ok(());
        };
        let store = &mut self.replica.store;
        let shown = peer.receipts_head.as_ref();
        let beyond = store.receipt_beyond(&peer.key, shown, peer.clock)?;
        let beyond = beyond.filter(|_| !model::sabotaged!(OverlookOlderChain));
        let refused = !store.refused_by(&peer.key)?.is_empty();
        let address = peer.address.clone().or(known.address.clone());
        let same = known.address == address && known.receipts_head == peer.receipts_head;
        if same && store.peer(&peer.key)?.is_some() && beyond.is_none() && !refused {
            return Ok(());
        }
        known.address = address;
        // A machine of the same unit has yet to bring the head that it shows.
        let brought = known.unit != self.replica.unit || known.receipts_head == peer.receipts_head;
        known.in_sync &= brought;
        known.receipts_head = peer.receipts_head;
        store.write(|tx| -> Result<(), Error> {
            if let Some(held) = &beyond {
                tx.note_chain_break(&peer.key, shown, held)?;
            }
            if !model::sabotaged!(NeverOfferAgain) {
                tx.renew_refused_by(&peer.key, now)?;
            }
            Ok(tx.put_peer(&known)?)
        })
    }
}
