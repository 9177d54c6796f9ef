//! One side of one conversation.
//!
//! The state machine: `opening` (who are you, what is new), `repair` (what
//! differs), `transfer` (entries and acknowledgements). Each frame is allowed in
//! exactly the states that its handler names; anything else ends the session.

mod asks;
mod opening;
mod outcome;
mod repair;
mod transfer;

use std::collections::{BTreeMap, HashSet, VecDeque};

use identity::fingerprint::Fingerprint;
use model::{Timestamp, UnitPath};
use wire::frame::{Ask, Frame, Total};
use wire::{EntryId, PublicKey, Range};

use crate::digest::Salt;
use crate::error::{ProtocolError, SessionError};
use crate::holdings::{Holdings, PeerInfo};
use crate::reconcile::Reconciler;

pub use outcome::{Outcome, Warning};

/// What a session must be told.
#[derive(Clone, Debug)]
pub struct Config {
    /// The peer's node key, proven by the transport.
    pub peer: PublicKey,
    /// The unit of this node.
    pub own_unit: UnitPath,
    /// The unit that must answer; `None`: any that shares something.
    pub expect_unit: Option<UnitPath>,
    /// Where this node listens, if it does, `host:port`.
    pub address: Option<String>,
    /// What to ask for beyond the shared ranges. At most
    /// [`wire::frame::ASKS_MAX_COUNT`].
    pub asks: Vec<Ask>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Dialler,
    Answerer,
}

/// What comes next from the peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Its chain; so many batches of a flight that began too early are skipped.
    Chain { skip: u64 },
    /// Its `Hello` (answering side).
    Hello,
    /// Its `Answer` (dialling side).
    Answer,
    /// So many batches that were pushed.
    Pushed { left: u64 },
    /// `Groups` or `Bye` (answering side).
    Verdict,
    /// Its `Parts` (dialling side).
    Parts,
    /// Its `Items` (answering side).
    Items,
    /// Entries, needs, reconciliation, `Sent`.
    Exchange,
    /// Only blobs that were asked for.
    Blobs,
    /// Nothing.
    Over,
}

/// One side of a session. See the crate's page for the conversation.
pub struct Session {
    config: Config,
    side: Side,
    state: State,
    peer: Option<PeerInfo>,
    introduced: bool,
    ranges: Vec<Range>,
    shared: Vec<Range>,
    hello: Option<Opening>,
    answer: Option<Opening>,
    /// The ranges that the own asks added, by index of the ask.
    own_asks: BTreeMap<u64, Range>,
    /// Indexes of the peer's asks that were not granted, until it is told.
    denied: Vec<u64>,
    blobs: BTreeMap<EntryId, Vec<u8>>,
    mark: Option<i64>,
    pushed_all: bool,
    attempt: u64,
    repair: repair::Repair,
    reconciler: Option<Reconciler>,
    transfer: transfer::Transfer,
    out: VecDeque<Vec<u8>>,
    awaiting: bool,
    outcome: Outcome,
}

/// What one side said first, as far as it matters later.
#[derive(Clone, Debug)]
struct Opening {
    total: Total,
    clock: Timestamp,
    asks: Vec<Ask>,
}

impl Session {
    /// Starts a session with a peer that was dialled: the first flight is ready
    /// in [`Session::poll_transmit`].
    pub fn dial<H: Holdings>(
        config: Config,
        holdings: &mut H,
        now: Timestamp,
    ) -> Result<Self, SessionError> {
        let mut session = Session::new(config, Side::Dialler, State::Answer);
        session.begin(holdings, now)?;
        Ok(session)
    }

    /// Waits for the first frame of a peer that dialled.
    pub fn accept(config: Config) -> Self {
        Session::new(config, Side::Answerer, State::Hello)
    }

    fn new(config: Config, side: Side, state: State) -> Self {
        Session {
            config,
            side,
            state,
            peer: None,
            introduced: false,
            ranges: Vec::new(),
            shared: Vec::new(),
            hello: None,
            answer: None,
            own_asks: BTreeMap::new(),
            denied: Vec::new(),
            blobs: BTreeMap::new(),
            mark: None,
            pushed_all: false,
            attempt: 0,
            repair: repair::Repair::default(),
            reconciler: None,
            transfer: transfer::Transfer::default(),
            out: VecDeque::new(),
            awaiting: false,
            outcome: Outcome::default(),
        }
    }

    /// Takes one frame. Everything that it brought is durable when this returns.
    ///
    /// An error ends the session; a last frame that tells the peer why may wait
    /// in [`Session::poll_transmit`].
    pub fn handle<H: Holdings>(
        &mut self,
        frame: &[u8],
        holdings: &mut H,
        now: Timestamp,
    ) -> Result<(), SessionError> {
        if self.state == State::Over {
            return Err(SessionError::Over);
        }
        self.outcome.bytes_in += frame.len() as u64;
        if std::mem::take(&mut self.awaiting) {
            self.outcome.round_trips += 1;
        }
        let result = Frame::decode(frame)
            .map_err(SessionError::from)
            .and_then(|frame| self.step(frame, holdings, now));
        if let Err(error) = &result {
            self.state = State::Over;
            self.out.clear();
            if let Some(code) = error.code() {
                self.send(&Frame::Refuse(code))?;
            }
        }
        result
    }

    /// The next frame to send, in order.
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        let frame = self.out.pop_front()?;
        self.awaiting = true;
        Some(frame)
    }

    /// Whether nothing more will be received; frames may still wait to be sent.
    pub fn is_finished(&self) -> bool {
        self.state == State::Over
    }

    /// How it went, once the session has come to its end (not after an error:
    /// see [`Session::so_far`]).
    pub fn outcome(&self) -> Option<&Outcome> {
        self.outcome.complete.then_some(&self.outcome)
    }

    /// What has happened up to now, whether or not the session came to its end.
    pub fn so_far(&self) -> &Outcome {
        &self.outcome
    }

    /// The peer, once its credential was found in effect and it has spoken.
    pub fn peer(&self) -> Option<&PeerInfo> {
        self.peer.as_ref()
    }

    fn step<H: Holdings>(
        &mut self,
        frame: Frame,
        holdings: &mut H,
        now: Timestamp,
    ) -> Result<(), SessionError> {
        use Side::{Answerer, Dialler};
        tracing::trace!(frame = frame.name(), state = ?self.state, "session frame");
        match (self.side, frame) {
            (_, Frame::Refuse(code)) => Err(SessionError::RefusedByPeer(code)),
            (_, Frame::Chain(frame)) => self.on_chain(frame, holdings, now),
            (Answerer, Frame::Hello(frame)) => self.on_hello(frame, holdings, now),
            (Dialler, Frame::Answer(frame)) => self.on_answer(frame, holdings, now),
            (_, Frame::Batch(frame)) => self.on_batch(frame, holdings, now),
            (_, Frame::Ack(frame)) => self.on_ack(frame, holdings),
            (_, Frame::Blob(frame)) => self.on_blob(frame, holdings),
            (Answerer, Frame::Groups(frame)) => self.on_groups(frame, holdings),
            (Dialler, Frame::Parts(frame)) => self.on_parts(frame, holdings),
            (Answerer, Frame::Items(frame)) => self.on_items(frame, holdings),
            (_, Frame::Reconcile(message)) => self.on_reconcile(&message, holdings),
            (Dialler, Frame::NeedListed(bits)) => self.on_need_listed(&bits, holdings),
            (Answerer, Frame::NeedIds(ids)) => self.on_need_ids(ids, holdings),
            (_, Frame::Sent(total)) => self.on_sent(total, holdings),
            (Answerer, Frame::Bye(frame)) => self.on_bye(&frame, holdings),
            (_, frame) => Err(ProtocolError::OutOfPlace(frame.name()).into()),
        }
    }

    fn send(&mut self, frame: &Frame) -> Result<(), SessionError> {
        let bytes = frame.encode()?;
        self.outcome.bytes_out += bytes.len() as u64;
        self.out.push_back(bytes);
        Ok(())
    }

    fn expect(&self, state: State, frame: &'static str) -> Result<(), SessionError> {
        if self.state == state {
            Ok(())
        } else {
            Err(ProtocolError::OutOfPlace(frame).into())
        }
    }

    fn total<H: Holdings>(&self, holdings: &mut H) -> Result<Total, SessionError> {
        let fingerprint = holdings
            .fingerprint(&self.ranges, &self.config.peer)
            .map_err(SessionError::holdings)?;
        Ok(total_of(&fingerprint))
    }

    /// The salt of the repair that begins: a hash of what both have said.
    fn salt(&self) -> Result<Salt, SessionError> {
        self.salt_of(self.attempt)
    }

    fn salt_of(&self, attempt: u64) -> Result<Salt, SessionError> {
        let (Some(hello), Some(answer)) = (&self.hello, &self.answer) else {
            return Err(ProtocolError::OutOfPlace("groups").into());
        };
        let mut spoken = Vec::new();
        for side in [hello, answer] {
            spoken.extend_from_slice(&side.total.0.to_be_bytes());
            spoken.extend_from_slice(&side.total.1.0);
            spoken.extend_from_slice(&side.clock.0.to_be_bytes());
        }
        Ok(Salt::new(&[&spoken], attempt))
    }

    fn peer_info(&self) -> Result<PeerInfo, SessionError> {
        self.peer
            .clone()
            .ok_or(SessionError::Protocol(ProtocolError::OutOfPlace("batch")))
    }

    /// The end, with what is remembered of it.
    fn finish<H: Holdings>(&mut self, in_sync: bool, holdings: &mut H) -> Result<(), SessionError> {
        self.state = State::Over;
        self.outcome.in_sync = in_sync;
        self.outcome.complete = true;
        if !in_sync {
            self.outcome.warnings.push(Warning::Differs);
        }
        self.outcome.close(&self.config.asks);
        match self.mark {
            Some(mark) if in_sync || self.pushed_all => holdings
                .set_mark(&self.config.peer, mark)
                .map_err(SessionError::holdings),
            _ => Ok(()),
        }
    }

    /// Ids that this session need not send: the peer has them, or was given them.
    fn without_exchanged(&self, ids: Vec<EntryId>) -> Vec<EntryId> {
        let exchanged: &HashSet<EntryId> = &self.transfer.exchanged;
        ids.into_iter()
            .filter(|id| !exchanged.contains(id))
            .collect()
    }
}

fn total_of(fingerprint: &Fingerprint) -> Total {
    Total(fingerprint.count, wire::Digest(fingerprint.sum))
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("side", &self.side)
            .field("state", &self.state)
            .field("peer", &self.config.peer)
            .finish_non_exhaustive()
    }
}
