//! The table itself.

use super::{Action, Binding, Context};
use crate::parts::key::{Code, Key};

pub(super) const fn bind(
    context: Context,
    keys: &'static [Key],
    action: Action,
    label: &'static str,
    footer: bool,
) -> Binding {
    Binding {
        context,
        keys,
        action,
        label,
        footer,
    }
}

pub(super) const UP: Key = Key::plain(Code::Up);
pub(super) const DOWN: Key = Key::plain(Code::Down);
pub(super) const LEFT: Key = Key::plain(Code::Left);
pub(super) const RIGHT: Key = Key::plain(Code::Right);
pub(super) const PAGE_UP: Key = Key::plain(Code::PageUp);
pub(super) const PAGE_DOWN: Key = Key::plain(Code::PageDown);
pub(super) const HOME: Key = Key::plain(Code::Home);
pub(super) const END: Key = Key::plain(Code::End);
pub(super) const TAB: Key = Key::plain(Code::Tab);
pub(super) const BACK_TAB: Key = Key::plain(Code::BackTab);
pub(super) const ENTER: Key = Key::plain(Code::Enter);
pub(super) const ESC: Key = Key::plain(Code::Esc);
const DELETE: Key = Key::plain(Code::Delete);
const INSERT: Key = Key::plain(Code::Insert);
pub(super) const BACKSPACE: Key = Key::plain(Code::Backspace);
const SPACE: Key = Key::char(' ');
const CTRL_LEFT: Key = Key {
    code: Code::Left,
    ctrl: true,
    alt: false,
};
const CTRL_RIGHT: Key = Key {
    code: Code::Right,
    ctrl: true,
    alt: false,
};

pub(super) const fn f(n: u8) -> Key {
    Key::plain(Code::F(n))
}

/// All bindings, in the order of the help screen.
pub static KEYMAP: &[Binding] = {
    use Action as A;
    use Context as C;
    &[
        bind(C::Global, &[f(1)], A::Help, "key-help", false),
        bind(C::Global, &[Key::ctrl('c')], A::Quit, "key-quit", false),
        // A section, or one row of a table.
        bind(C::Form, &[ENTER, f(2)], A::Open, "key-open", true),
        bind(C::Form, &[SPACE], A::Toggle, "key-toggle", true),
        bind(C::Form, &[TAB, RIGHT], A::Next, "key-next", true),
        bind(
            C::Form,
            &[Key::char('e'), f(8)],
            A::NextError,
            "key-next-error",
            true,
        ),
        bind(C::Form, &[Key::ctrl('s')], A::Submit, "key-submit", true),
        bind(C::Form, &[Key::char('?'), f(1)], A::Help, "key-help", true),
        bind(C::Form, &[Key::char('q')], A::Quit, "key-quit", true),
        bind(C::Form, &[UP, Key::char('k')], A::Up, "key-up", false),
        bind(C::Form, &[DOWN, Key::char('j')], A::Down, "key-down", false),
        bind(C::Form, &[PAGE_UP], A::PageUp, "key-page-up", false),
        bind(C::Form, &[PAGE_DOWN], A::PageDown, "key-page-down", false),
        bind(C::Form, &[HOME], A::First, "key-first", false),
        bind(C::Form, &[END], A::Last, "key-last", false),
        bind(
            C::Form,
            &[BACK_TAB, LEFT],
            A::Previous,
            "key-previous",
            false,
        ),
        bind(C::Form, &[DELETE], A::Clear, "key-clear", false),
        bind(
            C::Form,
            &[Key::char('/'), f(3)],
            A::Search,
            "key-search",
            false,
        ),
        bind(
            C::Form,
            &[Key::char('c'), f(4)],
            A::Comments,
            "key-comments",
            false,
        ),
        bind(C::Form, &[Key::char('s'), f(5)], A::Sync, "key-sync", false),
        bind(C::Form, &[Key::ctrl('r')], A::Retry, "key-retry", false),
        bind(
            C::Form,
            &[Key::ctrl('z'), Key::char('u')],
            A::Undo,
            "key-undo",
            false,
        ),
        bind(
            C::Form,
            &[Key::ctrl('y'), Key::char('U')],
            A::Redo,
            "key-redo",
            false,
        ),
        bind(C::Form, &[ESC], A::Cancel, "key-back", false),
        // The rows of a table.
        bind(C::Table, &[ENTER, f(2)], A::Open, "key-open-row", true),
        bind(
            C::Table,
            &[Key::char('a'), INSERT],
            A::AddRow,
            "key-add-row",
            true,
        ),
        bind(
            C::Table,
            &[Key::char('d'), DELETE],
            A::RemoveRow,
            "key-remove-row",
            true,
        ),
        bind(C::Table, &[ESC, LEFT], A::Cancel, "key-back", true),
        bind(C::Table, &[SPACE], A::ToggleEmpty, "key-toggle-empty", true),
        bind(
            C::Table,
            &[Key::char('e'), f(8)],
            A::NextError,
            "key-next-error",
            true,
        ),
        bind(C::Table, &[Key::char('?'), f(1)], A::Help, "key-help", true),
        bind(C::Table, &[UP, Key::char('k')], A::Up, "key-up", false),
        bind(
            C::Table,
            &[DOWN, Key::char('j')],
            A::Down,
            "key-down",
            false,
        ),
        bind(C::Table, &[PAGE_UP], A::PageUp, "key-page-up", false),
        bind(C::Table, &[PAGE_DOWN], A::PageDown, "key-page-down", false),
        bind(C::Table, &[HOME], A::First, "key-first", false),
        bind(C::Table, &[END], A::Last, "key-last", false),
        bind(
            C::Table,
            &[Key::char('/'), f(3)],
            A::Search,
            "key-search",
            false,
        ),
        bind(
            C::Table,
            &[Key::char('c'), f(4)],
            A::Comments,
            "key-comments",
            false,
        ),
        bind(
            C::Table,
            &[Key::char('s'), f(5)],
            A::Sync,
            "key-sync",
            false,
        ),
        bind(C::Table, &[Key::ctrl('r')], A::Retry, "key-retry", false),
        bind(
            C::Table,
            &[Key::ctrl('z'), Key::char('u')],
            A::Undo,
            "key-undo",
            false,
        ),
        bind(
            C::Table,
            &[Key::ctrl('y'), Key::char('U')],
            A::Redo,
            "key-redo",
            false,
        ),
        bind(C::Table, &[Key::ctrl('s')], A::Submit, "key-submit", false),
        bind(C::Table, &[Key::char('q')], A::Quit, "key-quit", false),
        // One line.
        bind(
            C::Line,
            &[ENTER, TAB, DOWN],
            A::AcceptDown,
            "key-save-down",
            true,
        ),
        bind(C::Line, &[ESC], A::Cancel, "key-discard", true),
        bind(C::Line, &[UP, BACK_TAB], A::AcceptUp, "key-save-up", false),
        bind(C::Line, &[LEFT], A::EditLeft, "key-edit-left", false),
        bind(C::Line, &[RIGHT], A::EditRight, "key-edit-right", false),
        bind(
            C::Line,
            &[CTRL_LEFT],
            A::EditWordLeft,
            "key-edit-word-left",
            false,
        ),
        bind(
            C::Line,
            &[CTRL_RIGHT],
            A::EditWordRight,
            "key-edit-word-right",
            false,
        ),
        bind(
            C::Line,
            &[HOME, Key::ctrl('a')],
            A::EditHome,
            "key-edit-home",
            false,
        ),
        bind(
            C::Line,
            &[END, Key::ctrl('e')],
            A::EditEnd,
            "key-edit-end",
            false,
        ),
        bind(
            C::Line,
            &[BACKSPACE, Key::ctrl('h')],
            A::EditBackspace,
            "key-edit-backspace",
            false,
        ),
        bind(C::Line, &[DELETE], A::EditDelete, "key-edit-delete", false),
        bind(
            C::Line,
            &[Key::ctrl('w')],
            A::EditDeleteWord,
            "key-edit-delete-word",
            false,
        ),
        bind(
            C::Line,
            &[Key::ctrl('u')],
            A::EditDeleteLine,
            "key-edit-delete-line",
            false,
        ),
        // A date: what is typed goes on working, the arrows pick.
        bind(C::Date, &[ENTER, TAB], A::AcceptDown, "key-save-down", true),
        bind(C::Date, &[RIGHT], A::DayForward, "key-day-forward", true),
        bind(C::Date, &[DOWN], A::WeekForward, "key-week-forward", true),
        bind(
            C::Date,
            &[PAGE_DOWN],
            A::MonthForward,
            "key-month-forward",
            true,
        ),
        bind(
            C::Date,
            &[Key::char('t'), f(7)],
            A::Today,
            "key-today",
            true,
        ),
        bind(C::Date, &[ESC], A::Cancel, "key-discard", true),
        bind(C::Date, &[BACK_TAB], A::AcceptUp, "key-save-up", false),
        bind(C::Date, &[LEFT], A::DayBack, "key-day-back", false),
        bind(C::Date, &[UP], A::WeekBack, "key-week-back", false),
        bind(C::Date, &[PAGE_UP], A::MonthBack, "key-month-back", false),
        bind(C::Date, &[CTRL_LEFT], A::EditLeft, "key-edit-left", false),
        bind(
            C::Date,
            &[CTRL_RIGHT],
            A::EditRight,
            "key-edit-right",
            false,
        ),
        bind(
            C::Date,
            &[HOME, Key::ctrl('a')],
            A::EditHome,
            "key-edit-home",
            false,
        ),
        bind(
            C::Date,
            &[END, Key::ctrl('e')],
            A::EditEnd,
            "key-edit-end",
            false,
        ),
        bind(
            C::Date,
            &[BACKSPACE, Key::ctrl('h')],
            A::EditBackspace,
            "key-edit-backspace",
            false,
        ),
        bind(C::Date, &[DELETE], A::EditDelete, "key-edit-delete", false),
        bind(
            C::Date,
            &[Key::ctrl('u')],
            A::EditDeleteLine,
            "key-edit-delete-line",
            false,
        ),
        // Several lines.
        bind(
            C::Area,
            &[ESC, f(2), Key::ctrl('s')],
            A::Accept,
            "key-save-close",
            true,
        ),
        bind(C::Area, &[Key::ctrl('x')], A::Cancel, "key-discard", true),
        bind(C::Area, &[ENTER], A::Newline, "key-newline", true),
        bind(C::Area, &[UP], A::Up, "key-up", false),
        bind(C::Area, &[DOWN], A::Down, "key-down", false),
        bind(C::Area, &[PAGE_UP], A::PageUp, "key-page-up", false),
        bind(C::Area, &[PAGE_DOWN], A::PageDown, "key-page-down", false),
        bind(C::Area, &[LEFT], A::EditLeft, "key-edit-left", false),
        bind(C::Area, &[RIGHT], A::EditRight, "key-edit-right", false),
        bind(
            C::Area,
            &[HOME, Key::ctrl('a')],
            A::EditHome,
            "key-edit-home",
            false,
        ),
        bind(
            C::Area,
            &[END, Key::ctrl('e')],
            A::EditEnd,
            "key-edit-end",
            false,
        ),
        bind(
            C::Area,
            &[BACKSPACE, Key::ctrl('h')],
            A::EditBackspace,
            "key-edit-backspace",
            false,
        ),
        bind(C::Area, &[DELETE], A::EditDelete, "key-edit-delete", false),
        // Choices.
        bind(C::Choice, &[ENTER], A::Accept, "key-save", true),
        bind(C::Choice, &[SPACE], A::Toggle, "key-tick", true),
        bind(C::Choice, &[ESC], A::Cancel, "key-discard", true),
        bind(C::Choice, &[UP], A::Up, "key-up", false),
        bind(C::Choice, &[DOWN], A::Down, "key-down", false),
        bind(C::Choice, &[HOME], A::First, "key-first", false),
        bind(C::Choice, &[END], A::Last, "key-last", false),
        bind(
            C::Choice,
            &[BACKSPACE, Key::ctrl('h')],
            A::EditBackspace,
            "key-edit-backspace",
            false,
        ),
        // A list to jump from.
        bind(C::Jump, &[ENTER], A::Accept, "key-go", true),
        bind(C::Jump, &[ESC], A::Cancel, "key-close", true),
        bind(C::Jump, &[UP], A::Up, "key-up", false),
        bind(C::Jump, &[DOWN], A::Down, "key-down", false),
        bind(C::Jump, &[PAGE_UP], A::PageUp, "key-page-up", false),
        bind(C::Jump, &[PAGE_DOWN], A::PageDown, "key-page-down", false),
        bind(
            C::Jump,
            &[BACKSPACE, Key::ctrl('h')],
            A::EditBackspace,
            "key-edit-backspace",
            false,
        ),
        // A question. `c` is for "có".
        bind(
            C::Confirm,
            &[ENTER, Key::char('c'), Key::char('y')],
            A::Accept,
            "key-yes",
            true,
        ),
        bind(
            C::Confirm,
            &[ESC, Key::char('k'), Key::char('n')],
            A::Cancel,
            "key-no",
            true,
        ),
        // A passphrase.
        bind(C::Secret, &[ENTER], A::Accept, "key-accept", true),
        bind(C::Secret, &[ESC], A::Cancel, "key-cancel", true),
        bind(
            C::Secret,
            &[BACKSPACE, Key::ctrl('h')],
            A::EditBackspace,
            "key-edit-backspace",
            false,
        ),
        bind(
            C::Secret,
            &[Key::ctrl('u')],
            A::EditDeleteLine,
            "key-edit-delete-line",
            false,
        ),
        // Concurrent values.
        bind(C::Conflict, &[ENTER], A::Accept, "key-choose", true),
        bind(C::Conflict, &[ESC], A::Cancel, "key-close", true),
        bind(C::Conflict, &[UP], A::Up, "key-up", false),
        bind(C::Conflict, &[DOWN], A::Down, "key-down", false),
        // The help itself.
        bind(
            C::Help,
            &[ESC, Key::char('?'), Key::char('q'), ENTER, f(1)],
            A::Cancel,
            "key-close",
            true,
        ),
        bind(C::Help, &[UP, Key::char('k')], A::Up, "key-up", false),
        bind(C::Help, &[DOWN, Key::char('j')], A::Down, "key-down", false),
        bind(C::Help, &[PAGE_UP], A::PageUp, "key-page-up", false),
        bind(
            C::Help,
            &[PAGE_DOWN, SPACE],
            A::PageDown,
            "key-page-down",
            false,
        ),
    ]
};
