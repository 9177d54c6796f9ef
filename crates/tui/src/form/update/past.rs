//! Looking into the past of the report.

use messages::Arg;
use model::Scalar;

use crate::form::app::App;
use crate::form::msg::Effect;
use crate::form::past::{Compared, DiffView, HistoryEvent, HistoryView, PastBox, PastLine, Tab};
use crate::form::popup::Popup;
use crate::form::saves::lies_in;
use crate::parts::display::{clean, pad};
use crate::parts::key::Key;
use crate::parts::keymap::Action;

use super::popups::scrolled;

/// Columns of who did it and of what they did.
const AUTHOR_COLUMNS: usize = 20;
const EVENT_COLUMNS: usize = 9;

impl App {
    pub(super) fn open_past(&mut self) -> Vec<Effect> {
        let past = PastBox::new(self.current_key());
        self.popups.push(Popup::Past(past));
        vec![Effect::LoadHistory]
    }

    pub(super) fn past_key(
        &mut self,
        mut past: PastBox,
        key: Key,
        action: Option<Action>,
    ) -> Vec<Effect> {
        let last = past.found.len().saturating_sub(1);
        let chosen = past.chosen().cloned();
        let mut effects = Vec::new();
        match action {
            // Out of a comparison back to the versions it was chosen from.
            Some(Action::Cancel) if matches!(past.tab, Tab::Diff(Compared::Submissions { .. })) => {
                effects = self.turn(&mut past, Tab::Report);
            }
            Some(Action::Cancel) => return effects,
            Some(Action::Next) => effects = self.turn_beside(&mut past, true),
            Some(Action::Previous) => effects = self.turn_beside(&mut past, false),
            Some(Action::Accept) => {
                if let Some(to) = chosen.and_then(|line| line.key) {
                    self.popups.clear();
                    self.visit(&to);
                    return effects;
                }
            }
            Some(Action::Compare) => {
                let chosen = chosen.and_then(|line| line.submission);
                effects = self.choose_version(&mut past, chosen);
            }
            Some(
                step @ (Action::Up
                | Action::Down
                | Action::PageUp
                | Action::PageDown
                | Action::First
                | Action::Last),
            ) => past.cursor = scrolled(past.cursor, step, last),
            other => {
                match (other, key.typed()) {
                    (Some(action), _) => past.filter.act(action),
                    (None, Some(c)) => past.filter.push(c),
                    (None, None) => {}
                }
                past.cursor = 0;
                past.find();
            }
        }
        self.popups.push(Popup::Past(past));
        effects
    }

    fn turn_beside(&mut self, past: &mut PastBox, forward: bool) -> Vec<Effect> {
        let tab = past.beside(forward);
        self.turn(past, tab)
    }

    /// Shows another tab; what differs is asked for anew each time.
    fn turn(&mut self, past: &mut PastBox, tab: Tab) -> Vec<Effect> {
        past.cursor = 0;
        past.diff = None;
        past.tab = tab;
        self.put_into_words(past);
        match &past.tab {
            Tab::Diff(of) => vec![Effect::LoadDiff { of: of.clone() }],
            Tab::Report | Tab::Field => Vec::new(),
        }
    }

    /// The first version is marked, the second is compared with it.
    fn choose_version(&mut self, past: &mut PastBox, chosen: Option<String>) -> Vec<Effect> {
        let Some(chosen) = chosen else {
            self.tell(self.tr("notice-choose-submission"));
            return Vec::new();
        };
        match past.marked.take() {
            None => {
                past.marked = Some(chosen);
                self.put_into_words(past);
                self.tell(self.tr("notice-choose-second"));
                Vec::new()
            }
            Some(marked) if marked == chosen => {
                self.put_into_words(past);
                Vec::new()
            }
            Some(marked) => {
                // Newest first: what stands further down is the earlier one.
                let (from, to) = match past.age(&marked) > past.age(&chosen) {
                    true => (marked, chosen),
                    false => (chosen, marked),
                };
                let of = Compared::Submissions { from, to };
                self.turn(past, Tab::Diff(of))
            }
        }
    }

    pub(super) fn on_history(&mut self, history: Result<Vec<HistoryView>, String>) -> Vec<Effect> {
        self.with_past(|past| past.history = Some(history));
        Vec::new()
    }

    pub(super) fn on_diff(
        &mut self,
        of: &Compared,
        lines: Result<Vec<DiffView>, String>,
    ) -> Vec<Effect> {
        self.with_past(|past| {
            // Not the answer to an older question.
            if matches!(&past.tab, Tab::Diff(shown) if shown == of) {
                past.diff = Some(lines);
            }
        });
        Vec::new()
    }

    /// Hands something to the box, wherever it lies.
    fn with_past(&mut self, take: impl FnOnce(&mut PastBox)) {
        let at = self
            .popups
            .iter()
            .position(|popup| matches!(popup, Popup::Past(_)));
        let Some(at) = at else {
            return;
        };
        if let Popup::Past(mut past) = self.popups.remove(at) {
            take(&mut past);
            self.put_into_words(&mut past);
            self.popups.insert(at, Popup::Past(past));
        }
    }

    /// Makes the lines of the tab in front.
    fn put_into_words(&self, past: &mut PastBox) {
        past.lines = match &past.tab {
            Tab::Report | Tab::Field => {
                let history = past.history.iter().flatten().flatten();
                let field = |line: &&HistoryView| {
                    let key = line.key.as_deref();
                    past.tab == Tab::Report || key.is_some_and(|key| lies_in(key, &past.key))
                };
                history
                    .filter(field)
                    .map(|line| self.history_line(past, line))
                    .collect()
            }
            Tab::Diff(_) => {
                let diff = past.diff.iter().flatten().flatten();
                diff.map(|line| self.diff_line(line)).collect()
            }
        };
        past.find();
    }

    fn history_line(&self, past: &PastBox, line: &HistoryView) -> PastLine {
        let event = match line.event {
            HistoryEvent::Change => "event-change",
            HistoryEvent::Submission => "event-submission",
            HistoryEvent::Receipt => "event-receipt",
            HistoryEvent::Accept => "event-accept",
            HistoryEvent::Return => "event-return",
        };
        let what = match &line.key {
            Some(key) => self.named(key, &self.content_words(key, &line.value)),
            None => String::new(),
        };
        let mark = match past.marked.as_ref() == Some(&line.entry) {
            true => "●",
            false => " ",
        };
        PastLine {
            key: line.key.clone(),
            submission: (line.event == HistoryEvent::Submission).then(|| line.entry.clone()),
            text: clean(&format!(
                "{mark}{}  {} {} {what}",
                line.time,
                pad(&clean(&line.author), AUTHOR_COLUMNS),
                pad(&self.tr(event), EVENT_COLUMNS),
            )),
        }
    }

    fn diff_line(&self, line: &DiffView) -> PastLine {
        let after = self.content_words(&line.key, &line.after);
        let what = match is_row(&line.key) {
            true => after,
            false => format!("{} → {after}", self.content_words(&line.key, &line.before)),
        };
        PastLine {
            key: Some(line.key.clone()),
            submission: None,
            text: clean(&self.named(&line.key, &what)),
        }
    }

    /// A key and what is said of it, then the label: on a narrow terminal that
    /// is cut off first.
    fn named(&self, key: &str, what: &str) -> String {
        let name = self.key_name(key);
        match self.form.label(key, self.lang) {
            Some(label) if !key.contains('/') => format!("{name}: {what} – {label}"),
            _ => format!("{name}: {what}"),
        }
    }

    /// A value in words; of a row's marker, whether it is there.
    fn content_words(&self, key: &str, value: &Scalar) -> String {
        match (is_row(key), value) {
            (true, Scalar::Bool(true)) => self.tr("row-there"),
            (true, _) => self.tr("row-gone"),
            (false, value) => self.value_words(key, value),
        }
    }

    /// What a tab is called.
    pub(crate) fn tab_words(&self, past: &PastBox, tab: &Tab) -> String {
        match tab {
            Tab::Report => self.tr("past-report"),
            Tab::Field => {
                let name = match past.key.contains('/') {
                    true => self.key_name(&past.key),
                    false => past.key.clone(),
                };
                let name = [("name", Arg::Str(&name))];
                clean(&self.words.tr_with("past-field", &name))
            }
            Tab::Diff(Compared::SinceSubmitted) => self.tr("past-since-submitted"),
            Tab::Diff(Compared::SinceAccepted) => self.tr("past-since-accepted"),
            Tab::Diff(Compared::SinceLastPeriod) => self.tr("past-since-last-period"),
            Tab::Diff(Compared::Submissions { from, to }) => {
                let at = |entry: &str| {
                    let history = past.history.iter().flatten().flatten();
                    let mut lines = history.filter(|line| line.entry == entry);
                    lines.next().map_or(String::new(), |line| line.time.clone())
                };
                clean(&format!("{} → {}", at(from), at(to)))
            }
        }
    }
}

/// Whether a key is a row's marker.
fn is_row(key: &str) -> bool {
    key.matches('/').count() == 1
}
