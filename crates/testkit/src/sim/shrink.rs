//! Fewer events that fail just so.

use super::failure::Failure;
use super::plan::{Event, Plan};
use super::run_plan;

/// Runs that shrinking may take.
const RUNS_MAX_COUNT: usize = 120;

/// Leaves out as many planned events as it can, halves first, so that the same
/// promise is still broken.
pub(crate) fn shrink(plan: &Plan, failure: Failure) -> Failure {
    let promise = failure.broken.promise;
    let mut best = plan.clone();
    let mut found = failure;
    let mut size = best.events.len().div_ceil(2);
    let mut runs = 0;
    while size > 0 && runs < RUNS_MAX_COUNT {
        let mut start = 0;
        let mut fewer = false;
        while start < best.events.len() && runs < RUNS_MAX_COUNT {
            let mut without = best.clone();
            let end = (start + size).min(without.events.len());
            without.events.drain(start..end);
            runs += 1;
            match run_plan(&without) {
                Err(again) if again.broken.promise == promise => {
                    best = without;
                    found = again;
                    fewer = true;
                }
                _ => start += size,
            }
        }
        if !fewer {
            size /= 2;
        }
    }
    found.shrunk = Some(best.events.iter().map(words).collect());
    found
}

fn words(event: &Event) -> String {
    let at = event.at.to_rfc3339();
    format!("{at} machine {} {:?}", event.who, event.act)
}
