//! A daemon that ends with its guard.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Instant;

use serde_json::Value;

use crate::{LOOK_EVERY, PATIENCE, must, some};

/// A `serve` that runs. Dropping it ends it: SIGTERM, and SIGKILL if need be.
#[derive(Debug)]
pub struct Serving {
    child: Child,
    address: String,
    log: PathBuf,
    rest: mpsc::Receiver<String>,
}

impl Serving {
    #[track_caller]
    pub(crate) fn start(mut command: Command, log: &Path) -> Serving {
        let file = must(File::create(log), "a log file");
        command.stdout(Stdio::piped()).stderr(Stdio::from(file));
        let mut child = must(command.spawn(), "serve");
        let stdout = some(child.stdout.take(), "standard output");
        let (first, rest) = lines(stdout);
        let mut serving = Serving {
            child,
            address: String::new(),
            log: log.to_owned(),
            rest,
        };
        let line = first.recv_timeout(PATIENCE).unwrap_or_default();
        let ready: Value = must(
            serde_json::from_str(&line),
            &format!("serve said {line:?}: {}", serving.log()),
        );
        let address = ready["listening"].as_str().unwrap_or_default();
        serving.address = address.to_owned();
        serving
    }

    /// Where it listens, `IP:PORT`; empty if it only dials.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Its process id.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// SIGTERM: it must end cleanly, and must have printed nothing more.
    ///
    /// # Panics
    /// If it does not.
    #[track_caller]
    pub fn stop(mut self) {
        signal(self.child.id(), "-TERM");
        let status = self.ended();
        let status = must(status.ok_or("it still runs"), "SIGTERM");
        assert_eq!(status.code(), Some(0), "{}", self.log());
        let more = self.rest.recv_timeout(PATIENCE).unwrap_or_default();
        assert_eq!(more, "", "one JSON value only");
    }

    /// SIGKILL, at whatever it is doing.
    ///
    /// # Panics
    /// If it cannot be killed.
    #[track_caller]
    pub fn kill(mut self) {
        must(self.child.kill(), "SIGKILL");
        let status = must(self.child.wait(), "SIGKILL");
        assert_eq!(status.code(), None, "it had ended before: {}", self.log());
    }

    fn ended(&mut self) -> Option<ExitStatus> {
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Some(status);
            }
            std::thread::park_timeout(LOOK_EVERY);
        }
        None
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

type Said = mpsc::Receiver<String>;

/// The first line when it is there, and the rest at the end.
fn lines(stdout: ChildStdout) -> (Said, Said) {
    let (first, first_said) = mpsc::channel();
    let (rest, rest_said) = mpsc::channel();
    std::thread::spawn(move || read(stdout, &first, &rest));
    (first_said, rest_said)
}

fn read(stdout: ChildStdout, first: &mpsc::Sender<String>, rest: &mpsc::Sender<String>) {
    let mut stdout = BufReader::new(stdout);
    let mut text = String::new();
    let _ = stdout.read_line(&mut text);
    let _ = first.send(std::mem::take(&mut text));
    let _ = stdout.read_to_string(&mut text);
    let _ = rest.send(text);
}

/// Sends a signal to a process that this test started.
pub(crate) fn signal(process: u32, name: &str) {
    let _ = Command::new("kill")
        .args([name, &process.to_string()])
        .stderr(Stdio::null())
        .status();
}
