//! Keys for what lies in front. Each handler has taken its popup off the stack
//! and puts it back if it stays.

use messages::Arg;
use model::Scalar;

use crate::form::app::App;
use crate::form::items::{Item, Shape};
use crate::form::msg::Effect;
use crate::form::popup::{
    AreaEdit, ChoiceEdit, Confirmed, JumpKind, JumpList, LineEdit, Popup, Question,
};
use crate::parts::calendar;
use crate::parts::display::clean;
use crate::parts::key::{Code, Key};
use crate::parts::keymap::Action;

/// Lines that page up and page down move.
const PAGE_LINES: usize = 10;

impl App {
    pub(super) fn popup_key(
        &mut self,
        popup: Popup,
        key: Key,
        action: Option<Action>,
    ) -> Vec<Effect> {
        match popup {
            Popup::Line(edit) => self.line_key(edit, key, action),
            Popup::Area(edit) => self.area_key(edit, key, action),
            Popup::Choice(edit) => self.choice_key(edit, key, action),
            Popup::Jump(list) => self.jump_key(list, key, action),
            Popup::Confirm(question) => self.confirm_key(question, action),
            Popup::Secret(prompt) => self.secret_key(prompt, key, action),
            Popup::Conflict { key: at, cursor } => self.conflict_key(at, cursor, key, action),
            Popup::Past(past) => self.past_key(past, key, action),
            Popup::Filter => self.filter_key(key, action),
            Popup::Help { scroll } => self.help_key(scroll, action),
        }
    }

    fn line_key(&mut self, mut edit: LineEdit, key: Key, action: Option<Action>) -> Vec<Effect> {
        let taken = matches!(
            action,
            Some(Action::Accept | Action::AcceptUp | Action::AcceptDown)
        );
        if action == Some(Action::Cancel) {
            return Vec::new();
        }
        if !taken {
            edit.error = None;
            self.type_line(&mut edit, key, action);
            self.popups.push(Popup::Line(edit));
            return Vec::new();
        }
        if self.person.is_none() {
            // The key was closed while this was being typed.
            self.popups.push(Popup::Line(edit));
            self.may_edit(key);
            return Vec::new();
        }
        match self.take_line(edit) {
            Ok(effects) => {
                let sideways = self.in_grid();
                match (action, key.code) {
                    (_, Code::Tab) if sideways => self.step_cell(true),
                    (_, Code::BackTab) if sideways => self.step_cell(false),
                    (Some(Action::AcceptUp), _) => self.step_up(),
                    (Some(Action::AcceptDown), _) => self.step_down(),
                    _ => {}
                }
                effects
            }
            Err(edit) => {
                self.popups.push(Popup::Line(*edit));
                Vec::new()
            }
        }
    }

    /// One key of typing: it picks a day, edits, or types a character.
    fn type_line(&self, edit: &mut LineEdit, key: Key, action: Option<Action>) {
        use Action::{DayBack, DayForward, MonthBack, MonthForward, WeekBack, WeekForward};
        let today = self.now.date_in_vietnam();
        let letter = key.typed();
        match action {
            Some(
                step @ (DayBack | DayForward | WeekBack | WeekForward | MonthBack | MonthForward),
            ) => match edit.day() {
                Some(day) => edit.pick(calendar::moved(day, step)),
                // The first key only shows where it starts.
                None => edit.pick(today),
            },
            Some(Action::Today) if edit.is_untouched() || letter.is_none() => edit.pick(today),
            Some(Action::Today) | None => {
                if let Some(c) = letter {
                    edit.insert(c.encode_utf8(&mut [0; 4]));
                }
            }
            Some(action) => edit.act(action),
        }
    }

    fn area_key(&mut self, mut edit: AreaEdit, key: Key, action: Option<Action>) -> Vec<Effect> {
        match action {
            Some(Action::Accept) if self.person.is_none() => {
                self.popups.push(Popup::Area(edit));
                self.may_edit(key);
                return Vec::new();
            }
            Some(Action::Accept) => {
                return match self.take_area(edit) {
                    Ok(effects) => effects,
                    Err(edit) => {
                        self.popups.push(Popup::Area(*edit));
                        Vec::new()
                    }
                };
            }
            Some(Action::Cancel) => {
                let popup = Popup::Area(edit);
                if popup.is_dirty() {
                    self.popups.push(popup);
                    self.ask(self.tr("ask-drop-text"), Confirmed::DropText);
                }
                return Vec::new();
            }
            Some(action) => edit.area.act(action),
            None => {
                if let Some(c) = key.typed() {
                    edit.area.insert(c.encode_utf8(&mut [0; 4]));
                }
            }
        }
        self.popups.push(Popup::Area(edit));
        Vec::new()
    }

    fn choice_key(
        &mut self,
        mut edit: ChoiceEdit,
        key: Key,
        action: Option<Action>,
    ) -> Vec<Effect> {
        let last = edit.visible().len().saturating_sub(1);
        match action {
            Some(Action::Cancel) => return Vec::new(),
            Some(Action::Accept) if self.person.is_none() => {
                self.popups.push(Popup::Choice(edit));
                self.may_edit(key);
                return Vec::new();
            }
            Some(Action::Accept) => return self.take_choice(edit),
            Some(Action::Toggle) => edit.toggle(),
            Some(Action::Up) => edit.cursor = edit.cursor.saturating_sub(1),
            Some(Action::Down) => edit.cursor = (edit.cursor + 1).min(last),
            Some(Action::First) => edit.cursor = 0,
            Some(Action::Last) => edit.cursor = last,
            other => {
                match (other, key.typed()) {
                    (Some(action), _) => edit.filter.act(action),
                    (None, Some(c)) => edit.filter.push(c),
                    (None, None) => {}
                }
                edit.cursor = 0;
            }
        }
        self.popups.push(Popup::Choice(edit));
        Vec::new()
    }

    /// Of a `one` list, enter takes what the cursor is on, unless something was
    /// ticked or unticked by hand.
    fn take_choice(&mut self, mut edit: ChoiceEdit) -> Vec<Effect> {
        if !edit.many
            && edit.value() == edit.base
            && edit
                .current()
                .is_some_and(|at| edit.options.get(at).is_some_and(|o| !o.ticked))
        {
            edit.toggle();
        }
        let value = edit.value();
        if value == edit.base {
            return Vec::new();
        }
        let effects = self.set_value(edit.key, value);
        self.step_down();
        effects
    }

    fn jump_key(&mut self, mut list: JumpList, key: Key, action: Option<Action>) -> Vec<Effect> {
        let entries = self.jump_entries(&list);
        let last = entries.len().saturating_sub(1);
        match action {
            Some(Action::Cancel) => return Vec::new(),
            Some(Action::Accept) => {
                if let Some((at, _)) = entries.into_iter().nth(list.cursor) {
                    // Whatever else lies in front would hide where it leads.
                    self.popups.clear();
                    self.visit(&at);
                }
                return Vec::new();
            }
            Some(Action::Up) => list.cursor = list.cursor.saturating_sub(1),
            Some(Action::Down) => list.cursor = (list.cursor + 1).min(last),
            Some(Action::PageUp) => list.cursor = list.cursor.saturating_sub(PAGE_LINES),
            Some(Action::PageDown) => list.cursor = (list.cursor + PAGE_LINES).min(last),
            other => {
                match (other, key.typed()) {
                    (Some(action), _) => list.filter.act(action),
                    (None, Some(c)) => list.filter.push(c),
                    (None, None) => {}
                }
                list.cursor = 0;
            }
        }
        self.popups.push(Popup::Jump(list));
        Vec::new()
    }

    /// What a list to jump from holds: keys and lines, cleaned.
    pub(crate) fn jump_entries(&self, list: &JumpList) -> Vec<(String, String)> {
        let entries = match list.kind {
            JumpKind::Search => self.search_entries(),
            JumpKind::Findings => self.finding_entries(),
            JumpKind::Comments => self.comment_entries(),
        };
        let wanted = model::text::fold(list.filter.text());
        let wanted: Vec<&str> = wanted.split(' ').collect();
        entries
            .into_iter()
            .map(|(key, line)| (key, clean(&line)))
            .filter(|(_, line)| {
                let line = model::text::fold(line);
                wanted.iter().all(|word| line.contains(word))
            })
            .collect()
    }

    fn search_entries(&self) -> Vec<(String, String)> {
        let line = |item: Item| {
            let text = match &item.shape {
                Shape::Computed(_) => String::new(),
                _ => format!("{} {}", item.key, item.label),
            };
            (item.key, text)
        };
        (0..self.form.sections.len())
            .flat_map(|section| self.section_items(section))
            .map(line)
            .filter(|(_, text)| !text.is_empty())
            .collect()
    }

    fn finding_entries(&self) -> Vec<(String, String)> {
        let errors = self.check.errors.iter().map(|finding| (finding, "×"));
        let warnings = self.check.warnings.iter().map(|finding| (finding, "!"));
        errors
            .chain(warnings)
            .map(|(finding, sign)| {
                let message = finding.message(&self.form, self.lang);
                let name = self.key_name(&finding.code);
                (finding.code.clone(), format!("{sign} {name}: {message}"))
            })
            .collect()
    }

    fn comment_entries(&self) -> Vec<(String, String)> {
        let comments = self.base.iter().flat_map(|base| &base.comments);
        comments
            .map(|comment| {
                let line = self.words.tr_with(
                    "comment-line",
                    &[
                        ("code", Arg::Str(&comment.code)),
                        ("text", Arg::Str(&comment.text)),
                        ("by", Arg::Str(&comment.by)),
                        ("time", Arg::Str(&comment.time)),
                    ],
                );
                (comment.code.clone(), line)
            })
            .collect()
    }

    /// A key as people know it: `B4`, or the row and the column.
    pub(crate) fn key_name(&self, key: &str) -> String {
        let mut parts = key.splitn(3, '/');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(table), Some(row), Some(_)) => {
                let column = self.form.label(key, self.lang).unwrap_or(key);
                format!("{table} {}, {column}", self.row_name(table, row))
            }
            (Some(table), Some(row), None) => format!("{table} {}", self.row_name(table, row)),
            _ => key.to_owned(),
        }
    }

    fn confirm_key(&mut self, question: Question, action: Option<Action>) -> Vec<Effect> {
        match action {
            Some(Action::Cancel) => Vec::new(),
            Some(Action::Accept) => match question.then {
                Confirmed::Quit => vec![Effect::Quit],
                Confirmed::RemoveRow { table, row } => self.save(Effect::RemoveRow { table, row }),
                Confirmed::Clear { key } => self.set_value(key, Scalar::Null),
                Confirmed::DropText => {
                    self.popups.pop();
                    Vec::new()
                }
                Confirmed::Apply { edit, way } => self.apply(edit, way),
            },
            _ => {
                self.popups.push(Popup::Confirm(question));
                Vec::new()
            }
        }
    }

    fn conflict_key(
        &mut self,
        at: String,
        cursor: usize,
        key: Key,
        action: Option<Action>,
    ) -> Vec<Effect> {
        let count = self
            .conflict(&at)
            .map_or(0, |conflict| conflict.values.len());
        let digit = key.typed().and_then(|c| c.to_digit(10)).unwrap_or(0) as usize;
        let cursor = match action {
            Some(Action::Cancel) => return Vec::new(),
            // Settled elsewhere in the meantime.
            _ if count == 0 => return Vec::new(),
            Some(Action::Up) => cursor.saturating_sub(1),
            Some(Action::Down) => (cursor + 1).min(count - 1),
            _ => cursor.min(count - 1),
        };
        if action == Some(Action::Open) {
            return self.type_third(at, cursor, key);
        }
        let chosen = match (action, digit) {
            (Some(Action::Accept), _) => Some(cursor),
            (None, 1..) if digit <= count => Some(digit - 1),
            _ => None,
        };
        self.popups.push(Popup::Conflict {
            key: at.clone(),
            cursor,
        });
        let Some(index) = chosen else {
            return Vec::new();
        };
        if !self.may_edit(key) {
            return Vec::new();
        }
        self.popups.pop();
        self.save(Effect::ResolveConflict { key: at, index })
    }

    /// Another value than those in conflict; it settles them all the same.
    fn type_third(&mut self, at: String, cursor: usize, key: Key) -> Vec<Effect> {
        self.go_to(&at);
        let item = self.current().filter(|item| item.key == at);
        let waiting = Popup::Conflict { key: at, cursor };
        match item {
            Some(item) if self.person.is_some() => self.edit_item(&item),
            Some(_) => {
                self.popups.push(waiting);
                self.may_edit(key);
                Vec::new()
            }
            // Of a row that went there is no third state.
            None => {
                self.popups.push(waiting);
                Vec::new()
            }
        }
    }

    fn help_key(&mut self, scroll: usize, action: Option<Action>) -> Vec<Effect> {
        let scroll = match action {
            Some(Action::Cancel) => return Vec::new(),
            Some(action) => scrolled(scroll, action, self.help_scroll_max()),
            None => scroll,
        };
        self.popups.push(Popup::Help { scroll });
        Vec::new()
    }
}

/// Where a key scrolls to.
pub(super) fn scrolled(from: usize, action: Action, last: usize) -> usize {
    let to = match action {
        Action::Up => from.saturating_sub(1),
        Action::Down => from + 1,
        Action::PageUp => from.saturating_sub(PAGE_LINES),
        Action::PageDown => from + PAGE_LINES,
        Action::First => 0,
        Action::Last => last,
        _ => from,
    };
    to.min(last)
}
