//! A newer view of the report: what has come from elsewhere is shown in place,
//! with its author.

use std::collections::BTreeSet;

use messages::Arg;
use model::{Scalar, Snapshot};

use crate::form::app::{App, ChangedBy};
use crate::form::items::field_code;
use crate::form::msg::{Effect, ReportView};
use crate::form::popup::Popup;
use crate::form::saves::{Save, SaveState, lay_over, lies_in, target};
use crate::parts::words::SyncView;

impl App {
    pub(super) fn on_loaded(&mut self, view: Box<ReportView>) -> Vec<Effect> {
        let fresh = self.changed_elsewhere(&view);
        self.saves.retain(|save| save.state != SaveState::Done);
        if let Some(person) = &view.person {
            self.set_person(person.clone());
        }
        for popup in &mut self.popups {
            match popup {
                Popup::Line(edit) => {
                    let value = view.snapshot.get(&edit.key);
                    edit.arrived = (*value != edit.base).then(|| value.clone());
                }
                Popup::Area(edit) => {
                    let text = view.snapshot.texts.get(&edit.code);
                    edit.arrived = text.map_or("", String::as_str) != edit.base;
                }
                _ => {}
            }
        }
        let syncing = self.tr("notice-syncing");
        if view.sync != SyncView::Connecting {
            self.notice.take_if(|notice| notice.text == syncing);
        }
        self.base = Some(view);
        self.refresh();
        self.announce(fresh);
        Vec::new()
    }

    /// The keys whose values a view changes although nobody here did that.
    fn changed_elsewhere(&self, view: &ReportView) -> Vec<(String, ChangedBy)> {
        let Some(base) = &self.base else {
            return Vec::new();
        };
        let mut old = base.snapshot.clone();
        let done = |save: &&Save| save.state == SaveState::Done;
        for save in self.saves.iter().filter(done) {
            lay_over(&mut old, save, base);
        }
        let (old, new) = (&old, &view.snapshot);
        let keys: BTreeSet<&String> = old.values.keys().chain(new.values.keys()).collect();
        let texts: BTreeSet<&String> = old.texts.keys().chain(new.texts.keys()).collect();
        let values = keys.into_iter().filter(|key| old.get(key) != new.get(key));
        let texts = texts
            .into_iter()
            .filter(|code| old.texts.get(*code) != new.texts.get(*code));
        // What is on its way from here may be there already.
        let flying = |key: &&String| {
            let saves = self.saves.iter().filter(|save| !done(save));
            let mut targets = saves.filter_map(|save| target(&save.effect));
            !targets.any(|target| lies_in(key, target))
        };
        let changed = values.chain(texts).filter(flying).map(|key| {
            let by = view.news.iter().rev().find(|news| news.key == *key);
            let change = ChangedBy {
                author: by.map(|news| news.author.clone()),
                at: by.map(|news| news.at),
                before: content(old, key),
            };
            (key.clone(), change)
        });
        changed.collect()
    }

    /// Marks what has changed, and says so: what is on screen first.
    fn announce(&mut self, mut fresh: Vec<(String, ChangedBy)>) {
        // Rows that went are marked by nothing; a row that came, by its cells.
        fresh.sort_by_key(|(key, _)| !self.is_in_view(key));
        let Some((key, first)) = fresh.first() else {
            return;
        };
        if self.notice.as_ref().is_none_or(|notice| !notice.bad) {
            let name = self.key_name(key);
            let author = match &first.author {
                Some(author) => author.clone(),
                None => self.tr("news-somebody"),
            };
            let args = [
                ("author", Arg::Str(&author)),
                ("name", Arg::Str(&name)),
                ("more", Arg::from(fresh.len() - 1)),
            ];
            let text = self.words.tr_with("notice-changed", &args);
            self.tell(text);
        }
        self.news.extend(fresh);
    }

    /// Whether a key is in the list or the grid in front.
    fn is_in_view(&self, key: &str) -> bool {
        match &self.place.table {
            Some(table) if table.open => self.items().iter().any(|item| item.key == key),
            Some(table) => field_code(key) == table.code,
            None => self.items().iter().any(|item| item.key == field_code(key)),
        }
    }
}

/// A value, or a text as one.
fn content(snapshot: &Snapshot, key: &str) -> Scalar {
    match snapshot.texts.get(key) {
        Some(text) => Scalar::Str(text.clone()),
        None => snapshot.get(key).clone(),
    }
}
