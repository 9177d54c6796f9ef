//! One or more bodies of every kind: what the valid vectors are made of.

mod org;
mod report;
mod rollup;

use std::collections::BTreeMap;

use model::{Aggregate, Aggregates, ListItem, Period, Timestamp, UnitPath};
use wire::cbor::Value;
use wire::*;

use super::signed;

/// 2026-06-15T09:00:00+07:00.
pub(crate) const TIME: Timestamp = Timestamp(1_781_488_800_000);

/// Seeds of the keys that the examples use.
pub(crate) const ROOT: u8 = 1;
pub(crate) const REGISTRAR: u8 = 2;
pub(crate) const HEAD: u8 = 3;
pub(crate) const REVIEWER: u8 = 4;
pub(crate) const NODE: u8 = 5;
pub(crate) const INVITE: u8 = 6;

/// A body, who signs it, and what it shows.
pub(crate) struct Example {
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    pub(crate) seed: u8,
    pub(crate) body: Body,
}

pub(crate) fn unit(path: &str) -> UnitPath {
    UnitPath::parse(path).unwrap()
}

fn entry_id(byte: u8) -> EntryId {
    EntryId([byte; 32])
}

fn ministry() -> UnitPath {
    unit("byt")
}

fn province() -> UnitPath {
    unit("byt.24")
}

pub(crate) fn facility() -> UnitPath {
    unit("byt.24.07210")
}

fn quarter() -> Option<Period> {
    Some(Period::Quarter(2026, 2))
}

fn doc() -> Option<DocId> {
    Some(DocId([0xd0; 32]))
}

fn body(stream: Stream, unit: UnitPath, content: Content) -> Body {
    Body {
        stream,
        unit,
        period: None,
        doc: None,
        time: TIME,
        simulated: false,
        content,
    }
}

fn org(unit: UnitPath, content: Content) -> Body {
    body(Stream::Org, unit, content)
}

fn report(content: Content) -> Body {
    Body {
        period: quarter(),
        doc: doc(),
        ..body(Stream::Report, facility(), content)
    }
}

fn example(name: &'static str, description: &'static str, seed: u8, body: Body) -> Example {
    Example {
        name,
        description,
        seed,
        body,
    }
}

/// All examples, by name.
pub(crate) fn all() -> Vec<Example> {
    let mut all = [
        org::examples(),
        report::examples(),
        rollup::examples(),
        unknown(),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>();
    all.sort_by_key(|example| example.name);
    all
}

/// The example of this name.
pub(crate) fn named(name: &str) -> Body {
    let found = all().into_iter().find(|example| example.name == name);
    found.unwrap().body
}

/// One aggregate of every shape.
pub(crate) fn aggregates() -> Aggregates {
    let counts = BTreeMap::from([("meeting".into(), 1), ("zalo_email".into(), 0)]);
    let list = vec![ListItem {
        unit: facility(),
        text: "Thiếu nhân lực\nchuyên trách".into(),
    }];
    BTreeMap::from([
        ("B1".into(), Aggregate::Share { yes: 1, of: 1 }),
        ("B2".into(), Aggregate::Counts { counts }),
        ("B3".into(), Aggregate::Sum { sum: 120 }),
        ("C1.open_severe".into(), Aggregate::Sum { sum: -1 }),
        (
            "G3".into(),
            Aggregate::Ratio {
                num: 150_000_000,
                den: 1_000_000_000,
            },
        ),
        ("I1".into(), Aggregate::List { list }),
    ])
}

fn unknown() -> Vec<Example> {
    let content = Value::Map(BTreeMap::from([
        (Value::Integer(1), Value::Null),
        (Value::Integer(-1), Value::Integer(i128::from(u64::MAX))),
        (Value::Bytes(vec![0xff]), Value::Bool(true)),
        (
            Value::Text("z".into()),
            Value::Array(vec![Value::Bytes(vec![1, 2])]),
        ),
        (
            Value::Text("aa".into()),
            Value::Integer(-1 - i128::from(u64::MAX)),
        ),
    ]));
    vec![example(
        "unknown",
        "A kind of a newer version: held and forwarded. All that our CBOR has, with keys of \
         every type in their order.",
        HEAD,
        Body {
            doc: doc(),
            ..body(
                Stream::Incident,
                facility(),
                Content::Unknown("incident_update".into(), content),
            )
        },
    )]
}

/// Any example as an entry.
pub(crate) fn entry(name: &str) -> Entry {
    let found = all()
        .into_iter()
        .find(|example| example.name == name)
        .unwrap();
    signed(found.body, found.seed)
}
