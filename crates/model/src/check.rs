//! What keeps a report from being submitted (errors) and what its readers
//! should know (warnings).
//!
//! Deliberately no clock and no documents: the day and the open conflicts are
//! parameters. Invariants: the same report, day and conflicts always give the
//! same findings in the same order (the form's); a missed deadline, a low ratio
//! and an unknown key are never errors.

use jiff::civil::Date;

use crate::filter::{passes, token};
use crate::form::{Field, FieldType, Filter, Form, Place, Rule};
use crate::input::{check_long_text, check_slot};
use crate::period::Period;
use crate::value::{Scalar, Snapshot};

mod problem;

pub use problem::{Finding, Problem};

/// Most rows of one table: many times what the largest hospital has. A rollup
/// reads them all.
pub const ROWS_MAX_COUNT: usize = 1000;

/// What a check needs to know besides the report.
#[derive(Clone, Copy, Debug)]
pub struct CheckContext<'a> {
    /// The report's period.
    pub period: Period,
    /// The day of the check, in Vietnam.
    pub today: Date,
    /// Keys with several concurrent values that nobody has chosen from yet.
    pub conflicts: &'a [String],
}

/// The outcome of a check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Check {
    /// Must be mended before the report can be submitted.
    pub errors: Vec<Finding>,
    /// Shown, never in the way.
    pub warnings: Vec<Finding>,
}

impl Check {
    /// Whether the report may be submitted.
    pub fn may_submit(&self) -> bool {
        self.errors.is_empty()
    }
}

/// Checks a whole report.
pub fn check(form: &Form, snapshot: &Snapshot, context: &CheckContext<'_>) -> Check {
    let mut checker = Checker {
        form,
        snapshot,
        context,
        out: Check::default(),
    };
    checker.stored();
    for field in form.fields() {
        checker.required(field);
    }
    for rule in &form.rules {
        checker.rule(rule);
    }
    for key in context.conflicts {
        checker.error(key.clone(), Problem::Conflict);
    }
    let mut out = checker.out;
    for findings in [&mut out.errors, &mut out.warnings] {
        findings.sort_by_cached_key(|finding| position(form, &finding.code));
        findings.dedup();
    }
    out
}

/// Where a finding is shown: by field and then, in a table, row by row and
/// column by column. Stable sorting keeps the order of making otherwise.
fn position(form: &Form, key: &str) -> (usize, String, usize) {
    let code = key.split(['/', '.']).next().unwrap_or(key);
    let at = |wanted: &str| form.fields().position(|field| field.code == wanted);
    let mut parts = key.splitn(3, '/').skip(1);
    let row = parts.next().unwrap_or_default().to_owned();
    let column = parts.next().and_then(|id| {
        let columns = &form.field(code)?.columns;
        columns.iter().position(|column| column.id == id)
    });
    // An indicator such as G3 stands after the fields it is computed from.
    let ratio = || {
        form.rules.iter().find_map(|rule| match rule {
            Rule::WarnRatio { code: c, num, .. } if c == code => at(num),
            _ => None,
        })
    };
    let field = at(code).or_else(ratio).unwrap_or(usize::MAX);
    (field, row, column.map_or(0, |column| column + 1))
}

struct Checker<'a> {
    form: &'a Form,
    snapshot: &'a Snapshot,
    context: &'a CheckContext<'a>,
    out: Check,
}

impl<'a> Checker<'a> {
    fn error(&mut self, code: String, problem: Problem) {
        self.out.errors.push(Finding { code, problem });
    }

    fn warning(&mut self, code: String, problem: Problem) {
        self.out.warnings.push(Finding { code, problem });
    }

    /// Every stored value against its type.
    fn stored(&mut self) {
        for (key, value) in &self.snapshot.values {
            match self.form.slot(key) {
                None => self.warning(key.clone(), Problem::UnknownKey),
                Some(slot) => {
                    if let Err(error) = check_slot(&slot, value) {
                        self.error(key.clone(), Problem::Value(error));
                    }
                }
            }
        }
        for (code, text) in &self.snapshot.texts {
            let known = self.form.long_texts().any(|known| known == code);
            match check_long_text(text) {
                _ if !known => self.warning(code.clone(), Problem::UnknownKey),
                Err(error) => self.error(code.clone(), Problem::Value(error)),
                Ok(()) => {}
            }
        }
    }

    fn required(&mut self, field: &'a Field) {
        match field.kind {
            FieldType::Table => self.table(field),
            _ if field.required && self.is_blank(&field.code) => {
                self.error(field.code.clone(), Problem::Required);
            }
            _ => {}
        }
    }

    fn table(&mut self, table: &'a Field) {
        let rows: Vec<&str> = self.snapshot.rows(&table.code).collect();
        let empty = self.snapshot.get(&format!("{}.empty", table.code));
        let confirmed = table.may_be_empty && empty.as_bool() == Some(true);
        if rows.is_empty() && table.required && !confirmed {
            self.error(table.code.clone(), Problem::RowRequired);
        }
        if !rows.is_empty() && confirmed {
            self.error(table.code.clone(), Problem::RowsAndEmpty);
        }
        if rows.len() > ROWS_MAX_COUNT {
            let max = ROWS_MAX_COUNT;
            self.error(table.code.clone(), Problem::TooManyRows { max });
        }
        for row in rows {
            for column in table.columns.iter().filter(|column| column.required) {
                let key = Place::Column(table, column).key(Some(row));
                if self.is_blank(&key) {
                    self.error(key, Problem::Required);
                }
            }
        }
    }

    fn rule(&mut self, rule: &'a Rule) {
        match rule {
            Rule::Le { left, right } => {
                for (left, right) in self.pairs(left, right) {
                    let values = (self.int(&left), self.int(&right));
                    if let (Some(l), Some(r)) = values
                        && l > r
                    {
                        let problem = Problem::NotLe {
                            other: right,
                            left: l,
                            right: r,
                        };
                        self.error(left, problem);
                    }
                }
            }
            Rule::RequiredIf { field, when, is } => {
                for (field, when) in self.pairs(field, when) {
                    if self.says(&when, is) && self.is_blank(&field) {
                        let is = is.clone();
                        self.error(field, Problem::RequiredWhen { when, is });
                    }
                }
            }
            Rule::WarnRatio {
                code,
                num,
                den,
                min_percent,
            } => {
                if let (Some(num), Some(den)) = (self.int(num), self.int(den))
                    && den > 0
                    && i128::from(num) * 100 < i128::from(*min_percent) * i128::from(den)
                {
                    let min_percent = *min_percent;
                    let problem = Problem::RatioBelow {
                        num,
                        den,
                        min_percent,
                    };
                    self.warning(code.clone(), problem);
                }
            }
            Rule::Deadline {
                field,
                is,
                by,
                filters,
            } => self.deadline(field, is.as_deref(), *by, filters),
        }
    }

    fn deadline(&mut self, name: &'a str, is: Option<&str>, by: Date, filters: &[Filter]) {
        let Some(place) = self.form.place(name) else {
            return;
        };
        let wanted = is.unwrap_or("true");
        for row in self.rows_of(place) {
            if let (Some(row), Some(table)) = (row, place.table()) {
                let last_day = Some(self.context.period.last_day());
                if !passes(filters, self.snapshot, &table.code, row, last_day) {
                    continue;
                }
            }
            let key = place.key(row);
            if !self.says(&key, wanted) {
                if self.context.today > by {
                    self.warning(key, Problem::DeadlineMissed { by, done: None });
                }
                continue;
            }
            let date = self.snapshot.get(&format!("{key}.date")).as_str();
            let done = date.and_then(|text| text.parse::<Date>().ok());
            if done.is_some_and(|done| done > by) {
                self.warning(key, Problem::DeadlineMissed { by, done });
            }
        }
    }

    /// The keys of two places: one pair for fields, one a row for columns.
    fn pairs(&self, left: &'a str, right: &'a str) -> Vec<(String, String)> {
        let (Some(left), Some(right)) = (self.form.place(left), self.form.place(right)) else {
            return Vec::new();
        };
        self.rows_of(left)
            .into_iter()
            .map(|row| (left.key(row), right.key(row)))
            .collect()
    }

    /// `[None]` for a field, the rows of its table for a column.
    fn rows_of(&self, place: Place<'a>) -> Vec<Option<&'a str>> {
        match place.table() {
            None => vec![None],
            Some(table) => self.snapshot.rows(&table.code).map(Some).collect(),
        }
    }

    fn int(&self, key: &str) -> Option<i64> {
        self.snapshot.get(key).as_int()
    }

    /// Whether a yes-no or choice says this; one of several choices is enough.
    fn says(&self, key: &str, wanted: &str) -> bool {
        token(self.snapshot.get(key)).is_some_and(|said| said.split(',').any(|id| id == wanted))
    }

    fn is_blank(&self, key: &str) -> bool {
        if let Some(text) = self.snapshot.texts.get(key) {
            return text.trim().is_empty();
        }
        match self.snapshot.get(key) {
            Scalar::Null => true,
            Scalar::Str(text) => text.trim().is_empty(),
            Scalar::Bool(_) | Scalar::Int(_) => false,
        }
    }
}
