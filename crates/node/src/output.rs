//! What a command prints: one JSON value for machines, or lines for people.

use messages::Catalogue;
use model::UnitPath;
use serde::Serialize;
use unicode_width::UnicodeWidthStr as _;

use crate::failure::{Exit, Failure};

/// What a command answers.
pub struct Answer {
    /// For machines.
    pub json: serde_json::Value,
    /// For people.
    pub text: String,
    /// The exit code, if not 0 although it answered (`check` with errors).
    pub exit: Option<Exit>,
    /// Raw bytes instead of either (`entry --raw`).
    pub raw: Option<Vec<u8>>,
}

impl Answer {
    /// An answer from a value and its text.
    pub fn new(value: &impl Serialize, text: impl Into<String>) -> Result<Self, Failure> {
        let json = serde_json::to_value(value)
            .map_err(|error| Failure::new("json", Exit::Failed).because(error))?;
        Ok(Answer {
            json,
            text: text.into(),
            exit: None,
            raw: None,
        })
    }

    /// The same, with an exit code.
    pub fn exiting(mut self, exit: Option<Exit>) -> Self {
        self.exit = exit;
        self
    }
}

/// The error as JSON.
pub fn error_json(failure: &Failure, catalogue: &Catalogue) -> serde_json::Value {
    serde_json::json!({
        "error": {
            "code": failure.code,
            "message": failure.message(catalogue),
            "hint": failure.hint(catalogue),
        }
    })
}

/// Units in one line.
pub(crate) fn listed<'u>(units: impl IntoIterator<Item = &'u UnitPath>) -> String {
    let units: Vec<&str> = units.into_iter().map(UnitPath::as_str).collect();
    units.join(", ")
}

/// Text from anywhere, safe to print on a terminal: no control characters, no
/// bidirectional overrides.
pub fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| *c == '\n' || !model::text::is_forbidden(*c))
        .collect()
}

/// Columns padded to their widest cell, measured in terminal cells.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these headings.
    pub fn new<const N: usize>(headings: [String; N]) -> Self {
        Table {
            rows: vec![headings.to_vec()],
        }
    }

    /// Adds a row.
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(
            cells
                .iter()
                .map(|cell| plain(cell).replace('\n', " "))
                .collect(),
        );
    }

    /// Whether there are only headings.
    pub fn is_empty(&self) -> bool {
        self.rows.len() <= 1
    }

    /// The lines.
    pub fn render(&self) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            self.rows
                .iter()
                .filter_map(|row| row.get(column))
                .map(|cell| cell.width())
                .max()
        };
        let widths: Vec<usize> = (0..columns).map(|c| width(c).unwrap_or(0)).collect();
        let mut lines = String::new();
        for row in &self.rows {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(&widths) {
                line.push_str(cell);
                line.push_str(&" ".repeat(width - cell.width() + 2));
            }
            lines.push_str(line.trim_end());
            lines.push('\n');
        }
        lines
    }
}
