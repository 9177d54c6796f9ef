//! The operating system's clock and randomness: the only place that asks.

use std::sync::atomic::{AtomicI64, Ordering};

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
    stopped: Option<Stopped>,
}

/// A clock that stands still.
#[derive(Clone, Copy, Debug)]
enum Stopped {
    /// For good.
    At(Timestamp),
    /// Until its hands are turned. Leaked, so that all copies share them.
    Hands(&'static AtomicI64),
}

impl WallClock {
    /// A clock that stands still, if a time is given.
    pub fn new(stopped: Option<Timestamp>) -> Self {
        WallClock {
            stopped: stopped.map(Stopped::At),
        }
    }

    /// A clock that stands still and whose hands can be turned while nodes run
    /// by it: for rehearsals of several nodes in one process. All copies show
    /// the same time. Each call leaks eight bytes; one is enough for a process.
    pub fn with_hands(start: Timestamp) -> Self {
        let hands = Box::leak(Box::new(AtomicI64::new(start.0)));
        WallClock {
            stopped: Some(Stopped::Hands(hands)),
        }
    }

    /// Turns the hands, of this clock and all its copies. A clock without hands
    /// goes on as before.
    pub fn turn_to(&self, now: Timestamp) {
        if let Some(Stopped::Hands(hands)) = self.stopped {
            hands.store(now.0, Ordering::Relaxed);
        }
    }

    /// The time now.
    pub fn read(&self) -> Clock {
        let simulated = |now| Clock {
            now,
            simulated: true,
        };
        match self.stopped {
            Some(Stopped::At(now)) => simulated(now),
            Some(Stopped::Hands(hands)) => simulated(Timestamp(hands.load(Ordering::Relaxed))),
            None => Clock {
                now: Timestamp(jiff::Timestamp::now().as_millisecond()),
                simulated: false,
            },
        }
    }
}
