//! `update`: state and message in, state and effects out.

use crate::form;
use crate::page::{Fetch, Page};
use crate::parts::key::{Code, Key};
use crate::parts::keymap::{Action, Context, lookup};
use crate::parts::line::Line;
use crate::parts::passphrase::Passphrase;

use crate::parts::words::SyncView;

use super::Shell;
use super::msg::{Command, Effect, Msg, Outcome};
use super::over::Over;

/// Lines that page up and page down move.
pub(super) const PAGE_LINES: usize = 10;

impl Shell {
    /// Takes a message and says what is to be done about it, in order. A function
    /// of the state and the message alone.
    pub fn update(&mut self, msg: Msg) -> Vec<Effect> {
        match msg {
            Msg::Key(key) => return self.on_key(key),
            Msg::Mouse(mouse) => return self.on_mouse(mouse),
            Msg::Paste(text) => return self.on_paste(text),
            Msg::Resize { columns, lines } => {
                (self.columns, self.lines) = (columns, lines);
                return self.tell_form(form::Msg::Resize { columns, lines });
            }
            Msg::Tick(now) => {
                self.now = now;
                self.lay_out();
                return self.tell_form(form::Msg::Tick(now));
            }
            Msg::Identity(identity) => self.identity = identity,
            Msg::Link {
                sync,
                clock_ahead_ms,
            } => {
                let syncing = |notice: &super::Notice| notice.text == self.tr("notice-syncing");
                if sync != SyncView::Connecting && self.notice.as_ref().is_some_and(syncing) {
                    // It has come to something: the header says to what.
                    self.notice = None;
                }
                self.sync = sync;
                self.clock_ahead_ms = clock_ahead_ms;
            }
            Msg::Page { place, answer } => self.on_page(&place, answer),
            Msg::Progress { done, all } => self.on_progress(done, all),
            Msg::Changed => return self.read_again(),
            Msg::Opened { form } => {
                let (app, effects) = form::App::new(form, self.lang, self.now, self.palette);
                self.report = Some(app);
                let (columns, lines) = (self.columns, self.lines);
                self.tell_form(form::Msg::Resize { columns, lines });
                return effects.into_iter().map(Effect::Form).collect();
            }
            Msg::Form(msg) => return self.tell_form(msg),
            Msg::Done(outcome) => return self.on_done(outcome),
            Msg::NeedPassphrase(command) => self.ask_secret(command),
            Msg::Failed(message) => self.on_failed(message),
            Msg::News(message) => self.warn(message),
            Msg::Unlocked { person } => self.person = Some(person),
            Msg::Locked => {
                self.person = None;
                return self.tell_form(form::Msg::Locked);
            }
        }
        Vec::new()
    }

    /// Passes a message on to the report that is open.
    pub(super) fn tell_form(&mut self, msg: form::Msg) -> Vec<Effect> {
        if let form::Msg::Unlocked { person } = &msg {
            self.person = Some(person.clone());
        }
        let Some(report) = &mut self.report else {
            return Vec::new();
        };
        let effects = report.update(msg);
        effects.into_iter().map(Effect::Form).collect()
    }

    /// Lays all pages out anew: the time is another one.
    fn lay_out(&mut self) {
        let (pages, setting) = self.pages_and_setting();
        for page in pages {
            page.lay_out(setting);
        }
    }

    /// Reads the page in front, and the report, again.
    pub(super) fn read_again(&mut self) -> Vec<Effect> {
        let mut effects = self.tell_form(form::Msg::Changed);
        if self.report.is_none() {
            effects.extend(self.page().map(|page| Effect::Read(page.place.clone())));
        }
        effects
    }

    fn on_page(&mut self, place: &crate::page::Place, answer: Result<crate::page::Data, String>) {
        let (pages, setting) = self.pages_and_setting();
        for page in pages.iter_mut().filter(|page| page.place == *place) {
            match &answer {
                Ok(data) => page.fill(data.clone(), setting),
                // What was read before is still there to be looked at.
                Err(reason) => page.fetch = Fetch::Failed(reason.clone()),
            }
        }
        if let (Err(reason), Some(page)) = (answer, self.page())
            && page.place == *place
            && page.data.is_some()
        {
            self.warn(reason);
        }
    }

    fn on_progress(&mut self, done: usize, all: usize) {
        if let Some(Over::Busy { progress, .. }) = self.over.last_mut() {
            *progress = (done, all);
        } else if let Some(page) = self.pages.last_mut()
            && page.data.is_none()
        {
            page.fetch = Fetch::Reading(done, all);
        }
    }

    fn on_done(&mut self, outcome: Outcome) -> Vec<Effect> {
        self.over
            .retain(|over| !matches!(over, Over::Busy { .. } | Over::Secret { busy: true, .. }));
        self.tell(outcome.notice);
        if let Some(paper) = outcome.paper {
            self.over.push(Over::Paper { paper, scroll: 0 });
        }
        let mut effects = match &outcome.verdict {
            Some((unit, campaign)) => self.after_verdict(unit, campaign),
            None => Vec::new(),
        };
        effects.extend(match outcome.open {
            Some(place) => self.open(place),
            None => self.read_again(),
        });
        effects
    }

    fn on_failed(&mut self, message: String) {
        self.over.retain(|over| !matches!(over, Over::Busy { .. }));
        if let Some(Over::Secret { busy, error, .. }) = self.over.last_mut() {
            *busy = false;
            *error = Some(message);
        } else {
            self.warn(message);
        }
    }

    /// Has a command carried out, by the way that it needs.
    pub(super) fn carry_out(&mut self, command: Command) -> Vec<Effect> {
        if command.is_solemn() {
            self.ask_secret(command);
            return Vec::new();
        }
        if command.is_long() {
            self.over.push(Over::Busy {
                command: command.clone(),
                progress: (0, 0),
            });
        }
        vec![Effect::Do {
            command,
            passphrase: None,
        }]
    }

    fn ask_secret(&mut self, command: Command) {
        self.over.push(Over::Secret {
            command,
            secret: Passphrase::new(),
            busy: false,
            error: None,
        });
    }

    fn on_paste(&mut self, text: String) -> Vec<Effect> {
        match self.over.last_mut() {
            Some(Over::Palette { filter, cursor }) => {
                filter.insert(&text);
                *cursor = 0;
            }
            Some(Over::Ask(ask)) => {
                if let Some(field) = ask.fields.get_mut(ask.at) {
                    field.input.insert(&text);
                }
                ask.error = None;
            }
            Some(Over::Secret { secret, busy, .. }) if !*busy => {
                let typed = text.trim_end_matches(['\r', '\n']);
                typed.chars().for_each(|c| secret.push(c));
            }
            Some(Over::Narrow { .. }) => {
                self.with_page(|page, setting| {
                    page.grid.filter.insert(&text);
                    page.grid.rearrange();
                    page.look(setting);
                });
            }
            Some(_) => {}
            None => return self.tell_form(form::Msg::Paste(text)),
        }
        Vec::new()
    }

    pub(super) fn on_key(&mut self, key: Key) -> Vec<Effect> {
        self.notice = None;
        if self.over.is_empty() && self.report.is_some() {
            return self.report_key(key);
        }
        let context = self.context();
        let action = lookup(context, key);
        match (action, self.over.pop()) {
            (Some(Action::Quit), over) if context != Context::Paper => {
                self.over.extend(over);
                vec![Effect::Quit]
            }
            (action, Some(over)) => self.over_key(over, key, action),
            (Some(action), None) => self.page_key(action),
            (None, None) => Vec::new(),
        }
    }

    /// Nobody who types a word where it is not taken is to find themselves outside:
    /// in a report `q` leads one screen back, as escape does, and quits at home.
    fn key_in_report(&self, key: Key) -> Key {
        let types = |report: &form::App| report.context().takes_text();
        match self.report.as_ref().is_some_and(types) {
            false if key == Key::char('q') => Key::plain(Code::Esc),
            _ => key,
        }
    }

    /// A key while a report is open: the report's, but for the way back and the
    /// palette.
    fn report_key(&mut self, key: Key) -> Vec<Effect> {
        let key = self.key_in_report(key);
        let at_rest = self.report.as_ref().is_some_and(form::App::is_at_rest);
        if lookup(Context::Global, key) == Some(Action::Theme) {
            // The report turns with the pages behind it.
            self.palette = self.palette.toggled();
        }
        match lookup(Context::Page, key) {
            Some(Action::Palette) if at_rest => {
                self.open_palette();
                Vec::new()
            }
            Some(Action::Cancel) if at_rest && key == Key::plain(Code::Esc) => {
                let mut effects: Vec<Effect> = self.leave_report().into_iter().collect();
                effects.extend(self.read_again());
                effects
            }
            _ => self.tell_form(form::Msg::Key(key)),
        }
    }

    /// Keys of a page.
    pub(super) fn page_key(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::Help => return self.keep(Over::Help { scroll: 0 }),
            Action::Details if self.page().is_some_and(|page| !page.detail.is_empty()) => {
                return self.keep(Over::Details { scroll: 0 });
            }
            Action::Palette => self.open_palette(),
            Action::Search => {
                let before = self.page().map(|page| page.grid.filter.clone());
                self.over.push(Over::Narrow {
                    before: before.unwrap_or_default(),
                });
            }
            Action::Up => self.step(|at, _| at.saturating_sub(1)),
            Action::Down => self.step(|at, _| at + 1),
            Action::PageUp => self.step(|at, _| at.saturating_sub(PAGE_LINES)),
            Action::PageDown => self.step(|at, _| at + PAGE_LINES),
            Action::First => self.step(|_, _| 0),
            Action::Last => self.step(|_, last| last),
            Action::Next | Action::Previous => self.arrange(|page| {
                page.grid.turn_facet(action == Action::Next);
            }),
            Action::Sort => self.arrange(|page| page.grid.turn_sort()),
            Action::Theme => self.palette = self.palette.toggled(),
            Action::Refresh => {
                self.with_page(|page, _| page.ask_anew());
                return self.read_again();
            }
            Action::Sync => {
                self.tell(self.tr("notice-syncing"));
                return vec![Effect::SyncNow];
            }
            Action::Cancel => return self.back(),
            _ => return self.act(action),
        }
        Vec::new()
    }

    /// Moves the cursor: from its place and the last one to a new place.
    pub(super) fn step(&mut self, to: impl FnOnce(usize, usize) -> usize) {
        self.with_page(|page, setting| {
            let last = page.grid.counts().0.saturating_sub(1);
            page.grid.go(to(page.grid.cursor(), last));
            page.look(setting);
        });
    }

    pub(super) fn arrange(&mut self, how: impl FnOnce(&mut Page)) {
        self.with_page(|page, setting| {
            how(page);
            page.look(setting);
        });
    }

    /// One screen back; at the first one the words and the facet go, if any.
    fn back(&mut self) -> Vec<Effect> {
        let narrowed = self
            .page()
            .is_some_and(|page| !page.grid.filter.text().is_empty() || page.grid.facet != 0);
        if narrowed {
            self.arrange(|page| {
                page.grid.filter = Line::default();
                page.grid.facet = 0;
                page.grid.rearrange();
            });
            return Vec::new();
        }
        if self.pages.len() > 1 {
            self.pages.pop();
            return self.read_again();
        }
        Vec::new()
    }
}
