//! What queries answer: plain values that serialise to the JSON of the command
//! line. Times are RFC 3339 in Vietnam's offset.

use std::collections::BTreeMap;

use model::check::{Check, Finding};
use model::form::Computed;
use model::{Form, Lang, Period, Scalar, Timestamp, UnitPath};
use serde::Serialize;
use wire::{CampaignContent, EntryId, Timeliness};

/// A unit.
#[derive(Clone, Debug, Serialize)]
pub struct UnitView {
    /// Its path.
    pub unit: UnitPath,
    /// Its name.
    pub name: String,
    /// `ministry`, `province` or `facility`.
    pub level: &'static str,
    /// A machine or person has joined.
    pub enrolled: bool,
    /// Joined again with new keys.
    pub reenrolled: bool,
    /// Since when it no longer reports.
    pub closed: Option<String>,
}

/// A form that can be used.
#[derive(Clone, Debug, Serialize)]
pub struct FormView {
    /// Its name.
    pub form: String,
    /// Its version.
    pub version: u32,
    /// Its title.
    pub title: String,
    /// Compiled in.
    pub builtin: bool,
    /// By whom it is published.
    pub published: Option<UnitPath>,
}

impl FormView {
    pub(crate) fn new(form: &Form, builtin: bool, published: Option<UnitPath>) -> Self {
        FormView {
            form: form.name.clone(),
            version: form.version,
            title: form.title.vi.clone(),
            builtin,
            published,
        }
    }
}

/// A campaign.
#[derive(Clone, Debug, Serialize)]
pub struct CampaignView {
    /// The entry.
    pub id: EntryId,
    /// Who opened it.
    pub unit: UnitPath,
    /// Form name.
    pub form: String,
    /// Form version.
    pub version: u32,
    /// The period.
    pub period: Period,
    /// 0 for the regular one.
    pub ordinal: u32,
    /// Who reports.
    pub audience: UnitPath,
    /// Strictly before.
    pub due: Option<String>,
    /// First and last day that counts run over.
    pub cutoff: (String, String),
    /// The document that asks for it.
    pub basis: Option<String>,
    #[serde(skip)]
    pub(crate) due_at: Option<Timestamp>,
}

impl CampaignView {
    pub(crate) fn new(
        unit: &UnitPath,
        period: Period,
        content: &CampaignContent,
        id: EntryId,
    ) -> Self {
        let due_at = content.due.or_else(|| period.due());
        let (from, to) = period.default_cutoff();
        CampaignView {
            id,
            unit: unit.clone(),
            form: content.form.clone(),
            version: content.version,
            period,
            ordinal: content.ordinal,
            audience: content.audience.clone(),
            due: due_at.map(Timestamp::to_rfc3339),
            cutoff: content
                .cutoff
                .clone()
                .unwrap_or((from.to_string(), to.to_string())),
            basis: content.basis.clone(),
            due_at,
        }
    }
}

/// A line of `report list`.
#[derive(Clone, Debug, Serialize)]
pub struct ReportLine {
    /// Form name.
    pub form: String,
    /// The period.
    pub period: Period,
    /// 0 for the regular one.
    pub ordinal: u32,
    /// none, draft, submitted, returned, accepted.
    pub state: &'static str,
    /// Strictly before.
    pub due: Option<String>,
    /// Edits that are not signed yet.
    pub pending: usize,
}

/// A line of `review list`.
#[derive(Clone, Debug, Serialize)]
pub struct ReviewLine {
    /// The unit.
    pub unit: UnitPath,
    /// Its name.
    pub name: String,
    /// none, draft, submitted, returned, accepted.
    pub state: &'static str,
    /// The newest submission.
    pub submission: Option<EntryId>,
    /// Signed, by the head's clock.
    pub signed_at: Option<String>,
    /// Received, by the receipt.
    pub received_at: Option<String>,
    /// Whether the first receipt came before the due time.
    pub on_time: Option<bool>,
    /// The same with "signed on time, received late" apart.
    pub timeliness: Option<Timeliness>,
    /// Two submissions stand side by side.
    pub concurrent: bool,
    /// Something that the submission rests on is not held.
    pub incomplete: bool,
}

/// One of a field's concurrent values.
#[derive(Clone, Debug, Serialize)]
pub struct ConflictValue {
    /// Its number for `--take`, from 1.
    pub n: usize,
    /// The value.
    pub value: Scalar,
    /// Who wrote it.
    pub author: String,
    /// When, by the author's clock.
    pub time: String,
}

/// A field with concurrent values.
#[derive(Clone, Debug, Serialize)]
pub struct ConflictView {
    /// The field or cell.
    pub code: String,
    /// Its values.
    pub values: Vec<ConflictValue>,
}

/// A reviewer's comment.
#[derive(Clone, Debug, Serialize)]
pub struct CommentView {
    /// The field, cell or indicator.
    pub code: String,
    /// The text.
    pub text: String,
    /// Who wrote it.
    pub by: String,
    /// When.
    pub time: String,
}

/// One finding of a check, in words.
#[derive(Clone, Debug, Serialize)]
pub struct FindingView {
    /// The field or cell.
    pub code: String,
    /// A stable name of the problem.
    pub problem: &'static str,
    /// What it says to people.
    pub message: String,
}

/// `report check`.
#[derive(Clone, Debug, Serialize)]
pub struct CheckView {
    /// No errors.
    pub ok: bool,
    /// What keeps it from being submitted.
    pub errors: Vec<FindingView>,
    /// What its readers should know.
    pub warnings: Vec<FindingView>,
}

impl CheckView {
    /// Puts a check in words.
    pub fn new(check: &Check, form: &Form, lang: Lang) -> Self {
        let view = |finding: &Finding| FindingView {
            code: finding.code.clone(),
            problem: finding.problem.as_str(),
            message: finding.problem.message(form, lang),
        };
        CheckView {
            ok: check.may_submit(),
            errors: check.errors.iter().map(view).collect(),
            warnings: check.warnings.iter().map(view).collect(),
        }
    }
}

/// A computed indicator.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum ComputedView {
    /// A count or sum.
    Value(i64),
    /// A share or ratio.
    Ratio {
        /// Numerator.
        num: i64,
        /// Denominator.
        den: i64,
    },
    /// How often each choice was taken.
    Counts(BTreeMap<String, i64>),
}

impl From<Computed> for ComputedView {
    fn from(computed: Computed) -> Self {
        match computed {
            Computed::Value(value) => ComputedView::Value(value),
            Computed::Ratio { num, den } => ComputedView::Ratio { num, den },
            Computed::Counts(counts) => ComputedView::Counts(counts),
        }
    }
}

/// The proof that a report went into the rollup of the level above.
#[derive(Clone, Debug, Serialize)]
pub struct InclusionView {
    /// The rollup entry.
    pub rollup: EntryId,
    /// The submission that went in.
    pub submission: EntryId,
    /// The rollup is held, counts, and its Merkle root bears the proof out.
    pub verified: bool,
}

/// A row of a table: its id under `row` and its cells.
pub type RowView = BTreeMap<String, Scalar>;

/// `report show` and `review show`.
#[derive(Clone, Debug, Serialize)]
pub struct ReportView {
    /// Whose.
    pub unit: UnitPath,
    /// Its name.
    pub name: String,
    /// Form name.
    pub form: String,
    /// Form version.
    pub version: u32,
    /// The period.
    pub period: Period,
    /// none, draft, submitted, returned, accepted.
    pub state: &'static str,
    /// Strictly before.
    pub due: Option<String>,
    /// The submission that stands: the entry.
    pub submission: Option<EntryId>,
    /// Who signed it.
    pub signed_by: Option<String>,
    /// When, by the signer's clock.
    pub signed_at: Option<String>,
    /// Its receipt: the entry.
    pub receipt: Option<EntryId>,
    /// When it was received, by the receipt.
    pub received_at: Option<String>,
    /// Whether the first receipt of this report came before the due time.
    pub on_time: Option<bool>,
    /// The same with "signed on time, received late" apart.
    pub timeliness: Option<Timeliness>,
    /// Edits that are not signed yet.
    pub pending: usize,
    /// Something changed since the submission that stands.
    pub changed_since_submission: bool,
    /// Two submissions stand side by side.
    pub concurrent_submissions: bool,
    /// Of the newest review.
    pub comments: Vec<CommentView>,
    /// Values by code, several choices as a list.
    pub answers: BTreeMap<String, serde_json::Value>,
    /// Rows by table.
    pub tables: BTreeMap<String, Vec<RowView>>,
    /// Indicators by code.
    pub computed: BTreeMap<String, ComputedView>,
    /// Fields with concurrent values.
    pub conflicts: Vec<ConflictView>,
    /// Changes that the gate set aside.
    pub quarantined: usize,
    /// The newest proof that it went into a rollup.
    pub inclusion: Option<InclusionView>,
}
