//! How long a screen waits for its data: every page of a desk, on a home with more
//! than a hundred thousand entries, and on an empty one beside it.
//!
//! Run it by `just bench`. Each number is the median of several runs, each on a
//! file that was opened anew: so does a screen begin. What the operating system
//! keeps of the file in memory stays there.

mod homes;

use std::hint::black_box;
use std::time::{Duration, Instant};

use homes::{Home, Homes, current, facility, reporting};
use model::UnitPath;
use replica::{QUARTERLY_FORM, Replica, ReportKey};

/// Runs behind one number.
const RUNS_COUNT: usize = 15;

/// A query that takes longer is not repeated that often.
const PATIENCE: Duration = Duration::from_secs(3);

type Failed = Box<dyn std::error::Error>;
type Query<'a> = &'a dyn Fn(&Replica) -> Result<(), Failed>;

fn main() -> Result<(), Failed> {
    let started = now();
    let homes = Homes::get(std::path::Path::new(env!("CARGO_TARGET_TMPDIR")))?;
    let (so, one) = (homes.so.open()?, homes.facility.open()?);
    let (empty_so, empty_one) = (homes.empty_so.open()?, homes.empty_facility.open()?);
    say(&format!(
        "homes ready after {} s; entries: Sở {} and {}, facility {} and {}",
        started.elapsed().as_secs(),
        so.store().count()?,
        empty_so.store().count()?,
        one.store().count()?,
        empty_one.store().count()?,
    ));
    say(&format!(
        "{:<34} {:>12} {:>12}",
        "median, ms", "empty", "full"
    ));
    let (small, large) = (&homes.empty_so, &homes.so);
    row("open the Sở's home", small, large, None)?;
    for (name, query) in so_queries() {
        row(name, small, large, Some(&*query))?;
    }
    let (small, large) = (&homes.empty_facility, &homes.facility);
    row("open a facility's home", small, large, None)?;
    for (name, query) in facility_queries() {
        row(name, small, large, Some(&*query))?;
    }
    Ok(())
}

type Named = (&'static str, Box<dyn Fn(&Replica) -> Result<(), Failed>>);

fn query<T>(
    name: &'static str,
    ask: impl Fn(&Replica) -> Result<T, replica::Error> + 'static,
) -> Named {
    let ask = move |replica: &Replica| {
        black_box(ask(replica)?);
        Ok(())
    };
    (name, Box::new(ask))
}

fn so_queries() -> Vec<Named> {
    let now = reporting(current());
    let so = || UnitPath::parse("byt.24").unwrap_or_else(|_| UnitPath::ministry());
    vec![
        query("  home", move |so| so.home(now)),
        query("  board", |so| {
            so.board(QUARTERLY_FORM, current(), &mut |_, _| true)
        }),
        query("  review of one report", move |so| {
            let one = facility(6).unwrap_or_else(|_| so.unit().clone());
            match so.review(&ReportKey::regular(&one, QUARTERLY_FORM, current()), now) {
                Err(replica::Error::NoSuchUnit(_)) => Ok(None),
                review => review.map(Some),
            }
        }),
        query("  units", Replica::unit_lines),
        query("  keys", |so| so.key_lines(None, &[])),
        query("  rollup, with what would be signed", move |replica| {
            replica.rollup_page(&so(), QUARTERLY_FORM, current(), &mut |_, _| true)
        }),
        query("  behind one number", move |replica| {
            replica.behind(&so(), QUARTERLY_FORM, current(), "B3", &mut |_, _| true)
        }),
        query("  for scale: review_list", |so| {
            so.review_list(QUARTERLY_FORM, current())
        }),
    ]
}

fn facility_queries() -> Vec<Named> {
    let now = reporting(current());
    vec![
        query("  home", move |one| one.home(now)),
        query("  the report on screen", move |one| {
            let key = ReportKey::regular(one.unit(), QUARTERLY_FORM, current());
            one.screen_view(&key, now)
        }),
        query("  its history", move |one| {
            one.history(&ReportKey::regular(one.unit(), QUARTERLY_FORM, current()))
        }),
    ]
}

fn row(name: &str, empty: &Home, full: &Home, ask: Option<Query<'_>>) -> Result<(), Failed> {
    let (empty, full) = (median(empty, ask)?, median(full, ask)?);
    say(&format!("{name:<34} {empty:>12.1} {full:>12.1}"));
    Ok(())
}

/// In milliseconds: of opening, or of the query on a home just opened.
fn median(home: &Home, ask: Option<Query<'_>>) -> Result<f64, Failed> {
    let mut took = Vec::new();
    let started = now();
    for _ in 0..RUNS_COUNT {
        let before = now();
        let replica = home.open()?;
        let opened = now();
        took.push(match ask {
            None => opened - before,
            Some(ask) => {
                ask(&replica)?;
                opened.elapsed()
            }
        });
        if started.elapsed() > PATIENCE {
            break;
        }
    }
    took.sort_unstable();
    Ok(took[took.len() / 2].as_secs_f64() * 1_000.0)
}

// The one place in this crate that has a clock and an output.
#[allow(clippy::disallowed_methods)]
fn now() -> Instant {
    Instant::now()
}

#[allow(clippy::print_stdout)]
fn say(line: &str) {
    println!("{line}");
}
