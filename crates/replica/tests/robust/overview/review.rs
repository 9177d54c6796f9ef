//! A report before its reviewer.

use model::overview::Review;
use model::{ReportState, Scalar, Timeliness};
use replica::{Error, QUARTERLY_FORM, ReportKey};
use testkit::at;

use crate::tree::{Machine, Tree, facility, quarter, settle, unit};

fn review(so: &Machine, key: &ReportKey) -> Review {
    so.replica.review(key, so.now).unwrap()
}

fn number(snapshot: &model::Snapshot, code: &str) -> Option<i64> {
    snapshot.get(code).as_int()
}

#[test]
fn beside_the_submission_before_and_the_last_quarter() {
    let mut tree = Tree::new(1);
    let (so, one) = tree.pair(0);
    let earlier = ReportKey {
        period: quarter().previous(),
        ..one.key()
    };
    one.fill(&earlier);
    one.submit(&earlier);
    settle(one, so);
    let (person, clock) = (so.person.clone(), so.clock());
    so.replica.accept(&earlier, &person, clock).unwrap();
    settle(one, so);

    let key = one.key();
    one.report();
    settle(one, so);
    let first = review(so, &key);
    assert_eq!(first.state, ReportState::Submitted);
    assert!(first.before.is_none() && first.remarks.is_empty());
    assert_eq!(first.signed, Some(("Người 07000".to_owned(), one.now)));
    assert_eq!(first.received, Some((so.now, Timeliness::OnTime)));
    assert_eq!(number(&first.last_period.unwrap(), "B3"), Some(120));

    let remark = [("B3".to_owned(), "Xem lại".to_owned())];
    so.replica
        .return_report(&key, &person, &remark, clock)
        .unwrap();
    settle(one, so);
    assert_eq!(review(so, &key).remarks[0].text, "Xem lại");
    one.now.0 += 60_000;
    one.set("B3", "150");
    one.seal();
    one.submit(&key);
    one.set("B5", "9");
    one.seal();
    settle(one, so);
    let second = review(so, &key);
    assert_eq!(number(&second.now, "B3"), Some(150));
    assert_eq!(
        number(&second.now, "B5"),
        None,
        "not part of what was signed"
    );
    assert_eq!(number(&second.before.unwrap(), "B3"), Some(120));
    assert_eq!((second.changed_since, second.remarks.len()), (1, 0));
    assert!(second.check.may_submit(), "{:?}", second.check.errors);
    assert_eq!(second.name, "Đơn vị 07000");
}

#[test]
fn without_a_submission_what_has_arrived() {
    let mut tree = Tree::new(1);
    let (so, one) = tree.pair(0);
    one.set("B3", "12");
    one.seal();
    settle(one, so);
    let arrived = review(so, &one.key());
    assert_eq!(arrived.now.get("B3"), &Scalar::Int(12));
    assert_eq!((arrived.state, arrived.signed), (ReportState::Draft, None));
    assert!(!arrived.check.may_submit());
    let nobody = ReportKey::regular(&unit("byt.24.99999"), QUARTERLY_FORM, quarter());
    assert!(matches!(
        so.replica.review(&nobody, at("2026-06-10T09:00:00+07:00")),
        Err(Error::NoSuchUnit(_))
    ));
    let untouched = ReportKey::regular(&facility(0), "cv2132-rasoat", quarter());
    assert_eq!(review(so, &untouched).state, ReportState::None);
}

#[test]
fn a_verdict_is_about_the_submission_that_was_read() {
    let mut tree = Tree::new(1);
    let (so, one) = tree.pair(0);
    let key = one.key();
    one.report();
    settle(one, so);
    let read = review(so, &key).submission.unwrap();
    let read = wire::EntryId::from_hex(&read).unwrap();
    // While the reviewer reads, a newer one arrives.
    one.now.0 += 60_000;
    one.set("B3", "150");
    one.seal();
    one.submit(&key);
    settle(one, so);
    let (person, clock) = (so.person.clone(), so.clock());
    let accepted = so.replica.accept_seen(&key, &read, &person, clock);
    assert!(
        matches!(accepted, Err(Error::NewerSubmission)),
        "{accepted:?}"
    );
    let remark = [("B3".to_owned(), "Xem lại".to_owned())];
    let returned = so.replica.return_seen(&key, &read, &person, &remark, clock);
    assert!(
        matches!(returned, Err(Error::NewerSubmission)),
        "{returned:?}"
    );
    assert_eq!(review(so, &key).state, ReportState::Submitted);
    let newer = review(so, &key).submission.unwrap();
    let newer = wire::EntryId::from_hex(&newer).unwrap();
    assert!(so.replica.accept_seen(&key, &newer, &person, clock).is_ok());
}

#[test]
fn unsigned_remarks_are_kept_until_they_are_forgotten() {
    let mut tree = Tree::new(1);
    let (so, one) = tree.pair(0);
    let key = one.key();
    let remarks = std::collections::BTreeMap::from([("B3".to_owned(), "Xem lại".to_owned())]);
    so.replica.keep_remarks(&key, &remarks).unwrap();
    assert_eq!(review(so, &key).kept, remarks);
    let other = ReportKey {
        period: quarter().previous(),
        ..key.clone()
    };
    assert!(review(so, &other).kept.is_empty());
    so.replica.keep_remarks(&key, &Default::default()).unwrap();
    assert!(review(so, &key).kept.is_empty());
}
