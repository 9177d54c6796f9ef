//! Fingerprints, parts, items and cursors against a plain recomputation.

use identity::{Accumulator, Fingerprint, Ledger};
use model::Period;
use proptest::prelude::*;
use testkit::Seeded;
use wire::range::{Part, Range};
use wire::{EntryId, Kind, Stream};

use super::world::*;
use crate::{EntryFilter, Store, StoreError};

const STREAMS: [Stream; 4] = [
    Stream::Org,
    Stream::Report,
    Stream::Incident,
    Stream::Rollup,
];

fn random_ranges(random: &mut Seeded) -> Vec<Range> {
    (0..random.below(5))
        .map(|_| Range {
            unit: unit(UNITS[random.below(UNITS.len() as u64) as usize]),
            subtree: random.below(2) == 0,
            stream: STREAMS[random.below(2) as usize],
            period: (random.below(2) == 0).then(|| q(1 + random.below(4) as u8)),
        })
        .collect()
}

/// The same questions answered by looking at every entry.
fn plainly(store: &Store, ranges: &[Range]) -> Vec<(Part, EntryId)> {
    let mut found: Vec<(Part, EntryId)> = Vec::new();
    store
        .for_each(&EntryFilter::default(), |stored| {
            let body = stored.entry.body();
            let part = Part {
                unit: body.unit.clone(),
                stream: body.stream,
                period: body.period,
            };
            if part.is_in(ranges) {
                found.push((part, stored.entry.id()));
            }
        })
        .unwrap();
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn sums_equal_a_recomputation_from_scratch(seed: u64, batches in 1usize..4) {
        let entries = random_entries(seed, 60);
        let mut store = Store::open_in_memory().unwrap();
        for batch in entries.chunks(entries.len().div_ceil(batches)) {
            insert_all(&mut store, batch);
        }
        let mut random = Seeded::new(seed ^ 1);
        for _ in 0..12 {
            let ranges = random_ranges(&mut random);
            let plain = plainly(&store, &ranges);
            let of = Fingerprint::of(plain.iter().map(|(_, id)| id));
            prop_assert_eq!(store.fingerprint(&ranges).unwrap(), of, "{:?}", ranges);

            let parts = store.parts(&ranges).unwrap();
            let names: Vec<&Part> = parts.iter().map(|(part, _)| part).collect();
            let mut expected: Vec<&Part> = plain.iter().map(|(part, _)| part).collect();
            expected.sort();
            expected.dedup();
            prop_assert_eq!(names, expected);
            for (part, sum) in &parts {
                let items = store.items(part).unwrap();
                prop_assert!(items.is_sorted());
                prop_assert_eq!(*sum, Fingerprint::of(items.iter().map(|(_, id)| id)));
            }
        }
    }

    #[test]
    fn the_parts_add_up_to_the_total(seed: u64, batches in 1usize..6) {
        let entries = random_entries(seed, 80);
        let everything: Vec<Range> =
            STREAMS.iter().map(|stream| Range::below(&unit("byt"), *stream)).collect();
        let mut store = Store::open_in_memory().unwrap();
        for batch in entries.chunks(entries.len().div_ceil(batches)) {
            insert_all(&mut store, batch);
            let mut parts = store.parts(&everything).unwrap();
            let by = seed as usize % parts.len().max(1);
            parts.rotate_left(by);
            let mut sum = Accumulator::new();
            for (_, part) in &parts {
                sum.merge(part).unwrap();
            }
            let total = store.fingerprint(&everything).unwrap();
            prop_assert_eq!(sum.finish(), total);
            prop_assert_eq!(total.count, store.count().unwrap());
            let plain = plainly(&store, &everything);
            prop_assert_eq!(total, Fingerprint::of(plain.iter().map(|(_, id)| id)));
        }
    }

    #[test]
    fn the_order_of_arrival_does_not_matter(seed: u64) {
        let entries = random_entries(seed, 60);
        let everything: Vec<Range> =
            STREAMS.iter().map(|stream| Range::below(&unit("byt"), *stream)).collect();
        let one = store_of(&entries);
        let other = store_of(&shuffled(&entries, seed ^ 7));
        prop_assert_eq!(one.fingerprint(&everything).unwrap(), other.fingerprint(&everything).unwrap());
        prop_assert_eq!(one.parts(&everything).unwrap(), other.parts(&everything).unwrap());
        prop_assert_eq!(one.units().unwrap(), other.units().unwrap());
        prop_assert_eq!(one.receipt_forks().unwrap(), other.receipt_forks().unwrap());
        for entry in &entries {
            prop_assert_eq!(
                one.receipts_of(&entry.id()).unwrap(),
                other.receipts_of(&entry.id()).unwrap()
            );
        }
    }
}

#[test]
fn a_write_sees_its_own_sums() {
    let entries = random_entries(3, 20);
    let everything: Vec<Range> = STREAMS
        .iter()
        .map(|stream| Range::below(&unit("byt"), *stream))
        .collect();
    let mut store = Store::open_in_memory().unwrap();
    store
        .write::<_, StoreError>(|tx| {
            for entry in &entries {
                tx.insert(entry, NOW, None)?;
            }
            let ids: Vec<EntryId> = plainly(tx, &everything)
                .into_iter()
                .map(|(_, id)| id)
                .collect();
            assert_eq!(tx.fingerprint(&everything)?, Fingerprint::of(&ids));
            tx.insert(&named(&key(9), "byt.26", "Sở Y tế", 5), NOW, None)?;
            Ok(())
        })
        .unwrap();
    assert_eq!(store.check_projections().unwrap(), Vec::<String>::new());
}

#[test]
fn a_cursor_leaves_out_what_came_from_the_peer_and_moves_past_it() {
    let (peer, other) = (key(20).public(), key(21).public());
    let mut store = Store::open_in_memory().unwrap();
    let entries: Vec<_> = (0..6)
        .map(|n| submission(&key(1), "byt.24", q(2), n))
        .collect();
    let foreign = submission(&key(1), "byt.25", q(2), 1);
    store
        .write::<_, StoreError>(|tx| {
            for (n, entry) in entries.iter().enumerate() {
                let from = [None, Some(&peer), Some(&other)][n % 3];
                tx.insert(entry, NOW, from)?;
            }
            tx.insert(&foreign, NOW, Some(&peer)).map(drop)
        })
        .unwrap();
    let ranges = [Range::of(&unit("byt.24"), Stream::Report)];
    let rows = |after, count, bytes| {
        let page = store
            .rows_after(&ranges, after, &peer, count, bytes)
            .unwrap();
        let rows: Vec<i64> = page.entries.iter().map(|stored| stored.row).collect();
        (rows, page.up_to_row, page.complete)
    };
    assert_eq!(rows(0, 10, usize::MAX), (vec![1, 3, 4, 6], 7, true));
    assert_eq!(rows(4, 10, usize::MAX), (vec![6], 7, true));
    assert_eq!(rows(7, 10, usize::MAX), (vec![], 7, true));
    assert_eq!(rows(0, 2, usize::MAX), (vec![1, 3], 3, false));
    // One entry reaches the limit of bytes, and is still sent.
    assert_eq!(rows(0, 10, 1), (vec![1], 1, false));
    let ids = store.ids_after(&ranges, 3, &peer, 10, usize::MAX).unwrap();
    assert_eq!(ids.ids, vec![(4, entries[3].id()), (6, entries[5].id())]);
    let ids = store.ids_after(&ranges, 3, &peer, 10, 1).unwrap();
    assert_eq!((ids.ids, ids.complete), (vec![(4, entries[3].id())], false));
    assert_eq!(
        store.entries(&EntryFilter::default()).unwrap()[1].from,
        Some(peer)
    );
    assert_eq!(store.max_row().unwrap(), 7);
}

#[test]
fn what_a_peer_refused_is_left_out_for_it_and_for_it_alone() {
    let mut store = store_of(&random_entries(21, 80));
    let (peer, other) = (key(20).public(), key(21).public());
    let ranges = [
        Range::below(&unit("byt.24"), Stream::Report),
        Range::of(&unit("byt"), Stream::Org),
    ];
    let plain = plainly(&store, &ranges);
    let refused: Vec<EntryId> = plain.iter().map(|(_, id)| *id).step_by(3).collect();
    store
        .write::<_, StoreError>(|tx| {
            tx.note_refused_by(&peer, &refused)?;
            // One that is not held counts for nothing.
            tx.note_refused_by(&peer, &[EntryId([1; 32])])
        })
        .unwrap();
    let left: Vec<EntryId> = plain
        .iter()
        .map(|(_, id)| *id)
        .filter(|id| !refused.contains(id))
        .collect();
    assert_eq!(
        store.fingerprint_for(&peer, &ranges).unwrap(),
        Fingerprint::of(&left)
    );
    assert_eq!(
        store.fingerprint_for(&other, &ranges).unwrap(),
        store.fingerprint(&ranges).unwrap()
    );
    let mut seen = Vec::new();
    for (part, sum) in store.parts_for(&peer, &ranges).unwrap() {
        let items = store.items_for(&peer, &part).unwrap();
        assert_eq!(sum, Fingerprint::of(items.iter().map(|(_, id)| id)));
        assert!(sum.count > 0);
        seen.extend(items.into_iter().map(|(_, id)| id));
    }
    assert_eq!(
        seen.into_iter().collect::<std::collections::BTreeSet<_>>(),
        left.into_iter().collect()
    );
}

#[test]
fn reads_nest_in_a_running_read() {
    let store = store_of(&random_entries(2, 30));
    let ranges = [Range::below(&unit("byt"), Stream::Report)];
    let whole = store.fingerprint(&ranges).unwrap();
    let mut seen = 0;
    store
        .for_each(&EntryFilter::default(), |stored| {
            assert_eq!(store.fingerprint(&ranges).unwrap(), whole);
            assert!(store.has(&stored.entry.id()).unwrap());
            seen += 1;
        })
        .unwrap();
    assert_eq!(seen, store.count().unwrap());
}

#[test]
fn every_filter_finds_what_looking_at_all_finds() {
    let store = store_of(&random_entries(11, 120));
    let mut random = Seeded::new(12);
    let all = store.entries(&EntryFilter::default()).unwrap();
    assert_eq!(all.len(), store.count().unwrap() as usize);
    for _ in 0..200 {
        let mut maybe = |n: u64| random.below(n) == 0;
        let (unit_, subtree, stream, kind, period, doc, author, after) = (
            maybe(2),
            maybe(2),
            maybe(3),
            maybe(2),
            maybe(4),
            maybe(5),
            maybe(4),
            maybe(3),
        );
        let sample = &all[random.below(all.len() as u64) as usize];
        let body = sample.entry.body();
        let filter = EntryFilter {
            unit: unit_.then(|| body.unit.parent().unwrap_or(body.unit.clone())),
            subtree,
            stream: stream.then_some(body.stream),
            kind: kind.then(|| body.kind()),
            period: period.then_some(body.period),
            doc: doc.then_some(body.doc).flatten(),
            author: author.then(|| sample.entry.author()),
            after_row: if after { 40 } else { 0 },
            limit: maybe_limit(&mut random),
        };
        let rows: Vec<i64> = store
            .entries(&filter)
            .unwrap()
            .iter()
            .map(|stored| stored.row)
            .collect();
        let plain: Vec<i64> = all
            .iter()
            .filter(|stored| {
                let body = stored.entry.body();
                filter.unit.as_ref().is_none_or(|unit| {
                    *unit == body.unit || filter.subtree && unit.contains(&body.unit)
                }) && filter.stream.is_none_or(|stream| stream == body.stream)
                    && filter.kind.as_ref().is_none_or(|kind| *kind == body.kind())
                    && filter.period.is_none_or(|period| period == body.period)
                    && filter.doc.is_none_or(|doc| Some(doc) == body.doc)
                    && filter
                        .author
                        .is_none_or(|author| author == stored.entry.author())
                    && stored.row > filter.after_row
            })
            .map(|stored| stored.row)
            .take(filter.limit.unwrap_or(usize::MAX))
            .collect();
        assert_eq!(rows, plain, "{filter:?}");
    }
}

fn maybe_limit(random: &mut Seeded) -> Option<usize> {
    (random.below(3) == 0).then(|| random.below(20) as usize)
}

#[test]
fn a_header_says_what_the_entry_says() {
    let store = store_of(&random_entries(5, 40));
    for stored in store.entries(&EntryFilter::default()).unwrap() {
        let (entry, body) = (&stored.entry, stored.entry.body());
        let header = store.header(&entry.id()).unwrap().unwrap();
        assert_eq!(
            (header.row, header.id, header.author),
            (stored.row, entry.id(), entry.author())
        );
        assert_eq!((header.kind, header.unit), (body.kind(), body.unit.clone()));
        assert_eq!(
            (header.stream, header.period, header.doc),
            (body.stream, body.period, body.doc)
        );
        assert_eq!((header.time, header.size), (body.time, entry.bytes().len()));
    }
    assert_eq!(store.header(&EntryId([0; 32])).unwrap(), None);
}

#[test]
fn shorthands_find_their_kind() {
    let mut store = Store::open_in_memory().unwrap();
    let units = [
        named(&key(1), "byt.24", "Sở Y tế Bắc Ninh", 1),
        named(&key(1), "byt.25", "b", 1),
    ];
    insert_all(&mut store, &units);
    assert_eq!(store.unit_entries(&unit("byt.24")).unwrap().len(), 1);
    assert_eq!(store.units().unwrap()[0].content.name, "Sở Y tế Bắc Ninh");
    assert!(
        store
            .campaigns(Some(Period::Quarter(2026, 2)))
            .unwrap()
            .is_empty()
    );
    assert!(store.campaigns(None).unwrap().is_empty());
    assert!(store.forms().unwrap().is_empty());
    assert!(store.rollups(&unit("byt"), None).unwrap().is_empty());
    let kind = EntryFilter {
        kind: Some(Kind::Unit),
        ..EntryFilter::default()
    };
    assert_eq!(store.entries(&kind).unwrap().len(), 2);
}
