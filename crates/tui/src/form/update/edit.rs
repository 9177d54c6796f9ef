//! Opening editors and taking what was typed.

use model::Scalar;
use model::form::FieldType;
use model::input::clean_long_text;

use crate::form::app::App;
use crate::form::items::Item;
use crate::form::msg::Effect;
use crate::form::popup::{AreaEdit, ChoiceEdit, ChoiceOption, LineEdit, Popup, is_ticked};
use crate::form::upon::{Footing, Upon};
use crate::parts::area::Area;
use crate::parts::line::Line;

impl App {
    /// Types a value; `typed` replaces what stands there.
    pub(super) fn open_line(
        &mut self,
        item: &Item,
        typed: Option<String>,
        footing: Footing,
    ) -> Vec<Effect> {
        let base = self.shown.get(&item.key).clone();
        let initial = Line::new(&self.form.display(&item.key, &base, self.lang)).normal();
        let line = Line::new(typed.as_deref().unwrap_or(&initial));
        self.popups.push(Popup::Line(LineEdit {
            key: item.key.clone(),
            kind: self
                .form
                .slot(&item.key)
                .map_or(FieldType::Text, |slot| slot.kind()),
            line,
            initial,
            base,
            error: None,
            footing,
        }));
        Vec::new()
    }

    pub(super) fn open_area(&mut self, item: &Item) -> Vec<Effect> {
        let base = self.shown.texts.get(&item.key).cloned().unwrap_or_default();
        self.popups.push(Popup::Area(AreaEdit {
            code: item.key.clone(),
            area: Area::new(&base),
            base,
            arrived: false,
        }));
        Vec::new()
    }

    pub(super) fn open_choice(&mut self, item: &Item, footing: Footing) -> Vec<Effect> {
        let Some(slot) = self.form.slot(&item.key) else {
            return Vec::new();
        };
        let base = self.shown.get(&item.key).clone();
        let option = |choice: &model::form::Choice| ChoiceOption {
            id: choice.id.clone(),
            label: choice.label.get(self.lang).to_owned(),
            ticked: is_ticked(&base, &choice.id),
        };
        let options: Vec<ChoiceOption> = slot.choices().iter().map(option).collect();
        let many = slot.kind() == FieldType::Many;
        let first = options.iter().position(|option| option.ticked && !many);
        self.popups.push(Popup::Choice(ChoiceEdit {
            key: item.key.clone(),
            many,
            options,
            filter: Line::default(),
            cursor: first.unwrap_or(0),
            begun: base.clone(),
            base,
            footing,
        }));
        Vec::new()
    }

    /// Saves a value if it is another one than what stands there, or settles
    /// what does.
    pub(super) fn set_value(&mut self, key: String, value: Scalar, upon: Upon) -> Vec<Effect> {
        if *self.shown.get(&key) == value && !self.settles(&key, &upon) {
            return Vec::new();
        }
        self.save(Effect::SetValue { key, value, upon })
    }

    /// Whether an edit would settle concurrent values: those that were shown to
    /// the person, if they still wait for that.
    pub(super) fn settles(&self, key: &str, upon: &Upon) -> bool {
        upon.settles && self.conflict(key).is_some()
    }

    /// Takes a typed line: the effects, or the editor with what is wrong.
    pub(super) fn take_line(&mut self, mut edit: LineEdit) -> Result<Vec<Effect>, Box<LineEdit>> {
        let text = edit.line.normal();
        // Untouched is untouched (over a conflict it is a choice, unless nothing
        // stands there), even where the value could not be typed again: it may have
        // come from a newer form.
        let chosen = !text.is_empty() && self.settles(&edit.key, &edit.footing.upon);
        if text == edit.initial && !chosen {
            return Ok(Vec::new());
        }
        match self.form.parse_value(&edit.key, &text) {
            Ok(value) => Ok(self.set_value(edit.key, value, edit.footing.upon)),
            Err(error) => {
                edit.error = Some(error.message(self.lang));
                Err(Box::new(edit))
            }
        }
    }

    /// Takes a typed text: the effects, or the editor back.
    pub(super) fn take_area(&mut self, edit: AreaEdit) -> Result<Vec<Effect>, Box<AreaEdit>> {
        let typed = edit.area.normal();
        if typed == edit.base.trim_end() {
            return Ok(Vec::new());
        }
        match clean_long_text(&typed) {
            Ok(text) => {
                let AreaEdit { code, base, .. } = edit;
                Ok(self.save(Effect::SetText { code, base, text }))
            }
            Err(error) => {
                self.warn(error.message(self.lang));
                Err(Box::new(edit))
            }
        }
    }

    /// Takes what the editor in front holds, if that can be taken; else it stays.
    pub(super) fn commit_front(&mut self) -> Vec<Effect> {
        let (effects, back) = match self.popups.pop() {
            Some(Popup::Line(edit)) => match self.take_line(edit) {
                Ok(effects) => (effects, None),
                Err(edit) => (Vec::new(), Some(Popup::Line(*edit))),
            },
            Some(Popup::Area(edit)) => match self.take_area(edit) {
                Ok(effects) => (effects, None),
                Err(edit) => (Vec::new(), Some(Popup::Area(*edit))),
            },
            other => (Vec::new(), other),
        };
        self.popups.extend(back);
        effects
    }

    /// Pasted text goes where letters go.
    pub(super) fn on_paste(&mut self, text: &str) -> Vec<Effect> {
        match self.popups.last_mut() {
            Some(Popup::Line(edit)) => {
                edit.error = None;
                edit.insert(text);
            }
            Some(Popup::Area(edit)) => {
                let whole = edit.area.insert(text);
                if !whole {
                    self.warn(self.tr("notice-text-full"));
                }
            }
            Some(Popup::Choice(edit)) => {
                edit.filter.insert(text);
                edit.cursor = 0;
            }
            Some(Popup::Jump(list)) => {
                list.filter.insert(text);
                list.cursor = 0;
            }
            Some(Popup::Past(past)) => {
                past.filter.insert(text);
                past.cursor = 0;
                past.find();
            }
            Some(Popup::Filter) => {
                if let Some(table) = &mut self.place.table {
                    table.filter.insert(text);
                }
                self.follow_row();
            }
            Some(Popup::Secret(prompt)) if !prompt.busy => {
                // A trailing line break belongs to the clipboard, not to it.
                let typed = text.trim_end_matches(['\r', '\n']);
                typed.chars().for_each(|c| prompt.secret.push(c));
            }
            _ => {}
        }
        Vec::new()
    }
}
