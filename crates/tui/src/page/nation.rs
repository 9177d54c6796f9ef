//! The nation, province by province: as a table of what is signed, and one measure at
//! a time as bars and as a trend.

mod measure;

use model::Aggregate;
use model::overview::{KEY_INDICATORS, Nation, ProvinceLine, Source, Totals};

use super::table::{facet, narrow, number, row, wide};
use super::words::{aggregate, bar, label, percent, said, trouble, when};
use super::{Bit, Cell, Column, Laid, Setting, Tone};
use crate::parts::display::clean;
use crate::parts::keymap::{Action, Context, name_of};
use crate::parts::words::stamp;
use measure::{MEASURES, Measure};

mod bit {
    pub(super) const NONE: u32 = 1;
    pub(super) const DOUBT: u32 = 1 << 1;
    pub(super) const INCOMPLETE: u32 = 1 << 2;
    pub(super) const DEEP: u32 = 1 << 3;
}

/// How the nation is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct View {
    mode: Mode,
    /// Place in [`MEASURES`].
    measure: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mode {
    #[default]
    Table,
    Bars,
    Trend,
}

impl View {
    /// The next way to look.
    pub(crate) fn turn_mode(&mut self) {
        self.mode = match self.mode {
            Mode::Table => Mode::Bars,
            Mode::Bars => Mode::Trend,
            Mode::Trend => Mode::Table,
        };
    }

    /// The next measure, or the one before. A table has them all: from there it leads
    /// to the bars of the one chosen last.
    pub(crate) fn turn_measure(&mut self, forward: bool) {
        if self.mode == Mode::Table {
            self.mode = Mode::Bars;
            return;
        }
        let count = MEASURES.len();
        let step = if forward { 1 } else { count - 1 };
        self.measure = (self.measure + step) % count;
    }

    fn measure(self) -> &'static Measure {
        Measure::at(self.measure)
    }
}

pub(super) fn lay_out(nation: &Nation, view: View, setting: Setting<'_>) -> Laid {
    let measure = view.measure();
    let mut columns = vec![wide(setting, "col-province", 16)];
    let cells: Vec<Vec<Cell>> = match view.mode {
        Mode::Table => {
            columns.extend(table_columns(setting));
            let lines = nation.lines.iter();
            lines
                .map(|line| table_cells(nation, line, setting))
                .collect()
        }
        Mode::Bars => {
            columns.extend(measure.bar_columns(setting));
            measure.bars(nation, setting)
        }
        Mode::Trend => {
            columns.extend(measure::trend_columns(nation, setting));
            measure.trends(nation, setting)
        }
    };
    let rows = nation.lines.iter().zip(cells);
    let rows = rows.map(|(line, cells)| {
        let name = match line.name.is_empty() {
            true => line.unit.as_str(),
            false => &line.name,
        };
        let all = std::iter::once(Cell::words(name)).chain(cells).collect();
        row(line.unit.as_str(), facets(line), all)
    });
    Laid {
        summary: summary(nation, view, setting),
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
    let doubt = proof.is_doubted();
    let incomplete = signed.totals.received() < signed.totals.expected;
    let deep = proof.source.is_some_and(|source| source.is_good());
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
        number(setting, "col-received-of", 9, 0),
        number(setting, "col-on-time", 6, 0),
    ];
    for (spare, code) in (3u8..).zip(KEY_INDICATORS) {
        columns.push(number(setting, measure::title(code), 10, spare));
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
    // What could not be had leaves the question open.
    let compared = |source: Source| match source.unavailable {
        _ if source.wrong > 0 => Some(false),
        0 => Some(true),
        _ => None,
    };
    let source = proof.source.and_then(compared);
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
    for code in KEY_INDICATORS {
        let value = totals.and_then(|totals| totals.aggregates.get(code));
        cells.push(value.map_or_else(nothing, |value| {
            let (text, sort) = short(nation, code, value, setting);
            Cell::number(text, sort)
        }));
    }
    cells.push(proof_signs(line));
    cells.push(when(line.signed.as_ref().map(|signed| signed.at)));
    cells
}

/// An indicator without its parts: in a table of provinces they do not fit, the
/// details have them.
fn short(
    nation: &Nation,
    code: &str,
    value: &Aggregate,
    setting: Setting<'_>,
) -> (String, Option<i64>) {
    let (text, sort) = aggregate(&nation.form, code, value, setting);
    let text = match value {
        Aggregate::Share { .. } | Aggregate::Ratio { .. } => {
            text.split(" (").next().unwrap_or_default().to_owned()
        }
        _ => text,
    };
    (text, sort)
}

fn summary(nation: &Nation, view: View, setting: Setting<'_>) -> Vec<Vec<Bit>> {
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
    let first = vec![
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
    let shown = shown(nation, view, setting);
    let signature = match &nation.signed {
        None => vec![(Tone::Warning, setting.tr("nation-unsigned"))],
        Some(signed) => super::rollup::signature(signed, setting),
    };
    [Some(first), shown, Some(signature)]
        .into_iter()
        .flatten()
        .collect()
}

/// What the bars or the trend are of, and the key that turns to another one.
fn shown(nation: &Nation, view: View, setting: Setting<'_>) -> Option<Vec<Bit>> {
    let mode = match view.mode {
        Mode::Table => return None,
        Mode::Bars => "mode-bars",
        Mode::Trend => "mode-trend",
    };
    let key = name_of(Context::Nation, Action::Measure);
    let args = [("key", messages::Arg::Str(&key))];
    let name = view.measure().name(nation, setting);
    Some(vec![
        (Tone::Plain, format!("{}: ", setting.tr(mode))),
        (Tone::Title, name),
        (
            Tone::Dim,
            format!("  {}", setting.tr_with("nation-measure", &args)),
        ),
    ])
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
    let wrong = line.trouble.iter();
    bits.extend(wrong.map(|wrong| (Tone::Bad, format!("× {}", trouble(*wrong, false, setting)))));
    let Some(signed) = &line.signed else {
        bits.push((Tone::Bad, setting.tr("nation-no-rollup")));
        bits.extend(measure::history(nation, line, setting));
        return bits;
    };
    bits.push(super::rollup::signed_words(signed, setting));
    bits.push(super::rollup::proof_line(&signed.proof, setting));
    bits.extend(super::rollup::faults(&signed.proof, setting));
    for code in KEY_INDICATORS {
        if let Some(value) = signed.totals.aggregates.get(code) {
            let text = aggregate(&nation.form, code, value, setting).0;
            bits.push((
                Tone::Plain,
                format!("{}: {}", label(&nation.form, code, setting), clean(&text)),
            ));
        }
    }
    bits.extend(measure::history(nation, line, setting));
    bits
}
