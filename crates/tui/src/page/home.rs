//! What waits at a facility: reports, tasks, troubles.

use model::ReportState;
use model::overview::{Home, HomeReport, HomeTask};

use super::table::{facet, narrow, number, row, wide};
use super::words::{report_state, said, timeliness, trouble};
use super::{Bit, Cell, Laid, Setting, Tone};
use crate::parts::display::clean;
use crate::parts::words::{due_date, due_words, period_words, stamp};

mod bit {
    pub(super) const REPORT: u32 = 1;
    pub(super) const TASK: u32 = 1 << 1;
}

/// The name of a report's row: not its place, which changes as reports come and go.
fn report_key(report: &HomeReport) -> String {
    format!(
        "report/{}/{}/{}",
        report.form, report.period, report.ordinal
    )
}

fn task_key(task: &HomeTask) -> String {
    format!("task/{}/{}", task.period, task.task)
}

/// The report that a row of this page leads to.
pub(crate) fn report_at<'h>(home: &'h Home, key: &str) -> Option<&'h HomeReport> {
    home.reports.iter().find(|report| report_key(report) == key)
}

fn task_at<'h>(home: &'h Home, key: &str) -> Option<&'h HomeTask> {
    home.tasks.iter().find(|task| task_key(task) == key)
}

pub(super) fn lay_out(home: &Home, setting: Setting<'_>) -> Laid {
    let reports = home.reports.iter();
    let mut rows: Vec<_> = reports
        .map(|report| {
            row(
                &report_key(report),
                bit::REPORT,
                report_cells(report, setting),
            )
        })
        .collect();
    let tasks = home.tasks.iter();
    rows.extend(tasks.map(|task| row(&task_key(task), bit::TASK, task_cells(task, setting))));
    Laid {
        summary: summary(home, setting),
        columns: vec![
            wide(setting, "col-what", 24),
            narrow(setting, "col-state", 14, 0),
            number(setting, "col-due", 16, 1),
            narrow(setting, "col-left", 18, 0),
        ],
        facets: vec![
            facet(setting, "facet-all", 0, Tone::Plain),
            facet(setting, "facet-reports", bit::REPORT, Tone::Plain),
            facet(setting, "facet-tasks", bit::TASK, Tone::Plain),
        ],
        rows,
        empty: setting.tr("home-empty"),
    }
}

fn summary(home: &Home, setting: Setting<'_>) -> Vec<Vec<Bit>> {
    let returned = home.reports.iter();
    let returned = returned.filter(|report| report.state == ReportState::Returned);
    let mut lines = vec![match returned.count() {
        0 => vec![(Tone::Dim, setting.tr("home-hint"))],
        count => {
            let args = [("count", super::table::count(count))];
            vec![(Tone::Bad, setting.tr_with("home-returned", &args))]
        }
    }];
    lines.extend(home.troubles.iter().map(|wrong| {
        vec![(
            Tone::Warning,
            format!("! {}", trouble(*wrong, true, setting)),
        )]
    }));
    // Their documents do not exist yet; the duty to report them does.
    lines.push(vec![(Tone::Dim, setting.tr("home-incidents"))]);
    lines
}

fn report_cells(report: &HomeReport, setting: Setting<'_>) -> Vec<Cell> {
    let (tone, state) = report_state(report.state, setting);
    // The period first: titles are long, and are cut.
    let name = format!(
        "{} · {}",
        period_words(setting.words, report.period),
        report.title
    );
    // A report that was returned is to be corrected in time, whenever it first came.
    let received = report
        .received
        .filter(|_| report.state != ReportState::Returned);
    let (left_tone, left) = match (received, report.due) {
        (Some((_, time)), _) => timeliness(Some(time), setting),
        (None, Some(due)) if setting.now >= due => {
            (Tone::Bad, due_words(setting.words, due, setting.now))
        }
        (None, Some(due)) => (Tone::Warning, due_words(setting.words, due, setting.now)),
        (None, None) => (Tone::Dim, "–".to_owned()),
    };
    vec![
        Cell::words(&name),
        Cell::words(&state).tone(tone),
        Cell::number(
            report.due.map_or_else(|| "–".to_owned(), due_date),
            report.due.map(|due| due.as_millis()),
        ),
        Cell::words(&left).tone(left_tone),
    ]
}

fn task_cells(task: &HomeTask, setting: Setting<'_>) -> Vec<Cell> {
    let today = setting.now.date_in_vietnam();
    let late = task.deadline.is_some_and(|deadline| deadline < today);
    let progress = task
        .progress
        .map_or_else(|| "–".to_owned(), |p| format!("{p} %"));
    let left = match (task.deadline, late) {
        (None, _) => (Tone::Dim, "–".to_owned()),
        (Some(_), true) => (Tone::Bad, setting.tr("task-late")),
        (Some(_), false) => (Tone::Plain, setting.tr("task-open")),
    };
    vec![
        Cell::words(&format!("  {}", task.task)),
        Cell::number(progress, task.progress),
        Cell::number(
            task.deadline.map_or_else(
                || "–".to_owned(),
                |day| day.strftime("%d/%m/%Y").to_string(),
            ),
            task.deadline
                .map(|day| i64::from(day.year()) * 366 + i64::from(day.day_of_year())),
        ),
        Cell::words(&left.1).tone(left.0),
    ]
}

pub(super) fn detail(home: &Home, key: &str, setting: Setting<'_>) -> Vec<Bit> {
    if let Some(task) = task_at(home, key) {
        return vec![
            (Tone::Title, clean(&task.task)),
            said(setting, "detail-department", &task.department),
            (Tone::Dim, setting.tr("detail-task-place")),
        ];
    }
    let Some(report) = report_at(home, key) else {
        return Vec::new();
    };
    let mut bits = vec![(Tone::Title, clean(&report.title))];
    if let Some((at, time)) = report.received {
        let (tone, words) = timeliness(Some(time), setting);
        bits.push((
            tone,
            format!("{}: {}, {words}", setting.tr("detail-received"), stamp(at)),
        ));
    }
    if report.pending > 0 {
        let args = [("count", super::table::count(report.pending))];
        bits.push((Tone::Warning, setting.tr_with("status-pending", &args)));
    }
    for remark in &report.remarks {
        let text = format!(
            "» {}: {} ({}, {})",
            remark.code,
            remark.text,
            remark.by,
            stamp(remark.time)
        );
        bits.push((Tone::Comment, clean(&text)));
    }
    bits
}
