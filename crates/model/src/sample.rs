//! A sample organisation for demonstrations, tests and rehearsals: the 34
//! provinces and the 99 communes of Bắc Ninh with their official codes since
//! July 2025, a health station each.
//!
//! No real unit is enrolled by it; it only gives paths and names.

use std::sync::LazyLock;

use crate::unit::UnitPath;

/// Bắc Ninh's province code.
pub const BAC_NINH: &str = "24";

const PROVINCES: &str = include_str!("../data/provinces.csv");
const COMMUNES: &str = include_str!("../data/communes-24.csv");

/// One of the 34 provinces and cities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Province {
    /// Official two-digit code.
    pub code: String,
    /// Such as `Bắc Ninh` or `Thành phố Hà Nội`.
    pub name: String,
    /// `tỉnh` or `thành phố trung ương`.
    pub kind: String,
    /// Its department of health, such as `byt.24`.
    pub path: UnitPath,
}

impl Province {
    /// The department's name, such as `Sở Y tế tỉnh Bắc Ninh`.
    pub fn department(&self) -> String {
        match self.kind.as_str() {
            "tỉnh" => format!("Sở Y tế tỉnh {}", self.name),
            _ => format!("Sở Y tế {}", self.name),
        }
    }
}

/// One commune's health station.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commune {
    /// Official five-digit code.
    pub code: String,
    /// The commune, such as `Phường Bắc Giang`.
    pub commune: String,
    /// `phường` or `xã`.
    pub kind: String,
    /// The station, such as `Trạm Y tế Phường Bắc Giang`.
    pub name: String,
    /// Such as `byt.24.07210`.
    pub path: UnitPath,
}

/// The 34 provinces, by code.
pub fn provinces() -> &'static [Province] {
    static ALL: LazyLock<Vec<Province>> = LazyLock::new(|| {
        rows(PROVINCES)
            .filter_map(|[code, name, kind]| {
                Some(Province {
                    code: code.to_owned(),
                    name: name.to_owned(),
                    kind: kind.to_owned(),
                    path: UnitPath::parse(&format!("byt.{code}")).ok()?,
                })
            })
            .collect()
    });
    &ALL
}

/// The 99 communes of Bắc Ninh, by code, with their health stations.
pub fn bac_ninh_communes() -> &'static [Commune] {
    static ALL: LazyLock<Vec<Commune>> = LazyLock::new(|| {
        rows(COMMUNES)
            .filter_map(|[code, name, kind]| {
                Some(Commune {
                    code: code.to_owned(),
                    commune: name.to_owned(),
                    kind: kind.to_owned(),
                    name: format!("Trạm Y tế {name}"),
                    path: UnitPath::parse(&format!("byt.{BAC_NINH}.{code}")).ok()?,
                })
            })
            .collect()
    });
    &ALL
}

/// Three columns under a header; no name has a comma.
fn rows(csv: &'static str) -> impl Iterator<Item = [&'static str; 3]> {
    csv.lines().skip(1).filter_map(|line| {
        let mut cells = line.trim().split(',');
        Some([cells.next()?, cells.next()?, cells.next()?])
    })
}
