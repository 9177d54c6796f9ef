//! Consolidated numbers: of a province, of the nation, and what lies behind one.

use std::sync::Arc;

use crate::{Aggregate, Aggregates, Form, Period, Timeliness, Timestamp, UnitPath};

/// The indicators that the nation is followed by: dossiers approved, severe holes
/// open, incidents, share of the budget.
pub const KEY_INDICATORS: [&str; 4] = ["C1.approved", "C1.open_severe", "D5", "G3"];

/// Periods of a province's trend: two years of quarters.
pub const TREND_COUNT: usize = 8;

/// What a reader of a rollup must know of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FlagKind {
    /// Its keys were replaced by the level above.
    Reenrolled,
    /// It has submitted, and no report of it counts: none was accepted, or what the
    /// accepted one rests on is not in effect any more.
    Pending,
    /// Its accepted report counts, a newer one waits.
    NewerPending,
    /// Its report was returned.
    Returned,
}

/// Consolidated numbers and who is in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totals {
    /// Units that had to report.
    pub expected: u64,
    /// Received in time.
    pub on_time: u64,
    /// Received late.
    pub late: u64,
    /// Reports that went in.
    pub inputs: u64,
    /// Expected and not received: path and name.
    pub missing: Vec<(UnitPath, String)>,
    /// What a reader must know: path, name, what.
    pub flagged: Vec<(UnitPath, String, FlagKind)>,
    /// The numbers.
    pub aggregates: Aggregates,
}

impl Totals {
    /// On time and late.
    pub fn received(&self) -> u64 {
        self.on_time.saturating_add(self.late)
    }
}

/// What is known of a rollup's truth. `None`: not looked at yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    /// The signature is its author's.
    pub signature: Option<bool>,
    /// The author's credentials lead to the root and count.
    pub chain: Option<bool>,
    /// The numbers add up.
    pub arithmetic: Option<bool>,
    /// What the comparison with the reports found, once there was one.
    pub source: Option<Source>,
    /// Sums that are wrong by themselves.
    pub faults: usize,
}

impl Proof {
    /// Something was found that is not as it is signed to be.
    pub fn is_doubted(&self) -> bool {
        let wrong = |step: Option<bool>| step == Some(false);
        [self.signature, self.chain, self.arithmetic]
            .into_iter()
            .any(wrong)
            || self.faults > 0
            || self.source.is_some_and(|source| source.wrong > 0)
    }
}

/// A rollup recomputed from the reports behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// Reports that were compared.
    pub checked: usize,
    /// Numbers, reports and sums that are not what the rollup says.
    pub wrong: usize,
    /// Reports that could not be had.
    pub unavailable: usize,
}

impl Source {
    /// Everything was there, and is as the rollup says.
    pub fn is_good(&self) -> bool {
        self.wrong == 0 && self.unavailable == 0
    }
}

/// A signed rollup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Its first digits, to be read out on the telephone.
    pub short_id: String,
    /// Who signed it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// It replaces an earlier one.
    pub corrected: bool,
    /// Its numbers.
    pub totals: Totals,
    /// What is known of its truth.
    pub proof: Proof,
}

/// A unit's consolidation: as it would be signed now, and as it was signed.
#[derive(Clone, Debug)]
pub struct RollupPage {
    /// Whose.
    pub unit: UnitPath,
    /// Its name.
    pub name: String,
    /// The form.
    pub form: Arc<Form>,
    /// The period.
    pub period: Period,
    /// When reports have to be received, strictly before.
    pub due: Option<Timestamp>,
    /// As things stand here; only at the unit that signs.
    pub draft: Option<Totals>,
    /// A name for all that the draft says, its reports included: a signature is
    /// about this draft and no newer one.
    pub facts: Option<String>,
    /// The newest signed one.
    pub signed: Option<Signed>,
    /// Why there is no draft, or no newest one, where there should be: the reports
    /// contradict each other, or two rollups stand side by side.
    pub trouble: Option<super::Trouble>,
    /// The numbers of the period before, if they were signed.
    pub last_period: Option<Aggregates>,
}

/// The reports behind one number.
#[derive(Clone, Debug)]
pub struct Behind {
    /// Whose number.
    pub unit: UnitPath,
    /// The form.
    pub form: Arc<Form>,
    /// The period.
    pub period: Period,
    /// When reports have to be received, strictly before.
    pub due: Option<Timestamp>,
    /// The indicator.
    pub code: String,
    /// The units that went in, by path.
    pub lines: Vec<BehindLine>,
}

/// One unit's part of a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BehindLine {
    /// The unit.
    pub unit: UnitPath,
    /// Its name.
    pub name: String,
    /// Of its first receipt.
    pub timeliness: Option<Timeliness>,
    /// Its part.
    pub part: Option<Aggregate>,
    /// What it said in the period before.
    pub last_period: Option<Aggregate>,
}

/// The nation, province by province.
#[derive(Clone, Debug)]
pub struct Nation {
    /// The form.
    pub form: Arc<Form>,
    /// The period.
    pub period: Period,
    /// When reports have to be received, strictly before.
    pub due: Option<Timestamp>,
    /// The provinces, by path.
    pub lines: Vec<ProvinceLine>,
    /// The signed national rollup.
    pub signed: Option<Signed>,
}

/// One province of the nation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvinceLine {
    /// The province.
    pub unit: UnitPath,
    /// Its name.
    pub name: String,
    /// Its newest rollup. Facilities in it have no names here: what is said of them is
    /// the province's page.
    pub signed: Option<Signed>,
    /// Why none of its rollups is the newest: two stand side by side.
    pub trouble: Option<super::Trouble>,
    /// When a session with it last ended well.
    pub last_sync: Option<Timestamp>,
    /// The periods of which a rollup is held, oldest first: this one and those before.
    pub trend: Vec<Quarter>,
}

/// What a province's newest rollup says of one period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarter {
    /// The period.
    pub period: Period,
    /// Its numbers. None if the rollup does not stand up to being checked, or if two
    /// stand side by side.
    pub figures: Option<Figures>,
}

/// The numbers of a rollup that the nation is followed by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Units that had to report.
    pub expected: u64,
    /// Received in time.
    pub on_time: u64,
    /// Received late.
    pub late: u64,
    /// Of [`KEY_INDICATORS`] those that it has.
    pub indicators: Aggregates,
}

impl Figures {
    /// On time and late.
    pub fn received(&self) -> u64 {
        self.on_time.saturating_add(self.late)
    }
}
