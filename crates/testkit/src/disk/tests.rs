//! A disk that loses what it should keep, or keeps what it should lose, would
//! prove nothing: so it is tried with SQLite itself.

use rusqlite::{Connection, ErrorCode};

use super::{Disk, Fault, Fuse, Image, Lasting, On};
use crate::Seeded;

const FILE: &str = "node.db";

/// Rows of this many bytes, so that a commit is a few pages.
const ROW_BYTES: usize = 3_000;

fn open(disk: &Disk, synchronous: &str) -> rusqlite::Result<Connection> {
    let conn = disk.connect(FILE)?;
    let mode: String = conn.pragma_update_and_check(None, "journal_mode", "WAL", |r| r.get(0))?;
    assert_eq!(mode, "wal");
    conn.pragma_update(None, "synchronous", synchronous)?;
    // Checkpoints come often, so that a cut meets them too.
    conn.pragma_update(None, "wal_autocheckpoint", 20)?;
    conn.execute_batch("CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY, bytes BLOB)")?;
    Ok(conn)
}

fn content(id: i64) -> Vec<u8> {
    let byte = u8::try_from(id % 251).unwrap();
    let mut bytes = vec![byte; ROW_BYTES];
    bytes[..8].copy_from_slice(&id.to_le_bytes());
    bytes
}

fn insert(conn: &Connection, id: i64) -> rusqlite::Result<()> {
    let sql = "INSERT INTO rows (id, bytes) VALUES (?1, ?2)";
    conn.execute(sql, (id, content(id))).map(drop)
}

/// The ids that are there; their contents are as they were written.
fn rows(conn: &Connection) -> Vec<i64> {
    let mut select = conn
        .prepare("SELECT id, bytes FROM rows ORDER BY id")
        .unwrap();
    let rows = select.query_map((), |row| {
        let (id, bytes): (i64, Vec<u8>) = (row.get(0)?, row.get(1)?);
        assert!(bytes == content(id), "row {id} is another");
        Ok(id)
    });
    rows.unwrap().collect::<Result<_, _>>().unwrap()
}

fn assert_whole(conn: &Connection) {
    let said: String = conn
        .query_row("PRAGMA integrity_check", (), |row| row.get(0))
        .unwrap();
    assert_eq!(said, "ok");
}

/// Commits rows until something fails; how many commits were answered with Ok.
fn commit_until_failure(disk: &Disk, synchronous: &str) -> i64 {
    let Ok(conn) = open(disk, synchronous) else {
        return 0;
    };
    let mut next = i64::try_from(rows(&conn).len()).unwrap();
    while next < 10_000 {
        if insert(&conn, next).is_err() {
            return next;
        }
        next += 1;
    }
    panic!("nothing failed");
}

/// Three lives on one disk, each ended by a power cut; how many rows were lost.
fn lost_by_power_cuts(seed: u64, synchronous: &str) -> i64 {
    let mut random = Seeded::new(seed);
    let disk = Disk::new(seed);
    let (mut lost, mut there) = (0, 0);
    for _ in 0..3 {
        disk.arm(Fuse {
            after: random.below(150),
            what: Fault::PowerCut,
            on: On::Any,
        });
        let committed = commit_until_failure(&disk, synchronous).max(there);
        assert_eq!(disk.tripped(), Some(Fault::PowerCut));
        let conn = open(&disk, synchronous).unwrap();
        assert_whole(&conn);
        there = i64::try_from(rows(&conn).len()).unwrap();
        lost += (committed - there).max(0);
        assert!(there <= committed + 1, "seed {seed}: rows out of nowhere");
        assert_eq!(rows(&conn), (0..there).collect::<Vec<_>>());
    }
    lost
}

#[test]
fn what_full_synchronous_committed_survives_every_power_cut() {
    for seed in 0..200 {
        assert_eq!(lost_by_power_cuts(seed, "FULL"), 0, "seed {seed}");
    }
}

#[test]
fn what_normal_synchronous_committed_does_not() {
    let losing = |seed: &u64| lost_by_power_cuts(*seed, "NORMAL") > 0;
    let count = (0..40).filter(losing).count();
    assert!(count > 10, "{count} of 40 seeds lost something");
}

#[test]
fn a_power_cut_from_outside_ends_every_handle() {
    let mut random = Seeded::new(3);
    let disk = Disk::new(3);
    let conn = open(&disk, "FULL").unwrap();
    insert(&conn, 0).unwrap();
    disk.cut_power(&mut random);
    let error = insert(&conn, 1).unwrap_err();
    assert_eq!(error.sqlite_error_code(), Some(ErrorCode::SystemIoFailure));
    let again = open(&disk, "FULL").unwrap();
    // The dead one closes, and takes nothing of the living one with it.
    drop(conn);
    insert(&again, 1).unwrap();
    assert_eq!(rows(&again), [0, 1]);
}

#[test]
fn a_kill_loses_nothing_that_was_written() {
    for after in 0..120 {
        let disk = Disk::new(after);
        disk.arm(Fuse {
            after,
            what: Fault::Kill,
            on: On::Any,
        });
        let committed = commit_until_failure(&disk, "NORMAL");
        assert_eq!(disk.tripped(), Some(Fault::Kill));
        let conn = open(&disk, "NORMAL").unwrap();
        assert_whole(&conn);
        let there = i64::try_from(rows(&conn).len()).unwrap();
        assert!((committed..=committed + 1).contains(&there), "{after}");
    }
}

/// Opens, commits ten rows and closes. Rows that are answered with Ok.
fn ten_rows(disk: &Disk) -> Vec<i64> {
    match open(disk, "FULL") {
        Ok(conn) => (0..10).filter(|id| insert(&conn, *id).is_ok()).collect(),
        Err(_) => Vec::new(),
    }
}

#[test]
fn a_call_that_fails_leaves_a_database_that_opens() {
    let clean = Disk::new(0);
    assert_eq!(ten_rows(&clean).len(), 10);
    let ops = clean.ops();
    assert!(ops > 50, "{ops} calls");
    let mut failed = 0;
    for lasting in [Lasting::Once, Lasting::UntilDisarmed] {
        for what in [Fault::Eio(lasting), Fault::Enospc(lasting)] {
            for after in 0..ops {
                let on = On::Any;
                let disk = Disk::new(after);
                disk.arm(Fuse { after, what, on });
                let committed = ten_rows(&disk);
                assert_eq!(disk.tripped(), Some(what), "{what:?} after {after}");
                failed += usize::from(committed.len() < 10);
                disk.disarm();
                let conn = open(&disk, "FULL").unwrap();
                assert_whole(&conn);
                let there = rows(&conn);
                let kept = committed.iter().all(|id| there.contains(id));
                assert!(kept, "{what:?} after {after}: {committed:?} {there:?}");
                insert(&conn, 10).unwrap();
            }
        }
    }
    assert!(failed > 50, "only {failed} runs noticed");
}

#[test]
fn a_full_disk_says_so_until_there_is_room() {
    let disk = Disk::new(1);
    let conn = open(&disk, "FULL").unwrap();
    insert(&conn, 0).unwrap();
    disk.fill(disk.bytes() + 2_000);
    let error = insert(&conn, 1).unwrap_err();
    assert_eq!(error.sqlite_error_code(), Some(ErrorCode::DiskFull));
    disk.free();
    insert(&conn, 1).unwrap();
    assert_eq!(rows(&conn), [0, 1]);
}

#[test]
fn a_flipped_bit_is_read() {
    let (disk, mut random) = (Disk::new(1), Seeded::new(1));
    let conn = open(&disk, "FULL").unwrap();
    (0..10).for_each(|id| insert(&conn, id).unwrap());
    let needle: Vec<u8> = (0..200).collect();
    conn.execute("INSERT INTO rows VALUES (99, ?1)", (&needle,))
        .unwrap();
    let checkpoint = |conn: &Connection| {
        conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |_| Ok(()))
            .unwrap();
    };
    checkpoint(&conn);
    assert!(disk.flip_bit(&needle, &mut random));
    assert!(!disk.flip_bit(b"what was never written to it", &mut random));
    disk.kill();
    let conn = disk.connect(FILE).unwrap();
    let sql = "SELECT bytes FROM rows WHERE id = 99";
    let read: Vec<u8> = conn.query_row(sql, (), |row| row.get(0)).unwrap();
    let differing = |(a, b): (&u8, &u8)| (a ^ b).count_ones();
    assert_eq!(needle.iter().zip(&read).map(differing).sum::<u32>(), 1);
}

#[test]
fn two_connections_see_each_other_and_take_turns() {
    let disk = Disk::new(1);
    let (a, b) = (open(&disk, "FULL").unwrap(), open(&disk, "FULL").unwrap());
    insert(&a, 0).unwrap();
    assert_eq!(rows(&b), [0]);
    a.execute_batch("BEGIN IMMEDIATE").unwrap();
    insert(&a, 1).unwrap();
    b.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
    let busy = insert(&b, 2).unwrap_err();
    assert_eq!(busy.sqlite_error_code(), Some(ErrorCode::DatabaseBusy));
    assert_eq!(rows(&b), [0]);
    a.execute_batch("COMMIT").unwrap();
    insert(&b, 2).unwrap();
    assert_eq!(rows(&a), [0, 1, 2]);
    drop(a);
    assert_eq!(rows(&b), [0, 1, 2]);
}

#[test]
fn a_copy_can_be_gone_back_to() {
    let disk = Disk::new(1);
    let conn = open(&disk, "FULL").unwrap();
    insert(&conn, 0).unwrap();
    let image = disk.snapshot();
    assert_eq!(image.bytes(), disk.bytes());
    insert(&conn, 1).unwrap();
    disk.restore(&image);
    assert!(insert(&conn, 2).is_err());
    drop(conn);
    assert!(disk.snapshot() == image);
    assert_eq!(rows(&open(&disk, "FULL").unwrap()), [0]);
    disk.wipe();
    assert_eq!(disk.bytes(), 0);
    assert_eq!(rows(&open(&disk, "FULL").unwrap()), [0_i64; 0]);
}

#[test]
fn rollback_journals_work_too() {
    for seed in 0..60 {
        let (disk, mut random) = (Disk::new(seed), Seeded::new(seed));
        let create = || -> rusqlite::Result<Connection> {
            let conn = disk.connect(FILE)?;
            conn.execute_batch("CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY, bytes)")?;
            Ok(conn)
        };
        let after = random.below(120);
        disk.arm(Fuse {
            after,
            what: Fault::PowerCut,
            on: On::Any,
        });
        let committed = create().map_or(0, |conn| {
            (0..100).take_while(|id| insert(&conn, *id).is_ok()).count()
        });
        assert_eq!(disk.tripped(), Some(Fault::PowerCut));
        let conn = create().unwrap();
        assert_whole(&conn);
        let there = rows(&conn).len();
        assert!((committed..=committed + 1).contains(&there), "seed {seed}");
    }
}

/// What a run left: its database, and how much it did.
fn run(seed: u64) -> (Image, u64, u64, Vec<i64>) {
    let disk = Disk::new(seed);
    disk.arm(Fuse {
        after: 200,
        what: Fault::PowerCut,
        on: On::Any,
    });
    commit_until_failure(&disk, "NORMAL");
    let conn = open(&disk, "FULL").unwrap();
    let ids = rows(&conn);
    drop(conn);
    (disk.snapshot(), disk.writes(), disk.syncs(), ids)
}

#[test]
fn the_same_seed_leaves_the_same_bytes() {
    let (image, writes, syncs, ids) = run(5);
    assert!(image.file(FILE).is_some_and(|bytes| bytes.len() > 10_000));
    let again = run(5);
    assert!(again.0 == image);
    assert_eq!((again.1, again.2, again.3), (writes, syncs, ids));
    let others: Vec<_> = (6..12).map(run).collect();
    assert!(others.iter().any(|other| other.0 != image));
}

#[test]
fn many_disks_live_in_many_threads() {
    let ids: Vec<Vec<i64>> = std::thread::scope(|scope| {
        let start = |seed| scope.spawn(move || (ten_rows(&Disk::new(seed)), seed).0);
        let threads: Vec<_> = (0..8).map(start).collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    assert!(ids.iter().all(|ids| ids.len() == 10));
}

#[test]
fn a_connection_may_outlive_its_disk() {
    let conn = open(&Disk::new(1), "FULL").unwrap();
    insert(&conn, 0).unwrap();
    let other = open(&Disk::new(2), "FULL").unwrap();
    insert(&conn, 1).unwrap();
    assert_eq!(rows(&conn), [0, 1]);
    assert_eq!(rows(&other), [0_i64; 0]);
}
