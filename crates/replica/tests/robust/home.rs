//! Homes as files: closed, copied, opened again.

use std::path::{Path, PathBuf};

use identity::SecretKey;
use replica::Replica;
use store::Store;
use testkit::{Seeded, at};

use crate::tree::{Machine, NOW};

/// A home in a folder, of which copies can be made.
pub(crate) struct Home {
    file: PathBuf,
    person: SecretKey,
    node: SecretKey,
}

impl Home {
    pub(crate) fn node(&self) -> &SecretKey {
        &self.node
    }

    /// Closes a machine whose store is this file.
    pub(crate) fn close(machine: Machine, file: &Path) -> Self {
        let home = Home {
            file: file.to_owned(),
            person: machine.person.clone(),
            node: machine.node.clone(),
        };
        drop(machine);
        home
    }

    /// Another machine of the very same home: its store and its keys, copied.
    pub(crate) fn copy(&self, to: &Path) -> Self {
        std::fs::copy(&self.file, to).unwrap();
        Home {
            file: to.to_owned(),
            person: self.person.clone(),
            node: self.node.clone(),
        }
    }

    /// Opens it; randomness of its own, as on a machine of its own.
    pub(crate) fn open(&self, seed: u64) -> Machine {
        let store = Store::open(&self.file).unwrap();
        Machine {
            replica: Replica::open(store, self.node.clone()).unwrap(),
            person: self.person.clone(),
            node: self.node.clone(),
            entropy: Seeded::new(seed),
            now: at(NOW),
            simulated: false,
        }
    }
}
