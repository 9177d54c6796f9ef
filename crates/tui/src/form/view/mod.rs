//! The view: reads the state, draws, changes nothing.

mod bars;
mod calendar;
mod detail;
mod fields;
mod past;
mod popups;
mod submit;
mod table;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use crate::form::app::{App, Mark};
use crate::form::popup::{Popup, Purpose};
use crate::parts::display::fit;
use crate::parts::theme::Theme;

/// Smallest terminal that the form is drawn on, in columns and lines.
const COLUMNS_MIN: u16 = 40;
const LINES_MIN: u16 = 10;

/// From so many columns on, the sections stand beside the fields.
const SECTIONS_FROM: u16 = 64;

/// From so many lines on, header and footer take two lines each.
const ROOMY_FROM: u16 = 16;

/// Where the parts of the screen are. Drawing and pointing share it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Places {
    /// Unit, period, connection.
    pub(crate) header: Rect,
    /// Sections and fields, or a table.
    pub(crate) body: Rect,
    /// What is known of the field under the cursor, or the entry.
    pub(crate) below: Rect,
    /// State and keys.
    pub(crate) footer: Rect,
}

impl Places {
    /// What popups may lie over.
    pub(crate) fn over(&self) -> Rect {
        self.body.union(self.below)
    }
}

/// Divides a terminal of this size.
pub(crate) fn places(app: &App, area: Rect) -> Places {
    let roomy = area.height >= ROOMY_FROM;
    let bar = if roomy { 2 } else { 1 };
    let detail = match area.height {
        ..ROOMY_FROM => 4,
        ROOMY_FROM..22 => 5,
        22..34 => 7,
        _ => 10,
    };
    let detail = match roomy {
        true => calendar::lines(app).max(detail),
        false => detail,
    };
    let [header, body, below, footer] = Layout::vertical([
        Constraint::Length(bar),
        Constraint::Min(3),
        Constraint::Length(detail),
        Constraint::Length(bar),
    ])
    .areas(area);
    Places {
        header,
        body,
        below,
        footer,
    }
}

impl App {
    /// The parts of the terminal as it was last said to be.
    pub(crate) fn places(&self) -> Places {
        let (columns, lines) = self.size;
        places(self, Rect::new(0, 0, columns, lines))
    }

    /// How far the summary before signing can be scrolled.
    pub(crate) fn summary_scroll_max(&self) -> usize {
        submit::scroll_max(self, self.places().over())
    }

    /// How far the help can be scrolled.
    pub(crate) fn help_scroll_max(&self) -> usize {
        popups::help_scroll_max(self, self.places().over())
    }
}

/// Draws the whole screen. Never panics, at any size.
pub fn draw(app: &App, frame: &mut Frame<'_>) {
    let area = frame.area();
    let theme = Theme::new(app.palette);
    if area.width < COLUMNS_MIN || area.height < LINES_MIN {
        let text = fit(&app.tr("terminal-too-small"), usize::from(area.width));
        frame.render_widget(Paragraph::new(text), area);
        return;
    }
    let Places {
        header,
        body,
        below,
        footer,
    } = places(app, area);
    bars::header(app, theme, frame, header);
    draw_body(app, theme, frame, body);
    detail::draw(app, theme, frame, below);
    bars::footer(app, theme, frame, footer);
    let over = body.union(below);
    for popup in &app.popups {
        draw_popup(app, theme, frame, over, popup);
    }
}

fn draw_body(app: &App, theme: Theme, frame: &mut Frame<'_>, area: Rect) {
    if app.base.is_none() {
        let text = Line::from(app.tr("loading"));
        frame.render_widget(Paragraph::new(text).centered(), area);
        return;
    }
    match &app.place.table {
        Some(open) if !open.open => table::draw(app, theme, frame, area, open),
        Some(_) => fields::draw(app, theme, frame, area),
        None if area.width >= SECTIONS_FROM => {
            let beside = if area.width >= 100 { 38 } else { 24 };
            let [left, right] =
                Layout::horizontal([Constraint::Length(beside), Constraint::Min(1)]).areas(area);
            fields::sections(app, theme, frame, left);
            fields::draw(app, theme, frame, right);
        }
        None => fields::draw(app, theme, frame, area),
    }
}

fn draw_popup(app: &App, theme: Theme, frame: &mut Frame<'_>, area: Rect, popup: &Popup) {
    match popup {
        // Typed in the pane below the list, or in its title.
        Popup::Line(_) | Popup::Filter => {}
        Popup::Area(edit) => popups::area(app, theme, frame, area, edit),
        Popup::Choice(edit) => popups::choice(app, theme, frame, area, edit),
        Popup::Jump(list) => popups::jump(app, theme, frame, area, list),
        Popup::Confirm(question) => popups::confirm(app, theme, frame, area, question),
        Popup::Secret(prompt) => match prompt.purpose {
            Purpose::Unlock { .. } => popups::secret(app, theme, frame, area, prompt),
            Purpose::Submit => submit::draw(app, theme, frame, area, prompt),
        },
        Popup::Conflict { key, cursor } => {
            popups::conflict(app, theme, frame, area, key, *cursor);
        }
        Popup::Past(open) => past::draw(app, theme, frame, area, open),
        Popup::Help { scroll } => popups::help(app, theme, frame, area, *scroll),
    }
}

/// The first line to draw so that the cursor's line is in view, as near the
/// middle as the ends allow.
fn first_line(cursor: usize, count: usize, height: usize) -> usize {
    cursor
        .saturating_sub(height / 2)
        .min(count.saturating_sub(height))
}

/// The sign of a mark and its style. Signs are of the set that every
/// Windows console font has.
fn sign(theme: Theme, mark: Mark) -> (&'static str, Style) {
    match mark {
        Mark::Conflict => ("≠", theme.error()),
        Mark::Unsaved => ("?", theme.error()),
        Mark::Error => ("×", theme.error()),
        Mark::Missing => ("○", theme.warning()),
        Mark::Warning => ("!", theme.warning()),
        Mark::Filled => ("√", theme.good()),
        Mark::Empty => ("·", theme.dim()),
    }
}
