//! The state of the terminal form, and the questions that update and view ask it.

use std::collections::BTreeMap;
use std::sync::Arc;

use messages::Catalogue;
use model::check::{Check, CheckContext, Finding, check};
use model::compute::compute;
use model::form::{Field, FieldType};
use model::{Computed, Form, Lang, Scalar, Snapshot, Timestamp};

use crate::form::items::{Item, field_code, row_items, section_items};
use crate::form::msg::{CommentView, ConflictView, Effect, ReportView};
use crate::form::popup::Popup;
use crate::form::saves::{Save, SaveState, lay_over, lies_in, target, written};
use crate::form::table::TablePlace;
use crate::form::undo::Edits;
use crate::parts::keymap::Context;
use crate::parts::theme::Palette;

/// The size of a terminal that has not said so.
const SIZE: (u16, u16) = (80, 24);

/// The whole state. Made by [`App::new`], changed only by [`App::update`].
#[derive(Debug)]
pub struct App {
    pub(crate) form: Arc<Form>,
    pub(crate) lang: Lang,
    pub(crate) words: Catalogue,
    pub(crate) palette: Palette,
    pub(crate) now: Timestamp,
    /// Columns and lines of the terminal.
    pub(crate) size: (u16, u16),
    /// The report as the store has it.
    pub(crate) base: Option<Box<ReportView>>,
    /// Saves that `base` does not show yet.
    pub(crate) saves: Vec<Save>,
    /// What this sitting edited, to be taken back.
    pub(crate) edits: Edits,
    /// `base` with `saves` laid over.
    pub(crate) shown: Snapshot,
    /// What the rules say about `shown`.
    pub(crate) check: Check,
    /// What the indicators come to, over `shown`.
    pub(crate) computed: BTreeMap<String, Computed>,
    /// Whose key is open.
    pub(crate) person: Option<String>,
    /// Whose key was open last.
    pub(crate) person_was: Option<String>,
    pub(crate) place: Place,
    pub(crate) popups: Vec<Popup>,
    pub(crate) notice: Option<Notice>,
    /// What somebody else changed under the user's eyes, until they have been
    /// there.
    pub(crate) news: BTreeMap<String, ChangedBy>,
}

/// A change that came from elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ChangedBy {
    /// Who, if that is known.
    pub(crate) author: Option<String>,
    /// When, by their clock.
    pub(crate) at: Option<Timestamp>,
    /// What stood there before.
    pub(crate) before: Scalar,
}

/// Where the cursor is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Place {
    /// Section of the form.
    pub(crate) section: usize,
    /// Item of the section.
    pub(crate) item: usize,
    /// The table that is open over the section.
    pub(crate) table: Option<TablePlace>,
}

/// A line of news for the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Notice {
    pub(crate) text: String,
    pub(crate) bad: bool,
}

/// How a field stands, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mark {
    Conflict,
    Unsaved,
    Error,
    Missing,
    Warning,
    Filled,
    Empty,
}

impl App {
    /// A form without a report, and the effect that fetches it.
    pub fn new(
        form: Arc<Form>,
        lang: Lang,
        now: Timestamp,
        palette: Palette,
    ) -> (App, Vec<Effect>) {
        let words = Catalogue::new(match lang {
            Lang::Vi => messages::Lang::Vi,
            Lang::En => messages::Lang::En,
        });
        let app = App {
            form,
            lang,
            words,
            palette,
            now,
            size: SIZE,
            base: None,
            saves: Vec::new(),
            edits: Edits::default(),
            shown: Snapshot::default(),
            check: Check::default(),
            computed: BTreeMap::new(),
            person: None,
            person_was: None,
            place: Place::default(),
            popups: Vec::new(),
            notice: None,
            news: BTreeMap::new(),
        };
        (app, vec![Effect::Load])
    }

    /// Whether nothing lies in front of the sections, no table is open, and all
    /// that was typed is stored: then the report can be left.
    pub(crate) fn is_at_rest(&self) -> bool {
        self.popups.is_empty() && self.place.table.is_none() && self.failed_saves() == 0
    }

    /// Whose keys hold now.
    pub(crate) fn context(&self) -> Context {
        match (self.popups.last(), &self.place.table) {
            (Some(popup), _) => popup.context(),
            (None, Some(table)) if !table.open => Context::Table,
            (None, _) => Context::Form,
        }
    }

    /// The field of a table.
    pub(crate) fn table_field(&self, code: &str) -> Option<&Field> {
        self.form
            .field(code)
            .filter(|field| field.kind == FieldType::Table)
    }

    /// The items of a section.
    pub(crate) fn section_items(&self, section: usize) -> Vec<Item> {
        section_items(
            &self.form,
            section,
            &self.shown,
            &self.computed,
            self.lang,
            &self.words,
        )
    }

    /// The items of the list in front: of the row under the cursor, else of the
    /// section.
    pub(crate) fn items(&self) -> Vec<Item> {
        let Some(table) = &self.place.table else {
            return self.section_items(self.place.section);
        };
        match (self.table_field(&table.code), &table.row) {
            (Some(field), Some(row)) => row_items(field, row, self.lang),
            _ => Vec::new(),
        }
    }

    /// The place of the cursor in [`App::items`].
    pub(crate) fn cursor(&self) -> usize {
        match &self.place.table {
            Some(table) => table.column,
            None => self.place.item,
        }
    }

    /// The item under the cursor.
    pub(crate) fn current(&self) -> Option<Item> {
        let at = self.cursor();
        self.items().into_iter().nth(at)
    }

    /// The key the cursor stands for, whatever is open.
    pub(crate) fn current_key(&self) -> String {
        match (self.current(), &self.place.table) {
            (Some(item), _) => item.key,
            (None, Some(table)) => table.code.clone(),
            (None, None) => String::new(),
        }
    }

    /// Whether the grid of a table is in front.
    pub(crate) fn in_grid(&self) -> bool {
        self.place.table.as_ref().is_some_and(|table| !table.open)
    }

    /// The conflicts that no save on its way has settled.
    pub(crate) fn conflicts(&self) -> impl Iterator<Item = &ConflictView> {
        let settled = |conflict: &ConflictView| {
            let mut saves = self.saves.iter().filter_map(|save| written(&save.effect));
            saves.any(|(key, upon)| upon.settles && key == conflict.key)
        };
        self.base
            .iter()
            .flat_map(|base| &base.conflicts)
            .filter(move |conflict| !settled(conflict))
    }

    /// The conflict at a key.
    pub(crate) fn conflict(&self, key: &str) -> Option<&ConflictView> {
        self.conflicts().find(|conflict| conflict.key == key)
    }

    /// The reviewer's comments about a key: on itself, on its field, or on an
    /// indicator computed from it.
    pub(crate) fn comments(&self, key: &str) -> impl Iterator<Item = &CommentView> {
        self.base
            .iter()
            .flat_map(|base| &base.comments)
            .filter(move |comment| comment.code == key || field_code(&comment.code) == key)
    }

    /// What the rules say about a key. A table answers for its rows and cells.
    pub(crate) fn findings<'a>(
        &'a self,
        key: &'a str,
    ) -> impl Iterator<Item = (&'a Finding, bool)> {
        let errors = self.check.errors.iter().map(|finding| (finding, true));
        let warnings = self.check.warnings.iter().map(|finding| (finding, false));
        errors
            .chain(warnings)
            .filter(move |(finding, _)| lies_in(&finding.code, key))
    }

    /// How the field at a key stands.
    pub(crate) fn mark(&self, key: &str) -> Mark {
        let failed = |save: &Save| {
            save.state == SaveState::Failed && target(&save.effect).is_some_and(|t| lies_in(t, key))
        };
        if self.conflicts().any(|conflict| lies_in(&conflict.key, key)) {
            return Mark::Conflict;
        }
        if self.saves.iter().any(failed) {
            return Mark::Unsaved;
        }
        let filled = self.is_filled(key);
        let mut mark = if filled { Mark::Filled } else { Mark::Empty };
        for (finding, error) in self.findings(key) {
            let found = match (error, filled) {
                (true, true) => Mark::Error,
                (true, false) if finding.problem == model::check::Problem::Conflict => Mark::Error,
                (true, false) => Mark::Missing,
                (false, _) => Mark::Warning,
            };
            mark = mark.min(found);
        }
        mark
    }

    /// Whether somebody else has just changed a key, or something in a table.
    pub(crate) fn is_news(&self, key: &str) -> bool {
        self.news.keys().any(|changed| lies_in(changed, key))
    }

    /// Whether anything stands under a key.
    pub(crate) fn is_filled(&self, key: &str) -> bool {
        !self.shown.get(key).is_null()
            || self.shown.texts.contains_key(key)
            || self.shown.rows(key).next().is_some()
            || self.is_confirmed_empty(key)
    }

    /// Whether somebody has said of a table that there is nothing to list.
    pub(crate) fn is_confirmed_empty(&self, table: &str) -> bool {
        self.shown.get(&format!("{table}.empty")).as_bool() == Some(true)
    }

    /// Errors of a section.
    pub(crate) fn section_errors(&self, section: usize) -> usize {
        let Some(section) = self.form.sections.get(section) else {
            return 0;
        };
        let here = |finding: &&Finding| {
            let code = field_code(&finding.code);
            section.fields.iter().any(|field| field.code == code)
        };
        self.check.errors.iter().filter(here).count()
    }

    /// Saves that failed.
    pub(crate) fn failed_saves(&self) -> usize {
        let failed = |save: &&Save| save.state == SaveState::Failed;
        self.saves.iter().filter(failed).count()
    }

    /// A value as people read it; nothing is a word too.
    pub(crate) fn value_words(&self, key: &str, value: &Scalar) -> String {
        match self.form.display(key, value, self.lang) {
            empty if empty.is_empty() => self.tr("value-empty"),
            words => words,
        }
    }

    /// A text from the catalogue.
    pub(crate) fn tr(&self, id: &str) -> String {
        self.words.tr(id)
    }

    /// Lays the saves over the report, checks it, and puts the cursor back on
    /// something that is there.
    pub(crate) fn refresh(&mut self) {
        let Some(base) = &self.base else {
            return;
        };
        let mut shown = base.snapshot.clone();
        for save in &self.saves {
            lay_over(&mut shown, save);
        }
        self.check = if self.saves.is_empty() {
            base.check.clone()
        } else {
            let conflicts: Vec<String> = self.conflicts().map(|c| c.key.clone()).collect();
            let context = CheckContext {
                period: base.period,
                today: self.now.date_in_vietnam(),
                conflicts: &conflicts,
            };
            check(&self.form, &shown, &context)
        };
        let computed = compute(&self.form, &shown, base.period);
        let here = self.item_key();
        self.computed = computed;
        self.shown = shown;
        self.follow_item(&here);
        self.settle();
    }

    /// The key of the section's item under the cursor.
    fn item_key(&self) -> String {
        let items = self.section_items(self.place.section);
        let item = items.into_iter().nth(self.place.item);
        item.map_or_else(String::new, |item| item.key)
    }

    /// Keeps the cursor on its item: answers bring items and take them away. What
    /// stood beside a field leaves the cursor on the field.
    fn follow_item(&mut self, key: &str) {
        let items = self.section_items(self.place.section);
        let at = |key: &str| items.iter().position(|item| item.key == key);
        if let Some(at) = at(key).or_else(|| at(field_code(key))) {
            self.place.item = at;
        }
    }

    /// Puts the cursor on something that is there. An editor in front keeps its
    /// place: nobody's field vanishes while they type in it.
    pub(crate) fn settle(&mut self) {
        if !self.popups.is_empty() {
            return;
        }
        self.follow_row();
        let last = self.form.sections.len().saturating_sub(1);
        self.place.section = self.place.section.min(last);
        let items = self.section_items(self.place.section).len();
        self.place.item = self.place.item.min(items.saturating_sub(1));
    }

    /// Keeps the cursor on its row wherever it has gone, else on the row that
    /// stands there now.
    pub(crate) fn follow_row(&mut self) {
        let rows = self.table_rows();
        let Some(table) = &mut self.place.table else {
            return;
        };
        let exists = |row: &String| {
            let marker = format!("{}/{row}", table.code);
            !self.shown.get(&marker).is_null()
        };
        // A row on its own screen stays there although the filter hides it.
        let kept = table.open && table.row.as_ref().is_some_and(exists);
        match rows.iter().position(|row| table.row.as_ref() == Some(row)) {
            Some(at) => table.cursor = at,
            None if kept => {}
            None => {
                table.open = false;
                table.cursor = table.cursor.min(rows.len().saturating_sub(1));
                table.row = rows.into_iter().nth(table.cursor);
            }
        }
        let columns = self.form.field(&table.code).map_or(0, |f| f.columns.len());
        table.column = table.column.min(columns.saturating_sub(1));
    }
}
