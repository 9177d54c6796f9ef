//! The pane below the list: everything about the field under the cursor, or the
//! line that is being typed into it.

use messages::Arg;
use model::Scalar;
use model::form::FieldType;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Paragraph};

use crate::form::app::App;
use crate::form::items::{Item, Shape, field_code};
use crate::form::popup::{LineEdit, Popup};
use crate::form::upon::Arrived;
use crate::parts::display::{clean, fit, pad, width, wrap};
use crate::parts::number::magnitude;
use crate::parts::theme::Theme;
use crate::parts::words::stamp;

/// Columns kept for what is typed before anything stands beside it.
const ENTRY_COLUMNS: usize = 20;

/// What has come to a key while it was edited.
pub(super) fn arrived_words(app: &App, key: &str, many: bool, arrived: &Arrived) -> String {
    let (id, value) = match arrived {
        Arrived::Instead(value) if many => ("edit-arrived-many", value),
        Arrived::Instead(value) => ("edit-arrived", value),
        Arrived::Beside(value) => ("edit-arrived-beside", value),
    };
    let value = app.value_words(key, value);
    let text = app.words.tr_with(id, &[("value", Arg::Str(&value))]);
    format!("! {}", clean(&text))
}

/// Draws the pane.
pub(super) fn draw(app: &App, theme: Theme, frame: &mut Frame<'_>, area: Rect) {
    if app.base.is_none() {
        return;
    }
    let editing = app.popups.iter().rev().find_map(|popup| match popup {
        Popup::Line(edit) => Some(edit),
        _ => None,
    });
    match editing {
        Some(edit) => draw_editor(app, theme, frame, area, edit),
        None => draw_detail(app, theme, frame, area),
    }
}

fn pane(theme: Theme, frame: &mut Frame<'_>, area: Rect, title: &str) -> Rect {
    let title = fit(
        &format!(" {title} "),
        usize::from(area.width).saturating_sub(2),
    );
    let block = Block::new()
        .borders(Borders::TOP)
        .title(Span::styled(title, theme.title()));
    let inner = block.inner(area);
    frame.render_widget(block, area);
    inner
}

fn draw_editor(app: &App, theme: Theme, frame: &mut Frame<'_>, area: Rect, edit: &LineEdit) {
    let title = match edit.key.contains('/') {
        true => app.key_name(&edit.key),
        false => {
            let label = app.form.label(&edit.key, app.lang).unwrap_or_default();
            format!("{} {label}", edit.key)
        }
    };
    let inner = pane(theme, frame, area, &clean(&title));
    let mut text = inner;
    if edit.kind == FieldType::Date {
        text.width -= super::calendar::draw(app, theme, frame, inner, edit);
    }
    let columns = usize::from(text.width);
    let beside = beside(app, edit);
    let (typed, cursor) = edit.line.window(columns.saturating_sub(3));
    let typed = clean(&typed);
    // What stands beside the entry, if there is room for both.
    let room = columns.saturating_sub(2 + width(&typed).max(ENTRY_COLUMNS) + 2);
    let fits = !beside.is_empty() && width(&beside) <= room;
    let mut lines = vec![Line::from(vec![
        Span::styled("> ", theme.key()),
        Span::raw(match fits {
            true => pad(&typed, columns - 2 - width(&beside)),
            false => typed,
        }),
        Span::styled(
            if fits { beside.clone() } else { String::new() },
            theme.dim(),
        ),
    ])];
    let mut say = |text: &str, style: Style| {
        lines.extend(styled(text, columns, style));
    };
    if let Some(error) = &edit.error {
        say(&format!("× {}", clean(error)), theme.error());
    }
    if let Some(arrived) = &edit.footing.arrived {
        if let Some(text) = changed_by(app, &edit.key) {
            say(&text, theme.comment());
        }
        say(
            &arrived_words(app, &edit.key, false, arrived),
            theme.warning(),
        );
    }
    if !fits && !beside.is_empty() {
        say(&beside, theme.dim());
    }
    if let Some(item) = app.current().filter(|item| item.key == edit.key)
        && let Some(help) = &item.help
    {
        say(&clean(help), theme.dim());
    }
    frame.render_widget(Paragraph::new(lines), text);
    if matches!(app.popups.last(), Some(Popup::Line(_))) {
        put_cursor(frame, text, 2 + cursor, 0);
    }
}

/// An amount in words and the value of the last accepted report.
fn beside(app: &App, edit: &LineEdit) -> String {
    let mut parts = Vec::new();
    let typed = app.form.parse_value(&edit.key, edit.line.text());
    if let (FieldType::Money, Ok(Scalar::Int(dong))) = (edit.kind, typed) {
        parts.extend(magnitude(&app.words, app.lang, dong));
    }
    parts.extend(previous(app, &edit.key));
    parts.join(" · ")
}

/// Puts the terminal's cursor inside an area, or at its edge.
pub(super) fn put_cursor(frame: &mut Frame<'_>, area: Rect, column: usize, line: usize) {
    if area.is_empty() {
        return;
    }
    let within = |at: usize, size: u16| u16::try_from(at).unwrap_or(u16::MAX).min(size - 1);
    frame.set_cursor_position(Position {
        x: area.x + within(column, area.width),
        y: area.y + within(line, area.height),
    });
}

fn draw_detail(app: &App, theme: Theme, frame: &mut Frame<'_>, area: Rect) {
    let key = app.current_key();
    let item = app.current().filter(|item| item.key == key);
    let basis = item.as_ref().and_then(|item| item.basis.as_deref());
    let title = match (&item, basis) {
        (Some(item), None) if item.key.contains('/') => clean(&app.key_name(&key)),
        (Some(_), Some(basis)) => format!("{key} · {}", clean(basis)),
        _ => clean(&app.key_name(&key)),
    };
    let inner = pane(theme, frame, area, &title);
    let columns = usize::from(inner.width);
    let mut lines = Vec::new();
    if let Some(item) = &item {
        lines.extend(styled(&clean(&item.label), columns, theme.title()));
    }
    if app.conflict(&key).is_some() {
        lines.extend(styled(
            &format!("≠ {}", app.tr("detail-conflict")),
            columns,
            theme.error(),
        ));
    }
    if let Some(text) = changed_by(app, &key) {
        lines.extend(styled(&text, columns, theme.comment()));
    }
    // In a grid the whole row is looked at, the cell first.
    let row = match &app.place.table {
        Some(table) if !table.open => table
            .row
            .as_ref()
            .map(|row| format!("{}/{row}", table.code)),
        _ => None,
    };
    let mut findings: Vec<_> = app.findings(row.as_ref().unwrap_or(&key)).collect();
    findings.sort_by_key(|(finding, _)| finding.code != key);
    for (finding, error) in findings {
        let (sign, style) = match error {
            true => ("×", theme.error()),
            false => ("!", theme.warning()),
        };
        let whose = match finding.code == key {
            true => String::new(),
            false => format!("{}: ", app.key_name(&finding.code)),
        };
        let text = format!("{sign} {whose}{}", finding.message(&app.form, app.lang));
        lines.extend(styled(&clean(&text), columns, style));
    }
    for comment in app.comments(&key) {
        let text = format!("» {} ({}, {})", comment.text, comment.by, comment.time);
        lines.extend(styled(&clean(&text), columns, theme.comment()));
    }
    if let Some(item) = &item {
        lines.extend(about(app, theme, item, columns));
    }
    if app.in_grid() {
        lines.extend(computed(app, theme, columns));
    }
    frame.render_widget(Paragraph::new(lines), inner);
}

/// What the rows of the open table come to.
fn computed<'a>(app: &App, theme: Theme, columns: usize) -> Vec<Line<'a>> {
    let code = app.place.table.as_ref().map_or("", |table| &table.code);
    let items = app.section_items(app.place.section);
    let of_table = items.iter().filter(|item| field_code(&item.key) == code);
    let lines = of_table.filter_map(|item| match &item.shape {
        Shape::Computed(value) => Some(format!("= {}: {value}", item.label)),
        _ => None,
    });
    lines
        .map(|line| Line::styled(fit(&clean(&line), columns), theme.dim()))
        .collect()
}

/// The whole value where the list had to cut it, the previous one, the help.
fn about<'a>(app: &App, theme: Theme, item: &Item, columns: usize) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    let value = super::fields::value_text(app, item);
    if width(&value) > columns * 2 / 5 - 2 {
        lines.extend(styled(&value, columns, Style::new()));
    }
    let amount = app.shown.get(&item.key).as_int();
    if let (Shape::Scalar(FieldType::Money), Some(dong)) = (&item.shape, amount)
        && let Some(text) = magnitude(&app.words, app.lang, dong)
    {
        lines.extend(styled(&text, columns, Style::new()));
    }
    if matches!(item.shape, Shape::Scalar(_))
        && let Some(text) = previous(app, &item.key)
    {
        lines.extend(styled(&text, columns, theme.dim()));
    }
    if let Some(help) = &item.help {
        lines.extend(styled(&clean(help), columns, theme.dim()));
    }
    lines
}

/// Who has just changed a key, when, and from what.
fn changed_by(app: &App, key: &str) -> Option<String> {
    let change = app.news.get(key)?;
    let author = change
        .author
        .clone()
        .unwrap_or_else(|| app.tr("news-somebody"));
    let at = change.at.map(stamp).unwrap_or_default();
    let before = app.value_words(key, &change.before);
    let args = [
        ("author", Arg::Str(&author)),
        ("time", Arg::Str(&at)),
        ("before", Arg::Str(&before)),
    ];
    Some(clean(&format!(
        "◄ {}",
        app.words.tr_with("news-line", &args)
    )))
}

/// What the last accepted report said, where it is a plain value.
fn previous(app: &App, key: &str) -> Option<String> {
    let previous = app.base.as_ref()?.previous.as_ref()?;
    let value = previous.get(key);
    if *value == Scalar::Null {
        return None;
    }
    let shown = app.form.display(key, value, app.lang);
    let text = app
        .words
        .tr_with("detail-previous", &[("value", Arg::Str(&shown))]);
    Some(clean(&text))
}

/// A cleaned text on as many lines as it needs.
pub(super) fn styled<'a>(text: &str, columns: usize, style: Style) -> Vec<Line<'a>> {
    wrap(text, columns)
        .into_iter()
        .map(|line| Line::styled(line, style))
        .collect()
}
