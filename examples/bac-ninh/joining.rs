//! Founding the tree and joining it: by invite, each node with its own keys.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use model::form::builtin_toml;
use node::world::WallClock;
use replica::{CampaignSpec, QUARTERLY_FORM};

use crate::cast::{self, STATIONS};
use crate::node::{Node, PERIOD};
use crate::page::{self, Table, tell};
use crate::story::Stage;

impl Stage {
    /// The ministry founds the tree, asks for the quarter's reports and invites
    /// the department.
    pub(crate) async fn open(folder: &Path, clock: WallClock) -> Result<Stage> {
        page::chapter(1, "Bộ lập cây tin cậy và mở đợt báo cáo", clock.read().now);
        let mut bo = Node::found(&folder.join("bo"), cast::MINISTRY, cast::MINISTER, clock)?;
        tell!("{} tạo khóa gốc {}…", bo.name, bo.replica.anchor().short());

        let toml = builtin_toml(QUARTERLY_FORM).context("thiếu biểu mẫu")?;
        let form = bo.replica.publish_form(&bo.person, toml, bo.now())?;
        tell!("Ban hành biểu mẫu {}:", form.form);
        tell!("  {}.", form.title);
        let campaign = CampaignSpec {
            form: form.form,
            period: PERIOD,
            audience: None,
            due: None,
            basis: Some("Kế hoạch 2273/KH-SYT".to_owned()),
        };
        let campaign = bo.replica.open_campaign(&bo.person, &campaign, bo.now())?;
        let due = page::second_of(campaign.due.as_deref());
        tell!("Mở đợt {PERIOD} cho toàn ngành: nhận báo cáo trước {due}.");
        ensure!(due == "20/06 00:00:00", "hạn nộp là {due}");

        let mut listening = vec![bo.serve().await?];
        let (unit, name) = cast::department()?;
        let invite = bo.invite(&unit, &name)?;
        tell!(
            "Gửi thư mời cho {name}: {} ký tự, dùng một lần.",
            invite.len()
        );
        let home = folder.join("so-24");
        let mut so = Node::join(&home, &invite, cast::DIRECTOR, &name, clock)?;
        so.sync().await?;
        tell!(
            "{} tự tạo khóa, gia nhập và nhận biểu mẫu cùng đợt báo cáo.",
            so.name
        );
        ensure!(so.replica.campaigns()?.len() == 1, "Sở chưa có đợt báo cáo");
        listening.push(so.serve().await?);

        let mut stage = Stage::new(folder, clock, bo, so);
        stage.listening = listening;
        Ok(stage)
    }

    /// The department invites its stations; one of them a second machine.
    pub(crate) async fn join_stations(&mut self) -> Result<()> {
        self.chapter("Sở mời sáu trạm y tế", "2026-06-02T09:00:00")?;
        for role in &STATIONS {
            let (unit, name) = role.unit()?;
            let invite = self.so.invite(&unit, &name)?;
            let home = self.folder.join(format!("hospital-{}", role.code));
            let mut station = Node::join(&home, &invite, role.head, &name, self.clock)?;
            station.sync().await?;
            self.stations.push(station);
        }
        let first = &mut self.stations[cast::BAC_GIANG];
        let (unit, machine) = (first.replica.unit().clone(), "Máy 2");
        let invite = first.invite(&unit, machine)?;
        first.sync().await?;
        let home = self.folder.join("hospital-07210-may-2");
        let mut second = Node::join(&home, &invite, cast::COLLEAGUE, machine, self.clock)?;
        second.name.clone_from(&first.name);
        second.sync().await?;
        self.second = Some(second);

        let mut table = Table::new(["Đơn vị", "Tên", "Người làm việc ở đó"]);
        table.row(["byt", &self.bo.name, cast::MINISTER]);
        let unit = self.so.replica.unit().to_string();
        table.row([&unit, &self.so.name, cast::DIRECTOR]);
        for (station, role) in self.stations.iter().zip(&STATIONS) {
            let unit = station.replica.unit().to_string();
            table.row([&unit, &station.name, role.head]);
        }
        let unit = STATIONS[cast::BAC_GIANG].unit()?.0.to_string();
        table.row([&unit, "  cùng trạm ấy, máy 2", cast::COLLEAGUE]);
        table.print();
        let units = self.so.replica.units()?;
        let enrolled = units.iter().filter(|unit| unit.enrolled).count();
        ensure!(
            enrolled == 1 + STATIONS.len(),
            "{enrolled} đơn vị đã gia nhập"
        );
        Ok(())
    }
}
