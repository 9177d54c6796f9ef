//! The completeness board: every unit that reports here, and how far it has come.

use std::sync::Arc;

use crate::{Form, Period, Timeliness, Timestamp, UnitPath};

/// The board of one form and period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Board {
    /// Who reviews.
    pub unit: UnitPath,
    /// The form.
    pub form: Arc<Form>,
    /// The period.
    pub period: Period,
    /// Other campaigns of the period: so many forms are asked for beside this one.
    pub others: usize,
    /// When reports have to be received, strictly before.
    pub due: Option<Timestamp>,
    /// The units, by path.
    pub lines: Vec<BoardLine>,
}

/// How far one unit's report has come, as the level above can know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BoardState {
    /// Nobody of the unit has joined.
    NotJoined,
    /// Nothing of the report has arrived.
    NotOpened,
    /// Changes have arrived, no submission.
    Working,
    /// A submission has arrived that rests on something that has not.
    Incomplete,
    /// Two submissions stand side by side: the unit has to submit anew.
    TwoSubmissions,
    /// Submitted: to be reviewed.
    Submitted,
    /// Returned: to be corrected by the unit.
    Returned,
    /// Accepted.
    Accepted,
}

impl BoardState {
    /// All of them, in the order in which a board lists them.
    pub const ALL: [BoardState; 8] = [
        BoardState::NotJoined,
        BoardState::NotOpened,
        BoardState::Working,
        BoardState::Incomplete,
        BoardState::TwoSubmissions,
        BoardState::Submitted,
        BoardState::Returned,
        BoardState::Accepted,
    ];
}

/// One unit of a board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardLine {
    /// The unit.
    pub unit: UnitPath,
    /// Its name.
    pub name: String,
    /// How far it has come.
    pub state: BoardState,
    /// Of its first receipt.
    pub timeliness: Option<Timeliness>,
    /// When the newest submission was signed, by the signer's clock.
    pub signed_at: Option<Timestamp>,
    /// When it was received.
    pub received_at: Option<Timestamp>,
    /// When a session with the unit last ended well.
    pub last_sync: Option<Timestamp>,
    /// Its keys were replaced by the level above.
    pub reenrolled: bool,
}

impl BoardLine {
    /// Whether a submission was ever received.
    pub fn is_received(&self) -> bool {
        self.timeliness.is_some()
    }

    /// Whether the due time has passed without a receipt.
    pub fn is_overdue(&self, due: Option<Timestamp>, now: Timestamp) -> bool {
        !self.is_received() && due.is_some_and(|due| now >= due)
    }

    /// Who needs a call first, smallest first: units that the due time passed by,
    /// then those that have to do something (submit anew, correct, begin, go on),
    /// then those that wait for the reviewer, then the settled ones. Within one
    /// group the unit heard of least recently comes first.
    pub fn urgency(&self, due: Option<Timestamp>, now: Timestamp) -> (u8, Option<Timestamp>) {
        let rank = match self.state {
            _ if self.is_overdue(due, now) => 0,
            BoardState::TwoSubmissions | BoardState::Incomplete => 1,
            BoardState::Returned => 2,
            BoardState::NotJoined => 3,
            BoardState::NotOpened => 4,
            BoardState::Working => 5,
            BoardState::Submitted => 6,
            BoardState::Accepted => 7,
        };
        (rank, self.last_sync)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(state: BoardState, timeliness: Option<Timeliness>) -> BoardLine {
        BoardLine {
            unit: UnitPath::ministry(),
            name: String::new(),
            state,
            timeliness,
            signed_at: None,
            received_at: None,
            last_sync: None,
            reenrolled: false,
        }
    }

    #[test]
    fn who_is_late_comes_first_and_who_is_settled_last() {
        let (due, before, after) = (Some(Timestamp(100)), Timestamp(99), Timestamp(100));
        let missing = line(BoardState::Working, None);
        let returned = line(BoardState::Returned, Some(Timeliness::OnTime));
        let settled = line(BoardState::Accepted, Some(Timeliness::Late));
        assert!(missing.urgency(due, after) < returned.urgency(due, after));
        assert!(returned.urgency(due, before) < missing.urgency(due, before));
        assert!(missing.urgency(due, before) < settled.urgency(due, before));
        assert!(!missing.is_overdue(due, before) && missing.is_overdue(due, after));
        assert!(!settled.is_overdue(due, after), "late, but received");
    }

    #[test]
    fn of_equals_the_silent_one_comes_first() {
        let never = line(BoardState::NotOpened, None);
        let heard = BoardLine {
            last_sync: Some(Timestamp(5)),
            ..never.clone()
        };
        assert!(never.urgency(None, Timestamp(9)) < heard.urgency(None, Timestamp(9)));
    }
}
