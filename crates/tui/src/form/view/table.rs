//! The rows of a table, with as many columns as there is room for.

use model::form::{Column, Field, FieldType};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Paragraph};

use super::first_line;
use crate::form::app::App;
use crate::parts::display::{clean, fit, pad, wrap};
use crate::parts::theme::Theme;

/// Columns (of the terminal) before the first cell: cursor, mark, space.
const LEAD: usize = 3;

/// Draws the table that is open.
pub(super) fn draw(
    app: &App,
    theme: Theme,
    frame: &mut Frame<'_>,
    area: Rect,
    code: &str,
    cursor: usize,
) {
    let Some(table) = app.table_field(code) else {
        return;
    };
    let columns = usize::from(area.width);
    let rows = app.rows(code);
    let title = clean(&format!(
        " {code}. {} ({}) ",
        table.label.get(app.lang),
        rows.len()
    ));
    let block = Block::new().borders(Borders::TOP).title(Span::styled(
        fit(&title, columns.saturating_sub(2)),
        theme.title(),
    ));
    let inner = block.inner(area);
    frame.render_widget(block, area);
    if rows.is_empty() {
        let text = empty_text(app, table);
        let lines: Vec<Line<'_>> = wrap(&text, columns).into_iter().map(Line::from).collect();
        frame.render_widget(Paragraph::new(lines), inner);
        return;
    }
    let shown = main_columns(table, columns.saturating_sub(LEAD));
    let mut head = " ".repeat(LEAD);
    for (column, room) in &shown {
        head.push_str(&pad(&clean(column.label.get(app.lang)), *room));
        head.push(' ');
    }
    let mut lines = vec![Line::styled(fit(&head, columns), theme.dim())];
    let height = usize::from(inner.height).saturating_sub(1);
    let first = first_line(cursor, rows.len(), height);
    for (at, row) in rows.iter().enumerate().skip(first).take(height) {
        lines.push(row_line(app, theme, code, row, at == cursor, &shown));
    }
    frame.render_widget(Paragraph::new(lines), inner);
}

fn empty_text(app: &App, table: &Field) -> String {
    let confirmed = app.shown.get(&format!("{}.empty", table.code)).as_bool();
    match (table.may_be_empty, confirmed) {
        (true, Some(true)) => app.tr("table-empty-confirmed"),
        (true, _) => app.tr("table-empty-may-confirm"),
        (false, _) => app.tr("table-empty"),
    }
}

fn row_line<'a>(
    app: &App,
    theme: Theme,
    code: &str,
    row: &str,
    selected: bool,
    columns: &[(&Column, usize)],
) -> Line<'a> {
    let (sign, sign_style) = super::sign(theme, app.mark(&format!("{code}/{row}")));
    let mut cells = String::new();
    for (column, room) in columns {
        let key = format!("{code}/{row}/{}", column.id);
        let text = app.form.display(&key, app.shown.get(&key), app.lang);
        let text = if text.is_empty() {
            "–".to_owned()
        } else {
            clean(&text)
        };
        cells.push_str(&pad(&text, *room));
        cells.push(' ');
    }
    let style = if selected {
        theme.selected()
    } else {
        ratatui::style::Style::new()
    };
    Line::from(vec![
        Span::raw(if selected { "›" } else { " " }),
        Span::styled(sign, sign_style),
        Span::raw(" "),
        Span::styled(cells, style),
    ])
}

/// The required columns first, then others in order, while there is room; the
/// first one gets what is left over.
fn main_columns(table: &Field, room: usize) -> Vec<(&Column, usize)> {
    let wanted = |column: &Column| match column.kind {
        FieldType::YesNo => 7,
        FieldType::Number | FieldType::Money => 9,
        FieldType::Date => 10,
        _ => 16,
    };
    let order = table
        .columns
        .iter()
        .filter(|column| column.required)
        .chain(table.columns.iter().filter(|column| !column.required));
    let mut shown: Vec<(&Column, usize)> = Vec::new();
    let mut used = 0;
    for column in order {
        let needs = wanted(column) + 1;
        if !shown.is_empty() && used + needs > room {
            break;
        }
        used += needs;
        shown.push((column, wanted(column)));
    }
    let spare = room.saturating_sub(used);
    if let Some((_, first)) = shown.first_mut() {
        *first += spare.min(24);
    }
    shown
}
