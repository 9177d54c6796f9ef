//! The nation, province by province.

use std::collections::BTreeMap;

use identity::Verified;
use model::overview::{
    Figures, KEY_INDICATORS, Nation, Progress, ProvinceLine, Quarter, TREND_COUNT,
};
use model::{Period, UnitPath};
use wire::RollupContent;

use super::go_on;
use super::rollup::Names;
use crate::deep::content_of;
use crate::report::ReportKey;
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
        let names = self.names()?;
        let heard = self.heard()?;
        let provinces = self.known_provinces()?;
        let mut lines = Vec::with_capacity(provinces.len());
        for (done, unit) in provinces.iter().enumerate() {
            go_on(progress(done, provinces.len()))?;
            let key = ReportKey::regular(unit, form, period);
            let (signed, trouble) = self.newest_signed(&key, &names)?;
            lines.push(ProvinceLine {
                unit: unit.clone(),
                name: names.get(unit).cloned().unwrap_or_default(),
                signed,
                trouble,
                last_sync: heard.get(unit).and_then(|heard| heard.last_sync),
                trend: self.trend(&key)?,
            });
        }
        Ok(Nation {
            form: self.form_for(&ministry)?,
            period,
            due: self.due(&ministry)?,
            lines,
            signed: self.national(&ministry, &names)?,
        })
    }

    fn national(
        &self,
        ministry: &ReportKey,
        names: &Names,
    ) -> Result<Option<model::overview::Signed>, Error> {
        Ok(self.newest_signed(ministry, names)?.0)
    }

    /// The periods of which a rollup is held, with what it says if it stands up to
    /// the checks that need nothing but itself.
    fn trend(&self, key: &ReportKey) -> Result<Vec<Quarter>, Error> {
        let periods = std::iter::successors(Some(key.period), |period| Some(period.previous()));
        let mut trend = Vec::new();
        for period in periods.take(TREND_COUNT) {
            let figures = match self.newest_rollup(&key.unit, &key.form, period) {
                Ok(None) => continue,
                Ok(Some(entry)) => self.figures(&entry)?,
                Err(Error::RollupFork(..)) => None,
                Err(error) => return Err(error),
            };
            trend.push(Quarter { period, figures });
        }
        trend.reverse();
        Ok(trend)
    }

    fn figures(&self, entry: &Verified) -> Result<Option<Figures>, Error> {
        let check = self.check_rollup(entry, &BTreeMap::new(), false)?;
        Ok(content_of(entry).filter(|_| check.ok).map(figures))
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
