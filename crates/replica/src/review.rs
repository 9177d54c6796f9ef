//! Reviewing: the level above accepts a submission or returns it with comments.

use std::collections::BTreeMap;

use identity::SecretKey;
use model::{Level, UnitPath};
use wire::{Comment, Content, EntryId, ReviewContent, Verdict};

use crate::author::Place;
use crate::report::ReportKey;
use crate::statements::Submitted;
use crate::views::ReviewLine;
use crate::{Clock, Error, Replica};

/// A reviewer's remark: the code of a field, cell or indicator, and the text.
pub type Remark = (String, String);

/// The name of the meta row that keeps unsigned remarks on a report.
fn remarks_meta(key: &ReportKey) -> String {
    format!("remarks/{}", key.doc())
}

impl Replica {
    /// The units that this one reviews, with the state of their reports.
    pub fn review_list(&self, form: &str, period: model::Period) -> Result<Vec<ReviewLine>, Error> {
        let mut lines = Vec::new();
        for unit in self.reviewed_units()? {
            let key = ReportKey::regular(&unit, form, period);
            lines.push(self.review_line(&key)?);
        }
        Ok(lines)
    }

    fn reviewed_units(&self) -> Result<Vec<UnitPath>, Error> {
        let below = |unit: &UnitPath| {
            unit.level() == Level::Facility && unit.parent().as_ref() == Some(&self.unit)
        };
        let known = self.known_units()?.into_iter();
        Ok(known.filter(below).collect())
    }

    fn review_line(&self, key: &ReportKey) -> Result<ReviewLine, Error> {
        let statements = self.statements(key, self.has_changes(key)?)?;
        let due = self.due(key)?;
        let newest = statements.shown();
        Ok(ReviewLine {
            unit: key.unit.clone(),
            name: self.unit_name(&key.unit)?.unwrap_or_default(),
            state: statements.state.as_str(),
            submission: newest.map(|s| s.id),
            signed_at: newest.map(|s| s.time.to_rfc3339()),
            received_at: newest
                .and_then(|s| s.receipt.as_ref())
                .map(|r| r.time.to_rfc3339()),
            on_time: statements
                .timeliness(due)
                .map(|t| t == wire::Timeliness::OnTime),
            timeliness: statements.timeliness(due),
            concurrent: statements.current.len() > 1,
            incomplete: newest.is_some_and(Submitted::is_incomplete),
        })
    }

    pub(crate) fn has_changes(&self, key: &ReportKey) -> Result<bool, Error> {
        let filter = store::EntryFilter {
            unit: Some(key.unit.clone()),
            kind: Some(wire::Kind::Changes),
            period: Some(Some(key.period)),
            doc: Some(key.doc()),
            limit: Some(1),
            ..Default::default()
        };
        Ok(!self.store.entries(&filter)?.is_empty())
    }

    /// Accepts the submission that stands.
    pub fn accept(
        &mut self,
        key: &ReportKey,
        reviewer: &SecretKey,
        clock: Clock,
    ) -> Result<(EntryId, bool), Error> {
        let submission = self.reviewable(key)?;
        self.accept_submission(key, submission, reviewer, clock)
    }

    /// Accepts the submission that the reviewer has read, if it still stands.
    ///
    /// # Errors
    /// [`Error::NewerSubmission`]
    pub fn accept_seen(
        &mut self,
        key: &ReportKey,
        seen: &EntryId,
        reviewer: &SecretKey,
        clock: Clock,
    ) -> Result<(EntryId, bool), Error> {
        let submission = self.reviewable_as_seen(key, seen)?;
        self.accept_submission(key, submission, reviewer, clock)
    }

    fn accept_submission(
        &mut self,
        key: &ReportKey,
        submission: Submitted,
        reviewer: &SecretKey,
        clock: Clock,
    ) -> Result<(EntryId, bool), Error> {
        if submission.is_accepted() {
            let review = submission
                .latest_review()
                .map(|r| r.id)
                .unwrap_or(submission.id);
            return Ok((review, false));
        }
        let loaded = self.load(key)?;
        if self
            .submitted_snapshot(&loaded, &submission.content)
            .is_none()
        {
            return Err(Error::Incomplete(submission.id.short()));
        }
        let id = self.append_review(
            key,
            reviewer,
            &submission,
            Verdict::Accept,
            Vec::new(),
            clock,
        )?;
        Ok((id, true))
    }

    /// Returns the submission that stands, with at least one remark.
    pub fn return_report(
        &mut self,
        key: &ReportKey,
        reviewer: &SecretKey,
        remarks: &[Remark],
        clock: Clock,
    ) -> Result<EntryId, Error> {
        let submission = self.reviewable(key)?;
        self.return_submission(key, submission, reviewer, remarks, clock)
    }

    /// Returns the submission that the reviewer has read, if it still stands.
    ///
    /// # Errors
    /// [`Error::NewerSubmission`]
    pub fn return_seen(
        &mut self,
        key: &ReportKey,
        seen: &EntryId,
        reviewer: &SecretKey,
        remarks: &[Remark],
        clock: Clock,
    ) -> Result<EntryId, Error> {
        let submission = self.reviewable_as_seen(key, seen)?;
        self.return_submission(key, submission, reviewer, remarks, clock)
    }

    fn return_submission(
        &mut self,
        key: &ReportKey,
        submission: Submitted,
        reviewer: &SecretKey,
        remarks: &[Remark],
        clock: Clock,
    ) -> Result<EntryId, Error> {
        if remarks.is_empty() {
            return Err(Error::Review(
                "a returned report needs a comment".to_owned(),
            ));
        }
        let form = self.form_for(key)?;
        let mut comments = Vec::new();
        for (code, text) in remarks {
            let known = form.field(code).is_some()
                || form.slot(code).is_some()
                || form
                    .indicators
                    .iter()
                    .any(|indicator| indicator.code == *code);
            if !known {
                return Err(Error::NoSuchField(code.clone()));
            }
            if text.trim().is_empty() {
                return Err(Error::Review(format!("the comment on {code} is empty")));
            }
            comments.push(Comment {
                code: code.clone(),
                text: text.trim().to_owned(),
            });
        }
        self.append_review(key, reviewer, &submission, Verdict::Return, comments, clock)
    }

    /// Keeps remarks on a report that are not signed yet: they outlast the screen
    /// they are written on, and never leave this machine. None: forgets them.
    pub fn keep_remarks(
        &mut self,
        key: &ReportKey,
        remarks: &BTreeMap<String, String>,
    ) -> Result<(), Error> {
        let blob = wire::cbor::to_vec(remarks).map_err(wire::EntryError::Cbor)?;
        let text = data_encoding::BASE64.encode(&blob);
        self.store
            .write(|tx| Ok(tx.set_meta(&remarks_meta(key), &text)?))
    }

    /// The remarks kept on a report, by code.
    pub fn kept_remarks(&self, key: &ReportKey) -> Result<BTreeMap<String, String>, Error> {
        let text = self.store.meta(&remarks_meta(key))?.unwrap_or_default();
        let blob = data_encoding::BASE64.decode(text.as_bytes());
        // An older program's spelling, if there ever is one, is not worth a refusal.
        let kept = blob
            .ok()
            .and_then(|blob| wire::cbor::from_slice(&blob).ok());
        Ok(kept.unwrap_or_default())
    }

    fn reviewable_as_seen(&self, key: &ReportKey, seen: &EntryId) -> Result<Submitted, Error> {
        let submission = self.reviewable(key)?;
        match submission.id == *seen {
            true => Ok(submission),
            false => Err(Error::NewerSubmission),
        }
    }

    fn reviewable(&self, key: &ReportKey) -> Result<Submitted, Error> {
        if self.unit_record(&key.unit)?.is_none() {
            return Err(Error::NoSuchUnit(key.unit.clone()));
        }
        self.form_for(key)?;
        let statements = self.statements(key, true)?;
        match statements.current.len() {
            0 => Err(Error::NoSubmission {
                unit: key.unit.clone(),
                period: key.period,
            }),
            1 => statements.current().cloned().ok_or(Error::TwoSubmissions),
            _ => Err(Error::TwoSubmissions),
        }
    }

    fn append_review(
        &mut self,
        key: &ReportKey,
        reviewer: &SecretKey,
        submission: &Submitted,
        verdict: Verdict,
        comments: Vec<Comment>,
        clock: Clock,
    ) -> Result<EntryId, Error> {
        let place = Place::report(key);
        let content = ReviewContent {
            submission: submission.id,
            verdict,
            comments,
        };
        let submissions = self.statements(key, true)?.submissions;
        let reviews = submissions.iter().flat_map(|s| &s.reviews);
        let after = reviews.map(|review| review.time).max();
        let content = Content::Review(content);
        Ok(self
            .append_after(reviewer, place, content, after, clock)?
            .id())
    }
}
