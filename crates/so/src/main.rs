//! The provincial department's node: enrols, reviews, consolidates.

use std::process::ExitCode;

fn main() -> ExitCode {
    node::main(node::Level::Province)
}
