//! Scopes: which entries a fingerprint counts and a session is about.
//!
//! A [`Range`] is asked for, a [`Part`] is the finest scope that has a
//! fingerprint of its own. Neither says who may see it: `sync::scope` does.

use std::fmt;

use model::{Period, UnitPath};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::entry::Stream;

/// A scope that covers one stream of a unit or of a unit and all below it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Range {
    /// The unit whose stream it is.
    pub unit: UnitPath,
    /// Whether all units below belong to it too.
    pub subtree: bool,
    /// Which stream.
    pub stream: Stream,
    /// Only this period; `None`: every period, and what belongs to none.
    pub period: Option<Period>,
}

impl Range {
    /// Every period of one stream of exactly one unit.
    pub fn of(unit: &UnitPath, stream: Stream) -> Self {
        Range {
            unit: unit.clone(),
            subtree: false,
            stream,
            period: None,
        }
    }

    /// Every period of one stream of a unit and of all units below it.
    pub fn below(unit: &UnitPath, stream: Stream) -> Self {
        Range {
            subtree: true,
            ..Range::of(unit, stream)
        }
    }

    /// Whether an entry of this unit, stream and period lies in it.
    pub fn contains(&self, unit: &UnitPath, stream: Stream, period: Option<Period>) -> bool {
        self.stream == stream
            && (self.unit == *unit || (self.subtree && self.unit.contains(unit)))
            && (self.period.is_none() || self.period == period)
    }
}

/// The finest scope: one stream of one unit in one period (or in none). On the
/// wire `[unit, stream, period / null]`, the stream as a number from 0 in the
/// order of [`Stream`].
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Part {
    /// The unit.
    pub unit: UnitPath,
    /// The stream.
    pub stream: Stream,
    /// The period; `None`: what belongs to no period.
    pub period: Option<Period>,
}

impl Part {
    /// Whether a range covers it.
    pub fn is_in(&self, ranges: &[Range]) -> bool {
        ranges
            .iter()
            .any(|range| range.contains(&self.unit, self.stream, self.period))
    }
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{:?}", self.unit, self.stream)?;
        match self.period {
            Some(period) => write!(f, "/{period}"),
            None => Ok(()),
        }
    }
}

/// The streams by their number on the wire.
const STREAMS: [Stream; 4] = [
    Stream::Org,
    Stream::Report,
    Stream::Incident,
    Stream::Rollup,
];

impl Serialize for Part {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (&self.unit, self.stream as u8, self.period).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (unit, stream, period) = <(UnitPath, u8, Option<Period>)>::deserialize(deserializer)?;
        let stream = STREAMS
            .get(usize::from(stream))
            .copied()
            .ok_or_else(|| serde::de::Error::custom("a stream is a number from 0 to 3"))?;
        Ok(Part {
            unit,
            stream,
            period,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cbor;

    fn unit(text: &str) -> UnitPath {
        UnitPath::parse(text).unwrap()
    }

    #[test]
    fn a_range_covers_its_unit_or_its_subtree() {
        let province = unit("byt.24");
        let facility = unit("byt.24.07210");
        let q2 = Some(Period::Quarter(2026, 2));
        let own = Range::of(&province, Stream::Report);
        let all = Range::below(&province, Stream::Report);
        assert!(own.contains(&province, Stream::Report, q2));
        assert!(!own.contains(&facility, Stream::Report, q2));
        assert!(all.contains(&facility, Stream::Report, q2));
        assert!(all.contains(&facility, Stream::Report, None));
        assert!(!all.contains(&facility, Stream::Org, None));
        assert!(!all.contains(&unit("byt.25"), Stream::Report, q2));
        assert!(!all.contains(&unit("byt"), Stream::Report, q2));
        let quarter = Range { period: q2, ..all };
        assert!(quarter.contains(&facility, Stream::Report, q2));
        assert!(!quarter.contains(&facility, Stream::Report, None));
        assert!(!quarter.contains(&facility, Stream::Report, Some(Period::Quarter(2026, 3))));
    }

    #[test]
    fn a_part_is_a_short_array() {
        let part = Part {
            unit: unit("byt.24.07210"),
            stream: Stream::Report,
            period: Some(Period::Quarter(2026, 2)),
        };
        let bytes = cbor::to_vec(&part).unwrap();
        assert_eq!(bytes.len(), 1 + 13 + 1 + 8);
        assert_eq!(cbor::from_slice::<Part>(&bytes).unwrap(), part);
        let bad = cbor::to_vec(&("byt", 4u8, ())).unwrap();
        assert!(cbor::from_slice::<Part>(&bad).is_err());
    }
}
