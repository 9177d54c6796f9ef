//! The file: settings, versions, and several connections at once.

use std::sync::Barrier;

use rusqlite::Connection;

use super::world::*;
use crate::{SCHEMA_VERSION, Store, StoreError};

fn pragma(store: &Store, name: &str) -> String {
    let value = |row: &rusqlite::Row<'_>| row.get::<_, rusqlite::types::Value>(0);
    format!(
        "{:?}",
        store.conn.pragma_query_value(None, name, value).unwrap()
    )
}

#[test]
fn the_settings_that_durability_rests_on_are_in_force() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path().join("quanho.db")).unwrap();
    assert_eq!(pragma(&store, "journal_mode"), "Text(\"wal\")");
    assert_eq!(pragma(&store, "synchronous"), "Integer(2)");
    assert_eq!(pragma(&store, "foreign_keys"), "Integer(1)");
    assert_eq!(pragma(&store, "trusted_schema"), "Integer(0)");
    assert_eq!(pragma(&store, "busy_timeout"), "Integer(10000)");
    assert_eq!(
        pragma(&store, "user_version"),
        format!("Integer({SCHEMA_VERSION})")
    );
}

/// Planning a statement costs more than running it.
#[test]
fn a_cached_statement_is_planned_once() {
    let mut store = Store::open_in_memory().unwrap();
    insert_all(&mut store, &random_entries(1, 30));
    let sql = "SELECT id FROM entries WHERE kind = ?1 AND part > ?2 AND time < ?3";
    let mut select = store.conn.prepare_cached(sql).unwrap();
    for (kind, part) in [("unit", 1), ("receipt", 2), ("credential", 3)] {
        let ids = select.query_map((kind, part, i64::MAX), |row| row.get::<_, Vec<u8>>(0));
        ids.unwrap().for_each(|id| drop(id.unwrap()));
    }
    let again = select.get_status(rusqlite::StatementStatus::RePrepare);
    assert_eq!(again, 0);
}

#[test]
fn what_was_written_is_there_when_opened_again() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("quanho.db");
    let entries = random_entries(1, 30);
    let mut store = Store::open(&path).unwrap();
    insert_all(&mut store, &entries);
    store
        .write::<_, StoreError>(|tx| tx.set_meta("unit", "byt.24"))
        .unwrap();
    drop(store);
    let mut store = Store::open(&path).unwrap();
    assert_eq!(store.meta("unit").unwrap().as_deref(), Some("byt.24"));
    assert!(
        entries
            .iter()
            .all(|entry| store.get(&entry.id()).unwrap().as_ref() == Some(entry))
    );
    assert_eq!(store.check_projections().unwrap(), Vec::<String>::new());
    store
        .write::<_, StoreError>(|tx| tx.delete_meta("unit"))
        .unwrap();
    assert_eq!(store.meta("unit").unwrap(), None);
}

#[test]
fn a_newer_file_is_refused_untouched() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("quanho.db");
    drop(Store::open(&path).unwrap());
    let conn = Connection::open(&path).unwrap();
    conn.pragma_update(None, "user_version", SCHEMA_VERSION + 1)
        .unwrap();
    conn.pragma_update(None, "journal_mode", "DELETE").unwrap();
    drop(conn);
    let before = std::fs::read(&path).unwrap();
    let error = Store::open(&path).unwrap_err();
    assert!(
        matches!(error, StoreError::TooNew { found, known }
            if found == SCHEMA_VERSION + 1 && known == SCHEMA_VERSION),
        "{error:?}"
    );
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn other_files_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("other.db");
    Connection::open(&path)
        .unwrap()
        .execute_batch("CREATE TABLE notes (text)")
        .unwrap();
    assert!(matches!(Store::open(&path), Err(StoreError::Foreign)));
    let path = dir.path().join("picture.jpg");
    std::fs::write(&path, [7; 5000]).unwrap();
    assert!(matches!(
        Store::open(&path),
        Err(StoreError::Corrupt { .. })
    ));
    let path = dir.path().join("no/such/folder/quanho.db");
    assert!(matches!(Store::open(&path), Err(StoreError::Io(_))));
}

#[test]
fn two_connections_see_each_others_commits_and_nothing_before() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("quanho.db");
    let (mut one, other) = (Store::open(&path).unwrap(), Store::open(&path).unwrap());
    let version = other.data_version().unwrap();
    let own = one.data_version().unwrap();
    one.write::<_, StoreError>(|tx| {
        tx.insert(&submission(&key(1), "byt.24", q(2), 1), NOW, None)?;
        assert_eq!((tx.count()?, other.count()?), (1, 0));
        assert_eq!(other.data_version()?, version);
        Ok(())
    })
    .unwrap();
    assert_eq!(other.count().unwrap(), 1);
    assert_ne!(other.data_version().unwrap(), version);
    assert_eq!(one.data_version().unwrap(), own);
    // Several reads of one state.
    other
        .read::<_, StoreError>(|other| {
            assert_eq!(other.count()?, 1);
            insert_all(&mut one, &[submission(&key(1), "byt.24", q(2), 2)]);
            assert_eq!(other.count()?, 1);
            Ok(())
        })
        .unwrap();
    assert_eq!(other.count().unwrap(), 2);
}

#[test]
fn a_locked_file_is_named_busy() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("quanho.db");
    let (mut one, mut other) = (Store::open(&path).unwrap(), Store::open(&path).unwrap());
    other.conn.busy_timeout(std::time::Duration::ZERO).unwrap();
    one.write::<_, StoreError>(|_| {
        let outcome = other.write::<_, StoreError>(|tx| tx.set_meta("a", "b"));
        assert!(matches!(outcome, Err(StoreError::Busy(_))), "{outcome:?}");
        Ok(())
    })
    .unwrap();
    other
        .write::<_, StoreError>(|tx| tx.set_meta("a", "b"))
        .unwrap();
}

#[test]
fn many_at_once_create_the_file_and_write_into_it() {
    const WRITERS: u8 = 4;
    const EACH: u8 = 12;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("quanho.db");
    let barrier = Barrier::new(usize::from(WRITERS));
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (path, barrier) = (&path, &barrier);
            scope.spawn(move || {
                barrier.wait();
                let mut store = Store::open(path).unwrap();
                for n in 0..EACH {
                    // Each entry is tried by two writers.
                    let entry = submission(&key(1), "byt.24", q(2), (writer / 2) * EACH + n);
                    insert_all(&mut store, &[entry]);
                }
            });
        }
    });
    let store = Store::open(&path).unwrap();
    assert_eq!(store.count().unwrap(), u64::from(WRITERS / 2 * EACH));
    assert_eq!(store.check_projections().unwrap(), Vec::<String>::new());
    assert_eq!(store.integrity_check().unwrap(), Vec::<String>::new());
}

#[test]
fn a_store_may_move_to_another_thread() {
    fn movable<T: Send>() {}
    movable::<Store>();
}
