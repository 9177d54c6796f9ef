//! The register of units.

use model::overview::UnitLine;

use super::table::{facet, narrow, number, row, wide};
use super::words::{said, when};
use super::{Bit, Cell, Laid, Setting, Tone};
use crate::parts::display::clean;
use crate::parts::words::stamp;

mod bit {
    pub(super) const JOINED: u32 = 1;
    pub(super) const WAITING: u32 = 1 << 1;
    pub(super) const AGAIN: u32 = 1 << 2;
    pub(super) const CLOSED: u32 = 1 << 3;
}

/// The sign, word and tone of how a unit stands, and its facets.
fn standing(line: &UnitLine, setting: Setting<'_>) -> (Bit, u32) {
    let bit = |sign: &str, id: &str, tone: Tone| (tone, format!("{sign} {}", setting.tr(id)));
    match line {
        _ if line.closed => (bit("–", "unit-closed", Tone::Dim), bit::CLOSED),
        _ if line.reenrolled => (bit("!", "unit-again", Tone::Bad), bit::JOINED | bit::AGAIN),
        _ if line.enrolled => (bit("√", "unit-joined", Tone::Good), bit::JOINED),
        _ if line.invited => (bit("►", "unit-invited", Tone::Warning), bit::WAITING),
        _ => (bit("○", "unit-not-invited", Tone::Bad), bit::WAITING),
    }
}

pub(super) fn lay_out(units: &[UnitLine], setting: Setting<'_>) -> Laid {
    let rows = units.iter().map(|line| {
        let ((tone, words), facets) = standing(line, setting);
        let name = if line.name.is_empty() {
            line.unit.as_str()
        } else {
            &line.name
        };
        row(
            line.unit.as_str(),
            facets,
            vec![
                Cell::words(name),
                Cell::words(line.unit.as_str()).tone(Tone::Dim),
                Cell::words(&words).tone(tone),
                when(line.last_sync),
                Cell::words(line.address.as_deref().unwrap_or("")).tone(Tone::Dim),
            ],
        )
    });
    Laid {
        summary: vec![vec![(Tone::Dim, setting.tr("units-hint"))]],
        columns: vec![
            wide(setting, "col-unit", 20),
            narrow(setting, "col-path", 16, 2),
            narrow(setting, "col-state", 18, 0),
            number(setting, "col-heard", 16, 1),
            narrow(setting, "col-address", 22, 3),
        ],
        facets: vec![
            facet(setting, "facet-all", 0, Tone::Plain),
            facet(setting, "unit-joined", bit::JOINED, Tone::Good),
            facet(setting, "facet-waiting", bit::WAITING, Tone::Warning),
            facet(setting, "unit-again", bit::AGAIN, Tone::Bad),
            facet(setting, "unit-closed", bit::CLOSED, Tone::Dim),
        ],
        rows: rows.collect(),
        empty: setting.tr("units-empty"),
    }
}

pub(super) fn detail(units: &[UnitLine], key: &str, setting: Setting<'_>) -> Vec<Bit> {
    let Some(line) = units.iter().find(|line| line.unit.as_str() == key) else {
        return Vec::new();
    };
    let mut bits = vec![
        (
            Tone::Title,
            clean(&format!("{} ({})", line.name, line.unit)),
        ),
        standing(line, setting).0,
    ];
    match line.last_sync {
        Some(at) => bits.push(said(setting, "detail-heard", &stamp(at))),
        None => bits.push((Tone::Dim, setting.tr("detail-never-heard"))),
    }
    if line.reenrolled {
        bits.push((Tone::Bad, setting.tr("flag-reenrolled")));
    }
    bits
}
