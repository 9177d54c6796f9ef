//! Strategies for bodies of every kind.

use std::collections::BTreeSet;
use std::fmt::Debug;

use model::{Aggregate, Aggregates, ListItem, Period, Timestamp, UnitPath};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use serde_bytes::ByteBuf;
use wire::*;

use crate::bytes::value;

pub(super) fn id() -> impl Strategy<Value = [u8; 32]> {
    any::<[u8; 32]>()
}

fn ids<T: Ord + Debug>(make: fn([u8; 32]) -> T) -> impl Strategy<Value = Vec<T>> {
    btree_set(id(), 0..4).prop_map(move |set| set.into_iter().map(make).collect())
}

pub(super) fn unit() -> impl Strategy<Value = UnitPath> {
    "byt(\\.[0-9]{2}(\\.[a-z0-9-]{1,16})?|\\.[a-z-]{1,16})?"
        .prop_map(|text| UnitPath::parse(&text).unwrap())
}

pub(super) fn period() -> impl Strategy<Value = Period> {
    prop_oneof![
        (2000i16..2200).prop_map(Period::Year),
        (2000i16..2200, 1u8..=4).prop_map(|(year, quarter)| Period::Quarter(year, quarter)),
    ]
}

pub(super) fn time() -> impl Strategy<Value = Timestamp> {
    any::<i64>().prop_map(Timestamp)
}

/// A name or a text of one line.
fn line() -> impl Strategy<Value = String> {
    "\\PC{1,40}".prop_filter("control characters", |text| {
        !text.chars().any(char::is_control)
    })
}

fn role() -> impl Strategy<Value = Role> {
    prop::sample::select(vec![
        Role::Node,
        Role::Editor,
        Role::Head,
        Role::Reviewer,
        Role::Publisher,
        Role::Registrar,
        Role::Auditor,
    ])
}

fn grant() -> impl Strategy<Value = Grant> {
    let subject = prop::sample::select(vec![Subject::Node, Subject::Person, Subject::Invite]);
    (
        id(),
        subject,
        line(),
        btree_set(role(), 0..7),
        option::of(time()),
        option::of(id()),
    )
        .prop_map(
            |(key, subject, name, roles, until, seal): (
                _,
                _,
                _,
                BTreeSet<Role>,
                _,
                Option<[u8; 32]>,
            )| Grant {
                key: PublicKey(key),
                subject,
                name,
                roles,
                until,
                seal: seal.filter(|_| subject == Subject::Node).map(Digest),
            },
        )
}

fn aggregate() -> impl Strategy<Value = Aggregate> {
    prop_oneof![
        any::<i64>().prop_map(|sum| Aggregate::Sum { sum }),
        (0..i64::MAX, 0..i64::MAX).prop_map(|(a, b)| Aggregate::Share {
            yes: a.min(b),
            of: a.max(b)
        }),
        (any::<i64>(), any::<i64>()).prop_map(|(num, den)| Aggregate::Ratio { num, den }),
        btree_map(line(), 0..i64::MAX, 0..4).prop_map(|counts| Aggregate::Counts { counts }),
        btree_map(unit(), ".{0,40}", 0..4).prop_map(|texts| Aggregate::List {
            list: texts
                .into_iter()
                .map(|(unit, text)| ListItem { unit, text })
                .collect(),
        }),
    ]
}

fn aggregates() -> impl Strategy<Value = Aggregates> {
    btree_map(line(), aggregate(), 0..5)
}

fn org_content() -> impl Strategy<Value = Content> {
    let unit_content =
        (line(), option::of(time()), any::<bool>()).prop_map(|(name, opened, closes)| {
            let closed = opened.filter(|_| closes);
            Content::Unit(UnitContent {
                name,
                opened,
                closed,
            })
        });
    let credential = (vec(grant(), 1..5), any::<bool>()).prop_map(|(grants, reenrol)| {
        Content::Credential(CredentialContent {
            grants,
            root: None,
            reenrol,
        })
    });
    let revocation =
        (id(), any::<bool>(), line(), ids(EntryId)).prop_map(|(id, key, reason, stands)| {
            Content::Revocation(RevocationContent {
                key: key.then_some(PublicKey(id)),
                overrules: (!key).then_some(EntryId(id)),
                reason,
                stands: if key { stands } else { vec![] },
            })
        });
    let form = "[a-zâ\n\r\t]{1,200}".prop_map(|toml| Content::Form(FormContent { toml }));
    prop_oneof![unit_content, credential, revocation, form]
}

fn campaign() -> impl Strategy<Value = Content> {
    let date = (1990..2300, 1..=12, 1..=28).prop_map(|(y, m, d)| format!("{y}-{m:02}-{d:02}"));
    let cutoff = (date.clone(), date).prop_map(|(a, b)| if a <= b { (a, b) } else { (b, a) });
    (
        line(),
        1u32..,
        any::<u32>(),
        unit(),
        option::of(time()),
        option::of(cutoff),
        option::of(line()),
    )
        .prop_map(|(form, version, ordinal, audience, due, cutoff, basis)| {
            Content::Campaign(CampaignContent {
                form,
                version,
                ordinal,
                audience,
                due,
                due_above: due,
                cutoff,
                basis,
            })
        })
}

fn report_content() -> impl Strategy<Value = Content> {
    let changes = vec(vec(any::<u8>(), 1..60), 1..5).prop_map(|changes| {
        let changes = changes.into_iter().map(ByteBuf::from).collect();
        Content::Changes(ChangesContent { changes })
    });
    let submission = (
        line(),
        1u32..,
        any::<u32>(),
        id(),
        ids(ChangeHash),
        ids(EntryId),
    )
        .prop_map(|(form, version, ordinal, snapshot, mut heads, replaces)| {
            if heads.is_empty() {
                heads.push(ChangeHash(snapshot));
            }
            let snapshot = Digest(snapshot);
            Content::Submission(SubmissionContent {
                form,
                version,
                ordinal,
                heads,
                snapshot,
                replaces,
            })
        });
    let comment = (line(), line()).prop_map(|(code, text)| Comment {
        code,
        text: text + "\n",
    });
    let review = (id(), any::<bool>(), vec(comment, 0..4)).prop_map(|(id, accept, comments)| {
        let verdict = if accept {
            Verdict::Accept
        } else {
            Verdict::Return
        };
        Content::Review(ReviewContent {
            submission: EntryId(id),
            verdict,
            comments,
        })
    });
    prop_oneof![changes, submission, review]
}

fn receipt() -> impl Strategy<Value = Content> {
    let incomplete = (id(), ids(ChangeHash), ids(EntryId), any::<bool>()).prop_map(
        |(submission, missing, quarantined, differs)| Incomplete {
            submission: EntryId(submission),
            missing,
            quarantined,
            differs,
        },
    );
    let inclusion = (id(), unit(), aggregates(), 0u64..4, option::of(id())).prop_map(
        |(rollup, unit, state, index, receipt)| Inclusion {
            rollup: EntryId(rollup),
            index,
            size: 4,
            path: vec![Digest(rollup); 2],
            input: RollupInput {
                unit,
                submission: EntryId(rollup),
                receipt: receipt.map(EntryId),
                timeliness: receipt.map(|_| Timeliness::SignedOnTime),
                state,
            },
        },
    );
    (
        0u64..,
        id(),
        ids(EntryId),
        ids(EntryId),
        vec(incomplete, 0..3),
        vec(inclusion, 0..3),
    )
        .prop_map(|(seq, prev, covers, received, incomplete, inclusions)| {
            let prev = (seq > 0).then_some(EntryId(prev));
            Content::Receipt(ReceiptContent {
                seq,
                prev,
                covers,
                received,
                incomplete,
                inclusions,
            })
        })
}

fn rollup() -> impl Strategy<Value = Content> {
    let units = || btree_map(unit(), id(), 0..4);
    (
        line(),
        any::<[u32; 4]>(),
        option::of(time()),
        units(),
        units(),
        id(),
        aggregates(),
    )
        .prop_map(
            |(form, counts, due, missing, provinces, root, aggregates)| {
                let [expected, on_time, late, ordinal] = counts;
                Content::Rollup(Box::new(RollupContent {
                    form,
                    version: 1,
                    ordinal,
                    due,
                    expected: expected.into(),
                    on_time: on_time.into(),
                    late: late.into(),
                    flagged: missing
                        .keys()
                        .map(|unit| Flag {
                            unit: unit.clone(),
                            reason: FlagReason::Reenrolled,
                        })
                        .collect(),
                    missing: missing.into_keys().collect(),
                    inputs: u64::from(late) >> 12,
                    merkle_root: Digest(root),
                    aggregates,
                    receipts_head: due.map(|_| EntryId(root)),
                    replaces: due.map(|_| EntryId(root)).into_iter().collect(),
                    provinces: provinces
                        .into_iter()
                        .map(|(unit, id)| (unit, EntryId(id)))
                        .collect(),
                }))
            },
        )
}

fn unknown() -> impl Strategy<Value = Content> {
    ("[a-z_]{1,28}", value())
        .prop_map(|(name, value)| Content::Unknown(format!("new_{name}").into(), value))
}

/// Any body that keeps the rules.
pub(super) fn body() -> impl Strategy<Value = Body> {
    let content = prop_oneof![
        3 => org_content(),
        1 => campaign(),
        3 => report_content(),
        1 => receipt(),
        1 => rollup(),
        1 => unknown(),
    ];
    (content, unit(), period(), id(), time(), any::<bool>()).prop_map(
        |(content, unit, period, doc, time, simulated)| {
            let (stream, has_period, has_doc) = match content.kind() {
                Kind::Unit | Kind::Credential | Kind::Revocation | Kind::Form => {
                    (Stream::Org, false, false)
                }
                Kind::Campaign => (Stream::Org, true, false),
                Kind::Changes | Kind::Submission | Kind::Review => (Stream::Report, true, true),
                Kind::Receipt => (Stream::Incident, simulated, false),
                Kind::Rollup => (Stream::Rollup, true, false),
                Kind::Unknown(_) => (Stream::Incident, simulated, !simulated),
            };
            Body {
                stream,
                unit,
                period: has_period.then_some(period),
                doc: has_doc.then_some(DocId(doc)),
                time,
                simulated,
                content,
            }
        },
    )
}
