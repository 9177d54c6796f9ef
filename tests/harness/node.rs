//! A home and the program that belongs to it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;

use serde_json::Value;

use crate::{PATIENCE, Serving, binaries, must, serving, some};

/// One node: a home, its binary, and the time at which its commands run.
#[derive(Clone, Debug)]
pub struct Node {
    binary: String,
    home: PathBuf,
    passphrase: Option<PathBuf>,
    at: Option<String>,
}

/// What a command left behind.
#[derive(Clone, Debug)]
pub struct Output {
    /// The exit code; -1 if a signal ended it.
    pub code: i32,
    /// Its answer.
    pub stdout: Vec<u8>,
    /// Its log.
    pub stderr: String,
    command: String,
    status: std::process::ExitStatus,
}

impl Output {
    /// The answer as text.
    ///
    /// # Panics
    /// If it is not UTF-8.
    #[track_caller]
    pub fn text(&self) -> &str {
        must(std::str::from_utf8(&self.stdout), &self.command)
    }

    /// The answer: exactly one JSON value in one line.
    ///
    /// # Panics
    /// If it is anything else.
    #[track_caller]
    pub fn json(&self) -> Value {
        let value = serde_json::from_slice(&self.stdout);
        must(value, &format!("not one JSON value from {self}"))
    }

    /// The code of the error in the answer.
    ///
    /// # Panics
    /// If [`Output::failure`] finds none.
    #[track_caller]
    pub fn error(&self) -> String {
        must(self.failure(), "an error")
    }

    /// The code of the error in the answer, which is
    /// `{"error":{code,message,hint}}` and nothing else.
    ///
    /// # Errors
    /// If it is anything else, or its message or hint has no words.
    pub fn failure(&self) -> Result<String, String> {
        let answer: Value = serde_json::from_slice(&self.stdout)
            .map_err(|_| format!("not one JSON value from {self}"))?;
        let keys = |value: &Value| value.as_object().map_or(0, serde_json::Map::len);
        if (keys(&answer), keys(&answer["error"])) != (1, 3) {
            return Err(format!("no error from {self}"));
        }
        for name in ["message", "hint"] {
            let text = answer["error"][name].as_str().unwrap_or_default();
            let id = text.starts_with("error-") || text.starts_with("hint-");
            if id || text.trim().is_empty() {
                return Err(format!("no words for the {name} from {self}"));
            }
        }
        let code = answer["error"]["code"].as_str().unwrap_or_default();
        Ok(code.to_owned())
    }
}

impl std::fmt::Display for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let answer = String::from_utf8_lossy(&self.stdout);
        write!(
            f,
            "`{}` ({})\n{answer}\n{}",
            self.command, self.status, self.stderr
        )
    }
}

impl Node {
    pub(crate) fn new(binary: &str, home: PathBuf, passphrase: PathBuf) -> Node {
        Node {
            binary: binary.to_owned(),
            home,
            passphrase: Some(passphrase),
            at: None,
        }
    }

    /// The same home at another time.
    #[must_use]
    pub fn at(&self, time: &str) -> Node {
        Node {
            at: Some(time.to_owned()),
            ..self.clone()
        }
    }

    /// The same home under the real clock.
    #[must_use]
    pub fn now(&self) -> Node {
        Node {
            at: None,
            ..self.clone()
        }
    }

    /// The same home with another passphrase file, or none.
    #[must_use]
    pub fn with_passphrase(&self, file: Option<&Path>) -> Node {
        Node {
            passphrase: file.map(Path::to_owned),
            ..self.clone()
        }
    }

    /// The time at which commands run.
    ///
    /// # Panics
    /// If they run under the real clock.
    pub fn time(&self) -> &str {
        some(self.at.as_deref(), "stopped clock")
    }

    /// The home.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// The command line of this node, up to the command itself.
    pub fn command(&self, json: bool) -> Command {
        let mut command = Command::new(binaries().join(&self.binary));
        command.env_remove("QUANHO_PASSPHRASE_FILE");
        command.arg("--home").arg(&self.home);
        if let Some(file) = &self.passphrase {
            command.arg("--passphrase-file").arg(file);
        }
        if let Some(time) = &self.at {
            command.args(["--at", time]);
        }
        if json {
            command.arg("--json");
        }
        command.stdin(Stdio::null());
        command
    }

    /// Runs a command with `--json`.
    ///
    /// # Panics
    /// If it does not end within [`PATIENCE`].
    #[track_caller]
    pub fn run(&self, args: &[&str]) -> Output {
        let mut command = self.command(true);
        command.args(args);
        output(command, &format!("{} {}", self.binary, args.join(" ")))
    }

    /// Runs a command as a person would, in `lang`.
    ///
    /// # Panics
    /// If it does not end within [`PATIENCE`].
    #[track_caller]
    pub fn say(&self, lang: &str, args: &[&str]) -> Output {
        let mut command = self.command(false);
        command.args(["--lang", lang]).args(args);
        let name = format!("{} --lang {lang} {}", self.binary, args.join(" "));
        output(command, &name)
    }

    /// Runs a command that must succeed, and gives its answer.
    ///
    /// # Panics
    /// If it does not.
    #[track_caller]
    pub fn ok(&self, args: &[&str]) -> Value {
        let output = self.run(args);
        assert_eq!(output.code, 0, "{output}");
        output.json()
    }

    /// Runs a command that must fail with this exit code, and gives the code of
    /// its error.
    ///
    /// # Panics
    /// If it does not.
    #[track_caller]
    pub fn fails(&self, exit: i32, args: &[&str]) -> String {
        let output = self.run(args);
        assert_eq!(output.code, exit, "{output}");
        output.error()
    }

    /// Serves on a free port of this machine.
    ///
    /// # Panics
    /// If it does not say where within [`PATIENCE`].
    #[track_caller]
    pub fn serve(&self) -> Serving {
        self.serve_with(&["--listen", "127.0.0.1:0"])
    }

    /// Serves with these arguments.
    ///
    /// # Panics
    /// If it does not say so within [`PATIENCE`].
    #[track_caller]
    pub fn serve_with(&self, args: &[&str]) -> Serving {
        let mut command = self.command(true);
        command.arg("serve").args(args);
        Serving::start(command, &self.home.with_extension("log"))
    }

    /// Invites a unit below this one and gives the text.
    ///
    /// # Panics
    /// If it is refused.
    #[track_caller]
    pub fn invite(&self, unit: &str, name: &str, address: Option<&Serving>) -> String {
        let mut args = vec!["invite", "--unit", unit, "--name", name];
        if let Some(serving) = address {
            args.extend(["--address", serving.address()]);
        }
        text(&self.ok(&args)["invite"])
    }

    /// Joins with an invite.
    ///
    /// # Panics
    /// If it is refused.
    #[track_caller]
    pub fn join(&self, invite: &str, person: &str) -> Value {
        self.ok(&["join", invite, "--person", person])
    }

    /// Runs a `report` command for the quarter.
    ///
    /// # Panics
    /// If it fails.
    #[track_caller]
    pub fn report(&self, args: &[&str]) -> Value {
        self.ok(&[&["report"], args, &["--period", crate::PERIOD]].concat())
    }

    /// `report set`.
    ///
    /// # Panics
    /// If it fails.
    #[track_caller]
    pub fn set(&self, code: &str, value: &str) {
        self.report(&["set", code, value]);
    }

    /// `report fill` from a file that holds this text.
    ///
    /// # Panics
    /// If it fails.
    #[track_caller]
    pub fn fill(&self, toml: &str) -> Value {
        let file = self.toml(toml);
        self.report(&["fill", some(file.to_str(), "path in UTF-8")])
    }

    /// The same by one person of several.
    ///
    /// # Panics
    /// If it fails.
    #[track_caller]
    pub fn fill_as(&self, person: &str, toml: &str) -> Value {
        let file = self.toml(toml);
        let path = some(file.to_str(), "path in UTF-8");
        self.report(&["--as", person, "fill", path])
    }

    #[track_caller]
    fn toml(&self, text: &str) -> PathBuf {
        let file = self.home.with_extension("toml");
        must(std::fs::write(&file, text), "a file to fill from");
        file
    }

    /// The report of the quarter.
    ///
    /// # Panics
    /// If it cannot be shown.
    #[track_caller]
    pub fn show(&self) -> Value {
        self.report(&["show"])
    }

    /// Submits the report of the quarter and syncs until the receipt is here.
    ///
    /// # Panics
    /// If either fails.
    #[track_caller]
    pub fn submit(&self) -> Value {
        let submitted = self.report(&["submit"]);
        assert_eq!(submitted["new"], true, "{submitted}");
        // The first session sends; the receipt comes with it or with the next.
        self.ok(&["sync"]);
        self.ok(&["sync"]);
        submitted
    }

    /// The line of a unit in the quarter's review list.
    ///
    /// # Panics
    /// If there is none.
    #[track_caller]
    pub fn reviewed(&self, unit: &str) -> Value {
        let list = self.ok(&["review", "list", "--period", crate::PERIOD]);
        let mut lines = list.as_array().into_iter().flatten();
        let line = lines.rfind(|line| line["unit"] == unit).cloned();
        some(line, unit)
    }

    /// `verify`, which must find nothing wrong.
    ///
    /// # Panics
    /// If it does.
    #[track_caller]
    pub fn verified(&self) {
        let found = self.ok(&["verify"]);
        assert_eq!(found["ok"], true, "{found}");
        assert_eq!(found["problems"], serde_json::json!([]));
        assert!(found["entries"].as_u64() > Some(0), "{found}");
    }
}

/// The text of a JSON string.
#[track_caller]
fn text(value: &Value) -> String {
    some(value.as_str(), "text").to_owned()
}

#[track_caller]
fn output(mut command: Command, name: &str) -> Output {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = must(command.spawn(), name);
    let output = finish(child, name);
    Output {
        code: output.status.code().unwrap_or(-1),
        stdout: output.stdout,
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        command: name.to_owned(),
        status: output.status,
    }
}

#[track_caller]
fn finish(child: Child, name: &str) -> std::process::Output {
    let id = child.id();
    let (done, ended) = mpsc::channel();
    std::thread::spawn(move || done.send(child.wait_with_output()));
    let ended = ended.recv_timeout(PATIENCE);
    if ended.is_err() {
        serving::signal(id, "-KILL");
    }
    must(must(ended, &format!("`{name}` does not end")), name)
}
