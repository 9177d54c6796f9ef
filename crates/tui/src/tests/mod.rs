//! What holds for all screens.

mod acts;
mod campaigns;
mod catalogue;
pub(crate) mod keys;
mod nation;
mod pages;
mod random;
mod reach;
mod register;
mod sample;
