//! A form, people, and a report with a log of its entries.

use document::{Edit, Incoming, Report, SealError, Verdicts, doc_id};
use model::form::builtin;
use model::{Form, Period, Scalar, Timestamp, UnitPath};
use testkit::Seeded;
use wire::{ChangeHash, Digest, DocId, EntryId, PublicKey};

/// The quarterly form.
pub(crate) fn form() -> &'static Form {
    builtin("kh2273-quy").unwrap()
}

/// Version 2 of the form, with one more co-edited text.
pub(crate) fn with_text(code: &str) -> Form {
    let mut form = form().clone();
    form.version = 2;
    let mut field = form
        .fields()
        .find(|field| field.code == "I1")
        .unwrap()
        .clone();
    field.code = code.to_owned();
    form.sections[0].fields.push(field);
    form
}

/// One facility's report of one quarter.
pub(crate) fn doc() -> DocId {
    let unit = UnitPath::parse("byt.24.07210").unwrap();
    doc_id(&unit, "kh2273-quy", Period::parse("2026-Q2").unwrap(), 0)
}

/// An untouched report.
pub(crate) fn fresh() -> Report {
    Report::genesis(form(), doc())
}

/// Somebody's key.
pub(crate) fn person(number: u8) -> PublicKey {
    PublicKey([number; 32])
}

/// Sets a key.
pub(crate) fn put(key: &str, value: impl Into<Value>) -> Edit {
    Edit::Put {
        key: key.to_owned(),
        value: value.into().0,
    }
}

/// Rewords a text.
pub(crate) fn text(code: &str, text: &str) -> Edit {
    Edit::SetText {
        code: code.to_owned(),
        text: text.to_owned(),
    }
}

/// Anything a test writes as a value.
pub(crate) struct Value(Scalar);

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Value(Scalar::Int(number))
    }
}

impl From<bool> for Value {
    fn from(yes: bool) -> Self {
        Value(Scalar::Bool(yes))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value(Scalar::Str(text.to_owned()))
    }
}

impl From<Scalar> for Value {
    fn from(value: Scalar) -> Self {
        Value(value)
    }
}

/// The entry that carries these changes. The id follows from the content, as a
/// real one does.
pub(crate) fn entry(author: &PublicKey, changes: Vec<Vec<u8>>) -> Incoming {
    let parts: Vec<&[u8]> = changes.iter().map(Vec::as_slice).collect();
    let entry = EntryId(Digest::of(&[&author.0, Digest::of(&parts).as_bytes()]).0);
    Incoming {
        entry,
        author: *author,
        changes,
    }
}

/// Seals upon the given heads.
pub(crate) fn seal_at(
    report: &Report,
    at: &[ChangeHash],
    author: &PublicKey,
    edits: &[Edit],
    entropy: &mut Seeded,
) -> Result<Incoming, SealError> {
    let time = Timestamp(1_780_000_000_000);
    let raw = report.seal(at, edits, author, time, entropy)?;
    Ok(entry(author, vec![raw]))
}

/// A report that seals at its present heads and admits at once.
pub(crate) struct Machine {
    pub(crate) report: Report,
    pub(crate) log: Vec<Incoming>,
    pub(crate) entropy: Seeded,
}

impl Machine {
    pub(crate) fn new(seed: u64) -> Self {
        Machine {
            report: fresh(),
            log: Vec::new(),
            entropy: Seeded::new(seed),
        }
    }

    /// Edits; gives the change.
    pub(crate) fn edit(&mut self, author: &PublicKey, edits: &[Edit]) -> ChangeHash {
        let at = self.report.heads();
        let incoming = seal_at(&self.report, &at, author, edits, &mut self.entropy).unwrap();
        let hash = document::change_hash(&incoming.changes[0]).unwrap();
        self.log.push(incoming.clone());
        let verdicts = self.report.admit(form(), std::slice::from_ref(&incoming));
        assert_eq!(verdicts.applied, [incoming.entry], "{verdicts:?}");
        hash
    }

    /// Takes in what another one has.
    pub(crate) fn pull(&mut self, other: &Machine) -> Verdicts {
        for incoming in &other.log {
            if !self.log.contains(incoming) {
                self.log.push(incoming.clone());
            }
        }
        self.report.admit(form(), &other.log)
    }
}
