//! What the units are asked for.

use crate::form::{Label, QUARTERLY};
use crate::{Period, Timestamp, UnitPath};

/// A form in a period: what a board, a review and a consolidation are about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Campaign {
    /// Form name.
    pub form: String,
    /// The period.
    pub period: Period,
}

impl Campaign {
    /// The quarterly report, which needs nobody to ask for it.
    pub fn usual(period: Period) -> Campaign {
        Campaign {
            form: QUARTERLY.to_owned(),
            period,
        }
    }

    /// Whether it is the quarterly report.
    pub fn is_usual(&self) -> bool {
        self.form == QUARTERLY
    }

    /// The same form in another period.
    pub fn in_period(&self, period: Period) -> Campaign {
        Campaign {
            form: self.form.clone(),
            period,
        }
    }
}

/// One that units here are asked for, or that some have reported for unasked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CampaignLine {
    /// Which.
    pub campaign: Campaign,
    /// What the form is called; its name where it is not held here.
    pub title: Label,
    /// Who asks: path and name. `None`: the standing rule, or nobody.
    pub by: Option<(UnitPath, String)>,
    /// The document that asks for it.
    pub basis: Option<String>,
    /// Strictly before.
    pub due: Option<Timestamp>,
    /// Units directly below that have submitted.
    pub submitted: usize,
}
