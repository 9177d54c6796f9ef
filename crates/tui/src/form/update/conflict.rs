//! Settling concurrent values: one of them, or another one.

use crate::form::app::App;
use crate::form::msg::Effect;
use crate::form::popup::Popup;
use crate::parts::key::Key;
use crate::parts::keymap::Action;
use crate::parts::line::Line;

impl App {
    pub(super) fn conflict_key(
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
            Some(item) if self.person.is_some() => {
                let effects = self.edit_item(&item);
                if let Some(Popup::Line(edit)) = self.popups.last_mut() {
                    // None of the values that stand there: from the beginning.
                    edit.line = Line::default();
                    edit.initial = String::new();
                }
                effects
            }
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
}
