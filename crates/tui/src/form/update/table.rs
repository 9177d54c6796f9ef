//! Keys in the grid of a table.

use messages::Arg;
use model::Scalar;
use model::form::FieldType;

use super::list::PAGE_ITEMS;
use crate::form::app::App;
use crate::form::msg::Effect;
use crate::form::popup::{Confirmed, Popup};
use crate::form::table::columns;
use crate::parts::key::Key;
use crate::parts::keymap::Action;

impl App {
    pub(super) fn table_key(&mut self, key: Key, action: Action) -> Vec<Effect> {
        let Some(table) = &self.place.table else {
            return Vec::new();
        };
        let (code, at, row) = (table.code.clone(), table.cursor, table.row.clone());
        let last = self.table_rows().len().saturating_sub(1);
        match action {
            Action::Up => self.set_row(at.saturating_sub(1)),
            Action::Down => self.set_row((at + 1).min(last)),
            Action::PageUp => self.set_row(at.saturating_sub(PAGE_ITEMS)),
            Action::PageDown => self.set_row((at + PAGE_ITEMS).min(last)),
            Action::First => self.set_row(0),
            Action::Last => self.set_row(last),
            Action::CellLeft => self.step_cell(false),
            Action::CellRight => self.step_cell(true),
            Action::Sort => {
                if let Some(table) = &mut self.place.table {
                    table.cycle_sort();
                }
            }
            Action::Filter => self.popups.push(Popup::Filter),
            Action::AddRow if self.may_edit(key) => {
                let cells = Vec::new();
                return self.save(Effect::AddRow { table: code, cells });
            }
            Action::CopyRow => return self.copy_row(key, code, row),
            Action::RemoveRow => return self.ask_remove(key, code, row),
            Action::Toggle => return self.toggle_in_table(key, &code),
            Action::Open | Action::OpenRow => {
                let marker = row.map(|row| format!("{code}/{row}"));
                if let Some(key) = marker.filter(|key| self.conflict(key).is_some()) {
                    self.open_conflict(&key);
                } else if action == Action::Open {
                    return self.open_current(key);
                } else if let Some(table) = &mut self.place.table {
                    table.open = table.row.is_some();
                }
            }
            Action::Clear => return self.clear_current(key),
            _ => {}
        }
        Vec::new()
    }

    /// The rows of the open table as they are shown.
    pub(crate) fn table_rows(&self) -> Vec<String> {
        let table = self.place.table.as_ref();
        table.map_or_else(Vec::new, |table| {
            table.rows(&self.form, &self.shown, self.lang)
        })
    }

    /// Puts the cursor on a row by its place.
    pub(super) fn set_row(&mut self, at: usize) {
        let rows = self.table_rows();
        if let Some(table) = &mut self.place.table {
            table.cursor = at.min(rows.len().saturating_sub(1));
            table.row = rows.into_iter().nth(table.cursor);
        }
    }

    /// The cell to the left or right.
    pub(super) fn step_cell(&mut self, right: bool) {
        let Some(table) = &mut self.place.table else {
            return;
        };
        let Some(field) = self.form.field(&table.code) else {
            return;
        };
        let columns = columns(field);
        let at = columns.iter().position(|column| *column == table.column);
        let to = match (at, right) {
            (Some(at), true) => at + 1,
            (Some(at), false) => at.saturating_sub(1),
            (None, _) => 0,
        };
        table.column = columns.get(to).copied().unwrap_or(table.column);
    }

    /// Filtering while one types; the rows can be walked meanwhile.
    pub(super) fn filter_key(&mut self, key: Key, action: Option<Action>) -> Vec<Effect> {
        match action {
            Some(Action::Accept) => return Vec::new(),
            Some(step @ (Action::Up | Action::Down)) => {
                self.table_key(key, step);
            }
            other => {
                let Some(table) = &mut self.place.table else {
                    return Vec::new();
                };
                match (other, key.typed()) {
                    (Some(Action::Cancel), _) => {
                        table.filter = Default::default();
                        return Vec::new();
                    }
                    (Some(action), _) => table.filter.act(action),
                    (None, Some(c)) => table.filter.push(c),
                    (None, None) => {}
                }
                self.follow_row();
            }
        }
        self.popups.push(Popup::Filter);
        Vec::new()
    }

    /// A new row with the same cells; its name says that it is a copy.
    fn copy_row(&mut self, key: Key, table: String, row: Option<String>) -> Vec<Effect> {
        let Some(row) = row else {
            return Vec::new();
        };
        if !self.may_edit(key) {
            return Vec::new();
        }
        let mut cells = self.cells(&table, &row);
        let field = self.table_field(&table);
        let texts = field.iter().flat_map(|field| &field.columns);
        let mut texts = texts.filter(|column| column.kind == FieldType::Text);
        let named = texts.find_map(|column| cells.iter().position(|(id, _)| *id == column.id));
        if let Some((id, Scalar::Str(name))) = named.and_then(|at| cells.get_mut(at)) {
            let copy = self.words.tr_with("row-copy", &[("name", Arg::Str(name))]);
            let (at, copy) = (format!("{table}/{row}/{id}"), Scalar::Str(copy));
            // A name as long as names may be has no room for it.
            if self.form.check_scalar(&at, &copy).is_ok()
                && let Scalar::Str(copy) = copy
            {
                *name = copy;
            }
        }
        self.save(Effect::AddRow { table, cells })
    }

    fn ask_remove(&mut self, key: Key, table: String, row: Option<String>) -> Vec<Effect> {
        let Some(row) = row else {
            return Vec::new();
        };
        if self.may_edit(key) {
            let name = self.row_name(&table, &row);
            let text = self
                .words
                .tr_with("ask-remove-row", &[("name", Arg::Str(&name))]);
            let upon = self.upon(&format!("{table}/{row}"));
            self.ask(text, Confirmed::RemoveRow { table, row, upon });
        }
        Vec::new()
    }

    /// Yes or no of the cell; in a table without rows, that there are none.
    fn toggle_in_table(&mut self, key: Key, code: &str) -> Vec<Effect> {
        let at = format!("{code}.empty");
        let allowed = self
            .table_field(code)
            .is_some_and(|field| field.may_be_empty);
        let confirmed = self.is_confirmed_empty(code);
        let empty = self.shown.rows(code).next().is_none();
        if !allowed || (!empty && !confirmed) {
            return self.toggle_current(key);
        }
        if self.conflict(&at).is_some() {
            self.open_conflict(&at);
            return Vec::new();
        }
        if !self.may_edit(key) {
            return Vec::new();
        }
        let upon = self.upon(&at);
        self.set_value(at, Scalar::Bool(!confirmed), upon)
    }

    /// What a row is called: its first filled column.
    pub(crate) fn row_name(&self, table: &str, row: &str) -> String {
        let columns = self
            .table_field(table)
            .map_or(&[][..], |field| &field.columns);
        for column in columns {
            let key = format!("{table}/{row}/{}", column.id);
            let value = self.shown.get(&key);
            if !value.is_null() {
                return self.form.display(&key, value, self.lang);
            }
        }
        match self.shown.get(&format!("{table}/{row}")).is_null() {
            true => self.tr("row-removed"),
            false => self.tr("row-unnamed"),
        }
    }
}
