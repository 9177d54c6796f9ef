//! Later versions of a form, and the longest texts.

use crate::support::*;
use document::{Report, SealError};
use model::Scalar;
use testkit::Seeded;

#[test]
fn a_later_version_adds_its_texts_the_same_everywhere() {
    let later = with_text("I3");
    let mut old = fresh();
    let mut one = fresh();
    one.extend(&later);
    let mut two = fresh();
    two.extend(&with_text("I4"));
    two.extend(&later);
    assert!(one.is_untouched());
    assert!(one.heads().iter().all(|head| two.has(head)));

    let at = one.heads();
    let edits = [text("I3", "mới")];
    let change = seal_at(&one, &at, &person(1), &edits, &mut Seeded::new(4)).unwrap();
    // A node that has not received version 2 holds it; it is not quarantined.
    let verdicts = old.admit(form(), std::slice::from_ref(&change));
    assert_eq!(verdicts.waiting, [(change.entry, at.clone())]);
    assert_eq!(
        old.admit(&later, std::slice::from_ref(&change)).applied,
        [change.entry]
    );
    assert_eq!(
        two.admit(&later, std::slice::from_ref(&change)).applied,
        [change.entry]
    );
    assert_eq!(old.snapshot().texts["I3"], "mới");
    assert_eq!(old.snapshot(), two.snapshot());
    // Loading with the old version finds the text again.
    let back = Report::load(form(), doc(), &two.save()).unwrap();
    assert_eq!(back.snapshot(), two.snapshot());
    assert_eq!(back.save(), two.save());
}

#[test]
fn a_newer_forms_keys_are_let_in() {
    let mut one = Machine::new(1);
    one.edit(
        &person(1),
        &[put("Z9", 1), put("C9/a", true), put("C9/a/new_column", "x")],
    );
    assert_eq!(
        one.report.snapshot().cell("C9", "a", "new_column"),
        &Scalar::Str("x".into())
    );
}

#[test]
fn the_longest_text_is_rewritten_in_no_time_and_fits() {
    let mut random = Seeded::new(11);
    let mut long = |head: &str, tail: &str| {
        let count = document::limits::LONG_TEXT_MAX_BYTES - head.len() - tail.len();
        let letter = |_| char::from(b'a' + random.below(26) as u8);
        let middle: String = (0..count).map(letter).collect();
        format!("{head}{middle}{tail}")
    };
    let (first, second) = (long("Đầu ", " cuối"), long("Đầu ", " cuối"));
    let mut one = Machine::new(1);
    one.edit(&person(1), &[text("I1", &first)]);
    let before = one.report.heads();
    one.edit(&person(1), &[text("I1", &second)]);
    assert_eq!(one.report.snapshot().texts["I1"], second);
    // What another one wrote before the part replaced stays.
    let edits = [text("I1", &first.replace("Đầu ", "Đầu tiên "))];
    let late = seal_at(
        &one.report,
        &before,
        &person(2),
        &edits,
        &mut Seeded::new(2),
    );
    let Err(SealError::TooLarge) = late else {
        panic!("over the limit by five bytes")
    };
    let shorter = first.replace("Đầu ", "Đây ");
    let late = seal_at(
        &one.report,
        &before,
        &person(2),
        &[text("I1", &shorter)],
        &mut random,
    );
    one.report.admit(form(), &[late.unwrap()]);
    assert_eq!(
        one.report.snapshot().texts["I1"],
        second.replace("Đầu ", "Đây ")
    );
}
