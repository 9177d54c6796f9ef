//! The terminal form as a clerk meets it: the real binary in a real terminal
//! (tmux), keys in, screen out, and what is in the home afterwards.
//!
//! Nothing here waits for a time: it looks at the screen until the expected text
//! is there, and gives up with the last screen after [`drive::PATIENCE`].

#[cfg(test)]
mod drive {
    use std::path::Path;
    use std::process::{Command, Output};
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::{Duration, Instant};

    use quanho_tests::binaries;
    use serde_json::Value;
    use tempfile::TempDir;

    /// Longest that a text may take to appear, on a machine that does much else.
    pub(super) const PATIENCE: Duration = Duration::from_secs(60);

    const PASSPHRASE: &str = "mật khẩu thử";
    const AT: &str = "2026-06-10T09:00:00+07:00";

    /// A ministry and one hospital under it, each with its home.
    pub(super) struct Tree(TempDir);

    impl Tree {
        pub(super) fn new() -> Tree {
            let dir = tempfile::tempdir().unwrap();
            std::fs::write(dir.path().join("passphrase"), PASSPHRASE).unwrap();
            let tree = Tree(dir);
            tree.run("quanho-bo", &["init", "--rehearsal", "--name", "Bộ Y tế"]);
            let invite = ["invite", "--unit", "byt.bvtest", "--name", "Bệnh viện Thử"];
            let invite = tree.run("quanho-bo", &invite);
            let text = invite["invite"].as_str().unwrap();
            tree.run(
                "quanho-hospital",
                &["join", text, "--person", "Nguyễn Thị Lan"],
            );
            tree
        }

        fn run(&self, binary: &str, args: &[&str]) -> Value {
            let output = Command::new(binaries().join(binary))
                .arg("--home")
                .arg(self.0.path().join(binary))
                .arg("--passphrase-file")
                .arg(self.0.path().join("passphrase"))
                .args(["--json", "--at", AT])
                .args(args)
                .output()
                .unwrap();
            assert!(output.status.success(), "{binary} {args:?}: {output:?}");
            serde_json::from_slice(&output.stdout).unwrap()
        }

        /// The hospital's report as the command line shows it.
        pub(super) fn report(&self) -> Value {
            self.run(
                "quanho-hospital",
                &["report", "show", "--period", "2026-Q2"],
            )
        }

        /// Sets a field from the command line.
        pub(super) fn set(&self, code: &str, value: &str) {
            self.run(
                "quanho-hospital",
                &["report", "set", code, value, "--period", "2026-Q2"],
            );
        }

        /// The command that opens the form.
        pub(super) fn form(&self) -> String {
            let binary = binaries().join("quanho-hospital");
            let home = self.0.path().join("quanho-hospital");
            format!(
                "'{}' --home '{}' --at {AT}",
                binary.display(),
                home.display()
            )
        }
    }

    /// A terminal with a server of its own, 100 columns by 30 lines.
    pub(super) struct Terminal {
        socket: String,
    }

    impl Terminal {
        /// Runs a shell command in a new terminal; `None`, with a line that says
        /// so, where there is no tmux.
        pub(super) fn start(command: &str) -> Option<Terminal> {
            static NUMBER: AtomicUsize = AtomicUsize::new(0);
            if Command::new("tmux").arg("-V").output().is_err() {
                println!("skipped: no tmux on this machine");
                return None;
            }
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let socket = format!("quanho-test-{}-{number}", std::process::id());
            let terminal = Terminal { socket };
            let size = ["-x", "100", "-y", "30"];
            let new = ["new-session", "-d", "-s", "form"];
            let output = terminal.tmux(&[&new[..], &size[..], &[command]].concat());
            assert!(output.status.success(), "{output:?}");
            Some(terminal)
        }

        fn tmux(&self, args: &[&str]) -> Output {
            Command::new("tmux")
                .args(["-u", "-f", "/dev/null", "-L", &self.socket])
                .args(args)
                .env("LC_ALL", "C.UTF-8")
                .output()
                .unwrap()
        }

        fn screen(&self) -> Option<String> {
            let output = self.tmux(&["capture-pane", "-p", "-t", "form"]);
            output
                .status
                .success()
                .then(|| String::from_utf8(output.stdout).unwrap())
        }

        /// Looks until all of these are on the screen.
        #[track_caller]
        pub(super) fn until(&self, texts: &[&str]) -> String {
            let end = Instant::now() + PATIENCE;
            loop {
                let screen = self.screen().unwrap_or_default();
                if texts.iter().all(|text| screen.contains(text)) {
                    return screen;
                }
                assert!(Instant::now() < end, "no {texts:?} in:\n{screen}");
            }
        }

        /// Looks until the command has ended, and the terminal with it.
        #[track_caller]
        pub(super) fn until_gone(&self) {
            let end = Instant::now() + PATIENCE;
            while let Some(screen) = self.screen() {
                assert!(Instant::now() < end, "still there:\n{screen}");
            }
        }

        /// Presses a key, by tmux's name for it.
        pub(super) fn press(&self, key: &str) {
            assert!(
                self.tmux(&["send-keys", "-t", "form", key])
                    .status
                    .success()
            );
        }

        /// Types a text.
        pub(super) fn write(&self, text: &str) {
            assert!(
                self.tmux(&["send-keys", "-t", "form", "-l", text])
                    .status
                    .success()
            );
        }

        /// The process in the terminal.
        pub(super) fn process(&self) -> String {
            let output = self.tmux(&["display-message", "-p", "-t", "form", "#{pane_pid}"]);
            String::from_utf8(output.stdout).unwrap().trim().to_owned()
        }

        /// Opens the key: the first edit asks for the passphrase.
        #[track_caller]
        pub(super) fn unlock(&self) {
            self.until(&["A1*", "chưa mở khóa"]);
            self.press("Enter");
            self.until(&["Mật khẩu:"]);
            self.write(PASSPHRASE);
            self.press("Enter");
            self.until(&["Nguyễn Thị Lan", "Enter lưu"]);
        }
    }

    impl Drop for Terminal {
        fn drop(&mut self) {
            self.tmux(&["kill-server"]);
        }
    }

    /// Sends a signal.
    pub(super) fn signal(process: &str, name: &str) {
        let killed = Command::new("kill").args([name, process]).status().unwrap();
        assert!(killed.success());
    }

    /// Looks until a file has a line in it.
    #[track_caller]
    pub(super) fn line_of(file: &Path) -> String {
        let end = Instant::now() + PATIENCE;
        loop {
            match std::fs::read_to_string(file) {
                Ok(text) if text.ends_with('\n') => return text.trim().to_owned(),
                _ => assert!(Instant::now() < end, "no line in {}", file.display()),
            }
        }
    }
}

#[cfg(test)]
use drive::{Terminal, Tree, line_of, signal};

#[test]
fn a_clerk_fills_in_a_report() {
    let tree = Tree::new();
    let Some(terminal) = Terminal::start(&format!("exec {}", tree.form())) else {
        return;
    };
    terminal.until(&["Bệnh viện Thử (byt.bvtest)", "quý II/2026", "chưa lập"]);
    terminal.unlock();
    // As an input method may send it: every mark apart (NFD).
    terminal.write("Nguye\u{302}\u{303}n Thi\u{323} Lan");
    terminal.until(&["> Nguy"]);
    terminal.press("Enter");
    terminal.until(&["√ A1*"]);

    terminal.press("Tab");
    terminal.until(&["›○ B1*"]);
    terminal.press("Space");
    terminal.until(&["[x] có", "Ngày thực hiện"]);
    terminal.press("Down");
    terminal.write("31/5/2026");
    terminal.until(&["> 31/5/2026"]);
    terminal.press("Enter");
    terminal.until(&["31/05/2026", "›○ B2"]);
    terminal.press("Down");
    terminal.write("120");
    terminal.until(&["> 120"]);
    terminal.press("Enter");
    terminal.until(&["√ B3*"]);

    terminal.press("Tab");
    terminal.until(&["›○ C1*"]);
    terminal.press("Enter");
    terminal.until(&["Chưa có dòng nào"]);
    terminal.press("a");
    terminal.until(&["C1 › (dòng mới)", "Tên hệ thống"]);
    terminal.press("Enter");
    terminal.until(&["Enter lưu"]);
    terminal.write("HIS");
    terminal.until(&["> HIS"]);
    terminal.press("Enter");
    terminal.until(&["C1 › HIS"]);
    terminal.press("q");
    terminal.until_gone();

    let report = tree.report();
    assert_eq!(
        report["answers"]["A1"], "Nguy\u{1ec5}n Th\u{1ecb} Lan",
        "NFC"
    );
    assert_eq!(report["answers"]["B1"], true);
    assert_eq!(report["answers"]["B1.date"], "2026-05-31");
    assert_eq!(report["answers"]["B3"], 120);
    assert_eq!(report["tables"]["C1"][0]["name"], "HIS");
    assert_eq!(report["pending"], 0, "signed on leaving");
}

#[test]
fn a_killed_form_keeps_every_field_that_was_left() {
    let tree = Tree::new();
    let Some(terminal) = Terminal::start(&format!("exec {}", tree.form())) else {
        return;
    };
    terminal.unlock();
    terminal.press("Escape");
    terminal.until(&["Enter sửa"]);
    terminal.press("Tab");
    terminal.until(&["›○ B1*"]);
    terminal.press("Down");
    terminal.press("Down");
    terminal.until(&["›○ B3*"]);
    terminal.write("120");
    terminal.until(&["> 120"]);
    terminal.press("Enter");
    terminal.until(&["√ B3*", "đã lưu"]);
    terminal.write("77");
    terminal.until(&["> 77"]);
    signal(&terminal.process(), "-KILL");
    terminal.until_gone();

    let report = tree.report();
    assert_eq!(report["answers"]["B3"], 120);
    assert!(
        report["answers"].get("B4").is_none(),
        "never left: {report}"
    );
    assert_eq!(report["pending"], 1, "a draft, not signed");
    let Some(terminal) = Terminal::start(&format!("exec {}", tree.form())) else {
        return;
    };
    terminal.until(&["bản nháp", "1 mục chờ gửi"]);
}

#[test]
fn a_terminated_form_gives_the_terminal_back() -> std::io::Result<()> {
    let tree = Tree::new();
    let dir = tempfile::tempdir()?;
    let pid = dir.path().join("pid");
    let form = tree.form();
    let command = format!(
        "sh -c 'echo $$ > {}; exec '\"{form}\"; stty -a; cat",
        pid.display()
    );
    let Some(terminal) = Terminal::start(&command) else {
        return Ok(());
    };
    terminal.unlock();
    signal(&line_of(&pid), "-TERM");
    let screen = terminal.until(&["icanon", "echoctl"]);
    assert!(
        !screen.contains("-icanon") && !screen.contains("-echo "),
        "{screen}"
    );
    assert!(
        !screen.contains("A1*"),
        "the other screen is back:\n{screen}"
    );
    Ok(())
}

#[test]
fn another_process_s_edit_appears_without_a_key() {
    let tree = Tree::new();
    let Some(terminal) = Terminal::start(&format!("exec {}", tree.form())) else {
        return;
    };
    terminal.until(&["›○ A1*"]);
    tree.set("A2", "Bác sĩ Hùng");
    terminal.until(&["√ A2*", "Bác sĩ Hùng"]);
}
