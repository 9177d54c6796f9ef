//! The switches themselves: each is somewhere, none is unknown, and a binary that
//! has them shows it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use model::sabotage::Bug;

/// Every `.rs` file below a folder.
fn sources(folder: &Path, into: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            sources(&path, into)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
    Ok(())
}

/// What is named in `sabotaged!(…)` in a source.
fn switched(source: &str) -> Vec<String> {
    let uses = source.split("sabotaged!(").skip(1);
    let code = uses.filter_map(|after| after.split_once(')'));
    code.map(|(name, _)| name.trim().to_owned()).collect()
}

#[test]
fn each_switch_is_a_bug_and_each_bug_has_a_switch() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let mut files = Vec::new();
    sources(&crates, &mut files).unwrap();
    assert!(files.len() > 100, "only {} sources found", files.len());
    // Where they are told about, and not used.
    let told = ["model/src/sabotage.rs", "model/src/lib.rs"].map(|file| crates.join(file));
    files.retain(|file| !told.contains(file));
    let mut used = BTreeSet::new();
    for file in files {
        used.extend(switched(&std::fs::read_to_string(file).unwrap()));
    }
    let bugs: BTreeSet<String> = Bug::ALL.iter().map(|bug| bug.name().to_owned()).collect();
    assert_eq!(bugs.len(), Bug::ALL.len());
    assert_eq!(used, bugs);
}

#[test]
fn a_switch_is_found() {
    let source = "if a || model::sabotaged!(One) { b(sabotaged!( Two )) }";
    assert_eq!(switched(source), ["One", "Two"]);
    assert!(switched("// sabotage").is_empty());
}

/// CI looks for the same text in a release binary, where it must not be.
#[test]
fn a_binary_with_switches_shows_it() {
    let binary = std::fs::read(std::env::current_exe().unwrap()).unwrap();
    for bug in Bug::ALL {
        let mark = format!("{}:{}", "sabotage", bug.name());
        let found = binary
            .windows(mark.len())
            .any(|window| window == mark.as_bytes());
        assert!(found, "{mark}");
    }
}
