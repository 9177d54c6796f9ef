//! What is about to be signed, to be read before the passphrase.

use messages::Arg;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::bars::due_line;
use super::detail::{put_cursor, styled};
use super::fields::value_text;
use super::popups::{boxed, passphrase_line};
use crate::form::app::App;
use crate::form::items::{Item, Shape};
use crate::form::popup::SecretPrompt;
use crate::parts::display::{clean, fit};
use crate::parts::theme::Theme;
use crate::parts::words::{period_words, state_words};

/// Columns of the box.
const COLUMNS: usize = 90;

/// Lines under the summary: a rule, the passphrase and what is said about it.
const BELOW: u16 = 3;

/// Draws summary and passphrase.
pub(super) fn draw(
    app: &App,
    theme: Theme,
    frame: &mut Frame<'_>,
    over: Rect,
    prompt: &SecretPrompt,
) {
    let wanted = usize::from(over.width).saturating_sub(4).clamp(1, COLUMNS);
    let title = app.tr("submit-title");
    let inner = boxed(theme, frame, over, &title, wanted, usize::from(over.height));
    let columns = usize::from(inner.width);
    let below = BELOW.min(inner.height);
    let (top, bottom) = (
        Rect {
            height: inner.height - below,
            ..inner
        },
        Rect {
            y: inner.bottom() - below,
            height: below,
            ..inner
        },
    );
    let lines = lines(app, theme, columns);
    let height = usize::from(top.height);
    let last = lines.len().saturating_sub(height);
    let first = prompt.scroll.min(last);
    let rest = last - first;
    let shown: Vec<Line<'_>> = lines.into_iter().skip(first).take(height).collect();
    frame.render_widget(Paragraph::new(shown), top);
    let more = match rest {
        0 => "─".repeat(columns),
        rest => {
            let count = [("count", Arg::from(rest))];
            let more = format!("── {} ", app.words.tr_with("submit-more", &count));
            let room = columns.saturating_sub(more.chars().count());
            fit(&format!("{more}{}", "─".repeat(room)), columns)
        }
    };
    let (input, at) = passphrase_line(app, theme, prompt, columns);
    let said = match (&prompt.error, prompt.busy) {
        (_, true) => Line::styled(fit(&app.tr("secret-busy"), columns), theme.dim()),
        (Some(error), _) => {
            Line::styled(fit(&format!("× {}", clean(error)), columns), theme.error())
        }
        (None, false) => Line::default(),
    };
    let mut below = vec![Line::styled(more, theme.dim()), input, said];
    // The passphrase counts more than the rule.
    below.drain(..3 - usize::from(bottom.height));
    frame.render_widget(Paragraph::new(below), bottom);
    if !prompt.busy {
        let line = usize::from(bottom.height).saturating_sub(2);
        put_cursor(frame, bottom, at, line);
    }
}

/// How far the summary can be scrolled in a terminal of this size.
pub(super) fn scroll_max(app: &App, over: Rect) -> usize {
    let columns = usize::from(over.width).saturating_sub(4).clamp(1, COLUMNS);
    let height = usize::from(over.height.saturating_sub(2 + BELOW));
    lines(app, Theme::plain(), columns)
        .len()
        .saturating_sub(height)
}

/// The whole summary.
fn lines<'a>(app: &App, theme: Theme, columns: usize) -> Vec<Line<'a>> {
    let Some(base) = &app.base else {
        return Vec::new();
    };
    let total = app.form.fields().count();
    let filled = app
        .form
        .fields()
        .filter(|field| app.is_filled(&field.code))
        .count();
    let period = period_words(&app.words, base.period);
    let state = state_words(&app.words, base.state);
    let about = app.words.tr_with(
        "submit-about",
        &[
            ("unit", Arg::Str(&base.unit_name)),
            ("period", Arg::Str(&period)),
            ("state", Arg::Str(&state)),
        ],
    );
    let content = app.words.tr_with(
        "submit-content",
        &[
            ("filled", Arg::from(filled)),
            ("total", Arg::from(total)),
            ("warnings", Arg::from(app.check.warnings.len())),
        ],
    );
    let mut lines = styled(&clean(&about), columns, theme.title());
    lines.extend(styled(&due_line(app, base), columns, Style::new()));
    if let Some(signer) = &base.signer {
        let name = [("name", Arg::Str(signer))];
        let text = clean(&app.words.tr_with("submit-signer", &name));
        lines.extend(styled(&text, columns, Style::new()));
    }
    lines.extend(styled(&content, columns, Style::new()));
    lines.extend(styled(&app.tr("submit-means"), columns, theme.dim()));
    for finding in &app.check.warnings {
        let text = format!(
            "! {}: {}",
            app.key_name(&finding.code),
            finding.message(&app.form, app.lang)
        );
        lines.extend(styled(&clean(&text), columns, theme.warning()));
    }
    for (at, section) in app.form.sections.iter().enumerate() {
        let items = app.section_items(at);
        let filled = items.iter().filter(|item| counts(app, item));
        let mut answers: Vec<Line<'a>> = Vec::new();
        for item in filled {
            answers.extend(answer(app, theme, item, columns));
        }
        if answers.is_empty() {
            continue;
        }
        let title = clean(&format!(
            "{}. {}",
            section.code,
            section.title.get(app.lang)
        ));
        lines.push(Line::default());
        lines.extend(styled(&title, columns, theme.title()));
        lines.append(&mut answers);
    }
    lines
}

/// Whether an item has something to say.
fn counts(app: &App, item: &Item) -> bool {
    matches!(item.shape, Shape::Computed(_)) || app.is_filled(&item.key)
}

/// A question with its answer; a table with its rows.
fn answer<'a>(app: &App, theme: Theme, item: &Item, columns: usize) -> Vec<Line<'a>> {
    let sign = match item.shape {
        Shape::Computed(_) => "=",
        _ => item.code.as_str(),
    };
    let label = match item.label.is_empty() {
        true => item.code.clone(),
        false => clean(&item.label),
    };
    let asked = format!("  {sign} {label}: ");
    let value = value_text(app, item);
    let whole = format!("{asked}{value}");
    let mut lines = match crate::parts::display::width(&whole) <= columns {
        true => vec![Line::from(vec![
            Span::raw(asked),
            Span::styled(value, theme.title()),
        ])],
        false => {
            let mut lines = styled(asked.trim_end(), columns, Style::new());
            let answer = crate::parts::display::wrap(&value, columns.saturating_sub(6));
            let answer = answer.into_iter();
            lines.extend(answer.map(|line| Line::styled(format!("      {line}"), theme.title())));
            lines
        }
    };
    if let (Shape::Table, Some(table)) = (&item.shape, app.table_field(&item.key)) {
        for (at, row) in app.shown.rows(&item.key).enumerate() {
            let cells = table.columns.iter().filter(|column| column.required);
            let cells = cells.map(|column| {
                let key = format!("{}/{row}/{}", item.key, column.id);
                app.value_words(&key, app.shown.get(&key))
            });
            let cells: Vec<String> = cells.collect();
            let text = clean(&format!("    {}. {}", at + 1, cells.join(" · ")));
            lines.push(Line::styled(fit(&text, columns), theme.title()));
        }
    }
    lines
}
