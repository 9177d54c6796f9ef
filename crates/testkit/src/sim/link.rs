//! Connections: real sessions at both ends, and frames on their way between them.

use model::Timestamp;
use sync::{Config, RefuseCode, Session, SessionError};
use wire::frame::{Frame, SESSION_VERSION};
use wire::limits::FRAME_MAX_BYTES;

use super::failure::{Broken, Promise};
use super::fault::Fault;
use super::plan::{DAY, HOUR, MINUTE};
use super::weight::Heaviest;
use super::world::{Next, Parted, World};
use crate::Seeded;
use crate::shade::{Shade, Shaded};

/// A connection that hears nothing for so long is closed.
const SILENCE_MS: i64 = 20 * MINUTE;

/// Frames that one side may send in answer to one: whole batches of all it holds.
const FRAMES_MAX_COUNT: usize = 64;

/// A connection between two machines.
pub(crate) struct Link {
    /// Who dialled, and who answers.
    ends: [usize; 2],
    boots: [u32; 2],
    sessions: [Option<Session>; 2],
    shades: [Shade; 2],
    rng: Seeded,
    /// When the last frame to each end arrives: a stream keeps its order.
    last: [Timestamp; 2],
    heaviest: Heaviest,
}

impl Drop for Link {
    fn drop(&mut self) {
        for session in self.sessions.iter_mut().filter_map(Option::take) {
            self.heaviest.weigh(session);
        }
    }
}

impl World<'_> {
    /// Begins a session, if the two can reach each other at all.
    pub(crate) fn dial(
        &mut self,
        who: usize,
        to: usize,
        id: u64,
        rng: &mut Seeded,
    ) -> Option<String> {
        self.dial_shaded(who, to, id, [Shade::default(), Shade::default()], rng)
    }

    pub(crate) fn dial_shaded(
        &mut self,
        who: usize,
        to: usize,
        id: u64,
        shades: [Shade; 2],
        rng: &mut Seeded,
    ) -> Option<String> {
        if who == to || !self.machines[who].is_up() || !self.machines[to].is_up() {
            return None;
        }
        // Where only the answers are lost, it rings: until both have been silent.
        if let Some(fault) = self.parted_by(who, to) {
            self.trace.harm(fault);
            return Some("no answer".to_owned());
        }
        let configs = [self.config(who, to)?, self.config(to, who)?];
        let [of_dialler, of_answerer] = configs;
        let now = self.now;
        let machine = &mut self.machines[who];
        let clock = machine.clock(now).now;
        let mut holdings = Shaded {
            inner: machine.peering()?,
            shade: &shades[0],
        };
        let dialler = match Session::dial(of_dialler, &mut holdings, clock) {
            Ok(dialler) => dialler,
            Err(error) => {
                if !self.sprung(who, rng) {
                    let words = format!("{} cannot dial: {error:?}", self.name(who));
                    self.broken = Some(Broken::new(Promise::NoFailure, words));
                }
                return Some("could not dial".to_owned());
            }
        };
        let link = Link {
            ends: [who, to],
            boots: [self.machines[who].boots, self.machines[to].boots],
            sessions: [Some(dialler), Some(Session::accept(of_answerer))],
            shades,
            rng: Seeded::new(rng.below(u64::MAX)),
            last: [self.now; 2],
            heaviest: self.heaviest.clone(),
        };
        self.links.insert(id, link);
        self.after(SILENCE_MS, Next::Silence(id));
        self.transmit(id, 0);
        Some("rings".to_owned())
    }

    fn config(&self, own: usize, peer: usize) -> Option<Config> {
        let machine = &self.machines[own];
        Some(Config {
            peer: self.machines[peer].node.as_ref()?.public(),
            own_unit: machine.unit.clone(),
            expect_unit: None,
            address: machine.replica.as_ref()?.address().ok()?,
            asks: Vec::new(),
        })
    }

    /// Sends what one end has to say, through the weather.
    fn transmit(&mut self, id: u64, end: usize) {
        let Some(mut link) = self.links.remove(&id) else {
            return;
        };
        let rates = self.plan.rates.clone();
        let mut frames = Vec::new();
        if let Some(session) = &mut link.sessions[end] {
            while let Some(frame) = session.poll_transmit() {
                frames.push(frame);
            }
        }
        let longest = frames.iter().map(Vec::len).max().unwrap_or(0);
        if frames.len() > FRAMES_MAX_COUNT || longest > FRAME_MAX_BYTES {
            let words = format!("{} frames at once, of up to {longest} bytes", frames.len());
            self.broken = Some(Broken::new(Promise::Bounded, words));
        }
        let to = 1 - end;
        for mut bytes in frames {
            let drawn = |rng: &mut Seeded, rate: u64| rng.below(1_000) < rate;
            let mut delay = 10 + i64::try_from(link.rng.below(400)).unwrap_or(0);
            if drawn(&mut link.rng, rates.cut) {
                self.trace.harm(Fault::Cut);
                return;
            }
            if drawn(&mut link.rng, rates.altered) && !bytes.is_empty() {
                let bit = link.rng.below(bytes.len() as u64 * 8);
                let place = usize::try_from(bit / 8).unwrap_or(0);
                bytes[place] ^= 1 << (bit % 8);
                self.trace.harm(Fault::Altered);
            }
            if drawn(&mut link.rng, rates.loss) {
                self.trace.harm(Fault::Loss);
                if rates.raw {
                    continue;
                }
                delay += 2_000;
            }
            if drawn(&mut link.rng, rates.delay) {
                self.trace.harm(Fault::Delay);
                delay += MINUTE + i64::try_from(link.rng.below(240_000)).unwrap_or(0);
            }
            let mut at = Timestamp(self.now.0 + delay);
            if drawn(&mut link.rng, rates.reordering) && rates.raw {
                self.trace.harm(Fault::Reordering);
                at.0 += 900;
            } else {
                at = at.max(Timestamp(link.last[to].0 + 1));
                link.last[to] = at;
            }
            let next = |bytes| Next::Frame {
                link: id,
                end: to,
                bytes,
            };
            if drawn(&mut link.rng, rates.duplication) && rates.raw {
                self.trace.harm(Fault::Duplication);
                self.at(Timestamp(at.0 + 300), next(bytes.clone()));
            }
            self.at(at, next(bytes));
        }
        self.links.insert(id, link);
    }

    /// A frame arrives.
    pub(crate) fn deliver(&mut self, id: u64, end: usize, bytes: &[u8]) -> Result<(), Broken> {
        let Some(mut link) = self.links.remove(&id) else {
            return Ok(());
        };
        let (who, from) = (link.ends[end], link.ends[1 - end]);
        if self.machines[who].boots != link.boots[end] || !self.machines[who].is_up() {
            return Ok(());
        }
        if let Some(fault) = self.parted_by(from, who) {
            self.trace.harm(fault);
            self.links.insert(id, link);
            return Ok(());
        }
        self.trace.frame(bytes);
        let handled = self.handle(&mut link, end, bytes);
        let mut rng = link.rng.clone();
        if let Err(SessionError::Holdings(error)) = &handled {
            if !self.sprung(who, &mut rng) {
                let words = format!("{}: the store failed: {error:?}", self.name(who));
                return Err(Broken::new(Promise::NoFailure, words));
            }
            return self.look(who);
        }
        self.look(who)?;
        // After the commit, before anybody hears of it.
        if link.rng.below(1_000) < self.plan.rates.crash_before_send {
            self.trace.harm(Fault::CrashBeforeSend);
            self.say(format!("{}: dies before it answers", self.name(who)));
            self.machines[who].die();
            self.down(who, &mut link.rng);
            return Ok(());
        }
        let over = link.sessions[end].as_ref().is_none_or(Session::is_finished);
        self.links.insert(id, link);
        self.transmit(id, end);
        if over {
            self.note(id, end);
        }
        Ok(())
    }

    fn handle(&mut self, link: &mut Link, end: usize, bytes: &[u8]) -> Result<(), SessionError> {
        let now = self.now;
        let machine = &mut self.machines[link.ends[end]];
        let clock = machine.clock(now).now;
        let (Some(session), Some(inner)) = (&mut link.sessions[end], machine.peering()) else {
            return Ok(());
        };
        if session.is_finished() {
            return Ok(());
        }
        let mut holdings = Shaded {
            inner,
            shade: &link.shades[end],
        };
        session.handle(bytes, &mut holdings, clock)
    }

    /// What the runtime does when a session is over, however it ended.
    fn note(&mut self, id: u64, end: usize) {
        let Some(link) = self.links.get_mut(&id) else {
            return;
        };
        let Some(session) = link.sessions[end].take() else {
            return;
        };
        let (who, peer) = (link.ends[end], link.ends[1 - end]);
        let finished = link.sessions.iter().all(Option::is_none);
        if finished {
            self.links.remove(&id);
        }
        let in_sync = session.so_far().in_sync;
        self.heaviest.weigh(session);
        let clock = self.machines[who].clock(self.now);
        let peer = self.machines[peer].node.as_ref().map(|node| node.public());
        let machine = &mut self.machines[who];
        if let (Some(replica), Some(peer)) = (&mut machine.replica, peer) {
            let noted = replica.note_session(&peer, in_sync, clock.now);
            if let Err(error) = noted
                && !self.sprung(who, &mut Seeded::new(id))
            {
                let words = format!("{}: {error:?}", self.name(who));
                self.broken = Some(Broken::new(Promise::NoFailure, words));
            }
        }
    }

    /// Nobody has said anything for too long.
    pub(crate) fn hang_up(&mut self, id: u64) {
        for end in 0..2 {
            let up = self.links.get(&id).is_some_and(|link| {
                let machine = &self.machines[link.ends[end]];
                machine.is_up() && machine.boots == link.boots[end]
            });
            if up {
                self.note(id, end);
            }
        }
        self.links.remove(&id);
    }

    /// A facility speaks the next version to a Sở that is not updated yet, and is told.
    pub(crate) fn newer_session(&mut self, facility: usize) -> Result<Option<String>, Broken> {
        let so = self.machines[facility].above;
        let now = self.now;
        let (Some(here), Some(there)) = (self.config(facility, so), self.config(so, facility))
        else {
            return Ok(None);
        };
        let hello = self.machines[facility].peering().and_then(|mut holdings| {
            let mut session = Session::dial(here, &mut holdings, now).ok()?;
            Frame::decode(&session.poll_transmit()?).ok()
        });
        // Else it is not known over there, and shows itself first.
        let Some(Frame::Hello(mut hello)) = hello else {
            return Ok(None);
        };
        hello.version = SESSION_VERSION + 1;
        let (Ok(hello), Some(mut holdings)) =
            (Frame::Hello(hello).encode(), self.machines[so].peering())
        else {
            return Ok(None);
        };
        let mut session = Session::accept(there);
        let refused = session.handle(&hello, &mut holdings, now);
        let told = session.poll_transmit();
        let told = told.and_then(|frame| Frame::decode(&frame).ok());
        if matches!(refused, Err(SessionError::Version(_)))
            && matches!(told, Some(Frame::Refuse(RefuseCode::Version)))
        {
            self.look(so)?;
            return Ok(Some("told so".to_owned()));
        }
        let words = format!("{}: another session is not refused", self.name(so));
        Err(Broken::new(Promise::NoFailure, words))
    }

    /// The line to the level above breaks: nothing goes up, or nothing comes down,
    /// or neither.
    pub(crate) fn part(
        &mut self,
        who: usize,
        below: bool,
        hours: i64,
        one_way: bool,
    ) -> Option<String> {
        let above = self.machines[who].above;
        if who == above {
            return None;
        }
        let until = Timestamp(self.now.0 + hours * HOUR);
        let (from, to) = if below { (above, who) } else { (who, above) };
        let mut parted = |from, to, fault| {
            let parted = Parted {
                from,
                to,
                until,
                fault,
            };
            self.parted.push(parted);
        };
        if one_way {
            parted(from, to, Fault::OneWay);
        } else {
            parted(from, to, Fault::Parted);
            parted(to, from, Fault::Parted);
        }
        Some(format!("until {}", until.to_rfc3339()))
    }

    pub(crate) fn island(&mut self, who: usize, days: i64) -> Option<String> {
        let until = Timestamp(self.now.0 + days * DAY);
        for other in 0..self.machines.len() {
            for (from, to) in [(who, other), (other, who)] {
                self.parted.push(Parted {
                    from,
                    to,
                    until,
                    fault: Fault::Island,
                });
            }
        }
        Some(format!("until {}", until.to_rfc3339()))
    }
}
