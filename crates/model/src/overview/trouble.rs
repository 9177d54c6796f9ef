//! What is wrong, for a page to say in its user's language.

/// One thing that somebody should know of. Names and reasons are left to `status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// So many entries were refused as they arrived.
    Refused(usize),
    /// So many changes of reports were set aside: they break the form or the document.
    SetAside(usize),
    /// So many edits can be signed by nobody any more.
    Stranded(usize),
    /// So many receipts are out of line.
    OutOfLine(usize),
    /// Two rollups stand side by side, and neither replaces the other.
    RollupFork,
    /// Reports contradict one another so that nothing can be consolidated.
    Contradiction,
}
