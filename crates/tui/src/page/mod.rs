//! Pages: lists of units, reports, numbers and keys, each laid out from one
//! answer of the runner.
//!
//! A room of its own (`board`, `review`, …) turns an answer into a [`Laid`]:
//! summary, columns, facets, rows; and a row into its details. What all pages have
//! in common (order, narrowing, cursor, drawing) knows none of them.
//!
//! Invariant: nothing is computed while drawing. Laying out happens when an answer
//! comes, the details of a row when the cursor comes to it.

mod behind;
pub(crate) mod board;
pub(crate) mod campaigns;
mod grid;
pub(crate) mod home;
pub(crate) mod keys;
pub(crate) mod nation;
mod place;
mod review;
pub(crate) mod rollup;
mod table;
mod units;
mod view;
mod words;

use std::collections::BTreeMap;

use messages::{Arg, Catalogue};
use model::{Form, Lang, Timestamp};

pub(crate) use grid::{Cell, Column, Facet, Grid, Row, Tone, Width};
pub use place::{Data, Place};
pub(crate) use view::{Hit, details, draw, hit, reading};

use crate::parts::display::clean;

/// A piece of a line, cleaned.
pub(crate) type Bit = (Tone, String);

/// What laying out may know beside the answer.
#[derive(Clone, Copy)]
pub(crate) struct Setting<'a> {
    pub(crate) words: &'a Catalogue,
    pub(crate) lang: Lang,
    pub(crate) now: Timestamp,
}

impl Setting<'_> {
    pub(crate) fn tr(&self, id: &str) -> String {
        self.words.tr(id)
    }

    pub(crate) fn tr_with(&self, id: &str, args: &[(&str, Arg<'_>)]) -> String {
        self.words.tr_with(id, args)
    }
}

/// An answer, laid out.
#[derive(Debug, Default)]
pub(crate) struct Laid {
    /// Lines above the list.
    pub(crate) summary: Vec<Vec<Bit>>,
    pub(crate) columns: Vec<Column>,
    pub(crate) facets: Vec<Facet>,
    pub(crate) rows: Vec<Row>,
    /// What stands there instead of rows.
    pub(crate) empty: String,
}

/// How the page's answer stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fetch {
    /// Asked for; so much of so much is read.
    Reading(usize, usize),
    /// There.
    Done,
    /// Not to be had, with the reason.
    Failed(String),
}

/// One page.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) place: Place,
    pub(crate) data: Option<Data>,
    pub(crate) fetch: Fetch,
    pub(crate) grid: Grid,
    pub(crate) summary: Vec<Vec<Bit>>,
    pub(crate) empty: String,
    /// Of the row under the cursor.
    pub(crate) detail: Vec<Bit>,
    /// Remarks on the report under review that are not signed yet, by code.
    pub(crate) remarks: BTreeMap<String, String>,
    /// How it is looked at, if it is the nation.
    pub(crate) view: nation::View,
    /// A newer submission than the one that is being read has come.
    newer: bool,
    /// It was asked for.
    anew: bool,
}

impl Page {
    /// An empty page that waits for its answer.
    pub(crate) fn new(place: Place) -> Page {
        Page {
            place,
            data: None,
            fetch: Fetch::Reading(0, 0),
            grid: Grid::default(),
            summary: Vec::new(),
            empty: String::new(),
            detail: Vec::new(),
            remarks: BTreeMap::new(),
            view: nation::View::default(),
            newer: false,
            anew: false,
        }
    }

    /// Takes an answer. What a reviewer is reading is not exchanged under them: a
    /// newer submission is said, and shown when it is asked for.
    pub(crate) fn fill(&mut self, data: Data, setting: Setting<'_>) {
        if let (Some(Data::Review(old)), Data::Review(new)) = (&self.data, &data) {
            self.newer = old.submission.is_some() && old.submission != new.submission;
            if self.newer && !self.anew {
                self.fetch = Fetch::Done;
                self.lay_out(setting);
                return;
            }
        }
        (self.newer, self.anew) = (false, false);
        if let (None, Data::Review(review)) = (&self.data, &data) {
            // From an earlier sitting; later the page itself knows best.
            self.remarks = review.kept.clone();
        }
        let first = self.data.is_none();
        self.data = Some(data);
        self.fetch = Fetch::Done;
        self.lay_out(setting);
        if let (true, Place::Campaigns { campaign }) = (first, &self.place) {
            self.grid.go_to(&campaigns::key_of(campaign));
            self.look(setting);
        }
    }

    /// The next answer is taken whatever it is: somebody asked for it.
    pub(crate) fn ask_anew(&mut self) {
        self.anew = true;
    }

    /// Lays out anew what is there: the time, the language or the view changed.
    pub(crate) fn lay_out(&mut self, setting: Setting<'_>) {
        let Some(data) = &self.data else {
            return;
        };
        let laid = match data {
            Data::Home(home) => home::lay_out(home, setting),
            Data::Board(board) => board::lay_out(board, setting),
            Data::Review(review) => review::lay_out(review, &self.remarks, setting),
            Data::Rollup(page) => rollup::lay_out(page, setting),
            Data::Behind(behind) => behind::lay_out(behind, setting),
            Data::Units(units) => units::lay_out(units, setting),
            Data::Keys(keys) => keys::lay_out(keys, setting),
            Data::Campaigns(lines) => campaigns::lay_out(lines, &self.place, setting),
            Data::Nation(nation) => nation::lay_out(nation, self.view, setting),
        };
        self.summary = laid.summary;
        if let Some(form) = self.other_form() {
            let words = vec![(Tone::Title, clean(form.title.get(setting.lang)))];
            self.summary.insert(0, words);
        }
        if self.newer {
            let words = vec![(Tone::Bad, setting.tr("review-newer"))];
            self.summary.insert(0, words);
        }
        self.empty = laid.empty;
        self.grid.fill(laid.columns, laid.facets, laid.rows);
        self.look(setting);
    }

    /// The form of what is shown, if it is not the quarterly report's.
    fn other_form(&self) -> Option<&Form> {
        let form = match self.data.as_ref()? {
            Data::Board(board) => &board.form,
            Data::Review(review) => &review.form,
            Data::Rollup(page) => &page.form,
            Data::Behind(behind) => &behind.form,
            _ => return None,
        };
        (form.name != model::form::QUARTERLY).then_some(form)
    }

    /// Gathers the details of the row under the cursor.
    pub(crate) fn look(&mut self, setting: Setting<'_>) {
        let (Some(data), Some(row)) = (&self.data, self.grid.current()) else {
            self.detail = Vec::new();
            return;
        };
        let key = row.key.as_str();
        self.detail = match data {
            Data::Home(home) => home::detail(home, key, setting),
            Data::Board(board) => board::detail(board, key, setting),
            Data::Review(review) => review::detail(review, &self.remarks, key, setting),
            Data::Rollup(page) => rollup::detail(page, key, setting),
            Data::Behind(behind) => behind::detail(behind, key, setting),
            Data::Units(units) => units::detail(units, key, setting),
            Data::Keys(keys) => keys::detail(keys, key, setting),
            Data::Campaigns(lines) => campaigns::detail(lines, key, setting),
            Data::Nation(nation) => nation::detail(nation, key, setting),
        };
    }

    /// Remarks are kept when the report is read anew, as long as it is the same.
    pub(crate) fn remark(&mut self, code: &str, text: &str, setting: Setting<'_>) {
        match text.trim().is_empty() {
            true => self.remarks.remove(code),
            false => self.remarks.insert(code.to_owned(), text.trim().to_owned()),
        };
        self.lay_out(setting);
    }

    /// The next due time of what is shown: of its period; at a facility of the
    /// first report that was not received.
    pub(crate) fn due(&self) -> Option<Timestamp> {
        match &self.data {
            Some(Data::Home(home)) => {
                let open = home
                    .reports
                    .iter()
                    .filter(|report| report.received.is_none());
                open.filter_map(|report| report.due).min()
            }
            Some(Data::Board(board)) => board.due,
            Some(Data::Review(review)) => review.due,
            Some(Data::Rollup(page)) => page.due,
            Some(Data::Behind(behind)) => behind.due,
            Some(Data::Nation(nation)) => nation.due,
            // Until they are read; a list of campaigns has none of its own.
            Some(Data::Campaigns(_)) => None,
            _ if self.place.campaign().is_some_and(|of| !of.is_usual()) => None,
            _ => self.place.period().and_then(model::Period::due),
        }
    }

    /// The key of the row under the cursor.
    pub(crate) fn current(&self) -> Option<&str> {
        self.grid.current().map(|row| row.key.as_str())
    }
}
