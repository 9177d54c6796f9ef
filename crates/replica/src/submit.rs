//! Submitting: the head signs the report at exact heads.

use std::collections::BTreeSet;

use identity::SecretKey;
use model::workflow::ReportState;
use wire::{ChangeHash, Content, EntryId, Stream, SubmissionContent};

use crate::author::Place;
use crate::report::ReportKey;
use crate::{Clock, Env, Error, Replica};

impl Replica {
    /// Seals the head's drafts and signs a submission over the result. Nothing
    /// new since the standing submission: that one is the answer, unless it was
    /// returned.
    pub fn submit(
        &mut self,
        key: &ReportKey,
        head: &SecretKey,
        env: &mut Env<'_>,
    ) -> Result<(EntryId, bool), Error> {
        self.check_clock(env.clock)?;
        self.refuse_foreign_drafts(key, head)?;
        self.refuse_errors(key, env.clock)?;
        self.seal(key, head, env)?;
        let loaded = self.load(key)?;
        let heads = loaded.report.heads();
        let snapshot = document::snapshot_digest(&loaded.report.snapshot());
        let statements = self.statements(key, true)?;
        if let Some(current) = statements.current() {
            let returned = statements.state == ReportState::Returned;
            let same = current.content.heads == heads && current.content.snapshot == snapshot;
            if same && !returned {
                return Ok((current.id, false));
            }
        }
        let mut replaces = statements.current.clone();
        replaces.sort_unstable();
        let content = SubmissionContent {
            form: loaded.form.name.clone(),
            version: loaded.form.version,
            ordinal: key.ordinal,
            heads,
            snapshot,
            replaces,
        };
        let place = Place {
            stream: Stream::Report,
            unit: key.unit.clone(),
            period: Some(key.period),
            doc: Some(key.doc()),
        };
        let entry = self.append(head, place, Content::Submission(content), env.clock)?;
        Ok((entry.id(), true))
    }

    /// Refuses a report that may not be submitted as it stands, drafts included.
    /// Asked before anybody's drafts are signed: a refusal leaves them as they are.
    pub fn refuse_errors(&self, key: &ReportKey, clock: Clock) -> Result<(), Error> {
        let (view, _) = self.load_with_drafts(key)?;
        let conflicts = view.report.conflicts();
        let check = view.check(&view.report.snapshot(), clock.now, &conflicts);
        match check.errors.is_empty() {
            true => Ok(()),
            false => Err(Error::CheckFailed(Box::new(check))),
        }
    }

    /// Refuses a report to which something was added since these heads were read.
    pub fn refuse_unseen(&self, key: &ReportKey, seen: &[ChangeHash]) -> Result<(), Error> {
        let now: BTreeSet<ChangeHash> = self.load(key)?.report.heads().into_iter().collect();
        match now == seen.iter().copied().collect() {
            true => Ok(()),
            false => Err(Error::ChangedSince),
        }
    }

    fn refuse_foreign_drafts(&self, key: &ReportKey, head: &SecretKey) -> Result<(), Error> {
        let mut names = Vec::new();
        for draft in self.live_drafts(&key.doc())? {
            if draft.person != head.public() {
                let name = self.name_of(&draft.person, &key.unit)?;
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        if names.is_empty() {
            Ok(())
        } else {
            Err(Error::DraftsLeft(names.join(", ")))
        }
    }
}
