//! The completeness board: of every unit that reports here, how far it has come.

use model::overview::{Board, BoardLine, BoardState, Campaign, Progress};
use model::workflow::ReportState;
use model::{Level, Period, UnitPath};

use super::campaigns::asked;
use super::{go_on, plain};
use crate::org::{due_among, is_asked};
use crate::report::ReportKey;
use crate::statements::{Judge, Statements, Submitted};
use crate::{Error, Replica};

impl Replica {
    /// The board of one form and period.
    ///
    /// # Errors
    /// [`Error::Cancelled`] if `progress` says so.
    pub fn board(
        &self,
        form: &str,
        period: Period,
        progress: Progress<'_>,
    ) -> Result<Board, Error> {
        self.store.read(|_| self.read_board(form, period, progress))
    }

    fn read_board(
        &self,
        form: &str,
        period: Period,
        progress: Progress<'_>,
    ) -> Result<Board, Error> {
        let known = self.store.keys()?;
        let mut judge = Judge::new(&known);
        let below = |unit: &UnitPath| {
            unit.level() == Level::Facility && unit.parent().as_ref() == Some(&self.unit)
        };
        let mut units = self.near_views(&known, &mut judge)?;
        units.retain(|view| below(&view.unit));
        let keys: Vec<ReportKey> = units
            .iter()
            .map(|view| ReportKey::regular(&view.unit, form, period))
            .collect();
        go_on(progress(0, units.len()))?;
        let statements = self.statements_of(&self.unit, period, &keys, &mut judge)?;
        let campaigns = self.campaigns()?;
        let heard = self.heard()?;
        let whole = units.len();
        let mut lines = Vec::with_capacity(whole);
        for (done, ((view, key), statements)) in
            units.into_iter().zip(&keys).zip(statements).enumerate()
        {
            go_on(progress(done, whole))?;
            let due = due_among(&campaigns, key);
            let first = statements.first_received();
            let shown = statements.shown();
            let receipt = shown.and_then(|s| s.receipt.as_ref());
            lines.push(BoardLine {
                state: state(&statements, view.enrolled),
                timeliness: first.and_then(|s| s.timeliness(due)).map(plain),
                signed_at: shown.map(|s| s.time),
                received_at: receipt.map(|receipt| receipt.time),
                last_sync: heard.get(&view.unit).and_then(|heard| heard.last_sync),
                reenrolled: view.reenrolled,
                name: view.name,
                unit: view.unit,
            });
        }
        let own = ReportKey::regular(&self.unit, form, period);
        // Who was not asked and has sent nothing has nothing to do here.
        let is_asked = is_asked(&campaigns, &own);
        lines.retain(|line| line.signed_at.is_some() || is_asked(&line.unit));
        let asked = asked(&campaigns, &self.unit, period);
        let is_this = |campaign: &&Campaign| campaign.form == form && campaign.period == period;
        Ok(Board {
            unit: self.unit.clone(),
            form: self.form_for(&own)?,
            period,
            others: asked.keys().filter(|one| !is_this(one)).count(),
            due: due_among(&campaigns, &own),
            lines,
        })
    }
}

fn state(statements: &Statements, enrolled: bool) -> BoardState {
    if statements.current.len() > 1 {
        return BoardState::TwoSubmissions;
    }
    match statements.state {
        ReportState::None if enrolled => BoardState::NotOpened,
        ReportState::None => BoardState::NotJoined,
        ReportState::Draft => BoardState::Working,
        ReportState::Returned => BoardState::Returned,
        ReportState::Accepted => BoardState::Accepted,
        ReportState::Submitted => match statements.current() {
            Some(current) if Submitted::is_incomplete(current) => BoardState::Incomplete,
            _ => BoardState::Submitted,
        },
    }
}
