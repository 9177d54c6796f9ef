//! `update`: state and message in, state and effects out.

mod conflict;
mod edit;
mod jump;
mod list;
mod loaded;
mod mouse;
mod past;
mod popups;
mod secret;
mod table;
mod travel;
mod undo;

use messages::Arg;

use crate::form::app::{App, Notice};
use crate::form::msg::{Effect, Msg};
use crate::form::popup::{Confirmed, Popup, Purpose, Question, SecretPrompt};
use crate::form::saves::{Save, SaveState, target};
use crate::parts::key::Key;
use crate::parts::keymap::{Action, Context, lookup};

impl App {
    /// Takes a message and says what is to be done about it, in order. A
    /// function of the state and the message alone.
    pub fn update(&mut self, msg: Msg) -> Vec<Effect> {
        let effects = match msg {
            Msg::Key(key) => self.on_key(key),
            Msg::Mouse(mouse) => self.on_mouse(mouse),
            Msg::Paste(text) => self.on_paste(&text),
            Msg::Resize { columns, lines } => {
                self.size = (columns, lines);
                Vec::new()
            }
            Msg::Tick(now) => {
                self.now = now;
                Vec::new()
            }
            Msg::Loaded(view) => self.on_loaded(view),
            Msg::Saved => self.on_saved(None),
            Msg::RowAdded { table, row } => self.on_row_added(table, row),
            Msg::NotSaved(message) => self.on_not_saved(&message),
            Msg::Unlocked { person } => self.on_unlocked(person),
            Msg::Locked => {
                self.person = None;
                Vec::new()
            }
            Msg::Submitted => self.on_submitted(),
            Msg::History(history) => self.on_history(history),
            Msg::Diff { of, lines } => self.on_diff(&of, lines),
            Msg::Failed(message) => self.on_failed(message),
            Msg::Changed => vec![Effect::Load],
        };
        self.settle();
        effects
    }

    fn on_key(&mut self, key: Key) -> Vec<Effect> {
        self.notice = None;
        let context = self.context();
        let action = lookup(context, key);
        let here = self.current_key();
        let effects = self.obey(key, context, action);
        if self.current_key() != here {
            // Seen, and left.
            self.news.remove(&here);
        }
        effects
    }

    fn obey(&mut self, key: Key, context: Context, action: Option<Action>) -> Vec<Effect> {
        match action {
            Some(Action::Quit) => self.quit(),
            Some(Action::Theme) => {
                self.palette = self.palette.toggled();
                Vec::new()
            }
            Some(Action::Help) => {
                if context != Context::Help {
                    self.popups.push(Popup::Help { scroll: 0 });
                }
                Vec::new()
            }
            _ => match self.popups.pop() {
                Some(popup) => self.popup_key(popup, key, action),
                None => self.list_key(key, action),
            },
        }
    }

    /// Leaves; an editor in front is saved first. Asks only if something typed
    /// would be lost.
    fn quit(&mut self) -> Vec<Effect> {
        if let Some(Popup::Confirm(Question {
            then: Confirmed::Quit,
            ..
        })) = self.popups.last()
        {
            return vec![Effect::Quit];
        }
        let mut effects = Vec::new();
        if self.person.is_some() {
            effects = self.commit_front();
        }
        let failed = self.failed_saves();
        if self.popups.iter().any(Popup::is_dirty) || failed > 0 {
            self.ask(self.tr("ask-quit-loses"), Confirmed::Quit);
        } else {
            effects.push(Effect::Quit);
        }
        effects
    }

    pub(crate) fn ask(&mut self, text: String, then: Confirmed) {
        self.popups.push(Popup::Confirm(Question { text, then }));
    }

    pub(crate) fn tell(&mut self, text: String) {
        self.notice = Some(Notice { text, bad: false });
    }

    pub(crate) fn warn(&mut self, text: String) {
        self.notice = Some(Notice { text, bad: true });
    }

    /// Remembers a save so that it can be taken back, and lays it over what is
    /// shown.
    pub(crate) fn save(&mut self, effect: Effect) -> Vec<Effect> {
        if let Some(edit) = self.edit_of(&effect) {
            self.edits.record(edit);
        }
        self.save_unrecorded(effect)
    }

    /// The same for an edit that is itself taken back or done again.
    pub(crate) fn save_unrecorded(&mut self, effect: Effect) -> Vec<Effect> {
        if let Some(key) = target(&effect) {
            self.news.remove(key);
        }
        // A newer value for the same key makes a failed older one pointless.
        if let Effect::SetValue { .. } | Effect::SetText { .. } = effect {
            self.saves.retain(|old| {
                old.state != SaveState::Failed || target(&old.effect) != target(&effect)
            });
        }
        self.saves.push(Save {
            effect: effect.clone(),
            state: SaveState::InFlight,
            row: None,
        });
        self.refresh();
        vec![effect]
    }

    /// The oldest save in flight became durable.
    fn on_saved(&mut self, row: Option<String>) -> Vec<Effect> {
        let adds = row.is_some();
        let answered = self.saves.iter_mut().find(|save| {
            let is_add = matches!(save.effect, Effect::AddRow { .. });
            save.state == SaveState::InFlight && is_add == adds
        });
        if let Some(save) = answered {
            save.state = SaveState::Done;
            save.row = row;
        }
        self.refresh();
        self.reload_when_idle()
    }

    /// Asks for the new state once everything in flight is answered.
    fn reload_when_idle(&self) -> Vec<Effect> {
        let flying = |save: &Save| save.state == SaveState::InFlight;
        match self.saves.iter().any(flying) {
            true => Vec::new(),
            false => vec![Effect::Load],
        }
    }

    fn on_row_added(&mut self, table: String, row: String) -> Vec<Effect> {
        self.edits.name_row(&table, &row);
        let effects = self.on_saved(Some(row.clone()));
        let copied = self.saves.iter().any(|save| {
            let copy = matches!(&save.effect, Effect::AddRow { cells, .. } if !cells.is_empty());
            copy && save.row.as_ref() == Some(&row)
        });
        if let Some(place) = &mut self.place.table
            && place.code == table
            && !place.open
        {
            // An empty row is filled on a screen of its own.
            place.open = !copied;
            place.row = Some(row);
            place.column = 0;
        }
        effects
    }

    fn on_not_saved(&mut self, message: &str) -> Vec<Effect> {
        let flying = |save: &&mut Save| save.state == SaveState::InFlight;
        if let Some(save) = self.saves.iter_mut().find(flying) {
            save.state = SaveState::Failed;
        }
        self.refresh();
        let text = self
            .words
            .tr_with("notice-not-saved", &[("reason", Arg::Str(message))]);
        self.warn(text);
        Vec::new()
    }

    /// Tries the failed saves again, in their old order.
    pub(crate) fn retry(&mut self) -> Vec<Effect> {
        let (failed, mut rest): (Vec<Save>, Vec<Save>) = std::mem::take(&mut self.saves)
            .into_iter()
            .partition(|save| save.state == SaveState::Failed);
        let effects: Vec<Effect> = failed.iter().map(|save| save.effect.clone()).collect();
        rest.extend(failed.into_iter().map(|save| Save {
            state: SaveState::InFlight,
            ..save
        }));
        self.saves = rest;
        if effects.is_empty() {
            self.tell(self.tr("notice-all-saved"));
        }
        effects
    }

    /// Whether an edit may go on; if nobody's key is open, asks for the
    /// passphrase and obeys `key` afterwards.
    pub(crate) fn may_edit(&mut self, key: Key) -> bool {
        if self.person.is_some() {
            return true;
        }
        let at = self.current_key();
        let purpose = Purpose::Unlock { then: key, at };
        self.popups.push(Popup::Secret(SecretPrompt::new(purpose)));
        false
    }
}
