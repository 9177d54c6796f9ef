//! Limits from the inside: the largest that is still allowed. What lies beyond is
//! in the invalid vectors.

use model::{Aggregate, ListItem, Period};
use serde_bytes::ByteBuf;
use wire::cbor::Value;
use wire::limits::*;
use wire::*;

use crate::support::examples::{self, named, unit};
use crate::support::signed;

fn holds(body: Body) {
    let entry = signed(body, examples::HEAD);
    assert_eq!(Entry::parse(entry.bytes()).unwrap().body(), entry.body());
}

#[test]
fn the_largest_allowed_is_allowed() {
    let name = "x".repeat(NAME_MAX_BYTES);
    let unit_content = UnitContent {
        name,
        opened: None,
        closed: None,
    };
    holds(Body {
        content: Content::Unit(unit_content),
        ..named("unit")
    });

    let toml = "\t".repeat(FORM_MAX_BYTES);
    holds(Body {
        content: Content::Form(FormContent { toml }),
        ..named("form")
    });

    let longest = ByteBuf::from(vec![0x85; CHANGE_MAX_BYTES]);
    let changes = vec![longest; 3];
    holds(Body {
        content: Content::Changes(ChangesContent { changes }),
        ..named("changes")
    });

    let changes = vec![ByteBuf::from([0x85]); CHANGES_MAX_COUNT];
    holds(Body {
        content: Content::Changes(ChangesContent { changes }),
        ..named("changes")
    });

    let mut body = named("revocation-key");
    let Content::Revocation(content) = &mut body.content else {
        unreachable!()
    };
    content.reason = "x".repeat(TEXT_MAX_BYTES);
    holds(body);

    let mut body = named("credential-join");
    let Content::Credential(content) = &mut body.content else {
        unreachable!()
    };
    content.grants = vec![content.grants[1].clone(); GRANTS_MAX_COUNT];
    holds(body);

    // The body and its content are two levels of their own.
    let nested = (2..CBOR_MAX_DEPTH).fold(Value::Null, |value, _| Value::Array(vec![value]));
    holds(Body {
        content: Content::Unknown("x".repeat(32).into(), Value::Array(vec![nested])),
        ..named("unknown")
    });
}

#[test]
fn an_entry_is_as_large_as_may_be_and_no_larger() {
    let changes = |last| Body {
        content: Content::Changes(ChangesContent {
            changes: [CHANGE_MAX_BYTES, CHANGE_MAX_BYTES, CHANGE_MAX_BYTES, last]
                .map(|length| ByteBuf::from(vec![0; length]))
                .into(),
        }),
        ..named("changes")
    };
    let overhead = signed(changes(200_000), examples::HEAD).bytes().len() - 200_000;
    let last = ENTRY_MAX_BYTES - overhead;
    let largest = signed(changes(last), examples::HEAD);
    assert_eq!(largest.bytes().len(), ENTRY_MAX_BYTES);
    assert!(Entry::parse(largest.bytes()).is_ok());
    let larger = Entry::assemble(changes(last + 1), largest.author(), |_| [0; 64]);
    assert!(matches!(larger, Err(EntryError::TooLarge)));
}

#[test]
fn a_known_kind_does_not_pass_as_an_unknown_one() {
    let body = Body {
        content: Content::Unknown("unit".into(), Value::Null),
        ..named("unknown")
    };
    let rule = "a known kind cannot stand as an unknown one";
    assert!(matches!(body.encode(), Err(EntryError::Body(found)) if found == rule));
}

#[test]
fn a_receipt_may_lie_in_any_stream() {
    for stream in [
        Stream::Org,
        Stream::Report,
        Stream::Incident,
        Stream::Rollup,
    ] {
        for period in [None, Some(Period::Year(2026))] {
            holds(Body {
                stream,
                period,
                ..named("receipt")
            });
        }
    }
}

/// What units wrote is copied into a rollup as it is: a tab in one hospital's
/// text must not keep a Sở from signing.
#[test]
fn listed_texts_are_taken_as_they_are() {
    let mut body = named("rollup-province");
    let Content::Rollup(content) = &mut body.content else {
        unreachable!()
    };
    let text = "a\tb\u{1b}".repeat(TEXT_MAX_BYTES);
    let list = vec![ListItem {
        unit: unit("byt.24.1"),
        text,
    }];
    content
        .aggregates
        .insert("I1".into(), Aggregate::List { list });
    holds(body);
}

/// Against the definition: a path has one hash for every split on the way down.
#[test]
fn audit_paths_have_the_length_of_their_place() {
    fn depth(index: u64, size: u64) -> usize {
        if size == 1 {
            return 0;
        }
        let left = (0..64)
            .map(|bit| 1 << bit)
            .take_while(|power| *power < size)
            .last()
            .unwrap();
        1 + if index < left {
            depth(index, left)
        } else {
            depth(index - left, size - left)
        }
    }
    for size in 1..=70 {
        for index in 0..size {
            for length in 0..=8 {
                let mut body = named("receipt");
                let Content::Receipt(content) = &mut body.content else {
                    unreachable!()
                };
                let inclusion = &mut content.inclusions[0];
                inclusion.size = size;
                inclusion.index = index;
                inclusion.path = vec![Digest([1; 32]); length];
                assert_eq!(
                    body.encode().is_ok(),
                    length == depth(index, size),
                    "{index} of {size}"
                );
            }
        }
    }
}
