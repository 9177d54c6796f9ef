//! Everything held about keys, looked up in memory: for whoever judges a whole
//! province, where a handful of statements for each author would be thousands.
//!
//! Gives the answers of [`Store`] itself, which a test compares, for as long as
//! nothing is written: make it and use it inside one [`Store::read`].

use std::cell::RefCell;
use std::collections::HashMap;

use identity::{GrantRecord, Ledger, ReceiptMark, RevocationRecord};
use model::UnitPath;
use wire::{EntryId, PublicKey};

use crate::tx::Store;
use crate::{Result, StoreError, columns};

/// A [`Ledger`] over one state of the file.
pub struct Keys<'s> {
    store: &'s Store,
    /// Of each key, the credentials that name it, ascending, with their units.
    by_key: HashMap<PublicKey, Vec<(EntryId, UnitPath)>>,
    /// Of each unit, the credentials that lie in it, ascending.
    by_unit: HashMap<UnitPath, Vec<EntryId>>,
    /// The credentials that a key has signed in a unit, ascending.
    uses: HashMap<(PublicKey, UnitPath), Vec<EntryId>>,
    /// Receipts over the entries that were asked about: of one credential everybody
    /// asks whom it names.
    receipts: RefCell<HashMap<EntryId, Vec<ReceiptMark>>>,
    /// Nobody was ever revoked here, and no use of an invite overruled.
    unrevoked: bool,
}

impl Store {
    /// What is held about keys, read at once.
    pub fn keys(&self) -> Result<Keys<'_>> {
        let mut keys = Keys {
            store: self,
            by_key: HashMap::new(),
            by_unit: HashMap::new(),
            uses: HashMap::new(),
            receipts: RefCell::default(),
            unrevoked: self.has_no_revocations()?,
        };
        keys.read_grants()?;
        keys.read_uses()?;
        Ok(keys)
    }

    fn has_no_revocations(&self) -> Result<bool> {
        let mut select = self.conn.prepare_cached("SELECT 1 FROM revocations")?;
        Ok(!select.exists(())?)
    }
}

impl Keys<'_> {
    fn read_grants(&mut self) -> Result<()> {
        let sql = "SELECT key, credential, unit FROM grants ORDER BY credential, key";
        let mut select = self.store.conn.prepare_cached(sql)?;
        let mut rows = select.query(())?;
        while let Some(row) = rows.next()? {
            let credential = columns::id(row, 1)?;
            let unit = columns::unit(row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?)?;
            let in_unit = self.by_unit.entry(unit.clone()).or_default();
            if in_unit.last() != Some(&credential) {
                in_unit.push(credential);
            }
            let of_key = self.by_key.entry(columns::key(row, 0)?).or_default();
            of_key.push((credential, unit));
        }
        Ok(())
    }

    fn read_uses(&mut self) -> Result<()> {
        let sql = "SELECT e.author, p.unit, e.id FROM entries e JOIN parts p ON p.part = e.part
                   WHERE e.kind = 'credential' ORDER BY e.id";
        let mut select = self.store.conn.prepare_cached(sql)?;
        let mut rows = select.query(())?;
        while let Some(row) = rows.next()? {
            let unit = columns::unit(row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?)?;
            let of_author = self.uses.entry((columns::key(row, 0)?, unit)).or_default();
            of_author.push(columns::id(row, 2)?);
        }
        Ok(())
    }

    /// The grants to a key at the units that `wanted` says.
    fn grants_to(
        &self,
        key: &PublicKey,
        wanted: impl Fn(&UnitPath) -> bool,
    ) -> Result<Vec<GrantRecord>> {
        let mut grants = Vec::new();
        for (credential, unit) in self.by_key.get(key).into_iter().flatten() {
            if wanted(unit) {
                let all = self.store.grants_by(credential)?;
                grants.extend(all.iter().filter(|grant| grant.key == *key).cloned());
            }
        }
        Ok(grants)
    }
}

impl Ledger for Keys<'_> {
    type Error = StoreError;

    fn grants_of(&self, key: &PublicKey) -> Result<Vec<GrantRecord>> {
        self.grants_to(key, |_| true)
    }

    fn grants_above(&self, key: &PublicKey, unit: &UnitPath) -> Result<Vec<GrantRecord>> {
        self.grants_to(key, |granted| granted.contains(unit))
    }

    fn grants_at(&self, unit: &UnitPath) -> Result<Vec<GrantRecord>> {
        let mut grants = Vec::new();
        for credential in self.by_unit.get(unit).into_iter().flatten() {
            grants.extend_from_slice(&self.store.grants_by(credential)?);
        }
        Ok(grants)
    }

    fn revocations_of(&self, key: &PublicKey, unit: &UnitPath) -> Result<Vec<RevocationRecord>> {
        if self.unrevoked {
            return Ok(Vec::new());
        }
        self.store.revocations_of(key, unit)
    }

    fn overruled(&self, credential: &EntryId, unit: &UnitPath) -> Result<Vec<RevocationRecord>> {
        if self.unrevoked {
            return Ok(Vec::new());
        }
        self.store.overruled(credential, unit)
    }

    fn revocations_at(&self, unit: &UnitPath) -> Result<Vec<RevocationRecord>> {
        if self.unrevoked {
            return Ok(Vec::new());
        }
        self.store.revocations_at(unit)
    }

    fn receipts_of(&self, entry: &EntryId) -> Result<Vec<ReceiptMark>> {
        if let Some(known) = self.receipts.borrow().get(entry) {
            return Ok(known.clone());
        }
        let receipts = self.store.receipts_of(entry)?;
        let known = receipts.clone();
        self.receipts.borrow_mut().insert(*entry, known);
        Ok(receipts)
    }

    fn uses_of(&self, invite: &PublicKey, unit: &UnitPath) -> Result<Vec<EntryId>> {
        let uses = self.uses.get(&(*invite, unit.clone()));
        Ok(uses.cloned().unwrap_or_default())
    }
}
