//! The inputs of a rollup, as a province gives them to whoever verifies it. The
//! first byte: against the rollup that the province signed, or against one that
//! comes with them.

use std::cell::RefCell;
use std::collections::BTreeMap;

use model::UnitPath;
use replica::QUARTERLY_FORM;
use rollup::{Header, Provinces, Received, merkle};
use wire::cbor::{from_slice, from_slice_exact, to_vec};
use wire::{Digest, EntryId, Inclusion, RollupContent, RollupInput};

use super::reader::Reader;
use super::world::{Node, QUARTER, so};

thread_local! {
    static NODE: RefCell<Option<Node>> = const { RefCell::new(None) };
}

pub(super) fn run(input: &[u8]) {
    let mut reader = Reader(input);
    match reader.byte() & 1 {
        0 => against_the_signed(reader.0),
        _ => against_any(reader.0),
    }
}

fn against_the_signed(blob: &[u8]) {
    let node = NODE.take().unwrap_or_else(so);
    let unit = node.replica.unit().clone();
    let given = BTreeMap::from([(unit.clone(), blob.to_vec())]);
    let check = |deep| {
        node.replica
            .verify_rollup(&unit, QUARTERLY_FORM, QUARTER, &given, deep)
    };
    let inputs = from_slice_exact::<Vec<RollupInput>>(blob);
    match (check(false), check(true)) {
        (Ok(plain), Ok(deep)) => {
            assert!(plain.signature && plain.chain);
            assert!(plain.ok || !deep.ok);
        }
        (Err(_), Err(_)) => assert!(inputs.is_err()),
        (plain, deep) => panic!("{plain:?} {deep:?}"),
    }
    if let Ok(inputs) = inputs {
        tree(&inputs);
        consolidated(inputs);
    }
    NODE.set(Some(node));
}

/// Every leaf has its proof, and no other leaf has it.
fn tree(inputs: &[RollupInput]) {
    let leaves = merkle::leaves(inputs).unwrap();
    let root = merkle::root(&leaves);
    let size = leaves.len() as u64;
    for (index, leaf) in leaves.iter().enumerate() {
        let path = merkle::proof(&leaves, index).unwrap();
        assert!(merkle::verify(root, *leaf, index as u64, size, &path));
        let other = Digest::of(&[&leaf.0]);
        assert!(!merkle::verify(root, other, index as u64, size, &path));
    }
    assert!(merkle::proof(&leaves, leaves.len()).is_none());
}

/// What can be consolidated is found to add up.
fn consolidated(inputs: Vec<RollupInput>) {
    let form = model::form::builtin(QUARTERLY_FORM).unwrap();
    let expected: Vec<UnitPath> = inputs.iter().map(|input| input.unit.clone()).collect();
    let received: BTreeMap<UnitPath, Received> = inputs
        .iter()
        .filter_map(|input| {
            let timeliness = input.timeliness?;
            Some((input.unit.clone(), Received { timeliness }))
        })
        .collect();
    let header = Header::default();
    let made = rollup::consolidate(
        form,
        header,
        &expected,
        &received,
        inputs.clone(),
        Vec::new(),
    );
    if let Ok(content) = made {
        let sorted = rollup::sorted(inputs).unwrap();
        let faults = rollup::check_arithmetic(&content, &sorted);
        assert!(faults.is_empty(), "{faults:?}");
    }
}

fn against_any(bytes: &[u8]) {
    let Ok((content, inputs)) = from_slice::<(RollupContent, Vec<RollupInput>)>(bytes) else {
        return;
    };
    for fault in rollup::check_arithmetic(&content, &inputs) {
        assert!(!fault.to_string().is_empty());
    }
    let form = model::form::builtin(QUARTERLY_FORM).unwrap();
    let unit = UnitPath::parse("byt.24").unwrap();
    let id = EntryId([1; 32]);
    let expected = [unit.clone()];
    let ordinal = content.ordinal;
    let _ = rollup::check_alone(form, ordinal, &expected, &unit, (id, &content));
    let provinces = Provinces::from([(unit, (id, content.clone()))]);
    rollup::check_nation(&content, &provinces, &inputs);
    for input in inputs {
        let proof = Inclusion {
            rollup: id,
            index: content.expected,
            size: content.inputs,
            path: vec![content.merkle_root; (content.late % 70) as usize],
            input,
        };
        merkle::verify_inclusion(&content, &proof);
        to_vec(&proof).unwrap();
    }
}
