//! After the healing: everybody finishes the quarter, and what comes out is held
//! against what the run knows.

use model::Level;
use replica::ReportKey;

use super::failure::{Broken, Promise};
use super::fault::Fault;
use super::people::{numbers_of, unexplained};
use super::plan::{Act, chance};
use super::thieves::check_not_stolen;
use super::world::World;
use super::{FORM, quarter};
use crate::Seeded;

impl World<'_> {
    /// The quarter comes to its end: signed, submitted, accepted, consolidated.
    /// How many rounds it took until all held the same.
    pub(crate) fn finish(&mut self) -> Result<usize, Broken> {
        self.clear_up()?;
        let rounds = self.settle()?;
        // What a peer refused, a flipped bit of it perhaps, is offered again.
        self.next_week();
        self.settle()?;
        let provinces = self.plan.options.provinces;
        for who in (provinces + 1)..self.machines.len() {
            let mut rng = chance(self.plan.seed, "last seal", who as u64);
            self.seal_all(who, &mut rng)?;
        }
        self.settle()?;
        for who in (provinces + 1)..self.machines.len() {
            if self.machines[who].beside.is_none() {
                let mut rng = chance(self.plan.seed, "last submission", who as u64);
                self.submit_at_last(who, &mut rng)?;
                // What was settled stays, also where something is still missing.
                self.seal_all(who, &mut rng)?;
            }
        }
        self.settle()?;
        self.next_day();
        for so in 1..=provinces {
            self.accept_all(so)?;
        }
        self.settle()?;
        self.next_day();
        for so in 1..=provinces {
            self.consolidate(so)?;
            self.must_have("consolidated", so)?;
        }
        self.settle()?;
        self.consolidate(0)?;
        self.must_have("consolidated", 0)?;
        self.settle()?;
        Ok(rounds)
    }

    /// Whoever has filled in too little does so now. Then nothing is in the way.
    fn submit_at_last(&mut self, who: usize, rng: &mut Seeded) -> Result<(), Broken> {
        self.submit(who, rng)?;
        if self.refusal == Some("check-failed") {
            self.work(who, &Act::Fill, 0, rng)?;
            self.submit(who, rng)?;
        }
        self.must_have("submitted", who)
    }

    /// The last command was done.
    fn must_have(&self, done: &str, who: usize) -> Result<(), Broken> {
        let Some(refusal) = self.refusal else {
            return Ok(());
        };
        let words = format!("{} has not {done}: {refusal}", self.name(who));
        Err(Broken::new(Promise::Converged, words))
    }

    fn accept_all(&mut self, so: usize) -> Result<(), Broken> {
        let mut rng = chance(self.plan.seed, "last review", so as u64);
        let lines = self.with(so, &mut rng, |replica, _, _| {
            replica.review_list(FORM, quarter())
        })?;
        for line in lines.into_iter().flatten() {
            if line.state == "submitted" {
                let key = ReportKey::regular(&line.unit, FORM, quarter());
                self.with(so, &mut rng, |replica, person, env| {
                    replica.accept(&key, person, env.clock)
                })?;
                self.must_have("accepted", so)?;
            }
        }
        Ok(())
    }

    /// Everything that must be true in the end.
    pub(crate) fn judge(&mut self) -> Result<(), Broken> {
        for who in 0..self.machines.len() {
            self.check_all(who)?;
            if who > 0 {
                self.check_same(who)?;
            }
        }
        for who in (self.plan.options.provinces + 1)..self.machines.len() {
            self.check_seen_alike(who)?;
        }
        self.check_powerless()?;
        self.check_effect()?;
        self.check_returned()?;
        self.check_forks()?;
        self.check_accused()?;
        self.check_last_typed()?;
        // Before the Bộ looks into the reports, and gives its receipts for them.
        let provinces = 1..=self.plan.options.provinces;
        let counted: Result<Vec<_>, Broken> = provinces.clone().map(|so| self.naive(so)).collect();
        let counted = counted?;
        for (so, naive) in provinces.zip(&counted) {
            self.check_province(so, naive)?;
        }
        self.check_nation(&counted)
    }

    /// A facility and its Sở see the same report.
    fn check_seen_alike(&self, who: usize) -> Result<(), Broken> {
        let key = self.machines[who].report();
        let above = self.machines[who].above;
        let view = |slot: usize| {
            let replica = self.machines[slot].replica.as_ref();
            let view = replica.map(|replica| replica.show(&key));
            match view {
                Some(Ok(view)) => Ok(format!("{view:#?}")),
                other => Err(Broken::new(Promise::NoFailure, format!("{other:?}"))),
            }
        };
        let (here, there) = (view(who)?, view(above)?);
        if here == there {
            return Ok(());
        }
        let differing = here.lines().zip(there.lines()).find(|(a, b)| a != b);
        let words = format!("{} is seen differently: {differing:?}", self.name(who));
        Err(Broken::new(Promise::Converged, words))
    }

    /// Findings about receipts name nobody but who lied, and who lost some.
    fn check_accused(&self) -> Result<(), Broken> {
        for who in 0..self.machines.len() {
            for words in self.chain_findings(who, "")? {
                let named = |slot: usize| {
                    let unit = &self.machines[slot].unit;
                    [" ", ":"]
                        .iter()
                        .any(|end| words.starts_with(&format!("receipts of {unit}{end}")))
                };
                let guilty = |slot: usize| {
                    let mut lies = [Fault::SoBackdates, Fault::SoForksReceipts].into_iter();
                    self.known.forgetful[slot]
                        || lies.any(|lie| self.known.lies.contains(&(slot, lie)))
                };
                if !(0..self.machines.len()).any(|slot| named(slot) && guilty(slot)) {
                    let words = format!("{} accuses who is honest: {words}", self.name(who));
                    return Err(Broken::new(Promise::LiesFound, words));
                }
            }
        }
        Ok(())
    }

    /// What was typed last is shown, where one person typed all and lost nothing, and
    /// nowhere what a thief signed.
    fn check_last_typed(&self) -> Result<(), Broken> {
        for (who, machine) in self.machines.iter().enumerate() {
            let Some(replica) = machine
                .replica
                .as_ref()
                .filter(|_| machine.unit.level() == Level::Facility)
            else {
                continue;
            };
            let shown = numbers_of(replica, &machine.report());
            check_not_stolen(&self.name(who), &shown)?;
            let mut beside = self
                .machines
                .iter()
                .filter(|other| other.unit == machine.unit);
            if beside.nth(1).is_some()
                || !machine.colleagues.is_empty()
                || !machine.former.is_empty()
                || self.known.lied_about.contains(&machine.unit)
                || self.known.damaged.contains(&machine.unit)
                || self.known.forgetful[who]
            {
                continue;
            }
            for (code, may_be) in self.known.typed.get(&machine.unit).into_iter().flatten() {
                if !shown
                    .get(*code)
                    .is_some_and(|number| may_be.contains(number))
                {
                    let words = format!(
                        "{} shows {:?} as {code}, of {may_be:?} typed last",
                        self.name(who),
                        shown.get(*code)
                    );
                    return Err(Broken::new(Promise::NothingLost, words));
                }
            }
        }
        Ok(())
    }

    /// Both branches are held, and one of them is shown as set aside.
    fn check_forks(&self) -> Result<(), Broken> {
        for fork in &self.known.forks {
            for (who, machine) in self.machines.iter().enumerate() {
                let concerned = machine.unit == fork.unit
                    || (machine.unit.level() == Level::Province
                        && machine.unit.contains(&fork.unit));
                let Some(replica) = machine.replica.as_ref().filter(|_| concerned) else {
                    continue;
                };
                let held = fork.branches.map(|id| machine.safe.held.contains(&id));
                let status = replica.status();
                let status = status.map_err(|error| unexplained("status", &error))?;
                let mut aside = status.quarantined.iter();
                let shown = aside.any(|aside| fork.branches.contains(&aside.id));
                // Who lost a branch with all copies of it lost the fork too.
                let kept = held == [true, true];
                let gone = self.is_forgotten(&fork.unit);
                if (kept && !shown) || (!kept && !gone) {
                    let words = format!("{}: fork {held:?}, shown {shown}", self.name(who));
                    return Err(Broken::new(Promise::LiesFound, words));
                }
            }
        }
        Ok(())
    }
}
