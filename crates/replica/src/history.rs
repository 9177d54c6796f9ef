//! Who changed what, when; and what changed since.

use serde::Serialize;
use wire::{ChangeHash, EntryId, Verdict};

use crate::report::ReportKey;
use crate::{Error, Replica};

/// One line of a report's history.
#[derive(Clone, Debug, Serialize)]
pub struct HistoryLine {
    /// When, by the author's clock.
    pub time: String,
    /// Who.
    pub author: String,
    /// `change`, `submission`, `receipt`, `accept`, `return`.
    pub event: &'static str,
    /// The field or cell, for a change.
    pub code: Option<String>,
    /// The value, for a change.
    pub value: Option<model::Scalar>,
    /// The entry.
    pub entry: EntryId,
    /// Made under a simulated clock.
    pub simulated: bool,
    #[serde(skip)]
    order: i64,
}

/// From where to compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// The submission that stands.
    Submitted,
    /// The latest accepted one.
    Accepted,
    /// The last accepted report of an earlier period.
    LastPeriod,
    /// The beginning.
    Begun,
}

/// One field that differs.
#[derive(Clone, Debug, Serialize)]
pub struct DiffLine {
    /// The field or cell.
    pub code: String,
    /// What it was.
    pub before: model::Scalar,
    /// What it is.
    pub after: model::Scalar,
}

impl Replica {
    /// Everything that happened to a report, oldest first by the authors' clocks.
    pub fn history(&self, key: &ReportKey) -> Result<Vec<HistoryLine>, Error> {
        let loaded = self.load(key)?;
        let mut lines = Vec::new();
        for item in loaded.report.history() {
            let Some(by) = loaded.authors.get(&item.change) else {
                continue;
            };
            lines.push(HistoryLine {
                time: by.time.to_rfc3339(),
                author: self.name_of(&by.author, &key.unit)?,
                event: "change",
                code: Some(item.key),
                value: Some(item.value),
                entry: by.entry,
                simulated: by.simulated,
                order: by.time.0,
            });
        }
        self.add_statements(key, &mut lines)?;
        lines.sort_by_key(|line| line.order);
        Ok(lines)
    }

    fn add_statements(&self, key: &ReportKey, lines: &mut Vec<HistoryLine>) -> Result<(), Error> {
        for submission in self.statements(key, true)?.submissions {
            let mut add = |event, author, time: model::Timestamp, entry| {
                lines.push(HistoryLine {
                    time: time.to_rfc3339(),
                    author,
                    event,
                    code: None,
                    value: None,
                    entry,
                    simulated: false,
                    order: time.0,
                });
            };
            let by = self.name_of(&submission.author, &key.unit)?;
            add("submission", by, submission.time, submission.id);
            if let Some(receipt) = &submission.receipt {
                let by = match self.store.get(&receipt.id)? {
                    Some(entry) => self.name_of(&entry.author(), &key.unit)?,
                    None => String::new(),
                };
                add("receipt", by, receipt.time, receipt.id);
            }
            for review in &submission.reviews {
                let event = match review.content.verdict {
                    Verdict::Accept => "accept",
                    Verdict::Return => "return",
                };
                add(
                    event,
                    self.name_of(&review.author, &key.unit)?,
                    review.time,
                    review.id,
                );
            }
        }
        Ok(())
    }

    /// What changed in a report since then, field by field, drafts included.
    pub fn diff(&self, key: &ReportKey, since: Since) -> Result<Vec<DiffLine>, Error> {
        let statements = self.statements(key, true)?;
        let nothing = || Error::NoSubmission {
            unit: key.unit.clone(),
            period: key.period,
        };
        let from: Vec<ChangeHash> = match since {
            Since::Submitted => {
                let newest = statements.shown();
                newest.ok_or_else(nothing)?.content.heads.clone()
            }
            Since::Accepted => statements
                .accepted()
                .ok_or_else(nothing)?
                .content
                .heads
                .clone(),
            Since::Begun => {
                let (first, _) = self.form_versions(key)?;
                document::Report::genesis(&first, key.doc()).heads()
            }
            Since::LastPeriod => {
                let (_, before) = self.last_accepted(key)?.ok_or_else(nothing)?;
                let (loaded, _) = self.load_with_drafts(key)?;
                let now = loaded.report.snapshot();
                return Ok(lines(document::differences(before, now)));
            }
        };
        let (loaded, _) = self.load_with_drafts(key)?;
        let heads = loaded.report.heads();
        let changes = loaded.report.diff(&from, &heads).ok_or_else(not_held)?;
        Ok(lines(changes))
    }

    /// What differs between two submissions of a report, field by field.
    pub fn compare(
        &self,
        key: &ReportKey,
        from: &EntryId,
        to: &EntryId,
    ) -> Result<Vec<DiffLine>, Error> {
        let statements = self.statements(key, true)?;
        let heads = |id: &EntryId| {
            let submission = statements.submissions.iter().find(|s| s.id == *id);
            let nothing = || Error::NoSubmission {
                unit: key.unit.clone(),
                period: key.period,
            };
            Ok::<_, Error>(submission.ok_or_else(nothing)?.content.heads.clone())
        };
        let loaded = self.load(key)?;
        let changes = loaded.report.diff(&heads(from)?, &heads(to)?);
        Ok(lines(changes.ok_or_else(not_held)?))
    }
}

fn not_held() -> Error {
    Error::Incomplete("its changes are not all held".to_owned())
}

fn lines(changes: Vec<document::FieldChange>) -> Vec<DiffLine> {
    let line = |change: document::FieldChange| DiffLine {
        code: change.key,
        before: change.before,
        after: change.after,
    };
    changes.into_iter().map(line).collect()
}
