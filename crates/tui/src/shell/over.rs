//! What may lie over the screens. The one in front gets the keys.

use model::UnitPath;

use crate::parts::keymap::{Action, Context};
use crate::parts::line::Line;
use crate::parts::passphrase::Passphrase;

use super::msg::{Command, Paper};

/// Something in front of the screens.
#[derive(Clone, Debug)]
pub(super) enum Over {
    /// Every command of the screen, to be searched.
    Palette {
        /// What is typed.
        filter: Line,
        /// The place among those that pass.
        cursor: usize,
    },
    /// Words to narrow the list by are being typed into it.
    Narrow {
        /// The words before, for when these are given up.
        before: Line,
    },
    /// A few lines to be filled.
    Ask(Ask),
    /// A question.
    Confirm {
        /// The question.
        text: String,
        /// What a yes does.
        command: Command,
    },
    /// A passphrase.
    Secret {
        /// For what.
        command: Command,
        /// What is typed.
        secret: Passphrase,
        /// The runner has it.
        busy: bool,
        /// Why it was not taken.
        error: Option<String>,
    },
    /// Something to be read.
    Paper {
        /// What.
        paper: Paper,
        /// Lines above the first shown.
        scroll: usize,
    },
    /// All that is said of the row under the cursor.
    Details {
        /// Lines above the first shown.
        scroll: usize,
    },
    /// The keys, scrolled down by so many lines.
    Help {
        /// Lines above the first shown.
        scroll: usize,
    },
    /// Long work.
    Busy {
        /// What.
        command: Command,
        /// Done, of how many.
        progress: (usize, usize),
    },
}

impl Over {
    /// Whose keys hold.
    pub(super) fn context(&self) -> Context {
        match self {
            Over::Palette { .. } => Context::Palette,
            Over::Narrow { .. } => Context::Narrow,
            Over::Ask(_) => Context::Ask,
            Over::Confirm { .. } => Context::Confirm,
            Over::Secret { .. } => Context::Secret,
            Over::Paper { .. } | Over::Details { .. } => Context::Paper,
            Over::Help { .. } => Context::Help,
            Over::Busy { .. } => Context::Busy,
        }
    }
}

/// A few lines to be filled.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    pub(super) title: String,
    /// What is to be read before anything is filled.
    pub(super) warning: Option<String>,
    pub(super) fields: Vec<AskField>,
    pub(super) at: usize,
    pub(super) error: Option<String>,
    pub(super) then: Then,
}

/// One line of them.
#[derive(Clone, Debug)]
pub(super) struct AskField {
    pub(super) label: String,
    pub(super) input: Input,
    pub(super) required: bool,
}

/// What is typed into it.
#[derive(Clone, Debug)]
pub(super) enum Input {
    /// In plain sight.
    Line(Line),
    /// Hidden, and wiped when it is dropped.
    Secret(Passphrase),
}

impl Input {
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Input::Line(line) => line.text().trim().is_empty(),
            Input::Secret(secret) => secret.is_empty(),
        }
    }

    /// Types a character.
    pub(super) fn push(&mut self, c: char) {
        match self {
            Input::Line(line) => line.push(c),
            Input::Secret(secret) => secret.push(c),
        }
    }

    /// Obeys an edit action.
    pub(super) fn act(&mut self, action: Action) {
        match (self, action) {
            (Input::Line(line), action) => line.act(action),
            (Input::Secret(secret), Action::EditBackspace) => secret.pop(),
            (Input::Secret(secret), Action::EditDeleteLine) => secret.clear(),
            (Input::Secret(_), _) => {}
        }
    }

    /// Pastes a text.
    pub(super) fn insert(&mut self, text: &str) {
        match self {
            Input::Line(line) => line.insert(text),
            Input::Secret(secret) => {
                // A trailing line break belongs to the clipboard, not to it.
                let typed = text.trim_end_matches(['\r', '\n']);
                typed.chars().for_each(|c| secret.push(c));
            }
        }
    }
}

/// What the filled lines are for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Then {
    /// A remark on a field of the report under review.
    Remark {
        /// The field.
        code: String,
    },
    /// An invite: unit, name, address.
    Invite,
    /// Another name for a unit.
    Rename {
        /// Which.
        unit: UnitPath,
    },
    /// The regular report of another period.
    OpenPeriod {
        /// Of which form.
        form: String,
    },
    /// A new person: name, roles, passphrase twice.
    AddPerson,
    /// The reason of a revocation, and for a key of this machine the word.
    Revoke {
        /// The key, in hexadecimal.
        key: String,
        /// Where it was granted something.
        unit: UnitPath,
        /// Its file is on this machine.
        here: bool,
    },
}
