//! Who may read and write a file, and the memory that its connections share.
//! The rules are those of SQLite's own file systems.

use std::ffi::c_int;
use std::sync::atomic::AtomicU64;
use std::sync::{Mutex, PoisonError};

use rusqlite::ffi;

/// The locks that handles hold on one file.
#[derive(Default)]
pub(super) struct Locks {
    held: Vec<Held>,
}

struct Held {
    handle: u64,
    level: c_int,
    /// Slots of the shared memory, one bit each.
    shared: u8,
    exclusive: u8,
}

impl Locks {
    fn own(&mut self, handle: u64) -> &mut Held {
        let known = self.held.iter().position(|held| held.handle == handle);
        let at = known.unwrap_or(self.held.len());
        if known.is_none() {
            self.held.push(Held {
                handle,
                level: ffi::SQLITE_LOCK_NONE,
                shared: 0,
                exclusive: 0,
            });
        }
        &mut self.held[at]
    }

    /// The highest level that others hold.
    fn others(&self, handle: u64) -> c_int {
        let others = self.held.iter().filter(|held| held.handle != handle);
        others.map(|held| held.level).max().unwrap_or_default()
    }

    pub(super) fn lock(&mut self, handle: u64, level: c_int) -> c_int {
        let own = self.own(handle).level;
        if own >= level {
            return ffi::SQLITE_OK;
        }
        let others = self.others(handle);
        let free = match level {
            ffi::SQLITE_LOCK_SHARED => others < ffi::SQLITE_LOCK_PENDING,
            _ => others < ffi::SQLITE_LOCK_RESERVED,
        };
        if !free {
            return ffi::SQLITE_BUSY;
        }
        if level == ffi::SQLITE_LOCK_EXCLUSIVE && others > ffi::SQLITE_LOCK_NONE {
            // No new readers; those that read now are waited for.
            self.own(handle).level = ffi::SQLITE_LOCK_PENDING;
            return ffi::SQLITE_BUSY;
        }
        self.own(handle).level = level;
        ffi::SQLITE_OK
    }

    pub(super) fn unlock(&mut self, handle: u64, level: c_int) {
        let own = self.own(handle);
        own.level = own.level.min(level);
    }

    pub(super) fn is_reserved(&self) -> bool {
        let mut levels = self.held.iter().map(|held| held.level);
        levels.any(|level| level >= ffi::SQLITE_LOCK_RESERVED)
    }

    /// Locks or unlocks `count` slots of the shared memory from `first` on.
    pub(super) fn slots(&mut self, handle: u64, first: c_int, count: c_int, flags: c_int) -> c_int {
        let mask = (((1_u16 << count) - 1) << first) as u8;
        if flags & ffi::SQLITE_SHM_UNLOCK != 0 {
            let own = self.own(handle);
            own.shared &= !mask;
            own.exclusive &= !mask;
            return ffi::SQLITE_OK;
        }
        let exclusive = flags & ffi::SQLITE_SHM_EXCLUSIVE != 0;
        let mut others = self.held.iter().filter(|held| held.handle != handle);
        let in_the_way = |held: &Held| match exclusive {
            true => (held.shared | held.exclusive) & mask != 0,
            false => held.exclusive & mask != 0,
        };
        if others.any(in_the_way) {
            return ffi::SQLITE_BUSY;
        }
        let own = self.own(handle);
        match exclusive {
            true => own.exclusive |= mask,
            false => own.shared |= mask,
        }
        ffi::SQLITE_OK
    }

    pub(super) fn release_slots(&mut self, handle: u64) {
        let own = self.own(handle);
        (own.shared, own.exclusive) = (0, 0);
    }

    pub(super) fn release(&mut self, handle: u64) {
        self.held.retain(|held| held.handle != handle);
    }
}

/// The index of a write-ahead log, in memory that all connections to a file
/// share. It lives as long as one of them has it mapped: also a dead one, which
/// may still look into it.
#[derive(Default)]
pub(super) struct Shared {
    regions: Mutex<Vec<Box<[AtomicU64]>>>,
}

impl Shared {
    pub(super) fn count(&self) -> usize {
        self.regions().len()
    }

    /// Where a region begins, if there are so many.
    pub(super) fn region(&self, index: usize) -> Option<*const AtomicU64> {
        self.regions().get(index).map(|region| region.as_ptr())
    }

    /// Adds zeroed regions of `bytes` each until there are `count`.
    pub(super) fn grow(&self, count: usize, bytes: usize) {
        let mut regions = self.regions();
        while regions.len() < count {
            let words = bytes.div_ceil(size_of::<AtomicU64>());
            regions.push((0..words).map(|_| AtomicU64::new(0)).collect());
        }
    }

    fn regions(&self) -> std::sync::MutexGuard<'_, Vec<Box<[AtomicU64]>>> {
        self.regions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
