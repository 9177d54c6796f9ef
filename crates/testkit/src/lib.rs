//! Shared by tests only: seeded randomness, fixed times and hostile bytes; with the feature
//! `sim` also a disk that loses power, and the simulator of a whole tree.

#[cfg(feature = "sim")]
pub mod disk;
pub mod hostile;
#[cfg(feature = "sim")]
pub mod shade;
#[cfg(feature = "sim")]
pub mod sim;

use model::{Entropy, Timestamp};

/// Answers to the quarterly form that pass every check, as TOML.
pub const ANSWERS: &str = r#"
[answers]
A1 = "Nguyễn Văn A, cán bộ"
A2 = "Trần Thị B"
B1 = { value = true, date = 2026-05-20 }
B2 = ["meeting", "notice"]
B3 = 120
B4 = 100
D1 = { value = true, date = 2026-04-20 }
D2 = { value = false }
D5 = 1
D6 = 1
D7 = 0
E1 = true
E2 = "Lê C, 0912"
E3 = 1
E4 = 2
F5 = 80
G1 = 1000000000
G2 = 90000000
H1 = true
I1 = "Thiếu người"
[[tables.C1]]
name = "HIS"
kind = "his"
state = "running"
dossier = "drafting"
"#;

/// Reproducible randomness: SHA-256 of (seed, counter).
#[derive(Clone, Debug)]
pub struct Seeded {
    seed: u64,
    counter: u64,
}

impl Seeded {
    /// Starts from a seed.
    pub fn new(seed: u64) -> Self {
        Seeded { seed, counter: 0 }
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        u64::from_le_bytes(bytes) % bound.max(1)
    }
}

impl Entropy for Seeded {
    fn fill(&mut self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(32) {
            let block = wire::Digest::of(&[&self.seed.to_le_bytes(), &self.counter.to_le_bytes()]);
            self.counter += 1;
            chunk.copy_from_slice(&block.0[..chunk.len()]);
        }
    }
}

/// The time an RFC 3339 text names.
///
/// # Panics
/// If the text is no time: a mistake in the test.
#[allow(clippy::expect_used)]
pub fn at(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).expect("an RFC 3339 time")
}
