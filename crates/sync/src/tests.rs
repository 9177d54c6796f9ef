//! Two sessions over in-memory holdings.

mod drill;
mod hostile;
mod large;
mod memory;
mod opening;
mod repair;
mod talk;
