//! Drafts: fields that are durable here and not signed yet; and the cache of
//! saved documents.

use model::{Scalar, Timestamp};
use rusqlite::{OptionalExtension, Row};
use wire::{ChangeHash, DocId, PublicKey, cbor};

use crate::tx::{Store, Tx};
use crate::{Result, StoreError, columns};

/// One field that a person left, not yet sealed into a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Its number; a changed draft gets a new, higher one. Ignored by
    /// [`Tx::put_draft`].
    pub row: i64,
    /// The document.
    pub doc: DocId,
    /// Whose it is.
    pub person: PublicKey,
    /// The heads it was written upon.
    pub heads: Vec<ChangeHash>,
    /// The field or cell.
    pub key: String,
    /// What it is to hold.
    pub value: DraftValue,
    /// When it was last changed, by this node's clock.
    pub time: Timestamp,
}

/// What a draft sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DraftValue {
    /// A value of the map.
    Scalar(Scalar),
    /// The whole new text of a text field.
    Text(String),
}

/// A saved document: a cache, the entries are the truth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CachedDoc {
    /// The document as its library saved it.
    pub saved: Vec<u8>,
    /// Entries up to this row are in it, or were judged.
    pub up_to_row: i64,
    /// The library that saved it.
    pub version: String,
}

const DRAFTS: &str = "SELECT row, doc, person, heads, key, text, value, time FROM drafts";

impl Store {
    /// The unsealed drafts of a document, in the order they were last changed.
    pub fn drafts(&self, doc: &DocId) -> Result<Vec<Draft>> {
        self.drafts_where(
            &format!("{DRAFTS} WHERE doc = ?1 ORDER BY row"),
            (&doc.0[..],),
        )
    }

    /// All unsealed drafts.
    pub fn drafts_all(&self) -> Result<Vec<Draft>> {
        self.drafts_where(&format!("{DRAFTS} ORDER BY row"), ())
    }

    /// Whether all of these drafts, by number, are still there as they were.
    pub fn has_drafts(&self, rows: &[i64]) -> Result<bool> {
        let sql = "SELECT 1 FROM drafts WHERE row = ?1";
        let mut select = self.conn.prepare_cached(sql)?;
        for row in rows {
            if !select.exists((row,))? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn drafts_where(&self, sql: &str, params: impl rusqlite::Params) -> Result<Vec<Draft>> {
        let mut select = self.conn.prepare_cached(sql)?;
        let mut rows = select.query(params)?;
        let mut drafts = Vec::new();
        while let Some(row) = rows.next()? {
            drafts.push(draft(row)?);
        }
        Ok(drafts)
    }

    /// The cached document, if there is one.
    pub fn cached_doc(&self, doc: &DocId) -> Result<Option<CachedDoc>> {
        let sql = "SELECT saved, up_to_row, version FROM docs WHERE doc = ?1";
        let mut select = self.conn.prepare_cached(sql)?;
        let found = select.query_row((&doc.0[..],), |row| {
            let (saved, up_to_row) = (row.get(0)?, row.get(1)?);
            Ok(CachedDoc {
                saved,
                up_to_row,
                version: row.get(2)?,
            })
        });
        Ok(found.optional()?)
    }
}

impl Tx<'_> {
    /// Keeps a draft. One of the same person, document and key is replaced and
    /// its *first* heads stay: what arrived since then was not seen in between
    /// and must remain visible as a conflict. Returns the new number.
    pub fn put_draft(&self, draft: &Draft) -> Result<i64> {
        let (text, value) = match &draft.value {
            DraftValue::Scalar(scalar) => (false, cbor::to_vec(scalar)),
            DraftValue::Text(text) => (true, cbor::to_vec(text)),
        };
        let value = value?;
        let heads: Vec<u8> = draft.heads.iter().flat_map(|head| head.0).collect();
        let old = "SELECT heads FROM drafts WHERE doc = ?1 AND person = ?2 AND key = ?3";
        let place = (&draft.doc.0[..], &draft.person.0[..], &draft.key);
        let mut select = self.conn.prepare_cached(old)?;
        let first: Option<Vec<u8>> = select.query_row(place, |row| row.get(0)).optional()?;
        self.execute(
            "DELETE FROM drafts WHERE doc = ?1 AND person = ?2 AND key = ?3",
            place,
        )?;
        let sql = "INSERT INTO drafts (doc, person, key, heads, text, value, time)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let first = first.filter(|_| !model::sabotaged!(ForgetFirstHeads));
        let heads = first.unwrap_or(heads);
        self.execute(
            sql,
            (place.0, place.1, place.2, heads, text, value, draft.time.0),
        )?;
        Ok(self.conn.last_insert_rowid())
    }

    /// Forgets drafts, sealed or given up, by number. One that was changed in
    /// the meantime has another number and stays.
    pub fn delete_drafts(&self, rows: &[i64]) -> Result<()> {
        for row in rows {
            self.execute("DELETE FROM drafts WHERE row = ?1", (row,))?;
        }
        Ok(())
    }

    /// Caches a saved document.
    pub fn put_cached_doc(&self, doc: &DocId, cached: &CachedDoc) -> Result<()> {
        let sql = "INSERT INTO docs (doc, saved, up_to_row, version) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT (doc) DO UPDATE SET saved = excluded.saved,
                       up_to_row = excluded.up_to_row, version = excluded.version";
        let params = (&doc.0[..], &cached.saved, cached.up_to_row, &cached.version);
        self.execute(sql, params).map(drop)
    }

    /// Forgets a cached document: it is rebuilt from its entries.
    pub fn drop_cached_doc(&self, doc: &DocId) -> Result<()> {
        self.execute("DELETE FROM docs WHERE doc = ?1", (&doc.0[..],))
            .map(drop)
    }
}

fn draft(row: &Row<'_>) -> Result<Draft> {
    let number: i64 = row.get(0)?;
    let damaged = |source: cbor::CborError| StoreError::Corrupt {
        what: format!("drafts row {number}"),
        source: Some(Box::new(source)),
    };
    let heads = row.get_ref(3)?.as_blob().map_err(rusqlite::Error::from)?;
    let value = row.get_ref(6)?.as_blob().map_err(rusqlite::Error::from)?;
    let value = if row.get(5)? {
        DraftValue::Text(cbor::from_slice(value).map_err(damaged)?)
    } else {
        DraftValue::Scalar(cbor::from_slice(value).map_err(damaged)?)
    };
    Ok(Draft {
        row: number,
        doc: columns::doc(row, 1)?,
        person: columns::key(row, 2)?,
        heads: heads
            .chunks(32)
            .filter_map(ChangeHash::from_slice)
            .collect(),
        key: row.get(4)?,
        value,
        time: columns::time(row, 7)?,
    })
}
