//! A report as this node sees it: the document from the entries in effect, the
//! drafts laid over it, and what was stated about it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use document::{Conflict, Incoming, Report, SealError, Verdicts};
use identity::Verified;
use model::check::{Check, CheckContext, check};
use model::workflow::{ReportState, ReviewFact, SubmissionFact, derive, timeliness};
use model::{Entropy, Form, Period, Snapshot, Timestamp, UnitPath};
use store::{Draft, EntryFilter};
use wire::{
    ChangeHash, Content, DocId, EntryId, Kind, PublicKey, ReceiptContent, ReviewContent,
    SubmissionContent, Timeliness, Verdict,
};

use crate::drafts;
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

/// A submission with everything stated about it.
#[derive(Clone, Debug)]
pub(crate) struct Submitted {
    pub(crate) id: EntryId,
    pub(crate) author: PublicKey,
    pub(crate) time: Timestamp,
    pub(crate) content: SubmissionContent,
    pub(crate) receipt: Option<Receipted>,
    pub(crate) incomplete: Option<EntryId>,
    pub(crate) reviews: Vec<Reviewed>,
}

#[derive(Clone, Debug)]
pub(crate) struct Receipted {
    pub(crate) id: EntryId,
    pub(crate) time: Timestamp,
}

#[derive(Clone, Debug)]
pub(crate) struct Reviewed {
    pub(crate) author: PublicKey,
    pub(crate) time: Timestamp,
    pub(crate) id: EntryId,
    pub(crate) content: ReviewContent,
}

impl Submitted {
    /// In time or not, by the receipt; `None` without receipt or due time.
    pub(crate) fn timeliness(&self, due: Option<Timestamp>) -> Option<Timeliness> {
        let receipt = self.receipt.as_ref()?;
        let received = if model::sabotaged!(TrustAuthorsClock) {
            self.time
        } else {
            receipt.time
        };
        Some(match due {
            None => Timeliness::OnTime,
            Some(due) => match timeliness(self.time, received, due) {
                model::workflow::Timeliness::OnTime => Timeliness::OnTime,
                model::workflow::Timeliness::SignedOnTime => Timeliness::SignedOnTime,
                model::workflow::Timeliness::Late => Timeliness::Late,
            },
        })
    }

    /// The newest review.
    pub(crate) fn latest_review(&self) -> Option<&Reviewed> {
        self.reviews
            .iter()
            .max_by_key(|review| (review.time, review.id))
    }

    pub(crate) fn is_accepted(&self) -> bool {
        self.latest_review().is_some_and(|r| {
            r.content.verdict == Verdict::Accept || model::sabotaged!(CountReturned)
        })
    }
}

/// A report's statements, without the document itself.
#[derive(Clone, Debug)]
pub(crate) struct Statements {
    pub(crate) submissions: Vec<Submitted>,
    pub(crate) state: ReportState,
    /// Submissions that no other one replaces: one, unless two heads submitted
    /// side by side.
    pub(crate) current: Vec<EntryId>,
}

impl Statements {
    /// The submission that stands, if exactly one does.
    pub(crate) fn current(&self) -> Option<&Submitted> {
        match self.current.as_slice() {
            [id] => self.submissions.iter().find(|s| s.id == *id),
            _ => None,
        }
    }

    /// The latest accepted submission: what goes into a rollup.
    pub(crate) fn accepted(&self) -> Option<&Submitted> {
        let accepted = self.submissions.iter().filter(|s| s.is_accepted());
        accepted.max_by_key(|s| s.latest_review().map(|r| (r.time, r.id)))
    }

    /// The first receipt that any submission of this report got: a corrected
    /// report does not become late because it was corrected.
    pub(crate) fn first_received(&self) -> Option<&Submitted> {
        let received = self.submissions.iter().filter(|s| s.receipt.is_some());
        received.min_by_key(|s| s.receipt.as_ref().map(|r| (r.time, r.id)))
    }
}

/// The document with its form and the authors of its changes.
pub(crate) struct Loaded {
    pub(crate) key: ReportKey,
    pub(crate) form: Arc<Form>,
    pub(crate) report: Report,
    pub(crate) verdicts: Verdicts,
    pub(crate) authors: HashMap<ChangeHash, Authorship>,
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

impl Replica {
    /// Entries of a report of one kind that are in effect.
    fn standing_entries(&self, key: &ReportKey, kind: Kind) -> Result<Vec<Verified>, Error> {
        let filter = EntryFilter {
            unit: Some(key.unit.clone()),
            kind: Some(kind),
            period: Some(Some(key.period)),
            doc: Some(key.doc()),
            ..Default::default()
        };
        let mut judge = identity::Judge::new(&self.store);
        let mut standing = Vec::new();
        for stored in self.store.entries(&filter)? {
            if judge.standing(&stored.entry)?.is_in_effect() {
                standing.push(stored.entry);
            }
        }
        Ok(standing)
    }

    /// Builds a report's document from every change in effect.
    pub(crate) fn load(&self, key: &ReportKey) -> Result<Loaded, Error> {
        let form = self.form_for(key)?;
        let mut incoming = Vec::new();
        let mut authors = HashMap::new();
        for entry in self.standing_entries(key, Kind::Changes)? {
            let Content::Changes(content) = &entry.body().content else {
                continue;
            };
            let changes: Vec<Vec<u8>> = content.changes.iter().map(|c| c.to_vec()).collect();
            for hash in changes.iter().filter_map(|raw| document::change_hash(raw)) {
                let authorship = Authorship {
                    author: entry.author(),
                    entry: entry.id(),
                    time: entry.body().time,
                    simulated: entry.body().simulated,
                };
                authors.entry(hash).or_insert(authorship);
            }
            incoming.push(Incoming {
                entry: entry.id(),
                author: entry.author(),
                changes,
            });
        }
        let (first, later) = self.form_versions(key)?;
        let later: Vec<&Form> = later.iter().map(Arc::as_ref).collect();
        let mut received: HashMap<EntryId, document::Moment> = HashMap::new();
        let mut judge = identity::Judge::new(&self.store);
        for one in &incoming {
            if let Some(mark) = judge.earliest_receipt(&one.entry)? {
                received.insert(one.entry, (mark.time.0, mark.seq));
            }
        }
        // Of two branches of a fork the one that was received first holds.
        let prefer = |entry: &EntryId| received.get(entry).copied();
        let (report, verdicts) =
            Report::rebuild_with(&first, &later, key.doc(), &incoming, &prefer);
        Ok(Loaded {
            key: key.clone(),
            form,
            report,
            verdicts,
            authors,
        })
    }

    /// The document with the drafts of this machine made into changes that
    /// nobody has signed, so that a view shows exactly what sealing will give.
    pub(crate) fn load_with_drafts(&self, key: &ReportKey) -> Result<(Loaded, usize), Error> {
        let mut loaded = self.load(key)?;
        let drafts = self.live_drafts(&key.doc())?;
        lay_over(&mut loaded, &drafts)?;
        Ok((loaded, drafts.len()))
    }

    /// What was submitted, received and reviewed.
    pub(crate) fn statements(
        &self,
        key: &ReportKey,
        has_content: bool,
    ) -> Result<Statements, Error> {
        let mut submissions = Vec::new();
        for entry in self.standing_entries(key, Kind::Submission)? {
            let Content::Submission(content) = &entry.body().content else {
                continue;
            };
            submissions.push(Submitted {
                id: entry.id(),
                author: entry.author(),
                time: entry.body().time,
                content: content.clone(),
                receipt: None,
                incomplete: None,
                reviews: Vec::new(),
            });
        }
        if !submissions.is_empty() {
            self.attach_reviews(key, &mut submissions)?;
            self.attach_receipts(key, &mut submissions)?;
        }
        submissions.sort_by_key(|s| (s.time, s.id));
        let facts: Vec<SubmissionFact> = submissions.iter().map(fact).collect();
        let (state, current) = derive(&facts, has_content);
        let current = current.into_iter().map(EntryId).collect();
        Ok(Statements {
            submissions,
            state,
            current,
        })
    }

    fn attach_reviews(&self, key: &ReportKey, submissions: &mut [Submitted]) -> Result<(), Error> {
        for entry in self.standing_entries(key, Kind::Review)? {
            let Content::Review(content) = &entry.body().content else {
                continue;
            };
            if let Some(s) = submissions.iter_mut().find(|s| s.id == content.submission) {
                s.reviews.push(Reviewed {
                    author: entry.author(),
                    time: entry.body().time,
                    id: entry.id(),
                    content: content.clone(),
                });
            }
        }
        Ok(())
    }

    fn attach_receipts(&self, key: &ReportKey, submissions: &mut [Submitted]) -> Result<(), Error> {
        let mut by_id: BTreeMap<EntryId, &mut Submitted> =
            submissions.iter_mut().map(|s| (s.id, s)).collect();
        self.for_receipts(&key.unit, Some(key.period), |entry, receipt| {
            for id in &receipt.received {
                let Some(s) = by_id.get_mut(id) else { continue };
                let here = Receipted {
                    id: entry.id(),
                    time: entry.body().time,
                };
                let earlier = s
                    .receipt
                    .as_ref()
                    .is_none_or(|r| (here.time, here.id) < (r.time, r.id));
                if earlier {
                    s.receipt = Some(here);
                }
            }
            for incomplete in &receipt.incomplete {
                if let Some(s) = by_id.get_mut(&incomplete.submission) {
                    s.incomplete = Some(entry.id());
                }
            }
        })
    }

    /// Every receipt in effect over a unit's report stream of a period.
    pub(crate) fn for_receipts(
        &self,
        unit: &UnitPath,
        period: Option<Period>,
        mut each: impl FnMut(&Verified, &ReceiptContent),
    ) -> Result<(), Error> {
        let filter = EntryFilter {
            unit: Some(unit.clone()),
            stream: Some(wire::Stream::Report),
            kind: Some(Kind::Receipt),
            period: Some(period),
            ..Default::default()
        };
        let mut judge = identity::Judge::new(&self.store);
        for stored in self.store.entries(&filter)? {
            let Content::Receipt(receipt) = &stored.entry.body().content else {
                continue;
            };
            if judge.standing(&stored.entry)?.is_in_effect() {
                each(&stored.entry, receipt);
            }
        }
        Ok(())
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

/// Lays drafts over a report, in their order.
pub(crate) fn lay_over(loaded: &mut Loaded, drafts: &[Draft]) -> Result<(), Error> {
    let mut entropy = Counter(0);
    for (person, group) in drafts::groups(drafts) {
        let edits = drafts::edits(&group);
        let time = group
            .iter()
            .map(|draft| draft.time)
            .max()
            .unwrap_or_default();
        let heads = loaded.report.still_seen(&group[0].heads);
        let change = match loaded
            .report
            .seal(&heads, &edits, &person, time, &mut entropy)
        {
            // Typed again what was there.
            Err(SealError::Nothing) => continue,
            sealed => sealed?,
        };
        let Some(hash) = document::change_hash(&change) else {
            continue;
        };
        let entry = EntryId(hash.0);
        let authorship = Authorship {
            author: person,
            entry,
            time,
            simulated: false,
        };
        loaded.authors.insert(hash, authorship);
        let incoming = [Incoming {
            entry,
            author: person,
            changes: vec![change],
        }];
        let form = loaded.form.clone();
        loaded.report.admit(&form, &incoming);
    }
    Ok(())
}

fn fact(submission: &Submitted) -> SubmissionFact {
    SubmissionFact {
        id: submission.id.0,
        replaces: submission.content.replaces.iter().map(|id| id.0).collect(),
        reviews: submission
            .reviews
            .iter()
            .map(|review| ReviewFact {
                accept: review.content.verdict == Verdict::Accept,
                order: (review.time.0, review.id.0),
            })
            .collect(),
    }
}

/// Actor suffixes for views only: never in anything that is signed or stored.
struct Counter(u8);

impl Entropy for Counter {
    fn fill(&mut self, buffer: &mut [u8]) {
        self.0 = self.0.wrapping_add(1);
        buffer.fill(self.0);
    }
}
