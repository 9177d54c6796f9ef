//! Strategies for frames of every kind.

use std::collections::BTreeMap;

use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use serde_bytes::ByteBuf;
use wire::frame::*;
use wire::{Digest, EntryId, Part, Stream};

use super::bodies::{id, period, time, unit};

fn entry_id() -> impl Strategy<Value = EntryId> {
    id().prop_map(EntryId)
}

fn bytes(length: std::ops::Range<usize>) -> impl Strategy<Value = ByteBuf> {
    vec(any::<u8>(), length).prop_map(ByteBuf::from)
}

/// So many times [`SHORT_BYTES`].
fn shorts(count: impl Strategy<Value = usize>) -> impl Strategy<Value = ByteBuf> {
    count
        .prop_flat_map(|count| vec(any::<u8>(), count * SHORT_BYTES))
        .prop_map(ByteBuf::from)
}

fn total() -> impl Strategy<Value = Total> {
    (any::<u64>(), id()).prop_map(|(count, sum)| Total(count, Digest(sum)))
}

fn part() -> impl Strategy<Value = Part> {
    let stream = prop::sample::select(vec![
        Stream::Org,
        Stream::Report,
        Stream::Incident,
        Stream::Rollup,
    ]);
    (unit(), stream, option::of(period())).prop_map(|(unit, stream, period)| Part {
        unit,
        stream,
        period,
    })
}

fn asks() -> impl Strategy<Value = Vec<Ask>> {
    let report = (unit(), period()).prop_map(|(unit, period)| Ask::Report { unit, period });
    let inputs = entry_id().prop_map(|rollup| Ask::Inputs { rollup });
    vec(prop_oneof![report, inputs], 0..4)
}

fn address() -> impl Strategy<Value = Option<String>> {
    option::of("[!-~]{1,40}")
}

/// Ascending indexes below a limit.
fn indexes(limit: u64) -> impl Strategy<Value = Vec<u64>> {
    btree_set(0..limit, 0..5).prop_map(|set| set.into_iter().collect())
}

fn opening() -> impl Strategy<Value = Frame> {
    let said = (
        any::<u64>(),
        address(),
        asks(),
        total(),
        option::of(entry_id()),
        time(),
        0..=WINDOW_MAX_BATCHES,
        any::<bool>(),
        indexes(ASKS_MAX_COUNT as u64),
    );
    said.prop_map(
        |(version, address, asks, total, receipts, clock, pushed, equal, denied)| {
            if version % 2 == 0 {
                return Frame::Hello(Hello {
                    version,
                    address,
                    asks,
                    total,
                    receipts,
                    clock,
                    pushed,
                });
            }
            Frame::Answer(Answer {
                address,
                asks,
                denied,
                total: (!equal).then_some(total),
                receipts,
                clock,
                pushed,
            })
        },
    )
}

fn entries() -> impl Strategy<Value = Frame> {
    let chain = (any::<bool>(), vec(bytes(0..60), 0..5))
        .prop_map(|(want, entries)| Frame::Chain(Chain { want, entries }));
    let batch = (any::<u64>(), any::<bool>(), bytes(0..90)).prop_map(|(seq, compressed, data)| {
        Frame::Batch(Batch {
            seq,
            compressed,
            data,
        })
    });
    let limit = wire::limits::BATCH_MAX_COUNT as u64;
    let refused = btree_map(0..limit, ".{0,30}", 0..4);
    let ack = (any::<u64>(), refused, indexes(limit)).prop_map(
        |(seq, refused, parked): (_, BTreeMap<u64, String>, _)| {
            Frame::Ack(Ack {
                seq,
                refused: refused.into_iter().collect(),
                parked,
            })
        },
    );
    let data = (entry_id(), option::of(bytes(0..90)), any::<bool>());
    let blob = data.prop_map(|(rollup, data, more)| {
        Frame::Blob(Blob {
            rollup,
            more: more && data.is_some(),
            data,
        })
    });
    prop_oneof![chain, batch, ack, blob]
}

fn repair() -> impl Strategy<Value = Frame> {
    let denied = || indexes(ASKS_MAX_COUNT as u64);
    let groups = (
        any::<u64>(),
        denied(),
        shorts((0u32..6).prop_map(|n| 1 << n)),
    )
        .prop_map(|(attempt, denied, groups)| {
            Frame::Groups(Groups {
                attempt,
                denied,
                groups,
            })
        });
    let parts = (bytes(0..20), shorts(0usize..9))
        .prop_map(|(differing, digests)| Frame::Parts(Parts { differing, digests }));
    let listing = (part(), option::of(shorts(0usize..5))).prop_map(|(p, ids)| Listing(p, ids));
    let items =
        (vec(listing, 0..4), bytes(0..20), any::<bool>()).prop_map(|(parts, lacking, more)| {
            Frame::Items(Items {
                parts,
                lacking,
                more,
            })
        });
    let bye =
        (any::<bool>(), denied()).prop_map(|(in_sync, denied)| Frame::Bye(Bye { in_sync, denied }));
    prop_oneof![
        groups,
        parts,
        items,
        bye,
        bytes(0..90).prop_map(Frame::Reconcile),
        bytes(0..20).prop_map(Frame::NeedListed),
        vec(entry_id(), 0..5).prop_map(Frame::NeedIds),
        option::of(total()).prop_map(Frame::Sent),
    ]
}

fn refuse() -> impl Strategy<Value = Frame> {
    prop::sample::select(vec![
        RefuseCode::Version,
        RefuseCode::Unknown,
        RefuseCode::Unrelated,
        RefuseCode::Unexpected,
        RefuseCode::Protocol,
    ])
    .prop_map(Frame::Refuse)
}

/// Any frame that keeps the rules.
pub(super) fn frame() -> impl Strategy<Value = Frame> {
    prop_oneof![3 => opening(), 4 => entries(), 8 => repair(), 1 => refuse()]
}
