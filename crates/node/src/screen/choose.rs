//! Which report the screens open on.

use model::{Period, Timestamp};
use replica::{Error, QUARTERLY_FORM, Replica, ReportKey, ReportLine};

/// Older than this and still open: given up, and no longer in the way of the
/// report that is due next.
const FORGOTTEN_MS: i64 = 183 * 24 * 60 * 60 * 1000;

/// The quarterly report that is due next, unless an earlier one was returned,
/// was begun and never submitted, or was asked for and never begun: then the
/// one whose due time comes first.
pub(super) fn report(replica: &Replica, now: Timestamp) -> Result<ReportKey, Error> {
    let usual = ReportKey::regular(replica.unit(), QUARTERLY_FORM, Period::current_quarter(now));
    let due = replica.due(&usual)?;
    let mut open = Vec::new();
    for line in replica.reports(now)? {
        let key = ReportKey {
            unit: replica.unit().clone(),
            form: line.form.clone(),
            period: line.period,
            ordinal: line.ordinal,
        };
        if is_open(&line)
            && let Some(at) = replica.due(&key)?
            && at.0 >= now.0.saturating_sub(FORGOTTEN_MS)
            && due.is_none_or(|due| at < due)
        {
            open.push((at, key));
        }
    }
    let first = open.into_iter().min_by(|a, b| a.cmp(b));
    Ok(first.map_or(usual, |(_, key)| key))
}

fn is_open(line: &ReportLine) -> bool {
    match line.state {
        "returned" | "draft" => true,
        // An ad hoc form that nobody has begun does not hide the usual one.
        "none" => line.form == QUARTERLY_FORM,
        _ => false,
    }
}
