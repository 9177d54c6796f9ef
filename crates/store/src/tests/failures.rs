//! All or nothing, a full disk, and bit rot.

use std::error::Error as _;

use wire::range::Range;
use wire::{DocId, Stream};

use super::world::*;
use crate::{CachedDoc, EntryFilter, Inserted, Peer, Store, StoreError, limits};

/// Everything in the file, as text.
fn contents(store: &Store) -> Vec<String> {
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
    let mut select = store.conn.prepare(tables).unwrap();
    let names: Vec<String> = select
        .query_map((), |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let mut lines = Vec::new();
    for name in names {
        let mut select = store
            .conn
            .prepare(&format!("SELECT * FROM {name}"))
            .unwrap();
        let columns = select.column_count();
        let mut rows = select.query(()).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let cells: Vec<_> = (0..columns)
                .map(|at| row.get::<_, rusqlite::types::Value>(at).unwrap())
                .collect();
            lines.push(format!("{name} {cells:?}"));
        }
    }
    lines
}

/// An error of the caller's own.
enum Failed {
    Here,
    Store,
}

impl From<StoreError> for Failed {
    fn from(_: StoreError) -> Self {
        Failed::Store
    }
}

#[test]
fn an_error_at_any_step_leaves_no_trace() {
    let mut store = store_of(&random_entries(1, 30));
    let before = contents(&store);
    let entries = random_entries(2, 25);
    for steps in 0..=entries.len() {
        let outcome = store.write(|tx| {
            tx.set_meta("unit", "byt.24")?;
            for entry in &entries[..steps] {
                tx.insert(entry, NOW, None)?;
            }
            tx.fingerprint(&[Range::below(&unit("byt"), Stream::Report)])?;
            Err::<(), _>(Failed::Here)
        });
        assert!(matches!(outcome, Err(Failed::Here)));
        assert_eq!(contents(&store), before);
    }
    insert_all(&mut store, &entries);
    assert_eq!(store.check_projections().unwrap(), Vec::<String>::new());
}

#[test]
fn a_panic_inside_a_write_leaves_no_trace() {
    let mut store = store_of(&random_entries(1, 5));
    let before = contents(&store);
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        store.write::<(), StoreError>(|tx| {
            tx.insert(&submission(&key(1), "byt.24", q(2), 99), NOW, None)?;
            panic!("as a hostile change might make Automerge")
        })
    }));
    assert!(caught.is_err());
    assert_eq!(contents(&store), before);
    insert_all(&mut store, &random_entries(2, 5));
    assert_eq!(store.check_projections().unwrap(), Vec::<String>::new());
}

#[test]
fn an_error_that_is_swallowed_is_not_committed() {
    let mut store = Store::open_in_memory().unwrap();
    let before = contents(&store);
    let outcome = store.write::<_, StoreError>(|tx| {
        tx.set_meta("a", "b")?;
        assert!(
            tx.execute("INSERT INTO units (unit) VALUES ('byt')", ())
                .is_err()
        );
        tx.set_meta("c", "d")
    });
    assert!(matches!(outcome, Err(StoreError::Aborted)), "{outcome:?}");
    assert_eq!(contents(&store), before);
}

#[test]
fn an_entry_is_inserted_once() {
    let mut store = Store::open_in_memory().unwrap();
    let entry = submission(&key(1), "byt.24", q(2), 1);
    assert_eq!(
        insert_all(&mut store, &[entry.clone(), entry.clone()]),
        [Inserted::New(1), Inserted::Known(1)]
    );
    assert_eq!(
        insert_all(&mut store, std::slice::from_ref(&entry)),
        [Inserted::Known(1)]
    );
    assert_eq!(
        (store.count().unwrap(), store.row_of(&entry.id()).unwrap()),
        (1, Some(1))
    );
    assert_eq!(store.get(&entry.id()).unwrap(), Some(entry));
    assert_eq!(store.check_projections().unwrap(), Vec::<String>::new());
}

#[test]
fn a_full_disk_is_named_and_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path().join("quanho.db")).unwrap();
    insert_all(&mut store, &random_entries(1, 20));
    let before = contents(&store);
    let pages: i64 = store
        .conn
        .pragma_query_value(None, "page_count", |row| row.get(0))
        .unwrap();
    let set = |store: &Store, pages: i64| {
        store
            .conn
            .pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))
            .unwrap();
    };
    set(&store, pages + 2);
    let big: Vec<_> = (0..9u8)
        .map(|n| changes(&key(1), "byt.24", q(2), &[n; 20_000]))
        .collect();
    // Whether the error is passed on or swallowed.
    for swallow in [false, true] {
        let outcome = store.write::<_, StoreError>(|tx| {
            for entry in &big {
                let inserted = tx.insert(entry, NOW, None);
                if !swallow {
                    inserted?;
                }
            }
            Ok(())
        });
        match outcome {
            Err(error @ StoreError::Full(_)) => assert!(!swallow && error.source().is_some()),
            Err(StoreError::Aborted) => assert!(swallow),
            other => panic!("{other:?}"),
        }
        assert_eq!(contents(&store), before);
    }
    set(&store, i64::from(i32::MAX));
    insert_all(&mut store, &big);
    assert_eq!(store.check_projections().unwrap(), Vec::<String>::new());
    assert_eq!(store.integrity_check().unwrap(), Vec::<String>::new());
}

#[test]
fn a_flipped_bit_is_found_by_row_whoever_reads() {
    let entries = random_entries(4, 12);
    let victim = entries[6].id();
    let row = store_of(&entries).row_of(&victim).unwrap().unwrap();
    let size = entries[6].bytes().len();
    for at in (0..size).step_by(7) {
        let mut store = store_of(&entries);
        let mut bytes = entries[6].bytes().to_vec();
        bytes[at] ^= 1;
        let update = "UPDATE entries SET bytes = ?1 WHERE row = ?2";
        store.conn.execute(update, (&bytes, row)).unwrap();
        // The id does not cover the signature: that is `verify`'s to find.
        let in_signature = at >= size - 64;
        let result = store.get(&victim);
        if in_signature {
            assert!(result.is_ok());
            continue;
        }
        let named = |error: &StoreError| {
            matches!(error, StoreError::Corrupt { what, .. }
            if *what == format!("entries row {row}"))
        };
        assert!(result.as_ref().is_err_and(named), "{at}: {result:?}");
        let all = store.entries(&EntryFilter::default());
        assert!(all.as_ref().is_err_and(named), "{at}");
        assert!(store.rebuild().as_ref().is_err_and(named), "{at}");
        assert!(store.check_projections().unwrap()[0].contains(&format!("entries row {row}")));
        let mut raw = 0;
        store.for_each_raw(|_, _, _| raw += 1).unwrap();
        assert_eq!(raw, entries.len());
    }
}

#[test]
fn a_damaged_row_is_discarded_and_taken_again() {
    let entries = random_entries(4, 40);
    let everything = [
        Range::below(&unit("byt"), Stream::Report),
        Range::below(&unit("byt"), Stream::Org),
    ];
    for victim in [0, 20, entries.len() - 1] {
        let mut store = store_of(&entries);
        let whole = store.fingerprint(&everything).unwrap();
        let row = store.row_of(&entries[victim].id()).unwrap().unwrap();
        let update = "UPDATE entries SET bytes = zeroblob(70) WHERE row = ?1";
        store.conn.execute(update, (row,)).unwrap();
        let rows = [(row, "zeros".to_owned())];
        let discarded = store.write::<_, StoreError>(|tx| tx.discard(&rows));
        discarded.unwrap();
        assert!(!store.has(&entries[victim].id()).unwrap());
        let kept = store.damaged().unwrap();
        assert_eq!(kept.len(), 1);
        let id = Some(entries[victim].id());
        assert_eq!((kept[0].row, kept[0].id), (row, id));
        assert_eq!(kept[0].reason, "zeros");
        assert!(store.remains_after(0).unwrap()[0].entry.is_none());
        assert_eq!(store.check_projections().unwrap(), Vec::<String>::new());
        assert_eq!(store.integrity_check().unwrap(), Vec::<String>::new());
        insert_all(&mut store, &entries);
        assert_eq!(store.fingerprint(&everything).unwrap(), whole);
        assert_eq!(store.check_projections().unwrap(), Vec::<String>::new());
        assert_eq!(store.damaged().unwrap(), [], "held again");
    }
}

#[test]
fn nonsense_in_any_column_is_an_error_and_never_a_panic() {
    let peer = Peer {
        key: key(1).public(),
        unit: unit("byt.24"),
        address: None,
        acked_row: 0,
        last_sync: None,
        in_sync: false,
        receipts_head: None,
    };
    let cached = CachedDoc {
        saved: vec![1],
        up_to_row: 1,
        version: "x".into(),
    };
    for damage in [
        "UPDATE parts SET unit = 'nowhere'",
        "UPDATE parts SET stream = 'nowhere'",
        "UPDATE parts SET period = 'never'",
        "UPDATE parts SET sum = x'00'",
        "UPDATE parts SET sum = x'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff'",
        "UPDATE parts SET count = -1",
        "UPDATE totals SET sum = x'00'",
        "UPDATE entries SET id = randomblob(5)",
        "UPDATE entries SET bytes = x''",
        "UPDATE peers SET unit = ''",
        "UPDATE units SET unit = 'Byt'",
        "UPDATE receipt_covers SET entry = x''",
        "UPDATE docs SET doc = x''",
        "UPDATE grants SET credential = randomblob(32)",
    ] {
        let mut store = store_of(&random_entries(1, 80));
        store
            .write::<_, StoreError>(|tx| {
                tx.put_peer(&peer)?;
                tx.put_cached_doc(&DocId([1; 32]), &cached)
            })
            .unwrap();
        store
            .conn
            .execute_batch(&damage.replace("UPDATE", "UPDATE OR IGNORE"))
            .unwrap();
        let ranges = [
            Range::below(&unit("byt"), Stream::Report),
            Range::of(&unit("byt"), Stream::Org),
        ];
        let _ = store.fingerprint(&ranges);
        let _ = store.parts(&ranges);
        let _ = store.entries(&EntryFilter::default());
        let _ = store.rows_after(&ranges, 0, &peer.key, 100, limits::WAL_MAX_BYTES as usize);
        let _ = (
            store.units(),
            store.peers(),
            store.receipt_forks(),
            store.check_projections(),
        );
        let _ = identity::Ledger::grants_of(&store, &key(7).public());
        let _ = store.write::<_, StoreError>(|tx| {
            for entry in random_entries(2, 10) {
                tx.insert(&entry, NOW, None)?;
            }
            Ok(())
        });
        let _ = store.rebuild();
    }
}
