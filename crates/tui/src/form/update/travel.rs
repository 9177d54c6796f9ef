//! Going to a key: the next error, a finding, a comment, a field searched for.

use crate::form::app::{App, Mark};
use crate::form::items::field_code;
use crate::form::msg::Effect;
use crate::form::table::TablePlace;

impl App {
    /// To the next error after the cursor, round the end.
    pub(super) fn next_error(&mut self) -> Vec<Effect> {
        self.next_finding("notice-no-errors", |_, _| true)
    }

    /// To the next field that must be filled and is empty, round the end.
    pub(super) fn next_missing(&mut self) -> Vec<Effect> {
        self.next_finding("notice-none-missing", |app, code| {
            app.mark(code) == Mark::Missing
        })
    }

    fn next_finding(&mut self, none: &str, counts: impl Fn(&App, &str) -> bool) -> Vec<Effect> {
        let here = self.rank(&self.current_key());
        let mut errors: Vec<(Rank, &str)> = self
            .check
            .errors
            .iter()
            .map(|finding| finding.code.as_str())
            .filter(|code| self.form.field(field_code(code)).is_some() && counts(self, code))
            .map(|code| (self.rank(code), code))
            .collect();
        errors.sort_unstable();
        let next = errors
            .iter()
            .find(|(rank, _)| *rank > here)
            .or_else(|| errors.first());
        match next {
            Some((_, key)) => {
                let key = (*key).to_owned();
                self.visit(&key);
            }
            None => self.tell(self.tr(none)),
        }
        Vec::new()
    }

    /// Where a key stands in the form, for comparing.
    fn rank(&self, key: &str) -> Rank {
        let code = field_code(key);
        let mut rank = Rank::default();
        for (s, section) in self.form.sections.iter().enumerate() {
            if let Some(f) = section.fields.iter().position(|field| field.code == code) {
                rank.section = s;
                rank.field = f;
            }
        }
        let mut parts = key.split('/').skip(1);
        if let Some(row) = parts.next() {
            let at = self.shown.rows(code).position(|r| r == row);
            rank.row = at.map_or(0, |at| at + 1);
        }
        if let (Some(column), Some(field)) = (parts.next(), self.form.field(code)) {
            let at = field.columns.iter().position(|c| c.id == column);
            rank.column = at.map_or(0, |at| at + 1);
        }
        rank.beside = usize::from(key.contains('.'));
        rank
    }

    /// [`App::go_to`]; where the cursor cannot stand on the key itself (a row
    /// that one person removed while another edited it), its concurrent values
    /// are put in front, so that they can be settled at all.
    pub(super) fn visit(&mut self, key: &str) {
        self.go_to(key);
        if self.current_key() != key && self.conflict(key).is_some() {
            self.open_conflict(key);
        }
    }

    /// Puts the cursor on a key: a field, what stands beside it, a cell, or an
    /// indicator. An unknown key leads to its field, or nowhere.
    pub(crate) fn go_to(&mut self, key: &str) {
        let code = field_code(key);
        let holds = |at: &usize| {
            let items = self.section_items(*at);
            items.iter().any(|item| item.key == key || item.key == code)
        };
        let Some(section) = (0..self.form.sections.len()).find(holds) else {
            return;
        };
        let items = self.section_items(section);
        let exact = items.iter().position(|item| item.key == key);
        let field = items.iter().position(|item| item.key == code);
        self.place.section = section;
        self.place.item = exact.or(field).unwrap_or(0);
        let here = self.place.table.take().filter(|table| table.code == code);
        let mut parts = key.split('/').skip(1);
        let (Some(row), Some(field)) = (parts.next(), self.table_field(code)) else {
            return;
        };
        if self.shown.get(&format!("{code}/{row}")).is_null() {
            return;
        }
        let column = parts
            .next()
            .and_then(|id| field.columns.iter().position(|c| c.id == id));
        // Whoever looks at the grid goes on looking at it.
        let mut table = here.unwrap_or_else(|| TablePlace {
            open: true,
            ..TablePlace::new(code)
        });
        table.row = Some(row.to_owned());
        table.column = column.unwrap_or(0);
        let rows = table.rows(&self.form, &self.shown, self.lang);
        if !rows.iter().any(|one| one == row) {
            table.filter = Default::default();
        }
        self.place.table = Some(table);
        self.follow_row();
    }
}

/// Order of keys in the form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    section: usize,
    field: usize,
    row: usize,
    column: usize,
    beside: usize,
}
