//! Keys on the screens themselves: sections, tables, rows.

use messages::Arg;
use model::Scalar;
use model::form::FieldType;

use crate::form::app::App;
use crate::form::items::{Item, Shape};
use crate::form::msg::Effect;
use crate::form::popup::{Confirmed, JumpKind, JumpList, Popup};
use crate::form::table::TablePlace;
use crate::form::undo::Way;
use crate::form::upon::Footing;
use crate::parts::key::{Code, Key};
use crate::parts::keymap::Action;
use crate::parts::line::Line;

/// Items that page up and page down move.
pub(super) const PAGE_ITEMS: usize = 10;

impl App {
    /// A key with nothing in front of the screens.
    pub(super) fn list_key(&mut self, key: Key, action: Option<Action>) -> Vec<Effect> {
        if self.base.is_none() {
            // Nothing to act on yet.
            return Vec::new();
        }
        let in_table = self.in_grid();
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
            Some(Action::NextMissing) => self.next_missing(),
            Some(Action::Search) => self.open_jump(JumpKind::Search),
            Some(Action::History) => self.open_past(),
            Some(Action::Comments) => self.open_jump(JumpKind::Comments),
            Some(Action::Cancel) => self.back(),
            Some(action) if in_table => self.table_key(key, action),
            Some(action) => self.form_key(key, action),
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

    /// One screen back; out of a filter first.
    fn back(&mut self) -> Vec<Effect> {
        match &mut self.place.table {
            Some(table) if table.open => table.open = false,
            Some(table) if !table.filter.text().is_empty() => table.filter = Line::default(),
            table => *table = None,
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

    pub(super) fn set_cursor(&mut self, at: usize) {
        match &mut self.place.table {
            Some(table) => table.column = at,
            None => self.place.item = at,
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
        if let Some(table) = &self.place.table {
            let (at, count) = (table.cursor, self.table_rows().len());
            if !through && count > 0 {
                self.set_row(step(at.min(count - 1), count));
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

    /// The item below, or in a grid the row below.
    pub(super) fn step_down(&mut self) {
        if self.in_grid() {
            let at = self.place.table.as_ref().map_or(0, |table| table.cursor);
            return self.set_row(at + 1);
        }
        let last = self.items().len().saturating_sub(1);
        self.set_cursor((self.cursor() + 1).min(last));
    }

    pub(super) fn step_up(&mut self) {
        if self.in_grid() {
            let at = self.place.table.as_ref().map_or(0, |table| table.cursor);
            return self.set_row(at.saturating_sub(1));
        }
        self.set_cursor(self.cursor().saturating_sub(1));
    }

    pub(super) fn open_current(&mut self, key: Key) -> Vec<Effect> {
        let Some(item) = self.current() else {
            return Vec::new();
        };
        if self.conflict(&item.key).is_some() {
            self.open_conflict(&item.key);
            return Vec::new();
        }
        match &item.shape {
            Shape::Table => {
                self.place.table = Some(TablePlace::new(&item.key));
                Vec::new()
            }
            Shape::Computed(_) => {
                self.tell(self.tr("notice-computed"));
                Vec::new()
            }
            Shape::Scalar(FieldType::YesNo) => self.toggle_current(key),
            _ if !self.may_edit(key) => Vec::new(),
            _ => {
                let footing = self.footing(&item.key);
                self.edit_item(&item, footing)
            }
        }
    }

    /// Opens the editor of an item.
    pub(super) fn edit_item(&mut self, item: &Item, footing: Footing) -> Vec<Effect> {
        match &item.shape {
            Shape::LongText => self.open_area(item),
            // Both may be among the values already; both can be typed.
            Shape::Scalar(FieldType::One | FieldType::Many) => self.open_choice(item, footing),
            Shape::Scalar(_) => self.open_line(item, None, footing),
            Shape::Table | Shape::Computed(_) => Vec::new(),
        }
    }

    pub(super) fn toggle_current(&mut self, key: Key) -> Vec<Effect> {
        let Some(item) = self.current() else {
            return Vec::new();
        };
        if self.conflict(&item.key).is_some() {
            self.open_conflict(&item.key);
            return Vec::new();
        }
        match item.shape {
            Shape::Scalar(FieldType::YesNo) if self.may_edit(key) => {
                let yes = self.shown.get(&item.key).as_bool() == Some(true);
                let upon = self.upon(&item.key);
                self.set_value(item.key, Scalar::Bool(!yes), upon)
            }
            Shape::Scalar(FieldType::One | FieldType::Many) if self.may_edit(key) => {
                let footing = self.footing(&item.key);
                self.open_choice(&item, footing)
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn clear_current(&mut self, key: Key) -> Vec<Effect> {
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
        let upon = self.upon(&at);
        self.ask(text, Confirmed::Clear { key: at, upon });
        Vec::new()
    }

    /// A digit on a number or a date, a letter on a text start typing it anew, as in
    /// a spreadsheet.
    fn type_into(&mut self, key: Key) -> Vec<Effect> {
        let (Some(typed), Some(item)) = (key.typed(), self.current()) else {
            return Vec::new();
        };
        // A command's letter does not come here: but names begin with capitals.
        let fits = match item.shape {
            Shape::Scalar(FieldType::Number | FieldType::Money | FieldType::Date) => {
                typed.is_ascii_digit()
            }
            Shape::Scalar(FieldType::Text) => typed.is_alphanumeric(),
            _ => false,
        };
        // Nobody's key is open: what is typed next goes into the passphrase, so the
        // field is opened afterwards with nothing of it.
        if !fits || self.conflict(&item.key).is_some() || !self.may_edit(Key::plain(Code::Enter)) {
            return Vec::new();
        }
        let footing = self.footing(&item.key);
        self.open_line(&item, Some(typed.to_string()), footing)
    }
}
