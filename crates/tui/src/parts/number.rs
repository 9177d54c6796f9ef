//! Typing whole numbers: the thousands stand apart while the digits come.
//!
//! Only a text that is in order is put in order again. `12.5` stays as it was
//! typed, and is refused: it must not quietly become 125.

use messages::{Arg, Catalogue};
use model::Lang;

use crate::parts::keymap::Action;
use crate::parts::line::Line;

/// What is done to a line.
pub(crate) enum Typed<'a> {
    /// An edit key.
    Act(Action),
    /// A character or a paste.
    Text(&'a str),
}

/// Edits a line that holds a number.
pub(crate) fn edit(line: &mut Line, typed: Typed<'_>) {
    let in_order = is_in_order(line.text());
    match typed {
        Typed::Act(action) => {
            // A separator goes with the digit beyond it.
            let (before, after) = line.around();
            match action {
                Action::EditBackspace if in_order && before == Some('.') => {
                    line.act(Action::EditLeft);
                }
                Action::EditDelete if in_order && after == Some('.') => {
                    line.act(Action::EditRight);
                }
                _ => {}
            }
            line.act(action);
            if in_order {
                regroup(line);
            }
        }
        Typed::Text(text) => {
            line.insert(text);
            if in_order && text.bytes().all(|b| b.is_ascii_digit()) {
                regroup(line);
            }
        }
    }
}

/// Digits, alone or in whole groups.
fn is_in_order(text: &str) -> bool {
    let digits = |group: &str| group.bytes().all(|b| b.is_ascii_digit());
    let groups: Vec<&str> = text.split('.').collect();
    match groups.as_slice() {
        [alone] => digits(alone),
        [first, rest @ ..] => {
            (1..=3).contains(&first.len())
                && !first.starts_with('0')
                && digits(first)
                && rest.iter().all(|group| group.len() == 3 && digits(group))
        }
        [] => true,
    }
}

/// Puts the separators where they belong; the cursor keeps its digit.
fn regroup(line: &mut Line) {
    let is_digit = |c: &char| c.is_ascii_digit();
    let digits: String = line.text().chars().filter(is_digit).collect();
    let cursor = line.text().chars().take(line.cursor());
    let passed = cursor.filter(is_digit).count();
    if line.text().chars().any(|c| !c.is_ascii_digit() && c != '.') {
        return;
    }
    let mut out = String::new();
    let mut at = 0;
    for (i, digit) in digits.chars().enumerate() {
        // `0123` is no group of anything.
        let whole = !digits.starts_with('0');
        if i > 0 && whole && (digits.len() - i).is_multiple_of(3) {
            out.push('.');
        }
        out.push(digit);
        if i < passed {
            at = out.chars().count();
        }
    }
    line.replace(&out, at);
}

/// An amount in dong by its magnitude, such as `≈ 1,23 tỷ đồng`; `None` where the
/// digits are read at a glance.
pub(crate) fn magnitude(words: &Catalogue, lang: Lang, dong: i64) -> Option<String> {
    const MILLION: i64 = 1_000_000;
    const BILLION: i64 = 1000 * MILLION;
    let (id, unit) = match dong {
        BILLION.. => ("amount-billions", BILLION),
        MILLION.. => ("amount-millions", MILLION),
        _ => return None,
    };
    let hundredths = dong / (unit / 100);
    let point = if lang == Lang::Vi { ',' } else { '.' };
    let whole = model::text::group_thousands(hundredths / 100);
    let number = match (hundredths % 100 / 10, hundredths % 10) {
        (0, 0) => whole,
        (tenth, 0) => format!("{whole}{point}{tenth}"),
        (tenth, hundredth) => format!("{whole}{point}{tenth}{hundredth}"),
    };
    let amount = words.tr_with(id, &[("amount", Arg::Str(&number))]);
    let sign = match dong % (unit / 100) {
        0 => "=",
        _ => "≈",
    };
    Some(format!("{sign} {amount}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(keys: &str) -> (String, usize) {
        let mut line = Line::default();
        for c in keys.chars() {
            match c {
                '<' => edit(&mut line, Typed::Act(Action::EditBackspace)),
                '>' => edit(&mut line, Typed::Act(Action::EditDelete)),
                'l' => edit(&mut line, Typed::Act(Action::EditLeft)),
                'h' => edit(&mut line, Typed::Act(Action::EditHome)),
                c => edit(&mut line, Typed::Text(c.encode_utf8(&mut [0; 4]))),
            }
        }
        (line.text().to_owned(), line.cursor())
    }

    #[test]
    fn thousands_stand_apart_while_typing() {
        for (keys, text, cursor) in [
            ("1234567", "1.234.567", 9),
            ("1234567<", "123.456", 7),
            ("1234<", "123", 3),
            ("12345lll<", "1.345", 1),
            ("1234567h>", "234.567", 0),
            ("1234567hx", "x1.234.567", 1),
            ("1.250", "1.250", 5),
            ("1.2503", "12.503", 6),
            ("12.5", "12.5", 4),
            ("-5000", "-5000", 5),
            ("0123", "0123", 4),
            ("12a34", "12a34", 5),
            ("1 234", "1 234", 5),
            ("1234h>>>>", "", 0),
        ] {
            assert_eq!(typed(keys), (text.to_owned(), cursor), "{keys}");
        }
    }

    #[test]
    fn a_paste_is_taken_as_it_is_unless_it_is_digits() {
        let mut line = Line::default();
        edit(&mut line, Typed::Text("1200000"));
        assert_eq!(line.text(), "1.200.000");
        let mut line = Line::default();
        edit(&mut line, Typed::Text("1.5 tỷ"));
        assert_eq!(line.text(), "1.5 tỷ");
    }

    #[test]
    fn amounts_in_words() {
        let words = Catalogue::new(messages::Lang::Vi);
        let say = |dong| magnitude(&words, Lang::Vi, dong).unwrap_or_default();
        assert_eq!(say(1_200_000_000), "= 1,2 tỷ đồng");
        assert_eq!(say(1_234_567_890), "≈ 1,23 tỷ đồng");
        assert_eq!(say(1_030_000_000), "= 1,03 tỷ đồng");
        assert_eq!(say(80_000_000), "= 80 triệu đồng");
        assert_eq!(say(1_500_000_000_000), "= 1.500 tỷ đồng");
        assert_eq!(say(999_999), "");
        assert!(!say(i64::MAX).is_empty());
        assert_eq!(say(i64::MIN), "");
    }
}
