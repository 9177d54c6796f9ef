//! The reports behind one number.

use model::overview::{Behind, BehindLine};

use super::table::{facet, narrow, number, row, wide};
use super::words::{aggregate, said, timeliness};
use super::{Bit, Cell, Laid, Setting, Tone};
use crate::parts::display::clean;

mod bit {
    pub(super) const WITHOUT: u32 = 1;
    pub(super) const CHANGED: u32 = 1 << 1;
}

pub(super) fn lay_out(behind: &Behind, setting: Setting<'_>) -> Laid {
    let rows = behind
        .lines
        .iter()
        .map(|line| cells(behind, line, setting))
        .collect();
    let args = [
        ("code", messages::Arg::Str(&behind.code)),
        ("count", super::table::count(behind.lines.len())),
    ];
    Laid {
        summary: vec![vec![
            (
                Tone::Title,
                super::words::label(&behind.form, &behind.code, setting),
            ),
            (
                Tone::Plain,
                format!("  {}", clean(&setting.tr_with("behind-count", &args))),
            ),
        ]],
        columns: vec![
            wide(setting, "col-unit", 20),
            narrow(setting, "col-code", 9, 3),
            narrow(setting, "col-time", 17, 2),
            number(setting, "col-last-period", 22, 1),
            number(setting, "col-now", 24, 0),
        ],
        facets: vec![
            facet(setting, "facet-all", 0, Tone::Plain),
            facet(setting, "facet-without", bit::WITHOUT, Tone::Warning),
            facet(setting, "facet-changed", bit::CHANGED, Tone::Plain),
        ],
        rows,
        empty: setting.tr("behind-empty"),
    }
}

fn cells(behind: &Behind, line: &BehindLine, setting: Setting<'_>) -> super::Row {
    let cell = |value: Option<&model::Aggregate>| match value {
        None => Cell::number("–".to_owned(), None).tone(Tone::Dim),
        Some(value) => {
            let (text, sort) = aggregate(&behind.form, &behind.code, value, setting);
            Cell::number(text, sort)
        }
    };
    let (tone, time) = timeliness(line.timeliness, setting);
    let changed = line.last_period.is_some() && line.last_period != line.part;
    let facets =
        if line.part.is_none() { bit::WITHOUT } else { 0 } | if changed { bit::CHANGED } else { 0 };
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
            Cell::words(line.unit.last()).tone(Tone::Dim),
            Cell::words(&time).tone(tone),
            cell(line.last_period.as_ref()).tone(Tone::Dim),
            cell(line.part.as_ref()).tone(Tone::Title),
        ],
    )
}

pub(super) fn detail(behind: &Behind, key: &str, setting: Setting<'_>) -> Vec<Bit> {
    let Some(line) = behind.lines.iter().find(|line| line.unit.as_str() == key) else {
        return Vec::new();
    };
    let mut bits = vec![(
        Tone::Title,
        clean(&format!("{} ({})", line.name, line.unit)),
    )];
    if let Some(part) = &line.part {
        bits.push(said(
            setting,
            "col-now",
            &aggregate(&behind.form, &behind.code, part, setting).0,
        ));
    }
    if let Some(model::Aggregate::List { list }) = &line.part {
        bits.extend(
            list.iter()
                .map(|item| (Tone::Comment, clean(&format!("» {}", item.text)))),
        );
    }
    bits.push((Tone::Dim, setting.tr("behind-hint")));
    bits
}
