//! The stations' side of the quarter: filling in offline, contradicting each
//! other, submitting in time and too late, correcting what was returned.

use anyhow::{Context as _, Result, ensure};
use model::Lang;
use replica::{ReviewLine, Since};
use wire::Timeliness;

use crate::cast::{BAC_GIANG, COLLEAGUE, DA_MAI, DONG_KY, STATIONS, TAM_TIEN, XUAN_LUONG, YEN_THE};
use crate::node::PERIOD;
use crate::page::{self, Table, tell};
use crate::story::{Stage, time};

impl Stage {
    /// Two people fill in one report on two machines without a network.
    pub(crate) async fn two_machines_one_report(&mut self) -> Result<()> {
        self.chapter("Hai máy, một báo cáo, không có mạng", "2026-06-10T14:00:00")?;
        let mut second = self.second.take().context("thiếu máy 2")?;
        let first = &mut self.stations[BAC_GIANG];
        let head = STATIONS[BAC_GIANG].head;

        let values = first.fill(STATIONS[BAC_GIANG].report)?;
        first.sign()?;
        tell!("Máy 1, {head}: điền {values} ô, trong đó B4 = 52.");
        self.clock.turn_to(time("2026-06-10T15:20:00")?);
        second.set("B4", "55")?;
        second.set("F1", "2")?;
        second.set("F6", "31")?;
        second.sign()?;
        tell!("Máy 2, {COLLEAGUE}: điền B4 = 55, F1 = 2, F6 = 31.");
        tell!("Hai máy chưa thấy nhau. Mỗi ô đã nằm trên đĩa ngay khi rời khỏi nó.");

        self.turn_to("2026-06-11T08:30:00", "Có mạng. Cả hai đồng bộ với Sở.")?;
        let first = &mut self.stations[BAC_GIANG];
        first.sync().await?;
        second.sync().await?;
        first.sync().await?;
        let conflicts = first.replica.conflicts(&first.report())?;
        let [conflict] = conflicts.as_slice() else {
            anyhow::bail!("có {} ô mâu thuẫn, không phải 1", conflicts.len());
        };
        tell!(
            "Không mất gì: F1 và F6 đã sang máy 1. Ô {} có hai giá trị:",
            conflict.code
        );
        let mut table = Table::new(["Số", "Giá trị", "Người nhập", "Lúc"]);
        for value in &conflict.values {
            let shown = value.value.as_int().unwrap_or_default().to_string();
            let when = page::second_of(Some(&value.time));
            table.row([&value.n.to_string(), &shown, &value.author, &when]);
        }
        table.print();
        tell!();
        ensure!(
            conflict.code == "B4" && conflict.values.len() == 2,
            "{conflict:?}"
        );
        ensure!(first.submit().is_err(), "nộp được khi còn mâu thuẫn");
        tell!("Còn mâu thuẫn thì chưa nộp được. {head} hỏi lại và chọn 55.");
        let right = conflict
            .values
            .iter()
            .find(|v| v.value.as_int() == Some(55));
        first.choose("B4", right.context("thiếu giá trị 55")?.n)?;

        first.submit()?;
        first.sync().await?;
        second.sync().await?;
        let (one, two) = (first.show()?, second.show()?);
        ensure!(one.answers == two.answers, "hai máy khác nhau");
        ensure!(one.receipt.is_some(), "chưa có giấy nhận");
        tell!("{head} ký nộp; Sở trả giấy nhận. Máy 2 thấy đúng báo cáo ấy.");
        self.second = Some(second);
        self.expect_state(BAC_GIANG, "submitted")
    }

    /// The reviewer returns a report with a comment; the station corrects it.
    pub(crate) async fn returned_and_corrected(&mut self) -> Result<()> {
        self.chapter("Trả lại, sửa, nộp lại", "2026-06-15T10:00:00")?;
        let station = &mut self.stations[DA_MAI];
        station.fill(STATIONS[DA_MAI].report)?;
        let check = station
            .replica
            .check_report(&station.report(), station.now().now, Lang::Vi)?;
        ensure!(check.ok, "báo cáo có lỗi: {:?}", check.errors);
        tell!("{} nộp. Cảnh báo, không cản việc nộp:", station.name);
        for warning in &check.warnings {
            tell!("  ! {}: {}", warning.code, warning.message);
        }
        station.submit()?;
        station.sync().await?;

        self.turn_to(
            "2026-06-16T09:00:00",
            "Sở trả lại, nhận xét gắn với từng mục:",
        )?;
        let remark = "14 trên 41 người là thấp bất thường, đề nghị kiểm tra lại";
        let remarks = [("B4".to_owned(), remark.to_owned())];
        let key = self.report(DA_MAI);
        let so = &mut self.so;
        so.replica
            .return_report(&key, &so.person, &remarks, so.now())?;
        self.expect_state(DA_MAI, "returned")?;

        self.clock.turn_to(time("2026-06-17T08:00:00")?);
        let station = &mut self.stations[DA_MAI];
        station.sync().await?;
        let view = station.show()?;
        let comment = view.comments.first().context("không thấy nhận xét")?;
        tell!("  “{}: {}” — {}", comment.code, comment.text, comment.by);
        ensure!(
            view.state == "returned" && comment.text == remark,
            "{view:?}"
        );
        station.set("B4", "41")?;
        let changed = station.replica.diff(&key, Since::Submitted)?;
        let [change] = changed.as_slice() else {
            anyhow::bail!("đổi {} ô so với bản nộp, không phải 1", changed.len());
        };
        let (before, after) = (change.before.as_int(), change.after.as_int());
        ensure!((before, after) == (Some(14), Some(41)), "{change:?}");
        station.submit()?;
        station.sync().await?;
        self.turn_to("2026-06-17T08:00:00", "Trạm sửa B4: 14 → 41, ký nộp lại.")?;
        self.expect_state(DA_MAI, "submitted")
    }

    /// The last hours before the due time, and the first after it.
    pub(crate) async fn the_deadline(&mut self) -> Result<()> {
        self.chapter(
            "Hạn nộp: trước 00:00 ngày 20 tháng 6",
            "2026-06-19T20:00:00",
        )?;
        let name = |station: usize| self.stations[station].name.clone();
        let names: Vec<String> = (0..STATIONS.len()).map(name).collect();

        let told = format!("{} ký nộp, nhưng mất mạng.", names[TAM_TIEN]);
        self.turn_to("2026-06-19T22:10:00", &told)?;
        self.fill_and_submit(TAM_TIEN)?;

        let told = format!("{} ký nộp, gửi ngay.", names[XUAN_LUONG]);
        self.turn_to("2026-06-19T23:59:59", &told)?;
        self.fill_and_submit(XUAN_LUONG)?;
        self.stations[XUAN_LUONG].sync().await?;

        self.turn_to("2026-06-20T00:00:00", "── hết hạn ──")?;
        let told = format!("{} có mạng trở lại.", names[TAM_TIEN]);
        self.turn_to("2026-06-20T07:30:00", &told)?;
        self.stations[TAM_TIEN].sync().await?;

        let told = format!("{} mới ký nộp.", names[DONG_KY]);
        self.turn_to("2026-06-20T09:15:00", &told)?;
        self.fill_and_submit(DONG_KY)?;
        self.stations[DONG_KY].sync().await?;

        let told = format!("{} còn đang nhập, chưa nộp.", names[YEN_THE]);
        self.turn_to("2026-06-20T16:00:00", &told)?;
        self.stations[YEN_THE].fill(STATIONS[YEN_THE].report)?;
        ensure!(
            self.stations[YEN_THE].submit().is_err(),
            "nộp được báo cáo dở dang"
        );
        Ok(())
    }

    fn fill_and_submit(&mut self, station: usize) -> Result<()> {
        let node = &mut self.stations[station];
        node.fill(STATIONS[station].report)?;
        node.submit()?;
        Ok(())
    }

    /// The reviewer accepts what was received.
    pub(crate) async fn review(&mut self) -> Result<()> {
        self.chapter("Sở thẩm định", "2026-06-22T09:00:00")?;
        for station in [BAC_GIANG, DA_MAI, XUAN_LUONG, TAM_TIEN, DONG_KY] {
            let key = self.report(station);
            let so = &mut self.so;
            so.replica.accept(&key, &so.person, so.now())?;
        }
        let form = &self.report(BAC_GIANG).form;
        let lines = self.so.replica.review_list(form, PERIOD)?;
        let mut table = Table::new(["Đơn vị", "Tình trạng", "Ký lúc", "Sở nhận lúc", "Kịp hạn"]);
        for line in &lines {
            table.row([
                line.unit.as_str(),
                state(line),
                &page::second_of(line.signed_at.as_deref()),
                &page::second_of(line.received_at.as_deref()),
                in_time(line),
            ]);
        }
        table.print();
        tell!();
        tell!(
            "Kịp hạn hay không tính theo giấy nhận đầu tiên: sửa theo yêu cầu không làm trễ hạn."
        );
        let expected = [
            Some(Timeliness::OnTime),
            Some(Timeliness::OnTime),
            Some(Timeliness::OnTime),
            Some(Timeliness::SignedOnTime),
            Some(Timeliness::Late),
            None,
        ];
        let found: Vec<Option<Timeliness>> = lines.iter().map(|line| line.timeliness).collect();
        ensure!(found == expected, "kịp hạn: {found:?}");
        Ok(())
    }
}

fn state(line: &ReviewLine) -> &'static str {
    match line.state {
        "accepted" => "đã duyệt",
        "returned" => "bị trả lại",
        "submitted" => "đã nộp",
        "draft" => "đang nhập",
        _ => "chưa có",
    }
}

fn in_time(line: &ReviewLine) -> &'static str {
    match line.timeliness {
        Some(Timeliness::OnTime) => "đúng hạn",
        Some(Timeliness::SignedOnTime) => "ký đúng hạn, nhận trễ",
        Some(Timeliness::Late) => "trễ hạn",
        None => "—",
    }
}
