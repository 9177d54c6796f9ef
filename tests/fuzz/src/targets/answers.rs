//! A file for `report fill`, through a replica. What it fills in must be kept as
//! drafts that every reader of the report can show.

use std::cell::RefCell;

use model::Lang;
use replica::{Env, QUARTERLY_FORM, ReportKey};
use testkit::Seeded;

use super::world::{Node, QUARTER, clock, facility, now};

thread_local! {
    static NODE: RefCell<Option<Node>> = const { RefCell::new(None) };
}

pub(super) fn run(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    let mut node = NODE.take().unwrap_or_else(facility);
    let key = ReportKey::regular(node.replica.unit(), QUARTERLY_FORM, QUARTER);
    let person = node.person.public();
    let mut env = Env {
        clock: clock(),
        entropy: &mut Seeded::new(1),
    };
    let filled = node.replica.fill(&key, &person, text, &mut env);
    let drafts = node.replica.store().drafts_all().unwrap();
    // All or nothing.
    assert!(filled.is_ok() || drafts.is_empty());
    if drafts.is_empty() {
        NODE.set(Some(node));
        return;
    }
    node.replica.check_report(&key, now(), Lang::Vi).unwrap();
    node.replica.show(&key).unwrap();
    node.replica.screen_view(&key, now()).unwrap();
    node.replica.seal_all(&node.person, &mut env).unwrap();
    assert!(node.replica.store().drafts_all().unwrap().is_empty());
}
