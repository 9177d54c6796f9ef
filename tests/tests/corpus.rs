//! Every input that the fuzz targets keep, through the same bodies.

#[cfg(test)]
#[path = "../fuzz/src/targets/mod.rs"]
mod targets;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What a target may keep.
const FILES_MAX_COUNT: usize = 60;
const CORPUS_MAX_BYTES: usize = 300 << 10;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

/// Names in a folder, without their endings.
fn names(folder: &Path) -> std::io::Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for file in fs::read_dir(folder)? {
        let path = file?.path();
        names.extend(path.file_stem().map(|s| s.to_string_lossy().into_owned()));
    }
    Ok(names)
}

#[test]
fn every_target_has_a_body_a_binary_and_a_corpus() {
    let bodies: BTreeSet<String> = targets::ALL.map(|(name, _)| name.to_owned()).into();
    assert_eq!(names(&folder().join("fuzz_targets")).unwrap(), bodies);
    assert_eq!(names(&folder().join("corpus")).unwrap(), bodies);
    let manifest = fs::read_to_string(folder().join("Cargo.toml")).unwrap();
    for name in bodies {
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
    }
}

#[test]
fn every_kept_input_passes() {
    for (name, body) in targets::ALL {
        let mut kept: Vec<PathBuf> = fs::read_dir(folder().join("corpus").join(name))
            .unwrap()
            .map(|file| file.unwrap().path())
            .collect();
        kept.sort();
        let inputs: Vec<Vec<u8>> = kept.iter().map(|path| fs::read(path).unwrap()).collect();
        let size: usize = inputs.iter().map(Vec::len).sum();
        println!("{name}: {} inputs, {size} bytes", kept.len());
        assert!((1..=FILES_MAX_COUNT).contains(&kept.len()), "{name}");
        assert!(size <= CORPUS_MAX_BYTES, "{name}");
        for (path, input) in kept.iter().zip(inputs) {
            println!("{}", path.display());
            body(&input);
        }
    }
}
