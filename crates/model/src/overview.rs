//! What a desk shows at a glance: one page's worth of plain values each.
//!
//! The replica gathers them, the screens and the command line show them; here is
//! what they are, and the few judgements that belong to the domain and not to a
//! screen: who needs a call first, and which number looks wrong.
//!
//! Deliberately without layout, language and identifiers of entries: whoever acts
//! on a line names the unit and the period.

mod board;
mod campaign;
mod desk;
mod outlier;
mod review;
mod totals;
mod trouble;

pub use board::{Board, BoardLine, BoardState};
pub use campaign::{Campaign, CampaignLine};
pub use desk::{Home, HomeReport, HomeTask, KeyHolder, KeyLine, UnitLine};
pub use outlier::{Outlier, changed_much};
pub use review::{Remark, Review};
pub use totals::{
    Behind, BehindLine, Figures, FlagKind, KEY_INDICATORS, Nation, Proof, ProvinceLine, Quarter,
    RollupPage, Signed, Source, TREND_COUNT, Totals,
};
pub use trouble::Trouble;

/// How far a query has come, and whether it is still wanted: called with what is
/// done and the whole; `false` ends it early.
pub type Progress<'a> = &'a mut dyn FnMut(usize, usize) -> bool;
