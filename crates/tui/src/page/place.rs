//! Where a page leads, and what is handed in to show there.

use model::overview::{Behind, Board, Home, KeyLine, Nation, Review, RollupPage, UnitLine};
use model::{Period, UnitPath};

use crate::parts::keymap::Context;

/// A page, and so the question that fills it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// What waits at this facility.
    Home,
    /// How far the units below have come.
    Board {
        /// The period.
        period: Period,
    },
    /// One report, for its reviewer.
    Review {
        /// Whose.
        unit: UnitPath,
        /// The period.
        period: Period,
    },
    /// A unit's consolidated numbers.
    Rollup {
        /// Whose.
        unit: UnitPath,
        /// The period.
        period: Period,
    },
    /// The reports behind one number.
    Behind {
        /// Whose number.
        unit: UnitPath,
        /// The period.
        period: Period,
        /// The indicator.
        code: String,
    },
    /// The register of units.
    Units,
    /// The keys of one unit, or of all.
    Keys {
        /// Which.
        unit: Option<UnitPath>,
    },
    /// The nation, province by province.
    Nation {
        /// The period.
        period: Period,
    },
}

impl Place {
    /// Whose keys hold there.
    pub(crate) fn context(&self) -> Context {
        match self {
            Place::Home => Context::Home,
            Place::Board { .. } => Context::Board,
            Place::Review { .. } => Context::Review,
            Place::Rollup { .. } => Context::Rollup,
            Place::Behind { .. } => Context::Behind,
            Place::Units => Context::Units,
            Place::Keys { .. } => Context::Keys,
            Place::Nation { .. } => Context::Nation,
        }
    }

    /// The period it is about, if it is about one.
    pub(crate) fn period(&self) -> Option<Period> {
        match self {
            Place::Board { period }
            | Place::Review { period, .. }
            | Place::Rollup { period, .. }
            | Place::Behind { period, .. }
            | Place::Nation { period } => Some(*period),
            Place::Home | Place::Units | Place::Keys { .. } => None,
        }
    }

    /// The same of another period.
    pub(crate) fn in_period(&self, to: Period) -> Place {
        let mut place = self.clone();
        match &mut place {
            Place::Board { period }
            | Place::Review { period, .. }
            | Place::Rollup { period, .. }
            | Place::Behind { period, .. }
            | Place::Nation { period } => *period = to,
            Place::Home | Place::Units | Place::Keys { .. } => {}
        }
        place
    }
}

/// What is shown there.
#[derive(Clone, Debug)]
pub enum Data {
    /// Of [`Place::Home`].
    Home(Home),
    /// Of [`Place::Board`].
    Board(Board),
    /// Of [`Place::Review`].
    Review(Box<Review>),
    /// Of [`Place::Rollup`].
    Rollup(Box<RollupPage>),
    /// Of [`Place::Behind`].
    Behind(Behind),
    /// Of [`Place::Units`].
    Units(Vec<UnitLine>),
    /// Of [`Place::Keys`].
    Keys(Vec<KeyLine>),
    /// Of [`Place::Nation`].
    Nation(Box<Nation>),
}
