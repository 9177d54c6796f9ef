//! Unit paths: who a thing belongs to.
//!
//! `byt` is the ministry, `byt.NN` (two digits) a provincial department, any
//! other child of `byt` and every child of a province a facility. The level is
//! read off the path, so a path and a level can never disagree.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Longest segment of a unit path, in bytes: room for a five-digit commune
/// code or a short readable name.
pub const SEGMENT_MAX_BYTES: usize = 16;

/// The path of the ministry, the root of every tree.
pub const MINISTRY: &str = "byt";

/// Where a unit stands in the health sector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// Bộ Y tế.
    Ministry,
    /// Sở Y tế.
    Province,
    /// A hospital, centre or health station.
    Facility,
}

impl Level {
    /// The name used in JSON and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Ministry => "ministry",
            Level::Province => "province",
            Level::Facility => "facility",
        }
    }
}

/// A validated path such as `byt.24.07210`. Cheap to clone.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnitPath(Arc<str>);

/// Why a text is not a unit path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnitPathError {
    /// The first segment must be `byt`.
    #[error("a unit path starts with `byt`")]
    Root,
    /// A segment is empty, too long or has a character outside `[a-z0-9-]`.
    #[error("a segment of a unit path has 1 to 16 characters of a-z, 0-9 and -")]
    Segment,
    /// A facility has no units below it.
    #[error("a facility has no units below it")]
    Depth,
}

impl UnitPath {
    /// The ministry.
    pub fn ministry() -> Self {
        UnitPath(Arc::from(MINISTRY))
    }

    /// Checks and takes a path.
    pub fn parse(text: &str) -> Result<Self, UnitPathError> {
        let mut segments = text.split('.');
        if segments.next() != Some(MINISTRY) {
            return Err(UnitPathError::Root);
        }
        let rest: Vec<&str> = segments.collect();
        for segment in &rest {
            let fine = !segment.is_empty()
                && segment.len() <= SEGMENT_MAX_BYTES
                && segment
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            if !fine {
                return Err(UnitPathError::Segment);
            }
        }
        let allowed = match rest.first() {
            None => 0,
            Some(first) if is_province_code(first) => 2,
            Some(_) => 1,
        };
        if rest.len() > allowed {
            return Err(UnitPathError::Depth);
        }
        Ok(UnitPath(Arc::from(text)))
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The level, read off the path.
    pub fn level(&self) -> Level {
        match self.0.split('.').collect::<Vec<_>>().as_slice() {
            [_] => Level::Ministry,
            [_, second] if is_province_code(second) => Level::Province,
            _ => Level::Facility,
        }
    }

    /// The level above; `None` for the ministry.
    pub fn parent(&self) -> Option<UnitPath> {
        self.0
            .rfind('.')
            .map(|at| UnitPath(Arc::from(&self.0[..at])))
    }

    /// The last segment.
    pub fn last(&self) -> &str {
        self.0.rsplit('.').next().unwrap_or(&self.0)
    }

    /// Whether `other` is this unit or lies below it.
    pub fn contains(&self, other: &UnitPath) -> bool {
        other.0.len() >= self.0.len()
            && other.0.starts_with(&*self.0)
            && (other.0.len() == self.0.len() || other.0.as_bytes()[self.0.len()] == b'.')
    }

    /// Whether this unit lies strictly above `other`.
    pub fn is_above(&self, other: &UnitPath) -> bool {
        self != other && self.contains(other)
    }

    /// The units strictly above this one, nearest first.
    pub fn ancestors(&self) -> impl Iterator<Item = UnitPath> + use<> {
        std::iter::successors(self.parent(), UnitPath::parent)
    }
}

fn is_province_code(segment: &str) -> bool {
    segment.len() == 2 && segment.bytes().all(|b| b.is_ascii_digit())
}

impl fmt::Display for UnitPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for UnitPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for UnitPath {
    type Err = UnitPathError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        UnitPath::parse(text)
    }
}

impl Serialize for UnitPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for UnitPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        UnitPath::parse(&text).map_err(serde::de::Error::custom)
    }
}
