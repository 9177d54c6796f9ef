//! One report, being filled: sections, fields, tables, editors, submission.

mod app;
mod items;
mod msg;
mod past;
mod popup;
mod saves;
mod table;
mod undo;
mod update;
mod upon;
mod view;

pub use app::App;
pub use msg::{
    CommentView, ConflictValue, ConflictView, Effect, Msg, NewsView, ReceiptView, ReportView,
};
pub use past::{Compared, DiffView, HistoryEvent, HistoryView};
pub use upon::{Seen, Upon};
pub use view::draw;

#[cfg(test)]
mod tests;
