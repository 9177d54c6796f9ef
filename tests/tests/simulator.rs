//! The simulator in the small: one Sở, three facilities, and whatever harm a seed
//! draws. What it is and what it promises: `testkit::sim`. Whole trees run in CI
//! (`.ci/run`) and by `just sim-many`.

#[cfg(test)]
mod simulator {
    use testkit::sim::{Options, run};

    /// Seeds that every run of the tests goes through.
    const SEEDS: std::ops::RangeInclusive<u64> = 1..=8;

    #[test]
    fn small_trees_keep_every_promise() {
        let mut harmed = std::collections::BTreeSet::new();
        for seed in SEEDS {
            match run(seed, &Options::small()) {
                Ok(summary) => harmed.extend(summary.injected.kinds()),
                Err(failure) => panic!("{failure}"),
            }
        }
        assert!(harmed.len() >= 20, "only {harmed:?}");
    }

    #[test]
    fn a_seed_is_the_same_run_every_time() {
        let hash = |seed| run(seed, &Options::small()).map(|summary| summary.hash.to_string());
        let first = hash(5).unwrap();
        assert_eq!(hash(5).unwrap(), first);
        assert_ne!(hash(6).unwrap(), first);
        // For `.ci/run`, which holds it against that of a release build.
        let kept = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("seed-5-small.hash");
        std::fs::write(kept, first).unwrap();
    }

    /// No release build has switches to break the node with.
    #[cfg(debug_assertions)]
    #[test]
    fn a_failure_is_shrunk_to_what_it_takes() {
        use model::sabotage::{Bug, with};
        use testkit::sim::{Fault, shrink};

        let mut options = Options::small();
        options.only = Some([Fault::Replayed, Fault::Loss, Fault::PowerCut].into());
        with(Bug::SkipUnitCheck, || {
            let failure = SEEDS.filter_map(|seed| run(seed, &options).err()).next();
            let failure = failure.expect("a forged entry is held");
            let shrunk = shrink(*failure.clone(), &options);
            assert_eq!(shrunk.broken.promise, failure.broken.promise);
            let events = shrunk.shrunk.expect("the events that suffice");
            assert!(events.len() < 8, "{events:#?}");
            assert!(events.iter().any(|event| event.contains("Lie")));
        });
    }
}
