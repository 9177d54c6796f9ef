//! What `fuzz_targets/` runs: one body a target, in `targets`, which the tests of
//! this repository run over the kept corpus too.

mod targets;

use std::cell::RefCell;
use std::panic::{catch_unwind, set_hook};
use std::sync::Once;

thread_local! {
    static LAST_PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Runs one target on one input. Ends the process if a panic comes out of it:
/// those that the gate catches, as it must, are none of libFuzzer's business.
pub fn run(target: &str, input: &[u8]) {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        set_hook(Box::new(|panic| {
            LAST_PANIC.with_borrow_mut(|last| *last = panic.to_string());
        }));
    });
    let found = targets::ALL.iter().find(|(name, _)| *name == target);
    let ended = catch_unwind(|| match found {
        Some((_, body)) => body(input),
        None => panic!("there is no target {target}"),
    });
    if ended.is_err() {
        LAST_PANIC.with_borrow(|last| eprintln!("{last}"));
        std::process::abort();
    }
}
