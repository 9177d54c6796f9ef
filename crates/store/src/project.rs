//! From an entry to everything that is computed from entries: the one place,
//! for an insert, for a rebuild and for a check alike.
//!
//! Invariant: what the projections hold after a set of entries does not depend
//! on the order they were projected in (rows aside).

use identity::Verified;
use wire::{Content, CredentialContent, EntryId, ReceiptContent, RevocationContent, UnitContent};

use crate::tx::Tx;
use crate::{Result, columns};

/// Projects the entry that lies in `row`.
pub(crate) fn project(tx: &Tx<'_>, row: i64, entry: &Verified) -> Result<()> {
    let entry_id = entry.entry().id();
    tx.add_to_sums(entry.entry().body(), &entry_id)?;
    match &entry.entry().body().content {
        Content::Unit(content) => unit(tx, row, entry, content),
        Content::Credential(content) => credential(tx, entry, content),
        Content::Revocation(content) => revocation(tx, row, entry, content),
        Content::Receipt(content) => receipt(tx, row, entry, content),
        Content::Form(_)
        | Content::Campaign(_)
        | Content::Changes(_)
        | Content::Submission(_)
        | Content::Review(_)
        | Content::Rollup(_)
        | Content::Unknown(..) => Ok(()),
    }
}

fn unit(tx: &Tx<'_>, row: i64, entry: &Verified, content: &UnitContent) -> Result<()> {
    let sql = "INSERT INTO units (unit, id, row, time, name, opened, closed)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
               ON CONFLICT (unit) DO UPDATE SET
                   id = excluded.id, row = excluded.row, time = excluded.time,
                   name = excluded.name, opened = excluded.opened, closed = excluded.closed
               WHERE (excluded.time, excluded.id) > (units.time, units.id)";
    let body = entry.entry().body();
    let params = (
        body.unit.as_str(),
        &entry.entry().id().0[..],
        row,
        body.time.0,
        &content.name,
        content.opened.map(|time| time.0),
        content.closed.map(|time| time.0),
    );
    tx.execute(sql, params).map(drop)
}

fn credential(tx: &Tx<'_>, entry: &Verified, content: &CredentialContent) -> Result<()> {
    let sql = "INSERT OR IGNORE INTO grants (key, credential, unit) VALUES (?1, ?2, ?3)";
    let id = entry.entry().id();
    let unit = entry.entry().body().unit.as_str();
    for grant in &content.grants {
        tx.execute(sql, (&grant.key.0[..], &id.0[..], unit))?;
    }
    Ok(())
}

fn revocation(tx: &Tx<'_>, row: i64, entry: &Verified, content: &RevocationContent) -> Result<()> {
    let sql = "INSERT INTO revocations (row, unit, key, overrules) VALUES (?1, ?2, ?3, ?4)";
    let unit = entry.entry().body().unit.as_str();
    let key = content.key.as_ref().map(|key| &key.0[..]);
    let overrules = content.overrules.as_ref().map(|id| &id.0[..]);
    tx.execute(sql, (row, unit, key, overrules)).map(drop)
}

fn receipt(tx: &Tx<'_>, row: i64, entry: &Verified, content: &ReceiptContent) -> Result<()> {
    let sql = "INSERT INTO receipts (row, node, seq, prev, time) VALUES (?1, ?2, ?3, ?4, ?5)";
    let node = entry.entry().author();
    let prev = content.prev.as_ref().map(|id| &id.0[..]);
    let seq = columns::signed(content.seq).unwrap_or(i64::MAX);
    tx.execute(
        sql,
        (row, &node.0[..], seq, prev, entry.entry().body().time.0),
    )?;
    // What it calls received it holds, too.
    for id in content.covers.iter().chain(&content.received) {
        covers(tx, row, id)?;
    }
    Ok(())
}

fn covers(tx: &Tx<'_>, row: i64, id: &EntryId) -> Result<()> {
    let sql = "INSERT OR IGNORE INTO receipt_covers (entry, receipt) VALUES (?1, ?2)";
    tx.execute(sql, (&id.0[..], row)).map(drop)
}
