//! Terminals to press keys in, and the small trees that their programs work on.

use std::path::Path;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use quanho_tests::{Node, World};

/// Longest that a text may take to appear, on a machine that does much else.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// How long to leave the processor to the programs between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// What opens everybody's key, as in the harness's passphrase file.
const PASSPHRASE: &str = "mật khẩu thử";

/// When it is, in all these stories.
pub(crate) const AT: &str = "2026-06-10T09:00:00+07:00";

/// The person of [`hospital`].
pub(crate) const CLERK: &str = "Nguyễn Thị Lan";

/// A hospital directly under a Bộ that nobody reaches, just joined.
pub(crate) fn hospital(world: &World) -> Node {
    let bo = world.bo("bo").at(AT);
    bo.ok(&["init", "--rehearsal", "--name", "Bộ Y tế"]);
    let hospital = world.hospital("hospital").at(AT);
    hospital.join(&bo.invite("byt.bvtest", "Bệnh viện Thử", None), CLERK);
    hospital
}

/// A terminal with a server of its own, 100 columns by 30 lines.
pub(crate) struct Terminal {
    socket: String,
}

impl Terminal {
    /// Opens a node's screens as its people would, who type their passphrase;
    /// `None`, with a line that says so, where there is no tmux.
    pub(crate) fn open(node: &Node) -> Option<Terminal> {
        Terminal::run(&format!("exec {}", screens(node)))
    }

    /// Runs a shell command in a new terminal; `None` as above.
    pub(crate) fn run(command: &str) -> Option<Terminal> {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        if Command::new("tmux").arg("-V").output().is_err() {
            println!("skipped: no tmux on this machine");
            return None;
        }
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let socket = format!("quanho-test-{}-{number}", std::process::id());
        let terminal = Terminal { socket };
        let size = ["-x", "100", "-y", "30"];
        let new = ["new-session", "-d", "-s", "screens"];
        let output = terminal.tmux(&[&new[..], &size[..], &[command]].concat());
        assert!(output.status.success(), "{output:?}");
        Some(terminal)
    }

    fn tmux(&self, args: &[&str]) -> Output {
        Command::new("tmux")
            .args(["-u", "-f", "/dev/null", "-L", &self.socket])
            .args(args)
            .env("LC_ALL", "C.UTF-8")
            .env_remove("QUANHO_PASSPHRASE_FILE")
            .output()
            .unwrap()
    }

    fn screen(&self) -> Option<String> {
        let output = self.tmux(&["capture-pane", "-p", "-t", "screens"]);
        output
            .status
            .success()
            .then(|| String::from_utf8(output.stdout).unwrap())
    }

    /// Looks until it finds something on the screen.
    #[track_caller]
    pub(crate) fn find<T>(&self, what: &str, found: impl Fn(&str) -> Option<T>) -> T {
        let end = Instant::now() + PATIENCE;
        loop {
            let screen = self.screen().unwrap_or_default();
            if let Some(found) = found(&screen) {
                return found;
            }
            assert!(Instant::now() < end, "no {what} in:\n{screen}");
            std::thread::park_timeout(LOOK_EVERY);
        }
    }

    /// Looks until all of these are on the screen.
    #[track_caller]
    pub(crate) fn until(&self, texts: &[&str]) -> String {
        self.find(&format!("{texts:?}"), |screen| {
            let all = texts.iter().all(|text| screen.contains(text));
            all.then(|| screen.to_owned())
        })
    }

    /// Looks until the command has ended, and the terminal with it.
    #[track_caller]
    pub(crate) fn until_gone(&self) {
        let end = Instant::now() + PATIENCE;
        while let Some(screen) = self.screen() {
            assert!(Instant::now() < end, "still there:\n{screen}");
            std::thread::park_timeout(LOOK_EVERY);
        }
    }

    /// Presses a key, by tmux's name for it.
    pub(crate) fn press(&self, key: &str) {
        let sent = self.tmux(&["send-keys", "-t", "screens", key]);
        assert!(sent.status.success(), "{sent:?}");
    }

    /// Types a text.
    pub(crate) fn write(&self, text: &str) {
        let sent = self.tmux(&["send-keys", "-t", "screens", "-l", text]);
        assert!(sent.status.success(), "{sent:?}");
    }

    /// The process in the terminal.
    pub(crate) fn process(&self) -> String {
        let output = self.tmux(&["display-message", "-p", "-t", "screens", "#{pane_pid}"]);
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Opens the report that stands first on the home page.
    #[track_caller]
    pub(crate) fn open_report(&self) {
        self.until(&["Trang chủ", "Báo cáo quý"]);
        self.press("Enter");
        self.until(&["›○ A1*"]);
    }

    /// Types the passphrase that is asked for.
    #[track_caller]
    pub(crate) fn passphrase(&self) {
        self.until(&["Mật khẩu:"]);
        self.write(PASSPHRASE);
        self.press("Enter");
    }

    /// Opens the clerk's key by the first edit, which is of A1.
    #[track_caller]
    pub(crate) fn unlock(&self) {
        self.until(&["›○ A1*", "chưa mở khóa"]);
        self.press("Enter");
        self.passphrase();
        self.until(&[CLERK, "Enter lưu"]);
    }

    /// Answers a number or a text where the cursor stands, and leaves it; `mark`
    /// is what then stands before it.
    #[track_caller]
    pub(crate) fn answer(&self, typed: &str, shown: &str, mark: &str) {
        self.write(typed);
        self.until(&[&format!("> {shown}")]);
        self.press("Enter");
        self.until(&[mark]);
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.tmux(&["kill-server"]);
    }
}

/// The command that opens a node's screens, for a shell.
pub(crate) fn screens(node: &Node) -> String {
    let command = node.with_passphrase(None).command(false);
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| format!("'{}'", word.to_str().unwrap()))
        .collect::<Vec<_>>()
        .join(" ")
}

/// Sends a signal.
pub(crate) fn signal(process: &str, name: &str) {
    let killed = Command::new("kill").args([name, process]).status().unwrap();
    assert!(killed.success());
}

/// Looks until a file has a line in it.
#[track_caller]
pub(crate) fn line_of(file: &Path) -> String {
    let end = Instant::now() + PATIENCE;
    loop {
        match std::fs::read_to_string(file) {
            Ok(text) if text.ends_with('\n') => return text.trim().to_owned(),
            _ => assert!(Instant::now() < end, "no line in {}", file.display()),
        }
        std::thread::park_timeout(LOOK_EVERY);
    }
}
