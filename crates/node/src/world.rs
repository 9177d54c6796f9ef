//! The operating system's clock and randomness: the only place that asks.

use model::{Entropy, Timestamp};
use replica::Clock;

/// Randomness of the operating system.
#[derive(Debug, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    fn fill(&mut self, buffer: &mut [u8]) {
        // Without randomness no key may be made: nothing sensible can go on.
        if getrandom::fill(buffer).is_err() {
            std::process::abort();
        }
    }
}

/// The wall clock, or the time that `--at` has stopped it at.
#[derive(Clone, Copy, Debug, Default)]
pub struct WallClock {
    stopped: Option<Timestamp>,
}

impl WallClock {
    /// A clock that stands still, if a time is given.
    pub fn new(stopped: Option<Timestamp>) -> Self {
        WallClock { stopped }
    }

    /// The time now.
    pub fn read(&self) -> Clock {
        match self.stopped {
            Some(now) => Clock { now, simulated: true },
            None => Clock {
                now: Timestamp(jiff::Timestamp::now().as_millisecond()),
                simulated: false,
            },
        }
    }
}
