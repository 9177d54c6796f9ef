//! The folder of one test: homes, a passphrase, files.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::{Node, Serving, must};

/// The passphrase of everybody, with letters outside ASCII.
const PASSPHRASE: &str = "mật khẩu thử";

/// A folder that goes when the test does.
#[derive(Debug)]
pub struct World {
    dir: TempDir,
}

impl Default for World {
    fn default() -> Self {
        World::new()
    }
}

impl World {
    /// An empty one with a passphrase file.
    ///
    /// # Panics
    /// If there is no room for temporary files.
    pub fn new() -> World {
        let world = World {
            dir: must(tempfile::tempdir(), "a temporary folder"),
        };
        world.file("passphrase", PASSPHRASE);
        world
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Writes a file and says where.
    ///
    /// # Panics
    /// If it cannot be written.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.dir.path().join(name);
        must(std::fs::write(&path, text), name);
        path
    }

    fn node(&self, binary: &str, name: &str) -> Node {
        Node::new(
            binary,
            self.dir.path().join(name),
            self.dir.path().join("passphrase"),
        )
    }

    /// The home of `quanho-bo` in the folder `name`.
    pub fn bo(&self, name: &str) -> Node {
        self.node("quanho-bo", name)
    }

    /// The home of `quanho-so` in the folder `name`.
    pub fn so(&self, name: &str) -> Node {
        self.node("quanho-so", name)
    }

    /// The home of `quanho-hospital` in the folder `name`.
    pub fn hospital(&self, name: &str) -> Node {
        self.node("quanho-hospital", name)
    }

    /// A rehearsal tree as it is after its first morning: the Bộ, the Sở of Bắc
    /// Ninh, and the quarterly campaign opened by the Bộ.
    ///
    /// # Panics
    /// If any of that is refused.
    pub fn founded(&self, at: &str) -> (Node, Node) {
        let bo = self.bo("bo").at(at);
        let so = self.so("so-24").at(at);
        bo.ok(&[
            "init",
            "--name",
            "Bộ Y tế",
            "--person",
            "Anh Bộ",
            "--rehearsal",
        ]);
        let open = ["campaign", "open", "--form", "kh2273-quy", "--period"];
        bo.ok(&[&open[..], &[crate::PERIOD]].concat());
        let bo_serves = bo.serve();
        so.join(
            &bo.invite("byt.24", "Sở Y tế Bắc Ninh", Some(&bo_serves)),
            "Chị Sở",
        );
        so.ok(&["sync"]);
        bo_serves.stop();
        (bo, so)
    }

    /// A facility that has joined below `above`, which serves, and has synced.
    ///
    /// # Panics
    /// If any of that is refused.
    pub fn facility(&self, above: &Node, serving: &Serving, unit: &str, name: &str) -> Node {
        let folder = format!("hospital-{}", unit.rsplit('.').next().unwrap_or(unit));
        let facility = self.hospital(&folder).at(above.time());
        facility.join(
            &above.invite(unit, name, Some(serving)),
            &format!("Trưởng {name}"),
        );
        facility.ok(&["sync"]);
        facility
    }
}
