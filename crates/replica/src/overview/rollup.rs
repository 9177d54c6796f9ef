//! A unit's consolidation: as it would be signed now, and as it was signed.

use std::collections::BTreeMap;

use identity::Verified;
use model::overview::{FlagKind, Progress, Proof, RollupPage, Signed, Source, Totals, Trouble};
use model::{Aggregates, Level, Period, UnitPath};
use wire::{Content, EntryId, FlagReason, RollupContent};

use crate::consolidate::facts_of;
use crate::deep::{RollupCheck, content_of};
use crate::report::ReportKey;
use crate::statements::Judge;
use crate::{Error, Replica};

/// Names of units by path.
pub(super) type Names = BTreeMap<UnitPath, String>;

impl Replica {
    /// The consolidation of a unit. What would be signed now is worked out at the
    /// unit that signs only, from all its reports: that may take long.
    ///
    /// # Errors
    /// [`Error::Cancelled`] if `progress` says so.
    pub fn rollup_page(
        &self,
        unit: &UnitPath,
        form: &str,
        period: Period,
        progress: Progress<'_>,
    ) -> Result<RollupPage, Error> {
        self.store
            .read(|_| self.read_rollup_page(unit, form, period, progress))
    }

    fn read_rollup_page(
        &self,
        unit: &UnitPath,
        form: &str,
        period: Period,
        progress: Progress<'_>,
    ) -> Result<RollupPage, Error> {
        let key = ReportKey::regular(unit, form, period);
        let names = self.names()?;
        let (signed, mut trouble) = self.newest_signed(&key, &names)?;
        let (draft, facts) = match self.draft_totals(&key, &names, progress) {
            Ok(Some((draft, facts))) => (Some(draft), Some(facts)),
            Ok(None) => (None, None),
            Err(Error::Consolidate(_)) => {
                trouble = Some(Trouble::Contradiction);
                (None, None)
            }
            Err(error) => return Err(error),
        };
        let before = ReportKey::regular(unit, form, period.previous());
        Ok(RollupPage {
            unit: unit.clone(),
            name: names.get(unit).cloned().unwrap_or_default(),
            form: self.form_for(&key)?,
            period,
            due: self.due(&key)?,
            draft,
            facts,
            signed,
            trouble,
            last_period: self.signed_numbers(&before)?,
        })
    }

    fn draft_totals(
        &self,
        key: &ReportKey,
        names: &Names,
        progress: Progress<'_>,
    ) -> Result<Option<(Totals, String)>, Error> {
        if key.unit != self.unit || self.level() == Level::Facility {
            return Ok(None);
        }
        let (content, _) = self.consolidation(key, progress)?;
        let facts = facts_of(&content)?.to_string();
        Ok(Some((totals(&content, names), facts)))
    }

    /// The newest rollup of a unit, with what can be said of it at once; or why
    /// there is none although some are held.
    pub(super) fn newest_signed(
        &self,
        key: &ReportKey,
        names: &Names,
    ) -> Result<(Option<Signed>, Option<Trouble>), Error> {
        match self.newest_rollup(&key.unit, &key.form, key.period) {
            Ok(None) => Ok((None, None)),
            Ok(Some(entry)) => Ok((self.signed(&entry, names)?, None)),
            Err(Error::RollupFork(..)) => Ok((None, Some(Trouble::RollupFork))),
            Err(error) => Err(error),
        }
    }

    fn signed(&self, entry: &Verified, names: &Names) -> Result<Option<Signed>, Error> {
        let check = self.check_rollup(entry, &BTreeMap::new(), false)?;
        self.signed_as(entry, check, names)
    }

    /// A rollup as it is shown with what was found of it.
    pub(super) fn signed_as(
        &self,
        entry: &Verified,
        check: RollupCheck,
        names: &Names,
    ) -> Result<Option<Signed>, Error> {
        let Some(content) = content_of(entry) else {
            return Ok(None);
        };
        Ok(Some(Signed {
            short_id: entry.id().short(),
            by: self.name_of(&entry.author(), &entry.body().unit)?,
            at: entry.body().time,
            corrected: !content.replaces.is_empty(),
            totals: totals(content, names),
            proof: Proof {
                signature: Some(check.signature),
                chain: Some(check.chain),
                arithmetic: Some(check.arithmetic),
                source: self.verdict(&entry.id())?,
                faults: check.faults.len(),
            },
        }))
    }

    /// Verifies a rollup from its reports, with the inputs that were fetched for it,
    /// whatever has replaced it meanwhile.
    pub fn check_fetched(
        &self,
        rollup: &EntryId,
        inputs: &BTreeMap<UnitPath, Vec<u8>>,
    ) -> Result<RollupCheck, Error> {
        let missing = || Error::NoSuchEntry(rollup.short());
        let entry = self.store.get(rollup)?.ok_or_else(missing)?;
        self.check_rollup(&entry, inputs, true)
    }

    /// The same, and keeps what was found, for showing.
    pub fn verify_fetched(
        &mut self,
        rollup: &EntryId,
        inputs: &BTreeMap<UnitPath, Vec<u8>>,
    ) -> Result<RollupCheck, Error> {
        let check = self.check_fetched(rollup, inputs)?;
        if let Some(deep) = &check.deep {
            let wrong = deep.mismatches.len() + check.faults.len();
            let (checked, unavailable) = (deep.checked, deep.unavailable.len());
            let name = verdict_meta(rollup);
            let text = format!("{checked} {wrong} {unavailable}");
            self.store.write(|tx| tx.set_meta(&name, &text))?;
        }
        Ok(check)
    }

    /// What [`Replica::verify_fetched`] found of a rollup.
    pub(super) fn verdict(&self, rollup: &EntryId) -> Result<Option<Source>, Error> {
        let text = self.store.meta(&verdict_meta(rollup))?;
        Ok(text.and_then(|text| {
            let mut counts = text.split(' ').map(|word| word.parse().ok());
            Some(Source {
                checked: counts.next()??,
                wrong: counts.next()??,
                unavailable: counts.next()??,
            })
        }))
    }

    /// The numbers that were signed for a period; none of a fork.
    pub(super) fn signed_numbers(&self, key: &ReportKey) -> Result<Option<Aggregates>, Error> {
        match self.newest_rollup(&key.unit, &key.form, key.period) {
            Ok(entry) => Ok(entry
                .as_ref()
                .and_then(content_of)
                .map(|content| content.aggregates.clone())),
            Err(Error::RollupFork(..)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The names of this unit and all below.
    pub(super) fn names(&self) -> Result<Names, Error> {
        let known = self.store.keys()?;
        let records = self.unit_records(&mut Judge::new(&known))?.into_iter();
        Ok(records.map(|(unit, record)| (unit, record.name)).collect())
    }

    /// Keeps the inputs of another unit's rollup, as that unit gave them (CBOR),
    /// for looking behind its numbers. They must be the ones that were signed.
    pub fn keep_inputs(&mut self, rollup: &EntryId, inputs: &[u8]) -> Result<(), Error> {
        let missing = || Error::NoSuchEntry(rollup.short());
        let entry = self.store.get(rollup)?.ok_or_else(missing)?;
        let Content::Rollup(content) = &entry.body().content else {
            return Err(missing());
        };
        let given = BTreeMap::from([(entry.body().unit.clone(), inputs.to_vec())]);
        let known = self.inputs_of(&entry, &given)?.unwrap_or_default();
        let faults = rollup::check_arithmetic(content, &known);
        let strange = rollup::check_disjoint([(&entry.body().unit, known.as_slice())]);
        let fault = faults.first().map(ToString::to_string);
        if let Some(detail) = fault.or(strange.err().map(|error| error.to_string())) {
            return Err(Error::Malformed {
                what: "rollup inputs",
                detail,
            });
        }
        self.put_inputs(rollup, inputs)
    }
}

/// The name of the meta row that says what a deep verification found.
fn verdict_meta(rollup: &EntryId) -> String {
    format!("verdict/{rollup}")
}

fn totals(content: &RollupContent, names: &Names) -> Totals {
    let named = |unit: &UnitPath| {
        let name = names.get(unit).cloned().unwrap_or_default();
        (unit.clone(), name)
    };
    let flagged = content.flagged.iter().map(|flag| {
        let (unit, name) = named(&flag.unit);
        let kind = match flag.reason {
            FlagReason::Reenrolled => FlagKind::Reenrolled,
            FlagReason::Pending => FlagKind::Pending,
            FlagReason::NewerPending => FlagKind::NewerPending,
            FlagReason::Returned => FlagKind::Returned,
        };
        (unit, name, kind)
    });
    Totals {
        expected: content.expected,
        on_time: content.on_time,
        late: content.late,
        inputs: content.inputs,
        missing: content.missing.iter().map(named).collect(),
        flagged: flagged.collect(),
        aggregates: content.aggregates.clone(),
    }
}
