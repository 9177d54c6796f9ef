//! A report as this node sees it: the document from the entries in effect, and the
//! drafts laid over it. What was stated about it: `statements`.

use std::collections::HashMap;
use std::sync::Arc;

use document::limits::DOCUMENT_MAX_BYTES;
use document::{Conflict, Incoming, Reason, Report, SealError, Verdicts};
use identity::Verified;
use model::check::{Check, CheckContext, check};
use model::{Entropy, Form, Period, Snapshot, Timestamp, UnitPath};
use store::{Draft, EntryFilter, Store};
use wire::{
    ChangeHash, ChangesContent, Content, DocId, EntryId, Kind, PublicKey, SubmissionContent,
};

use crate::drafts;
use crate::statements::Judge;
use crate::{Error, Replica};

/// Which report.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReportKey {
    /// Whose.
    pub unit: UnitPath,
    /// Form name.
    pub form: String,
    /// The period.
    pub period: Period,
    /// Campaign ordinal, 0 for the regular one.
    pub ordinal: u32,
}

impl ReportKey {
    /// The regular report of a unit.
    pub fn regular(unit: &UnitPath, form: &str, period: Period) -> Self {
        ReportKey {
            unit: unit.clone(),
            form: form.to_owned(),
            period,
            ordinal: 0,
        }
    }

    /// The document's id.
    pub fn doc(&self) -> DocId {
        document::doc_id(&self.unit, &self.form, self.period, self.ordinal)
    }
}

/// Who made a change, in which entry, when by their clock.
#[derive(Clone, Debug)]
pub(crate) struct Authorship {
    pub(crate) author: PublicKey,
    pub(crate) entry: EntryId,
    pub(crate) time: Timestamp,
    pub(crate) simulated: bool,
}

/// The document with its form and the authors of its changes.
pub(crate) struct Loaded {
    pub(crate) key: ReportKey,
    pub(crate) form: Arc<Form>,
    pub(crate) report: Report,
    pub(crate) verdicts: Verdicts,
    pub(crate) authors: HashMap<ChangeHash, Authorship>,
    /// Names the changes that are laid over it.
    laid: Counter,
}

impl Loaded {
    /// The check of a snapshot at a day.
    pub(crate) fn check(
        &self,
        snapshot: &Snapshot,
        now: Timestamp,
        conflicts: &[Conflict],
    ) -> Check {
        let keys: Vec<String> = conflicts.iter().map(|c| c.key.clone()).collect();
        check(
            &self.form,
            snapshot,
            &CheckContext {
                period: self.key.period,
                today: now.date_in_vietnam(),
                conflicts: &keys,
            },
        )
    }
}

/// The changes of a document, before anything is known of their bytes.
#[derive(Default)]
struct Gathered {
    incoming: Vec<Incoming>,
    authors: HashMap<ChangeHash, Authorship>,
    /// For which there is no room.
    beyond: Vec<EntryId>,
}

impl Gathered {
    fn take(&mut self, entry: &Verified, content: &ChangesContent) {
        let changes: Vec<Vec<u8>> = content.changes.iter().map(|raw| raw.to_vec()).collect();
        for hash in changes.iter().filter_map(|raw| document::change_hash(raw)) {
            let authorship = Authorship {
                author: entry.author(),
                entry: entry.id(),
                time: entry.body().time,
                simulated: entry.body().simulated,
            };
            self.authors.entry(hash).or_insert(authorship);
        }
        self.incoming.push(Incoming {
            entry: entry.id(),
            author: entry.author(),
            changes,
        });
    }
}

impl Replica {
    /// Builds a report's document from every change in effect.
    pub(crate) fn load(&self, key: &ReportKey) -> Result<Loaded, Error> {
        let form = self.form_for(key)?;
        let filter = EntryFilter {
            unit: Some(key.unit.clone()),
            kind: Some(Kind::Changes),
            period: Some(Some(key.period)),
            doc: Some(key.doc()),
            ..EntryFilter::default()
        };
        let mut judge = Judge::new(&self.store);
        let Gathered {
            incoming,
            authors,
            beyond,
        } = self.read_changes(&filter, &mut judge)?;
        let (first, later) = self.form_versions(key)?;
        let later: Vec<&Form> = later.iter().map(Arc::as_ref).collect();
        let mut received: HashMap<EntryId, document::Moment> = HashMap::new();
        for one in &incoming {
            if let Some(mark) = judge.earliest_receipt(&one.entry)? {
                received.insert(one.entry, (mark.time.0, mark.seq));
            }
        }
        // Of two branches of a fork the one that was received first holds.
        let prefer = |entry: &EntryId| received.get(entry).copied();
        let (report, mut verdicts) =
            Report::rebuild_with(&first, &later, key.doc(), &incoming, &prefer);
        let beyond = beyond.into_iter();
        let quarantined = &mut verdicts.quarantined;
        quarantined.extend(beyond.map(|entry| (entry, Reason::TooManyBytes)));
        quarantined.sort_unstable_by_key(|(entry, _)| *entry);
        Ok(Loaded {
            key: key.clone(),
            form,
            report,
            verdicts,
            authors,
            laid: Counter(0),
        })
    }

    /// The changes in effect of one document, as many as there is room for: what was
    /// received first comes first, else the smaller id.
    fn read_changes(
        &self,
        filter: &EntryFilter,
        judge: &mut Judge<'_, Store>,
    ) -> Result<Gathered, Error> {
        let mut gathered = Gathered::default();
        let mut sizes = Vec::new();
        let mut total = 0_usize;
        self.for_standing(filter, judge, |entry| {
            let Content::Changes(content) = &entry.body().content else {
                return;
            };
            let size = content.changes.iter().map(|raw| raw.len()).sum();
            sizes.push((entry.id(), size));
            total = total.saturating_add(size);
            if total <= DOCUMENT_MAX_BYTES {
                gathered.take(entry, content);
            } else {
                gathered = Gathered::default();
            }
        })?;
        if total <= DOCUMENT_MAX_BYTES {
            return Ok(gathered);
        }
        let mut ranked = Vec::new();
        for (id, size) in sizes {
            let mark = judge.earliest_receipt(&id)?;
            let moment = mark.map_or((i64::MAX, u64::MAX), |mark| (mark.time.0, mark.seq));
            ranked.push((moment, id, size));
        }
        ranked.sort_unstable();
        let mut room = DOCUMENT_MAX_BYTES;
        for (_, id, size) in ranked {
            let Some(left) = room.checked_sub(size) else {
                gathered.beyond.push(id);
                continue;
            };
            room = left;
            if let Some(entry) = self.store.get(&id)?
                && let Content::Changes(content) = &entry.body().content
            {
                gathered.take(&entry, content);
            }
        }
        Ok(gathered)
    }

    /// The document with the drafts of this machine made into changes that
    /// nobody has signed, so that a view shows exactly what sealing will give.
    pub(crate) fn load_with_drafts(&self, key: &ReportKey) -> Result<(Loaded, usize), Error> {
        let mut loaded = self.load(key)?;
        let drafts = self.live_drafts(&key.doc())?;
        lay_over(&mut loaded, &drafts)?;
        Ok((loaded, drafts.len()))
    }

    /// The content of a submission, if everything it rests on is held and gives
    /// the same snapshot.
    pub(crate) fn submitted_snapshot(
        &self,
        loaded: &Loaded,
        submission: &SubmissionContent,
    ) -> Option<Snapshot> {
        if !loaded
            .report
            .missing_ancestors(&submission.heads)
            .is_empty()
        {
            return None;
        }
        let snapshot = loaded.report.snapshot_at(&submission.heads)?;
        let same = document::snapshot_digest(&snapshot) == submission.snapshot;
        (same || model::sabotaged!(SkipSnapshotDigest)).then_some(snapshot)
    }
}

/// Lays drafts over a report, in their order, as sealing would: what no change can
/// hold is left out, and why is the answer.
pub(crate) fn lay_over(loaded: &mut Loaded, drafts: &[Draft]) -> Result<Vec<SealError>, Error> {
    let mut left = Vec::new();
    for (person, group) in drafts::groups(drafts) {
        let edits = drafts::edits(&group);
        let time = group
            .iter()
            .map(|draft| draft.time)
            .max()
            .unwrap_or_default();
        let heads = loaded.report.still_seen(&group[0].heads);
        let entropy = &mut loaded.laid;
        let report = &mut loaded.report;
        let pieces = report.seal_pieces(&loaded.form, &heads, &edits, &person, time, entropy)?;
        for hash in pieces
            .changes
            .iter()
            .filter_map(|c| document::change_hash(c))
        {
            let authorship = Authorship {
                author: person,
                entry: EntryId(hash.0),
                time,
                simulated: false,
            };
            loaded.authors.insert(hash, authorship);
        }
        left.extend(pieces.left.into_iter().map(|(_, error)| error));
    }
    Ok(left)
}

/// Actor suffixes for views only, each once in a view: never in anything that is
/// signed or stored.
struct Counter(u32);

impl Entropy for Counter {
    fn fill(&mut self, buffer: &mut [u8]) {
        self.0 = self.0.wrapping_add(1);
        buffer.fill(0);
        let count = self.0.to_le_bytes();
        buffer.iter_mut().zip(count).for_each(|(byte, n)| *byte = n);
    }
}
