//! `verify`: trust nothing that lies in the file, check all of it anew.

use identity::{Ledger, Signed};
use wire::{Entry, EntryId};

use crate::status::{Problem, VerifyView};
use crate::{Error, Replica};

impl Replica {
    /// Checks every stored row: its bytes against its id, its signature, its
    /// author's chain against the table; then every projection against one
    /// recomputed from the entries; then SQLite's own pages.
    pub fn verify(&self) -> Result<VerifyView, Error> {
        let mut problems = Vec::new();
        for message in self.store.integrity_check()? {
            problems.push(Problem {
                kind: "file",
                at: "SQLite".to_owned(),
                message,
            });
        }
        let mut rows = Vec::new();
        let mut entries = 0;
        self.store.for_each_raw(|row, id, bytes| {
            entries += 1;
            match check_row(id, bytes) {
                Ok(signed) => rows.push((row, signed)),
                Err(message) => {
                    problems.push(Problem {
                        kind: "entry",
                        at: format!("row {row}"),
                        message,
                    });
                }
            }
        })?;
        for (row, signed) in rows {
            let grants = self.store.grants_of(&signed.entry().author())?;
            if let Err(refusal) = signed.authorise(&self.anchor, &grants) {
                problems.push(Problem {
                    kind: "entry",
                    at: format!("row {row}"),
                    message: refusal.to_string(),
                });
            }
        }
        for message in self.store.check_projections()? {
            problems.push(Problem {
                kind: "projection",
                at: "SQLite".to_owned(),
                message,
            });
        }
        Ok(VerifyView {
            ok: problems.is_empty(),
            entries,
            problems,
        })
    }
}

fn check_row(id: &[u8], bytes: &[u8]) -> Result<Signed, String> {
    let entry = Entry::parse(bytes).map_err(|error| error.to_string())?;
    if EntryId::from_slice(id) != Some(entry.id()) {
        return Err("the bytes do not have this id".to_owned());
    }
    Signed::check(entry).map_err(|refusal| refusal.to_string())
}
