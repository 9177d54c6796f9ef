//! What a Sở, with its real keys, must not be able to do: unseen to its
//! facilities, at all to the nation.

use identity::Ledger;
use model::Timestamp;
use replica::{Peering, QUARTERLY_FORM};
use std::collections::BTreeMap;
use store::EntryFilter;
use sync::{Ask, Holdings};
use testkit::at;
use wire::{
    Body, CampaignContent, Content, Flag, FlagReason, Kind, RevocationContent, RollupInput, Stream,
};

use crate::tree::{FAR, Member, NOW, Tree, clock, give, quarter, signed, tree, unit};

#[test]
fn the_last_ordinal_of_all_costs_nothing() {
    let mut tree = tree();
    let campaign = CampaignContent {
        form: QUARTERLY_FORM.to_owned(),
        version: 1,
        ordinal: u32::MAX,
        audience: unit("byt.24"),
        due: None,
        due_above: None,
        cutoff: None,
        basis: None,
    };
    let campaign = tree.so.says(Stream::Org, None, Content::Campaign(campaign));
    tree.so.receive(tree.so.node.public(), vec![campaign]);
    let honest = tree.a.report("120");
    give(&tree.a, &mut tree.so);
    assert!(tree.so.is_received(&honest));
}

#[test]
fn an_enrolment_that_was_overruled_is_still_seen() {
    let mut tree = tree();
    let store = tree.so.replica.store();
    let real = store.grants_of(&tree.a.node.public()).unwrap()[0].credential;
    let overrule = RevocationContent {
        key: None,
        overrules: Some(real),
        reason: "another use holds".to_owned(),
        stands: Vec::new(),
    };
    let overrule = signed(
        &tree.so.person,
        unit("byt.24.a"),
        Stream::Org,
        None,
        None,
        Content::Revocation(overrule),
    );
    tree.so.receive(tree.so.node.public(), vec![overrule]);
    // The Sở enrols it anew, with keys of its own.
    let second = Member::join(&tree.so.invite("byt.24.a"), 99);
    give(&second, &mut tree.so);
    give(&tree.so, &mut tree.bo);
    for node in [&tree.so, &tree.bo] {
        let units = node.replica.units().unwrap();
        let a = units.iter().find(|view| view.unit == unit("byt.24.a"));
        assert!(a.unwrap().reenrolled);
    }
}

#[test]
fn a_province_does_not_change_the_nations_form() {
    let mut tree = tree();
    let toml = model::form::builtin_toml(QUARTERLY_FORM).unwrap();
    let newer = toml.replacen("version = 1", "version = 2", 1);
    assert_ne!(toml, newer);
    let content = Content::Form(wire::FormContent { toml: newer });
    let form = tree.so.says(Stream::Org, None, content);
    tree.so.receive(tree.so.node.public(), vec![form.clone()]);
    tree.bo.receive(tree.so.node.public(), vec![form]);
    for node in [&tree.so, &tree.bo] {
        let form = node.replica.form(QUARTERLY_FORM, None).unwrap();
        assert_eq!(form.version, 1);
    }
}

/// Reports of `a` and `b`, accepted, an honest rollup, all of it at the Bộ as
/// after a drill-down; the inputs as the Sở gives them.
fn drilled() -> (Tree, Vec<RollupInput>) {
    let mut tree = tree();
    tree.a.report("120");
    tree.b.report("130");
    give(&tree.a, &mut tree.so);
    give(&tree.b, &mut tree.so);
    tree.so.accept(&tree.a, NOW);
    tree.so.accept(&tree.b, NOW);
    let (head, now) = (tree.so.person.clone(), clock(NOW));
    let (view, _) = tree
        .so
        .replica
        .sign_rollup(QUARTERLY_FORM, quarter(), &head, now)
        .unwrap();
    give(&tree.so, &mut tree.bo);
    let mut peering = Peering {
        replica: &mut tree.so.replica,
        simulated: false,
    };
    let blob = peering.answer(&Ask::Inputs { rollup: view.id }).unwrap();
    let inputs = wire::cbor::from_slice(&blob.unwrap()).unwrap();
    (tree, inputs)
}

fn deep(tree: &Tree, inputs: &[RollupInput]) -> replica::RollupCheck {
    let blob = wire::cbor::to_vec(&inputs).unwrap();
    let inputs = BTreeMap::from([(unit("byt.24"), blob)]);
    tree.bo
        .replica
        .verify_rollup(&unit("byt.24"), QUARTERLY_FORM, quarter(), &inputs, true)
        .unwrap()
}

fn corrected(tree: &mut Tree, alter: impl FnOnce(&mut wire::RollupContent)) {
    let filter = EntryFilter {
        kind: Some(Kind::Rollup),
        ..EntryFilter::default()
    };
    let held = tree.so.replica.store().entries(&filter).unwrap();
    let honest = &held[0].entry;
    let Content::Rollup(content) = &honest.body().content else {
        panic!("a rollup");
    };
    let mut content = content.clone();
    alter(&mut content);
    content.replaces = vec![honest.id()];
    let entry = tree.so.says(Stream::Rollup, None, Content::Rollup(content));
    let body = Body {
        time: at("2026-06-12T09:00:00+07:00"),
        ..entry.body().clone()
    };
    let entry = tree.so.person.sign(body).unwrap();
    tree.bo.receive(tree.so.node.public(), vec![entry]);
}

#[test]
fn an_honest_rollup_is_verified_from_source() {
    let (tree, inputs) = drilled();
    let check = deep(&tree, &inputs);
    assert!(check.ok, "{check:?}");
}

#[test]
fn a_due_time_of_the_signers_own_is_found() {
    let (mut tree, inputs) = drilled();
    corrected(&mut tree, |content| {
        content.due = Some(Timestamp(at(FAR).0));
    });
    let check = deep(&tree, &inputs);
    assert!(!check.ok, "{check:?}");
}

#[test]
fn older_numbers_than_the_accepted_ones_are_found() {
    let (mut tree, inputs) = drilled();
    tree.a.report("999");
    give(&tree.a, &mut tree.so);
    tree.so.accept(&tree.a, NOW);
    give(&tree.so, &mut tree.bo);
    // The honest rollup was signed before that.
    let check = deep(&tree, &inputs);
    assert!(check.ok, "{check:?}");
    corrected(&mut tree, |_| {});
    let check = deep(&tree, &inputs);
    assert!(!check.ok, "{check:?}");
}

#[test]
fn an_accepted_report_left_out_is_found() {
    let (mut tree, inputs) = drilled();
    let form = model::form::builtin(QUARTERLY_FORM).unwrap();
    let rest: Vec<RollupInput> = inputs.into_iter().skip(1).collect();
    let kept = rest.clone();
    corrected(&mut tree, |content| {
        let header = rollup::Header {
            due: content.due,
            receipts_head: content.receipts_head,
            ..rollup::Header::default()
        };
        let b = unit("byt.24.b");
        let timeliness = kept[0].timeliness.unwrap();
        let received = BTreeMap::from([(b.clone(), rollup::Received { timeliness })]);
        let flags = vec![Flag {
            unit: unit("byt.24.a"),
            reason: FlagReason::Pending,
        }];
        *content = rollup::consolidate(form, header, &[b], &received, kept, flags).unwrap();
    });
    let check = deep(&tree, &rest);
    assert!(!check.ok, "{check:?}");
}
