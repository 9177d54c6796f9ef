//! One measure of the nation at a time, as bars and as a trend over quarters.
//!
//! Only rollups that stand up to being checked are shown: a quarter without one is a
//! gap, one with a doubtful one a cross. Neither is a zero.

use model::Period;
use model::overview::{Figures, KEY_INDICATORS, Nation, ProvinceLine, Quarter, TREND_COUNT};

use super::super::table::{narrow, number};
use super::super::words::{bar, label, percent, shade};
use super::super::{Bit, Cell, Column, Setting, Tone, Width};
use crate::parts::display::clean;
use crate::parts::words::period_words;

/// Cells of a province's bar.
const BAR_CELLS: usize = 30;

/// A whole in the unit that shares are ordered by.
const WHOLE: i64 = 1_000;

/// Something that provinces are compared by.
pub(super) struct Measure {
    source: Source,
    title: &'static str,
    /// A part of a whole, shown against it. What is no such part is shown against the
    /// largest.
    of_whole: bool,
}

enum Source {
    Completeness,
    Timeliness,
    Indicator(&'static str),
}

/// In the order in which they are turned through.
pub(super) const MEASURES: [Measure; 2 + KEY_INDICATORS.len()] = {
    let [approved, severe, incidents, budget] = KEY_INDICATORS;
    [
        Measure {
            source: Source::Completeness,
            title: "col-completeness",
            of_whole: true,
        },
        Measure {
            source: Source::Timeliness,
            title: "col-timeliness",
            of_whole: true,
        },
        Measure::indicator(approved, "col-approved", true),
        Measure::indicator(severe, "col-open-severe", false),
        Measure::indicator(incidents, "col-incidents", false),
        Measure::indicator(budget, "col-budget", false),
    ]
};

/// The title of an indicator's column.
pub(super) fn title(code: &str) -> &'static str {
    let of = |measure: &&Measure| matches!(measure.source, Source::Indicator(one) if one == code);
    MEASURES
        .iter()
        .find(of)
        .map_or("col-indicator", |m| m.title)
}

/// What a measure comes to in one rollup.
struct Reading {
    text: String,
    /// Thousandths of a share, or a count.
    amount: i64,
}

impl Measure {
    const fn indicator(code: &'static str, title: &'static str, of_whole: bool) -> Measure {
        Measure {
            source: Source::Indicator(code),
            title,
            of_whole,
        }
    }

    /// By its place; there is always one.
    pub(super) fn at(place: usize) -> &'static Measure {
        let [first, rest @ ..] = const { &MEASURES };
        match place {
            0 => first,
            _ => rest.get(place - 1).unwrap_or(first),
        }
    }

    /// What it is called in full.
    pub(super) fn name(&self, nation: &Nation, setting: Setting<'_>) -> String {
        match self.source {
            Source::Indicator(code) => label(&nation.form, code, setting),
            Source::Completeness | Source::Timeliness => setting.tr(self.title),
        }
    }

    /// None of nothing: an older form that does not ask, a share of no units.
    fn read(&self, nation: &Nation, figures: &Figures, setting: Setting<'_>) -> Option<Reading> {
        let part = match self.source {
            Source::Completeness => figures.received(),
            Source::Timeliness => figures.on_time,
            Source::Indicator(code) => {
                let value = figures.indicators.get(code)?;
                let (text, amount) = super::short(nation, code, value, setting);
                return amount.map(|amount| Reading { text, amount });
            }
        };
        let thousandths = (u128::from(part) * 1_000).checked_div(u128::from(figures.expected))?;
        Some(Reading {
            text: percent(part, figures.expected),
            amount: i64::try_from(thousandths).unwrap_or(i64::MAX),
        })
    }

    fn cell(&self, nation: &Nation, quarter: Option<&Quarter>, setting: Setting<'_>) -> Cell {
        let gap = |text: &str, tone| Cell::number(text.to_owned(), None).tone(tone);
        match quarter {
            None => gap("–", Tone::Dim),
            Some(Quarter { figures: None, .. }) => gap("×", Tone::Bad),
            Some(Quarter {
                figures: Some(figures),
                ..
            }) => match self.read(nation, figures, setting) {
                None => gap("–", Tone::Dim),
                Some(reading) => Cell::number(reading.text, Some(reading.amount)),
            },
        }
    }

    pub(super) fn bar_columns(&self, setting: Setting<'_>) -> Vec<Column> {
        let cells = u16::try_from(BAR_CELLS).unwrap_or(u16::MAX);
        vec![
            narrow(setting, self.title, cells, 0),
            number(setting, "col-last-period", 12, 1),
            number(setting, "col-now", 12, 0),
        ]
    }

    /// Of each province a bar, the period before, and this one.
    pub(super) fn bars(&self, nation: &Nation, setting: Setting<'_>) -> Vec<Vec<Cell>> {
        let lines = nation.lines.iter();
        let cells: Vec<[Cell; 2]> = lines
            .map(|line| {
                [nation.period.previous(), nation.period]
                    .map(|period| self.cell(nation, of(line, period), setting))
            })
            .collect();
        let top = self.top(cells.iter().map(|[_, now]| now));
        cells
            .into_iter()
            .map(|[before, now]| {
                let drawn = match amount(&now) {
                    None => now.text.clone(),
                    Some(amount) => bar(part(amount), part(top), BAR_CELLS),
                };
                let bar = Cell {
                    text: drawn,
                    ..now.clone()
                };
                vec![bar, before.tone(Tone::Dim), now]
            })
            .collect()
    }

    /// Of each province a sign a quarter, then the quarters.
    pub(super) fn trends(&self, nation: &Nation, setting: Setting<'_>) -> Vec<Vec<Cell>> {
        let quarters = quarters(nation);
        let lines = nation.lines.iter();
        lines
            .map(|line| {
                let quarters = quarters.iter();
                let cells: Vec<Cell> = quarters
                    .map(|period| self.cell(nation, of(line, *period), setting))
                    .collect();
                // How a count moves is seen against the province's own largest.
                let top = self.top(cells.iter());
                let signs: String = cells.iter().map(|cell| sign(cell, top)).collect();
                std::iter::once(Cell::words(&signs)).chain(cells).collect()
            })
            .collect()
    }

    /// What a full bar stands for.
    fn top<'c>(&self, cells: impl Iterator<Item = &'c Cell>) -> i64 {
        match self.of_whole {
            true => WHOLE,
            false => cells.filter_map(amount).max().unwrap_or(1).max(1),
        }
    }
}

fn amount(cell: &Cell) -> Option<i64> {
    match cell.sort {
        super::super::grid::SortKey::Number(amount) => amount,
        super::super::grid::SortKey::Words(_) => None,
    }
}

fn part(amount: i64) -> u64 {
    u64::try_from(amount).unwrap_or(0)
}

fn sign(cell: &Cell, top: i64) -> char {
    match amount(cell) {
        Some(amount) => shade(part(amount), part(top)),
        None if cell.tone == Tone::Bad => '×',
        None => '·',
    }
}

pub(super) fn trend_columns(nation: &Nation, setting: Setting<'_>) -> Vec<Column> {
    let signs = u16::try_from(TREND_COUNT).unwrap_or(u16::MAX) + 2;
    let mut columns = vec![narrow(setting, "col-trend", signs, 0)];
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

/// The quarters from the oldest of which there is a rollup to this one, those
/// between of which there is none included.
fn quarters(nation: &Nation) -> Vec<Period> {
    let all = nation.lines.iter().flat_map(|line| &line.trend);
    let oldest = all.map(|quarter| quarter.period).min();
    let back = std::iter::successors(Some(nation.period), |period| Some(period.previous()));
    let mut quarters: Vec<Period> = back
        .take(TREND_COUNT)
        .take_while(|period| *period == nation.period || oldest.is_some_and(|old| *period >= old))
        .collect();
    quarters.reverse();
    quarters
}

fn of(line: &ProvinceLine, period: Period) -> Option<&Quarter> {
    line.trend.iter().find(|quarter| quarter.period == period)
}

/// Every measure of every quarter, the newest first.
pub(super) fn history(nation: &Nation, line: &ProvinceLine, setting: Setting<'_>) -> Vec<Bit> {
    let quarters = quarters(nation).into_iter().rev();
    quarters
        .map(|period| {
            let name = period_words(setting.words, period);
            let words = match of(line, period) {
                None => return (Tone::Dim, format!("{name}: {}", setting.tr("nation-gap"))),
                Some(Quarter { figures: None, .. }) => {
                    let text = format!("{name}: × {}", setting.tr("nation-doubt"));
                    return (Tone::Bad, text);
                }
                Some(Quarter {
                    figures: Some(figures),
                    ..
                }) => MEASURES.iter().filter_map(|measure| {
                    let reading = measure.read(nation, figures, setting)?;
                    Some(format!("{} {}", setting.tr(measure.title), reading.text))
                }),
            };
            let words: Vec<String> = words.collect();
            (
                Tone::Plain,
                clean(&format!("{name}: {}", words.join(" · "))),
            )
        })
        .collect()
}
