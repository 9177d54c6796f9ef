//! The outer array and the protected header.

use wire::limits::{CBOR_MAX_DEPTH, ENTRY_MAX_BYTES};

use super::{Case, case};
use crate::support::examples::{HEAD, entry};
use crate::support::raw::{array, bytes, head, map, protected, seal_with, text};

pub(super) fn cases() -> Vec<Case> {
    [well_formedness(), structure(), header()]
        .into_iter()
        .flatten()
        .collect()
}

/// The four items of a good entry, encoded.
fn items() -> [Vec<u8>; 4] {
    let entry = entry("unit");
    let outer = wire::cose::Sign1::parse(entry.bytes()).unwrap();
    [
        bytes(outer.protected),
        map(&[]),
        bytes(outer.payload),
        bytes(outer.signature),
    ]
}

fn with(place: usize, item: Vec<u8>) -> Vec<u8> {
    let mut items = items();
    items[place] = item;
    array(&items)
}

fn well_formedness() -> Vec<Case> {
    let good = array(&items());
    let tagged = [&[0xd2][..], &good].concat();
    let indefinite = [&[0x9f][..], &good[1..], &[0xff]].concat();
    let [protected, unprotected, payload, signature] = items();
    let long_head = {
        let length = u32::try_from(payload.len() - 3).unwrap();
        let content = &payload[payload.len() - length as usize..];
        [&[0x5a][..], &length.to_be_bytes(), content].concat()
    };
    let longer = array(&[protected.clone(), unprotected, long_head, signature]);
    let beyond = [&head(4, 4), &protected, &map(&[]), &head(2, usize::MAX)[..]].concat();
    let deep = [vec![0x81; CBOR_MAX_DEPTH], array(&[])].concat();
    let too_large = with(2, bytes(&vec![0; ENTRY_MAX_BYTES]));
    vec![
        case("outer-empty", "No bytes at all.", &[], "Malformed"),
        case(
            "outer-truncated",
            "The last byte is missing.",
            &good[..good.len() - 1],
            "Malformed",
        ),
        case(
            "outer-trailing",
            "One byte too many.",
            &[&good[..], &[0]].concat(),
            "Trailing",
        ),
        case(
            "outer-tagged",
            "COSE_Sign1 with its tag 18.",
            &tagged,
            "Unsupported",
        ),
        case(
            "outer-indefinite",
            "An array of indefinite length.",
            &indefinite,
            "NotDeterministic",
        ),
        case(
            "outer-long-length",
            "A length in four bytes where two do.",
            &longer,
            "NotDeterministic",
        ),
        case(
            "outer-length-beyond-end",
            "2^64 - 1 bytes are announced.",
            &beyond,
            "Malformed",
        ),
        case(
            "outer-array-bomb",
            "2^32 items are announced in nine bytes.",
            &head(4, 1 << 32),
            "Malformed",
        ),
        case(
            "outer-reserved-header",
            "Additional information 28 is reserved.",
            &[0x9c],
            "Malformed",
        ),
        case(
            "outer-break",
            "A break with nothing to end.",
            &[0xff],
            "Malformed",
        ),
        case(
            "outer-too-deep",
            "One array more than may be nested.",
            &deep,
            "TooDeep",
        ),
        case(
            "outer-too-large",
            "Larger than an entry may be.",
            &too_large,
            "TooLarge",
        ),
    ]
}

fn structure() -> Vec<Case> {
    let [protected, unprotected, payload, signature] = items();
    let five = array(&[
        protected.clone(),
        unprotected.clone(),
        payload.clone(),
        signature.clone(),
        bytes(&[]),
    ]);
    let three = array(&[protected, payload, signature]);
    let mut kid = vec![0xa1, 0x04];
    kid.extend(bytes(b"11"));
    let as_text = "x".repeat(64);
    vec![
        case(
            "structure-three",
            "The unprotected header is missing.",
            &three,
            "Structure",
        ),
        case("structure-five", "A fifth element.", &five, "Structure"),
        case(
            "structure-map",
            "A map instead of the array.",
            &map(&[]),
            "Structure",
        ),
        case(
            "structure-unprotected",
            "Something in the unprotected header.",
            &with(1, kid),
            "Structure",
        ),
        case(
            "structure-protected-map",
            "The protected header as a map, not as bytes.",
            &with(0, map(&[])),
            "Structure",
        ),
        case(
            "structure-detached",
            "A detached payload (null).",
            &with(2, vec![0xf6]),
            "Structure",
        ),
        case(
            "structure-short-signature",
            "A signature of 63 bytes.",
            &with(3, bytes(&[0; 63])),
            "Structure",
        ),
        case(
            "structure-text-signature",
            "A signature as text.",
            &with(3, text(&as_text)),
            "Structure",
        ),
    ]
}

/// Every one correctly signed over the header that it has.
fn header() -> Vec<Case> {
    let entry = entry("unit");
    let payload = wire::cose::Sign1::parse(entry.bytes())
        .unwrap()
        .payload
        .to_vec();
    let key = &protected(HEAD)[6..];
    let kid = [&[0x04, 0x58, 0x20][..], key].concat();
    let cases: [(&str, &str, Vec<u8>); 8] = [
        ("header-empty", "No header at all.", vec![]),
        (
            "header-no-key",
            "Only the algorithm.",
            vec![0xa1, 0x01, 0x27],
        ),
        (
            "header-no-algorithm",
            "Only the key.",
            [&[0xa1][..], &kid].concat(),
        ),
        (
            "header-es256",
            "Another algorithm, ES256 (-7).",
            [&[0xa2, 0x01, 0x26][..], &kid].concat(),
        ),
        (
            "header-ed25519",
            "The fully specified Ed25519 (-19) of RFC 9864: not ours.",
            [&[0xa2, 0x01, 0x32][..], &kid].concat(),
        ),
        (
            "header-short-key",
            "A key of 31 bytes.",
            [&[0xa2, 0x01, 0x27, 0x04, 0x58, 0x1f][..], &key[..31]].concat(),
        ),
        (
            "header-content-type",
            "A further parameter, content type 0.",
            [&[0xa3, 0x01, 0x27, 0x03, 0x00][..], &kid].concat(),
        ),
        (
            "header-unsorted",
            "The key before the algorithm.",
            [&[0xa2][..], &kid, &[0x01, 0x27]].concat(),
        ),
    ];
    cases
        .into_iter()
        .map(|(name, description, header)| {
            case(
                name,
                description,
                &seal_with(&header, &payload, HEAD),
                "Header",
            )
        })
        .collect()
}
