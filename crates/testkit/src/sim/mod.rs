//! A whole tree in one thread, broken in every way that a seed draws.
//!
//! One Bộ, some Sở, many facilities, each a real replica on a real SQLite store,
//! on a disk of [`crate::disk`], speaking real sessions. People work through the
//! end of a quarter; the network, the machines and some of the people do harm.
//! After every event, and thoroughly once a simulated day, the promises of
//! [`Promise`] are checked; then everything is put right, and what comes out is
//! held against what the run knows.
//!
//! All chance comes from the seed: the same seed gives the same [`Summary::hash`],
//! in any build. What will happen is drawn first, as a list of numbered events
//! (`plan`), so that a failure can be shrunk by leaving events out.
//!
//! The parts: `plan` draws; `world` runs; `people`, `joining`, `harm`, `liars`, `thieves`
//! and `province` act; `link` is the network, with [`crate::shade`] for a lying peer;
//! `oracle`, `typed` and `weight` check on the way, `heal`, `judge`, `sums` and `effect`
//! at the end.

mod effect;
mod failure;
mod fault;
mod harm;
mod heal;
mod joining;
mod judge;
mod liars;
mod link;
mod machine;
mod oracle;
mod people;
mod plan;
mod province;
mod shrink;
mod sums;
mod thieves;
mod trace;
mod typed;
mod weight;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind};

use model::{Form, Period};

pub use failure::{Broken, Failure, Promise};
pub use fault::{Fault, Injected};
pub use plan::Options;

use plan::Plan;
use world::World;

/// The form of every report.
pub(crate) const FORM: &str = replica::QUARTERLY_FORM;

/// A run that kept all promises.
#[derive(Clone, Debug)]
pub struct Summary {
    /// The seed.
    pub seed: u64,
    /// Over every event, every frame and everything held in the end.
    pub hash: wire::Digest,
    /// Events that came to something.
    pub events: u64,
    /// Frames delivered.
    pub frames: u64,
    /// The harm that was done.
    pub injected: Injected,
    /// Rounds until all held the same, after the healing.
    pub rounds: usize,
    /// Entries that the Sở hold in the end.
    pub entries: u64,
    /// What the heaviest session kept in memory.
    pub session_bytes: u64,
}

/// Runs a seed.
///
/// # Errors
/// The promise that was broken.
pub fn run(seed: u64, options: &Options) -> Result<Summary, Box<Failure>> {
    run_plan(&Plan::draw(seed, options)).map_err(Box::new)
}

/// Looks for fewer events of a seed that fail in the same way.
pub fn shrink(failure: Failure, options: &Options) -> Failure {
    shrink::shrink(&Plan::draw(failure.seed, options), failure)
}

pub(crate) fn run_plan(plan: &Plan) -> Result<Summary, Failure> {
    let mut world = World::new(plan);
    let ran = catch_unwind(AssertUnwindSafe(|| {
        world.live()?;
        let rounds = world.finish()?;
        world.judge()?;
        Ok(rounds)
    }));
    let ran = ran.unwrap_or_else(|panic| {
        let text = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or(panic.downcast_ref::<&str>().copied());
        let words = format!("panicked: {}", text.unwrap_or("without a word"));
        Err(Broken::new(Promise::NoFailure, words))
    });
    match ran {
        Ok(rounds) => Ok(world.summary(rounds)),
        Err(broken) => Err(Failure {
            seed: plan.seed,
            broken,
            weather: plan.rates.words(),
            recent: world.trace.recent(),
            shrunk: None,
        }),
    }
}

impl World<'_> {
    fn summary(mut self, rounds: usize) -> Summary {
        let mut entries = 0;
        for who in 0..self.machines.len() {
            let held = self.machines[who].safe.held.clone();
            if (1..=self.plan.options.provinces).contains(&who) {
                entries += held.len() as u64;
            }
            for id in held {
                self.trace.frame(&id.0);
            }
        }
        Summary {
            seed: self.plan.seed,
            hash: self.trace.digest(),
            events: self.trace.events,
            frames: self.trace.frames,
            injected: self.trace.injected,
            rounds,
            entries,
            session_bytes: self.heaviest.bytes(),
        }
    }
}

pub(crate) fn quarter() -> Period {
    Period::Quarter(2026, 2)
}

#[expect(clippy::expect_used, reason = "the form is compiled in")]
pub(crate) fn form() -> &'static Form {
    model::form::builtin(FORM).expect("the quarterly form")
}
