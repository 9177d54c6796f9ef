//! When the gate gives its verdict: not with every batch, but when a report is
//! loaded for a receipt, when a session ends, and when `status` is asked. What
//! still waits is noted in the store, in the transaction that brought it.

use std::collections::BTreeSet;

use store::{GateDue, Quarantined, Tx};
use wire::{Content, DocId, Entry, EntryId};

use crate::report::Loaded;
use crate::{Error, Replica};

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
        let set_aside = loaded.verdicts.quarantined.iter();
        Gated {
            doc: loaded.key.doc(),
            up_to_row,
            quarantined: set_aside
                .map(|(entry, reason)| (*entry, reason.to_string()))
                .collect(),
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
        tx.clear_quarantine(&self.doc)?;
        for (entry, reason) in &self.quarantined {
            tx.quarantine(entry, &self.doc, reason, document::AUTOMERGE_VERSION)?;
        }
        Ok(tx.gate_done(&self.doc, self.up_to_row)?)
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

/// The gate will look at these.
pub(crate) fn note_due(tx: &Tx<'_>, touched: &Touched) -> Result<(), Error> {
    for due in touched {
        tx.note_gate_due(due)?;
    }
    Ok(())
}

impl Replica {
    /// Takes the verdicts that are due.
    pub(crate) fn run_gates(&mut self) -> Result<(), Error> {
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
        let due = self.store.gates_due()?;
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
