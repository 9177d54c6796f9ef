//! Trust, but look: raw rows for the `verify` command, the check of every
//! projection against the entries, and the rebuild.

use std::cmp::Ordering;

use identity::Verified;
use rusqlite::{Connection, Row};
use wire::{Body, Entry};

use crate::project::project;
use crate::schema::PROJECTIONS;
use crate::tx::{Store, Tx};
use crate::{Result, StoreError, columns, limits};

/// Every column of an entry that repeats what its bytes say.
const REPEATED: &str = "SELECT e.row, e.id, e.bytes, e.kind, e.time, e.author, e.doc,
    p.unit, p.stream, p.period FROM entries e LEFT JOIN parts p ON p.part = e.part ORDER BY e.row";

impl Store {
    /// Calls `f` with (row, id, bytes) of every row, as they lie in the file:
    /// nothing is parsed, compared or believed.
    pub fn for_each_raw(&self, mut f: impl FnMut(i64, &[u8], &[u8])) -> Result<()> {
        let mut select = self.conn.prepare_cached(
            "SELECT row, coalesce(CAST(id AS BLOB), x''), coalesce(CAST(bytes AS BLOB), x'')
                 FROM entries ORDER BY row",
        )?;
        let mut rows = select.query(())?;
        while let Some(row) = rows.next()? {
            f(row.get(0)?, blob(row, 1)?, blob(row, 2)?);
        }
        Ok(())
    }

    /// What SQLite itself finds wrong with the file; empty if nothing.
    pub fn integrity_check(&self) -> Result<Vec<String>> {
        let mut select = self.conn.prepare("PRAGMA integrity_check")?;
        let lines = select.query_map((), |row| row.get::<_, String>(0))?;
        let mut problems: Vec<String> = lines.collect::<rusqlite::Result<_>>()?;
        problems.retain(|line| line != "ok");
        let mut select = self.conn.prepare("PRAGMA foreign_key_check")?;
        let dangling = select.query_map((), |row| {
            let (table, row, parent): (String, Option<i64>, String) =
                (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(format!("{table} row {row:?} points to nothing in {parent}"))
        })?;
        problems.extend(dangling.collect::<rusqlite::Result<Vec<_>>>()?);
        Ok(problems)
    }

    /// Computes all projections anew from the entries, in memory, and says what
    /// differs; empty if nothing. Writers are not held up.
    pub fn check_projections(&self) -> Result<Vec<String>> {
        self.check_projections_in(&mut Store::open_in_memory()?)
    }

    /// The same in a store that was made for this and may have been used for it
    /// before: to make one costs more than to check a small file.
    pub fn check_projections_in(&self, fresh: &mut Store) -> Result<Vec<String>> {
        // Its `entries` stays empty.
        fresh.conn.pragma_update(None, "foreign_keys", false)?;
        self.read(|store| {
            let mut problems = fresh.write(|tx| {
                tx.empty_projections()?;
                tx.execute("DELETE FROM parts", ())?;
                store.project_all_into(tx)
            })?;
            for (table, columns) in PROJECTIONS {
                problems.extend(differences(&store.conn, &fresh.conn, table, columns)?);
            }
            Ok(problems)
        })
    }

    /// Projects every good row into `fresh` and reports the others.
    fn project_all_into(&self, fresh: &Tx<'_>) -> Result<Vec<String>> {
        let mut problems = Vec::new();
        let mut select = self.conn.prepare_cached(REPEATED)?;
        let mut rows = select.query(())?;
        while let Some(row) = rows.next()? {
            let number = row.get(0)?;
            match columns::entry(number, blob(row, 1)?, blob(row, 2)?) {
                Err(error) => problems.push(error.to_string()),
                Ok(entry) => {
                    if !repeats(row, &entry)? {
                        problems.push(format!("entries row {number}: a column differs"));
                    }
                    project(fresh, number, &Verified::from_own_store(entry))?;
                }
            }
        }
        Ok(problems)
    }

    /// Throws all projections away and computes them anew from the entries, in
    /// one transaction. A damaged row stops it, by name, with nothing changed.
    pub fn rebuild(&mut self) -> Result<()> {
        self.write(|tx| tx.rebuild())
    }
}

impl Tx<'_> {
    pub(crate) fn rebuild(&self) -> Result<()> {
        self.empty_projections()?;
        let mut after = 0;
        while let Some(last) = self.rebuild_page(after)? {
            after = last;
        }
        self.step(|| self.flush_sums())?;
        self.execute("DELETE FROM parts WHERE count = 0", ())
            .map(drop)
    }

    /// Entries point to their part: parts are emptied, and those that stay empty
    /// dropped in the end.
    pub(crate) fn empty_projections(&self) -> Result<()> {
        for (table, _) in PROJECTIONS
            .iter()
            .rev()
            .filter(|(table, _)| *table != "parts")
        {
            self.execute(&format!("DELETE FROM {table}"), ())?;
        }
        self.execute("UPDATE parts SET count = 0, sum = zeroblob(32)", ())
            .map(drop)
    }

    fn rebuild_page(&self, after: i64) -> Result<Option<i64>> {
        let sql = "SELECT row, id, bytes FROM entries WHERE row > ?1 ORDER BY row LIMIT ?2";
        let mut select = self.conn.prepare_cached(sql)?;
        let page: Vec<(i64, Vec<u8>, Vec<u8>)> = select
            .query_map((after, limits::REBUILD_PAGE_COUNT), |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })?
            .collect::<rusqlite::Result<_>>()?;
        for (row, id, bytes) in &page {
            let entry = columns::entry(*row, id, bytes)?;
            self.repeat(*row, &entry)?;
            project(self, *row, &Verified::from_own_store(entry))?;
        }
        Ok(page.last().map(|(row, ..)| *row))
    }

    /// Sets the columns that repeat what the bytes say.
    fn repeat(&self, row: i64, entry: &Entry) -> Result<()> {
        let body = entry.body();
        let kind = body.kind();
        let sql = "UPDATE entries SET part = ?2, kind = ?3, time = ?4, author = ?5, doc = ?6
                   WHERE row = ?1 AND (part, kind, time, author, doc) IS NOT (?2, ?3, ?4, ?5, ?6)";
        let params = (
            row,
            self.part_of(body)?,
            kind.as_str(),
            body.time.0,
            &entry.author().0[..],
            body.doc.as_ref().map(|doc| &doc.0[..]),
        );
        self.execute(sql, params).map(drop)
    }
}

fn blob<'a>(row: &'a Row<'_>, at: usize) -> Result<&'a [u8]> {
    Ok(row.get_ref(at)?.as_blob().map_err(rusqlite::Error::from)?)
}

fn repeats(row: &Row<'_>, entry: &Entry) -> Result<bool> {
    let body: &Body = entry.body();
    let text = |at: usize| row.get::<_, Option<String>>(at);
    let doc = row.get::<_, Option<Vec<u8>>>(6)?;
    Ok(text(3)?.as_deref() == Some(body.kind().as_str())
        && row.get::<_, i64>(4)? == body.time.0
        && blob(row, 5)? == &entry.author().0[..]
        && doc.as_deref() == body.doc.as_ref().map(|doc| &doc.0[..])
        && text(7)?.as_deref() == Some(body.unit.as_str())
        && text(8)?.as_deref() == Some(columns::stream_name(body.stream))
        && text(9)? == Some(columns::period_text(body.period)))
}

/// Compares one table in two files, line by line, in one order.
fn differences(
    kept: &Connection,
    fresh: &Connection,
    table: &str,
    columns: &str,
) -> Result<Vec<String>> {
    let quoted: Vec<String> = columns
        .split(", ")
        .map(|name| format!("quote({name})"))
        .collect();
    let used = if table == "parts" {
        "WHERE count > 0"
    } else {
        ""
    };
    let sql = format!(
        "SELECT {} AS line FROM {table} {used} ORDER BY line",
        quoted.join("||' '||")
    );
    let (mut kept, mut fresh) = (kept.prepare_cached(&sql)?, fresh.prepare_cached(&sql)?);
    let (mut kept, mut fresh) = (lines(&mut kept)?, lines(&mut fresh)?);
    let (mut left, mut right) = (next(&mut kept)?, next(&mut fresh)?);
    let mut problems = Vec::new();
    while problems.len() < limits::PROBLEMS_PER_TABLE_MAX_COUNT {
        let order = match (&left, &right) {
            (None, None) => break,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(left), Some(right)) => left.cmp(right),
        };
        if let (Ordering::Less, Some(line)) = (order, &left) {
            problems.push(format!("{table}: no entry says {line}"));
        }
        if let (Ordering::Greater, Some(line)) = (order, &right) {
            problems.push(format!("{table}: missing is {line}"));
        }
        if order.is_le() {
            left = next(&mut kept)?;
        }
        if order.is_ge() {
            right = next(&mut fresh)?;
        }
    }
    Ok(problems)
}

fn lines<'a>(
    select: &'a mut rusqlite::Statement<'_>,
) -> Result<impl Iterator<Item = rusqlite::Result<String>> + use<'a>> {
    Ok(select.query_map((), |row| row.get(0))?)
}

fn next(
    lines: &mut impl Iterator<Item = rusqlite::Result<String>>,
) -> Result<Option<String>, StoreError> {
    Ok(lines.next().transpose()?)
}
