//! The Merkle tree of RFC 6962 §2.1 (RFC 9162 §2.1) over a rollup's inputs.
//!
//! A rollup signs one root; a unit that holds its own input and some ten
//! digests can prove that it went in, and with what numbers. Leaves and inner
//! nodes are hashed under different prefixes (0x00, 0x01), so neither can pass
//! for the other.
//!
//! The root does not bind the number of leaves: whoever verifies takes the size
//! from the signed rollup, as [`verify_inclusion`] does.
//!
//! There are no consistency proofs: a corrected rollup is a new tree.

use model::UnitPath;
use wire::cbor::{self, CborError};
use wire::{Digest, EntryId, Inclusion, RollupContent, RollupInput};

const LEAF_PREFIX: &[u8] = &[0];
const NODE_PREFIX: &[u8] = &[1];

/// The hash of one leaf: SHA-256 of 0x00 and the input's canonical CBOR.
///
/// # Errors
/// If the input cannot be encoded.
pub fn leaf_hash(input: &RollupInput) -> Result<Digest, CborError> {
    Ok(hash_leaf(&cbor::to_vec(input)?))
}

/// The hash of one leaf whose bytes are given.
pub fn hash_leaf(bytes: &[u8]) -> Digest {
    Digest::of(&[LEAF_PREFIX, bytes])
}

/// The hashes of all leaves, in the order given: a rollup's order is by unit.
///
/// # Errors
/// If an input cannot be encoded.
pub fn leaves(inputs: &[RollupInput]) -> Result<Vec<Digest>, CborError> {
    inputs.iter().map(leaf_hash).collect()
}

/// The root over leaf hashes; of no leaves it is the SHA-256 of nothing.
pub fn root(leaves: &[Digest]) -> Digest {
    match leaves {
        [] => Digest::of(&[]),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            node(root(left), root(right))
        }
    }
}

/// The audit path of a leaf, from the leaf up; `None` if there is no such leaf.
pub fn proof(leaves: &[Digest], index: usize) -> Option<Vec<Digest>> {
    if index >= leaves.len() {
        return None;
    }
    let mut path = Vec::new();
    let (mut part, mut at) = (leaves, index);
    while part.len() > 1 {
        let (left, right) = part.split_at(split(part.len()));
        let sibling = if at < left.len() {
            part = left;
            right
        } else {
            at -= left.len();
            part = right;
            left
        };
        path.push(root(sibling));
    }
    path.reverse();
    Some(path)
}

/// Whether the leaf stands at `index` of a tree of `size` leaves with this root
/// (RFC 9162 §2.1.3.2). Takes any input without harm: the work is bounded by
/// the depth of the tree.
pub fn verify(root: Digest, leaf: Digest, index: u64, size: u64, path: &[Digest]) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last) = (index, size - 1);
    let mut hash = leaf;
    for sibling in path {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            hash = node(*sibling, hash);
            // A node without a right sibling moves up unchanged, for as many
            // levels as it is the last and even.
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = node(hash, *sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && hash == root
}

/// The proof that a unit's input went into a rollup; `None` if it did not.
/// `inputs` are the rollup's, sorted by unit.
///
/// # Errors
/// If an input cannot be encoded.
pub fn inclusion(
    rollup: EntryId,
    inputs: &[RollupInput],
    unit: &UnitPath,
) -> Result<Option<Inclusion>, CborError> {
    let Ok(index) = inputs.binary_search_by(|input| input.unit.cmp(unit)) else {
        return Ok(None);
    };
    let path = proof(&leaves(inputs)?, index);
    Ok(path.map(|path| Inclusion {
        rollup,
        index: index as u64,
        size: inputs.len() as u64,
        path,
        input: inputs[index].clone(),
    }))
}

/// Whether an inclusion proof holds against the signed rollup that it names.
/// The caller has looked that rollup up by `proof.rollup`, and compares
/// `proof.input` with what it knows of the unit.
pub fn verify_inclusion(content: &RollupContent, proof: &Inclusion) -> bool {
    proof.size == content.inputs
        && leaf_hash(&proof.input).is_ok_and(|leaf| {
            verify(
                content.merkle_root,
                leaf,
                proof.index,
                proof.size,
                &proof.path,
            )
        })
}

/// The largest power of two smaller than `len`, which is at least 2.
fn split(len: usize) -> usize {
    1 << (len - 1).ilog2()
}

fn node(left: Digest, right: Digest) -> Digest {
    Digest::of(&[NODE_PREFIX, &left.0, &right.0])
}
