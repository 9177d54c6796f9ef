//! The frame around all screens: pages on a stack, at most one open report over
//! them, and whatever lies in front.
//!
//! ```text
//! facility   home ─► report                       keys
//! Sở         board ─► review    rollup ─► behind   units ─► keys
//!            each of the first three ─► campaigns, and back with another one
//! Bộ         nation ─► rollup ─► behind ─► review   board   units   keys
//! ```
//!
//! Like the form it is state, update and view: it reads nothing and waits for
//! nobody. A page that is opened is drawn at once and says that it is being read;
//! its answer may come at any time, for any page still on the stack.

mod act;
mod asks;
mod boxes;
mod msg;
mod over;
mod palette;
mod pointer;
mod update;
mod view;

use messages::{Arg, Catalogue};
use model::overview::Campaign;
use model::{Lang, Level, Period, Timestamp};

use crate::form;
use crate::page::{Page, Place, Setting};
use crate::parts::keymap::Context;
use crate::parts::theme::Palette;
use crate::parts::words::SyncView;

pub use msg::{Command, Effect, Identity, Msg, Outcome, Paper, ReportRef};
pub use view::draw;

use over::Over;

/// From so many minutes on, a wrong clock of this machine is said.
const CLOCK_OFF_MINUTES: i64 = 10;

/// So long after its due time the levels above still work on a quarter.
const CONSOLIDATED_FOR_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// The whole state. Made by [`Shell::new`], changed only by [`Shell::update`].
#[derive(Debug)]
pub struct Shell {
    lang: Lang,
    words: Catalogue,
    palette: Palette,
    now: Timestamp,
    columns: u16,
    lines: u16,
    identity: Identity,
    sync: SyncView,
    clock_ahead_ms: Option<i64>,
    person: Option<String>,
    /// The stack; the last is in front. Never empty.
    pub(crate) pages: Vec<Page>,
    /// Over the pages.
    report: Option<form::App>,
    over: Vec<Over>,
    notice: Option<Notice>,
}

/// A line of news.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Notice {
    text: String,
    bad: bool,
}

impl Shell {
    /// The first screen of a unit, and the effects that fill it; with `open` that
    /// report is opened over it.
    pub fn new(
        identity: Identity,
        lang: Lang,
        now: Timestamp,
        palette: Palette,
        open: Option<ReportRef>,
    ) -> (Shell, Vec<Effect>) {
        let words = Catalogue::new(match lang {
            Lang::Vi => messages::Lang::Vi,
            Lang::En => messages::Lang::En,
        });
        let mut shell = Shell {
            lang,
            words,
            palette,
            now,
            columns: 80,
            lines: 24,
            sync: SyncView::Connecting,
            clock_ahead_ms: None,
            person: None,
            pages: Vec::new(),
            report: None,
            over: Vec::new(),
            notice: None,
            identity,
        };
        let first = shell.desks().into_iter().next().unwrap_or(Place::Home);
        let mut effects = vec![Effect::Read(first.clone())];
        shell.pages.push(Page::new(first));
        effects.extend(open.map(Effect::Open));
        (shell, effects)
    }

    /// The desks of this level, in the order of their digits.
    pub(crate) fn desks(&self) -> Vec<Place> {
        let campaign = self.campaign();
        let unit = self.identity.unit.clone();
        match self.identity.level() {
            Level::Facility => vec![Place::Home, Place::Keys { unit: Some(unit) }],
            Level::Province => vec![
                Place::Board {
                    campaign: campaign.clone(),
                },
                Place::Rollup { unit, campaign },
                Place::Units,
                Place::Keys { unit: None },
            ],
            Level::Ministry => vec![
                // Its form is a quarter's.
                Place::Nation {
                    period: match campaign.period {
                        quarter @ Period::Quarter(..) => quarter,
                        Period::Year(_) => self.usual_period(),
                    },
                },
                Place::Rollup {
                    unit,
                    campaign: campaign.clone(),
                },
                Place::Board { campaign },
                Place::Units,
                Place::Keys { unit: None },
            ],
        }
    }

    /// The campaign at hand: of the page in front, else the usual quarter's.
    fn campaign(&self) -> Campaign {
        let mut pages = self.pages.iter().rev();
        let shown = pages.find_map(|page| page.place.campaign());
        shown.unwrap_or_else(|| Campaign::usual(self.usual_period()))
    }

    /// The quarter that is due next. Above the facilities a quarter is consolidated
    /// when it has fallen due, so there the one before stays at hand for a while.
    fn usual_period(&self) -> Period {
        let next = Period::current_quarter(self.now);
        let before = next.previous();
        let lately = |due: Timestamp| self.now.0.saturating_sub(due.0) < CONSOLIDATED_FOR_MS;
        let above = self.identity.level() != Level::Facility;
        match before.due() {
            Some(due) if above && lately(due) => before,
            _ => next,
        }
    }

    fn setting(&self) -> Setting<'_> {
        Setting {
            words: &self.words,
            lang: self.lang,
            now: self.now,
        }
    }

    /// The page in front.
    fn page(&self) -> Option<&Page> {
        self.pages.last()
    }

    /// Does something to the page in front, which may need words for it.
    fn with_page<T>(&mut self, act: impl FnOnce(&mut Page, Setting<'_>) -> T) -> Option<T> {
        let (pages, setting) = self.pages_and_setting();
        pages.last_mut().map(|page| act(page, setting))
    }

    /// The pages to be changed, and the words for it.
    fn pages_and_setting(&mut self) -> (&mut Vec<Page>, Setting<'_>) {
        let setting = Setting {
            words: &self.words,
            lang: self.lang,
            now: self.now,
        };
        (&mut self.pages, setting)
    }

    /// Whose keys hold now, outside an open report.
    fn context(&self) -> Context {
        match (self.over.last(), self.page()) {
            (Some(over), _) => over.context(),
            (None, Some(page)) => page.place.context(),
            (None, None) => Context::Global,
        }
    }

    fn tr(&self, id: &str) -> String {
        self.words.tr(id)
    }

    fn tr_with(&self, id: &str, args: &[(&str, Arg<'_>)]) -> String {
        self.words.tr_with(id, args)
    }

    fn tell(&mut self, text: String) {
        self.notice = Some(Notice { text, bad: false });
    }

    fn warn(&mut self, text: String) {
        self.notice = Some(Notice { text, bad: true });
    }

    /// What a desk or page is called.
    pub(crate) fn title(&self, place: &Place) -> String {
        self.tr(match place {
            Place::Home => "desk-home",
            Place::Board { .. } => "desk-board",
            Place::Review { .. } => "desk-review",
            Place::Rollup { unit, .. } if *unit == self.identity.unit => "desk-rollup",
            Place::Rollup { .. } => "desk-province",
            Place::Behind { .. } => "desk-behind",
            Place::Campaigns { .. } => "desk-campaigns",
            Place::Units => "desk-units",
            Place::Keys { .. } => "desk-keys",
            Place::Nation { .. } => "desk-nation",
        })
    }
}
