//! `verify --repair`: what is damaged leaves the entries, so that the rest works
//! and the next sessions fetch it again.
//!
//! Nothing vanishes: what was taken out is kept as it lay there and shown by
//! `status` until the entry is held again, from a peer or because what it rested on
//! is back. Peers find out by the fingerprints, whatever their marks say.

use identity::Signed;
use serde::Serialize;
use store::{Remains, StoreError};
use wire::frame::CHAIN_MAX_COUNT;
use wire::{Entry, EntryId, Kind};

use crate::gates::{Touched, note_due, note_touched, note_undermined};
use crate::status::Problem;
use crate::{Error, Replica, gates, intake, receipts};

/// The newest row when it was last tried to put back what had been taken out.
const META_MENDED_ROW: &str = "mended-row";

/// The answer to `verify --repair`.
#[derive(Clone, Debug, Serialize)]
pub struct RepairView {
    /// Nothing is damaged any more. What was taken out may still have to come.
    pub ok: bool,
    /// The entries that are left.
    pub entries: usize,
    /// The rows that were damaged, or rested on a damaged one.
    pub taken_out: Vec<DamagedView>,
    /// How many of these were good and put back.
    pub put_back: usize,
    /// Indexes and projections were computed anew.
    pub rebuilt: bool,
    /// What could not be repaired: restore a backup.
    pub problems: Vec<Problem>,
}

/// A row that was taken out of the entries.
#[derive(Clone, Debug, Serialize)]
pub struct DamagedView {
    /// The row.
    pub row: i64,
    /// The id that stood there, if it can be read.
    pub id: Option<EntryId>,
    /// The kind that stood there.
    pub kind: String,
    /// What is wrong with it.
    pub reason: String,
}

impl DamagedView {
    fn new(damaged: store::Damaged) -> Self {
        DamagedView {
            row: damaged.row,
            id: damaged.id,
            kind: damaged.kind,
            reason: damaged.reason,
        }
    }
}

impl Replica {
    /// Takes out what [`Replica::verify`] finds damaged, with what rests on it,
    /// computes the projections anew and puts back what is good.
    pub fn repair(&mut self) -> Result<RepairView, Error> {
        let before = self.verify()?;
        let mut view = RepairView {
            ok: true,
            entries: before.entries,
            taken_out: Vec::new(),
            put_back: 0,
            rebuilt: !before.ok,
            problems: Vec::new(),
        };
        if before.ok {
            return Ok(view);
        }
        if before.problems.iter().any(|problem| problem.kind == "file") {
            // An index can be built anew; a page that cannot be read stays a
            // problem, which is reported in the end.
            match self.store.reindex() {
                Ok(()) | Err(StoreError::Corrupt { .. } | StoreError::Sqlite(_)) => {}
                Err(other) => return Err(other.into()),
            }
        }
        let known = self.damaged_views()?.len();
        match self.check_rows(Signed::check) {
            Ok(rows) if rows.bad.is_empty() => self.store.rebuild()?,
            Ok(rows) => self.take_out(&rows.bad)?,
            Err(StoreError::Corrupt { .. }) => {
                view.problems = before.problems;
                view.ok = false;
                return Ok(view);
            }
            Err(other) => return Err(other.into()),
        }
        view.taken_out = self.damaged_views()?.split_off(known);
        view.put_back = self.mend()?;
        let after = self.verify()?;
        view.entries = after.entries;
        view.ok = after.ok;
        view.problems = after.problems;
        Ok(view)
    }

    fn take_out(&mut self, rows: &[(i64, String)]) -> Result<(), Error> {
        self.parsed_forms.borrow_mut().clear();
        self.store.write(|tx| -> Result<(), Error> {
            tx.discard(rows)?;
            // Of what a lost receipt covered nobody may ever have heard; and the
            // number of a lost row is given again.
            receipts::start_over(tx)?;
            gates::start_over(tx)?;
            Ok(tx.delete_meta(META_MENDED_ROW)?)
        })
    }

    /// What was taken out and is not held again.
    pub(crate) fn damaged_views(&self) -> Result<Vec<DamagedView>, Error> {
        let damaged = self.store.damaged()?.into_iter();
        Ok(damaged.map(DamagedView::new).collect())
    }

    /// Puts back what was taken out and turns out to be good: only the id beside it
    /// was damaged, or the credential that it rests on is held again. Forgets what
    /// peers have brought.
    pub(crate) fn mend(&mut self) -> Result<usize, Error> {
        let newest = self.store.max_row()?.to_string();
        if self.store.meta(META_MENDED_ROW)?.as_ref() == Some(&newest)
            || self.store.remains_after(0)?.is_empty()
        {
            return Ok(0);
        }
        let (mut mended, mut newest) = (0, newest);
        loop {
            let before = mended;
            let mut after = 0;
            loop {
                let page = self.store.remains_after(after)?;
                let Some(last) = page.last() else { break };
                after = last.seq;
                mended += self.mend_page(page)?;
            }
            if mended == before {
                break;
            }
            newest = self.store.max_row()?.to_string();
        }
        self.store
            .write(|tx| tx.set_meta(META_MENDED_ROW, &newest))?;
        Ok(mended)
    }

    /// A credential of the own node, and those it rests on, among what was taken out:
    /// who lost what these rest on introduces itself with them, and gets it back.
    pub(crate) fn chain_aside(&self) -> Result<Vec<Entry>, Error> {
        let mut aside: Vec<Entry> = Vec::new();
        let mut after = 0;
        loop {
            let page = self.store.remains_after(after)?;
            let Some(last) = page.last() else { break };
            after = last.seq;
            let entries = page.into_iter().filter_map(|one| one.entry);
            let good = |entry: &Entry| {
                entry.body().kind() == Kind::Credential && Signed::check(entry.clone()).is_ok()
            };
            aside.extend(entries.filter(good));
        }
        let (mut chain, mut todo) = (Vec::new(), vec![(self.node_key(), self.unit.clone())]);
        while let Some((key, unit)) = todo.pop() {
            // What a registrar below or beside says of the key is no part of it.
            let carries = |entry: &Entry| {
                entry.body().unit.contains(&unit) && intake::granted_keys(entry).contains(&key)
            };
            if let Some(at) = aside.iter().position(carries) {
                let entry = aside.swap_remove(at);
                todo.push((entry.author(), entry.body().unit.clone()));
                chain.push(entry);
            }
        }
        chain.truncate(CHAIN_MAX_COUNT);
        chain.reverse();
        Ok(chain)
    }

    fn mend_page(&mut self, page: Vec<Remains>) -> Result<usize, Error> {
        let anchor = self.anchor;
        self.store.write(|tx| -> Result<usize, Error> {
            let (mut mended, mut touched) = (0, Touched::new());
            for one in page {
                let by_bytes = one.entry.as_ref().map(Entry::id);
                let mut held = false;
                for id in [one.id, by_bytes].into_iter().flatten() {
                    held |= tx.has(&id)?;
                }
                if let (false, Some(entry)) = (held, one.entry)
                    && let Ok(signed) = Signed::check(entry)
                    && let Ok(verified) = intake::authorise(tx, &anchor, signed)?
                {
                    tx.insert(&verified, one.arrived, one.from.as_ref())?;
                    note_touched(verified.entry(), &mut touched);
                    note_undermined(tx, verified.entry())?;
                    held = true;
                    mended += 1;
                }
                if held {
                    tx.forget_damaged(one.seq)?;
                }
            }
            note_due(tx, &touched)?;
            Ok(mended)
        })
    }
}
