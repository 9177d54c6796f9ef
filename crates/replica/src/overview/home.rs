//! The unit's own desk: what is due, what came back, what is still to be done.

use model::overview::{Home, HomeReport, HomeTask, Remark, Trouble};
use model::{Period, ReportState, Snapshot, Timestamp, UnitPath};
use wire::Verdict;

use crate::org::due_among;
use crate::report::ReportKey;
use crate::statements::{Judge, Statements, Submitted};
use crate::views::CampaignView;
use crate::{Error, QUARTERLY_FORM, Replica};

/// Refused entries that are counted.
const REFUSED_COUNTED: usize = 1_000;

/// The table of the quarterly form in which a unit plans its tasks.
const TASKS: &str = "H2";

/// The state of a task that is done.
const DONE: &str = "done";

impl Replica {
    /// What waits at this unit.
    pub fn home(&self, now: Timestamp) -> Result<Home, Error> {
        self.store.read(|_| {
            Ok(Home {
                reports: self.home_reports(now)?,
                tasks: self.home_tasks(now)?,
                troubles: self.troubles()?,
            })
        })
    }

    fn home_reports(&self, now: Timestamp) -> Result<Vec<HomeReport>, Error> {
        let campaigns = self.campaigns()?;
        let mut judge = Judge::new(&self.store);
        let mut reports = Vec::new();
        for key in self.report_keys(now)? {
            reports.push(self.home_report(&key, &campaigns, &mut judge)?);
        }
        // First what somebody still has to do something about, by when it is due, then
        // what was handed in, for which a receipt is there. Within both, keys came with
        // the newest first.
        let order = |report: &HomeReport| match (report.state, report.received) {
            (ReportState::Accepted, _) | (ReportState::Submitted, Some(_)) => (true, false, None),
            _ => (false, report.due.is_none(), report.due),
        };
        reports.sort_by_key(order);
        Ok(reports)
    }

    fn home_report(
        &self,
        key: &ReportKey,
        campaigns: &[CampaignView],
        judge: &mut Judge<'_>,
    ) -> Result<HomeReport, Error> {
        let pending = self.live_drafts(&key.doc())?.len();
        let begun = pending > 0 || self.has_changes(key)?;
        let statements = self.statements_by(key, begun, judge)?;
        let due = due_among(campaigns, key);
        let received = self.received(&statements, due)?;
        Ok(HomeReport {
            title: match self.form_for(key) {
                Ok(form) => form.title.vi.clone(),
                Err(Error::NoSuchForm(name)) => name,
                Err(error) => return Err(error),
            },
            form: key.form.clone(),
            period: key.period,
            ordinal: key.ordinal,
            state: statements.state,
            due,
            pending,
            remarks: self.remarks(&key.unit, &statements)?,
            received: received.map(|r| (r.time, r.timeliness)),
        })
    }

    /// Of the newest review, if it returned the report.
    pub(super) fn remarks(
        &self,
        of: &UnitPath,
        statements: &Statements,
    ) -> Result<Vec<Remark>, Error> {
        let review = statements.shown().and_then(Submitted::latest_review);
        let Some(review) = review.filter(|r| r.content.verdict == Verdict::Return) else {
            return Ok(Vec::new());
        };
        let by = self.name_of(&review.author, of)?;
        let remark = |comment: &wire::Comment| Remark {
            code: comment.code.clone(),
            text: comment.text.clone(),
            by: by.clone(),
            time: review.time,
        };
        Ok(review.content.comments.iter().map(remark).collect())
    }

    /// Unfinished tasks of the current quarter's report; of one that nobody has
    /// begun, those that it will begin with.
    fn home_tasks(&self, now: Timestamp) -> Result<Vec<HomeTask>, Error> {
        let period = Period::current_quarter(now);
        let key = ReportKey::regular(&self.unit, QUARTERLY_FORM, period);
        let (loaded, pending) = self.load_with_drafts(&key)?;
        if pending > 0 || !loaded.report.is_untouched() {
            return Ok(open_tasks(&loaded.report.snapshot(), period));
        }
        let last = self.last_accepted(&key)?;
        Ok(last.map_or_else(Vec::new, |(period, snapshot)| open_tasks(&snapshot, period)))
    }

    /// What is wrong with this node, of which `status` says more. Entries without
    /// effect are left to it: finding them means to judge every entry.
    fn troubles(&self) -> Result<Vec<Trouble>, Error> {
        let refused = self.store.refused(REFUSED_COUNTED)?.len();
        let set_aside = self.store.quarantined()?.len();
        let (_, stranded) = self.split_drafts(self.store.drafts_all()?)?;
        let out_of_line = self.chain_findings()?.len();
        let all = [
            (refused, Trouble::Refused(refused)),
            (set_aside, Trouble::SetAside(set_aside)),
            (stranded.len(), Trouble::Stranded(stranded.len())),
            (out_of_line, Trouble::OutOfLine(out_of_line)),
        ];
        let there = all.into_iter().filter(|(count, _)| *count > 0);
        Ok(there.map(|(_, trouble)| trouble).collect())
    }
}

/// The tasks that are not done, by deadline, those without one last.
fn open_tasks(snapshot: &Snapshot, period: Period) -> Vec<HomeTask> {
    let cell = |row: &str, column: &str| snapshot.cell(TASKS, row, column).clone();
    let text = |row: &str, column: &str| {
        let cell = cell(row, column);
        cell.as_str().unwrap_or_default().to_owned()
    };
    let open = snapshot
        .rows(TASKS)
        .filter(|row| text(row, "state") != DONE);
    let mut tasks: Vec<HomeTask> = open
        .map(|row| HomeTask {
            task: text(row, "task"),
            department: text(row, "department"),
            deadline: text(row, "deadline").parse().ok(),
            progress: cell(row, "progress").as_int(),
            period,
        })
        .collect();
    tasks.sort_by(|a, b| {
        (a.deadline.is_none(), a.deadline, &a.task).cmp(&(
            b.deadline.is_none(),
            b.deadline,
            &b.task,
        ))
    });
    tasks
}
