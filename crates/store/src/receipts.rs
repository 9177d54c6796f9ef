//! Receipts: what covers an entry, and the chain of each node.
//!
//! A receipt covers only entries of the unit it lies in, whatever ids it lists:
//! else the node of one province could back-date another one's entries.

use identity::ReceiptMark;
use model::Timestamp;
use rusqlite::OptionalExtension;
use wire::{EntryId, PublicKey};

use crate::entries::Stored;
use crate::tx::{Store, Tx};
use crate::{Result, columns, limits};

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
        /// The one it follows or, if that is not held, the nearest before it.
        prev: EntryId,
    },
}

/// What a node showed or did that its receipt chain does not bear out: the same
/// three causes as with a fork.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChainBreak {
    /// It showed a head below a receipt that it had given before.
    WentBack {
        /// The node.
        node: PublicKey,
        /// The head; `None` for no receipt at all.
        shown: Option<EntryId>,
        /// The receipt.
        held: EntryId,
    },
    /// It does not take a receipt back that it has given.
    Denied {
        /// The node.
        node: PublicKey,
        /// The receipt.
        receipt: EntryId,
    },
}

impl Store {
    /// The held receipts that cover an entry, earliest (time, seq, id) first; none
    /// if the entry itself is not held.
    pub(crate) fn receipt_marks(&self, entry: &EntryId) -> Result<Vec<ReceiptMark>> {
        let sql = "SELECT re.id, r.node, r.time, r.seq, p.unit
                   FROM receipt_covers c
                   JOIN receipts r ON r.row = c.receipt
                   JOIN entries re ON re.row = r.row
                   JOIN parts rp ON rp.part = re.part
                   JOIN entries e ON e.id = c.entry
                   JOIN parts p ON p.part = e.part
                   WHERE c.entry = ?1 AND p.unit = rp.unit
                   ORDER BY r.time, r.seq, re.id";
        let mut select = self.conn.prepare_cached(sql)?;
        let mut rows = select.query((&entry.0[..],))?;
        let mut marks = Vec::new();
        while let Some(row) = rows.next()? {
            marks.push(ReceiptMark {
                receipt: columns::id(row, 0)?,
                node: columns::key(row, 1)?,
                time: columns::time(row, 2)?,
                seq: row.get::<_, i64>(3)?.unsigned_abs(),
                unit: columns::unit(&row.get::<_, String>(4)?)?,
            });
        }
        Ok(marks)
    }

    /// The held receipts that list an entry, by row; also those that lie elsewhere
    /// and so cover nothing.
    pub fn receipts_listing(&self, entry: &EntryId) -> Result<Vec<Stored>> {
        let sql = "SELECT receipt FROM receipt_covers WHERE entry = ?1 ORDER BY receipt";
        let mut select = self.conn.prepare_cached(sql)?;
        let rows = select.query_map((&entry.0[..],), |row| row.get(0))?;
        rows.map(|row| self.stored_at(row?)).collect()
    }

    /// Whether a receipt of this node covers an entry, in effect or not.
    pub fn is_covered_by(&self, entry: &EntryId, node: &PublicKey) -> Result<bool> {
        let sql = "SELECT 1 FROM receipt_covers c JOIN receipts r ON r.row = c.receipt
                   WHERE c.entry = ?1 AND r.node = ?2";
        let mut select = self.conn.prepare_cached(sql)?;
        Ok(select.exists((&entry.0[..], &node.0[..]))?)
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
            forks.retain(|_| !model::sabotaged!(OverlookReceiptForks));
            Ok(forks)
        })
    }

    /// Every place where a node does not stand by its receipts.
    pub fn chain_breaks(&self) -> Result<Vec<ChainBreak>> {
        self.read(|store| {
            let mut breaks = Vec::new();
            let sql = "SELECT node, shown, held FROM chain_breaks ORDER BY node, shown";
            let mut select = store.conn.prepare_cached(sql)?;
            let mut rows = select.query(())?;
            while let Some(row) = rows.next()? {
                let shown = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
                breaks.push(ChainBreak::WentBack {
                    node: columns::key(row, 0)?,
                    shown: EntryId::from_slice(shown),
                    held: columns::id(row, 2)?,
                });
            }
            let sql = "SELECT b.peer, e.id FROM refused_by b CROSS JOIN entries e ON e.id = b.entry
                       JOIN receipts r ON r.row = e.row
                       WHERE r.node = b.peer ORDER BY b.peer, e.id";
            let mut select = store.conn.prepare_cached(sql)?;
            let mut rows = select.query(())?;
            while let Some(row) = rows.next()? {
                let (node, receipt) = (columns::key(row, 0)?, columns::id(row, 1)?);
                breaks.push(ChainBreak::Denied { node, receipt });
            }
            Ok(breaks)
        })
    }

    /// A receipt that a node gave before it showed this head, and that comes after
    /// the head in its chain. `None` also if the head is not held: its place is
    /// not known then. `said` is the node's clock when it showed it.
    pub fn receipt_beyond(
        &self,
        node: &PublicKey,
        shown: Option<&EntryId>,
        said: Timestamp,
    ) -> Result<Option<EntryId>> {
        let seq = match shown {
            None => Some(-1),
            Some(head) => {
                let sql = "SELECT r.seq FROM entries e JOIN receipts r ON r.row = e.row
                           WHERE e.id = ?1 AND r.node = ?2";
                let mut select = self.conn.prepare_cached(sql)?;
                let params = (&head.0[..], &node.0[..]);
                select
                    .query_row(params, |row| row.get::<_, i64>(0))
                    .optional()?
            }
        };
        let Some(seq) = seq else { return Ok(None) };
        let sql = "SELECT e.id FROM receipts r JOIN entries e ON e.row = r.row
                   WHERE r.node = ?1 AND r.seq > ?2 AND r.time < ?3
                   ORDER BY r.seq DESC, e.id LIMIT 1";
        let before = said.0.saturating_sub(limits::CHAIN_DELAY_MAX_MS);
        let mut select = self.conn.prepare_cached(sql)?;
        let found = select.query_row((&node.0[..], seq, before), |row| columns::id(row, 0));
        Ok(found.optional()?)
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
        let found = select.query_map((), backwards)?;
        let mut found: Vec<ReceiptFork> = found.collect::<rusqlite::Result<_>>()?;
        // Who does not hold the whole chain compares with the nearest one.
        let sql = "SELECT r.node, e.id, (
                       SELECT be.id FROM receipts b JOIN entries be ON be.row = b.row
                       WHERE b.node = r.node AND b.seq < r.seq
                       ORDER BY b.seq DESC, b.time, be.id LIMIT 1) AS nearest
                   FROM receipts r JOIN entries e ON e.row = r.row
                   WHERE NOT EXISTS (SELECT 1 FROM entries p WHERE p.id = r.prev)
                     AND (SELECT n.time FROM receipts n JOIN entries ne ON ne.row = n.row
                          WHERE ne.id = nearest) > r.time
                   ORDER BY r.node, e.id";
        let mut select = self.conn.prepare_cached(sql)?;
        let across = select.query_map((), backwards)?;
        found.extend(across.collect::<rusqlite::Result<Vec<_>>>()?);
        Ok(found)
    }

    fn receipt_ids(&self, sql: &str, params: impl rusqlite::Params) -> Result<Vec<EntryId>> {
        let mut select = self.conn.prepare_cached(sql)?;
        let ids = select.query_map(params, |row| columns::id(row, 0))?;
        Ok(ids.collect::<rusqlite::Result<_>>()?)
    }
}

impl Tx<'_> {
    /// Remembers that a node showed this head although it had given that receipt:
    /// kept for people to see, also when its chain has grown again.
    pub fn note_chain_break(
        &self,
        node: &PublicKey,
        shown: Option<&EntryId>,
        held: &EntryId,
    ) -> Result<()> {
        let sql = "INSERT INTO chain_breaks (node, shown, held) VALUES (?1, ?2, ?3)
                   ON CONFLICT (node, shown) DO NOTHING";
        let shown = shown.map_or(&[][..], |id| &id.0[..]);
        self.execute(sql, (&node.0[..], shown, &held.0[..]))
            .map(drop)
    }
}

fn backwards(row: &rusqlite::Row<'_>) -> rusqlite::Result<ReceiptFork> {
    let (node, receipt) = (columns::key(row, 0)?, columns::id(row, 1)?);
    Ok(ReceiptFork::Backwards {
        node,
        receipt,
        prev: columns::id(row, 2)?,
    })
}
