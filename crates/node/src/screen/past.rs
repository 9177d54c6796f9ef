//! The past of a report, as the screens take it.

use replica::{DiffLine, HistoryLine, Replica, ReportKey, Since};
use tui::form::{Compared, DiffView, HistoryEvent, HistoryView};
use wire::EntryId;

use super::shown::stamp;
use crate::failure::{Exit, Failure};

/// One thing that happened.
pub(super) fn line(line: &HistoryLine) -> HistoryView {
    HistoryView {
        time: stamp(&line.time),
        author: line.author.clone(),
        event: match line.event {
            "submission" => HistoryEvent::Submission,
            "receipt" => HistoryEvent::Receipt,
            "accept" => HistoryEvent::Accept,
            "return" => HistoryEvent::Return,
            _ => HistoryEvent::Change,
        },
        // What was carried over stands under the key that it fills.
        key: line
            .code
            .as_ref()
            .map(|code| code.trim_start_matches('~').to_owned()),
        value: line.value.clone().unwrap_or(model::Scalar::Null),
        entry: line.entry.to_string(),
    }
}

/// Why there is nothing to compare with.
pub(super) fn missing(of: &Compared) -> &'static str {
    match of {
        Compared::SinceSubmitted | Compared::Submissions { .. } => "past-none-submitted",
        Compared::SinceAccepted => "past-none-accepted",
        Compared::SinceLastPeriod => "past-none-before",
    }
}

/// What differs.
pub(super) fn diff(
    replica: &Replica,
    report: &ReportKey,
    of: &Compared,
) -> Result<Vec<DiffView>, Failure> {
    let lines = match of {
        Compared::SinceSubmitted => replica.diff(report, Since::Submitted)?,
        Compared::SinceAccepted => replica.diff(report, Since::Accepted)?,
        Compared::SinceLastPeriod => replica.diff(report, Since::LastPeriod)?,
        Compared::Submissions { from, to } => {
            let id = |hex: &str| {
                EntryId::from_hex(hex).ok_or_else(|| Failure::new("no-such-entry", Exit::Usage))
            };
            replica.compare(report, &id(from)?, &id(to)?)?
        }
    };
    let view = |line: DiffLine| DiffView {
        key: line.code,
        before: line.before,
        after: line.after,
    };
    Ok(lines.into_iter().map(view).collect())
}
