//! The one way from data to cells: [`clean`] filters, the others measure.
//!
//! Widths are terminal columns by `unicode-width`; a Vietnamese syllable has the
//! same width in NFC and NFD.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// What stands for a character that may not be shown.
const REPLACEMENT: char = '\u{FFFD}';

/// Whether a character could steer the terminal or make a text read other than
/// it is: controls (and so every ANSI sequence), bidirectional overrides and
/// marks, line separators, invisible tags.
pub(crate) fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{061C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E007F}')
}

/// A text as it may be shown, on one line: white space becomes a space, what
/// [`is_unsafe`] becomes a visible `�`. Every foreign text passes here once.
pub(crate) fn clean(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}' => ' ',
            c if is_unsafe(c) => REPLACEMENT,
            c => c,
        })
        .collect()
}

/// What may be typed or pasted into one line: unsafe characters are dropped,
/// line breaks and tabs become spaces.
pub(crate) fn typable(c: char) -> Option<char> {
    match c {
        '\t' | '\n' => Some(' '),
        c if is_unsafe(c) => None,
        c => Some(c),
    }
}

/// Columns a text takes.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// At most `columns` columns of a cleaned text; a cut is shown by `…`.
pub(crate) fn fit(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for grapheme in text.graphemes(true) {
        let w = width(grapheme);
        if used + w + 1 > columns {
            break;
        }
        out.push_str(grapheme);
        used += w;
    }
    if columns > 0 {
        out.push('…');
    }
    out
}

/// [`fit`], filled up with spaces to exactly `columns`.
pub(crate) fn pad(text: &str, columns: usize) -> String {
    let mut out = fit(text, columns);
    let missing = columns.saturating_sub(width(&out));
    out.extend(std::iter::repeat_n(' ', missing));
    out
}

/// A cleaned text on lines of at most `columns` columns, broken at spaces where
/// there are any. Never empty.
pub(crate) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split_word_bounds() {
        let w = width(word);
        if used > 0 && used + w > columns {
            lines.push(String::new());
            used = 0;
            if word.trim().is_empty() {
                continue;
            }
        }
        for grapheme in word.graphemes(true) {
            let g = width(grapheme);
            if used > 0 && used + g > columns {
                lines.push(String::new());
                used = 0;
            }
            if let Some(line) = lines.last_mut() {
                line.push_str(grapheme);
            }
            used += g;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(clean("a\u{1b}[31mđỏ\u{7}"), "a�[31mđỏ�");
        assert_eq!(clean("x\u{202e}gpj.exe"), "x�gpj.exe");
        assert_eq!(clean("một\nhai\tba"), "một hai ba");
        assert_eq!(clean("\u{9b}2J"), "�2J");
        assert_eq!(clean("Trạm Y tế"), "Trạm Y tế");
    }

    #[test]
    fn composed_and_decomposed_measure_the_same() {
        let nfc = "Thủ trưởng đơn vị";
        let nfd = "Thu\u{309} tru\u{31b}o\u{31b}\u{309}ng đơn vị";
        assert_ne!(nfc, nfd);
        assert_eq!(width(nfc), width(nfd));
        assert_eq!(fit(nfc, 8).chars().count(), 8);
        assert_eq!(width(&fit(nfd, 8)), 8);
    }

    #[test]
    fn cut_to_width() {
        assert_eq!(fit("Bộ Y tế", 7), "Bộ Y tế");
        assert_eq!(fit("Bộ Y tế", 4), "Bộ …");
        assert_eq!(fit("病院", 3), "病…");
        assert_eq!(fit("abc", 0), "");
        assert_eq!(pad("ế", 3), "ế  ");
    }

    #[test]
    fn wrapped_lines_fit_and_lose_no_word() {
        let text = "Số lượt cán bộ kỹ thuật, cán bộ phụ trách an ninh mạng";
        for columns in 1..40 {
            let lines = wrap(text, columns);
            assert!(lines.iter().all(|line| width(line) <= columns), "{columns}");
            let squeezed = |s: &str| s.replace(' ', "");
            assert_eq!(squeezed(&lines.concat()), squeezed(text));
        }
        assert_eq!(wrap("", 5), [""]);
        assert_eq!(wrap("病院", 1), ["病", "院"]);
    }
}
