//! States, times and connections in words.

use messages::{Arg, Catalogue};
use model::workflow::ReportState;
use model::{Period, Timestamp};

/// How the connection to the level above stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SyncView {
    /// Being made.
    Connecting,
    /// Everything is on both sides; since when, in words.
    InSync(String),
    /// None; so many pieces wait.
    Offline {
        /// Entries and drafts not yet sent.
        pending: usize,
    },
    /// The level above refused, with its reason.
    Refused(String),
    /// There is no level above.
    Top,
}

/// Milliseconds of a minute, an hour, a day.
const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// `còn 3 ngày`, `còn 5 giờ`, `quá hạn 2 ngày`: whole days, under a day whole
/// hours, under an hour whole minutes. Due is strictly before: at the due time
/// itself it is overdue.
pub(crate) fn due_words(words: &Catalogue, due: Timestamp, now: Timestamp) -> String {
    let left = due.as_millis().saturating_sub(now.as_millis());
    let span = left.saturating_abs();
    let late = left <= 0;
    let (unit, count) = match span {
        DAY_MS.. => ("days", span / DAY_MS),
        HOUR_MS.. => ("hours", span / HOUR_MS),
        _ => ("minutes", span / MINUTE_MS),
    };
    let id = match (late, unit) {
        (false, "days") => "due-left-days",
        (false, "hours") => "due-left-hours",
        (false, _) => "due-left-minutes",
        (true, "days") => "due-late-days",
        (true, "hours") => "due-late-hours",
        (true, _) => "due-late-minutes",
    };
    words.tr_with(id, &[(unit, Arg::Int(count))])
}

/// `20/06/2026`, with the hour where it is not midnight.
pub(crate) fn due_date(due: Timestamp) -> String {
    let zoned = due.zoned();
    let midnight = zoned.hour() == 0 && zoned.minute() == 0;
    let format = if midnight {
        "%d/%m/%Y"
    } else {
        "%H:%M %d/%m/%Y"
    };
    zoned.strftime(format).to_string()
}

/// `18/06/2026 09:30`, in Vietnam.
pub(crate) fn stamp(at: Timestamp) -> String {
    at.zoned().strftime("%d/%m/%Y %H:%M").to_string()
}

/// That more lines lie below those that are shown, if so.
pub(crate) fn more_below(words: &Catalogue, count: usize) -> Option<String> {
    (count > 0).then(|| words.tr_with("more-below", &[("count", Arg::from(count))]))
}

/// The same of those above.
pub(crate) fn more_above(words: &Catalogue, count: usize) -> Option<String> {
    (count > 0).then(|| words.tr_with("more-above", &[("count", Arg::from(count))]))
}

/// `quý II/2026` or `năm 2026`.
pub fn period_words(words: &Catalogue, period: Period) -> String {
    match period {
        Period::Year(year) => {
            words.tr_with("period-year", &[("year", Arg::Str(&year.to_string()))])
        }
        Period::Quarter(year, quarter) => {
            let roman = ["I", "II", "III", "IV"];
            let roman = roman
                .get(usize::from(quarter).saturating_sub(1))
                .unwrap_or(&"?");
            let year = year.to_string();
            words.tr_with(
                "period-quarter",
                &[("quarter", Arg::Str(roman)), ("year", Arg::Str(&year))],
            )
        }
    }
}

/// How far the report has come.
pub(crate) fn state_words(words: &Catalogue, state: ReportState) -> String {
    match state {
        ReportState::None => words.tr("state-none"),
        ReportState::Draft => words.tr("state-draft"),
        ReportState::Submitted => words.tr("state-submitted"),
        ReportState::Returned => words.tr("state-returned"),
        ReportState::Accepted => words.tr("state-accepted"),
    }
}

/// How the connection stands.
pub(crate) fn sync_words(words: &Catalogue, sync: &SyncView) -> String {
    match sync {
        SyncView::Connecting => words.tr("sync-connecting"),
        SyncView::InSync(since) => words.tr_with("sync-in-sync", &[("since", Arg::Str(since))]),
        SyncView::Offline { pending } => {
            words.tr_with("sync-offline", &[("pending", Arg::from(*pending))])
        }
        SyncView::Top => words.tr("sync-top"),
        SyncView::Refused(reason) => words.tr_with("sync-refused", &[("reason", Arg::Str(reason))]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due_at(now: &str) -> String {
        let words = Catalogue::new(messages::Lang::Vi);
        let due = Period::Quarter(2026, 2).due().unwrap();
        due_words(&words, due, Timestamp::parse_rfc3339(now).unwrap())
    }

    #[test]
    fn due_time_in_words() {
        assert_eq!(due_at("2026-06-16T23:00:00+07:00"), "còn 3 ngày");
        assert_eq!(due_at("2026-06-19T00:00:00+07:00"), "còn 1 ngày");
        assert_eq!(due_at("2026-06-19T00:00:01+07:00"), "còn 23 giờ");
        assert_eq!(due_at("2026-06-19T23:15:00+07:00"), "còn 45 phút");
        assert_eq!(due_at("2026-06-20T00:00:00+07:00"), "quá hạn 0 phút");
        assert_eq!(due_at("2026-06-20T05:00:00+07:00"), "quá hạn 5 giờ");
        assert_eq!(due_at("2026-06-22T01:00:00+07:00"), "quá hạn 2 ngày");
        assert_eq!(
            due_date(Period::Quarter(2026, 2).due().unwrap()),
            "20/06/2026"
        );
    }

    #[test]
    fn clocks_that_are_wrong_by_ages() {
        let words = Catalogue::new(messages::Lang::Vi);
        for (due, now) in [(i64::MIN, i64::MAX), (i64::MAX, i64::MIN), (0, 0)] {
            assert!(!due_words(&words, Timestamp(due), Timestamp(now)).is_empty());
            assert!(!due_date(Timestamp(due)).is_empty());
            assert!(!stamp(Timestamp(now)).is_empty());
        }
    }
}
