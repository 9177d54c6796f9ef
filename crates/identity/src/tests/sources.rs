//! Looks through the sources of all crates for what only one of them may do.

use std::path::{Path, PathBuf};

fn sources(of: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(of) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The files of all crates but `allowed` whose text has `needle`.
fn users_of(needle: &str, allowed: &[&str]) -> (usize, Vec<PathBuf>) {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut looked_at = 0;
    let mut users = Vec::new();
    for entry in std::fs::read_dir(&crates).unwrap().flatten() {
        if allowed.iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        let mut files = Vec::new();
        sources(&entry.path().join("src"), &mut files);
        looked_at += files.len();
        users.extend(
            files.into_iter().filter(|file| {
                std::fs::read_to_string(file).is_ok_and(|text| text.contains(needle))
            }),
        );
    }
    (looked_at, users)
}

#[test]
fn only_the_store_takes_entries_as_verified() {
    let (looked_at, users) = users_of("from_own_store(", &["store", "identity"]);
    assert!(looked_at > 10, "{looked_at} files");
    assert!(users.is_empty(), "{users:?}");
}

#[test]
fn nobody_else_signs_or_verifies() {
    let (_, users) = users_of("ed25519_dalek::", &["identity", "wire"]);
    assert!(users.is_empty(), "{users:?}");
}
