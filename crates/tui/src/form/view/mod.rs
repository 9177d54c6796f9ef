//! The view: reads the state, draws, changes nothing.

mod bars;
mod calendar;
mod detail;
mod fields;
mod help;
mod list;
mod past;
mod popups;
mod submit;
mod table;

use jiff::civil::Date;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use crate::form::app::{App, Mark};
use crate::form::popup::{AreaEdit, Popup, Purpose};
use crate::parts::display::fit;
use crate::parts::key::Key;
use crate::parts::theme::Theme;

use list::List;
pub(crate) use table::GridHit;

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

/// What is under the mouse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hit {
    /// A key of the footer.
    Key(Key),
    /// A section.
    Section(usize),
    /// A line of the list in front.
    Line(usize),
    /// A cell or the name of a column.
    Grid(GridHit),
    /// A day of the calendar.
    Day(Date),
    /// A letter of the text being typed, by line and column.
    Letter {
        /// The line that is seen.
        row: usize,
        /// Its column.
        column: usize,
    },
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

    /// What is at a point of the terminal.
    pub(crate) fn hit(&self, column: u16, line: u16) -> Option<Hit> {
        let at = (column, line);
        let places = self.places();
        if let Some(key) = bars::key_at(self, places.footer, at) {
            return Some(Hit::Key(key));
        }
        self.base.as_ref()?;
        let over = places.over();
        match self.popups.last() {
            Some(Popup::Line(edit)) => {
                let day = calendar::day_at(self, list::below(places.below, 1), edit, at);
                return day.map(Hit::Day);
            }
            Some(Popup::Area(edit)) => {
                let room = popups::area_room(over, edit);
                let (lines, row, _) = edit.area.layout(usize::from(room.width));
                let row = List::new(room, row, lines.len()).at(column, line)?;
                let column = usize::from(column - room.x);
                return Some(Hit::Letter { row, column });
            }
            // The grid goes on being looked at while it is filtered.
            Some(Popup::Filter) | None => {}
            Some(_) => {
                let list = popups::list_in_front(self, over)?;
                return list.at(column, line).map(Hit::Line);
            }
        }
        if let Some(open) = self.place.table.as_ref().filter(|open| !open.open) {
            return table::hit(self, places.body, open, at).map(Hit::Grid);
        }
        let (sections, fields) = divided(self, places.body);
        let section = sections.and_then(|area| fields::section_list(self, area).at(column, line));
        match section {
            Some(section) => Some(Hit::Section(section)),
            None => fields::item_list(self, fields)
                .at(column, line)
                .map(Hit::Line),
        }
    }

    /// Where a long text is typed.
    pub(crate) fn area_room(&self, edit: &AreaEdit) -> Rect {
        popups::area_room(self.places().over(), edit)
    }

    /// How far the summary before signing can be scrolled.
    pub(crate) fn summary_scroll_max(&self) -> usize {
        submit::scroll_max(self, self.places().over())
    }

    /// How far the help can be scrolled.
    pub(crate) fn help_scroll_max(&self) -> usize {
        help::scroll_max(self, self.places().over())
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
        _ => {
            let (sections, right) = divided(app, area);
            if let Some(left) = sections {
                fields::sections(app, theme, frame, left);
            }
            fields::draw(app, theme, frame, right);
        }
    }
}

/// Where the sections are, if they have room, and where the fields.
fn divided(app: &App, area: Rect) -> (Option<Rect>, Rect) {
    if app.place.table.is_some() || area.width < SECTIONS_FROM {
        return (None, area);
    }
    let beside = if area.width >= 100 { 38 } else { 24 };
    let [left, right] =
        Layout::horizontal([Constraint::Length(beside), Constraint::Min(1)]).areas(area);
    (Some(left), right)
}

fn draw_popup(app: &App, theme: Theme, frame: &mut Frame<'_>, area: Rect, popup: &Popup) {
    match popup {
        // Typed in the pane below the list, or in its title.
        Popup::Line(_) | Popup::Filter => {}
        Popup::Area(edit) => popups::area(app, theme, frame, area, edit),
        Popup::Choice(edit) => popups::choice(app, theme, frame, area, edit),
        Popup::Jump(list) => popups::jump(app, theme, frame, area, list),
        Popup::Confirm(question) => popups::confirm(app, theme, frame, area, question),
        Popup::Secret(prompt) => match &prompt.purpose {
            Purpose::Unlock { .. } => popups::secret(app, theme, frame, area, prompt),
            Purpose::Submit => submit::draw(app, theme, frame, area, prompt),
        },
        Popup::Conflict(open) => popups::conflict(app, theme, frame, area, open),
        Popup::Past(open) => past::draw(app, theme, frame, area, open),
        Popup::Help { scroll } => help::help(app, theme, frame, area, *scroll),
    }
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
