//! What a run must never come to.

use std::fmt;

/// Which promise was broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Promise {
    /// What was acknowledged or receipted is there.
    NothingLost,
    /// What nobody was allowed to say has no effect.
    NothingForged,
    /// What is stored verifies, and projections equal a rebuild.
    AllVerified,
    /// Memory and queues stay in their bounds.
    Bounded,
    /// After healing, all hold the same and see the same.
    Converged,
    /// A rollup equals a naive recomputation.
    SumsRight,
    /// A lie of a Sở is found, a fork is kept and shown.
    LiesFound,
    /// No panic, and no error without a cause.
    NoFailure,
}

/// A promise that was broken, and how.
#[derive(Clone, Debug)]
pub struct Broken {
    /// Which.
    pub promise: Promise,
    /// How, in words.
    pub words: String,
}

impl Broken {
    pub(crate) fn new(promise: Promise, words: impl Into<String>) -> Self {
        let words = words.into();
        Broken { promise, words }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.promise, self.words)
    }
}

/// A run that broke a promise.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The seed that leads there.
    pub seed: u64,
    /// What was broken.
    pub broken: Broken,
    /// What the seed had drawn to go wrong.
    pub weather: Vec<&'static str>,
    /// The events before it, in words.
    pub recent: Vec<String>,
    /// The planned events that suffice, in words, if they were looked for.
    pub shrunk: Option<Vec<String>>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seed {}: {}", self.seed, self.broken)?;
        writeln!(f, "weather: {}", self.weather.join("; "))?;
        if let Some(shrunk) = &self.shrunk {
            writeln!(f, "these {} planned events suffice:", shrunk.len())?;
            for event in shrunk {
                writeln!(f, "  {event}")?;
            }
        }
        writeln!(f, "the last events:")?;
        for line in &self.recent {
            writeln!(f, "  {line}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}
