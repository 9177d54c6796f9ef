//! Shorthands for what flows down and up: units, campaigns, forms, rollups.
//! Held ones, in effect or not.

use model::{Period, Timestamp, UnitPath};
use wire::{EntryId, Kind, Stream, UnitContent};

use crate::entries::{EntryFilter, Stored};
use crate::tx::Store;
use crate::{Result, columns};

/// The newest `unit` entry of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitRecord {
    /// The unit.
    pub unit: UnitPath,
    /// The entry that says so.
    pub entry: EntryId,
    /// Its author's time.
    pub time: Timestamp,
    /// Name, opened, closed.
    pub content: UnitContent,
}

impl Store {
    /// What the newest `unit` entry of each unit says, by (time, id), ordered by
    /// path.
    pub fn units(&self) -> Result<Vec<UnitRecord>> {
        let sql = "SELECT unit, id, time, name, opened, closed FROM units ORDER BY unit";
        let mut select = self.conn.prepare_cached(sql)?;
        let mut rows = select.query(())?;
        let mut units = Vec::new();
        while let Some(row) = rows.next()? {
            units.push(UnitRecord {
                unit: columns::unit(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?)?,
                entry: columns::id(row, 1)?,
                time: columns::time(row, 2)?,
                content: UnitContent {
                    name: row.get(3)?,
                    opened: columns::time_opt(row, 4)?,
                    closed: columns::time_opt(row, 5)?,
                },
            });
        }
        Ok(units)
    }

    /// Units at which keys were granted and of which no `unit` entry is held, ordered
    /// by path.
    pub fn unrecorded_units(&self) -> Result<Vec<UnitPath>> {
        let sql = "SELECT DISTINCT unit FROM grants g
            WHERE NOT EXISTS (SELECT 1 FROM units u WHERE u.unit = g.unit) ORDER BY unit";
        let mut select = self.conn.prepare_cached(sql)?;
        let mut rows = select.query(())?;
        let mut units = Vec::new();
        while let Some(row) = rows.next()? {
            let unit = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
            units.push(columns::unit(unit)?);
        }
        Ok(units)
    }

    /// All `unit` entries of one unit, superseded ones too.
    pub fn unit_entries(&self, unit: &UnitPath) -> Result<Vec<Stored>> {
        self.entries(&EntryFilter {
            unit: Some(unit.clone()),
            stream: Some(Stream::Org),
            kind: Some(Kind::Unit),
            ..EntryFilter::default()
        })
    }

    /// The campaigns, of one period or of all.
    pub fn campaigns(&self, period: Option<Period>) -> Result<Vec<Stored>> {
        self.entries(&EntryFilter {
            kind: Some(Kind::Campaign),
            period: period.map(Some),
            ..EntryFilter::default()
        })
    }

    /// The published forms.
    pub fn forms(&self) -> Result<Vec<Stored>> {
        self.entries(&EntryFilter {
            kind: Some(Kind::Form),
            ..EntryFilter::default()
        })
    }

    /// The rollups that a unit signed, of one period or of all.
    pub fn rollups(&self, unit: &UnitPath, period: Option<Period>) -> Result<Vec<Stored>> {
        self.entries(&EntryFilter {
            unit: Some(unit.clone()),
            stream: Some(Stream::Rollup),
            kind: Some(Kind::Rollup),
            period: period.map(Some),
            ..EntryFilter::default()
        })
    }
}
