//! Reading entries by what they are about.

use identity::Verified;
use model::{Period, Timestamp, UnitPath};
use rusqlite::types::Value;
use rusqlite::{OptionalExtension, Row, params_from_iter};
use wire::range::Range;
use wire::{DocId, EntryId, Kind, PublicKey, Stream};

use crate::Result;
use crate::columns;
use crate::tx::Store;

/// One entry as it lies in the store.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Its place in the order of arrival.
    pub row: i64,
    /// The entry.
    pub entry: Verified,
    /// The peer it came from; `None` for our own and for imported ones.
    pub from: Option<PublicKey>,
    /// When it arrived, by this node's clock.
    pub arrived: Timestamp,
}

/// What an entry is about, without its content: cheap to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Its place in the order of arrival.
    pub row: i64,
    /// Its id.
    pub id: EntryId,
    /// Who signed it.
    pub author: PublicKey,
    /// What it is.
    pub kind: Kind,
    /// Whose stream it lies in.
    pub unit: UnitPath,
    /// Which flow.
    pub stream: Stream,
    /// Its period, if it has one.
    pub period: Option<Period>,
    /// Its document, if it has one.
    pub doc: Option<DocId>,
    /// The author's clock.
    pub time: Timestamp,
    /// Size of the signed bytes.
    pub size: usize,
}

/// Which entries to read; the default is all of them.
#[derive(Clone, Debug, Default)]
pub struct EntryFilter {
    /// Of this unit.
    pub unit: Option<UnitPath>,
    /// And of all units below it.
    pub subtree: bool,
    /// Of this stream.
    pub stream: Option<Stream>,
    /// Of this kind.
    pub kind: Option<Kind>,
    /// Of this period; `Some(None)`: of none.
    pub period: Option<Option<Period>>,
    /// About this document.
    pub doc: Option<DocId>,
    /// Signed by this key. Together with nothing else it reads the whole table.
    pub author: Option<PublicKey>,
    /// Only rows after this one.
    pub after_row: i64,
    /// At most so many.
    pub limit: Option<usize>,
}

/// What came after a mark.
#[derive(Clone, Debug)]
pub struct Page {
    /// The entries, by row.
    pub entries: Vec<Stored>,
    /// Everything up to this row was looked at: the next mark.
    pub up_to_row: i64,
    /// Whether that was all there is.
    pub complete: bool,
}

/// What came after a mark, by id alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdPage {
    /// (row, id), by row.
    pub ids: Vec<(i64, EntryId)>,
    /// Everything up to this row was looked at: the next mark.
    pub up_to_row: i64,
    /// Whether that was all there is.
    pub complete: bool,
}

const HEADER: &str = "SELECT e.row, e.id, e.author, e.kind, e.doc, e.time, length(e.bytes),
    p.unit, p.stream, p.period, e.peer FROM entries e CROSS JOIN parts p ON p.part = e.part";

impl Store {
    /// The entries that match, by row.
    pub fn entries(&self, filter: &EntryFilter) -> Result<Vec<Stored>> {
        let mut found = Vec::new();
        self.for_each(filter, |stored| found.push(stored.clone()))?;
        Ok(found)
    }

    /// Calls `f` with each entry that matches, by row, holding one at a time.
    pub fn for_each(&self, filter: &EntryFilter, mut f: impl FnMut(&Stored)) -> Result<()> {
        let (sql, params) = filter.sql();
        let mut select = self.conn.prepare_cached(&sql)?;
        let mut rows = select.query(params_from_iter(params))?;
        while let Some(row) = rows.next()? {
            f(&stored(row)?);
        }
        Ok(())
    }

    /// What an entry is about.
    pub fn header(&self, id: &EntryId) -> Result<Option<Header>> {
        let mut select = self
            .conn
            .prepare_cached(&format!("{HEADER} WHERE e.id = ?1"))?;
        let mut rows = select.query((&id.0[..],))?;
        rows.next()?.map(header).transpose()
    }

    /// Entries after `after_row` that lie in one of the ranges and were not
    /// received from `not_from`: until `max_count` entries, or the first that
    /// reaches `max_bytes` in all.
    pub fn rows_after(
        &self,
        ranges: &[Range],
        after_row: i64,
        not_from: &PublicKey,
        max_count: usize,
        max_bytes: usize,
    ) -> Result<Page> {
        self.read(|store| {
            let page = store.after(ranges, after_row, not_from, max_count, max_bytes)?;
            let entries = page.ids.iter().map(|(row, _)| store.stored_at(*row));
            Ok(Page {
                entries: entries.collect::<Result<_>>()?,
                up_to_row: page.up_to_row,
                complete: page.complete,
            })
        })
    }

    /// Like [`Store::rows_after`], ids only.
    pub fn ids_after(
        &self,
        ranges: &[Range],
        after_row: i64,
        not_from: &PublicKey,
        max_count: usize,
        max_bytes: usize,
    ) -> Result<IdPage> {
        self.read(|store| store.after(ranges, after_row, not_from, max_count, max_bytes))
    }

    fn after(
        &self,
        ranges: &[Range],
        after_row: i64,
        not_from: &PublicKey,
        max_count: usize,
        max_bytes: usize,
    ) -> Result<IdPage> {
        let sql = format!("{HEADER} WHERE e.row > ?1 ORDER BY e.row");
        let mut select = self.conn.prepare_cached(&sql)?;
        let mut rows = select.query((after_row,))?;
        let mut page = IdPage {
            ids: Vec::new(),
            up_to_row: after_row,
            complete: false,
        };
        let mut bytes = 0usize;
        while page.ids.len() < max_count && bytes < max_bytes {
            let Some(row) = rows.next()? else {
                page.complete = true;
                break;
            };
            let header = header(row)?;
            page.up_to_row = header.row;
            let wanted = ranges
                .iter()
                .any(|range| range.contains(&header.unit, header.stream, header.period));
            if wanted && columns::key_opt(row, 10)?.as_ref() != Some(not_from) {
                bytes = bytes.saturating_add(header.size);
                page.ids.push((header.row, header.id));
            }
        }
        Ok(page)
    }

    /// The entry of a row that is known to exist.
    pub(crate) fn stored_at(&self, row: i64) -> Result<Stored> {
        let sql = "SELECT row, id, bytes, peer, arrived FROM entries WHERE row = ?1";
        let mut select = self.conn.prepare_cached(sql)?;
        let mut rows = select.query((row,))?;
        match rows.next()? {
            Some(row) => stored(row),
            None => Err(crate::StoreError::corrupt(format!(
                "entries row {row} is missing"
            ))),
        }
    }

    /// Who signed an entry, if it is held.
    pub(crate) fn author(&self, id: &EntryId) -> Result<Option<PublicKey>> {
        let mut select = self
            .conn
            .prepare_cached("SELECT author FROM entries WHERE id = ?1")?;
        Ok(select
            .query_row((&id.0[..],), |row| columns::key(row, 0))
            .optional()?)
    }
}

impl EntryFilter {
    /// The statement. CROSS JOIN fixes the order of the loops: from the few
    /// parts to their entries when a unit is named, from the entries otherwise.
    /// What is said of a document is found among the few of its kind in its part:
    /// by the document itself all its changes would be passed on the way.
    fn sql(&self) -> (String, Vec<Value>) {
        let is_few = |kind: &Kind| *kind != Kind::Changes && self.period.is_some();
        let by_doc = self.doc.is_some() && !self.kind.as_ref().is_some_and(is_few);
        let by_part = self.unit.is_some() && !by_doc && self.after_row == 0;
        let from = if by_part {
            "parts p CROSS JOIN entries e ON e.part = p.part"
        } else {
            "entries e CROSS JOIN parts p ON p.part = e.part"
        };
        let mut terms = Terms::default();
        if let Some(unit) = &self.unit {
            if self.subtree {
                let below = (format!("{unit}."), format!("{unit}/"));
                let term = "(p.unit = ? OR (p.unit > ? AND p.unit < ?))";
                terms.push(
                    term,
                    [unit.to_string().into(), below.0.into(), below.1.into()],
                );
            } else {
                terms.push("p.unit = ?", [unit.to_string().into()]);
            }
        }
        if let Some(stream) = self.stream {
            terms.push(
                "p.stream = ?",
                [columns::stream_name(stream).to_owned().into()],
            );
        }
        if let Some(period) = self.period {
            terms.push("p.period = ?", [columns::period_text(period).into()]);
        }
        if let Some(kind) = &self.kind {
            terms.push("e.kind = ?", [kind.as_str().to_owned().into()]);
        }
        if let Some(doc) = &self.doc {
            terms.push("e.doc = ?", [doc.0.to_vec().into()]);
        }
        if let Some(author) = &self.author {
            terms.push("e.author = ?", [author.0.to_vec().into()]);
        }
        if self.after_row > 0 {
            terms.push("e.row > ?", [self.after_row.into()]);
        }
        let limit = self
            .limit
            .map_or(-1, |limit| i64::try_from(limit).unwrap_or(-1));
        terms.params.push(limit.into());
        let sql = format!(
            "SELECT e.row, e.id, e.bytes, e.peer, e.arrived FROM {from} WHERE {} \
             ORDER BY e.row LIMIT ?",
            if terms.sql.is_empty() {
                "TRUE"
            } else {
                &terms.sql
            },
        );
        (sql, terms.params)
    }
}

#[derive(Default)]
struct Terms {
    sql: String,
    params: Vec<Value>,
}

impl Terms {
    fn push<const N: usize>(&mut self, term: &str, params: [Value; N]) {
        if !self.sql.is_empty() {
            self.sql.push_str(" AND ");
        }
        self.sql.push_str(term);
        self.params.extend(params);
    }
}

/// From the columns row, id, bytes, peer, arrived.
fn stored(row: &Row<'_>) -> Result<Stored> {
    let number = row.get(0)?;
    let id = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
    let bytes = row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?;
    let entry = columns::entry(number, id, bytes)?;
    Ok(Stored {
        row: number,
        entry: Verified::from_own_store(entry),
        from: columns::key_opt(row, 3)?,
        arrived: columns::time(row, 4)?,
    })
}

fn header(row: &Row<'_>) -> Result<Header> {
    let text = |at: usize| -> Result<&str> {
        Ok(row.get_ref(at)?.as_str().map_err(rusqlite::Error::from)?)
    };
    Ok(Header {
        row: row.get(0)?,
        id: columns::id(row, 1)?,
        author: columns::key(row, 2)?,
        kind: Kind::from_name(text(3)?),
        doc: row.get::<_, Option<[u8; 32]>>(4)?.map(DocId),
        time: columns::time(row, 5)?,
        size: usize::try_from(row.get::<_, i64>(6)?).unwrap_or(0),
        unit: columns::unit(text(7)?)?,
        stream: columns::stream(text(8)?)?,
        period: columns::period(text(9)?)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first loop of a query and the index of the one inside it.
    fn plan(filter: &EntryFilter) -> Vec<String> {
        let store = Store::open_in_memory().unwrap();
        let (sql, params) = filter.sql();
        let sql = format!("EXPLAIN QUERY PLAN {sql}");
        let mut select = store.conn.prepare(&sql).unwrap();
        let steps = select.query_map(params_from_iter(params), |row| row.get(3));
        steps.unwrap().map(Result::unwrap).collect()
    }

    #[test]
    fn no_query_passes_entries_that_it_does_not_ask_for() {
        let submissions = EntryFilter {
            unit: Some(UnitPath::parse("byt.24.07210").unwrap()),
            stream: Some(Stream::Report),
            kind: Some(Kind::Submission),
            period: Some(Some(Period::Quarter(2026, 2))),
            doc: Some(DocId([7; 32])),
            ..EntryFilter::default()
        };
        let steps = plan(&submissions);
        assert!(steps[0].contains("SEARCH p"), "{steps:?}");
        assert!(
            steps[1].contains("entries_kind (kind=? AND part=?)"),
            "{steps:?}"
        );
        let changes = EntryFilter {
            kind: Some(Kind::Changes),
            ..submissions
        };
        let steps = plan(&changes);
        assert!(steps[0].contains("entries_doc (doc=?)"), "{steps:?}");
    }
}
