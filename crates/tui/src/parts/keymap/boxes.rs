//! Keys of lists, questions and texts that lie over the screens.

use super::keys::*;
use super::{Action, Binding, Context};
use crate::parts::key::Key;

pub(super) static BOXES: &[Binding] = {
    use Action as A;
    use Context as C;
    &[
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
        // The past of the report.
        bind(C::Past, &[TAB], A::Next, "key-next-view", true),
        bind(C::Past, &[ENTER], A::Accept, "key-go", true),
        bind(C::Past, &[f(2)], A::Compare, "key-compare", true),
        bind(C::Past, &[ESC], A::Cancel, "key-close", true),
        bind(
            C::Past,
            &[BACK_TAB],
            A::Previous,
            "key-previous-view",
            false,
        ),
        bind(C::Past, &[UP], A::Up, "key-up", false),
        bind(C::Past, &[DOWN], A::Down, "key-down", false),
        bind(C::Past, &[PAGE_UP], A::PageUp, "key-page-up", false),
        bind(C::Past, &[PAGE_DOWN], A::PageDown, "key-page-down", false),
        bind(C::Past, &[HOME], A::First, "key-first", false),
        bind(C::Past, &[END], A::Last, "key-last", false),
        bind(
            C::Past,
            &[BACKSPACE, Key::ctrl('h')],
            A::EditBackspace,
            "key-edit-backspace",
            false,
        ),
        bind(
            C::Past,
            &[Key::ctrl('u')],
            A::EditDeleteLine,
            "key-edit-delete-line",
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
        // Concurrent values.
        bind(C::Conflict, &[ENTER], A::Accept, "key-choose", true),
        bind(
            C::Conflict,
            &[Key::char('t'), f(2)],
            A::Open,
            "key-type-third",
            true,
        ),
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
        bind(C::Help, &[UP, Key::char('k')], A::Up, "key-up", true),
        bind(C::Help, &[DOWN, Key::char('j')], A::Down, "key-down", true),
        bind(C::Help, &[PAGE_UP], A::PageUp, "key-page-up", false),
        bind(
            C::Help,
            &[PAGE_DOWN, SPACE],
            A::PageDown,
            "key-page-down",
            true,
        ),
        bind(C::Help, &[HOME], A::First, "key-first", false),
        bind(C::Help, &[END], A::Last, "key-last", false),
    ]
};
