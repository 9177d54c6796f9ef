//! The harness of the tests that run the real binaries as separate processes.
//!
//! It builds the three binaries once, gives each test a folder of its own with
//! homes and a passphrase, runs commands with a stopped clock, and keeps daemons
//! no longer than the test lives.
//!
//! It deliberately knows nothing of the domain but the names of commands: what a
//! command must answer is for the test to say.
//!
//! Invariants: nothing outlives its guard, however the test ends; every wait has
//! an end and says what it waited for; no command can wait for a person.

mod node;
mod refused;
mod report;
mod serving;
mod world;

pub use node::{Node, Output};
pub use refused::{Case, refused};
pub use report::{complete_toml, quarterly};
pub use serving::Serving;
pub use world::World;

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

/// The quarter that the tests report on; due strictly before [`DUE`].
pub const PERIOD: &str = "2026-Q2";

/// When the reports of [`PERIOD`] are due.
pub const DUE: &str = "2026-06-20T00:00:00+07:00";

/// Longest that anything may take, on a machine that does much else besides.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// How long to leave the processor to others between two looks at something.
pub(crate) const LOOK_EVERY: Duration = Duration::from_millis(20);

/// The folder with the binaries, built once with the profile of this test.
///
/// `cargo test` builds only the binaries of the package under test, so this asks
/// the same cargo for the others, into the same target folder.
///
/// # Panics
/// If they do not build.
pub fn binaries() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(build)
}

fn build() -> PathBuf {
    let test = must(std::env::current_exe(), "the path of this test");
    // target/<profile>/deps/<test>
    let profile = some(test.parent().and_then(Path::parent), "a target folder").to_owned();
    let target = some(profile.parent(), "a target folder");
    let name = match profile.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    // What cargo tells a test of its package; some build scripts (ring's) would
    // take it for a change and everything above them would be built again.
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&*name);
        }
    }
    let status = command
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["build", "--quiet", "--profile", name, "--target-dir"])
        .arg(target)
        .args(["--workspace", "--bin", "quanho-bo", "--bin", "quanho-so"])
        // An example, for the features of a test run: so nothing is built twice.
        .args(["--bin", "quanho-hospital", "--example", "bac-ninh"])
        .stdin(Stdio::null())
        .status();
    assert!(must(status, "cargo").success(), "the binaries do not build");
    profile
}

/// What must work for a test to mean anything.
///
/// # Panics
/// If it did not.
#[track_caller]
#[allow(clippy::panic, reason = "a test ends by panicking")]
pub fn must<T, E: Display>(result: Result<T, E>, what: &str) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("{what}: {error}"),
    }
}

/// What must be there for a test to mean anything.
///
/// # Panics
/// If it is not.
#[track_caller]
#[allow(clippy::panic, reason = "a test ends by panicking")]
pub fn some<T>(option: Option<T>, what: &str) -> T {
    match option {
        Some(value) => value,
        None => panic!("there is no {what}"),
    }
}

/// Looks until `found` finds something, for at most [`PATIENCE`].
///
/// # Panics
/// If it does not in time.
#[track_caller]
pub fn until<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> T {
    let end = std::time::Instant::now() + PATIENCE;
    loop {
        if let Some(value) = found() {
            return value;
        }
        assert!(std::time::Instant::now() < end, "waited in vain for {what}");
        std::thread::park_timeout(LOOK_EVERY);
    }
}
