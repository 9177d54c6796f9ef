//! What holds for all screens.

mod acts;
mod campaigns;
mod catalogue;
mod pages;
mod random;
mod reach;
mod register;
mod sample;
