//! The whole quarter of one province.

fn main() {}
