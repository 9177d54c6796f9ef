//! From one report to its aggregate state.
//!
//! Reads the form, never a particular code: what consolidates, and how, is
//! written there. Indicators are computed by `model::compute`, in one place for
//! the form's screen, the rollup and its verification.

use std::collections::BTreeMap;

use model::form::{AggregateKind, Choice, Field, FieldType, Formula};
use model::{Aggregate, Aggregates, Computed, Form, ListItem, Period, Snapshot, UnitPath};

/// The longest text in a list, in characters (Unicode scalar values), the
/// ellipsis of a cut one included. A difficulty is a few sentences. Vietnamese
/// takes about 1.4 bytes a character, so the two lists of 400 facilities at full
/// length come to some 0.6 MB, below `wire`'s `ENTRY_MAX_BYTES`; in full they
/// would not fit into a rollup. The whole text stays in the report.
pub const LIST_TEXT_MAX_CHARS: usize = 500;

const ELLIPSIS: char = '…';

/// The state of no report at all: every code that the form consolidates, with
/// zero. The identity of [`merge`](crate::merge()).
///
/// ```
/// use model::Aggregate;
/// let form = model::form::builtin("kh2273-quy").unwrap();
/// let none = rollup::empty(form);
/// assert_eq!(none["B3"], Aggregate::Sum { sum: 0 });
/// assert_eq!(none["D1"], Aggregate::Share { yes: 0, of: 0 });
/// assert_eq!(none["G3"], Aggregate::Ratio { num: 0, den: 0 });
/// ```
pub fn empty(form: &Form) -> Aggregates {
    let mut state = Aggregates::new();
    for field in consolidated(form) {
        if let Some(zero) = zero_of_field(field) {
            state.insert(field.code.clone(), zero);
        }
    }
    // The ratio of a warning is an indicator too: `Form::parse` sees to it.
    for indicator in &form.indicators {
        let zero = zero_of_formula(form, &indicator.formula);
        state.insert(indicator.code.clone(), zero);
    }
    state
}

/// The state of one report: the same codes as [`empty`]. A field without an
/// answer, or with one of the wrong type, adds nothing; of choices only the
/// form's are counted; a listed text is cut to [`LIST_TEXT_MAX_CHARS`].
pub fn state_of(form: &Form, snapshot: &Snapshot, unit: &UnitPath, period: Period) -> Aggregates {
    let mut state = empty(form);
    for field in consolidated(form) {
        if let Some(aggregate) = state.get_mut(&field.code) {
            answer(aggregate, field, snapshot, unit);
        }
    }
    for (code, computed) in model::compute::compute(form, snapshot, period) {
        if let Some(aggregate) = state.get_mut(&code) {
            indicator(aggregate, computed);
        }
    }
    state
}

/// Tables consolidate through indicators only.
fn consolidated(form: &Form) -> impl Iterator<Item = &Field> {
    form.fields()
        .filter(|field| field.kind != FieldType::Table && field.aggregate != AggregateKind::None)
}

fn zero_of_field(field: &Field) -> Option<Aggregate> {
    match field.aggregate {
        AggregateKind::None => None,
        AggregateKind::Sum => Some(Aggregate::Sum { sum: 0 }),
        AggregateKind::Share => Some(Aggregate::Share { yes: 0, of: 0 }),
        AggregateKind::Counts => Some(Aggregate::Counts {
            counts: zero_counts(&field.choices),
        }),
        AggregateKind::List => Some(Aggregate::List { list: Vec::new() }),
    }
}

fn zero_of_formula(form: &Form, formula: &Formula) -> Aggregate {
    match formula {
        Formula::CountRows { .. } | Formula::SumColumns { .. } => Aggregate::Sum { sum: 0 },
        Formula::ShareRows { .. } | Formula::Ratio { .. } => Aggregate::Ratio { num: 0, den: 0 },
        Formula::CountChoices { table, column } => {
            let column = form.field(table).and_then(|field| field.column(column));
            Aggregate::Counts {
                counts: column.map_or_else(BTreeMap::new, |c| zero_counts(&c.choices)),
            }
        }
    }
}

fn zero_counts(choices: &[Choice]) -> BTreeMap<String, i64> {
    choices
        .iter()
        .map(|choice| (choice.id.clone(), 0))
        .collect()
}

/// Fills the zero state of a field with the report's answer.
fn answer(aggregate: &mut Aggregate, field: &Field, snapshot: &Snapshot, unit: &UnitPath) {
    let value = snapshot.get(&field.code);
    match aggregate {
        Aggregate::Sum { sum } => *sum = value.as_int().unwrap_or(0),
        Aggregate::Share { yes, of } => {
            if let Some(said) = value.as_bool() {
                *of = 1;
                *yes = i64::from(said);
            }
        }
        Aggregate::Counts { counts } => {
            let taken = value.as_str().unwrap_or("");
            for (choice, count) in counts {
                *count = i64::from(taken.split(',').any(|one| one == choice));
            }
        }
        Aggregate::List { list } => {
            let long = snapshot.texts.get(&field.code).map(String::as_str);
            let text = long.or(value.as_str()).unwrap_or("");
            if !text.trim().is_empty() {
                list.push(ListItem {
                    unit: unit.clone(),
                    text: shortened(text),
                });
            }
        }
        // No field makes a ratio; indicators do.
        Aggregate::Ratio { .. } => {}
    }
}

/// The text, or as much of its beginning as fits with an ellipsis. Cuts between
/// characters and looks at nothing else, so that every node cuts alike.
fn shortened(text: &str) -> String {
    if text.chars().nth(LIST_TEXT_MAX_CHARS).is_none() {
        return text.to_owned();
    }
    let kept = text.chars().take(LIST_TEXT_MAX_CHARS - 1);
    kept.chain(std::iter::once(ELLIPSIS)).collect()
}

/// Fills the zero state of an indicator with what the report computes to.
fn indicator(aggregate: &mut Aggregate, computed: Computed) {
    match (aggregate, computed) {
        (Aggregate::Sum { sum }, Computed::Value(n)) => *sum = n,
        (Aggregate::Ratio { num, den }, Computed::Ratio { num: n, den: d }) => {
            *num = n;
            *den = d;
        }
        (Aggregate::Counts { counts }, Computed::Counts(found)) => {
            for (choice, count) in counts {
                *count = found.get(choice).copied().unwrap_or(0);
            }
        }
        // The zero state and the computed value come from the same formula.
        _ => {}
    }
}
