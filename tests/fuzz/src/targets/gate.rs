//! Changes that arrive at a report: pieces of `[how][length, 2 bytes][bytes]`.
//!
//! A piece is taken as it is, or put under a right header and checksum; it comes
//! in an entry of its own or in that of the piece before. The report has a fixed
//! genesis and one more, honest entry, which must never be held up.

use std::sync::OnceLock;

use document::{Edit, Incoming, Reason, Report, actor_belongs, doc_id, peek};
use model::{Form, Period, Scalar, Timestamp, UnitPath};
use testkit::Seeded;
use testkit::hostile::chunk;
use wire::{Digest, DocId, EntryId, PublicKey};

use super::reader::Reader;

const PIECES_MAX_COUNT: usize = 12;

pub(super) fn run(input: &[u8]) {
    let honest = honest();
    let mut all = entries(input);
    all.push(honest.clone());

    let mut report = fresh().clone();
    let verdicts = report.admit(form(), &all);
    assert!(verdicts.applied.contains(&honest.entry), "{verdicts:?}");
    for (_, reason) in &verdicts.quarantined {
        // The last line of defence: nothing that passed the checks may need it.
        let late = matches!(reason, Reason::Panicked | Reason::Poison);
        assert!(!late, "{reason}");
    }
    if verdicts.applied.len() > 1 {
        let loaded = Report::load(form(), doc(), &report.save()).unwrap();
        assert_eq!(loaded.heads(), report.heads());
        assert_eq!(loaded.snapshot(), report.snapshot());
        assert_eq!(loaded.conflicts(), report.conflicts());
        report.history();
    }
    // What is in effect depends on the set alone; a rebuild decides forks, too.
    all.reverse();
    let (backwards, in_the_end) = Report::rebuild(form(), doc(), &all);
    assert!(in_the_end.applied.contains(&honest.entry), "{in_the_end:?}");
    if verdicts.rebuild || all.len() > 2 {
        all.reverse();
        let (forwards, again) = Report::rebuild(form(), doc(), &all);
        assert_eq!(again, in_the_end);
        assert_eq!(forwards.heads(), backwards.heads());
        assert_eq!(forwards.snapshot(), backwards.snapshot());
    }
    if !verdicts.rebuild {
        assert_eq!(report.heads(), backwards.heads());
        assert_eq!(report.snapshot(), backwards.snapshot());
    }
}

fn entries(input: &[u8]) -> Vec<Incoming> {
    let mut reader = Reader(input);
    let mut all: Vec<Incoming> = Vec::new();
    for _ in 0..PIECES_MAX_COUNT {
        if reader.is_empty() {
            break;
        }
        let how = reader.byte();
        let piece = reader.piece();
        let raw = match how & 1 {
            0 => chunk(1, piece),
            _ => piece.to_vec(),
        };
        let author = author_of(&raw, how >> 2);
        match all.last_mut() {
            Some(last) if how & 2 == 2 && last.author == author => last.changes.push(raw),
            _ => all.push(Incoming {
                entry: EntryId([0; 32]),
                author,
                changes: vec![raw],
            }),
        }
    }
    for one in &mut all {
        one.entry = entry_id(one);
    }
    all.sort_by_key(|one| one.entry);
    all.dedup();
    all
}

/// As a real one, it follows from the content.
fn entry_id(one: &Incoming) -> EntryId {
    let mut parts: Vec<&[u8]> = vec![&one.author.0];
    parts.extend(one.changes.iter().map(Vec::as_slice));
    EntryId(Digest::of(&parts).0)
}

/// Whose change it says it is; else anybody's.
fn author_of(raw: &[u8], which: u8) -> PublicKey {
    let people = (1..=3).map(|number| PublicKey([number; 32]));
    let actor = peek(raw).map(|header| header.actor);
    let mut owners = people.filter(|key| {
        let actor = actor.as_ref();
        actor.is_some_and(|actor| actor_belongs(actor, key))
    });
    owners.next().unwrap_or(PublicKey([which % 3 + 1; 32]))
}

fn form() -> &'static Form {
    model::form::builtin("kh2273-quy").unwrap()
}

fn doc() -> DocId {
    let unit = UnitPath::parse("byt.24.07210").unwrap();
    doc_id(&unit, "kh2273-quy", Period::Quarter(2026, 2), 0)
}

fn fresh() -> &'static Report {
    static FRESH: OnceLock<Report> = OnceLock::new();
    FRESH.get_or_init(|| Report::genesis(form(), doc()))
}

fn honest() -> &'static Incoming {
    static HONEST: OnceLock<Incoming> = OnceLock::new();
    HONEST.get_or_init(|| {
        let author = PublicKey([9; 32]);
        let edit = Edit::Put {
            key: "E3".to_owned(),
            value: Scalar::Int(7),
        };
        let (report, time) = (fresh(), Timestamp(1_780_000_000_000));
        let raw = report
            .seal(&report.heads(), &[edit], &author, time, &mut Seeded::new(9))
            .unwrap();
        let mut one = Incoming {
            entry: EntryId([0; 32]),
            author,
            changes: vec![raw],
        };
        one.entry = entry_id(&one);
        one
    })
}
