//! Projections: what they answer, and that a rebuild says the same.

use identity::Ledger;
use proptest::prelude::*;
use wire::{EntryId, RevocationContent, Role, Subject};

use super::world::*;
use crate::{Store, StoreError};

const NONE: Vec<String> = Vec::new();

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn a_rebuild_equals_the_increments(seed: u64) {
        let mut store = store_of(&random_entries(seed, 60));
        prop_assert_eq!(store.check_projections().unwrap(), NONE);
        store.rebuild().unwrap();
        prop_assert_eq!(store.check_projections().unwrap(), NONE);
        prop_assert_eq!(store.integrity_check().unwrap(), NONE);
    }

    #[test]
    fn keys_read_at_once_answer_as_the_store_does(seed: u64) {
        let entries = random_entries(seed, 60);
        let store = store_of(&entries);
        let keys = store.keys().unwrap();
        for at in UNITS.map(unit) {
            prop_assert_eq!(keys.grants_at(&at).unwrap(), store.grants_at(&at).unwrap());
            for holder in (1..8).map(|seed| key(seed).public()) {
                let (above, of) = (keys.grants_above(&holder, &at), keys.grants_of(&holder));
                prop_assert_eq!(above.unwrap(), store.grants_above(&holder, &at).unwrap());
                prop_assert_eq!(of.unwrap(), store.grants_of(&holder).unwrap());
                let revocations = keys.revocations_of(&holder, &at).unwrap();
                prop_assert_eq!(revocations, store.revocations_of(&holder, &at).unwrap());
                let uses = keys.uses_of(&holder, &at).unwrap();
                prop_assert_eq!(uses, store.uses_of(&holder, &at).unwrap());
            }
            let revocations = keys.revocations_at(&at).unwrap();
            prop_assert_eq!(revocations, store.revocations_at(&at).unwrap());
            for entry in &entries {
                let overruled = keys.overruled(&entry.id(), &at).unwrap();
                prop_assert_eq!(overruled, store.overruled(&entry.id(), &at).unwrap());
            }
        }
        for entry in &entries {
            let receipts = keys.receipts_of(&entry.id()).unwrap();
            prop_assert_eq!(receipts, store.receipts_of(&entry.id()).unwrap());
        }
    }
}

#[test]
fn every_lost_or_invented_projection_is_noticed_and_rebuilt() {
    let mut store = store_of(&random_entries(1, 120));
    let damages = [
        "UPDATE parts SET count = count + 1 WHERE part = 2",
        "UPDATE parts SET sum = zeroblob(32) WHERE part = 1",
        "UPDATE totals SET count = 0 WHERE unit = 'byt'",
        "DELETE FROM totals",
        "DELETE FROM grants",
        "UPDATE grants SET unit = 'byt.99'",
        "DELETE FROM revocations",
        "DELETE FROM receipt_covers",
        "UPDATE receipts SET seq = 77",
        "UPDATE units SET name = 'khác'",
        "INSERT INTO units (unit, id, row, time, name) VALUES ('byt.98', x'00', 1, 1, 'x')",
        "UPDATE entries SET kind = 'form' WHERE row = 3",
        "UPDATE entries SET part = 1",
        "UPDATE entries SET doc = zeroblob(32) WHERE row = 5",
        "UPDATE entries SET author = zeroblob(32) WHERE row = 6",
        "UPDATE parts SET unit = 'byt.97' WHERE part = 1",
    ];
    for damage in damages {
        assert!(store.conn.execute(damage, ()).unwrap() > 0, "{damage}");
        assert_ne!(store.check_projections().unwrap(), NONE, "{damage}");
        store.rebuild().unwrap();
        assert_eq!(store.check_projections().unwrap(), NONE, "{damage}");
    }
}

#[test]
fn the_newest_name_holds_whatever_came_first() {
    let [old, new] = [
        named(&key(1), "byt.24", "cũ", 1),
        named(&key(1), "byt.24", "mới", 2),
    ];
    for order in [[&old, &new], [&new, &old]] {
        let store = store_of(&order.map(Clone::clone));
        let units = store.units().unwrap();
        assert_eq!(units.len(), 1);
        assert_eq!((&*units[0].content.name, units[0].entry), ("mới", new.id()));
        assert_eq!(store.unit_entries(&unit("byt.24")).unwrap().len(), 2);
    }
}

#[test]
fn the_ledger_tells_what_is_held_about_keys() {
    let (registrar, invite, person) = (key(1), key(2), key(3));
    let invited = credential(
        &registrar,
        "byt.24",
        vec![grant(
            &invite.public(),
            Subject::Invite,
            &[Role::Head, Role::Editor],
        )],
    );
    let used = credential(
        &invite,
        "byt.24",
        vec![
            grant(&person.public(), Subject::Person, &[Role::Head]),
            grant(&key(4).public(), Subject::Node, &[Role::Node]),
        ],
    );
    let revoked = revocation(
        &registrar,
        "byt.24",
        RevocationContent {
            key: Some(person.public()),
            overrules: None,
            reason: "nghỉ việc".into(),
            stands: vec![used.id()],
        },
    );
    let overruled = revocation(
        &registrar,
        "byt.24",
        RevocationContent {
            key: None,
            overrules: Some(used.id()),
            reason: "nhầm".into(),
            stands: Vec::new(),
        },
    );
    let store = store_of(&[
        invited.clone(),
        used.clone(),
        revoked.clone(),
        overruled.clone(),
    ]);

    let grants = store.grants_of(&person.public()).unwrap();
    assert_eq!(grants.len(), 1);
    assert_eq!(
        (grants[0].credential, grants[0].issuer),
        (used.id(), invite.public())
    );
    assert_eq!(
        grants[0].roles.iter().copied().collect::<Vec<_>>(),
        [Role::Head]
    );
    assert_eq!(store.grants_of(&registrar.public()).unwrap(), []);
    assert_eq!(store.grants_at(&unit("byt.24")).unwrap().len(), 3);
    assert_eq!(store.grants_at(&unit("byt")).unwrap(), []);

    let found = store
        .revocations_of(&person.public(), &revoked.body().unit)
        .unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].id, found[0].author),
        (revoked.id(), registrar.public())
    );
    assert!(found[0].stands.contains(&used.id()));
    let found = store.overruled(&used.id(), &overruled.body().unit).unwrap();
    assert_eq!(
        found.iter().map(|found| found.id).collect::<Vec<_>>(),
        [overruled.id()]
    );
    let at = |path| store.overruled(&used.id(), &unit(path)).unwrap();
    assert_eq!(at("byt"), []);
    let at = &overruled.body().unit;
    assert_eq!(store.overruled(&invited.id(), at).unwrap(), []);

    let uses = |path| store.uses_of(&invite.public(), &unit(path)).unwrap();
    assert_eq!(uses(used.body().unit.as_str()), [used.id()]);
    assert_eq!(uses("byt"), []);
    assert_eq!(store.author_of(&used.id()).unwrap(), Some(invite.public()));
    assert_eq!(store.author_of(&EntryId([9; 32])).unwrap(), None);
}

#[test]
fn cached_grants_do_not_survive_their_transaction() {
    let entry = credential(
        &key(1),
        "byt",
        vec![grant(&key(2).public(), Subject::Person, &[Role::Head])],
    );
    let mut store = Store::open_in_memory().unwrap();
    let outcome = store.write(|tx| {
        tx.insert(&entry, NOW, None)?;
        assert_eq!(tx.grants_of(&key(2).public())?.len(), 1);
        Err::<(), _>(StoreError::Aborted)
    });
    assert!(outcome.is_err());
    assert_eq!(store.grants_of(&key(2).public()).unwrap(), []);
}
