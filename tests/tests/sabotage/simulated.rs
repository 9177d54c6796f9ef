//! What the simulator makes of the same bugs: a small tree, a few kinds of harm,
//! a few seeds. Not every bug can be seen from where it stands (a second spelling
//! of an entry, say); those that can must be, within these seeds.

use model::sabotage::{self, Bug};
use testkit::sim::{Fault, Options, Promise, run};

use crate::run::at_once;

/// Seeds within which a bug must be found.
const SEEDS: std::ops::RangeInclusive<u64> = 1..=4;

/// The bugs, each with the harm under which it shows, and the promise that it breaks.
const ROWS: &[(Bug, &[Fault], Promise)] = &[
    (Bug::SkipSignature, &[Fault::Forged], Promise::NothingForged),
    (
        Bug::SkipUnitCheck,
        &[Fault::Replayed],
        Promise::NothingForged,
    ),
    (Bug::AcceptAnyRoot, &[Fault::Forged], Promise::NothingForged),
    (
        Bug::IgnoreRevocation,
        &[Fault::StolenKey],
        Promise::NothingForged,
    ),
    (
        Bug::ServeRevokedNode,
        &[Fault::StolenKey],
        Promise::NothingForged,
    ),
    (
        Bug::RevokeThePast,
        &[Fault::StolenKey],
        Promise::NothingLost,
    ),
    (
        Bug::QuarantineStopsAll,
        &[Fault::HostileChange],
        Promise::Converged,
    ),
    (Bug::ReuseActor, &[], Promise::NoFailure),
    (Bug::SeqStartsAtTwo, &[], Promise::NoFailure),
    (
        Bug::CountSecondUse,
        &[Fault::InviteTwice],
        Promise::NothingForged,
    ),
    (
        Bug::HideReenrolment,
        &[Fault::SoReenrols],
        Promise::LiesFound,
    ),
    (
        Bug::OverlookReceiptForks,
        &[Fault::SoForksReceipts],
        Promise::LiesFound,
    ),
    (
        Bug::DropUnknownKinds,
        &[Fault::NewerVersion],
        Promise::NothingLost,
    ),
    (
        Bug::SynchronousNormal,
        &[Fault::PowerCut],
        Promise::NothingLost,
    ),
    (Bug::SkipCommit, &[], Promise::NoFailure),
    (
        Bug::ProjectApart,
        &[Fault::CrashInside],
        Promise::AllVerified,
    ),
    (Bug::DropReceipt, &[], Promise::SumsRight),
    (Bug::SkipComparison, &[Fault::Omitted], Promise::SumsRight),
    (
        Bug::DropDraftsEarly,
        &[Fault::CrashInside],
        Promise::NothingLost,
    ),
    (Bug::TrustTheNumbers, &[Fault::SoAlters], Promise::LiesFound),
    (Bug::OverlookHidden, &[Fault::SoHides], Promise::LiesFound),
    // A share of more than all: a rollup that says so cannot be signed.
    (Bug::KeepFirstShareBase, &[], Promise::NoFailure),
    (Bug::CountLateAsOnTime, &[], Promise::SumsRight),
];

fn options(faults: &[Fault]) -> Options {
    let mut options = Options::small();
    options.only = Some(faults.iter().copied().collect());
    options
}

#[test]
fn the_simulator_finds_what_it_can_see() {
    let found = at_once(ROWS.len(), |at| {
        let (bug, faults, promise) = ROWS[at];
        let options = options(faults);
        let mut seen = Err(format!("the simulator does not notice {bug:?}"));
        for seed in SEEDS {
            if let Err(failure) = run(seed, &options) {
                return Err(format!("without a bug: {failure}"));
            }
            if let Err(failure) = sabotage::with(bug, || run(seed, &options)) {
                let broken = &failure.broken;
                seen = if broken.promise == promise {
                    Ok((seed, broken.to_string()))
                } else {
                    Err(format!("{bug:?} breaks another promise: {broken}"))
                };
                break;
            }
        }
        seen
    });
    let mut faults = Vec::new();
    for ((bug, ..), seen) in ROWS.iter().zip(found) {
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
