//! The programs that run at one moment, and how they end.

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, Stdio};

use quanho_tests::{Node, Serving};

/// Ends with its guard.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// How a command ended.
pub(crate) enum End {
    /// Killed by us while it ran.
    Killed,
    /// By itself, with this exit code.
    Exited(i32),
}

/// What runs, by a name that says what it is: `hospital 07210 sync`. The first
/// word is the program.
#[derive(Default)]
pub(crate) struct Fleet {
    serving: BTreeMap<&'static str, Serving>,
    commands: BTreeMap<String, Running>,
    /// How many were killed while they ran, by program and what they did.
    pub(crate) kills: BTreeMap<String, usize>,
    /// How many commands ended by themselves, and how.
    pub(crate) exits: BTreeMap<i32, usize>,
}

/// A node that serves at an address that stays.
pub(crate) struct Server<'a> {
    pub(crate) name: &'static str,
    pub(crate) node: &'a Node,
    pub(crate) address: String,
}

impl Fleet {
    pub(crate) fn killed(&self) -> usize {
        self.kills.values().sum()
    }

    pub(crate) fn adopt(&mut self, name: &'static str, serving: Serving) {
        self.serving.insert(name, serving);
    }

    /// Starts the servers that do not run.
    pub(crate) fn revive(&mut self, servers: &[Server<'_>]) {
        for server in servers {
            self.serving
                .entry(server.name)
                .or_insert_with(|| server.node.serve_with(&["--listen", &server.address]));
        }
    }

    /// Starts a command, unless one of this name still runs.
    pub(crate) fn run(&mut self, name: String, mut command: Command) {
        command.stdout(Stdio::null()).stderr(Stdio::null());
        self.commands
            .entry(name)
            .or_insert_with(|| Running(command.spawn().unwrap()));
    }

    pub(crate) fn servers(&self) -> Vec<&'static str> {
        self.serving.keys().copied().collect()
    }

    pub(crate) fn commands(&self) -> Vec<String> {
        self.commands.keys().cloned().collect()
    }

    /// SIGKILL to a server, which runs until then: it never ends by itself.
    pub(crate) fn kill_server(&mut self, name: &str) {
        let Some(serving) = self.serving.remove(name) else {
            return;
        };
        let log = serving.log();
        assert!(!log.contains("panicked"), "{name}: {log}");
        serving.kill();
        self.count(name);
    }

    /// SIGKILL to a command; it may have ended before.
    pub(crate) fn kill_command(&mut self, name: &str) -> Option<End> {
        let mut running = self.commands.remove(name)?;
        let _ = running.0.kill();
        let status = running.0.wait().unwrap();
        if status.signal() == Some(9) {
            self.count(name);
            return Some(End::Killed);
        }
        Some(self.exited(name, status.code()))
    }

    /// The commands that have ended by themselves.
    pub(crate) fn ended(&mut self) -> Vec<(String, End)> {
        let mut ended = Vec::new();
        for name in self.commands() {
            let running = self.commands.get_mut(&name);
            let status = running.and_then(|running| running.0.try_wait().unwrap());
            if let Some(status) = status {
                self.commands.remove(&name);
                let end = self.exited(&name, status.code());
                ended.push((name, end));
            }
        }
        ended
    }

    /// Done, or the peer was gone: a kill is no reason for anything else.
    fn exited(&mut self, name: &str, code: Option<i32>) -> End {
        let code = code.unwrap_or(-1);
        assert!(code == 0 || code == 5, "{name} ended with {code}");
        *self.exits.entry(code).or_default() += 1;
        End::Exited(code)
    }

    /// Counts a kill by program and what it did.
    fn count(&mut self, name: &str) {
        let mut words = name.split(' ');
        let program = words.next().unwrap_or_default();
        let deed = words.next_back().unwrap_or_default();
        *self.kills.entry(format!("{program} {deed}")).or_default() += 1;
    }

    /// Ends the servers as a person would.
    pub(crate) fn stop(self) {
        for serving in self.serving.into_values() {
            serving.stop();
        }
    }
}
