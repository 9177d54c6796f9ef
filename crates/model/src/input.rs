//! From what a person typed to a value, and back to what is shown.
//!
//! Invariants: what [`Form::parse_value`] makes passes [`Form::check_scalar`];
//! and for every value that passes it (of a kind people type),
//! `parse_value(display(value)) == value`.

use jiff::civil::Date;

use crate::Lang;
use crate::form::{Choice, FieldType, Form, Slot};
use crate::text::{fold, group_thousands, is_forbidden, nfc};
use crate::value::Scalar;

mod error;

pub use error::ValueError;

/// Longest one-line text, in characters: a paragraph. What is longer belongs
/// into a co-edited text.
pub const TEXT_MAX_CHARS: usize = 1000;

/// Longest co-edited text, in characters: some ten pages. Rollups carry all of
/// them in one entry.
pub const LONG_TEXT_MAX_CHARS: usize = 20_000;

/// Largest count. Ten thousand of them still add up far within 64 bits.
pub const NUMBER_MAX: i64 = 1_000_000_000;

/// Largest amount, in dong: a thousand trillion, far above the sector's budget;
/// 5,000 of them still add up within 64 bits, and one is exact in a double.
pub const MONEY_MAX_DONG: i64 = 1_000_000_000_000_000;

/// First and last year of any date.
pub const YEARS: std::ops::RangeInclusive<i16> = 1900..=2199;

impl Form {
    /// Reads what a person typed for a key. Empty text clears. Accepted:
    /// yes-no as có/không, yes/no, true/false, y/n, 1/0, x; numbers with `.` or
    /// spaces between whole groups of three digits (a comma is refused: it is
    /// the decimal sign in Vietnamese); dates as `31/05/2026`, `31-5-2026`,
    /// `31.5.2026` or `2026-05-31`; choices by id or label whatever the case and
    /// diacritics, several separated by commas or semicolons.
    pub fn parse_value(&self, key: &str, text: &str) -> Result<Scalar, ValueError> {
        let slot = self.known_slot(key)?;
        let text = text.trim();
        if text.is_empty() {
            // A row is removed by its marker saying so, not by losing it.
            return match slot {
                Slot::Row(..) => Err(ValueError::NotYesNo),
                _ => Ok(Scalar::Null),
            };
        }
        let value = match slot.kind() {
            FieldType::YesNo => Scalar::Bool(parse_yes_no(text).ok_or(ValueError::NotYesNo)?),
            FieldType::Number => Scalar::Int(parse_number(text)?),
            FieldType::Money => Scalar::Int(parse_number(without_currency(text))?),
            FieldType::Date => {
                Scalar::Str(parse_date(text).ok_or(ValueError::NotADate)?.to_string())
            }
            FieldType::One => Scalar::Str(find_choice(slot.choices(), text)?.id.clone()),
            FieldType::Many => parse_many(slot.choices(), text)?,
            FieldType::Text | FieldType::LongText | FieldType::Table => Scalar::Str(nfc(text)),
        };
        check_slot(&slot, &value)?;
        Ok(value)
    }

    /// Whether a value that came from elsewhere may stand under a key: type,
    /// range, known choices in the form's order. `Null` may stand anywhere but
    /// in a row marker.
    pub fn check_scalar(&self, key: &str, value: &Scalar) -> Result<(), ValueError> {
        check_slot(&self.known_slot(key)?, value)
    }

    /// A value as people read it: `31/05/2026`, `1.234.567`, `có`, labels of
    /// choices. A value of the wrong type is shown as it is stored.
    pub fn display(&self, key: &str, value: &Scalar, lang: Lang) -> String {
        let slot = self.slot(key);
        let kind = slot.map(|slot| slot.kind());
        let choices = slot.map_or(&[][..], |slot| slot.choices());
        match (value, kind) {
            (Scalar::Null, _) => String::new(),
            (Scalar::Bool(b), _) => yes_no(*b, lang).to_owned(),
            (Scalar::Int(n), _) => group_thousands(*n),
            (Scalar::Str(s), Some(FieldType::Date)) => match s.parse::<Date>() {
                Ok(date) => show_date(date),
                Err(_) => s.clone(),
            },
            (Scalar::Str(s), Some(FieldType::One)) => choice_label(choices, s, lang).to_owned(),
            (Scalar::Str(s), Some(FieldType::Many)) => s
                .split(',')
                .map(|id| choice_label(choices, id, lang))
                .collect::<Vec<_>>()
                .join(", "),
            (Scalar::Str(s), _) => s.clone(),
        }
    }

    fn known_slot<'a>(&'a self, key: &'a str) -> Result<Slot<'a>, ValueError> {
        self.slot(key).ok_or_else(|| ValueError::UnknownKey {
            key: key.to_owned(),
        })
    }
}

/// Cleans a co-edited text that a person typed or pasted: NFC, `\n` as the only
/// line break, no trailing white space.
///
/// # Errors
/// [`ValueError::ControlCharacter`] or [`ValueError::TooLong`].
pub fn clean_long_text(text: &str) -> Result<String, ValueError> {
    let text = nfc(&text.replace("\r\n", "\n").replace('\r', "\n"));
    let text = text.trim_end();
    check_long_text(text)?;
    Ok(text.to_owned())
}

/// Whether a co-edited text is fit to be submitted.
pub(crate) fn check_long_text(text: &str) -> Result<(), ValueError> {
    if text
        .chars()
        .any(|c| is_forbidden(c) && c != '\n' && c != '\t')
    {
        return Err(ValueError::ControlCharacter);
    }
    match text.chars().nth(LONG_TEXT_MAX_CHARS) {
        None => Ok(()),
        Some(_) => Err(ValueError::TooLong {
            max: LONG_TEXT_MAX_CHARS,
        }),
    }
}

/// A date as Vietnamese writes it, `31/05/2026`.
pub fn show_date(date: Date) -> String {
    format!("{:02}/{:02}/{:04}", date.day(), date.month(), date.year())
}

/// Reads a date as people write it; `None` if it is none.
pub fn parse_date(text: &str) -> Option<Date> {
    let parts: Vec<&str> = text.split(['/', '-', '.']).map(str::trim).collect();
    let [a, b, c] = parts.as_slice() else {
        return None;
    };
    let digits = |s: &str, lengths: std::ops::RangeInclusive<usize>| {
        lengths.contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit())
    };
    let (year, month, day) = if digits(a, 4..=4) {
        (a, b, c)
    } else {
        (c, b, a)
    };
    if !digits(year, 4..=4) || !digits(month, 1..=2) || !digits(day, 1..=2) {
        return None;
    }
    let year = year.parse().ok()?;
    if !YEARS.contains(&year) {
        return None;
    }
    Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()
}

pub(crate) fn check_slot(slot: &Slot<'_>, value: &Scalar) -> Result<(), ValueError> {
    let expected = slot.kind();
    match (expected, value) {
        (_, Scalar::Null) if !matches!(slot, Slot::Row(..)) => Ok(()),
        (FieldType::YesNo, Scalar::Bool(_)) => Ok(()),
        (FieldType::Number, Scalar::Int(n)) => in_range(*n, slot, NUMBER_MAX),
        (FieldType::Money, Scalar::Int(n)) => in_range(*n, slot, MONEY_MAX_DONG),
        (FieldType::Date, Scalar::Str(s)) => match s.parse::<Date>() {
            Ok(date) if YEARS.contains(&date.year()) && date.to_string() == *s => Ok(()),
            _ => Err(ValueError::NotADate),
        },
        (FieldType::One, Scalar::Str(s)) => match slot.choices().iter().any(|c| c.id == *s) {
            true => Ok(()),
            false => Err(unknown_choice(slot.choices(), s)),
        },
        (FieldType::Many, Scalar::Str(s)) => check_many(slot.choices(), s),
        (FieldType::Text, Scalar::Str(s)) => check_line(s),
        _ => Err(ValueError::WrongType { expected }),
    }
}

fn in_range(n: i64, slot: &Slot<'_>, greatest: i64) -> Result<(), ValueError> {
    let (min, max) = slot.limits();
    let (min, max) = (min.unwrap_or(0), max.unwrap_or(greatest));
    if (min..=max).contains(&n) {
        Ok(())
    } else {
        Err(ValueError::OutOfRange { min, max })
    }
}

fn check_line(text: &str) -> Result<(), ValueError> {
    if text.chars().any(is_forbidden) {
        return Err(ValueError::ControlCharacter);
    }
    match text.chars().nth(TEXT_MAX_CHARS) {
        None => Ok(()),
        Some(_) => Err(ValueError::TooLong {
            max: TEXT_MAX_CHARS,
        }),
    }
}

/// Known ids, in the form's order, each once.
fn check_many(choices: &[Choice], text: &str) -> Result<(), ValueError> {
    let mut rest = choices.iter();
    for id in text.split(',') {
        if !rest.any(|choice| choice.id == id) {
            return Err(unknown_choice(choices, id));
        }
    }
    Ok(())
}

fn parse_yes_no(text: &str) -> Option<bool> {
    match fold(text).as_str() {
        "co" | "yes" | "y" | "true" | "x" | "1" => Some(true),
        "khong" | "no" | "n" | "false" | "0" => Some(false),
        _ => None,
    }
}

fn yes_no(value: bool, lang: Lang) -> &'static str {
    match (value, lang) {
        (true, Lang::Vi) => "có",
        (false, Lang::Vi) => "không",
        (true, Lang::En) => "yes",
        (false, Lang::En) => "no",
    }
}

/// The amount without a trailing `đ`, `đồng` or `VND`.
fn without_currency(text: &str) -> &str {
    let at = text
        .char_indices()
        .rev()
        .take_while(|(_, c)| !c.is_ascii_digit())
        .last()
        .map_or(text.len(), |(at, _)| at);
    let (amount, unit) = text.split_at(at);
    match fold(unit).as_str() {
        "d" | "dong" | "vnd" => amount,
        _ => text,
    }
}

/// Digits alone, or in groups of three separated all by `.` or all by spaces.
fn parse_number(text: &str) -> Result<i64, ValueError> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let spaced = digits.replace(['\u{A0}', '\u{202F}'], " ");
    let separator = if spaced.contains('.') { '.' } else { ' ' };
    let groups: Vec<&str> = spaced.split(separator).collect();
    let plain = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let grouped = match groups.as_slice() {
        [_] => true,
        [first, rest @ ..] => {
            // `0.125` is a fraction, not a grouped 125.
            first.len() <= 3 && !first.starts_with('0') && rest.iter().all(|g| g.len() == 3)
        }
        [] => false,
    };
    if !grouped || !groups.iter().all(|group| plain(group)) {
        return Err(ValueError::NotANumber);
    }
    // More digits than 64 bits hold are a number all the same, only too large.
    let n: i64 = groups.concat().parse().unwrap_or(i64::MAX);
    Ok(if negative { -n } else { n })
}

fn parse_many(choices: &[Choice], text: &str) -> Result<Scalar, ValueError> {
    let mut taken = Vec::new();
    for part in text.split([',', ';']).map(str::trim) {
        if !part.is_empty() {
            taken.push(&find_choice(choices, part)?.id);
        }
    }
    let ids: Vec<&str> = choices
        .iter()
        .map(|choice| choice.id.as_str())
        .filter(|id| taken.iter().any(|t| t == id))
        .collect();
    Ok(match ids.is_empty() {
        true => Scalar::Null,
        false => Scalar::Str(ids.join(",")),
    })
}

/// By id first, then by label as it is shown, then without case and diacritics
/// if only one choice fits.
fn find_choice<'a>(choices: &'a [Choice], text: &str) -> Result<&'a Choice, ValueError> {
    if let Some(choice) = choices.iter().find(|choice| choice.id == text) {
        return Ok(choice);
    }
    let exact = nfc(text);
    if let Some(choice) = choices
        .iter()
        .find(|choice| choice.label.vi == exact || choice.label.en == exact)
    {
        return Ok(choice);
    }
    let folded = fold(text);
    let mut fits = choices.iter().filter(|choice| {
        fold(&choice.id) == folded
            || fold(&choice.label.vi) == folded
            || fold(&choice.label.en) == folded
    });
    match (fits.next(), fits.next()) {
        (Some(choice), None) => Ok(choice),
        _ => Err(unknown_choice(choices, text)),
    }
}

fn choice_label<'a>(choices: &'a [Choice], id: &'a str, lang: Lang) -> &'a str {
    choices
        .iter()
        .find(|choice| choice.id == id)
        .map_or(id, |choice| choice.label.get(lang))
}

fn unknown_choice(choices: &[Choice], given: &str) -> ValueError {
    ValueError::UnknownChoice {
        choice: given.chars().take(60).collect(),
        known: choices.iter().map(|choice| choice.id.clone()).collect(),
    }
}
