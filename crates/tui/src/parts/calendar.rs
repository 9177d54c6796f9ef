//! A month to pick a day from.

use jiff::civil::Date;
use model::input::YEARS;

use crate::parts::keymap::Action;

/// Days of a week, from Monday.
pub(crate) const WEEK_DAYS: usize = 7;

/// The day that a key leads to from another one. A day past the end of a month
/// becomes its last one; out of the years that a report knows nothing leads.
pub(crate) fn moved(from: Date, action: Action) -> Date {
    let steps = |days: usize, step: fn(Date) -> Option<Date>| {
        (0..days).try_fold(from, |date, _| step(date))
    };
    let back = |date: Date| date.yesterday().ok();
    let forth = |date: Date| date.tomorrow().ok();
    let month = |other: Option<Date>| {
        let other = other?;
        let day = from.day().min(other.days_in_month());
        other.with().day(day).build().ok()
    };
    let to = match action {
        Action::DayBack => steps(1, back),
        Action::DayForward => steps(1, forth),
        Action::WeekBack => steps(WEEK_DAYS, back),
        Action::WeekForward => steps(WEEK_DAYS, forth),
        Action::MonthBack => month(back(from.first_of_month())),
        Action::MonthForward => month(forth(from.last_of_month())),
        _ => None,
    };
    to.filter(|to| YEARS.contains(&to.year())).unwrap_or(from)
}

/// The weeks of a month, from Monday; `None` where a day is of another month.
pub(crate) fn weeks(month: Date) -> Vec<[Option<Date>; WEEK_DAYS]> {
    let mut weeks = Vec::new();
    let mut week = [None; WEEK_DAYS];
    let first = month.first_of_month();
    let mut day = Some(first);
    while let Some(date) = day.filter(|date| date.month() == first.month()) {
        let at = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or(0);
        if at == 0 && date != first {
            weeks.push(std::mem::take(&mut week));
        }
        week[at % WEEK_DAYS] = Some(date);
        day = date.tomorrow().ok();
    }
    weeks.push(week);
    weeks
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn keys_lead_over_months_and_years() {
        let from = date(2026, 1, 31);
        for (action, to) in [
            (Action::DayForward, date(2026, 2, 1)),
            (Action::DayBack, date(2026, 1, 30)),
            (Action::WeekForward, date(2026, 2, 7)),
            (Action::MonthForward, date(2026, 2, 28)),
            (Action::MonthBack, date(2025, 12, 31)),
            (Action::Open, from),
        ] {
            assert_eq!(moved(from, action), to, "{action:?}");
        }
        let last = date(2199, 12, 31);
        assert_eq!(moved(last, Action::DayForward), last);
        let first = date(1900, 1, 1);
        assert_eq!(moved(first, Action::MonthBack), first);
    }

    #[test]
    fn a_month_in_weeks() {
        let june = weeks(date(2026, 6, 16));
        assert_eq!(june.len(), 5);
        assert_eq!(june[0][0], Some(date(2026, 6, 1)), "a Monday");
        assert_eq!(june[4][1], Some(date(2026, 6, 30)));
        assert_eq!(june[4][2], None);
        let august = weeks(date(2026, 8, 1));
        assert_eq!(august.len(), 6);
        assert_eq!(august[0][5], Some(date(2026, 8, 1)));
        assert_eq!(weeks(date(9999, 12, 31)).len(), 5);
        assert_eq!(weeks(date(2026, 2, 3)).len(), 5);
        assert_eq!(weeks(date(2027, 2, 3)).len(), 4);
    }
}
