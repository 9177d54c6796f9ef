//! What lies over a page: palette, questions, passphrase, papers, help.

use messages::Arg;
use model::UnitPath;
use model::overview::Campaign;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Clear, Paragraph};

use crate::page::{details, reading};
use crate::parts::display::{clean, fit, pad, width, wrap};
use crate::parts::keymap::bindings;
use crate::parts::line;
use crate::parts::theme::Theme;
use crate::parts::words::{more_above, more_below, period_words};

use super::{Shell, help_contexts};
use crate::shell::msg::{Command, Paper};
use crate::shell::over::{Ask, Input, Over};

/// Columns that a box takes at most.
const BOX_COLUMNS: u16 = 100;

/// Light modules around a QR code, which readers ask for (ISO/IEC 18004 has four;
/// two are read by all that we know, and fit on more screens).
const QUIET_MODULES: usize = 2;

pub(super) fn draw(shell: &Shell, over: &Over, theme: Theme, frame: &mut Frame<'_>, area: Rect) {
    match over {
        Over::Palette { filter, cursor } => palette(shell, filter, *cursor, theme, frame, area),
        Over::Narrow { .. } => narrow(shell, theme, frame, area),
        Over::Ask(ask) => draw_ask(ask, theme, frame, area),
        Over::Confirm { text, .. } => {
            let lines = plain(&clean(text), theme.title(), inner_columns(area));
            boxed(&shell.tr("confirm-title"), lines, theme, frame, area);
        }
        Over::Secret {
            command,
            secret,
            busy,
            error,
        } => {
            let columns = inner_columns(area);
            let mut lines = plain(&command_words(shell, command), Style::new(), columns);
            let stars = "*".repeat(secret.chars().min(columns / 2));
            lines.push(Line::from(format!("{} {stars}", shell.tr("secret-label"))));
            if *busy {
                lines.push(Line::styled(shell.tr("secret-busy"), theme.dim()));
            }
            if let Some(error) = error {
                lines.extend(plain(
                    &format!("× {}", clean(error)),
                    theme.error(),
                    columns,
                ));
            }
            boxed(&shell.tr("secret-title"), lines, theme, frame, area);
        }
        Over::Paper { scroll, .. } | Over::Details { scroll } | Over::Help { scroll } => {
            if let Some((title, lines)) = read(shell, over, theme, area) {
                boxed_at(shell, &title, lines, *scroll, theme, frame, area);
            }
        }
        Over::Busy { command, progress } => {
            let (done, all) = *progress;
            let mut lines = plain(
                &command_words(shell, command),
                Style::new(),
                inner_columns(area),
            );
            lines.push(Line::styled(
                reading(done, all, shell.setting()),
                theme.title(),
            ));
            boxed(&shell.tr("busy-title"), lines, theme, frame, area);
        }
    }
}

/// The title and all lines of what is read rather than answered.
fn read<'a>(
    shell: &Shell,
    over: &Over,
    theme: Theme,
    area: Rect,
) -> Option<(String, Vec<Line<'a>>)> {
    let columns = inner_columns(area);
    match over {
        Over::Paper { paper, .. } => {
            Some((clean(&paper.title), paper_lines(shell, paper, theme, area)))
        }
        Over::Help { .. } => Some((shell.tr("help-title"), help_lines(shell, theme, columns))),
        Over::Details { .. } => {
            let page = shell.page()?;
            Some((shell.tr("detail-title"), details(page, theme, columns)))
        }
        _ => None,
    }
}

/// How far down it can be scrolled.
pub(super) fn scroll_end(shell: &Shell, over: &Over, area: Rect) -> usize {
    let lines = read(shell, over, Theme::plain(), area).map_or(0, |(_, lines)| lines.len());
    lines.saturating_sub(inner_lines(area))
}

/// What a command does, in words.
fn command_words(shell: &Shell, command: &Command) -> String {
    let about = |id: &str, unit: &str| clean(&shell.tr_with(id, &[("unit", Arg::Str(unit))]));
    let of = |id: &str, unit: &UnitPath, campaign: &Campaign| {
        let period = period_words(&shell.words, campaign.period);
        let args = [
            ("unit", Arg::Str(unit.as_str())),
            ("form", Arg::Str(&campaign.form)),
            ("period", Arg::Str(&period)),
        ];
        clean(&shell.tr_with(id, &args))
    };
    match command {
        Command::Accept { unit, campaign, .. } => of("do-accept", unit, campaign),
        Command::Return { unit, campaign, .. } => of("do-return", unit, campaign),
        Command::SignRollup { campaign, .. } => of("do-sign", &shell.identity.unit, campaign),
        Command::Invite { unit, .. } => about("do-invite", unit),
        Command::Rename { unit, .. } => about("do-rename", unit.as_str()),
        Command::CloseUnit { unit } => about("do-close", unit.as_str()),
        Command::ReopenUnit { unit } => about("do-reopen", unit.as_str()),
        Command::AddPerson { name, .. } => {
            clean(&shell.tr_with("do-add-person", &[("name", Arg::Str(name))]))
        }
        Command::Revoke { .. } => shell.tr("do-revoke"),
        Command::Pull => shell.tr("do-pull"),
        Command::VerifyDeep { unit, .. } => about("do-verify", unit.as_str()),
        Command::Drill { unit, .. } => about("do-drill", unit.as_str()),
    }
}

fn inner_columns(area: Rect) -> usize {
    usize::from(area.width.saturating_sub(4).min(BOX_COLUMNS)).saturating_sub(2)
}

fn inner_lines(area: Rect) -> usize {
    usize::from(area.height.saturating_sub(2))
}

/// A text on as many lines as it needs.
fn plain<'a>(text: &str, style: Style, columns: usize) -> Vec<Line<'a>> {
    let lines = wrap(text, columns).into_iter();
    lines.map(|line| Line::styled(line, style)).collect()
}

/// Draws lines in a box in the middle; returns its inside.
fn boxed(
    title: &str,
    lines: Vec<Line<'_>>,
    theme: Theme,
    frame: &mut Frame<'_>,
    area: Rect,
) -> Rect {
    let at = box_of(title, &lines, area);
    let block = block(title, theme, at);
    let inner = block.inner(at);
    frame.render_widget(Clear, at);
    frame.render_widget(block, at);
    frame.render_widget(Paragraph::new(lines), inner);
    inner
}

/// The same of more lines than there may be room for, so many of them above; how many
/// are not seen stands on the frame.
fn boxed_at(
    shell: &Shell,
    title: &str,
    lines: Vec<Line<'_>>,
    scroll: usize,
    theme: Theme,
    frame: &mut Frame<'_>,
    area: Rect,
) {
    let at = box_of(title, &lines, area);
    let mut block = block(title, theme, at);
    let inner = block.inner(at);
    let room = usize::from(inner.height);
    let above = scroll.min(lines.len().saturating_sub(room));
    let below = lines.len().saturating_sub(above + room);
    let sign = |text: String| Line::styled(format!(" {text} "), theme.key()).right_aligned();
    if let Some(text) = more_above(&shell.words, above) {
        block = block.title_top(sign(text));
    }
    if let Some(text) = more_below(&shell.words, below) {
        block = block.title_bottom(sign(text));
    }
    frame.render_widget(Clear, at);
    frame.render_widget(block, at);
    let shown: Vec<Line<'_>> = lines.into_iter().skip(above).take(room).collect();
    frame.render_widget(Paragraph::new(shown), inner);
}

fn box_of(title: &str, lines: &[Line<'_>], area: Rect) -> Rect {
    let widest = lines.iter().map(Line::width).max().unwrap_or(0);
    let wanted = widest.max(width(title) + 4).max(30) + 2;
    let columns = u16::try_from(wanted).unwrap_or(u16::MAX);
    let columns = columns
        .min(area.width.saturating_sub(2))
        .min(BOX_COLUMNS + 2);
    let height = u16::try_from(lines.len() + 2)
        .unwrap_or(u16::MAX)
        .min(area.height);
    Rect {
        x: area.x + (area.width - columns) / 2,
        y: area.y + (area.height - height) / 2,
        width: columns,
        height,
    }
}

fn block<'a>(title: &str, theme: Theme, at: Rect) -> Block<'a> {
    let title = fit(title, usize::from(at.width).saturating_sub(4));
    Block::new()
        .borders(Borders::ALL)
        .title(Span::styled(format!(" {title} "), theme.title()))
}

fn put_cursor(frame: &mut Frame<'_>, area: Rect, column: usize, line: usize) {
    if area.is_empty() {
        return;
    }
    let within = |at: usize, size: u16| u16::try_from(at).unwrap_or(u16::MAX).min(size - 1);
    frame.set_cursor_position(Position {
        x: area.x + within(column, area.width),
        y: area.y + within(line, area.height),
    });
}

fn palette(
    shell: &Shell,
    filter: &line::Line,
    cursor: usize,
    theme: Theme,
    frame: &mut Frame<'_>,
    area: Rect,
) {
    let columns = inner_columns(area).min(60);
    let entries = shell.entries(filter);
    let height = usize::from(area.height.saturating_sub(3)).max(1);
    let first = cursor
        .saturating_sub(height / 2)
        .min(entries.len().saturating_sub(height));
    let (typed, at) = filter.window(columns.saturating_sub(3));
    let mut lines = vec![Line::from(vec![
        Span::styled("> ", theme.key()),
        Span::raw(clean(&typed)),
    ])];
    for (place, entry) in entries.iter().enumerate().skip(first).take(height) {
        let key = fit(&entry.key, 12);
        let words = pad(&clean(&entry.words), columns.saturating_sub(14));
        let style = if place == cursor {
            theme.selected()
        } else {
            Style::new()
        };
        lines.push(Line::from(vec![
            Span::styled(words, style),
            Span::styled(format!(" {key:>12}"), theme.key()),
        ]));
    }
    if entries.is_empty() {
        lines.push(Line::styled(shell.tr("palette-nothing"), theme.dim()));
    }
    let inner = boxed(&shell.tr("palette-title"), lines, theme, frame, area);
    put_cursor(frame, inner, 2 + at, 0);
}

/// The words that are typed stand in the last line of the page.
fn narrow(shell: &Shell, theme: Theme, frame: &mut Frame<'_>, area: Rect) {
    let Some(page) = shell.page() else {
        return;
    };
    let at = Rect {
        y: area.bottom().saturating_sub(1),
        height: 1,
        ..area
    };
    let columns = usize::from(at.width);
    let label = format!("/ {} ", shell.tr("narrow-label"));
    let label = fit(&label, columns / 2);
    let (typed, cursor) = page
        .grid
        .filter
        .window(columns.saturating_sub(width(&label) + 1));
    frame.render_widget(Clear, at);
    frame.render_widget(
        Line::from(vec![
            Span::styled(label.clone(), theme.key()),
            Span::raw(clean(&typed)),
        ]),
        at,
    );
    put_cursor(frame, at, width(&label) + cursor, 0);
}

fn draw_ask(ask: &Ask, theme: Theme, frame: &mut Frame<'_>, area: Rect) {
    let columns = inner_columns(area);
    let mut lines = Vec::new();
    if let Some(warning) = &ask.warning {
        let text = format!("! {}", clean(warning));
        lines.extend(plain(&text, theme.error(), columns));
    }
    let mut cursor = None;
    for (at, field) in ask.fields.iter().enumerate() {
        let sign = if field.required { "*" } else { "" };
        let label = format!("{}{sign}", field.label);
        lines.extend(plain(&label, theme.dim(), columns));
        let room = columns.saturating_sub(3);
        let (typed, column) = match &field.input {
            Input::Line(line) => line.window(room),
            Input::Secret(secret) => {
                let stars = secret.chars().min(room);
                ("*".repeat(stars), stars)
            }
        };
        let front = at == ask.at;
        if front {
            cursor = Some((2 + column, lines.len()));
        }
        lines.push(Line::from(vec![
            Span::styled(if front { "> " } else { "  " }, theme.key()),
            Span::raw(pad(&clean(&typed), columns.saturating_sub(3))),
        ]));
    }
    if let Some(error) = &ask.error {
        lines.extend(plain(
            &format!("× {}", clean(error)),
            theme.error(),
            columns,
        ));
    }
    let inner = boxed(&clean(&ask.title), lines, theme, frame, area);
    if let Some((column, line)) = cursor {
        put_cursor(frame, inner, column, line);
    }
}

/// A paper: its lines, and its picture where that fits beside nothing else.
fn paper_lines<'a>(shell: &Shell, paper: &Paper, theme: Theme, area: Rect) -> Vec<Line<'a>> {
    let columns = inner_columns(area);
    let mut lines = Vec::new();
    for text in &paper.lines {
        lines.extend(plain(&clean(text), Style::new(), columns));
    }
    let picture = picture(&paper.picture);
    let needs = picture.first().map_or(0, Line::width);
    match needs + 2 <= usize::from(area.width) {
        true => lines.extend(picture),
        false => {
            let args = [("columns", Arg::from(needs + 2))];
            lines.push(Line::styled(
                shell.tr_with("paper-too-wide", &args),
                theme.warning(),
            ));
        }
    }
    lines
}

/// Modules two a cell, dark on light whatever the terminal's colours are: a reader
/// needs the contrast, so this one thing is in black and white always.
fn picture<'a>(modules: &[Vec<bool>]) -> Vec<Line<'a>> {
    if modules.is_empty() {
        return Vec::new();
    }
    let side = modules.len() + 2 * QUIET_MODULES;
    let dark = |x: usize, y: usize| -> bool {
        let at = |n: usize| n.checked_sub(QUIET_MODULES);
        let row = at(y).and_then(|y| modules.get(y));
        let module = row.and_then(|row| row.get(at(x)?));
        module.copied().unwrap_or(false)
    };
    let style = Style::new().fg(Color::Black).bg(Color::White);
    (0..side)
        .step_by(2)
        .map(|y| {
            let cells = (0..side).map(|x| match (dark(x, y), y + 1 < side && dark(x, y + 1)) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            });
            Line::styled(cells.collect::<String>(), style)
        })
        .collect()
}

/// The keys of the screen in front.
fn help_lines<'a>(shell: &Shell, theme: Theme, columns: usize) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    for context in help_contexts(shell) {
        let id = format!("context-{context:?}").to_lowercase();
        lines.push(Line::styled(shell.tr(&id), theme.title()));
        for binding in bindings(context) {
            if let crate::parts::keymap::Action::Desk(at) = binding.action
                && usize::from(at) >= shell.desks().len()
            {
                continue;
            }
            let keys: Vec<String> = binding.keys.iter().map(|key| key.name()).collect();
            let keys = pad(&keys.join(", "), 20.min(columns / 2));
            let label = fit(
                &shell.tr(binding.label),
                columns.saturating_sub(width(&keys) + 2),
            );
            lines.push(Line::from(vec![
                Span::styled(format!("  {keys}"), theme.key()),
                Span::raw(label),
            ]));
        }
    }
    lines
}
