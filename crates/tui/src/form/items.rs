//! What a list of fields is made of: one item a line, for a section or for one
//! row of a table.

use std::collections::BTreeMap;

use messages::Catalogue;
use model::form::{Field, FieldType, Formula, Indicator, Rule};
use model::{Computed, Form, Lang, Scalar, Snapshot};

/// What an item holds and how it is edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// One scalar under the item's key.
    Scalar(FieldType),
    /// A co-edited text.
    LongText,
    /// Rows on a screen of their own.
    Table,
    /// Computed from others, as displayed; not edited.
    Computed(String),
}

/// One line of a list of fields.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    /// The key in the report's map; for a text, a table or a computed value its
    /// code.
    pub(crate) key: String,
    /// What stands before the label: the code, or nothing for a column.
    pub(crate) code: String,
    /// What is asked.
    pub(crate) label: String,
    /// What it holds.
    pub(crate) shape: Shape,
    /// Whether the report cannot be submitted without it.
    pub(crate) required: bool,
    /// How to answer.
    pub(crate) help: Option<String>,
    /// The rule that asks for it.
    pub(crate) basis: Option<String>,
}

impl Item {
    /// The item of a field's own value.
    pub(crate) fn of_field(field: &Field, lang: Lang) -> Item {
        Item {
            key: field.code.clone(),
            code: field.code.clone(),
            label: field.label.get(lang).to_owned(),
            shape: match field.kind {
                FieldType::LongText => Shape::LongText,
                FieldType::Table => Shape::Table,
                kind => Shape::Scalar(kind),
            },
            required: field.required,
            help: field.help.as_ref().map(|help| help.get(lang).to_owned()),
            basis: field.basis.clone(),
        }
    }

    fn beside(field: &Field, suffix: &str, label: String, kind: FieldType) -> Item {
        Item {
            key: format!("{}.{suffix}", field.code),
            code: String::new(),
            label,
            shape: Shape::Scalar(kind),
            required: false,
            help: None,
            basis: field.basis.clone(),
        }
    }
}

/// The items of one section; what depends on an answer (a date, a reason)
/// appears with it.
pub(crate) fn section_items(
    form: &Form,
    section: usize,
    shown: &Snapshot,
    computed: &BTreeMap<String, Computed>,
    lang: Lang,
    words: &Catalogue,
) -> Vec<Item> {
    let Some(section) = form.sections.get(section) else {
        return Vec::new();
    };
    let mut items = Vec::new();
    for field in &section.fields {
        items.push(Item::of_field(field, lang));
        let filled = |suffix: &str| !shown.get(&format!("{}.{suffix}", field.code)).is_null();
        if field.dated && (*shown.get(&field.code) == Scalar::Bool(true) || filled("date")) {
            items.push(Item::beside(
                field,
                "date",
                words.tr("item-date"),
                FieldType::Date,
            ));
        }
        if field.reasoned && (!shown.get(&field.code).is_null() || filled("reason")) {
            items.push(Item::beside(
                field,
                "reason",
                words.tr("item-reason"),
                FieldType::Text,
            ));
        }
        let empty = shown.rows(&field.code).next().is_none();
        if field.may_be_empty && (empty || filled("empty")) {
            items.push(Item::beside(
                field,
                "empty",
                words.tr("item-empty"),
                FieldType::YesNo,
            ));
        }
    }
    let codes: Vec<&str> = section.fields.iter().map(|f| f.code.as_str()).collect();
    items.extend(computed_items(form, &codes, computed, lang));
    items
}

/// The indicators that rest on fields of this section.
fn computed_items(
    form: &Form,
    codes: &[&str],
    values: &BTreeMap<String, Computed>,
    lang: Lang,
) -> Vec<Item> {
    let rule_codes = form.rules.iter().filter_map(|rule| match rule {
        Rule::WarnRatio { code, num, .. } if codes.contains(&num.as_str()) => Some((code, None)),
        _ => None,
    });
    let indicators = form.indicators.iter().filter_map(|indicator| {
        codes
            .contains(&rests_on(indicator))
            .then_some((&indicator.code, Some(indicator)))
    });
    let mut items: Vec<Item> = Vec::new();
    for (code, indicator) in indicators.chain(rule_codes) {
        // A ratio may have both an indicator, which names it, and a rule.
        if items.iter().any(|item| item.key == *code) {
            continue;
        }
        let Some(value) = values.get(code) else {
            continue;
        };
        items.push(Item {
            key: code.clone(),
            code: code.clone(),
            label: indicator.map_or_else(String::new, |i| i.label.get(lang).to_owned()),
            shape: Shape::Computed(computed_text(form, indicator, value, lang)),
            required: false,
            help: None,
            basis: None,
        });
    }
    items
}

fn rests_on(indicator: &Indicator) -> &str {
    match &indicator.formula {
        Formula::CountRows { table, .. }
        | Formula::ShareRows { table, .. }
        | Formula::SumColumns { table, .. }
        | Formula::CountChoices { table, .. } => table,
        Formula::Ratio { num, .. } => num,
    }
}

fn computed_text(
    form: &Form,
    indicator: Option<&Indicator>,
    value: &Computed,
    lang: Lang,
) -> String {
    match value {
        Computed::Value(n) => n.to_string(),
        Computed::Ratio { num, den } => ratio_text(*num, *den, lang),
        Computed::Counts(counts) => {
            let choices = indicator.and_then(|i| match &i.formula {
                Formula::CountChoices { table, column } => {
                    Some(&form.field(table)?.column(column)?.choices)
                }
                _ => None,
            });
            let name = |id: &str| {
                let choice = choices.and_then(|all| all.iter().find(|choice| choice.id == id));
                choice.map_or_else(|| id.to_owned(), |c| c.label.get(lang).to_owned())
            };
            let parts = counts.iter().map(|(id, n)| format!("{} {n}", name(id)));
            parts.collect::<Vec<_>>().join(", ")
        }
    }
}

/// `3/4 (75,0 %)`, in whole numbers throughout; `–` when there is nothing to
/// divide by.
fn ratio_text(num: i64, den: i64, lang: Lang) -> String {
    if den <= 0 {
        return "–".to_owned();
    }
    let tenths = i128::from(num) * 1000 / i128::from(den);
    let point = if lang == Lang::Vi { ',' } else { '.' };
    let (sign, tenths) = if tenths < 0 {
        ("-", -tenths)
    } else {
        ("", tenths)
    };
    let percent = format!("{sign}{}{point}{} %", tenths / 10, tenths % 10);
    match den {
        // Counts say more with their parts; amounts of money do not fit.
        ..10_000 => format!("{num}/{den} ({percent})"),
        _ => percent,
    }
}

/// The columns of one row.
pub(crate) fn row_items(table: &Field, row: &str, lang: Lang) -> Vec<Item> {
    let item = |column: &model::form::Column| Item {
        key: format!("{}/{row}/{}", table.code, column.id),
        code: String::new(),
        label: column.label.get(lang).to_owned(),
        shape: Shape::Scalar(column.kind),
        required: column.required,
        help: None,
        basis: None,
    };
    table.columns.iter().map(item).collect()
}

/// The code of the field that a key or an indicator's code belongs to:
/// `C1` for `C1/k3f9/name`, `B1` for `B1.date`.
pub(crate) fn field_code(key: &str) -> &str {
    key.split(['/', '.']).next().unwrap_or(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_in_whole_numbers() {
        assert_eq!(ratio_text(3, 4, Lang::Vi), "3/4 (75,0 %)");
        assert_eq!(ratio_text(1, 3, Lang::En), "1/3 (33.3 %)");
        assert_eq!(ratio_text(95_000_000, 1_000_000_000, Lang::Vi), "9,5 %");
        assert_eq!(ratio_text(0, 0, Lang::Vi), "–");
        assert!(!ratio_text(i64::MAX, 1, Lang::Vi).is_empty());
    }

    #[test]
    fn keys_belong_to_fields() {
        assert_eq!(field_code("C1/k3f9/name"), "C1");
        assert_eq!(field_code("B1.date"), "B1");
        assert_eq!(field_code("G3"), "G3");
    }
}
