//! What the rollups say, held against a slow and simple count, and what the Bộ finds
//! in those of a Sở that lies.

use std::collections::{BTreeMap, BTreeSet};

use model::{Aggregate, Timestamp, UnitPath};
use replica::RollupView;
use wire::{Content, Entry, EntryId, FlagReason, Kind, Verdict};

use super::failure::{Broken, Promise};
use super::fault::Fault;
use super::people::SHARES;
use super::world::World;
use super::{FORM, quarter};

/// What a rollup must say, computed from single entries and from what the run
/// knows to have been signed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Naive {
    expected: u64,
    on_time: u64,
    late: u64,
    missing: Vec<UnitPath>,
    inputs: u64,
    sums: BTreeMap<String, i64>,
}

impl World<'_> {
    /// A province's rollup, and what the Bộ finds in it.
    pub(crate) fn check_province(&mut self, so: usize, naive: &Naive) -> Result<(), Broken> {
        let name = self.name(so);
        let unit = self.machines[so].unit.clone();
        let view = self.rollup(0, &unit)?;
        let said = said(&view, naive);
        if said != *naive {
            let words = format!("{name} says {said:?}, but it is {naive:?}");
            return Err(Broken::new(Promise::SumsRight, words));
        }
        // Everybody has reported, and everything was accepted.
        let facilities = self.facilities(so);
        if naive.inputs != facilities.len() as u64 || !naive.missing.is_empty() {
            let words = format!("{name} has {} facilities: {naive:?}", facilities.len());
            return Err(Broken::new(Promise::Converged, words));
        }
        let flagged = self.check_flags(&name, &view)?;
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
        self.check_inclusions(&facilities, view.id)?;
        let Some(inputs) = self.drill(so, view.id)? else {
            let words = format!("{name} gives no inputs");
            return Err(Broken::new(Promise::Converged, words));
        };
        let check = self.deep(so, &inputs)?;
        // A receipt out of line may have gone into the rollup: then it is found.
        let in_line = self
            .chain_findings(0, &format!("receipts of {unit} "))?
            .is_empty();
        if (in_line && !check.ok) || !(check.signature && check.chain && check.arithmetic) {
            let words = format!("{name}: an honest rollup is doubted: {check:?}");
            return Err(Broken::new(Promise::SumsRight, words));
        }
        let checked = check.deep.as_ref().map(|deep| deep.checked as u64);
        if checked != Some(view.inputs) {
            let words = format!(
                "{name}: of {} reports {checked:?} were recomputed",
                view.inputs
            );
            return Err(Broken::new(Promise::LiesFound, words));
        }
        for lie in [Fault::SoAlters, Fault::SoHides] {
            if check.ok && self.known.lies.contains(&(so, lie)) {
                return self.check_lying_rollup(so, view.id, &inputs, lie);
            }
        }
        Ok(())
    }

    /// The first machines of a Sở's facilities.
    fn facilities(&self, so: usize) -> Vec<usize> {
        let below = (self.plan.options.provinces + 1)..self.machines.len();
        let first = |slot: &usize| {
            let machine = &self.machines[*slot];
            machine.above == so && machine.beside.is_none()
        };
        below.filter(first).collect()
    }

    /// Nobody is flagged but who was enrolled anew, knowingly or because whoever invites
    /// has forgotten the first time. The units that are.
    fn check_flags(&self, name: &str, view: &RollupView) -> Result<BTreeSet<UnitPath>, Broken> {
        let anew = |unit: &UnitPath| {
            let mut known = self.known.reenrolled.iter();
            let mut machines = self.machines.iter().zip(&self.known.forgetful);
            known.any(|(anew, _)| anew == unit)
                || self.known.extended.contains(unit)
                || machines.any(|(machine, forgot)| *forgot && machine.unit == *unit)
        };
        for flag in &view.flagged {
            if flag.reason != FlagReason::Reenrolled || !anew(&flag.unit) {
                let words = format!("{name} flags {} as {:?}", flag.unit, flag.reason);
                return Err(Broken::new(Promise::SumsRight, words));
            }
        }
        Ok(view.flagged.iter().map(|flag| flag.unit.clone()).collect())
    }

    /// Each facility holds the proof that its report went in.
    fn check_inclusions(&self, facilities: &[usize], rollup: EntryId) -> Result<(), Broken> {
        for who in facilities {
            let machine = &self.machines[*who];
            let view = machine
                .replica
                .as_ref()
                .map(|replica| replica.show(&machine.report()));
            let Some(Ok(view)) = view else {
                return Err(Broken::new(Promise::NoFailure, format!("{view:?}")));
            };
            let proof = view.inclusion.as_ref();
            if !proof.is_some_and(|proof| proof.verified && proof.rollup == rollup) {
                let words = format!("{} has no proof, but {proof:?}", self.name(*who));
                return Err(Broken::new(Promise::Converged, words));
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
    pub(crate) fn chain_findings(&self, who: usize, naming: &str) -> Result<Vec<String>, Broken> {
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
    pub(crate) fn check_nation(&self, provinces: &[Naive]) -> Result<(), Broken> {
        let unit = UnitPath::ministry();
        let nation = self.rollup(0, &unit)?;
        // Its leaves are the provinces' rollups.
        let mut naive = Naive {
            inputs: provinces.len() as u64,
            ..Naive::default()
        };
        for province in provinces {
            naive.expected += province.expected;
            naive.on_time += province.on_time;
            naive.late += province.late;
            naive.missing.extend(province.missing.clone());
            for (code, sum) in &province.sums {
                *naive.sums.entry(code.clone()).or_insert(0) += sum;
            }
        }
        let said = said(&nation, &naive);
        if said != naive {
            let words = format!("the nation says {said:?}, but it is {naive:?}");
            return Err(Broken::new(Promise::SumsRight, words));
        }
        self.check_flags("the nation", &nation)?;
        let bo = self.machines[0].replica.as_ref();
        let check = bo.map(|bo| bo.verify_rollup(&unit, FORM, quarter(), &BTreeMap::new(), false));
        match check {
            Some(Ok(check)) if check.ok => Ok(()),
            check => {
                let words = format!("the nation's rollup is doubted: {check:?}");
                Err(Broken::new(Promise::SumsRight, words))
            }
        }
    }

    /// Whether those who give receipts had the right time, and still have them all.
    fn clocks_were_right(&self, so: usize) -> bool {
        [0, so]
            .iter()
            .all(|who| !self.known.misdated[*who] && !self.known.forgetful[*who])
    }

    /// A province's rollup, the slow and simple way.
    pub(crate) fn naive(&self, so: usize) -> Result<Naive, Broken> {
        let entries = self.machines[so].entries();
        let facilities = self.facilities(so).into_iter();
        let units: BTreeSet<UnitPath> = facilities
            .map(|slot| self.machines[slot].unit.clone())
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

/// What a rollup says of what the count looked at.
fn said(view: &RollupView, naive: &Naive) -> Naive {
    Naive {
        expected: view.expected,
        on_time: view.on_time,
        late: view.late,
        missing: view.missing.clone(),
        inputs: view.inputs,
        sums: sums_in(view, &naive.sums),
    }
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
