//! What lies outside the held set: parked (author not yet known), refused; and
//! what is held but set aside by a document (quarantine). All bounded.

use identity::Signed;
use model::{Timestamp, UnitPath};
use rusqlite::Row;
use wire::{DocId, Entry, EntryId, Kind, PublicKey};

use crate::tx::{Store, Tx};
use crate::{Result, StoreError, columns, limits};

/// An entry whose author is not known yet.
#[derive(Clone, Debug)]
pub struct Parked {
    /// The entry; its signature was right when it was parked, and is checked
    /// again on the way out of here, by [`Signed::check`].
    pub entry: Entry,
    /// The peer it came from.
    pub from: Option<PublicKey>,
    /// Since when, by this node's clock.
    pub since: Timestamp,
}

/// What became of an entry that was to be parked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parking {
    /// Entries that had to go to make room, oldest first; this one itself if it
    /// is larger than all the room there is.
    pub evicted: Vec<EntryId>,
}

/// A held entry that a document did not take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    /// The entry.
    pub entry: EntryId,
    /// The document.
    pub doc: DocId,
    /// Why.
    pub reason: String,
    /// Version of the library that gave the verdict.
    pub version: String,
}

/// An entry that was refused, as far as it could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Its id, where the signature was right.
    pub id: Option<EntryId>,
    /// Who signed it, or is said to have.
    pub author: Option<PublicKey>,
    /// What it says it is.
    pub kind: Option<Kind>,
    /// Where it says it belongs.
    pub unit: Option<UnitPath>,
    /// Why.
    pub reason: String,
    /// When, by this node's clock.
    pub time: Timestamp,
    /// The peer it came from.
    pub from: Option<PublicKey>,
}

const PARKED: &str = "SELECT seq, id, bytes, peer, since FROM parked";

impl Store {
    /// All parked entries, oldest first.
    pub fn parked(&self) -> Result<Vec<Parked>> {
        self.parked_where(&format!("{PARKED} ORDER BY seq"), ())
    }

    /// The parked entries of one author, oldest first.
    pub fn parked_for(&self, author: &PublicKey) -> Result<Vec<Parked>> {
        let sql = format!("{PARKED} WHERE author = ?1 ORDER BY seq");
        self.parked_where(&sql, (&author.0[..],))
    }

    fn parked_where(&self, sql: &str, params: impl rusqlite::Params) -> Result<Vec<Parked>> {
        let mut select = self.conn.prepare_cached(sql)?;
        let mut rows = select.query(params)?;
        let mut parked = Vec::new();
        while let Some(row) = rows.next()? {
            let bytes = row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?;
            let entry = Entry::parse(bytes).ok().filter(|entry| {
                row.get::<_, [u8; 32]>(1)
                    .is_ok_and(|id| entry.id() == EntryId(id))
            });
            let entry = match entry {
                Some(entry) => entry,
                None => {
                    let seq: i64 = row.get(0)?;
                    return Err(StoreError::corrupt(format!("parked row {seq}")));
                }
            };
            let (from, since) = (columns::key_opt(row, 3)?, columns::time(row, 4)?);
            parked.push(Parked { entry, from, since });
        }
        Ok(parked)
    }

    /// The held entries that their documents did not take, by document.
    pub fn quarantined(&self) -> Result<Vec<Quarantined>> {
        let sql = "SELECT entry, doc, reason, version FROM quarantine ORDER BY doc, entry";
        let mut select = self.conn.prepare_cached(sql)?;
        let found = select.query_map((), quarantined)?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// Those of one document.
    pub fn quarantined_in(&self, doc: &DocId) -> Result<Vec<Quarantined>> {
        let sql = "SELECT entry, doc, reason, version FROM quarantine WHERE doc = ?1
                   ORDER BY entry";
        let mut select = self.conn.prepare_cached(sql)?;
        let found = select.query_map((&doc.0[..],), quarantined)?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// The newest refused entries, newest first.
    pub fn refused(&self, limit: usize) -> Result<Vec<Refused>> {
        let sql = "SELECT id, author, kind, unit, reason, time, peer FROM refused
                   ORDER BY seq DESC LIMIT ?1";
        let mut select = self.conn.prepare_cached(sql)?;
        let mut rows = select.query((i64::try_from(limit).unwrap_or(-1),))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(refused(row)?);
        }
        Ok(found)
    }
}

impl Tx<'_> {
    /// Parks an entry until a credential of its author arrives. A peer fills
    /// only its own share ([`limits::PARKED_PER_PEER_MAX_COUNT`]); the oldest
    /// go first, also when all together pass [`limits::PARKED_TOTAL_MAX_BYTES`].
    pub fn park(
        &self,
        entry: &Signed,
        now: Timestamp,
        from: Option<&PublicKey>,
    ) -> Result<Parking> {
        let entry = entry.entry();
        let peer = from.map(|peer| &peer.0[..]);
        let size = i64::try_from(entry.bytes().len()).unwrap_or(i64::MAX);
        let sql = "INSERT INTO parked (id, author, peer, since, size, bytes)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (id) DO NOTHING";
        let (id, author) = (entry.id(), entry.author());
        self.execute(
            sql,
            (&id.0[..], &author.0[..], peer, now.0, size, entry.bytes()),
        )?;
        let beyond_share = "SELECT id FROM parked WHERE peer IS ?1
                            ORDER BY seq DESC LIMIT -1 OFFSET ?2";
        let mut evicted = self.ids(beyond_share, (peer, limits::PARKED_PER_PEER_MAX_COUNT))?;
        for id in &evicted {
            self.unpark(id)?;
        }
        evicted.extend(self.cut_parked_bytes()?);
        Ok(Parking { evicted })
    }

    fn cut_parked_bytes(&self) -> Result<Vec<EntryId>> {
        let mut evicted = Vec::new();
        loop {
            let sql = "SELECT coalesce(sum(size), 0) FROM parked";
            let total: i64 = self
                .conn
                .prepare_cached(sql)?
                .query_row((), |row| row.get(0))?;
            if total <= limits::PARKED_TOTAL_MAX_BYTES {
                return Ok(evicted);
            }
            let oldest = self.ids("SELECT id FROM parked ORDER BY seq LIMIT 1", ())?;
            for id in &oldest {
                self.unpark(id)?;
            }
            evicted.extend(oldest);
        }
    }

    fn ids(&self, sql: &str, params: impl rusqlite::Params) -> Result<Vec<EntryId>> {
        let mut select = self.conn.prepare_cached(sql)?;
        let ids = select.query_map(params, |row| columns::id(row, 0))?;
        Ok(ids.collect::<rusqlite::Result<_>>()?)
    }

    /// Takes an entry out of the parking place: its author is known now.
    pub fn unpark(&self, id: &EntryId) -> Result<()> {
        self.execute("DELETE FROM parked WHERE id = ?1", (&id.0[..],))
            .map(drop)
    }

    /// A document did not take a held entry; `version` is the library that says
    /// so. A new verdict replaces the old one.
    pub fn quarantine(
        &self,
        entry: &EntryId,
        doc: &DocId,
        reason: &str,
        version: &str,
    ) -> Result<()> {
        let sql = "INSERT INTO quarantine (entry, doc, reason, version) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT (entry) DO UPDATE SET doc = excluded.doc,
                       reason = excluded.reason, version = excluded.version";
        self.execute(sql, (&entry.0[..], &doc.0[..], reason, version))
            .map(drop)
    }

    /// Forgets the verdicts of a document: they are taken anew.
    pub fn clear_quarantine(&self, doc: &DocId) -> Result<()> {
        self.execute("DELETE FROM quarantine WHERE doc = ?1", (&doc.0[..],))
            .map(drop)
    }

    /// Remembers that an entry was refused, for people to look at: the newest
    /// [`limits::REFUSED_MAX_COUNT`], an id that comes again only once.
    pub fn refuse(&self, refused: &Refused) -> Result<()> {
        let id = refused.id.as_ref().map(|id| &id.0[..]);
        if id.is_some() {
            self.execute("DELETE FROM refused WHERE id = ?1", (id,))?;
        }
        let sql = "INSERT INTO refused (id, author, kind, unit, reason, time, peer)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let params = (
            id,
            refused.author.as_ref().map(|key| &key.0[..]),
            refused.kind.as_ref().map(Kind::as_str),
            refused.unit.as_ref().map(UnitPath::as_str),
            &refused.reason,
            refused.time.0,
            refused.from.as_ref().map(|key| &key.0[..]),
        );
        self.execute(sql, params)?;
        let sql = "DELETE FROM refused WHERE seq IN (
                       SELECT seq FROM refused ORDER BY seq DESC LIMIT -1 OFFSET ?1)";
        self.execute(sql, (limits::REFUSED_MAX_COUNT,)).map(drop)
    }
}

fn quarantined(row: &Row<'_>) -> rusqlite::Result<Quarantined> {
    Ok(Quarantined {
        entry: columns::id(row, 0)?,
        doc: columns::doc(row, 1)?,
        reason: row.get(2)?,
        version: row.get(3)?,
    })
}

fn refused(row: &Row<'_>) -> Result<Refused> {
    let unit: Option<String> = row.get(3)?;
    Ok(Refused {
        id: row.get::<_, Option<[u8; 32]>>(0)?.map(EntryId),
        author: columns::key_opt(row, 1)?,
        kind: row
            .get::<_, Option<String>>(2)?
            .map(|kind| Kind::from_name(&kind)),
        unit: unit.as_deref().map(columns::unit).transpose()?,
        reason: row.get(4)?,
        time: columns::time(row, 5)?,
        from: columns::key_opt(row, 6)?,
    })
}
