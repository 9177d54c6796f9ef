//! Behaviour, at the boundary of the crate.

mod chain;
mod consolidate;
mod fixture;
mod merge;
mod merkle;
mod nation;
mod parts;
mod state;
mod verify;
