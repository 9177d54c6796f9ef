//! The grid of a table: the first column stays, the others scroll past it; sums
//! in a last line.

use messages::Arg;
use model::Scalar;
use model::form::{Column, Field, FieldType};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Paragraph};

use super::list::{List, below};
use crate::form::app::{App, Mark};
use crate::form::popup::Popup;
use crate::form::table::{Drawn, TablePlace, fitting};
use crate::parts::display::{clean, fit, pad, width, wrap};
use crate::parts::theme::Theme;

/// Columns (of the terminal) before the first cell: cursor, mark, space.
const LEAD: usize = 3;

/// Most lines that the names of columns take, and the height from which on they
/// may take more than one.
const HEAD_LINES: usize = 3;
const HEAD_FROM: usize = 9;

/// Where a grid puts what it shows.
pub(super) struct Grid {
    /// The columns that fit.
    pub(super) drawn: Vec<Drawn>,
    /// Whether more are hidden left and right.
    pub(super) more: (bool, bool),
    /// Lines of the names of the columns.
    pub(super) head: usize,
    /// The rows.
    pub(super) rows: List,
}

/// Lays a grid out inside its border.
pub(super) fn layout(app: &App, inner: Rect, table: &Field, open: &TablePlace) -> Grid {
    let (columns, lines) = (usize::from(inner.width), usize::from(inner.height));
    let (drawn, left, right) = fitting(table, columns.saturating_sub(LEAD), open.column);
    let needs = |one: &Drawn| heading(app, table, open, one).len();
    let head = match lines >= HEAD_FROM {
        true => drawn.iter().map(needs).max().unwrap_or(1),
        false => 1,
    };
    let room = below(inner, u16::try_from(head).unwrap_or(u16::MAX));
    // Beside the sums.
    let room = Rect {
        height: room.height.saturating_sub(1),
        ..room
    };
    Grid {
        drawn,
        more: (left, right),
        head,
        rows: List::new(room, open.cursor, app.table_rows().len()),
    }
}

/// What is at a point of a grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GridHit {
    /// The row's place; none for the names of the columns.
    pub(crate) row: Option<usize>,
    /// The column, by its place in the form.
    pub(crate) column: usize,
}

/// What is at a point of the table that is open.
pub(super) fn hit(app: &App, area: Rect, open: &TablePlace, at: (u16, u16)) -> Option<GridHit> {
    let table = app.table_field(&open.code)?;
    let inner = below(area, 1);
    let grid = layout(app, inner, table, open);
    let row = grid.rows.at(at.0, at.1);
    let lines = usize::from(at.1.checked_sub(inner.y)?);
    if row.is_none() && lines >= grid.head {
        return None;
    }
    // Left of the first cell is the first one too.
    let mut right = usize::from(inner.x) + LEAD;
    let under = grid.drawn.iter().find(|one| {
        right += one.width + 1;
        usize::from(at.0) < right
    });
    let column = under.or(grid.drawn.last())?.column;
    Some(GridHit { row, column })
}

/// Draws the table that is open.
pub(super) fn draw(app: &App, theme: Theme, frame: &mut Frame<'_>, area: Rect, open: &TablePlace) {
    let Some(table) = app.table_field(&open.code) else {
        return;
    };
    let columns = usize::from(area.width);
    let block = Block::new().borders(Borders::TOP).title(Span::styled(
        fit(&title(app, table, open), columns.saturating_sub(2)),
        theme.title(),
    ));
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let rows = app.table_rows();
    if rows.is_empty() {
        let text = clean(&empty_text(app, table, open));
        let lines: Vec<Line<'_>> = wrap(&text, columns).into_iter().map(Line::from).collect();
        frame.render_widget(Paragraph::new(lines), inner);
        return;
    }
    let grid = layout(app, inner, table, open);
    let mut lines = head(app, theme, table, open, &grid);
    for at in grid.rows.shown() {
        if let Some(row) = rows.get(at) {
            lines.push(row_line(app, theme, table, open, row, &grid.drawn));
        }
    }
    lines.resize(
        grid.head + usize::from(grid.rows.area.height),
        Line::default(),
    );
    lines.push(sums(app, theme, table, &rows, &grid.drawn));
    frame.render_widget(Paragraph::new(lines), inner);
}

/// Code, name and how many rows; with a filter, which and how many of them.
fn title(app: &App, table: &Field, open: &TablePlace) -> String {
    let all = app.shown.rows(&open.code).count();
    let shown = app.table_rows().len();
    let filtering = matches!(app.popups.last(), Some(Popup::Filter));
    let name = format!(" {}. {}", open.code, table.label.get(app.lang));
    let filter = open.filter.text();
    clean(&match filter.is_empty() && !filtering {
        true => format!("{name} ({all}) "),
        // The cursor of a text that is being typed.
        false => format!(
            " {} ({shown}/{all}) / {filter}{} ",
            open.code,
            if filtering { "_" } else { "" }
        ),
    })
}

fn empty_text(app: &App, table: &Field, open: &TablePlace) -> String {
    if app.shown.rows(&open.code).next().is_some() {
        let text = [("text", Arg::Str(open.filter.text()))];
        return app.words.tr_with("table-no-match", &text);
    }
    match (table.may_be_empty, app.is_confirmed_empty(&table.code)) {
        (true, true) => app.tr("table-empty-confirmed"),
        (true, _) => app.tr("table-empty-may-confirm"),
        (false, _) => app.tr("table-empty"),
    }
}

/// The name of a column on a few lines, and how it is sorted.
fn heading(app: &App, table: &Field, open: &TablePlace, one: &Drawn) -> Vec<String> {
    let Some(column) = table.columns.get(one.column) else {
        return Vec::new();
    };
    let sorted = match open.sort {
        Some(sort) if sort.column == one.column && sort.down => "▼",
        Some(sort) if sort.column == one.column => "▲",
        _ => "",
    };
    let label = clean(&format!("{sorted}{}", column.label.get(app.lang)));
    let mut lines = wrap(&label, one.width);
    if lines.len() > HEAD_LINES {
        let rest = lines.split_off(HEAD_LINES - 1).concat();
        lines.push(fit(&rest, one.width));
    }
    lines
}

/// The names of the columns, and whether there are more of them.
fn head<'a>(
    app: &App,
    theme: Theme,
    table: &Field,
    open: &TablePlace,
    grid: &Grid,
) -> Vec<Line<'a>> {
    let names: Vec<Vec<String>> = grid
        .drawn
        .iter()
        .map(|one| heading(app, table, open, one))
        .collect();
    let line = |at: usize| {
        let mut spans = vec![Span::raw(" ".repeat(LEAD))];
        for (place, (one, names)) in grid.drawn.iter().zip(&names).enumerate() {
            let name = match grid.head {
                // Cut off rather than broken.
                1 => names.concat(),
                _ => names.get(at).cloned().unwrap_or_default(),
            };
            let style = match one.column == open.column {
                true => theme.title(),
                false => theme.dim(),
            };
            let more = match (at, place, grid.more) {
                (0, 0, (true, _)) => "«",
                (0, place, (_, true)) if place + 1 == grid.drawn.len() => "»",
                _ => " ",
            };
            let name = match table.columns.get(one.column) {
                Some(column) => aligned(column, name.trim(), one.width),
                None => String::new(),
            };
            spans.push(Span::styled(name, style));
            spans.push(Span::styled(more, theme.key()));
        }
        Line::from(spans)
    };
    (0..grid.head).map(line).collect()
}

fn row_line<'a>(
    app: &App,
    theme: Theme,
    table: &Field,
    open: &TablePlace,
    row: &str,
    drawn: &[Drawn],
) -> Line<'a> {
    let selected = open.row.as_deref() == Some(row);
    let (sign, sign_style) = super::sign(theme, app.mark(&format!("{}/{row}", open.code)));
    let mut spans = vec![
        Span::raw(if selected { "›" } else { " " }),
        Span::styled(sign, sign_style),
        Span::raw(" "),
    ];
    for one in drawn {
        let Some(column) = table.columns.get(one.column) else {
            continue;
        };
        let key = format!("{}/{row}/{}", open.code, column.id);
        let (text, style) = match (typing(app, &key), cell(app, theme, &key)) {
            (Some(text), _) => (text, theme.key().add_modifier(Modifier::UNDERLINED)),
            (None, (text, _)) if selected && one.column == open.column => (text, theme.selected()),
            (None, cell) => cell,
        };
        spans.push(Span::styled(aligned(column, &text, one.width), style));
        spans.push(Span::raw(" "));
    }
    Line::from(spans)
}

/// What is being typed into a cell.
fn typing(app: &App, key: &str) -> Option<String> {
    app.popups.iter().find_map(|popup| match popup {
        Popup::Line(edit) if edit.key == key => Some(clean(edit.line.text())),
        _ => None,
    })
}

/// A cell with the sign of what is wrong with it, or that it is news.
fn cell(app: &App, theme: Theme, key: &str) -> (String, Style) {
    let text = match app.form.display(key, app.shown.get(key), app.lang) {
        empty if empty.is_empty() => "–".to_owned(),
        text => clean(&text),
    };
    let mark = app.mark(key);
    let (sign, style) = super::sign(theme, mark);
    match mark {
        Mark::Missing => (sign.to_owned(), style),
        Mark::Conflict | Mark::Unsaved | Mark::Error => (format!("{sign}{text}"), style),
        _ if app.is_news(key) => (format!("◄{text}"), theme.comment()),
        Mark::Warning | Mark::Filled | Mark::Empty => (text, Style::new()),
    }
}

/// Numbers stand under each other by their last digit.
fn aligned(column: &Column, text: &str, columns: usize) -> String {
    let text = fit(text, columns);
    match column.kind {
        FieldType::Number | FieldType::Money => {
            let missing = columns.saturating_sub(width(&text));
            format!("{}{text}", " ".repeat(missing))
        }
        _ => pad(&text, columns),
    }
}

/// Sums of the columns that add up, and how many say yes.
fn sums<'a>(app: &App, theme: Theme, table: &Field, rows: &[String], drawn: &[Drawn]) -> Line<'a> {
    let mut text = pad(" Σ", LEAD);
    for (at, one) in drawn.iter().enumerate() {
        let Some(column) = table.columns.get(one.column) else {
            continue;
        };
        let cells = rows
            .iter()
            .map(|row| app.shown.cell(&table.code, row, &column.id));
        let sum = match column.kind {
            _ if at == 0 => app
                .words
                .tr_with("table-rows", &[("count", Arg::from(rows.len()))]),
            // A level or a percentage has bounds, and no sum.
            FieldType::Number | FieldType::Money if column.max.is_none() => {
                let sum = cells.filter_map(Scalar::as_int);
                model::text::group_thousands(sum.fold(0, i64::saturating_add))
            }
            FieldType::YesNo => {
                let yes = cells.filter(|cell| cell.as_bool() == Some(true)).count();
                format!("{yes}/{}", rows.len())
            }
            _ => String::new(),
        };
        text.push_str(&aligned(column, &sum, one.width));
        text.push(' ');
    }
    Line::styled(text, theme.title())
}
