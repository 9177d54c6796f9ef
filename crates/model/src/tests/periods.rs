use proptest::prelude::*;

use crate::period::Period;
use crate::time::Timestamp;
use crate::workflow::{Timeliness, timeliness};

fn at(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).unwrap()
}

fn period(text: &str) -> Period {
    Period::parse(text).unwrap()
}

#[test]
fn texts() {
    for good in ["2026-Q1", "2026-Q4", "2000-Q1", "2199-Q4", "2024"] {
        assert_eq!(period(good).to_string(), good);
    }
    for bad in [
        "",
        "2026-Q0",
        "2026-Q5",
        "2026Q1",
        "2026-q1",
        "26-Q1",
        "1999",
        "2200",
        "2026-Q11",
        "+026",
        " 2026",
        "2026-Q",
        "２０２６",
    ] {
        assert!(Period::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn due_to_the_second() {
    for (name, due) in [
        ("2026-Q1", "2026-03-20T00:00:00+07:00"),
        ("2026-Q2", "2026-06-20T00:00:00+07:00"),
        ("2026-Q3", "2026-09-20T00:00:00+07:00"),
        ("2026-Q4", "2026-12-20T00:00:00+07:00"),
    ] {
        assert_eq!(period(name).due(), Some(at(due)));
        assert_eq!(period(name).due().unwrap().to_rfc3339(), due);
    }
    assert_eq!(period("2024").due(), None);
}

#[test]
fn received_before_the_due_time_is_on_time() {
    let due = period("2026-Q2").due().unwrap();
    let (early, late) = ("2026-06-19T23:59:59+07:00", "2026-06-20T00:00:00+07:00");
    for (signed, received, expected) in [
        (early, early, Timeliness::OnTime),
        (early, "2026-06-19T23:59:59.999+07:00", Timeliness::OnTime),
        (
            "2026-06-19T16:59:59Z",
            "2026-06-19T16:59:59Z",
            Timeliness::OnTime,
        ),
        ("2002-01-01T00:00:00Z", early, Timeliness::OnTime),
        // The signer's clock runs ahead: the receipt still says so.
        (late, early, Timeliness::OnTime),
        (early, late, Timeliness::SignedOnTime),
        (late, late, Timeliness::Late),
        (
            "2026-06-19T17:00:00Z",
            "2026-06-19T17:00:00Z",
            Timeliness::Late,
        ),
    ] {
        assert_eq!(
            timeliness(at(signed), at(received), due),
            expected,
            "{signed} {received}"
        );
    }
}

#[test]
fn cutoffs() {
    for (name, from, to, last) in [
        ("2026-Q1", "2025-12-15", "2026-03-14", "2026-03-31"),
        ("2026-Q2", "2026-03-15", "2026-06-14", "2026-06-30"),
        ("2026-Q3", "2026-06-15", "2026-09-14", "2026-09-30"),
        ("2026-Q4", "2026-09-15", "2026-12-14", "2026-12-31"),
        ("2024", "2024-01-01", "2024-12-31", "2024-12-31"),
    ] {
        let (a, b) = period(name).default_cutoff();
        assert_eq!((a.to_string().as_str(), b.to_string().as_str()), (from, to));
        assert_eq!(period(name).last_day().to_string(), last);
    }
}

#[test]
fn previous_and_current() {
    assert_eq!(period("2026-Q1").previous(), period("2025-Q4"));
    assert_eq!(period("2026-Q3").previous(), period("2026-Q2"));
    assert_eq!(period("2026").previous(), period("2025"));
    for (now, current) in [
        ("2026-01-01T00:00:00+07:00", "2026-Q1"),
        ("2026-03-19T23:59:59+07:00", "2026-Q1"),
        ("2026-03-20T00:00:00+07:00", "2026-Q2"),
        ("2026-06-19T23:59:59+07:00", "2026-Q2"),
        ("2026-06-20T00:00:00+07:00", "2026-Q3"),
        ("2026-12-20T00:00:00+07:00", "2027-Q1"),
        ("2026-12-31T18:00:00Z", "2027-Q1"),
        ("2002-05-05T00:00:00Z", "2002-Q2"),
        // Dead batteries: a period that can still be written down.
        ("1970-01-01T00:00:00Z", "2000-Q1"),
        ("2199-12-25T00:00:00Z", "2199-Q4"),
        ("2345-01-01T00:00:00Z", "2199-Q4"),
    ] {
        assert_eq!(Period::current_quarter(at(now)), period(current), "{now}");
    }
}

#[test]
fn no_quarter_panics() {
    for quarter in [0, 5, 255] {
        for year in [i16::MIN, 0, 2026, i16::MAX] {
            let odd = Period::Quarter(year, quarter);
            let _ = (odd.due(), odd.last_day(), odd.default_cutoff());
        }
    }
}

proptest! {
    #[test]
    fn round_trip(year in 2000i16..2200, quarter in 0u8..5) {
        let period = if quarter == 0 { Period::Year(year) } else { Period::Quarter(year, quarter) };
        prop_assert_eq!(Period::parse(&period.to_string()), Ok(period));
    }

    #[test]
    fn windows_meet_without_gap_or_overlap(year in 2001i16..2200, quarter in 1u8..5) {
        let this = Period::Quarter(year, quarter);
        let (from, _) = this.default_cutoff();
        let (_, before) = this.previous().default_cutoff();
        prop_assert_eq!(before.tomorrow().unwrap(), from);
    }

    #[test]
    fn the_current_quarter_is_due_next(millis in 946_684_800_000i64..7_000_000_000_000) {
        let now = Timestamp(millis);
        let current = Period::current_quarter(now);
        prop_assert!(now < current.due().unwrap());
        prop_assert!(now >= current.previous().due().unwrap());
    }
}
