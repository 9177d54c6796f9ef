//! Keys for what lies over the screens. Each handler has taken its box off the
//! stack and puts it back if it stays.

use messages::Arg;

use crate::parts::key::Key;
use crate::parts::keymap::Action;
use crate::parts::line::Line;
use crate::parts::passphrase::Passphrase;

use super::msg::{Command, Effect};
use super::over::{Ask, AskField, Over};
use super::update::PAGE_LINES;
use super::{Shell, view};

impl Shell {
    pub(super) fn over_key(&mut self, over: Over, key: Key, action: Option<Action>) -> Vec<Effect> {
        match over {
            Over::Palette { filter, cursor } => self.palette_key(filter, cursor, key, action),
            Over::Narrow { before } => self.narrow_key(before, key, action),
            Over::Ask(ask) => self.ask_key(ask, key, action),
            Over::Confirm { text, command } => match action {
                Some(Action::Accept) => self.carry_out(command),
                Some(Action::Cancel) => Vec::new(),
                _ => self.keep(Over::Confirm { text, command }),
            },
            Over::Secret {
                command,
                secret,
                busy,
                ..
            } => self.secret_key(command, secret, busy, key, action),
            Over::Paper { .. } | Over::Details { .. } | Over::Help { .. } => {
                self.reading_key(over, action)
            }
            Over::Busy { command, progress } => match action {
                Some(Action::Cancel) => {
                    self.tell(self.tr("notice-stopped"));
                    vec![Effect::Cancel]
                }
                _ => self.keep(Over::Busy { command, progress }),
            },
        }
    }

    pub(super) fn keep(&mut self, over: Over) -> Vec<Effect> {
        self.over.push(over);
        Vec::new()
    }

    fn secret_key(
        &mut self,
        command: Command,
        mut secret: Passphrase,
        busy: bool,
        key: Key,
        action: Option<Action>,
    ) -> Vec<Effect> {
        let mut error = None;
        let mut effects = Vec::new();
        let mut handed = busy;
        match (action, key.typed()) {
            (Some(Action::Cancel), _) => return Vec::new(),
            // The runner has it; only its answer, or escape, ends this.
            _ if busy => {}
            (Some(Action::Accept), _) if secret.is_empty() => error = Some(self.tr("secret-empty")),
            (Some(Action::Accept), _) => {
                handed = true;
                effects.push(Effect::Do {
                    command: command.clone(),
                    passphrase: Some(secret.take()),
                });
            }
            (Some(Action::EditBackspace), _) => secret.pop(),
            (Some(Action::EditDeleteLine), _) => secret.clear(),
            (_, Some(c)) => secret.push(c),
            _ => {}
        }
        self.over.push(Over::Secret {
            command,
            secret,
            busy: handed,
            error,
        });
        effects
    }

    fn narrow_key(&mut self, before: Line, key: Key, action: Option<Action>) -> Vec<Effect> {
        let stays = !matches!(action, Some(Action::Accept | Action::Cancel));
        self.with_page(|page, setting| {
            match (action, key.typed()) {
                (Some(Action::Cancel), _) => page.grid.filter = before.clone(),
                (Some(action), _) => page.grid.filter.act(action),
                (None, Some(c)) => page.grid.filter.push(c),
                (None, None) => {}
            }
            page.grid.rearrange();
            page.look(setting);
        });
        match stays {
            true => self.keep(Over::Narrow { before }),
            false => Vec::new(),
        }
    }

    fn ask_key(&mut self, mut ask: Ask, key: Key, action: Option<Action>) -> Vec<Effect> {
        let count = ask.fields.len().max(1);
        match (action, key.typed()) {
            (Some(Action::Cancel), _) => return Vec::new(),
            (Some(Action::Next), _) => ask.at = (ask.at + 1) % count,
            (Some(Action::Previous), _) => ask.at = (ask.at + count - 1) % count,
            (Some(Action::Accept), _) => {
                let empty = |field: &AskField| field.required && field.input.is_empty();
                match ask.fields.iter().position(empty) {
                    // Enter walks through; on the last one it takes them all.
                    _ if ask.at + 1 < count => ask.at += 1,
                    Some(at) => {
                        ask.at = at;
                        let label = ask.fields.get(at).map(|field| field.label.clone());
                        let label = label.unwrap_or_default();
                        let args = [("label", Arg::Str(&label))];
                        ask.error = Some(self.tr_with("ask-required", &args));
                    }
                    None => return self.take_ask(ask),
                }
            }
            (action, typed) => {
                ask.error = None;
                if let Some(field) = ask.fields.get_mut(ask.at) {
                    match (action, typed) {
                        (Some(action), _) => field.input.act(action),
                        (None, Some(c)) => field.input.push(c),
                        (None, None) => {}
                    }
                }
            }
        }
        self.keep(Over::Ask(ask))
    }

    /// Something that is only read: it is scrolled, or closed.
    fn reading_key(&mut self, mut over: Over, action: Option<Action>) -> Vec<Effect> {
        let end = view::scroll_end(self, &over);
        let (Over::Paper { scroll, .. } | Over::Details { scroll } | Over::Help { scroll }) =
            &mut over
        else {
            return Vec::new();
        };
        *scroll = match action {
            Some(Action::Cancel | Action::Help) => return Vec::new(),
            Some(Action::Up) => scroll.saturating_sub(1),
            Some(Action::Down) => *scroll + 1,
            Some(Action::PageUp) => scroll.saturating_sub(PAGE_LINES),
            Some(Action::PageDown) => *scroll + PAGE_LINES,
            Some(Action::First) => 0,
            Some(Action::Last) => end,
            _ => *scroll,
        }
        .min(end);
        self.keep(over)
    }
}
