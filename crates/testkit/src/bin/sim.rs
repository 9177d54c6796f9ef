//! Runs seeds of the simulator: one, which says all it can, or many.
//!
//! `sim SEED [--small]` · `sim --many N [--from SEED] [--seconds S [--at-least M]] [--small]`
//!
//! `--small`: one Sở with three facilities.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a command")]

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use testkit::sim::{Failure, Fault, Options, Summary, run, shrink};

/// Threads that run seeds side by side.
const THREADS_COUNT: usize = 2;

const USAGE: &str =
    "sim SEED [--small] | sim --many N [--from SEED] [--seconds S [--at-least M]] [--small]";

/// Of each kind of harm a long run must have seen this many seeds.
const SEEDS_PER_HARM_COUNT: usize = 5;

/// A run of this many seeds is long.
const LONG_RUN_COUNT: usize = 50;

/// Many seeds.
#[derive(Clone, Copy)]
struct Many {
    count: u64,
    from: u64,
    /// For so long, but at least so many.
    time: Option<Duration>,
    at_least: u64,
}

/// What was asked for.
enum Asked {
    One(u64),
    Many(Many),
}

fn main() -> ExitCode {
    // Hostile bytes make Automerge panic; the gate catches it, and a run that
    // panics says so itself.
    std::panic::set_hook(Box::new(|_| {}));
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    let all = words.len();
    words.retain(|word| word != "--small");
    let options = if words.len() < all {
        Options::small()
    } else {
        Options::whole()
    };
    match asked(&words) {
        Some(Asked::One(seed)) => one(seed, &options),
        Some(Asked::Many(asked)) => many(asked, &options),
        None => {
            eprintln!("{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn asked(words: &[String]) -> Option<Asked> {
    let mut words = words.iter();
    let first = words.next()?;
    if first != "--many" {
        return Some(Asked::One(first.parse().ok()?));
    }
    let mut many = Many {
        count: words.next()?.parse().ok()?,
        from: 1,
        time: None,
        at_least: 0,
    };
    while let Some(word) = words.next() {
        let number = words.next()?.parse().ok()?;
        match word.as_str() {
            "--from" => many.from = number,
            "--seconds" => many.time = Some(Duration::from_secs(number)),
            "--at-least" => many.at_least = number,
            _ => return None,
        }
    }
    Some(Asked::Many(many))
}

fn one(seed: u64, options: &Options) -> ExitCode {
    let started = Instant::now();
    match run(seed, options) {
        Ok(summary) => {
            let seconds = started.elapsed().as_secs_f64();
            println!("seed {seed}: all promises kept, {seconds:.1} s");
            println!("hash {}", summary.hash);
            println!("events {}, frames {}", summary.events, summary.frames);
            println!("settled after {} rounds", summary.rounds);
            println!("the heaviest session: {} bytes", summary.session_bytes);
            for fault in Fault::ALL {
                let times = summary.injected.of(*fault);
                if times > 0 {
                    println!("{times:6}  {}", fault.words());
                }
            }
            ExitCode::SUCCESS
        }
        Err(failure) => {
            show(*failure, options);
            ExitCode::FAILURE
        }
    }
}

/// All that can be said of a failure, and then the same with the fewest events.
fn show(failure: Failure, options: &Options) {
    eprintln!("{failure}");
    eprintln!("looking for fewer events that fail so; this takes some minutes …");
    eprintln!("{}", shrink(failure, options));
}

fn many(asked: Many, options: &Options) -> ExitCode {
    let started = Instant::now();
    let next = AtomicU64::new(0);
    let done: Mutex<Vec<Summary>> = Mutex::new(Vec::new());
    let failed: Mutex<Vec<Failure>> = Mutex::new(Vec::new());
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let late = asked.time.is_some_and(|time| started.elapsed() > time);
            if number >= asked.count || (late && number >= asked.at_least) {
                return;
            }
            let seed = asked.from + number;
            match run(seed, options) {
                Ok(summary) => locked(&done).push(summary),
                Err(failure) => {
                    eprintln!("seed {seed}: {}", failure.broken);
                    locked(&failed).push(*failure);
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..THREADS_COUNT {
            scope.spawn(work);
        }
    });
    let (done, failed) = (locked(&done), locked(&failed));
    let rare = report(&done, failed.len(), started.elapsed());
    if !failed.is_empty() {
        let seeds: Vec<u64> = failed.iter().map(|failure| failure.seed).collect();
        eprintln!("failed: {seeds:?}; `sim SEED` says more. The first:");
        if let Some(first) = failed.iter().min_by_key(|failure| failure.seed) {
            show(first.clone(), options);
        }
        return ExitCode::FAILURE;
    }
    if done.len() >= LONG_RUN_COUNT && !rare.is_empty() {
        eprintln!("in fewer than {SEEDS_PER_HARM_COUNT} seeds: {rare:?}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn locked<T>(of: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Prints what was done, and names the kinds of harm that hardly were.
fn report(done: &[Summary], failed: usize, took: Duration) -> Vec<Fault> {
    let events: u64 = done.iter().map(|summary| summary.events).sum();
    let frames: u64 = done.iter().map(|summary| summary.frames).sum();
    let mut rounds: BTreeMap<usize, usize> = BTreeMap::new();
    for summary in done {
        *rounds.entry(summary.rounds).or_insert(0) += 1;
    }
    println!(
        "{} seeds kept all promises, {failed} did not; {:.0} s, {events} events, {frames} frames",
        done.len(),
        took.as_secs_f64()
    );
    println!("rounds until settled, and how often: {rounds:?}");
    let heaviest = done.iter().map(|summary| summary.session_bytes).max();
    println!("the heaviest session: {} bytes", heaviest.unwrap_or(0));
    println!(" times  seeds  harm");
    let mut rare = Vec::new();
    for fault in Fault::ALL {
        let times: u64 = done.iter().map(|summary| summary.injected.of(*fault)).sum();
        let of = |summary: &&Summary| summary.injected.of(*fault) > 0;
        let seeds = done.iter().filter(of).count();
        println!("{times:6} {seeds:6}  {}", fault.words());
        if seeds < SEEDS_PER_HARM_COUNT {
            rare.push(*fault);
        }
    }
    rare
}
