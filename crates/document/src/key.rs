//! The closed grammar of keys in the flat map.
//!
//! The gate judges the *shape* of a key, not whether this version of the form
//! knows it: a newer form version's keys must not be quarantined by a node that
//! has not received that version yet. Validation (`model`) reports unknown keys.
//!
//! ```text
//! key    = ["~"] base               ; "~": carried over from the last report
//! base   = code / code "." suffix / code "/" row / code "/" row "/" column
//! code   = ALPHA *31(ALPHA / DIGIT / "_")
//! suffix = column = lower *31(lower / DIGIT / "_")
//! row    = 1*32(ALPHA / DIGIT / "_" / "-")
//! ```

use model::Scalar;

use crate::limits::{KEY_MAX_BYTES, VALUE_MAX_BYTES};

/// Marks a key whose value was carried over from the last accepted report.
pub(crate) const CARRIED: char = '~';

/// What a key looks like, the `~` of a carried one left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyShape<'a> {
    /// `B3`
    Field(&'a str),
    /// `B1.date`
    Part(&'a str, &'a str),
    /// `C1/k3f9`
    Row(&'a str, &'a str),
    /// `C1/k3f9/name`
    Cell(&'a str, &'a str, &'a str),
}

/// The shape of a key and whether it is carried; `None` outside the grammar.
pub fn key_shape(key: &str) -> Option<(KeyShape<'_>, bool)> {
    if key.len() > KEY_MAX_BYTES {
        return None;
    }
    let (base, carried) = match key.strip_prefix(CARRIED) {
        Some(base) => (base, true),
        None => (key, false),
    };
    let mut parts = base.split('/');
    let shape = match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(field), None, ..) => match field.split_once('.') {
            None => KeyShape::Field(is_code(field).then_some(field)?),
            Some((code, suffix)) => {
                (is_code(code) && is_lower_name(suffix)).then_some(KeyShape::Part(code, suffix))?
            }
        },
        (Some(table), Some(row), None, _) => {
            (is_code(table) && is_row(row)).then_some(KeyShape::Row(table, row))?
        }
        (Some(table), Some(row), Some(column), None) => {
            (is_code(table) && is_row(row) && is_lower_name(column))
                .then_some(KeyShape::Cell(table, row, column))?
        }
        _ => return None,
    };
    Some((shape, carried))
}

/// Whether a text is a code such as `B3`.
fn is_code(text: &str) -> bool {
    text.len() <= 32
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// Whether a key is a row's marker.
pub(crate) fn is_marker(key: &str) -> bool {
    matches!(key_shape(key), Some((KeyShape::Row(..), _)))
}

fn is_lower_name(text: &str) -> bool {
    text.len() <= 32
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

fn is_row(text: &str) -> bool {
    (1..=32).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

/// Whether this value may stand under this key: the rule of the gate and of
/// sealing alike. A row's marker is yes or no and nothing else.
pub(crate) fn check_put(key: &str, value: &Scalar) -> Result<(), &'static str> {
    let Some((shape, _)) = key_shape(key) else {
        return Err("a key outside the grammar");
    };
    match (shape, value) {
        (KeyShape::Row(..), Scalar::Bool(_)) => Ok(()),
        (KeyShape::Row(..), _) => Err("a row's marker that is not true or false"),
        (_, Scalar::Str(text)) if text.len() > VALUE_MAX_BYTES => Err("a text value too long"),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grammar() {
        use KeyShape::*;
        for (key, want) in [
            ("B3", Some((Field("B3"), false))),
            ("detected_at", Some((Field("detected_at"), false))),
            ("B1.date", Some((Part("B1", "date"), false))),
            ("C1/k3f9", Some((Row("C1", "k3f9"), false))),
            ("~C1/k3f9", Some((Row("C1", "k3f9"), true))),
            ("C1/k-3/name", Some((Cell("C1", "k-3", "name"), false))),
            (
                "~C1/k3/found_high",
                Some((Cell("C1", "k3", "found_high"), true)),
            ),
            ("", None),
            ("~", None),
            ("~~B3", None),
            ("3B", None),
            ("B3 ", None),
            ("B.Date", None),
            ("B.a.b", None),
            ("C1/", None),
            ("C1//name", None),
            ("C1/a/name/x", None),
            ("C1.x/a", None),
            ("Bảng", None),
        ] {
            assert_eq!(key_shape(key), want, "{key:?}");
        }
        assert_eq!(key_shape(&"a".repeat(33)), None);
        assert_eq!(key_shape(&format!("C1/{}", "x".repeat(200))), None);
    }

    #[test]
    fn markers_are_yes_or_no() {
        assert!(check_put("C1/a", &Scalar::Bool(false)).is_ok());
        assert!(check_put("~C1/a", &Scalar::Bool(true)).is_ok());
        assert!(check_put("C1/a", &Scalar::Null).is_err());
        assert!(check_put("C1/a", &Scalar::Int(1)).is_err());
        assert!(check_put("B3", &Scalar::Str("x".repeat(4097))).is_err());
    }
}
