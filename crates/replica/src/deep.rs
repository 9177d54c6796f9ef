//! Verifying a rollup: its signature and chain, its arithmetic, and — where the
//! reports themselves were asked for — every number from its source.

use std::collections::{BTreeMap, BTreeSet};

use identity::{Judge, Verified};
use model::{Level, Period, Timestamp, UnitPath};
use rollup::Mismatch;
use serde::Serialize;
use store::{EntryFilter, ReceiptFork};
use wire::{Content, EntryId, Kind, RollupContent, RollupInput, Timeliness};

use crate::alone::{count_fault, is_signed};
use crate::report::ReportKey;
use crate::statements::{Receipted, Statements, Submitted};
use crate::{Error, Replica};

/// The result of `rollup verify`.
#[derive(Clone, Debug, Serialize)]
pub struct RollupCheck {
    /// Everything that was looked at is right.
    pub ok: bool,
    /// The signature is the author's.
    pub signature: bool,
    /// The author's credentials lead to the pinned root and are in effect.
    pub chain: bool,
    /// The numbers add up.
    pub arithmetic: bool,
    /// What does not add up, in words.
    pub faults: Vec<String>,
    /// From the reports themselves, if that was asked for.
    pub deep: Option<DeepReport>,
}

/// What a deep verification found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct DeepReport {
    /// Reports that were recomputed from their signed entries.
    pub checked: usize,
    /// Where the rollup says something else.
    pub mismatches: Vec<Mismatch>,
    /// Reports that could not be had.
    pub unavailable: Vec<UnitPath>,
    /// Receipts that stand beside another one in their chain, or before the one
    /// that they follow.
    #[serde(skip)]
    forked: BTreeSet<EntryId>,
}

/// A rollup's own content.
pub(crate) fn content_of(entry: &Verified) -> Option<&RollupContent> {
    match &entry.body().content {
        Content::Rollup(content) => Some(content),
        _ => None,
    }
}

/// A difference that no indicator has.
fn differs(unit: &UnitPath, code: &str) -> Mismatch {
    Mismatch {
        unit: unit.clone(),
        code: code.to_owned(),
        rollup: None,
        source: None,
    }
}

impl Replica {
    /// Checks a rollup. `inputs` are its signed inputs as the signer gave them
    /// (CBOR), by rollup, and `deep` asks for every report to be recomputed from
    /// the entries held here.
    pub fn verify_rollup(
        &self,
        unit: &UnitPath,
        form: &str,
        period: Period,
        inputs: &BTreeMap<UnitPath, Vec<u8>>,
        deep: bool,
    ) -> Result<RollupCheck, Error> {
        let entry = self
            .newest_rollup(unit, form, period)?
            .ok_or_else(|| Error::NoRollup {
                unit: unit.clone(),
                period,
            })?;
        self.check_rollup(&entry, inputs, deep)
    }

    /// The same of one rollup, the newest or not.
    pub(crate) fn check_rollup(
        &self,
        entry: &Verified,
        inputs: &BTreeMap<UnitPath, Vec<u8>>,
        deep: bool,
    ) -> Result<RollupCheck, Error> {
        let unit = &entry.body().unit;
        let no_rollup = || Error::NoSuchEntry(entry.id().short());
        let content = content_of(entry).ok_or_else(no_rollup)?;
        let period = entry.body().period.ok_or_else(no_rollup)?;
        let key = ReportKey {
            ordinal: content.ordinal,
            ..ReportKey::regular(unit, &content.form, period)
        };
        let signature = is_signed(entry);
        let chain = self.is_chained(entry)?;
        let mut faults = Vec::new();
        let mut report = DeepReport::default();
        if deep && unit.level() == Level::Ministry {
            self.check_due(&key, content, &mut report)?;
        }
        if deep {
            report.forked = self.forked_receipts()?;
        }
        if unit.level() == Level::Ministry {
            self.verify_nation(&key, entry, inputs, deep, &mut faults, &mut report)?;
        } else {
            let known = self.inputs_of(entry, inputs)?;
            self.verify_province(
                &key,
                entry,
                known.as_deref(),
                deep,
                &mut faults,
                &mut report,
            )?;
        }
        let arithmetic = faults.is_empty();
        let found = !report.mismatches.is_empty() || !report.unavailable.is_empty();
        Ok(RollupCheck {
            ok: signature && chain && arithmetic && !(deep && found),
            signature,
            chain,
            arithmetic,
            faults,
            deep: deep.then_some(report),
        })
    }

    /// The inputs of a rollup: as given, or as kept if it was signed here.
    pub(crate) fn inputs_of(
        &self,
        entry: &Verified,
        given: &BTreeMap<UnitPath, Vec<u8>>,
    ) -> Result<Option<Vec<RollupInput>>, Error> {
        let blob = match given.get(&entry.body().unit) {
            Some(blob) => Some(blob.clone()),
            None => self.kept_inputs(&entry.id())?,
        };
        blob.map(|blob| {
            wire::cbor::from_slice_exact(&blob).map_err(|error| Error::Malformed {
                what: "rollup inputs",
                detail: error.to_string(),
            })
        })
        .transpose()
    }

    fn verify_nation(
        &self,
        key: &ReportKey,
        entry: &Verified,
        given: &BTreeMap<UnitPath, Vec<u8>>,
        deep: bool,
        faults: &mut Vec<String>,
        report: &mut DeepReport,
    ) -> Result<(), Error> {
        let content = content_of(entry).ok_or_else(|| Error::NoSuchEntry(entry.id().short()))?;
        let mut provinces = rollup::Provinces::new();
        for (unit, id) in &content.provinces {
            let Some(entry) = self.store.get(id)? else {
                faults.push(format!("rollup {} of {unit} is not held", id.short()));
                continue;
            };
            let Some(provincial) = content_of(&entry).filter(|_| entry.body().unit == *unit) else {
                faults.push(format!("{} is no rollup of {unit}", id.short()));
                continue;
            };
            provinces.insert(unit.clone(), (*id, provincial.clone()));
            if deep {
                let province = ReportKey {
                    unit: unit.clone(),
                    ..key.clone()
                };
                let inputs = self.inputs_of(&entry, given)?;
                self.verify_province(&province, &entry, inputs.as_deref(), true, faults, report)?;
            }
        }
        let inputs = self.inputs_of(entry, given)?;
        let direct: Vec<RollupInput> = inputs
            .into_iter()
            .flatten()
            .filter(|input| input.unit.level() == Level::Facility)
            .collect();
        let found = rollup::check_nation(content, &provinces, &direct);
        faults.extend(found.iter().map(ToString::to_string));
        if deep {
            for input in &direct {
                self.verify_input(key, input, content, entry.body().time, report)?;
            }
        }
        Ok(())
    }

    fn verify_province(
        &self,
        key: &ReportKey,
        entry: &Verified,
        inputs: Option<&[RollupInput]>,
        deep: bool,
        faults: &mut Vec<String>,
        report: &mut DeepReport,
    ) -> Result<(), Error> {
        let content = content_of(entry).ok_or_else(|| Error::NoSuchEntry(entry.id().short()))?;
        faults.extend(count_fault(content));
        if let Some(inputs) = inputs {
            let found = rollup::check_arithmetic(content, inputs);
            faults.extend(found.iter().map(ToString::to_string));
            let strange = rollup::check_disjoint([(&key.unit, inputs)]);
            faults.extend(strange.err().map(|error| error.to_string()));
        }
        if !deep {
            return Ok(());
        }
        self.check_due(key, content, report)?;
        match inputs {
            Some(inputs) => {
                for input in inputs {
                    self.verify_input(key, input, content, entry.body().time, report)?;
                }
                self.find_hidden(key, entry.body().time, content, inputs, report)?;
            }
            None => report.unavailable.push(key.unit.clone()),
        }
        Ok(())
    }

    /// The due time is the campaign's, whatever the signer would have liked.
    fn check_due(
        &self,
        key: &ReportKey,
        content: &RollupContent,
        report: &mut DeepReport,
    ) -> Result<(), Error> {
        if self.due(key)? != content.due {
            report.mismatches.push(differs(&key.unit, "due"));
        }
        Ok(())
    }

    /// Recomputes one input from the unit's own signed entries.
    fn verify_input(
        &self,
        key: &ReportKey,
        input: &RollupInput,
        content: &RollupContent,
        signed: Timestamp,
        report: &mut DeepReport,
    ) -> Result<(), Error> {
        let unit = ReportKey {
            unit: input.unit.clone(),
            ..key.clone()
        };
        let statements = self.statements(&unit, true)?;
        let Some(submission) = statements
            .submissions
            .iter()
            .find(|s| s.id == input.submission)
        else {
            report.unavailable.push(input.unit.clone());
            return Ok(());
        };
        let loaded = self.load(&unit)?;
        let Some(snapshot) = self.submitted_snapshot(&loaded, &submission.content) else {
            report.unavailable.push(input.unit.clone());
            return Ok(());
        };
        report.checked += 1;
        let source = rollup::state_of(&loaded.form, &snapshot, &input.unit, key.period);
        if !model::sabotaged!(TrustTheNumbers) {
            report
                .mismatches
                .extend(rollup::compare(&input.state, &source, &input.unit));
        }
        let receipt = self.receipt_bears_out(input, &statements, content.due, &report.forked)?;
        let of_unit = (&unit, &statements);
        let timely = self.may_be_called(input.timeliness, of_unit, &key.unit, content.due)?;
        // What was accepted later could not go in.
        let newest = statements.accepted();
        let newest = newest.and_then(|s| Some((s.id, s.latest_review()?.time)));
        let mut differs = |code| report.mismatches.push(differs(&input.unit, code));
        if !submission.is_accepted() {
            differs("review");
        } else if newest.is_some_and(|(id, review)| id != submission.id && review < signed) {
            differs("submission");
        }
        if !timely {
            differs("timeliness");
        }
        if !receipt && !model::sabotaged!(TrustNamedReceipt) {
            differs("receipt");
        }
        Ok(())
    }

    /// Whether the receipt that an input names is one of this unit's report and
    /// gives the timeliness that is claimed. "In time" may not rest on a receipt
    /// that stands beside another one in its chain, or before its predecessor: so
    /// a Sở would have to go about it that dates one back.
    fn receipt_bears_out(
        &self,
        input: &RollupInput,
        statements: &Statements,
        due: Option<Timestamp>,
        forked: &BTreeSet<EntryId>,
    ) -> Result<bool, Error> {
        let Some(id) = input.receipt else {
            return Ok(false);
        };
        let Some(entry) = self.store.get(&id)? else {
            return Ok(false);
        };
        let Content::Receipt(receipt) = &entry.body().content else {
            return Ok(false);
        };
        if entry.body().unit != input.unit || !self.in_effect(&entry)? {
            return Ok(false);
        }
        let received = Receipted {
            id,
            time: entry.body().time,
        };
        let by_this_receipt = |submitted: &Submitted| {
            let mut submitted = submitted.clone();
            submitted.receipt = Some(received.clone());
            submitted.timeliness(due) == input.timeliness
        };
        let bears_out = statements
            .submissions
            .iter()
            .filter(|submitted| receipt.received.contains(&submitted.id))
            .any(by_this_receipt);
        let late = input.timeliness == Some(Timeliness::Late);
        Ok(bears_out && (late || !forked.contains(&id)))
    }

    fn forked_receipts(&self) -> Result<BTreeSet<EntryId>, Error> {
        let mut forked = BTreeSet::new();
        for fork in self.store.receipt_forks()? {
            match fork {
                ReceiptFork::SameSeq { receipts, .. } | ReceiptFork::SamePrev { receipts, .. } => {
                    forked.extend(receipts);
                }
                ReceiptFork::Backwards { receipt, .. } => {
                    forked.insert(receipt);
                }
            }
        }
        Ok(forked)
    }

    /// Facilities that reported, by entries held here, and that the rollup does
    /// not know, calls missing, or left out although they were accepted before it
    /// was signed.
    fn find_hidden(
        &self,
        key: &ReportKey,
        signed: Timestamp,
        content: &RollupContent,
        inputs: &[RollupInput],
        report: &mut DeepReport,
    ) -> Result<(), Error> {
        let went_in: BTreeSet<&UnitPath> = inputs.iter().map(|input| &input.unit).collect();
        let missing: BTreeSet<&UnitPath> = content.missing.iter().collect();
        let flagged: BTreeSet<&UnitPath> = content.flagged.iter().map(|f| &f.unit).collect();
        let not_before = self.not_signed_before(key, signed, content, inputs)?;
        let mut expected = 0;
        let mut hidden = Vec::new();
        for unit in &self.expected(key, content.due)? {
            let reported = ReportKey {
                unit: unit.clone(),
                ..key.clone()
            };
            let statements = self.statements(&reported, true)?;
            if !self.was_known(unit, &statements, not_before)? {
                continue;
            }
            expected += 1;
            if went_in.contains(unit) {
                continue;
            }
            let received = statements.first_received().is_some();
            let accepted = statements
                .accepted()
                .and_then(Submitted::latest_review)
                .is_some_and(|review| review.time < signed);
            let unknown = !missing.contains(unit) && !flagged.contains(unit);
            if (unknown || accepted || (received && missing.contains(unit)))
                && !model::sabotaged!(OverlookHidden)
            {
                hidden.push(unit.clone());
            }
        }
        // A unit that is flagged and yet not counted.
        if hidden.is_empty() && expected > content.expected {
            hidden.push(key.unit.clone());
        }
        report
            .mismatches
            .extend(hidden.iter().map(|unit| differs(unit, "expected")));
        Ok(())
    }

    /// A moment before which a rollup cannot have been signed, whatever time it gives
    /// itself: what it names was there, the receipts and each input's first acceptance.
    fn not_signed_before(
        &self,
        key: &ReportKey,
        signed: Timestamp,
        content: &RollupContent,
        inputs: &[RollupInput],
    ) -> Result<Timestamp, Error> {
        let mut latest = signed;
        let receipts = inputs.iter().filter_map(|input| input.receipt);
        for id in receipts.chain(content.receipts_head) {
            if let Some(entry) = self.store.get(&id)?
                && matches!(entry.body().content, Content::Receipt(_))
            {
                latest = latest.max(entry.body().time);
            }
        }
        for input in inputs {
            let unit = ReportKey {
                unit: input.unit.clone(),
                ..key.clone()
            };
            let statements = self.statements(&unit, true)?;
            let mut submitted = statements.submissions.iter();
            let named = submitted.find(|submitted| submitted.id == input.submission);
            // Not the latest: it may have been returned and accepted again since.
            let accepted = named.and_then(Submitted::first_accepted);
            latest = accepted.map_or(latest, |time| latest.max(time));
        }
        Ok(latest)
    }

    /// Whether a unit was there when a rollup was signed: one that was enrolled
    /// later is not hidden by it. By the unit's first entry, whose time is that of
    /// the signer's own level, but a receipt of a level above cannot be dated on;
    /// or by the first receipt of its report.
    ///
    /// One lie remains: a Sở may leave out a unit that came after all inputs, date
    /// the rollup before it, and name no receipt since. That is word for word what it
    /// would honestly have signed then; only its coming so late speaks against it.
    fn was_known(
        &self,
        unit: &UnitPath,
        statements: &Statements,
        signed: Timestamp,
    ) -> Result<bool, Error> {
        let first = statements.first_received();
        let received = first.and_then(|submitted| submitted.receipt.as_ref());
        if received.is_some_and(|receipt| receipt.time <= signed) {
            return Ok(true);
        }
        let filter = EntryFilter {
            unit: Some(unit.clone()),
            kind: Some(Kind::Unit),
            ..Default::default()
        };
        let mut judge = Judge::new(&self.store);
        for stored in self.store.entries(&filter)? {
            let said = stored.entry.body().time;
            let received = judge.earliest_receipt(&stored.entry.id())?;
            let since = received.map_or(said, |mark| mark.time.min(said));
            if since <= signed {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whose rollup it is, of which period, and the reports that its deep
    /// verification needs: of every facility that was expected.
    pub fn units_to_drill(
        &self,
        rollup: &EntryId,
    ) -> Result<(UnitPath, Period, Vec<UnitPath>), Error> {
        let missing = || Error::NoSuchEntry(rollup.short());
        let entry = self.store.get(rollup)?.ok_or_else(missing)?;
        let content = content_of(&entry).ok_or_else(missing)?;
        let unit = entry.body().unit.clone();
        let period = entry.body().period.ok_or_else(missing)?;
        let key = ReportKey {
            ordinal: content.ordinal,
            ..ReportKey::regular(&unit, &content.form, period)
        };
        let reports = self.expected(&key, content.due)?;
        Ok((unit, period, reports))
    }
}
