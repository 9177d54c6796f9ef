//! Who takes part. The units and their codes are the real ones of Bắc Ninh; the
//! people and every number are invented.

use anyhow::Context as _;
use model::UnitPath;
use model::sample::{BAC_NINH, bac_ninh_communes, provinces};

/// The passphrase of every key in this story.
pub(crate) const PASSPHRASE: &str = "quan-ho-dien-tap";

/// Who founds the tree.
pub(crate) const MINISTRY: &str = "Bộ Y tế";
/// Who signs the national rollup.
pub(crate) const MINISTER: &str = "Hoàng Minh Đức";
/// Who signs the provincial one.
pub(crate) const DIRECTOR: &str = "Trần Thị Bình";
/// Who works on the second machine of [`BAC_GIANG`].
pub(crate) const COLLEAGUE: &str = "Dương Văn Khoa";

/// A health station, its head, and what is typed into its report.
pub(crate) struct Role {
    /// The official code of its commune.
    pub(crate) code: &'static str,
    /// Its head.
    pub(crate) head: &'static str,
    /// What is filled in, as `report fill` takes it.
    pub(crate) report: &'static str,
}

/// Two machines, one report.
pub(crate) const BAC_GIANG: usize = 0;
/// Returned and corrected.
pub(crate) const DA_MAI: usize = 1;
/// In the very last second.
pub(crate) const XUAN_LUONG: usize = 2;
/// Signed in time, received late.
pub(crate) const TAM_TIEN: usize = 3;
/// Late.
pub(crate) const DONG_KY: usize = 4;
/// Never submitted.
pub(crate) const YEN_THE: usize = 5;

/// The six stations, in the order of their codes.
pub(crate) const STATIONS: [Role; 6] = [
    Role {
        code: "07210",
        head: "Nguyễn Thị Liền",
        report: include_str!("reports/07210.toml"),
    },
    Role {
        code: "07228",
        head: "Lê Quang Vinh",
        report: include_str!("reports/07228.toml"),
    },
    Role {
        code: "07246",
        head: "Vi Văn Thuận",
        report: include_str!("reports/07246.toml"),
    },
    Role {
        code: "07264",
        head: "Đỗ Thị Kim Oanh",
        report: include_str!("reports/07264.toml"),
    },
    Role {
        code: "07282",
        head: "Ngô Thị Thanh",
        report: include_str!("reports/07282.toml"),
    },
    Role {
        code: "07288",
        head: "Thân Văn Bình",
        report: include_str!("reports/07288.toml"),
    },
];

/// What the five reports that count must add up to, added by hand from the
/// files in `reports/`, with B4 as it was decided and corrected.
pub(crate) const SUMS: [(&str, i64); 7] = [
    ("B3", 58 + 41 + 23 + 26 + 19),
    ("B4", 55 + 41 + 23 + 20 + 15),
    ("D5", 1),
    ("E4", 1 + 1 + 1 + 1 + 1),
    ("F5", 50 + 30 + 20 + 18 + 12),
    ("G1", 775_000_000),
    ("G2", 81_100_000),
];

/// The Sở's path and name.
pub(crate) fn department() -> anyhow::Result<(UnitPath, String)> {
    let province = provinces().iter().find(|one| one.code == BAC_NINH);
    let province = province.context("không có tỉnh mã 24")?;
    Ok((province.path.clone(), province.department()))
}

impl Role {
    /// The station's path and name.
    pub(crate) fn unit(&self) -> anyhow::Result<(UnitPath, String)> {
        let commune = bac_ninh_communes().iter().find(|one| one.code == self.code);
        let commune = commune.with_context(|| format!("không có xã mã {}", self.code))?;
        Ok((commune.path.clone(), commune.name.clone()))
    }
}
