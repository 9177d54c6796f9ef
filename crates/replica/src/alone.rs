//! What a rollup says of itself: its signature, its author's chain, its counts.

use identity::{Signed, Verified};
use wire::{Entry, RollupContent};

use crate::deep::{RollupCheck, content_of};
use crate::{Error, Replica};

/// The signature is its author's.
pub(crate) fn is_signed(entry: &Verified) -> bool {
    Entry::parse(entry.bytes())
        .is_ok_and(|parsed| parsed.id() == entry.id() && Signed::check(parsed).is_ok())
}

/// That the units of a provincial rollup do not add up, if so.
pub(crate) fn count_fault(content: &RollupContent) -> Option<String> {
    let reported = content.on_time.checked_add(content.late);
    let total = reported.and_then(|n| n.checked_add(content.missing.len() as u64));
    let fault = total != Some(content.expected);
    fault.then(|| "expected is not on time + late + missing".to_owned())
}

impl Replica {
    /// Checks a provincial rollup by itself: the inputs that are kept here were compared
    /// with it when they came.
    pub(crate) fn check_alone(&self, entry: &Verified) -> Result<RollupCheck, Error> {
        let signature = is_signed(entry);
        let chain = self.is_chained(entry)?;
        let faults: Vec<String> = content_of(entry)
            .and_then(count_fault)
            .into_iter()
            .collect();
        let arithmetic = faults.is_empty();
        Ok(RollupCheck {
            ok: signature && chain && arithmetic,
            signature,
            chain,
            arithmetic,
            faults,
            deep: None,
        })
    }

    /// The author's credentials lead to the root and are in effect.
    pub(crate) fn is_chained(&self, entry: &Verified) -> Result<bool, Error> {
        Ok(!self
            .chain_of(&entry.author(), &entry.body().unit)?
            .is_empty()
            && self.in_effect(entry)?)
    }
}
