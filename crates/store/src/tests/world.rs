//! Real signed entries of every kind that has a projection, from a seed.

use std::collections::BTreeSet;

use identity::{SecretKey, Signed, Verified};
use model::{Entropy as _, Period, Timestamp, UnitPath};
use testkit::Seeded;
use wire::{
    Body, ChangeHash, ChangesContent, Content, CredentialContent, Digest, DocId, EntryId, Grant,
    PublicKey, ReceiptContent, RevocationContent, Role, Stream, Subject, SubmissionContent,
    UnitContent,
};

use crate::{Inserted, Store, StoreError};

pub(crate) const NOW: Timestamp = Timestamp(1_780_000_000_000);
pub(crate) const UNITS: [&str; 6] = [
    "byt",
    "byt.24",
    "byt.24.07210",
    "byt.24.07211",
    "byt.25",
    "byt.bm",
];

pub(crate) fn unit(text: &str) -> UnitPath {
    UnitPath::parse(text).unwrap()
}

pub(crate) fn q(quarter: u8) -> Period {
    Period::Quarter(2026, quarter)
}

pub(crate) fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed([seed; 32])
}

/// Signs, and passes for verified: what may be held is `identity`'s business.
pub(crate) fn signed(author: &SecretKey, body: Body) -> Verified {
    let entry = author.sign(body).unwrap();
    Signed::check(entry.clone()).unwrap();
    Verified::from_own_store(entry)
}

pub(crate) fn body(at: &str, stream: Stream, period: Option<Period>, content: Content) -> Body {
    let doc = matches!(content, Content::Changes(_) | Content::Submission(_))
        .then_some(DocId([at.len() as u8; 32]));
    Body {
        stream,
        unit: unit(at),
        period,
        doc,
        time: NOW,
        simulated: false,
        content,
    }
}

pub(crate) fn named(author: &SecretKey, at: &str, name: &str, time: i64) -> Verified {
    let content = UnitContent {
        name: name.into(),
        opened: None,
        closed: None,
    };
    let body = body(at, Stream::Org, None, Content::Unit(content));
    signed(
        author,
        Body {
            time: Timestamp(time),
            ..body
        },
    )
}

pub(crate) fn submission(author: &SecretKey, at: &str, period: Period, salt: u8) -> Verified {
    let content = SubmissionContent {
        form: "kh2273-quy".into(),
        version: 1,
        ordinal: 0,
        heads: vec![ChangeHash([salt; 32])],
        snapshot: Digest([salt; 32]),
        replaces: Vec::new(),
    };
    signed(
        author,
        body(
            at,
            Stream::Report,
            Some(period),
            Content::Submission(content),
        ),
    )
}

pub(crate) fn changes(author: &SecretKey, at: &str, period: Period, bytes: &[u8]) -> Verified {
    let content = ChangesContent {
        changes: vec![serde_bytes::ByteBuf::from(bytes.to_vec())],
    };
    signed(
        author,
        body(at, Stream::Report, Some(period), Content::Changes(content)),
    )
}

pub(crate) fn grant(to: &PublicKey, subject: Subject, roles: &[Role]) -> Grant {
    Grant {
        key: *to,
        subject,
        name: "Bệnh viện Bạch Mai".into(),
        roles: roles.iter().copied().collect::<BTreeSet<_>>(),
        until: None,
        seal: None,
    }
}

pub(crate) fn credential(author: &SecretKey, at: &str, grants: Vec<Grant>) -> Verified {
    let content = CredentialContent {
        grants,
        root: None,
        reenrol: false,
    };
    signed(
        author,
        body(at, Stream::Org, None, Content::Credential(content)),
    )
}

pub(crate) fn revocation(author: &SecretKey, at: &str, content: RevocationContent) -> Verified {
    signed(
        author,
        body(at, Stream::Org, None, Content::Revocation(content)),
    )
}

pub(crate) fn receipt(
    node: &SecretKey,
    at: &str,
    time: i64,
    seq: u64,
    prev: Option<EntryId>,
    covers: &[EntryId],
) -> Verified {
    let mut covers = covers.to_vec();
    covers.sort();
    let content = ReceiptContent {
        seq,
        prev,
        covers,
        received: Vec::new(),
        incomplete: Vec::new(),
        inclusions: Vec::new(),
    };
    let body = body(at, Stream::Report, Some(q(2)), Content::Receipt(content));
    signed(
        node,
        Body {
            time: Timestamp(time),
            ..body
        },
    )
}

/// A mixed lot, some of it twice.
pub(crate) fn random_entries(seed: u64, count: usize) -> Vec<Verified> {
    let mut random = Seeded::new(seed);
    let mut made: Vec<Verified> = Vec::new();
    while made.len() < count {
        let author = key(1 + random.below(4) as u8);
        let at = UNITS[random.below(UNITS.len() as u64) as usize];
        let period = q(1 + random.below(4) as u8);
        let time = NOW.0 + random.below(5) as i64;
        let before: Vec<EntryId> = made.iter().map(Verified::id).collect();
        let some = |random: &mut Seeded| {
            before
                .get(random.below(before.len() as u64) as usize)
                .copied()
        };
        made.push(match random.below(8) {
            0 => named(&author, at, "Trạm Y tế", time),
            1 => credential(
                &author,
                at,
                vec![grant(&key(7).public(), Subject::Person, &[Role::Editor])],
            ),
            2 => {
                let content = RevocationContent {
                    key: Some(key(1 + random.below(4) as u8).public()),
                    overrules: None,
                    reason: "mất khóa".into(),
                    stands: some(&mut random).into_iter().collect(),
                };
                revocation(&author, at, content)
            }
            3 => {
                let covers: BTreeSet<EntryId> = (0..3).filter_map(|_| some(&mut random)).collect();
                if covers.is_empty() {
                    continue;
                }
                let covers: Vec<EntryId> = covers.into_iter().collect();
                let seq = 1 + random.below(6);
                receipt(&author, at, time, seq, some(&mut random), &covers)
            }
            4 => submission(&author, at, period, random.below(255) as u8),
            _ => {
                let mut bytes = [0; 24];
                random.fill(&mut bytes);
                changes(&author, at, period, &bytes)
            }
        });
    }
    made
}

/// Inserts all, each from a peer of its own or from nobody.
pub(crate) fn insert_all(store: &mut Store, entries: &[Verified]) -> Vec<Inserted> {
    store
        .write::<_, StoreError>(|tx| {
            entries
                .iter()
                .map(|entry| tx.insert(entry, NOW, None))
                .collect()
        })
        .unwrap()
}

pub(crate) fn store_of(entries: &[Verified]) -> Store {
    let mut store = Store::open_in_memory().unwrap();
    insert_all(&mut store, entries);
    store
}

/// Fisher-Yates.
pub(crate) fn shuffled(entries: &[Verified], seed: u64) -> Vec<Verified> {
    let mut random = Seeded::new(seed);
    let mut entries = entries.to_vec();
    for at in (1..entries.len()).rev() {
        entries.swap(at, random.below(at as u64 + 1) as usize);
    }
    entries
}
