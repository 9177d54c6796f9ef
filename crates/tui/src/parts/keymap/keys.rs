//! Short names for the tables of keys.

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
pub(super) const DELETE: Key = Key::plain(Code::Delete);
pub(super) const INSERT: Key = Key::plain(Code::Insert);
pub(super) const BACKSPACE: Key = Key::plain(Code::Backspace);
pub(super) const SPACE: Key = Key::char(' ');
pub(super) const CTRL_LEFT: Key = Key {
    code: Code::Left,
    ctrl: true,
    alt: false,
};
pub(super) const CTRL_HOME: Key = Key {
    code: Code::Home,
    ctrl: true,
    alt: false,
};
pub(super) const CTRL_END: Key = Key {
    code: Code::End,
    ctrl: true,
    alt: false,
};
pub(super) const CTRL_RIGHT: Key = Key {
    code: Code::Right,
    ctrl: true,
    alt: false,
};

pub(super) const fn f(n: u8) -> Key {
    Key::plain(Code::F(n))
}
