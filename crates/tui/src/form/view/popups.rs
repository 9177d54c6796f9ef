//! What lies over the screens.

use messages::Arg;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Paragraph};

use super::detail::{put_cursor, styled};
use super::first_line;
use crate::form::app::App;
use crate::form::popup::{AreaEdit, ChoiceEdit, JumpKind, JumpList, Question, SecretPrompt};
use crate::parts::display::{clean, fit, pad, width};
use crate::parts::keymap::{Context, bindings};
use crate::parts::theme::Theme;

/// Columns of the help.
const HELP_COLUMNS: usize = 76;

/// A cleared, framed box of at most this size in the middle of the area; its
/// inside.
pub(super) fn boxed(
    theme: Theme,
    frame: &mut Frame<'_>,
    area: Rect,
    title: &str,
    columns: usize,
    lines: usize,
) -> Rect {
    let size = |wanted: usize, most: u16| {
        u16::try_from(wanted)
            .unwrap_or(u16::MAX)
            .saturating_add(2)
            .min(most)
    };
    let (width, height) = (size(columns, area.width), size(lines, area.height));
    let rect = Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + (area.height - height) / 2,
        width,
        height,
    };
    let title = fit(
        &format!(" {} ", clean(title)),
        usize::from(width).saturating_sub(2),
    );
    let block = Block::bordered().title(Span::styled(title, theme.title()));
    let inner = block.inner(rect);
    frame.render_widget(Clear, rect);
    frame.render_widget(block, rect);
    inner
}

fn label(app: &App, key: &str) -> String {
    app.form.label(key, app.lang).unwrap_or(key).to_owned()
}

/// A text of several lines.
pub(super) fn area(app: &App, theme: Theme, frame: &mut Frame<'_>, over: Rect, edit: &AreaEdit) {
    let title = format!("{} {}", edit.code, label(app, &edit.code));
    let inner = boxed(theme, frame, over, &title, 100, usize::from(over.height));
    let mut room = inner;
    if edit.arrived && inner.height > 2 {
        let text = fit(&app.tr("edit-text-arrived"), usize::from(inner.width));
        room.height -= 1;
        let last = Rect {
            y: inner.bottom() - 1,
            height: 1,
            ..inner
        };
        frame.render_widget(Line::styled(text, theme.warning()), last);
    }
    let (lines, row, column) = edit.area.layout(usize::from(room.width));
    let height = usize::from(room.height);
    let first = first_line(row, lines.len(), height);
    let shown: Vec<Line<'_>> = lines
        .iter()
        .skip(first)
        .take(height)
        .map(|line| Line::from(clean(line)))
        .collect();
    frame.render_widget(Paragraph::new(shown), room);
    put_cursor(frame, room, column, row.saturating_sub(first));
}

/// Choices to tick.
pub(super) fn choice(
    app: &App,
    theme: Theme,
    frame: &mut Frame<'_>,
    over: Rect,
    edit: &ChoiceEdit,
) {
    let visible = edit.visible();
    let title = label(app, &edit.key);
    let inner = boxed(theme, frame, over, &title, 60, edit.options.len() + 2);
    let columns = usize::from(inner.width);
    let mut lines = vec![filter_line(app, theme, &edit.filter, columns)];
    let height = usize::from(inner.height).saturating_sub(1);
    let first = first_line(edit.cursor, visible.len(), height);
    for (at, option) in visible.iter().enumerate().skip(first).take(height) {
        let Some(option) = edit.options.get(*option) else {
            continue;
        };
        let tick = match (edit.many, option.ticked) {
            (true, true) => "[x]",
            (true, false) => "[ ]",
            (false, true) => "(•)",
            (false, false) => "( )",
        };
        lines.push(list_line(
            theme,
            &format!("{tick} {}", clean(&option.label)),
            at == edit.cursor,
            columns,
        ));
    }
    frame.render_widget(Paragraph::new(lines), inner);
}

pub(super) fn list_line<'a>(theme: Theme, text: &str, selected: bool, columns: usize) -> Line<'a> {
    let sign = if selected { "›" } else { " " };
    let style = if selected {
        theme.selected()
    } else {
        Style::new()
    };
    Line::styled(pad(&format!("{sign}{text}"), columns), style)
}

pub(super) fn filter_line<'a>(
    app: &App,
    theme: Theme,
    filter: &crate::parts::line::Line,
    columns: usize,
) -> Line<'a> {
    if filter.text().is_empty() {
        return Line::styled(fit(&app.tr("filter-hint"), columns), theme.dim());
    }
    let (typed, _) = filter.window(columns.saturating_sub(3));
    Line::from(vec![
        Span::styled("/ ", theme.key()),
        Span::raw(clean(&typed)),
    ])
}

/// Fields, findings or comments to jump to.
pub(super) fn jump(app: &App, theme: Theme, frame: &mut Frame<'_>, over: Rect, list: &JumpList) {
    let title = match list.kind {
        JumpKind::Search => app.tr("jump-search"),
        JumpKind::Comments => app.tr("jump-comments"),
        JumpKind::Findings => app.words.tr_with(
            "jump-findings",
            &[("errors", Arg::from(app.check.errors.len()))],
        ),
    };
    let entries = app.jump_entries(list);
    let inner = boxed(theme, frame, over, &title, 90, usize::from(over.height));
    let columns = usize::from(inner.width);
    let mut lines = vec![filter_line(app, theme, &list.filter, columns)];
    if entries.is_empty() {
        lines.push(Line::styled(
            fit(&app.tr("jump-nothing"), columns),
            theme.dim(),
        ));
    }
    let height = usize::from(inner.height).saturating_sub(1);
    let first = first_line(list.cursor, entries.len(), height);
    for (at, (_, text)) in entries.iter().enumerate().skip(first).take(height) {
        lines.push(list_line(theme, text, at == list.cursor, columns));
    }
    frame.render_widget(Paragraph::new(lines), inner);
}

/// A question.
pub(super) fn confirm(
    app: &App,
    theme: Theme,
    frame: &mut Frame<'_>,
    over: Rect,
    question: &Question,
) {
    let columns = usize::from(over.width).saturating_sub(6).clamp(1, 60);
    let lines = styled(&clean(&question.text), columns, Style::new());
    let inner = boxed(
        theme,
        frame,
        over,
        &app.tr("confirm-title"),
        columns,
        lines.len(),
    );
    frame.render_widget(Paragraph::new(lines), inner);
}

/// The passphrase that opens a key.
pub(super) fn secret(
    app: &App,
    theme: Theme,
    frame: &mut Frame<'_>,
    over: Rect,
    prompt: &SecretPrompt,
) {
    let columns = usize::from(over.width).saturating_sub(6).clamp(1, 66);
    let mut lines = styled(&app.tr("unlock-why"), columns, theme.dim());
    let input = lines.len();
    let (line, at) = passphrase_line(app, theme, prompt, columns);
    lines.push(line);
    match (&prompt.error, prompt.busy) {
        (_, true) => lines.extend(styled(&app.tr("secret-busy"), columns, theme.dim())),
        (Some(error), _) => {
            lines.extend(styled(
                &format!("× {}", clean(error)),
                columns,
                theme.error(),
            ));
        }
        (None, false) => {}
    }
    // On a small terminal the input line counts more than the reason.
    let height = usize::from(over.height).saturating_sub(2);
    let skip = lines.len().saturating_sub(height).min(input);
    let title = app.tr("unlock-title");
    let inner = boxed(theme, frame, over, &title, columns, lines.len());
    let shown: Vec<Line<'_>> = lines.into_iter().skip(skip).collect();
    frame.render_widget(Paragraph::new(shown), inner);
    if !prompt.busy {
        put_cursor(frame, inner, at, input - skip);
    }
}

/// The line that a passphrase is typed into, and the cursor's column.
pub(super) fn passphrase_line<'a>(
    app: &App,
    theme: Theme,
    prompt: &SecretPrompt,
    columns: usize,
) -> (Line<'a>, usize) {
    let label = app.tr("secret-label");
    let room = columns.saturating_sub(width(&label) + 2);
    // The number of dots is capped: an outsider need not see the whole length.
    let dots = "•".repeat(prompt.secret.chars().min(room));
    let at = width(&label) + 1 + dots.chars().count();
    let line = Line::from(vec![
        Span::styled(format!("{label} "), theme.title()),
        Span::raw(dots),
    ]);
    (line, at)
}

/// Concurrent values to choose one of.
pub(super) fn conflict(
    app: &App,
    theme: Theme,
    frame: &mut Frame<'_>,
    over: Rect,
    key: &str,
    cursor: usize,
) {
    let columns = usize::from(over.width).saturating_sub(6).clamp(1, 76);
    let mut lines = styled(&app.tr("conflict-why"), columns, theme.dim());
    let values = app
        .conflict(key)
        .map_or(&[][..], |conflict| &conflict.values);
    let intro = lines.len();
    for (at, value) in values.iter().enumerate() {
        let row = key.matches('/').count() == 1;
        let shown = match value.value.as_bool() {
            Some(true) if row => app.tr("conflict-row-kept"),
            Some(false) if row => app.tr("conflict-row-removed"),
            _ => app.value_words(key, &value.value),
        };
        let text = app.words.tr_with(
            "conflict-value",
            &[
                ("value", Arg::Str(&shown)),
                ("author", Arg::Str(&value.author)),
                ("time", Arg::Str(&value.time)),
            ],
        );
        let text = format!("{}. {}", at + 1, clean(&text));
        lines.push(list_line(theme, &text, at == cursor, columns));
    }
    let name = app.key_name(key);
    let title = app
        .words
        .tr_with("conflict-title", &[("name", Arg::Str(&name))]);
    let inner = boxed(theme, frame, over, &title, columns, lines.len());
    let height = usize::from(inner.height);
    let first = first_line(intro + cursor, lines.len(), height);
    let shown: Vec<Line<'_>> = lines.into_iter().skip(first).collect();
    frame.render_widget(Paragraph::new(shown), inner);
}

/// Every key of every context, straight from the keymap.
pub(super) fn help(app: &App, theme: Theme, frame: &mut Frame<'_>, over: Rect, scroll: usize) {
    let title = app.tr("help-title");
    let lines = usize::from(over.height);
    let inner = boxed(theme, frame, over, &title, HELP_COLUMNS, lines);
    let lines = help_lines(app, theme, usize::from(inner.width));
    let last = lines.len().saturating_sub(usize::from(inner.height));
    let shown: Vec<Line<'_>> = lines.into_iter().skip(scroll.min(last)).collect();
    frame.render_widget(Paragraph::new(shown), inner);
}

/// How far the help can be scrolled where there is so much room.
pub(super) fn help_scroll_max(app: &App, over: Rect) -> usize {
    let columns = usize::from(over.width.saturating_sub(2)).min(HELP_COLUMNS);
    let height = usize::from(over.height.saturating_sub(2));
    let lines = help_lines(app, Theme::plain(), columns).len();
    lines.saturating_sub(height)
}

fn help_lines<'a>(app: &App, theme: Theme, columns: usize) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    for (context, title) in [
        (Context::Form, "context-form"),
        (Context::Table, "context-table"),
        (Context::Filter, "context-filter"),
        (Context::Line, "context-line"),
        (Context::Date, "context-date"),
        (Context::Area, "context-area"),
        (Context::Choice, "context-choice"),
        (Context::Jump, "context-jump"),
        (Context::Past, "context-past"),
        (Context::Conflict, "context-conflict"),
        (Context::Confirm, "context-confirm"),
        (Context::Secret, "context-secret"),
        (Context::Global, "context-global"),
        (Context::Help, "context-help"),
    ] {
        lines.push(Line::styled(fit(&app.tr(title), columns), theme.title()));
        for binding in bindings(context) {
            let names: Vec<String> = binding.keys.iter().map(|key| key.name()).collect();
            lines.push(Line::from(vec![
                Span::styled(pad(&format!("  {}", names.join(", ")), 24), theme.key()),
                Span::raw(fit(&app.tr(binding.label), columns.saturating_sub(24))),
            ]));
        }
        lines.push(Line::default());
    }
    lines.extend(styled(&app.tr("help-marks"), columns, theme.dim()));
    lines
}
