//! What is bounded: parked, refused, refused by peers.

use identity::{Signed, Verified};
use model::Timestamp;
use wire::{DocId, EntryId, Kind};

use super::world::*;
use crate::{Drill, GateDue, Peer, Refused, Store, StoreError, limits};

fn signed_only(entry: &Verified) -> Signed {
    Signed::check(entry.entry().clone()).unwrap()
}

#[test]
fn parked_entries_wait_for_their_author() {
    let mut store = Store::open_in_memory().unwrap();
    let (one, other) = (
        submission(&key(1), "byt.24", q(2), 1),
        submission(&key(2), "byt.24", q(2), 2),
    );
    let peer = key(9).public();
    store
        .write::<_, StoreError>(|tx| {
            tx.park(&signed_only(&one), NOW, Some(&peer))?;
            tx.park(&signed_only(&one), NOW, None)?;
            tx.park(&signed_only(&other), NOW, None).map(drop)
        })
        .unwrap();
    assert_eq!(store.parked().unwrap().len(), 2);
    let parked = store.parked_for(&key(1).public()).unwrap();
    assert_eq!(
        (parked.len(), parked[0].from, parked[0].since),
        (1, Some(peer), NOW)
    );
    assert_eq!(parked[0].entry.id(), one.id());
    assert!(!store.has(&one.id()).unwrap());
    store
        .write::<_, StoreError>(|tx| tx.unpark(&one.id()))
        .unwrap();
    assert!(store.parked_for(&key(1).public()).unwrap().is_empty());
}

#[test]
fn a_peer_fills_only_its_own_parking_share() {
    let mut store = Store::open_in_memory().unwrap();
    let (flood, quiet) = (key(8).public(), key(9).public());
    let author = key(1);
    let innocent = submission(&author, "byt.24", q(1), 0);
    let evicted = store
        .write::<_, StoreError>(|tx| {
            tx.park(&signed_only(&innocent), NOW, Some(&quiet))?;
            let mut evicted = Vec::new();
            for n in 0..=limits::PARKED_PER_PEER_MAX_COUNT {
                let entry = changes(&author, "byt.24", q(2), &n.to_le_bytes());
                evicted.extend(tx.park(&signed_only(&entry), NOW, Some(&flood))?.evicted);
            }
            Ok(evicted)
        })
        .unwrap();
    assert_eq!(
        evicted,
        [changes(&author, "byt.24", q(2), &0i64.to_le_bytes()).id()]
    );
    let parked = store.parked().unwrap();
    assert_eq!(parked.len() as i64, limits::PARKED_PER_PEER_MAX_COUNT + 1);
    assert_eq!(parked[0].entry.id(), innocent.id());
}

#[test]
fn all_parked_together_stay_under_their_bytes() {
    let mut store = Store::open_in_memory().unwrap();
    let size = 240 << 10;
    let count = limits::PARKED_TOTAL_MAX_BYTES / size + 4;
    store
        .write::<_, StoreError>(|tx| {
            for n in 0..count {
                let mut bytes = vec![0; usize::try_from(size).unwrap()];
                bytes[..8].copy_from_slice(&n.to_le_bytes());
                tx.park(
                    &signed_only(&changes(&key(1), "byt.24", q(2), &bytes)),
                    NOW,
                    None,
                )?;
            }
            Ok(())
        })
        .unwrap();
    let parked = store.parked().unwrap();
    let total: usize = parked.iter().map(|parked| parked.entry.bytes().len()).sum();
    assert!(total as i64 <= limits::PARKED_TOTAL_MAX_BYTES);
    assert!(parked.len() as i64 > count - 8);
}

#[test]
fn the_newest_refusals_are_kept_and_one_id_once() {
    let mut store = Store::open_in_memory().unwrap();
    let refused = |n: i64, id: Option<EntryId>| Refused {
        id,
        author: Some(key(1).public()),
        kind: Some(Kind::Review),
        unit: Some(unit("byt.24")),
        reason: "không đủ quyền".into(),
        time: Timestamp(n),
        from: None,
    };
    store
        .write::<_, StoreError>(|tx| {
            tx.refuse(&refused(-2, Some(EntryId([1; 32]))))?;
            tx.refuse(&refused(-1, Some(EntryId([1; 32]))))?;
            for n in 0..limits::REFUSED_MAX_COUNT - 1 {
                tx.refuse(&refused(n, None))?;
            }
            Ok(())
        })
        .unwrap();
    let kept = store.refused(usize::MAX).unwrap();
    assert_eq!(kept.len() as i64, limits::REFUSED_MAX_COUNT);
    assert_eq!(kept.last(), Some(&refused(-1, Some(EntryId([1; 32])))));
    store
        .write::<_, StoreError>(|tx| tx.refuse(&refused(7, None)))
        .unwrap();
    assert_eq!(
        store.refused(usize::MAX).unwrap().len() as i64,
        limits::REFUSED_MAX_COUNT
    );
    assert_eq!(store.refused(1).unwrap(), [refused(7, None)]);
}

#[test]
fn what_a_peer_refused_is_remembered_up_to_a_bound() {
    let mut store = Store::open_in_memory().unwrap();
    let (peer, other) = (key(8).public(), key(9).public());
    let ids: Vec<EntryId> = (0..limits::REFUSED_BY_PEER_MAX_COUNT + 3)
        .map(|n| {
            let mut id = [0; 32];
            id[..8].copy_from_slice(&n.to_le_bytes());
            EntryId(id)
        })
        .collect();
    store
        .write::<_, StoreError>(|tx| {
            tx.note_refused_by(&other, &ids[..2])?;
            tx.note_refused_by(&peer, &ids)?;
            tx.note_refused_by(&peer, &ids[5..6])
        })
        .unwrap();
    assert_eq!(store.refused_by(&peer).unwrap(), ids[3..]);
    assert_eq!(store.refused_by(&other).unwrap(), ids[..2]);
    store
        .write::<_, StoreError>(|tx| tx.forget_refused_by(&other, &ids[..1]))
        .unwrap();
    assert_eq!(store.refused_by(&other).unwrap(), ids[1..2]);
}

#[test]
fn what_all_peers_refused_is_remembered_up_to_a_bound() {
    let mut store = Store::open_in_memory().unwrap();
    let ids: Vec<EntryId> = (0..limits::REFUSED_BY_PEER_MAX_COUNT)
        .map(|n| {
            let mut id = [0; 32];
            id[..8].copy_from_slice(&n.to_le_bytes());
            EntryId(id)
        })
        .collect();
    let full = limits::REFUSED_BY_TOTAL_MAX_COUNT / limits::REFUSED_BY_PEER_MAX_COUNT;
    let peers: Vec<_> = (0..=full)
        .map(|peer| key(10 + u8::try_from(peer).unwrap()).public())
        .collect();
    store
        .write::<_, StoreError>(|tx| {
            let mut peers = peers.iter();
            peers.try_for_each(|peer| tx.note_refused_by(peer, &ids))
        })
        .unwrap();
    assert!(store.refused_by(&peers[0]).unwrap().is_empty());
    for peer in &peers[1..] {
        assert_eq!(store.refused_by(peer).unwrap().len(), ids.len());
    }
}

#[test]
fn quarantine_is_per_document_and_the_last_verdict_holds() {
    let mut store = Store::open_in_memory().unwrap();
    let (doc, other) = (DocId([1; 32]), DocId([2; 32]));
    store
        .write::<_, StoreError>(|tx| {
            tx.quarantine(&EntryId([1; 32]), &doc, "op bomb", "0.11")?;
            tx.quarantine(&EntryId([1; 32]), &doc, "checksum", "0.12")?;
            tx.quarantine(&EntryId([2; 32]), &other, "actor", "0.12")
        })
        .unwrap();
    assert_eq!(store.quarantined().unwrap().len(), 2);
    assert_eq!(store.quarantined_in(&doc).unwrap()[0].reason, "checksum");
    store
        .write::<_, StoreError>(|tx| tx.clear_quarantine(&doc))
        .unwrap();
    assert_eq!(store.quarantined().unwrap()[0].doc, other);
}

#[test]
fn peers_and_drills_come_back() {
    let mut store = Store::open_in_memory().unwrap();
    let peer = Peer {
        key: key(1).public(),
        unit: unit("byt.24"),
        address: Some("10.0.0.1:2273".into()),
        acked_row: 17,
        last_sync: Some(NOW),
        in_sync: true,
        receipts_head: None,
    };
    let newer = Peer {
        address: None,
        acked_row: 18,
        last_sync: None,
        in_sync: false,
        receipts_head: Some(EntryId([5; 32])),
        ..peer.clone()
    };
    store
        .write::<_, StoreError>(|tx| {
            tx.put_peer(&peer)?;
            assert_eq!(tx.peer(&peer.key)?.as_ref(), Some(&peer));
            tx.log_drill(&unit("byt.24.07210"), Some(q(2)), &peer.key, NOW)?;
            tx.put_peer(&newer)
        })
        .unwrap();
    assert_eq!(store.peers().unwrap(), [newer]);
    assert_eq!(store.peer(&key(2).public()).unwrap(), None);
    let drill = Drill {
        unit: unit("byt.24.07210"),
        period: Some(q(2)),
        peer: peer.key,
        time: NOW,
    };
    assert_eq!(store.drills().unwrap(), [drill]);
}

#[test]
fn a_gates_verdict_counts_if_nothing_came_since_and_nobody_was_faster() {
    let made = changes(&key(1), "byt.24.07210", q(2), b"one");
    let doc = made.body().doc.unwrap();
    let mut store = store_of(&[made]);
    let due = GateDue {
        unit: unit("byt.24.07210"),
        period: q(2),
        doc,
    };
    let seen = store.max_row().unwrap();
    let done = |store: &mut Store, row| store.write::<_, StoreError>(|tx| tx.gate_done(&doc, row));
    assert!(!done(&mut store, seen).unwrap(), "nobody waits for it");
    store
        .write::<_, StoreError>(|tx| tx.note_gate_due(&due))
        .unwrap();
    assert!(!done(&mut store, seen - 1).unwrap(), "something came since");
    assert_eq!(store.gates_due().unwrap(), std::slice::from_ref(&due));
    assert!(done(&mut store, seen).unwrap());
    assert!(!done(&mut store, seen).unwrap(), "somebody was faster");
    assert_eq!(store.gates_due().unwrap(), []);
    for (above, found) in [("byt.24", 1), ("byt.2", 0), ("byt.24.072", 0)] {
        let noted = store.write::<_, StoreError>(|tx| tx.note_gates_due_below(&unit(above)));
        noted.unwrap();
        assert_eq!(store.gates_due().unwrap().len(), found, "{above}");
        done(&mut store, seen).unwrap();
    }
    let own = store.write::<_, StoreError>(|tx| tx.note_gates_due_below(&due.unit));
    own.unwrap();
    assert_eq!(store.gates_due().unwrap(), [due]);
}
