//! The screens of all three levels: state, update and view, and nothing that touches
//! a terminal.
//!
//! A runner (in `node`) owns the terminal, the clock and the replica. It feeds
//! [`Msg`]s to [`Shell::update`], carries out the [`Effect`]s that come back, in
//! order, and draws with [`draw`]:
//!
//! ```text
//! key, mouse, tick ──► Msg ──► Shell::update ──► [Effect] ──► runner ──► replica
//!                       ▲                                                │
//!                       └───── Page, Form(…), Done, Failed, … ◄──────────┘
//! ```
//!
//! `shell` is the frame: desks, palette, questions. `page` lays out lists of units,
//! reports, numbers and keys. `form` fills one report. `parts` is what all are made
//! of: keys, typed lines, widths, words, colours.
//!
//! It deliberately has no clock, no thread, no file and no socket, and it does
//! not know what a signature is.
//!
//! Invariants:
//! - `update` is a function of state and message; `draw` only reads.
//! - Leaving a field emits exactly one save, or none and a message. What was
//!   typed is shown until the runner says that it is saved *and* a newer
//!   [`form::ReportView`] has come; a save that failed stays on screen and can be
//!   tried again.
//! - What was edited can be taken back, and no undo overwrites unasked what
//!   somebody else has changed since.
//! - A signed command names what was read: the submission, the draft.
//! - One table of keys ([`keymap`]) drives the dispatch, the footer and the help;
//!   one layout drives drawing and pointing.
//! - Foreign text reaches a cell only through `parts::display::clean`.
//! - Neither function panics, at any size, for any text and any order of messages.

pub mod form;
mod page;
mod parts;
mod shell;

pub use page::{Data, Place};
pub use parts::key::{Code, Key, key_from_crossterm};
pub use parts::keymap;
pub use parts::mouse::{Mouse, MouseKind, mouse_from_crossterm};
pub use parts::passphrase::Passphrase;
pub use parts::theme::Palette;
pub use parts::words::{SyncView, period_words};
pub use shell::{Command, Effect, Identity, Msg, Outcome, Paper, ReportRef, Shell, draw};

#[cfg(test)]
mod tests;
