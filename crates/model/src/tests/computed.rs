use super::{GOOD, quarterly, report, report_of};
use crate::compute::compute;
use crate::form::{Computed, builtin};
use crate::period::Period;
use crate::value::Snapshot;

const Q2: Period = Period::Quarter(2026, 2);

fn shown(computed: &Computed) -> String {
    match computed {
        Computed::Value(n) => n.to_string(),
        Computed::Ratio { num, den } => format!("{num}/{den}"),
        Computed::Counts(counts) => {
            let parts: Vec<String> = counts.iter().map(|(k, v)| format!("{k}:{v}")).collect();
            parts.join(" ")
        }
    }
}

#[track_caller]
fn computes(snapshot: &Snapshot, expected: &[(&str, &str)]) {
    let computed = compute(quarterly(), snapshot, Q2);
    for (code, value) in expected {
        assert_eq!(shown(&computed[*code]), *value, "{code}");
    }
}

/// Six systems, worked out by hand:
///
/// | | public | state | reviewed | dossier | found−fixed severe | backup, restore |
/// | a | no | running | yes | approved | 2−2 + 5−4 | daily, 2026-03-01 |
/// | b | yes | running | no | submitted | 1−0 + 0 | weekly, 2025-06-30 |
/// | c | yes | running | – | approved | 0 + 3−1 | none, 2026-05-01 |
/// | d | yes | planned | yes | approved | – | – |
/// | e | yes | stopped | yes | approved | 4−0 | daily, 2026-06-01 |
/// | f | – | running | yes | none | (medium 9−0) | monthly, 2025-06-29 |
const SIX: &str = "
    C1/a\nC1/a/public = không\nC1/a/state = running\nC1/a/reviewed = có\nC1/a/dossier = approved
    C1/a/found_critical = 2\nC1/a/fixed_critical = 2\nC1/a/found_high = 5\nC1/a/fixed_high = 4
    C1/a/backup = daily\nC1/a/last_restore = 2026-03-01
    C1/b\nC1/b/public = có\nC1/b/state = running\nC1/b/reviewed = không\nC1/b/dossier = submitted
    C1/b/found_critical = 1\nC1/b/backup = weekly\nC1/b/last_restore = 2025-06-30
    C1/c\nC1/c/public = có\nC1/c/state = running\nC1/c/dossier = approved
    C1/c/found_high = 3\nC1/c/fixed_high = 1\nC1/c/backup = none\nC1/c/last_restore = 2026-05-01
    C1/d\nC1/d/public = có\nC1/d/state = planned\nC1/d/reviewed = có\nC1/d/dossier = approved
    C1/e\nC1/e/public = có\nC1/e/state = stopped\nC1/e/reviewed = có\nC1/e/dossier = approved
    C1/e/found_critical = 4\nC1/e/backup = daily\nC1/e/last_restore = 2026-06-01
    C1/f\nC1/f/state = running\nC1/f/reviewed = có\nC1/f/dossier = none
    C1/f/found_medium = 9\nC1/f/backup = monthly\nC1/f/last_restore = 2025-06-29
    H2/1\nH2/1/state = todo\nH2/2\nH2/2/state = done\nH2/3\nH2/3/state = done\nH2/4\nH2/4/task = x
    G1 = 1.000\nG2 = 95
";

#[test]
fn six_systems_by_hand() {
    computes(
        &report(SIX),
        &[
            ("C1.systems", "6"),
            ("C1.running", "4"),
            // a and f of a, b, c, f.
            ("C1.reviewed", "2/4"),
            // a, c, d of a, b, c, d, f.
            ("C1.approved", "3/5"),
            // b and f.
            ("C1.unapproved_running", "2"),
            // c and d of b, c, d.
            ("C1.public_approved", "2/3"),
            // 0 + 1, 1, 2, 0, 4, 0.
            ("C1.open_severe", "8"),
            // a, and b to the day; c has no backup, f is a day too old.
            ("C1.recoverable", "2/4"),
            ("G3", "95/1000"),
            // The fourth task has no state.
            ("H2", "doing:0 done:2 todo:1"),
        ],
    );
}

#[test]
fn a_restore_later_than_the_period_counts() {
    let system = "C1/a\nC1/a/state = running\nC1/a/backup = daily\nC1/a/last_restore";
    for (day, recoverable) in [
        ("29/06/2025", "0/1"),
        ("30/06/2025", "1/1"),
        ("30/06/2026", "1/1"),
        ("01/07/2026", "1/1"),
    ] {
        computes(
            &report(&format!("{system} = {day}")),
            &[("C1.recoverable", recoverable)],
        );
    }
    computes(
        &report("C1/a\nC1/a/state = running\nC1/a/last_restore = 01/06/2026"),
        &[("C1.recoverable", "0/1")],
    );
    computes(
        &report("C1/a\nC1/a/state = running\nC1/a/backup = daily"),
        &[("C1.recoverable", "0/1")],
    );
}

#[test]
fn every_indicator_is_there_even_for_nothing() {
    let computed = compute(quarterly(), &Snapshot::default(), Q2);
    let codes: Vec<&str> = computed.keys().map(String::as_str).collect();
    assert_eq!(
        codes,
        [
            "C1.approved",
            "C1.open_severe",
            "C1.public_approved",
            "C1.recoverable",
            "C1.reviewed",
            "C1.running",
            "C1.systems",
            "C1.unapproved_running",
            "G3",
            "H2"
        ]
    );
    computes(
        &Snapshot::default(),
        &[
            ("C1.systems", "0"),
            ("C1.approved", "0/0"),
            ("G3", "0/0"),
            ("H2", "doing:0 done:0 todo:0"),
        ],
    );
    computes(
        &report(GOOD),
        &[
            ("C1.open_severe", "1"),
            ("C1.recoverable", "1/1"),
            ("G3", "200000000/2000000000"),
        ],
    );
}

#[test]
fn the_other_forms_compute() {
    let office = builtin("kh2273-vpso").unwrap();
    let computed = compute(
        office,
        &report_of(office, "B1 = 80\nB2 = 72\nB3 = 60\nC1 = 55"),
        Q2,
    );
    assert_eq!(shown(&computed["B5"]), "72/80");
    assert_eq!(shown(&computed["B6"]), "60/80");
    assert_eq!(shown(&computed["C4"]), "0/55");
    let review = builtin("cv2132-rasoat").unwrap();
    let lines = "C1/a\nC1/a/state = running\nC1/a/dossier = none";
    let computed = compute(review, &report_of(review, lines), Period::Year(2024));
    assert_eq!(shown(&computed["C1.unapproved_running"]), "1");
}
