//! Finding bytes in bytes, quickly also where nothing is optimised.

/// The places at which `needle` begins (Horspool 1980).
pub(super) fn places(hay: &[u8], needle: &[u8]) -> Vec<usize> {
    let mut found = Vec::new();
    let Some(last) = needle.len().checked_sub(1) else {
        return found;
    };
    let mut skip = [needle.len(); 256];
    for (at, byte) in needle[..last].iter().enumerate() {
        skip[usize::from(*byte)] = last - at;
    }
    let mut at = 0;
    while at + needle.len() <= hay.len() {
        if hay[at + last] == needle[last] && hay[at..].starts_with(needle) {
            found.push(at);
        }
        at += skip[usize::from(hay[at + last])];
    }
    found
}
