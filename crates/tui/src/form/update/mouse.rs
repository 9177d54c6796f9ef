//! The mouse: a press goes there, a press where the cursor is opens, the wheel
//! walks.

use crate::form::app::App;
use crate::form::msg::Effect;
use crate::form::popup::Popup;
use crate::form::view::{GridHit, Hit};
use crate::parts::key::{Code, Key};
use crate::parts::mouse::{Mouse, MouseKind};

/// Lines that the wheel moves.
const WHEEL_LINES: usize = 3;

impl App {
    pub(super) fn on_mouse(&mut self, mouse: Mouse) -> Vec<Effect> {
        match mouse.kind {
            MouseKind::Press => match self.hit(mouse.column, mouse.line) {
                Some(hit) => {
                    self.notice = None;
                    self.press(hit)
                }
                None => Vec::new(),
            },
            MouseKind::WheelUp => self.wheel(Code::Up),
            MouseKind::WheelDown => self.wheel(Code::Down),
        }
    }

    fn press(&mut self, hit: Hit) -> Vec<Effect> {
        match (hit, self.popups.last_mut()) {
            (Hit::Key(key), _) => self.on_key(key),
            (Hit::Day(day), Some(Popup::Line(edit))) => {
                edit.error = None;
                edit.pick(day);
                Vec::new()
            }
            (Hit::Letter { row, column }, Some(Popup::Area(edit))) => {
                let edit = edit.clone();
                let columns = usize::from(self.area_room(&edit).width);
                if let Some(Popup::Area(edit)) = self.popups.last_mut() {
                    edit.area.point(row, column, columns);
                }
                Vec::new()
            }
            (Hit::Line(at), Some(popup)) => {
                let cursor = match popup {
                    Popup::Choice(edit) => &mut edit.cursor,
                    Popup::Jump(list) => &mut list.cursor,
                    Popup::Past(past) => &mut past.cursor,
                    Popup::Conflict(open) => &mut open.cursor,
                    _ => return Vec::new(),
                };
                if std::mem::replace(cursor, at) != at {
                    return Vec::new();
                }
                match popup {
                    // A list of many is left by its own key.
                    Popup::Choice(edit) if edit.many => self.on_key(Key::char(' ')),
                    _ => self.on_key(Key::plain(Code::Enter)),
                }
            }
            (Hit::Section(at), None) => {
                self.place.section = at;
                self.place.item = 0;
                Vec::new()
            }
            (Hit::Line(at), None) => {
                if self.cursor() == at {
                    return self.on_key(Key::plain(Code::Enter));
                }
                self.go(|app| app.set_cursor(at));
                Vec::new()
            }
            (Hit::Grid(hit), None | Some(Popup::Filter)) => self.press_grid(hit),
            _ => Vec::new(),
        }
    }

    fn press_grid(&mut self, hit: GridHit) -> Vec<Effect> {
        let Some(table) = &mut self.place.table else {
            return Vec::new();
        };
        let here = table.column == hit.column && Some(table.cursor) == hit.row;
        let filtering = !self.popups.is_empty();
        match hit.row {
            None => {
                table.column = hit.column;
                table.cycle_sort();
            }
            Some(_) if here && !filtering => return self.on_key(Key::plain(Code::Enter)),
            Some(row) => self.go(|app| {
                if let Some(table) = &mut app.place.table {
                    table.column = hit.column;
                }
                app.set_row(row);
            }),
        }
        Vec::new()
    }

    /// Moves the cursor; what was news where it stood has been seen.
    fn go(&mut self, to: impl FnOnce(&mut App)) {
        let here = self.current_key();
        to(self);
        if self.current_key() != here {
            self.news.remove(&here);
        }
    }

    fn wheel(&mut self, code: Code) -> Vec<Effect> {
        match self.popups.last() {
            // There up and down would save what is typed, or answer.
            Some(Popup::Line(_) | Popup::Confirm(_)) => return Vec::new(),
            Some(_) => {
                return (0..WHEEL_LINES)
                    .flat_map(|_| self.on_key(Key::plain(code)))
                    .collect();
            }
            None => {}
        }
        let (at, last) = match &self.place.table {
            Some(table) if !table.open => (table.cursor, self.table_rows().len()),
            _ => (self.cursor(), self.items().len()),
        };
        let to = match code {
            Code::Up => at.saturating_sub(WHEEL_LINES),
            _ => (at + WHEEL_LINES).min(last.saturating_sub(1)),
        };
        match self.in_grid() {
            true => self.go(|app| app.set_row(to)),
            false => self.go(|app| app.set_cursor(to)),
        }
        Vec::new()
    }
}
