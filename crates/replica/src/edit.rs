//! Editing a report: every edit is a durable draft, all or nothing.

use std::collections::BTreeMap;

use document::Report;
use model::form::{FieldType, Slot};
use model::{Entropy, Form, Period, Scalar, Snapshot, UnitPath};
use serde::Serialize;
use store::{Draft, DraftValue};
use wire::{ChangeHash, DocId, PublicKey};

use crate::report::{Loaded, ReportKey, lay_over};
use crate::{Clock, Env, Error, Replica};

/// Characters of a row id: eight of 32 are 2^40 ids, and two equal ones on two
/// machines would merge two rows into one.
const ROW_ID_LENGTH: usize = 8;
const ROW_ID_ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// A row that was added or changed.
#[derive(Clone, Debug, Serialize)]
pub struct RowChange {
    /// The table.
    pub table: String,
    /// The row's id.
    pub row: String,
}

/// One edit, checked against the form.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    Put(String, Scalar),
    Text(String, String),
}

impl Change {
    /// Its key, if an older draft of it must not stay. The whole new text of a
    /// co-edited field rests on everything that was visible, others' words
    /// included: under the first draft's heads they would be written twice.
    fn begins_anew(&self, anew: bool) -> Option<String> {
        match self {
            Change::Put(key, _) => anew.then(|| key.clone()),
            Change::Text(code, _) => Some(code.clone()),
        }
    }
}

/// What a change was written upon.
#[derive(Clone, Debug)]
pub(crate) struct Upon {
    /// The signed heads that the person saw.
    pub(crate) heads: Vec<ChangeHash>,
    /// Whether an older draft of the same key is done with: its conflicts were
    /// shown and this settles them.
    pub(crate) anew: bool,
}

impl Replica {
    /// Sets one value from what was typed; an empty text clears it. `code` is a
    /// field, `B1.date`, a cell `C1/<row>/<column>`, or a long text.
    pub fn set(
        &mut self,
        key: &ReportKey,
        person: &PublicKey,
        code: &str,
        typed: &str,
        clock: Clock,
    ) -> Result<(), Error> {
        let (loaded, _) = self.load_with_drafts(key)?;
        let change = parse_change(&loaded.form, code, typed)?;
        if let Change::Put(cell, _) = &change {
            require_row(&loaded, cell)?;
        }
        self.draft(loaded, person, vec![change], clock)
    }

    /// Adds a row with the given cells.
    pub fn row_add(
        &mut self,
        key: &ReportKey,
        person: &PublicKey,
        table: &str,
        cells: &[(String, String)],
        env: &mut Env<'_>,
    ) -> Result<RowChange, Error> {
        let (loaded, _) = self.load_with_drafts(key)?;
        require_table(&loaded.form, table)?;
        let row = new_row_id(env.entropy);
        let mut changes = vec![Change::Put(format!("{table}/{row}"), Scalar::Bool(true))];
        changes.extend(cell_changes(&loaded.form, table, &row, cells)?);
        self.draft(loaded, person, changes, env.clock)?;
        Ok(RowChange {
            table: table.to_owned(),
            row,
        })
    }

    /// Changes cells of a row that exists.
    pub fn row_set(
        &mut self,
        key: &ReportKey,
        person: &PublicKey,
        table: &str,
        row: &str,
        cells: &[(String, String)],
        clock: Clock,
    ) -> Result<RowChange, Error> {
        let (loaded, _) = self.load_with_drafts(key)?;
        require_table(&loaded.form, table)?;
        let changes = cell_changes(&loaded.form, table, row, cells)?;
        require_row(&loaded, &format!("{table}/{row}/-"))?;
        self.draft(loaded, person, changes, clock)?;
        Ok(RowChange {
            table: table.to_owned(),
            row: row.to_owned(),
        })
    }

    /// Removes a row. Its cells stay in the history.
    pub fn row_remove(
        &mut self,
        key: &ReportKey,
        person: &PublicKey,
        table: &str,
        row: &str,
        clock: Clock,
    ) -> Result<RowChange, Error> {
        let (loaded, _) = self.load_with_drafts(key)?;
        require_table(&loaded.form, table)?;
        require_row(&loaded, &format!("{table}/{row}/-"))?;
        let marker = Change::Put(format!("{table}/{row}"), Scalar::Bool(false));
        self.draft(loaded, person, vec![marker], clock)?;
        Ok(RowChange {
            table: table.to_owned(),
            row: row.to_owned(),
        })
    }

    /// Takes the `take`-th (from 1) of a field's conflicting values.
    pub fn resolve(
        &mut self,
        key: &ReportKey,
        person: &PublicKey,
        code: &str,
        take: usize,
        clock: Clock,
    ) -> Result<Scalar, Error> {
        let (loaded, _) = self.load_with_drafts(key)?;
        let conflict = loaded
            .report
            .conflicts()
            .into_iter()
            .find(|c| c.key == code);
        let chosen = conflict
            .and_then(|c| c.values.into_iter().nth(take.wrapping_sub(1)))
            .ok_or_else(|| Error::NoSuchConflict(code.to_owned()))?;
        // The choice rests on everything that is visible now.
        let sealed = self.load(key)?;
        let upon = Upon {
            heads: sealed.report.heads(),
            anew: true,
        };
        let change = Change::Put(code.to_owned(), chosen.value.clone());
        self.draft_upon(&sealed, loaded, person, vec![change], &upon, clock)?;
        Ok(chosen.value)
    }

    /// Makes checked changes durable in one transaction, upon what is signed
    /// here now.
    pub(crate) fn draft(
        &mut self,
        view: Loaded,
        person: &PublicKey,
        changes: Vec<Change>,
        clock: Clock,
    ) -> Result<(), Error> {
        let sealed = self.load(&view.key)?;
        let upon = Upon {
            heads: sealed.report.heads(),
            anew: false,
        };
        self.draft_upon(&sealed, view, person, changes, &upon, clock)
    }

    /// The same upon given heads. The first edit of a report also carries over
    /// what the last accepted one hands on. What could not be signed afterwards is
    /// refused: `view` is the report with the drafts that are there already.
    pub(crate) fn draft_upon(
        &mut self,
        sealed: &Loaded,
        mut view: Loaded,
        person: &PublicKey,
        changes: Vec<Change>,
        upon: &Upon,
        clock: Clock,
    ) -> Result<(), Error> {
        self.check_clock(clock)?;
        let doc = sealed.key.doc();
        let anew: Vec<String> = changes
            .iter()
            .filter_map(|change| change.begins_anew(upon.anew))
            .collect();
        let mut drafts = self.carried(sealed, person, clock)?;
        drafts.extend(make_drafts(
            &sealed.key,
            person,
            changes,
            &upon.heads,
            clock,
        ));
        if let Some(why) = lay_over(&mut view, &drafts)?.into_iter().next() {
            return Err(why.into());
        }
        let stale: Vec<i64> = self
            .store
            .drafts(&doc)?
            .into_iter()
            .filter(|old| old.person == *person && anew.contains(&old.key))
            .map(|old| old.row)
            .collect();
        let note = doc_note(&sealed.key);
        self.store.write(|tx| -> Result<(), Error> {
            tx.set_meta(&doc_meta(&doc), &note)?;
            tx.delete_drafts(&stale)?;
            for draft in &drafts {
                tx.put_draft(draft)?;
            }
            Ok(())
        })
    }

    /// Drafts of `~` keys for an untouched report: what the last accepted
    /// report hands on. Nothing if anybody here has begun already.
    fn carried(
        &self,
        sealed: &Loaded,
        person: &PublicKey,
        clock: Clock,
    ) -> Result<Vec<Draft>, Error> {
        let begun = !self.store.drafts(&sealed.key.doc())?.is_empty();
        if begun || !sealed.report.is_untouched() {
            return Ok(Vec::new());
        }
        let Some((_, last)) = self.last_accepted(&sealed.key)? else {
            return Ok(Vec::new());
        };
        let changes = model::carry::carry_over(&sealed.form, &last)
            .into_iter()
            .map(|(key, value)| Change::Put(format!("~{key}"), value))
            .collect();
        Ok(make_drafts(
            &sealed.key,
            person,
            changes,
            &sealed.report.heads(),
            clock,
        ))
    }

    /// The newest accepted report of the same unit and form before this period.
    pub(crate) fn last_accepted(
        &self,
        key: &ReportKey,
    ) -> Result<Option<(Period, Snapshot)>, Error> {
        for period in self.periods(&key.unit)? {
            if period >= key.period {
                continue;
            }
            let earlier = ReportKey {
                period,
                ordinal: 0,
                ..key.clone()
            };
            let statements = self.statements(&earlier, true)?;
            let Some(accepted) = statements.accepted() else {
                continue;
            };
            let loaded = self.load(&earlier)?;
            if let Some(snapshot) = self.submitted_snapshot(&loaded, &accepted.content) {
                return Ok(Some((period, snapshot)));
            }
        }
        Ok(None)
    }

    /// The periods in which a unit has any report entry, newest first.
    pub(crate) fn periods(&self, unit: &UnitPath) -> Result<Vec<Period>, Error> {
        let range = wire::range::Range {
            unit: unit.clone(),
            subtree: false,
            stream: wire::Stream::Report,
            period: None,
        };
        let mut periods: Vec<Period> = self
            .store
            .parts(&[range])?
            .into_iter()
            .filter_map(|(part, _)| part.period)
            .collect();
        periods.sort_unstable();
        periods.dedup();
        periods.reverse();
        Ok(periods)
    }

    /// Which report a document with drafts is.
    pub(crate) fn draft_report(&self, doc: &DocId) -> Result<Option<ReportKey>, Error> {
        Ok(self
            .store
            .meta(&doc_meta(doc))?
            .and_then(|note| parse_note(&note)))
    }
}

fn make_drafts(
    key: &ReportKey,
    person: &PublicKey,
    changes: Vec<Change>,
    heads: &[ChangeHash],
    clock: Clock,
) -> Vec<Draft> {
    let draft = |key: String, doc: DocId, value: DraftValue| Draft {
        row: 0,
        doc,
        person: *person,
        heads: heads.to_vec(),
        key,
        value,
        time: clock.now,
    };
    let doc = key.doc();
    changes
        .into_iter()
        .map(|change| match change {
            Change::Put(key, value) => draft(key, doc, DraftValue::Scalar(value)),
            Change::Text(key, text) => draft(key, doc, DraftValue::Text(text)),
        })
        .collect()
}

fn doc_meta(doc: &DocId) -> String {
    format!("doc/{doc}")
}

fn doc_note(key: &ReportKey) -> String {
    format!("{} {} {} {}", key.unit, key.form, key.period, key.ordinal)
}

fn parse_note(note: &str) -> Option<ReportKey> {
    let mut words = note.split(' ');
    Some(ReportKey {
        unit: UnitPath::parse(words.next()?).ok()?,
        form: words.next()?.to_owned(),
        period: Period::parse(words.next()?).ok()?,
        ordinal: words.next()?.parse().ok()?,
    })
}

/// Reads what was typed for a code into a change.
pub(crate) fn parse_change(form: &Form, code: &str, typed: &str) -> Result<Change, Error> {
    if let Some(field) = form.field(code) {
        match field.kind {
            FieldType::LongText => {
                let text = model::input::clean_long_text(typed).map_err(|source| Error::Value {
                    code: code.to_owned(),
                    source,
                })?;
                return Ok(Change::Text(code.to_owned(), text));
            }
            FieldType::Table => return Err(Error::NoSuchField(format!("{code}/<row>/<column>"))),
            _ => {}
        }
    }
    match form.slot(code) {
        None | Some(Slot::Row(..)) => Err(Error::NoSuchField(code.to_owned())),
        Some(_) => {
            let value = form
                .parse_value(code, typed)
                .map_err(|source| Error::Value {
                    code: code.to_owned(),
                    source,
                })?;
            Ok(Change::Put(code.to_owned(), value))
        }
    }
}

pub(crate) fn require_table(form: &Form, table: &str) -> Result<(), Error> {
    match form.field(table) {
        Some(field) if field.kind == FieldType::Table => Ok(()),
        _ => Err(Error::NoSuchField(table.to_owned())),
    }
}

/// A cell may only be set in a row that exists in the view.
pub(crate) fn require_row(loaded: &Loaded, cell: &str) -> Result<(), Error> {
    let mut parts = cell.split('/');
    let (Some(table), Some(row), Some(_)) = (parts.next(), parts.next(), parts.next()) else {
        return Ok(());
    };
    if row_exists(&loaded.report, table, row) {
        return Ok(());
    }
    Err(Error::NoSuchRow {
        table: table.to_owned(),
        row: row.to_owned(),
    })
}

fn row_exists(report: &Report, table: &str, row: &str) -> bool {
    report.snapshot().rows(table).any(|id| id == row)
}

pub(crate) fn cell_changes(
    form: &Form,
    table: &str,
    row: &str,
    cells: &[(String, String)],
) -> Result<Vec<Change>, Error> {
    let mut last: BTreeMap<&str, &str> = BTreeMap::new();
    for (column, typed) in cells {
        last.insert(column, typed);
    }
    last.into_iter()
        .map(|(column, typed)| parse_change(form, &format!("{table}/{row}/{column}"), typed))
        .collect()
}

/// A fresh row id.
pub(crate) fn new_row_id(entropy: &mut dyn Entropy) -> String {
    let mut bytes = [0; ROW_ID_LENGTH];
    entropy.fill(&mut bytes);
    bytes
        .iter()
        .map(|b| char::from(ROW_ID_ALPHABET[usize::from(b % 32)]))
        .collect()
}
