//! A passphrase as it is typed.

use std::fmt;

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// A passphrase as typed: wiped when dropped, never printed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Passphrase(Zeroizing<String>);

/// Longest passphrase, in bytes: more than anyone types, and room enough that
/// the buffer never moves and leaves a copy behind.
const PASSPHRASE_BYTES: usize = 512;

impl Passphrase {
    pub(crate) fn new() -> Self {
        Passphrase(Zeroizing::new(String::with_capacity(PASSPHRASE_BYTES)))
    }

    pub(crate) fn push(&mut self, c: char) {
        if !c.is_control() && self.0.len() + c.len_utf8() <= PASSPHRASE_BYTES {
            self.0.push(c);
        }
    }

    pub(crate) fn pop(&mut self) {
        self.0.pop();
    }

    pub(crate) fn clear(&mut self) {
        // Not `clear()`, which would leave the bytes where they are.
        *self = Passphrase::new();
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn chars(&self) -> usize {
        self.0.chars().count()
    }

    /// Takes what was typed, in NFC: the same passphrase whatever the input
    /// method, and leaves this one empty.
    pub(crate) fn take(&mut self) -> Passphrase {
        let typed = std::mem::replace(self, Passphrase::new());
        let mut normal = Passphrase::new();
        normal.0.extend(typed.0.nfc());
        normal
    }

    /// The text, in NFC.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Passphrase {
    fn from(text: &str) -> Self {
        let mut passphrase = Passphrase::new();
        text.chars().for_each(|c| passphrase.push(c));
        passphrase
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(…)")
    }
}
