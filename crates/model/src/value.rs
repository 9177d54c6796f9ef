//! Values as they are stored: one flat map of scalars, plus co-edited texts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What one key of a report holds. A date is its ISO text, one choice its id,
/// several choices their ids in the form's order joined by commas: every value
/// is one scalar, so two people who edit different fields never meet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Scalar {
    /// Cleared, or never filled.
    Null,
    /// Yes or no; for a row marker, whether the row exists.
    Bool(bool),
    /// A whole number or an amount in dong.
    Int(i64),
    /// A text, a date, or choices.
    Str(String),
}

impl Scalar {
    /// Whether nothing is there.
    pub fn is_null(&self) -> bool {
        matches!(self, Scalar::Null)
    }

    /// The number, if it is one.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Scalar::Int(n) => Some(*n),
            _ => None,
        }
    }

    /// The truth value, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Scalar::Bool(b) => Some(*b),
            _ => None,
        }
    }

    /// The text, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Scalar::Str(s) => Some(s),
            _ => None,
        }
    }
}

/// The whole content of a report at given heads, in one canonical form: what a
/// submission signs the hash of and what every computation reads.
///
/// `values` holds only what counts: no nulls, no cells of removed rows, no `~`
/// keys (a carried value stands under its plain key here), the marker of each
/// living row as `true`. Of concurrent values it holds the one Automerge ranks
/// first; the conflict itself is reported beside the snapshot, never in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    /// Keys such as `B3`, `B1.date`, `C1/k3f9/name`, and `C1/k3f9` for a row.
    pub values: BTreeMap<String, Scalar>,
    /// The co-edited texts by field code, empty ones left out.
    pub texts: BTreeMap<String, String>,
}

impl Snapshot {
    /// The value under a key; `Null` where there is none.
    pub fn get(&self, key: &str) -> &Scalar {
        self.values.get(key).unwrap_or(&Scalar::Null)
    }

    /// The ids of the rows of a table, in order.
    pub fn rows<'a>(&'a self, table: &'a str) -> impl Iterator<Item = &'a str> + 'a {
        let prefix = format!("{table}/");
        self.values
            .range(prefix.clone()..)
            .take_while(move |(key, _)| key.starts_with(&prefix))
            .filter_map(move |(key, _)| {
                let row = &key[table.len() + 1..];
                (!row.contains('/')).then_some(row)
            })
    }

    /// One cell of a table.
    pub fn cell(&self, table: &str, row: &str, column: &str) -> &Scalar {
        self.get(&format!("{table}/{row}/{column}"))
    }
}
