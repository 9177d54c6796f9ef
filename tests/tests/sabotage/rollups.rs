//! Totals that follow from the reports, and a Sở that lies with its real keys.

use std::collections::BTreeMap;

use model::{Aggregate, Aggregates};
use replica::{Error, QUARTERLY_FORM, RollupCheck};
use sync::Ask;
use testkit::at;
use wire::{Content, EntryId, Kind, RollupContent, RollupInput, Stream};

use crate::run::{Seen, ensure};
use crate::tree::{LATE, Machine, Tree, body, facility, quarter, sync, talk, unit};

/// One report is in time, one late, one returned, one is not there.
pub(crate) fn late_returned_and_missing() -> Seen {
    let mut tree = Tree::new(4);
    tree.accepted(0, &[]);
    let (so, returned) = tree.pair(1);
    returned.report();
    sync(returned, so);
    so.return_report(&returned.key());
    tree.so.now = at(LATE);
    tree.accepted(2, &[]);
    let view = tree.so.sign_rollup();
    let counts = (view.expected, view.on_time, view.late);
    ensure!(counts == (4, 2, 1), "expected, on time, late: {counts:?}");
    ensure!(view.missing == [facility(3)], "missing: {:?}", view.missing);
    ensure!(view.inputs == 2, "{} reports went in", view.inputs);
    Ok(())
}

/// Two facilities with different answers.
pub(crate) fn totals_are_what_one_adds_up_by_hand() -> Seen {
    let mut tree = Tree::new(2);
    tree.accepted(0, &[]);
    let others = [
        ("B3", "200"),
        ("D1", "false"),
        ("G1", "3000000000"),
        ("G2", "10000000"),
    ];
    tree.accepted(1, &others);
    let sums = tree.so.sign_rollup().aggregates;
    let by_hand = [
        ("B3", Aggregate::Sum { sum: 320 }),
        ("D1", Aggregate::Share { yes: 1, of: 2 }),
        (
            "G3",
            Aggregate::Ratio {
                num: 100_000_000,
                den: 4_000_000_000,
            },
        ),
    ];
    for (code, sum) in by_hand {
        let said = sums.get(code);
        ensure!(said == Some(&sum), "{code}: {said:?}, and by hand {sum:?}");
    }
    Ok(())
}

/// An honest rollup of two facilities, at the Bộ, which has asked for its inputs
/// and for the reports themselves.
struct Signed {
    tree: Tree,
    id: EntryId,
    honest: RollupContent,
    inputs: Vec<RollupInput>,
}

impl Signed {
    fn new() -> Self {
        let mut tree = Tree::new(2);
        tree.accepted(0, &[]);
        tree.accepted(1, &[("B3", "200"), ("B4", "190")]);
        tree.so.now.0 += 1_000;
        let id = tree.so.sign_rollup().id;
        let (so, bo) = (&mut tree.so, &mut tree.bo);
        sync(so, bo);
        let mut asks = vec![Ask::Inputs { rollup: id }];
        asks.extend([0, 1].map(|index| Ask::Report {
            unit: facility(index),
            period: quarter(),
        }));
        let outcome = talk(bo, so, asks).unwrap();
        let inputs = wire::cbor::from_slice(&outcome.answers[0].1).unwrap();
        let entry = bo.replica.store().get(&id).unwrap().unwrap();
        let Content::Rollup(content) = &entry.body().content else {
            unreachable!("a rollup is a rollup");
        };
        let honest = (**content).clone();
        Signed {
            tree,
            id,
            honest,
            inputs,
        }
    }

    /// What the Bộ finds, given these inputs.
    fn check(&self, inputs: &[RollupInput], deep: bool) -> RollupCheck {
        let blob = wire::cbor::to_vec(inputs).unwrap();
        let given = BTreeMap::from([(unit("byt.24"), blob)]);
        let bo = &self.tree.bo.replica;
        let check = bo.verify_rollup(&unit("byt.24"), QUARTERLY_FORM, quarter(), &given, deep);
        check.unwrap()
    }

    /// The Sở signs another one in its place, with a root and totals that fit.
    fn sign(&mut self, mut content: RollupContent, inputs: &[RollupInput]) -> EntryId {
        content.replaces = vec![self.id];
        content.inputs = inputs.len() as u64;
        let leaves = rollup::merkle::leaves(inputs).unwrap();
        content.merkle_root = rollup::merkle::root(&leaves);
        content.aggregates = sums(inputs);
        self.deliver(content)
    }

    fn deliver(&mut self, content: RollupContent) -> EntryId {
        let content = Content::Rollup(Box::new(content));
        let mut body = body(&unit("byt.24"), Stream::Rollup, None, content);
        body.time = self.tree.so.now;
        let entry = self.tree.so.person.sign(body).unwrap();
        let Tree { bo, so, .. } = &mut self.tree;
        bo.receive(so, vec![entry.clone()]);
        assert!(bo.holds(&entry.id()), "signed with its real key");
        entry.id()
    }
}

fn sums(inputs: &[RollupInput]) -> Aggregates {
    let form = model::form::builtin(QUARTERLY_FORM).unwrap();
    let mut sums = rollup::empty(form);
    for input in inputs {
        rollup::merge(&mut sums, &input.state).unwrap();
    }
    sums
}

/// Codes that deep verification found to differ at a unit.
fn found(check: &RollupCheck, at: &str) -> Vec<String> {
    let deep = check.deep.as_ref().expect("a deep check");
    let here = deep.mismatches.iter().filter(|one| one.unit == unit(at));
    here.map(|mismatch| mismatch.code.clone()).collect()
}

/// The Sở shows inputs in which two facilities have changed places.
pub(crate) fn inputs_that_give_the_same_sums() -> Seen {
    let signed = Signed::new();
    let honest = signed.check(&signed.inputs, false);
    ensure!(honest.ok, "the honest one: {:?}", honest.faults);
    let mut swapped = signed.inputs.clone();
    let (one, other) = swapped.split_at_mut(1);
    let (one, other) = (&mut one[0].state, &mut other[0].state);
    for code in ["B3", "B4"] {
        let (a, b) = (one[code].clone(), other[code].clone());
        one.insert(code.to_owned(), b);
        other.insert(code.to_owned(), a);
    }
    ensure!(swapped != signed.inputs, "nothing was changed");
    let check = signed.check(&swapped, false);
    ensure!(!check.ok, "numbers were moved from unit to unit, unseen");
    Ok(())
}

pub(crate) fn a_number_that_was_altered() -> Seen {
    let mut signed = Signed::new();
    let honest = signed.check(&signed.inputs, true);
    ensure!(honest.ok, "the honest one: {honest:?}");
    let mut inputs = signed.inputs.clone();
    let lie = Aggregate::Sum { sum: 9_000 };
    inputs[0].state.insert("B3".to_owned(), lie);
    let content = signed.honest.clone();
    signed.sign(content, &inputs);
    let check = signed.check(&inputs, true);
    ensure!(check.arithmetic, "the sums fit: {:?}", check.faults);
    let found = found(&check, "byt.24.07000");
    ensure!(!check.ok && found == ["B3"], "found: {found:?}");
    Ok(())
}

pub(crate) fn a_facility_that_was_hidden() -> Seen {
    let mut signed = Signed::new();
    let mut content = signed.honest.clone();
    content.expected = 1;
    content.on_time = 1;
    let inputs = signed.inputs[1..].to_vec();
    signed.sign(content, &inputs);
    let check = signed.check(&inputs, true);
    ensure!(check.arithmetic, "the sums fit: {:?}", check.faults);
    let found = found(&check, "byt.24.07000");
    ensure!(!check.ok && found == ["expected"], "found: {found:?}");
    Ok(())
}

/// "In time" rests on the neighbour's receipt.
pub(crate) fn a_neighbours_receipt() -> Seen {
    let mut signed = Signed::new();
    let mut inputs = signed.inputs.clone();
    inputs[0].receipt = inputs[1].receipt;
    let content = signed.honest.clone();
    signed.sign(content, &inputs);
    let check = signed.check(&inputs, true);
    ensure!(check.arithmetic, "the sums fit: {:?}", check.faults);
    let found = found(&check, "byt.24.07000");
    ensure!(!check.ok && found == ["receipt"], "found: {found:?}");
    Ok(())
}

/// The Sở gives a facility a proof for a number that did not go in.
pub(crate) fn a_proof_of_another_number() -> Seen {
    let mut signed = Signed::new();
    let (so, facility) = signed.tree.pair(0);
    sync(facility, so);
    let verified = |facility: &Machine| {
        let proof = facility.show(&facility.key()).inclusion;
        proof.map(|proof| proof.verified)
    };
    ensure!(verified(facility) == Some(true), "the honest proof fails");
    let proofs = facility.of_kind(Kind::Receipt).into_iter().filter(|entry| {
        matches!(&entry.body().content, Content::Receipt(receipt) if !receipt.inclusions.is_empty())
    });
    let mut body = proofs.last().expect("a proof").body().clone();
    body.time.0 += 1_000;
    if let Content::Receipt(receipt) = &mut body.content {
        let lie = Aggregate::Sum { sum: 9_000 };
        let state = &mut receipt.inclusions[0].input.state;
        state.insert("B3".to_owned(), lie);
    }
    facility.keep(so.node.sign(body).unwrap());
    ensure!(
        verified(facility) == Some(false),
        "a false proof is believed"
    );
    Ok(())
}

/// Two machines of the Sở signed without having met. The Bộ shows both.
pub(crate) fn two_rollups_side_by_side() -> Seen {
    let mut signed = Signed::new();
    let mut beside = signed.honest.clone();
    beside.due = None;
    let other = signed.deliver(beside);
    let mut sides = [signed.id, other];
    sides.sort_unstable();
    let bo = &mut signed.tree.bo;
    let shown = bo
        .replica
        .show_rollup(&unit("byt.24"), QUARTERLY_FORM, quarter());
    let both = matches!(&shown, Err(Error::RollupFork(a, b)) if [*a, *b] == sides);
    ensure!(both, "shown is {:?}", shown.map(|view| view.id));
    let nation = bo.sign_rollup();
    let left_out: Vec<&str> = nation.left_out.iter().map(|p| p.unit.as_str()).collect();
    ensure!(left_out == ["byt.24"], "the nation leaves out {left_out:?}");
    Ok(())
}
