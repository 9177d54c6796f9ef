//! Saves on their way, and how a report looks with them laid over.

use model::{Scalar, Snapshot};

use crate::form::msg::Effect;
use crate::form::upon::Upon;

/// A save on its way.
#[derive(Clone, Debug)]
pub(crate) struct Save {
    pub(crate) effect: Effect,
    pub(crate) state: SaveState,
    /// The row that an `AddRow` made.
    pub(crate) row: Option<String>,
}

/// How far a save has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SaveState {
    /// Handed to the runner, not answered.
    InFlight,
    /// Durable, but no newer view has come.
    Done,
    /// Refused; shown until it is tried again.
    Failed,
}

/// Whether a finding, a conflict or a save at `code` shows at `key`: its own
/// key, or the table or row it lies in.
pub(crate) fn lies_in(code: &str, key: &str) -> bool {
    code == key
        || code
            .strip_prefix(key)
            .is_some_and(|rest| rest.starts_with('/'))
}

/// The key a save is about.
pub(crate) fn target(effect: &Effect) -> Option<&str> {
    match effect {
        Effect::SetValue { key, .. } | Effect::ResolveConflict { key, .. } => Some(key),
        Effect::SetText { code, .. } => Some(code),
        Effect::AddRow { table, .. }
        | Effect::RemoveRow { table, .. }
        | Effect::RestoreRow { table, .. } => Some(table),
        _ => None,
    }
}

/// Where a save writes values, and what it was made upon; a new row and a text
/// rest on nothing that could be overwritten.
pub(crate) fn written(effect: &Effect) -> Option<(String, &Upon)> {
    match effect {
        Effect::SetValue { key, upon, .. } | Effect::ResolveConflict { key, upon, .. } => {
            Some((key.clone(), upon))
        }
        Effect::RemoveRow { table, row, upon }
        | Effect::RestoreRow {
            table, row, upon, ..
        } => Some((format!("{table}/{row}"), upon)),
        _ => None,
    }
}

/// Lays one save over what is shown.
pub(crate) fn lay_over(shown: &mut Snapshot, save: &Save) {
    match &save.effect {
        Effect::SetValue { key, value, .. } => put(shown, key.clone(), value),
        Effect::SetText { code, text, .. } if text.is_empty() => {
            shown.texts.remove(code);
        }
        Effect::SetText { code, text, .. } => {
            shown.texts.insert(code.clone(), text.clone());
        }
        Effect::AddRow { table, cells } => {
            if let Some(row) = &save.row {
                put_row(shown, table, row, cells);
            }
        }
        Effect::RestoreRow {
            table, row, cells, ..
        } => put_row(shown, table, row, cells),
        Effect::RemoveRow { table, row, .. } => remove_row(shown, table, row),
        Effect::ResolveConflict { key, value, .. } => match (key.split_once('/'), value) {
            // Of a row that is kept the cells come with the next view.
            (Some((table, row)), Scalar::Bool(false)) if !row.contains('/') => {
                remove_row(shown, table, row);
            }
            (_, value) => put(shown, key.clone(), value),
        },
        _ => {}
    }
}

fn put(shown: &mut Snapshot, key: String, value: &Scalar) {
    match value {
        Scalar::Null => shown.values.remove(&key),
        value => shown.values.insert(key, value.clone()),
    };
}

fn put_row(shown: &mut Snapshot, table: &str, row: &str, cells: &[(String, Scalar)]) {
    put(shown, format!("{table}/{row}"), &Scalar::Bool(true));
    for (column, value) in cells {
        put(shown, format!("{table}/{row}/{column}"), value);
    }
}

fn remove_row(shown: &mut Snapshot, table: &str, row: &str) {
    let marker = format!("{table}/{row}");
    shown.values.retain(|key, _| !lies_in(key, &marker));
}
