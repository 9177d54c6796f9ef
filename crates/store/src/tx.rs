//! Opening, and the one way to write.

use std::cell::{Cell, RefCell};
use std::ops::Deref;
use std::path::Path;

use identity::Verified;
use model::Timestamp;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Params};
use wire::{EntryId, PublicKey};

use crate::ledger::GrantsCache;
use crate::project::project;
use crate::sums::Pending;
use crate::{Result, StoreError, columns, schema};

/// One node's file. Reads are methods here; writing goes through
/// [`Store::write`]. Several processes may have the file open at once; one
/// `Store` belongs to one thread at a time.
pub struct Store {
    pub(crate) conn: Connection,
    /// Fingerprint changes of the running transaction, not yet in the tables.
    pub(crate) pending: RefCell<Pending>,
    pub(crate) grants: RefCell<GrantsCache>,
}

/// A write transaction. Everything [`Store`] can read, it can read too, and sees
/// what was written so far.
pub struct Tx<'a> {
    store: &'a Store,
    /// A step failed: even if the caller goes on, nothing is committed.
    broken: Cell<bool>,
}

/// What became of an entry that was inserted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inserted {
    /// It is new and got this row.
    New(i64),
    /// It was held before, in this row.
    Known(i64),
}

impl Inserted {
    /// The row, either way.
    pub fn row(self) -> i64 {
        match self {
            Inserted::New(row) | Inserted::Known(row) => row,
        }
    }

    /// Whether it was not held before.
    pub fn is_new(self) -> bool {
        matches!(self, Inserted::New(_))
    }
}

impl Store {
    /// Opens or creates the file: WAL, `synchronous=FULL`, migrated to
    /// [`crate::SCHEMA_VERSION`]. A newer file is refused untouched.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::prepared(Connection::open(path)?, false)
    }

    /// [`Store::open`] on another file system than the operating system's: one
    /// that was registered with SQLite under this name, as tests do.
    pub fn open_on(path: impl AsRef<Path>, vfs: &str) -> Result<Self> {
        let flags = OpenFlags::default();
        let conn = Connection::open_with_flags_and_vfs(path, flags, vfs)?;
        Self::prepared(conn, false)
    }

    /// A store without a file, for tests and for checking.
    pub fn open_in_memory() -> Result<Self> {
        Self::prepared(Connection::open_in_memory()?, true)
    }

    fn prepared(mut conn: Connection, in_memory: bool) -> Result<Self> {
        schema::prepare(&mut conn, in_memory)?;
        Ok(Store {
            conn,
            pending: RefCell::default(),
            grants: RefCell::default(),
        })
    }

    /// Changes whenever *another* connection has committed (`PRAGMA data_version`).
    pub fn data_version(&self) -> Result<i64> {
        Ok(self
            .conn
            .pragma_query_value(None, "data_version", |row| row.get(0))?)
    }

    /// A setting of this node.
    pub fn meta(&self, key: &str) -> Result<Option<String>> {
        let mut select = self
            .conn
            .prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
        Ok(select.query_row((key,), |row| row.get(0)).optional()?)
    }

    /// Runs several reads over one state of the file, whatever other processes
    /// commit meanwhile. Inside a write it is that transaction.
    pub fn read<T, E: From<StoreError>>(
        &self,
        f: impl FnOnce(&Store) -> Result<T, E>,
    ) -> Result<T, E> {
        if !self.conn.is_autocommit() {
            return f(self);
        }
        self.statement("BEGIN DEFERRED")?;
        let _end = EndOnDrop {
            store: self,
            with: "COMMIT",
        };
        f(self)
    }

    /// One `BEGIN IMMEDIATE` transaction: committed and on the disk when this
    /// returns `Ok`, without a trace when it returns `Err` or panics. If a step
    /// failed with a [`StoreError`] and `f` swallowed it, the whole is given up
    /// with [`StoreError::Aborted`].
    pub fn write<T, E: From<StoreError>>(
        &mut self,
        f: impl FnOnce(&Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.statement("BEGIN IMMEDIATE")?;
        let _end = EndOnDrop {
            store: self,
            with: "ROLLBACK",
        };
        let tx = Tx {
            store: self,
            broken: Cell::new(false),
        };
        let value = f(&tx)?;
        tx.commit()?;
        Ok(value)
    }

    fn statement(&self, sql: &str) -> Result<()> {
        Ok(self.conn.prepare_cached(sql)?.execute(()).map(drop)?)
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store")
            .field("path", &self.conn.path())
            .finish_non_exhaustive()
    }
}

/// Leaves no transaction open, however the block is left.
struct EndOnDrop<'a> {
    store: &'a Store,
    /// COMMIT ends reads, since statements around them may still be running.
    with: &'static str,
}

impl Drop for EndOnDrop<'_> {
    fn drop(&mut self) {
        self.store.pending.borrow_mut().clear();
        if !self.store.conn.is_autocommit() {
            // If it fails the connection stays in the transaction, and the next
            // BEGIN reports it.
            let _ = self.store.statement(self.with);
        }
    }
}

impl Deref for Tx<'_> {
    type Target = Store;
    fn deref(&self) -> &Store {
        self.store
    }
}

impl std::fmt::Debug for Tx<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tx")
            .field("broken", &self.broken.get())
            .finish_non_exhaustive()
    }
}

impl Tx<'_> {
    /// Remembers a setting of this node.
    pub fn set_meta(&self, key: &str, value: &str) -> Result<()> {
        let sql = "INSERT INTO meta (key, value) VALUES (?1, ?2)
                   ON CONFLICT (key) DO UPDATE SET value = excluded.value";
        self.execute(sql, (key, value)).map(drop)
    }

    /// Forgets a setting of this node.
    pub fn delete_meta(&self, key: &str) -> Result<()> {
        self.execute("DELETE FROM meta WHERE key = ?1", (key,))
            .map(drop)
    }

    /// Takes an entry into the held set with all its projections. `arrived` is
    /// this node's clock; `from` is the peer that sent it, if one did.
    pub fn insert(
        &self,
        entry: &Verified,
        arrived: Timestamp,
        from: Option<&PublicKey>,
    ) -> Result<Inserted> {
        self.step(|| {
            let part = self.part_of(entry.entry().body())?;
            if let Some(row) = self.insert_row(entry, part, arrived, from)? {
                if model::sabotaged!(ProjectApart) {
                    self.conn.execute_batch("COMMIT; BEGIN IMMEDIATE")?;
                }
                project(self, row, entry)?;
                for grant in identity::grants_in(entry) {
                    self.forget_refusals_of(&grant.key)?;
                }
                return Ok(Inserted::New(row));
            }
            let row = self.row_of(&entry.entry().id())?;
            row.map(Inserted::Known).ok_or(StoreError::Aborted)
        })
    }

    fn insert_row(
        &self,
        entry: &Verified,
        part: i64,
        arrived: Timestamp,
        from: Option<&PublicKey>,
    ) -> Result<Option<i64>> {
        let entry = entry.entry();
        let body = entry.body();
        let sql = "INSERT INTO entries (id, part, kind, time, author, doc, arrived, peer, bytes)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (id) DO NOTHING";
        let changed = self.execute(
            sql,
            (
                &entry.id().0[..],
                part,
                body.kind().as_str(),
                body.time.0,
                &entry.author().0[..],
                body.doc.as_ref().map(|doc| &doc.0[..]),
                arrived.0,
                from.map(|peer| &peer.0[..]),
                entry.bytes(),
            ),
        )?;
        Ok((changed == 1).then(|| self.conn.last_insert_rowid()))
    }

    /// Every statement that changes something goes through here. After an error
    /// such as a full disk SQLite has rolled back by itself, and the next
    /// statement would stand alone: it is refused.
    pub(crate) fn execute(&self, sql: &str, params: impl Params) -> Result<usize> {
        self.step(|| {
            if self.conn.is_autocommit() {
                return Err(StoreError::Aborted);
            }
            Ok(self.conn.prepare_cached(sql)?.execute(params)?)
        })
    }

    /// Marks the transaction as broken if `f` fails.
    pub(crate) fn step<T>(&self, f: impl FnOnce() -> Result<T>) -> Result<T> {
        f().inspect_err(|_| self.broken.set(true))
    }

    fn commit(&self) -> Result<()> {
        if self.broken.get() {
            return Err(StoreError::Aborted);
        }
        self.flush_sums()?;
        if model::sabotaged!(SkipCommit) {
            return Ok(());
        }
        self.execute("COMMIT", ()).map(drop)
    }
}

/// Reads by id.
impl Store {
    /// The row an entry lies in.
    pub fn row_of(&self, id: &EntryId) -> Result<Option<i64>> {
        let mut select = self
            .conn
            .prepare_cached("SELECT row FROM entries WHERE id = ?1")?;
        Ok(select
            .query_row((&id.0[..],), |row| row.get(0))
            .optional()?)
    }

    /// Whether an entry is held.
    pub fn has(&self, id: &EntryId) -> Result<bool> {
        Ok(self.row_of(id)?.is_some())
    }

    /// The entry, if it is held.
    pub fn get(&self, id: &EntryId) -> Result<Option<Verified>> {
        let mut select = self
            .conn
            .prepare_cached("SELECT row, bytes FROM entries WHERE id = ?1")?;
        let mut rows = select.query((&id.0[..],))?;
        let Some(row) = rows.next()? else {
            return Ok(None);
        };
        let bytes = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
        let entry = columns::entry(row.get(0)?, &id.0, bytes)?;
        Ok(Some(Verified::from_own_store(entry)))
    }

    /// Number of entries held.
    pub fn count(&self) -> Result<u64> {
        let mut select = self.conn.prepare_cached("SELECT count(*) FROM entries")?;
        columns::count(select.query_row((), |row| row.get(0))?)
    }

    /// The newest row, 0 if there is none.
    pub fn max_row(&self) -> Result<i64> {
        let mut select = self
            .conn
            .prepare_cached("SELECT coalesce(max(row), 0) FROM entries")?;
        Ok(select.query_row((), |row| row.get(0))?)
    }
}
