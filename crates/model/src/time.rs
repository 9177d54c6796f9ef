//! Time and randomness as values: nothing below the runtime asks the machine.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The time zone of every due time (UTC+7, no daylight saving).
pub const TIME_ZONE: &str = "Asia/Ho_Chi_Minh";

/// Milliseconds since 1970-01-01T00:00:00Z. May be far in the past: a PC whose
/// clock says 2002 must still be able to report.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Milliseconds since the epoch.
    pub fn as_millis(self) -> i64 {
        self.0
    }

    /// Reads an RFC 3339 time such as `2026-06-19T23:59:59+07:00`.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        text.parse::<jiff::Timestamp>()
            .ok()
            .map(|t| Timestamp(t.as_millisecond()))
    }

    /// The calendar date in Vietnam at this instant.
    pub fn date_in_vietnam(self) -> jiff::civil::Date {
        self.zoned().date()
    }

    /// The wall clock in Vietnam at this instant; out-of-range values saturate.
    pub fn zoned(self) -> jiff::Zoned {
        let instant = jiff::Timestamp::from_millisecond(self.0).unwrap_or(if self.0 < 0 {
            jiff::Timestamp::MIN
        } else {
            jiff::Timestamp::MAX
        });
        instant.to_zoned(vietnam())
    }

    /// RFC 3339 in Vietnam's offset, for JSON.
    pub fn to_rfc3339(self) -> String {
        self.zoned().strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_rfc3339())
    }
}

/// Vietnam's time zone. The bundled database always has it; a fixed +07:00 is
/// the same thing since 1975.
pub fn vietnam() -> jiff::tz::TimeZone {
    jiff::tz::TimeZone::get(TIME_ZONE)
        .unwrap_or_else(|_| jiff::tz::TimeZone::fixed(jiff::tz::offset(7)))
}

/// A source of randomness, handed in from outside: the operating system in a
/// running node, a seed in tests.
pub trait Entropy {
    /// Fills the whole buffer.
    fn fill(&mut self, buffer: &mut [u8]);
}
