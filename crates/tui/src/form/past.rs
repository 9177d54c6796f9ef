//! The past of a report: what happened to it, and what differs between two
//! states of it.

use model::Scalar;

use crate::parts::line::Line;

/// One thing that happened to a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryView {
    /// When, by the author's clock, in words.
    pub time: String,
    /// Who.
    pub author: String,
    /// What.
    pub event: HistoryEvent,
    /// The key, for a change.
    pub key: Option<String>,
    /// The value, for a change; of a text the whole.
    pub value: Scalar,
    /// What names it, for [`Effect::LoadDiff`](super::Effect::LoadDiff).
    pub entry: String,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryEvent {
    /// A value was written.
    Change,
    /// The head submitted.
    Submission,
    /// The level above received it.
    Receipt,
    /// The level above accepted it.
    Accept,
    /// The level above returned it.
    Return,
}

/// What is compared with what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Compared {
    /// The submission that stands, with now.
    SinceSubmitted,
    /// The last accepted one, with now.
    SinceAccepted,
    /// The last accepted report of an earlier period, with now.
    SinceLastPeriod,
    /// Two submissions, by the entries of their lines.
    Submissions {
        /// The earlier.
        from: String,
        /// The later.
        to: String,
    },
}

/// One key that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiffView {
    /// The key, or the code of a text.
    pub key: String,
    /// What it was.
    pub before: Scalar,
    /// What it became.
    pub after: Scalar,
}

/// What the box shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Tab {
    /// Everything that happened.
    Report,
    /// What happened to the field that the cursor was on.
    Field,
    /// What differs.
    Diff(Compared),
}

/// The box of the past.
#[derive(Clone, Debug)]
pub(crate) struct PastBox {
    /// The key under the cursor when it was opened.
    pub(crate) key: String,
    pub(crate) tab: Tab,
    /// Newest first; `None` while it is being read.
    pub(crate) history: Option<Result<Vec<HistoryView>, String>>,
    /// What differs; `None` while it is being read.
    pub(crate) diff: Option<Result<Vec<DiffView>, String>>,
    /// What is typed to narrow the lines.
    pub(crate) filter: Line,
    /// The place among those that pass the filter.
    pub(crate) cursor: usize,
    /// A submission that waits to be compared with another one.
    pub(crate) marked: Option<String>,
    /// The lines of the tab in front: a report has thousands, and a frame must not
    /// put them into words again.
    pub(crate) lines: Vec<PastLine>,
    /// Those that pass the filter.
    pub(crate) found: Vec<usize>,
}

/// A line of the box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PastLine {
    /// The key it leads to.
    pub(crate) key: Option<String>,
    /// The submission it stands for.
    pub(crate) submission: Option<String>,
    /// As it is shown, cleaned.
    pub(crate) text: String,
}

impl PastBox {
    /// Opens it on everything that happened.
    pub(crate) fn new(key: String) -> PastBox {
        PastBox {
            key,
            tab: Tab::Report,
            history: None,
            diff: None,
            filter: Line::default(),
            cursor: 0,
            marked: None,
            lines: Vec::new(),
            found: Vec::new(),
        }
    }

    /// The line under the cursor.
    pub(crate) fn chosen(&self) -> Option<&PastLine> {
        self.line(self.cursor)
    }

    /// A line by its place among those that pass the filter.
    pub(crate) fn line(&self, at: usize) -> Option<&PastLine> {
        self.lines.get(*self.found.get(at)?)
    }

    /// Finds the lines that pass the filter.
    pub(crate) fn find(&mut self) {
        let wanted = model::text::fold(self.filter.text());
        let passes = |line: &PastLine| {
            let text = model::text::fold(&line.text);
            wanted.split(' ').all(|word| text.contains(word))
        };
        let all = self.lines.iter().enumerate();
        let found = all.filter(|(_, line)| wanted.is_empty() || passes(line));
        self.found = found.map(|(at, _)| at).collect();
    }

    /// The tabs from left to right.
    pub(crate) fn tabs(&self) -> Vec<Tab> {
        let mut tabs = vec![
            Tab::Report,
            Tab::Field,
            Tab::Diff(Compared::SinceSubmitted),
            Tab::Diff(Compared::SinceAccepted),
            Tab::Diff(Compared::SinceLastPeriod),
        ];
        if !tabs.contains(&self.tab) {
            tabs.push(self.tab.clone());
        }
        tabs
    }

    /// The tab to the right or left, round the end.
    pub(crate) fn beside(&self, forward: bool) -> Tab {
        let tabs = self.tabs();
        let at = tabs.iter().position(|tab| *tab == self.tab).unwrap_or(0);
        let to = match forward {
            true => (at + 1) % tabs.len(),
            false => (at + tabs.len() - 1) % tabs.len(),
        };
        tabs.into_iter().nth(to).unwrap_or(Tab::Report)
    }

    /// The place of a submission among the lines, newest first.
    pub(crate) fn age(&self, entry: &str) -> Option<usize> {
        let Some(Ok(lines)) = &self.history else {
            return None;
        };
        lines.iter().position(|line| line.entry == entry)
    }
}
