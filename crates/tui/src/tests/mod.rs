//! What holds for all screens.

mod acts;
mod catalogue;
mod nation;
mod pages;
mod random;
mod reach;
mod register;
mod sample;
