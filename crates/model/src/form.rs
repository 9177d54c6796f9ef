//! Forms as data: what a report asks, how each answer is typed, checked and
//! consolidated. A form is a TOML file, compiled in or published by a `form`
//! entry; nothing about a particular form is written in code.
//!
//! Deliberately no expression language: rules and formulas are closed kinds, so
//! that a published form can neither hang a reader nor surprise it.
//!
//! Invariant: a [`Form`] that [`Form::parse`] returned is sound. Every code and
//! column that a rule, filter or indicator names exists and has a fitting type,
//! codes and choice ids are unique, and every list is within its limit.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

mod builtin;
mod error;
mod parse;
mod parts;
mod slot;

pub use builtin::{builtin, builtin_toml, builtins};
pub use error::{FormError, FormProblem, limits};
pub(crate) use slot::Place;
pub use slot::{ROW_ID_MAX_BYTES, Slot, is_row_id};

/// The name of the form that every facility fills each quarter, asked for or not.
pub const QUARTERLY: &str = "kh2273-quy";

/// A text in the two languages of the house; Vietnamese is the original.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

/// A whole form. Made only by [`Form::parse`], which checks that every code
/// that a rule or an indicator names exists and has a fitting type.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Name without version, such as `kh2273-quy`.
    pub name: String,
    /// 1, 2, …; codes keep their meaning over versions.
    pub version: u32,
    /// What the form is called.
    pub title: Label,
    /// The documents it rests on.
    pub basis: Option<String>,
    /// Sections in order of display.
    #[serde(rename = "section")]
    pub sections: Vec<Section>,
    /// Cross-field rules.
    #[serde(default, rename = "rule")]
    pub rules: Vec<Rule>,
    /// Indicators computed from tables or from other fields.
    #[serde(default, rename = "indicator")]
    pub indicators: Vec<Indicator>,
}

/// A group of fields on one screen.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// A letter, such as `B`.
    pub code: String,
    /// What it is called.
    pub title: Label,
    /// Fields in order of display.
    #[serde(default, rename = "field")]
    pub fields: Vec<Field>,
}

/// One question.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// The code, such as `B3`.
    pub code: String,
    /// What is asked.
    pub label: Label,
    /// How to answer.
    pub help: Option<Label>,
    /// The rule that asks for it, such as `2273 II.1`.
    pub basis: Option<String>,
    /// The type.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// Whether a report without it cannot be submitted.
    #[serde(default)]
    pub required: bool,
    /// How it consolidates.
    #[serde(default)]
    pub aggregate: AggregateKind,
    /// Personal data: in no export unless asked for.
    #[serde(default)]
    pub personal: bool,
    /// A `yes_no` field with a date of its own under `CODE.date`.
    #[serde(default)]
    pub dated: bool,
    /// A number or a yes-no answer with an optional note under `CODE.reason`.
    #[serde(default)]
    pub reasoned: bool,
    /// Choices of a `one` or `many` field.
    #[serde(default, rename = "choice")]
    pub choices: Vec<Choice>,
    /// Columns of a table.
    #[serde(default, rename = "column")]
    pub columns: Vec<Column>,
    /// A table that may be confirmed empty by `CODE.empty = true`.
    #[serde(default)]
    pub may_be_empty: bool,
    /// Which rows of a table start the next quarter's report; none if absent.
    /// A row carries over when every filter holds; only columns with
    /// `carry = true` come along.
    pub carry: Option<Carry>,
}

/// Which rows carry over from the last accepted report.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Carry {
    /// All must hold; an empty list carries every row.
    #[serde(default)]
    pub filters: Vec<Filter>,
}

/// The type of a field or of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    /// `true` or `false`.
    YesNo,
    /// A whole number, 0 or more unless `min`/`max` of the column say else.
    Number,
    /// Whole dong, 0 or more.
    Money,
    /// A calendar date.
    Date,
    /// One line.
    Text,
    /// A co-edited text of several lines (an Automerge text).
    LongText,
    /// One of the choices.
    One,
    /// Any of the choices.
    Many,
    /// Rows with stable ids.
    Table,
}

/// One choice of a list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// What is stored.
    pub id: String,
    /// What is shown.
    pub label: Label,
}

/// One column of a table; a `Table`, `Many` or `LongText` is no column type.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// The id, such as `dossier`.
    pub id: String,
    /// What it is called.
    pub label: Label,
    /// The type.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// Whether a row without it cannot be submitted.
    #[serde(default)]
    pub required: bool,
    /// Smallest number allowed.
    pub min: Option<i64>,
    /// Largest number allowed.
    pub max: Option<i64>,
    /// Choices of a `one` column.
    #[serde(default, rename = "choice")]
    pub choices: Vec<Choice>,
    /// Whether the value comes along into the next quarter.
    #[serde(default)]
    pub carry: bool,
}

/// How a field consolidates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AggregateKind {
    /// Not at all.
    #[default]
    None,
    /// Added up.
    Sum,
    /// Yes out of answered.
    Share,
    /// Count of each choice. (A table consolidates through its indicators.)
    Counts,
    /// The texts with their units.
    List,
}

/// A cross-field rule. Closed kinds, no expression language.
///
/// A name such as `B4` is a field, `C1/found_high` a column: a rule whose names
/// are columns of one table is checked in every row.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Rule {
    /// `left` ≤ `right`, an error where both are filled and it does not hold.
    Le {
        /// The smaller.
        left: String,
        /// The larger.
        right: String,
    },
    /// `field` must be filled when `when` is `is`.
    RequiredIf {
        /// What must be filled.
        field: String,
        /// On what it depends.
        when: String,
        /// `true`, `false` or a choice id, as text.
        is: String,
    },
    /// A warning when 100 · num < min_percent · den (and den > 0).
    WarnRatio {
        /// The code under which the ratio is computed and shown, such as `G3`.
        code: String,
        /// Numerator field.
        num: String,
        /// Denominator field.
        den: String,
        /// The least share, in percent.
        min_percent: i64,
    },
    /// A warning, never an error: the task had to be done by a day. For a dated
    /// yes-no field: late if its date is after `by`, or if it is not yet true
    /// after `by`. For a column: late while a row that passes `filters` has it
    /// not true (or not `is`) after `by`.
    Deadline {
        /// The field or the column.
        field: String,
        /// For a choice column, the choice that counts as done.
        is: Option<String>,
        /// The last day on which it is in time.
        #[serde(deserialize_with = "parse::date")]
        by: Date,
        /// Which rows it concerns.
        #[serde(default)]
        filters: Vec<Filter>,
    },
}

/// An indicator computed from the report itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Indicator {
    /// Its code, such as `C1.approved`.
    pub code: String,
    /// What it is called.
    pub label: Label,
    /// How it is computed.
    #[serde(flatten)]
    pub formula: Formula,
}

/// How an indicator is computed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "formula", rename_all = "snake_case", deny_unknown_fields)]
pub enum Formula {
    /// Rows that pass all filters. Consolidates as a sum.
    CountRows {
        /// The table.
        table: String,
        /// All must hold.
        #[serde(default)]
        filters: Vec<Filter>,
    },
    /// Rows that pass `of` and `filters`, out of those that pass `of`.
    /// Consolidates as numerator and denominator.
    ShareRows {
        /// The table.
        table: String,
        /// Which rows are counted at all.
        #[serde(default)]
        of: Vec<Filter>,
        /// Which of them count as yes.
        filters: Vec<Filter>,
    },
    /// Σ of the `plus` columns − Σ of the `minus` columns over all rows.
    SumColumns {
        /// The table.
        table: String,
        /// Added.
        plus: Vec<String>,
        /// Taken off.
        #[serde(default)]
        minus: Vec<String>,
        /// All must hold.
        #[serde(default)]
        filters: Vec<Filter>,
    },
    /// How many rows have each choice of a `one` column.
    CountChoices {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// A field over a field; consolidates as a ratio of sums.
    Ratio {
        /// Numerator field.
        num: String,
        /// Denominator field.
        den: String,
    },
}

/// One condition on a row. Exactly one of the tests is given.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// The column.
    pub column: String,
    /// Its choice (or `true`/`false`) is one of these.
    pub is: Option<Vec<String>>,
    /// Its choice is filled and none of these, or is not filled.
    pub is_not: Option<Vec<String>>,
    /// It is a date in the last so many months before the period's last day
    /// (the day itself included, later days too).
    pub within_months: Option<u32>,
}

/// What an indicator of one report came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Computed {
    /// A count or a sum.
    Value(i64),
    /// A share or a ratio.
    Ratio {
        /// Numerator.
        num: i64,
        /// Denominator.
        den: i64,
    },
    /// Count of each choice.
    Counts(BTreeMap<String, i64>),
}
