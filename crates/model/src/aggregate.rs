//! Mergeable aggregate states: province to nation is the same merge as facility
//! to province. The `rollup` crate builds and merges them; they are plain data
//! because signed rollups carry them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::unit::UnitPath;

/// The state of one indicator over any number of reports. Counts are whole
/// numbers; a share or a ratio stays numerator and denominator for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Aggregate {
    /// Added up.
    Sum {
        /// The total.
        sum: i64,
    },
    /// How many said yes, of how many that answered.
    Share {
        /// Reports that say yes.
        #[serde(rename = "true")]
        yes: i64,
        /// Reports that answered.
        of: i64,
    },
    /// A ratio of sums, or a share computed over table rows.
    Ratio {
        /// Sum of the numerators.
        num: i64,
        /// Sum of the denominators.
        den: i64,
    },
    /// How often each choice was taken; every choice of the form is a key.
    Counts {
        /// Choice id to number of reports or rows.
        counts: BTreeMap<String, i64>,
    },
    /// The texts themselves, each with its unit, sorted by unit.
    List {
        /// One item a unit.
        list: Vec<ListItem>,
    },
}

/// One unit's text in a list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListItem {
    /// Who wrote it.
    pub unit: UnitPath,
    /// What was written.
    pub text: String,
}

/// All indicators of one or more reports, by code.
pub type Aggregates = BTreeMap<String, Aggregate>;
