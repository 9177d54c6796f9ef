//! What several pages say alike.

use model::overview::{BoardState, FlagKind, Totals, Trouble};
use model::{Aggregate, Form, ReportState, Timeliness, Timestamp};

use super::{Bit, Cell, Setting, Tone};
use crate::parts::display::clean;
use crate::parts::words::{stamp, state_words};

/// What is wrong, and what to do about it: here, or by the unit that signs.
pub(super) fn trouble(wrong: Trouble, ours: bool, setting: Setting<'_>) -> String {
    let (id, count) = match wrong {
        Trouble::Refused(count) => ("trouble-refused", count),
        Trouble::SetAside(count) => ("trouble-set-aside", count),
        Trouble::Stranded(count) => ("trouble-stranded", count),
        Trouble::OutOfLine(count) => ("trouble-receipts", count),
        Trouble::RollupFork if ours => ("trouble-rollup-fork", 0),
        Trouble::RollupFork => ("trouble-rollup-fork-there", 0),
        Trouble::Contradiction => ("trouble-contradiction", 0),
    };
    setting.tr_with(id, &[("count", super::table::count(count))])
}

/// `78 %`, rounded down: 100 % is only what is whole. `–` of nothing.
pub(super) fn percent(part: u64, whole: u64) -> String {
    match whole {
        0 => "–".to_owned(),
        _ => format!("{} %", u128::from(part) * 100 / u128::from(whole)),
    }
}

/// A bar of so many cells, from the signs that every Windows console has; what is
/// missing of it is shaded, so that it can be read without colours.
pub(super) fn bar(part: u64, whole: u64, cells: usize) -> String {
    let whole = u128::from(whole.max(1));
    let part = u128::from(part).min(whole);
    let halves = usize::try_from(part * 2 * cells as u128 / whole).unwrap_or(0);
    let mut bar = "█".repeat(halves / 2);
    if halves % 2 == 1 {
        bar.push('▌');
    }
    bar.extend(std::iter::repeat_n(
        '░',
        cells.saturating_sub(halves.div_ceil(2)),
    ));
    bar
}

/// The shade of a part of a whole: less than a quarter, a quarter, half, three
/// quarters, (nearly) all.
pub(super) fn shade(part: u64, whole: u64) -> char {
    match u128::from(part) * 100 / u128::from(whole.max(1)) {
        95.. => '█',
        75.. => '▓',
        50.. => '▒',
        25.. => '░',
        _ => '_',
    }
}

/// When, or a dash.
pub(super) fn when(at: Option<Timestamp>) -> Cell {
    let text = at.map_or_else(|| "–".to_owned(), stamp);
    Cell::number(text, at.map(Timestamp::as_millis))
}

/// The sign, word and tone of a line of the board.
pub(super) fn board_state(state: BoardState, setting: Setting<'_>) -> Bit {
    let (sign, id, tone) = match state {
        BoardState::NotJoined => ("○", "board-not-joined", Tone::Bad),
        BoardState::NotOpened => ("○", "board-not-opened", Tone::Warning),
        BoardState::Working => ("~", "board-working", Tone::Plain),
        BoardState::Incomplete => ("!", "board-incomplete", Tone::Bad),
        BoardState::TwoSubmissions => ("≠", "board-two", Tone::Bad),
        BoardState::Submitted => ("►", "board-submitted", Tone::Title),
        BoardState::Returned => ("◄", "board-returned", Tone::Warning),
        BoardState::Accepted => ("√", "board-accepted", Tone::Good),
    };
    (tone, format!("{sign} {}", setting.tr(id)))
}

/// In time or not.
pub(super) fn timeliness(timeliness: Option<Timeliness>, setting: Setting<'_>) -> Bit {
    match timeliness {
        None => (Tone::Dim, "–".to_owned()),
        Some(Timeliness::OnTime) => (Tone::Good, setting.tr("time-on-time")),
        Some(Timeliness::SignedOnTime) => (Tone::Warning, setting.tr("time-signed-on-time")),
        Some(Timeliness::Late) => (Tone::Bad, setting.tr("time-late")),
    }
}

/// How far a report has come.
pub(super) fn report_state(state: ReportState, setting: Setting<'_>) -> Bit {
    let tone = match state {
        ReportState::None => Tone::Dim,
        ReportState::Draft => Tone::Plain,
        ReportState::Submitted => Tone::Title,
        ReportState::Returned => Tone::Bad,
        ReportState::Accepted => Tone::Good,
    };
    (tone, state_words(setting.words, state))
}

/// What a reader must know of a unit.
pub(super) fn flag(kind: FlagKind, setting: Setting<'_>) -> String {
    setting.tr(match kind {
        FlagKind::Reenrolled => "flag-reenrolled",
        FlagKind::Pending => "flag-pending",
        FlagKind::NewerPending => "flag-newer-pending",
        FlagKind::Returned => "flag-returned",
    })
}

/// A count of units in time, late and missing.
pub(super) fn reception(totals: &Totals, setting: Setting<'_>) -> Vec<Bit> {
    let received = totals.received();
    vec![
        (
            Tone::Title,
            format!(
                "{} {received}/{} ({})",
                setting.tr("totals-received"),
                totals.expected,
                percent(received, totals.expected)
            ),
        ),
        (
            Tone::Good,
            format!("  {} {}", setting.tr("time-on-time"), totals.on_time),
        ),
        (
            if totals.late > 0 {
                Tone::Bad
            } else {
                Tone::Dim
            },
            format!("  {} {}", setting.tr("time-late"), totals.late),
        ),
        (
            if totals.missing.is_empty() {
                Tone::Dim
            } else {
                Tone::Bad
            },
            format!(
                "  {} {}",
                setting.tr("totals-missing"),
                totals.missing.len()
            ),
        ),
        (
            Tone::Plain,
            format!("  {} {}", setting.tr("totals-inputs"), totals.inputs),
        ),
    ]
}

/// `label: text` lines of a detail.
pub(super) fn said(setting: Setting<'_>, id: &str, text: &str) -> Bit {
    (Tone::Plain, format!("{}: {}", setting.tr(id), clean(text)))
}

/// The number of an aggregate and the words for it.
pub(super) fn aggregate(
    form: &Form,
    code: &str,
    value: &Aggregate,
    setting: Setting<'_>,
) -> (String, Option<i64>) {
    let ratio = |num: i64, den: i64| match den {
        ..=0 => ("–".to_owned(), None),
        _ => {
            let tenths = i128::from(num) * 1000 / i128::from(den);
            let tenths = i64::try_from(tenths).unwrap_or(i64::MAX);
            let point = if setting.lang == model::Lang::Vi {
                ','
            } else {
                '.'
            };
            let percent = format!("{}{point}{} %", tenths / 10, (tenths % 10).abs());
            let grouped = model::text::group_thousands;
            let text = match den {
                ..1_000_000 => format!("{percent} ({}/{})", grouped(num), grouped(den)),
                _ => percent,
            };
            (text, Some(tenths))
        }
    };
    match value {
        Aggregate::Sum { sum } => (model::text::group_thousands(*sum), Some(*sum)),
        Aggregate::Share { yes, of } => ratio(*yes, *of),
        Aggregate::Ratio { num, den } => ratio(*num, *den),
        Aggregate::Counts { counts } => {
            // A foreign rollup may say anything: nothing bounds the sum of its counts.
            let total = counts
                .values()
                .fold(0, |sum: i64, count| sum.saturating_add(*count));
            let some = counts.iter().filter(|(_, count)| **count > 0);
            let parts =
                some.map(|(id, count)| format!("{} {count}", choice(form, code, id, setting)));
            (parts.collect::<Vec<_>>().join(", "), Some(total))
        }
        Aggregate::List { list } => {
            let count = i64::try_from(list.len()).unwrap_or(i64::MAX);
            let args = [("count", messages::Arg::Int(count))];
            (setting.tr_with("totals-texts", &args), Some(count))
        }
    }
}

/// What a choice of a field, or of the column that an indicator counts, is called.
fn choice(form: &Form, code: &str, id: &str, setting: Setting<'_>) -> String {
    let of_field = form.field(code).map(|field| &field.choices);
    let of_column = form
        .indicators
        .iter()
        .find_map(|indicator| match &indicator.formula {
            model::form::Formula::CountChoices { table, column } if indicator.code == code => {
                Some(&form.field(table)?.column(column)?.choices)
            }
            _ => None,
        });
    let choices = of_column.or(of_field).into_iter().flatten();
    let found = choices.into_iter().find(|choice| choice.id == id);
    clean(found.map_or(id, |choice| choice.label.get(setting.lang)))
}

/// What an indicator or field is called.
pub(super) fn label(form: &Form, code: &str, setting: Setting<'_>) -> String {
    clean(form.label(code, setting.lang).unwrap_or(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_share_and_never_longer() {
        assert_eq!(bar(0, 10, 4), "░░░░");
        assert_eq!(bar(5, 10, 4), "██░░");
        assert_eq!(bar(10, 10, 4), "████");
        assert_eq!(bar(99, 10, 2), "██");
        assert_eq!(bar(3, 8, 4), "█▌░░");
        assert_eq!(bar(0, 0, 3), "░░░");
        assert_eq!(bar(u64::MAX, u64::MAX, 3), "███");
    }

    #[test]
    fn a_percentage_is_whole_only_if_all_are_there() {
        assert_eq!(percent(399, 400), "99 %");
        assert_eq!(percent(400, 400), "100 %");
        assert_eq!(percent(0, 0), "–");
    }

    #[test]
    fn a_shade_never_says_more_than_there_is() {
        let shades = [0, 24, 25, 50, 75, 94, 95, 100].map(|part| shade(part, 100));
        assert_eq!(shades, ['_', '_', '░', '▒', '▓', '▓', '█', '█']);
        assert_eq!(shade(0, 0), '_');
    }
}
