//! Each rule of effect, one small world at a time.

use super::*;

#[test]
fn everything_stands_in_a_quiet_tree() {
    let mut world = tree();
    let submission = world.submission(&key(20), "byt.24.a");
    world.receipt(&key(11), "byt.24.a", 50, submission);
    for entry in world.held.clone() {
        assert_eq!(world.standing(entry.id()), Standing::InEffect);
    }
    assert_eq!(
        [0, 1, 2, 10, 11, 20, 21].map(|who| grants(&world, who)),
        [1; 7]
    );
    // Both invites are used up.
    assert_eq!([12, 22].map(|who| grants(&world, who)), [0; 2]);
}

#[test]
fn without_the_roots_credential_nothing_has_effect() {
    let mut world = tree();
    let submission = world.submission(&key(20), "byt.24.a");
    world.held.remove(0);
    assert_eq!(world.standing(submission), Standing::IssuerWithoutEffect);
    assert_eq!(grants(&world, 10), 0);
}

#[test]
fn a_revoked_key_keeps_what_was_received_before() {
    let mut world = tree();
    let before = world.submission(&key(20), "byt.24.a");
    let listed = world.submission(&key(20), "byt.24.a");
    let after = world.submission(&key(20), "byt.24.a");
    let never = world.submission(&key(20), "byt.24.a");
    world.receipt(&key(11), "byt.24.a", 5_000, before);
    world.receipt(&key(11), "byt.24.a", 9_000, after);
    let by = world.revoke(&key(10), "byt.24.a", 5_000, &key(20), vec![listed]);
    assert_eq!(world.standing(before), Standing::InEffect);
    assert_eq!(world.standing(listed), Standing::InEffect);
    assert_eq!(world.standing(after), Standing::Revoked { by });
    assert_eq!(world.standing(never), Standing::Revoked { by });
    assert_eq!(grants(&world, 20), 0);
    assert_eq!(grants(&world, 21), 1);
}

/// The revocation takes effect when it is received, whatever its author's clock
/// says.
#[test]
fn a_receipt_of_the_revocation_settles_its_time() {
    let mut world = tree();
    let entry = world.submission(&key(20), "byt.24.a");
    world.receipt(&key(11), "byt.24.a", 5_000, entry);
    let by = world.revoke(&key(10), "byt.24.a", 1, &key(20), vec![]);
    assert_eq!(world.standing(entry), Standing::Revoked { by });
    world.receipt(&key(2), "byt.24.a", 6_000, by);
    assert_eq!(world.standing(entry), Standing::InEffect);
    world.receipt(&key(2), "byt.24.a", 4_999, by);
    assert_eq!(world.standing(entry), Standing::Revoked { by });
}

#[test]
fn revoking_an_issuer_ends_issuing_only() {
    let mut world = tree();
    let covered = world.person(&key(20), "byt.24.a", 30, &[Role::Head]);
    let bare = world.person(&key(20), "byt.24.a", 31, &[Role::Head]);
    world.receipt(&key(11), "byt.24.a", 5_000, covered);
    let under_covered = world.submission(&key(30), "byt.24.a");
    let under_bare = world.submission(&key(31), "byt.24.a");
    world.receipt(&key(11), "byt.24.a", 5_001, under_bare);
    let by = world.revoke(&key(10), "byt.24.a", 6_000, &key(20), vec![]);
    assert_eq!(world.standing(covered), Standing::InEffect);
    assert_eq!(world.standing(under_covered), Standing::InEffect);
    assert_eq!(world.standing(bare), Standing::Revoked { by });
    assert_eq!(world.standing(under_bare), Standing::IssuerWithoutEffect);
    assert_eq!([30, 31].map(|who| grants(&world, who)), [1, 0]);
    // Whoever stands may issue again, and then all of 31 counts.
    world.person(&key(10), "byt.24", 32, &[Role::Registrar]);
    world.revoke(&key(32), "byt.24.a", 7_000, &key(31), vec![]);
    assert_eq!(grants(&world, 31), 0);
}

#[test]
fn listing_a_credential_keeps_it_granting() {
    let mut world = tree();
    let bare = world.person(&key(20), "byt.24.a", 31, &[Role::Head]);
    let entry = world.submission(&key(31), "byt.24.a");
    world.revoke(&key(10), "byt.24.a", 6_000, &key(20), vec![bare]);
    assert_eq!(world.standing(bare), Standing::InEffect);
    assert_eq!(world.standing(entry), Standing::InEffect);
}

#[test]
fn a_whole_branch_falls_with_its_registrar() {
    let mut world = tree();
    let entry = world.submission(&key(20), "byt.24.a");
    let by = world.revoke(&key(1), "byt.24", 1, &key(10), vec![]);
    assert_eq!(world.standing(entry), Standing::IssuerWithoutEffect);
    assert_eq!([10, 20, 21].map(|who| grants(&world, who)), [0; 3]);
    // The province's node was enrolled by the invite, not by the registrar.
    assert_eq!(grants(&world, 11), 1);
    // Taking the revoker's own revocation back by revoking him: it is too late.
    world.revoke(&key(0), "byt", 2_000, &key(1), vec![by]);
    assert_eq!(world.standing(entry), Standing::IssuerWithoutEffect);
}

#[test]
fn a_revocation_falls_with_a_revoker_who_was_revoked_before() {
    let mut world = tree();
    let entry = world.submission(&key(20), "byt.24.a");
    let thief = world.revoke(&key(10), "byt.24", 500, &key(11), vec![]);
    let bad = world.revoke(&key(10), "byt.24.a", 500, &key(20), vec![]);
    assert_eq!(world.standing(entry), Standing::Revoked { by: bad });
    let by = world.revoke(&key(1), "byt.24", 400, &key(10), vec![]);
    assert_eq!(world.standing(bad), Standing::Revoked { by });
    assert_eq!(world.standing(thief), Standing::Revoked { by });
}

#[test]
fn who_revokes_each_other_is_settled_by_receipts() {
    let mut world = tree();
    world.person(&key(20), "byt.24.a", 30, ALL_AT_FACILITY);
    let first = world.revoke(&key(20), "byt.24.a", 900, &key(30), vec![]);
    let second = world.revoke(&key(30), "byt.24.a", 1, &key(20), vec![]);
    // Nobody has received either: the authors' times decide, for the time being.
    assert_eq!(world.standing(second), Standing::InEffect);
    assert_eq!(world.standing(first), Standing::Revoked { by: second });
    world.receipt(&key(11), "byt.24.a", 8_000, first);
    assert_eq!(world.standing(first), Standing::InEffect);
    assert_eq!(world.standing(second), Standing::Revoked { by: first });
    // The parent had the second one earlier after all.
    world.receipt(&key(2), "byt.24.a", 7_999, second);
    assert_eq!(world.standing(second), Standing::InEffect);
    assert_eq!(world.standing(first), Standing::Revoked { by: second });
}

/// The revoker's own credential rests on the one he revokes: his revocation
/// stands, and he falls with it.
#[test]
fn a_revocation_does_not_undermine_itself() {
    let mut world = tree();
    world.person(&key(20), "byt.24.a", 30, ALL_AT_FACILITY);
    let of_issuer = world.submission(&key(20), "byt.24.a");
    let of_revoker = world.submission(&key(30), "byt.24.a");
    let by = world.revoke(&key(30), "byt.24.a", 5_000, &key(20), vec![]);
    assert_eq!(world.standing(by), Standing::InEffect);
    assert_eq!(world.standing(of_issuer), Standing::Revoked { by });
    assert_eq!(world.standing(of_revoker), Standing::IssuerWithoutEffect);
}

#[test]
fn keys_that_vouch_for_each_other_have_no_effect() {
    let mut world = tree();
    world.person(&key(20), "byt.24.a", 30, ALL_AT_FACILITY);
    world.person(&key(30), "byt.24.a", 31, ALL_AT_FACILITY);
    world.person(&key(31), "byt.24.a", 30, ALL_AT_FACILITY);
    let entry = world.submission(&key(30), "byt.24.a");
    assert!(world.stands(entry));
    world.revoke(&key(10), "byt.24.a", 1, &key(20), vec![]);
    assert_eq!(world.standing(entry), Standing::IssuerWithoutEffect);
    assert_eq!([30, 31].map(|who| grants(&world, who)), [0; 2]);
}

/// A registrar grants a stranger's key something in his own unit, so as to
/// revoke it: it ends what he gave and nothing else.
#[test]
fn a_revocation_reaches_no_further_than_its_unit() {
    let mut world = tree();
    let entry = world.submission(&key(10), "byt.24");
    world.person(&key(20), "byt.24.a", 10, &[Role::Editor]);
    world.revoke(&key(20), "byt.24.a", 1, &key(10), vec![]);
    assert_eq!(world.standing(entry), Standing::InEffect);
    let left = Judge::new(&world)
        .effective_grants(&key(10).public())
        .unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].unit, unit("byt.24"));
    let refused = world.try_revoke(&key(20), "byt.24", 1, &key(10), vec![]);
    assert!(matches!(
        refused,
        Err(Refusal::NotAllowed {
            reason: Denied::Role,
            ..
        })
    ));
}

#[test]
fn the_root_is_never_revoked() {
    let mut world = tree();
    let entry = world.person(&key(0), "byt", 3, &[Role::Auditor]);
    world.revoke(&key(1), "byt", 1, &key(0), vec![]);
    assert_eq!(world.standing(entry), Standing::InEffect);
    assert_eq!(grants(&world, 0), 1);
}

/// A thief makes a clique of keys that vouch for and revoke each other: every
/// way through it would take for ever.
#[test]
fn a_clique_is_judged_in_time() {
    let mut world = tree();
    let clique: Vec<u8> = (100..120).collect();
    for one in &clique {
        world.person(&key(20), "byt.24.a", *one, ALL_AT_FACILITY);
    }
    for (at, one) in clique.iter().enumerate() {
        for other in clique.iter().filter(|other| *other != one) {
            world.person(&key(*one), "byt.24.a", *other, ALL_AT_FACILITY);
        }
        let next = clique[(at + 1) % clique.len()];
        world.revoke(&key(*one), "byt.24.a", 5_000, &key(next), vec![]);
    }
    let entry = world.submission(&key(100), "byt.24.a");
    let by = world.revoke(&key(10), "byt.24.a", 1, &key(20), vec![]);
    assert_eq!(world.standing(entry), Standing::IssuerWithoutEffect);
    assert_eq!(world.standing(by), Standing::InEffect);
}

/// Whatever the order of arrival, the answer is one.
#[test]
fn effect_depends_on_the_held_set_alone() {
    let mut world = tree();
    let entries = [
        world.submission(&key(20), "byt.24.a"),
        world.person(&key(20), "byt.24.a", 30, ALL_AT_FACILITY),
        world.submission(&key(30), "byt.24.a"),
    ];
    world.receipt(&key(11), "byt.24.a", 5_000, entries[1]);
    world.revoke(&key(20), "byt.24.a", 6_000, &key(30), vec![]);
    world.revoke(&key(30), "byt.24.a", 6_000, &key(20), vec![]);
    world.revoke(&key(10), "byt.24.a", 7_000, &key(30), vec![entries[2]]);
    let expected: Vec<_> = world
        .held
        .iter()
        .map(|e| (e.id(), world.standing(e.id())))
        .collect();
    let mut random = testkit::Seeded::new(3);
    for _ in 0..50 {
        for at in (1..world.held.len()).rev() {
            world.held.swap(at, random.below(at as u64 + 1) as usize);
        }
        for (id, standing) in &expected {
            assert_eq!(world.standing(*id), *standing);
        }
        let mut judge = Judge::new(&world);
        for (id, standing) in &expected {
            assert_eq!(judge.standing(world.get(*id)).unwrap(), *standing);
        }
    }
}
