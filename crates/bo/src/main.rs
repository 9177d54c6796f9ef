//! The ministry's node: publishes forms, pulls rollups, verifies the nation.

use std::process::ExitCode;

fn main() -> ExitCode {
    node::main(node::Level::Ministry)
}
