//! What is held about keys, for `identity` to decide upon.
//!
//! Every answer is a function of the held set: sorted, so that not even the
//! order of a list depends on the order of arrival.

use std::collections::HashMap;
use std::sync::Arc;

use identity::{GrantRecord, Ledger, ReceiptMark, RevocationRecord, grants_in, revocation_in};
use model::UnitPath;
use rusqlite::Params;
use wire::{EntryId, PublicKey};

use crate::tx::Store;
use crate::{Result, StoreError, columns, limits};

/// Grants by credential entry. An id names one content for ever, so nothing
/// here can go stale, whatever other processes or rollbacks do.
#[derive(Default)]
pub(crate) struct GrantsCache(HashMap<EntryId, Arc<[GrantRecord]>>);

impl Ledger for Store {
    type Error = StoreError;

    fn grants_of(&self, key: &PublicKey) -> Result<Vec<GrantRecord>> {
        let sql = "SELECT credential FROM grants WHERE key = ?1 ORDER BY credential";
        let mut grants = self.grants_where(sql, (&key.0[..],))?;
        grants.retain(|grant| grant.key == *key);
        Ok(grants)
    }

    fn grants_above(&self, key: &PublicKey, unit: &UnitPath) -> Result<Vec<GrantRecord>> {
        // A path has three levels at most.
        let sql = "SELECT credential FROM grants WHERE key = ?1 AND unit IN (?2, ?3, ?4)
                   ORDER BY credential";
        let above: Vec<UnitPath> = unit.ancestors().collect();
        let place = |at: usize| above.get(at).unwrap_or(unit).as_str();
        let params = (&key.0[..], unit.as_str(), place(0), place(1));
        let mut grants = self.grants_where(sql, params)?;
        grants.retain(|grant| grant.key == *key);
        Ok(grants)
    }

    fn grants_at(&self, unit: &UnitPath) -> Result<Vec<GrantRecord>> {
        let sql = "SELECT DISTINCT credential FROM grants WHERE unit = ?1 ORDER BY credential";
        self.grants_where(sql, (unit.as_str(),))
    }

    fn revocations_of(&self, key: &PublicKey, unit: &UnitPath) -> Result<Vec<RevocationRecord>> {
        let sql = "SELECT row FROM revocations WHERE key = ?1 AND unit = ?2";
        self.revocations_where(sql, (&key.0[..], unit.as_str()))
    }

    fn overruled(&self, credential: &EntryId, unit: &UnitPath) -> Result<Vec<RevocationRecord>> {
        let sql = "SELECT row FROM revocations WHERE overrules = ?1 AND unit = ?2";
        self.revocations_where(sql, (&credential.0[..], unit.as_str()))
    }

    fn revocations_at(&self, unit: &UnitPath) -> Result<Vec<RevocationRecord>> {
        let sql = "SELECT row FROM revocations WHERE unit = ?1";
        self.revocations_where(sql, (unit.as_str(),))
    }

    fn receipts_of(&self, entry: &EntryId) -> Result<Vec<ReceiptMark>> {
        self.receipt_marks(entry)
    }

    fn uses_of(&self, invite: &PublicKey, unit: &UnitPath) -> Result<Vec<EntryId>> {
        let sql = "SELECT e.id FROM entries e JOIN parts p ON p.part = e.part
                   WHERE e.kind = 'credential' AND e.author = ?1 AND p.unit = ?2 ORDER BY e.id";
        let mut select = self.conn.prepare_cached(sql)?;
        let params = (&invite.0[..], unit.as_str());
        let ids = select.query_map(params, |row| columns::id(row, 0))?;
        Ok(ids.collect::<rusqlite::Result<_>>()?)
    }
}

impl Store {
    /// Who signed an entry, if it is held.
    pub fn author_of(&self, entry: &EntryId) -> Result<Option<PublicKey>> {
        self.author(entry)
    }

    fn grants_where(&self, sql: &str, params: impl Params) -> Result<Vec<GrantRecord>> {
        let mut select = self.conn.prepare_cached(sql)?;
        let ids = select.query_map(params, |row| columns::id(row, 0))?;
        let mut grants = Vec::new();
        for id in ids {
            grants.extend_from_slice(&self.grants_by(&id?)?);
        }
        Ok(grants)
    }

    pub(crate) fn grants_by(&self, credential: &EntryId) -> Result<Arc<[GrantRecord]>> {
        if let Some(grants) = self.grants.borrow().0.get(credential) {
            return Ok(grants.clone());
        }
        let entry = self.get(credential)?;
        let entry = entry.ok_or_else(|| {
            StoreError::corrupt(format!(
                "grants names credential {credential}, which is not held"
            ))
        })?;
        let grants: Arc<[GrantRecord]> = grants_in(&entry).into();
        let mut cache = self.grants.borrow_mut();
        if cache.0.len() >= limits::GRANTS_CACHE_MAX_COUNT {
            cache.0.clear();
        }
        cache.0.insert(*credential, grants.clone());
        Ok(grants)
    }

    fn revocations_where(&self, sql: &str, params: impl Params) -> Result<Vec<RevocationRecord>> {
        let mut select = self.conn.prepare_cached(sql)?;
        let rows = select.query_map(params, |row| row.get(0))?;
        let mut found = Vec::new();
        for row in rows {
            let entry = self.stored_at(row?)?.entry;
            found.extend(revocation_in(&entry));
        }
        found.sort_by_key(|revocation| (revocation.time, revocation.id));
        Ok(found)
    }
}
