//! What SQLite calls, in safe terms: a mounted disk, and an open file on it. Both
//! die with the process that they stand for.

use std::ffi::c_int;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::ffi;

use super::file::Contents;
use super::locks::{Locks, Shared};
use super::state::State;
use super::vfs::Registration;

/// Unix time 0 as a Julian day, in milliseconds.
const JULIAN_EPOCH_MS: i64 = 210_866_760_000_000;

/// A disk under the name that SQLite knows it by, for one life of the process.
pub(super) struct Mount {
    registration: Registration,
    life: u64,
    disk: Arc<Mutex<State>>,
}

/// An open file.
pub(super) struct Handle {
    mount: Arc<Mount>,
    id: u64,
    file: u64,
    shared: Option<Arc<Shared>>,
}

/// The state of a disk. A simulation that panicked leaves it as it was.
pub(super) fn state_of(disk: &Mutex<State>) -> MutexGuard<'_, State> {
    disk.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Mount {
    /// Makes the disk known to SQLite.
    pub(super) fn new(disk: &Arc<Mutex<State>>) -> Arc<Self> {
        let mount = Arc::new(Mount {
            registration: Registration::take(),
            life: state_of(disk).life,
            disk: Arc::clone(disk),
        });
        mount.registration.attach(&mount);
        mount
    }

    pub(super) fn name(&self) -> &str {
        self.registration.name()
    }

    pub(super) fn is_live(&self) -> bool {
        self.life == state_of(&self.disk).life
    }

    fn live(&self) -> Option<MutexGuard<'_, State>> {
        let state = state_of(&self.disk);
        (self.life == state.life).then_some(state)
    }

    pub(super) fn open(
        self: &Arc<Self>,
        name: Option<&str>,
        flags: c_int,
    ) -> Result<Handle, c_int> {
        let mut state = self.live().ok_or(ffi::SQLITE_IOERR)?;
        let file = state.open(name, flags)?;
        Ok(Handle {
            mount: Arc::clone(self),
            id: state.id(),
            file,
            shared: None,
        })
    }

    pub(super) fn delete(&self, name: &str) -> c_int {
        let state = self.live();
        state.map_or(ffi::SQLITE_IOERR_DELETE, |mut state| state.delete(name))
    }

    pub(super) fn exists(&self, name: &str) -> Result<bool, c_int> {
        let state = self.live().ok_or(ffi::SQLITE_IOERR_ACCESS)?;
        Ok(state.exists(name))
    }

    pub(super) fn random(&self, buffer: &mut [u8]) {
        state_of(&self.disk).noise.fill(buffer);
    }

    pub(super) fn julian_ms(&self) -> i64 {
        let now = state_of(&self.disk).now.0;
        now.saturating_add(JULIAN_EPOCH_MS)
    }
}

impl Handle {
    /// Calls `f` unless this handle is dead: then the answer is `dead`.
    fn with(&self, dead: c_int, f: impl FnOnce(&mut State) -> c_int) -> c_int {
        self.mount.live().map_or(dead, |mut state| f(&mut state))
    }

    fn with_locks(&self, dead: c_int, f: impl FnOnce(&mut Locks) -> c_int) -> c_int {
        self.with(dead, |state| state.locks(self.file).map_or(dead, f))
    }

    pub(super) fn read(&self, buffer: &mut [u8], at: usize) -> c_int {
        self.with(ffi::SQLITE_IOERR_READ, |state| {
            let wanted = buffer.len();
            match state.contents(self.file) {
                None => ffi::SQLITE_IOERR_READ,
                Some(contents) if contents.read(buffer, at) < wanted => {
                    ffi::SQLITE_IOERR_SHORT_READ
                }
                Some(_) => ffi::SQLITE_OK,
            }
        })
    }

    pub(super) fn write(&self, data: &[u8], at: usize) -> c_int {
        self.with(ffi::SQLITE_IOERR_WRITE, |state| {
            state.write(self.file, data, at)
        })
    }

    pub(super) fn truncate(&self, len: usize) -> c_int {
        self.with(ffi::SQLITE_IOERR_TRUNCATE, |state| {
            state.truncate(self.file, len)
        })
    }

    pub(super) fn sync(&self) -> c_int {
        self.with(ffi::SQLITE_IOERR_FSYNC, |state| state.sync(self.file))
    }

    pub(super) fn size(&self) -> Result<usize, c_int> {
        let state = self.mount.live().ok_or(ffi::SQLITE_IOERR_FSTAT)?;
        let len = state.contents(self.file).map(Contents::len);
        len.ok_or(ffi::SQLITE_IOERR_FSTAT)
    }

    pub(super) fn lock(&self, level: c_int) -> c_int {
        self.with_locks(ffi::SQLITE_IOERR_LOCK, |locks| locks.lock(self.id, level))
    }

    pub(super) fn unlock(&self, level: c_int) -> c_int {
        self.with_locks(ffi::SQLITE_IOERR_UNLOCK, |locks| {
            locks.unlock(self.id, level);
            ffi::SQLITE_OK
        })
    }

    pub(super) fn is_reserved(&self) -> Result<bool, c_int> {
        let mut state = self.mount.live();
        let locks = state.as_mut().and_then(|state| state.locks(self.file));
        let locks = locks.ok_or(ffi::SQLITE_IOERR_CHECKRESERVEDLOCK)?;
        Ok(locks.is_reserved())
    }

    /// Where a region of the shared memory begins. `None`: there is none, and
    /// `extend` was not asked for.
    pub(super) fn map(
        &mut self,
        region: usize,
        bytes: usize,
        extend: bool,
    ) -> Result<Option<*const AtomicU64>, c_int> {
        let mut state = self.mount.live().ok_or(ffi::SQLITE_IOERR_SHMMAP)?;
        let shared = self.shared.get_or_insert_with(|| state.shared(self.file));
        if extend {
            match state.grow(shared, region + 1, bytes) {
                ffi::SQLITE_OK => {}
                code => return Err(code),
            }
        }
        Ok(shared.region(region))
    }

    pub(super) fn lock_slots(&self, first: c_int, count: c_int, flags: c_int) -> c_int {
        self.with_locks(ffi::SQLITE_IOERR_SHMLOCK, |locks| {
            locks.slots(self.id, first, count, flags)
        })
    }

    pub(super) fn unmap(&mut self) {
        self.shared = None;
        self.with_locks(ffi::SQLITE_OK, |locks| {
            locks.release_slots(self.id);
            ffi::SQLITE_OK
        });
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.with(ffi::SQLITE_OK, |state| {
            state.close(self.file, self.id);
            ffi::SQLITE_OK
        });
    }
}
