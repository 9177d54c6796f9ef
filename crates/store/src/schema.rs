//! The tables, their versions, and the settings of a connection.
//!
//! A newer file is refused before anything in it is touched.

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use crate::limits;
use crate::{Result, StoreError};

/// The schema version this program writes (`PRAGMA user_version`).
pub const SCHEMA_VERSION: i64 = 1;

/// "QnHo", so that no other program's database is taken for ours.
const APPLICATION_ID: i64 = 0x516e_486f;

/// Step `n` leads from version `n` to `n + 1`. Never edited once released.
const MIGRATIONS: [&str; SCHEMA_VERSION as usize] = [include_str!("schema/1.sql")];

/// Every projection: what `rebuild` empties and `check_projections` compares,
/// with the columns that are a function of the entries alone.
pub(crate) const PROJECTIONS: [(&str, &str); 7] = [
    ("parts", "unit, stream, period, count, sum"),
    ("totals", "unit, subtree, stream, period, count, sum"),
    ("grants", "key, unit, credential"),
    ("revocations", "row, unit, key, overrules"),
    ("receipts", "row, node, seq, prev, time"),
    ("receipt_covers", "entry, receipt"),
    ("units", "unit, id, row, time, name, opened, closed"),
];

/// Prepares a connection: checks, settings, migrations.
pub(crate) fn prepare(conn: &mut Connection, in_memory: bool) -> Result<()> {
    conn.busy_timeout(limits::BUSY_TIMEOUT)?;
    refuse_others(conn)?;
    let mode: String =
        conn.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if mode != "wal" && !in_memory {
        return Err(StoreError::NoWal { mode });
    }
    let careless = model::sabotaged!(SynchronousNormal);
    let synchronous = if careless { "NORMAL" } else { "FULL" };
    conn.pragma_update(None, "synchronous", synchronous)?;
    conn.pragma_update(None, "foreign_keys", true)?;
    conn.pragma_update(None, "trusted_schema", false)?;
    conn.pragma_update(None, "cell_size_check", true)?;
    conn.pragma_update_and_check(
        None,
        "journal_size_limit",
        limits::WAL_MAX_BYTES,
        |_| Ok(()),
    )?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    // Otherwise a cached statement may be planned anew whenever a parameter changes.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.set_prepared_statement_cache_capacity(limits::STATEMENTS_MAX_COUNT);
    migrate(conn)?;
    if !(in_memory || model::sabotaged!(TrustUnsyncedLog)) {
        sync_log(conn);
    }
    Ok(())
}

/// A killed process may have left a commit in the log that it had not synced. It is
/// read like any other, so it is synced before anybody is told that it is there: a
/// checkpoint does that first of all. Of a disk that is full or fails the next write
/// tells; that must not keep anybody from reading.
fn sync_log(conn: &Connection) {
    conn.query_row("PRAGMA wal_checkpoint(PASSIVE)", (), |_| Ok(()))
        .ok();
}

fn user_version(conn: &Connection) -> Result<i64> {
    Ok(conn.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

/// In one read transaction: another process may be creating the file just now.
fn refuse_others(conn: &mut Connection) -> Result<()> {
    let conn = conn.transaction()?;
    let application: i64 = conn.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let found = user_version(&conn)?;
    let tables: i64 = conn.query_row("SELECT count(*) FROM sqlite_schema", (), |row| row.get(0))?;
    if application != APPLICATION_ID && (application != 0 || found != 0 || tables != 0) {
        return Err(StoreError::Foreign);
    }
    if found > SCHEMA_VERSION {
        return Err(StoreError::TooNew {
            found,
            known: SCHEMA_VERSION,
        });
    }
    Ok(())
}

/// Two processes may open a new file at once: the version is read again inside
/// the write transaction.
fn migrate(conn: &mut Connection) -> Result<()> {
    if user_version(conn)? == SCHEMA_VERSION {
        return Ok(());
    }
    let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let found = user_version(&tx)?;
    if found > SCHEMA_VERSION {
        return Err(StoreError::TooNew {
            found,
            known: SCHEMA_VERSION,
        });
    }
    let done = usize::try_from(found).map_err(|_| StoreError::Foreign)?;
    for step in MIGRATIONS.iter().skip(done) {
        tx.execute_batch(step)?;
    }
    tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    tx.pragma_update(None, "user_version", SCHEMA_VERSION)?;
    Ok(tx.commit()?)
}
