//! Indicators computed from one report.
//!
//! Deliberately only one report: `rollup` adds the results up. Invariant: every
//! indicator of the form is in the result, whatever the report lacks; an absent
//! number counts as 0, so that a ratio of sums is the sum of these.

use std::collections::BTreeMap;

use crate::filter::passes;
use crate::form::{Computed, Form, Formula};
use crate::period::Period;
use crate::value::Snapshot;

/// All indicators of the form by code (`C1.running`, `G3`, `H2`).
pub fn compute(form: &Form, snapshot: &Snapshot, period: Period) -> BTreeMap<String, Computed> {
    form.indicators
        .iter()
        .map(|indicator| {
            let value = one(form, &indicator.formula, snapshot, period);
            (indicator.code.clone(), value)
        })
        .collect()
}

fn one(form: &Form, formula: &Formula, snapshot: &Snapshot, period: Period) -> Computed {
    let last_day = Some(period.last_day());
    match formula {
        Formula::CountRows { table, filters } => Computed::Value(size(
            snapshot
                .rows(table)
                .filter(|row| passes(filters, snapshot, table, row, last_day)),
        )),
        Formula::ShareRows { table, of, filters } => {
            let counted: Vec<&str> = snapshot
                .rows(table)
                .filter(|row| passes(of, snapshot, table, row, last_day))
                .collect();
            let den = size(counted.iter());
            let num = size(
                counted
                    .iter()
                    .filter(|row| passes(filters, snapshot, table, row, last_day)),
            );
            Computed::Ratio { num, den }
        }
        Formula::SumColumns {
            table,
            plus,
            minus,
            filters,
        } => {
            let sum = |row: &str, columns: &[String]| {
                columns
                    .iter()
                    .filter_map(|column| snapshot.cell(table, row, column).as_int())
                    .fold(0i64, i64::saturating_add)
            };
            let total = snapshot
                .rows(table)
                .filter(|row| passes(filters, snapshot, table, row, last_day))
                .map(|row| sum(row, plus).saturating_sub(sum(row, minus)))
                .fold(0i64, i64::saturating_add);
            Computed::Value(total)
        }
        Formula::CountChoices { table, column } => {
            let mut counts: BTreeMap<String, i64> = form
                .field(table)
                .and_then(|field| field.column(column))
                .into_iter()
                .flat_map(|column| &column.choices)
                .map(|choice| (choice.id.clone(), 0))
                .collect();
            for row in snapshot.rows(table) {
                let choice = snapshot.cell(table, row, column).as_str();
                if let Some(count) = choice.and_then(|choice| counts.get_mut(choice)) {
                    *count += 1;
                }
            }
            Computed::Counts(counts)
        }
        Formula::Ratio { num, den } => Computed::Ratio {
            num: snapshot.get(num).as_int().unwrap_or(0),
            den: snapshot.get(den).as_int().unwrap_or(0),
        },
    }
}

fn size(rows: impl Iterator) -> i64 {
    i64::try_from(rows.count()).unwrap_or(i64::MAX)
}
