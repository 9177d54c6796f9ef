//! A newer view of the report: what has come from elsewhere is shown in place,
//! with its author.

use std::collections::BTreeSet;

use messages::Arg;
use model::{Scalar, Snapshot};

use crate::form::app::{App, ChangedBy};
use crate::form::items::field_code;
use crate::form::msg::{ConflictView, Effect, ReportView};
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
        let asked = self.asked().map(|key| (self.standing(&key), key));
        self.tell_editors(&view);
        let syncing = self.tr("notice-syncing");
        if view.sync != SyncView::Connecting {
            self.notice.take_if(|notice| notice.text == syncing);
        }
        self.base = Some(view);
        self.refresh();
        self.announce(fresh);
        if let Some((before, key)) = asked {
            self.ask_still(&key, before);
        }
        Vec::new()
    }

    /// The editors in front say what has come to their keys.
    fn tell_editors(&mut self, view: &ReportView) {
        let mut popups = std::mem::take(&mut self.popups);
        for popup in &mut popups {
            match popup {
                // Under a save that is not stored nothing is seen.
                Popup::Line(edit) if self.waiting(&edit.key).is_none() => {
                    edit.footing.meet(&edit.key, &edit.base, view);
                }
                Popup::Conflict(open) if self.waiting(&open.key).is_none() => open.meet(view),
                Popup::Choice(edit) if self.waiting(&edit.key).is_none() => edit.meet(view),
                Popup::Area(edit) => {
                    let text = view.snapshot.texts.get(&edit.code);
                    edit.arrived = text.map_or("", String::as_str) != edit.base;
                }
                _ => {}
            }
        }
        self.popups = popups;
    }

    /// What the question in front is about.
    fn asked(&self) -> Option<String> {
        match self.popups.last()? {
            Popup::Confirm(question) => question.then.about(),
            _ => None,
        }
    }

    /// Everything that is shown of a key, and of what lies in it.
    fn standing(&self, key: &str) -> (Vec<(String, Scalar)>, Vec<ConflictView>) {
        let values = self.shown.values.iter().filter(|(at, _)| lies_in(at, key));
        let conflicts = self.conflicts().filter(|one| lies_in(&one.key, key));
        let values = values.map(|(at, value)| (at.clone(), value.clone()));
        (values.collect(), conflicts.cloned().collect())
    }

    /// A yes is an answer to what was shown when it was asked: if that has
    /// changed, the question goes.
    fn ask_still(&mut self, key: &str, before: (Vec<(String, Scalar)>, Vec<ConflictView>)) {
        if self.standing(key) != before {
            self.popups.pop();
            let name = self.key_name(key);
            let text = self
                .words
                .tr_with("notice-ask-again", &[("name", Arg::Str(&name))]);
            self.warn(text);
        } else if self.waiting(key).is_none() {
            let now = self.upon(key);
            if let Some(Popup::Confirm(question)) = self.popups.last_mut() {
                question.then.rest_on(now);
            }
        }
    }

    /// The keys whose values a view changes although nobody here did that.
    fn changed_elsewhere(&self, view: &ReportView) -> Vec<(String, ChangedBy)> {
        let Some(base) = &self.base else {
            return Vec::new();
        };
        let mut old = base.snapshot.clone();
        let done = |save: &&Save| save.state == SaveState::Done;
        for save in self.saves.iter().filter(done) {
            lay_over(&mut old, save);
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
