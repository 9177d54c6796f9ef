//! One machine: its disk, its keys, its clock, what runs on it, and what it has
//! said to be safe.

use std::collections::BTreeSet;

use identity::{Invite, SecretKey};
use model::{Timestamp, UnitPath};
use replica::{Clock, Peering, Replica, ReportKey};
use store::{Draft, EntryFilter, Store, Stored};
use wire::{Entry, EntryId};

use super::plan::Wrong;
use super::{FORM, quarter};
use crate::disk::{Disk, Image};

/// The file of every home.
const FILE: &str = "quanho.sqlite";

/// What a machine has said to be safe, and must still have.
#[derive(Clone, Debug, Default)]
pub(crate) struct Safe {
    pub(crate) held: BTreeSet<EntryId>,
    pub(crate) drafts: Vec<Draft>,
    pub(crate) last_row: i64,
}

/// A copy of a home, as somebody put it away.
pub(crate) struct Backup {
    image: Image,
    safe: Safe,
    rotten: Option<EntryId>,
}

/// What is wrong with a disk just now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ailing {
    /// A trap is set.
    pub(crate) trap: bool,
    /// It is full, or nearly.
    pub(crate) full: bool,
}

impl Ailing {
    pub(crate) fn any(self) -> bool {
        self.trap || self.full
    }
}

pub(crate) struct Machine {
    pub(crate) unit: UnitPath,
    /// The machine that it dials.
    pub(crate) above: usize,
    /// For a second machine of a unit: the first.
    pub(crate) beside: Option<usize>,
    pub(crate) disk: Disk,
    pub(crate) replica: Option<Replica>,
    pub(crate) person: Option<SecretKey>,
    pub(crate) node: Option<SecretKey>,
    pub(crate) colleagues: Vec<SecretKey>,
    /// Who was dismissed: an old backup may not know of it.
    pub(crate) former: Vec<SecretKey>,
    /// What it joined by, until the level above has met it.
    pub(crate) invite: Option<Invite>,
    /// How often it was started: a connection does not outlive that.
    pub(crate) boots: u32,
    pub(crate) wrong: Option<Wrong>,
    pub(crate) stopped_at: Timestamp,
    pub(crate) safe: Safe,
    /// Something was being written when it went down.
    pub(crate) interrupted: bool,
    pub(crate) ailing: Ailing,
    /// Of this entry a bit has flipped in the file, and nobody has seen it yet.
    pub(crate) rotten: Option<EntryId>,
    pub(crate) backup: Option<Backup>,
    /// Changed since the last daily check.
    pub(crate) touched: bool,
}

impl Machine {
    pub(crate) fn new(unit: UnitPath, above: usize, beside: Option<usize>, seed: u64) -> Self {
        Machine {
            unit,
            above,
            beside,
            disk: Disk::new(seed),
            replica: None,
            person: None,
            node: None,
            colleagues: Vec::new(),
            former: Vec::new(),
            invite: None,
            boots: 0,
            wrong: None,
            stopped_at: Timestamp::default(),
            safe: Safe::default(),
            interrupted: false,
            ailing: Ailing::default(),
            rotten: None,
            backup: None,
            touched: false,
        }
    }

    pub(crate) fn has_joined(&self) -> bool {
        self.node.is_some()
    }

    pub(crate) fn is_up(&self) -> bool {
        self.replica.is_some()
    }

    /// What a session reads and writes here.
    pub(crate) fn peering(&mut self) -> Option<Peering<'_>> {
        let replica = self.replica.as_mut()?;
        let simulated = false;
        Some(Peering { replica, simulated })
    }

    /// What its clock shows.
    pub(crate) fn clock(&self, now: Timestamp) -> Clock {
        let now = match self.wrong {
            None => now,
            Some(Wrong::By(ms)) => Timestamp(now.0 + ms),
            Some(Wrong::Stopped) => self.stopped_at,
        };
        Clock {
            now,
            simulated: false,
        }
    }

    /// The quarter's report of its unit.
    pub(crate) fn report(&self) -> ReportKey {
        ReportKey::regular(&self.unit, FORM, quarter())
    }

    pub(crate) fn new_store(&self) -> Result<Store, store::StoreError> {
        self.disk.store(FILE)
    }

    /// Starts the process again.
    pub(crate) fn boot(&mut self) -> Result<(), replica::Error> {
        let Some(node) = self.node.clone() else {
            return Ok(());
        };
        let replica = Replica::open(self.new_store()?, node)?;
        self.replica = Some(replica);
        self.boots += 1;
        self.touched = true;
        Ok(())
    }

    /// The process is gone; what it wrote is in the operating system's hands.
    pub(crate) fn die(&mut self) {
        self.disk.kill();
        self.replica = None;
        self.boots += 1;
    }

    /// The machine is gone; what was not synced is lost.
    pub(crate) fn lose_power(&mut self, rng: &mut crate::Seeded) {
        self.disk.cut_power(rng);
        self.replica = None;
        self.boots += 1;
    }

    pub(crate) fn put_backup_away(&mut self) {
        self.backup = Some(Backup {
            image: self.disk.snapshot(),
            safe: self.safe.clone(),
            rotten: self.rotten,
        });
    }

    /// An old copy takes the place of what is there.
    pub(crate) fn restore(&mut self) -> bool {
        let Some(backup) = self.backup.take() else {
            return false;
        };
        self.die();
        self.disk.restore(&backup.image);
        self.safe = backup.safe;
        self.rotten = backup.rotten;
        self.interrupted = false;
        true
    }

    /// Whatever is wrong with the disk, or has been, is over.
    pub(crate) fn mend_disk(&mut self) {
        self.disk.disarm();
        self.disk.free();
        self.ailing = Ailing::default();
    }

    /// Nothing is left, not even the keys.
    pub(crate) fn lose(&mut self) {
        self.die();
        self.disk.wipe();
        self.person = None;
        self.node = None;
        self.colleagues.clear();
        self.backup = None;
        self.safe = Safe::default();
        self.interrupted = false;
        self.rotten = None;
        self.mend_disk();
    }

    pub(crate) fn stored_after(&self, row: i64) -> Vec<Stored> {
        let filter = EntryFilter {
            after_row: row,
            ..EntryFilter::default()
        };
        let store = self.replica.as_ref().map(Replica::store);
        store
            .and_then(|store| store.entries(&filter).ok())
            .unwrap_or_default()
    }

    /// Every entry that lies there, but for damaged ones.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        let mut entries = Vec::new();
        let Some(replica) = &self.replica else {
            return entries;
        };
        // A disk that does not read has nothing to say.
        let read = replica.store().for_each_raw(|_, id, bytes| {
            let entry = Entry::parse(bytes).ok();
            entries.extend(entry.filter(|entry| entry.id().0 == id));
        });
        read.map_or_else(|_| Vec::new(), |()| entries)
    }

    /// What waits for a signature. `None`: it is down, or its disk does not read.
    pub(crate) fn drafts(&self) -> Option<Vec<Draft>> {
        let store = self.replica.as_ref().map(Replica::store);
        store.and_then(|store| store.drafts_all().ok())
    }
}
