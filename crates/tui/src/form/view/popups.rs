//! What lies over the screens.

use messages::Arg;
use model::input::LONG_TEXT_MAX_CHARS;
use model::text::group_thousands;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Paragraph};

use super::detail::{arrived_words, put_cursor, styled};
use super::list::{List, below};
use crate::form::app::App;
use crate::form::popup::{
    AreaEdit, ChoiceEdit, ConflictBox, JumpKind, JumpList, Popup, Question, SecretPrompt,
};
use crate::parts::display::{clean, fit, pad, width, wrap};
use crate::parts::theme::Theme;

/// Columns of the boxes, where there is room.
const AREA_COLUMNS: usize = 100;
const CHOICE_COLUMNS: usize = 60;
const JUMP_COLUMNS: usize = 90;

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
    let rect = box_of(area, columns, lines);
    let title = fit(
        &format!(" {} ", clean(title)),
        usize::from(rect.width).saturating_sub(2),
    );
    let block = Block::bordered().title(Span::styled(title, theme.title()));
    frame.render_widget(Clear, rect);
    frame.render_widget(block, rect);
    inside(area, columns, lines)
}

fn box_of(area: Rect, columns: usize, lines: usize) -> Rect {
    let size = |wanted: usize, most: u16| {
        u16::try_from(wanted)
            .unwrap_or(u16::MAX)
            .saturating_add(2)
            .min(most)
    };
    let (width, height) = (size(columns, area.width), size(lines, area.height));
    Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + (area.height - height) / 2,
        width,
        height,
    }
}

/// The inside of a box of at most this size.
pub(super) fn inside(area: Rect, columns: usize, lines: usize) -> Rect {
    Block::bordered().inner(box_of(area, columns, lines))
}

/// The lines of the list in front, for pointing at them.
pub(super) fn list_in_front(app: &App, over: Rect) -> Option<List> {
    match app.popups.last()? {
        Popup::Choice(edit) => Some(choice_list(app, over, edit)),
        Popup::Jump(list) => Some(jump_list(over, list, app.jump_entries(list).len())),
        Popup::Conflict(open) => Some(conflict_list(app, over, open)),
        Popup::Past(past) => Some(super::past::list(over, past)),
        _ => None,
    }
}

fn label(app: &App, key: &str) -> String {
    app.form.label(key, app.lang).unwrap_or(key).to_owned()
}

/// A text of several lines.
pub(super) fn area(app: &App, theme: Theme, frame: &mut Frame<'_>, over: Rect, edit: &AreaEdit) {
    let most = group_thousands(i64::try_from(LONG_TEXT_MAX_CHARS).unwrap_or(i64::MAX));
    let chars = group_thousands(i64::try_from(edit.area.chars()).unwrap_or(i64::MAX));
    let name = format!("{} {}", edit.code, label(app, &edit.code));
    let title = format!("{name} · {chars}/{most}");
    let inner = boxed(
        theme,
        frame,
        over,
        &title,
        AREA_COLUMNS,
        usize::from(over.height),
    );
    let room = area_room(over, edit);
    if room.height < inner.height {
        let author = app
            .news
            .get(&edit.code)
            .and_then(|news| news.author.as_ref());
        let text = match author {
            Some(author) => app
                .words
                .tr_with("edit-text-arrived-by", &[("author", Arg::Str(author))]),
            None => app.tr("edit-text-arrived"),
        };
        let text = fit(&clean(&text), usize::from(inner.width));
        let last = below(inner, inner.height - 1);
        frame.render_widget(Line::styled(text, theme.warning()), last);
    }
    let (lines, row, column) = edit.area.layout(usize::from(room.width));
    let list = List::new(room, row, lines.len());
    let shown: Vec<Line<'_>> = list
        .shown()
        .filter_map(|at| lines.get(at))
        .map(|line| Line::from(clean(line)))
        .collect();
    frame.render_widget(Paragraph::new(shown), room);
    put_cursor(frame, room, column, row.saturating_sub(list.shown().start));
}

/// Where the text itself is.
pub(super) fn area_room(over: Rect, edit: &AreaEdit) -> Rect {
    let inner = inside(over, AREA_COLUMNS, usize::from(over.height));
    let foot = u16::from(edit.arrived && inner.height > 2);
    Rect {
        height: inner.height - foot,
        ..inner
    }
}

/// Choices to tick.
pub(super) fn choice(
    app: &App,
    theme: Theme,
    frame: &mut Frame<'_>,
    over: Rect,
    edit: &ChoiceEdit,
) {
    let title = label(app, &edit.key);
    let inner = boxed(
        theme,
        frame,
        over,
        &title,
        CHOICE_COLUMNS,
        choice_lines(app, over, edit),
    );
    let columns = usize::from(inner.width);
    let mut lines = vec![filter_line(app, theme, &edit.filter, columns)];
    let news = choice_news(app, over, edit).into_iter();
    lines.extend(news.map(|line| Line::styled(line, theme.warning())));
    let visible = edit.visible();
    for at in choice_list(app, over, edit).shown() {
        let option = visible.get(at).and_then(|option| edit.options.get(*option));
        let Some(option) = option else {
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

fn choice_lines(app: &App, over: Rect, edit: &ChoiceEdit) -> usize {
    edit.options.len() + 2 + choice_news(app, over, edit).len()
}

fn choice_list(app: &App, over: Rect, edit: &ChoiceEdit) -> List {
    let inner = inside(over, CHOICE_COLUMNS, choice_lines(app, over, edit));
    let above = 1 + choice_news(app, over, edit).len();
    let above = u16::try_from(above).unwrap_or(u16::MAX);
    List::new(below(inner, above), edit.cursor, edit.visible().len())
}

/// What has come to the key meanwhile; on a small terminal only its beginning.
fn choice_news(app: &App, over: Rect, edit: &ChoiceEdit) -> Vec<String> {
    let Some(arrived) = &edit.footing.arrived else {
        return Vec::new();
    };
    let columns = usize::from(inside(over, CHOICE_COLUMNS, 1).width);
    let text = arrived_words(app, &edit.key, edit.many, arrived);
    let mut lines = wrap(&text, columns);
    lines.truncate((usize::from(over.height) / 4).max(1));
    lines
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
    let inner = boxed(
        theme,
        frame,
        over,
        &title,
        JUMP_COLUMNS,
        usize::from(over.height),
    );
    let columns = usize::from(inner.width);
    let mut lines = vec![filter_line(app, theme, &list.filter, columns)];
    if entries.is_empty() {
        lines.push(Line::styled(
            fit(&app.tr("jump-nothing"), columns),
            theme.dim(),
        ));
    }
    for at in jump_list(over, list, entries.len()).shown() {
        if let Some((_, text)) = entries.get(at) {
            lines.push(list_line(theme, text, at == list.cursor, columns));
        }
    }
    frame.render_widget(Paragraph::new(lines), inner);
}

fn jump_list(over: Rect, list: &JumpList, count: usize) -> List {
    let inner = inside(over, JUMP_COLUMNS, usize::from(over.height));
    List::new(below(inner, 1), list.cursor, count)
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
    open: &ConflictBox,
) {
    let (key, cursor) = (open.key.as_str(), open.cursor);
    let name = app.key_name(key);
    let title = app
        .words
        .tr_with("conflict-title", &[("name", Arg::Str(&name))]);
    let (columns, intro, count) = conflict_size(app, over, open);
    let inner = boxed(theme, frame, over, &title, columns, intro.len() + count);
    let list = conflict_list(app, over, open);
    let why: Vec<Line<'_>> = intro
        .into_iter()
        .map(|line| Line::styled(line, theme.dim()))
        .collect();
    frame.render_widget(Paragraph::new(why), inner);
    let mut lines = Vec::new();
    for at in list.shown() {
        let Some(value) = open.values.get(at) else {
            continue;
        };
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
    frame.render_widget(Paragraph::new(lines), list.area);
}

/// Columns of the box, what stands above the values, and how many these are.
fn conflict_size(app: &App, over: Rect, open: &ConflictBox) -> (usize, Vec<String>, usize) {
    let columns = usize::from(over.width).saturating_sub(6).clamp(1, 76);
    let count = open.values.len();
    let mut why = wrap(&app.tr("conflict-why"), columns);
    // On a small terminal the values count more.
    if why.len() + count + 2 > usize::from(over.height) {
        why.clear();
    }
    (columns, why, count)
}

fn conflict_list(app: &App, over: Rect, open: &ConflictBox) -> List {
    let (columns, why, count) = conflict_size(app, over, open);
    let inner = inside(over, columns, why.len() + count);
    let why = u16::try_from(why.len()).unwrap_or(u16::MAX);
    List::new(below(inner, why), open.cursor, count)
}
