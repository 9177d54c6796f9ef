//! The whole tree in one thread: machines, the network between them, and the
//! queue of what happens next.

use std::collections::{BTreeMap, BTreeSet};

use model::{Timestamp, UnitPath};
use replica::Checks;
use store::Stored;
use wire::{EntryId, Kind, PublicKey};

use super::failure::{Broken, Promise};
use super::fault::Fault;
use super::link::Link;
use super::machine::Machine;
use super::plan::{Act, DAY, Event, MINUTE, Plan, Trap, chance};
use super::trace::Trace;
use super::weight::Heaviest;
use crate::Seeded;

/// What waits in the queue.
#[derive(Clone, Debug)]
pub(crate) enum Next {
    /// An event of the plan, by its place.
    Planned(usize),
    /// A frame reaches one end of a connection.
    Frame {
        link: u64,
        end: usize,
        bytes: Vec<u8>,
    },
    /// A connection has been silent for too long.
    Silence(u64),
    /// A machine starts again.
    Boot(usize),
    /// Room on a full disk.
    Room(usize),
    /// A clock is put right.
    RightClock(usize),
    /// A machine that was lost is enrolled anew.
    Rejoin(usize),
    /// Somebody sees to it that a machine meets the level above after it has
    /// joined.
    FirstCall(usize),
    /// A day has passed.
    Daily,
}

/// Nothing goes from here to there until then.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parted {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) until: Timestamp,
    pub(crate) fault: Fault,
}

/// A fork of which both branches must be kept and shown.
#[derive(Clone, Debug)]
pub(crate) struct Fork {
    pub(crate) unit: UnitPath,
    pub(crate) branches: [EntryId; 2],
}

/// What the run knows and the nodes do not: who said what, and what of it was a
/// lie.
#[derive(Default)]
pub(crate) struct Known {
    /// Entries that no honest node may ever hold.
    pub(crate) forged: BTreeSet<EntryId>,
    /// Entries that may be held and must not count in the end, each with the one
    /// that takes its power, as long as that is held too.
    pub(crate) powerless: BTreeMap<EntryId, EntryId>,
    /// Receipts out of line, each with the facility whose report it is about.
    pub(crate) receipts: BTreeMap<EntryId, usize>,
    pub(crate) forks: Vec<Fork>,
    /// Keys that were revoked, by the machine where it was, with what that held then.
    pub(crate) revoked: BTreeMap<(PublicKey, usize), BTreeSet<EntryId>>,
    /// What a repair took out of a machine, each with the damaged entry that it
    /// rests on.
    pub(crate) put_away: BTreeMap<(usize, EntryId), EntryId>,
    /// Changes that were made to do harm: forks, and bytes meant to break a reader.
    pub(crate) hostile: BTreeSet<EntryId>,
    /// Which machines have lost something for good that they had said or heard.
    pub(crate) forgetful: Vec<bool>,
    /// Which machines ever had a wrong clock.
    pub(crate) misdated: Vec<bool>,
    /// Units about which somebody lied: what rests on a lie may count later, or never.
    pub(crate) lied_about: BTreeSet<UnitPath>,
    /// When a submission of a unit first came to a machine above it.
    pub(crate) arrived: BTreeMap<UnitPath, Timestamp>,
    /// Which Sở lied, and how.
    pub(crate) lies: BTreeSet<(usize, Fault)>,
    /// Units enrolled anew, each with the entry by which it was: flagged, as long
    /// as that is held.
    pub(crate) reenrolled: BTreeSet<(UnitPath, EntryId)>,
    /// The last number typed into each field of a unit's report; several where a
    /// command failed, and may have been done.
    pub(crate) typed: BTreeMap<UnitPath, BTreeMap<&'static str, BTreeSet<i64>>>,
    /// Units of which a machine had a damaged row.
    pub(crate) damaged: BTreeSet<UnitPath>,
    /// Units whose own invites the level above gave more time: any use of one of them
    /// is an enrolment anew.
    pub(crate) extended: BTreeSet<UnitPath>,
    /// The numbers of each submission when it was signed.
    pub(crate) signed: BTreeMap<EntryId, BTreeMap<String, i64>>,
}

impl Known {
    /// Somebody has typed a number there, or has tried to.
    pub(crate) fn note_typed(
        &mut self,
        unit: &UnitPath,
        code: &'static str,
        number: i64,
        done: bool,
    ) {
        let of_unit = self.typed.entry(unit.clone()).or_default();
        let may_be = of_unit.entry(code).or_default();
        if done {
            may_be.clear();
        }
        may_be.insert(number);
    }

    /// A machine of this unit holds an entry.
    pub(crate) fn note_arrival(&mut self, unit: &UnitPath, stored: &Stored, now: Timestamp) {
        let body = stored.entry.body();
        if body.kind() == Kind::Submission && unit.is_above(&body.unit) {
            self.arrived.entry(body.unit.clone()).or_insert(now);
        }
    }
}

pub(crate) struct World<'p> {
    pub(crate) plan: &'p Plan,
    pub(crate) now: Timestamp,
    pub(crate) machines: Vec<Machine>,
    pub(crate) links: BTreeMap<u64, Link>,
    pub(crate) parted: Vec<Parted>,
    pub(crate) trace: Trace,
    pub(crate) known: Known,
    pub(crate) checks: Checks,
    pub(crate) heaviest: Heaviest,
    /// A promise that was broken where nothing could be returned.
    pub(crate) broken: Option<Broken>,
    /// Why the last command was refused.
    pub(crate) refusal: Option<&'static str>,
    queue: BTreeMap<(Timestamp, u64), Next>,
    number: u64,
}

impl<'p> World<'p> {
    #[expect(clippy::expect_used, reason = "a store in memory")]
    pub(crate) fn new(plan: &'p Plan) -> Self {
        let options = &plan.options;
        let mut machines = vec![Machine::new(UnitPath::ministry(), 0, None, plan.seed)];
        let unit = |path: String| UnitPath::parse(&path).unwrap_or_else(|_| UnitPath::ministry());
        let disk = |slot: usize| plan.seed.wrapping_mul(1_000).wrapping_add(slot as u64);
        for so in 1..=options.provinces {
            let path = unit(format!("byt.{}", 20 + so));
            machines.push(Machine::new(path, 0, None, disk(so)));
        }
        for index in 0..options.facilities {
            let so = 1 + index % options.provinces;
            let path = unit(format!("byt.{}.{:05}", 20 + so, 7_000 + index));
            let slot = machines.len();
            machines.push(Machine::new(path, so, None, disk(slot)));
        }
        for index in 0..options.seconds {
            let slot = machines.len();
            let first = 1 + options.provinces + index;
            let (path, so) = (machines[first].unit.clone(), machines[first].above);
            machines.push(Machine::new(path, so, Some(first), disk(slot)));
        }
        World {
            plan,
            now: plan.begin,
            machines,
            links: BTreeMap::new(),
            parted: Vec::new(),
            trace: Trace::new(),
            known: Known {
                forgetful: vec![false; options.machines()],
                misdated: vec![false; options.machines()],
                ..Known::default()
            },
            checks: Checks::new().expect("a store in memory"),
            heaviest: Heaviest::default(),
            broken: None,
            refusal: None,
            queue: BTreeMap::new(),
            number: 0,
        }
    }

    /// From the founding to the last day; the healing comes after.
    pub(crate) fn live(&mut self) -> Result<(), Broken> {
        self.found()?;
        let plan = self.plan;
        for (place, event) in plan.events.iter().enumerate() {
            self.at(event.at, Next::Planned(place));
        }
        for day in 1..=plan.options.days {
            let at = Timestamp(plan.begin.0 + day * DAY);
            self.at(at, Next::Daily);
        }
        let end = plan.end();
        while let Some(((at, number), _)) = self.queue.first_key_value() {
            let key = (*at, *number);
            if key.0 > end {
                break;
            }
            self.now = key.0;
            if let Some(next) = self.queue.remove(&key) {
                self.step(next)?;
            }
            if let Some(broken) = self.broken.take() {
                return Err(broken);
            }
            self.heaviest.check()?;
        }
        self.queue.clear();
        Ok(())
    }

    pub(crate) fn at(&mut self, at: Timestamp, next: Next) {
        self.number += 1;
        self.queue.insert((at, self.number), next);
    }

    pub(crate) fn after(&mut self, ms: i64, next: Next) {
        self.at(Timestamp(self.now.0 + ms), next);
    }

    pub(crate) fn say(&mut self, words: impl Into<String>) {
        self.trace.say(self.now, words.into());
    }

    /// How a machine is called in the trace.
    pub(crate) fn name(&self, who: usize) -> String {
        let machine = &self.machines[who];
        let second = if machine.beside.is_some() { "/2" } else { "" };
        format!("{}{second}", machine.unit)
    }

    fn step(&mut self, next: Next) -> Result<(), Broken> {
        match next {
            Next::Planned(place) => {
                let event = &self.plan.events[place];
                self.act(event)
            }
            Next::Frame { link, end, bytes } => self.deliver(link, end, &bytes),
            Next::Silence(link) => {
                self.hang_up(link);
                Ok(())
            }
            Next::Boot(who) => self.boot_in_bad_weather(who),
            Next::Room(who) => {
                self.machines[who].mend_disk();
                Ok(())
            }
            Next::RightClock(who) => {
                self.machines[who].wrong = None;
                Ok(())
            }
            Next::Rejoin(who) => {
                let id = u64::from(self.machines[who].boots);
                let mut rng = chance(self.plan.seed, "rejoin", id * 1_000 + who as u64);
                self.join(who, &mut rng).map(drop)
            }
            Next::FirstCall(who) => {
                self.first_call(who);
                Ok(())
            }
            Next::Daily => self.daily(),
        }
    }

    fn act(&mut self, event: &Event) -> Result<(), Broken> {
        let mut rng = chance(self.plan.seed, "event", event.id);
        let who = event.who;
        let name = self.name(who);
        let mut said = format!("{name}: {:?}", event.act);
        let done = match &event.act {
            Act::Join => self.join(who, &mut rng)?,
            Act::Dial => self.dial(who, self.machines[who].above, event.id, &mut rng),
            Act::Pull(so) => self.dial(who, *so, event.id, &mut rng),
            Act::Carry(to) => self.carry(who, *to)?,
            Act::Fill | Act::Edit | Act::Seal | Act::Submit => {
                self.work(who, &event.act, event.id, &mut rng)?
            }
            Act::Review => self.review(who, &mut rng)?,
            Act::Consolidate => self.consolidate(who)?,
            Act::Hire => self.hire(who, &mut rng)?,
            Act::Dismiss => self.dismiss(who)?,
            Act::Part {
                below,
                hours,
                one_way,
            } => self.part(who, *below, *hours, *one_way),
            Act::Island { days } => self.island(who, *days),
            Act::PowerCut => self.power_cut(who, &mut rng),
            Act::Trap { after, trap } => self.set_trap(who, *after, *trap),
            Act::FullDisk { hours } => self.fill_disk(who, *hours, &mut rng),
            Act::BitRot => self.rot(who, &mut rng)?,
            Act::Backup => self.back_up(who),
            Act::Rollback => self.roll_back(who)?,
            Act::Lose => self.lose(who, &mut rng),
            Act::Clock { wrong, hours } => self.set_clock(who, *wrong, *hours),
            Act::Lie(lie) => self.lie(who, *lie, &mut rng)?,
        };
        if let Some(words) = done {
            said.push_str(" -> ");
            said.push_str(&words);
            self.say(said);
        }
        Ok(())
    }

    /// Whether a machine of this unit, or of one above it, has lost something for good.
    pub(crate) fn is_forgotten(&self, unit: &UnitPath) -> bool {
        let mut machines = self.machines.iter().zip(&self.known.forgetful);
        machines.any(|(machine, forgot)| *forgot && machine.unit.contains(unit))
    }

    /// Whether frames from here reach there now.
    pub(crate) fn parted_by(&self, from: usize, to: usize) -> Option<Fault> {
        let found = self
            .parted
            .iter()
            .find(|parted| parted.from == from && parted.to == to && parted.until > self.now);
        found.map(|parted| parted.fault)
    }

    /// The process is gone and comes back in a while.
    pub(crate) fn down(&mut self, who: usize, rng: &mut Seeded) {
        self.machines[who].replica = None;
        let minutes = 1 + i64::try_from(rng.below(600)).unwrap_or(0);
        self.after(minutes * MINUTE, Next::Boot(who));
    }

    /// A start is also a time at which disks fail.
    fn boot_in_bad_weather(&mut self, who: usize) -> Result<(), Broken> {
        let machine = &mut self.machines[who];
        if machine.is_up() || !machine.has_joined() {
            return Ok(());
        }
        machine.mend_disk();
        let id = u64::from(machine.boots) * 1_000 + who as u64;
        let mut rng = chance(self.plan.seed, "bad weather", id);
        let mut fail = |fault, trap| {
            let drawn = rng.below(3) == 0;
            let after = rng.below(12);
            (drawn && self.plan.rates.on.contains(&fault)).then_some((after, trap))
        };
        let trap = fail(Fault::CrashInside, Trap::Dies)
            .or(fail(Fault::PowerCutInside, Trap::LosesPower))
            .or(fail(Fault::FailedWrite, Trap::Fails));
        if let Some((after, trap)) = trap {
            self.arm(who, after, trap);
            let booted = self.machines[who].boot();
            if self.machines[who].disk.tripped().is_some() {
                self.sprung(who, &mut rng);
                self.machines[who].die();
                self.down(who, &mut rng);
                return Ok(());
            }
            self.machines[who].mend_disk();
            return self.booted(who, booted);
        }
        self.boot(who)
    }

    /// Starts a machine and checks that it still has what it said to be safe.
    pub(crate) fn boot(&mut self, who: usize) -> Result<(), Broken> {
        let machine = &mut self.machines[who];
        if machine.is_up() || !machine.has_joined() {
            return Ok(());
        }
        machine.mend_disk();
        let booted = machine.boot();
        self.booted(who, booted)
    }

    fn booted(&mut self, who: usize, booted: Result<(), replica::Error>) -> Result<(), Broken> {
        if let Err(error) = booted {
            let words = format!("{} does not start: {error:?}", self.name(who));
            return Err(Broken::new(Promise::NothingLost, words));
        }
        self.say(format!("{} starts", self.name(who)));
        if self.notice_rot(who)? {
            return Ok(());
        }
        self.check_boot(who)
    }

    /// Why a machine's store failed: a trap that was set, and the machine goes down if
    /// that is what it does; a full disk; or an entry that had rotted, which is taken
    /// out now. Says whether any of these explains it.
    pub(crate) fn sprung(&mut self, who: usize, rng: &mut Seeded) -> bool {
        let machine = &self.machines[who];
        let fault = match machine.disk.tripped() {
            Some(tripped) => super::harm::fault_of(tripped),
            None if machine.ailing.full => Fault::FullDisk,
            None => {
                return self.notice_rot(who).unwrap_or_else(|broken| {
                    self.broken = Some(broken);
                    true
                });
            }
        };
        self.trace.harm(fault);
        self.say(format!("{}: {}", self.name(who), fault.words()));
        match fault {
            Fault::CrashInside | Fault::PowerCutInside => {
                self.machines[who].interrupted = true;
                self.machines[who].boots += 1;
                self.down(who, rng);
            }
            Fault::FailedWrite => self.machines[who].mend_disk(),
            _ => {}
        }
        true
    }
}
