//! The facility's own desk, and the registers of units and keys.

use jiff::civil::Date;

use crate::{Period, ReportState, Timeliness, Timestamp, UnitPath};

/// What waits at a facility.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Home {
    /// Its reports, the one that is due first at the front.
    pub reports: Vec<HomeReport>,
    /// Unfinished tasks of the unit's own plan, by deadline.
    pub tasks: Vec<HomeTask>,
    /// What the node has to say for itself: refused, set aside, stranded, forked.
    pub troubles: Vec<super::Trouble>,
}

/// One report that was asked for or begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HomeReport {
    /// Form name.
    pub form: String,
    /// Its title.
    pub title: String,
    /// The period.
    pub period: Period,
    /// 0 for the regular one.
    pub ordinal: u32,
    /// How far it has come.
    pub state: ReportState,
    /// Strictly before.
    pub due: Option<Timestamp>,
    /// Edits that nobody has signed yet.
    pub pending: usize,
    /// The reviewer's remarks, if it was returned.
    pub remarks: Vec<super::Remark>,
    /// When it was received, and whether in time.
    pub received: Option<(Timestamp, Timeliness)>,
}

/// A task of the plan that is not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HomeTask {
    /// What.
    pub task: String,
    /// Who.
    pub department: String,
    /// Until when.
    pub deadline: Option<Date>,
    /// 0 to 100.
    pub progress: Option<i64>,
    /// The report whose table it stands in.
    pub period: Period,
}

/// A unit of the register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitLine {
    /// Its path.
    pub unit: UnitPath,
    /// Its name.
    pub name: String,
    /// A machine or person has joined.
    pub enrolled: bool,
    /// Joined again with new keys.
    pub reenrolled: bool,
    /// An invite is out that nobody has used.
    pub invited: bool,
    /// Since when it no longer reports.
    pub closed: bool,
    /// When a session with it last ended well.
    pub last_sync: Option<Timestamp>,
    /// Both sides held the same then.
    pub in_sync: bool,
    /// Where it listens.
    pub address: Option<String>,
}

/// What holds a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyHolder {
    /// The ministry's root.
    Root,
    /// A person.
    Person,
    /// A machine.
    Node,
    /// An invite.
    Invite,
}

/// One key of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyLine {
    /// The unit that it has roles at.
    pub unit: UnitPath,
    /// The key, in hexadecimal.
    pub key: String,
    /// What holds it.
    pub holder: KeyHolder,
    /// The name of the person, machine or invited unit.
    pub name: String,
    /// Names of its roles.
    pub roles: Vec<&'static str>,
    /// Revoked, or without effect for another reason.
    pub revoked: bool,
    /// Its key file is on this machine.
    pub here: bool,
    /// When it ends.
    pub until: Option<Timestamp>,
}
