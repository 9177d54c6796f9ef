//! One report as its reviewer reads it: beside the last quarter's and beside what
//! was submitted before.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::{Check, Form, Period, ReportState, Snapshot, Timeliness, Timestamp, UnitPath};

/// A reviewer's remark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// The field, cell or indicator.
    pub code: String,
    /// What was said.
    pub text: String,
    /// Who said it.
    pub by: String,
    /// When.
    pub time: Timestamp,
}

/// A report under review.
#[derive(Clone, Debug)]
pub struct Review {
    /// Whose.
    pub unit: UnitPath,
    /// Its name.
    pub name: String,
    /// The form it is filled with.
    pub form: Arc<Form>,
    /// The period.
    pub period: Period,
    /// Strictly before.
    pub due: Option<Timestamp>,
    /// How far it has come.
    pub state: ReportState,
    /// The submission that is shown, in hexadecimal: a verdict is about this one
    /// and no newer one.
    pub submission: Option<String>,
    /// Who signed the submission that stands, and when by their clock.
    pub signed: Option<(String, Timestamp)>,
    /// When it was received, and whether in time.
    pub received: Option<(Timestamp, Timeliness)>,
    /// What was submitted; without a submission what has arrived so far.
    pub now: Snapshot,
    /// The submission before it.
    pub before: Option<Snapshot>,
    /// The last accepted report of an earlier period.
    pub last_period: Option<Snapshot>,
    /// What the form's rules say about `now`.
    pub check: Check,
    /// Fields with several concurrent values.
    pub conflicts: Vec<String>,
    /// Remarks of the newest review, if it returned the report.
    pub remarks: Vec<Remark>,
    /// Fields changed since the submission, and not part of it.
    pub changed_since: usize,
    /// Remarks written at this desk that nobody has signed yet, by code.
    pub kept: BTreeMap<String, String>,
}
