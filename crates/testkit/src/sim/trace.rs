//! What happened: the last events in words, and a hash over all of them and over
//! every frame, which says whether two runs were the same.

use std::collections::VecDeque;

use model::Timestamp;
use sha2::{Digest as _, Sha256};

use super::fault::{Fault, Injected};

/// Events kept in words.
const RECENT_COUNT: usize = 200;

/// The course of a run.
pub(crate) struct Trace {
    hash: Sha256,
    recent: VecDeque<String>,
    pub(crate) events: u64,
    pub(crate) frames: u64,
    pub(crate) injected: Injected,
}

impl Trace {
    pub(crate) fn new() -> Self {
        Trace {
            hash: Sha256::new(),
            recent: VecDeque::new(),
            events: 0,
            frames: 0,
            injected: Injected::default(),
        }
    }

    /// An event, in words.
    pub(crate) fn say(&mut self, now: Timestamp, words: String) {
        self.events += 1;
        self.hash.update(now.0.to_be_bytes());
        self.hash.update(words.as_bytes());
        if self.recent.len() == RECENT_COUNT {
            self.recent.pop_front();
        }
        let line = format!("{} {words}", now.to_rfc3339());
        self.recent.push_back(line);
    }

    /// A frame that was delivered.
    pub(crate) fn frame(&mut self, bytes: &[u8]) {
        self.frames += 1;
        self.hash.update(bytes);
    }

    pub(crate) fn harm(&mut self, fault: Fault) {
        self.injected.count(fault);
    }

    /// The hash of everything up to here.
    pub(crate) fn digest(&self) -> wire::Digest {
        wire::Digest(self.hash.clone().finalize().into())
    }

    pub(crate) fn recent(&self) -> Vec<String> {
        self.recent.iter().cloned().collect()
    }
}
