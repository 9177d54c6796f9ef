//! Whether a row of a table passes a list of conditions.

use std::borrow::Cow;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::form::Filter;
use crate::value::{Scalar, Snapshot};

/// All filters hold. `last_day` is the period's; without it no time test holds.
pub(crate) fn passes(
    filters: &[Filter],
    snapshot: &Snapshot,
    table: &str,
    row: &str,
    last_day: Option<Date>,
) -> bool {
    filters
        .iter()
        .all(|filter| holds(filter, snapshot.cell(table, row, &filter.column), last_day))
}

fn holds(filter: &Filter, cell: &Scalar, last_day: Option<Date>) -> bool {
    let named = |choices: &[String]| {
        token(cell).is_some_and(|token| choices.iter().any(|choice| *choice == token))
    };
    if let Some(choices) = &filter.is {
        return named(choices);
    }
    if let Some(choices) = &filter.is_not {
        return !named(choices);
    }
    match (filter.within_months, last_day, cell.as_str()) {
        (Some(months), Some(last_day), Some(text)) => {
            let since = last_day.saturating_sub(i64::from(months).months());
            text.parse::<Date>().is_ok_and(|date| date >= since)
        }
        _ => false,
    }
}

/// A yes-no or a choice as forms name it.
pub(crate) fn token(value: &Scalar) -> Option<Cow<'_, str>> {
    match value {
        Scalar::Bool(true) => Some(Cow::Borrowed("true")),
        Scalar::Bool(false) => Some(Cow::Borrowed("false")),
        Scalar::Str(text) => Some(Cow::Borrowed(text)),
        Scalar::Null | Scalar::Int(_) => None,
    }
}
