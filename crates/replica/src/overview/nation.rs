//! The nation, province by province.

use model::overview::{Nation, Progress, ProvinceLine};
use model::{Period, UnitPath};

use super::go_on;
use super::rollup::Names;
use crate::deep::content_of;
use crate::report::ReportKey;
use crate::{Error, Replica};

/// Periods of a province's trend: two years of quarters.
const TREND_COUNT: usize = 8;

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

    /// Received of expected, of the periods of which a rollup is held.
    fn trend(&self, key: &ReportKey) -> Result<Vec<(Period, u64, u64)>, Error> {
        let periods = std::iter::successors(Some(key.period), |period| Some(period.previous()));
        let mut trend = Vec::new();
        for period in periods.take(TREND_COUNT) {
            let entry = match self.newest_rollup(&key.unit, &key.form, period) {
                Ok(entry) => entry,
                Err(Error::RollupFork(..)) => continue,
                Err(error) => return Err(error),
            };
            if let Some(content) = entry.as_ref().and_then(content_of) {
                let received = content.on_time.saturating_add(content.late);
                trend.push((period, received, content.expected));
            }
        }
        trend.reverse();
        Ok(trend)
    }
}
