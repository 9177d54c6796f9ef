//! Keys on the screens themselves: sections, tables, rows.

use messages::Arg;
use model::Scalar;
use model::form::FieldType;

use crate::form::app::{App, TablePlace};
use crate::form::items::{Item, Shape};
use crate::form::msg::Effect;
use crate::form::popup::{Confirmed, JumpKind, JumpList, Popup};
use crate::form::undo::Way;
use crate::parts::key::Key;
use crate::parts::keymap::Action;
use crate::parts::line::Line;

/// Items that page up and page down move.
const PAGE_ITEMS: usize = 10;

impl App {
    /// A key with nothing in front of the screens.
    pub(super) fn list_key(&mut self, key: Key, action: Option<Action>) -> Vec<Effect> {
        if self.base.is_none() {
            // Nothing to act on yet.
            return Vec::new();
        }
        let in_table = matches!(&self.place.table, Some(table) if table.row.is_none());
        match action {
            Some(Action::Submit) => self.open_submit(),
            Some(Action::Sync) => {
                self.tell(self.tr("notice-syncing"));
                vec![Effect::SyncNow]
            }
            Some(Action::Retry) => self.retry(),
            Some(Action::Undo) => self.take_back(Way::Undo, key),
            Some(Action::Redo) => self.take_back(Way::Redo, key),
            Some(Action::NextError) => self.next_error(),
            Some(Action::Search) => self.open_jump(JumpKind::Search),
            Some(Action::Comments) => self.open_jump(JumpKind::Comments),
            Some(Action::Cancel) => self.back(),
            Some(action) if in_table => self.table_key(key, action),
            Some(action) => self.form_key(key, action),
            None if in_table => Vec::new(),
            None => self.type_into(key),
        }
    }

    pub(super) fn open_jump(&mut self, kind: JumpKind) -> Vec<Effect> {
        let none = match kind {
            JumpKind::Comments => self.base.as_ref().is_none_or(|b| b.comments.is_empty()),
            JumpKind::Findings | JumpKind::Search => false,
        };
        if none {
            self.tell(self.tr("notice-no-comments"));
        } else {
            let filter = Line::default();
            self.popups.push(Popup::Jump(JumpList {
                kind,
                filter,
                cursor: 0,
            }));
        }
        Vec::new()
    }

    /// One screen back.
    fn back(&mut self) -> Vec<Effect> {
        if let Some(table) = &mut self.place.table
            && table.row.take().is_none()
        {
            self.place.table = None;
        }
        Vec::new()
    }

    fn form_key(&mut self, key: Key, action: Action) -> Vec<Effect> {
        let last = self.items().len().saturating_sub(1);
        let at = self.cursor();
        match action {
            Action::Up if at == 0 => self.step_section(false, true),
            Action::Up => self.set_cursor(at - 1),
            Action::Down if at >= last => self.step_section(true, true),
            Action::Down => self.set_cursor(at + 1),
            Action::PageUp => self.set_cursor(at.saturating_sub(PAGE_ITEMS)),
            Action::PageDown => self.set_cursor((at + PAGE_ITEMS).min(last)),
            Action::First => self.set_cursor(0),
            Action::Last => self.set_cursor(last),
            Action::Next => self.step_section(true, false),
            Action::Previous => self.step_section(false, false),
            Action::Open => return self.open_current(key),
            Action::Toggle => return self.toggle_current(key),
            Action::Clear => return self.clear_current(key),
            _ => {}
        }
        Vec::new()
    }

    fn set_cursor(&mut self, at: usize) {
        match &mut self.place.table {
            Some(TablePlace {
                row: Some((_, column)),
                ..
            }) => *column = at,
            _ => self.place.item = at,
        }
    }

    /// The next or previous section, or row of the open table. `through` comes
    /// from walking past the end of a list: it stops at the form's ends and
    /// keeps out of other rows.
    fn step_section(&mut self, forward: bool, through: bool) {
        let step = |at: usize, count: usize| match forward {
            true => (at + 1) % count.max(1),
            false => (at + count.max(1) - 1) % count.max(1),
        };
        if let Some(TablePlace {
            code, row: Some(_), ..
        }) = &self.place.table
        {
            let rows = self.rows(code);
            if through || rows.is_empty() {
                return;
            }
            if let Some(table) = &mut self.place.table {
                table.cursor = step(table.cursor.min(rows.len() - 1), rows.len());
                let column = table.row.as_ref().map_or(0, |(_, column)| *column);
                table.row = rows.get(table.cursor).map(|row| (row.clone(), column));
            }
            return;
        }
        let count = self.form.sections.len();
        let at_end = if forward {
            self.place.section + 1 >= count
        } else {
            self.place.section == 0
        };
        if through && at_end {
            return;
        }
        self.place.section = step(self.place.section, count);
        self.place.item = match through && !forward {
            true => self
                .section_items(self.place.section)
                .len()
                .saturating_sub(1),
            false => 0,
        };
    }

    pub(super) fn step_down(&mut self) {
        let last = self.items().len().saturating_sub(1);
        self.set_cursor((self.cursor() + 1).min(last));
    }

    pub(super) fn step_up(&mut self) {
        self.set_cursor(self.cursor().saturating_sub(1));
    }

    fn open_current(&mut self, key: Key) -> Vec<Effect> {
        let Some(item) = self.current() else {
            return Vec::new();
        };
        if self.conflict(&item.key).is_some() {
            self.popups.push(Popup::Conflict {
                key: item.key,
                cursor: 0,
            });
            return Vec::new();
        }
        match &item.shape {
            Shape::Table => {
                self.place.table = Some(TablePlace {
                    code: item.key,
                    cursor: 0,
                    row: None,
                });
                Vec::new()
            }
            Shape::Computed(_) => {
                self.tell(self.tr("notice-computed"));
                Vec::new()
            }
            Shape::Scalar(FieldType::YesNo) => self.toggle_current(key),
            _ if !self.may_edit(key) => Vec::new(),
            Shape::LongText => self.open_area(&item),
            Shape::Scalar(FieldType::One | FieldType::Many) => self.open_choice(&item),
            Shape::Scalar(_) => self.open_line(&item, None),
        }
    }

    fn toggle_current(&mut self, key: Key) -> Vec<Effect> {
        let Some(item) = self.current() else {
            return Vec::new();
        };
        if self.conflict(&item.key).is_some() {
            self.popups.push(Popup::Conflict {
                key: item.key,
                cursor: 0,
            });
            return Vec::new();
        }
        match item.shape {
            Shape::Scalar(FieldType::YesNo) if self.may_edit(key) => {
                let yes = self.shown.get(&item.key).as_bool() == Some(true);
                self.set_value(item.key, Scalar::Bool(!yes))
            }
            Shape::Scalar(FieldType::One | FieldType::Many) if self.may_edit(key) => {
                self.open_choice(&item)
            }
            _ => Vec::new(),
        }
    }

    fn clear_current(&mut self, key: Key) -> Vec<Effect> {
        let Some(Item {
            key: at,
            label,
            shape: Shape::Scalar(_),
            ..
        }) = self.current()
        else {
            return Vec::new();
        };
        if self.shown.get(&at).is_null() || !self.may_edit(key) {
            return Vec::new();
        }
        let text = self
            .words
            .tr_with("ask-clear", &[("label", Arg::Str(&label))]);
        self.ask(text, Confirmed::Clear { key: at });
        Vec::new()
    }

    /// A digit on a number or a date starts typing it anew, as in a spreadsheet.
    fn type_into(&mut self, key: Key) -> Vec<Effect> {
        let Some(digit) = key.typed().filter(char::is_ascii_digit) else {
            return Vec::new();
        };
        let Some(item) = self.current() else {
            return Vec::new();
        };
        let number = [FieldType::Number, FieldType::Money, FieldType::Date];
        let fits = matches!(item.shape, Shape::Scalar(kind) if number.contains(&kind));
        if !fits || self.conflict(&item.key).is_some() || !self.may_edit(key) {
            return Vec::new();
        }
        self.open_line(&item, Some(digit.to_string()))
    }

    fn table_key(&mut self, key: Key, action: Action) -> Vec<Effect> {
        let Some(table) = &self.place.table else {
            return Vec::new();
        };
        let (code, at) = (table.code.clone(), table.cursor);
        let rows = self.rows(&code);
        let last = rows.len().saturating_sub(1);
        let cursor = match action {
            Action::Up => at.saturating_sub(1),
            Action::Down => (at + 1).min(last),
            Action::PageUp => at.saturating_sub(PAGE_ITEMS),
            Action::PageDown => (at + PAGE_ITEMS).min(last),
            Action::First => 0,
            Action::Last => last,
            Action::AddRow if self.may_edit(key) => {
                return self.save(Effect::AddRow { table: code });
            }
            Action::RemoveRow => return self.ask_remove(key, code, rows.get(at)),
            Action::ToggleEmpty => return self.toggle_empty(key, &code, rows.is_empty()),
            _ => at,
        };
        let marker = rows.get(at).map(|row| format!("{code}/{row}"));
        if let Some(key) = marker.filter(|key| self.conflict(key).is_some())
            && action == Action::Open
        {
            self.popups.push(Popup::Conflict { key, cursor: 0 });
            return Vec::new();
        }
        let open = (action == Action::Open)
            .then(|| rows.get(at).cloned())
            .flatten();
        if let Some(table) = &mut self.place.table {
            table.cursor = cursor;
            table.row = open.map(|row| (row, 0));
        }
        Vec::new()
    }

    fn ask_remove(&mut self, key: Key, table: String, row: Option<&String>) -> Vec<Effect> {
        let Some(row) = row.cloned() else {
            return Vec::new();
        };
        if self.may_edit(key) {
            let name = self.row_name(&table, &row);
            let text = self
                .words
                .tr_with("ask-remove-row", &[("name", Arg::Str(&name))]);
            self.ask(text, Confirmed::RemoveRow { table, row });
        }
        Vec::new()
    }

    fn toggle_empty(&mut self, key: Key, code: &str, empty: bool) -> Vec<Effect> {
        let at = format!("{code}.empty");
        let allowed = self
            .table_field(code)
            .is_some_and(|field| field.may_be_empty);
        let confirmed = self.shown.get(&at).as_bool() == Some(true);
        if !allowed || (!empty && !confirmed) {
            self.tell(self.tr("notice-empty-only-without-rows"));
            return Vec::new();
        }
        if !self.may_edit(key) {
            return Vec::new();
        }
        self.set_value(at, Scalar::Bool(!confirmed))
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
        self.tr("row-unnamed")
    }
}
