//! The payload as CBOR: encoding, shape, and the one canonical spelling. Every
//! entry here is correctly signed.

use wire::limits::CBOR_MAX_DEPTH;

use super::{Case, case};
use crate::support::examples::HEAD;
use crate::support::public;
use crate::support::raw::{array, bytes, head, map, seal, text, uint};

type Fields = Vec<(&'static str, Vec<u8>)>;

pub(super) fn cases() -> Vec<Case> {
    [
        encoding(),
        unknown_content(),
        shape(),
        content_shape(),
        canonical(),
    ]
    .into_iter()
    .flatten()
    .map(|(name, description, payload, error)| {
        case(name, description, &seal(&payload, HEAD), error)
    })
    .collect()
}

type Row = (&'static str, &'static str, Vec<u8>, &'static str);

/// The fields of a good `unit` body, in order.
fn fields() -> Fields {
    vec![
        ("kind", text("unit")),
        ("time", uint(1)),
        ("unit", text("byt.24")),
        ("stream", text("org")),
        ("content", map(&[("name", text("Sở Y tế"))])),
    ]
}

fn with(key: &str, value: Vec<u8>) -> Vec<u8> {
    let mut fields = fields();
    for field in &mut fields {
        if field.0 == key {
            field.1.clone_from(&value);
        }
    }
    map(&fields)
}

/// With one more field, put at a place of the order.
fn plus(place: usize, key: &'static str, value: Vec<u8>) -> Vec<u8> {
    let mut fields = fields();
    fields.insert(place, (key, value));
    map(&fields)
}

fn without(key: &str) -> Vec<u8> {
    let mut fields = fields();
    fields.retain(|field| field.0 != key);
    map(&fields)
}

fn other(kind: &str, content: Vec<u8>) -> Vec<u8> {
    let mut fields = fields();
    fields[0].1 = text(kind);
    fields[4].1 = content;
    map(&fields)
}

fn encoding() -> Vec<Row> {
    let mut unsorted = fields();
    unsorted.swap(0, 1);
    let trailing = [map(&fields()), vec![0xf6]].concat();
    let indefinite = [&[0x7f][..], &text("byt"), &text(".24"), &[0xff]].concat();
    let duplicate = plus(1, "kind", text("unit"));
    let not_utf8 = map(&[("name", [&head(3, 2)[..], &[0xc3, 0x28]].concat())]);
    let name = |value: Vec<u8>| with("content", map(&[("name", value)]));
    vec![
        ("payload-empty", "No payload.", vec![], "Malformed"),
        (
            "payload-trailing",
            "A null after the body.",
            trailing,
            "Trailing",
        ),
        (
            "payload-unsorted",
            "time before kind.",
            map(&unsorted),
            "NotDeterministic",
        ),
        (
            "payload-duplicate-key",
            "kind twice.",
            duplicate,
            "DuplicateKey",
        ),
        (
            "payload-long-integer",
            "time 1 in two bytes.",
            with("time", vec![0x18, 1]),
            "NotDeterministic",
        ),
        (
            "payload-indefinite-text",
            "A text in two chunks.",
            with("unit", indefinite),
            "NotDeterministic",
        ),
        (
            "payload-float",
            "time as the half float 1.0.",
            with("time", vec![0xf9, 0x3c, 0]),
            "Unsupported",
        ),
        (
            "payload-tag",
            "time with tag 1.",
            with("time", vec![0xc1, 1]),
            "Unsupported",
        ),
        (
            "payload-bignum",
            "time as a bignum.",
            with("time", vec![0xc2, 0x41, 1]),
            "Unsupported",
        ),
        (
            "payload-undefined",
            "A name that is undefined.",
            name(vec![0xf7]),
            "Unsupported",
        ),
        (
            "payload-simple",
            "A name that is the simple value 255.",
            name(vec![0xf8, 0xff]),
            "Unsupported",
        ),
        (
            "payload-not-utf8",
            "A name that is not UTF-8.",
            with("content", not_utf8),
            "Malformed",
        ),
        (
            "payload-not-a-map",
            "An array of the values.",
            array(&values()),
            "Shape",
        ),
    ]
}

fn values() -> Vec<Vec<u8>> {
    fields().into_iter().map(|(_, value)| value).collect()
}

/// The content of an unknown kind is free, but it is our CBOR.
fn unknown_content() -> Vec<Row> {
    let nested = [vec![0x81; CBOR_MAX_DEPTH - 1], array(&[])].concat();
    let bool_key = vec![0xa1, 0xf5, 0x00];
    let array_key = vec![0xa1, 0x80, 0x00];
    let integers = vec![0xa2, 0x20, 0x00, 0x01, 0x00];
    vec![
        (
            "unknown-too-deep",
            "Seventeen levels with the body's own.",
            other("news", nested),
            "TooDeep",
        ),
        (
            "unknown-bool-key",
            "A map key that is a truth value.",
            other("news", bool_key),
            "Unsupported",
        ),
        (
            "unknown-array-key",
            "A map key that is an array.",
            other("news", array_key),
            "Unsupported",
        ),
        (
            "unknown-key-order",
            "Key -1 before key 1.",
            other("news", integers),
            "NotDeterministic",
        ),
        (
            "unknown-float",
            "A float.",
            other("news", vec![0xfa, 0x47, 0xc3, 0x50, 0]),
            "Unsupported",
        ),
    ]
}

fn shape() -> Vec<Row> {
    vec![
        ("shape-no-kind", "Without kind.", without("kind"), "Shape"),
        ("shape-no-time", "Without time.", without("time"), "Shape"),
        ("shape-no-unit", "Without unit.", without("unit"), "Shape"),
        (
            "shape-no-stream",
            "Without stream.",
            without("stream"),
            "Shape",
        ),
        (
            "shape-no-content",
            "Without content.",
            without("content"),
            "Shape",
        ),
        (
            "shape-further-field",
            "A field that is not in the specification.",
            plus(0, "by", uint(1)),
            "Shape",
        ),
        (
            "shape-stream",
            "A stream that does not exist.",
            with("stream", text("news")),
            "Shape",
        ),
        (
            "shape-unit-root",
            "A path that does not start with byt.",
            with("unit", text("boy")),
            "Shape",
        ),
        (
            "shape-unit-depth",
            "A unit below a facility.",
            with("unit", text("byt.24.07210.1")),
            "Shape",
        ),
        (
            "shape-period",
            "A fifth quarter.",
            plus(3, "period", text("2026-Q5")),
            "Shape",
        ),
        (
            "shape-doc",
            "A document id of 31 bytes.",
            plus(0, "doc", bytes(&[1; 31])),
            "Shape",
        ),
        (
            "shape-doc-text",
            "A document id in hexadecimal.",
            plus(0, "doc", text(&"01".repeat(32))),
            "Shape",
        ),
        (
            "shape-time-text",
            "time as text.",
            with("time", text("2026-06-15")),
            "Shape",
        ),
        (
            "shape-time-range",
            "A time beyond 63 bits.",
            with("time", uint(1 << 63)),
            "Shape",
        ),
        (
            "shape-simulated",
            "simulated as a number.",
            plus(5, "simulated", uint(1)),
            "Shape",
        ),
    ]
}

/// A grant with these roles, and further fields that sort before `key`.
fn grant(roles: Vec<Vec<u8>>) -> Vec<u8> {
    map(&[
        ("key", bytes(&public(HEAD).0)),
        ("name", text("A")),
        ("roles", array(&roles)),
        ("subject", text("person")),
    ])
}

fn credential(grant: Vec<u8>) -> Vec<u8> {
    other("credential", map(&[("grants", array(&[grant]))]))
}

fn content_shape() -> Vec<Row> {
    let further = map(&[("name", text("A")), ("level", uint(1))]);
    let negative_count = map(&[("seq", vec![0x20])]);
    vec![
        (
            "shape-content-empty",
            "A unit without its name.",
            with("content", map(&[])),
            "Shape",
        ),
        (
            "shape-content-null",
            "No content.",
            with("content", vec![0xf6]),
            "Shape",
        ),
        (
            "shape-content-further",
            "A field too many.",
            with("content", further),
            "Shape",
        ),
        (
            "shape-role",
            "A role that does not exist.",
            credential(grant(vec![text("owner")])),
            "Shape",
        ),
        (
            "shape-negative-seq",
            "A receipt numbered -1.",
            other("receipt", negative_count),
            "Shape",
        ),
    ]
}

fn canonical() -> Vec<Row> {
    let stands = map(&[
        ("key", bytes(&[1; 32])),
        ("reason", text("A")),
        ("stands", array(&[])),
    ]);
    let changes_text = {
        let mut fields = fields();
        fields[0].1 = text("changes");
        fields[3].1 = text("report");
        fields[4].1 = map(&[("changes", array(&[text("abcd")]))]);
        fields.insert(0, ("doc", bytes(&[1; 32])));
        fields.insert(4, ("period", text("2026-Q2")));
        map(&fields)
    };
    let unordered = credential(grant(vec![text("head"), text("editor")]));
    let twice = credential(grant(vec![text("head"), text("head")]));
    let opened = map(&[("name", text("A")), ("opened", vec![0xf6])]);
    vec![
        (
            "canonical-simulated",
            "simulated: false, written out.",
            plus(5, "simulated", vec![0xf4]),
            "NotCanonical",
        ),
        (
            "canonical-period",
            "period: null.",
            plus(3, "period", vec![0xf6]),
            "NotCanonical",
        ),
        (
            "canonical-null",
            "opened: null.",
            with("content", opened),
            "NotCanonical",
        ),
        (
            "canonical-empty-list",
            "An empty list, written out.",
            other("revocation", stands),
            "NotCanonical",
        ),
        (
            "canonical-role-order",
            "Roles out of their order.",
            unordered,
            "NotCanonical",
        ),
        (
            "canonical-role-twice",
            "A role twice.",
            twice,
            "NotCanonical",
        ),
        (
            "canonical-struct-array",
            "The content as an array of its values.",
            with("content", array(&[text("A"), vec![0xf6], vec![0xf6]])),
            "NotCanonical",
        ),
        (
            "canonical-bytes-text",
            "A change as text.",
            changes_text,
            "NotCanonical",
        ),
    ]
}
