//! The C side: SQLite's tables of functions, each of which finds its [`Mount`] or
//! [`Handle`] and calls the safe method of the same purpose.
//!
//! What the C side relies on:
//! - A registration is never freed. Once nobody uses it SQLite forgets its name
//!   and it is used again for another disk, so a connection that outlives its
//!   disk asks another one or none, and touches no freed memory.
//! - A `Handle` lives from `xOpen` to `xClose`. SQLite calls nothing on a file
//!   whose `pMethods` is null, which it is before and after.
//! - SQLite uses one file from one thread at a time.

use std::cell::UnsafeCell;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ptr;
use std::sync::atomic::{Ordering, fence};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use rusqlite::ffi::{self, sqlite3_file, sqlite3_vfs};

use super::handle::{Handle, Mount};

/// Longest name of a file.
const PATH_MAX_BYTES: c_int = 512;

/// What unix says of its files.
const SECTOR_BYTES: c_int = 4096;

/// One entry in SQLite's list of file systems.
struct Slot {
    vfs: UnsafeCell<sqlite3_vfs>,
    name: CString,
    text: String,
    mount: Mutex<Weak<Mount>>,
}

// SAFETY: after `Slot::make` only SQLite writes to `vfs`, to its `pNext`, under a
// mutex of its own; the rest is shared as its types allow.
unsafe impl Sync for Slot {}

/// Slots that no mount uses, and how many there are in all.
static SLOTS: Mutex<(Vec<&'static Slot>, u64)> = Mutex::new((Vec::new(), 0));

impl Slot {
    fn make(number: u64) -> &'static Slot {
        let text = format!("quanho-disk-{number}");
        let slot: &'static Slot = Box::leak(Box::new(Slot {
            vfs: UnsafeCell::new(functions()),
            name: CString::new(text.clone()).unwrap_or_default(),
            text,
            mount: Mutex::new(Weak::new()),
        }));
        // SAFETY: nobody else knows the slot yet.
        let vfs = unsafe { &mut *slot.vfs.get() };
        vfs.zName = slot.name.as_ptr();
        vfs.pAppData = ptr::from_ref(slot).cast_mut().cast();
        slot
    }

    fn mount(&self) -> Option<Arc<Mount>> {
        let mount = self.mount.lock().unwrap_or_else(PoisonError::into_inner);
        mount.upgrade()
    }
}

/// A name in SQLite's list, until dropped.
pub(super) struct Registration {
    slot: &'static Slot,
}

impl Registration {
    /// Takes a slot that nobody uses.
    pub(super) fn take() -> Self {
        let mut slots = SLOTS.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = slots.0.pop().unwrap_or_else(|| {
            slots.1 += 1;
            Slot::make(slots.1)
        });
        Registration { slot }
    }

    /// Enters it in the list, for this mount.
    pub(super) fn attach(&self, mount: &Arc<Mount>) {
        self.set(Arc::downgrade(mount));
        // SAFETY: the slot is never freed, and its name and functions are set.
        unsafe {
            ffi::sqlite3_vfs_register(self.slot.vfs.get(), 0);
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.slot.text
    }

    fn set(&self, mount: Weak<Mount>) {
        let mut current = self.slot.mount.lock();
        *current.as_deref_mut().unwrap_or_else(|e| e.get_mut()) = mount;
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        // SAFETY: taking an entry out of the list reads the entry, which is never
        // freed; one that is not in the list is left alone.
        unsafe {
            ffi::sqlite3_vfs_unregister(self.slot.vfs.get());
        }
        self.set(Weak::new());
        let mut slots = SLOTS.lock().unwrap_or_else(PoisonError::into_inner);
        slots.0.push(self.slot);
    }
}

/// What SQLite allocates for each file: `szOsFile` bytes.
#[repr(C)]
struct OpenFile {
    base: sqlite3_file,
    /// From `Box::into_raw`, while `base.pMethods` is set.
    handle: *mut Handle,
}

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

fn functions() -> sqlite3_vfs {
    sqlite3_vfs {
        iVersion: 2,
        szOsFile: size_of::<OpenFile>() as c_int,
        mxPathname: PATH_MAX_BYTES,
        pNext: ptr::null_mut(),
        zName: ptr::null(),
        pAppData: ptr::null_mut(),
        xOpen: Some(open),
        xDelete: Some(delete),
        xAccess: Some(access),
        xFullPathname: Some(full_pathname),
        xDlOpen: None,
        xDlError: None,
        xDlSym: None,
        xDlClose: None,
        xRandomness: Some(randomness),
        xSleep: Some(sleep),
        xCurrentTime: Some(current_time),
        xGetLastError: Some(last_error),
        xCurrentTimeInt64: Some(current_time_int64),
        xSetSystemCall: None,
        xGetSystemCall: None,
        xNextSystemCall: None,
    }
}

/// # Safety
/// `vfs` is the table of a [`Slot`].
unsafe fn mount_of(vfs: *mut sqlite3_vfs) -> Option<Arc<Mount>> {
    // SAFETY: `pAppData` of our tables is their slot, which is never freed.
    let slot = unsafe { &*(*vfs).pAppData.cast::<Slot>() };
    slot.mount()
}

/// # Safety
/// `file` was opened by [`open`] and is not closed.
unsafe fn handle_of<'a>(file: *mut sqlite3_file) -> &'a mut Handle {
    // SAFETY: `open` put a handle there; one thread at a time uses the file.
    unsafe { &mut *(*file.cast::<OpenFile>()).handle }
}

/// # Safety
/// `name` is null or a C string that lives as long as `'a`.
unsafe fn text<'a>(name: *const c_char) -> Option<&'a str> {
    if name.is_null() {
        return None;
    }
    // SAFETY: as promised.
    unsafe { CStr::from_ptr(name) }.to_str().ok()
}

/// Writes an answer that the caller has made room for.
///
/// # Safety
/// `out` is null or may be written to.
unsafe fn answer<T>(out: *mut T, value: T) -> c_int {
    if !out.is_null() {
        // SAFETY: as promised.
        unsafe { out.write(value) };
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn open(
    vfs: *mut sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    let file = file.cast::<OpenFile>();
    // SAFETY: SQLite has allocated `szOsFile` bytes there. Without methods it
    // does not call `xClose`.
    unsafe { (*file).base.pMethods = ptr::null() };
    // SAFETY: SQLite passes our own table, and a C string or null.
    let (mount, known) = unsafe { (mount_of(vfs), text(name)) };
    let Some(mount) = mount.filter(|_| known.is_some() || name.is_null()) else {
        return ffi::SQLITE_CANTOPEN;
    };
    match mount.open(known, flags) {
        // SAFETY: as above; `out_flags` may be null.
        Ok(handle) => unsafe {
            (*file).handle = Box::into_raw(Box::new(handle));
            (*file).base.pMethods = &METHODS;
            answer(out_flags, flags)
        },
        Err(code) => code,
    }
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    let file = file.cast::<OpenFile>();
    // SAFETY: the handle came from `Box::into_raw` in `open`, and is not used
    // again, since SQLite calls nothing more on this file.
    unsafe {
        (*file).base.pMethods = ptr::null();
        drop(Box::from_raw((*file).handle));
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn read(
    file: *mut sqlite3_file,
    buffer: *mut c_void,
    count: c_int,
    at: ffi::sqlite3_int64,
) -> c_int {
    let (Ok(count), Ok(at)) = (usize::try_from(count), usize::try_from(at)) else {
        return ffi::SQLITE_IOERR_READ;
    };
    // SAFETY: SQLite passes an open file and `count` bytes of room, which are
    // initialised before they are looked at as a slice.
    unsafe {
        ptr::write_bytes(buffer.cast::<u8>(), 0, count);
        let buffer = std::slice::from_raw_parts_mut(buffer.cast::<u8>(), count);
        handle_of(file).read(buffer, at)
    }
}

unsafe extern "C" fn write(
    file: *mut sqlite3_file,
    data: *const c_void,
    count: c_int,
    at: ffi::sqlite3_int64,
) -> c_int {
    let (Ok(count), Ok(at)) = (usize::try_from(count), usize::try_from(at)) else {
        return ffi::SQLITE_IOERR_WRITE;
    };
    // SAFETY: SQLite passes an open file and `count` bytes.
    unsafe {
        let data = std::slice::from_raw_parts(data.cast::<u8>(), count);
        handle_of(file).write(data, at)
    }
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, len: ffi::sqlite3_int64) -> c_int {
    let Ok(len) = usize::try_from(len) else {
        return ffi::SQLITE_IOERR_TRUNCATE;
    };
    // SAFETY: SQLite passes an open file.
    unsafe { handle_of(file) }.truncate(len)
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, _flags: c_int) -> c_int {
    // SAFETY: SQLite passes an open file.
    unsafe { handle_of(file) }.sync()
}

unsafe extern "C" fn file_size(file: *mut sqlite3_file, out: *mut ffi::sqlite3_int64) -> c_int {
    // SAFETY: SQLite passes an open file.
    match unsafe { handle_of(file) }.size() {
        // SAFETY: SQLite passes room for the answer.
        Ok(len) => unsafe { answer(out, len as ffi::sqlite3_int64) },
        Err(code) => code,
    }
}

unsafe extern "C" fn lock(file: *mut sqlite3_file, level: c_int) -> c_int {
    // SAFETY: SQLite passes an open file.
    unsafe { handle_of(file) }.lock(level)
}

unsafe extern "C" fn unlock(file: *mut sqlite3_file, level: c_int) -> c_int {
    // SAFETY: SQLite passes an open file.
    unsafe { handle_of(file) }.unlock(level)
}

unsafe extern "C" fn check_reserved_lock(file: *mut sqlite3_file, out: *mut c_int) -> c_int {
    // SAFETY: SQLite passes an open file.
    match unsafe { handle_of(file) }.is_reserved() {
        // SAFETY: SQLite passes room for the answer.
        Ok(reserved) => unsafe { answer(out, c_int::from(reserved)) },
        Err(code) => code,
    }
}

unsafe extern "C" fn file_control(_: *mut sqlite3_file, _: c_int, _: *mut c_void) -> c_int {
    ffi::SQLITE_NOTFOUND
}

unsafe extern "C" fn sector_size(_: *mut sqlite3_file) -> c_int {
    SECTOR_BYTES
}

/// As on Unix: a write that is torn leaves the bytes beside it alone.
unsafe extern "C" fn device_characteristics(_: *mut sqlite3_file) -> c_int {
    ffi::SQLITE_IOCAP_POWERSAFE_OVERWRITE
}

unsafe extern "C" fn shm_map(
    file: *mut sqlite3_file,
    region: c_int,
    bytes: c_int,
    extend: c_int,
    out: *mut *mut c_void,
) -> c_int {
    let (Ok(region), Ok(bytes)) = (usize::try_from(region), usize::try_from(bytes)) else {
        return ffi::SQLITE_IOERR_SHMMAP;
    };
    // SAFETY: SQLite passes an open file.
    match unsafe { handle_of(file) }.map(region, bytes, extend != 0) {
        // SAFETY: SQLite passes room for the answer. The region is made of atomics,
        // so it may be written through a shared pointer, and the handle keeps it
        // until `shm_unmap` or `close`.
        Ok(start) => unsafe {
            let start = start.map_or(ptr::null_mut(), |start| start.cast_mut().cast());
            answer(out, start)
        },
        Err(code) => code,
    }
}

unsafe extern "C" fn shm_lock(
    file: *mut sqlite3_file,
    first: c_int,
    count: c_int,
    flags: c_int,
) -> c_int {
    // SAFETY: SQLite passes an open file.
    unsafe { handle_of(file) }.lock_slots(first, count, flags)
}

unsafe extern "C" fn shm_barrier(_: *mut sqlite3_file) {
    fence(Ordering::SeqCst);
}

unsafe extern "C" fn shm_unmap(file: *mut sqlite3_file, _delete: c_int) -> c_int {
    // SAFETY: SQLite passes an open file.
    unsafe { handle_of(file) }.unmap();
    ffi::SQLITE_OK
}

unsafe extern "C" fn delete(vfs: *mut sqlite3_vfs, name: *const c_char, _sync: c_int) -> c_int {
    // SAFETY: SQLite passes our own table and a C string.
    let (mount, name) = unsafe { (mount_of(vfs), text(name)) };
    match (mount, name) {
        (Some(mount), Some(name)) => mount.delete(name),
        _ => ffi::SQLITE_IOERR_DELETE,
    }
}

unsafe extern "C" fn access(
    vfs: *mut sqlite3_vfs,
    name: *const c_char,
    _flags: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: SQLite passes our own table and a C string.
    let (mount, name) = unsafe { (mount_of(vfs), text(name)) };
    let exists = match (mount, name) {
        (Some(mount), Some(name)) => mount.exists(name),
        _ => Err(ffi::SQLITE_IOERR_ACCESS),
    };
    match exists {
        // SAFETY: SQLite passes room for the answer.
        Ok(exists) => unsafe { answer(out, c_int::from(exists)) },
        Err(code) => code,
    }
}

/// There are no folders: a name is its own path.
unsafe extern "C" fn full_pathname(
    _: *mut sqlite3_vfs,
    name: *const c_char,
    room: c_int,
    out: *mut c_char,
) -> c_int {
    // SAFETY: SQLite passes a C string.
    let name = unsafe { CStr::from_ptr(name) }.to_bytes_with_nul();
    if usize::try_from(room).unwrap_or_default() < name.len() {
        return ffi::SQLITE_CANTOPEN;
    }
    // SAFETY: SQLite passes `room` bytes, which are as many as the name has.
    unsafe { ptr::copy_nonoverlapping(name.as_ptr(), out.cast(), name.len()) };
    ffi::SQLITE_OK
}

unsafe extern "C" fn randomness(vfs: *mut sqlite3_vfs, count: c_int, buffer: *mut c_char) -> c_int {
    // SAFETY: SQLite passes our own table, and `count` bytes of room, which are
    // initialised before they are looked at as a slice.
    unsafe {
        let len = usize::try_from(count).unwrap_or_default();
        ptr::write_bytes(buffer.cast::<u8>(), 0, len);
        let buffer = std::slice::from_raw_parts_mut(buffer.cast::<u8>(), len);
        if let Some(mount) = mount_of(vfs) {
            mount.random(buffer);
        }
    }
    count
}

/// Nobody waits: whoever holds a lock does so until this thread goes on.
unsafe extern "C" fn sleep(_: *mut sqlite3_vfs, microseconds: c_int) -> c_int {
    microseconds
}

unsafe extern "C" fn current_time_int64(
    vfs: *mut sqlite3_vfs,
    out: *mut ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: SQLite passes our own table and room for the answer.
    unsafe {
        let now = mount_of(vfs).map_or(0, |mount| mount.julian_ms());
        answer(out, now)
    }
}

unsafe extern "C" fn current_time(vfs: *mut sqlite3_vfs, out: *mut f64) -> c_int {
    // SAFETY: SQLite passes our own table and room for the answer.
    unsafe {
        let now = mount_of(vfs).map_or(0, |mount| mount.julian_ms());
        answer(out, now as f64 / 86_400_000.0)
    }
}

unsafe extern "C" fn last_error(_: *mut sqlite3_vfs, _: c_int, _: *mut c_char) -> c_int {
    0
}
