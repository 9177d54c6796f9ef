//! Reporting periods and the due rule.

use std::fmt;
use std::str::FromStr;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::time::{Timestamp, vietnam};

/// The period a report is about: a quarter (`2026-Q2`) or, for one-off forms, a
/// year (`2026`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Period {
    /// A calendar year.
    Year(i16),
    /// A quarter, 1 to 4, of a year.
    Quarter(i16, u8),
}

/// The years a period may lie in.
pub const YEARS: std::ops::RangeInclusive<i16> = 2000..=2199;

/// Why a text is not a period.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a period is written 2026-Q2 or 2026, from 2000 to 2199")]
pub struct PeriodError;

impl Period {
    /// Checks and takes a period.
    pub fn parse(text: &str) -> Result<Self, PeriodError> {
        let (year, quarter) = match text.split_once("-Q") {
            Some((year, quarter)) => (year, Some(quarter)),
            None => (text, None),
        };
        let digits = |s: &str, n: usize| s.len() == n && s.bytes().all(|b| b.is_ascii_digit());
        if !digits(year, 4) {
            return Err(PeriodError);
        }
        let year: i16 = year.parse().map_err(|_| PeriodError)?;
        if !YEARS.contains(&year) {
            return Err(PeriodError);
        }
        match quarter {
            None => Ok(Period::Year(year)),
            Some(q @ ("1" | "2" | "3" | "4")) => Ok(Period::Quarter(year, q.as_bytes()[0] - b'0')),
            Some(_) => Err(PeriodError),
        }
    }

    /// The last day of the period.
    pub fn last_day(self) -> Date {
        match self {
            Period::Year(year) => day(year, 12, 31),
            Period::Quarter(year, quarter) => day(year, last_month(quarter), 1).last_of_month(),
        }
    }

    /// The due time of the quarterly report: *before* the 20th of the quarter's
    /// last month (Kế hoạch 2273/KH-SYT, III), that is strictly before 00:00 on
    /// the 20th in Vietnam. `None` for a period with no standing rule.
    pub fn due(self) -> Option<Timestamp> {
        match self {
            Period::Year(_) => None,
            Period::Quarter(year, quarter) => {
                let due = day(year, last_month(quarter), 20);
                let midnight = due.to_zoned(vietnam()).ok()?;
                Some(Timestamp(midnight.timestamp().as_millisecond()))
            }
        }
    }

    /// The days a quarter's counts run over: the 15th of the month that ended
    /// the previous quarter to the 14th of the month that ends this one, since
    /// the report is due before the quarter is over. A year's run over all of it.
    pub fn default_cutoff(self) -> (Date, Date) {
        match self {
            Period::Year(year) => (day(year, 1, 1), day(year, 12, 31)),
            Period::Quarter(year, quarter) => {
                let month = last_month(quarter);
                let from = day(year, month, 15).saturating_sub(3.months());
                (from, day(year, month, 14))
            }
        }
    }

    /// The period before this one, of the same kind.
    pub fn previous(self) -> Period {
        match self {
            Period::Year(year) => Period::Year(year - 1),
            Period::Quarter(year, 1) => Period::Quarter(year - 1, 4),
            Period::Quarter(year, quarter) => Period::Quarter(year, quarter - 1),
        }
    }

    /// The period after this one, of the same kind.
    pub fn next(self) -> Period {
        match self {
            Period::Year(year) => Period::Year(year + 1),
            Period::Quarter(year, 4) => Period::Quarter(year + 1, 1),
            Period::Quarter(year, quarter) => Period::Quarter(year, quarter + 1),
        }
    }

    /// The quarter whose due time comes next at `now`: the report people mean
    /// when they name none. A clock outside [`YEARS`] gives the nearest quarter
    /// inside, so that the result can always be written down and read back.
    pub fn current_quarter(now: Timestamp) -> Period {
        let today = now.date_in_vietnam();
        if today.year() < *YEARS.start() {
            return Period::Quarter(*YEARS.start(), 1);
        }
        if today.year() > *YEARS.end() {
            return Period::Quarter(*YEARS.end(), 4);
        }
        let period = Period::Quarter(today.year(), ((today.month() - 1) / 3 + 1) as u8);
        match period.due() {
            Some(due) if now >= due => match period {
                Period::Quarter(year, 4) if year == *YEARS.end() => period,
                Period::Quarter(year, 4) => Period::Quarter(year + 1, 1),
                Period::Quarter(year, quarter) => Period::Quarter(year, quarter + 1),
                Period::Year(_) => period,
            },
            _ => period,
        }
    }
}

/// The month that ends a quarter. The enum is open, so a quarter outside 1 to 4
/// is taken for the nearest one: nothing here may panic.
fn last_month(quarter: u8) -> i8 {
    match quarter {
        0 | 1 => 3,
        2 => 6,
        3 => 9,
        _ => 12,
    }
}

fn day(year: i16, month: i8, day: i8) -> Date {
    Date::new(year, month, day).unwrap_or(Date::MAX)
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Period::Year(year) => write!(f, "{year:04}"),
            Period::Quarter(year, quarter) => write!(f, "{year:04}-Q{quarter}"),
        }
    }
}

impl FromStr for Period {
    type Err = PeriodError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Period::parse(text)
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Period::parse(&text).map_err(serde::de::Error::custom)
    }
}
