//! Runs the table: each catcher must be content without its bug, and must notice
//! it with it.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::panic::{self, UnwindSafe};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use model::sabotage::{self, Bug};

use crate::table::{Catcher, ROWS};

/// What a scenario says: content, or what it saw that must not be.
pub(crate) type Seen = Result<(), String>;

/// `ensure!(what must hold, "what was seen instead")`.
macro_rules! ensure {
    ($holds:expr, $($seen:tt)+) => {
        if !$holds {
            return Err(format!($($seen)+));
        }
    };
}
pub(crate) use ensure;

thread_local! {
    static EXPECTING: Cell<bool> = const { Cell::new(false) };
}

/// What `f` saw; a panic of the scenario, or of the broken node, is seen too.
fn seen(f: impl FnOnce() -> Seen + UnwindSafe) -> Seen {
    EXPECTING.set(true);
    let ended = panic::catch_unwind(f);
    EXPECTING.set(false);
    ended.unwrap_or_else(|panicked| {
        let text = panicked.downcast_ref::<String>().map(String::as_str);
        let text = text.or(panicked.downcast_ref::<&str>().copied());
        Err(format!("panic: {}", text.unwrap_or("without a word")))
    })
}

/// A panic that is caught above need not be printed as well.
fn be_quiet_about_what_is_expected() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if !EXPECTING.get() {
            usual(info);
        }
    }));
}

/// Runs the jobs on as many threads as there are processors. A switch is a
/// thread's own, so they do not disturb each other.
pub(crate) fn at_once<T: Send>(count: usize, job: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(BTreeMap::new());
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= count {
                        return;
                    }
                    let result = job(at);
                    let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                    done.insert(at, result);
                }
            });
        }
    });
    let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    assert_eq!(done.len(), count);
    done.into_values().collect()
}

/// The first lines of a report of what was seen, as one line.
fn short(text: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(100) {
        None => line,
        Some((end, _)) => format!("{}…", &line[..end]),
    }
}

#[test]
fn each_catcher_is_content_without_its_bug_and_notices_it_with_it() {
    be_quiet_about_what_is_expected();
    let catchers: BTreeMap<&str, Catcher> = ROWS.iter().map(|(_, c)| (c.name(), *c)).collect();
    let catchers: Vec<Catcher> = catchers.into_values().collect();
    let clean = at_once(catchers.len(), |at| seen(|| catchers[at].run()));
    let mut faults = Vec::new();
    for (catcher, said) in catchers.iter().zip(clean) {
        if let Err(said) = said {
            faults.push(format!("without a bug, {} says: {said}", catcher.name()));
        }
    }
    let sabotaged = at_once(ROWS.len(), |at| {
        let (bug, catcher) = ROWS[at];
        seen(|| sabotage::with(bug, || catcher.run()))
    });
    println!("{:<21} {:<57} what was seen", "bug", "caught by");
    for ((bug, catcher), said) in ROWS.iter().zip(&sabotaged) {
        let (bug, catcher) = (bug.name(), catcher.name());
        match said {
            Err(said) => println!("{bug:<21} {catcher:<57} {}", short(said)),
            Ok(()) => faults.push(format!("{catcher} does not notice {bug}")),
        }
    }
    println!("{} bugs, {} catchers", Bug::ALL.len(), catchers.len());
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn the_table_has_every_bug() {
    for bug in Bug::ALL {
        let caught = ROWS.iter().any(|(row, _)| row == bug);
        assert!(caught, "nothing catches {bug:?}");
    }
}
