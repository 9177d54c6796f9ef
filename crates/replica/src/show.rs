//! Queries about reports: what `report show`, `check` and `list` answer.

use std::collections::BTreeMap;

use model::form::FieldType;
use model::{Form, Lang, Period, Scalar, Snapshot, Timestamp, UnitPath};
use wire::{Content, EntryId, Timeliness, Verdict};

use crate::report::{Loaded, ReportKey};
use crate::statements::{Statements, Submitted};
use crate::views::{
    CheckView, CommentView, ComputedView, ConflictValue, ConflictView, InclusionView, ReportLine,
    ReportView, RowView,
};
use crate::{Error, Replica};

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
        let receipt = current.and_then(|s| s.receipt.as_ref());
        let timeliness = statements.timeliness(due);
        Ok(ReportView {
            unit: key.unit.clone(),
            name: self.known_name(&key.unit)?,
            form: loaded.form.name.clone(),
            version: loaded.form.version,
            period: key.period,
            state: statements.state.as_str(),
            due: due.map(Timestamp::to_rfc3339),
            submission: current.map(|s| s.id),
            signed_by: current
                .map(|s| self.name_of(&s.author, &key.unit))
                .transpose()?,
            signed_at: current.map(|s| s.time.to_rfc3339()),
            receipt: receipt.map(|r| r.id),
            received_at: receipt.map(|r| r.time.to_rfc3339()),
            on_time: timeliness.map(|t| t == Timeliness::OnTime),
            timeliness,
            pending,
            changed_since_submission: current.is_some_and(|s| s.content.heads != heads),
            concurrent_submissions: statements.current.len() > 1,
            comments: self.comments(&key.unit, &statements)?,
            answers: answers(&loaded.form, &snapshot),
            tables: tables(&loaded.form, &snapshot),
            computed: computed(&loaded.form, &snapshot, key.period),
            conflicts: self.conflict_views(&loaded)?,
            quarantined: loaded.verdicts.quarantined.len(),
            inclusion: self.inclusion(key)?,
        })
    }

    /// The newest proof, among the receipts held, that a report went into a
    /// rollup of the level above; checked against that rollup.
    ///
    /// A proof for a rollup that another one replaces comes after the others,
    /// whatever the clock said by which it was given.
    pub fn inclusion(&self, key: &ReportKey) -> Result<Option<InclusionView>, Error> {
        let mut rollups = Vec::new();
        self.for_receipts(&key.unit, Some(key.period), |entry, receipt| {
            for proof in &receipt.inclusions {
                rollups.push(((entry.body().time, entry.id()), proof.clone()));
            }
        })?;
        let mut newest: Option<((bool, Timestamp, EntryId), InclusionView)> = None;
        let mut heads: BTreeMap<UnitPath, Vec<EntryId>> = BTreeMap::new();
        for ((time, receipt), proof) in rollups {
            let Some(rollup) = self.store.get(&proof.rollup)? else {
                continue;
            };
            let Content::Rollup(content) = &rollup.body().content else {
                continue;
            };
            let about = content.form == key.form
                && content.ordinal == key.ordinal
                && rollup.body().period == Some(key.period)
                && proof.input.unit == key.unit;
            if !about {
                continue;
            }
            let by = &rollup.body().unit;
            if !heads.contains_key(by) {
                let of_unit = self.rollup_heads(by, &key.form, key.period)?;
                heads.insert(by.clone(), of_unit);
            }
            let is_head = heads.get(by).is_some_and(|of| of.contains(&proof.rollup));
            let rank = (is_head, time, receipt);
            if newest.as_ref().is_some_and(|(known, _)| *known > rank) {
                continue;
            }
            let holds = rollup::merkle::verify_inclusion(content, &proof)
                || model::sabotaged!(TrustInclusionProof);
            let view = InclusionView {
                rollup: proof.rollup,
                submission: proof.input.submission,
                verified: holds && self.in_effect(&rollup)?,
            };
            newest = Some((rank, view));
        }
        Ok(newest.map(|(_, view)| view))
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
                        Some(by) => self.name_of(&by.author, &loaded.key.unit)?,
                        None => String::new(),
                    },
                    time: by.map(|by| by.time.to_rfc3339()).unwrap_or_default(),
                });
            }
            views.push(ConflictView {
                code: conflict.key,
                values,
            });
        }
        Ok(views)
    }

    pub(crate) fn comments(
        &self,
        of: &UnitPath,
        statements: &Statements,
    ) -> Result<Vec<CommentView>, Error> {
        let reviewed = statements.shown();
        let Some(review) = reviewed.and_then(Submitted::latest_review) else {
            return Ok(Vec::new());
        };
        if review.content.verdict == Verdict::Accept {
            return Ok(Vec::new());
        }
        let by = self.name_of(&review.author, of)?;
        let comment = |comment: &wire::Comment| CommentView {
            code: comment.code.clone(),
            text: comment.text.clone(),
            by: by.clone(),
            time: review.time.to_rfc3339(),
        };
        Ok(review.content.comments.iter().map(comment).collect())
    }

    /// The reports of this unit: those asked for and those begun.
    pub fn reports(&self, now: Timestamp) -> Result<Vec<ReportLine>, Error> {
        let keys = self.report_keys(now)?;
        keys.iter().map(|key| self.report_line(key)).collect()
    }

    /// Which these are, newest period first.
    pub(crate) fn report_keys(&self, now: Timestamp) -> Result<Vec<ReportKey>, Error> {
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
        for draft in self.split_drafts(self.store.drafts_all()?)?.0 {
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
        Ok(keys)
    }

    fn report_line(&self, key: &ReportKey) -> Result<ReportLine, Error> {
        let pending = self.live_drafts(&key.doc())?.len();
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

/// Values by code. Several choices are a list in JSON though one scalar inside.
fn answers(form: &Form, snapshot: &Snapshot) -> BTreeMap<String, serde_json::Value> {
    let many = |code: &str| form.field(code).is_some_and(|f| f.kind == FieldType::Many);
    let mut answers: BTreeMap<String, serde_json::Value> = BTreeMap::new();
    for (key, value) in &snapshot.values {
        if key.contains('/') {
            continue;
        }
        let value = match value {
            Scalar::Str(text) if many(key) => text
                .split(',')
                .filter(|id| !id.is_empty())
                .map(str::to_owned)
                .collect::<Vec<_>>()
                .into(),
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

fn tables(form: &Form, snapshot: &Snapshot) -> BTreeMap<String, Vec<RowView>> {
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

fn computed(form: &Form, snapshot: &Snapshot, period: Period) -> BTreeMap<String, ComputedView> {
    model::compute::compute(form, snapshot, period)
        .into_iter()
        .map(|(code, value)| (code, value.into()))
        .collect()
}
