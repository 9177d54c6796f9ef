//! Settling concurrent values: one of them, or another one.

use crate::form::app::App;
use crate::form::msg::Effect;
use crate::form::popup::{ConflictBox, Popup};
use crate::parts::key::Key;
use crate::parts::keymap::Action;
use crate::parts::line::Line;

impl App {
    /// Shows the concurrent values of a key, if there are any.
    pub(super) fn open_conflict(&mut self, key: &str) {
        let Some(conflict) = self.conflict(key) else {
            return;
        };
        self.popups.push(Popup::Conflict(ConflictBox {
            key: key.to_owned(),
            cursor: 0,
            values: conflict.values.clone(),
            footing: self.footing(key),
        }));
    }

    pub(super) fn conflict_key(
        &mut self,
        mut open: ConflictBox,
        key: Key,
        action: Option<Action>,
    ) -> Vec<Effect> {
        let count = open.values.len();
        let digit = key.typed().and_then(|c| c.to_digit(10)).unwrap_or(0) as usize;
        match action {
            Some(Action::Cancel) => return Vec::new(),
            // Settled elsewhere in the meantime.
            _ if self.conflict(&open.key).is_none() => return Vec::new(),
            Some(Action::Up) => open.cursor = open.cursor.saturating_sub(1),
            Some(Action::Down) => open.cursor = (open.cursor + 1).min(count.saturating_sub(1)),
            Some(Action::Open) => return self.type_third(open, key),
            _ => {}
        }
        let chosen = match (action, digit) {
            (Some(Action::Accept), _) => Some(open.cursor),
            (None, 1..) => Some(digit - 1),
            _ => None,
        };
        let chosen = chosen.and_then(|at| open.values.get(at)).cloned();
        let Some(chosen) = chosen else {
            self.popups.push(Popup::Conflict(open));
            return Vec::new();
        };
        if self.person.is_none() {
            self.popups.push(Popup::Conflict(open));
            self.may_edit(key);
            return Vec::new();
        }
        self.save(Effect::ResolveConflict {
            key: open.key,
            value: chosen.value,
            upon: open.footing.upon,
        })
    }

    /// Another value than those in conflict; it settles them all the same, but
    /// none that has come since the box was opened.
    fn type_third(&mut self, open: ConflictBox, key: Key) -> Vec<Effect> {
        self.go_to(&open.key);
        let item = self.current().filter(|item| item.key == open.key);
        match (item, &self.base) {
            (Some(item), Some(base)) if self.person.is_some() => {
                let mut footing = open.footing;
                footing.meet(&item.key, self.shown.get(&item.key), base);
                let effects = self.edit_item(&item, footing);
                if let Some(Popup::Line(edit)) = self.popups.last_mut() {
                    // None of the values that stand there: from the beginning.
                    edit.line = Line::default();
                    edit.initial = String::new();
                }
                effects
            }
            (Some(_), _) => {
                self.popups.push(Popup::Conflict(open));
                self.may_edit(key);
                Vec::new()
            }
            // Of a row that went there is no third state.
            (None, _) => {
                self.popups.push(Popup::Conflict(open));
                Vec::new()
            }
        }
    }
}
