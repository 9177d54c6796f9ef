//! The box of the past: tabs, a filter, lines.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::list::{List, below};
use super::popups::{boxed, filter_line, inside, list_line};
use crate::form::app::App;
use crate::form::past::{PastBox, Tab};
use crate::parts::display::{clean, fit, width, wrap};
use crate::parts::theme::Theme;

/// Lines before the first of the list: tabs and filter.
const HEAD: u16 = 2;

/// Most lines of the foot, and the height of a box that has one.
const FOOT_LINES: usize = 4;
const FOOT_FROM: u16 = 12;

/// Columns of the box.
const COLUMNS: usize = 118;

/// Draws it.
pub(super) fn draw(app: &App, theme: Theme, frame: &mut Frame<'_>, over: Rect, past: &PastBox) {
    let title = app.tr("past-title");
    let inner = boxed(
        theme,
        frame,
        over,
        &title,
        COLUMNS,
        usize::from(over.height),
    );
    let columns = usize::from(inner.width);
    let mut lines = vec![
        tabs(app, theme, past, columns),
        filter_line(app, theme, &past.filter, columns),
    ];
    if past.found.is_empty() {
        lines.push(Line::styled(fit(&nothing(app, past), columns), theme.dim()));
    }
    let foot = foot(past, inner);
    for at in places(inner, past, foot.len()).shown() {
        if let Some(line) = past.line(at) {
            lines.push(list_line(theme, &line.text, at == past.cursor, columns));
        }
    }
    lines.resize(
        usize::from(inner.height).saturating_sub(foot.len()),
        Line::default(),
    );
    lines.extend(foot.into_iter().map(|line| Line::styled(line, theme.dim())));
    frame.render_widget(Paragraph::new(lines), inner);
}

/// The lines of the list, for pointing at them.
pub(super) fn list(over: Rect, past: &PastBox) -> List {
    let inner = inside(over, COLUMNS, usize::from(over.height));
    places(inner, past, foot(past, inner).len())
}

fn places(inner: Rect, past: &PastBox, foot: usize) -> List {
    let room = below(inner, HEAD);
    let foot = u16::try_from(foot).unwrap_or(u16::MAX);
    let room = Rect {
        height: room.height.saturating_sub(foot),
        ..room
    };
    List::new(room, past.cursor, past.found.len())
}

/// The whole of the line under the cursor, if the list had to cut it.
fn foot(past: &PastBox, inner: Rect) -> Vec<String> {
    let columns = usize::from(inner.width);
    let chosen = past.chosen().map_or("", |line| &line.text);
    if width(chosen) < columns || inner.height < FOOT_FROM {
        return Vec::new();
    }
    let mut foot = vec!["─".repeat(columns)];
    foot.extend(wrap(chosen.trim(), columns).into_iter().take(FOOT_LINES));
    foot
}

/// Why there are no lines.
fn nothing(app: &App, past: &PastBox) -> String {
    let failed = match &past.tab {
        Tab::Report | Tab::Field => past.history.as_ref().map(|read| read.as_ref().err()),
        Tab::Diff(_) => past.diff.as_ref().map(|read| read.as_ref().err()),
    };
    match (failed, past.filter.text().is_empty()) {
        (None, _) => app.tr("past-reading"),
        (Some(Some(reason)), _) => clean(reason),
        (Some(None), true) if matches!(past.tab, Tab::Diff(_)) => app.tr("past-no-difference"),
        (Some(None), _) => app.tr("jump-nothing"),
    }
}

/// As many tabs as fit, the one in front among them.
fn tabs<'a>(app: &App, theme: Theme, past: &PastBox, columns: usize) -> Line<'a> {
    let tabs = past.tabs();
    let at = tabs.iter().position(|tab| *tab == past.tab).unwrap_or(0);
    let names: Vec<String> = tabs.iter().map(|tab| app.tab_words(past, tab)).collect();
    let needs = |from: usize| -> usize {
        let shown = names.iter().take(at + 1).skip(from);
        shown.map(|name| width(name) + 3).sum()
    };
    let first = (0..at).find(|from| needs(*from) <= columns).unwrap_or(at);
    let mut spans = Vec::new();
    let mut used = 0;
    for (place, name) in names.iter().enumerate().skip(first) {
        if used + width(name) + 2 > columns && place > at {
            break;
        }
        let style = match place == at {
            true => theme.selected(),
            false => theme.dim(),
        };
        spans.push(Span::styled(format!(" {name} "), style));
        spans.push(Span::raw(" "));
        used += width(name) + 3;
    }
    Line::from(spans)
}
