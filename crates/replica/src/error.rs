//! What can go wrong, as the library sees it. The words for people, and what to
//! do next, are the command line's: it looks them up by [`Error::code`].

use document::SealError;
use identity::{InviteError, Refusal};
use model::check::Check;
use model::input::ValueError;
use model::{Period, UnitPath};
use store::StoreError;
use wire::{EntryError, EntryId};

/// Why a command did nothing.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An entry that we made or were given is out of shape.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// The authorisation table says no.
    #[error("refused: {0}")]
    Refused(#[from] Refusal),
    /// Nobody here holds the role that the command needs.
    #[error("nobody on this machine holds the role {role} at {unit}")]
    RoleMissing {
        /// The role.
        role: &'static str,
        /// Where.
        unit: UnitPath,
    },
    /// Several people here hold the role: say which.
    #[error("several people hold the role {role}: {names}")]
    RoleAmbiguous {
        /// The role.
        role: &'static str,
        /// Who.
        names: String,
    },
    /// Several units have named the key: say where it is to be revoked.
    #[error("the key {key} is named by {units}")]
    KeyInUnits {
        /// The key.
        key: String,
        /// By whom.
        units: String,
    },
    /// The key is revoked, or its credential has no effect.
    #[error("this key has no effect any more: {0}")]
    WithoutEffect(String),
    /// No person of that name.
    #[error("no person called {0}")]
    NoSuchPerson(String),
    /// No such form.
    #[error("no form called {0}")]
    NoSuchForm(String),
    /// No such unit.
    #[error("no unit {0}")]
    NoSuchUnit(UnitPath),
    /// No such entry.
    #[error("no entry {0}")]
    NoSuchEntry(String),
    /// The form has no such field, table or column.
    #[error("the form has no field {0}")]
    NoSuchField(String),
    /// The table has no such row.
    #[error("table {table} has no row {row}")]
    NoSuchRow {
        /// The table.
        table: String,
        /// The row.
        row: String,
    },
    /// The field has no conflict, or not that many values.
    #[error("{0} has no such conflicting value")]
    NoSuchConflict(String),
    /// The unit has not submitted.
    #[error("{unit} has submitted nothing for {period}")]
    NoSubmission {
        /// The unit.
        unit: UnitPath,
        /// The period.
        period: Period,
    },
    /// No rollup is signed or held.
    #[error("{unit} has no rollup for {period}")]
    NoRollup {
        /// The unit.
        unit: UnitPath,
        /// The period.
        period: Period,
    },
    /// A value does not fit its field.
    #[error("{code}: {source}")]
    Value {
        /// The field.
        code: String,
        /// Why.
        source: ValueError,
    },
    /// The report has errors.
    #[error("the report has {} errors", .0.errors.len())]
    CheckFailed(Box<Check>),
    /// Drafts of others are not sealed.
    #[error("drafts are not signed yet: {0}")]
    DraftsLeft(String),
    /// Two concurrent submissions stand.
    #[error("two submissions stand side by side: one must replace the other")]
    TwoSubmissions,
    /// A rollup would say something else than what was read.
    #[error("the numbers have changed since they were read")]
    DraftChanged,
    /// Something was added to a report since it was read.
    #[error("the report has changed since it was read")]
    ChangedSince,
    /// Another submission stands than the one that was read.
    #[error("a newer submission has arrived")]
    NewerSubmission,
    /// The submission does not rest on what is held.
    #[error("the submission is incomplete: {0}")]
    Incomplete(String),
    /// A review needs comments, or a comment names no field.
    #[error("{0}")]
    Review(String),
    /// The home is set up already.
    #[error("this home is already set up as {0}")]
    AlreadySetUp(UnitPath),
    /// The home is not set up.
    #[error("this home is not set up yet")]
    NotSetUp,
    /// The command belongs to another level.
    #[error("this command is not for {0}")]
    WrongLevel(&'static str),
    /// `--at` outside a rehearsal tree.
    #[error("a simulated clock is only allowed in a rehearsal tree")]
    NotRehearsal,
    /// The invite is damaged, or its chain does not hold.
    #[error(transparent)]
    Invite(#[from] InviteError),
    /// The invite is for a unit of another level, or another program's.
    #[error("the invite is for {0}")]
    InviteElsewhere(UnitPath),
    /// The invite's time is over.
    #[error("the invite has expired")]
    InviteExpired,
    /// Every invite of the unit was used in time, or is revoked.
    #[error("{0} has no invite to extend")]
    NoInviteToExtend(UnitPath),
    /// A text from outside is malformed.
    #[error("{what}: {detail}")]
    Malformed {
        /// What was read.
        what: &'static str,
        /// What is wrong with it.
        detail: String,
    },
    /// Published text differs from what stands under that name and version.
    #[error("form {name} version {version} exists with another text")]
    FormExists {
        /// Its name.
        name: String,
        /// Its version.
        version: u32,
    },
    /// A unit below has published a form of that name.
    #[error("{unit} has published a form {name}")]
    FormOwned {
        /// Its name.
        name: String,
        /// The unit.
        unit: UnitPath,
    },
    /// A period without a standing due rule needs `--due`.
    #[error("{0} has no standing due time")]
    DueNeeded(Period),
    /// The edits could not be made into a change.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// Consolidation failed: the inputs contradict each other.
    #[error("cannot consolidate: {0}")]
    Consolidate(String),
    /// Rollups of one unit stand side by side; the first two of them.
    #[error("rollups {} and {} stand side by side", .0.short(), .1.short())]
    RollupFork(EntryId, EntryId),
    /// Whoever asked no longer wants the answer.
    #[error("cancelled")]
    Cancelled,
}

/// What the exit code of a command is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Could not be done: exit code 1.
    Failed,
    /// Asked for in the wrong way: exit code 2.
    Usage,
    /// What was named does not exist: exit code 3.
    NotFound,
    /// Authorisation or verification refused it: exit code 4.
    Refused,
}

impl Error {
    /// A stable name for JSON and for the message catalogue.
    pub fn code(&self) -> &'static str {
        match self {
            Error::Store(StoreError::Full(_)) => "disk-full",
            Error::Store(StoreError::Busy(_)) => "store-busy",
            Error::Store(StoreError::TooNew { .. }) => "store-too-new",
            Error::Store(_) => "store",
            Error::Entry(_) => "entry",
            Error::Refused(_) => "refused",
            Error::RoleMissing { .. } => "role-missing",
            Error::RoleAmbiguous { .. } => "role-ambiguous",
            Error::KeyInUnits { .. } => "key-in-units",
            Error::WithoutEffect(_) => "without-effect",
            Error::NoSuchPerson(_) => "no-such-person",
            Error::NoSuchForm(_) => "no-such-form",
            Error::NoSuchUnit(_) => "no-such-unit",
            Error::NoSuchEntry(_) => "no-such-entry",
            Error::NoSuchField(_) => "no-such-field",
            Error::NoSuchRow { .. } => "no-such-row",
            Error::NoSuchConflict(_) => "no-such-conflict",
            Error::NoSubmission { .. } => "no-submission",
            Error::NoRollup { .. } => "no-rollup",
            Error::Value { .. } => "bad-value",
            Error::CheckFailed(_) => "check-failed",
            Error::DraftsLeft(_) => "drafts-left",
            Error::TwoSubmissions => "two-submissions",
            Error::ChangedSince => "changed-since",
            Error::DraftChanged => "draft-changed",
            Error::NewerSubmission => "newer-submission",
            Error::Incomplete(_) => "incomplete",
            Error::Review(_) => "review",
            Error::AlreadySetUp(_) => "already-set-up",
            Error::NotSetUp => "not-set-up",
            Error::WrongLevel(_) => "wrong-level",
            Error::NotRehearsal => "not-rehearsal",
            Error::Invite(_) => "bad-invite",
            Error::InviteElsewhere(_) => "invite-elsewhere",
            Error::InviteExpired => "invite-expired",
            Error::NoInviteToExtend(_) => "no-invite-to-extend",
            Error::Malformed { .. } => "malformed",
            Error::FormExists { .. } => "form-exists",
            Error::FormOwned { .. } => "form-owned",
            Error::DueNeeded(_) => "due-needed",
            Error::Seal(SealError::TooLarge) => "too-large",
            Error::Seal(SealError::NoRoom) => "report-full",
            Error::Seal(_) => "seal",
            Error::Consolidate(_) => "consolidate",
            Error::RollupFork(..) => "rollup-fork",
            Error::Cancelled => "cancelled",
        }
    }

    /// What kind of failure it is.
    pub fn class(&self) -> Class {
        match self {
            Error::Refused(_)
            | Error::RoleMissing { .. }
            | Error::WithoutEffect(_)
            | Error::Invite(_)
            | Error::InviteElsewhere(_)
            | Error::InviteExpired
            | Error::NotRehearsal => Class::Refused,
            Error::NoSuchPerson(_)
            | Error::NoSuchForm(_)
            | Error::NoSuchUnit(_)
            | Error::NoInviteToExtend(_)
            | Error::NoSuchEntry(_)
            | Error::NoSuchField(_)
            | Error::NoSuchRow { .. }
            | Error::NoSuchConflict(_)
            | Error::NoSubmission { .. }
            | Error::NoRollup { .. } => Class::NotFound,
            Error::RoleAmbiguous { .. }
            | Error::KeyInUnits { .. }
            | Error::WrongLevel(_)
            | Error::DueNeeded(_) => Class::Usage,
            _ => Class::Failed,
        }
    }
}
