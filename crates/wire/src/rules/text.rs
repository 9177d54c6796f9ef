//! Limits on texts, lists and dates.

use super::Verdict;
use crate::limits::{NAME_MAX_BYTES, TEXT_MAX_BYTES};

/// A name: something, on one line.
pub(super) fn name(text: &str) -> Verdict {
    if text.is_empty() {
        return Err("a name is empty");
    }
    code(text)
}

/// A field's or an indicator's code, or another name that may be empty.
pub(super) fn code(text: &str) -> Verdict {
    if text.len() > NAME_MAX_BYTES {
        return Err("a name is too long");
    }
    no_controls(text, &[])
}

/// A text of one line.
pub(super) fn line(text: &str) -> Verdict {
    limited(text)?;
    no_controls(text, &[])
}

/// A text of any number of lines.
pub(super) fn lines(text: &str) -> Verdict {
    limited(text)?;
    no_controls(text, &['\n'])
}

/// Refuses control characters other than these.
pub(super) fn no_controls(text: &str, allowed: &[char]) -> Verdict {
    let fine = text
        .chars()
        .all(|c| !c.is_control() || allowed.contains(&c));
    fine.then_some(()).ok_or("a text has a control character")
}

/// Refuses a list that is not strictly ascending: a set has one order.
pub(super) fn ascending<T: Ord>(list: impl IntoIterator<Item = T>) -> Verdict {
    list.into_iter()
        .is_sorted_by(|before, after| before < after)
        .then_some(())
        .ok_or("a list is not strictly ascending")
}

/// A calendar date as `YYYY-MM-DD`, which sorts as text.
pub(super) fn date(text: &str) -> Verdict {
    text.parse::<jiff::civil::Date>()
        .is_ok_and(|date| date.to_string() == text)
        .then_some(())
        .ok_or("a date is not written YYYY-MM-DD")
}

fn limited(text: &str) -> Verdict {
    match text.len() {
        0 => Err("a text is empty"),
        length if length > TEXT_MAX_BYTES => Err("a text is too long"),
        _ => Ok(()),
    }
}
