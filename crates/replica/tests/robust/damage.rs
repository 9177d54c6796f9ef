//! Bits that flip in a stored file: found, taken out, fetched again; and what only
//! this machine had is kept as it is and shown.

use std::path::{Path, PathBuf};

use replica::{Checks, RepairView};
use store::Store;
use wire::{Content, Entry, EntryId, Kind, Range, Role, Stream, Subject};

use crate::claims::{claim, given};
use crate::home::Home;
use crate::tree::{Machine, Tree, facility, quarter, settle, sync, unit};

/// Flips a bit wherever these bytes lie in the file.
#[expect(
    clippy::disallowed_methods,
    reason = "a disk that rots goes round the store"
)]
fn flip(file: &Path, bytes: &[u8], at: usize) {
    let mut content = std::fs::read(file).unwrap();
    let places: Vec<usize> = content
        .windows(bytes.len())
        .enumerate()
        .filter(|(_, window)| *window == bytes)
        .map(|(place, _)| place)
        .collect();
    assert!(!places.is_empty(), "the bytes lie in the file");
    for place in places {
        content[place + at] ^= 0x10;
    }
    std::fs::write(file, content).unwrap();
}

/// Flips a bit of an entry: in what was signed, or in the signature.
fn damage(file: &Path, entry: &Entry, in_signature: bool) {
    // A long one goes on in another page.
    let from = if in_signature {
        entry.bytes().len() - 60
    } else {
        80
    };
    flip(file, &entry.bytes()[from..from + 60], 40);
}

fn repair(machine: &mut Machine) -> RepairView {
    let found = machine.replica.verify().unwrap();
    assert!(!found.ok, "it is found");
    let view = machine.replica.repair().unwrap();
    assert!(view.ok, "{view:?}");
    machine.verify();
    view
}

fn everything(machine: &Machine) -> Vec<EntryId> {
    let mut ids: Vec<EntryId> = machine.entries().iter().map(Entry::id).collect();
    ids.sort_unstable();
    ids
}

/// A Sö and a facility in files, with a report that was received and accepted.
struct Scene {
    bo: Machine,
    so: Home,
    one: Home,
    files: [PathBuf; 2],
    /// What each of the two holds.
    held: [Vec<Entry>; 2],
}

fn scene(dir: &Path) -> Scene {
    let files = [dir.join("so.sqlite"), dir.join("one.sqlite")];
    let mut bo = Machine::found(Store::open_in_memory().unwrap());
    let mut so = bo.join_below(&unit("byt.24"), Store::open(&files[0]).unwrap(), 5);
    let mut one = so.join_below(&facility(0), Store::open(&files[1]).unwrap(), 6);
    one.report();
    settle(&mut one, &mut so);
    so.accept(&one.unit());
    settle(&mut one, &mut so);
    so.sign_rollup();
    settle(&mut one, &mut so);
    settle(&mut so, &mut bo);
    let held = [so.entries(), one.entries()];
    let so = Home::close(so, &files[0]);
    let one = Home::close(one, &files[1]);
    Scene {
        bo,
        so,
        one,
        files,
        held,
    }
}

/// Damages every entry in turn that `which` names, at the Sở (0) or at the facility
/// (1), repairs, and lets the nodes meet.
fn every(at: usize, which: impl Fn(&Entry) -> bool) -> usize {
    let dir = tempfile::tempdir().unwrap();
    let Scene {
        mut bo,
        so,
        one,
        files,
        held,
    } = scene(dir.path());
    let (homes, mut seed) = ([so, one], 100);
    let victims: Vec<&Entry> = held[at].iter().filter(|entry| which(entry)).collect();
    for victim in &victims {
        let kind = victim.body().kind();
        damage(&files[at], victim, seed % 2 == 0);
        seed += 1;
        let [mut so, mut one] = [homes[0].open(seed), homes[1].open(seed)];
        let machine = if at == 0 { &mut so } else { &mut one };
        let view = repair(machine);
        assert!(view.taken_out.iter().any(|out| out.id == Some(victim.id())));
        assert!(!machine.holds(victim), "{kind:?}");
        assert_eq!(
            machine.status().damaged.len(),
            view.taken_out.len() - view.put_back,
            "{kind:?}: shown until it is back"
        );
        settle(&mut one, &mut so);
        settle(&mut so, &mut bo);
        settle(&mut one, &mut so);
        for machine in [&so, &one] {
            assert!(machine.holds(victim), "{kind:?}");
            assert!(machine.status().damaged.is_empty(), "{kind:?}");
            machine.verify();
        }
        assert_eq!(one.ids_of(&facility(0)), so.ids_of(&facility(0)));
        let view = one.replica.show(&one.key()).unwrap();
        assert_eq!(view.state, "accepted", "{kind:?}");
        assert_eq!(view.answers["B3"].as_i64(), Some(120));
        assert_eq!(so.status().receipt_forks, Vec::<String>::new(), "{kind:?}");
        drop(Home::close(so, &files[0]));
        drop(Home::close(one, &files[1]));
    }
    victims.len()
}

#[test]
fn the_facility_fetches_again_what_was_damaged() {
    let tried = every(1, |entry| entry.body().unit == facility(0));
    assert!(tried > 6, "{tried}");
}

#[test]
fn the_facility_fetches_the_levels_above_again() {
    let tried = every(1, |entry| entry.body().unit != facility(0));
    assert!(tried > 3, "{tried}");
}

/// Receipts of its own among them: the chain goes on and does not fork.
#[test]
fn the_so_fetches_again_what_was_damaged() {
    let tried = every(0, |entry| {
        entry.body().unit == facility(0) && entry.body().stream == Stream::Report
    });
    assert!(tried > 4, "{tried}");
}

#[test]
fn the_so_fetches_credentials_again() {
    let tried = every(0, |entry| entry.body().kind() == Kind::Credential);
    assert!(tried > 3, "{tried}");
}

/// The only receipt over a report is lost before anybody had it: another is given.
#[test]
fn a_receipt_that_nobody_had_is_given_anew() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("so.sqlite");
    let mut bo = Machine::found(Store::open_in_memory().unwrap());
    let mut so = bo.join_below(&unit("byt.24"), Store::open(&file).unwrap(), 5);
    let mut one = so.join_below(&facility(0), Store::open_in_memory().unwrap(), 6);
    settle(&mut one, &mut so);
    let submission = one.report();
    so.receive(&one, one.entries());
    let newest = so.of_kind(Kind::Receipt).pop().unwrap();
    assert!(!one.holds(&newest));
    let home = Home::close(so, &file);
    damage(&file, &newest, false);
    let mut so = home.open(50);
    let view = repair(&mut so);
    assert_eq!(view.taken_out.len(), 1);
    assert_eq!(view.taken_out[0].kind, "receipt");
    settle(&mut one, &mut so);
    let view = one.replica.show(&one.key()).unwrap();
    assert_eq!(view.submission, Some(submission));
    assert!(view.receipt.is_some());
    assert_eq!(so.status().receipt_forks, Vec::<String>::new());
    assert_eq!(so.status().damaged.len(), 1, "nobody has it");
    so.verify();
}

/// What an earlier check saw of the same file, or of another's, hides nothing.
#[test]
fn a_check_that_follows_another_finds_what_was_damaged_since() {
    let dir = tempfile::tempdir().unwrap();
    let scene = scene(dir.path());
    let mut checks = Checks::new().unwrap();
    for (at, home) in [scene.so, scene.one].iter().enumerate() {
        let machine = home.open(50);
        let view = machine.replica.verify_again(&mut checks).unwrap();
        assert!(view.ok, "{:?}", view.problems);
        drop(Home::close(machine, &scene.files[at]));
        let victim = scene.held[at].last().unwrap();
        damage(&scene.files[at], victim, true);
        let machine = home.open(51);
        for _ in 0..2 {
            let again = machine.replica.verify_again(&mut checks).unwrap();
            let alone = machine.replica.verify().unwrap();
            assert_eq!(format!("{again:?}"), format!("{alone:?}"));
            assert!(!again.ok);
        }
    }
}

#[test]
fn the_only_copy_does_not_vanish_silently() {
    let dir = tempfile::tempdir().unwrap();
    let scene = scene(dir.path());
    let [_, file] = &scene.files;
    let mut one = scene.one.open(50);
    one.set("B3", "130");
    one.seal();
    let only = one.of_kind(Kind::Changes).pop().unwrap();
    let home = Home::close(one, file);
    damage(file, &only, false);
    let mut one = home.open(51);
    repair(&mut one);
    let mut so = scene.so.open(52);
    settle(&mut one, &mut so);
    for _ in 0..2 {
        let damaged = one.status().damaged;
        assert_eq!(damaged.len(), 1);
        assert_eq!(damaged[0].id, Some(only.id()));
        assert_eq!(damaged[0].kind, "changes");
        assert!(one.replica.store().remains_after(0).unwrap().len() == 1);
        sync(&mut one, &mut so);
    }
    one.verify();
    // The report goes on from what is left.
    assert_eq!(one.values("B3"), [model::Scalar::Int(120)]);
    one.set("B3", "131");
    one.seal();
    settle(&mut one, &mut so);
    assert_eq!(one.ids_of(&facility(0)), so.ids_of(&facility(0)));
}

/// What rests on a damaged credential is good: it waits aside, and comes back with
/// the credential.
#[test]
fn what_rested_on_a_damaged_credential_comes_back_with_it() {
    let dir = tempfile::tempdir().unwrap();
    let scene = scene(dir.path());
    let [_, file] = &scene.files;
    let mut one = scene.one.open(50);
    let mut so = scene.so.open(51);
    let before = one.of_kind(Kind::Credential);
    let editor = one.colleague("Người nhập", &[Role::Editor]);
    let mut credentials = one.of_kind(Kind::Credential);
    credentials.retain(|entry| !before.contains(entry));
    settle(&mut one, &mut so);
    let (key, clock) = (one.key(), one.clock());
    let replica = &mut one.replica;
    replica
        .set(&key, &editor.public(), "B3", "77", clock)
        .unwrap();
    let mut env = replica::Env {
        clock,
        entropy: &mut one.entropy,
    };
    one.replica.seal_all(&editor, &mut env).unwrap();
    let home = Home::close(one, file);
    damage(file, &credentials[0], true);
    let mut one = home.open(52);
    let view = repair(&mut one);
    assert_eq!(view.taken_out.len(), 2, "{view:?}");
    assert_eq!(one.values("B3"), [model::Scalar::Int(120)]);
    settle(&mut one, &mut so);
    settle(&mut one, &mut so);
    for machine in [&one, &so] {
        assert_eq!(everything_of(machine), everything_of(&one));
        assert!(machine.status().damaged.is_empty());
        machine.verify();
    }
    assert_eq!(one.values("B3"), [model::Scalar::Int(77)]);
}

/// A Sở's second machine that lost its own credential gives no receipts, but takes
/// what comes, and gives them when the credential is back.
#[test]
fn who_lost_its_own_credential_owes_receipts_until_it_is_back() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("so.sqlite");
    let mut bo = Machine::found(Store::open_in_memory().unwrap());
    let mut so = bo.join_below(&unit("byt.24"), Store::open_in_memory().unwrap(), 5);
    let mut one = so.join_below(&facility(0), Store::open_in_memory().unwrap(), 6);
    let mut second = so.join_below(&unit("byt.24"), Store::open(&file).unwrap(), 7);
    settle(&mut one, &mut so);
    settle(&mut so, &mut bo);
    settle(&mut second, &mut bo);
    let node = second.node.public();
    let own = second.of_kind(Kind::Credential).into_iter().find(|entry| {
        let Content::Credential(content) = &entry.body().content else {
            return false;
        };
        content.grants.iter().any(|grant| grant.key == node)
    });
    // What a facility says of its key is no credential of its own.
    let claim = claim(&one, vec![given(node, Subject::Node, Role::Node)]);
    second.receive(&one, vec![claim]);
    let home = Home::close(second, &file);
    damage(&file, &own.unwrap(), true);
    let mut second = home.open(51);
    repair(&mut second);
    let submission = one.report();
    let mut report = one.entries();
    report.retain(|entry| entry.body().stream == Stream::Report);
    let receipts = second.of_kind(Kind::Receipt).len();
    let intake = second.receive(&one, report);
    assert!(intake.new.contains(&submission), "{intake:?}");
    assert_eq!(second.of_kind(Kind::Receipt).len(), receipts);
    settle(&mut second, &mut bo);
    settle(&mut one, &mut second);
    let view = one.replica.show(&one.key()).unwrap();
    assert!(view.receipt.is_some(), "{view:?}");
    assert!(second.status().damaged.is_empty());
    for machine in [&one, &second] {
        machine.verify();
    }
}

/// A facility that nobody has met yet loses the invite that its credentials rest on:
/// it shows them all the same, and the Sở gives the invite back.
#[test]
fn who_lost_its_invite_before_the_first_session_gets_it_back() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("one.sqlite");
    let mut bo = Machine::found(Store::open_in_memory().unwrap());
    let mut so = bo.join_below(&unit("byt.24"), Store::open_in_memory().unwrap(), 5);
    let mut one = so.join_below(&facility(0), Store::open(&file).unwrap(), 6);
    settle(&mut so, &mut bo);
    one.report();
    let before = everything(&one);
    let invite = one.of_kind(Kind::Credential);
    let invite = invite
        .iter()
        .find(|entry| entry.author() == so.person.public())
        .unwrap();
    let home = Home::close(one, &file);
    damage(&file, invite, false);
    let mut one = home.open(50);
    let view = repair(&mut one);
    assert!(view.taken_out.len() > 3, "{view:?}");
    for _ in 0..2 {
        sync(&mut one, &mut so);
    }
    settle(&mut one, &mut so);
    assert!(one.status().damaged.is_empty());
    for id in before {
        assert!(one.replica.store().has(&id).unwrap());
    }
    let view = one.replica.show(&one.key()).unwrap();
    assert!(view.receipt.is_some(), "{view:?}");
    one.verify();
}

/// Everything rests on it.
#[test]
fn the_ministry_gets_its_root_back_from_below() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("bo.sqlite");
    let mut bo = Machine::found(Store::open(&file).unwrap());
    let mut so = bo.join_below(&unit("byt.24"), Store::open_in_memory().unwrap(), 5);
    settle(&mut so, &mut bo);
    let before = everything(&bo);
    let root = bo.entries().remove(0);
    let home = Home::close(bo, &file);
    damage(&file, &root, true);
    let mut bo = home.open(50);
    let view = repair(&mut bo);
    assert_eq!(view.taken_out.len(), 1, "the anchor vouches for the rest");
    for _ in 0..2 {
        sync(&mut so, &mut bo);
    }
    settle(&mut so, &mut bo);
    assert!(bo.status().damaged.is_empty());
    assert_eq!(everything(&bo).len(), everything(&so).len());
    for id in before {
        assert!(bo.replica.store().has(&id).unwrap());
    }
    bo.verify();
}

fn everything_of(machine: &Machine) -> Vec<EntryId> {
    machine.ids_of(&facility(0))
}

#[test]
fn damage_beside_the_entries_is_computed_away() {
    let dir = tempfile::tempdir().unwrap();
    let scene = scene(dir.path());
    let [file, _] = &scene.files;
    let so = scene.so.open(50);
    let before = everything(&so);
    let reports = Range {
        period: Some(quarter()),
        ..Range::below(&unit("byt.24"), Stream::Report)
    };
    let sum = so.replica.store().fingerprint(&[reports]).unwrap().sum;
    let home = Home::close(so, file);
    flip(file, &sum, 3);
    let mut so = home.open(51);
    let view = repair(&mut so);
    assert!(view.rebuilt && view.taken_out.is_empty(), "{view:?}");
    assert_eq!(everything(&so), before);
    let mut one = scene.one.open(52);
    settle(&mut one, &mut so);
}

/// The bytes are whole and say what the id was: no peer is needed.
#[test]
fn an_id_beside_good_bytes_is_mended_on_the_spot() {
    let dir = tempfile::tempdir().unwrap();
    let scene = scene(dir.path());
    let [file, _] = &scene.files;
    let mut so = scene.so.open(50);
    so.colleague("Người thẩm định", &[Role::Reviewer]);
    let newest = so.entries().pop().unwrap();
    let before = everything(&so);
    let home = Home::close(so, file);
    flip(file, &newest.id().0, 5);
    let mut so = home.open(51);
    let view = repair(&mut so);
    assert_eq!((view.taken_out.len(), view.put_back), (1, 1), "{view:?}");
    assert_eq!(everything(&so), before);
    assert!(so.status().damaged.is_empty());
}

#[test]
fn nothing_is_repaired_where_nothing_is_damaged() {
    let mut tree = Tree::new(1);
    let before = everything(&tree.so);
    let view = tree.so.replica.repair().unwrap();
    assert!(view.ok && !view.rebuilt && view.taken_out.is_empty());
    assert_eq!(everything(&tree.so), before);
}
