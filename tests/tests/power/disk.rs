//! A disk with a volatile write cache, and an ext4 filesystem on it.
//!
//! The kernel's ext4 writes to a loop device, the loop device to a file, and that
//! file is served from here (FUSE). So every write and every cache flush that the
//! kernel sends to its disk passes by, in order, and what the disk may hold when
//! the power goes is known exactly: all writes before the last flush that was
//! answered, and of those after it any sectors at all, in any combination.
//! [`Supply::cut`] draws one of these states, now or, through [`Supply::before`],
//! just before a write to come. Writes that the kernel still keeps in its own memory
//! are lost with it. Nothing is synced for a cut and the machine goes on.
//!
//! Deliberately not modelled: a sector torn in itself, and a disk that lies about
//! its flushes.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use testkit::Seeded;

use crate::fuse::{self, Ask};

/// Enough for a home, and little to copy.
const SIZE_BYTES: usize = 32 << 20;

/// What a disk writes as a whole.
const SECTOR_BYTES: usize = 512;

/// What is written or left out of an image that is mostly empty.
const BLOCK_BYTES: usize = 64 << 10;

const EPERM: i32 = 1;
const ENODEV: i32 = 19;

/// What the disk was told.
struct Platter {
    /// As it reads now.
    current: Vec<u8>,
    /// As it was at the last flush.
    flushed: Vec<u8>,
    /// Writes since then.
    cached: Vec<(usize, Vec<u8>)>,
    flushes: usize,
    /// What to do before which of the next writes.
    armed: Option<(usize, Deed)>,
}

type Deed = Box<dyn FnOnce() + Send>;

impl Platter {
    fn read(&self, offset: usize, size: usize) -> &[u8] {
        let start = offset.min(self.current.len());
        let end = (offset + size).min(self.current.len());
        &self.current[start..end]
    }

    fn write(&mut self, offset: usize, bytes: &[u8]) {
        self.current[offset..offset + bytes.len()].copy_from_slice(bytes);
        self.cached.push((offset, bytes.to_vec()));
    }

    /// What is to be done before the write that has come, if anything.
    fn due(&mut self) -> Option<Deed> {
        let (left, deed) = self.armed.take()?;
        if left == 0 {
            return Some(deed);
        }
        self.armed = Some((left - 1, deed));
        None
    }

    fn flush(&mut self) {
        self.flushes += 1;
        for (offset, bytes) in self.cached.drain(..) {
            self.flushed[offset..offset + bytes.len()].copy_from_slice(&bytes);
        }
    }

    fn cut(&self, random: &mut Seeded) -> Cut {
        let mut image = self.flushed.clone();
        // Nothing, all, half or most of what was not flushed.
        let keep = [0, 8, 4, 7][random.below(4) as usize];
        let mut lost = 0;
        for (offset, bytes) in &self.cached {
            for (number, sector) in bytes.chunks(SECTOR_BYTES).enumerate() {
                if random.below(8) < keep {
                    let start = offset + number * SECTOR_BYTES;
                    image[start..start + sector.len()].copy_from_slice(sector);
                } else {
                    lost += 1;
                }
            }
        }
        Cut { image, lost }
    }
}

/// What a power cut has left on the disk.
pub(crate) struct Cut {
    image: Vec<u8>,
    /// Sectors that the disk had taken, was not told to flush, and lost.
    pub(crate) lost: usize,
}

impl Cut {
    /// Mounts it in the folder `at`, which is made: the next start.
    pub(crate) fn mount(&self, at: &Path) -> Mount {
        let file = at.with_extension("image");
        let mut sparse = File::create(&file).unwrap();
        sparse.set_len(self.image.len() as u64).unwrap();
        for (number, block) in self.image.chunks(BLOCK_BYTES).enumerate() {
            if block.iter().any(|byte| *byte != 0) {
                let start = (number * BLOCK_BYTES) as u64;
                sparse.seek(SeekFrom::Start(start)).unwrap();
                sparse.write_all(block).unwrap();
            }
        }
        fs::create_dir_all(at).unwrap();
        Mount::ext4(&file, at).unwrap()
    }
}

/// A mount that ends with its guard.
pub(crate) struct Mount(PathBuf);

impl Mount {
    /// `mount`, with the device in its standard input if there is one.
    fn new(at: &Path, input: Stdio, args: &[&str]) -> Result<Mount, String> {
        let mut command = Command::new("mount");
        command.args(args).arg(at).stdin(input);
        run(&mut command)?;
        Ok(Mount(at.to_owned()))
    }

    /// A folder in memory, for what a cut has left: it need not outlast anything.
    pub(crate) fn memory(at: &Path) -> Result<Mount, String> {
        fs::create_dir_all(at).map_err(|error| format!("{}: {error}", at.display()))?;
        Mount::new(at, Stdio::null(), &["-t", "tmpfs", "quanho-cuts"])
    }

    fn ext4(file: &Path, at: &Path) -> Result<Mount, String> {
        let file = file.to_string_lossy();
        Mount::new(at, Stdio::null(), &["-t", "ext4", "-o", "loop", &file])
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let mut unmount = Command::new("umount");
        if run(unmount.arg(&self.0)).is_err() {
            // Something still looks at it: it goes with that.
            let _ = run(Command::new("umount").arg("--lazy").arg(&self.0));
        }
    }
}

fn run(command: &mut Command) -> Result<(), String> {
    let name = format!("{command:?}");
    let output = command
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .output();
    let output = output.map_err(|error| format!("{name}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("{name}: {}", said.trim()))
}

/// The disk, and its filesystem mounted. Unmounts in the order of its fields.
pub(crate) struct Disk {
    _filesystem: Mount,
    _device: Mount,
    supply: Supply,
}

impl Disk {
    /// An empty filesystem in the folder `at`, which is made. Its device lies in
    /// `at` with the extension `disk`.
    ///
    /// # Errors
    /// What this machine lacks.
    pub(crate) fn new(at: &Path) -> Result<Disk, String> {
        let file = at.with_extension("disk");
        let failed = |error: io::Error| format!("{}: {error}", file.display());
        let blank = File::create(&file).and_then(|file| file.set_len(SIZE_BYTES as u64));
        blank.map_err(failed)?;
        let mut format = Command::new("mkfs.ext4");
        run(format.args(["-q", "-F", "-m", "0"]).arg(&file))?;
        let empty = fs::read(&file).map_err(failed)?;
        let platter = Arc::new(Mutex::new(Platter {
            flushed: empty.clone(),
            current: empty,
            cached: Vec::new(),
            flushes: 0,
            armed: None,
        }));

        let fuse = OpenOptions::new().read(true).write(true).open("/dev/fuse");
        let fuse = fuse.map_err(|error| format!("/dev/fuse: {error}"))?;
        let served = fuse.try_clone().map_err(failed)?;
        let asked = platter.clone();
        std::thread::spawn(move || serve(served, &asked));
        let options = "fd=0,rootmode=100000,user_id=0,group_id=0";
        let args = ["-i", "-t", "fuse", "-o", options, "quanho-disk"];
        let device = Mount::new(&file, Stdio::from(fuse), &args)?;

        fs::create_dir_all(at).map_err(failed)?;
        let filesystem = Mount::ext4(&file, at)?;
        Ok(Disk {
            _filesystem: filesystem,
            _device: device,
            supply: Supply(platter),
        })
    }

    pub(crate) fn supply(&self) -> &Supply {
        &self.supply
    }
}

/// Where the power of a disk can be cut.
#[derive(Clone)]
pub(crate) struct Supply(Arc<Mutex<Platter>>);

impl Supply {
    /// One of the states in which a cut at this moment may leave the disk.
    pub(crate) fn cut(&self, random: &mut Seeded) -> Cut {
        self.0.lock().unwrap().cut(random)
    }

    /// Has something done before a write to come, after `writes` others. The disk
    /// waits for it. Replaces what was to be done before.
    pub(crate) fn before(&self, writes: usize, deed: impl FnOnce() + Send + 'static) {
        self.0.lock().unwrap().armed = Some((writes, Box::new(deed)));
    }

    /// Nothing is to be done any more.
    pub(crate) fn disarm(&self) {
        self.0.lock().unwrap().armed = None;
    }

    /// How often the kernel has had the cache flushed.
    pub(crate) fn flushes(&self) -> usize {
        self.0.lock().unwrap().flushes
    }
}

/// Answers the kernel until the file is unmounted.
fn serve(mut fuse: File, platter: &Mutex<Platter>) {
    let mut buffer = vec![0; fuse::REQUEST_MAX_BYTES];
    loop {
        let length = match fuse.read(&mut buffer) {
            Ok(length) => length,
            Err(error) => match error.raw_os_error() {
                // Not mounted yet.
                Some(EPERM) => {
                    std::thread::park_timeout(Duration::from_millis(1));
                    continue;
                }
                Some(ENODEV) => return,
                _ => continue,
            },
        };
        let Some(request) = fuse::parse(&buffer[..length]) else {
            continue;
        };
        if let Ask::Write { .. } = request.ask {
            let due = platter.lock().unwrap().due();
            due.into_iter().for_each(|deed| deed());
        }
        let mut platter = platter.lock().unwrap();
        let reply = |error, body: &[u8]| Some(fuse::answer(request.unique, error, body));
        let reply = match request.ask {
            Ask::Init => reply(0, &fuse::init()),
            Ask::Attributes => reply(0, &fuse::attributes(platter.current.len())),
            Ask::Open => reply(0, &[0; 16]),
            Ask::Read { offset, size } => reply(0, platter.read(offset, size)),
            Ask::Write { offset, bytes } => {
                platter.write(offset, bytes);
                reply(0, &fuse::written(bytes.len()))
            }
            Ask::Sync => {
                platter.flush();
                reply(0, &[])
            }
            Ask::Done => reply(0, &[]),
            Ask::Forget => None,
            Ask::Other => reply(fuse::ENOSYS, &[]),
        };
        drop(platter);
        if let Some(reply) = reply {
            // An interrupted request wants no answer any more.
            let _ = fuse.write(&reply);
        }
    }
}
