//! What holds for all screens.

mod catalogue;
mod pages;
mod sample;
