//! Chains for first contact.

use super::*;

fn chain_at(world: &World, who: u8, at: &str) -> Vec<EntryId> {
    chain(&key(who).public(), &unit(at), world).unwrap()
}

fn chain_of(world: &World, who: u8) -> Vec<EntryId> {
    chain_at(world, who, "byt.24")
}

#[test]
fn a_chain_runs_from_the_root_to_the_key() {
    let mut world = World::new();
    let root = world.held[0].id();
    let registrar = world.person(&key(0), "byt", 1, &[Role::Registrar]);
    let invite = world.give(
        &key(1),
        "byt.24",
        vec![grant(&key(12), Subject::Invite, &[Role::Node])],
    );
    let node = world.give(
        &key(12),
        "byt.24",
        vec![grant(&key(11), Subject::Node, &[Role::Node])],
    );
    world.person(&key(0), "byt", 5, &[Role::Auditor]);
    assert_eq!(chain_of(&world, 11), [root, registrar, invite, node]);
    assert_eq!(chain_of(&world, 0), [root]);
    assert_eq!(chain_of(&world, 99), []);
}

#[test]
fn a_chain_can_be_held_in_its_order() {
    let mut world = World::new();
    world.person(&key(0), "byt", 1, &[Role::Registrar]);
    world.give(
        &key(1),
        "byt.24",
        vec![grant(&key(12), Subject::Invite, &[Role::Node])],
    );
    world.give(
        &key(1),
        "byt.24",
        vec![grant(&key(13), Subject::Invite, &[Role::Node])],
    );
    world.give(
        &key(12),
        "byt.24",
        vec![grant(&key(11), Subject::Node, &[Role::Node])],
    );
    world.give(
        &key(13),
        "byt.24",
        vec![grant(&key(11), Subject::Node, &[Role::Node])],
    );
    let order = chain_of(&world, 11);
    assert_eq!(order.len(), world.held.len());
    let mut stranger = World::new();
    stranger.held.clear();
    for id in order {
        let entry = world.get(id).entry();
        let grants = stranger.grants_of(&entry.author()).unwrap();
        let signed = Signed::check(entry.clone()).unwrap();
        stranger
            .held
            .push(signed.authorise(&key(0).public(), &grants).unwrap());
    }
}

#[test]
fn circles_and_missing_links_end() {
    let mut world = World::new();
    world.person(&key(0), "byt", 1, &[Role::Registrar]);
    world.person(&key(1), "byt", 2, &[Role::Registrar]);
    world.person(&key(2), "byt", 1, &[Role::Registrar]);
    assert_eq!(chain_of(&world, 2).len(), 4);
    world.held.remove(1);
    assert_eq!(chain_of(&world, 2), []);
    assert_eq!(chain_of(&world, 1), []);
}

/// A facility's registrar names keys of the Sở and of the Bộ, as often as he likes.
#[test]
fn a_claim_from_below_makes_no_chain_longer() {
    let mut world = tree();
    let of_all = |world: &World| {
        let node = chain_at(world, 11, "byt.24");
        let registrar = chain_at(world, 10, "byt.24");
        (node, registrar, chain_at(world, 2, "byt"))
    };
    let before = of_all(&world);
    for _ in 0..40 {
        for node in [2, 11] {
            let claim = grant(&key(node), Subject::Node, &[Role::Node]);
            world.give(&key(20), "byt.24.a", vec![claim]);
        }
        world.person(&key(20), "byt.24.a", 10, ALL_AT_FACILITY);
    }
    assert_eq!(of_all(&world), before);
    assert_eq!(before.0.len(), 4);
}
