//! Commands that must be refused and change nothing.

use serde_json::{Value, json};

use crate::{Node, PERIOD};

/// The exit code, the code of the error, the command.
pub type Case<'a> = (i32, &'a str, &'a [&'a str]);

/// What may not change: what the node holds and says, and every small file.
fn state(node: &Node) -> Value {
    let (status, report) = (node.run(&["status"]), node.run(&SHOW));
    let files: Vec<String> = ["", "persons", "root"]
        .iter()
        .flat_map(|dir| std::fs::read_dir(node.home().join(dir)))
        .flatten()
        .flatten()
        .filter(|file| !file.file_name().to_string_lossy().starts_with("quanho."))
        .map(|file| format!("{:?} {:?}", file.path(), std::fs::read(file.path()).ok()))
        .collect();
    json!([status.text(), report.text(), files])
}

const SHOW: [&str; 4] = ["report", "show", "--period", PERIOD];

/// Runs every case: each must fail as it says and change nothing.
///
/// # Panics
/// If any is otherwise; says all that was, at once.
#[track_caller]
pub fn refused(node: &Node, cases: &[Case<'_>]) {
    let before = state(node);
    let mut faults = Vec::new();
    for (exit, code, args) in cases {
        let output = node.run(args);
        match output.failure() {
            Ok(found) if found == *code && output.code == *exit => {}
            Ok(_) => faults.push(format!("should be {code}, exit {exit}: {output}")),
            Err(fault) => faults.push(format!("should be {code}, exit {exit}: {fault}")),
        }
        if state(node) != before {
            faults.push(format!("something changed: {output}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
