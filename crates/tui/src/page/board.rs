//! The completeness board: who has reported, and whom to call.

use model::overview::{Board, BoardLine, BoardState};
use model::{Timeliness, UnitPath};

use super::table::{facet, narrow, number, row, wide};
use super::words::{bar, board_state, percent, said, timeliness, when};
use super::{Bit, Cell, Laid, Setting, Tone};
use crate::parts::words::stamp;

/// Cells of the bar above the list.
const BAR_CELLS: usize = 20;

mod bit {
    pub(super) const CALL: u32 = 1;
    pub(super) const NONE: u32 = 1 << 1;
    pub(super) const WORKING: u32 = 1 << 2;
    pub(super) const SUBMITTED: u32 = 1 << 3;
    pub(super) const RETURNED: u32 = 1 << 4;
    pub(super) const ACCEPTED: u32 = 1 << 5;
    pub(super) const ON_TIME: u32 = 1 << 6;
    pub(super) const LATE: u32 = 1 << 7;
}

pub(super) fn lay_out(board: &Board, setting: Setting<'_>) -> Laid {
    let mut lines: Vec<&BoardLine> = board.lines.iter().collect();
    lines.sort_by_key(|line| line.urgency(board.due, setting.now));
    Laid {
        summary: summary(board, setting),
        columns: vec![
            wide(setting, "col-unit", 20),
            narrow(setting, "col-code", 9, 4),
            narrow(setting, "col-state", 16, 0),
            narrow(setting, "col-time", 17, 1),
            number(setting, "col-received", 16, 2),
            number(setting, "col-heard", 16, 3),
        ],
        facets: vec![
            facet(setting, "facet-all", 0, Tone::Plain),
            facet(setting, "facet-call", bit::CALL, Tone::Bad),
            facet(setting, "board-not-opened", bit::NONE, Tone::Warning),
            facet(setting, "board-working", bit::WORKING, Tone::Plain),
            facet(setting, "board-submitted", bit::SUBMITTED, Tone::Title),
            facet(setting, "board-returned", bit::RETURNED, Tone::Warning),
            facet(setting, "board-accepted", bit::ACCEPTED, Tone::Good),
            facet(setting, "time-on-time", bit::ON_TIME, Tone::Good),
            facet(setting, "time-late", bit::LATE, Tone::Bad),
        ],
        rows: lines
            .into_iter()
            .map(|line| {
                row(
                    line.unit.as_str(),
                    facets(line, board, setting),
                    cells(line, setting),
                )
            })
            .collect(),
        empty: setting.tr("board-empty"),
    }
}

fn facets(line: &BoardLine, board: &Board, setting: Setting<'_>) -> u32 {
    let state = match line.state {
        BoardState::NotJoined | BoardState::NotOpened => bit::NONE,
        BoardState::Working | BoardState::Incomplete | BoardState::TwoSubmissions => bit::WORKING,
        BoardState::Submitted => bit::SUBMITTED,
        BoardState::Returned => bit::RETURNED,
        BoardState::Accepted => bit::ACCEPTED,
    };
    let time = match line.timeliness {
        None => 0,
        Some(Timeliness::OnTime) => bit::ON_TIME,
        Some(Timeliness::SignedOnTime | Timeliness::Late) => bit::LATE,
    };
    let waits_for_unit = line.is_overdue(board.due, setting.now)
        || matches!(
            line.state,
            BoardState::Incomplete | BoardState::TwoSubmissions | BoardState::Returned
        );
    state | time | if waits_for_unit { bit::CALL } else { 0 }
}

fn cells(line: &BoardLine, setting: Setting<'_>) -> Vec<Cell> {
    let (tone, state) = board_state(line.state, setting);
    let (time_tone, time) = timeliness(line.timeliness, setting);
    let mut state = Cell::words(&state).tone(tone);
    state.sort = super::grid::SortKey::Number(Some(line.state as i64));
    vec![
        Cell::words(name(line)),
        Cell::words(line.unit.last()).tone(Tone::Dim),
        state,
        Cell::words(&time).tone(time_tone),
        when(line.received_at),
        when(line.last_sync).tone(Tone::Dim),
    ]
}

fn name(line: &BoardLine) -> &str {
    match line.name.is_empty() {
        true => line.unit.as_str(),
        false => &line.name,
    }
}

fn summary(board: &Board, setting: Setting<'_>) -> Vec<Vec<Bit>> {
    let whole = board.lines.len() as u64;
    let received = board.lines.iter().filter(|line| line.is_received());
    let received = received.count() as u64;
    let count = |state: BoardState| board.lines.iter().filter(|l| l.state == state).count();
    let mut lines = vec![vec![
        (Tone::Good, format!("{} ", bar(received, whole, BAR_CELLS))),
        (
            Tone::Title,
            format!(
                "{} {received}/{whole} ({})",
                setting.tr("totals-received"),
                percent(received, whole)
            ),
        ),
        (
            Tone::Plain,
            format!(
                "  {} {}",
                setting.tr("board-submitted"),
                count(BoardState::Submitted)
            ),
        ),
        (
            Tone::Good,
            format!(
                "  {} {}",
                setting.tr("board-accepted"),
                count(BoardState::Accepted)
            ),
        ),
    ]];
    // Who looks at another form has found the list of them.
    if board.others > 0 && board.form.name == model::form::QUARTERLY {
        let count = [("count", super::table::count(board.others))];
        let words = setting.tr_with("board-others", &count);
        lines.push(vec![(Tone::Dim, words)]);
    }
    lines
}

/// The units whose submission waits for a review, in the board's order.
pub(crate) fn queue(board: &Board, setting: Setting<'_>) -> Vec<UnitPath> {
    let waiting = board.lines.iter();
    let mut waiting: Vec<&BoardLine> = waiting
        .filter(|line| line.state == BoardState::Submitted)
        .collect();
    waiting.sort_by_key(|line| line.urgency(board.due, setting.now));
    waiting.into_iter().map(|line| line.unit.clone()).collect()
}

pub(super) fn detail(board: &Board, key: &str, setting: Setting<'_>) -> Vec<Bit> {
    let Some(line) = board.lines.iter().find(|line| line.unit.as_str() == key) else {
        return Vec::new();
    };
    let mut bits = vec![(
        Tone::Title,
        crate::parts::display::clean(&format!("{} ({})", line.name, line.unit)),
    )];
    bits.push(board_state(line.state, setting));
    if line.reenrolled {
        bits.push((Tone::Bad, format!("! {}", setting.tr("flag-reenrolled"))));
    }
    if line.is_overdue(board.due, setting.now) {
        bits.push((Tone::Bad, format!("! {}", setting.tr("board-call"))));
    }
    if let Some(at) = line.signed_at {
        bits.push(said(setting, "detail-signed", &stamp(at)));
    }
    if let Some(at) = line.received_at {
        bits.push(said(setting, "detail-received", &stamp(at)));
    }
    match line.last_sync {
        Some(at) => bits.push(said(setting, "detail-heard", &stamp(at))),
        None => bits.push((Tone::Dim, setting.tr("detail-never-heard"))),
    }
    bits
}
