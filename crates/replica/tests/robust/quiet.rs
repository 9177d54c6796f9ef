//! When nothing is new, nothing is said: one round trip and at most 256 bytes
//! of frames, however much both sides hold.

use model::Period;
use replica::{QUARTERLY_FORM, ReportKey};
use sync::Outcome;

use crate::tree::{Machine, Tree, settle, sync};

/// Both directions together.
const QUIET_MAX_BYTES: u64 = 256;

/// Every quarter and year that a period can name, the latest first: a report
/// looks for an accepted one before it.
fn periods(count: usize) -> Vec<Period> {
    let mut periods: Vec<Period> = (2000..=2199)
        .flat_map(|year| {
            (1..=4)
                .map(move |quarter| Period::Quarter(year, quarter))
                .chain([Period::Year(year)])
        })
        .collect();
    assert_eq!(periods.len(), 1_000);
    periods.sort_unstable();
    periods.reverse();
    periods.truncate(count);
    periods
}

fn submit(machine: &mut Machine, periods: &[Period]) {
    for period in periods {
        let key = ReportKey::regular(machine.replica.unit(), QUARTERLY_FORM, *period);
        machine.fill(&key);
        machine.submit(&key);
    }
}

fn assert_quiet(outcome: &Outcome, between: &str) {
    assert!(outcome.in_sync, "{between}: {outcome:?}");
    assert_eq!((outcome.sent, outcome.received), (0, 0), "{between}");
    assert_eq!(outcome.round_trips, 1, "{between}");
    let bytes = outcome.bytes_out + outcome.bytes_in;
    println!("{between}: {bytes} bytes");
    assert!(bytes <= QUIET_MAX_BYTES, "{between}: {bytes} bytes");
}

/// One facility has some reports, its Sở has them all, and each pair is quiet.
fn all_pairs_are_quiet_with(reports: usize) {
    let mut tree = Tree::new(1);
    // As long as an address gets: it is part of every hello.
    let address = "quanho.soyte.bacninh.gov.vn:65535";
    tree.so.replica.set_address(address).unwrap();
    tree.bo.replica.set_address(address).unwrap();
    submit(&mut tree.facilities[0], &periods(reports));
    let Tree { bo, so, facilities } = &mut tree;
    settle(&mut facilities[0], so);
    settle(so, bo);
    let of_reports = so.of_kind(wire::Kind::Submission).len();
    assert_eq!(of_reports, reports);
    let receipts = so.of_kind(wire::Kind::Receipt);
    let received: usize = receipts
        .iter()
        .map(|receipt| match &receipt.body().content {
            wire::Content::Receipt(content) => content.received.len(),
            _ => 0,
        })
        .sum();
    assert_eq!(received, reports, "each submission is received once");
    for name in ["facility – Sở", "once more"] {
        assert_quiet(&sync(&mut facilities[0], so), name);
    }
    assert_quiet(&sync(so, &mut facilities[0]), "Sở – facility");
    assert_quiet(&sync(so, bo), "Sở – Bộ");
    assert_quiet(&sync(bo, so), "Bộ – Sở");
}

#[test]
fn with_10_reports() {
    all_pairs_are_quiet_with(10);
}

#[test]
fn with_1000_reports() {
    all_pairs_are_quiet_with(1_000);
}

/// What one new edit costs is news, and after it all is quiet again.
#[test]
fn one_edit_ends_the_quiet_for_one_session_only() {
    let mut tree = Tree::new(1);
    tree.facilities[0].report();
    let Tree { so, facilities, .. } = &mut tree;
    settle(&mut facilities[0], so);
    facilities[0].set("B3", "121");
    facilities[0].seal();
    let news = sync(&mut facilities[0], so);
    assert_eq!((news.sent, news.round_trips), (1, 1));
    assert!(news.in_sync);
    // The receipt came back in the answer's flight.
    assert_eq!(news.received, 1);
    assert_quiet(&sync(&mut facilities[0], so), "after the edit");
}
