//! Revoking a key: from now on nothing new of it counts, and what it did stands.
//!
//! What stands is listed, whether it has a receipt or not: receipts of several nodes
//! carry several clocks, and one of them may have run ahead of that of the receipt
//! over the revocation. A list that is too long for one entry goes on in further
//! revocations of the same key by the same author, whose lists count together.

use std::collections::{BTreeMap, BTreeSet};

use identity::{Judge, Ledger, SecretKey, Standing, Verified};
use model::UnitPath;
use store::{EntryFilter, Stored};
use wire::{Content, EntryId, PublicKey, RevocationContent};

use crate::author::{Place, insert_own};
use crate::{Clock, Error, Replica};

/// Ids that one revocation lists: 34 bytes each, with the longest reason they
/// leave a fifth of an entry free.
const STANDS_MAX_COUNT: usize = 24_000;

impl Replica {
    /// Revokes a key in this unit and in every one below that has granted it something:
    /// another unit's registrar may have named it too, and it must not go on as one of
    /// his. What it made and this node holds today stands, receipted or not. The ids
    /// are those of the revocations, of the first where the list takes several.
    pub fn revoke(
        &mut self,
        registrar: &SecretKey,
        key: &PublicKey,
        reason: &str,
        clock: Clock,
    ) -> Result<BTreeMap<UnitPath, EntryId>, Error> {
        let units = self.units_to_revoke_at(key)?;
        self.revoke_in(units, registrar, key, reason, clock)
    }

    /// The same at one unit only: that another unit has named the key as well may be a
    /// trick, to have it ended where it is in good hands. The own key ends everywhere.
    pub fn revoke_at(
        &mut self,
        unit: &UnitPath,
        registrar: &SecretKey,
        key: &PublicKey,
        reason: &str,
        clock: Clock,
    ) -> Result<BTreeMap<UnitPath, EntryId>, Error> {
        let mut units = self.units_to_revoke_at(key)?;
        if registrar.public() != *key {
            units.retain(|named| named == unit);
        }
        if units.is_empty() {
            return Err(Error::NoSuchPerson(key.short()));
        }
        self.revoke_in(units, registrar, key, reason, clock)
    }

    fn revoke_in(
        &mut self,
        units: BTreeSet<UnitPath>,
        registrar: &SecretKey,
        key: &PublicKey,
        reason: &str,
        clock: Clock,
    ) -> Result<BTreeMap<UnitPath, EntryId>, Error> {
        let made = self.what_stands(key)?;
        let itself = registrar.public() == *key;
        let mut signed: Vec<Verified> = Vec::new();
        let mut first = BTreeMap::new();
        // The lower ones first: who revokes the own key lists them.
        for unit in units.into_iter().rev() {
            let below = made.iter().filter(|(at, _)| unit.contains(at));
            let mut stands: Vec<EntryId> = below.map(|(_, id)| *id).collect();
            if itself {
                stands.extend(signed.iter().map(Verified::id));
            }
            let lists: Vec<&[EntryId]> = match stands.is_empty() {
                true => vec![&[]],
                false => stands.chunks(STANDS_MAX_COUNT).collect(),
            };
            // The later ones first, for the same reason.
            let mut next = None;
            for (after, stands) in (0..).zip(lists).collect::<Vec<_>>().into_iter().rev() {
                let content = revocation(*key, reason, stands, next.filter(|_| itself));
                let mut later = clock;
                later.now.0 = later.now.0.saturating_add(after);
                let entry = self.sign(registrar, Place::org(&unit), content, later)?;
                next = Some(entry.id());
                signed.push(entry);
            }
            first.extend(next.map(|id| (unit, id)));
        }
        self.store.write(|tx| -> Result<(), Error> {
            for entry in &signed {
                insert_own(tx, entry, clock)?;
            }
            Ok(())
        })?;
        Ok(first)
    }

    /// Everything of this key, with its unit, but for what an earlier revocation ended
    /// already (to revoke again brings nothing back), and for what a copy of the key
    /// gave as receipts beside the chain that this machine made.
    fn what_stands(&self, key: &PublicKey) -> Result<Vec<(UnitPath, EntryId)>, Error> {
        let filter = EntryFilter {
            author: Some(*key),
            ..Default::default()
        };
        let mut judge = Judge::new(&self.store);
        let (mut receipts, mut stands) = (Vec::new(), Vec::new());
        for stored in self.store.entries(&filter)? {
            if matches!(stored.entry.body().content, Content::Receipt(_)) {
                receipts.push(stored);
            } else if !matches!(judge.standing(&stored.entry)?, Standing::Revoked { .. }) {
                stands.push((stored.entry.body().unit.clone(), stored.entry.id()));
            }
        }
        let chain = own_chain(&receipts);
        receipts.retain(|stored| chain.contains(&stored.entry.id()));
        let place = |stored: Stored| (stored.entry.body().unit.clone(), stored.entry.id());
        stands.extend(receipts.into_iter().map(place));
        stands.sort_unstable_by_key(|(_, id)| *id);
        Ok(stands)
    }

    /// Where the key was granted something, here or below; never nowhere.
    pub fn units_to_revoke_at(&self, key: &PublicKey) -> Result<BTreeSet<UnitPath>, Error> {
        let granted = self
            .store
            .grants_of(key)?
            .into_iter()
            .map(|grant| grant.unit);
        let units: BTreeSet<UnitPath> = granted.filter(|unit| self.unit.contains(unit)).collect();
        match units.is_empty() {
            true => Err(Error::NoSuchPerson(key.short())),
            false => Ok(units),
        }
    }
}

fn revocation(key: PublicKey, reason: &str, stands: &[EntryId], next: Option<EntryId>) -> Content {
    let mut stands = stands.to_vec();
    stands.extend(next);
    stands.sort_unstable();
    Content::Revocation(RevocationContent {
        key: Some(key),
        overrules: None,
        reason: reason.to_owned(),
        stands,
    })
}

/// Of one node's receipts those that the ones made on this machine follow; all of
/// them if none was made here.
fn own_chain(receipts: &[Stored]) -> BTreeSet<EntryId> {
    let prev = |stored: &Stored| match &stored.entry.body().content {
        Content::Receipt(content) => content.prev,
        _ => None,
    };
    let before: BTreeMap<EntryId, Option<EntryId>> = receipts
        .iter()
        .map(|stored| (stored.entry.id(), prev(stored)))
        .collect();
    let own = receipts.iter().filter(|stored| stored.from.is_none());
    let mut chain = BTreeSet::new();
    for stored in own {
        let mut next = Some(stored.entry.id());
        while let Some(id) = next
            && before.contains_key(&id)
            && chain.insert(id)
        {
            next = before.get(&id).copied().flatten();
        }
    }
    match chain.is_empty() {
        true => before.into_keys().collect(),
        false => chain,
    }
}

#[cfg(test)]
mod tests {
    use identity::Signed;
    use testkit::Seeded;
    use wire::Body;

    use super::*;

    #[test]
    fn the_longest_list_and_reason_fit_into_an_entry() {
        let key = SecretKey::generate(&mut Seeded::new(1));
        let id = |n: usize| {
            let mut id = [0xff; 32];
            id[..8].copy_from_slice(&n.to_be_bytes());
            EntryId(id)
        };
        let stands: Vec<EntryId> = (0..STANDS_MAX_COUNT).map(id).collect();
        let reason = "x".repeat(wire::limits::TEXT_MAX_BYTES);
        let next = Some(id(STANDS_MAX_COUNT));
        let body = Body {
            stream: wire::Stream::Org,
            unit: UnitPath::ministry(),
            period: None,
            doc: None,
            time: model::Timestamp(0),
            simulated: true,
            content: revocation(key.public(), &reason, &stands, next),
        };
        let entry = key.sign(body).expect("it fits");
        assert!(entry.bytes().len() < wire::limits::ENTRY_MAX_BYTES * 4 / 5);
        assert!(Signed::check(entry).is_ok());
    }
}
