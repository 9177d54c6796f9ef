//! The reports behind one number.

use std::collections::{BTreeMap, HashMap};

use model::overview::{Behind, BehindLine, Progress};
use model::{Aggregates, Level, Period, UnitPath};
use wire::RollupInput;

use super::plain;
use super::rollup::Names;
use crate::report::ReportKey;
use crate::{Error, Replica};

/// What one unit brought in.
struct Part {
    unit: UnitPath,
    timeliness: Option<wire::Timeliness>,
    /// `None`: it is known that it reports, but not what it said.
    state: Option<Aggregates>,
}

impl From<RollupInput> for Part {
    fn from(input: RollupInput) -> Self {
        Part {
            unit: input.unit,
            timeliness: input.timeliness,
            state: Some(input.state),
        }
    }
}

impl Replica {
    /// What each unit adds to one number of a province or of the nation: where it
    /// is signed from the reports as they stand; elsewhere from the signed inputs,
    /// if they were given here ([`Replica::keep_inputs`]), and if not, without the
    /// parts, as a list of whom to ask for.
    ///
    /// # Errors
    /// [`Error::Cancelled`] if `progress` says so, [`Error::NoSuchField`] if the
    /// form does not consolidate this code.
    pub fn behind(
        &self,
        unit: &UnitPath,
        form: &str,
        period: Period,
        code: &str,
        progress: Progress<'_>,
    ) -> Result<Behind, Error> {
        self.store.read(|_| {
            let key = ReportKey::regular(unit, form, period);
            self.read_behind(&key, code, progress)
        })
    }

    fn read_behind(
        &self,
        key: &ReportKey,
        code: &str,
        progress: Progress<'_>,
    ) -> Result<Behind, Error> {
        let form = self.form_for(key)?;
        if !rollup::empty(&form).contains_key(code) {
            return Err(Error::NoSuchField(code.to_owned()));
        }
        let names = self.names()?;
        let mut parts = self.parts(key, &names, progress)?;
        parts.sort_by(|a, b| a.unit.cmp(&b.unit));
        let before = ReportKey {
            period: key.period.previous(),
            ..key.clone()
        };
        let of_code = |state: Option<Aggregates>| state.and_then(|mut state| state.remove(code));
        let mut last: HashMap<UnitPath, Option<Aggregates>> = self
            .signed_parts(&before)?
            .into_iter()
            .flatten()
            .map(|part| (part.unit, part.state))
            .collect();
        let lines = parts.into_iter().map(|part| BehindLine {
            name: names.get(&part.unit).cloned().unwrap_or_default(),
            timeliness: part.timeliness.map(plain),
            part: of_code(part.state),
            last_period: of_code(last.remove(&part.unit).flatten()),
            unit: part.unit,
        });
        Ok(Behind {
            unit: key.unit.clone(),
            period: key.period,
            due: self.due(key)?,
            code: code.to_owned(),
            lines: lines.collect(),
            form,
        })
    }

    fn parts(
        &self,
        key: &ReportKey,
        names: &Names,
        progress: Progress<'_>,
    ) -> Result<Vec<Part>, Error> {
        if key.unit.level() == Level::Facility {
            return Err(Error::WrongLevel("facility"));
        }
        let mut parts = Vec::new();
        if key.unit == self.unit {
            let direct = self.sources(key, progress)?;
            parts.extend(direct.inputs.into_iter().map(Part::from));
        }
        if key.unit.level() == Level::Ministry {
            parts.extend(self.provincial_parts(key)?);
        } else if key.unit != self.unit {
            let known = self.signed_parts(key)?;
            parts = known.unwrap_or_else(|| unknown_parts(&key.unit, names));
        }
        Ok(parts)
    }

    fn provincial_parts(&self, key: &ReportKey) -> Result<Vec<Part>, Error> {
        let provinces = self.provincial_rollups(key)?.usable;
        let part = |(unit, (_, content)): (UnitPath, (_, wire::RollupContent))| Part {
            unit,
            timeliness: None,
            state: Some(content.aggregates),
        };
        Ok(provinces.into_iter().map(part).collect())
    }

    /// What went into the newest signed rollup, if its inputs are here.
    fn signed_parts(&self, key: &ReportKey) -> Result<Option<Vec<Part>>, Error> {
        let entry = match self.newest_rollup(&key.unit, &key.form, key.period) {
            Ok(entry) => entry,
            Err(Error::RollupFork(..)) => None,
            Err(error) => return Err(error),
        };
        let Some(entry) = entry else { return Ok(None) };
        let inputs = self.inputs_of(&entry, &BTreeMap::new())?;
        Ok(inputs.map(|inputs| inputs.into_iter().map(Part::from).collect()))
    }
}

/// The facilities of a province of which nothing but their names is known.
fn unknown_parts(province: &UnitPath, names: &Names) -> Vec<Part> {
    let below = names.keys().filter(|unit| province.is_above(unit));
    below
        .map(|unit| Part {
            unit: unit.clone(),
            timeliness: None,
            state: None,
        })
        .collect()
}
