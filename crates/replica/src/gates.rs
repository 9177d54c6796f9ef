//! When the gate gives its verdict: not with every batch, but when a report is
//! loaded for a receipt, when a session ends, and when `status` is asked. What
//! still waits is noted in the store, in the transaction that brought it. A form
//! that comes late is noticed by its row.
//!
//! The verdicts noted here are for people to see. What has effect is decided anew
//! whenever a report is loaded.

use std::collections::BTreeSet;

use store::{GateDue, Quarantined, Store, Tx};
use wire::{Content, DocId, Entry, EntryId};

use crate::report::Loaded;
use crate::{Error, Replica};

/// Up to which row forms and campaigns have made the gate look at what rests on
/// them.
const META_FORMS_ROW: &str = "gates-forms-row";

/// Shown of a change that waits: for one under way, or for ever if the one that it
/// was made upon has lost its effect. Its author has to make it again.
const WAITING: &str = "rests on changes that are not here or have no effect";

/// Reports that new entries belong to.
pub(crate) type Touched = BTreeSet<GateDue>;

/// The gate's verdict on a document, from what was held up to a row.
#[derive(Debug)]
pub(crate) struct Gated {
    doc: DocId,
    up_to_row: i64,
    quarantined: Vec<(EntryId, String)>,
}

impl Gated {
    pub(crate) fn new(loaded: &Loaded, up_to_row: i64) -> Self {
        let verdicts = &loaded.verdicts;
        let set_aside = verdicts.quarantined.iter();
        let set_aside = set_aside.map(|(entry, reason)| (*entry, reason.to_string()));
        let waiting = verdicts.waiting.iter();
        let waiting = waiting.map(|(entry, _)| (*entry, WAITING.to_owned()));
        Gated {
            doc: loaded.key.doc(),
            up_to_row,
            quarantined: set_aside.chain(waiting).collect(),
        }
    }

    /// A document of no form that is known here: nothing can be said of it before
    /// the form comes.
    fn unknown(doc: DocId, up_to_row: i64) -> Self {
        Gated {
            doc,
            up_to_row,
            quarantined: Vec::new(),
        }
    }

    pub(crate) fn store(&self, tx: &Tx<'_>) -> Result<(), Error> {
        if !tx.gate_done(&self.doc, self.up_to_row)? {
            return Ok(());
        }
        tx.clear_quarantine(&self.doc)?;
        for (entry, reason) in &self.quarantined {
            tx.quarantine(entry, &self.doc, reason, document::AUTOMERGE_VERSION)?;
        }
        Ok(())
    }
}

/// Notes the report that an entry changes.
pub(crate) fn note_touched(entry: &Entry, touched: &mut Touched) {
    let body = entry.body();
    if let (Content::Changes(_), Some(period), Some(doc)) = (&body.content, body.period, body.doc) {
        touched.insert(GateDue {
            unit: body.unit.clone(),
            period,
            doc,
        });
    }
}

/// The gate will look at what loses its author with an entry: whose changes do not
/// count any more is no ancestor of anything.
pub(crate) fn note_undermined(tx: &Tx<'_>, entry: &Entry) -> Result<(), Error> {
    let body = entry.body();
    if matches!(body.content, Content::Revocation(_)) {
        tx.note_gates_due_below(&body.unit)?;
    }
    Ok(())
}

/// The gate will look at these.
pub(crate) fn note_due(tx: &Tx<'_>, touched: &Touched) -> Result<(), Error> {
    for due in touched {
        tx.note_gate_due(due)?;
    }
    Ok(())
}

/// The gate will look again at whatever rests on any form: rows have new numbers.
pub(crate) fn start_over(tx: &Tx<'_>) -> Result<(), Error> {
    Ok(tx.delete_meta(META_FORMS_ROW)?)
}

fn forms_row(store: &Store) -> Result<i64, Error> {
    let row = store.meta(META_FORMS_ROW)?;
    Ok(row.and_then(|row| row.parse().ok()).unwrap_or(0))
}

impl Replica {
    /// Takes the verdicts that are due.
    pub(crate) fn run_gates(&mut self) -> Result<(), Error> {
        let newest = self.store.max_row()?;
        let forms = self.forms_after(forms_row(&self.store)?)?;
        if !forms.is_empty() {
            let begun = self.begun_on(&forms)?;
            self.store.write(|tx| -> Result<(), Error> {
                note_due(tx, &begun)?;
                Ok(tx.set_meta(META_FORMS_ROW, &newest.to_string())?)
            })?;
        }
        for due in self.store.gates_due()? {
            let gated = self.gate(&due)?;
            self.store.write(|tx| gated.store(tx))?;
        }
        Ok(())
    }

    fn gate(&self, due: &GateDue) -> Result<Gated, Error> {
        let up_to_row = self.store.max_row()?;
        let Some(key) = self.key_of(&due.unit, due.period, &due.doc)? else {
            return Ok(Gated::unknown(due.doc, up_to_row));
        };
        match self.load(&key) {
            Ok(loaded) => Ok(Gated::new(&loaded, up_to_row)),
            Err(Error::NoSuchForm(_)) => Ok(Gated::unknown(due.doc, up_to_row)),
            Err(error) => Err(error),
        }
    }

    /// Everything that is set aside, with what is due and not yet noted.
    pub(crate) fn quarantined(&self) -> Result<Vec<(EntryId, String)>, Error> {
        let mut due: Touched = self.store.gates_due()?.into_iter().collect();
        due.extend(self.begun_on(&self.forms_after(forms_row(&self.store)?)?)?);
        let waits = |one: &Quarantined| due.iter().any(|due| due.doc == one.doc);
        let known = self.store.quarantined()?.into_iter();
        let mut all: Vec<(EntryId, String)> = known
            .filter(|one| !waits(one))
            .map(|one| (one.entry, one.reason))
            .collect();
        for due in &due {
            all.extend(self.gate(due)?.quarantined);
        }
        Ok(all)
    }
}
