//! Entries on their way: batches within a window, acknowledged after the commit.

use std::collections::{HashMap, HashSet, VecDeque};

use model::Timestamp;
use serde_bytes::ByteBuf;
use wire::frame::{Ack, Batch, Frame, WINDOW_MAX_BATCHES};
use wire::{Entry, EntryId, limits};

use super::{Session, Side, State};
use crate::error::{ProtocolError, SessionError};
use crate::holdings::{Holdings, Received};
use crate::limits::PUSH_MAX_COUNT;
use crate::pack;

/// The reason given for an entry that lies outside what the two units share.
const OUTSIDE: &str = "outside the shared scopes";

/// Where the entries of both directions stand.
#[derive(Debug, Default)]
pub(super) struct Transfer {
    /// Still to send, in order of need.
    queue: VecDeque<EntryId>,
    /// Sent, not yet acknowledged.
    unacked: VecDeque<(u64, Vec<EntryId>)>,
    next_out: u64,
    next_in: u64,
    /// Everything sent, or received and held, in this session.
    pub(super) exchanged: HashSet<EntryId>,
    /// The peer has said `Sent`.
    pub(super) peer_sent: bool,
    /// We have.
    pub(super) sent: bool,
}

/// A batch about to be sent: ids and, in the same order, bytes.
#[derive(Debug, Default)]
pub(super) struct Outgoing {
    ids: Vec<EntryId>,
    entries: Vec<Vec<u8>>,
}

impl Transfer {
    /// Nothing waits to be sent or to be acknowledged.
    pub(super) fn is_settled(&self) -> bool {
        self.queue.is_empty() && self.unacked.is_empty()
    }

    /// Nothing waits to be sent.
    pub(super) fn is_drained(&self) -> bool {
        self.queue.is_empty()
    }

    /// Nothing waits to be acknowledged.
    pub(super) fn is_acked(&self) -> bool {
        self.unacked.is_empty()
    }
}

impl Session {
    /// Adds to what is to be sent, keeping the order of need.
    pub(super) fn enqueue<H: Holdings>(
        &mut self,
        ids: Vec<EntryId>,
        holdings: &mut H,
    ) -> Result<(), SessionError> {
        let mut ids = self.without_exchanged(ids);
        if ids.is_empty() {
            return Ok(());
        }
        self.transfer.exchanged.extend(ids.iter().copied());
        ids.extend(self.transfer.queue.drain(..));
        let ordered = holdings.order(ids).map_err(SessionError::holdings)?;
        self.transfer.queue = ordered.into();
        Ok(())
    }

    /// Fills the window.
    pub(super) fn pump<H: Holdings>(&mut self, holdings: &mut H) -> Result<(), SessionError> {
        while self.transfer.unacked.len() < WINDOW_MAX_BATCHES as usize {
            let Some(batch) = self.next_batch(holdings)? else {
                break;
            };
            self.send_batch(batch)?;
        }
        Ok(())
    }

    /// What is new past the peer's mark, as the batches of an opening flight:
    /// all of it or, if that does not fit, none.
    pub(super) fn push<H: Holdings>(
        &mut self,
        holdings: &mut H,
    ) -> Result<Vec<Outgoing>, SessionError> {
        let (ids, mark) = holdings
            .push_candidates(&self.shared, &self.config.peer)
            .map_err(SessionError::holdings)?;
        let ids = self.without_exchanged(ids);
        self.mark = Some(mark);
        self.pushed_all = false;
        if ids.len() > PUSH_MAX_COUNT {
            return Ok(Vec::new());
        }
        self.transfer.queue = holdings.order(ids).map_err(SessionError::holdings)?.into();
        let mut batches = Vec::new();
        while batches.len() < WINDOW_MAX_BATCHES as usize {
            match self.next_batch(holdings)? {
                Some(batch) => batches.push(batch),
                None => break,
            }
        }
        if !self.transfer.queue.is_empty() {
            self.transfer.queue.clear();
            return Ok(Vec::new());
        }
        self.pushed_all = true;
        let pushed = batches.iter().flat_map(|batch| &batch.ids);
        self.transfer.exchanged.extend(pushed.copied());
        Ok(batches)
    }

    pub(super) fn send_batch(&mut self, batch: Outgoing) -> Result<(), SessionError> {
        let Outgoing { ids, entries } = batch;
        let (compressed, data) = pack::pack(entries).map_err(|_| ProtocolError::Packing)?;
        let seq = self.transfer.next_out;
        self.transfer.next_out += 1;
        self.transfer.unacked.push_back((seq, ids));
        self.send(&Frame::Batch(Batch {
            seq,
            compressed,
            data: ByteBuf::from(data),
        }))
    }

    /// Takes the next ids off the queue, with their bytes.
    fn next_batch<H: Holdings>(
        &mut self,
        holdings: &mut H,
    ) -> Result<Option<Outgoing>, SessionError> {
        let (mut ids, mut entries, mut length) = (Vec::new(), Vec::new(), 0);
        while ids.len() < limits::BATCH_MAX_COUNT && length < limits::BATCH_TARGET_BYTES {
            let Some(id) = self.transfer.queue.pop_front() else {
                break;
            };
            let Some(bytes) = holdings.bytes_of(&id).map_err(SessionError::holdings)? else {
                continue;
            };
            if !ids.is_empty() && length + bytes.len() > limits::BATCH_TARGET_BYTES {
                self.transfer.queue.push_front(id);
                break;
            }
            length += bytes.len();
            ids.push(id);
            entries.push(bytes);
        }
        Ok((!ids.is_empty()).then_some(Outgoing { ids, entries }))
    }

    pub(super) fn on_batch<H: Holdings>(
        &mut self,
        frame: Batch,
        holdings: &mut H,
        now: Timestamp,
    ) -> Result<(), SessionError> {
        match self.state {
            // Sent before the peer could know that it is not known here.
            State::Chain { skip } if skip > 0 => {
                self.state = State::Chain { skip: skip - 1 };
                return Ok(());
            }
            State::Pushed { .. } | State::Exchange => {}
            _ => return Err(ProtocolError::OutOfPlace("batch").into()),
        }
        if frame.seq != self.transfer.next_in || self.transfer.peer_sent {
            return Err(ProtocolError::Sequence("batch").into());
        }
        self.transfer.next_in += 1;
        let ack = self.take_entries(&frame, holdings, now)?;
        self.send(&Frame::Ack(ack))?;
        if let State::Pushed { left } = self.state {
            self.state = State::Pushed { left: left - 1 };
            if left == 1 {
                return self.after_push(holdings, now);
            }
        }
        Ok(())
    }

    /// Commits what lies in the ranges; tells what was not taken.
    fn take_entries<H: Holdings>(
        &mut self,
        frame: &Batch,
        holdings: &mut H,
        now: Timestamp,
    ) -> Result<Ack, SessionError> {
        let unpacked = pack::unpack(frame.compressed, &frame.data);
        let unpacked = unpacked.map_err(|_| ProtocolError::Packing)?;
        let mut places: HashMap<EntryId, u64> = HashMap::new();
        let mut refused: Vec<(u64, String)> = Vec::new();
        let mut entries = Vec::new();
        let mut not_taken = HashSet::new();
        for (index, bytes) in (0..).zip(unpacked) {
            match Entry::parse(&bytes) {
                Ok(entry) if !self.covers(&entry) => refused.push((index, OUTSIDE.to_owned())),
                Ok(entry) => {
                    if places.insert(entry.id(), index).is_none() {
                        entries.push(entry);
                    }
                }
                Err(error) => refused.push((index, error.to_string())),
            }
        }
        let peer = self.peer_info()?;
        let received = match holdings.receive(&peer, entries, now) {
            Err(_) if model::sabotaged!(AckUnstored) => Received::default(),
            received => received.map_err(SessionError::holdings)?,
        };
        self.outcome.received += received.new.len() as u64;
        self.outcome.known += received.known;
        self.outcome.parked += received.parked.len() as u64;
        for (id, reason) in received.refused {
            refused.extend(places.get(&id).map(|index| (*index, reason)));
            not_taken.insert(id);
        }
        self.outcome.refused_here += received.forged.len() as u64;
        not_taken.extend(received.forged);
        let parked = received.parked.iter();
        not_taken.extend(parked.clone().copied());
        // Only what is held: made-up entries must not fill the memory.
        let taken = places.keys().filter(|id| !not_taken.contains(id));
        self.transfer.exchanged.extend(taken.copied());
        self.outcome.refused_here += refused.len() as u64;
        for (_, reason) in &mut refused {
            shorten(reason);
        }
        refused.sort_unstable();
        refused.dedup_by_key(|(index, _)| *index);
        let mut parked: Vec<u64> = parked.filter_map(|id| places.get(id)).copied().collect();
        parked.sort_unstable();
        parked.dedup();
        Ok(Ack {
            seq: frame.seq,
            refused,
            parked,
        })
    }

    fn covers(&self, entry: &Entry) -> bool {
        if model::sabotaged!(TakeOutsideRanges) {
            return true;
        }
        let body = entry.body();
        self.ranges
            .iter()
            .any(|range| range.contains(&body.unit, body.stream, body.period))
    }

    pub(super) fn on_ack<H: Holdings>(
        &mut self,
        frame: Ack,
        holdings: &mut H,
    ) -> Result<(), SessionError> {
        let Some((seq, ids)) = self.transfer.unacked.pop_front() else {
            return Err(ProtocolError::OutOfPlace("ack").into());
        };
        if frame.seq != seq {
            return Err(ProtocolError::Sequence("ack").into());
        }
        let at = |index: u64| {
            let id = usize::try_from(index).ok().and_then(|index| ids.get(index));
            id.copied().ok_or(ProtocolError::Size("an index"))
        };
        let mut not_taken = Vec::new();
        for (index, reason) in frame.refused {
            not_taken.push(at(index)?);
            self.outcome.refuse(at(index)?, reason);
        }
        for index in frame.parked {
            not_taken.push(at(index)?);
            self.outcome
                .refuse(at(index)?, "author not known yet".to_owned());
        }
        if !not_taken.is_empty() {
            holdings
                .note_refused_by(&self.config.peer, &not_taken)
                .map_err(SessionError::holdings)?;
        }
        self.outcome.sent += (ids.len() - not_taken.len().min(ids.len())) as u64;
        if self.state == State::Exchange {
            return self.advance(holdings);
        }
        Ok(())
    }

    /// What may follow now that something was settled: more batches, `Sent`.
    pub(super) fn advance<H: Holdings>(&mut self, holdings: &mut H) -> Result<(), SessionError> {
        self.pump(holdings)?;
        if self.transfer.sent {
            return Ok(());
        }
        match self.side {
            Side::Dialler => {
                let known = self.repair.need_known && self.reconciler.is_none();
                if known && self.transfer.is_drained() {
                    self.transfer.sent = true;
                    self.send(&Frame::Sent(None))?;
                }
            }
            Side::Answerer => {
                if self.transfer.peer_sent && self.transfer.is_settled() {
                    self.transfer.sent = true;
                    let total = self.total(holdings)?;
                    self.state = State::Verdict;
                    self.send(&Frame::Sent(Some(total)))?;
                }
            }
        }
        Ok(())
    }

    pub(super) fn on_sent<H: Holdings>(
        &mut self,
        total: Option<wire::frame::Total>,
        holdings: &mut H,
    ) -> Result<(), SessionError> {
        self.expect(State::Exchange, "sent")?;
        if self.transfer.peer_sent {
            return Err(ProtocolError::Sequence("sent").into());
        }
        self.transfer.peer_sent = true;
        match (self.side, total) {
            (Side::Answerer, None) => self.advance(holdings),
            (Side::Dialler, Some(theirs)) if self.transfer.sent && self.transfer.is_acked() => {
                self.compare(theirs, holdings)
            }
            _ => Err(ProtocolError::OutOfPlace("sent").into()),
        }
    }

    /// A new repair starts with a clean slate, but for what was exchanged.
    pub(super) fn restart_transfer(&mut self) {
        self.transfer.peer_sent = false;
        self.transfer.sent = false;
    }
}

/// Cuts a reason to what an acknowledgement may carry.
fn shorten(reason: &mut String) {
    let mut end = reason.len().min(limits::NAME_MAX_BYTES);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    reason.truncate(end);
}
