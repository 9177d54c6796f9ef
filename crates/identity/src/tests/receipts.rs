//! Receipts whose giver has no effect say nothing.

use super::*;

/// byt.24.b with one invite that was used twice; the use that counts, the other.
fn used_twice(world: &mut World) -> (EntryId, EntryId) {
    let roles = [Role::Node, Role::Editor, Role::Head, Role::Registrar];
    let invite = grant(&key(52), Subject::Invite, &roles);
    world.give(&key(10), "byt.24.b", vec![invite]);
    let one = join(world, 52, "byt.24.b", 50);
    let two = join(world, 52, "byt.24.b", 60);
    (one.min(two), one.max(two))
}

/// The thief of a province's node back-dates the receipt over the thief's own use.
#[test]
fn a_revoked_nodes_receipts_decide_nothing_unless_listed() {
    let mut world = tree();
    let (small, large) = used_twice(&mut world);
    let honest = world.receipt(&key(11), "byt.24.b", 9_000, small);
    let forged = world.receipt(&key(11), "byt.24.b", 1, large);
    assert!(world.stands(large));
    let listed = vec![honest];
    let by = world.revoke(&key(10), "byt.24", 9_500, &key(11), listed);
    assert_eq!(world.standing(forged), Standing::Revoked { by });
    assert_eq!(world.standing(honest), Standing::InEffect);
    assert_eq!(world.standing(small), Standing::InEffect);
    let lost = Standing::InviteUsedBefore { winner: small };
    assert_eq!(world.standing(large), lost);
    let mut judge = Judge::new(&world);
    let mark = judge.earliest_receipt(&small).unwrap().unwrap();
    assert_eq!((mark.receipt, mark.time), (honest, Timestamp(9_000)));
    assert_eq!(judge.earliest_receipt(&large).unwrap(), None);
    // A receipt of the level above is not touched, whenever it came.
    world.receipt(&key(2), "byt.24.b", 9_900, large);
    assert_eq!(world.standing(large), lost);
}

/// Of one moment and one number: neither came before the other.
#[test]
fn one_receipt_over_an_entry_and_its_authors_revocation_is_not_earlier() {
    let mut world = tree();
    let [listed, other] = [(); 2].map(|()| world.submission(&key(20), "byt.24.a"));
    let by = world.revoke(&key(10), "byt.24.a", 5_000, &key(20), vec![listed]);
    let mut covers = vec![listed, other, by];
    covers.sort_unstable();
    let content = Content::Receipt(ReceiptContent {
        seq: 7,
        prev: Some(listed),
        covers,
        received: Vec::new(),
        incomplete: Vec::new(),
        inclusions: Vec::new(),
    });
    world.hold(&key(11), org("byt.24.a", 4_000, content));
    assert_eq!(world.standing(listed), Standing::InEffect);
    assert_eq!(world.standing(other), Standing::Revoked { by });
    // The number before it in the same moment is: `World::receipt` says 0.
    world.receipt(&key(11), "byt.24.a", 4_000, other);
    assert_eq!(world.standing(other), Standing::InEffect);
}

/// What the key signed before its revocation stands by a receipt that stands.
#[test]
fn a_forged_receipt_does_not_bring_back_what_was_revoked() {
    let mut world = tree();
    let covered = world.submission(&key(20), "byt.24.a");
    let honest = world.receipt(&key(11), "byt.24.a", 4_000, covered);
    let late = world.submission(&key(20), "byt.24.a");
    let by = world.revoke(&key(10), "byt.24.a", 5_000, &key(20), vec![]);
    world.receipt(&key(11), "byt.24.a", 4_000, late);
    assert!(world.stands(late));
    world.revoke(&key(10), "byt.24", 6_000, &key(11), vec![honest]);
    assert_eq!(world.standing(late), Standing::Revoked { by });
    assert_eq!(world.standing(covered), Standing::InEffect);
}

/// The second use of a province's invite makes a node whose receipts are void.
#[test]
fn a_node_without_effect_gives_no_receipts() {
    let mut world = tree();
    let again = join(&mut world, 12, "byt.24", 70);
    world.receipt(&key(2), "byt.24", 500, uses(&world, 12)[0]);
    assert!(!world.stands(again));
    let (small, large) = used_twice(&mut world);
    world.receipt(&key(71), "byt.24.b", 1, large);
    assert!(world.stands(small));
    assert!(!world.stands(large));
}

fn uses(world: &World, invite: u8) -> Vec<EntryId> {
    let first = world.held.iter().filter(|entry| {
        entry.author() == key(invite).public() && entry.body().unit == unit("byt.24")
    });
    first.map(Verified::id).collect()
}

/// Receipts over receipts would make the question circular.
#[test]
fn no_receipt_covers_a_receipt() {
    let mut world = tree();
    let entry = world.submission(&key(20), "byt.24.a");
    let receipt = world.receipt(&key(11), "byt.24.a", 100, entry);
    world.receipt(&key(2), "byt.24.a", 150, receipt);
    let by = world.revoke(&key(1), "byt.24", 200, &key(11), vec![]);
    assert_eq!(world.standing(receipt), Standing::Revoked { by });
}

/// A facility's registrar names the key of the province's invite a registrar of
/// the own unit, and its holder writes there: the question still ends, and no use
/// of the invite was made by it.
#[test]
fn an_invite_key_that_writes_elsewhere_has_not_used_the_invite() {
    let mut world = tree();
    let roles = [Role::Node, Role::Editor, Role::Head, Role::Registrar];
    world.give(
        &key(10),
        "byt.24",
        vec![grant(&key(80), Subject::Invite, &roles)],
    );
    world.person(&key(20), "byt.24.a", 80, ALL_AT_FACILITY);
    let below = world.person(&key(80), "byt.24.a", 81, &[Role::Head]);
    world.receipt(&key(11), "byt.24.a", 1, below);
    let joined = join(&mut world, 80, "byt.24", 82);
    assert_eq!(world.standing(joined), Standing::InEffect);
    assert_eq!(world.standing(below), Standing::InEffect);
}

/// More than one list fits into one entry; another author adds nothing.
#[test]
fn the_lists_of_one_revoker_count_together() {
    let mut world = tree();
    let [one, two, three] = [(); 3].map(|()| world.submission(&key(20), "byt.24.a"));
    world.person(&key(20), "byt.24.a", 30, ALL_AT_FACILITY);
    let first = world.revoke(&key(10), "byt.24.a", 5_000, &key(20), vec![one]);
    world.revoke(&key(10), "byt.24.a", 5_001, &key(20), vec![two]);
    assert_eq!(
        [one, two].map(|id| world.standing(id)),
        [Standing::InEffect, Standing::InEffect]
    );
    assert_eq!(world.standing(three), Standing::Revoked { by: first });
    // The thief revokes the key as well, and lists what it forged.
    world.revoke(&key(20), "byt.24.a", 1, &key(20), vec![three]);
    assert_eq!(world.standing(three), Standing::Revoked { by: first });
}
