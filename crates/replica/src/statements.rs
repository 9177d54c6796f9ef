//! What was stated about reports: submitted, received, reviewed. Without the
//! documents themselves, so that a whole province can be looked at in one pass.

use std::collections::HashMap;

use identity::{Ledger, Verified};
use model::workflow::{ReportState, ReviewFact, SubmissionFact, derive, timeliness};
use model::{Period, Timestamp, UnitPath};
use store::{EntryFilter, Store, StoreError};
use wire::{
    Content, DocId, EntryId, Kind, PublicKey, ReceiptContent, ReviewContent, Stream,
    SubmissionContent, Timeliness, Verdict,
};

use crate::report::ReportKey;
use crate::{Error, Replica};

/// Judges entries of this store; one for as many of them as possible.
pub(crate) type Judge<'l, L = Store> = identity::Judge<'l, L>;

/// What is held about keys: the store itself or, where thousands of questions
/// come, [`store::Keys`].
pub(crate) trait Held: Ledger<Error = StoreError> {}

impl<L: Ledger<Error = StoreError>> Held for L {}

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
    fn new(entry: &Verified) -> Option<Self> {
        let Content::Submission(content) = &entry.body().content else {
            return None;
        };
        Some(Submitted {
            id: entry.id(),
            author: entry.author(),
            time: entry.body().time,
            content: content.clone(),
            receipt: None,
            incomplete: None,
            reviews: Vec::new(),
        })
    }

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

    /// When it was accepted for the first time.
    pub(crate) fn first_accepted(&self) -> Option<Timestamp> {
        let accepted = |review: &&Reviewed| review.content.verdict == Verdict::Accept;
        let accepted = self.reviews.iter().filter(accepted);
        accepted.map(|review| review.time).min()
    }

    pub(crate) fn is_accepted(&self) -> bool {
        self.latest_review().is_some_and(|r| {
            r.content.verdict == Verdict::Accept || model::sabotaged!(CountReturned)
        })
    }

    /// Whether what it rests on was not all there when it was last looked at.
    pub(crate) fn is_incomplete(&self) -> bool {
        self.receipt.is_none() && self.incomplete.is_some()
    }

    /// The earliest receipt counts.
    fn add_receipt(&mut self, entry: &Verified) {
        let here = Receipted {
            id: entry.id(),
            time: entry.body().time,
        };
        let known = self.receipt.as_ref();
        if known.is_none_or(|known| (here.time, here.id) < (known.time, known.id)) {
            self.receipt = Some(here);
        }
    }

    fn fact(&self) -> SubmissionFact {
        let review = |review: &Reviewed| ReviewFact {
            accept: review.content.verdict == Verdict::Accept,
            order: (review.time.0, review.id.0),
        };
        SubmissionFact {
            id: self.id.0,
            replaces: self.content.replaces.iter().map(|id| id.0).collect(),
            reviews: self.reviews.iter().map(review).collect(),
        }
    }
}

/// A report's statements, without the document itself.
#[derive(Clone, Debug)]
pub(crate) struct Statements {
    /// By (time, id).
    pub(crate) submissions: Vec<Submitted>,
    pub(crate) state: ReportState,
    /// Submissions that no other one replaces: one, unless two heads submitted
    /// side by side.
    pub(crate) current: Vec<EntryId>,
}

impl Statements {
    fn new(mut submissions: Vec<Submitted>, has_content: bool) -> Self {
        submissions.sort_by_key(|s| (s.time, s.id));
        let facts: Vec<SubmissionFact> = submissions.iter().map(Submitted::fact).collect();
        let (state, current) = derive(&facts, has_content);
        Statements {
            submissions,
            state,
            current: current.into_iter().map(EntryId).collect(),
        }
    }

    /// The submission that stands, if exactly one does.
    pub(crate) fn current(&self) -> Option<&Submitted> {
        match self.current.as_slice() {
            [id] => self.submissions.iter().find(|s| s.id == *id),
            _ => None,
        }
    }

    /// The submission to show: the one that stands, else the newest.
    pub(crate) fn shown(&self) -> Option<&Submitted> {
        self.current().or(self.submissions.last())
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

    /// In time or not, by that first receipt.
    pub(crate) fn timeliness(&self, due: Option<Timestamp>) -> Option<Timeliness> {
        self.first_received()?.timeliness(due)
    }
}

/// Where to look for statements: of one document, or of all at and below a unit.
struct Scope<'a> {
    unit: &'a UnitPath,
    period: Period,
    doc: Option<DocId>,
}

impl Scope<'_> {
    fn filter(&self, kind: Kind) -> EntryFilter {
        EntryFilter {
            unit: Some(self.unit.clone()),
            subtree: self.doc.is_none(),
            stream: Some(Stream::Report),
            kind: Some(kind),
            period: Some(Some(self.period)),
            doc: self.doc,
            ..EntryFilter::default()
        }
    }
}

impl Replica {
    /// What was submitted, received and reviewed of one report.
    pub(crate) fn statements(
        &self,
        key: &ReportKey,
        has_content: bool,
    ) -> Result<Statements, Error> {
        self.statements_by(key, has_content, &mut Judge::new(&self.store))
    }

    /// The same where a judge is at hand.
    pub(crate) fn statements_by<L: Held>(
        &self,
        key: &ReportKey,
        has_content: bool,
        judge: &mut Judge<'_, L>,
    ) -> Result<Statements, Error> {
        let scope = Scope {
            unit: &key.unit,
            period: key.period,
            doc: Some(key.doc()),
        };
        let found = self.gather(&scope, std::slice::from_ref(key), judge)?;
        let submissions = found.into_iter().next().unwrap_or_default();
        Ok(Statements::new(submissions, has_content))
    }

    /// The same of many reports of one period at and below a unit, in one pass
    /// over each kind: in the order of the keys. Whether a report without a
    /// submission was begun is asked for it alone.
    pub(crate) fn statements_of<L: Held>(
        &self,
        below: &UnitPath,
        period: Period,
        keys: &[ReportKey],
        judge: &mut Judge<'_, L>,
    ) -> Result<Vec<Statements>, Error> {
        let scope = Scope {
            unit: below,
            period,
            doc: None,
        };
        let found = self.gather(&scope, keys, judge)?;
        let statements = keys.iter().zip(found).map(|(key, submissions)| {
            let begun = !submissions.is_empty() || self.has_changes(key)?;
            Ok(Statements::new(submissions, begun))
        });
        statements.collect()
    }

    /// The submissions of each of the reports, with what was said of them.
    fn gather<L: Held>(
        &self,
        scope: &Scope<'_>,
        keys: &[ReportKey],
        judge: &mut Judge<'_, L>,
    ) -> Result<Vec<Vec<Submitted>>, Error> {
        let docs: HashMap<DocId, usize> = keys
            .iter()
            .enumerate()
            .map(|(at, key)| (key.doc(), at))
            .collect();
        let mut found: Vec<Vec<Submitted>> = vec![Vec::new(); keys.len()];
        let report_of = |entry: &Verified| {
            let at = *docs.get(&entry.body().doc?)?;
            (keys[at].unit == entry.body().unit).then_some(at)
        };
        let mut places: HashMap<EntryId, (usize, usize)> = HashMap::new();
        self.for_standing(&scope.filter(Kind::Submission), judge, |entry| {
            if let (Some(at), Some(submitted)) = (report_of(entry), Submitted::new(entry)) {
                places.insert(submitted.id, (at, found[at].len()));
                found[at].push(submitted);
            }
        })?;
        if places.is_empty() {
            return Ok(found);
        }
        self.for_standing(&scope.filter(Kind::Review), judge, |entry| {
            let Content::Review(content) = &entry.body().content else {
                return;
            };
            let place = places.get(&content.submission);
            if let Some((at, place)) = place.filter(|(at, _)| report_of(entry) == Some(*at)) {
                found[*at][*place].reviews.push(Reviewed {
                    author: entry.author(),
                    time: entry.body().time,
                    id: entry.id(),
                    content: content.clone(),
                });
            }
        })?;
        for (key, submissions) in keys.iter().zip(&mut found) {
            for submitted in submissions {
                self.add_receipts(key, submitted, judge)?;
            }
        }
        Ok(found)
    }

    /// Whether somebody who signs at this unit may honestly call a report in time or
    /// late like this: by all receipts that are held here, or by those alone that were
    /// given at the unit or below. What a node further up gave reaches it by way of the
    /// facility, if at all.
    pub(crate) fn may_be_called(
        &self,
        called: Option<Timeliness>,
        (key, statements): (&ReportKey, &Statements),
        signer: &UnitPath,
        due: Option<Timestamp>,
    ) -> Result<bool, Error> {
        if statements.timeliness(due) == called {
            return Ok(true);
        }
        let mut there = statements.clone();
        let mut judge = Judge::new(&self.store);
        for submitted in &mut there.submissions {
            submitted.receipt = None;
            self.find_receipt(key, submitted, &mut judge, Some(signer))?;
        }
        Ok(there.timeliness(due) == called)
    }

    /// The receipt of a submission or, without one, the last answer that it was
    /// incomplete.
    fn add_receipts<L: Held>(
        &self,
        key: &ReportKey,
        submitted: &mut Submitted,
        judge: &mut Judge<'_, L>,
    ) -> Result<(), Error> {
        self.find_receipt(key, submitted, judge, None)?;
        if submitted.receipt.is_some() {
            return Ok(());
        }
        let filter = receipts_filter(&key.unit, Some(key.period));
        self.for_standing(&filter, judge, |entry| {
            if let Content::Receipt(receipt) = &entry.body().content
                && receipt
                    .incomplete
                    .iter()
                    .any(|incomplete| incomplete.submission == submitted.id)
            {
                submitted.incomplete = Some(entry.id());
            }
        })
    }

    /// The earliest receipt of a submission, given anywhere or not above a unit.
    /// Receipts are found by what they list: most of the others that lie beside them
    /// carry whole proofs of inclusion.
    fn find_receipt<L: Held>(
        &self,
        key: &ReportKey,
        submitted: &mut Submitted,
        judge: &mut Judge<'_, L>,
        not_above: Option<&UnitPath>,
    ) -> Result<(), Error> {
        for listing in self.store.receipts_listing(&submitted.id)? {
            let entry = &listing.entry;
            let Content::Receipt(receipt) = &entry.body().content else {
                continue;
            };
            // A receipt speaks of the reports of its own unit and period only.
            let body = entry.body();
            let place = (body.stream, &body.unit, body.period);
            if receipt.received.contains(&submitted.id)
                && place == (Stream::Report, &key.unit, Some(key.period))
                && judge.standing(entry)?.is_in_effect()
                && !self.is_from_above(entry, not_above)?
            {
                submitted.add_receipt(entry);
            }
        }
        Ok(())
    }

    fn is_from_above(&self, entry: &Verified, unit: Option<&UnitPath>) -> Result<bool, Error> {
        let Some(unit) = unit else {
            return Ok(false);
        };
        let grants = self.store.grants_of(&entry.author())?;
        Ok(grants.iter().any(|grant| grant.unit.is_above(unit)))
    }

    /// Calls `each` with every entry that matches and is in effect, by row.
    pub(crate) fn for_standing<L: Held>(
        &self,
        filter: &EntryFilter,
        judge: &mut Judge<'_, L>,
        mut each: impl FnMut(&Verified),
    ) -> Result<(), Error> {
        let mut failed = None;
        self.store.for_each(filter, |stored| {
            if failed.is_some() {
                return;
            }
            match judge.standing(&stored.entry) {
                Ok(standing) if standing.is_in_effect() => each(&stored.entry),
                Ok(_) => {}
                Err(error) => failed = Some(error),
            }
        })?;
        failed.map_or(Ok(()), |error| Err(error.into()))
    }

    /// Every receipt in effect over a unit's report stream of a period.
    pub(crate) fn for_receipts(
        &self,
        unit: &UnitPath,
        period: Option<Period>,
        mut each: impl FnMut(&Verified, &ReceiptContent),
    ) -> Result<(), Error> {
        let filter = receipts_filter(unit, period);
        self.for_standing(&filter, &mut Judge::new(&self.store), |entry| {
            if let Content::Receipt(receipt) = &entry.body().content {
                each(entry, receipt);
            }
        })
    }
}

fn receipts_filter(unit: &UnitPath, period: Option<Period>) -> EntryFilter {
    EntryFilter {
        unit: Some(unit.clone()),
        stream: Some(Stream::Report),
        kind: Some(Kind::Receipt),
        period: Some(period),
        ..EntryFilter::default()
    }
}
