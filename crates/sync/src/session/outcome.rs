//! How a session went.

use wire::EntryId;
use wire::frame::Ask;

use crate::limits::REFUSALS_MAX_COUNT;

/// How a session went, for the log, the status page and the exit code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Entries sent and acknowledged as durable (including ones it had).
    pub sent: u64,
    /// Entries received that were new here.
    pub received: u64,
    /// Entries received that were held before.
    pub known: u64,
    /// Entries received that wait for their author's credential.
    pub parked: u64,
    /// Entries of ours that the peer refused or parked, and why; at most
    /// [`crate::REFUSALS_MAX_COUNT`] are named.
    pub refused: Vec<(EntryId, String)>,
    /// How many the peer refused or parked.
    pub refused_count: u64,
    /// Entries of the peer that were refused here.
    pub refused_here: u64,
    /// How often this side waited for an answer.
    pub round_trips: u64,
    /// Bytes of frames sent.
    pub bytes_out: u64,
    /// Bytes of frames received.
    pub bytes_in: u64,
    /// Whether the fingerprints were equal at the end.
    pub in_sync: bool,
    /// What a person should know.
    pub warnings: Vec<Warning>,
    /// The blobs that were asked for.
    pub answers: Vec<(Ask, Vec<u8>)>,
    pub(super) complete: bool,
    pub(super) denied: Vec<Ask>,
}

/// Something a person should know of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// The peer's clock differs from ours by more than
    /// [`crate::CLOCK_SKEW_MAX_MS`]: theirs minus ours, in milliseconds.
    Clock(i64),
    /// The two still do not hold the same. The next session tries again.
    Differs,
    /// The peer did not grant this, or had no answer.
    Unanswered(Ask),
}

impl Outcome {
    pub(super) fn refuse(&mut self, id: EntryId, reason: String) {
        self.refused_count += 1;
        if self.refused.len() < REFUSALS_MAX_COUNT {
            self.refused.push((id, reason));
        }
    }

    /// Names the asks that came to nothing.
    pub(super) fn close(&mut self, asks: &[Ask]) {
        for ask in asks {
            let answered = match ask {
                Ask::Report { .. } => !self.denied.contains(ask),
                Ask::Inputs { .. } => self.answers.iter().any(|(a, _)| a == ask),
            };
            if !answered {
                self.warnings.push(Warning::Unanswered(ask.clone()));
            }
        }
    }
}
