//! Two edits of one text: the base and the two, a zero byte between.

use document::merge_texts;

pub(super) fn run(input: &[u8]) {
    let Ok(typed) = std::str::from_utf8(input) else {
        return;
    };
    let mut parts = typed.splitn(3, '\0');
    let mut next = || parts.next().unwrap_or_default();
    let (base, mine, theirs) = (next(), next(), next());
    let both = merge_texts(base, mine, theirs).unwrap();
    // Which comes first depends on whose it is, what is there does not.
    let swapped = merge_texts(base, theirs, mine).unwrap();
    assert_eq!(letters(&swapped), letters(&both));
    assert_eq!(merge_texts(base, mine, mine).unwrap(), mine);
    assert_eq!(merge_texts(base, base, theirs).unwrap(), theirs);
}

fn letters(text: &str) -> Vec<char> {
    let mut letters: Vec<char> = text.chars().collect();
    letters.sort_unstable();
    letters
}
