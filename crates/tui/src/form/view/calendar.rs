//! The month beside a date that is being typed.

use jiff::civil::Date;
use model::form::FieldType;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::form::app::App;
use crate::form::popup::{LineEdit, Popup};
use crate::parts::calendar::{WEEK_DAYS, weeks};
use crate::parts::display::{fit, width};
use crate::parts::theme::Theme;

/// Columns of a day, of the whole, and of what must be left for the entry.
const DAY: usize = 4;
const COLUMNS: u16 = 28;
const ENTRY: u16 = 20;

/// Lines before the weeks: the month, the names of the days.
const HEAD: u16 = 2;

/// Lines of the whole: month, names of the days, six weeks.
const LINES: u16 = 8;

/// Lines that the pane needs with its border while a date is in front.
pub(super) fn lines(app: &App) -> u16 {
    let dated = |popup: &Popup| matches!(popup, Popup::Line(edit) if edit.kind == FieldType::Date);
    match app.popups.iter().any(dated) {
        true => LINES + 1,
        false => 0,
    }
}

/// Where it stands in the pane, if there is room.
fn place(pane: Rect) -> Option<Rect> {
    (pane.width >= COLUMNS + ENTRY && pane.height >= LINES).then(|| Rect {
        x: pane.right() - COLUMNS,
        width: COLUMNS,
        ..pane
    })
}

/// The day at a point of the pane.
pub(super) fn day_at(app: &App, pane: Rect, edit: &LineEdit, at: (u16, u16)) -> Option<Date> {
    let area = place(pane)?;
    let month = edit.day().unwrap_or(app.now.date_in_vietnam());
    let week = usize::from(at.1.checked_sub(area.y + HEAD)?);
    let day = usize::from(at.0.checked_sub(area.x)?) / DAY;
    *weeks(month).get(week)?.get(day)?
}

/// Draws it; the columns that it took.
pub(super) fn draw(
    app: &App,
    theme: Theme,
    frame: &mut Frame<'_>,
    pane: Rect,
    edit: &LineEdit,
) -> u16 {
    let Some(area) = place(pane) else {
        return 0;
    };
    let today = app.now.date_in_vietnam();
    let picked = edit.day();
    let month = picked.unwrap_or(today);
    let title = format!("{:02}/{}", month.month(), month.year());
    let columns = usize::from(COLUMNS);
    let indent = " ".repeat(columns.saturating_sub(width(&title)) / 2);
    let names: String = app
        .tr("date-week")
        .split(' ')
        .take(WEEK_DAYS)
        .map(|name| format!(" {name:<width$}", width = DAY - 1))
        .collect();
    let mut lines = vec![
        Line::styled(format!("{indent}{title}"), theme.title()),
        Line::styled(fit(&names, columns), theme.dim()),
    ];
    for week in weeks(month) {
        let day = |day: Option<Date>| {
            let Some(day) = day else {
                return Span::raw(" ".repeat(DAY));
            };
            let number = day.day();
            match (Some(day) == picked, day == today) {
                (true, _) => Span::styled(format!("[{number:>2}]"), theme.selected()),
                (false, true) => Span::styled(format!("({number:>2})"), theme.key()),
                (false, false) => Span::styled(format!(" {number:>2} "), Style::new()),
            }
        };
        lines.push(Line::from(week.map(day).to_vec()));
    }
    frame.render_widget(Paragraph::new(lines), area);
    COLUMNS
}
