//! Changes, submissions, reviews and receipts.

use serde_bytes::ByteBuf;

use super::*;

pub(super) fn examples() -> Vec<Example> {
    vec![
        example(
            "changes",
            "Two changes of one sitting. The bytes are no Automerge changes: the wire \
             format does not look inside.",
            HEAD,
            report(Content::Changes(ChangesContent {
                changes: vec![
                    ByteBuf::from([0x85, 0x6f, 0x4a, 0x83]),
                    ByteBuf::from([0; 24]),
                ],
            })),
        ),
        example(
            "submission",
            "A submission over two heads that replaces an earlier one.",
            HEAD,
            report(Content::Submission(SubmissionContent {
                form: "kh2273-quy".into(),
                version: 1,
                ordinal: 0,
                heads: vec![ChangeHash([0x10; 32]), ChangeHash([0xfe; 32])],
                snapshot: Digest::of(&[b"snapshot"]),
                replaces: vec![entry_id(4)],
            })),
        ),
        example(
            "review-accept",
            "Accepted without a word.",
            REVIEWER,
            report(Content::Review(ReviewContent {
                submission: entry_id(5),
                verdict: Verdict::Accept,
                comments: vec![],
            })),
        ),
        example(
            "review-return",
            "Returned with a comment on a field and one, of two lines, on the whole.",
            REVIEWER,
            report(Content::Review(ReviewContent {
                submission: entry_id(5),
                verdict: Verdict::Return,
                comments: vec![
                    Comment {
                        code: "B4".into(),
                        text: "Lớn hơn B3".into(),
                    },
                    Comment {
                        code: String::new(),
                        text: "Đề nghị rà soát\nphần C".into(),
                    },
                ],
            })),
        ),
        example(
            "receipt",
            "A receipt in the middle of a chain with every part.",
            NODE,
            Body {
                doc: None,
                ..report(Content::Receipt(receipt()))
            },
        ),
        example(
            "receipt-first",
            "The first receipt of a node, over entries of an org stream.",
            NODE,
            org(
                facility(),
                Content::Receipt(ReceiptContent {
                    seq: 0,
                    prev: None,
                    covers: vec![entry_id(1)],
                    received: vec![],
                    incomplete: vec![],
                    inclusions: vec![],
                }),
            ),
        ),
    ]
}

fn receipt() -> ReceiptContent {
    ReceiptContent {
        seq: 41,
        prev: Some(entry_id(6)),
        covers: vec![entry_id(1), entry_id(2)],
        received: vec![entry_id(5)],
        incomplete: vec![Incomplete {
            submission: entry_id(7),
            missing: vec![ChangeHash([0x33; 32])],
            quarantined: vec![entry_id(8)],
            differs: true,
        }],
        inclusions: vec![Inclusion {
            rollup: entry_id(9),
            index: 2,
            size: 3,
            path: vec![Digest([0x44; 32])],
            input: RollupInput {
                unit: facility(),
                submission: entry_id(5),
                receipt: Some(entry_id(6)),
                timeliness: Some(Timeliness::OnTime),
                state: aggregates(),
            },
        }],
    }
}
