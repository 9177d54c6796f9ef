//! After the healing: everybody finishes the quarter, and what comes out is held
//! against what the run knows.

use std::collections::{BTreeMap, BTreeSet};

use model::{Aggregate, Level, Timestamp, UnitPath};
use replica::{ReportKey, RollupView};
use wire::{Content, Entry, EntryId, FlagReason, Kind, Verdict};

use super::failure::{Broken, Promise};
use super::fault::Fault;
use super::people::{SHARES, unexplained};
use super::plan::{Act, chance};
use super::world::World;
use super::{FORM, quarter};
use crate::Seeded;

/// What a rollup must say, computed from single entries and from what the run
/// knows to have been signed.
#[derive(Debug, Default, PartialEq, Eq)]
struct Naive {
    expected: u64,
    on_time: u64,
    late: u64,
    missing: Vec<UnitPath>,
    inputs: u64,
    sums: BTreeMap<String, i64>,
}

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
        for so in 1..=self.plan.options.provinces {
            self.check_province(so)?;
        }
        self.check_nation()
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

    fn check_province(&mut self, so: usize) -> Result<(), Broken> {
        let name = self.name(so);
        let unit = self.machines[so].unit.clone();
        let view = self.rollup(0, &unit)?;
        let naive = self.naive(so)?;
        let said = Naive {
            expected: view.expected,
            on_time: view.on_time,
            late: view.late,
            missing: view.missing.clone(),
            inputs: view.inputs,
            sums: sums_in(&view, &naive.sums),
        };
        if said != naive {
            let words = format!("{name} says {said:?}, but it is {naive:?}");
            return Err(Broken::new(Promise::SumsRight, words));
        }
        let flagged: BTreeSet<&UnitPath> = view
            .flagged
            .iter()
            .filter(|flag| flag.reason == FlagReason::Reenrolled)
            .map(|flag| &flag.unit)
            .collect();
        for (unit, by) in &self.known.reenrolled {
            if self.machines[so].unit.contains(unit)
                && self.machines[so].unit != *unit
                && self.machines[so].safe.held.contains(by)
                && !flagged.contains(unit)
            {
                let words = format!("{name}: {unit} was enrolled anew and is not flagged");
                return Err(Broken::new(Promise::LiesFound, words));
            }
        }
        self.check_receipts(so)?;
        let Some(inputs) = self.drill(so, view.id)? else {
            let words = format!("{name} gives no inputs");
            return Err(Broken::new(Promise::Converged, words));
        };
        let check = self.deep(so, &inputs)?;
        // A receipt out of line may have gone into the rollup: then it is found.
        let in_line = self
            .chain_findings(0, &format!("receipts of {unit} "))?
            .is_empty();
        if in_line && !check.ok {
            let words = format!("{name}: an honest rollup is doubted: {check:?}");
            return Err(Broken::new(Promise::SumsRight, words));
        }
        for lie in [Fault::SoAlters, Fault::SoHides] {
            if check.ok && self.known.lies.contains(&(so, lie)) {
                return self.check_lying_rollup(so, view.id, &inputs, lie);
            }
        }
        Ok(())
    }

    /// The Bộ holds the lie, its sums fit, and the deep check names the unit and what
    /// is wrong with it.
    fn check_lying_rollup(
        &mut self,
        so: usize,
        honest: EntryId,
        inputs: &[u8],
        lie: Fault,
    ) -> Result<(), Broken> {
        let Some(told) = self.lying_rollup(so, honest, inputs, lie)? else {
            return Ok(());
        };
        let held = self.machines[0].safe.held.contains(&told.id);
        let named = told.check.deep.iter().flat_map(|deep| &deep.mismatches);
        let code = if lie == Fault::SoAlters {
            "B3"
        } else {
            "expected"
        };
        let named = named
            .filter(|found| found.unit == told.about && found.code == code)
            .count();
        if held && told.check.arithmetic && named > 0 {
            return Ok(());
        }
        let words = format!("{}: {}: {:?}", self.name(so), lie.words(), told.check);
        Err(Broken::new(Promise::LiesFound, words))
    }

    /// Receipts out of line are shown where the report is.
    fn check_receipts(&self, so: usize) -> Result<(), Broken> {
        for (receipt, facility) in &self.known.receipts {
            let machine = &self.machines[*facility];
            let held = machine.safe.held.contains(receipt);
            let short = receipt.short();
            let here = machine.above == so && held;
            if here && self.chain_findings(*facility, &short)?.is_empty() {
                let words = format!("{}: {short} is not shown", self.name(*facility));
                return Err(Broken::new(Promise::LiesFound, words));
            }
        }
        Ok(())
    }

    /// What a machine finds wrong with receipt chains, as far as it names this.
    fn chain_findings(&self, who: usize, naming: &str) -> Result<Vec<String>, Broken> {
        let replica = self.machines[who].replica.as_ref();
        match replica.map(|replica| replica.status()) {
            Some(Ok(status)) => {
                let mut findings = status.receipt_forks;
                findings.retain(|words| words.contains(naming));
                Ok(findings)
            }
            other => Err(Broken::new(Promise::NoFailure, format!("{other:?}"))),
        }
    }

    fn rollup(&self, who: usize, unit: &UnitPath) -> Result<RollupView, Broken> {
        let replica = self.machines[who].replica.as_ref();
        match replica.map(|replica| replica.show_rollup(unit, FORM, quarter())) {
            Some(Ok(view)) => Ok(view),
            other => {
                let words = format!("no rollup of {unit}: {other:?}");
                Err(Broken::new(Promise::Converged, words))
            }
        }
    }

    /// The nation is the sum of the provinces.
    fn check_nation(&self) -> Result<(), Broken> {
        let nation = self.rollup(0, &UnitPath::ministry())?;
        let mut sums: BTreeMap<String, i64> = BTreeMap::new();
        // Its leaves are the provinces' rollups.
        let inputs = self.plan.options.provinces as u64;
        for so in 1..=self.plan.options.provinces {
            let naive = self.naive(so)?;
            for (code, sum) in naive.sums {
                *sums.entry(code).or_insert(0) += sum;
            }
        }
        let said = sums_in(&nation, &sums);
        if said != sums || nation.inputs != inputs {
            let words = format!("the nation says {said:?}, but it is {sums:?}");
            return Err(Broken::new(Promise::SumsRight, words));
        }
        Ok(())
    }

    /// Whether those who give receipts had the right time, and still have them all.
    fn clocks_were_right(&self, so: usize) -> bool {
        [0, so]
            .iter()
            .all(|who| !self.known.misdated[*who] && !self.known.forgetful[*who])
    }

    /// A province's rollup, the slow and simple way.
    fn naive(&self, so: usize) -> Result<Naive, Broken> {
        let entries = self.machines[so].entries();
        let own = &self.machines[so].unit;
        let units: BTreeSet<UnitPath> = entries
            .iter()
            .filter(|entry| entry.body().kind() == Kind::Unit)
            .map(|entry| entry.body().unit.clone())
            .filter(|unit| unit.parent().as_ref() == Some(own))
            .collect();
        let due = quarter().due();
        let mut naive = Naive {
            expected: units.len() as u64,
            ..Naive::default()
        };
        for unit in units {
            let of_unit: Vec<&Entry> = entries.iter().filter(|e| e.body().unit == unit).collect();
            let received = first_received(&of_unit);
            let on_time = |time: &Timestamp| due.is_some_and(|due| *time < due);
            if let (Some(time), true) = (received, self.clocks_were_right(so))
                && !self.known.lied_about.contains(&unit)
            {
                let arrived = self.known.arrived.get(&unit);
                // Late may also be what came in time without the changes under it.
                if on_time(&time) && !arrived.is_some_and(on_time) {
                    let words = format!("{unit} is received {time:?}, but came {arrived:?}");
                    return Err(Broken::new(Promise::SumsRight, words));
                }
            }
            match received {
                Some(time) if on_time(&time) => naive.on_time += 1,
                Some(_) => naive.late += 1,
                None => naive.missing.push(unit.clone()),
            }
            let Some(accepted) = accepted(&of_unit) else {
                continue;
            };
            naive.inputs += 1;
            let Some(numbers) = self.known.signed.get(&accepted) else {
                let words = format!("{unit}: nobody signed {}", accepted.short());
                return Err(Broken::new(Promise::NothingForged, words));
            };
            for (code, number) in numbers {
                *naive.sums.entry(code.clone()).or_insert(0) += number;
                if SHARES.contains(&code.as_str()) {
                    *naive.sums.entry(answered(code)).or_insert(0) += 1;
                }
            }
        }
        Ok(naive)
    }
}

/// When the first of these submissions was received, by the receipts among them. A
/// receipt of one that is gone, with the only copy of what it rests on, says nothing.
fn first_received(of_unit: &[&Entry]) -> Option<Timestamp> {
    let held: BTreeSet<EntryId> = of_unit.iter().map(|entry| entry.id()).collect();
    let received = of_unit.iter().filter(|entry| {
        matches!(&entry.body().content, Content::Receipt(receipt)
            if receipt.received.iter().any(|id| held.contains(id)))
    });
    received.map(|entry| entry.body().time).min()
}

/// The accepted submission that no other accepted one replaces.
fn accepted(of_unit: &[&Entry]) -> Option<EntryId> {
    let mut latest: BTreeMap<EntryId, (&Entry, Verdict)> = BTreeMap::new();
    for entry in of_unit {
        if let Content::Review(review) = &entry.body().content {
            let newer = latest.get(&review.submission).is_none_or(|(known, _)| {
                (known.body().time, known.id()) < (entry.body().time, entry.id())
            });
            if newer {
                latest.insert(review.submission, (entry, review.verdict));
            }
        }
    }
    let accepted = |entry: &&&Entry| {
        let review = latest.get(&entry.id());
        review.is_some_and(|(_, verdict)| *verdict == Verdict::Accept)
    };
    let submissions = of_unit
        .iter()
        .filter(|entry| entry.body().kind() == Kind::Submission);
    let newest = submissions.filter(accepted).max_by_key(|entry| {
        let review = latest.get(&entry.id());
        review.map(|(review, _)| (review.body().time, review.id()))
    });
    newest.map(|entry| entry.id())
}

/// Under what is counted how many answered a question.
fn answered(code: &str) -> String {
    format!("answered {code}")
}

/// What a rollup says of the fields that were summed, and of the shares.
fn sums_in(view: &RollupView, codes: &BTreeMap<String, i64>) -> BTreeMap<String, i64> {
    let mut said = BTreeMap::new();
    for (code, aggregate) in &view.aggregates {
        match aggregate {
            Aggregate::Sum { sum } => said.insert(code.clone(), *sum),
            Aggregate::Share { yes, of } => {
                said.insert(answered(code), *of);
                said.insert(code.clone(), *yes)
            }
            _ => None,
        };
    }
    said.retain(|code, _| codes.contains_key(code));
    said
}
