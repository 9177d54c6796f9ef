//! Taking edits back and doing them again. What a colleague has changed since is
//! never overwritten without asking.

use messages::Arg;
use model::Scalar;

use crate::form::app::App;
use crate::form::msg::Effect;
use crate::form::popup::Confirmed;
use crate::form::saves::{SaveState, lies_in};
use crate::form::undo::{Edit, Way};
use crate::form::upon::Upon;
use crate::parts::key::Key;

/// How an edit meets what stands there now.
enum Meets {
    /// What it was made upon.
    Its,
    /// What it would make.
    Done,
    /// Somebody else's work.
    Others,
    /// Nothing it could be made upon: its row is gone.
    Gone,
}

impl App {
    /// What a save edits, as the report stands before it; `None` if nothing.
    pub(super) fn edit_of(&self, effect: &Effect) -> Option<Edit> {
        let row = |table: &str, row: &str, added: bool| Edit::Row {
            table: table.to_owned(),
            row: Some(row.to_owned()),
            cells: self.cells(table, row),
            added,
        };
        let edit = match effect {
            Effect::SetValue { key, value, .. } => Edit::Value {
                key: key.clone(),
                before: self.shown.get(key).clone(),
                after: value.clone(),
            },
            Effect::SetText { code, base, text } => Edit::Text {
                code: code.clone(),
                before: base.clone(),
                after: text.clone(),
            },
            Effect::AddRow { table, cells } => Edit::Row {
                table: table.clone(),
                row: None,
                cells: cells.clone(),
                added: true,
            },
            Effect::RemoveRow { table, row: id, .. } => row(table, id, false),
            Effect::ResolveConflict { key, value, .. } => {
                let before = self.shown.get(key).clone();
                match key.split_once('/') {
                    Some((table, id)) if !id.contains('/') => {
                        let (is, was) = (*value == Scalar::Bool(true), !before.is_null());
                        return (is != was).then(|| row(table, id, is));
                    }
                    _ => Edit::Value {
                        key: key.clone(),
                        before,
                        after: value.clone(),
                    },
                }
            }
            _ => return None,
        };
        match &edit {
            Edit::Value { before, after, .. } if before == after => None,
            _ => Some(edit),
        }
    }

    /// The filled cells of a row.
    pub(super) fn cells(&self, table: &str, row: &str) -> Vec<(String, Scalar)> {
        let prefix = format!("{table}/{row}/");
        let values = self.shown.values.iter();
        values
            .filter_map(|(key, value)| Some((key.strip_prefix(&prefix)?.to_owned(), value.clone())))
            .collect()
    }

    /// Takes the last edit back, or does again the last that was taken back.
    pub(super) fn take_back(&mut self, way: Way, key: Key) -> Vec<Effect> {
        let Some(edit) = self.edits.pop(way) else {
            let none = match way {
                Way::Undo => "notice-nothing-to-undo",
                Way::Redo => "notice-nothing-to-redo",
            };
            self.tell(self.tr(none));
            return Vec::new();
        };
        if self.person.is_none() {
            self.edits.put_back(way, edit);
            self.may_edit(key);
            return Vec::new();
        }
        if self.forget_failed(&edit) {
            self.tell_done(&edit.inverse(), way);
            return Vec::new();
        }
        if matches!(edit, Edit::Row { row: None, .. }) {
            self.edits.put_back(way, edit);
            self.tell(self.tr("status-saving"));
            return Vec::new();
        }
        let edit = match way {
            Way::Undo => edit.inverse(),
            Way::Redo => edit,
        };
        match self.meets(&edit) {
            Meets::Its => {
                let upon = self.upon(&edit.place());
                self.apply(edit, way, upon)
            }
            Meets::Done => {
                self.tell_done(&edit, way);
                self.remember(edit, way);
                Vec::new()
            }
            Meets::Gone => {
                self.warn(self.tr("notice-undo-row-gone"));
                Vec::new()
            }
            Meets::Others => {
                self.visit(&edit.key());
                // A conflict has a question of its own in front.
                self.popups.clear();
                let name = self.key_name(&edit.key());
                let now = self.state_words_of(&edit);
                let args = [("name", Arg::Str(&name)), ("value", Arg::Str(&now))];
                let text = self.words.tr_with("ask-undo-over", &args);
                let upon = self.upon(&edit.place());
                self.ask(text, Confirmed::Apply { edit, way, upon });
                Vec::new()
            }
        }
    }

    /// Makes an edit that takes another one back or does it again.
    pub(super) fn apply(&mut self, edit: Edit, way: Way, upon: Upon) -> Vec<Effect> {
        let effect = match edit.clone() {
            Edit::Value { key, after, .. } => Effect::SetValue {
                key,
                value: after,
                upon,
            },
            Edit::Text {
                code,
                before,
                after,
            } => Effect::SetText {
                code,
                base: before,
                text: after,
            },
            Edit::Row { row: None, .. } => return Vec::new(),
            Edit::Row {
                table,
                row: Some(row),
                cells,
                added: true,
            } => Effect::RestoreRow {
                table,
                row,
                cells,
                upon,
            },
            Edit::Row {
                table,
                row: Some(row),
                ..
            } => Effect::RemoveRow { table, row, upon },
        };
        // Before the row goes, while it still has a name.
        self.tell_done(&edit, way);
        let effects = self.save_unrecorded(effect);
        self.go_to(&edit.key());
        self.remember(edit, way);
        effects
    }

    fn remember(&mut self, made: Edit, way: Way) {
        let edit = match way {
            Way::Undo => made.inverse(),
            Way::Redo => made,
        };
        self.edits.push(way, edit);
    }

    fn meets(&self, edit: &Edit) -> Meets {
        let row_of = |key: &str| {
            let (table, rest) = key.split_once('/')?;
            let row = rest.split('/').next()?;
            Some(format!("{table}/{row}"))
        };
        match edit {
            // Both texts are merged: nothing of anybody's is lost.
            Edit::Text { .. } => Meets::Its,
            Edit::Value { key, before, after } => {
                let now = self.shown.get(key);
                if row_of(key).is_some_and(|row| self.shown.get(&row).is_null()) {
                    Meets::Gone
                } else if self.conflict(key).is_some() {
                    Meets::Others
                } else if now == after {
                    Meets::Done
                } else if now == before {
                    Meets::Its
                } else {
                    Meets::Others
                }
            }
            Edit::Row {
                table,
                row,
                cells,
                added,
            } => {
                let row = row.as_deref().unwrap_or_default();
                let marker = format!("{table}/{row}");
                let there = !self.shown.get(&marker).is_null();
                if there == *added {
                    Meets::Done
                } else if self.conflicts().any(|c| lies_in(&c.key, &marker))
                    || (there && self.cells(table, row) != *cells)
                {
                    Meets::Others
                } else {
                    Meets::Its
                }
            }
        }
    }

    /// A row that could not be saved is taken back by not trying again.
    fn forget_failed(&mut self, edit: &Edit) -> bool {
        let Edit::Row {
            table, row, added, ..
        } = edit
        else {
            return false;
        };
        let failed = self.saves.iter().rposition(|save| {
            let same = match &save.effect {
                Effect::AddRow { table: of, .. } => of == table && *added && row.is_none(),
                Effect::RemoveRow {
                    table: of, row: id, ..
                } => of == table && !*added && row.as_ref() == Some(id),
                _ => false,
            };
            save.state == SaveState::Failed && same
        });
        if let Some(at) = failed {
            self.saves.remove(at);
            self.refresh();
        }
        failed.is_some()
    }

    /// Says what was taken back or done again.
    fn tell_done(&mut self, made: &Edit, way: Way) {
        let what = match made {
            Edit::Value { key, after, .. } => {
                format!("{}: {}", self.key_name(key), self.value_words(key, after))
            }
            Edit::Text { code, .. } => code.clone(),
            Edit::Row {
                table,
                row,
                cells,
                added,
            } => {
                let name = self.row_words(table, row.as_deref(), cells);
                let id = match added {
                    true => "undo-row-back",
                    false => "undo-row-gone",
                };
                self.words.tr_with(id, &[("name", Arg::Str(&name))])
            }
        };
        let id = match way {
            Way::Undo => "notice-undone",
            Way::Redo => "notice-redone",
        };
        let text = self.words.tr_with(id, &[("what", Arg::Str(&what))]);
        self.tell(text);
    }

    /// What stands now where an edit would go.
    fn state_words_of(&self, edit: &Edit) -> String {
        match edit {
            Edit::Value { key, .. } => self.value_words(key, self.shown.get(key)),
            Edit::Text { code, .. } => code.clone(),
            Edit::Row {
                table, row, cells, ..
            } => self.row_words(table, row.as_deref(), cells),
        }
    }

    /// What a row is called, whether it is there or only remembered.
    fn row_words(&self, table: &str, row: Option<&str>, cells: &[(String, Scalar)]) -> String {
        let row = row.unwrap_or_default();
        if !self.shown.get(&format!("{table}/{row}")).is_null() {
            return self.row_name(table, row);
        }
        let columns = self
            .table_field(table)
            .map_or(&[][..], |field| &field.columns);
        let first = columns
            .iter()
            .find_map(|column| cells.iter().find(|(id, _)| *id == column.id));
        match first {
            Some((id, value)) => {
                self.form
                    .display(&format!("{table}/{row}/{id}"), value, self.lang)
            }
            None => self.tr("row-unnamed"),
        }
    }
}
