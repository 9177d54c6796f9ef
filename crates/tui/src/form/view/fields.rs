//! Sections on the left, the fields of one of them (or of one row) on the right.

use messages::Arg;
use model::form::FieldType;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Paragraph};

use super::list::{List, below};
use crate::form::app::{App, Mark};
use crate::form::items::{Item, Shape};
use crate::form::table::TablePlace;
use crate::parts::display::{clean, fit, pad, width};
use crate::parts::theme::Theme;
use crate::parts::words::more_below;

/// The sections with how much is filled and how many errors there are.
pub(super) fn sections(app: &App, theme: Theme, frame: &mut Frame<'_>, area: Rect) {
    frame.render_widget(sections_block(), area);
    let list = section_list(app, area);
    let columns = usize::from(list.area.width);
    let at = app.place.section;
    let lines: Vec<Line<'_>> = list
        .shown()
        .map(|section| section_line(app, theme, section, section == at, columns))
        .collect();
    frame.render_widget(Paragraph::new(lines), list.area);
}

fn sections_block() -> Block<'static> {
    Block::new().borders(Borders::TOP | Borders::RIGHT)
}

/// The lines of the sections.
pub(super) fn section_list(app: &App, area: Rect) -> List {
    let count = app.form.sections.len();
    List::new(sections_block().inner(area), app.place.section, count)
}

/// The lines of the fields.
pub(super) fn item_list(app: &App, area: Rect) -> List {
    List::new(below(area, 1), app.cursor(), app.items().len())
}

fn section_line<'a>(
    app: &App,
    theme: Theme,
    section: usize,
    selected: bool,
    columns: usize,
) -> Line<'a> {
    let Some(described) = app.form.sections.get(section) else {
        return Line::default();
    };
    let total = described.fields.len();
    let filled = described
        .fields
        .iter()
        .filter(|field| app.is_filled(&field.code))
        .count();
    let errors = app.section_errors(section);
    let trouble = if errors > 0 {
        format!(" ×{errors}")
    } else {
        String::new()
    };
    let counts = format!(" {filled}/{total}");
    let sign = if selected { "›" } else { " " };
    let name = clean(&format!(
        "{sign}{} {}",
        described.code,
        described.title.get(app.lang)
    ));
    let room = columns.saturating_sub(width(&counts) + width(&trouble));
    let style = if selected {
        theme.selected()
    } else {
        ratatui::style::Style::new()
    };
    Line::from(vec![
        Span::styled(pad(&name, room), style),
        Span::styled(counts, theme.dim()),
        Span::styled(trouble, theme.error()),
    ])
}

/// The fields of the list in front.
pub(super) fn draw(app: &App, theme: Theme, frame: &mut Frame<'_>, area: Rect) {
    let columns = usize::from(area.width);
    let items = app.items();
    let cursor = app.cursor();
    let list = item_list(app, area);
    let more = more_below(&app.words, items.len().saturating_sub(list.shown().end));
    let more = more.map_or_else(String::new, |text| format!(" {text} "));
    let room = columns.saturating_sub(2 + width(&more));
    let block = Block::new()
        .borders(Borders::TOP)
        .title(Span::styled(fit(&title(app), room), theme.title()))
        .title(Line::styled(more, theme.dim()).right_aligned());
    frame.render_widget(block, area);
    // Codes stand in a column of their own, as wide as the widest.
    let code_columns = items
        .iter()
        .filter(|item| !matches!(item.shape, Shape::Computed(_)))
        .map(|item| width(&item.code) + 1)
        .max()
        .unwrap_or(1);
    let lines: Vec<Line<'_>> = list
        .shown()
        .filter_map(|at| Some((at, items.get(at)?)))
        .map(|(at, item)| item_line(app, theme, item, at == cursor, code_columns, columns))
        .collect();
    frame.render_widget(Paragraph::new(lines), list.area);
}

fn title(app: &App) -> String {
    match &app.place.table {
        Some(TablePlace {
            code,
            cursor,
            row: Some(row),
            ..
        }) => {
            let name = clean(&app.row_name(code, row));
            let (at, count) = (cursor + 1, app.table_rows().len());
            format!(" {code} › {name} ({at}/{count}) ")
        }
        _ => match app.form.sections.get(app.place.section) {
            Some(section) => clean(&format!(
                " {}. {} ",
                section.code,
                section.title.get(app.lang)
            )),
            None => String::new(),
        },
    }
}

fn item_line<'a>(
    app: &App,
    theme: Theme,
    item: &Item,
    selected: bool,
    code_columns: usize,
    columns: usize,
) -> Line<'a> {
    let computed = matches!(item.shape, Shape::Computed(_));
    let mark = app.mark(&item.key);
    let (sign, sign_style) = match computed {
        true if mark != Mark::Warning => ("=", theme.dim()),
        _ => super::sign(theme, mark),
    };
    let star = if item.required { "*" } else { "" };
    let code = match computed {
        true => String::new(),
        false => format!("{}{star}", item.code),
    };
    let said = app.comments(&item.key).next().is_some();
    let value_columns = (columns * 2 / 5).max(12);
    let label_columns = columns.saturating_sub(value_columns + code_columns + 6);
    let label = match item.label.is_empty() {
        true => item.code.clone(),
        false => clean(&item.label),
    };
    let style = if selected {
        theme.selected()
    } else {
        ratatui::style::Style::new()
    };
    Line::from(vec![
        Span::raw(if selected { "›" } else { " " }),
        Span::styled(sign, sign_style),
        Span::styled(if said { "»" } else { " " }, theme.comment()),
        Span::styled(
            format!(
                "{} {} ",
                pad(&code, code_columns),
                pad(&label, label_columns)
            ),
            style,
        ),
        Span::styled(
            match app.is_news(&item.key) {
                true => "◄",
                false => "",
            },
            theme.comment(),
        ),
        Span::styled(
            fit(&value_text(app, item), value_columns),
            if computed { theme.dim() } else { theme.title() },
        ),
    ])
}

/// The value of an item on one line, cleaned.
pub(super) fn value_text(app: &App, item: &Item) -> String {
    match &item.shape {
        Shape::Computed(text) => clean(text),
        Shape::LongText => app
            .shown
            .texts
            .get(&item.key)
            .map_or_else(dash, |text| clean(text)),
        Shape::Table => {
            let rows = app.shown.rows(&item.key).count();
            match (rows, app.is_confirmed_empty(&item.key)) {
                (0, true) => app.tr("table-confirmed-empty"),
                _ => app
                    .words
                    .tr_with("table-rows", &[("count", Arg::from(rows))]),
            }
        }
        Shape::Scalar(kind) => {
            let value = app.shown.get(&item.key);
            let text = clean(&app.form.display(&item.key, value, app.lang));
            match (kind, value.as_bool()) {
                (FieldType::YesNo, Some(true)) => format!("[x] {text}"),
                (FieldType::YesNo, Some(false)) => format!("[ ] {text}"),
                _ if text.is_empty() => dash(),
                _ => text,
            }
        }
    }
}

fn dash() -> String {
    "–".to_owned()
}
