//! The whole quarter of one province, over real QUIC on loopback.
//!
//! One Bộ, one Sở and six health stations of Bắc Ninh, one of them with two
//! machines, run in this process and live through the second quarter of 2026:
//! they join by invite, fill in their reports offline, contradict each other,
//! submit in time, late or never, are returned and corrected, accepted and
//! consolidated, until the Bộ has verified everything from its source and
//! signed the nation.
//!
//! ```text
//! cargo run --release --example bac-ninh [FOLDER]
//! ```
//!
//! Every claim that is told is checked on the way; the first one that does not
//! hold ends the story with exit code 1. The homes stay in a folder for the real
//! programs to open. Only the clock is not real: its hands are turned, which a
//! rehearsal tree allows and marks in every entry.

mod cast;
mod farewell;
mod joining;
mod node;
mod page;
mod quarter;
mod rollup;
mod story;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result, ensure};

fn main() -> ExitCode {
    let folder = match folder(std::env::args_os().nth(1).map(PathBuf::from)) {
        Ok(folder) => folder,
        Err(error) => return end(&error),
    };
    match tokio::runtime::Runtime::new() {
        Ok(runtime) => match runtime.block_on(story::tell(&folder)) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => end(&error.context("Câu chuyện không diễn ra như đã kể")),
        },
        Err(error) => end(&error.into()),
    }
}

/// Where the homes go: a fresh folder, or the one that was named if it is empty.
fn folder(named: Option<PathBuf>) -> Result<PathBuf> {
    let option = |name: &PathBuf| name.to_string_lossy().starts_with('-');
    ensure!(
        !named.as_ref().is_some_and(option),
        "Không có tùy chọn nào. Cách dùng: bac-ninh [THƯ_MỤC_TRỐNG]"
    );
    let fresh = || std::env::temp_dir().join(format!("quanho-bac-ninh-{}", std::process::id()));
    let folder = named.unwrap_or_else(fresh);
    let shown = folder.display();
    std::fs::create_dir_all(&folder).with_context(|| format!("không tạo được {shown}"))?;
    let empty = std::fs::read_dir(&folder)?.next().is_none();
    ensure!(empty, "thư mục {shown} không trống, hãy chọn thư mục khác");
    Ok(std::path::absolute(folder)?)
}

fn end(error: &anyhow::Error) -> ExitCode {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "\n✗ {error:#}");
    ExitCode::FAILURE
}
