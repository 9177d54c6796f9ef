//! Unlocking and submitting.

use model::workflow::ReportState;

use super::popups::scrolled;
use crate::form::app::App;
use crate::form::msg::{Effect, Msg};
use crate::form::popup::{JumpKind, Popup, Purpose, SecretPrompt};
use crate::parts::key::Key;
use crate::parts::keymap::Action;

impl App {
    /// Submitting: what is in the way, or the summary with the passphrase.
    pub(super) fn open_submit(&mut self) -> Vec<Effect> {
        let Some(base) = &self.base else {
            return Vec::new();
        };
        if self.failed_saves() > 0 {
            self.warn(self.tr("notice-save-first"));
            return Vec::new();
        }
        if !self.check.may_submit() {
            self.warn(self.tr("notice-errors-first"));
            return self.open_jump(JumpKind::Findings);
        }
        let sent = matches!(base.state, ReportState::Submitted | ReportState::Accepted);
        if sent && base.changed == 0 && self.saves.is_empty() {
            self.tell(self.tr("notice-nothing-changed"));
            return Vec::new();
        }
        self.popups
            .push(Popup::Secret(SecretPrompt::new(Purpose::Submit)));
        Vec::new()
    }

    pub(super) fn secret_key(
        &mut self,
        mut prompt: SecretPrompt,
        key: Key,
        action: Option<Action>,
    ) -> Vec<Effect> {
        let mut effects = Vec::new();
        match action {
            Some(Action::Cancel) => return effects,
            Some(step @ (Action::Up | Action::Down | Action::PageUp | Action::PageDown)) => {
                let last = match &prompt.purpose {
                    Purpose::Unlock { .. } => 0,
                    Purpose::Submit => self.summary_scroll_max(),
                };
                prompt.scroll = scrolled(prompt.scroll, step, last);
            }
            // The runner has it; only its answer, or escape, ends this.
            _ if prompt.busy => {}
            Some(Action::Accept) if prompt.secret.is_empty() => {
                prompt.error = Some(self.tr("secret-empty"));
            }
            Some(Action::Accept) => {
                let passphrase = prompt.secret.take();
                prompt.busy = true;
                prompt.error = None;
                effects.push(match &prompt.purpose {
                    Purpose::Unlock { .. } => Effect::Unlock { passphrase },
                    Purpose::Submit => Effect::Submit { passphrase },
                });
            }
            Some(Action::EditBackspace) => prompt.secret.pop(),
            Some(Action::EditDeleteLine) => prompt.secret.clear(),
            _ => {
                if let Some(c) = key.typed() {
                    prompt.error = None;
                    prompt.secret.push(c);
                }
            }
        }
        self.popups.push(Popup::Secret(prompt));
        effects
    }

    /// The key is open: the key press that asked for it is obeyed after all.
    pub(super) fn on_unlocked(&mut self, person: String) -> Vec<Effect> {
        self.set_person(person);
        let waiting = self.popups.iter().position(|popup| {
            matches!(popup, Popup::Secret(prompt)
                if prompt.busy && matches!(prompt.purpose, Purpose::Unlock { .. }))
        });
        let Some(at) = waiting else {
            return Vec::new();
        };
        // Whatever was opened over the prompt meanwhile (the help) closes too.
        self.popups.truncate(at + 1);
        match self.popups.pop() {
            Some(Popup::Secret(SecretPrompt {
                purpose: Purpose::Unlock { then, at },
                ..
            })) => {
                self.settle();
                // What it was pressed on may have gone meanwhile; an editor
                // knows by itself where it stands.
                match self.popups.is_empty() && self.current_key() != at {
                    true => Vec::new(),
                    false => self.update(Msg::Key(then)),
                }
            }
            _ => Vec::new(),
        }
    }

    /// Whose key is open. Nobody takes back what somebody else wrote.
    pub(super) fn set_person(&mut self, person: String) {
        if self.person_was.as_ref() != Some(&person) {
            self.edits.clear();
            self.person_was = Some(person.clone());
        }
        self.person = Some(person);
    }

    pub(super) fn on_submitted(&mut self) -> Vec<Effect> {
        self.popups.retain(
            |popup| !matches!(popup, Popup::Secret(prompt) if prompt.purpose == Purpose::Submit),
        );
        self.tell(self.tr("notice-submitted"));
        vec![Effect::Load]
    }

    /// A failure goes to the prompt that waits for an answer, else to the
    /// status line.
    pub(super) fn on_failed(&mut self, message: String) -> Vec<Effect> {
        let waiting = self.popups.iter_mut().find_map(|popup| match popup {
            Popup::Secret(prompt) if prompt.busy => Some(prompt),
            _ => None,
        });
        match waiting {
            Some(prompt) => {
                prompt.busy = false;
                prompt.error = Some(message);
            }
            None => self.warn(message),
        }
        Vec::new()
    }
}
