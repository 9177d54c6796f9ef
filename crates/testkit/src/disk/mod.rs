//! A disk in memory that can fail: a file system for SQLite which knows what was
//! synced and what was not.
//!
//! A [`Disk`] is one machine's. Connections are opened on it by name, as on a
//! file system ([`Disk::vfs`]); write-ahead logging works, also with several
//! connections of one process. Then the process can be killed, the power cut, the
//! disk filled, single calls failed, bits flipped, and the whole set back to an
//! older copy.
//!
//! # What is modelled
//! - A write is seen at once and durable after the next sync of that file. A power
//!   cut keeps any part of what was not synced, in any order, in units of 512 or
//!   4,096 bytes, and of a growing file any length in between.
//! - Creating and deleting a file is durable at once.
//! - A sync that fails has made nothing durable and may be tried again.
//! - A kill or a power cut ends all handles: everything called on them
//!   fails, and only what is opened after that works.
//! - Nothing waits and nothing is drawn from the machine: the time is set, a busy
//!   handler gives up after its last try without having slept. What a disk
//!   draws itself comes from its seed. Not in our hands are the salts in a
//!   write-ahead log, which SQLite draws for the whole process: the bytes of logs
//!   differ from run to run, what they say does not.
//!
//! `unsafe` is in the one file that C calls, which only passes on.

mod fault;
mod file;
mod handle;
mod locks;
mod scatter;
mod search;
mod state;
#[cfg(test)]
mod tests;
#[expect(unsafe_code, reason = "SQLite calls a file system through C pointers")]
mod vfs;

use std::sync::{Arc, Mutex, PoisonError};

use model::Timestamp;
use rusqlite::{Connection, OpenFlags};
use store::{Store, StoreError};

pub use fault::{Fault, Fuse, Lasting, On};

use crate::Seeded;
use handle::{Mount, state_of};
use state::State;

/// How much of the bytes that [`Disk::flip_bit`] is given must lie in one piece:
/// an entry may be spread over several pages.
const PIECE_BYTES: usize = 24;

/// How many pieces are looked for.
const PIECES_MAX_COUNT: u64 = 12;

/// Where a new disk's time stands, in milliseconds: 2026-01-01T00:00:00Z.
const START_MS: i64 = 1_767_225_600_000;

/// A disk. Clones are the same disk.
#[derive(Clone)]
pub struct Disk {
    state: Arc<Mutex<State>>,
    mount: Arc<Mutex<Option<Arc<Mount>>>>,
}

/// The files of a disk as they were.
#[derive(Clone, PartialEq, Eq)]
pub struct Image {
    files: Vec<(String, Vec<u8>)>,
}

impl Image {
    /// How much it holds.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|(_, bytes)| bytes.len() as u64).sum()
    }

    /// One file of it.
    pub fn file(&self, name: &str) -> Option<&[u8]> {
        let mut files = self.files.iter();
        let found = files.find(|(known, _)| known == name);
        found.map(|(_, bytes)| bytes.as_slice())
    }
}

impl Disk {
    /// An empty disk. What it draws by itself, it draws from this seed.
    pub fn new(seed: u64) -> Self {
        Disk {
            state: Arc::new(Mutex::new(State::new(seed, Timestamp(START_MS)))),
            mount: Arc::default(),
        }
    }

    /// The name under which SQLite finds this disk. It changes whenever the
    /// handles die, and is given to other disks once the disk and the last
    /// connection to it are gone.
    pub fn vfs(&self) -> String {
        let mut mount = self.mount.lock().unwrap_or_else(PoisonError::into_inner);
        if !mount.as_ref().is_some_and(|mount| mount.is_live()) {
            *mount = None;
        }
        let mount = mount.get_or_insert_with(|| Mount::new(&self.state));
        mount.name().to_owned()
    }

    /// Opens or creates a database.
    pub fn connect(&self, name: &str) -> rusqlite::Result<Connection> {
        Connection::open_with_flags_and_vfs(name, OpenFlags::default(), self.vfs().as_str())
    }

    /// Opens or creates a node's store.
    pub fn store(&self, name: &str) -> Result<Store, StoreError> {
        Store::open_on(name, &self.vfs())
    }

    /// What SQL takes for the present.
    pub fn set_time(&self, now: Timestamp) {
        state_of(&self.state).now = now;
    }

    /// The process dies: everything written stays, all handles are dead.
    pub fn kill(&self) {
        state_of(&self.state).kill();
    }

    /// The power goes: what was not synced stays in part, all handles are dead.
    pub fn cut_power(&self, random: &mut Seeded) {
        state_of(&self.state).cut(random.below(u64::MAX));
    }

    /// Sets a fault off later, in place of what was armed before.
    pub fn arm(&self, fuse: Fuse) {
        state_of(&self.state).arm(Some(fuse));
    }

    /// Takes the fuse out, ends a failure that lasts, and forgets what has happened.
    pub fn disarm(&self) {
        state_of(&self.state).arm(None);
    }

    /// The fault that has happened since a fuse was last armed or taken out.
    pub fn tripped(&self) -> Option<Fault> {
        state_of(&self.state).tripped
    }

    /// The disk holds no more than this: a write that would let the files grow
    /// beyond it fails and is not done.
    pub fn fill(&self, limit_bytes: u64) {
        state_of(&self.state).limit = Some(limit_bytes);
    }

    /// There is room again.
    pub fn free(&self) {
        state_of(&self.state).limit = None;
    }

    /// Inverts one bit of these bytes where they lie in a database file (not in a
    /// log: SQLite drops a damaged frame there, so run a checkpoint first). Finds
    /// them also if they are spread over pages, as long as some piece of them is
    /// whole; copies that SQLite left behind are hit as well. A connection that is
    /// open may still have the old page in memory. Whether they were found.
    pub fn flip_bit(&self, needle: &[u8], random: &mut Seeded) -> bool {
        let mut state = state_of(&self.state);
        let piece = needle.len().min(PIECE_BYTES);
        let starts = (needle.len() - piece) as u64 + 1;
        let mut best: Option<(String, Vec<usize>)> = None;
        for _ in 0..PIECES_MAX_COUNT {
            let start = random.below(starts) as usize;
            let wanted = &needle[start..start + piece];
            for (name, contents) in state.named().filter(|(name, _)| !is_log(name)) {
                let places = search::places(contents.bytes(), wanted);
                let rarer = best.as_ref().is_none_or(|(_, b)| places.len() < b.len());
                if rarer && !places.is_empty() {
                    best = Some((name.to_owned(), places));
                }
            }
            if best.as_ref().is_some_and(|(_, places)| places.len() == 1) {
                break;
            }
        }
        let Some((name, places)) = best else {
            return false;
        };
        let (byte, bit) = (random.below(piece as u64) as usize, random.below(8));
        if let Some(contents) = state.contents_mut(&name) {
            for place in places {
                contents.flip(place + byte, bit);
            }
        }
        true
    }

    /// A copy of all files as they are seen now.
    pub fn snapshot(&self) -> Image {
        let state = state_of(&self.state);
        let copy = |(name, contents): (&str, &file::Contents)| {
            let bytes = contents.bytes().to_vec();
            (name.to_owned(), bytes)
        };
        Image {
            files: state.named().map(copy).collect(),
        }
    }

    /// Sets the disk back to a copy. All handles are dead.
    pub fn restore(&self, image: &Image) {
        let files = image.files.iter().cloned();
        state_of(&self.state).replace(files);
    }

    /// Everything is gone. All handles are dead.
    pub fn wipe(&self) {
        state_of(&self.state).replace([]);
    }

    /// How often was written or truncated.
    pub fn writes(&self) -> u64 {
        state_of(&self.state).writes
    }

    /// How often was synced.
    pub fn syncs(&self) -> u64 {
        state_of(&self.state).syncs
    }

    /// How many calls changed the disk in all: what [`On::Any`] counts.
    pub fn ops(&self) -> u64 {
        state_of(&self.state).ops
    }

    /// How much the files hold.
    pub fn bytes(&self) -> u64 {
        state_of(&self.state).bytes()
    }
}

fn is_log(name: &str) -> bool {
    name.ends_with("-wal") || name.ends_with("-journal")
}
