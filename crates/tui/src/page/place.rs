//! Where a page leads, and what is handed in to show there.

use model::overview::{
    Behind, Board, Campaign, CampaignLine, Home, KeyLine, Nation, Review, RollupPage, UnitLine,
};
use model::{Period, UnitPath};

use crate::parts::keymap::Context;

/// A page, and so the question that fills it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// What waits at this facility.
    Home,
    /// How far the units below have come.
    Board {
        /// Which form in which period.
        campaign: Campaign,
    },
    /// One report, for its reviewer.
    Review {
        /// Whose.
        unit: UnitPath,
        /// Which form in which period.
        campaign: Campaign,
    },
    /// A unit's consolidated numbers.
    Rollup {
        /// Whose.
        unit: UnitPath,
        /// Which form in which period.
        campaign: Campaign,
    },
    /// The reports behind one number.
    Behind {
        /// Whose number.
        unit: UnitPath,
        /// Which form in which period.
        campaign: Campaign,
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
    /// What may be looked at in place of this campaign.
    Campaigns {
        /// The one that is looked at.
        campaign: Campaign,
    },
    /// The nation, province by province, by the quarterly report.
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
            Place::Campaigns { .. } => Context::Campaigns,
            Place::Nation { .. } => Context::Nation,
        }
    }

    /// The campaign it is about, if it is about one.
    pub(crate) fn campaign(&self) -> Option<Campaign> {
        match self {
            Place::Board { campaign }
            | Place::Review { campaign, .. }
            | Place::Rollup { campaign, .. }
            | Place::Behind { campaign, .. }
            | Place::Campaigns { campaign } => Some(campaign.clone()),
            Place::Nation { period } => Some(Campaign::usual(*period)),
            Place::Home | Place::Units | Place::Keys { .. } => None,
        }
    }

    /// The period it is about, if it is about one.
    pub(crate) fn period(&self) -> Option<Period> {
        self.campaign().map(|campaign| campaign.period)
    }

    /// The same of another period.
    pub(crate) fn in_period(&self, to: Period) -> Place {
        let mut place = self.clone();
        match &mut place {
            Place::Board { campaign }
            | Place::Review { campaign, .. }
            | Place::Rollup { campaign, .. }
            | Place::Behind { campaign, .. }
            | Place::Campaigns { campaign } => campaign.period = to,
            Place::Nation { period } => *period = to,
            Place::Home | Place::Units | Place::Keys { .. } => {}
        }
        place
    }

    /// The same of another campaign, if there is such a page.
    pub(crate) fn in_campaign(&self, to: &Campaign) -> Option<Place> {
        let campaign = to.clone();
        match self {
            Place::Board { .. } => Some(Place::Board { campaign }),
            Place::Review { unit, .. } => Some(Place::Review {
                unit: unit.clone(),
                campaign,
            }),
            Place::Rollup { unit, .. } => Some(Place::Rollup {
                unit: unit.clone(),
                campaign,
            }),
            // What lies behind a number of one form is not in another one.
            Place::Behind { .. } | Place::Campaigns { .. } => None,
            other => Some(other.clone()),
        }
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
    /// Of [`Place::Campaigns`].
    Campaigns(Vec<CampaignLine>),
    /// Of [`Place::Nation`].
    Nation(Box<Nation>),
}
