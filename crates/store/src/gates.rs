//! Which documents wait for the gate: a note made with the entries that ask for it,
//! so that the verdict may be taken later, once for many batches.

use model::{Period, UnitPath};
use wire::DocId;

use crate::tx::{Store, Tx};
use crate::{Result, columns};

/// A document on which the gate has to give its verdict anew.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct GateDue {
    /// Whose report.
    pub unit: UnitPath,
    /// Of which period.
    pub period: Period,
    /// The document.
    pub doc: DocId,
}

impl Store {
    /// The documents that wait for the gate.
    pub fn gates_due(&self) -> Result<Vec<GateDue>> {
        let sql = "SELECT unit, period, doc FROM gates_due ORDER BY doc";
        let mut select = self.conn.prepare_cached(sql)?;
        let mut rows = select.query(())?;
        let mut due = Vec::new();
        while let Some(row) = rows.next()? {
            let period = columns::period(&row.get::<_, String>(1)?)?;
            let Some(period) = period else { continue };
            due.push(GateDue {
                unit: columns::unit(&row.get::<_, String>(0)?)?,
                period,
                doc: columns::doc(row, 2)?,
            });
        }
        Ok(due)
    }
}

impl Tx<'_> {
    /// The gate has to look at every report of this unit and those below.
    pub fn note_gates_due_below(&self, unit: &UnitPath) -> Result<()> {
        let sql = "INSERT INTO gates_due (doc, unit, period, row)
                   SELECT DISTINCT e.doc, p.unit, p.period, ?2
                   FROM parts p CROSS JOIN entries e ON e.part = p.part AND e.kind = 'changes'
                   WHERE (p.unit = ?1 OR (p.unit > ?1 || '.' AND p.unit < ?1 || '/'))
                     AND p.period <> '' AND e.doc IS NOT NULL
                   ON CONFLICT (doc) DO UPDATE SET row = excluded.row";
        self.execute(sql, (unit.as_str(), self.max_row()?))
            .map(drop)
    }

    /// Something came that the gate has to look at.
    pub fn note_gate_due(&self, due: &GateDue) -> Result<()> {
        let sql = "INSERT INTO gates_due (doc, unit, period, row) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT (doc) DO UPDATE SET row = excluded.row";
        let params = (
            &due.doc.0[..],
            due.unit.as_str(),
            due.period.to_string(),
            self.max_row()?,
        );
        self.execute(sql, params).map(drop)
    }

    /// The gate has seen everything of the document up to this row. Whether that
    /// was waited for: else another process was faster, or something came since, and
    /// the verdict is not to be stored.
    pub fn gate_done(&self, doc: &DocId, up_to_row: i64) -> Result<bool> {
        let sql = "DELETE FROM gates_due WHERE doc = ?1 AND row <= ?2";
        Ok(self.execute(sql, (&doc.0[..], up_to_row))? > 0)
    }
}
