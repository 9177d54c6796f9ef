//! The command palette: all that the keys do here, to be found by its words.

use std::collections::HashSet;

use crate::page::Place;
use crate::parts::key::Key;
use crate::parts::keymap::{Action, Context, bindings};
use crate::parts::line::Line;

use super::Shell;
use super::msg::Effect;
use super::over::Over;

/// One thing that can be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// What it is called.
    pub(crate) words: String,
    /// The key that does the same.
    pub(super) key: String,
    pub(super) action: Action,
}

impl Shell {
    pub(super) fn open_palette(&mut self) {
        self.over.push(Over::Palette {
            filter: Line::default(),
            cursor: 0,
        });
    }

    /// What can be done where we are, narrowed by what is typed.
    pub(crate) fn entries(&self, filter: &Line) -> Vec<Entry> {
        let context = self
            .page()
            .map_or(Context::Page, |page| page.place.context());
        let own = self.report.is_none().then_some(context);
        let contexts = own.into_iter().chain([Context::Page, Context::Global]);
        let desks = self.desks();
        let entry = |binding: &crate::parts::keymap::Binding| {
            let words = match binding.action {
                Action::Desk(at) => {
                    let place: &Place = desks.get(usize::from(at))?;
                    format!("{}: {}", self.tr("palette-go"), self.title(place))
                }
                // Of a page that is hidden.
                action if self.report.is_some() && !is_of_the_frame(action) => return None,
                // They lead nowhere from here.
                Action::Palette | Action::Cancel | Action::Up | Action::Down => return None,
                _ => self.tr(binding.label),
            };
            let key = binding.keys.first().map(|key| key.name());
            Some(Entry {
                words,
                key: key.unwrap_or_default(),
                action: binding.action,
            })
        };
        let wanted = model::text::fold(filter.text());
        let wanted: Vec<&str> = wanted.split_whitespace().collect();
        // What is bound on a page and everywhere stands there once, as on the page.
        let mut listed = HashSet::new();
        contexts
            .flat_map(bindings)
            .filter(|binding| listed.insert(binding.action))
            .filter_map(entry)
            .filter(|entry| {
                let words = model::text::fold(&entry.words);
                wanted.iter().all(|word| words.contains(word))
            })
            .collect()
    }

    pub(super) fn palette_key(
        &mut self,
        mut filter: Line,
        mut cursor: usize,
        key: Key,
        action: Option<Action>,
    ) -> Vec<Effect> {
        let entries = self.entries(&filter);
        let last = entries.len().saturating_sub(1);
        match (action, key.typed()) {
            (Some(Action::Cancel), _) => return Vec::new(),
            (Some(Action::Accept), _) => {
                return match entries.get(cursor.min(last)) {
                    Some(entry) => self.do_from_palette(entry.action),
                    None => Vec::new(),
                };
            }
            (Some(Action::Up), _) => cursor = cursor.saturating_sub(1),
            (Some(Action::Down), _) => cursor = (cursor + 1).min(last),
            (Some(action), _) => {
                filter.act(action);
                cursor = 0;
            }
            (None, Some(c)) => {
                filter.push(c);
                cursor = 0;
            }
            (None, None) => {}
        }
        self.over.push(Over::Palette { filter, cursor });
        Vec::new()
    }

    fn do_from_palette(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::Quit => vec![Effect::Quit],
            action => self.page_key(action),
        }
    }
}

/// What can be done whatever is in front.
fn is_of_the_frame(action: Action) -> bool {
    matches!(action, Action::Sync | Action::Theme | Action::Quit)
}
