//! Keys for what lies in front. Each handler has taken its popup off the stack
//! and puts it back if it stays.

use model::Scalar;

use crate::form::app::App;
use crate::form::msg::Effect;
use crate::form::popup::{AreaEdit, ChoiceEdit, Confirmed, LineEdit, Popup, Question};
use crate::parts::calendar;
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
            Popup::Conflict(open) => self.conflict_key(open, key, action),
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
            Some(action) => {
                let columns = usize::from(self.area_room(&edit).width);
                edit.area.act(action, columns);
            }
            None => {
                if let Some(c) = key.typed()
                    && !edit.area.insert(c.encode_utf8(&mut [0; 4]))
                {
                    self.warn(self.tr("notice-text-full"));
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
            && !edit.is_touched()
            && edit
                .current()
                .is_some_and(|at| edit.options.get(at).is_some_and(|o| !o.ticked))
        {
            edit.toggle();
        }
        if !edit.is_touched() && !self.settles(&edit.key, &edit.footing.upon) {
            return Vec::new();
        }
        let value = edit.value();
        let effects = self.set_value(edit.key, value, edit.footing.upon);
        self.step_down();
        effects
    }

    fn confirm_key(&mut self, question: Question, action: Option<Action>) -> Vec<Effect> {
        match action {
            Some(Action::Cancel) => Vec::new(),
            Some(Action::Accept) => match question.then {
                Confirmed::Quit => vec![Effect::Quit],
                Confirmed::RemoveRow { table, row, upon } => {
                    self.save(Effect::RemoveRow { table, row, upon })
                }
                Confirmed::Clear { key, upon } => self.set_value(key, Scalar::Null, upon),
                Confirmed::DropText => {
                    self.popups.pop();
                    Vec::new()
                }
                Confirmed::Apply { edit, way, upon } => self.apply(edit, way, upon),
            },
            _ => {
                self.popups.push(Popup::Confirm(question));
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
