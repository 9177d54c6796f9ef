//! Making statements: sign, check against the table, store.

use identity::{Ledger, SecretKey, Signed, Standing, Verified, standing};
use model::{Period, UnitPath};
use store::Tx;
use wire::{Body, Content, DocId, Stream};

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
        let verified = self.sign_first(key, place, content, clock)?;
        match standing(&verified, &self.store)? {
            Standing::InEffect => Ok(verified),
            other => Err(Error::WithoutEffect(standing_words(&other).to_owned())),
        }
    }

    /// The same without asking whether it would count: for the root's own
    /// credential, on which everything else rests.
    pub(crate) fn sign_first(
        &self,
        key: &SecretKey,
        place: Place,
        content: Content,
        clock: Clock,
    ) -> Result<Verified, Error> {
        self.check_clock(clock)?;
        let body = Body {
            stream: place.stream,
            unit: place.unit,
            period: place.period,
            doc: place.doc,
            time: clock.now,
            simulated: clock.simulated,
            content,
        };
        let signed = Signed::check(key.sign(body)?)?;
        let grants = self.store.grants_of(&key.public())?;
        Ok(signed.authorise(&self.anchor, &grants)?)
    }

    /// Signs and stores one statement in a transaction of its own.
    pub(crate) fn append(
        &mut self,
        key: &SecretKey,
        place: Place,
        content: Content,
        clock: Clock,
    ) -> Result<Verified, Error> {
        let verified = self.sign(key, place, content, clock)?;
        self.store.write(|tx| insert_own(tx, &verified, clock))?;
        Ok(verified)
    }
}

/// Stores an entry that this node made.
pub(crate) fn insert_own(tx: &Tx<'_>, verified: &Verified, clock: Clock) -> Result<(), Error> {
    tx.insert(verified, clock.now, None)?;
    Ok(())
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
