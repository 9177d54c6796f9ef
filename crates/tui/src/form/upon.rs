//! What an edit is made upon: a view may arrive between looking and saving, and
//! what it brings is not overwritten unseen.

use std::sync::Arc;

use model::Scalar;

use crate::form::app::App;
use crate::form::msg::{ConflictView, ReportView};
use crate::form::saves::{Save, SaveState, lies_in, written};

/// What a view rests on, in the runner's terms. It comes with the view and goes
/// back with a save made upon it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen(pub Arc<[[u8; 32]]>);

/// What an edit was made upon.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Upon {
    /// The newest view in which the person saw what the edit is about.
    pub seen: Seen,
    /// Whether concurrent values were shown then: the edit stands for all of
    /// them. One that has come since stays beside it.
    pub settles: bool,
}

/// What an open editor rests on, and what has come to its key since.
#[derive(Clone, Debug)]
pub(crate) struct Footing {
    pub(crate) upon: Upon,
    /// The values of the key that the person has been shown.
    known: Vec<Scalar>,
    pub(crate) arrived: Option<Arrived>,
}

/// A value that has come from elsewhere while an editor was open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Arrived {
    /// In place of the one that stood there: saving replaces it.
    Instead(Scalar),
    /// At the same time as it: saving keeps both, to be chosen from.
    Beside(Scalar),
}

impl Footing {
    /// Takes a newer view: what stands at the key now is told from now on, and
    /// only then seen.
    pub(crate) fn meet(&mut self, key: &str, base: &Scalar, view: &ReportView) {
        let values = conflict(view, key).map_or(&[][..], |conflict| &conflict.values);
        let unknown = values.iter().find(|one| !self.known.contains(&one.value));
        if let Some(one) = unknown {
            self.arrived = Some(Arrived::Beside(one.value.clone()));
            return;
        }
        let now = view.snapshot.get(key);
        self.upon.seen = view.seen.clone();
        self.arrived = (now != base).then(|| Arrived::Instead(now.clone()));
        if !self.known.contains(now) {
            self.known.push(now.clone());
        }
    }
}

impl App {
    /// What an edit of a key is made upon now. What lies under a save that the
    /// store does not have yet was not seen.
    pub(crate) fn upon(&self, key: &str) -> Upon {
        let settles = self.conflict(key).is_some();
        match self.waiting(key) {
            Some((at, upon)) => Upon {
                seen: upon.seen.clone(),
                settles: settles || (upon.settles && at == key),
            },
            None => Upon {
                seen: self
                    .base
                    .as_ref()
                    .map(|base| base.seen.clone())
                    .unwrap_or_default(),
                settles,
            },
        }
    }

    /// What an editor of a key rests on when it opens.
    pub(crate) fn footing(&self, key: &str) -> Footing {
        let conflict = self.conflict(key).into_iter();
        let mut known: Vec<Scalar> = conflict
            .flat_map(|conflict| &conflict.values)
            .map(|one| one.value.clone())
            .collect();
        known.push(self.shown.get(key).clone());
        Footing {
            upon: self.upon(key),
            known,
            arrived: None,
        }
    }

    /// The first save of a key, of what lies in it or of its row that is not
    /// stored: where it writes, and what it was made upon.
    pub(crate) fn waiting(&self, key: &str) -> Option<(String, &Upon)> {
        let waiting = |save: &&Save| save.state != SaveState::Done;
        let saves = self.saves.iter().filter(waiting);
        let mut written = saves.filter_map(|save| written(&save.effect));
        written.find(|(at, _)| lies_in(at, key) || lies_in(key, at))
    }
}

/// The conflict at a key of a view.
pub(crate) fn conflict<'v>(view: &'v ReportView, key: &str) -> Option<&'v ConflictView> {
    view.conflicts.iter().find(|conflict| conflict.key == key)
}
