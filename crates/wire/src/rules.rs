//! What a body must look like, whoever signed it: which parts belong to which
//! kind, and the limits on every text and list. `proto/SPEC.md` has the same in
//! prose. Who may write what is not decided here (`identity` has that table), nor
//! whether two entries agree with each other.

mod content;
mod text;

use crate::body::{Body, Kind, Stream};
use crate::entry::EntryError;

/// One rule's verdict: the text says which rule was broken.
type Verdict = Result<(), &'static str>;

/// The name of a kind of a newer version.
const KIND_NAME_MAX_BYTES: usize = 32;

/// Whether a kind has a part.
#[derive(Clone, Copy)]
enum Part {
    Required,
    Optional,
    Absent,
}

impl Body {
    /// Refuses a body whose parts do not fit its kind or break a limit.
    pub(crate) fn check(&self) -> Result<(), EntryError> {
        self.envelope()
            .and_then(|()| self.content_rules())
            .map_err(EntryError::Body)
    }

    /// The stream, the period and the document, by kind.
    fn envelope(&self) -> Verdict {
        use Part::{Absent, Optional, Required};
        let (stream, period, doc) = match self.kind() {
            Kind::Unit | Kind::Credential | Kind::Revocation | Kind::Form => {
                (Some(Stream::Org), Absent, Absent)
            }
            Kind::Campaign => (Some(Stream::Org), Required, Absent),
            Kind::Changes | Kind::Submission | Kind::Review => {
                (Some(Stream::Report), Required, Required)
            }
            Kind::Rollup => (Some(Stream::Rollup), Required, Absent),
            Kind::Receipt => (None, Optional, Absent),
            Kind::Unknown(name) => {
                kind_name(&name)?;
                (None, Optional, Optional)
            }
        };
        if stream.is_some_and(|stream| stream != self.stream) {
            return Err("the kind does not belong to this stream");
        }
        period.check(
            self.period.is_some(),
            "the kind needs a period",
            "the kind has no period",
        )?;
        doc.check(
            self.doc.is_some(),
            "the kind needs a document",
            "the kind has no document",
        )
    }
}

impl Part {
    fn check(self, present: bool, missing: &'static str, needless: &'static str) -> Verdict {
        match (self, present) {
            (Part::Required, false) => Err(missing),
            (Part::Absent, true) => Err(needless),
            _ => Ok(()),
        }
    }
}

fn kind_name(name: &str) -> Verdict {
    let fine = (1..=KIND_NAME_MAX_BYTES).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    if !fine {
        return Err("a kind's name has 1 to 32 characters of a-z and _");
    }
    if !matches!(Kind::from_name(name), Kind::Unknown(_)) {
        return Err("a known kind cannot stand as an unknown one");
    }
    Ok(())
}
