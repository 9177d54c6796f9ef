use std::path::{Path, PathBuf};

use data_encoding::{BASE64, HEXLOWER};
use model::Aggregate;
use proptest::prelude::*;
use serde_json::Value;
use wire::{Digest, RollupInput};

use super::fixture::{id, staffed, unit};
use crate::merkle::{
    hash_leaf, inclusion, leaf_hash, leaves, proof, root, verify, verify_inclusion,
};
use crate::{Header, consolidate};

fn numbered(count: usize) -> Vec<Digest> {
    (0..count).map(|n| hash_leaf(&n.to_be_bytes())).collect()
}

/// The definition of RFC 6962 §2.1, word for word and slow.
fn root_by_definition(leaves: &[Digest]) -> Digest {
    if leaves.is_empty() {
        return Digest::of(&[b""]);
    }
    if leaves.len() == 1 {
        return leaves[0];
    }
    let mut k = 1;
    while k * 2 < leaves.len() {
        k *= 2;
    }
    let left = root_by_definition(&leaves[..k]);
    let right = root_by_definition(&leaves[k..]);
    Digest::of(&[&[1], &left.0, &right.0])
}

#[test]
fn the_known_tree_of_certificate_transparency() {
    let data = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ];
    let leaves: Vec<Digest> = data
        .iter()
        .map(|hex| hash_leaf(&HEXLOWER.decode(hex.as_bytes()).unwrap()))
        .collect();
    assert_eq!(
        root(&[]).to_string(),
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    );
    assert_eq!(
        root(&leaves).to_string(),
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    );
}

#[test]
fn every_leaf_of_every_small_tree_is_provable_and_nowhere_else() {
    for size in 1..=70 {
        let leaves = numbered(size);
        let root = root(&leaves);
        assert_eq!(root, root_by_definition(&leaves), "size {size}");
        for (index, leaf) in leaves.iter().enumerate() {
            let path = proof(&leaves, index).unwrap();
            for at in 0..size + 2 {
                assert_eq!(
                    verify(root, *leaf, at as u64, size as u64, &path),
                    at == index,
                    "leaf {index} of {size} at {at}"
                );
            }
            let mut longer = path.clone();
            longer.push(root);
            assert!(!verify(root, *leaf, index as u64, size as u64, &longer));
            for cut in 0..path.len() {
                let shorter = &path[..cut];
                assert!(!verify(root, *leaf, index as u64, size as u64, shorter));
                let mut bent = path.clone();
                bent[cut].0[31] ^= 1;
                assert!(!verify(root, *leaf, index as u64, size as u64, &bent));
            }
        }
        assert_eq!(proof(&leaves, size), None);
    }
    assert_eq!(proof(&[], 0), None);
}

#[test]
fn absurd_sizes_are_refused_without_work() {
    let leaf = hash_leaf(b"x");
    assert!(!verify(leaf, leaf, 0, 0, &[]));
    assert!(!verify(leaf, leaf, u64::MAX, u64::MAX, &[]));
    assert!(!verify(leaf, leaf, u64::MAX - 1, u64::MAX, &[leaf; 1000]));
    assert!(!verify(leaf, leaf, 0, u64::MAX, &[leaf; 1000]));
}

#[test]
fn a_leaf_never_passes_for_a_node() {
    let pair = numbered(2);
    let both = [&pair[0].0[..], &pair[1].0[..]].concat();
    assert_ne!(hash_leaf(&both), root(&pair));
}

#[test]
fn the_vectors_of_transparency_dev() {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/vectors/merkle/transparency-dev/testdata/inclusion"
    );
    let mut files = Vec::new();
    collect(Path::new(folder), &mut files);
    if files.is_empty() {
        println!("skipped: the Merkle vectors are not here");
        return;
    }
    let (mut good, mut bad) = (0, 0);
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let vector: Value = serde_json::from_str(&text).unwrap();
        let wanted = vector["wantErr"] == Value::Bool(false);
        assert_eq!(holds(&vector), wanted, "{}", file.display());
        if wanted {
            good += 1;
        } else {
            bad += 1;
        }
    }
    assert!(good >= 6 && bad >= 90, "{good} good, {bad} bad");
}

/// All files below a folder that may not exist.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()) {
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
}

/// A hash of another length than 32 bytes cannot even be written in our types.
fn holds(vector: &Value) -> bool {
    let hash = |value: &Value| {
        let bytes = BASE64.decode(value.as_str()?.as_bytes()).ok()?;
        Digest::from_slice(&bytes)
    };
    let no_path = Vec::new();
    let path = vector["proof"].as_array().unwrap_or(&no_path);
    let path: Option<Vec<Digest>> = path.iter().map(hash).collect();
    match (hash(&vector["root"]), hash(&vector["leafHash"]), path) {
        (Some(root), Some(leaf), Some(path)) => {
            let index = vector["leafIdx"].as_u64().unwrap();
            let size = vector["treeSize"].as_u64().unwrap();
            verify(root, leaf, index, size, &path)
        }
        _ => false,
    }
}

fn facilities(count: usize) -> Vec<RollupInput> {
    let inputs = (0..count).map(|n| staffed(&format!("byt.24.{n:05}"), n as i64));
    inputs.collect()
}

#[test]
fn a_facility_proves_that_it_went_in() {
    let inputs = facilities(11);
    let expected: Vec<_> = inputs.iter().map(|i| i.unit.clone()).collect();
    let received = super::fixture::received(&inputs);
    let content = consolidate(
        super::fixture::form(),
        Header::default(),
        &expected,
        &received,
        inputs.clone(),
        vec![],
    )
    .unwrap();
    let at = unit("byt.24.00010");
    let good = inclusion(id(1), &inputs, &at).unwrap().unwrap();
    assert_eq!((good.rollup, good.index, good.size), (id(1), 10, 11));
    assert!(verify_inclusion(&content, &good));

    let mut other_size = good.clone();
    other_size.size = 12;
    let mut other_index = good.clone();
    other_index.index = 9;
    let mut other_unit = good.clone();
    other_unit.input.unit = unit("byt.24.00009");
    let mut other_state = good.clone();
    let more = Aggregate::Sum { sum: 11 };
    other_state.input.state.insert("B3".into(), more);
    // The first leaf has the same path in a tree of 16: only the rollup says 11.
    let first = inclusion(id(1), &inputs, &unit("byt.24.00000")).unwrap();
    let mut same_path = first.unwrap();
    assert!(verify_inclusion(&content, &same_path));
    same_path.size = 16;
    let leaf = leaf_hash(&same_path.input).unwrap();
    assert!(verify(content.merkle_root, leaf, 0, 16, &same_path.path));
    for bad in [same_path, other_size, other_index, other_unit, other_state] {
        assert!(!verify_inclusion(&content, &bad));
    }
    assert_eq!(
        inclusion(id(1), &inputs, &unit("byt.24.00099")).unwrap(),
        None
    );
}

proptest! {
    #[test]
    fn changing_any_part_of_any_input_changes_the_root(
        count in 1_usize..20, which in any::<prop::sample::Index>(), part in 0..5,
    ) {
        let mut inputs = facilities(count);
        let before = root(&leaves(&inputs).unwrap());
        let input = &mut inputs[which.index(count)];
        match part {
            0 => input.submission.0[0] ^= 1,
            1 => input.receipt = None,
            2 => input.timeliness = Some(wire::Timeliness::Late),
            3 => input.unit = unit("byt.24.99999"),
            _ => {
                input.state.insert("B4".into(), Aggregate::Sum { sum: 1 });
            }
        }
        prop_assert_ne!(root(&leaves(&inputs).unwrap()), before);
    }

    #[test]
    fn dropping_adding_or_swapping_leaves_changes_the_root(count in 2_usize..40, at in 0_usize..39) {
        let all = numbered(count);
        let at = at % (count - 1);
        let before = root(&all);
        let mut fewer = all.clone();
        fewer.remove(at);
        let mut doubled = all.clone();
        doubled.push(all[count - 1]);
        let mut swapped = all.clone();
        swapped.swap(at, at + 1);
        for other in [fewer, doubled, swapped] {
            prop_assert_ne!(root(&other), before);
        }
    }
}
