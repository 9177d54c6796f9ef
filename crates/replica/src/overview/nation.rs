//! The nation, province by province.

use model::overview::{
    Figures, KEY_INDICATORS, Nation, Progress, ProvinceLine, Quarter, Signed, TREND_COUNT, Trouble,
};
use model::{Level, Period, UnitPath};
use wire::RollupContent;

use super::go_on;
use super::rollup::Names;
use crate::alone::count_fault;
use crate::deep::content_of;
use crate::report::ReportKey;
use crate::statements::Judge;
use crate::{Error, Replica};

impl Replica {
    /// Every province that is known here with its newest rollup.
    ///
    /// # Errors
    /// [`Error::Cancelled`] if `progress` says so.
    pub fn nation(
        &self,
        form: &str,
        period: Period,
        progress: Progress<'_>,
    ) -> Result<Nation, Error> {
        self.store
            .read(|_| self.read_nation(form, period, progress))
    }

    fn read_nation(
        &self,
        form: &str,
        period: Period,
        progress: Progress<'_>,
    ) -> Result<Nation, Error> {
        let ministry = ReportKey::regular(&UnitPath::ministry(), form, period);
        let mut judge = Judge::new(&self.store);
        let near = self.near_records(&mut judge)?.into_iter();
        let names: Names = near.map(|(unit, record)| (unit, record.name)).collect();
        let heard = self.heard()?;
        let is_province = |(unit, _): &(&UnitPath, &String)| unit.level() == Level::Province;
        let provinces: Vec<_> = names.iter().filter(is_province).collect();
        let mut lines = Vec::with_capacity(provinces.len());
        for (done, (unit, name)) in provinces.iter().enumerate() {
            go_on(progress(done, provinces.len()))?;
            let key = ReportKey::regular(unit, form, period);
            let mut line = ProvinceLine {
                unit: key.unit.clone(),
                name: (*name).clone(),
                signed: None,
                trouble: None,
                last_sync: heard.get(*unit).and_then(|heard| heard.last_sync),
                trend: self.earlier(&key, &mut judge)?,
            };
            self.add_current(&key, &names, &mut judge, &mut line)?;
            lines.push(line);
        }
        Ok(Nation {
            form: self.form_for(&ministry)?,
            period,
            due: self.due(&ministry)?,
            lines,
            signed: self.newest_signed(&ministry, &names)?.0,
        })
    }

    /// What the rollup of the period itself says, and how far it is verified.
    fn add_current(
        &self,
        key: &ReportKey,
        names: &Names,
        judge: &mut Judge<'_>,
        line: &mut ProvinceLine,
    ) -> Result<(), Error> {
        let figures = match self.newest_rollup_by(&key.unit, &key.form, key.period, judge) {
            Ok(None) => return Ok(()),
            Ok(Some(entry)) => {
                let check = self.check_alone(&entry)?;
                line.signed = self.signed_as(&entry, check, names)?;
                let doubted = |signed: &Signed| signed.proof.is_doubted();
                let good = !line.signed.as_ref().is_some_and(doubted);
                content_of(&entry).filter(|_| good).map(figures)
            }
            Err(Error::RollupFork(..)) => {
                line.trouble = Some(Trouble::RollupFork);
                None
            }
            Err(error) => return Err(error),
        };
        let period = key.period;
        line.trend.push(Quarter { period, figures });
        Ok(())
    }

    /// The periods before of which a rollup is held, oldest first. That it is held
    /// says that it is signed and by whom it may be.
    fn earlier(&self, key: &ReportKey, judge: &mut Judge<'_>) -> Result<Vec<Quarter>, Error> {
        let periods = std::iter::successors(Some(key.period), |period| Some(period.previous()));
        let mut trend = Vec::new();
        for period in periods.take(TREND_COUNT).skip(1) {
            let figures = match self.newest_rollup_by(&key.unit, &key.form, period, judge) {
                Ok(None) => continue,
                Ok(Some(entry)) => {
                    let found = self.verdict(&entry.id())?;
                    let good = found.is_none_or(|found| found.wrong == 0);
                    content_of(&entry)
                        .filter(|content| good && count_fault(content).is_none())
                        .map(figures)
                }
                Err(Error::RollupFork(..)) => None,
                Err(error) => return Err(error),
            };
            trend.push(Quarter { period, figures });
        }
        trend.reverse();
        Ok(trend)
    }
}

fn figures(content: &RollupContent) -> Figures {
    let indicators = KEY_INDICATORS.iter().filter_map(|code| {
        let value = content.aggregates.get(*code)?;
        Some(((*code).to_owned(), value.clone()))
    });
    Figures {
        expected: content.expected,
        on_time: content.on_time,
        late: content.late,
        indicators: indicators.collect(),
    }
}
