//! Text as people write it: normalised, folded for comparison, refused where it
//! could fool a reader.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Lower case without diacritics and with single spaces: `Đã  Dừng` and
/// `da dung` fold to the same. For searching and matching, never for storing.
pub fn fold(text: &str) -> String {
    let plain: String = text
        .nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| if c == 'đ' { 'd' } else { c })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Unicode NFC: one way of writing each Vietnamese letter.
pub fn nfc(text: &str) -> String {
    text.nfc().collect()
}

/// Whether a character could end a line, drive a terminal or turn the reading
/// direction: control characters, line and paragraph separators, and the
/// bidirectional overrides and isolates.
pub fn is_forbidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// A whole number with `.` between thousands, as Vietnamese writes it; in both
/// languages, so that what is shown can be typed again.
pub fn group_thousands(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3 + 2);
    if n < 0 {
        out.push('-');
    }
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push('.');
        }
        out.push(digit);
    }
    out
}
