//! Runs seeds of the simulator: one, which says all it can, or many.
//!
//! `sim SEED` · `sim --many N [--from SEED] [--seconds S]`
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a command")]

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use testkit::sim::{Failure, Fault, Options, Summary, run, shrink};

/// Threads that run seeds side by side.
const THREADS_COUNT: usize = 2;

const USAGE: &str = "sim SEED | sim --many N [--from SEED] [--seconds S]";

/// What was asked for.
enum Asked {
    One(u64),
    Many {
        count: u64,
        from: u64,
        time: Option<Duration>,
    },
}

fn main() -> ExitCode {
    // Hostile bytes make Automerge panic; the gate catches it, and a run that
    // panics says so itself.
    std::panic::set_hook(Box::new(|_| {}));
    match asked() {
        Some(Asked::One(seed)) => one(seed),
        Some(Asked::Many { count, from, time }) => many(count, from, time),
        None => {
            eprintln!("{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn asked() -> Option<Asked> {
    let mut words = std::env::args().skip(1);
    let first = words.next()?;
    if first != "--many" {
        return Some(Asked::One(first.parse().ok()?));
    }
    let count = words.next()?.parse().ok()?;
    let (mut from, mut time) = (1, None);
    while let Some(word) = words.next() {
        let number = words.next()?.parse().ok()?;
        match word.as_str() {
            "--from" => from = number,
            "--seconds" => time = Some(Duration::from_secs(number)),
            _ => return None,
        }
    }
    Some(Asked::Many { count, from, time })
}

fn one(seed: u64) -> ExitCode {
    let started = Instant::now();
    match run(seed, &Options::whole()) {
        Ok(summary) => {
            let seconds = started.elapsed().as_secs_f64();
            println!("seed {seed}: all promises kept, {seconds:.1} s");
            println!("hash {}", summary.hash);
            println!("events {}, frames {}", summary.events, summary.frames);
            println!("settled after {} rounds", summary.rounds);
            for fault in Fault::ALL {
                let times = summary.injected.of(*fault);
                if times > 0 {
                    println!("{times:6}  {}", fault.words());
                }
            }
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("{failure}");
            eprintln!("looking for fewer events that fail so; this takes some minutes …");
            eprintln!("{}", shrink(*failure, &Options::whole()));
            ExitCode::FAILURE
        }
    }
}

fn many(count: u64, from: u64, time: Option<Duration>) -> ExitCode {
    let started = Instant::now();
    let next = AtomicU64::new(from);
    let done: Mutex<Vec<Summary>> = Mutex::new(Vec::new());
    let failed: Mutex<Vec<Failure>> = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..THREADS_COUNT {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    let late = time.is_some_and(|time| started.elapsed() > time);
                    if seed >= from + count || late {
                        return;
                    }
                    match run(seed, &Options::whole()) {
                        Ok(summary) => locked(&done).push(summary),
                        Err(failure) => {
                            eprintln!("seed {seed}: {}", failure.broken);
                            locked(&failed).push(*failure);
                        }
                    }
                }
            });
        }
    });
    let (done, failed) = (locked(&done), locked(&failed));
    report(&done, failed.len(), started.elapsed());
    if failed.is_empty() {
        ExitCode::SUCCESS
    } else {
        let seeds: Vec<u64> = failed.iter().map(|failure| failure.seed).collect();
        eprintln!("failed: {seeds:?}; `sim SEED` says more");
        ExitCode::FAILURE
    }
}

fn locked<T>(of: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

fn report(done: &[Summary], failed: usize, took: Duration) {
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
    println!(" times  seeds  harm");
    for fault in Fault::ALL {
        let times: u64 = done.iter().map(|summary| summary.injected.of(*fault)).sum();
        let of = |summary: &&Summary| summary.injected.of(*fault) > 0;
        let seeds = done.iter().filter(of).count();
        println!("{times:6} {seeds:6}  {}", fault.words());
    }
}
