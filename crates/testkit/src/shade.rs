//! A peer that keeps the protocol and lies in it: it holds back some of its
//! entries, and sends bytes that it made up.

use std::collections::BTreeSet;

use identity::Fingerprint;
use model::{Period, Timestamp, UnitPath};
use replica::{Error, Peering};
use sync::{Ask, Holdings, PeerInfo, Received};
use wire::{Entry, EntryId, Part, PublicKey, Range};

/// How a side of a session differs from what its node holds.
#[derive(Clone, Debug, Default)]
pub struct Shade {
    /// What it holds back.
    pub hidden: BTreeSet<EntryId>,
    /// What goes out with every push and on every question: bytes under any id.
    pub made_up: Vec<(EntryId, Vec<u8>)>,
}

/// A node seen through its shade.
pub struct Shaded<'a> {
    /// The node.
    pub inner: Peering<'a>,
    /// How it lies.
    pub shade: &'a Shade,
}

impl Shaded<'_> {
    fn made_up(&self, id: &EntryId) -> Option<&Vec<u8>> {
        let mut all = self.shade.made_up.iter();
        all.find(|(made_up, _)| made_up == id)
            .map(|(_, bytes)| bytes)
    }

    fn shown(&self, id: &EntryId) -> bool {
        !self.shade.hidden.contains(id)
    }
}

impl Holdings for Shaded<'_> {
    type Error = Error;

    fn fingerprint(&mut self, ranges: &[Range], peer: &PublicKey) -> Result<Fingerprint, Error> {
        self.inner.fingerprint(ranges, peer)
    }

    fn parts(
        &mut self,
        ranges: &[Range],
        peer: &PublicKey,
    ) -> Result<Vec<(Part, Fingerprint)>, Error> {
        self.inner.parts(ranges, peer)
    }

    fn items(&mut self, part: &Part, peer: &PublicKey) -> Result<Vec<(Timestamp, EntryId)>, Error> {
        let mut items = self.inner.items(part, peer)?;
        items.retain(|(_, id)| self.shown(id));
        Ok(items)
    }

    fn bytes_of(&mut self, id: &EntryId) -> Result<Option<Vec<u8>>, Error> {
        match self.made_up(id) {
            Some(bytes) => Ok(Some(bytes.clone())),
            None if self.shown(id) => self.inner.bytes_of(id),
            None => Ok(None),
        }
    }

    fn order(&mut self, ids: Vec<EntryId>) -> Result<Vec<EntryId>, Error> {
        let (made_up, own): (Vec<_>, Vec<_>) =
            ids.into_iter().partition(|id| self.made_up(id).is_some());
        let mut ids = made_up;
        ids.extend(self.inner.order(own)?);
        Ok(ids)
    }

    fn push_candidates(
        &mut self,
        ranges: &[Range],
        peer: &PublicKey,
    ) -> Result<(Vec<EntryId>, i64), Error> {
        let (mut ids, mark) = self.inner.push_candidates(ranges, peer)?;
        ids.retain(|id| self.shown(id));
        ids.extend(self.shade.made_up.iter().map(|(id, _)| *id));
        Ok((ids, mark))
    }

    fn set_mark(&mut self, peer: &PublicKey, mark: i64) -> Result<(), Error> {
        // What is held back is not said to be acknowledged.
        if self.shade.hidden.is_empty() {
            self.inner.set_mark(peer, mark)?;
        }
        Ok(())
    }

    fn receive(
        &mut self,
        peer: &PeerInfo,
        entries: Vec<Entry>,
        now: Timestamp,
    ) -> Result<Received, Error> {
        self.inner.receive(peer, entries, now)
    }

    fn introduce(
        &mut self,
        key: &PublicKey,
        chain: Vec<Entry>,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.inner.introduce(key, chain, now)
    }

    fn note_refused_by(&mut self, peer: &PublicKey, ids: &[EntryId]) -> Result<(), Error> {
        self.inner.note_refused_by(peer, ids)
    }

    fn unit_of_peer(&mut self, key: &PublicKey) -> Result<Option<UnitPath>, Error> {
        self.inner.unit_of_peer(key)
    }

    fn own_chain(&mut self) -> Result<Vec<Vec<u8>>, Error> {
        self.inner.own_chain()
    }

    fn receipts_head(&mut self) -> Result<Option<EntryId>, Error> {
        self.inner.receipts_head()
    }

    fn drill_allowed(
        &mut self,
        peer: &PeerInfo,
        unit: &UnitPath,
        period: Period,
    ) -> Result<bool, Error> {
        self.inner.drill_allowed(peer, unit, period)
    }

    fn note_drill(
        &mut self,
        peer: &PeerInfo,
        unit: &UnitPath,
        period: Period,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.inner.note_drill(peer, unit, period, now)
    }

    fn answer(&mut self, ask: &Ask) -> Result<Option<Vec<u8>>, Error> {
        self.inner.answer(ask)
    }

    fn note_peer(&mut self, peer: &PeerInfo, now: Timestamp) -> Result<(), Error> {
        self.inner.note_peer(peer, now)
    }
}
