//! What will happen: people's days, the weather of the network, and the harm that
//! is done, all drawn from the seed before anything runs.
//!
//! Every event has a number, and all chance within it comes from (seed, number).
//! So events can be left out and the others stay as they were: that is how a
//! failure is shrunk.

use std::collections::BTreeSet;

use model::{Entropy, Timestamp};

use super::fault::Fault;
use crate::{Seeded, at};

/// When every run begins: the quarter's reports are due on 20 June.
const BEGIN: &str = "2026-04-10T07:00:00+07:00";

pub(crate) const MINUTE: i64 = 60 * 1_000;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;

/// How large a run is, and what it may do.
#[derive(Clone, Debug)]
pub struct Options {
    /// Simulated days.
    pub days: i64,
    /// Sở.
    pub provinces: usize,
    /// Facilities, over all Sở.
    pub facilities: usize,
    /// Facilities with a second machine.
    pub seconds: usize,
    /// Only these kinds of harm, all of them; else the seed draws.
    pub only: Option<BTreeSet<Fault>>,
}

impl Options {
    /// A quarter's end: one Bộ, three Sở, twenty facilities.
    pub fn whole() -> Self {
        Options {
            days: 90,
            provinces: 3,
            facilities: 20,
            seconds: 4,
            only: None,
        }
    }

    /// Enough for one kind of mistake to show.
    pub fn small() -> Self {
        Options {
            days: 80,
            provinces: 1,
            facilities: 3,
            seconds: 1,
            only: None,
        }
    }

    pub(crate) fn machines(&self) -> usize {
        1 + self.provinces + self.facilities + self.seconds
    }
}

/// What one seed makes of the network and the machines.
#[derive(Clone, Debug)]
pub(crate) struct Rates {
    pub(crate) on: BTreeSet<Fault>,
    /// Frames themselves are lost, doubled and reordered, as no QUIC stream would
    /// do it; else loss costs time, as it does there.
    pub(crate) raw: bool,
    /// Of a thousand frames.
    pub(crate) loss: u64,
    pub(crate) duplication: u64,
    pub(crate) reordering: u64,
    pub(crate) delay: u64,
    pub(crate) cut: u64,
    pub(crate) altered: u64,
    /// Of a thousand frames handled.
    pub(crate) crash_before_send: u64,
}

/// How a clock is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wrong {
    By(i64),
    Stopped,
}

/// A failure that waits in a disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trap {
    Dies,
    LosesPower,
    Fails,
}

/// Something that happens at a machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// Joins by an invite of the level above.
    Join,
    /// Dials the level above.
    Dial,
    /// Dials the machine below.
    Pull(usize),
    /// What it holds goes to another machine on a stick.
    Carry(usize),
    Fill,
    Edit,
    Seal,
    Submit,
    Review,
    Consolidate,
    Hire,
    Dismiss,
    /// Nothing goes up from here, or down to here if `below`; nor the other way,
    /// unless one way only.
    Part {
        below: bool,
        hours: i64,
        one_way: bool,
    },
    Island {
        days: i64,
    },
    PowerCut,
    Trap {
        after: u64,
        trap: Trap,
    },
    FullDisk {
        hours: i64,
    },
    BitRot,
    Backup,
    Rollback,
    Lose,
    Clock {
        wrong: Wrong,
        hours: i64,
    },
    Lie(Fault),
}

/// One event of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) id: u64,
    pub(crate) at: Timestamp,
    pub(crate) who: usize,
    pub(crate) act: Act,
}

/// A run before it runs.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) options: Options,
    pub(crate) begin: Timestamp,
    pub(crate) rates: Rates,
    pub(crate) events: Vec<Event>,
}

/// Chance that belongs to one thing of one seed.
pub(crate) fn chance(seed: u64, what: &str, id: u64) -> Seeded {
    let digest = wire::Digest::of(&[&seed.to_be_bytes(), what.as_bytes(), &id.to_be_bytes()]);
    let mut number = [0; 8];
    number.copy_from_slice(&digest.0[..8]);
    Seeded::new(u64::from_be_bytes(number))
}

impl Plan {
    pub(crate) fn draw(seed: u64, options: &Options) -> Self {
        let mut rng = chance(seed, "plan", 0);
        let rates = Rates::draw(&mut rng, options);
        let begin = at(BEGIN);
        let mut drawing = Drawing {
            rng,
            begin,
            options,
            events: Vec::new(),
        };
        drawing.people();
        drawing.harm(&rates);
        let mut events = drawing.events;
        events.sort_by_key(|event| (event.at, event.id));
        Plan {
            seed,
            options: options.clone(),
            begin,
            rates,
            events,
        }
    }

    pub(crate) fn end(&self) -> Timestamp {
        Timestamp(self.begin.0 + self.options.days * DAY)
    }
}

impl Rates {
    /// What may go wrong, in words.
    pub(crate) fn words(&self) -> Vec<&'static str> {
        let raw = self.raw.then_some("frames go astray one by one");
        let on = self.on.iter().map(|fault| fault.words());
        raw.into_iter().chain(on).collect()
    }

    fn draw(rng: &mut Seeded, options: &Options) -> Self {
        let on: BTreeSet<Fault> = match &options.only {
            Some(only) => only.clone(),
            None => Fault::ALL
                .iter()
                .copied()
                .filter(|_| rng.below(100) < 35)
                .collect(),
        };
        let mut rate = |fault: Fault, most: u64| {
            let drawn = 1 + rng.below(most);
            if on.contains(&fault) { drawn } else { 0 }
        };
        let (loss, duplication) = (rate(Fault::Loss, 300), rate(Fault::Duplication, 500));
        let (reordering, delay) = (rate(Fault::Reordering, 300), rate(Fault::Delay, 100));
        let (cut, altered) = (rate(Fault::Cut, 60), rate(Fault::Altered, 60));
        let crash_before_send = rate(Fault::CrashBeforeSend, 12);
        // Only so can one frame overtake another.
        let raw = (rng.below(2) == 0) | on.contains(&Fault::Reordering);
        Rates {
            loss,
            duplication,
            reordering,
            delay,
            cut,
            altered,
            crash_before_send,
            raw,
            on,
        }
    }
}

/// A plan in the making.
struct Drawing<'a> {
    rng: Seeded,
    begin: Timestamp,
    options: &'a Options,
    events: Vec<Event>,
}

impl Drawing<'_> {
    /// A moment between two days, counted from the beginning.
    fn moment(&mut self, from: i64, to: i64) -> Timestamp {
        let span = u64::try_from((to - from).max(1) * DAY).unwrap_or(1);
        let ms = i64::try_from(self.rng.below(span)).unwrap_or(0);
        Timestamp(self.begin.0 + from * DAY + ms)
    }

    fn add(&mut self, at: Timestamp, who: usize, act: Act) {
        let id = self.events.len() as u64;
        self.events.push(Event { id, at, who, act });
    }

    fn some_time(&mut self, from: i64, to: i64, who: usize, act: Act) {
        let at = self.moment(from, to);
        self.add(at, who, act);
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.rng.below(bound as u64)).unwrap_or(0)
    }

    fn facilities(&self) -> std::ops::Range<usize> {
        let first = 1 + self.options.provinces;
        first..first + self.options.facilities
    }

    fn people(&mut self) {
        let days = self.options.days;
        for so in 1..=self.options.provinces {
            self.add(self.begin, so, Act::Join);
            self.working_so(so, days);
        }
        for who in self.facilities() {
            // A few are founded while the quarter runs.
            let late = self.rng.below(8) == 0;
            let from = if late { days / 3 } else { 0 };
            self.some_time(from, from + 2, who, Act::Join);
            self.working(who, from + 2, days);
        }
        let seconds = self.facilities().end..self.options.machines();
        for who in seconds {
            self.some_time(3, days / 2, who, Act::Join);
            self.working(who, days / 3, days);
        }
        for _ in 0..2 {
            self.some_time(days * 8 / 10, days, 0, Act::Consolidate);
        }
    }

    fn working(&mut self, who: usize, from: i64, days: i64) {
        let dials = 8 + self.rng.below(12);
        for _ in 0..dials {
            self.some_time(from, days, who, Act::Dial);
        }
        self.some_time(from, days * 7 / 10, who, Act::Fill);
        let sittings = 1 + self.rng.below(4);
        for _ in 0..sittings {
            let at = self.moment(from, days);
            self.add(at, who, Act::Edit);
            let hours = i64::try_from(self.rng.below(40)).unwrap_or(0);
            self.add(Timestamp(at.0 + hours * HOUR), who, Act::Seal);
        }
        // Some in time, some late, some twice, one in twelve never.
        if self.rng.below(12) > 0 {
            self.some_time(days * 6 / 10, days * 9 / 10, who, Act::Submit);
        }
        if self.rng.below(3) == 0 {
            self.some_time(days * 8 / 10, days, who, Act::Submit);
        }
        if self.rng.below(3) == 0 {
            let at = self.moment(from, days / 2);
            self.add(at, who, Act::Hire);
            if self.rng.below(2) == 0 {
                self.add(Timestamp(at.0 + 9 * DAY), who, Act::Dismiss);
            }
        }
    }

    fn working_so(&mut self, so: usize, days: i64) {
        for _ in 0..16 {
            self.some_time(0, days, so, Act::Dial);
        }
        for _ in 0..4 {
            self.some_time(0, days, 0, Act::Pull(so));
        }
        for _ in 0..8 {
            self.some_time(days * 6 / 10, days, so, Act::Review);
        }
        for _ in 0..3 {
            self.some_time(days * 7 / 10, days, so, Act::Consolidate);
        }
        self.some_time(1, days / 2, so, Act::Hire);
    }

    fn harm(&mut self, rates: &Rates) {
        let days = self.options.days;
        let machines = self.options.machines();
        for fault in rates.on.iter().copied() {
            let times = 1 + self.rng.below(5);
            for _ in 0..times {
                let who = self.below(machines);
                // Most of what can go wrong goes wrong while there is something to
                // lose.
                let from = if self.rng.below(4) == 0 { 2 } else { days / 3 };
                self.one_harm(fault, who, from, days);
            }
        }
        if self.rng.below(2) == 0 {
            for _ in 0..3 {
                let (who, to) = (self.below(machines), self.below(machines));
                self.some_time(2, days, who, Act::Carry(to));
            }
        }
    }

    fn one_harm(&mut self, fault: Fault, who: usize, from: i64, days: i64) {
        let few = 1 + i64::try_from(self.rng.below(60)).unwrap_or(0);
        let act = match fault {
            Fault::OneWay | Fault::Parted => Act::Part {
                below: self.rng.below(2) == 0,
                hours: few * 8,
                one_way: fault == Fault::OneWay,
            },
            Fault::Island => Act::Island {
                days: 1 + i64::try_from(self.rng.below(u64::try_from(days).unwrap_or(1)))
                    .unwrap_or(0),
            },
            Fault::PowerCut => Act::PowerCut,
            Fault::CrashInside | Fault::PowerCutInside | Fault::FailedWrite => {
                let trap = match fault {
                    Fault::CrashInside => Trap::Dies,
                    Fault::PowerCutInside => Trap::LosesPower,
                    _ => Trap::Fails,
                };
                let after = self.rng.below(120);
                Act::Trap { after, trap }
            }
            Fault::FullDisk => Act::FullDisk { hours: few * 2 },
            Fault::BitRot => Act::BitRot,
            Fault::Rollback => {
                let at = self.moment(from, days);
                self.add(at, who, Act::Backup);
                self.add(Timestamp(at.0 + few * 6 * HOUR), who, Act::Rollback);
                return;
            }
            // The Bộ's root key lies in a safe, and its machine is not lost here.
            Fault::TotalLoss => {
                let who = 1 + self.below(self.options.machines() - 1);
                return self.some_time(from, days, who, Act::Lose);
            }
            Fault::ClockDay | Fault::ClockYear => {
                let day = if fault == Fault::ClockDay { 1 } else { 400 };
                let sign = if self.rng.below(2) == 0 { 1 } else { -1 };
                let wrong = Wrong::By(sign * day * DAY);
                Act::Clock {
                    wrong,
                    hours: few * 8,
                }
            }
            Fault::ClockStopped => Act::Clock {
                wrong: Wrong::Stopped,
                hours: few * 8,
            },
            Fault::RevokedAway => {
                let first = self.facilities().start;
                let who = first + self.below(self.options.facilities);
                let at = self.moment(from, days - 10);
                self.add(at, who, Act::Hire);
                // The Sở is to know whom it revokes.
                for hours in [3, 9, 15, 21] {
                    self.add(Timestamp(at.0 + hours * HOUR), who, Act::Dial);
                }
                self.add(Timestamp(at.0 + DAY), who, Act::Island { days: 6 });
                return self.add(Timestamp(at.0 + 3 * DAY), who, Act::Lie(fault));
            }
            Fault::Loss
            | Fault::Duplication
            | Fault::Reordering
            | Fault::Delay
            | Fault::Cut
            | Fault::Altered
            | Fault::CrashBeforeSend => return,
            // Receipts of submissions: later than that.
            lie @ (Fault::SoBackdates | Fault::SoForksReceipts) => {
                return self.some_time(days * 8 / 10, days, who, Act::Lie(lie));
            }
            lie => Act::Lie(lie),
        };
        self.some_time(from, days, who, act);
    }
}

/// Shuffles nothing and draws bytes: for keys that belong to an event.
pub(crate) fn bytes<const N: usize>(rng: &mut Seeded) -> [u8; N] {
    let mut drawn = [0; N];
    rng.fill(&mut drawn);
    drawn
}
