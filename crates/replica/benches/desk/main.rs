//! How long a screen waits for its data: every page of a desk, on a Sở's home with more
//! than a hundred thousand entries, on a Bộ's with the whole nation, and on an almost
//! empty one beside each.
//!
//! Run it by `just bench`. Each number is the median of several runs, each on a
//! file that was opened anew: so does a screen begin. What the operating system
//! keeps of the file in memory stays there. Beside the time that passed stands,
//! where Linux says it, the time that the query itself had a processor: on a busy
//! machine the one that can be compared.

mod homes;
mod nation;

use std::fs;
use std::hint::black_box;
use std::time::{Duration, Instant};

use homes::{Home, Homes, ONE, current, facility, reporting};
use model::UnitPath;
use nation::Country;
use replica::{QUARTERLY_FORM, Replica, ReportKey};

/// Runs behind one number.
const RUNS_COUNT: usize = 15;

/// A query that takes longer is not repeated that often.
const PATIENCE: Duration = Duration::from_secs(3);

type Failed = Box<dyn std::error::Error>;
type Query<'a> = &'a dyn Fn(&Replica) -> Result<(), Failed>;

fn main() -> Result<(), Failed> {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let homes = Homes::get(folder)?;
    say(&format!(
        "{:<34} {:>10} {:>10} {:>10} {:>10}",
        "median, ms", "empty", "full", "cpu empty", "cpu full"
    ));
    rows("the Sở's home", &homes.empty_so, &homes.so, so_queries())?;
    let (empty, full) = (&homes.empty_facility, &homes.facility);
    rows("a facility's home", empty, full, facility_queries())?;
    let country = Country::get(folder)?;
    rows("the Bộ's home", &country.empty, &country.home, bo_queries())
}

/// How many entries there are, how long it takes to open them, and each query.
fn rows(name: &str, empty: &Home, full: &Home, queries: Vec<Named>) -> Result<(), Failed> {
    let count = |home: &Home| -> Result<u64, Failed> { Ok(home.open()?.store().count()?) };
    say(&format!(
        "{name}: {} and {} entries",
        count(empty)?,
        count(full)?
    ));
    row("  open", empty, full, None)?;
    for (name, query) in queries {
        row(name, empty, full, Some(&*query))?;
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
            let one = facility(ONE).unwrap_or_else(|_| so.unit().clone());
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

fn bo_queries() -> Vec<Named> {
    let bo = UnitPath::ministry;
    vec![
        query("  nation", |bo| {
            bo.nation(QUARTERLY_FORM, current(), &mut |_, _| true)
        }),
        query("  board", |bo| {
            bo.board(QUARTERLY_FORM, current(), &mut |_, _| true)
        }),
        query("  rollup, with what would be signed", move |replica| {
            replica.rollup_page(&bo(), QUARTERLY_FORM, current(), &mut |_, _| true)
        }),
        query("  units", Replica::unit_lines),
        query("  keys", |bo| bo.key_lines(None, &[])),
    ]
}

fn row(name: &str, empty: &Home, full: &Home, ask: Option<Query<'_>>) -> Result<(), Failed> {
    let (empty, full) = (medians(empty, ask)?, medians(full, ask)?);
    say(&format!(
        "{name:<34} {:>10.1} {:>10.1} {:>10.1} {:>10.1}",
        empty.passed, full.passed, empty.busy, full.busy
    ));
    Ok(())
}

/// In milliseconds.
struct Medians {
    passed: f64,
    /// Not a number where the system does not say.
    busy: f64,
}

/// Of opening a home, or of the query on one that was just opened.
fn medians(home: &Home, ask: Option<Query<'_>>) -> Result<Medians, Failed> {
    let (mut passed, mut busy) = (Vec::new(), Vec::new());
    let started = now();
    for _ in 0..RUNS_COUNT {
        let mut before = (now(), processor_time());
        let replica = home.open()?;
        if let Some(ask) = ask {
            before = (now(), processor_time());
            ask(&replica)?;
        }
        passed.push(before.0.elapsed());
        let after = processor_time().zip(before.1);
        busy.extend(after.map(|(after, before)| after.saturating_sub(before)));
        if started.elapsed() > PATIENCE {
            break;
        }
    }
    Ok(Medians {
        passed: median(passed),
        busy: median(busy),
    })
}

fn median(mut took: Vec<Duration>) -> f64 {
    took.sort_unstable();
    let middle = took.get(took.len() / 2);
    middle.map_or(f64::NAN, |took| took.as_secs_f64() * 1_000.0)
}

/// How long this thread has had a processor.
fn processor_time() -> Option<Duration> {
    let text = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds = text.split(' ').next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
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
