//! What is signed: the body of an entry, its kinds, and their encoding.
//!
//! Invariant: [`Body::decode`] takes exactly the bytes that [`Body::encode`]
//! makes, so an absent field, a default or a set has one spelling only. Whether a
//! body keeps the rules of its kind is `rules`' business; both directions ask it.

use model::{Period, Timestamp, UnitPath};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize, Serializer};

use crate::cbor::{self, CborError, Value};
use crate::content::*;
use crate::entry::EntryError;
use crate::human::JsonValue;
use crate::id::DocId;

/// Which flow an entry belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stream {
    /// Credentials, revocations, units, forms, campaigns: flows down.
    Org,
    /// Changes, submissions, reviews, receipts.
    Report,
    /// Incidents.
    Incident,
    /// Rollups.
    Rollup,
}

/// What kind of statement an entry is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// [`UnitContent`].
    Unit,
    /// [`CredentialContent`].
    Credential,
    /// [`RevocationContent`].
    Revocation,
    /// [`FormContent`].
    Form,
    /// [`CampaignContent`].
    Campaign,
    /// [`ChangesContent`].
    Changes,
    /// [`SubmissionContent`].
    Submission,
    /// [`ReviewContent`].
    Review,
    /// [`ReceiptContent`].
    Receipt,
    /// [`RollupContent`].
    Rollup,
    /// A kind of a newer version: held and forwarded, never interpreted.
    Unknown(Box<str>),
}

impl Kind {
    /// All kinds that this version knows.
    pub const KNOWN: [Kind; 10] = [
        Kind::Unit,
        Kind::Credential,
        Kind::Revocation,
        Kind::Form,
        Kind::Campaign,
        Kind::Changes,
        Kind::Submission,
        Kind::Review,
        Kind::Receipt,
        Kind::Rollup,
    ];

    /// The name on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Kind::Unit => "unit",
            Kind::Credential => "credential",
            Kind::Revocation => "revocation",
            Kind::Form => "form",
            Kind::Campaign => "campaign",
            Kind::Changes => "changes",
            Kind::Submission => "submission",
            Kind::Review => "review",
            Kind::Receipt => "receipt",
            Kind::Rollup => "rollup",
            Kind::Unknown(name) => name,
        }
    }

    /// The kind with this name.
    pub fn from_name(name: &str) -> Kind {
        Kind::KNOWN
            .into_iter()
            .find(|kind| kind.as_str() == name)
            .unwrap_or_else(|| Kind::Unknown(name.into()))
    }
}

/// What an entry says, by kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// `unit`
    Unit(UnitContent),
    /// `credential`
    Credential(CredentialContent),
    /// `revocation`
    Revocation(RevocationContent),
    /// `form`
    Form(FormContent),
    /// `campaign`
    Campaign(CampaignContent),
    /// `changes`
    Changes(ChangesContent),
    /// `submission`
    Submission(SubmissionContent),
    /// `review`
    Review(ReviewContent),
    /// `receipt`
    Receipt(ReceiptContent),
    /// `rollup`
    Rollup(Box<RollupContent>),
    /// A kind of a newer version.
    Unknown(Box<str>, Value),
}

/// What is signed.
#[derive(Clone, Debug, PartialEq)]
pub struct Body {
    /// Which flow.
    pub stream: Stream,
    /// Whose stream.
    pub unit: UnitPath,
    /// The reporting period, for what belongs to one.
    pub period: Option<Period>,
    /// The document, for changes, submissions and reviews.
    pub doc: Option<DocId>,
    /// The author's clock: information and sort key, never authority.
    pub time: Timestamp,
    /// Made under a simulated clock, in a rehearsal tree.
    pub simulated: bool,
    /// What it says.
    pub content: Content,
}

/// A body's layout, to be written.
#[derive(Serialize)]
struct Outgoing<'a> {
    kind: &'a str,
    stream: Stream,
    unit: &'a UnitPath,
    #[serde(skip_serializing_if = "Option::is_none")]
    period: Option<Period>,
    #[serde(skip_serializing_if = "Option::is_none")]
    doc: Option<DocId>,
    time: Timestamp,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    simulated: bool,
    content: &'a Content,
}

/// A body's layout, to be read once its kind is known.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Incoming<C> {
    #[serde(rename = "kind")]
    _kind: String,
    stream: Stream,
    unit: UnitPath,
    #[serde(default)]
    period: Option<Period>,
    #[serde(default)]
    doc: Option<DocId>,
    time: Timestamp,
    #[serde(default)]
    simulated: bool,
    content: C,
}

/// The one field that says how to read the others.
#[derive(Deserialize)]
struct KindOnly {
    kind: String,
}

impl Content {
    /// The kind of this content.
    pub fn kind(&self) -> Kind {
        match self {
            Content::Unit(_) => Kind::Unit,
            Content::Credential(_) => Kind::Credential,
            Content::Revocation(_) => Kind::Revocation,
            Content::Form(_) => Kind::Form,
            Content::Campaign(_) => Kind::Campaign,
            Content::Changes(_) => Kind::Changes,
            Content::Submission(_) => Kind::Submission,
            Content::Review(_) => Kind::Review,
            Content::Receipt(_) => Kind::Receipt,
            Content::Rollup(_) => Kind::Rollup,
            Content::Unknown(name, _) => Kind::Unknown(name.clone()),
        }
    }
}

/// As the kind lays it out; in a format for people, byte strings are hexadecimal.
impl Serialize for Content {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Content::Unit(content) => content.serialize(serializer),
            Content::Credential(content) => content.serialize(serializer),
            Content::Revocation(content) => content.serialize(serializer),
            Content::Form(content) => content.serialize(serializer),
            Content::Campaign(content) => content.serialize(serializer),
            Content::Changes(content) => content.serialize(serializer),
            Content::Submission(content) => content.serialize(serializer),
            Content::Review(content) => content.serialize(serializer),
            Content::Receipt(content) => content.serialize(serializer),
            Content::Rollup(content) => content.serialize(serializer),
            Content::Unknown(_, value) if serializer.is_human_readable() => {
                JsonValue(value).serialize(serializer)
            }
            Content::Unknown(_, value) => value.serialize(serializer),
        }
    }
}

/// As it is signed; in a format for people, byte strings are hexadecimal.
impl Serialize for Body {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let kind = self.kind();
        let layout = Outgoing {
            kind: kind.as_str(),
            stream: self.stream,
            unit: &self.unit,
            period: self.period,
            doc: self.doc,
            time: self.time,
            simulated: self.simulated,
            content: &self.content,
        };
        layout.serialize(serializer)
    }
}

impl Body {
    /// The kind of the content.
    pub fn kind(&self) -> Kind {
        self.content.kind()
    }

    /// The payload bytes; refuses a body that no decoder would take back.
    pub fn encode(&self) -> Result<Vec<u8>, EntryError> {
        self.check()?;
        Ok(cbor::to_vec(self)?)
    }

    /// Reads and checks payload bytes.
    pub fn decode(payload: &[u8]) -> Result<Self, EntryError> {
        cbor::check(payload)?;
        let KindOnly { kind } = cbor::from_checked(payload)?;
        let body = match Kind::from_name(&kind) {
            Kind::Unit => read(payload, Content::Unit),
            Kind::Credential => read(payload, Content::Credential),
            Kind::Revocation => read(payload, Content::Revocation),
            Kind::Form => read(payload, Content::Form),
            Kind::Campaign => read(payload, Content::Campaign),
            Kind::Changes => read(payload, Content::Changes),
            Kind::Submission => read(payload, Content::Submission),
            Kind::Review => read(payload, Content::Review),
            Kind::Receipt => read(payload, Content::Receipt),
            Kind::Rollup => read(payload, Content::Rollup),
            Kind::Unknown(name) => read(payload, |value: Value| Content::Unknown(name, value)),
        }?;
        if cbor::to_vec(&body)? != payload && !model::sabotaged!(SkipCanonicalCheck) {
            return Err(CborError::NotCanonical.into());
        }
        body.check()?;
        Ok(body)
    }
}

fn read<C: DeserializeOwned>(
    payload: &[u8],
    content: impl FnOnce(C) -> Content,
) -> Result<Body, CborError> {
    let layout: Incoming<C> = cbor::from_checked(payload)?;
    Ok(Body {
        stream: layout.stream,
        unit: layout.unit,
        period: layout.period,
        doc: layout.doc,
        time: layout.time,
        simulated: layout.simulated,
        content: content(layout.content),
    })
}
