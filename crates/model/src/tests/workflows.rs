use proptest::prelude::*;

use crate::workflow::{ReportState, ReviewFact, SubmissionFact, derive};

fn id(n: u8) -> [u8; 32] {
    [n; 32]
}

/// A submission, what it replaces, and its reviews as (accept, time, id).
fn submission(n: u8, replaces: &[u8], reviews: &[(bool, i64, u8)]) -> SubmissionFact {
    SubmissionFact {
        id: id(n),
        replaces: replaces.iter().copied().map(id).collect(),
        reviews: reviews
            .iter()
            .map(|&(accept, time, n)| ReviewFact {
                accept,
                order: (time, id(n)),
            })
            .collect(),
    }
}

#[test]
fn states() {
    use ReportState::{Accepted, Draft, None, Returned, Submitted};
    let s = submission;
    for (name, submissions, content, state, current) in [
        ("untouched", vec![], false, None, vec![]),
        ("written", vec![], true, Draft, vec![]),
        ("submitted", vec![s(1, &[], &[])], true, Submitted, vec![1]),
        (
            "accepted",
            vec![s(1, &[], &[(true, 5, 9)])],
            true,
            Accepted,
            vec![1],
        ),
        (
            "returned",
            vec![s(1, &[], &[(false, 5, 9)])],
            true,
            Returned,
            vec![1],
        ),
        (
            "returned after all",
            vec![s(1, &[], &[(true, 5, 9), (false, 6, 8)])],
            true,
            Returned,
            vec![1],
        ),
        (
            "accepted after all",
            vec![s(1, &[], &[(true, 7, 9), (false, 6, 8)])],
            true,
            Accepted,
            vec![1],
        ),
        (
            "same time: larger id",
            vec![s(1, &[], &[(true, 6, 9), (false, 6, 8)])],
            true,
            Accepted,
            vec![1],
        ),
        (
            "submitted again",
            vec![s(1, &[], &[(false, 5, 9)]), s(2, &[1], &[])],
            true,
            Submitted,
            vec![2],
        ),
        (
            "a review of the old one counts no more",
            vec![s(1, &[], &[(true, 99, 9)]), s(2, &[1], &[(false, 5, 8)])],
            true,
            Returned,
            vec![2],
        ),
        (
            "two at once",
            vec![s(1, &[], &[(true, 5, 9)]), s(2, &[], &[(true, 5, 8)])],
            true,
            Submitted,
            vec![1, 2],
        ),
        (
            "one replaces both",
            vec![
                s(1, &[], &[]),
                s(2, &[], &[]),
                s(3, &[1, 2], &[(true, 5, 9)]),
            ],
            true,
            Accepted,
            vec![3],
        ),
        (
            "what it replaces is not held",
            vec![s(2, &[1], &[])],
            true,
            Submitted,
            vec![2],
        ),
        ("itself", vec![s(1, &[1], &[])], true, Submitted, vec![1]),
        (
            "held twice",
            vec![s(1, &[], &[]), s(1, &[], &[])],
            true,
            Submitted,
            vec![1],
        ),
    ] {
        let current: Vec<_> = current.into_iter().map(id).collect();
        assert_eq!(derive(&submissions, content), (state, current), "{name}");
    }
}

#[test]
fn names_are_stable() {
    let names: Vec<&str> = [
        ReportState::None,
        ReportState::Draft,
        ReportState::Submitted,
        ReportState::Returned,
        ReportState::Accepted,
    ]
    .iter()
    .map(|state| state.as_str())
    .collect();
    assert_eq!(
        names,
        ["none", "draft", "submitted", "returned", "accepted"]
    );
}

/// A submission, what it replaces, and its reviews as (time, id).
type Fact = (u8, Vec<u8>, Vec<(i64, u8)>);

proptest! {
    #[test]
    fn order_does_not_matter(
        mut facts in proptest::collection::vec(
            (1u8..8, proptest::collection::vec(1u8..8, 0..3),
             proptest::collection::vec((0i64..4, 1u8..200), 0..4)),
            0..6),
        turn in 0usize..6,
    ) {
        let make = |facts: &[Fact]| -> Vec<SubmissionFact> {
            facts.iter().map(|(n, replaces, reviews)| {
                // As with hashes: only an earlier one can be named, and a review's
                // id settles what it says.
                let replaces: Vec<u8> = replaces.iter().copied().filter(|r| r < n).collect();
                let reviews: Vec<_> =
                    reviews.iter().map(|(time, id)| (id % 2 == 0, *time, *id)).collect();
                submission(*n, &replaces, &reviews)
            }).collect()
        };
        let before = derive(&make(&facts), true);
        if !facts.is_empty() {
            let by = turn % facts.len();
            facts.rotate_left(by);
            facts.iter_mut().for_each(|fact| fact.2.reverse());
        }
        prop_assert_eq!(derive(&make(&facts), true), before);
    }
}
