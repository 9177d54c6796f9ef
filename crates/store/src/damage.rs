//! Damaged rows: taken out of the entries, kept as they are, put back when they
//! turn out to be good.

use model::Timestamp;
use rusqlite::Row;
use wire::{Entry, EntryId, PublicKey};

use crate::tx::{Store, Tx};
use crate::{Result, limits};

/// A row that was taken out because it was damaged, or rested on one that was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damaged {
    /// Its number among these.
    pub seq: i64,
    /// The row it was taken out of.
    pub row: i64,
    /// The id that stood beside the bytes, if it still was one.
    pub id: Option<EntryId>,
    /// The kind that stood beside the bytes.
    pub kind: String,
    /// Why it was taken out.
    pub reason: String,
}

/// What is left of such a row.
#[derive(Clone, Debug)]
pub struct Remains {
    /// Its number among the damaged ones.
    pub seq: i64,
    /// The id that stood beside the bytes, if it still was one.
    pub id: Option<EntryId>,
    /// The bytes, if they are an entry; nothing about it has been checked.
    pub entry: Option<Entry>,
    /// When it had arrived.
    pub arrived: Timestamp,
    /// From whom; `None` also for our own.
    pub from: Option<PublicKey>,
}

impl Store {
    /// Builds every index anew, from the rows.
    pub fn reindex(&mut self) -> Result<()> {
        self.write(|tx| tx.execute("REINDEX", ()).map(drop))
    }

    /// The rows that were taken out and are not held again, at most
    /// [`limits::DAMAGED_SHOWN_MAX_COUNT`].
    pub fn damaged(&self) -> Result<Vec<Damaged>> {
        let sql = "SELECT seq, row, id, kind, reason FROM damaged d
                   WHERE NOT EXISTS (SELECT 1 FROM entries e WHERE e.id = d.id)
                   ORDER BY seq LIMIT ?1";
        let mut select = self.conn.prepare_cached(sql)?;
        let found = select.query_map((limits::DAMAGED_SHOWN_MAX_COUNT,), |row| {
            let kind: Option<Vec<u8>> = row.get(3)?;
            Ok(Damaged {
                seq: row.get(0)?,
                row: row.get(1)?,
                id: id(row, 2)?,
                kind: String::from_utf8_lossy(&kind.unwrap_or_default()).into_owned(),
                reason: row.get(4)?,
            })
        })?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// What is left of the rows that were taken out, past a number, a page of
    /// them.
    pub fn remains_after(&self, seq: i64) -> Result<Vec<Remains>> {
        let sql = "SELECT seq, id, bytes, arrived, peer FROM damaged
                   WHERE seq > ?1 ORDER BY seq LIMIT ?2";
        let mut select = self.conn.prepare_cached(sql)?;
        let found = select.query_map((seq, limits::REBUILD_PAGE_COUNT), |row| {
            let bytes: Option<Vec<u8>> = row.get(2)?;
            let peer: Option<Vec<u8>> = row.get(4)?;
            let arrived: Option<i64> = row.get(3)?;
            Ok(Remains {
                seq: row.get(0)?,
                id: id(row, 1)?,
                entry: bytes.and_then(|bytes| Entry::parse(&bytes).ok()),
                arrived: Timestamp(arrived.unwrap_or_default()),
                from: peer.and_then(|peer| peer.try_into().ok()).map(PublicKey),
            })
        })?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }
}

impl Tx<'_> {
    /// Takes rows out of the entries, with the reason for each, keeps them aside,
    /// and rebuilds: the next session finds them missing and fetches them again.
    /// The only way an entry ever leaves. Cached documents go too, and no peer's
    /// mark stays above the newest row, since its number is given again: what else
    /// is noted by row the caller forgets in the same transaction.
    pub fn discard(&self, rows: &[(i64, String)]) -> Result<()> {
        self.empty_projections()?;
        for (row, reason) in rows {
            self.set_aside(*row, reason)?;
        }
        self.execute("DELETE FROM docs", ())?;
        let sql = "DELETE FROM quarantine WHERE entry NOT IN (SELECT id FROM entries)";
        self.execute(sql, ())?;
        let newest = self.max_row()?;
        self.execute("UPDATE peers SET acked_row = min(acked_row, ?1)", (newest,))?;
        self.execute("UPDATE gates_due SET row = min(row, ?1)", (newest,))?;
        self.rebuild()
    }

    fn set_aside(&self, row: i64, reason: &str) -> Result<()> {
        // What a row holds may be of any type once it is damaged.
        let sql = "INSERT INTO damaged (row, id, kind, arrived, peer, bytes, reason)
                   SELECT row, CAST(id AS BLOB), CAST(kind AS BLOB), CAST(arrived AS INTEGER),
                          CAST(peer AS BLOB), CAST(bytes AS BLOB), ?2
                   FROM entries WHERE row = ?1";
        self.execute(sql, (row, reason))?;
        self.execute("DELETE FROM entries WHERE row = ?1", (row,))
            .map(drop)
    }

    /// Forgets what was left of a row: the entry is held again.
    pub fn forget_damaged(&self, seq: i64) -> Result<()> {
        self.execute("DELETE FROM damaged WHERE seq = ?1", (seq,))
            .map(drop)
    }
}

fn id(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<EntryId>> {
    let id: Option<Vec<u8>> = row.get(at)?;
    Ok(id.as_deref().and_then(EntryId::from_slice))
}
