//! What is left: homes that the real programs open, and how.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use crate::cast::{self, BAC_GIANG, COLLEAGUE, PASSPHRASE, STATIONS, YEN_THE};
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
        let passphrase = self.folder.join("matkhau.txt");
        std::fs::write(&passphrase, format!("{PASSPHRASE}\n"))?;
        let took = format!("{:.1}", took.as_secs_f64()).replace('.', ",");
        page::title(&format!("Xong sau {took} giây. Các nút vẫn còn đó."));
        tell!("Thư mục    {}", self.folder.display());
        tell!("Mật khẩu   {PASSPHRASE}   (cho mọi khóa; cũng ở trong matkhau.txt)");
        let programs = Programs::new(&self.now().to_rfc3339())?;
        if let Some(build) = programs.to_build() {
            tell!();
            tell!("Trước hết dựng ba chương trình:");
            tell!("  {build}");
        }
        tell!();
        tell!("Mở từng nút; --at giữ đồng hồ ở lúc câu chuyện kết thúc.");
        tell!("Ở trạm, bỏ “report show …” thì lệnh ấy mở màn hình nhập liệu.");
        self.tell_homes(&programs);
        tell!();
        tell!("Đi tiếp: điền nốt báo cáo của Yên Thế trên màn hình, ký nộp, rồi gửi cho Sở");
        tell!("(lệnh thứ nhất để Sở nghe, lệnh thứ hai chạy ở một cửa sổ khác):");
        self.tell_what_next(&programs, &passphrase)
    }

    fn tell_homes(&self, programs: &Programs) {
        let tell = |node: &Node, who: &str, program: &str, words: &str| {
            tell!();
            tell!("{}  {} — {who}", node.replica.unit(), node.name);
            tell!("  {}", programs.command(program, node, words));
        };
        let rollup = format!("rollup show --period {PERIOD}");
        tell(&self.bo, cast::MINISTER, "quanho-bo", &rollup);
        let list = format!("review list --period {PERIOD}");
        tell(&self.so, cast::DIRECTOR, "quanho-so", &list);
        let show = format!("report show --period {PERIOD}");
        for (number, (station, role)) in self.stations.iter().zip(&STATIONS).enumerate() {
            let words = if number == YEN_THE { "" } else { &show };
            tell(station, role.head, "quanho-hospital", words);
            if let (BAC_GIANG, Some(second)) = (number, &self.second) {
                let who = format!("{COLLEAGUE}, máy 2");
                tell(second, &who, "quanho-hospital", &show);
            }
        }
    }

    fn tell_what_next(&self, programs: &Programs, passphrase: &Path) -> Result<()> {
        let address = self.so.replica.address()?.context("Sở không có địa chỉ")?;
        let serve = format!("serve --listen {address}");
        tell!("  {}", programs.command("quanho-so", &self.so, &serve));
        let sync = format!("sync --passphrase-file {}", quoted(passphrase));
        let late = &self.stations[YEN_THE];
        tell!("  {}", programs.command("quanho-hospital", late, &sync));
        Ok(())
    }
}

/// How the three programs are called from here.
struct Programs {
    /// Where cargo puts them: one above this example.
    folder: PathBuf,
    at: String,
}

impl Programs {
    fn new(at: &str) -> Result<Self> {
        let example = std::env::current_exe()?;
        let folder = example.parent().and_then(Path::parent);
        Ok(Programs {
            folder: folder.context("không rõ thư mục đích")?.to_owned(),
            at: at.to_owned(),
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

    fn command(&self, program: &str, node: &Node, words: &str) -> String {
        let program = self.path(program);
        let here = std::env::current_dir().unwrap_or_default();
        let program = quoted(program.strip_prefix(&here).unwrap_or(&program));
        let home = quoted(node.home.dir());
        let line = format!("{program} --home {home} --at {} {words}", self.at);
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
