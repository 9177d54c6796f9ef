//! What goes into a form and what comes out: messages, effects, and the view of a
//! report that the runner hands in.

use model::check::Check;
use model::workflow::ReportState;
use model::{Period, Scalar, Snapshot, Timeliness, Timestamp};

use crate::form::past::{Compared, DiffView, HistoryView};
use crate::form::upon::{Seen, Upon};
use crate::parts::key::Key;
use crate::parts::mouse::Mouse;
use crate::parts::passphrase::Passphrase;
use crate::parts::words::SyncView;

/// Everything that is shown of one report. Texts may hold anything: they are
/// filtered where they are drawn.
#[derive(Clone, Debug)]
pub struct ReportView {
    /// The unit's path, such as `byt.24.07210`.
    pub unit: String,
    /// The unit's name.
    pub unit_name: String,
    /// Who is working here, once their key is unlocked.
    pub person: Option<String>,
    /// The period it is about.
    pub period: Period,
    /// When it has to be received, strictly before.
    pub due: Option<Timestamp>,
    /// How far it has come.
    pub state: ReportState,
    /// The values, with the drafts of this machine laid over.
    pub snapshot: Snapshot,
    /// Keys that hold several concurrent values.
    pub conflicts: Vec<ConflictView>,
    /// What the reviewer said.
    pub comments: Vec<CommentView>,
    /// What the form's rules say about the snapshot.
    pub check: Check,
    /// The last accepted report, for comparison.
    pub previous: Option<Snapshot>,
    /// The connection to the level above.
    pub sync: SyncView,
    /// Drafts and entries not yet sent, in pieces.
    pub pending: usize,
    /// Who will sign a submission on this machine, if that is one person.
    pub signer: Option<String>,
    /// When the current submission was signed.
    pub submitted_at: Option<Timestamp>,
    /// Fields changed since then.
    pub changed: usize,
    /// The receipt of the level above for the current submission.
    pub receipt: Option<ReceiptView>,
    /// Who wrote what since the view before this one, oldest first.
    pub news: Vec<NewsView>,
    /// Handed back with each save that is made upon this view.
    pub seen: Seen,
}

/// Who wrote a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewsView {
    /// The key, such as `B3`, or the code of a text.
    pub key: String,
    /// Who wrote it.
    pub author: String,
    /// When, by the author's clock.
    pub at: Timestamp,
}

/// One key with concurrent values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConflictView {
    /// The key, such as `B3` or `C1/k3f9/name`.
    pub key: String,
    /// The values.
    pub values: Vec<ConflictValue>,
}

/// One of several concurrent values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConflictValue {
    /// The value; of a row's marker, whether the row is kept.
    pub value: Scalar,
    /// Who wrote it.
    pub author: String,
    /// When, by the author's clock, in words.
    pub time: String,
}

/// One comment of a reviewer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommentView {
    /// The indicator it is about, such as `B4`; empty for the whole report.
    pub code: String,
    /// What was said.
    pub text: String,
    /// Who said it.
    pub by: String,
    /// When, in words.
    pub time: String,
}

/// The receipt of the level above.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptView {
    /// When it was received, by the receiver's clock.
    pub received_at: Timestamp,
    /// Whether that was before the due time, or at least signed before it.
    pub timeliness: Timeliness,
    /// The receiver's name.
    pub by: String,
}

/// What happens to the app.
#[derive(Clone, Debug)]
pub enum Msg {
    /// A key was pressed.
    Key(Key),
    /// The mouse did something.
    Mouse(Mouse),
    /// Text was pasted in one piece.
    Paste(String),
    /// The terminal has this size; sent at the beginning and at every change.
    Resize {
        /// Its columns.
        columns: u16,
        /// Its lines.
        lines: u16,
    },
    /// The time is this; once a minute is often enough.
    Tick(Timestamp),
    /// The report as it is in the store: the answer to [`Effect::Load`], and
    /// sent on its own whenever the store or the connection changed.
    Loaded(Box<ReportView>),
    /// The oldest save not yet answered is durable.
    Saved,
    /// The oldest save not yet answered failed; the message is for the user.
    NotSaved(String),
    /// Answers [`Effect::AddRow`] instead of `Saved`.
    RowAdded {
        /// The table.
        table: String,
        /// The new row's id.
        row: String,
    },
    /// Answers [`Effect::Unlock`]: the key is open.
    Unlocked {
        /// The person's name.
        person: String,
    },
    /// The runner closed the key again, for instance after a pause.
    Locked,
    /// Answers [`Effect::Submit`]: signed and stored.
    Submitted,
    /// Answers [`Effect::LoadHistory`], newest first; or why it could not be read.
    History(Result<Vec<HistoryView>, String>),
    /// Answers [`Effect::LoadDiff`]; or why there is nothing to compare.
    Diff {
        /// What was compared.
        of: Compared,
        /// What differs, in the order of the keys.
        lines: Result<Vec<DiffView>, String>,
    },
    /// Loading, unlocking, submitting or synchronising failed; the message is
    /// for the user.
    Failed(String),
    /// What is on disk has changed.
    Changed,
}

/// What the runner is asked to do, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Read the report; answer with `Loaded` or `Failed`.
    Load,
    /// A save: store a draft of one value, upon what the person saw; answer with
    /// `Saved` or `NotSaved`. `Null` clears it.
    SetValue {
        /// The key in the report's map.
        key: String,
        /// The value, of the type the form asks for.
        value: Scalar,
        /// What it was made upon.
        upon: Upon,
    },
    /// A save: the edited text of a co-edited field.
    SetText {
        /// The field.
        code: String,
        /// The text that was there when editing began: what lies between it and
        /// `text` is the user's edit, whatever has arrived meanwhile.
        base: String,
        /// The text now.
        text: String,
    },
    /// A save: make a row; answer with `RowAdded` or `NotSaved`.
    AddRow {
        /// The table.
        table: String,
        /// Columns and what they hold from the beginning, of a copy.
        cells: Vec<(String, Scalar)>,
    },
    /// A save: remove a row.
    RemoveRow {
        /// The table.
        table: String,
        /// The row's id.
        row: String,
        /// What it was made upon.
        upon: Upon,
    },
    /// A save: bring a removed row back; the store still has its cells.
    RestoreRow {
        /// The table.
        table: String,
        /// The row's id.
        row: String,
        /// Columns and what they held, to be shown until the store answers.
        cells: Vec<(String, Scalar)>,
        /// What it was made upon.
        upon: Upon,
    },
    /// A save: keep one of the concurrent values that were shown.
    ResolveConflict {
        /// The key.
        key: String,
        /// The value; of a row's marker, whether the row is kept.
        value: Scalar,
        /// What it was made upon.
        upon: Upon,
    },
    /// Read what happened to the report; answer with `History`.
    LoadHistory,
    /// Compare two states of the report; answer with `Diff`.
    LoadDiff {
        /// Which two.
        of: Compared,
    },
    /// Open this person's key; answer with `Unlocked` or `Failed`.
    Unlock {
        /// What was typed.
        passphrase: Passphrase,
    },
    /// Sign and submit with the head's key; answer with `Submitted` or `Failed`.
    Submit {
        /// What was typed.
        passphrase: Passphrase,
    },
    /// Synchronise now. A failure comes as `Failed`; how the connection stands and
    /// what it has brought, with the next `Loaded`.
    SyncNow,
    /// Leave the report: what was edited is to be signed, if a key is open.
    Leave,
    /// Leave the loop.
    Quit,
}

impl Effect {
    /// Whether it writes, and so is answered by `Saved`, `RowAdded` or `NotSaved`.
    pub fn is_save(&self) -> bool {
        matches!(
            self,
            Effect::SetValue { .. }
                | Effect::SetText { .. }
                | Effect::AddRow { .. }
                | Effect::RemoveRow { .. }
                | Effect::RestoreRow { .. }
                | Effect::ResolveConflict { .. }
        )
    }
}
