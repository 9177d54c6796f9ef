//! What this node remembers of the nodes it talks to.

use model::{Period, Timestamp, UnitPath};
use rusqlite::Row;
use wire::{EntryId, PublicKey};

use crate::tx::{Store, Tx};
use crate::{Result, columns, limits};

/// Another node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Its transport key.
    pub key: PublicKey,
    /// Its unit.
    pub unit: UnitPath,
    /// Where it listens, if it said so.
    pub address: Option<String>,
    /// It has everything of ours up to this row.
    pub acked_row: i64,
    /// When a session with it last ended well, by this node's clock.
    pub last_sync: Option<Timestamp>,
    /// Whether both held the same then.
    pub in_sync: bool,
    /// Head of its receipt chain, as it last said.
    pub receipts_head: Option<EntryId>,
}

/// The level above looked at a unit's reports of a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drill {
    /// Which unit.
    pub unit: UnitPath,
    /// Which period.
    pub period: Option<Period>,
    /// Who asked.
    pub peer: PublicKey,
    /// When, by this node's clock.
    pub time: Timestamp,
}

const PEERS: &str =
    "SELECT key, unit, address, acked_row, last_sync, in_sync, receipts_head FROM peers";

impl Store {
    /// All known nodes, by unit and key.
    pub fn peers(&self) -> Result<Vec<Peer>> {
        let mut select = self
            .conn
            .prepare_cached(&format!("{PEERS} ORDER BY unit, key"))?;
        let mut rows = select.query(())?;
        let mut peers = Vec::new();
        while let Some(row) = rows.next()? {
            peers.push(peer(row)?);
        }
        Ok(peers)
    }

    /// One known node.
    pub fn peer(&self, key: &PublicKey) -> Result<Option<Peer>> {
        let mut select = self
            .conn
            .prepare_cached(&format!("{PEERS} WHERE key = ?1"))?;
        let mut rows = select.query((&key.0[..],))?;
        rows.next()?.map(peer).transpose()
    }

    /// The entries that a peer told us it refused or parked, oldest first.
    pub fn refused_by(&self, peer: &PublicKey) -> Result<Vec<EntryId>> {
        let sql = "SELECT entry FROM refused_by WHERE peer = ?1 ORDER BY seq";
        let mut select = self.conn.prepare_cached(sql)?;
        let ids = select.query_map((&peer.0[..],), |row| columns::id(row, 0))?;
        Ok(ids.collect::<rusqlite::Result<_>>()?)
    }

    /// The drill-downs by the level above, newest first.
    pub fn drills(&self) -> Result<Vec<Drill>> {
        let sql = "SELECT unit, period, peer, time FROM drills ORDER BY seq DESC";
        let mut select = self.conn.prepare_cached(sql)?;
        let mut rows = select.query(())?;
        let mut drills = Vec::new();
        while let Some(row) = rows.next()? {
            drills.push(Drill {
                unit: columns::unit(&row.get::<_, String>(0)?)?,
                period: columns::period(&row.get::<_, String>(1)?)?,
                peer: columns::key(row, 2)?,
                time: columns::time(row, 3)?,
            });
        }
        Ok(drills)
    }
}

impl Tx<'_> {
    /// Remembers a node, all of it: whoever changes a part reads it first, in
    /// the same transaction.
    pub fn put_peer(&self, peer: &Peer) -> Result<()> {
        let sql = "INSERT INTO peers (key, unit, address, acked_row, last_sync, in_sync,
                                      receipts_head)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                   ON CONFLICT (key) DO UPDATE SET
                       unit = excluded.unit, address = excluded.address,
                       acked_row = excluded.acked_row, last_sync = excluded.last_sync,
                       in_sync = excluded.in_sync, receipts_head = excluded.receipts_head";
        let params = (
            &peer.key.0[..],
            peer.unit.as_str(),
            &peer.address,
            peer.acked_row,
            peer.last_sync.map(|time| time.0),
            peer.in_sync,
            peer.receipts_head.as_ref().map(|id| &id.0[..]),
        );
        self.execute(sql, params).map(drop)
    }

    /// A peer refused or parked these: they are left out of account with it.
    /// At most [`limits::REFUSED_BY_PEER_MAX_COUNT`] are remembered, and of all peers
    /// together [`limits::REFUSED_BY_TOTAL_MAX_COUNT`].
    pub fn note_refused_by(&self, peer: &PublicKey, entries: &[EntryId]) -> Result<()> {
        let sql = "INSERT INTO refused_by (peer, entry) VALUES (?1, ?2)
                   ON CONFLICT (peer, entry) DO NOTHING";
        for entry in entries {
            self.execute(sql, (&peer.0[..], &entry.0[..]))?;
        }
        let sql = "DELETE FROM refused_by WHERE peer = ?1 AND seq IN (
                       SELECT seq FROM refused_by WHERE peer = ?1
                       ORDER BY seq DESC LIMIT -1 OFFSET ?2)";
        self.execute(sql, (&peer.0[..], limits::REFUSED_BY_PEER_MAX_COUNT))?;
        let sql = "DELETE FROM refused_by WHERE seq IN (
                       SELECT seq FROM refused_by ORDER BY seq DESC LIMIT -1 OFFSET ?1)";
        self.execute(sql, (limits::REFUSED_BY_TOTAL_MAX_COUNT,))
            .map(drop)
    }

    /// A session with the peer begins: what it refused
    /// [`limits::REFUSED_BY_MAX_DAYS`] ago is offered again. (Counted from the
    /// first session after the refusal.)
    pub fn renew_refused_by(&self, peer: &PublicKey, now: Timestamp) -> Result<()> {
        let sql = "UPDATE refused_by SET since = ?2 WHERE peer = ?1 AND since IS NULL";
        self.execute(sql, (&peer.0[..], now.0))?;
        // In both directions: this node's clock may have been wrong.
        let sql = "DELETE FROM refused_by WHERE peer = ?1 AND abs(?2 - since) >= ?3";
        let week = limits::REFUSED_BY_MAX_DAYS * 24 * 3_600_000;
        self.execute(sql, (&peer.0[..], now.0, week)).map(drop)
    }

    /// A credential for this key is held now: what peers did not take of it may
    /// pass at theirs as well.
    pub(crate) fn forget_refusals_of(&self, author: &PublicKey) -> Result<()> {
        let sql = "DELETE FROM refused_by WHERE seq IN (
                       SELECT r.seq FROM refused_by r CROSS JOIN entries e ON e.id = r.entry
                       WHERE e.author = ?1)";
        self.execute(sql, (&author.0[..],)).map(drop)
    }

    /// Offers these to the peer again.
    pub fn forget_refused_by(&self, peer: &PublicKey, entries: &[EntryId]) -> Result<()> {
        let sql = "DELETE FROM refused_by WHERE peer = ?1 AND entry = ?2";
        for entry in entries {
            self.execute(sql, (&peer.0[..], &entry.0[..]))?;
        }
        Ok(())
    }

    /// The level above asked for a unit's reports: kept for people to see, the
    /// newest [`limits::DRILLS_MAX_COUNT`].
    pub fn log_drill(
        &self,
        unit: &UnitPath,
        period: Option<Period>,
        peer: &PublicKey,
        time: Timestamp,
    ) -> Result<()> {
        let sql = "INSERT INTO drills (unit, period, peer, time) VALUES (?1, ?2, ?3, ?4)";
        let period = columns::period_text(period);
        self.execute(sql, (unit.as_str(), period, &peer.0[..], time.0))?;
        let sql = "DELETE FROM drills WHERE seq <= (SELECT max(seq) FROM drills) - ?1";
        self.execute(sql, (limits::DRILLS_MAX_COUNT,)).map(drop)
    }
}

fn peer(row: &Row<'_>) -> Result<Peer> {
    Ok(Peer {
        key: columns::key(row, 0)?,
        unit: columns::unit(&row.get::<_, String>(1)?)?,
        address: row.get(2)?,
        acked_row: row.get(3)?,
        last_sync: columns::time_opt(row, 4)?,
        in_sync: row.get(5)?,
        receipts_head: row.get::<_, Option<[u8; 32]>>(6)?.map(EntryId),
    })
}
