//! Reading a form from TOML, and refusing one that is not sound.
//!
//! The checks run once, when a form is published or read, so that nobody who
//! evaluates a form later has to think of a missing column.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer};

use crate::form::error::{FormError, FormProblem, limits};
use crate::form::parts::{
    beside, check_basis, check_choice, check_column, check_field, check_filters, check_label,
    check_section, count, is_field_code, is_id, unique, wrong,
};
use crate::form::{AggregateKind, Field, FieldType, Filter, Form, Formula, Indicator, Place, Rule};

type Checked = Result<(), FormError>;

impl Form {
    /// Reads a form and checks that it is sound.
    pub fn parse(toml: &str) -> Result<Form, FormError> {
        if toml.len() > limits::FORM_MAX_BYTES {
            return Err(FormError::TooLarge {
                bytes: toml.len(),
                max: limits::FORM_MAX_BYTES,
            });
        }
        let form: Form = toml::from_str(toml).map_err(Box::new)?;
        form.check_head()?;
        form.check_fields()?;
        for (at, rule) in form.rules.iter().enumerate() {
            form.check_rule(rule)
                .map_err(|problem| unsound(&format!("rule {} ({})", at + 1, rule.at()), problem))?;
        }
        let mut codes = BTreeSet::new();
        for indicator in &form.indicators {
            let at = |problem| unsound(&indicator.code, problem);
            unique(&mut codes, &indicator.code).map_err(at)?;
            form.check_indicator(indicator).map_err(at)?;
        }
        Ok(form)
    }

    fn check_head(&self) -> Checked {
        let at = |problem| unsound(&self.name, problem);
        let named = (1..=limits::NAME_MAX_BYTES).contains(&self.name.len())
            && self
                .name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !named {
            return Err(at(FormProblem::Name));
        }
        if self.version < 1 {
            return Err(at(FormProblem::Version));
        }
        check_label(&self.title).map_err(at)?;
        check_basis(self.basis.as_deref()).map_err(at)?;
        count(self.sections.len(), limits::SECTIONS_MAX_COUNT, "sections").map_err(at)?;
        count(self.fields().count(), limits::FIELDS_MAX_COUNT, "fields").map_err(at)?;
        count(self.rules.len(), limits::RULES_MAX_COUNT, "rules").map_err(at)?;
        let indicators = self.indicators.len();
        count(indicators, limits::INDICATORS_MAX_COUNT, "indicators").map_err(at)
    }

    fn check_fields(&self) -> Checked {
        let mut codes = BTreeSet::new();
        for section in &self.sections {
            check_section(section, &mut codes)
                .map_err(|problem| unsound(&section.code, problem))?;
            for field in &section.fields {
                let at = |problem| unsound(&field.code, problem);
                if !is_field_code(&field.code) || !field.code.starts_with(&section.code) {
                    return Err(at(FormProblem::Code));
                }
                unique(&mut codes, &field.code).map_err(at)?;
                check_field(field).map_err(at)?;
                let mut ids = BTreeSet::new();
                for column in &field.columns {
                    let at = |problem| unsound(&format!("{}/{}", field.code, column.id), problem);
                    unique(&mut ids, &column.id).map_err(at)?;
                    check_column(field, column).map_err(at)?;
                }
                if let Some(carry) = &field.carry {
                    check_filters(field, &carry.filters, false).map_err(at)?;
                }
            }
        }
        Ok(())
    }

    fn check_rule(&self, rule: &Rule) -> Result<(), FormProblem> {
        match rule {
            Rule::Le { left, right } => {
                let (l, r) = (self.numeric(left)?, self.numeric(right)?);
                beside((left, l), (right, r))
            }
            Rule::RequiredIf { field, when, is } => {
                let (target, source) = (self.existing(field)?, self.existing(when)?);
                beside((field, target), (when, source))?;
                if matches!(target.kind(), FieldType::Table) {
                    return Err(wrong(field, "a field or column with a value"));
                }
                check_choice(when, source, is)
            }
            Rule::WarnRatio {
                code,
                num,
                den,
                min_percent,
            } => {
                if !(0..=100).contains(min_percent) {
                    return Err(FormProblem::Percent);
                }
                let same = self.indicators.iter().any(|i| {
                    i.code == *code
                        && matches!(&i.formula, Formula::Ratio { num: n, den: d } if n == num && d == den)
                });
                if same {
                    Ok(())
                } else {
                    Err(FormProblem::RatioIndicator)
                }
            }
            Rule::Deadline {
                field, is, filters, ..
            } => self.check_deadline(field, is.as_deref(), filters),
        }
    }

    fn check_deadline(
        &self,
        field: &str,
        is: Option<&str>,
        filters: &[Filter],
    ) -> Result<(), FormProblem> {
        let place = self.existing(field)?;
        match (place.kind(), is) {
            (FieldType::YesNo, None) => {}
            (FieldType::One, Some(choice)) => check_choice(field, place, choice)?,
            _ => return Err(wrong(field, "yes-no, or one choice with `is`")),
        }
        match place.table() {
            Some(table) => check_filters(table, filters, true),
            None if filters.is_empty() => Ok(()),
            None => Err(FormProblem::NotFor("filters")),
        }
    }

    fn check_indicator(&self, indicator: &Indicator) -> Result<(), FormProblem> {
        check_label(&indicator.label)?;
        let own_table = match &indicator.formula {
            Formula::CountRows { table, filters } => {
                check_filters(self.table(table)?, filters, true)?;
                Some(table)
            }
            Formula::ShareRows { table, of, filters } => {
                let rows = self.table(table)?;
                check_filters(rows, of, true)?;
                check_filters(rows, filters, true)?;
                Some(table)
            }
            Formula::SumColumns {
                table,
                plus,
                minus,
                filters,
            } => {
                let rows = self.table(table)?;
                check_filters(rows, filters, true)?;
                count(plus.len(), limits::FILTERS_MAX_COUNT, "columns")?;
                count(minus.len(), limits::FILTERS_MAX_COUNT, "columns")?;
                for id in plus.iter().chain(minus) {
                    self.numeric(&format!("{}/{id}", rows.code))?;
                }
                Some(table)
            }
            Formula::CountChoices { table, column } => {
                self.table(table)?;
                let name = format!("{table}/{column}");
                if self.existing(&name)?.kind() != FieldType::One {
                    return Err(wrong(&name, "one choice"));
                }
                Some(table)
            }
            Formula::Ratio { num, den } => {
                let (n, d) = (self.numeric(num)?, self.numeric(den)?);
                for (name, place) in [(num, n), (den, d)] {
                    if place.table().is_some() {
                        return Err(wrong(name, "a field"));
                    }
                }
                None
            }
        };
        self.check_indicator_code(&indicator.code, own_table)
    }

    /// `C1.running` for a table's, a code no field has for any other; a table
    /// that does not consolidate by itself may lend its own code (`H2`).
    fn check_indicator_code(&self, code: &str, table: Option<&String>) -> Result<(), FormProblem> {
        let fine = match (code.split_once('.'), table) {
            (Some((prefix, name)), Some(table)) => {
                prefix == table && is_id(name) && !["date", "reason", "empty"].contains(&name)
            }
            (Some(_), None) => false,
            (None, _) => match self.field(code) {
                Some(field) => table == Some(&field.code) && field.aggregate == AggregateKind::None,
                None => is_field_code(code),
            },
        };
        if fine {
            Ok(())
        } else {
            Err(FormProblem::IndicatorCode)
        }
    }

    fn existing(&self, name: &str) -> Result<Place<'_>, FormProblem> {
        self.place(name)
            .ok_or_else(|| FormProblem::Unknown(name.to_owned()))
    }

    fn numeric(&self, name: &str) -> Result<Place<'_>, FormProblem> {
        let place = self.existing(name)?;
        match place.kind() {
            FieldType::Number | FieldType::Money => Ok(place),
            _ => Err(wrong(name, "a number or an amount")),
        }
    }

    fn table(&self, code: &str) -> Result<&Field, FormProblem> {
        let field = self
            .field(code)
            .ok_or_else(|| FormProblem::Unknown(code.to_owned()))?;
        match field.kind {
            FieldType::Table => Ok(field),
            _ => Err(wrong(code, "a table")),
        }
    }
}

impl Rule {
    /// The code that a person would look for.
    fn at(&self) -> &str {
        match self {
            Rule::Le { left, .. } => left,
            Rule::RequiredIf { field, .. } | Rule::Deadline { field, .. } => field,
            Rule::WarnRatio { code, .. } => code,
        }
    }
}

fn unsound(at: &str, problem: FormProblem) -> FormError {
    FormError::Unsound {
        at: at.to_owned(),
        problem,
    }
}

/// A date, native in TOML (`2026-05-31`) or quoted.
pub(super) fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Quoted(Date),
        Native(toml::value::Datetime),
    }
    match Written::deserialize(deserializer)? {
        Written::Quoted(date) => Ok(date),
        // A time of day beside the date would not parse as a date.
        Written::Native(datetime) => datetime
            .to_string()
            .parse()
            .map_err(serde::de::Error::custom),
    }
}
