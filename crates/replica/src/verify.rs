//! `verify`: trust nothing that lies in the file, check all of it anew.

use std::collections::HashMap;

use identity::{CheckedBefore, GrantRecord, Refusal, Signed, grants_in};
use store::{Store, StoreError};
use wire::{Entry, EntryId, PublicKey};

use crate::status::{Problem, VerifyView};
use crate::{Error, Replica};

/// What was found in the rows.
#[derive(Debug, Default)]
pub(crate) struct RowCheck {
    pub(crate) entries: usize,
    /// The rows that are not what was stored, and why.
    pub(crate) bad: Vec<(i64, String)>,
}

/// What checks of many nodes, or of one again and again, may share: nothing that the
/// next one has to believe.
#[derive(Debug)]
pub struct Checks {
    signatures: CheckedBefore,
    projections: Store,
}

impl Checks {
    /// Knows nothing yet.
    pub fn new() -> Result<Self, Error> {
        Ok(Checks {
            signatures: CheckedBefore::default(),
            projections: Store::open_in_memory()?,
        })
    }
}

impl Replica {
    /// Checks every stored row: its bytes against its id, its signature, its
    /// author's chain against the table; then every projection against one
    /// recomputed from the entries; then SQLite's own pages.
    pub fn verify(&self) -> Result<VerifyView, Error> {
        self.verify_by(Signed::check, Store::check_projections)
    }

    /// [`Replica::verify`], but bytes that `checks` has seen with a right signature
    /// are not asked for it again.
    pub fn verify_again(&self, checks: &mut Checks) -> Result<VerifyView, Error> {
        let (signatures, projections) = (&mut checks.signatures, &mut checks.projections);
        self.verify_by(
            |entry| signatures.check(entry),
            |store| store.check_projections_in(projections),
        )
    }

    fn verify_by(
        &self,
        check: impl FnMut(Entry) -> Result<Signed, Refusal>,
        project: impl FnOnce(&Store) -> Result<Vec<String>, StoreError>,
    ) -> Result<VerifyView, Error> {
        let mut problems = Vec::new();
        for message in readable(self.store.integrity_check())?.unwrap_or_else(|what| vec![what]) {
            problems.push(Problem::new("file", "SQLite", message));
        }
        let rows = match readable(self.check_rows(check))? {
            Ok(rows) => rows,
            Err(what) => {
                problems.push(Problem::new("file", "entries", what));
                RowCheck::default()
            }
        };
        for (row, message) in rows.bad {
            problems.push(Problem::new("entry", &format!("row {row}"), message));
        }
        let projections = readable(project(&self.store))?;
        for message in projections.unwrap_or_else(|what| vec![what]) {
            problems.push(Problem::new("projection", "SQLite", message));
        }
        Ok(VerifyView {
            ok: problems.is_empty(),
            entries: rows.entries,
            problems,
        })
    }

    /// Every row, in order: as a credential comes before what rests on it, hardly
    /// anything has to wait for the end.
    pub(crate) fn check_rows(
        &self,
        mut check: impl FnMut(Entry) -> Result<Signed, Refusal>,
    ) -> Result<RowCheck, StoreError> {
        let mut found = RowCheck::default();
        let mut grants: HashMap<PublicKey, Vec<GrantRecord>> = HashMap::new();
        let mut waiting: Vec<(i64, Signed, String)> = Vec::new();
        self.store.for_each_raw(|row, id, bytes| {
            found.entries += 1;
            match check_row(id, bytes, &mut check) {
                Ok(signed) => {
                    if let Err(message) = self.admit(signed.clone(), &mut grants) {
                        waiting.push((row, signed, message));
                    }
                }
                Err(message) => found.bad.push((row, message)),
            }
        })?;
        loop {
            let before = waiting.len();
            waiting.retain(|(_, signed, _)| self.admit(signed.clone(), &mut grants).is_err());
            if waiting.len() == before {
                break;
            }
        }
        let left = waiting.into_iter();
        found
            .bad
            .extend(left.map(|(row, _, message)| (row, message)));
        found.bad.sort_unstable();
        Ok(found)
    }

    /// Asks the table, with the grants of the rows found good so far.
    fn admit(
        &self,
        signed: Signed,
        grants: &mut HashMap<PublicKey, Vec<GrantRecord>>,
    ) -> Result<(), String> {
        let author = signed.entry().author();
        let held = grants.get(&author).map_or(&[][..], Vec::as_slice);
        let verified = signed
            .authorise(&self.anchor, held)
            .map_err(|refusal| refusal.to_string())?;
        for grant in grants_in(&verified) {
            grants.entry(grant.key).or_default().push(grant);
        }
        Ok(())
    }
}

/// Damage is a finding, not a failure: what it says instead of an answer.
fn readable<T>(result: Result<T, StoreError>) -> Result<Result<T, String>, StoreError> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(damage @ StoreError::Corrupt { .. }) => Ok(Err(damage.to_string())),
        Err(other) => Err(other),
    }
}

fn check_row(
    id: &[u8],
    bytes: &[u8],
    check: impl FnOnce(Entry) -> Result<Signed, Refusal>,
) -> Result<Signed, String> {
    let entry = Entry::parse(bytes).map_err(|error| error.to_string())?;
    if EntryId::from_slice(id) != Some(entry.id()) {
        return Err("the bytes do not have this id".to_owned());
    }
    check(entry).map_err(|refusal| refusal.to_string())
}
