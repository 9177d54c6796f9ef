//! The mouse: rows, facets, titles of columns, keys of the footer.

use crate::form;
use crate::page::{Hit, hit};
use crate::parts::key::{Code, Key};
use crate::parts::keymap::Action;
use crate::parts::mouse::{Mouse, MouseKind};

use super::msg::Effect;
use super::{Shell, view};

/// Lines that the wheel moves.
const WHEEL_LINES: usize = 3;

impl Shell {
    pub(super) fn on_mouse(&mut self, mouse: Mouse) -> Vec<Effect> {
        if self.over.is_empty() && self.report.is_some() {
            return self.tell_form(form::Msg::Mouse(mouse));
        }
        if let Some(key) = view::key_at(self, mouse).filter(|_| mouse.kind == MouseKind::Press) {
            return self.on_key(key);
        }
        if !self.over.is_empty() {
            let key = match mouse.kind {
                MouseKind::WheelUp => Code::Up,
                MouseKind::WheelDown => Code::Down,
                MouseKind::Press => return Vec::new(),
            };
            return self.on_key(Key::plain(key));
        }
        match mouse.kind {
            MouseKind::WheelUp => self.step(|at, _| at.saturating_sub(WHEEL_LINES)),
            MouseKind::WheelDown => self.step(|at, _| at + WHEEL_LINES),
            MouseKind::Press => {
                let body = view::body(self);
                let under = self
                    .page()
                    .and_then(|page| hit(page, body, mouse.column, mouse.line));
                return self.press(under);
            }
        }
        Vec::new()
    }

    /// A press on the row under the cursor opens it, on another one goes there.
    fn press(&mut self, under: Option<Hit>) -> Vec<Effect> {
        match under {
            Some(Hit::Row(at)) if self.page().is_some_and(|page| page.grid.cursor() == at) => {
                return self.page_key(Action::Open);
            }
            Some(Hit::Row(at)) => self.step(|_, _| at),
            Some(Hit::Facet(at)) => self.arrange(|page| {
                page.grid.facet = at;
                page.grid.rearrange();
            }),
            Some(Hit::Details) => return self.page_key(Action::Details),
            Some(Hit::Column(at)) => self.arrange(|page| page.grid.sort_by(at)),
            None => {}
        }
        Vec::new()
    }
}
