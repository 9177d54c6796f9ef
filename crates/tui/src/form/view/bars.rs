//! Header, status line and footer.

use messages::Arg;
use model::Timeliness;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::form::app::App;
use crate::form::msg::ReportView;
use crate::form::saves::SaveState;
use crate::parts::display::{clean, fit, pad, width};
use crate::parts::key::Key;
use crate::parts::keymap::{Binding, bindings};
use crate::parts::theme::Theme;
use crate::parts::words::{due_date, due_words, period_words, stamp, state_words, sync_words};

/// Unit, period and state; then due time, connection and person.
pub(super) fn header(app: &App, theme: Theme, frame: &mut Frame<'_>, area: Rect) {
    let columns = usize::from(area.width);
    let Some(base) = &app.base else {
        let title = clean(app.form.title.get(app.lang));
        frame.render_widget(Line::styled(fit(&title, columns), theme.title()), area);
        return;
    };
    let what = format!(
        "{} · {}",
        period_words(&app.words, base.period),
        state_words(&app.words, base.state)
    );
    let unit = clean(&format!("{} ({})", base.unit_name, base.unit));
    let left = columns.saturating_sub(width(&what) + 2);
    let first = Line::from(vec![
        Span::styled(pad(&unit, left), theme.title()),
        Span::raw("  "),
        Span::styled(what, theme.title()),
    ]);
    let due = due_line(app, base);
    let sync = clean(&sync_words(&app.words, &base.sync));
    let person = match &app.person {
        Some(person) => clean(person),
        None => app.tr("person-locked"),
    };
    let style = match base.due {
        Some(due) if app.now >= due && base.receipt.is_none() => theme.error(),
        _ => ratatui::style::Style::new(),
    };
    let rest = fit(
        &format!("  ·  {sync}  ·  {person}"),
        columns.saturating_sub(width(&due)),
    );
    let second = Line::from(vec![
        Span::styled(fit(&due, columns), style),
        Span::styled(rest, theme.dim()),
    ]);
    frame.render_widget(Paragraph::new(vec![first, second]), area);
}

/// When it is due; once it is received, that.
pub(super) fn due_line(app: &App, base: &ReportView) -> String {
    if let Some(receipt) = &base.receipt {
        let id = match receipt.timeliness {
            Timeliness::OnTime => "receipt-on-time",
            Timeliness::SignedOnTime => "receipt-signed-on-time",
            Timeliness::Late => "receipt-late",
        };
        let at = stamp(receipt.received_at);
        let args = [("by", Arg::Str(&receipt.by)), ("time", Arg::Str(&at))];
        return clean(&app.words.tr_with(id, &args));
    }
    match base.due {
        None => app.tr("due-none"),
        Some(due) => {
            let (date, left) = (due_date(due), due_words(&app.words, due, app.now));
            let args = [("date", Arg::Str(&date)), ("left", Arg::Str(&left))];
            app.words.tr_with("due-line", &args)
        }
    }
}

/// News or the state of the report, then the keys; on a small terminal the news
/// take the place of the keys.
pub(super) fn footer(app: &App, theme: Theme, frame: &mut Frame<'_>, area: Rect) {
    let columns = usize::from(area.width);
    let status = status(app, theme, columns);
    let keys = keys(app, theme, columns);
    let lines = match (area.height, &app.notice) {
        (..2, Some(_)) => vec![status],
        (..2, None) => vec![keys],
        _ => vec![status, keys],
    };
    frame.render_widget(Paragraph::new(lines), area);
}

fn status<'a>(app: &App, theme: Theme, columns: usize) -> Line<'a> {
    if let Some(notice) = &app.notice {
        let (sign, style) = if notice.bad {
            ("× ", theme.error())
        } else {
            ("", theme.good())
        };
        return Line::styled(
            fit(&format!("{sign}{}", clean(&notice.text)), columns),
            style,
        );
    }
    let failed = app.failed_saves();
    if failed > 0 {
        let text = app
            .words
            .tr_with("status-unsaved", &[("count", Arg::from(failed))]);
        return Line::styled(fit(&format!("× {text}"), columns), theme.error());
    }
    let Some(base) = &app.base else {
        return Line::default();
    };
    let counts = app.words.tr_with(
        "status-findings",
        &[
            ("errors", Arg::from(app.check.errors.len())),
            ("warnings", Arg::from(app.check.warnings.len())),
        ],
    );
    let flying = app
        .saves
        .iter()
        .any(|save| save.state == SaveState::InFlight);
    let mut parts = vec![
        counts,
        app.tr(if flying {
            "status-saving"
        } else {
            "status-saved"
        }),
    ];
    if base.pending > 0 {
        parts.push(
            app.words
                .tr_with("status-pending", &[("count", Arg::from(base.pending))]),
        );
    }
    if !base.comments.is_empty() {
        let count = [("count", Arg::from(base.comments.len()))];
        parts.push(app.words.tr_with("status-comments", &count));
    }
    if let Some(at) = base.submitted_at {
        let at = stamp(at);
        let args = [
            ("time", Arg::Str(&at)),
            ("changed", Arg::from(base.changed)),
        ];
        parts.push(app.words.tr_with("status-submitted", &args));
    }
    Line::styled(fit(&parts.join(" · "), columns), theme.dim())
}

/// A key of the footer and the columns that it takes.
struct FooterKey {
    binding: &'static Binding,
    from: usize,
    to: usize,
}

/// As many keys of the context in front as there is room for.
fn footer_keys(app: &App, columns: usize) -> Vec<FooterKey> {
    let mut keys = Vec::new();
    let mut from = 0;
    for binding in bindings(app.context()).filter(|binding| binding.footer) {
        let Some(key) = binding.keys.first() else {
            continue;
        };
        let to = from + width(&key.name()) + 1 + width(&app.tr(binding.label));
        if to > columns {
            break;
        }
        keys.push(FooterKey { binding, from, to });
        from = to + 2;
    }
    keys
}

fn keys<'a>(app: &App, theme: Theme, columns: usize) -> Line<'a> {
    let mut spans = Vec::new();
    for key in footer_keys(app, columns) {
        let name = key.binding.keys.first().map(|key| key.name());
        spans.push(Span::styled(name.unwrap_or_default(), theme.key()));
        spans.push(Span::raw(format!(" {}  ", app.tr(key.binding.label))));
    }
    Line::from(spans)
}

/// The key of the footer at a point.
pub(super) fn key_at(app: &App, footer: Rect, (column, line): (u16, u16)) -> Option<Key> {
    // On one line the news take the place of the keys.
    let hidden = footer.height < 2 && app.notice.is_some();
    if hidden || line + 1 != footer.bottom() {
        return None;
    }
    let at = usize::from(column);
    let keys = footer_keys(app, usize::from(footer.width));
    let found = keys.iter().find(|key| (key.from..key.to).contains(&at))?;
    found.binding.keys.first().copied()
}
