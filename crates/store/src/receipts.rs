//! Receipts: what covers an entry, and the chain of each node.
//!
//! A receipt covers only entries of the unit it lies in, whatever ids it lists:
//! else the node of one province could back-date another one's entries.

use identity::ReceiptMark;
use model::Timestamp;
use rusqlite::OptionalExtension;
use wire::{EntryId, PublicKey};

use crate::tx::Store;
use crate::{Result, columns};

/// The newest receipt of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReceiptHead {
    /// Its place in the chain.
    pub seq: u64,
    /// The receipt entry.
    pub id: EntryId,
    /// Its time, below which the next one must not fall.
    pub time: Timestamp,
}

/// A node's receipts do not form one chain: proof that its key was copied, its
/// file restored from a backup, or that it lies.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReceiptFork {
    /// Two receipts with one number.
    SameSeq {
        /// The node.
        node: PublicKey,
        /// The number.
        seq: u64,
        /// The receipts, ascending.
        receipts: Vec<EntryId>,
    },
    /// Two receipts that follow the same one.
    SamePrev {
        /// The node.
        node: PublicKey,
        /// The receipt that both follow.
        prev: EntryId,
        /// The receipts, ascending.
        receipts: Vec<EntryId>,
    },
    /// A receipt with an earlier time than the one it follows.
    Backwards {
        /// The node.
        node: PublicKey,
        /// The receipt.
        receipt: EntryId,
        /// The one it follows.
        prev: EntryId,
    },
}

impl Store {
    /// The held receipts that cover an entry, earliest (time, id) first; none
    /// if the entry itself is not held.
    pub fn receipts_of(&self, entry: &EntryId) -> Result<Vec<ReceiptMark>> {
        self.receipt_marks(entry, -1)
    }

    pub(crate) fn receipt_marks(&self, entry: &EntryId, limit: i64) -> Result<Vec<ReceiptMark>> {
        let sql = "SELECT re.id, r.node, r.time, r.seq
                   FROM receipt_covers c
                   JOIN receipts r ON r.row = c.receipt
                   JOIN entries re ON re.row = r.row
                   JOIN parts rp ON rp.part = re.part
                   JOIN entries e ON e.id = c.entry
                   JOIN parts p ON p.part = e.part
                   WHERE c.entry = ?1 AND p.unit = rp.unit
                   ORDER BY r.time, r.seq, re.id LIMIT ?2";
        let mut select = self.conn.prepare_cached(sql)?;
        let marks = select.query_map((&entry.0[..], limit), |row| {
            let (receipt, node) = (columns::id(row, 0)?, columns::key(row, 1)?);
            Ok(ReceiptMark {
                receipt,
                node,
                time: columns::time(row, 2)?,
                seq: row.get::<_, i64>(3)?.unsigned_abs(),
            })
        })?;
        Ok(marks.collect::<rusqlite::Result<_>>()?)
    }

    /// The head of a node's chain: the highest number, then the smallest id.
    pub fn receipts_chain(&self, node: &PublicKey) -> Result<Option<ReceiptHead>> {
        let sql = "SELECT r.seq, e.id, r.time FROM receipts r JOIN entries e ON e.row = r.row
                   WHERE r.node = ?1 ORDER BY r.seq DESC, e.id LIMIT 1";
        let mut select = self.conn.prepare_cached(sql)?;
        let head = select.query_row((&node.0[..],), |row| {
            Ok((
                row.get::<_, i64>(0)?,
                columns::id(row, 1)?,
                columns::time(row, 2)?,
            ))
        });
        let Some((seq, id, time)) = head.optional()? else {
            return Ok(None);
        };
        Ok(Some(ReceiptHead {
            seq: columns::count(seq)?,
            id,
            time,
        }))
    }

    /// Every place where the receipts of a node fork or run backwards.
    pub fn receipt_forks(&self) -> Result<Vec<ReceiptFork>> {
        self.read(|store| {
            let mut forks = store.forks_by_seq()?;
            forks.extend(store.forks_by_prev()?);
            forks.extend(store.backwards()?);
            Ok(forks)
        })
    }

    fn forks_by_seq(&self) -> Result<Vec<ReceiptFork>> {
        let sql = "SELECT node, seq FROM receipts GROUP BY node, seq HAVING count(*) > 1";
        let mut select = self.conn.prepare_cached(sql)?;
        let mut rows = select.query(())?;
        let mut forks = Vec::new();
        while let Some(row) = rows.next()? {
            let (node, seq) = (columns::key(row, 0)?, row.get::<_, i64>(1)?);
            let receipts = "SELECT e.id FROM receipts r JOIN entries e ON e.row = r.row
                            WHERE r.node = ?1 AND r.seq = ?2 ORDER BY e.id";
            let receipts = self.receipt_ids(receipts, (&node.0[..], seq))?;
            forks.push(ReceiptFork::SameSeq {
                node,
                seq: columns::count(seq)?,
                receipts,
            });
        }
        Ok(forks)
    }

    fn forks_by_prev(&self) -> Result<Vec<ReceiptFork>> {
        let sql = "SELECT node, prev FROM receipts WHERE prev IS NOT NULL
                   GROUP BY node, prev HAVING count(*) > 1";
        let mut select = self.conn.prepare_cached(sql)?;
        let mut rows = select.query(())?;
        let mut forks = Vec::new();
        while let Some(row) = rows.next()? {
            let (node, prev) = (columns::key(row, 0)?, columns::id(row, 1)?);
            let receipts = "SELECT e.id FROM receipts r JOIN entries e ON e.row = r.row
                            WHERE r.node = ?1 AND r.prev = ?2 ORDER BY e.id";
            let receipts = self.receipt_ids(receipts, (&node.0[..], &prev.0[..]))?;
            forks.push(ReceiptFork::SamePrev {
                node,
                prev,
                receipts,
            });
        }
        Ok(forks)
    }

    fn backwards(&self) -> Result<Vec<ReceiptFork>> {
        let sql = "SELECT r.node, e.id, r.prev FROM receipts r
                   JOIN entries e ON e.row = r.row
                   JOIN entries before ON before.id = r.prev
                   JOIN receipts p ON p.row = before.row
                   WHERE p.node = r.node AND r.time < p.time ORDER BY r.node, e.id";
        let mut select = self.conn.prepare_cached(sql)?;
        let found = select.query_map((), |row| {
            let (node, receipt) = (columns::key(row, 0)?, columns::id(row, 1)?);
            Ok(ReceiptFork::Backwards {
                node,
                receipt,
                prev: columns::id(row, 2)?,
            })
        })?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    fn receipt_ids(&self, sql: &str, params: impl rusqlite::Params) -> Result<Vec<EntryId>> {
        let mut select = self.conn.prepare_cached(sql)?;
        let ids = select.query_map(params, |row| columns::id(row, 0))?;
        Ok(ids.collect::<rusqlite::Result<_>>()?)
    }
}
