//! What may lie over the screens. The one in front gets the keys.

use crate::parts::keymap::Context;
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
            Over::Paper { .. } => Context::Paper,
            Over::Help { .. } => Context::Help,
            Over::Busy { .. } => Context::Busy,
        }
    }
}

/// A few lines to be filled.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    pub(super) title: String,
    pub(super) fields: Vec<AskField>,
    pub(super) at: usize,
    pub(super) error: Option<String>,
    pub(super) then: Then,
}

/// One line of them.
#[derive(Clone, Debug)]
pub(super) struct AskField {
    pub(super) label: String,
    pub(super) line: Line,
    pub(super) required: bool,
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
        unit: model::UnitPath,
    },
    /// The reason of a revocation.
    Revoke {
        /// The key, in hexadecimal.
        key: String,
    },
}
