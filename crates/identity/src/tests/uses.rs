//! Effect of invites and of grants that end.

use super::*;

/// The same trick with the one use of an invite.
#[test]
fn naming_a_registrar_as_an_invite_does_not_limit_him_elsewhere() {
    let mut world = tree();
    world.person(&key(10), "byt.24", 40, &[Role::Head]);
    let second = world.person(&key(10), "byt.24", 41, &[Role::Head]);
    world.give(
        &key(20),
        "byt.24.a",
        vec![grant(&key(10), Subject::Invite, &[Role::Head])],
    );
    assert_eq!(world.standing(second), Standing::InEffect);
    assert_eq!([40, 41].map(|who| grants(&world, who)), [1; 2]);
}

const ALL_IN_INVITE: &[Role] = &[Role::Node, Role::Editor, Role::Head, Role::Registrar];

/// An invite for `byt.24.b`, one-time key 52, by the province's registrar.
fn invite(world: &mut World, until: Option<i64>) -> EntryId {
    let mut invite = grant(&key(52), Subject::Invite, ALL_IN_INVITE);
    invite.until = until.map(Timestamp);
    world.give(&key(10), "byt.24.b", vec![invite])
}

/// That invite and two uses of it, the one with the smaller id first.
fn used_twice(world: &mut World, until: Option<i64>) -> [EntryId; 2] {
    invite(world, until);
    let one = join(world, 52, "byt.24.b", 50);
    let two = join(world, 52, "byt.24.b", 60);
    [one.min(two), one.max(two)]
}

/// Who counts of two; the other one must say that it is this one that came before.
fn counting(world: &World, uses: [EntryId; 2]) -> EntryId {
    let [winner, loser] = if world.stands(uses[0]) {
        uses
    } else {
        [uses[1], uses[0]]
    };
    assert_eq!(world.standing(winner), Standing::InEffect);
    assert_eq!(world.standing(loser), Standing::InviteUsedBefore { winner });
    winner
}

/// The enrolments of `byt.24.b`: more than one is marked in every rollup.
fn enrolled(world: &World) -> BTreeSet<EntryId> {
    let found = enrolments(&unit("byt.24.b"), world).unwrap();
    found.into_iter().collect()
}

#[test]
fn of_two_uses_the_earliest_received_counts() {
    let mut world = tree();
    let [small, large] = used_twice(&mut world, None);
    assert_eq!(counting(&world, [small, large]), small);

    let person = grants_in(world.get(large)).remove(0).key;
    let at_large = if person == key(50).public() { 50 } else { 60 };
    let entry = world.submission(&key(at_large), "byt.24.b");
    assert_eq!(world.standing(entry), Standing::IssuerWithoutEffect);
    world.receipt(&key(11), "byt.24.b", 9_000, large);
    assert_eq!(counting(&world, [small, large]), large);
    assert_eq!(world.standing(entry), Standing::InEffect);
    world.receipt(&key(11), "byt.24.b", 8_000, small);
    assert_eq!(counting(&world, [small, large]), small);

    // The registrar overrules: what the chosen keys made all the while stands.
    let by = world.overrule(&key(10), "byt.24.b", 9_500, small);
    assert_eq!(world.standing(small), Standing::Revoked { by });
    assert_eq!(world.standing(large), Standing::InEffect);
    assert_eq!(world.standing(entry), Standing::InEffect);
    // An overruling that was itself made by a revoked key has no effect.
    world.revoke(
        &key(1),
        "byt.24",
        9_000,
        &key(10),
        world
            .held
            .iter()
            .map(Verified::id)
            .filter(|id| *id != by)
            .collect(),
    );
    assert_eq!(world.standing(small), Standing::InEffect);
}

/// The ministry's clock is behind, or it met both in one batch: it is the province
/// that invited, and the province's receipts that say who came.
#[test]
fn of_two_uses_the_parents_receipt_decides() {
    let mut world = tree();
    let [small, large] = used_twice(&mut world, None);
    world.receipt(&key(2), "byt.24.b", 7_500, small);
    world.receipt(&key(2), "byt.24.b", 8_000, large);
    assert_eq!(counting(&world, [small, large]), small);
    world.receipt(&key(11), "byt.24.b", 9_000, large);
    assert_eq!(counting(&world, [small, large]), large);
    world.receipt(&key(11), "byt.24.b", 9_001, small);
    assert_eq!(counting(&world, [small, large]), large);
    // A receipt without effect decides nothing.
    world.revoke(&key(10), "byt.24", 9_500, &key(11), vec![]);
    assert_eq!(counting(&world, [small, large]), small);
}

#[test]
fn of_uses_that_the_parent_never_met_the_earliest_received_above_counts() {
    let mut world = tree();
    let [small, large] = used_twice(&mut world, None);
    world.receipt(&key(2), "byt.24.b", 8_000, large);
    assert_eq!(counting(&world, [small, large]), large);
    world.receipt(&key(2), "byt.24.b", 8_000, small);
    assert_eq!(counting(&world, [small, large]), small, "one moment");
}

/// The parent meets both at once: then the order from higher up, among its own
/// receipts only.
#[test]
fn of_uses_that_the_parent_met_at_once_the_earliest_received_above_counts() {
    let mut world = tree();
    let [small, large] = used_twice(&mut world, None);
    for id in [small, large] {
        world.receipt(&key(11), "byt.24.b", 8_000, id);
    }
    assert_eq!(counting(&world, [small, large]), small);
    world.receipt(&key(2), "byt.24.b", 9_000, large);
    world.receipt(&key(2), "byt.24.b", 9_500, small);
    assert_eq!(counting(&world, [small, large]), large);
}

/// A facility may join by the ministry while its province is silent. The province
/// can take its place from it afterwards, but not so that nobody sees it.
#[test]
fn an_enrolment_that_the_parent_displaces_is_seen() {
    let mut world = tree();
    let [small, large] = used_twice(&mut world, None);
    world.receipt(&key(2), "byt.24.b", 8_000, small);
    let at = unit("byt.24.b");
    assert_eq!(enrolments(&at, &world).unwrap(), [small]);
    world.receipt(&key(11), "byt.24.b", 9_000, large);
    assert_eq!(counting(&world, [small, large]), large);
    assert_eq!(enrolments(&at, &world).unwrap(), [small, large]);
    // Nor by an overruling on top of it.
    world.overrule(&key(10), "byt.24.b", 9_500, small);
    assert_eq!(enrolments(&at, &world).unwrap(), [small, large]);
}

/// Its clock is slow, or it means to: whatever time the province's receipts give,
/// it is the ministry's order in which the ministry met them.
#[test]
fn an_enrolment_that_the_parent_displaces_by_an_earlier_date_is_seen() {
    for swap in [false, true] {
        let mut world = tree();
        let mut uses = used_twice(&mut world, None);
        if swap {
            uses.reverse();
        }
        let [first, second] = uses;
        world.receipt(&key(2), "byt.24.b", 8_000, first);
        world.receipt(&key(11), "byt.24.b", 7_900, second);
        world.receipt(&key(11), "byt.24.b", 8_300, first);
        world.receipt(&key(2), "byt.24.b", 8_400, second);
        assert_eq!(counting(&world, uses), second);
        assert_eq!(enrolled(&world), BTreeSet::from(uses));
    }
}

/// The same by ending the invite, as if before it was used.
#[test]
fn an_enrolment_that_falls_to_a_revocation_of_an_earlier_date_is_seen() {
    let mut world = tree();
    let [first, second] = used_twice(&mut world, None);
    world.receipt(&key(2), "byt.24.b", 8_000, first);
    world.receipt(&key(11), "byt.24.b", 7_800, second);
    let by = world.revoke(&key(10), "byt.24.b", 7_900, &key(52), vec![]);
    world.receipt(&key(11), "byt.24.b", 7_900, by);
    for late in [second, by] {
        world.receipt(&key(2), "byt.24.b", 8_400, late);
    }
    assert_eq!(world.standing(first), Standing::Revoked { by });
    assert!(world.stands(second));
    assert_eq!(enrolled(&world), BTreeSet::from([first, second]));
}

/// The ministry meets both at once and only the province can say who came first.
#[test]
fn a_second_use_that_never_counted_is_no_enrolment() {
    for swap in [false, true] {
        let mut world = tree();
        let mut uses = used_twice(&mut world, None);
        if swap {
            uses.reverse();
        }
        let [first, second] = uses;
        world.receipt(&key(11), "byt.24.b", 8_000, first);
        world.receipt(&key(11), "byt.24.b", 8_100, second);
        assert_eq!(enrolled(&world), BTreeSet::from([first]));
        for id in uses {
            world.receipt(&key(2), "byt.24.b", 8_400, id);
        }
        assert_eq!(enrolled(&world), BTreeSet::from([first]));
    }
}

/// Nor one that came when the invite had been revoked, as far as any level knows.
#[test]
fn a_use_of_a_revoked_invite_is_no_enrolment() {
    let mut world = tree();
    invite(&mut world, None);
    let used = join(&mut world, 52, "byt.24.b", 50);
    let by = world.revoke(&key(10), "byt.24.b", 7_000, &key(52), vec![]);
    world.receipt(&key(11), "byt.24.b", 7_500, by);
    world.receipt(&key(11), "byt.24.b", 8_000, used);
    assert_eq!(enrolled(&world), BTreeSet::new());
    // In one receipt: the province's were two.
    for id in [used, by] {
        world.receipt(&key(2), "byt.24.b", 8_400, id);
    }
    assert_eq!(enrolled(&world), BTreeSet::new());
}

/// It cannot count itself, so it must not keep another from counting.
#[test]
fn a_use_that_came_too_late_displaces_none() {
    let mut world = tree();
    let uses = used_twice(&mut world, Some(8_000));
    let [small, large] = uses;
    world.receipt(&key(11), "byt.24.b", 8_001, small);
    world.receipt(&key(11), "byt.24.b", 8_002, large);
    world.receipt(&key(2), "byt.24.b", 8_000, large);
    assert_eq!(counting(&world, uses), large);
    // Given more time, the use that the parent met first was in time too.
    invite(&mut world, Some(9_000));
    assert_eq!(counting(&world, uses), small);
}

#[test]
fn a_use_after_the_invites_revocation_displaces_none() {
    let mut world = tree();
    let [small, large] = used_twice(&mut world, None);
    world.revoke(&key(10), "byt.24.b", 8_500, &key(52), vec![]);
    world.receipt(&key(11), "byt.24.b", 9_000, small);
    world.receipt(&key(2), "byt.24.b", 8_000, large);
    assert_eq!(world.standing(large), Standing::InEffect);
    assert!(!world.stands(small));
}

#[test]
fn an_overruling_elsewhere_has_no_effect() {
    let mut world = tree();
    let used = world
        .held
        .iter()
        .rfind(|e| e.author() == key(12).public())
        .unwrap()
        .id();
    world.overrule(&key(20), "byt.24.a", 1, used);
    assert_eq!(world.standing(used), Standing::InEffect);
}

#[test]
fn an_invite_used_too_late_is_void_once_it_is_received() {
    let mut world = tree();
    invite(&mut world, Some(8_000));
    let used = join(&mut world, 52, "byt.24.b", 50);
    let entry = world.submission(&key(50), "byt.24.b");
    assert_eq!(world.standing(used), Standing::InEffect);
    world.receipt(&key(11), "byt.24.b", 8_001, used);
    assert_eq!(world.standing(used), Standing::InviteExpired);
    assert_eq!(world.standing(entry), Standing::IssuerWithoutEffect);
    world.receipt(&key(2), "byt.24.b", 8_000, used);
    assert_eq!(world.standing(used), Standing::InEffect);
    assert_eq!(world.standing(entry), Standing::InEffect);
}

#[test]
fn a_grant_that_ends_is_judged_by_receipts() {
    let mut world = tree();
    let mut head = grant(&key(30), Subject::Person, &[Role::Head]);
    head.until = Some(Timestamp(8_000));
    world.give(&key(20), "byt.24.a", vec![head]);
    let entry = world.submission(&key(30), "byt.24.a");
    assert_eq!(world.standing(entry), Standing::InEffect);
    world.receipt(&key(11), "byt.24.a", 8_001, entry);
    assert_eq!(world.standing(entry), Standing::Expired);
    // Renewed: another grant carries it.
    world.person(&key(20), "byt.24.a", 30, &[Role::Head]);
    assert_eq!(world.standing(entry), Standing::InEffect);
}

#[test]
fn a_revoked_invite_cannot_be_used() {
    let mut world = tree();
    invite(&mut world, None);
    assert_eq!(grants(&world, 52), 1);
    let by = world.revoke(&key(10), "byt.24.b", 7_000, &key(52), vec![]);
    assert_eq!(grants(&world, 52), 0);
    let used = join(&mut world, 52, "byt.24.b", 50);
    assert_eq!(world.standing(used), Standing::Revoked { by });
    world.receipt(&key(11), "byt.24.b", 6_999, used);
    assert_eq!(world.standing(used), Standing::InEffect);
}

#[test]
fn a_second_enrolment_from_above_is_seen() {
    let mut world = tree();
    let first = world
        .held
        .iter()
        .rfind(|e| e.author() == key(22).public())
        .unwrap()
        .id();
    assert_eq!(enrolments(&unit("byt.24.a"), &world).unwrap(), [first]);
    // A second PC by the facility's own registrar is none.
    enrol(&mut world, 20, "byt.24.a", 70);
    assert_eq!(enrolments(&unit("byt.24.a"), &world).unwrap(), [first]);
    // The Sở enrols it again and does not say so.
    let second = enrol(&mut world, 10, "byt.24.a", 80);
    world.receipt(&key(11), "byt.24.a", 9_000, first);
    assert_eq!(
        enrolments(&unit("byt.24.a"), &world).unwrap(),
        [first, second]
    );
    assert_eq!(enrolments(&unit("byt"), &world).unwrap(), []);
}
