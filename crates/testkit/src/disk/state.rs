//! The disk behind all handles: files, what is to go wrong, what was counted.

use std::collections::BTreeMap;
use std::ffi::c_int;
use std::sync::{Arc, Weak};

use model::Timestamp;
use rusqlite::ffi;

use super::fault::{Fault, Fuse, Op};
use super::file::Contents;
use super::locks::{Locks, Shared};
use super::scatter::Scatter;
use crate::Seeded;

/// A write that fails may have been done up to a multiple of this.
const PARTIAL_BYTES: usize = 512;

/// The state of one disk.
pub(super) struct State {
    files: BTreeMap<u64, File>,
    ids: u64,
    /// Handles and mounts of an earlier life are dead.
    pub(super) life: u64,
    fuse: Option<Fuse>,
    pub(super) tripped: Option<Fault>,
    pub(super) limit: Option<u64>,
    pub(super) writes: u64,
    pub(super) syncs: u64,
    pub(super) ops: u64,
    pub(super) now: Timestamp,
    pub(super) noise: Scatter,
    /// For faults that a fuse sets off.
    random: Seeded,
}

/// A file. One without a name is gone when its last handle is.
struct File {
    name: Option<String>,
    handles: u32,
    contents: Contents,
    locks: Locks,
    shared: Weak<Shared>,
}

impl File {
    fn new(name: Option<&str>, contents: Contents) -> Self {
        File {
            name: name.map(str::to_owned),
            handles: 0,
            contents,
            locks: Locks::default(),
            shared: Weak::new(),
        }
    }

    fn named(&self) -> Option<(&str, &Contents)> {
        Some((self.name.as_deref()?, &self.contents))
    }
}

impl State {
    pub(super) fn new(seed: u64, now: Timestamp) -> Self {
        State {
            files: BTreeMap::new(),
            ids: 0,
            life: 0,
            fuse: None,
            tripped: None,
            limit: None,
            writes: 0,
            syncs: 0,
            ops: 0,
            now,
            noise: Scatter::new(seed),
            random: Seeded::new(seed),
        }
    }

    /// A number that no file or handle had before.
    pub(super) fn id(&mut self) -> u64 {
        self.ids += 1;
        self.ids
    }

    fn find(&self, name: &str) -> Option<u64> {
        let mut files = self.files.iter();
        let found = files.find(|(_, file)| file.name.as_deref() == Some(name));
        found.map(|(id, _)| *id)
    }

    pub(super) fn bytes(&self) -> u64 {
        let of = |file: &File| file.contents.len() as u64;
        self.files.values().map(of).sum()
    }

    /// The files that have a name, in the order in which they came to be.
    pub(super) fn named(&self) -> impl Iterator<Item = (&str, &Contents)> {
        self.files.values().filter_map(File::named)
    }

    pub(super) fn contents_mut(&mut self, name: &str) -> Option<&mut Contents> {
        let id = self.find(name)?;
        self.files.get_mut(&id).map(|file| &mut file.contents)
    }

    /// Every handle dies; what was written stays.
    pub(super) fn kill(&mut self) {
        self.life += 1;
        self.files.retain(|_, file| file.name.is_some());
        for file in self.files.values_mut() {
            file.handles = 0;
            file.locks = Locks::default();
            file.shared = Weak::new();
        }
    }

    /// Every handle dies; what was not synced stays in part.
    pub(super) fn cut(&mut self, seed: u64) {
        self.kill();
        let mut scatter = Scatter::new(seed);
        for file in self.files.values_mut() {
            file.contents.cut(&mut scatter);
        }
    }

    /// Every handle dies, and these are the files.
    pub(super) fn replace(&mut self, files: impl IntoIterator<Item = (String, Vec<u8>)>) {
        self.kill();
        self.files.clear();
        for (name, bytes) in files {
            let id = self.id();
            let file = File::new(Some(&name), Contents::durable(bytes));
            self.files.insert(id, file);
        }
    }

    pub(super) fn arm(&mut self, fuse: Option<Fuse>) {
        self.fuse = fuse;
        self.tripped = None;
    }

    /// Counts a call and says whether something goes wrong with it.
    fn charge(&mut self, op: Op) -> Option<Fault> {
        self.ops += 1;
        match op {
            Op::Write | Op::Truncate | Op::Grow => self.writes += 1,
            Op::Sync => self.syncs += 1,
            Op::Create | Op::Delete => {}
        }
        let fuse = self.fuse.as_mut().filter(|fuse| fuse.on.counts(op))?;
        if fuse.after > 0 {
            fuse.after -= 1;
            return None;
        }
        let what = fuse.what;
        if !what.lasts() {
            self.fuse = None;
        }
        self.tripped = Some(what);
        Some(what)
    }

    /// Lets a fault take its course; `code` is what the call says of it.
    fn strike(&mut self, fault: Fault, code: c_int) -> c_int {
        match fault {
            Fault::Kill => self.kill(),
            Fault::PowerCut => {
                let seed = self.random.below(u64::MAX);
                self.cut(seed);
            }
            Fault::Eio(_) | Fault::Enospc(_) => {}
        }
        code
    }

    /// Charges a call that is done wholly or not at all; `None`: go on.
    fn refuse(&mut self, op: Op, code: c_int) -> Option<c_int> {
        let fault = self.charge(op)?;
        Some(self.strike(fault, code))
    }

    fn fits(&self, more: usize) -> bool {
        let limit = self.limit.unwrap_or(u64::MAX);
        self.bytes().saturating_add(more as u64) <= limit
    }

    /// Opens or creates a file; without a name one that nobody else sees.
    pub(super) fn open(&mut self, name: Option<&str>, flags: c_int) -> Result<u64, c_int> {
        let known = name.and_then(|name| self.find(name));
        let id = match known {
            Some(_) if flags & ffi::SQLITE_OPEN_EXCLUSIVE != 0 => {
                return Err(ffi::SQLITE_CANTOPEN);
            }
            Some(id) => id,
            None if flags & ffi::SQLITE_OPEN_CREATE == 0 => return Err(ffi::SQLITE_CANTOPEN),
            None => {
                if let Some(code) = self.refuse(Op::Create, ffi::SQLITE_CANTOPEN) {
                    return Err(code);
                }
                let id = self.id();
                self.files.insert(id, File::new(name, Contents::default()));
                id
            }
        };
        let file = self.files.get_mut(&id).ok_or(ffi::SQLITE_CANTOPEN)?;
        file.handles += 1;
        if flags & ffi::SQLITE_OPEN_DELETEONCLOSE != 0 {
            file.name = None;
        }
        Ok(id)
    }

    pub(super) fn close(&mut self, file: u64, handle: u64) {
        let Some(open) = self.files.get_mut(&file) else {
            return;
        };
        open.locks.release(handle);
        open.handles = open.handles.saturating_sub(1);
        if open.handles == 0 && open.name.is_none() {
            self.files.remove(&file);
        }
    }

    pub(super) fn delete(&mut self, name: &str) -> c_int {
        let Some(id) = self.find(name) else {
            return ffi::SQLITE_IOERR_DELETE_NOENT;
        };
        if let Some(code) = self.refuse(Op::Delete, ffi::SQLITE_IOERR_DELETE) {
            return code;
        }
        let unused = self.files.get_mut(&id).is_some_and(|file| {
            file.name = None;
            file.handles == 0
        });
        if unused {
            self.files.remove(&id);
        }
        ffi::SQLITE_OK
    }

    /// As on Unix, an empty file is as good as none.
    pub(super) fn exists(&self, name: &str) -> bool {
        let file = self.find(name).and_then(|id| self.files.get(&id));
        file.is_some_and(|file| file.contents.len() > 0)
    }

    pub(super) fn contents(&self, file: u64) -> Option<&Contents> {
        self.files.get(&file).map(|file| &file.contents)
    }

    pub(super) fn locks(&mut self, file: u64) -> Option<&mut Locks> {
        self.files.get_mut(&file).map(|file| &mut file.locks)
    }

    pub(super) fn write(&mut self, file: u64, data: &[u8], at: usize) -> c_int {
        let fault = self.charge(Op::Write);
        let done = match fault {
            None | Some(Fault::PowerCut) => data.len(),
            Some(Fault::Kill) => 0,
            Some(Fault::Eio(_) | Fault::Enospc(_)) => {
                let blocks = data.len().div_ceil(PARTIAL_BYTES);
                self.noise.index(blocks) * PARTIAL_BYTES
            }
        };
        let len = self.contents(file).map_or(0, Contents::len);
        if fault.is_none() && !self.fits((at + done).saturating_sub(len)) {
            return ffi::SQLITE_FULL;
        }
        if let Some(file) = self.files.get_mut(&file) {
            file.contents.write(&data[..done], at);
        }
        match fault {
            None => ffi::SQLITE_OK,
            Some(fault @ Fault::Enospc(_)) => self.strike(fault, ffi::SQLITE_FULL),
            Some(fault) => self.strike(fault, ffi::SQLITE_IOERR_WRITE),
        }
    }

    pub(super) fn truncate(&mut self, file: u64, len: usize) -> c_int {
        if let Some(code) = self.refuse(Op::Truncate, ffi::SQLITE_IOERR_TRUNCATE) {
            return code;
        }
        if let Some(file) = self.files.get_mut(&file) {
            file.contents.set_len(len);
        }
        ffi::SQLITE_OK
    }

    /// A sync that fails has made nothing durable, and the next one makes up for it.
    pub(super) fn sync(&mut self, file: u64) -> c_int {
        if let Some(code) = self.refuse(Op::Sync, ffi::SQLITE_IOERR_FSYNC) {
            return code;
        }
        if let Some(file) = self.files.get_mut(&file) {
            file.contents.sync();
        }
        ffi::SQLITE_OK
    }

    /// The memory that the connections to a file share.
    pub(super) fn shared(&mut self, file: u64) -> Arc<Shared> {
        let Some(file) = self.files.get_mut(&file) else {
            return Arc::default();
        };
        file.shared.upgrade().unwrap_or_else(|| {
            let shared = Arc::default();
            file.shared = Arc::downgrade(&shared);
            shared
        })
    }

    /// Makes the shared memory `count` regions long. It counts as a file only in
    /// so far as a full disk has no room for more of it.
    pub(super) fn grow(&mut self, shared: &Shared, count: usize, bytes: usize) -> c_int {
        let more = count.saturating_sub(shared.count());
        if more == 0 {
            return ffi::SQLITE_OK;
        }
        if let Some(code) = self.refuse(Op::Grow, ffi::SQLITE_IOERR_SHMSIZE) {
            return code;
        }
        if !self.fits(more * bytes) {
            return ffi::SQLITE_IOERR_SHMSIZE;
        }
        shared.grow(count, bytes);
        ffi::SQLITE_OK
    }
}
