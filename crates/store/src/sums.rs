//! Fingerprints: of every part, and of every scope that a session asks for.
//!
//! Points are added in memory while a transaction runs and written once, before
//! the commit (or before a read of the same transaction), so a batch of
//! hundreds of entries touches a few dozen sums. `totals` keeps the sum of each
//! (unit or subtree, stream, period or all periods): a whole Hello is a handful
//! of rows, whatever the number of documents.

use std::collections::BTreeMap;

use identity::fingerprint::{Accumulator, Fingerprint};
use model::{Level, Period, Timestamp, UnitPath};
use rusqlite::OptionalExtension;
use wire::range::{Part, Range};
use wire::{Body, EntryId, Stream};

use crate::columns::{self, ALL_PERIODS, period_text, stream_name};
use crate::tx::{Store, Tx};
use crate::{Result, StoreError};

/// (unit, with everything below, stream, period or [`ALL_PERIODS`])
type TotalKey = (UnitPath, bool, Stream, String);

/// What the running transaction has added.
#[derive(Default)]
pub(crate) struct Pending {
    parts: BTreeMap<Part, (i64, Accumulator)>,
    /// Writing it failed half-way: the transaction must not commit.
    failed: bool,
}

impl Pending {
    pub(crate) fn clear(&mut self) {
        *self = Pending::default();
    }
}

impl Tx<'_> {
    /// The number of the part this body belongs to.
    pub(crate) fn part_of(&self, body: &Body) -> Result<i64> {
        if let Some((part, _)) = self.pending.borrow().parts.get(&part_key(body)) {
            return Ok(*part);
        }
        let columns = (
            body.unit.as_str(),
            stream_name(body.stream),
            period_text(body.period),
        );
        let sql = "INSERT INTO parts (unit, stream, period) VALUES (?1, ?2, ?3)
                   ON CONFLICT (unit, stream, period) DO NOTHING";
        let select = "SELECT part FROM parts WHERE unit = ?1 AND stream = ?2 AND period = ?3";
        let mut select = self.conn.prepare_cached(select)?;
        let known = select.query_row((columns.0, columns.1, &columns.2), |row| row.get(0));
        if let Some(part) = known.optional()? {
            return Ok(part);
        }
        self.execute(sql, columns)?;
        Ok(self.conn.last_insert_rowid())
    }

    /// Counts an entry in.
    pub(crate) fn add_to_sums(&self, body: &Body, id: &EntryId) -> Result<()> {
        let part = self.part_of(body)?;
        let key = part_key(body);
        let mut pending = self.pending.borrow_mut();
        let (_, sum) = pending
            .parts
            .entry(key)
            .or_insert_with(|| (part, Accumulator::default()));
        sum.add(id);
        Ok(())
    }
}

impl Store {
    /// Writes what is pending into the tables of the running transaction.
    pub(crate) fn flush_sums(&self) -> Result<()> {
        if self.pending.borrow().failed {
            return Err(StoreError::Aborted);
        }
        let parts = std::mem::take(&mut self.pending.borrow_mut().parts);
        if parts.is_empty() {
            return Ok(());
        }
        let written = self.write_sums(parts);
        self.pending.borrow_mut().failed = written.is_err();
        written
    }

    fn write_sums(&self, parts: BTreeMap<Part, (i64, Accumulator)>) -> Result<()> {
        let mut totals: BTreeMap<TotalKey, Accumulator> = BTreeMap::new();
        for (key, (part, added)) in parts {
            let forgotten = usize::from(model::sabotaged!(ForgetTotal));
            for total in totals_of(&key).into_iter().skip(forgotten) {
                totals.entry(total).or_default().join(&added);
            }
            let mut sum = added;
            merge(&mut sum, &self.sum_of_part(part)?)?;
            let sum = sum.finish();
            self.conn
                .prepare_cached("UPDATE parts SET count = ?2, sum = ?3 WHERE part = ?1")?
                .execute((part, columns::signed(sum.count)?, &sum.sum[..]))?;
        }
        for (key, mut sum) in totals {
            merge(&mut sum, &self.total(&key)?)?;
            let sum = sum.finish();
            let (unit, subtree, stream, period) = &key;
            let sql = "INSERT INTO totals (unit, subtree, stream, period, count, sum)
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                       ON CONFLICT (unit, subtree, stream, period)
                       DO UPDATE SET count = excluded.count, sum = excluded.sum";
            self.conn.prepare_cached(sql)?.execute((
                unit.as_str(),
                subtree,
                stream_name(*stream),
                period,
                columns::signed(sum.count)?,
                &sum.sum[..],
            ))?;
        }
        Ok(())
    }

    fn sum_of_part(&self, part: i64) -> Result<Fingerprint> {
        let mut select = self
            .conn
            .prepare_cached("SELECT count, sum FROM parts WHERE part = ?1")?;
        fingerprint(select.query_row((part,), sum_columns).optional()?)
    }

    fn total(&self, (unit, subtree, stream, period): &TotalKey) -> Result<Fingerprint> {
        let sql = "SELECT count, sum FROM totals
                   WHERE unit = ?1 AND subtree = ?2 AND stream = ?3 AND period = ?4";
        let mut select = self.conn.prepare_cached(sql)?;
        let params = (unit.as_str(), subtree, stream_name(*stream), period);
        fingerprint(select.query_row(params, sum_columns).optional()?)
    }

    /// The fingerprint of everything held in the union of the ranges; an entry
    /// in two of them counts once.
    pub fn fingerprint(&self, ranges: &[Range]) -> Result<Fingerprint> {
        self.read(|store| {
            store.flush_sums()?;
            let ranges = without_covered(ranges);
            let mut sum = Accumulator::default();
            if any_overlap(&ranges) {
                for (_, part) in store.parts(&ranges)? {
                    merge(&mut sum, &part)?;
                }
                return Ok(sum.finish());
            }
            for range in &ranges {
                merge(&mut sum, &store.range_sum(range)?)?;
            }
            Ok(sum.finish())
        })
    }

    fn range_sum(&self, range: &Range) -> Result<Fingerprint> {
        let subtree = range.subtree && has_below(&range.unit);
        match range.period {
            Some(period) if !subtree => self.part_sum(&range.unit, range.stream, period),
            period => {
                let period = period.map_or(ALL_PERIODS.to_owned(), |period| period.to_string());
                self.total(&(range.unit.clone(), subtree, range.stream, period))
            }
        }
    }

    fn part_sum(&self, unit: &UnitPath, stream: Stream, period: Period) -> Result<Fingerprint> {
        let sql = "SELECT count, sum FROM parts WHERE unit = ?1 AND stream = ?2 AND period = ?3";
        let mut select = self.conn.prepare_cached(sql)?;
        let params = (unit.as_str(), stream_name(stream), period.to_string());
        fingerprint(select.query_row(params, sum_columns).optional()?)
    }

    /// The non-empty parts in the union of the ranges, each once, ordered by
    /// unit, stream and period.
    pub fn parts(&self, ranges: &[Range]) -> Result<Vec<(Part, Fingerprint)>> {
        self.read(|store| {
            store.flush_sums()?;
            let mut found = BTreeMap::new();
            for range in without_covered(ranges) {
                store.parts_of(&range, &mut found)?;
            }
            Ok(found.into_iter().collect())
        })
    }

    fn parts_of(&self, range: &Range, found: &mut BTreeMap<Part, Fingerprint>) -> Result<()> {
        // Below `byt.24` lies what starts with `byt.24.`; '/' follows '.'.
        let sql = "SELECT unit, period, count, sum FROM parts
                   WHERE (unit = ?1 OR (unit > ?2 AND unit < ?3)) AND stream = ?4 AND count > 0";
        let mut select = self.conn.prepare_cached(sql)?;
        let (above, beyond) = if range.subtree {
            (format!("{}.", range.unit), format!("{}/", range.unit))
        } else {
            (String::new(), String::new())
        };
        let params = (
            range.unit.as_str(),
            above,
            beyond,
            stream_name(range.stream),
        );
        let mut rows = select.query(params)?;
        while let Some(row) = rows.next()? {
            let unit = columns::unit(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?)?;
            let period = columns::period(row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?)?;
            if range.contains(&unit, range.stream, period) {
                let sum = fingerprint(Some((row.get(2)?, row.get(3)?)))?;
                found.insert(
                    Part {
                        unit,
                        stream: range.stream,
                        period,
                    },
                    sum,
                );
            }
        }
        Ok(())
    }

    /// What a part holds, by (time, id).
    pub fn items(&self, part: &Part) -> Result<Vec<(Timestamp, EntryId)>> {
        let sql = "SELECT e.time, e.id FROM parts p CROSS JOIN entries e ON e.part = p.part
                   WHERE p.unit = ?1 AND p.stream = ?2 AND p.period = ?3 ORDER BY e.time, e.id";
        let mut select = self.conn.prepare_cached(sql)?;
        let params = (
            part.unit.as_str(),
            stream_name(part.stream),
            period_text(part.period),
        );
        let items = select.query_map(params, |row| {
            Ok((columns::time(row, 0)?, columns::id(row, 1)?))
        })?;
        Ok(items.collect::<rusqlite::Result<_>>()?)
    }
}

fn part_key(body: &Body) -> Part {
    Part {
        unit: body.unit.clone(),
        stream: body.stream,
        period: body.period,
    }
}

/// A facility has nothing below it: its subtree is itself, and keeps no row.
fn has_below(unit: &UnitPath) -> bool {
    unit.level() != Level::Facility
}

/// The rows of `totals` that a part adds to.
fn totals_of(
    Part {
        unit,
        stream,
        period,
    }: &Part,
) -> Vec<TotalKey> {
    let mut totals = vec![(unit.clone(), false, *stream, ALL_PERIODS.to_owned())];
    for above in std::iter::successors(Some(unit.clone()), UnitPath::parent).filter(has_below) {
        if period.is_some() {
            totals.push((above.clone(), true, *stream, period_text(*period)));
        }
        totals.push((above, true, *stream, ALL_PERIODS.to_owned()));
    }
    totals
}

fn sum_columns(row: &rusqlite::Row<'_>) -> rusqlite::Result<(i64, [u8; 32])> {
    Ok((row.get(0)?, row.get(1)?))
}

fn fingerprint(columns: Option<(i64, [u8; 32])>) -> Result<Fingerprint> {
    match columns {
        Some((count, sum)) => Ok(Fingerprint {
            count: columns::count(count)?,
            sum,
        }),
        None => Ok(Fingerprint::EMPTY),
    }
}

/// Adds a stored sum; one that is no point is damage.
pub(crate) fn merge(into: &mut Accumulator, sum: &Fingerprint) -> Result<()> {
    into.merge(sum).map_err(|error| StoreError::Corrupt {
        what: "a stored fingerprint".into(),
        source: Some(Box::new(error)),
    })
}

fn covers(wide: &Range, narrow: &Range) -> bool {
    wide.stream == narrow.stream
        && (wide.period.is_none() || wide.period == narrow.period)
        && (wide.unit == narrow.unit && wide.subtree >= narrow.subtree
            || wide.subtree && wide.unit.contains(&narrow.unit))
}

/// The ranges that lie in no other one.
fn without_covered(ranges: &[Range]) -> Vec<Range> {
    let mut kept: Vec<Range> = Vec::new();
    for range in ranges {
        if !kept.iter().any(|other| covers(other, range)) {
            kept.retain(|other| !covers(range, other));
            kept.push(range.clone());
        }
    }
    kept
}

fn any_overlap(ranges: &[Range]) -> bool {
    let overlap = |a: &Range, b: &Range| {
        a.stream == b.stream
            && (a.period.is_none() || b.period.is_none() || a.period == b.period)
            && (a.unit == b.unit
                || a.subtree && a.unit.contains(&b.unit)
                || b.subtree && b.unit.contains(&a.unit))
    };
    ranges
        .iter()
        .enumerate()
        .any(|(at, a)| ranges[at + 1..].iter().any(|b| overlap(a, b)))
}
