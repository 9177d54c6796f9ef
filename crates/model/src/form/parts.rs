//! Checks of a form's single parts: labels, fields, columns, choices, filters.

use std::collections::BTreeSet;

use crate::form::error::{FormProblem, limits};
use crate::form::{AggregateKind, Choice, Column, Field, FieldType, Filter, Label, Place, Section};

pub(super) fn check_section(
    section: &Section,
    codes: &mut BTreeSet<String>,
) -> Result<(), FormProblem> {
    let letter = section.code.len() == 1 && section.code.bytes().all(|b| b.is_ascii_uppercase());
    if !letter {
        return Err(FormProblem::Code);
    }
    unique(codes, &section.code)?;
    check_label(&section.title)
}

pub(super) fn check_field(field: &Field) -> Result<(), FormProblem> {
    check_label(&field.label)?;
    if let Some(help) = &field.help {
        let longest = help.vi.len().max(help.en.len());
        count(longest, limits::HELP_MAX_BYTES, "bytes of help")?;
    }
    check_basis(field.basis.as_deref())?;
    let kind = field.kind;
    let numeric = matches!(kind, FieldType::Number | FieldType::Money);
    let table = kind == FieldType::Table;
    only(field.dated, kind == FieldType::YesNo, "dated")?;
    only(
        field.reasoned,
        numeric || kind == FieldType::YesNo,
        "reasoned",
    )?;
    only(field.may_be_empty, table, "may_be_empty")?;
    only(field.carry.is_some(), table, "carry")?;
    only(!field.columns.is_empty(), table, "column")?;
    if table && field.columns.is_empty() {
        return Err(FormProblem::Needs("column"));
    }
    count(field.columns.len(), limits::COLUMNS_MAX_COUNT, "columns")?;
    check_choices(kind, &field.choices)?;
    let aggregate_fits = match field.aggregate {
        AggregateKind::None => true,
        AggregateKind::Sum => numeric,
        AggregateKind::Share => kind == FieldType::YesNo,
        AggregateKind::Counts => matches!(kind, FieldType::One | FieldType::Many),
        AggregateKind::List => {
            matches!(kind, FieldType::Text | FieldType::LongText) && !field.personal
        }
    };
    only(true, aggregate_fits, "aggregate")
}

pub(super) fn check_column(table: &Field, column: &Column) -> Result<(), FormProblem> {
    id(&column.id)?;
    check_label(&column.label)?;
    let kind = column.kind;
    if matches!(
        kind,
        FieldType::Table | FieldType::Many | FieldType::LongText
    ) {
        return Err(wrong(&column.id, "a type that a cell can hold"));
    }
    let numeric = matches!(kind, FieldType::Number | FieldType::Money);
    only(column.min.is_some(), numeric, "min")?;
    only(column.max.is_some(), numeric, "max")?;
    only(column.carry, table.carry.is_some(), "carry")?;
    if let (Some(min), Some(max)) = (column.min, column.max)
        && min > max
    {
        return Err(FormProblem::Range);
    }
    check_choices(kind, &column.choices)
}

pub(super) fn check_choices(kind: FieldType, choices: &[Choice]) -> Result<(), FormProblem> {
    let chosen = matches!(kind, FieldType::One | FieldType::Many);
    only(!choices.is_empty(), chosen, "choice")?;
    if chosen && choices.is_empty() {
        return Err(FormProblem::Needs("choice"));
    }
    count(choices.len(), limits::CHOICES_MAX_COUNT, "choices")?;
    let mut ids = BTreeSet::new();
    for choice in choices {
        id(&choice.id)?;
        unique(&mut ids, &choice.id)?;
        check_label(&choice.label)?;
        let separates = |text: &str| text.contains([',', ';']);
        if kind == FieldType::Many && (separates(&choice.label.vi) || separates(&choice.label.en)) {
            return Err(FormProblem::Separator);
        }
    }
    Ok(())
}

pub(super) fn check_filters(
    table: &Field,
    filters: &[Filter],
    timed: bool,
) -> Result<(), FormProblem> {
    count(filters.len(), limits::FILTERS_MAX_COUNT, "filters")?;
    for filter in filters {
        let name = format!("{}/{}", table.code, filter.column);
        let column = table
            .column(&filter.column)
            .ok_or_else(|| FormProblem::Unknown(name.clone()))?;
        let place = Place::Column(table, column);
        match (&filter.is, &filter.is_not, filter.within_months) {
            (Some(choices), None, None) | (None, Some(choices), None) => {
                for choice in choices {
                    check_choice(&name, place, choice)?;
                }
            }
            (None, None, Some(_)) if !timed => return Err(FormProblem::FilterPeriod),
            (None, None, Some(months)) => {
                if column.kind != FieldType::Date {
                    return Err(wrong(&name, "a date"));
                }
                let max = limits::MONTHS_MAX;
                count(months as usize, max as usize, "months")?;
            }
            _ => return Err(FormProblem::FilterTests),
        }
    }
    Ok(())
}

/// Whether a place can hold this: `true`, `false`, or one of its choices.
pub(super) fn check_choice(name: &str, place: Place<'_>, choice: &str) -> Result<(), FormProblem> {
    let known = match place.kind() {
        FieldType::YesNo => choice == "true" || choice == "false",
        FieldType::One | FieldType::Many => place.choices().iter().any(|c| c.id == choice),
        _ => return Err(wrong(name, "yes-no or a choice")),
    };
    if known {
        Ok(())
    } else {
        Err(FormProblem::Choice {
            name: name.to_owned(),
            choice: choice.to_owned(),
        })
    }
}

/// Two fields, or two columns of one table.
pub(super) fn beside(left: (&str, Place<'_>), right: (&str, Place<'_>)) -> Result<(), FormProblem> {
    let table = |place: Place<'_>| place.table().map(|table| table.code.clone());
    if table(left.1) == table(right.1) {
        Ok(())
    } else {
        Err(FormProblem::Apart(left.0.to_owned(), right.0.to_owned()))
    }
}

pub(super) fn check_label(label: &Label) -> Result<(), FormProblem> {
    for text in [&label.vi, &label.en] {
        if text.trim().is_empty() {
            return Err(FormProblem::EmptyLabel);
        }
        count(text.len(), limits::LABEL_MAX_BYTES, "bytes of label")?;
    }
    Ok(())
}

pub(super) fn check_basis(basis: Option<&str>) -> Result<(), FormProblem> {
    let bytes = basis.map_or(0, str::len);
    count(bytes, limits::LABEL_MAX_BYTES, "bytes of basis")
}

pub(super) fn count(n: usize, max: usize, what: &'static str) -> Result<(), FormProblem> {
    if n > max {
        return Err(FormProblem::Limit { what, max });
    }
    Ok(())
}

pub(super) fn only(present: bool, allowed: bool, what: &'static str) -> Result<(), FormProblem> {
    if present && !allowed {
        return Err(FormProblem::NotFor(what));
    }
    Ok(())
}

pub(super) fn unique(seen: &mut BTreeSet<String>, text: &str) -> Result<(), FormProblem> {
    if seen.insert(text.to_owned()) {
        Ok(())
    } else {
        Err(FormProblem::Duplicate(text.to_owned()))
    }
}

pub(super) fn id(text: &str) -> Result<(), FormProblem> {
    if is_id(text) {
        Ok(())
    } else {
        Err(FormProblem::Id(text.to_owned()))
    }
}

pub(super) fn is_id(text: &str) -> bool {
    (1..=limits::NAME_MAX_BYTES).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

pub(super) fn is_field_code(text: &str) -> bool {
    (2..=4).contains(&text.len())
        && text.as_bytes()[0].is_ascii_uppercase()
        && text.bytes().skip(1).all(|b| b.is_ascii_digit())
}

pub(super) fn wrong(name: &str, wanted: &'static str) -> FormProblem {
    FormProblem::WrongType {
        name: name.to_owned(),
        wanted,
    }
}
