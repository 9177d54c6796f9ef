//! What is left: homes that the real programs open, and how.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use crate::cast::{COLLEAGUE, PASSPHRASE, STATIONS, YEN_THE};
use crate::node::{Node, PERIOD};
use crate::page::{self, tell};
use crate::story::Stage;

impl Stage {
    /// Every stored entry of every node is checked anew.
    pub(crate) fn check_every_home(&self) -> Result<()> {
        let mut entries = 0;
        let nodes = [&self.bo, &self.so].into_iter();
        for node in nodes.chain(&self.stations).chain(&self.second) {
            let found = node.replica.verify()?;
            ensure!(found.ok, "{}: {:?}", node.name, found.problems);
            entries += found.entries;
        }
        tell!("Kiểm lại từng bản ghi trong cả chín nút: {entries} bản ghi, không lỗi nào.");
        Ok(())
    }

    /// Names the folder, and the command that opens each home.
    pub(crate) fn farewell(&self, took: Duration) -> Result<()> {
        let passphrases = self.folder.join("matkhau.txt");
        std::fs::write(&passphrases, format!("{PASSPHRASE}\n"))?;
        page::title(&format!(
            "Xong sau {:.1} giây. Các nút vẫn còn đó:",
            took.as_secs_f64()
        ));
        tell!("Thư mục    {}", self.folder.display());
        tell!("Mật khẩu   {PASSPHRASE}   (cũng ở trong matkhau.txt)");
        let programs = Programs::new(&self.now().to_rfc3339(), passphrases)?;
        if let Some(build) = programs.to_build() {
            tell!();
            tell!("Trước hết dựng ba chương trình:");
            tell!("  {build}");
        }
        tell!();
        tell!("Mở từng nút (--at: đồng hồ đứng ở lúc câu chuyện kết thúc):");
        self.tell_homes(&programs);
        tell!();
        tell!("Đi tiếp: trạm Yên Thế điền nốt trên màn hình, ký nộp, rồi gửi cho Sở.");
        self.tell_what_next(&programs)
    }

    fn tell_homes(&self, programs: &Programs) {
        let tell = |node: &Node, who: &str, program: &str, command: &str| {
            tell!();
            tell!("{}  {} — {who}", node.replica.unit(), node.name);
            tell!("  {}", programs.command(program, node.home.dir(), command));
        };
        let show = format!("rollup show --period {PERIOD}");
        tell(&self.bo, crate::cast::MINISTER, "quanho-bo", &show);
        let list = format!("review list --period {PERIOD}");
        tell(&self.so, crate::cast::DIRECTOR, "quanho-so", &list);
        for (station, role) in self.stations.iter().zip(&STATIONS) {
            tell(station, role.head, "quanho-hospital", "");
        }
        if let Some(second) = &self.second {
            tell(
                second,
                &format!("{COLLEAGUE}, máy 2"),
                "quanho-hospital",
                "",
            );
        }
    }

    fn tell_what_next(&self, programs: &Programs) -> Result<()> {
        let address = self.so.replica.address()?.context("Sở không có địa chỉ")?;
        let serve = programs.command(
            "quanho-so",
            self.so.home.dir(),
            &format!("serve --listen {address}"),
        );
        let late = self.stations[YEN_THE].home.dir();
        tell!("  {serve}");
        tell!("  {}", programs.command("quanho-hospital", late, "sync"));
        Ok(())
    }
}

/// How the three programs are called from here.
struct Programs {
    /// Where cargo puts them: one above this example.
    folder: PathBuf,
    at: String,
    passphrases: PathBuf,
}

impl Programs {
    fn new(at: &str, passphrases: PathBuf) -> Result<Self> {
        let example = std::env::current_exe()?;
        let folder = example.parent().and_then(Path::parent);
        Ok(Programs {
            folder: folder.context("không rõ thư mục đích")?.to_owned(),
            at: at.to_owned(),
            passphrases,
        })
    }

    /// How to build them, if they are not there.
    fn to_build(&self) -> Option<&'static str> {
        let names = ["quanho-bo", "quanho-so", "quanho-hospital"];
        if names.iter().all(|name| self.path(name).exists()) {
            return None;
        }
        match self.folder.ends_with("release") {
            true => Some("cargo build --release"),
            false => Some("cargo build"),
        }
    }

    fn path(&self, program: &str) -> PathBuf {
        self.folder
            .join(format!("{program}{}", std::env::consts::EXE_SUFFIX))
    }

    fn command(&self, program: &str, home: &Path, words: &str) -> String {
        let program = self.path(program);
        let here = std::env::current_dir().unwrap_or_default();
        let program = program.strip_prefix(&here).unwrap_or(&program);
        let line = format!(
            "{} --home {} --at {} --passphrase-file {} {words}",
            quoted(program),
            quoted(home),
            self.at,
            quoted(&self.passphrases),
        );
        line.trim_end().to_owned()
    }
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let path = path.display().to_string();
    match path.contains(char::is_whitespace) {
        true => format!("\"{path}\""),
        false => path,
    }
}
