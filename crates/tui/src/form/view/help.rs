//! The help: every key of every context, straight from the keymap.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::detail::styled;
use super::popups::boxed;
use crate::form::app::App;
use crate::parts::display::{fit, pad, width};
use crate::parts::keymap::{Context, bindings};
use crate::parts::theme::Theme;
use crate::parts::words::{more_above, more_below};

const HELP_COLUMNS: usize = 76;

pub(super) fn help(app: &App, theme: Theme, frame: &mut Frame<'_>, over: Rect, scroll: usize) {
    let title = app.tr("help-title");
    let lines = usize::from(over.height);
    let inner = boxed(theme, frame, over, &title, HELP_COLUMNS, lines);
    let lines = lines_of(app, theme, usize::from(inner.width));
    let room = usize::from(inner.height);
    let above = scroll.min(lines.len().saturating_sub(room));
    let below = lines.len().saturating_sub(above + room);
    let shown: Vec<Line<'_>> = lines.into_iter().skip(above).collect();
    frame.render_widget(Paragraph::new(shown), inner);
    on_frame(
        theme,
        frame,
        inner,
        more_above(&app.words, above),
        inner.top().checked_sub(1),
    );
    on_frame(
        theme,
        frame,
        inner,
        more_below(&app.words, below),
        Some(inner.bottom()),
    );
}

/// A sign at the end of a line of the frame around an area.
fn on_frame(
    theme: Theme,
    frame: &mut Frame<'_>,
    inner: Rect,
    sign: Option<String>,
    line: Option<u16>,
) {
    let (Some(sign), Some(y)) = (sign, line) else {
        return;
    };
    let text = fit(&format!(" {sign} "), usize::from(inner.width));
    let columns = u16::try_from(width(&text))
        .unwrap_or(inner.width)
        .min(inner.width);
    let at = Rect {
        x: inner.right() - columns,
        y,
        width: columns,
        height: 1,
    };
    frame.render_widget(
        Line::styled(text, theme.key()),
        at.intersection(frame.area()),
    );
}

/// How far the help can be scrolled where there is so much room.
pub(super) fn scroll_max(app: &App, over: Rect) -> usize {
    let columns = usize::from(over.width.saturating_sub(2)).min(HELP_COLUMNS);
    let height = usize::from(over.height.saturating_sub(2));
    let lines = lines_of(app, Theme::plain(), columns).len();
    lines.saturating_sub(height)
}

fn lines_of<'a>(app: &App, theme: Theme, columns: usize) -> Vec<Line<'a>> {
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
