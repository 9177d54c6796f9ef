//! The facility's node: fills, checks and submits reports.

use std::process::ExitCode;

fn main() -> ExitCode {
    node::main(node::Level::Facility)
}
