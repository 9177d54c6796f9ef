//! What queries answer: plain values that serialise to the JSON of the command
//! line. Times are RFC 3339 in Vietnam's offset.

use std::collections::BTreeMap;

use model::check::{Check, Finding};
use model::form::{Computed, FieldType};
use model::{Form, Lang, Period, Scalar, Snapshot, Timestamp, UnitPath};
use serde::Serialize;
use wire::{CampaignContent, EntryId, Timeliness, Verdict};

use crate::report::{Loaded, ReportKey, Statements, Submitted};
use crate::{Error, Replica};

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
            cutoff: content.cutoff.clone().unwrap_or((from.to_string(), to.to_string())),
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

/// A submission.
#[derive(Clone, Debug, Serialize)]
pub struct SubmissionView {
    /// The entry.
    pub id: EntryId,
    /// Who signed it.
    pub by: String,
    /// When, by the signer's clock.
    pub signed_at: String,
}

/// A receipt.
#[derive(Clone, Debug, Serialize)]
pub struct ReceiptView {
    /// The entry.
    pub id: EntryId,
    /// When, by the receiver's clock.
    pub time: String,
    /// In time or not.
    pub timeliness: Option<Timeliness>,
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
    /// The submission that stands.
    pub submission: Option<SubmissionView>,
    /// Its receipt.
    pub receipt: Option<ReceiptView>,
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
}

impl Replica {
    /// A report as it stands here, drafts included.
    pub fn show(&self, key: &ReportKey) -> Result<ReportView, Error> {
        let (loaded, pending) = self.load_with_drafts(key)?;
        let begun = pending > 0 || !loaded.report.is_untouched();
        let statements = self.statements(key, begun)?;
        let snapshot = loaded.report.snapshot();
        let current = statements.current();
        let heads = loaded.report.heads();
        let due = self.due(key)?;
        Ok(ReportView {
            unit: key.unit.clone(),
            name: self.unit_name(&key.unit)?.unwrap_or_default(),
            form: loaded.form.name.clone(),
            version: loaded.form.version,
            period: key.period,
            state: statements.state.as_str(),
            due: due.map(Timestamp::to_rfc3339),
            submission: current.map(|s| self.submission_view(s)).transpose()?,
            receipt: current.and_then(|s| receipt_view(s, due)),
            pending,
            changed_since_submission: current.is_some_and(|s| s.content.heads != heads),
            concurrent_submissions: statements.current.len() > 1,
            comments: self.comments(&statements)?,
            answers: answers(&loaded.form, &snapshot),
            tables: tables(&loaded.form, &snapshot),
            computed: computed(&loaded.form, &snapshot, key.period),
            conflicts: self.conflict_views(&loaded)?,
            quarantined: loaded.verdicts.quarantined.len(),
        })
    }

    /// What would keep a report from being submitted now.
    pub fn check_report(
        &self,
        key: &ReportKey,
        now: Timestamp,
        lang: Lang,
    ) -> Result<CheckView, Error> {
        let (loaded, _) = self.load_with_drafts(key)?;
        let conflicts = loaded.report.conflicts();
        let check = loaded.check(&loaded.report.snapshot(), now, &conflicts);
        Ok(CheckView::new(&check, &loaded.form, lang))
    }

    /// Fields with concurrent values.
    pub fn conflicts(&self, key: &ReportKey) -> Result<Vec<ConflictView>, Error> {
        let (loaded, _) = self.load_with_drafts(key)?;
        self.conflict_views(&loaded)
    }

    pub(crate) fn conflict_views(&self, loaded: &Loaded) -> Result<Vec<ConflictView>, Error> {
        let mut views = Vec::new();
        for conflict in loaded.report.conflicts() {
            let mut values = Vec::new();
            for (index, value) in conflict.values.into_iter().enumerate() {
                let by = loaded.authors.get(&value.change);
                values.push(ConflictValue {
                    n: index + 1,
                    value: value.value,
                    author: match by {
                        Some(by) => self.name_of(&by.author)?,
                        None => String::new(),
                    },
                    time: by.map(|by| by.time.to_rfc3339()).unwrap_or_default(),
                });
            }
            views.push(ConflictView { code: conflict.key, values });
        }
        Ok(views)
    }

    pub(crate) fn comments(&self, statements: &Statements) -> Result<Vec<CommentView>, Error> {
        let reviewed = statements.current().or(statements.submissions.last());
        let Some(review) = reviewed.and_then(Submitted::latest_review) else {
            return Ok(Vec::new());
        };
        if review.content.verdict == Verdict::Accept {
            return Ok(Vec::new());
        }
        let by = self.name_of(&review.author)?;
        let comment = |comment: &wire::Comment| CommentView {
            code: comment.code.clone(),
            text: comment.text.clone(),
            by: by.clone(),
            time: review.time.to_rfc3339(),
        };
        Ok(review.content.comments.iter().map(comment).collect())
    }

    fn submission_view(&self, submission: &Submitted) -> Result<SubmissionView, Error> {
        Ok(SubmissionView {
            id: submission.id,
            by: self.name_of(&submission.author)?,
            signed_at: submission.time.to_rfc3339(),
        })
    }

    /// The reports of this unit: those asked for and those begun.
    pub fn reports(&self, now: Timestamp) -> Result<Vec<ReportLine>, Error> {
        let mut keys: Vec<ReportKey> = Vec::new();
        for campaign in self.campaigns()? {
            if campaign.audience.contains(&self.unit) {
                keys.push(ReportKey {
                    unit: self.unit.clone(),
                    form: campaign.form,
                    period: campaign.period,
                    ordinal: campaign.ordinal,
                });
            }
        }
        for draft in self.store.drafts_all()? {
            keys.extend(self.draft_report(&draft.doc)?);
        }
        for period in self.periods(&self.unit)? {
            for form in self.forms()? {
                let key = ReportKey::regular(&self.unit, &form.form, period);
                if self.has_changes(&key)? {
                    keys.push(key);
                }
            }
        }
        let usual = Period::current_quarter(now);
        keys.push(ReportKey::regular(&self.unit, crate::QUARTERLY_FORM, usual));
        keys.sort_by(|a, b| (b.period, &a.form, a.ordinal).cmp(&(a.period, &b.form, b.ordinal)));
        keys.dedup();
        keys.iter().map(|key| self.report_line(key)).collect()
    }

    fn report_line(&self, key: &ReportKey) -> Result<ReportLine, Error> {
        let pending = self.store.drafts(&key.doc())?.len();
        let begun = pending > 0 || self.has_changes(key)?;
        let statements = self.statements(key, begun)?;
        Ok(ReportLine {
            form: key.form.clone(),
            period: key.period,
            ordinal: key.ordinal,
            state: statements.state.as_str(),
            due: self.due(key)?.map(Timestamp::to_rfc3339),
            pending,
        })
    }
}

fn receipt_view(submission: &Submitted, due: Option<Timestamp>) -> Option<ReceiptView> {
    let receipt = submission.receipt.as_ref()?;
    Some(ReceiptView {
        id: receipt.id,
        time: receipt.time.to_rfc3339(),
        timeliness: submission.timeliness(due),
    })
}

/// Values by code. Several choices are a list in JSON though one scalar inside.
pub(crate) fn answers(form: &Form, snapshot: &Snapshot) -> BTreeMap<String, serde_json::Value> {
    let many = |code: &str| form.field(code).is_some_and(|f| f.kind == FieldType::Many);
    let mut answers: BTreeMap<String, serde_json::Value> = BTreeMap::new();
    for (key, value) in &snapshot.values {
        if key.contains('/') {
            continue;
        }
        let value = match value {
            Scalar::Str(text) if many(key) => {
                text.split(',').filter(|id| !id.is_empty()).map(str::to_owned).collect::<Vec<_>>().into()
            }
            Scalar::Str(text) => text.clone().into(),
            Scalar::Int(number) => (*number).into(),
            Scalar::Bool(yes) => (*yes).into(),
            Scalar::Null => serde_json::Value::Null,
        };
        answers.insert(key.clone(), value);
    }
    for (code, text) in &snapshot.texts {
        answers.insert(code.clone(), text.clone().into());
    }
    answers
}

pub(crate) fn tables(form: &Form, snapshot: &Snapshot) -> BTreeMap<String, Vec<RowView>> {
    let mut tables = BTreeMap::new();
    for field in form.fields().filter(|field| field.kind == FieldType::Table) {
        let mut rows = Vec::new();
        for row in snapshot.rows(&field.code) {
            let mut cells = RowView::from([("row".to_owned(), Scalar::Str(row.to_owned()))]);
            for column in &field.columns {
                let cell = snapshot.cell(&field.code, row, &column.id);
                if !cell.is_null() {
                    cells.insert(column.id.clone(), cell.clone());
                }
            }
            rows.push(cells);
        }
        tables.insert(field.code.clone(), rows);
    }
    tables
}

pub(crate) fn computed(
    form: &Form,
    snapshot: &Snapshot,
    period: Period,
) -> BTreeMap<String, ComputedView> {
    model::compute::compute(form, snapshot, period)
        .into_iter()
        .map(|(code, value)| (code, value.into()))
        .collect()
}
