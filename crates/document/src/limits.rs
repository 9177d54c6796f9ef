//! Limits of a document, the unit last in the name, with the reason. The size of
//! a change and of an entry is `wire::limits`.

/// One key of the flat map. The longest of ours, `C1/<row>/found_critical`, is
/// some 30 bytes; the limit also stops a long key from being repeated by
/// run-length for nothing.
pub const KEY_MAX_BYTES: usize = 128;

/// One text value of the flat map: a name, a phone number, a result. What is
/// longer is a co-edited text.
pub const VALUE_MAX_BYTES: usize = 4 << 10;

/// One co-edited text when sealed. A page is some 3 kB; replacing the whole text
/// must fit into one change.
pub const LONG_TEXT_MAX_BYTES: usize = 64 << 10;

/// The part of a text that changed, old times new characters, up to which the
/// words in it that stay are looked for: about 0.1 s at worst.
pub const TEXT_DIFF_MAX_CELLS: usize = 4_000_000;

/// Operations in all changes of one entry. Replacing the longest text is two
/// operations a character; run-length coding can claim 20 million in 69 bytes,
/// and each costs some 400 bytes once applied.
pub const ENTRY_OPS_MAX_COUNT: usize = 1 << 17;

/// Operations in one document, in all: about 100 MB in memory at the limit. Forty
/// sittings on sixty fields and three texts come to a few thousand.
pub const DOCUMENT_OPS_MAX_COUNT: usize = 1 << 18;

/// Changes of one document that are looked at, in bytes: whoever may write one can sign
/// any number of large ones, and all of them would have to be read to judge them. The
/// sittings above come to some 300 kB.
pub const DOCUMENT_MAX_BYTES: usize = 32 << 20;

/// Largest counter of an operation: Automerge keeps counters in 32 bits, and panics
/// where it reads a larger one.
pub const COUNTER_MAX: u32 = u32::MAX;

/// Furthest a change's time may lie from 1970, in seconds (about 34,000 years):
/// Automerge stores differences of times and must not overflow.
pub const TIME_MAX_SECS: i64 = 1 << 40;
