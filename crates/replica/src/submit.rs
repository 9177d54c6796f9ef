//! Submitting: the head signs the report at exact heads.

use std::collections::BTreeSet;

use identity::SecretKey;
use model::workflow::ReportState;
use wire::{ChangeHash, Content, EntryId, PublicKey, SubmissionContent};

use crate::author::{Place, insert_own};
use crate::report::{Loaded, ReportKey};
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
        self.refuse_foreign_drafts(key, &[head.public()])?;
        self.refuse_errors(key, env.clock)?;
        self.seal_whole(key, head, env)?;
        self.sign_submission(key, head, env.clock, |_| Ok(()))
    }

    /// The same of what the head has read: upon these heads nothing but their drafts,
    /// and those of the editor whose key is open here. A refusal before anything is
    /// signed leaves everybody's drafts as they are.
    ///
    /// # Errors
    /// [`Error::ChangedSince`]
    pub fn submit_seen(
        &mut self,
        key: &ReportKey,
        seen: &[ChangeHash],
        editor: Option<&SecretKey>,
        head: &SecretKey,
        env: &mut Env<'_>,
    ) -> Result<(EntryId, bool), Error> {
        self.check_clock(env.clock)?;
        let people: Vec<&SecretKey> = editor.into_iter().chain([head]).collect();
        let keys: Vec<PublicKey> = people.iter().map(|person| person.public()).collect();
        refuse_unseen(&self.load(key)?, seen, &BTreeSet::new())?;
        self.refuse_foreign_drafts(key, &keys)?;
        self.refuse_errors(key, env.clock)?;
        let mut sealed = BTreeSet::new();
        for person in people {
            sealed.extend(self.seal_whole(key, person, env)?);
        }
        let as_seen = |loaded: &Loaded| refuse_unseen(loaded, seen, &sealed);
        self.sign_submission(key, head, env.clock, as_seen)
    }

    /// Seals all of a person's drafts, or says why one cannot be.
    fn seal_whole(
        &mut self,
        key: &ReportKey,
        person: &SecretKey,
        env: &mut Env<'_>,
    ) -> Result<BTreeSet<ChangeHash>, Error> {
        let sealed = self.seal(key, person, env)?;
        let why = sealed.left.into_iter().next();
        why.map_or(Ok(sealed.changes), |why| Err(why.into()))
    }

    /// Signs the report as it stands signed, if `may` says so and it has no errors.
    fn sign_submission(
        &mut self,
        key: &ReportKey,
        head: &SecretKey,
        clock: Clock,
        may: impl Fn(&Loaded) -> Result<(), Error>,
    ) -> Result<(EntryId, bool), Error> {
        // Another process may take something in: then it is looked at anew.
        loop {
            let newest = self.store.max_row()?;
            let loaded = self.load(key)?;
            may(&loaded)?;
            refuse_errors_of(&loaded, clock)?;
            let (content, answer) = self.submission(key, &loaded)?;
            if let Some(standing) = answer {
                return Ok((standing, false));
            }
            let place = Place::report(key);
            let entry = self.sign(head, place, Content::Submission(content), clock)?;
            let stored = self.store.write(|tx| -> Result<bool, Error> {
                let as_read = tx.max_row()? == newest;
                if as_read {
                    insert_own(tx, &entry, clock)?;
                }
                Ok(as_read)
            })?;
            if stored {
                return Ok((entry.id(), true));
            }
        }
    }

    /// What a submission says of a report; and the standing one, if that says it
    /// already and was not returned.
    fn submission(
        &self,
        key: &ReportKey,
        loaded: &Loaded,
    ) -> Result<(SubmissionContent, Option<EntryId>), Error> {
        let heads = loaded.report.heads();
        let snapshot = document::snapshot_digest(&loaded.report.snapshot());
        let statements = self.statements(key, true)?;
        let returned = statements.state == ReportState::Returned;
        let standing = statements.current().filter(|current| {
            let same = current.content.heads == heads && current.content.snapshot == snapshot;
            same && !returned
        });
        let standing = standing.map(|current| current.id);
        let mut replaces = statements.current;
        replaces.sort_unstable();
        let content = SubmissionContent {
            form: loaded.form.name.clone(),
            version: loaded.form.version,
            ordinal: key.ordinal,
            heads,
            snapshot,
            replaces,
        };
        Ok((content, standing))
    }

    /// Refuses a report that may not be submitted as it stands, drafts included.
    /// Asked before anybody's drafts are signed: a refusal leaves them as they are.
    pub fn refuse_errors(&self, key: &ReportKey, clock: Clock) -> Result<(), Error> {
        refuse_errors_of(&self.load_with_drafts(key)?.0, clock)
    }

    fn refuse_foreign_drafts(&self, key: &ReportKey, people: &[PublicKey]) -> Result<(), Error> {
        let mut names = Vec::new();
        for draft in self.live_drafts(&key.doc())? {
            if !people.contains(&draft.person) {
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

fn refuse_errors_of(view: &Loaded, clock: Clock) -> Result<(), Error> {
    let conflicts = view.report.conflicts();
    let check = view.check(&view.report.snapshot(), clock.now, &conflicts);
    match check.errors.is_empty() {
        true => Ok(()),
        false => Err(Error::CheckFailed(Box::new(check))),
    }
}

/// Refuses a report that is anything else than what was read at these heads and
/// these changes.
fn refuse_unseen(
    loaded: &Loaded,
    seen: &[ChangeHash],
    sealed: &BTreeSet<ChangeHash>,
) -> Result<(), Error> {
    let gone = !loaded.report.missing_ancestors(seen).is_empty();
    match !gone && loaded.report.changes_since(seen) == *sealed {
        true => Ok(()),
        false => Err(Error::ChangedSince),
    }
}
