//! What every screen is made of: keys, typed lines, widths, words, colours.

pub(crate) mod area;
pub(crate) mod calendar;
pub(crate) mod display;
pub(crate) mod key;
pub mod keymap;
pub(crate) mod line;
pub(crate) mod mouse;
pub(crate) mod number;
pub(crate) mod passphrase;
pub(crate) mod theme;
pub(crate) mod words;
