//! The pages of a desk say the same as the commands, only all at once.

mod board;
mod campaigns;
mod home;
mod register;
mod review;
mod rollup;

/// A query that nobody interrupts.
fn patient(_: usize, _: usize) -> bool {
    true
}
