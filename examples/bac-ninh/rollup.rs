//! From reports to a province, from provinces to the nation, and back down to
//! the source of every number.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use model::text::group_thousands;
use model::{Aggregate, Lang, Scalar, UnitPath};
use node::net;
use replica::{QUARTERLY_FORM, RollupView};

use crate::cast::{SUMS, YEN_THE};
use crate::node::PERIOD;
use crate::page::{self, Table, tell};
use crate::story::Stage;

impl Stage {
    /// The department consolidates and signs.
    pub(crate) async fn consolidate(&mut self) -> Result<()> {
        self.chapter("Sở tổng hợp và ký", "2026-06-23T08:00:00")?;
        let so = &mut self.so;
        let (view, new) = so
            .replica
            .sign_rollup(QUARTERLY_FORM, PERIOD, &so.person, so.now())?;
        ensure!(new, "bản tổng hợp đã có từ trước");
        tell_completeness(&view);
        for unit in &view.missing {
            let name = self.so.replica.unit_name(unit)?.unwrap_or_default();
            tell!("Chưa có: {unit}, {name}.");
        }
        self.tell_totals(&view)?;
        self.check_totals(&view)?;
        let missing = self.stations[YEN_THE].replica.unit();
        ensure!(
            view.inputs == 5 && view.missing == [missing.clone()],
            "{view:?}"
        );
        tell!(
            "Gốc Merkle trên {} báo cáo: {}",
            view.inputs,
            view.merkle_root
        );
        Ok(())
    }

    /// The ministry pulls the rollup and checks it against the reports.
    pub(crate) async fn verify_from_source(&mut self) -> Result<()> {
        self.chapter("Bộ kiểm chứng từ gốc", "2026-06-24T08:00:00")?;
        let unit = self.so.replica.unit().clone();
        self.so.sync().await?;
        let (home, clock) = (&self.bo.home, self.bo.clock());
        for pulled in net::pull(home, None, clock, &mut |_, _, _| true).await? {
            ensure!(
                pulled.reached,
                "không tới được {}: {:?}",
                pulled.unit,
                pulled.warning
            );
            tell!(
                "Bộ gọi tới {} và có {} bản tổng hợp.",
                pulled.unit,
                pulled.rollups
            );
        }
        let inputs = self.verify(&unit, &BTreeMap::new(), false)?;
        tell!("Chữ ký, chuỗi chứng thực và số học của {unit}: đúng.");
        ensure!(
            inputs == 0,
            "chưa lấy báo cáo gốc mà đã so {inputs} báo cáo"
        );

        let sources = self.fetch_sources(&unit).await?;
        let checked = self.verify(&unit, &sources, true)?;
        ensure!(checked == 5, "đã so {checked} báo cáo, không phải 5");
        tell!("Lấy {checked} báo cáo gốc, tính lại từ các bản ghi có chữ ký: khớp hoàn toàn.");
        let drills = self.so.replica.status()?.drills.len();
        ensure!(drills > 0, "Sở không thấy Bộ đã xem gì");
        tell!("Sở thấy trong nhật ký của mình rằng Bộ đã hỏi báo cáo của {drills} trạm.");
        Ok(())
    }

    /// The ministry signs the nation, and verifies its own signature's worth
    /// from the stations' signed entries.
    pub(crate) async fn nation(&mut self) -> Result<()> {
        self.chapter("Bộ ký bản tổng hợp toàn quốc", "2026-06-24T10:00:00")?;
        let bo = &mut self.bo;
        let (view, _) = bo
            .replica
            .sign_rollup(QUARTERLY_FORM, PERIOD, &bo.person, bo.now())?;
        tell_completeness(&view);
        self.check_totals(&view)?;
        tell!("Mới có một tỉnh, nên số toàn quốc bằng đúng số của tỉnh ấy.");
        let mut sources = BTreeMap::new();
        for province in view.provinces.keys() {
            sources.extend(self.fetch_sources(province).await?);
        }
        let nation = UnitPath::ministry();
        let checked = self.verify(&nation, &sources, true)?;
        ensure!(checked == 5, "đã so {checked} báo cáo, không phải 5");
        tell!();
        tell!("KIỂM CHỨNG TOÀN QUỐC TỪ GỐC: {checked}/{checked} báo cáo khớp, 0 sai lệch.");

        ensure!(
            view.provinces.len() == 1 && view.missing.is_empty(),
            "{view:?}"
        );
        Ok(())
    }

    /// What the levels above said comes back to the stations.
    pub(crate) async fn answers_come_back(&mut self) -> Result<()> {
        self.chapter("Câu trả lời về đến trạm", "2026-06-25T08:00:00")?;
        let mut accepted = 0;
        for station in self
            .stations
            .iter_mut()
            .take(YEN_THE)
            .chain(&mut self.second)
        {
            station.sync().await?;
            let view = station.show()?;
            let settled = view.state == "accepted" && !view.changed_since_submission;
            ensure!(settled, "báo cáo của {} là {}", station.name, view.state);
            accepted += 1;
        }
        tell!("{accepted} máy của năm trạm đồng bộ và thấy báo cáo của mình đã được duyệt.");
        let late = &self.stations[YEN_THE];
        let view = late.show()?;
        ensure!(
            view.state == "draft" && view.pending > 0,
            "{}: {}",
            late.name,
            view.state
        );
        tell!("Ở {}, {} ô vẫn là bản nháp.", late.name, view.pending);
        Ok(())
    }

    /// Asks a province for what its rollup rests on.
    async fn fetch_sources(&self, unit: &UnitPath) -> Result<BTreeMap<UnitPath, Vec<u8>>> {
        let rollup = self.bo.replica.show_rollup(unit, QUARTERLY_FORM, PERIOD)?;
        let (home, clock) = (&self.bo.home, self.bo.clock());
        Ok(net::drill(home, &rollup, clock, &mut |_, _, _| true, &mut |_, _| {}).await?)
    }

    /// Insists that a rollup holds; says how many reports were recomputed.
    fn verify(
        &self,
        unit: &UnitPath,
        sources: &BTreeMap<UnitPath, Vec<u8>>,
        deep: bool,
    ) -> Result<usize> {
        let check = self
            .bo
            .replica
            .verify_rollup(unit, QUARTERLY_FORM, PERIOD, sources, deep)?;
        ensure!(check.ok, "bản tổng hợp của {unit} không đúng: {check:?}");
        Ok(check.deep.map_or(0, |deep| deep.checked))
    }

    /// Every indicator with its label and its total; texts after the table.
    fn tell_totals(&self, view: &RollupView) -> Result<()> {
        let form = self.so.replica.form(&view.form, None)?;
        let label = |code| form.label(code, Lang::Vi).unwrap_or_default();
        let mut table = Table::new(["Mã", "Chỉ tiêu", "Toàn tỉnh", "Tử số / mẫu số"]);
        for (code, total) in &view.aggregates {
            match total {
                Aggregate::Sum { sum } => {
                    table.row([code, label(code), &group_thousands(*sum), ""]);
                }
                Aggregate::Share { yes: part, of } | Aggregate::Ratio { num: part, den: of } => {
                    table.row([code, label(code), &percent(*part, *of), &over(*part, *of)]);
                }
                Aggregate::Counts { counts } => {
                    table.row([code, label(code), "", ""]);
                    for (choice, count) in counts.iter().filter(|(_, count)| **count > 0) {
                        let choice = form.display(code, &Scalar::Str(choice.clone()), Lang::Vi);
                        table.row(["", &format!("  {choice}"), &count.to_string(), ""]);
                    }
                }
                Aggregate::List { .. } => {}
            }
        }
        table.print();
        tell!();
        for (code, total) in &view.aggregates {
            let Aggregate::List { list } = total else {
                continue;
            };
            tell!("{code} {}:", label(code));
            for item in list {
                tell!("  · {} ({})", item.text, item.unit);
            }
        }
        tell!();
        Ok(())
    }

    /// The totals are those that were added by hand from the stations' files.
    fn check_totals(&self, view: &RollupView) -> Result<()> {
        for (code, expected) in SUMS {
            let found = view.aggregates.get(code).context(code)?;
            let right = *found == Aggregate::Sum { sum: expected };
            ensure!(
                right,
                "{code} của {} là {found:?}, không phải {expected}",
                view.unit
            );
        }
        let counted = (view.expected, view.on_time, view.late);
        ensure!(
            counted == (6, 3, 2),
            "số báo cáo của {}: {counted:?}",
            view.unit
        );
        Ok(())
    }
}

fn tell_completeness(view: &RollupView) {
    let when = page::second_of(Some(&view.signed_at));
    tell!(
        "{} ({}), kỳ {}, ký bởi {} lúc {when}.",
        view.name,
        view.unit,
        view.period,
        view.signed_by
    );
    tell!(
        "Phải báo cáo {}: đúng hạn {}, trễ {}, chưa có {}.",
        view.expected,
        view.on_time,
        view.late,
        view.expected - view.received
    );
}

/// A share as Vietnamese writes it.
fn percent(part: i64, of: i64) -> String {
    match of {
        0 => "—".to_owned(),
        _ => format!("{:.1} %", part as f64 * 100.0 / of as f64).replace('.', ","),
    }
}

/// What the share was computed from.
fn over(part: i64, of: i64) -> String {
    format!("{} / {}", group_thousands(part), group_thousands(of))
}
