//! Who are you, what do you hold, what is new: from the first frame to the first
//! comparison of fingerprints.

use model::{Timestamp, UnitPath};
use serde_bytes::ByteBuf;
use wire::frame::{
    Answer, Ask, Bye, CHAIN_MAX_COUNT, Chain, Frame, Groups, Hello, SESSION_VERSION, Total,
};
use wire::{Entry, EntryId};

use super::{Opening, Session, Side, State, Warning};
use crate::error::{ProtocolError, SessionError};
use crate::holdings::{Holdings, PeerInfo};
use crate::limits::{CLOCK_SKEW_MAX_MS, REPAIRS_MAX_COUNT};
use crate::scope;

/// What the peer said of itself.
struct Introduction {
    address: Option<String>,
    clock: Timestamp,
    receipts_head: Option<EntryId>,
}

impl Session {
    /// The dialling side's first flight.
    pub(super) fn begin<H: Holdings>(
        &mut self,
        holdings: &mut H,
        now: Timestamp,
    ) -> Result<(), SessionError> {
        match self.known_unit(holdings)? {
            Some(unit) => self.say_hello(unit, holdings, now),
            None => {
                self.state = State::Chain { skip: 0 };
                self.say_chain(true, holdings)
            }
        }
    }

    fn known_unit<H: Holdings>(&self, holdings: &mut H) -> Result<Option<UnitPath>, SessionError> {
        holdings
            .unit_of_peer(&self.config.peer)
            .map_err(SessionError::holdings)
    }

    /// The own credentials. Asking without showing is for a peer that is known.
    fn say_chain<H: Holdings>(&mut self, want: bool, holdings: &mut H) -> Result<(), SessionError> {
        let chain = holdings.own_chain().map_err(SessionError::holdings)?;
        if chain.len() > CHAIN_MAX_COUNT {
            return Err(SessionError::TooMany("entries in the own credential chain"));
        }
        let entries = chain.into_iter().map(ByteBuf::from).collect();
        self.send(&Frame::Chain(Chain { want, entries }))
    }

    pub(super) fn on_chain<H: Holdings>(
        &mut self,
        frame: Chain,
        holdings: &mut H,
        now: Timestamp,
    ) -> Result<(), SessionError> {
        // The dialler knows the answerer and has said hello: it is the one who is
        // not known, and starts again after showing who it is.
        let asked_back = self.side == Side::Dialler && self.state == State::Answer;
        let first = matches!(self.state, State::Chain { .. } | State::Hello);
        if self.introduced || !(first || asked_back) {
            return Err(ProtocolError::OutOfPlace("chain").into());
        }
        self.introduced = true;
        if self.known_unit(holdings)?.is_none() {
            let chain = parse_chain(&frame.entries)?;
            holdings
                .introduce(&self.config.peer, chain, now)
                .map_err(SessionError::holdings)?;
        }
        let unit = self.known_unit(holdings)?;
        let unit = unit.ok_or(SessionError::UnknownPeer)?;
        match self.side {
            Side::Dialler => {
                if frame.want {
                    self.say_chain(false, holdings)?;
                }
                // What was pushed too early was skipped over there.
                self.forget_flight();
                self.say_hello(unit, holdings, now)
            }
            Side::Answerer => {
                if frame.want {
                    self.say_chain(false, holdings)?;
                }
                self.state = State::Hello;
                Ok(())
            }
        }
    }

    fn forget_flight(&mut self) {
        self.transfer = super::transfer::Transfer::default();
        self.hello = None;
    }

    /// Checks that the peer is who it should be, and sets the ranges.
    fn relate(&mut self, unit: &UnitPath) -> Result<(), SessionError> {
        if let Some(expected) = &self.config.expect_unit
            && expected != unit
        {
            return Err(SessionError::Unexpected {
                expected: expected.clone(),
                found: unit.clone(),
            });
        }
        self.shared = scope::shared(&self.config.own_unit, unit);
        if self.shared.is_empty() {
            return Err(SessionError::Unrelated(unit.clone()));
        }
        self.ranges = self.shared.clone();
        self.own_asks = (0..)
            .zip(&self.config.asks)
            .filter_map(|(index, ask)| Some((index, scope::asked(ask)?)))
            .collect();
        self.ranges.extend(self.own_asks.values().cloned());
        self.blobs = self
            .config
            .asks
            .iter()
            .filter_map(|ask| match ask {
                Ask::Inputs { rollup } => Some((*rollup, Vec::new())),
                Ask::Report { .. } => None,
            })
            .collect();
        Ok(())
    }

    fn say_hello<H: Holdings>(
        &mut self,
        unit: UnitPath,
        holdings: &mut H,
        now: Timestamp,
    ) -> Result<(), SessionError> {
        self.relate(&unit)?;
        let total = self.total(holdings)?;
        let batches = self.push(holdings)?;
        self.state = State::Answer;
        let asks = self.config.asks.clone();
        self.hello = Some(Opening {
            total,
            clock: now,
            asks: asks.clone(),
        });
        self.send(&Frame::Hello(Hello {
            version: SESSION_VERSION,
            address: self.config.address.clone(),
            asks,
            total,
            receipts: holdings.receipts_head().map_err(SessionError::holdings)?,
            clock: now,
            pushed: batches.len() as u64,
        }))?;
        for batch in batches {
            self.send_batch(batch)?;
        }
        Ok(())
    }

    pub(super) fn on_hello<H: Holdings>(
        &mut self,
        frame: Hello,
        holdings: &mut H,
        now: Timestamp,
    ) -> Result<(), SessionError> {
        self.expect(State::Hello, "hello")?;
        if frame.version != SESSION_VERSION {
            return Err(SessionError::Version(frame.version));
        }
        let Some(unit) = self.known_unit(holdings)? else {
            if self.introduced {
                return Err(SessionError::UnknownPeer);
            }
            self.state = State::Chain { skip: frame.pushed };
            let (want, entries) = (true, Vec::new());
            return self.send(&Frame::Chain(Chain { want, entries }));
        };
        self.relate(&unit)?;
        let introduction = Introduction {
            address: frame.address,
            clock: frame.clock,
            receipts_head: frame.receipts,
        };
        let peer = self.meet(unit, introduction, holdings, now)?;
        self.grant(&peer, &frame.asks, holdings, now)?;
        self.hello = Some(Opening {
            total: frame.total,
            clock: frame.clock,
            asks: frame.asks,
        });
        self.state = State::Pushed { left: frame.pushed };
        if frame.pushed == 0 {
            self.say_answer(holdings, now)?;
        }
        Ok(())
    }

    /// The peer's credential is in effect and it has spoken.
    fn meet<H: Holdings>(
        &mut self,
        unit: UnitPath,
        introduction: Introduction,
        holdings: &mut H,
        now: Timestamp,
    ) -> Result<PeerInfo, SessionError> {
        let peer = PeerInfo {
            key: self.config.peer,
            unit,
            address: introduction.address,
            clock: introduction.clock,
            receipts_head: introduction.receipts_head,
        };
        let skew = peer.clock.0.saturating_sub(now.0);
        if skew.saturating_abs() > CLOCK_SKEW_MAX_MS {
            self.outcome.warnings.push(Warning::Clock(skew));
        }
        holdings
            .note_peer(&peer, now)
            .map_err(SessionError::holdings)?;
        self.peer = Some(peer.clone());
        Ok(peer)
    }

    pub(super) fn after_push<H: Holdings>(
        &mut self,
        holdings: &mut H,
        now: Timestamp,
    ) -> Result<(), SessionError> {
        match self.side {
            Side::Answerer => self.say_answer(holdings, now),
            Side::Dialler => self.compare_first(holdings),
        }
    }

    fn say_answer<H: Holdings>(
        &mut self,
        holdings: &mut H,
        now: Timestamp,
    ) -> Result<(), SessionError> {
        let Some(hello) = self.hello.clone() else {
            return Err(ProtocolError::OutOfPlace("answer").into());
        };
        let total = self.total(holdings)?;
        let batches = self.push(holdings)?;
        let asks = self.config.asks.clone();
        self.answer = Some(Opening {
            total,
            clock: now,
            asks: asks.clone(),
        });
        self.state = State::Verdict;
        self.send(&Frame::Answer(Answer {
            address: self.config.address.clone(),
            asks,
            denied: self.denied.clone(),
            total: (total != hello.total).then_some(total),
            receipts: holdings.receipts_head().map_err(SessionError::holdings)?,
            clock: now,
            pushed: batches.len() as u64,
        }))?;
        for batch in batches {
            self.send_batch(batch)?;
        }
        self.send_blobs(&hello.asks, holdings)?;
        self.denied.clear();
        Ok(())
    }

    pub(super) fn on_answer<H: Holdings>(
        &mut self,
        frame: Answer,
        holdings: &mut H,
        now: Timestamp,
    ) -> Result<(), SessionError> {
        self.expect(State::Answer, "answer")?;
        let (Some(hello), true) = (self.hello.clone(), self.transfer.is_acked()) else {
            return Err(ProtocolError::OutOfPlace("answer").into());
        };
        let unit = self.known_unit(holdings)?;
        let unit = unit.ok_or(SessionError::UnknownPeer)?;
        let introduction = Introduction {
            address: frame.address,
            clock: frame.clock,
            receipts_head: frame.receipts,
        };
        let peer = self.meet(unit, introduction, holdings, now)?;
        self.take_denied(&frame.denied)?;
        self.grant(&peer, &frame.asks, holdings, now)?;
        self.send_blobs(&frame.asks, holdings)?;
        self.answer = Some(Opening {
            total: frame.total.unwrap_or(hello.total),
            clock: frame.clock,
            asks: frame.asks,
        });
        self.state = State::Pushed { left: frame.pushed };
        if frame.pushed == 0 {
            self.compare_first(holdings)?;
        }
        Ok(())
    }

    /// Everything new has arrived on both sides.
    fn compare_first<H: Holdings>(&mut self, holdings: &mut H) -> Result<(), SessionError> {
        match self.answer.as_ref().map(|answer| answer.total) {
            Some(theirs) => self.compare(theirs, holdings),
            None => Err(ProtocolError::OutOfPlace("batch").into()),
        }
    }

    /// The dialling side decides: the end, or a repair.
    pub(super) fn compare<H: Holdings>(
        &mut self,
        theirs: Total,
        holdings: &mut H,
    ) -> Result<(), SessionError> {
        if self.total(holdings)? == theirs || model::sabotaged!(SkipComparison) {
            return self.say_bye(true, holdings);
        }
        if self.attempt >= REPAIRS_MAX_COUNT {
            return self.say_bye(false, holdings);
        }
        let groups = self.start_repair(holdings)?;
        self.state = State::Parts;
        let (attempt, denied) = (self.attempt, std::mem::take(&mut self.denied));
        self.attempt += 1;
        self.send(&Frame::Groups(Groups {
            attempt,
            denied,
            groups,
        }))
    }

    pub(super) fn say_bye<H: Holdings>(
        &mut self,
        in_sync: bool,
        holdings: &mut H,
    ) -> Result<(), SessionError> {
        if in_sync && !self.blobs.is_empty() {
            self.state = State::Blobs;
            return Ok(());
        }
        let denied = std::mem::take(&mut self.denied);
        self.send(&Frame::Bye(Bye { in_sync, denied }))?;
        self.finish(in_sync, holdings)
    }

    pub(super) fn on_bye<H: Holdings>(
        &mut self,
        frame: &Bye,
        holdings: &mut H,
    ) -> Result<(), SessionError> {
        self.expect(State::Verdict, "bye")?;
        if !self.transfer.is_acked() {
            return Err(ProtocolError::OutOfPlace("bye").into());
        }
        self.take_denied(&frame.denied)?;
        self.finish(frame.in_sync, holdings)
    }
}

fn parse_chain(entries: &[ByteBuf]) -> Result<Vec<Entry>, SessionError> {
    entries
        .iter()
        .map(|bytes| Entry::parse(bytes).map_err(|_| ProtocolError::Size("a chain").into()))
        .collect()
}
