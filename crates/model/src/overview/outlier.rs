//! Numbers that a reviewer should look at twice.

use crate::form::FieldType;
use crate::{Form, Scalar, Snapshot};

/// From this factor on, up or down, a number has changed much.
const FACTOR: i64 = 3;

/// Below this, in both periods, a factor says nothing: from 1 to 4 is no news.
const SMALL: i64 = 10;

/// A number that changed more than threefold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlier {
    /// The field.
    pub code: String,
    /// What it was.
    pub before: i64,
    /// What it is.
    pub after: i64,
}

/// The numbers that are more than three times, or less than a third of, what they
/// were. What vanished or came from nothing counts too; small numbers do not.
pub fn changed_much(form: &Form, before: &Snapshot, after: &Snapshot) -> Vec<Outlier> {
    let number = |snapshot: &Snapshot, code: &str| match snapshot.get(code) {
        Scalar::Int(n) => Some(*n),
        _ => None,
    };
    let fields = form.sections.iter().flat_map(|section| &section.fields);
    fields
        .filter(|field| matches!(field.kind, FieldType::Number | FieldType::Money))
        .filter_map(|field| {
            let before = number(before, &field.code)?;
            let after = number(after, &field.code)?;
            is_much(before, after).then(|| Outlier {
                code: field.code.clone(),
                before,
                after,
            })
        })
        .collect()
}

fn is_much(before: i64, after: i64) -> bool {
    let (low, high) = (before.min(after), before.max(after));
    high >= SMALL && high > low.saturating_mul(FACTOR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threefold_in_either_direction() {
        for (before, after, much) in [
            (100, 301, true),
            (100, 300, false),
            (301, 100, true),
            (0, 10, true),
            (0, 9, false),
            (1, 4, false),
            (50, 0, true),
            (i64::MAX, 1, true),
            (i64::MAX, i64::MAX / 2, false),
        ] {
            assert_eq!(is_much(before, after), much, "{before} {after}");
        }
    }

    #[test]
    fn only_numbers_that_stand_in_both() {
        let form = crate::form::builtin("kh2273-quy").expect("built in");
        let snapshot = |values: &[(&str, i64)]| {
            let values = values.iter();
            Snapshot {
                values: values
                    .map(|(code, n)| ((*code).to_owned(), Scalar::Int(*n)))
                    .collect(),
                ..Snapshot::default()
            }
        };
        let before = snapshot(&[("B3", 100), ("B4", 90), ("F6", 20)]);
        let after = snapshot(&[("B3", 1_000), ("B4", 95), ("D5", 50)]);
        let found = changed_much(form, &before, &after);
        assert_eq!(
            found,
            [Outlier {
                code: "B3".into(),
                before: 100,
                after: 1_000
            }]
        );
    }
}
