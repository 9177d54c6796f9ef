//! The story from end to end, and the stage that its chapters share.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use model::Timestamp;
use node::net::Listening;
use node::world::WallClock;
use replica::ReportKey;

use crate::node::Node;
use crate::page::{self, tell};

/// Everybody, and the clock on the wall.
pub(crate) struct Stage {
    /// Where the homes are.
    pub(crate) folder: PathBuf,
    /// The clock that all nodes go by.
    pub(crate) clock: WallClock,
    /// The ministry.
    pub(crate) bo: Node,
    /// The department.
    pub(crate) so: Node,
    /// The stations, as in [`crate::cast::STATIONS`].
    pub(crate) stations: Vec<Node>,
    /// The second machine of the first station.
    pub(crate) second: Option<Node>,
    /// What listens: the ministry and the department.
    pub(crate) listening: Vec<Listening>,
    chapters: usize,
}

/// Tells all of it, and leaves the homes in the folder.
pub(crate) async fn tell(folder: &Path) -> Result<()> {
    let begun = Instant::now();
    page::title("QUAN HỌ — một quý báo cáo an ninh mạng của ngành y tế tỉnh Bắc Ninh");
    tell!("Mọi nút chạy trong tiến trình này và nối với nhau bằng QUIC thật trên loopback.");
    tell!("Đây là cây diễn tập: đồng hồ được vặn theo câu chuyện, mọi bản ghi đều mang dấu đó.");
    tell!("Đơn vị và mã là thật; người và số liệu là bịa ra.");

    let clock = WallClock::with_hands(time("2026-06-01T08:00:00")?);
    let mut stage = Stage::open(folder, clock).await?;
    stage.join_stations().await?;
    stage.two_machines_one_report().await?;
    stage.returned_and_corrected().await?;
    stage.the_deadline().await?;
    stage.review().await?;
    stage.consolidate().await?;
    stage.verify_from_source().await?;
    stage.nation().await?;
    stage.answers_come_back().await?;
    for listening in stage.listening.drain(..) {
        listening.stop().await;
    }
    stage.check_every_home()?;
    stage.farewell(begun.elapsed())
}

impl Stage {
    /// A stage with only the ministry and the department on it.
    pub(crate) fn new(folder: &Path, clock: WallClock, bo: Node, so: Node) -> Self {
        Stage {
            folder: folder.to_owned(),
            clock,
            bo,
            so,
            stations: Vec::new(),
            second: None,
            listening: Vec::new(),
            chapters: 1,
        }
    }

    /// Turns the clock and begins a new chapter.
    pub(crate) fn chapter(&mut self, words: &str, when: &str) -> Result<()> {
        self.clock.turn_to(time(when)?);
        self.chapters += 1;
        page::chapter(self.chapters, words, self.now());
        Ok(())
    }

    /// Turns the clock and tells what happens then.
    pub(crate) fn turn_to(&self, when: &str, words: &str) -> Result<()> {
        self.clock.turn_to(time(when)?);
        page::at(self.now(), format_args!("{words}"));
        Ok(())
    }

    /// The time on the wall.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.read().now
    }

    /// A station's report, as the Sở names it.
    pub(crate) fn report(&self, station: usize) -> ReportKey {
        self.stations[station].report()
    }

    /// Insists on the state of a station's report at the Sở.
    pub(crate) fn expect_state(&self, station: usize, state: &str) -> Result<()> {
        let found = self.so.replica.show(&self.report(station))?.state;
        let name = &self.stations[station].name;
        ensure!(
            found == state,
            "ở Sở, báo cáo của {name} là {found}, không phải {state}"
        );
        Ok(())
    }
}

/// A time in Vietnam.
pub(crate) fn time(local: &str) -> Result<Timestamp> {
    Timestamp::parse_rfc3339(&format!("{local}+07:00"))
        .with_context(|| format!("{local} không phải là thời điểm"))
}
