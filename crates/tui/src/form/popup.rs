//! What may lie over the screens. The one in front gets the keys.

use jiff::civil::Date;
use model::Scalar;
use model::form::FieldType;
use model::input::{parse_date, show_date};

use crate::form::msg::{ConflictValue, ReportView};
use crate::form::past::PastBox;
use crate::form::undo::{Edit, Way};
use crate::form::upon::{Arrived, Footing, Upon, conflict};
use crate::parts::area::Area;
use crate::parts::key::Key;
use crate::parts::keymap::{Action, Context};
use crate::parts::line::Line;
use crate::parts::number::{self, Typed};
use crate::parts::passphrase::Passphrase;

/// Something in front of the screens.
#[derive(Clone, Debug)]
pub(crate) enum Popup {
    /// One line is being typed.
    Line(LineEdit),
    /// A text of several lines is being typed.
    Area(AreaEdit),
    /// Choices are being ticked.
    Choice(ChoiceEdit),
    /// A list to jump from.
    Jump(JumpList),
    /// A question.
    Confirm(Question),
    /// A passphrase is being typed.
    Secret(SecretPrompt),
    /// Concurrent values of a key are shown.
    Conflict(ConflictBox),
    /// The past of the report.
    Past(PastBox),
    /// What rows of the open table must contain is being typed.
    Filter,
    /// The help, scrolled down by so many lines.
    Help {
        /// Lines above the first shown.
        scroll: usize,
    },
}

/// A value being typed.
#[derive(Clone, Debug)]
pub(crate) struct LineEdit {
    /// Where it goes.
    pub(crate) key: String,
    /// What is asked for there.
    pub(crate) kind: FieldType,
    /// What is typed.
    pub(crate) line: Line,
    /// What stood there in typed form, to see whether anything changed.
    pub(crate) initial: String,
    /// The value that stood there.
    pub(crate) base: Scalar,
    /// Why it was not taken.
    pub(crate) error: Option<String>,
    /// What it rests on, and what has come since.
    pub(crate) footing: Footing,
}

impl LineEdit {
    /// Obeys an edit key.
    pub(crate) fn act(&mut self, action: Action) {
        match self.is_number() {
            true => number::edit(&mut self.line, Typed::Act(action)),
            false => self.line.act(action),
        }
    }

    /// Types or pastes.
    pub(crate) fn insert(&mut self, text: &str) {
        match self.is_number() {
            true => number::edit(&mut self.line, Typed::Text(text)),
            false => self.line.insert(text),
        }
    }

    fn is_number(&self) -> bool {
        matches!(self.kind, FieldType::Number | FieldType::Money)
    }

    /// The day that a calendar stands on: what is typed, else what stood there.
    pub(crate) fn day(&self) -> Option<Date> {
        parse_date(self.line.text().trim()).or_else(|| parse_date(&self.initial))
    }

    /// Puts a day in place of what was typed.
    pub(crate) fn pick(&mut self, day: Date) {
        self.line = Line::new(&show_date(day));
    }

    /// Whether nothing has been typed yet: a letter may then still be a command.
    pub(crate) fn is_untouched(&self) -> bool {
        self.line.text().is_empty() || self.line.normal() == self.initial
    }
}

/// A long text being typed.
#[derive(Clone, Debug)]
pub(crate) struct AreaEdit {
    /// The field.
    pub(crate) code: String,
    /// What is typed.
    pub(crate) area: Area,
    /// The text that stood there.
    pub(crate) base: String,
    /// Whether someone else's edit has come since; it will be kept.
    pub(crate) arrived: bool,
}

/// Choices being ticked.
#[derive(Clone, Debug)]
pub(crate) struct ChoiceEdit {
    /// Where they go.
    pub(crate) key: String,
    /// Any of them, or just one.
    pub(crate) many: bool,
    /// Id, label and whether it is ticked.
    pub(crate) options: Vec<ChoiceOption>,
    /// What is typed to narrow the list.
    pub(crate) filter: Line,
    /// The place among those that pass the filter.
    pub(crate) cursor: usize,
    /// The value that stood there when it opened.
    pub(crate) begun: Scalar,
    /// The value that the ticks were last made upon.
    pub(crate) base: Scalar,
    /// What it rests on, and what has come since.
    pub(crate) footing: Footing,
}

/// One choice.
#[derive(Clone, Debug)]
pub(crate) struct ChoiceOption {
    /// What is stored.
    pub(crate) id: String,
    /// What is shown.
    pub(crate) label: String,
    /// Whether it is ticked.
    pub(crate) ticked: bool,
}

impl ChoiceEdit {
    /// The places of the options that pass the filter.
    pub(crate) fn visible(&self) -> Vec<usize> {
        let wanted = model::text::fold(self.filter.text());
        let passes = |option: &ChoiceOption| {
            model::text::fold(&option.label).contains(&wanted) || option.id.contains(&wanted)
        };
        (0..self.options.len())
            .filter(|&i| self.options.get(i).is_some_and(passes))
            .collect()
    }

    /// The place of the option under the cursor.
    pub(crate) fn current(&self) -> Option<usize> {
        self.visible().get(self.cursor).copied()
    }

    /// Ticks or unticks the option under the cursor; of a `one` list only one
    /// stays ticked.
    pub(crate) fn toggle(&mut self) {
        let Some(at) = self.current() else {
            return;
        };
        for (i, option) in self.options.iter_mut().enumerate() {
            if i == at {
                option.ticked = !option.ticked;
            } else if !self.many {
                option.ticked = false;
            }
        }
    }

    /// Takes a newer view: ticks that were not touched follow it, the others
    /// stay. Of a `one` list that is all of them or none.
    pub(crate) fn meet(&mut self, view: &ReportView) {
        self.footing.meet(&self.key, &self.begun, view);
        let now = view.snapshot.get(&self.key);
        let beside = matches!(self.footing.arrived, Some(Arrived::Beside(_)));
        if beside || (!self.many && self.is_touched()) {
            return;
        }
        let at = self.current();
        let on_ticked = at
            .and_then(|at| self.options.get(at))
            .is_some_and(|o| o.ticked);
        for option in &mut self.options {
            if option.ticked == is_ticked(&self.base, &option.id) {
                option.ticked = is_ticked(now, &option.id);
            }
        }
        self.base = now.clone();
        // Enter takes what the cursor is on: unmoved, it goes along.
        if !self.many && on_ticked {
            let options = &self.options;
            let ticked = |at: &usize| options.get(*at).is_some_and(|option| option.ticked);
            let place = self.visible().iter().position(ticked);
            self.cursor = place.unwrap_or(self.cursor);
        }
    }

    /// Whether anything was ticked or unticked by hand. The value may hold more
    /// than the options, if it comes from a newer form.
    pub(crate) fn is_touched(&self) -> bool {
        let mut options = self.options.iter();
        options.any(|option| option.ticked != is_ticked(&self.base, &option.id))
    }

    /// What is ticked, as it is stored.
    pub(crate) fn value(&self) -> Scalar {
        let ticked = self.options.iter().filter(|option| option.ticked);
        let ids: Vec<&str> = ticked.map(|option| option.id.as_str()).collect();
        if ids.is_empty() {
            Scalar::Null
        } else {
            Scalar::Str(ids.join(","))
        }
    }
}

/// Whether a value, as it is stored, holds a choice.
pub(crate) fn is_ticked(value: &Scalar, id: &str) -> bool {
    value
        .as_str()
        .is_some_and(|ids| ids.split(',').any(|one| one == id))
}

/// Concurrent values to choose one of. They stay as they were when it opened:
/// what comes later is not under anybody's finger.
#[derive(Clone, Debug)]
pub(crate) struct ConflictBox {
    /// The key.
    pub(crate) key: String,
    /// The value under the cursor.
    pub(crate) cursor: usize,
    /// The values.
    pub(crate) values: Vec<ConflictValue>,
    /// What a choice rests on.
    pub(crate) footing: Footing,
}

impl ConflictBox {
    /// Takes a newer view: the same values rest on it too.
    pub(crate) fn meet(&mut self, view: &ReportView) {
        let now = conflict(view, &self.key);
        if now.is_some_and(|now| now.values == self.values) {
            self.footing.upon.seen = view.seen.clone();
        }
    }
}

/// What a list to jump from lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JumpKind {
    /// All fields.
    Search,
    /// Errors, then warnings.
    Findings,
    /// The reviewer's comments.
    Comments,
}

/// A list to jump from.
#[derive(Clone, Debug)]
pub(crate) struct JumpList {
    /// What it lists.
    pub(crate) kind: JumpKind,
    /// What is typed to narrow it.
    pub(crate) filter: Line,
    /// The place among those that pass the filter.
    pub(crate) cursor: usize,
}

/// A question that yes answers with an act.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    /// The question.
    pub(crate) text: String,
    /// What yes does.
    pub(crate) then: Confirmed,
}

/// What a yes does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Confirmed {
    /// Leave the program.
    Quit,
    /// Remove a row.
    RemoveRow {
        /// The table.
        table: String,
        /// The row.
        row: String,
        /// What was shown when this was asked.
        upon: Upon,
    },
    /// Clear a value.
    Clear {
        /// The key.
        key: String,
        /// What was shown when this was asked.
        upon: Upon,
    },
    /// Close the text editor below without saving.
    DropText,
    /// Take an edit back (or do it again) although somebody else has changed
    /// the same since.
    Apply {
        /// The edit to make.
        edit: Edit,
        /// Which way that goes.
        way: Way,
        /// What was shown when this was asked.
        upon: Upon,
    },
}

impl Confirmed {
    /// The key whose values a yes would change.
    pub(crate) fn about(&self) -> Option<String> {
        match self {
            Confirmed::Clear { key, .. } => Some(key.clone()),
            Confirmed::RemoveRow { table, row, .. } => Some(format!("{table}/{row}")),
            Confirmed::Apply { edit, .. } => Some(edit.place()),
            Confirmed::Quit | Confirmed::DropText => None,
        }
    }

    /// The same was shown in a newer view.
    pub(crate) fn rest_on(&mut self, now: Upon) {
        match self {
            Confirmed::Clear { upon, .. }
            | Confirmed::RemoveRow { upon, .. }
            | Confirmed::Apply { upon, .. } => *upon = now,
            Confirmed::Quit | Confirmed::DropText => {}
        }
    }
}

/// A passphrase being typed.
#[derive(Clone, Debug)]
pub(crate) struct SecretPrompt {
    /// What for.
    pub(crate) purpose: Purpose,
    /// What is typed.
    pub(crate) secret: Passphrase,
    /// Whether the runner is at it.
    pub(crate) busy: bool,
    /// Why it was not taken.
    pub(crate) error: Option<String>,
    /// Lines of the summary above the first shown.
    pub(crate) scroll: usize,
}

impl SecretPrompt {
    /// Asks for a passphrase.
    pub(crate) fn new(purpose: Purpose) -> SecretPrompt {
        SecretPrompt {
            purpose,
            secret: Passphrase::new(),
            busy: false,
            error: None,
            scroll: 0,
        }
    }
}

/// What a passphrase is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Opening the person's key; then this key press is obeyed after all.
    Unlock {
        /// What was pressed.
        then: Key,
        /// The key under the cursor then.
        at: String,
    },
    /// Signing the submission.
    Submit,
}

impl Popup {
    /// Whose keys hold while it is in front.
    pub(crate) fn context(&self) -> Context {
        match self {
            Popup::Line(edit) if edit.kind == FieldType::Date => Context::Date,
            Popup::Line(_) => Context::Line,
            Popup::Area(_) => Context::Area,
            Popup::Choice(_) => Context::Choice,
            Popup::Jump(_) => Context::Jump,
            Popup::Confirm(_) => Context::Confirm,
            Popup::Secret(_) => Context::Secret,
            Popup::Conflict(_) => Context::Conflict,
            Popup::Past(_) => Context::Past,
            Popup::Filter => Context::Filter,
            Popup::Help { .. } => Context::Help,
        }
    }

    /// Whether closing it now would lose something typed.
    pub(crate) fn is_dirty(&self) -> bool {
        match self {
            Popup::Line(edit) => edit.line.normal() != edit.initial,
            Popup::Area(edit) => edit.area.normal() != edit.base.trim_end(),
            _ => false,
        }
    }
}
