//! What the simulator makes of the same bugs: a small tree, a few kinds of harm,
//! a few seeds. Not every bug can be seen from where it stands (a second spelling
//! of an entry, say); those that can must be, within these seeds.

use model::sabotage::{self, Bug};
use testkit::sim::{Fault, Options, run};

use crate::run::at_once;

/// Seeds within which a bug must be found.
const SEEDS: std::ops::RangeInclusive<u64> = 1..=4;

/// The bugs, each with the harm under which it shows.
const ROWS: &[(Bug, &[Fault])] = &[
    (Bug::SkipSignature, &[Fault::Forged]),
    (Bug::SkipUnitCheck, &[Fault::Replayed]),
    (Bug::AcceptAnyRoot, &[Fault::Forged]),
    (Bug::IgnoreRevocation, &[Fault::StolenKey]),
    (Bug::CountSecondUse, &[Fault::InviteTwice]),
    (Bug::HideReenrolment, &[Fault::SoReenrols]),
    (Bug::OverlookReceiptForks, &[Fault::SoForksReceipts]),
    (Bug::DropUnknownKinds, &[Fault::NewerVersion]),
    (Bug::SynchronousNormal, &[Fault::PowerCut]),
    (Bug::SkipCommit, &[]),
    (Bug::ProjectApart, &[Fault::CrashInside]),
    (Bug::DropReceipt, &[]),
    (Bug::SkipComparison, &[Fault::Omitted]),
    (Bug::DropDraftsEarly, &[Fault::CrashInside]),
    (Bug::TrustTheNumbers, &[Fault::SoAlters]),
    (Bug::OverlookHidden, &[Fault::SoHides]),
    (Bug::KeepFirstShareBase, &[]),
    (Bug::CountLateAsOnTime, &[]),
];

fn options(faults: &[Fault]) -> Options {
    let mut options = Options::small();
    options.only = Some(faults.iter().copied().collect());
    options
}

#[test]
fn the_simulator_finds_what_it_can_see() {
    let found = at_once(ROWS.len(), |at| {
        let (bug, faults) = ROWS[at];
        let options = options(faults);
        let mut seen = Err(format!("the simulator does not notice {bug:?}"));
        for seed in SEEDS {
            if let Err(failure) = run(seed, &options) {
                return Err(format!("without a bug: {failure}"));
            }
            if let Err(failure) = sabotage::with(bug, || run(seed, &options)) {
                seen = Ok((seed, failure.broken.to_string()));
                break;
            }
        }
        seen
    });
    let mut faults = Vec::new();
    for ((bug, _), seen) in ROWS.iter().zip(found) {
        match seen {
            Ok((seed, words)) => {
                let words: String = words.chars().take(100).collect();
                println!("{:<21} seed {seed}: {words}", bug.name());
            }
            Err(words) => faults.push(words),
        }
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}
