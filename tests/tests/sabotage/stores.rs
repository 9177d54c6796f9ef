//! The file: what was said to be written is there, all of it or nothing.

use identity::Fingerprint;
use store::{Store, StoreError};
use testkit::disk::{Disk, Fault, Fuse, On};
use testkit::{Seeded, at};
use wire::{EntryId, Range, Role, Stream};

use crate::run::{Seen, ensure};
use crate::tree::{NOW, Tree, memory};

pub(crate) fn what_was_written_is_there() -> Seen {
    let mut store = memory();
    let written: Result<(), StoreError> = store.write(|tx| tx.set_meta("unit", "byt.24"));
    written.map_err(|error| error.to_string())?;
    let found = store.meta("unit").unwrap();
    ensure!(
        found.as_deref() == Some("byt.24"),
        "written, and there is {found:?}"
    );
    Ok(())
}

/// Twenty times, since what a power cut leaves is a matter of luck.
pub(crate) fn what_was_written_survives_a_power_cut() -> Seen {
    for seed in 0..20 {
        let disk = Disk::new(seed);
        let mut store = disk.store("node.sqlite").unwrap();
        for number in 0..8 {
            let written: Result<(), StoreError> =
                store.write(|tx| tx.set_meta(&format!("row-{number}"), "written"));
            written.map_err(|error| error.to_string())?;
        }
        disk.cut_power(&mut Seeded::new(seed));
        drop(store);
        let store = disk.store("node.sqlite").unwrap();
        let lost = |number: &u32| store.meta(&format!("row-{number}")).unwrap().is_none();
        let lost: Vec<u32> = (0..8).filter(lost).collect();
        ensure!(
            lost.is_empty(),
            "seed {seed}: of eight writes {lost:?} are lost"
        );
    }
    Ok(())
}

/// A process is killed at each of its calls in turn; what the next one finds there is
/// there after a power cut.
pub(crate) fn what_a_kill_left_survives_a_power_cut() -> Seen {
    for after in 0..40 {
        let disk = Disk::new(after);
        let mut store = disk.store("node.sqlite").unwrap();
        disk.arm(Fuse {
            after,
            what: Fault::Kill,
            on: On::Any,
        });
        for number in 0..8 {
            let written: Result<(), StoreError> =
                store.write(|tx| tx.set_meta(&format!("row-{number}"), "written"));
            if written.is_err() {
                break;
            }
        }
        disk.disarm();
        drop(store);
        let found = |store: &Store| {
            let there = |number: &u32| store.meta(&format!("row-{number}")).unwrap().is_some();
            (0..8).filter(there).count()
        };
        let store = disk.store("node.sqlite").unwrap();
        let shown = found(&store);
        disk.cut_power(&mut Seeded::new(after));
        drop(store);
        let left = found(&disk.store("node.sqlite").unwrap());
        ensure!(
            left >= shown,
            "killed at call {after}: {shown} rows were shown, {left} are left"
        );
    }
    Ok(())
}

/// The process fails between an entry and the end of its transaction.
pub(crate) fn a_write_that_fails_leaves_nothing() -> Seen {
    let tree = Tree::new(0);
    let mut store: Store = memory();
    for entry in tree.bo.entries() {
        let verified = tree.bo.replica.store().get(&entry.id()).unwrap().unwrap();
        let failed = store.write(|tx| -> Result<(), StoreError> {
            tx.insert(&verified, at(NOW), None)?;
            Err(StoreError::Aborted)
        });
        ensure!(failed.is_err(), "it said that it was written");
    }
    let (count, problems) = (store.count().unwrap(), store.check_projections().unwrap());
    ensure!(count == 0, "{count} entries are there");
    ensure!(problems.is_empty(), "{problems:?}");
    Ok(())
}

/// Of every range that a session may ask for, against the ids themselves.
pub(crate) fn fingerprints_are_of_what_is_held() -> Seen {
    let mut tree = Tree::new(2);
    tree.accepted(0, &[]);
    let mut compared = 0;
    for machine in [&tree.bo, &tree.so, &tree.facilities[0]] {
        let entries = machine.entries();
        for unit in ["byt", "byt.24", "byt.24.07000"].map(crate::tree::unit) {
            for stream in [Stream::Org, Stream::Report] {
                for range in [Range::of(&unit, stream), Range::below(&unit, stream)] {
                    let inside = entries.iter().filter(|entry| {
                        let body = entry.body();
                        range.contains(&body.unit, body.stream, body.period)
                    });
                    let ids: Vec<EntryId> = inside.map(|entry| entry.id()).collect();
                    let kept = machine.replica.store().fingerprint(&[range]).unwrap();
                    ensure!(
                        kept == Fingerprint::of(&ids),
                        "{} at {unit}: {} entries held, {} counted",
                        machine.unit(),
                        ids.len(),
                        kept.count
                    );
                    compared += ids.len();
                }
            }
        }
    }
    assert!(compared > 50, "only {compared} compared");
    Ok(())
}

/// The editor is revoked while drafts of hers wait to be signed.
pub(crate) fn a_seal_that_fails_keeps_the_drafts() -> Seen {
    let mut tree = Tree::new(1);
    let facility = &mut tree.facilities[0];
    let editor = facility.colleague(Role::Editor);
    facility.set_as(&editor, "B3", "121");
    let (registrar, clock) = (facility.person.clone(), facility.clock());
    let key = editor.public();
    let revoked = facility
        .replica
        .revoke(&registrar, &key, "nghỉ việc", clock);
    revoked.unwrap();
    let sealed = facility.seal_as(&editor);
    ensure!(sealed.is_err(), "a revoked key signs: {sealed:?}");
    let kept = facility.replica.status().unwrap().stranded;
    ensure!(kept == 1, "of one draft there are {kept}");
    Ok(())
}
