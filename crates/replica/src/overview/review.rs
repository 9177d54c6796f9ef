//! One report as its reviewer reads it.

use model::Timestamp;
use model::overview::Review;

use crate::report::ReportKey;
use crate::{Error, Replica};

impl Replica {
    /// A report beside its last submission and beside the last accepted one of an
    /// earlier period.
    pub fn review(&self, key: &ReportKey, now: Timestamp) -> Result<Review, Error> {
        self.store.read(|_| self.read_review(key, now))
    }

    fn read_review(&self, key: &ReportKey, now: Timestamp) -> Result<Review, Error> {
        let name = self
            .unit_name(&key.unit)?
            .ok_or_else(|| Error::NoSuchUnit(key.unit.clone()))?;
        let loaded = self.load(key)?;
        let statements = self.statements(key, !loaded.report.is_untouched())?;
        let due = self.due(key)?;
        let shown = statements.shown();
        let submitted = shown.and_then(|s| self.submitted_snapshot(&loaded, &s.content));
        // What is shown in its stead, where it is not whole, is no submission.
        let submission = shown
            .filter(|_| submitted.is_some())
            .map(|s| s.id.to_string());
        let snapshot = submitted.unwrap_or_else(|| loaded.report.snapshot());
        let replaced = shown.and_then(|shown| {
            let mut earlier = statements.submissions.iter().rev();
            earlier.find(|s| shown.content.replaces.contains(&s.id))
        });
        let changed_since = shown.map_or(0, |shown| {
            let heads = loaded.report.heads();
            let changes = loaded.report.diff(&shown.content.heads, &heads);
            changes.map_or(0, |changes| changes.len())
        });
        let signed =
            shown.map(|s| Ok::<_, Error>((self.name_of(&s.author, &loaded.key.unit)?, s.time)));
        let received = self.received(&statements, due)?;
        let conflicts = loaded.report.conflicts();
        Ok(Review {
            kept: self.kept_remarks(key)?,
            unit: key.unit.clone(),
            name,
            period: key.period,
            due,
            state: statements.state,
            submission,
            signed: signed.transpose()?,
            received: received.map(|r| (r.time, r.timeliness)),
            before: replaced.and_then(|s| self.submitted_snapshot(&loaded, &s.content)),
            last_period: self.last_accepted(key)?.map(|(_, snapshot)| snapshot),
            check: loaded.check(&snapshot, now, &conflicts),
            conflicts: conflicts.into_iter().map(|c| c.key).collect(),
            remarks: self.remarks(&key.unit, &statements)?,
            changed_since,
            form: loaded.form,
            now: snapshot,
        })
    }
}
