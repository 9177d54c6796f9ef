//! A node's home: one folder with the store, this machine's key and the
//! encrypted keys of the people who work here.
//!
//! ```text
//! quanho.sqlite      everything that was ever said, and drafts
//! node.pem           this machine's key, readable by its owner only
//! persons/KEY.pem    a person's key, under a passphrase
//! invites/UNIT.txt   invites made on the screen, until they are deleted
//! root/              the ministry's root keys, under a passphrase (bo only)
//! ```

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use identity::{SecretKey, keyfile};
use model::{Entropy, Level};
use replica::Replica;
use store::Store;
use wire::PublicKey;
use zeroize::Zeroizing;

use crate::failure::{Exit, Failure};

/// A key as its file will be: what takes long is done, and nothing written.
pub struct KeyFile {
    path: PathBuf,
    pem: Zeroizing<String>,
}

impl KeyFile {
    /// Writes the file, over one that may be there.
    pub fn keep(&self) -> Result<(), Failure> {
        self.path.parent().map_or(Ok(()), make_private_dir)?;
        write_private(&self.path, self.pem.as_bytes())
    }
}

/// A folder. Nothing is read until it is asked for.
#[derive(Clone, Debug)]
pub struct Home {
    dir: PathBuf,
}

impl Home {
    /// A home in this folder.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Home { dir: dir.into() }
    }

    /// The platform's data folder for a binary of this level.
    pub fn default_for(level: Level) -> Result<Self, Failure> {
        let name = match level {
            Level::Facility => "hospital",
            Level::Province => "so",
            Level::Ministry => "bo",
        };
        directories::ProjectDirs::from("vn", "", "quanho")
            .map(|dirs| Home::new(dirs.data_dir().join(name)))
            .ok_or_else(|| Failure::new("no-home", Exit::Usage))
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The store, made if need be (and the folder with it).
    pub fn create_store(&self) -> Result<Store, Failure> {
        make_private_dir(&self.dir)?;
        Ok(Store::open(self.store_path())?)
    }

    fn store_path(&self) -> PathBuf {
        self.dir.join("quanho.sqlite")
    }

    /// The node that lives here.
    pub fn open(&self) -> Result<Replica, Failure> {
        if !self.store_path().exists() {
            return Err(Failure::new("not-set-up", Exit::Failed).because(self.dir.display()));
        }
        let store = Store::open(self.store_path())?;
        if !Replica::is_set_up(&store)? {
            return Err(Failure::new("not-set-up", Exit::Failed).because(self.dir.display()));
        }
        Ok(Replica::open(store, self.node_key()?)?)
    }

    /// This machine's key.
    pub fn node_key(&self) -> Result<SecretKey, Failure> {
        let pem = fs::read_to_string(self.node_path())
            .map_err(|error| Failure::new("node-key", Exit::Failed).because(error))?;
        keyfile::from_pem(&pem)
            .map_err(|error| Failure::new("node-key", Exit::Failed).because(error))
    }

    fn node_path(&self) -> PathBuf {
        self.dir.join("node.pem")
    }

    /// The file of this machine's key.
    pub fn node_key_file(&self, key: &SecretKey) -> Result<KeyFile, Failure> {
        let pem = keyfile::to_pem(key).map_err(key_failure)?;
        Ok(KeyFile {
            path: self.node_path(),
            pem,
        })
    }

    /// The file of a person's key, under a passphrase.
    pub fn person_key_file(
        &self,
        key: &SecretKey,
        passphrase: &str,
        entropy: &mut dyn Entropy,
    ) -> Result<KeyFile, Failure> {
        let name = format!("persons/{}.pem", key.public());
        self.sealed(&name, key, passphrase, entropy)
    }

    /// The file of a root key, under a passphrase.
    pub fn root_key_file(
        &self,
        name: &str,
        key: &SecretKey,
        passphrase: &str,
        entropy: &mut dyn Entropy,
    ) -> Result<KeyFile, Failure> {
        self.sealed(&format!("root/{name}.pem"), key, passphrase, entropy)
    }

    fn sealed(
        &self,
        name: &str,
        key: &SecretKey,
        passphrase: &str,
        entropy: &mut dyn Entropy,
    ) -> Result<KeyFile, Failure> {
        let pem = keyfile::seal(key, passphrase, entropy).map_err(key_failure)?;
        Ok(KeyFile {
            path: self.dir.join(name),
            pem: Zeroizing::new(pem),
        })
    }

    /// Keeps a person's key under a passphrase.
    pub fn keep_person_key(
        &self,
        key: &SecretKey,
        passphrase: &str,
        entropy: &mut dyn Entropy,
    ) -> Result<(), Failure> {
        self.person_key_file(key, passphrase, entropy)?.keep()
    }

    /// Keeps the text of an invite, readable by its owner only, and says where.
    pub fn keep_invite(&self, unit: &str, text: &str) -> Result<PathBuf, Failure> {
        let dir = self.dir.join("invites");
        make_private_dir(&dir)?;
        let path = dir.join(format!("{unit}.txt"));
        write_private(&path, text.as_bytes())?;
        Ok(path)
    }

    /// The people whose keys are here.
    pub fn person_keys(&self) -> Vec<PublicKey> {
        let Ok(files) = fs::read_dir(self.dir.join("persons")) else {
            return Vec::new();
        };
        let mut keys: Vec<PublicKey> = files
            .filter_map(|file| {
                let name = file.ok()?.file_name().into_string().ok()?;
                PublicKey::from_hex(name.strip_suffix(".pem")?)
            })
            .collect();
        keys.sort_unstable();
        keys
    }

    /// A person's key, opened with their passphrase.
    pub fn unlock(&self, person: &PublicKey, passphrase: &str) -> Result<SecretKey, Failure> {
        let path = self.dir.join("persons").join(format!("{person}.pem"));
        let pem = fs::read_to_string(&path)
            .map_err(|error| Failure::new("person-key", Exit::Failed).because(error))?;
        keyfile::open(&pem, passphrase).map_err(key_failure)
    }
}

fn key_failure(error: identity::KeyFileError) -> Failure {
    match error {
        identity::KeyFileError::WrongPassphrase => Failure::new("wrong-passphrase", Exit::Refused),
        other => Failure::new("key-file", Exit::Failed).because(other),
    }
}

fn make_private_dir(dir: &Path) -> Result<(), Failure> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(dir)
        .map_err(|error| file_failure(dir, &error))
}

/// Writes a file that only its owner can read, all of it or none. It outlasts a
/// power cut from here on: a new passphrase holds once that was said.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let partial = path.with_extension("part");
    let _ = fs::remove_file(&partial);
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let write = || -> std::io::Result<()> {
        let mut file = options.open(&partial)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&partial, path)?;
        path.parent().map_or(Ok(()), sync_folder)
    };
    write().map_err(|error| {
        let _ = fs::remove_file(&partial);
        file_failure(path, &error)
    })
}

/// Makes the names in a folder durable, and the folder's own.
#[cfg(unix)]
fn sync_folder(dir: &Path) -> std::io::Result<()> {
    let above = dir.parent().filter(|above| above.is_dir());
    for dir in [Some(dir), above].into_iter().flatten() {
        fs::File::open(dir)?.sync_all()?;
    }
    Ok(())
}

/// Elsewhere the filesystem does so by itself, and a folder cannot be opened.
#[cfg(not(unix))]
fn sync_folder(_dir: &Path) -> std::io::Result<()> {
    Ok(())
}

fn file_failure(path: &Path, error: &std::io::Error) -> Failure {
    let code = match error.kind() {
        std::io::ErrorKind::StorageFull => "disk-full",
        _ => "file",
    };
    Failure::new(code, Exit::Failed)
        .with("path", path.display())
        .because(error)
}
