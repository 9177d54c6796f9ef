//! What goes into the screens and what comes out.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::overview::Campaign;
use model::{Form, Level, Period, Timestamp, UnitPath};

use crate::form;
use crate::page::{Data, Place};
use crate::parts::key::Key;
use crate::parts::mouse::Mouse;
use crate::parts::passphrase::Passphrase;
use crate::parts::words::SyncView;

/// Who is here; told once, and again whenever it changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The unit.
    pub unit: UnitPath,
    /// Its name.
    pub name: String,
    /// A rehearsal tree: everything in it is stamped.
    pub rehearsal: bool,
}

impl Identity {
    /// The unit's level.
    pub fn level(&self) -> Level {
        self.unit.level()
    }
}

/// Which report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportRef {
    /// Form name.
    pub form: String,
    /// The period.
    pub period: Period,
    /// 0 for the regular one.
    pub ordinal: u32,
}

/// Something to be written or fetched, for which somebody answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Accept a report.
    Accept {
        /// Whose.
        unit: UnitPath,
        /// Which form in which period.
        campaign: Campaign,
        /// The submission that was read, in hexadecimal.
        submission: String,
    },
    /// Return it with remarks, by code.
    Return {
        /// Whose.
        unit: UnitPath,
        /// Which form in which period.
        campaign: Campaign,
        /// The submission that was read, in hexadecimal.
        submission: String,
        /// Code and text.
        remarks: Vec<(String, String)>,
    },
    /// Sign this unit's rollup.
    SignRollup {
        /// Which form in which period.
        campaign: Campaign,
        /// What was read, by the name of the page's draft: nothing else is signed.
        facts: String,
    },
    /// Invite a unit.
    Invite {
        /// Which.
        unit: String,
        /// Its name.
        name: String,
        /// Where it reaches this unit; empty: not said.
        address: String,
    },
    /// Give a unit another name.
    Rename {
        /// Which.
        unit: UnitPath,
        /// The name.
        name: String,
    },
    /// Close a unit: it need not report any more.
    CloseUnit {
        /// Which.
        unit: UnitPath,
    },
    /// Open a closed unit again: it reports as if it had never been closed.
    ReopenUnit {
        /// Which.
        unit: UnitPath,
    },
    /// Give a new person of this unit a key and roles.
    AddPerson {
        /// Their name.
        name: String,
        /// Names of roles, apart by commas or spaces.
        roles: String,
        /// What their key is to be kept under.
        secret: Passphrase,
    },
    /// Revoke a key.
    Revoke {
        /// The key, in hexadecimal.
        key: String,
        /// Where it was granted something: another unit may have named it too.
        unit: UnitPath,
        /// Why.
        reason: String,
    },
    /// Fetch the rollups of the level below.
    Pull,
    /// Verify a unit's rollup from its sources: long work.
    VerifyDeep {
        /// Whose.
        unit: UnitPath,
        /// Which form in which period.
        campaign: Campaign,
    },
    /// Ask for one report of a facility: its Sở sees this.
    Drill {
        /// Whose.
        unit: UnitPath,
        /// Which form in which period.
        campaign: Campaign,
    },
}

impl Command {
    /// Whether it goes over the network, and so may take long.
    pub fn is_long(&self) -> bool {
        matches!(
            self,
            Command::Pull | Command::VerifyDeep { .. } | Command::Drill { .. }
        )
    }

    /// Whether somebody's key signs it.
    pub fn is_signed(&self) -> bool {
        !self.is_long()
    }

    /// Whether the passphrase is asked for each time, as at every submission: it
    /// speaks for the whole unit.
    pub fn is_solemn(&self) -> bool {
        matches!(self, Command::SignRollup { .. })
    }
}

/// What a command brought about, for the user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// One line.
    pub notice: String,
    /// Something to be read or copied: title, lines.
    pub paper: Option<Paper>,
    /// A page that it was done for.
    pub open: Option<Place>,
    /// The report that a verdict was signed on.
    pub verdict: Option<(UnitPath, Campaign)>,
}

/// Something to be read: an invite, the findings of a verification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    /// What it is.
    pub title: String,
    /// Its lines; long ones are wrapped.
    pub lines: Vec<String>,
    /// A picture of modules (QR), row by row, dark is `true`.
    pub picture: Vec<Vec<bool>>,
}

/// What happens to the screens.
#[derive(Clone, Debug)]
pub enum Msg {
    /// A key was pressed.
    Key(Key),
    /// The mouse did something.
    Mouse(Mouse),
    /// Text was pasted in one piece.
    Paste(String),
    /// The terminal has this size.
    Resize {
        /// Columns.
        columns: u16,
        /// Lines.
        lines: u16,
    },
    /// The time is this; once a minute is often enough.
    Tick(Timestamp),
    /// Who is here.
    Identity(Identity),
    /// How the connection stands.
    Link {
        /// In words.
        sync: SyncView,
        /// By how much the clock of this machine is ahead of the level above's, if
        /// a session has shown that.
        clock_ahead_ms: Option<i64>,
    },
    /// The answer to [`Effect::Read`].
    Page {
        /// Which.
        place: Place,
        /// What is there, or why not.
        answer: Result<Data, String>,
    },
    /// A reading or a command has come so far.
    Progress {
        /// Done.
        done: usize,
        /// The whole.
        all: usize,
    },
    /// What is on disk has changed: what is shown is to be read again.
    Changed,
    /// The answer to [`Effect::Open`].
    Opened {
        /// The form.
        form: Arc<Form>,
    },
    /// An answer or news for the report that is open.
    Form(form::Msg),
    /// A command was carried out.
    Done(Outcome),
    /// A command needs somebody's passphrase: none is open that may do this.
    NeedPassphrase(Command),
    /// A command failed; the message is for the user.
    Failed(String),
    /// Something went wrong that nobody here asked for.
    News(String),
    /// Somebody's key is open.
    Unlocked {
        /// The person's name.
        person: String,
    },
    /// No key is open any more.
    Locked,
}

/// What the runner is asked to do, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Read what a page shows. A newer question ends an older one.
    Read(Place),
    /// Nobody waits any more for the command that is being carried out.
    Cancel,
    /// Open a report.
    Open(ReportRef),
    /// Of the report that is open.
    Form(form::Effect),
    /// Carry out a command.
    Do {
        /// What.
        command: Command,
        /// Of whoever may do it; none: with the key that is open.
        passphrase: Option<Passphrase>,
    },
    /// Keep remarks that are not signed yet, in place of those kept before.
    KeepRemarks {
        /// On whose report.
        unit: UnitPath,
        /// Of which form in which period.
        campaign: Campaign,
        /// Code and text.
        remarks: BTreeMap<String, String>,
    },
    /// Synchronise now.
    SyncNow,
    /// Leave the loop.
    Quit,
}
