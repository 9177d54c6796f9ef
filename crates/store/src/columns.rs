//! How our values look in columns, and back.

use model::{Period, Timestamp, UnitPath};
use rusqlite::Row;
use wire::{DocId, Entry, EntryId, PublicKey, Stream};

use crate::{Result, StoreError};

/// In `totals.period`: all periods together.
pub(crate) const ALL_PERIODS: &str = "*";

/// The name of a stream, as on the wire.
pub(crate) fn stream_name(stream: Stream) -> &'static str {
    match stream {
        Stream::Org => "org",
        Stream::Report => "report",
        Stream::Incident => "incident",
        Stream::Rollup => "rollup",
    }
}

/// The stream of a column.
pub(crate) fn stream(name: &str) -> Result<Stream> {
    match name {
        "org" => Ok(Stream::Org),
        "report" => Ok(Stream::Report),
        "incident" => Ok(Stream::Incident),
        "rollup" => Ok(Stream::Rollup),
        _ => Err(StoreError::corrupt(format!("a stream named {name:?}"))),
    }
}

/// A period; '' is none.
pub(crate) fn period_text(period: Option<Period>) -> String {
    period.map(|period| period.to_string()).unwrap_or_default()
}

/// The period of a column.
pub(crate) fn period(text: &str) -> Result<Option<Period>> {
    if text.is_empty() {
        return Ok(None);
    }
    let period = Period::parse(text);
    period
        .map(Some)
        .map_err(|_| StoreError::corrupt(format!("a period {text:?}")))
}

/// The unit of a column.
pub(crate) fn unit(text: &str) -> Result<UnitPath> {
    UnitPath::parse(text).map_err(|_| StoreError::corrupt(format!("a unit {text:?}")))
}

/// Column `at` as an entry id.
pub(crate) fn id(row: &Row<'_>, at: usize) -> rusqlite::Result<EntryId> {
    row.get(at).map(EntryId)
}

/// Column `at` as a key.
pub(crate) fn key(row: &Row<'_>, at: usize) -> rusqlite::Result<PublicKey> {
    row.get(at).map(PublicKey)
}

/// Column `at` as a key that may be absent.
pub(crate) fn key_opt(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<PublicKey>> {
    Ok(row.get::<_, Option<[u8; 32]>>(at)?.map(PublicKey))
}

/// Column `at` as a document id.
pub(crate) fn doc(row: &Row<'_>, at: usize) -> rusqlite::Result<DocId> {
    row.get(at).map(DocId)
}

/// Column `at` as a time.
pub(crate) fn time(row: &Row<'_>, at: usize) -> rusqlite::Result<Timestamp> {
    row.get(at).map(Timestamp)
}

/// Column `at` as a time that may be absent.
pub(crate) fn time_opt(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<Timestamp>> {
    Ok(row.get::<_, Option<i64>>(at)?.map(Timestamp))
}

/// The bytes of `entries` row `row`, which must still give `id`.
pub(crate) fn entry(row: i64, id: &[u8], bytes: &[u8]) -> Result<Entry> {
    let entry = Entry::parse(bytes)
        .map_err(|error| StoreError::corrupt_row(row, Some(Box::new(error) as Box<_>)))?;
    if entry.id().as_bytes()[..] != *id {
        return Err(StoreError::corrupt_row(row, None));
    }
    Ok(entry)
}

/// A count of SQLite's as `u64`.
pub(crate) fn count(value: i64) -> Result<u64> {
    u64::try_from(value).map_err(|_| StoreError::corrupt("a negative count"))
}

/// A count for SQLite.
pub(crate) fn signed(value: u64) -> Result<i64> {
    i64::try_from(value).map_err(|_| StoreError::corrupt("a count beyond 2^63"))
}
