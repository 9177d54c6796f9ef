//! Vector files. Long byte strings are written as runs of a repeated piece, so
//! that a file stays readable where an entry has a megabyte.

use std::path::PathBuf;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

/// Up to this many bytes are written out.
const PLAIN_MAX_BYTES: usize = 4096;

/// Bytes in a file: `"hex"` alone, or `"runs"`, a list of [hex, times].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Material {
    Hex(String),
    Runs(Vec<(String, usize)>),
}

impl Material {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        if bytes.len() <= PLAIN_MAX_BYTES {
            return Material::Hex(HEXLOWER.encode(bytes));
        }
        let (start, end) = longest_run(bytes);
        let runs = [
            (&bytes[..start], 1),
            (&bytes[start..=start], end - start),
            (&bytes[end..], 1),
        ];
        let runs = runs.map(|(piece, times)| (HEXLOWER.encode(piece), times));
        Material::Runs(runs.into())
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let decode = |hex: &str| HEXLOWER.decode(hex.as_bytes()).unwrap();
        match self {
            Material::Hex(hex) => decode(hex),
            Material::Runs(runs) => runs
                .iter()
                .flat_map(|(hex, times)| decode(hex).repeat(*times))
                .collect(),
        }
    }
}

fn longest_run(bytes: &[u8]) -> (usize, usize) {
    let mut best = (0, 1);
    let mut start = 0;
    for at in 1..=bytes.len() {
        if bytes.get(at) != Some(&bytes[start]) {
            if at - start > best.1 - best.0 {
                best = (start, at);
            }
            start = at;
        }
    }
    best
}

/// A folder of `proto/vectors`.
pub(crate) fn folder(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../proto/vectors")).join(name)
}

/// Compares a vector with its file, or writes it if `UPDATE_EXPECT` is set.
pub(crate) fn expect<T: Serialize>(folder_name: &str, name: &str, vector: &T) {
    let text = serde_json::to_string_pretty(vector).unwrap() + "\n";
    let path = folder(folder_name).join(format!("{name}.json"));
    expect_test::expect_file![path].assert_eq(&text);
}

/// The names of the files in a folder, ascending, without their ending.
pub(crate) fn names(folder_name: &str) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder(folder_name))
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .map(|name| name.strip_suffix(".json").unwrap().to_owned())
        .collect();
    names.sort();
    names
}

/// Material that nobody on this project wrote; `None`, with a line that says so,
/// where it is absent.
pub(crate) fn foreign(path: &str) -> Option<serde_json::Value> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors");
    match std::fs::read_to_string(PathBuf::from(root).join(path)) {
        Ok(text) => Some(serde_json::from_str(&text).unwrap()),
        Err(_) => {
            println!("skipped: no external vectors at {path}");
            None
        }
    }
}
