//! Keys of the report's flat map, and what each stands for in a form.

use crate::Lang;
use crate::form::{Choice, Column, Field, FieldType, Form, Label};

/// Longest id of a table row, in bytes. Ids are drawn at random; 16 characters
/// of 36 are far more than any two people ever draw alike.
pub const ROW_ID_MAX_BYTES: usize = 16;

/// What a key of the report's map stands for in a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot<'a> {
    /// A field's own value, `B3`.
    Field(&'a Field),
    /// The date of a dated field, `B1.date`.
    Date(&'a Field),
    /// The explanation of a number or of a yes-no answer, `D5.reason`.
    Reason(&'a Field),
    /// "This table is empty on purpose", `C1.empty`.
    Empty(&'a Field),
    /// A row's marker, `C1/k3f9`.
    Row(&'a Field, &'a str),
    /// A cell, `C1/k3f9/name`.
    Cell(&'a Field, &'a str, &'a Column),
}

impl<'a> Slot<'a> {
    /// The field it belongs to.
    pub fn field(&self) -> &'a Field {
        match *self {
            Slot::Field(field)
            | Slot::Date(field)
            | Slot::Reason(field)
            | Slot::Empty(field)
            | Slot::Row(field, _)
            | Slot::Cell(field, _, _) => field,
        }
    }

    /// The type of the value stored there; never `Table` nor `LongText`.
    pub fn kind(&self) -> FieldType {
        match self {
            Slot::Field(field) => field.kind,
            Slot::Date(_) => FieldType::Date,
            Slot::Reason(_) => FieldType::Text,
            Slot::Empty(_) | Slot::Row(..) => FieldType::YesNo,
            Slot::Cell(_, _, column) => column.kind,
        }
    }

    /// The choices, for a `One` or a `Many`.
    pub fn choices(&self) -> &'a [Choice] {
        match *self {
            Slot::Field(field) => &field.choices,
            Slot::Cell(_, _, column) => &column.choices,
            _ => &[],
        }
    }

    /// The column's own least and greatest number, where it has them.
    pub(crate) fn limits(&self) -> (Option<i64>, Option<i64>) {
        match self {
            Slot::Cell(_, _, column) => (column.min, column.max),
            _ => (None, None),
        }
    }
}

/// What a name in a rule, such as `B4` or `C1/found_high`, stands for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place<'a> {
    Field(&'a Field),
    Column(&'a Field, &'a Column),
}

impl<'a> Place<'a> {
    pub(crate) fn kind(self) -> FieldType {
        match self {
            Place::Field(field) => field.kind,
            Place::Column(_, column) => column.kind,
        }
    }

    pub(crate) fn choices(self) -> &'a [Choice] {
        match self {
            Place::Field(field) => &field.choices,
            Place::Column(_, column) => &column.choices,
        }
    }

    /// The table whose rows the place lies in.
    pub(crate) fn table(self) -> Option<&'a Field> {
        match self {
            Place::Field(_) => None,
            Place::Column(table, _) => Some(table),
        }
    }

    /// The key of the place: in this row, for a column.
    pub(crate) fn key(self, row: Option<&str>) -> String {
        match self {
            Place::Field(field) => field.code.clone(),
            Place::Column(table, column) => {
                format!("{}/{}/{}", table.code, row.unwrap_or_default(), column.id)
            }
        }
    }
}

impl Label {
    /// The text in a language.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Vi => &self.vi,
            Lang::En => &self.en,
        }
    }
}

impl Form {
    /// The field with this code.
    pub fn field(&self, code: &str) -> Option<&Field> {
        self.fields().find(|field| field.code == code)
    }

    /// All fields in order.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.sections.iter().flat_map(|section| &section.fields)
    }

    /// The codes of the co-edited texts, in order.
    pub fn long_texts(&self) -> impl Iterator<Item = &str> {
        self.fields()
            .filter(|field| field.kind == FieldType::LongText)
            .map(|field| field.code.as_str())
    }

    /// What a key such as `B3`, `B1.date`, `D5.reason`, `C1.empty`, `C1/k3f9`
    /// or `C1/k3f9/name` stands for. `None` for any other text; for the code of
    /// a table, which has no value of its own; and for a co-edited text, which
    /// is no value of the map.
    pub fn slot<'a>(&'a self, key: &'a str) -> Option<Slot<'a>> {
        if let Some((code, rest)) = key.split_once('/') {
            let table = self.field(code).filter(|f| f.kind == FieldType::Table)?;
            let (row, column) = match rest.split_once('/') {
                Some((row, column)) => (row, Some(column)),
                None => (rest, None),
            };
            if !is_row_id(row) {
                return None;
            }
            return match column {
                None => Some(Slot::Row(table, row)),
                Some(id) => Some(Slot::Cell(table, row, table.column(id)?)),
            };
        }
        if let Some((code, part)) = key.split_once('.') {
            let field = self.field(code)?;
            return match part {
                "date" if field.dated => Some(Slot::Date(field)),
                "reason" if field.reasoned => Some(Slot::Reason(field)),
                "empty" if field.may_be_empty => Some(Slot::Empty(field)),
                _ => None,
            };
        }
        let field = self.field(key)?;
        match field.kind {
            FieldType::Table | FieldType::LongText => None,
            _ => Some(Slot::Field(field)),
        }
    }

    /// The label of whatever a code or key names: a section, a field, a part of
    /// it, a cell's column, an indicator. `None` if the form has no such thing.
    pub fn label(&self, key: &str, lang: Lang) -> Option<&str> {
        let plain = self.indicators.iter().find(|i| i.code == key);
        if let Some(field) = self.field(key) {
            return Some(field.label.get(lang));
        }
        if let Some(indicator) = plain {
            return Some(indicator.label.get(lang));
        }
        if let Some(section) = self.sections.iter().find(|s| s.code == key) {
            return Some(section.title.get(lang));
        }
        let (code, rest) = key.split_once(['/', '.'])?;
        let field = self.field(code)?;
        let column = rest.rsplit('/').next().and_then(|id| field.column(id));
        Some(column.map_or(&field.label, |c| &c.label).get(lang))
    }

    /// What a name in a rule stands for: `B4`, or `C1/found_high`.
    pub(crate) fn place(&self, name: &str) -> Option<Place<'_>> {
        match name.split_once('/') {
            None => self.field(name).map(Place::Field),
            Some((table, column)) => {
                let table = self.field(table)?;
                Some(Place::Column(table, table.column(column)?))
            }
        }
    }
}

impl Field {
    /// The column with this id.
    pub fn column(&self, id: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.id == id)
    }
}

/// Whether a text may be the id of a row: 1 to 16 of `a-z` and `0-9`.
pub fn is_row_id(text: &str) -> bool {
    (1..=ROW_ID_MAX_BYTES).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}
