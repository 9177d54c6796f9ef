//! A test that cannot fail says nothing. Here the node is broken on purpose, one
//! bug at a time, and each bug must be caught: `table.rs` says which by what.
//!
//! The switches are in `model::sabotage`. No release build has them: there is nothing
//! to test in one.
#![cfg(debug_assertions)]

#[cfg(test)]
mod arriving;
#[cfg(test)]
mod bytes;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod effect;
#[cfg(test)]
mod receipts;
#[cfg(test)]
mod rights;
#[cfg(test)]
mod rollups;
#[cfg(test)]
mod run;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod simulated;
#[cfg(test)]
mod stores;
#[cfg(test)]
mod switches;
#[cfg(test)]
mod table;
#[cfg(test)]
mod tree;
