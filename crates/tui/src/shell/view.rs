//! Drawing the frame, the page in front and what lies over it.

mod over;

use messages::Arg;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::form;
use crate::page;
use crate::parts::display::{clean, fit, width, wrap};
use crate::parts::key::Key;
use crate::parts::keymap::{Binding, Context, bindings};
use crate::parts::mouse::Mouse;
use crate::parts::theme::Theme;
use crate::parts::words::{due_words, period_words, sync_words};

use super::over::Over;
use super::{CLOCK_OFF_MINUTES, Shell};

/// Smallest terminal that anything is drawn on, in columns and lines.
const COLUMNS_MIN: u16 = 40;
const LINES_MIN: u16 = 10;

/// From so long before a due time on, it is shown as near.
const SOON_MS: i64 = 3 * 24 * 60 * 60 * 1000;

/// From so many lines on, the footer takes two.
const ROOMY_FROM: u16 = 16;

/// Lines that news take at most.
const NEWS_LINES_MAX: u16 = 4;

/// Where the parts of the screen are.
struct Areas {
    header: Rect,
    body: Rect,
    footer: Rect,
}

impl Areas {
    fn of(area: Rect) -> Areas {
        let bar = if area.height >= ROOMY_FROM { 2 } else { 1 };
        let [header, body, footer] = Layout::vertical([
            Constraint::Length(2),
            Constraint::Min(3),
            Constraint::Length(bar),
        ])
        .areas(area);
        Areas {
            header,
            body,
            footer,
        }
    }
}

fn whole(shell: &Shell) -> Rect {
    Rect::new(0, 0, shell.columns, shell.lines)
}

/// Where the page in front is drawn.
pub(super) fn body(shell: &Shell) -> Rect {
    Areas::of(whole(shell)).body
}

/// How far down something that is read can be scrolled: until its last line is seen.
pub(super) fn scroll_end(shell: &Shell, over: &Over) -> usize {
    over::scroll_end(shell, over, body(shell))
}

/// The key of the footer under the mouse.
pub(super) fn key_at(shell: &Shell, mouse: Mouse) -> Option<Key> {
    let footer = Areas::of(whole(shell)).footer;
    if mouse.line + 1 != footer.bottom() {
        return None;
    }
    let at = usize::from(mouse.column);
    let keys = footer_keys(shell, usize::from(footer.width));
    let found = keys
        .into_iter()
        .find(|key| (key.from..key.to).contains(&at));
    found.and_then(|found| found.binding.keys.first().copied())
}

/// Draws the whole screen. Never panics, at any size.
pub fn draw(shell: &Shell, frame: &mut Frame<'_>) {
    let area = frame.area();
    let theme = Theme::new(shell.palette);
    if area.width < COLUMNS_MIN || area.height < LINES_MIN {
        let text = fit(&shell.tr("terminal-too-small"), usize::from(area.width));
        frame.render_widget(Paragraph::new(text), area);
        return;
    }
    let areas = Areas::of(area);
    match (&shell.report, shell.page()) {
        (Some(report), _) => {
            form::draw(report, frame);
            over_form(shell, theme, frame, area);
        }
        (None, Some(front)) => {
            header(shell, theme, frame, areas.header);
            page::draw(front, shell.setting(), theme, frame, areas.body);
            footer(shell, theme, frame, areas.footer);
        }
        (None, None) => {}
    }
    long_news(shell, theme, frame, areas.footer);
    for one in &shell.over {
        over::draw(shell, one, theme, frame, areas.body);
    }
    if shell.report.is_some() && !shell.over.is_empty() {
        footer(shell, theme, frame, areas.footer);
    }
}

/// Unit and desks; then where we are, the connection, the person.
fn header(shell: &Shell, theme: Theme, frame: &mut Frame<'_>, area: Rect) {
    let columns = usize::from(area.width);
    let lines = vec![
        first_line(shell, theme, columns),
        second_line(shell, theme, columns),
    ];
    frame.render_widget(Paragraph::new(lines), area);
}

fn first_line<'a>(shell: &Shell, theme: Theme, columns: usize) -> Line<'a> {
    let root = shell.pages.first().map(|page| &page.place);
    let desks = shell.desks();
    let mut tabs = Vec::new();
    for (at, place) in (1..).zip(&desks) {
        let is_here = root.is_some_and(|root| root.context() == place.context());
        let text = format!(" {at} {} ", shell.title(place));
        tabs.push(Span::styled(
            text,
            if is_here {
                theme.selected()
            } else {
                theme.dim()
            },
        ));
    }
    let needs: usize = tabs.iter().map(|tab| width(&tab.content)).sum();
    let mut name = clean(&format!(
        "{} ({})",
        shell.identity.name, shell.identity.unit
    ));
    if shell.identity.rehearsal {
        name = format!("[{}] {name}", shell.tr("rehearsal"));
    }
    // The unit's name gives way to the desks, down to a third of the line.
    let room = columns.saturating_sub(needs + 2).max(columns / 3);
    let name = fit(&name, room);
    let mut left = columns.saturating_sub(width(&name) + 2);
    let mut spans = vec![Span::styled(name, theme.title()), Span::raw("  ")];
    for tab in tabs {
        let text = fit(&tab.content, left);
        left -= width(&text).min(left);
        spans.push(Span::styled(text, tab.style));
    }
    Line::from(spans)
}

fn second_line<'a>(shell: &Shell, theme: Theme, columns: usize) -> Line<'a> {
    let mut parts: Vec<(String, Style)> = Vec::new();
    let trail: Vec<String> = shell
        .pages
        .iter()
        .map(|page| shell.title(&page.place))
        .collect();
    let mut place = trail.join(" › ");
    if let Some(campaign) = shell.page().and_then(|page| page.place.campaign()) {
        if !campaign.is_usual() {
            place = format!("{place} · {}", clean(&campaign.form));
        }
        place = format!("{place} · {}", period_words(&shell.words, campaign.period));
    }
    parts.push((place, theme.title()));
    if let Some(due) = shell.page().and_then(page::Page::due) {
        let style = match due.0.saturating_sub(shell.now.0) {
            ..=0 => theme.error(),
            left if left < SOON_MS => theme.warning(),
            _ => theme.dim(),
        };
        parts.push((due_words(&shell.words, due, shell.now), style));
    }
    parts.push((clean(&sync_words(&shell.words, &shell.sync)), theme.dim()));
    let person = match &shell.person {
        Some(person) => clean(person),
        None => shell.tr("person-locked"),
    };
    parts.push((person, theme.dim()));
    if let Some(text) = clock_words(shell) {
        parts.push((text, theme.error()));
    }
    let mut left = columns;
    let mut spans = Vec::new();
    for (at, (text, style)) in parts.into_iter().enumerate() {
        let text = if at == 0 { text } else { format!(" · {text}") };
        let text = fit(&text, left);
        left -= width(&text).min(left);
        spans.push(Span::styled(text, style));
    }
    Line::from(spans)
}

/// A form has a header of its own; that the tree is a rehearsal and that the clock is
/// wrong are said over its end.
fn over_form(shell: &Shell, theme: Theme, frame: &mut Frame<'_>, area: Rect) {
    let rehearsal = shell.identity.rehearsal.then(|| shell.tr("rehearsal"));
    let words: Vec<String> = rehearsal.into_iter().chain(clock_words(shell)).collect();
    if words.is_empty() {
        return;
    }
    let text = fit(&format!("  {}", words.join(" · ")), usize::from(area.width));
    let columns = u16::try_from(width(&text))
        .unwrap_or(area.width)
        .min(area.width);
    let at = Rect {
        x: area.right() - columns,
        y: area.y + 1,
        width: columns,
        height: 1,
    };
    frame.render_widget(ratatui::widgets::Clear, at);
    frame.render_widget(Line::styled(text, theme.error()), at);
}

/// That the clock of this machine is wrong, if it is.
fn clock_words(shell: &Shell) -> Option<String> {
    let minutes = shell.clock_ahead_ms? / 60_000;
    let count = [("minutes", Arg::Int(minutes.saturating_abs()))];
    let off = minutes.saturating_abs() >= CLOCK_OFF_MINUTES;
    let id = if minutes > 0 {
        "clock-ahead"
    } else {
        "clock-behind"
    };
    off.then(|| shell.tr_with(id, &count))
}

/// News, then the keys; on a small terminal the news take the place of the keys.
fn footer(shell: &Shell, theme: Theme, frame: &mut Frame<'_>, area: Rect) {
    let columns = usize::from(area.width);
    let keys = keys_line(shell, theme, columns);
    let lines = match (area.height, &shell.notice) {
        (..2, Some(_)) => vec![news(shell, theme, columns)],
        (..2, None) => vec![keys],
        _ => vec![news(shell, theme, columns), keys],
    };
    frame.render_widget(Paragraph::new(lines), area);
}

/// News that one line does not hold take more, over the end of the page: what to do
/// next stands at their end.
fn long_news(shell: &Shell, theme: Theme, frame: &mut Frame<'_>, footer: Rect) {
    let columns = usize::from(footer.width);
    let Some(notice) = shell.notice.as_ref().filter(|_| shell.report.is_none()) else {
        return;
    };
    let (text, style) = notice_words(notice, theme);
    let lines = wrap(&text, columns);
    let keys = footer.height.saturating_sub(1);
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let height = height.min(NEWS_LINES_MAX).min(footer.bottom());
    if height < 2 {
        return;
    }
    let at = Rect {
        y: footer.bottom() - keys.min(1) - height,
        height,
        ..footer
    };
    let lines: Vec<Line<'_>> = lines
        .into_iter()
        .map(|line| Line::styled(line, style))
        .collect();
    frame.render_widget(ratatui::widgets::Clear, at);
    frame.render_widget(Paragraph::new(lines), at);
}

/// News with the sign and the look of them.
fn notice_words(notice: &super::Notice, theme: Theme) -> (String, Style) {
    let (sign, style) = match notice.bad {
        true => ("× ", theme.error()),
        false => ("", theme.good()),
    };
    (format!("{sign}{}", clean(&notice.text)), style)
}

fn news<'a>(shell: &Shell, theme: Theme, columns: usize) -> Line<'a> {
    if let Some(notice) = &shell.notice {
        let (text, style) = notice_words(notice, theme);
        return Line::styled(fit(&text, columns), style);
    }
    let Some(front) = shell.page() else {
        return Line::default();
    };
    let (shown, all) = front.grid.counts();
    let place = [
        ("at", Arg::from(front.grid.cursor() + 1)),
        ("all", Arg::from(shown)),
    ];
    let text = match (&front.fetch, shown) {
        (page::Fetch::Reading(done, of), _) => page::reading(*done, *of, shell.setting()),
        (_, 0) => String::new(),
        _ if shown < all => {
            let hidden = [("count", Arg::from(all - shown))];
            format!(
                "{} {}",
                shell.tr_with("page-at", &place),
                shell.tr_with("page-hidden", &hidden)
            )
        }
        _ => shell.tr_with("page-at", &place),
    };
    Line::styled(fit(&text, columns), theme.dim())
}

/// A key of the footer, and the columns that it takes.
struct FooterKey {
    binding: &'static Binding,
    name: String,
    label: String,
    from: usize,
    to: usize,
}

/// As many keys of the context in front as there is room for.
fn footer_keys(shell: &Shell, columns: usize) -> Vec<FooterKey> {
    let context = shell.context();
    let all = bindings(context).chain(context.base().into_iter().flat_map(bindings));
    let mut keys = Vec::new();
    let mut from = 0;
    for binding in all.filter(|binding| binding.footer) {
        let Some(key) = binding.keys.first() else {
            continue;
        };
        let (name, label) = (key.name(), shell.tr(binding.label));
        let to = from + width(&name) + 1 + width(&label);
        if to > columns {
            break;
        }
        keys.push(FooterKey {
            binding,
            name,
            label,
            from,
            to,
        });
        from = to + 2;
    }
    keys
}

fn keys_line<'a>(shell: &Shell, theme: Theme, columns: usize) -> Line<'a> {
    let keys = footer_keys(shell, columns).into_iter();
    let spans = keys.flat_map(|key| {
        [
            Span::styled(key.name, theme.key()),
            Span::raw(format!(" {}  ", key.label)),
        ]
    });
    Line::from(spans.collect::<Vec<_>>())
}

/// The contexts that the help of the screen in front shows.
fn help_contexts(shell: &Shell) -> Vec<Context> {
    let own = shell.page().map(|page| page.place.context());
    let mut contexts: Vec<Context> = own.into_iter().collect();
    contexts.extend([
        Context::Page,
        Context::Narrow,
        Context::Ask,
        Context::Global,
    ]);
    contexts
}
