//! The nation, province by province: as a table, as bars, as a trend.

use model::overview::{Nation, ProvinceLine, Totals};
use model::{Aggregate, Period};

use super::table::{facet, narrow, number, row, wide};
use super::words::{aggregate, bar, label, percent, said, trend, when};
use super::{Bit, Cell, Column, Laid, Setting, Tone, Width};
use crate::parts::display::clean;
use crate::parts::words::{period_words, stamp};

mod bit {
    pub(super) const NONE: u32 = 1;
    pub(super) const DOUBT: u32 = 1 << 1;
    pub(super) const INCOMPLETE: u32 = 1 << 2;
    pub(super) const DEEP: u32 = 1 << 3;
}

/// The ways to look at the nation.
pub(crate) const MODES: usize = 3;

/// Cells of a province's bar.
const BAR_CELLS: usize = 30;

/// Indicators that have a column of their own, and its title: dossiers approved,
/// severe holes open, incidents, share of the budget.
const KEY_INDICATORS: [(&str, &str); 4] = [
    ("C1.approved", "col-approved"),
    ("C1.open_severe", "col-open-severe"),
    ("D5", "col-incidents"),
    ("G3", "col-budget"),
];

/// What a province shows beside its name.
type Cells = fn(&Nation, &ProvinceLine, Setting<'_>) -> Vec<Cell>;

pub(super) fn lay_out(nation: &Nation, mode: usize, setting: Setting<'_>) -> Laid {
    let (columns, cells): (Vec<Column>, Cells) = match mode {
        0 => (table_columns(setting), table_cells),
        1 => (bar_columns(setting), bar_cells),
        _ => (trend_columns(nation, setting), trend_cells),
    };
    let rows = nation.lines.iter();
    let rows = rows.map(|line| {
        let mut all = vec![Cell::words(if line.name.is_empty() {
            line.unit.as_str()
        } else {
            &line.name
        })];
        all.extend(cells(nation, line, setting));
        row(line.unit.as_str(), facets(line), all)
    });
    Laid {
        summary: summary(nation, mode, setting),
        rows: rows.collect(),
        columns,
        facets: vec![
            facet(setting, "facet-all", 0, Tone::Plain),
            facet(setting, "facet-no-rollup", bit::NONE, Tone::Bad),
            facet(setting, "facet-doubt", bit::DOUBT, Tone::Bad),
            facet(setting, "facet-incomplete", bit::INCOMPLETE, Tone::Warning),
            facet(setting, "facet-deep", bit::DEEP, Tone::Good),
        ],
        empty: setting.tr("nation-empty"),
    }
}

fn facets(line: &ProvinceLine) -> u32 {
    let Some(signed) = &line.signed else {
        let doubt = if line.trouble.is_some() {
            bit::DOUBT
        } else {
            0
        };
        return bit::NONE | doubt;
    };
    let proof = &signed.proof;
    let wrong = |step: Option<bool>| step == Some(false);
    let doubt = wrong(proof.signature)
        || wrong(proof.chain)
        || wrong(proof.arithmetic)
        || proof.source.is_some_and(|(_, wrong)| wrong > 0)
        || !proof.faults.is_empty();
    let incomplete = signed.totals.received() < signed.totals.expected;
    let deep = proof.source.is_some_and(|(_, wrong)| wrong == 0);
    [
        (doubt, bit::DOUBT),
        (incomplete, bit::INCOMPLETE),
        (deep, bit::DEEP),
    ]
    .into_iter()
    .filter(|(is, _)| *is)
    .fold(0, |bits, (_, bit)| bits | bit)
}

fn totals(line: &ProvinceLine) -> Option<&Totals> {
    line.signed.as_ref().map(|signed| &signed.totals)
}

fn table_columns(setting: Setting<'_>) -> Vec<Column> {
    let mut columns = vec![
        wide(setting, "col-province", 16),
        number(setting, "col-received-of", 9, 0),
        number(setting, "col-on-time", 6, 0),
    ];
    for (spare, (_, title)) in (3u8..).zip(KEY_INDICATORS) {
        columns.push(number(setting, title, 10, spare));
    }
    columns.push(narrow(setting, "col-proof", 7, 0));
    columns.push(number(setting, "col-signed", 16, 1));
    columns
}

/// One sign a step of the verification: signature, chain, sums, source.
fn proof_signs(line: &ProvinceLine) -> Cell {
    let Some(signed) = &line.signed else {
        return Cell::words("–").tone(Tone::Dim);
    };
    let proof = &signed.proof;
    let source = proof.source.map(|(_, wrong)| wrong == 0);
    let steps = [proof.signature, proof.chain, proof.arithmetic, source];
    let signs: String = steps
        .iter()
        .map(|step| match step {
            None => '?',
            Some(true) => '√',
            Some(false) => '×',
        })
        .collect();
    let tone = match steps {
        _ if steps.contains(&Some(false)) => Tone::Bad,
        _ if source == Some(true) => Tone::Good,
        _ => Tone::Plain,
    };
    Cell::words(&signs).tone(tone)
}

fn table_cells(nation: &Nation, line: &ProvinceLine, setting: Setting<'_>) -> Vec<Cell> {
    let nothing = || Cell::number("–".to_owned(), None).tone(Tone::Dim);
    let totals = totals(line);
    let mut cells = match totals {
        None => vec![nothing(), nothing()],
        Some(totals) => {
            let received = totals.received();
            let short = received < totals.expected;
            let share = |part: u64, whole: u64| {
                i64::try_from(u128::from(part) * 1000 / u128::from(whole.max(1))).ok()
            };
            vec![
                Cell::number(
                    format!("{received}/{}", totals.expected),
                    share(received, totals.expected),
                )
                .tone(if short { Tone::Warning } else { Tone::Good }),
                Cell::number(
                    percent(totals.on_time, totals.expected),
                    share(totals.on_time, totals.expected),
                ),
            ]
        }
    };
    for (code, _) in KEY_INDICATORS {
        let value = totals.and_then(|totals| totals.aggregates.get(code));
        cells.push(value.map_or_else(nothing, |value| {
            let (text, sort) = aggregate(&nation.form, code, value, setting);
            // In a table of provinces the parts do not fit; the details have them.
            let short = match value {
                Aggregate::Share { .. } | Aggregate::Ratio { .. } => {
                    text.split(" (").next().unwrap_or_default().to_owned()
                }
                _ => text,
            };
            Cell::number(short, sort)
        }));
    }
    cells.push(proof_signs(line));
    cells.push(when(line.signed.as_ref().map(|signed| signed.at)));
    cells
}

fn bar_columns(setting: Setting<'_>) -> Vec<Column> {
    vec![
        wide(setting, "col-province", 16),
        narrow(setting, "col-completeness", 38, 0),
        narrow(setting, "col-timeliness", 38, 1),
    ]
}

fn bar_cells(_: &Nation, line: &ProvinceLine, _: Setting<'_>) -> Vec<Cell> {
    let shown = |part: u64, whole: u64, tone: Tone| {
        let text = format!("{} {}", bar(part, whole, BAR_CELLS), percent(part, whole));
        let sort = i64::try_from(u128::from(part) * 1000 / u128::from(whole.max(1))).ok();
        Cell::number(text, sort).tone(tone)
    };
    match totals(line) {
        None => vec![Cell::number("–".to_owned(), None).tone(Tone::Dim); 2],
        Some(totals) => vec![
            shown(totals.received(), totals.expected, Tone::Plain),
            shown(totals.on_time, totals.expected, Tone::Good),
        ],
    }
}

fn trend_columns(nation: &Nation, setting: Setting<'_>) -> Vec<Column> {
    let mut columns = vec![
        wide(setting, "col-province", 16),
        narrow(setting, "col-trend", 9, 0),
    ];
    for (at, period) in (1u8..).zip(quarters(nation)) {
        columns.push(Column {
            title: period.to_string(),
            width: Width::Fixed(8),
            right: true,
            // The oldest go first.
            spare: 20u8.saturating_sub(at),
        });
    }
    columns
}

/// The quarters that any province has, oldest first.
fn quarters(nation: &Nation) -> Vec<Period> {
    let all = nation.lines.iter().flat_map(|line| &line.trend);
    let quarters: std::collections::BTreeSet<Period> = all.map(|(period, ..)| *period).collect();
    quarters.into_iter().collect()
}

fn trend_cells(nation: &Nation, line: &ProvinceLine, _: Setting<'_>) -> Vec<Cell> {
    let of = |period: Period| {
        let found = line.trend.iter().find(|(at, ..)| *at == period);
        found.map(|(_, received, expected)| (*received, *expected))
    };
    let quarters = quarters(nation);
    let mut cells = vec![Cell::words(&trend(
        quarters.iter().map(|period| of(*period)),
    ))];
    for period in quarters {
        cells.push(match of(period) {
            None => Cell::number("–".to_owned(), None).tone(Tone::Dim),
            Some((received, expected)) => Cell::number(
                percent(received, expected),
                i64::try_from(u128::from(received) * 1000 / u128::from(expected.max(1))).ok(),
            ),
        });
    }
    cells
}

fn summary(nation: &Nation, mode: usize, setting: Setting<'_>) -> Vec<Vec<Bit>> {
    let with = nation
        .lines
        .iter()
        .filter(|line| line.signed.is_some())
        .count();
    let (mut received, mut expected) = (0u64, 0u64);
    for totals in nation.lines.iter().filter_map(totals) {
        received = received.saturating_add(totals.received());
        expected = expected.saturating_add(totals.expected);
    }
    let count = super::table::count;
    let args = [("with", count(with)), ("all", count(nation.lines.len()))];
    let mode = ["mode-table", "mode-bars", "mode-trend"]
        .get(mode)
        .copied()
        .unwrap_or("mode-table");
    let mut first = vec![
        (Tone::Good, format!("{} ", bar(received, expected, 20))),
        (
            Tone::Title,
            format!(
                "{} {received}/{expected} ({})",
                setting.tr("totals-received"),
                percent(received, expected)
            ),
        ),
        (
            Tone::Plain,
            format!("  {}", setting.tr_with("nation-rollups", &args)),
        ),
    ];
    first.push((Tone::Dim, format!("  [{}]", setting.tr(mode))));
    let second = match &nation.signed {
        None => vec![(Tone::Warning, setting.tr("nation-unsigned"))],
        Some(signed) => super::rollup::signature(signed, setting),
    };
    vec![first, second]
}

pub(super) fn detail(nation: &Nation, key: &str, setting: Setting<'_>) -> Vec<Bit> {
    let Some(line) = nation.lines.iter().find(|line| line.unit.as_str() == key) else {
        return Vec::new();
    };
    let mut bits = vec![(
        Tone::Title,
        clean(&format!("{} ({})", line.name, line.unit)),
    )];
    match line.last_sync {
        Some(at) => bits.push(said(setting, "detail-heard", &stamp(at))),
        None => bits.push((Tone::Dim, setting.tr("detail-never-heard"))),
    }
    let trouble = line.trouble.iter();
    bits.extend(trouble.map(|text| (Tone::Bad, format!("× {}", clean(text)))));
    let Some(signed) = &line.signed else {
        bits.push((Tone::Bad, setting.tr("nation-no-rollup")));
        return bits;
    };
    let at = stamp(signed.at);
    let args = [
        ("by", messages::Arg::Str(&signed.by)),
        ("time", messages::Arg::Str(&at)),
        ("id", messages::Arg::Str(&signed.short_id)),
    ];
    bits.push((Tone::Plain, clean(&setting.tr_with("rollup-signed", &args))));
    bits.extend(super::rollup::proof(&signed.proof, setting));
    bits.extend(
        signed
            .proof
            .faults
            .iter()
            .map(|fault| (Tone::Bad, format!("× {}", clean(fault)))),
    );
    for (code, _) in KEY_INDICATORS {
        if let Some(value) = signed.totals.aggregates.get(code) {
            let text = aggregate(&nation.form, code, value, setting).0;
            bits.push((
                Tone::Plain,
                format!("{}: {}", label(&nation.form, code, setting), clean(&text)),
            ));
        }
    }
    for (period, received, expected) in &line.trend {
        let name = period_words(setting.words, *period);
        bits.push((
            Tone::Dim,
            format!(
                "{name}: {received}/{expected} ({})",
                percent(*received, *expected)
            ),
        ));
    }
    bits
}
