//! Making statements: sign, check against the table, store.

use identity::{SecretKey, Signed, Standing, Verified, standing};
use model::{Period, Timestamp, UnitPath};
use store::Tx;
use wire::{Body, Content, DocId, PublicKey, Stream};

use crate::gates::note_undermined;
use crate::intake::authorise;
use crate::report::ReportKey;
use crate::{Clock, Error, Replica};

/// Where a statement belongs.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) stream: Stream,
    pub(crate) unit: UnitPath,
    pub(crate) period: Option<Period>,
    pub(crate) doc: Option<DocId>,
}

impl Place {
    /// In a unit's `org` stream.
    pub(crate) fn org(unit: &UnitPath) -> Self {
        Place {
            stream: Stream::Org,
            unit: unit.clone(),
            period: None,
            doc: None,
        }
    }

    /// In the `report` stream, at one report.
    pub(crate) fn report(key: &ReportKey) -> Self {
        Place {
            stream: Stream::Report,
            unit: key.unit.clone(),
            period: Some(key.period),
            doc: Some(key.doc()),
        }
    }
}

impl Replica {
    /// Signs a statement, and checks that its author may make it now.
    pub(crate) fn sign(
        &self,
        key: &SecretKey,
        place: Place,
        content: Content,
        clock: Clock,
    ) -> Result<Verified, Error> {
        self.check_clock(clock)?;
        let signed = Signed::check(key.sign(body(place, content, clock))?)?;
        let verified = authorise(&self.store, &self.anchor, signed)??;
        match standing(&verified, &self.store)? {
            Standing::InEffect => Ok(verified),
            other => Err(Error::WithoutEffect(standing_words(&other).to_owned())),
        }
    }

    /// Signs and stores one statement in a transaction of its own.
    pub(crate) fn append(
        &mut self,
        key: &SecretKey,
        place: Place,
        content: Content,
        clock: Clock,
    ) -> Result<Verified, Error> {
        self.append_after(key, place, content, None, clock)
    }

    /// The same for a statement that replaces another: of several the newest
    /// holds, so it says a later time than that one. Else one statement under a
    /// clock that ran ahead could never be replaced.
    pub(crate) fn append_after(
        &mut self,
        key: &SecretKey,
        place: Place,
        content: Content,
        after: Option<Timestamp>,
        clock: Clock,
    ) -> Result<Verified, Error> {
        let verified = self.sign(key, place, content, clock.after(after))?;
        self.store.write(|tx| insert_own(tx, &verified, clock))?;
        Ok(verified)
    }
}

/// Signs and stores one of the statements that a home begins with, within the
/// transaction that makes the home.
pub(crate) fn begin_with(
    tx: &Tx<'_>,
    anchor: &PublicKey,
    key: &SecretKey,
    place: Place,
    content: Content,
    clock: Clock,
) -> Result<(), Error> {
    let signed = Signed::check(key.sign(body(place, content, clock))?)?;
    let verified = authorise(tx, anchor, signed)??;
    insert_own(tx, &verified, clock)?;
    match standing(&verified, &**tx)? {
        Standing::InEffect => Ok(()),
        other => Err(Error::WithoutEffect(standing_words(&other).to_owned())),
    }
}

fn body(place: Place, content: Content, clock: Clock) -> Body {
    Body {
        stream: place.stream,
        unit: place.unit,
        period: place.period,
        doc: place.doc,
        time: clock.now,
        simulated: clock.simulated,
        content,
    }
}

/// Stores an entry that this node made.
pub(crate) fn insert_own(tx: &Tx<'_>, verified: &Verified, clock: Clock) -> Result<(), Error> {
    tx.insert(verified, clock.now, None)?;
    note_undermined(tx, verified.entry())
}

/// Why an entry does not count, in short.
pub(crate) fn standing_words(standing: &Standing) -> &'static str {
    match standing {
        Standing::InEffect => "in effect",
        Standing::Revoked { .. } => "its author's key is revoked",
        Standing::InviteUsedBefore { .. } => "the invite was used before",
        Standing::InviteExpired => "the invite was used after its end",
        Standing::Expired => "its author's credential had ended",
        Standing::IssuerWithoutEffect => "its author's credential has no effect",
    }
}
