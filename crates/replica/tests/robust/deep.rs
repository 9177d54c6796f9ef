//! A Sở with its real keys that lies in its rollup: `verify --deep` at the Bộ
//! finds it, unit by unit.

use std::collections::BTreeMap;

use model::{Aggregate, Timestamp};
use replica::{QUARTERLY_FORM, RollupCheck};
use store::Store;
use sync::Ask;
use testkit::at;
use wire::{
    Content, Entry, EntryId, Flag, FlagReason, Kind, ReceiptContent, RollupContent, RollupInput,
    Stream, Timeliness,
};

use crate::tree::{NOW, Tree, ask, body, facility, quarter, settle, sign, sync, unit};

/// Three facilities: two accepted in time, the third one's comes late and is
/// accepted too; and a fourth that reports nothing. The honest rollup is signed.
pub(crate) struct Scene {
    pub(crate) tree: Tree,
    pub(crate) honest: RollupContent,
    pub(crate) inputs: Vec<RollupInput>,
    pub(crate) id: EntryId,
}

const LATE: &str = "2026-06-21T09:00:00+07:00";

impl Scene {
    pub(crate) fn new() -> Self {
        let mut tree = Tree::new(4);
        for index in 0..3 {
            if index == 2 {
                tree.so.now = at(LATE);
                tree.facilities[2].now = at(LATE);
            }
            tree.facilities[index].report();
            let (so, facility) = tree.pair(index);
            settle(facility, so);
            so.accept(&facility.unit());
        }
        tree.so.now.0 += 1_000;
        let view = tree.so.sign_rollup();
        assert_eq!((view.on_time, view.late, view.inputs), (2, 1, 3));
        Scene::drill(tree, view.id)
    }

    /// The Bộ asks for everything behind a rollup.
    fn drill(mut tree: Tree, rollup: EntryId) -> Self {
        let (so, bo) = (&mut tree.so, &mut tree.bo);
        settle(so, bo);
        let mut asks = vec![Ask::Inputs { rollup }];
        let (_, _, drilled) = bo.replica.units_to_drill(&rollup).unwrap();
        assert_eq!(drilled.len(), tree.facilities.len());
        asks.extend(drilled.into_iter().map(|unit| Ask::Report {
            unit,
            period: quarter(),
        }));
        let outcome = ask(bo, so, asks);
        let inputs = wire::cbor::from_slice(&outcome.answers[0].1).unwrap();
        let entry = bo.replica.store().get(&rollup).unwrap().unwrap();
        let Content::Rollup(honest) = &entry.body().content else {
            panic!()
        };
        Scene {
            honest: (**honest).clone(),
            inputs,
            id: rollup,
            tree,
        }
    }

    /// What the Bộ finds, given these inputs.
    fn check(&self, inputs: &[RollupInput]) -> RollupCheck {
        let blob = wire::cbor::to_vec(&inputs.to_vec()).unwrap();
        let inputs = BTreeMap::from([(unit("byt.24"), blob)]);
        self.tree
            .bo
            .replica
            .verify_rollup(&unit("byt.24"), QUARTERLY_FORM, quarter(), &inputs, true)
            .unwrap()
    }

    /// The Sở signs another rollup, with its real key and sums that fit.
    fn lie(
        &mut self,
        spoil: impl FnOnce(&mut RollupContent, &mut Vec<RollupInput>),
    ) -> RollupCheck {
        self.lie_at(self.tree.so.now, spoil)
    }

    /// The same, and it says that it was signed at that time.
    fn lie_at(
        &mut self,
        time: Timestamp,
        spoil: impl FnOnce(&mut RollupContent, &mut Vec<RollupInput>),
    ) -> RollupCheck {
        let (mut content, mut inputs) = (self.honest.clone(), self.inputs.clone());
        spoil(&mut content, &mut inputs);
        inputs.sort_by(|a, b| a.unit.cmp(&b.unit));
        content.replaces = vec![self.id];
        content.inputs = inputs.len() as u64;
        let leaves = rollup::merkle::leaves(&inputs).unwrap();
        content.merkle_root = rollup::merkle::root(&leaves);
        let form = model::form::builtin(QUARTERLY_FORM).unwrap();
        let mut sums = rollup::empty(form);
        for input in &inputs {
            rollup::merge(&mut sums, &input.state).unwrap();
        }
        content.aggregates = sums;
        let mut body = body(
            &unit("byt.24"),
            Stream::Rollup,
            None,
            Content::Rollup(Box::new(content)),
        );
        body.time = time;
        let entry = sign(&self.tree.so.person, body);
        self.deliver(vec![entry]);
        self.check(&inputs)
    }

    pub(crate) fn deliver(&mut self, entries: Vec<Entry>) {
        let count = entries.len();
        let intake = self.tree.bo.receive(&self.tree.so, entries);
        assert_eq!(intake.new.len(), count, "{intake:?}");
    }

    /// Signs a receipt of the Sở's node for the third facility's submission, and
    /// names it in the rollup: it would be on time.
    fn date_back(&mut self, seq: u64, prev: Option<EntryId>, time: Timestamp) -> RollupCheck {
        let of_third = self.inputs[2].submission;
        let content = Content::Receipt(ReceiptContent {
            seq,
            prev,
            covers: vec![of_third],
            received: vec![of_third],
            incomplete: Vec::new(),
            inclusions: Vec::new(),
        });
        let mut body = body(&facility(2), Stream::Report, None, content);
        body.time = time;
        let receipt = sign(&self.tree.so.node, body);
        self.deliver(vec![receipt.clone()]);
        self.lie(|content, inputs| {
            inputs[2].receipt = Some(receipt.id());
            inputs[2].timeliness = Some(Timeliness::OnTime);
            content.on_time = 3;
            content.late = 0;
        })
    }
}

/// Units and codes that differ.
fn found(check: &RollupCheck) -> Vec<(String, String)> {
    assert!(check.signature && check.chain, "signed with the real key");
    let deep = check.deep.as_ref().expect("a deep check");
    let named = deep.mismatches.iter();
    named
        .map(|mismatch| (mismatch.unit.to_string(), mismatch.code.clone()))
        .collect()
}

fn at_unit(index: usize, code: &str) -> (String, String) {
    (facility(index).to_string(), code.to_owned())
}

#[test]
fn the_honest_one_is_verified_from_source() {
    let scene = Scene::new();
    let check = scene.check(&scene.inputs);
    assert!(check.ok, "{check:?}");
    assert_eq!(check.deep.unwrap().checked, 3);
    scene.tree.bo.verify();
}

/// Found by the simulator (seed 984): a stick brings a report to the Bộ in time, and the
/// Sở, which hears of neither, gets it late.
#[test]
fn what_the_ministry_received_by_itself_accuses_nobody() {
    let mut tree = Tree::new(1);
    tree.facilities[0].report();
    let entries = tree.facilities[0].entries();
    tree.bo.receive(&tree.facilities[0], entries);
    (tree.so.now, tree.facilities[0].now) = (at(LATE), at(LATE));
    let (so, facility) = tree.pair(0);
    settle(facility, so);
    so.accept(&facility.unit());
    let view = so.sign_rollup();
    assert_eq!((view.on_time, view.late), (0, 1));

    let scene = Scene::drill(tree, view.id);
    let seen = scene.tree.bo.replica.show(&scene.tree.facilities[0].key());
    assert_eq!(seen.unwrap().on_time, Some(true));
    let check = scene.check(&scene.inputs);
    assert!(check.ok, "{check:?}");
}

#[test]
fn inputs_have_one_spelling() {
    let scene = Scene::new();
    let mut inputs = scene.inputs.clone();
    inputs[0].receipt = None;
    let exact = wire::cbor::to_vec(&inputs).unwrap();
    let mut items: Vec<BTreeMap<String, wire::cbor::Value>> =
        wire::cbor::from_slice(&exact).unwrap();
    items[0].insert("receipt".to_owned(), wire::cbor::Value::Null);
    let second = wire::cbor::to_vec(&items).unwrap();
    let read: Vec<RollupInput> = wire::cbor::from_slice(&second).unwrap();
    assert!(read == inputs && second != exact, "it says the same");
    let verify = |blob: Vec<u8>| {
        let given = BTreeMap::from([(unit("byt.24"), blob)]);
        let replica = &scene.tree.bo.replica;
        replica.verify_rollup(&unit("byt.24"), QUARTERLY_FORM, quarter(), &given, false)
    };
    assert!(!verify(exact).unwrap().arithmetic, "read, and found wrong");
    let verdict = verify(second);
    assert!(
        matches!(
            verdict,
            Err(replica::Error::Malformed {
                what: "rollup inputs",
                ..
            })
        ),
        "{verdict:?}"
    );
}

#[test]
fn an_altered_number() {
    let mut scene = Scene::new();
    let check = scene.lie(|_, inputs| {
        inputs[0]
            .state
            .insert("B3".to_owned(), Aggregate::Sum { sum: 9_000 });
    });
    assert!(check.arithmetic && !check.ok, "{check:?}");
    assert_eq!(found(&check), [at_unit(0, "B3")]);
    let deep = check.deep.unwrap();
    assert_eq!(
        deep.mismatches[0].rollup,
        Some(Aggregate::Sum { sum: 9_000 })
    );
    assert_eq!(deep.mismatches[0].source, Some(Aggregate::Sum { sum: 120 }));
}

#[test]
fn a_total_that_its_inputs_do_not_give() {
    let mut scene = Scene::new();
    let honest = scene.inputs.clone();
    let check = scene.lie(|_, inputs| {
        inputs[0]
            .state
            .insert("B3".to_owned(), Aggregate::Sum { sum: 9_000 });
    });
    assert!(check.arithmetic);
    let check = scene.check(&honest);
    assert!(!check.arithmetic && !check.ok, "{check:?}");
}

#[test]
fn a_facility_that_reported_is_called_missing() {
    let mut scene = Scene::new();
    let check = scene.lie(|content, inputs| {
        inputs.remove(0);
        content.missing.insert(0, facility(0));
        content.on_time = 1;
    });
    assert!(check.arithmetic && !check.ok, "{check:?}");
    assert_eq!(found(&check), [at_unit(0, "expected")]);
}

#[test]
fn a_facility_that_is_not_mentioned() {
    let mut scene = Scene::new();
    let check = scene.lie(|content, inputs| {
        inputs.remove(0);
        content.expected = 3;
        content.on_time = 1;
    });
    assert!(check.arithmetic && !check.ok, "{check:?}");
    assert_eq!(found(&check), [at_unit(0, "expected")]);
}

#[test]
fn a_facility_that_was_enrolled_later_is_not_hidden() {
    let mut scene = Scene::new();
    let (so, bo) = (&mut scene.tree.so, &mut scene.tree.bo);
    so.now.0 += 3_600_000;
    bo.now = so.now;
    let mut later = so.join_below(&facility(9), Store::open_in_memory().unwrap(), 99);
    settle(so, bo);
    let check = scene.check(&scene.inputs);
    assert!(check.ok, "{check:?}");
    // Nor when it has reported since.
    let (so, bo) = (&mut scene.tree.so, &mut scene.tree.bo);
    later.now = so.now;
    later.report();
    settle(&mut later, so);
    settle(so, bo);
    let report = Ask::Report {
        unit: facility(9),
        period: quarter(),
    };
    ask(bo, so, vec![report]);
    let check = scene.check(&scene.inputs);
    assert!(check.ok, "{check:?}");
}

/// The facility is not mentioned: it is said to have been enrolled afterwards.
fn leave_out_the_first(content: &mut RollupContent, inputs: &mut Vec<RollupInput>) {
    inputs.remove(0);
    content.expected = 3;
    content.on_time = 1;
}

#[test]
fn a_facility_that_is_not_mentioned_in_a_rollup_that_is_dated_back() {
    let before_all = Timestamp(at(NOW).0 - 86_400_000);
    let mut scene = Scene::new();
    let check = scene.lie_at(before_all, leave_out_the_first);
    assert!(check.arithmetic && !check.ok, "{check:?}");
    assert!(found(&check).contains(&at_unit(0, "expected")), "{check:?}");
    // Without the head of the chain of receipts: the inputs were accepted later.
    let mut scene = Scene::new();
    let check = scene.lie_at(before_all, |content, inputs| {
        leave_out_the_first(content, inputs);
        content.receipts_head = None;
    });
    assert!(found(&check).contains(&at_unit(0, "expected")), "{check:?}");
}

/// The entry of its unit has a time after the rollup, and reaches the Bộ afterwards;
/// what the Sở's node received of the facility says otherwise.
#[test]
fn a_facility_that_is_not_mentioned_and_whose_enrolment_is_dated_on() {
    let mut scene = Scene::new();
    let (so, bo) = (&mut scene.tree.so, &mut scene.tree.bo);
    let signed = Timestamp(so.now.0 + 3_600_000);
    let afterwards = Timestamp(signed.0 + 3_600_000);
    so.now = afterwards;
    let mut hidden = so.join_below(&facility(9), Store::open_in_memory().unwrap(), 99);
    so.now = Timestamp(signed.0 - 1_000);
    hidden.now = so.now;
    hidden.report();
    settle(&mut hidden, so);
    so.now = signed;
    bo.now = afterwards;
    sync(so, bo);
    let report = Ask::Report {
        unit: facility(9),
        period: quarter(),
    };
    ask(bo, so, vec![report]);
    let check = scene.lie(|_, _| {});
    assert!(check.arithmetic && !check.ok, "{check:?}");
    assert_eq!(found(&check), [at_unit(9, "expected")]);
}

#[test]
fn an_accepted_report_that_is_said_to_be_pending() {
    let mut scene = Scene::new();
    let check = scene.lie(|content, inputs| {
        inputs.remove(0);
        content.flagged.push(Flag {
            unit: facility(0),
            reason: FlagReason::Pending,
        });
    });
    assert!(check.arithmetic && !check.ok, "{check:?}");
    assert_eq!(found(&check), [at_unit(0, "expected")]);
}

#[test]
fn a_missing_facility_that_is_flagged_and_not_counted() {
    let mut scene = Scene::new();
    let check = scene.lie(|content, _| {
        content.missing.clear();
        content.expected = 3;
        content.flagged.push(Flag {
            unit: facility(3),
            reason: FlagReason::Pending,
        });
    });
    assert!(check.arithmetic && !check.ok, "{check:?}");
    assert_eq!(
        found(&check),
        [("byt.24".to_owned(), "expected".to_owned())]
    );
}

#[test]
fn a_late_report_is_called_timely() {
    let mut scene = Scene::new();
    let check = scene.lie(|content, inputs| {
        inputs[2].timeliness = Some(Timeliness::OnTime);
        content.on_time = 3;
        content.late = 0;
    });
    assert!(check.arithmetic && !check.ok, "{check:?}");
    assert_eq!(
        found(&check),
        [at_unit(2, "timeliness"), at_unit(2, "receipt")]
    );
}

#[test]
fn a_receipt_that_is_dated_back() {
    let timely = at("2026-06-19T09:00:00+07:00");
    // At the end of the chain: earlier than the one that it follows.
    let mut scene = Scene::new();
    let head = {
        let node = scene.tree.so.node.public();
        scene
            .tree
            .so
            .replica
            .store()
            .receipts_chain(&node)
            .unwrap()
            .unwrap()
    };
    let last = scene
        .tree
        .so
        .replica
        .store()
        .get(&head.id)
        .unwrap()
        .unwrap();
    if !scene.tree.bo.holds(last.entry()) {
        scene.deliver(vec![last.entry().clone()]);
    }
    let check = scene.date_back(head.seq + 1, Some(head.id), timely);
    assert!(check.arithmetic && !check.ok, "{check:?}");
    assert!(found(&check).contains(&at_unit(2, "receipt")), "{check:?}");
    assert!(!scene.tree.bo.status().receipt_forks.is_empty());

    // In the place of another one.
    let mut scene = Scene::new();
    let receipts = scene.tree.bo.of_kind(Kind::Receipt);
    let of_first = receipts
        .iter()
        .find_map(|entry| match &entry.body().content {
            Content::Receipt(receipt) if receipt.received == [scene.inputs[0].submission] => {
                Some(receipt.clone())
            }
            _ => None,
        })
        .unwrap();
    let check = scene.date_back(of_first.seq, of_first.prev, timely);
    assert!(check.arithmetic && !check.ok, "{check:?}");
    assert!(found(&check).contains(&at_unit(2, "receipt")), "{check:?}");
}

#[test]
fn another_ones_receipt() {
    let mut scene = Scene::new();
    let check = scene.lie(|content, inputs| {
        inputs[2].receipt = inputs[0].receipt;
        inputs[2].timeliness = Some(Timeliness::OnTime);
        content.on_time = 3;
        content.late = 0;
    });
    assert!(!check.ok);
    assert!(found(&check).contains(&at_unit(2, "receipt")), "{check:?}");
}

#[test]
fn a_unit_twice_or_of_another_province() {
    let mut scene = Scene::new();
    let check = scene.lie(|content, inputs| {
        let mut again = inputs[0].clone();
        // Its texts would be there twice, which no entry can say.
        again
            .state
            .retain(|_, state| !matches!(state, Aggregate::List { .. }));
        inputs.push(again);
        content.expected += 1;
        content.on_time += 1;
    });
    assert!(!check.arithmetic && !check.ok);
    let said = check.faults.join("\n");
    assert!(
        said.contains("byt.24.07000 is an input of byt.24 and of byt.24"),
        "{said}"
    );

    let mut scene = Scene::new();
    let check = scene.lie(|content, inputs| {
        inputs[0].unit = unit("byt.25.07000");
        content.expected += 1;
        content.missing.insert(0, facility(0));
    });
    assert!(!check.arithmetic && !check.ok);
    let said = check.faults.join("\n");
    assert!(said.contains("does not belong to it"), "{said}");
}
