//! What a deep verification found of a rollup, on the pages that show its numbers.

use std::collections::BTreeMap;

use model::{Aggregate, Period};
use replica::QUARTERLY_FORM;
use wire::{Content, Stream};

use crate::deep::Scene;
use crate::tree::{body, quarter, sign, unit};

/// It stays with the rollup: no page shows its numbers as good.
#[test]
fn sums_that_the_reports_contradict_stay_in_doubt() {
    let mut scene = Scene::new();
    let mut content = scene.honest.clone();
    content.replaces = vec![scene.id];
    let sum = content.aggregates.get_mut("B3").unwrap();
    assert_ne!(*sum, Aggregate::Sum { sum: 9_999 });
    *sum = Aggregate::Sum { sum: 9_999 };
    let content = Content::Rollup(Box::new(content));
    let body = body(&unit("byt.24"), Stream::Rollup, None, content);
    let lie = sign(&scene.tree.so.person, body);
    scene.deliver(vec![lie.clone()]);
    let nation = |scene: &Scene, period: Period| {
        let bo = &scene.tree.bo.replica;
        bo.nation(QUARTERLY_FORM, period, &mut |_, _| true).unwrap()
    };
    let before = nation(&scene, quarter());
    assert!(before.lines[0].trend[0].figures.is_some(), "not known yet");

    let blob = wire::cbor::to_vec(&scene.inputs).unwrap();
    let inputs = BTreeMap::from([(unit("byt.24"), blob)]);
    let check = scene.tree.bo.replica.verify_fetched(&lie.id(), &inputs);
    assert!(!check.unwrap().ok);
    let after = nation(&scene, quarter());
    let proof = &after.lines[0].signed.as_ref().unwrap().proof;
    assert!(proof.is_doubted(), "{proof:?}");
    assert_eq!(after.lines[0].trend[0].figures, None);
    let later = nation(&scene, quarter().next());
    assert_eq!(later.lines[0].trend[0].figures, None);
}
