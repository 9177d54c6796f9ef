//! What the store promises, at its own boundary.

mod aside;
mod drafts;
mod failures;
#[expect(
    clippy::disallowed_methods,
    reason = "files of other programs, and threads for processes"
)]
mod file;
mod projections;
mod ranges;
mod receipts;
mod world;
