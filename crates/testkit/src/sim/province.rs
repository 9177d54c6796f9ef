//! A Sở that lies with its real keys: in its receipts, in its rollup, and by
//! enrolling a facility anew and signing in its name.

use std::collections::BTreeMap;

use identity::Invite;
use model::UnitPath;
use replica::{Env, ReportKey, RollupCheck};
use sync::{Ask, Outcome};
use wire::{Content, Entry, EntryId, Kind, ReceiptContent, RollupContent, RollupInput, Stream};

use super::failure::{Broken, Promise};
use super::fault::Fault;
use super::people::{numbers_of, unexplained};
use super::plan::DAY;
use super::world::World;
use super::{FORM, form, quarter};
use crate::{ANSWERS, Seeded};

/// A lying rollup, whom it lies about, and what the Bộ finds.
pub(crate) struct Told {
    pub(crate) id: EntryId,
    pub(crate) about: UnitPath,
    pub(crate) check: RollupCheck,
}

impl World<'_> {
    /// A receipt beside another one in the chain, or before the one it follows.
    pub(crate) fn receipt_out_of_line(
        &mut self,
        facility: usize,
        lie: Fault,
        rng: &mut Seeded,
    ) -> Result<Option<String>, Broken> {
        let so = self.machines[facility].above;
        let (Some(node), unit) = (
            self.machines[so].node.clone(),
            self.machines[facility].unit.clone(),
        ) else {
            return Ok(None);
        };
        let entries = self.machines[so].entries();
        let own = |entry: &&Entry| entry.author() == node.public() && entry.body().unit == unit;
        let receipts: Vec<(&Entry, &ReceiptContent)> = entries
            .iter()
            .filter(own)
            .filter_map(|entry| match &entry.body().content {
                Content::Receipt(receipt) => Some((entry, receipt)),
                _ => None,
            })
            .filter(|(entry, _)| entry.body().stream == Stream::Report)
            .collect();
        let (Some((last, receipt)), Some(submission)) = (
            receipts.last(),
            entries.iter().rfind(|entry| {
                entry.body().kind() == Kind::Submission && entry.body().unit == unit
            }),
        ) else {
            return Ok(None);
        };
        let backdated = lie == Fault::SoBackdates;
        let content = ReceiptContent {
            seq: receipt.seq + u64::from(backdated),
            prev: if backdated {
                Some(last.id())
            } else {
                receipt.prev
            },
            covers: vec![submission.id()],
            received: vec![submission.id()],
            incomplete: Vec::new(),
            inclusions: Vec::new(),
        };
        let mut body = last.body().clone();
        // Or the very same receipt would come out again.
        body.time.0 += if backdated { -30 * DAY } else { 1 };
        body.content = Content::Receipt(content);
        let Ok(entry) = node.sign(body) else {
            return Ok(None);
        };
        let id = entry.id();
        if !self.give(so, so, vec![entry], rng)? || !self.machines[so].safe.held.contains(&id) {
            return Ok(None);
        }
        self.known.lies.insert((so, lie));
        self.known.receipts.insert(id, facility);
        Ok(Some(id.short()))
    }

    /// The Sở invites a facility that has long been enrolled, takes the invite
    /// itself and signs a report with the keys it made.
    pub(crate) fn reenrols(
        &mut self,
        facility: usize,
        rng: &mut Seeded,
    ) -> Result<Option<String>, Broken> {
        let so = self.machines[facility].above;
        let unit = self.machines[facility].unit.clone();
        let known = self.machines[so]
            .entries()
            .iter()
            .any(|entry| entry.body().unit == unit && entry.body().kind() == Kind::Credential);
        if !known {
            return Ok(None);
        }
        let invite = self.with(so, rng, |replica, person, env| {
            replica.invite(person, &unit, "Cơ sở", None, env)
        })?;
        let Some(issued) = invite.filter(|issued| issued.reenrol) else {
            return Ok(None);
        };
        let Ok(invite) = Invite::parse(&issued.text) else {
            return Ok(None);
        };
        let Some(mut ghost) = self.ghost(&invite, rng)? else {
            return Ok(None);
        };
        let clock = replica::Clock {
            now: self.now,
            simulated: false,
        };
        let mut env = Env {
            clock,
            entropy: rng,
        };
        let report = ReportKey::regular(&unit, FORM, quarter());
        let (head, node) = (&ghost.person, &mut ghost.replica);
        let signed = node
            .fill(&report, &head.public(), ANSWERS, &mut env)
            .and_then(|_| node.submit(&report, head, &mut env));
        let (submission, _) = signed.map_err(|error| unexplained("a ghost", &error))?;
        self.known
            .signed
            .insert(submission, numbers_of(&ghost.replica, &report));
        // Also if the disk fails in the midst of it.
        let by = ghost.credential;
        self.known.reenrolled.insert((unit.clone(), by));
        if !self.give(so, so, ghost.entries()?, rng)? {
            return Ok(None);
        }
        self.known.lies.insert((so, Fault::SoReenrols));
        Ok(Some(format!("{unit} enrolled anew")))
    }

    /// The Sở's newest rollup with its inputs, as the Bộ asks for them, and every
    /// report behind it.
    pub(crate) fn drill(&mut self, so: usize, rollup: EntryId) -> Result<Option<Vec<u8>>, Broken> {
        let Some(bo) = &self.machines[0].replica else {
            return Ok(None);
        };
        let drill = bo.units_to_drill(&rollup);
        let (_, period, units) = drill.map_err(|error| unexplained("a drill-down", &error))?;
        let mut asks = vec![Ask::Inputs { rollup }];
        asks.extend(units.into_iter().map(|unit| Ask::Report { unit, period }));
        let mut inputs = None;
        for asks in asks.chunks(wire::frame::ASKS_MAX_COUNT) {
            let outcome: Outcome = self.meet(0, so, asks.to_vec())?;
            for (ask, blob) in outcome.answers {
                if ask == (Ask::Inputs { rollup }) {
                    inputs = Some(blob);
                }
            }
        }
        Ok(inputs)
    }

    /// What the Bộ finds, given these inputs.
    pub(crate) fn deep(&self, so: usize, inputs: &[u8]) -> Result<RollupCheck, Broken> {
        let unit = self.machines[so].unit.clone();
        let inputs = BTreeMap::from([(unit.clone(), inputs.to_vec())]);
        let bo = self.machines[0].replica.as_ref();
        let check = bo.map(|bo| bo.verify_rollup(&unit, FORM, quarter(), &inputs, true));
        match check {
            Some(check) => check.map_err(|error| unexplained("a deep check", &error)),
            None => Err(Broken::new(Promise::NoFailure, "the Bộ is down")),
        }
    }

    /// Signs a rollup in the place of the honest one, with sums that fit, and says
    /// what the Bộ finds.
    pub(crate) fn lying_rollup(
        &mut self,
        so: usize,
        honest: EntryId,
        inputs: &[u8],
        lie: Fault,
    ) -> Result<Option<Told>, Broken> {
        let (Some(head), Some(bo)) = (&self.machines[so].person, &self.machines[0].replica) else {
            return Ok(None);
        };
        let entry = bo.store().get(&honest);
        let entry = entry.map_err(|error| unexplained("a rollup", &error.into()))?;
        let inputs: Result<Vec<RollupInput>, _> = wire::cbor::from_slice(inputs);
        let (Some(entry), Ok(mut inputs)) = (entry, inputs) else {
            return Ok(None);
        };
        let Content::Rollup(content) = &entry.body().content else {
            return Ok(None);
        };
        let mut content: RollupContent = (**content).clone();
        if inputs.is_empty() {
            return Ok(None);
        }
        let about = inputs[0].unit.clone();
        match lie {
            Fault::SoAlters => {
                let state = &mut inputs[0].state;
                state.insert("B3".to_owned(), model::Aggregate::Sum { sum: 9_000_001 });
            }
            _ => {
                let hidden = inputs.remove(0);
                content.missing.push(hidden.unit);
                content.missing.sort();
                let on_time = hidden.timeliness == Some(wire::Timeliness::OnTime);
                content.on_time -= u64::from(on_time);
                content.late -= u64::from(!on_time);
            }
        }
        content.replaces = vec![honest];
        content.inputs = inputs.len() as u64;
        let leaves = rollup::merkle::leaves(&inputs);
        let Ok(leaves) = leaves else { return Ok(None) };
        content.merkle_root = rollup::merkle::root(&leaves);
        let mut sums = rollup::empty(form());
        for input in &inputs {
            if rollup::merge(&mut sums, &input.state).is_err() {
                return Ok(None);
            }
        }
        content.aggregates = sums;
        let mut body = entry.body().clone();
        body.time.0 += 1_000;
        body.content = Content::Rollup(Box::new(content));
        let Ok(lying) = head.sign(body) else {
            return Ok(None);
        };
        let id = lying.id();
        let mut rng = Seeded::new(so as u64);
        self.give(so, so, vec![lying], &mut rng)?;
        self.meet(so, 0, Vec::new())?;
        let Ok(blob) = wire::cbor::to_vec(&inputs) else {
            return Ok(None);
        };
        self.trace.harm(lie);
        let check = self.deep(so, &blob)?;
        Ok(Some(Told { id, about, check }))
    }
}
