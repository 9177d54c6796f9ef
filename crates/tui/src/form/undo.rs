//! What was edited in this sitting, so that it can be taken back and done again.
//!
//! Invariants: an edit knows what stood there before and after, so its inverse is
//! an edit too; the list is bounded; a new edit ends what could be done again.

use std::collections::VecDeque;

use model::Scalar;

/// Most edits that can be taken back: more than a sitting has that anybody
/// remembers.
const UNDO_EDITS: usize = 500;

/// One edit of the person at work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Edit {
    /// A value under a key.
    Value {
        key: String,
        before: Scalar,
        after: Scalar,
    },
    /// A co-edited text.
    Text {
        code: String,
        before: String,
        after: String,
    },
    /// A row that came or went, with what it held.
    Row {
        table: String,
        /// Not known while the row is being made.
        row: Option<String>,
        cells: Vec<(String, Scalar)>,
        added: bool,
    },
}

impl Edit {
    /// The edit that takes this one back.
    pub(crate) fn inverse(self) -> Edit {
        match self {
            Edit::Value { key, before, after } => Edit::Value {
                key,
                before: after,
                after: before,
            },
            Edit::Text {
                code,
                before,
                after,
            } => Edit::Text {
                code,
                before: after,
                after: before,
            },
            Edit::Row {
                table,
                row,
                cells,
                added,
            } => Edit::Row {
                table,
                row,
                cells,
                added: !added,
            },
        }
    }

    /// The key whose values it changes.
    pub(crate) fn place(&self) -> String {
        match self {
            Edit::Row {
                table,
                row: Some(row),
                ..
            } => format!("{table}/{row}"),
            _ => self.key(),
        }
    }

    /// The key to show it at.
    pub(crate) fn key(&self) -> String {
        match self {
            Edit::Value { key, .. } => key.clone(),
            Edit::Text { code, .. } => code.clone(),
            Edit::Row {
                table,
                row: Some(row),
                added: true,
                ..
            } => format!("{table}/{row}"),
            Edit::Row { table, .. } => table.clone(),
        }
    }
}

/// Back or forth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Undo,
    Redo,
}

/// The edits of this sitting.
#[derive(Clone, Debug, Default)]
pub(crate) struct Edits {
    done: VecDeque<Edit>,
    undone: Vec<Edit>,
}

impl Edits {
    /// Remembers a new edit.
    pub(crate) fn record(&mut self, edit: Edit) {
        self.undone.clear();
        self.push(Way::Redo, edit);
    }

    /// Remembers an edit that was taken back, or done again.
    pub(crate) fn push(&mut self, way: Way, edit: Edit) {
        match way {
            Way::Undo => self.undone.push(edit),
            Way::Redo => {
                self.done.push_back(edit);
                if self.done.len() > UNDO_EDITS {
                    self.done.pop_front();
                }
            }
        }
    }

    /// The edit to take back or to do again.
    pub(crate) fn pop(&mut self, way: Way) -> Option<Edit> {
        match way {
            Way::Undo => self.done.pop_back(),
            Way::Redo => self.undone.pop(),
        }
    }

    /// Puts an edit back to where [`Edits::pop`] took it from.
    pub(crate) fn put_back(&mut self, way: Way, edit: Edit) {
        match way {
            Way::Undo => self.done.push_back(edit),
            Way::Redo => self.undone.push(edit),
        }
    }

    /// The oldest row of a table that waits for its id has got one.
    pub(crate) fn name_row(&mut self, in_table: &str, id: &str) {
        let waiting = self.done.iter_mut().find_map(|edit| match edit {
            Edit::Row { table, row, .. } if table == in_table && row.is_none() => Some(row),
            _ => None,
        });
        if let Some(row) = waiting {
            *row = Some(id.to_owned());
        }
    }

    /// Forgets everything: somebody else is at work.
    pub(crate) fn clear(&mut self) {
        *self = Edits::default();
    }
}
