//! Whose a form's name is: a unit above takes nothing from one below unseen.

use model::form::builtin_toml;
use replica::{Error, FormView, QUARTERLY_FORM, ReportKey};
use wire::Kind;

use crate::tree::{Machine, Tree, quarter, settle, unit};

const NAME: &str = "bao-cao-x";

/// The quarterly form under that name, another title and a version.
fn form(title: &str, version: u32) -> String {
    let quarterly = builtin_toml(QUARTERLY_FORM).unwrap();
    quarterly
        .replacen(QUARTERLY_FORM, NAME, 1)
        .replacen("Quarterly report", title, 1)
        .replacen("version = 1", &format!("version = {version}"), 1)
}

fn publish(at: &mut Machine, title: &str, version: u32) -> Result<FormView, Error> {
    let (publisher, clock) = (at.person.clone(), at.clock());
    let toml = form(title, version);
    at.replica.publish_form(&publisher, &toml, clock)
}

fn is_of(published: Result<FormView, Error>, owner: &str) -> bool {
    published.unwrap().published == Some(unit(owner))
}

/// A facility's report on the Sở's form, received there; the Bộ knows of the form.
fn reported() -> (Tree, ReportKey) {
    let mut tree = Tree::new(1);
    assert!(is_of(publish(&mut tree.so, "a", 1), "byt.24"));
    let (so, facility) = tree.pair(0);
    settle(facility, so);
    let key = ReportKey::regular(&facility.unit(), NAME, quarter());
    facility.fill(&key);
    facility.submit(&key);
    settle(facility, so);
    settle(&mut tree.so, &mut tree.bo);
    (tree, key)
}

#[test]
fn a_name_that_a_unit_below_uses_is_not_taken_from_it() {
    let (mut tree, _) = reported();
    for (title, version) in [("b", 1), ("a", 2), ("b", 2)] {
        let refused = publish(&mut tree.bo, title, version);
        assert!(
            matches!(&refused, Err(Error::FormOwned { name, unit: owner })
                if name == NAME && *owner == unit("byt.24")),
            "{refused:?}"
        );
    }
    assert_eq!(tree.bo.of_kind(Kind::Form).len(), 1);
    assert!(
        is_of(publish(&mut tree.so, "c", 2), "byt.24"),
        "still its own"
    );
}

/// What every unit below has word for word may become everybody's: their reports
/// begin as before.
#[test]
fn the_same_form_can_be_published_above() {
    let (mut tree, key) = reported();
    assert!(is_of(publish(&mut tree.bo, "a", 1), "byt"));
    assert_eq!(tree.bo.of_kind(Kind::Form).len(), 2);
    assert!(is_of(publish(&mut tree.bo, "a", 1), "byt"), "once");
    assert_eq!(tree.bo.of_kind(Kind::Form).len(), 2);
    let listed = tree.bo.replica.forms().unwrap().into_iter();
    let listed: Vec<_> = listed.filter(|view| view.form == NAME).collect();
    assert_eq!(listed[0].published, Some(unit("byt")));

    settle(&mut tree.so, &mut tree.bo);
    let (so, facility) = tree.pair(0);
    settle(facility, so);
    for machine in [&tree.so, &tree.facilities[0]] {
        let view = machine.replica.show(&key).unwrap();
        assert!(view.submission.is_some() && view.receipt.is_some());
        assert!(machine.status().quarantined.is_empty());
        machine.verify();
    }
    assert!(is_of(publish(&mut tree.bo, "d", 2), "byt"));
    settle(&mut tree.so, &mut tree.bo);
    let refused = publish(&mut tree.so, "e", 3);
    assert!(matches!(refused, Err(Error::FormExists { .. })));
}

/// Both published before they met: the name is the higher one's, who may go on.
#[test]
fn a_name_of_the_own_unit_stays_its_own_whatever_lies_below() {
    let mut tree = Tree::new(0);
    assert!(is_of(publish(&mut tree.so, "a", 1), "byt.24"));
    assert!(is_of(publish(&mut tree.so, "a", 2), "byt.24"));
    assert!(is_of(publish(&mut tree.bo, "b", 1), "byt"));
    settle(&mut tree.so, &mut tree.bo);
    assert!(is_of(publish(&mut tree.bo, "b", 1), "byt"));
    assert!(is_of(publish(&mut tree.bo, "b", 2), "byt"));
}
