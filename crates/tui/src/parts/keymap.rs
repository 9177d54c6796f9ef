//! The one table of keys. Dispatch, footer and help all read it, so they cannot
//! disagree.
//!
//! In contexts where keys are commands, a letter with Vietnamese marks counts as
//! its base letter: an input method in Telex mode turns a second `e` into `ê`.
//! Every command on a letter also has a key that no input method touches.

use unicode_normalization::UnicodeNormalization;

use crate::parts::key::Key;

mod boxes;
mod keys;
mod pages;
mod screens;
mod typing;

/// The tables, in the order of the help screen.
static TABLES: [&[Binding]; 4] = [screens::SCREENS, typing::TYPING, boxes::BOXES, pages::PAGES];

/// All bindings.
pub fn all() -> impl Iterator<Item = &'static Binding> {
    TABLES.into_iter().flatten()
}

/// What the keys mean depends on what is in front.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Context {
    /// Everywhere, after the context in front had its say.
    Global,
    /// A list of fields: a section, or one row of a table.
    Form,
    /// The rows of a table.
    Table,
    /// One line being typed.
    Line,
    /// A date being typed or picked.
    Date,
    /// A text of several lines being typed.
    Area,
    /// A list of choices.
    Choice,
    /// A list to jump from: search, findings, comments.
    Jump,
    /// A question to be answered yes or no.
    Confirm,
    /// A passphrase.
    Secret,
    /// Values to choose one of.
    Conflict,
    /// What rows must contain.
    Filter,
    /// The past of the report.
    Past,
    /// The help screen.
    Help,
    /// Every page, after the page in front had its say.
    Page,
    /// What waits at a facility.
    Home,
    /// The completeness board.
    Board,
    /// A report under review.
    Review,
    /// Consolidated numbers.
    Rollup,
    /// The reports behind one number.
    Behind,
    /// The register of units.
    Units,
    /// The keys of people, machines and invites.
    Keys,
    /// What may be looked at in place of a campaign.
    Campaigns,
    /// The nation.
    Nation,
    /// The command palette.
    Palette,
    /// Words to narrow a list by, being typed.
    Narrow,
    /// A few lines to be filled.
    Ask,
    /// Something to be read.
    Paper,
    /// Long work under way.
    Busy,
}

/// What a key does. `Edit…` act on the text being typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Leave the program.
    Quit,
    /// Show the help.
    Help,
    /// Cursor up.
    Up,
    /// Cursor down.
    Down,
    /// Ten up.
    PageUp,
    /// Ten down.
    PageDown,
    /// To the first.
    First,
    /// To the last.
    Last,
    /// The next section, or the next row of the table.
    Next,
    /// The section or row before.
    Previous,
    /// Open, edit or toggle what the cursor is on.
    Open,
    /// Toggle yes and no, or tick a choice.
    Toggle,
    /// Clear the value.
    Clear,
    /// Jump to the next error.
    NextError,
    /// Jump to the next field that must be filled and is empty.
    NextMissing,
    /// Search a field.
    Search,
    /// List the reviewer's comments.
    Comments,
    /// Look into the past of the report.
    History,
    /// Choose a version to compare with another one.
    Compare,
    /// Submit the report.
    Submit,
    /// Synchronise now.
    Sync,
    /// Try failed saves again.
    Retry,
    /// Take the last edit back.
    Undo,
    /// Do again what was taken back.
    Redo,
    /// Add a row.
    AddRow,
    /// Remove a row.
    RemoveRow,
    /// Copy a row.
    CopyRow,
    /// Give a row the screen to itself.
    OpenRow,
    /// Show only some rows.
    Filter,
    /// The cell to the left.
    CellLeft,
    /// The cell to the right.
    CellRight,
    /// Accept what was typed or chosen.
    Accept,
    /// Accept and go to the field above.
    AcceptUp,
    /// Accept and go to the field below.
    AcceptDown,
    /// Back, without taking what was typed.
    Cancel,
    /// The day before.
    DayBack,
    /// The day after.
    DayForward,
    /// The same day a week before.
    WeekBack,
    /// The same day a week after.
    WeekForward,
    /// The same day a month before.
    MonthBack,
    /// The same day a month after.
    MonthForward,
    /// This day.
    Today,
    /// A new line in the text.
    Newline,
    /// Character left.
    EditLeft,
    /// Character right.
    EditRight,
    /// Word left.
    EditWordLeft,
    /// Word right.
    EditWordRight,
    /// To the start of the line.
    EditHome,
    /// To the end of the line.
    EditEnd,
    /// Delete the character before.
    EditBackspace,
    /// Delete the character after.
    EditDelete,
    /// Delete the word before.
    EditDeleteWord,
    /// Delete the whole line.
    EditDeleteLine,
    /// Accept the report.
    Approve,
    /// Remark on a field of the report.
    Comment,
    /// Return the report with the remarks.
    Return,
    /// The next report that waits for a review.
    NextInQueue,
    /// Sign the rollup.
    Sign,
    /// Recompute from the reports.
    VerifyDeep,
    /// Fetch the rollups of the level below.
    Pull,
    /// Another way to look at the same.
    View,
    /// The next measure that provinces are compared by.
    Measure,
    /// The measure before.
    MeasureBack,
    /// All that is said of the row under the cursor.
    Details,
    /// Invite a unit.
    Invite,
    /// Give a unit another name.
    Rename,
    /// Close a unit, or open it again.
    Close,
    /// Revoke a key.
    Revoke,
    /// Order by the next column.
    Sort,
    /// What may be looked at in place of this campaign.
    Campaigns,
    /// The period before.
    PeriodBack,
    /// The period after.
    PeriodForward,
    /// Read anew.
    Refresh,
    /// All commands, to be searched.
    Palette,
    /// The other colours.
    Theme,
    /// One of the desks, by its place.
    Desk(u8),
}

/// One line of the table.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
    /// Where it holds.
    pub context: Context,
    /// Any of these; the first is shown in the footer.
    pub keys: &'static [Key],
    /// What they do.
    pub action: Action,
    /// Message id of the short name of it.
    pub label: &'static str,
    /// Whether the footer has room for it, most important first.
    pub footer: bool,
}

impl Context {
    /// Whether letters are typed here rather than obeyed.
    pub fn takes_text(self) -> bool {
        matches!(
            self,
            Context::Line
                | Context::Area
                | Context::Choice
                | Context::Jump
                | Context::Filter
                | Context::Past
                | Context::Secret
                | Context::Palette
                | Context::Narrow
                | Context::Ask
        )
    }

    /// The context that is asked after this one, before the global one.
    pub fn base(self) -> Option<Context> {
        match self {
            Context::Home
            | Context::Board
            | Context::Review
            | Context::Rollup
            | Context::Behind
            | Context::Units
            | Context::Keys
            | Context::Campaigns
            | Context::Nation => Some(Context::Page),
            _ => None,
        }
    }
}

/// What a key does in a context, if anything.
pub fn lookup(context: Context, key: Key) -> Option<Action> {
    let obeys = |context: Context, key| find(context, key).or_else(|| find(context.base()?, key));
    obeys(context, key)
        .or_else(|| {
            let folded = (!context.takes_text()).then(|| fold(key)).flatten()?;
            obeys(context, folded)
        })
        .or_else(|| find(Context::Global, key))
}

/// The bindings of a context, as the help shows them.
pub fn bindings(context: Context) -> impl Iterator<Item = &'static Binding> {
    all().filter(move |binding| binding.context == context)
}

/// What the key is called that does this in a context; nothing if none does.
pub(crate) fn name_of(context: Context, action: Action) -> String {
    let all = bindings(context).chain(context.base().into_iter().flat_map(bindings));
    let mut keys = all.filter(|binding| binding.action == action);
    let first = keys.find_map(|binding| binding.keys.first());
    first.map_or_else(String::new, |key| key.name())
}

fn find(context: Context, key: Key) -> Option<Action> {
    bindings(context)
        .find(|binding| binding.keys.contains(&key))
        .map(|binding| binding.action)
}

/// The key with its letter stripped of marks.
fn fold(key: Key) -> Option<Key> {
    let c = key.typed()?;
    let base = match c {
        'đ' | 'Đ' => 'd',
        c => std::iter::once(c).nfd().next()?,
    };
    (base != c).then(|| Key::char(base))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_key_means_two_things() {
        let mut seen = HashSet::new();
        for binding in all() {
            assert!(!binding.keys.is_empty());
            for key in binding.keys {
                assert!(
                    seen.insert((binding.context, *key)),
                    "{:?} {} twice",
                    binding.context,
                    key.name()
                );
            }
        }
    }

    #[test]
    fn every_context_can_be_left() {
        for binding in all() {
            let context = binding.context;
            let leave = [Action::Cancel, Action::Quit];
            assert!(
                bindings(context)
                    .chain(context.base().into_iter().flat_map(bindings))
                    .any(|b| leave.contains(&b.action) && (b.footer || context == Context::Global)),
                "{context:?}"
            );
        }
    }

    #[test]
    fn letters_with_marks_obey_too_but_not_where_text_is_typed() {
        assert_eq!(
            lookup(Context::Form, Key::char('ê')),
            Some(Action::NextError)
        );
        assert_eq!(
            lookup(Context::Table, Key::char('đ')),
            Some(Action::RemoveRow)
        );
        assert_eq!(lookup(Context::Table, Key::char('â')), Some(Action::AddRow));
        assert_eq!(lookup(Context::Line, Key::char('ê')), None);
        assert_eq!(lookup(Context::Line, Key::char('q')), None);
    }

    #[test]
    fn letter_commands_have_a_key_no_input_method_touches() {
        for binding in all() {
            let letters = |key: &Key| key.typed().is_some_and(char::is_alphabetic);
            let safe = binding.keys.iter().any(|key| !letters(key));
            // Quitting has Ctrl-C everywhere; the palette has all of them.
            assert!(safe || binding.action == Action::Quit, "{binding:?}");
        }
    }

    #[test]
    fn no_text_context_binds_a_letter() {
        for binding in all().filter(|b| b.context.takes_text()) {
            for key in binding.keys {
                let typed = key.typed();
                assert!(typed.is_none() || typed == Some(' '), "{binding:?}");
            }
        }
    }
}
