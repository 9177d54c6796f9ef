//! What the terminal form needs: a report in typed values, and edits that know
//! what the person saw.
//!
//! A screen may stand open for hours while reports arrive under it, so its edits
//! do not rest on what is held now but on the heads of the view that was shown:
//! what has come since stays visible as a conflict.

use std::collections::BTreeMap;
use std::sync::Arc;

use identity::Ledger;
use model::check::Check;
use model::workflow::ReportState;
use model::{Form, Scalar, Snapshot, Timeliness, Timestamp, UnitPath};
use store::EntryFilter;
use wire::{ChangeHash, PublicKey, Stream};

use crate::edit::{Change, Upon, require_row};
use crate::overview::plain;
use crate::report::{Loaded, ReportKey, lay_over};
use crate::statements::Statements;
use crate::units::is_from_above;
use crate::views::{CommentView, ConflictView};
use crate::{Clock, Error, Replica};

/// A report with everything that a screen shows of it.
#[derive(Clone, Debug)]
pub struct ScreenView {
    /// The form it is filled with.
    pub form: Arc<Form>,
    /// The unit's name.
    pub unit_name: String,
    /// When it has to be received, strictly before.
    pub due: Option<Timestamp>,
    /// How far it has come.
    pub state: ReportState,
    /// The values, with the drafts of this machine laid over.
    pub snapshot: Snapshot,
    /// The signed heads under it, to be handed back with each edit.
    pub seen: Vec<ChangeHash>,
    /// Keys with several concurrent values.
    pub conflicts: Vec<ConflictView>,
    /// Of the newest review, if it returned the report.
    pub comments: Vec<CommentView>,
    /// What the form's rules say, today.
    pub check: Check,
    /// The last accepted report before this one.
    pub previous: Option<Snapshot>,
    /// Drafts, and entries of this unit that the level above has not confirmed.
    pub pending: usize,
    /// When the submission that stands was signed.
    pub submitted_at: Option<Timestamp>,
    /// Fields that differ from it.
    pub changed: usize,
    /// Its receipt.
    pub receipt: Option<Received>,
    /// What was written since the view before, oldest first; nothing in a first
    /// view.
    pub news: Vec<News>,
}

/// Who wrote a key last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// The field or cell, or the marker of a row.
    pub code: String,
    /// Who.
    pub author: String,
    /// When, by the author's clock.
    pub time: Timestamp,
}

/// A receipt of the level above.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// By the receiver's clock.
    pub time: Timestamp,
    /// Of the report's first receipt: a correction does not make it late.
    pub timeliness: Timeliness,
    /// Who gave it.
    pub by: String,
}

impl Replica {
    /// A report for the screen.
    pub fn screen_view(&self, key: &ReportKey, now: Timestamp) -> Result<ScreenView, Error> {
        self.screen_view_since(key, now, &[])
    }

    /// The same with what was written since the view before, whose `seen` these
    /// heads are.
    pub fn screen_view_since(
        &self,
        key: &ReportKey,
        now: Timestamp,
        before: &[ChangeHash],
    ) -> Result<ScreenView, Error> {
        // Two processes may write in between; what is shown is of one moment.
        self.store.read(|_| self.read_screen(key, now, before))
    }

    fn read_screen(
        &self,
        key: &ReportKey,
        now: Timestamp,
        before: &[ChangeHash],
    ) -> Result<ScreenView, Error> {
        let mut loaded = self.load(key)?;
        let seen = loaded.report.heads();
        let (mut drafts, _) = self.split_drafts(self.store.drafts_all()?)?;
        let unsigned = drafts.len();
        drafts.retain(|draft| draft.doc == key.doc());
        lay_over(&mut loaded, &drafts)?;
        let begun = !drafts.is_empty() || !loaded.report.is_untouched();
        let statements = self.statements(key, begun)?;
        let due = self.due(key)?;
        let snapshot = loaded.report.snapshot();
        let current = statements.current();
        let changed = current.map_or(0, |submission| {
            let changes = loaded
                .report
                .diff(&submission.content.heads, &loaded.report.heads());
            changes.map_or(0, |changes| changes.len())
        });
        Ok(ScreenView {
            unit_name: self.known_name(&key.unit)?,
            due,
            state: statements.state,
            conflicts: self.conflict_views(&loaded)?,
            comments: self.comments(&key.unit, &statements)?,
            check: loaded.check(&snapshot, now, &loaded.report.conflicts()),
            previous: self.last_accepted(key)?.map(|(_, snapshot)| snapshot),
            pending: unsigned + self.unsent()?,
            submitted_at: current.map(|submission| submission.time),
            changed,
            receipt: self.received(&statements, due)?,
            news: self.news(&loaded, before)?,
            form: loaded.form,
            snapshot,
            seen,
        })
    }

    /// Who wrote what in the changes that are not below these heads.
    fn news(&self, loaded: &Loaded, before: &[ChangeHash]) -> Result<Vec<News>, Error> {
        if before.is_empty() {
            return Ok(Vec::new());
        }
        let mut names: BTreeMap<PublicKey, String> = BTreeMap::new();
        let mut news = Vec::new();
        for item in loaded.report.history_since(before) {
            let Some(by) = loaded.authors.get(&item.change) else {
                continue;
            };
            let author = match names.get(&by.author) {
                Some(name) => name.clone(),
                None => self.name_of(&by.author, &loaded.key.unit)?,
            };
            names.insert(by.author, author.clone());
            news.push(News {
                code: item.key.trim_start_matches('~').to_owned(),
                author,
                time: by.time,
            });
        }
        Ok(news)
    }

    /// The unit's name; before the first session as its invite has it.
    pub fn known_name(&self, unit: &UnitPath) -> Result<String, Error> {
        if let Some(name) = self.unit_name(unit)? {
            return Ok(name);
        }
        let grants = self.store.grants_at(unit)?;
        Ok(grants
            .iter()
            .find(|grant| is_from_above(grant, &grants))
            .map(|grant| grant.name.clone())
            .unwrap_or_default())
    }

    /// The receipt of the submission that stands.
    pub(crate) fn received(
        &self,
        statements: &Statements,
        due: Option<Timestamp>,
    ) -> Result<Option<Received>, Error> {
        let current = statements.current().and_then(|s| s.receipt.as_ref());
        let first = statements.timeliness(due);
        let (Some(receipt), Some(timeliness)) = (current, first) else {
            return Ok(None);
        };
        let by = match self.store.get(&receipt.id)? {
            Some(entry) => self.name_of(&entry.author(), &entry.body().unit)?,
            None => String::new(),
        };
        Ok(Some(Received {
            time: receipt.time,
            timeliness: plain(timeliness),
            by,
        }))
    }

    /// Entries about this unit's reports made here that no node of a unit above
    /// is known to hold.
    fn unsent(&self) -> Result<usize, Error> {
        let peers = self.store.peers()?;
        let above = peers
            .iter()
            .filter(|peer| peer.unit != self.unit && peer.unit.contains(&self.unit));
        let filter = EntryFilter {
            unit: Some(self.unit.clone()),
            stream: Some(Stream::Report),
            after_row: above.map(|peer| peer.acked_row).max().unwrap_or(0),
            ..Default::default()
        };
        let stored = self.store.entries(&filter)?;
        Ok(stored.iter().filter(|stored| stored.from.is_none()).count())
    }

    /// Sets one value upon the heads that the person saw, `seen` of the view.
    pub fn put_seen(
        &mut self,
        key: &ReportKey,
        person: &PublicKey,
        code: &str,
        value: Scalar,
        seen: &[ChangeHash],
        clock: Clock,
    ) -> Result<(), Error> {
        let (view, _) = self.load_with_drafts(key)?;
        let bad = |source| Error::Value {
            code: code.to_owned(),
            source,
        };
        view.form.check_scalar(code, &value).map_err(bad)?;
        require_row(&view, code)?;
        let sealed = self.load(key)?;
        let upon = Upon::seen(&sealed, seen, false);
        let change = Change::Put(code.to_owned(), value);
        self.draft_upon(&sealed, view, person, vec![change], &upon, clock)
    }

    /// Settles a conflict that the person saw: this value, whichever of the ones
    /// shown it was, now stands for all of them. One that has come since stays.
    pub fn choose_seen(
        &mut self,
        key: &ReportKey,
        person: &PublicKey,
        code: &str,
        value: Scalar,
        seen: &[ChangeHash],
        clock: Clock,
    ) -> Result<(), Error> {
        let sealed = self.load(key)?;
        let bad = |source| Error::Value {
            code: code.to_owned(),
            source,
        };
        // The value of a row's marker is given by the conflict, not by a form.
        if sealed
            .form
            .slot(code)
            .is_some_and(|slot| !matches!(slot, model::Slot::Row(..)))
        {
            sealed.form.check_scalar(code, &value).map_err(bad)?;
        }
        let upon = Upon::seen(&sealed, seen, true);
        let change = Change::Put(code.to_owned(), value);
        let (view, _) = self.load_with_drafts(key)?;
        self.draft_upon(&sealed, view, person, vec![change], &upon, clock)
    }

    /// Gives a co-edited text the edit that lies between `base` (the text that
    /// editing began from) and `text`, whatever has arrived or was drafted here
    /// meanwhile.
    pub fn set_text(
        &mut self,
        key: &ReportKey,
        person: &PublicKey,
        code: &str,
        base: &str,
        text: &str,
        clock: Clock,
    ) -> Result<(), Error> {
        let sealed = self.load(key)?;
        let bad = |source| Error::Value {
            code: code.to_owned(),
            source,
        };
        let text = model::input::clean_long_text(text).map_err(bad)?;
        // The person's own draft is replaced; a colleague's on this machine is
        // signed apart and must not be in here too.
        let mut view = self.load(key)?;
        let drafts = self.live_drafts(&key.doc())?;
        let own: Vec<_> = drafts
            .into_iter()
            .filter(|draft| draft.person == *person)
            .collect();
        lay_over(&mut view, &own)?;
        let there = view
            .report
            .snapshot()
            .texts
            .remove(code)
            .unwrap_or_default();
        let merged = document::merge_texts(base, &text, &there)?;
        let upon = Upon {
            heads: sealed.report.heads(),
            anew: true,
        };
        self.draft_upon(
            &sealed,
            view,
            person,
            vec![Change::Text(code.to_owned(), merged)],
            &upon,
            clock,
        )
    }
}

impl Upon {
    /// The heads that were seen, as far as they still count: a revocation may
    /// have taken some away.
    fn seen(sealed: &Loaded, seen: &[ChangeHash], anew: bool) -> Self {
        let gone = seen.is_empty() || !sealed.report.missing_ancestors(seen).is_empty();
        let heads = if gone {
            sealed.report.heads()
        } else {
            seen.to_vec()
        };
        Upon { heads, anew }
    }
}
