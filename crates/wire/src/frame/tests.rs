//! One vector a kind of frame, the schema, and hostile bytes.
//!
//! `UPDATE_EXPECT=1` writes `proto/vectors/frames` anew.

use data_encoding::HEXLOWER;
use model::{Period, Timestamp, UnitPath};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::entry::Stream;
use crate::limits;

const CDDL: &str = concat!(
    include_str!("../../../../proto/quanho-frames.cddl"),
    "\n",
    "unit-path = tstr\nperiod-text = tstr\nentry-id = bstr .size 32\ntimestamp = int\n",
);

fn id(number: u8) -> EntryId {
    EntryId([number; 32])
}

fn bytes(length: usize) -> ByteBuf {
    ByteBuf::from((0..length).map(|i| i as u8).collect::<Vec<u8>>())
}

fn facility() -> UnitPath {
    UnitPath::parse("byt.24.07210").unwrap()
}

fn asks() -> Vec<Ask> {
    let unit = facility();
    let period = Period::Quarter(2026, 2);
    vec![Ask::Report { unit, period }, Ask::Inputs { rollup: id(3) }]
}

fn part(period: Option<Period>) -> Part {
    Part {
        unit: facility(),
        stream: Stream::Report,
        period,
    }
}

fn hello() -> Hello {
    Hello {
        version: SESSION_VERSION,
        address: Some("so.example.gov.vn:4433".to_owned()),
        asks: asks(),
        total: Total(400_000, Digest([1; 32])),
        receipts: Some(id(2)),
        clock: Timestamp(1_781_870_399_000),
        pushed: 1,
    }
}

fn answer() -> Answer {
    Answer {
        address: None,
        asks: Vec::new(),
        denied: vec![1],
        total: Some(Total(0, Digest([0; 32]))),
        receipts: None,
        clock: Timestamp(-1),
        pushed: 0,
    }
}

/// At least one frame of every kind, with a name.
fn examples() -> Vec<(&'static str, Frame)> {
    let quarter = Some(Period::Quarter(2026, 2));
    let short = || Some(bytes(2 * SHORT_BYTES));
    let blob = |data, more| {
        Frame::Blob(Blob {
            rollup: id(3),
            data,
            more,
        })
    };
    vec![
        ("hello", Frame::Hello(hello())),
        ("answer", Frame::Answer(answer())),
        (
            "answer-equal",
            Frame::Answer(Answer {
                total: None,
                denied: vec![],
                ..answer()
            }),
        ),
        (
            "chain",
            Frame::Chain(Chain {
                want: true,
                entries: vec![bytes(5)],
            }),
        ),
        ("refuse", Frame::Refuse(RefuseCode::Unknown)),
        (
            "batch",
            Frame::Batch(Batch {
                seq: 0,
                compressed: false,
                data: bytes(40),
            }),
        ),
        (
            "ack",
            Frame::Ack(Ack {
                seq: 300,
                refused: vec![(0, "bad signature".to_owned()), (7, String::new())],
                parked: vec![1, 2],
            }),
        ),
        (
            "groups",
            Frame::Groups(Groups {
                attempt: 1,
                denied: vec![0],
                groups: bytes(16),
            }),
        ),
        (
            "parts",
            Frame::Parts(Parts {
                differing: bytes(1),
                digests: bytes(24),
            }),
        ),
        (
            "items",
            Frame::Items(Items {
                parts: vec![Listing(part(quarter), short()), Listing(part(None), None)],
                lacking: bytes(1),
                more: false,
            }),
        ),
        ("reconcile", Frame::Reconcile(bytes(9))),
        ("need-listed", Frame::NeedListed(bytes(2))),
        ("need-ids", Frame::NeedIds(vec![id(4), id(5)])),
        ("sent", Frame::Sent(None)),
        ("sent-total", Frame::Sent(Some(Total(1, Digest([6; 32]))))),
        (
            "bye",
            Frame::Bye(Bye {
                in_sync: true,
                denied: vec![],
            }),
        ),
        ("blob", blob(Some(bytes(3)), true)),
        ("blob-none", blob(None, false)),
    ]
}

#[test]
fn each_kind_has_its_vector() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../proto/vectors/frames/");
    let mut kinds = std::collections::BTreeSet::new();
    for (name, frame) in examples() {
        let encoded = frame.encode().unwrap();
        assert_eq!(Frame::decode(&encoded).unwrap(), frame, "{name}");
        let vector = json!({
            "name": name,
            "frame": frame.name(),
            "hex": HEXLOWER.encode(&encoded),
        });
        let text = serde_json::to_string_pretty(&vector).unwrap() + "\n";
        expect_test::expect_file![format!("{folder}{name}.json")].assert_eq(&text);
        kinds.insert(encoded[1]);
    }
    assert_eq!(kinds, (1..=15).collect());
}

#[test]
fn the_schema_describes_each_frame_and_only_it() {
    let text = format!("start = frame\n{CDDL}");
    let valid = |bytes: &[u8]| ::cddl::validate_cbor_from_slice(&text, bytes, None).is_ok();
    for (name, frame) in examples() {
        let mut encoded = frame.encode().unwrap();
        assert!(valid(&encoded), "{name}");
        encoded[1] = 16;
        assert!(!valid(&encoded), "{name}");
    }
}

#[test]
fn a_hello_is_small() {
    let hello = Hello {
        asks: Vec::new(),
        ..hello()
    };
    let length = Frame::Hello(hello).encode().unwrap().len();
    assert!(length <= 120, "{length}");
}

#[test]
fn rules_are_kept_both_ways() {
    let opening = |change: fn(&mut Hello)| {
        let mut hello = hello();
        change(&mut hello);
        Frame::Hello(hello)
    };
    let too_much = vec![
        opening(|h| h.address = Some(String::new())),
        opening(|h| h.address = Some("a\u{1b}[31m:1".to_owned())),
        opening(|h| h.address = Some("a".repeat(261))),
        opening(|h| h.asks = vec![h.asks[0].clone(); 65]),
        opening(|h| h.pushed = WINDOW_MAX_BATCHES + 1),
        Frame::Answer(Answer {
            denied: vec![1, 1],
            ..answer()
        }),
        Frame::Answer(Answer {
            denied: vec![64],
            ..answer()
        }),
        Frame::Chain(Chain {
            want: false,
            entries: vec![bytes(1); 33],
        }),
        Frame::Ack(Ack {
            seq: 0,
            refused: vec![(0, "x".repeat(257))],
            parked: vec![],
        }),
        Frame::Ack(Ack {
            seq: 0,
            refused: vec![],
            parked: vec![512],
        }),
        Frame::Groups(Groups {
            attempt: 0,
            denied: vec![],
            groups: bytes(0),
        }),
        Frame::Groups(Groups {
            attempt: 0,
            denied: vec![],
            groups: bytes(24),
        }),
        Frame::Groups(Groups {
            attempt: 0,
            denied: vec![],
            groups: bytes(2048 * 8),
        }),
        Frame::Parts(Parts {
            differing: bytes(129),
            digests: bytes(0),
        }),
        Frame::Parts(Parts {
            differing: bytes(1),
            digests: bytes(7),
        }),
        Frame::Items(Items {
            parts: vec![Listing(part(None), Some(bytes(9)))],
            lacking: bytes(0),
            more: true,
        }),
        Frame::NeedIds(vec![id(1); NEED_MAX_COUNT + 1]),
        Frame::Blob(Blob {
            rollup: id(1),
            data: Some(bytes((256 << 10) + 1)),
            more: false,
        }),
        Frame::Blob(Blob {
            rollup: id(1),
            data: None,
            more: true,
        }),
        Frame::Bye(Bye {
            in_sync: true,
            denied: vec![2, 1],
        }),
    ];
    for frame in too_much {
        assert!(
            matches!(frame.encode(), Err(FrameError::Rule(_))),
            "{frame:?}"
        );
        let unchecked = frame.to_cbor().unwrap();
        assert!(
            matches!(Frame::decode(&unchecked), Err(FrameError::Rule(_))),
            "{frame:?}"
        );
    }
    let large = Frame::Reconcile(bytes(limits::FRAME_MAX_BYTES));
    assert!(matches!(large.encode(), Err(FrameError::TooLarge)));
}

#[test]
fn other_bytes_are_no_frames() {
    let cases: [&[u8]; 9] = [
        &[],
        &[0x80],
        &[0x01],
        &[0xa1, 0x01, 0x02],
        &[0x82, 0x10, 0xf6],       // number 16
        &[0x83, 0x0d, 0xf6, 0xf6], // a field too many
        &[0x81, 0x0d],             // a field too few
        &[0x82, 0x18, 0x0d, 0xf6], // not the shortest integer
        &[0x9f, 0x0d, 0xf6, 0xff], // indefinite length
    ];
    for case in cases {
        assert!(Frame::decode(case).is_err(), "{case:02x?}");
    }
    assert!(Frame::decode(&[0x82, 0x0d, 0xf6]).is_ok());
}

proptest! {
    #[test]
    fn mutated_frames_do_not_panic_and_stay_one_to_one(
        which in 0usize..18,
        places in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut encoded = examples()[which].1.encode().unwrap();
        for (place, byte) in places {
            let place = place.index(encoded.len());
            encoded[place] = byte;
        }
        encoded.truncate(cut.index(encoded.len()) * 3 + 1);
        if let Ok(frame) = Frame::decode(&encoded) {
            prop_assert_eq!(frame.encode().unwrap(), encoded);
        }
    }
}
