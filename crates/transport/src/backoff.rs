//! How long to wait before dialling again.

use std::time::Duration;

use model::Entropy;

use crate::limits::{BACKOFF_FIRST, BACKOFF_MAX};

/// The pause before attempt `attempt` + 1 (0: the first attempt has just failed).
/// Doubles up to [`BACKOFF_MAX`], and of that a random half: four hundred
/// facilities must not all return in the second when their Sở does.
pub fn backoff(attempt: u32, entropy: &mut dyn Entropy) -> Duration {
    let doubled = BACKOFF_FIRST.saturating_mul(1 << attempt.min(16));
    let whole = doubled.min(BACKOFF_MAX);
    let mut bytes = [0; 4];
    entropy.fill(&mut bytes);
    let share = f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX);
    whole / 2 + (whole / 2).mul_f64(share)
}
