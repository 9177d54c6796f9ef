//! Where a report stands, derived from the submissions and reviews that are
//! held; nothing stores a state.
//!
//! Deliberately ignorant of who may write what (`identity` decides that) and of
//! the content. Invariant: the result depends on the set of facts only, never
//! on their order.

use std::collections::BTreeSet;

use crate::time::Timestamp;

/// Where a report stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ReportState {
    /// Nothing was written.
    #[default]
    None,
    /// Written, never submitted.
    Draft,
    /// Submitted and not reviewed.
    Submitted,
    /// Returned with comments.
    Returned,
    /// Accepted: it goes into the rollup.
    Accepted,
}

impl ReportState {
    /// The name used in JSON and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            ReportState::None => "none",
            ReportState::Draft => "draft",
            ReportState::Submitted => "submitted",
            ReportState::Returned => "returned",
            ReportState::Accepted => "accepted",
        }
    }
}

/// What matters of one submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubmissionFact {
    /// Its entry id.
    pub id: [u8; 32],
    /// The submissions it replaces.
    pub replaces: Vec<[u8; 32]>,
    /// The reviews of it.
    pub reviews: Vec<ReviewFact>,
}

/// What matters of one review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewFact {
    /// Accepted, or else returned.
    pub accept: bool,
    /// When it counts: (time, entry id); the largest is the latest.
    pub order: (i64, [u8; 32]),
}

/// The state of a report and its current submissions, ascending.
///
/// Current is a submission that no other one replaces. Its latest review
/// decides. More than one current submission means that two were made without
/// knowing of each other: the state is then `Submitted` whatever the reviews
/// say, and nothing can be accepted until a new one replaces them all.
pub fn derive(submissions: &[SubmissionFact], has_content: bool) -> (ReportState, Vec<[u8; 32]>) {
    let replaced: BTreeSet<&[u8; 32]> = submissions
        .iter()
        .flat_map(|s| s.replaces.iter().filter(|id| **id != s.id))
        .collect();
    let current: BTreeSet<[u8; 32]> = submissions
        .iter()
        .map(|s| s.id)
        .filter(|id| !replaced.contains(id))
        .collect();
    let state = match current.len() {
        0 if has_content => ReportState::Draft,
        0 => ReportState::None,
        1 => {
            let latest = submissions
                .iter()
                .filter(|s| current.contains(&s.id))
                .flat_map(|s| &s.reviews)
                .max_by_key(|review| review.order);
            match latest {
                None => ReportState::Submitted,
                Some(review) if review.accept => ReportState::Accepted,
                Some(_) => ReportState::Returned,
            }
        }
        _ => ReportState::Submitted,
    };
    (state, current.into_iter().collect())
}

/// When a report came in, as the level above saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Timeliness {
    /// Receipt before the due time.
    OnTime,
    /// Signed before, received at or after the due time.
    SignedOnTime,
    /// Signed and received at or after the due time.
    Late,
}

impl Timeliness {
    /// The name used in JSON and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Timeliness::OnTime => "on_time",
            Timeliness::SignedOnTime => "signed_on_time",
            Timeliness::Late => "late",
        }
    }
}

/// Whether a report was in time. The receipt decides; the signer's clock is not
/// trusted and only makes a late report "signed on time, received late".
pub fn timeliness(signed: Timestamp, received: Timestamp, due: Timestamp) -> Timeliness {
    if received < due || (crate::sabotaged!(DueTimeIncluded) && received == due) {
        Timeliness::OnTime
    } else if signed < due {
        Timeliness::SignedOnTime
    } else {
        Timeliness::Late
    }
}
