//! Keys at random, for all that is driven by them.

use proptest::prelude::*;

use crate::{Code, Key};

/// Named keys, the likelier the more often they stand here.
const NAMED: &[Code] = &[
    Code::Enter,
    Code::Enter,
    Code::Enter,
    Code::Esc,
    Code::Tab,
    Code::BackTab,
    Code::Backspace,
    Code::Delete,
    Code::Insert,
    Code::Left,
    Code::Right,
    Code::Up,
    Code::Down,
    Code::Down,
    Code::Home,
    Code::End,
    Code::PageUp,
    Code::PageDown,
    Code::F(1),
    Code::F(2),
    Code::F(6),
    Code::F(7),
    Code::F(8),
    Code::F(10),
];

/// A key: named ones, what is bound to a letter or a digit, what no keyboard has.
pub(crate) fn any_key() -> impl Strategy<Value = Key> {
    let select = |chars: &str| prop::sample::select(chars.chars().collect::<Vec<_>>());
    let letters = " 0123456789/?abcdehijkmnopqrstuvx[]ếđ\u{301}\u{202e}病👨\u{200d}👩";
    prop_oneof![
        6 => prop::sample::select(NAMED).prop_map(Key::plain),
        7 => select(letters).prop_map(Key::char),
        1 => any::<char>().prop_map(Key::char),
        1 => select("acdehloprstuwxyz").prop_map(Key::ctrl),
    ]
}
