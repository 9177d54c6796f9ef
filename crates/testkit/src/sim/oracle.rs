//! What must hold after every event, and once a day.

use std::collections::{BTreeMap, BTreeSet};

use identity::{Ledger, SecretKey, Signed};
use store::Stored;
use store::limits::{
    PARKED_PER_PEER_MAX_COUNT, PARKED_TOTAL_MAX_BYTES, REFUSED_BY_PEER_MAX_COUNT, REFUSED_MAX_COUNT,
};
use wire::{Content, EntryId};

use super::failure::{Broken, Promise};
use super::people::unexplained;
use super::plan::chance;
use super::world::World;

impl World<'_> {
    /// Right after an event: all that was said to be safe is there, what is new
    /// verifies, and nothing forged is held.
    pub(crate) fn look(&mut self, who: usize) -> Result<(), Broken> {
        let name = self.name(who);
        let machine = &mut self.machines[who];
        let Some(replica) = &machine.replica else {
            return Ok(());
        };
        let fresh = machine.stored_after(machine.safe.last_row);
        machine.touched |= !fresh.is_empty();
        for stored in &fresh {
            let id = stored.entry.id();
            if self.known.forged.contains(&id) {
                let words = format!("{name} holds {}, which is forged", id.short());
                return Err(Broken::new(Promise::NothingForged, words));
            }
            let author = stored.entry.author();
            let verified = replica
                .store()
                .grants_of(&author)
                .map_err(replica::Error::from)
                .map(|grants| {
                    let signed = Signed::check(stored.entry.entry().clone());
                    signed.and_then(|signed| signed.authorise(&replica.anchor(), &grants))
                });
            if !matches!(verified, Ok(Ok(_))) {
                if self.notice_rot(who)? {
                    return Ok(());
                }
                let words = format!("{name} holds {}: {verified:?}", id.short());
                return Err(Broken::new(Promise::AllVerified, words));
            }
            machine.safe.held.insert(id);
            machine.safe.last_row = machine.safe.last_row.max(stored.row);
            self.known.note_arrival(&machine.unit, stored, self.now);
        }
        let own = machine.node.as_ref().map(SecretKey::public);
        // What comes back to a machine that was restored, it gave before.
        let given = |stored: &&Stored| Some(stored.entry.author()) == own && stored.from.is_none();
        for stored in fresh.iter().filter(given) {
            let Content::Receipt(receipt) = &stored.entry.body().content else {
                continue;
            };
            let mut named = receipt.covers.iter().chain(&receipt.received);
            if let Some(strange) = named.find(|id| !machine.safe.held.contains(id)) {
                let words = format!("{name} gives a receipt over {}", strange.short());
                return Err(Broken::new(Promise::NothingLost, words));
            }
        }
        // Rows are only added: as many as were seen are those that were seen.
        let count = replica.store().count();
        let expected = machine.safe.held.len() as u64;
        match count {
            Ok(count) if count == expected => Ok(()),
            Ok(count) => {
                let words = format!("{name} holds {count} entries of {expected}");
                Err(Broken::new(Promise::NothingLost, words))
            }
            // A disk that fails to read: asked again at the next event.
            Err(_) if machine.ailing.any() => Ok(()),
            Err(error) => Err(unexplained(&name, &error.into())),
        }
    }

    /// After a start: exactly what was safe, and what was being written perhaps.
    pub(crate) fn check_boot(&mut self, who: usize) -> Result<(), Broken> {
        let name = self.name(who);
        let machine = &mut self.machines[who];
        let stored = machine.stored_after(0);
        let held: BTreeSet<EntryId> = stored.iter().map(|stored| stored.entry.id()).collect();
        if let Some(lost) = machine.safe.held.difference(&held).next() {
            let words = format!("{name} has lost {}", lost.short());
            return Err(Broken::new(Promise::NothingLost, words));
        }
        if let Some(forged) = held.intersection(&self.known.forged).next() {
            let words = format!("{name} holds {}, which is forged", forged.short());
            return Err(Broken::new(Promise::NothingForged, words));
        }
        let Some(drafts) = machine.drafts() else {
            let words = format!("{name} cannot read what people typed");
            return Err(Broken::new(Promise::NothingLost, words));
        };
        let missing: Vec<_> = machine
            .safe
            .drafts
            .iter()
            .filter(|draft| !drafts.contains(draft))
            .collect();
        // A draft may have become a change, or a newer draft, in what was being
        // written just then; by nothing else.
        let became = machine.interrupted
            && missing.iter().all(|gone| {
                let newer = drafts
                    .iter()
                    .any(|draft| draft.key == gone.key && draft.person == gone.person);
                let sealed = stored.iter().any(|stored| {
                    !machine.safe.held.contains(&stored.entry.id())
                        && stored.entry.author() == gone.person
                });
                newer || sealed
            });
        if !missing.is_empty() && !became {
            let words = format!("{name} has lost {} drafts", missing.len());
            return Err(Broken::new(Promise::NothingLost, words));
        }
        for stored in &stored {
            self.known.note_arrival(&machine.unit, stored, self.now);
        }
        machine.safe.drafts = drafts;
        machine.safe.held = held;
        let rows = stored.iter().map(|stored| stored.row);
        machine.safe.last_row = rows.max().unwrap_or(0);
        machine.interrupted = false;
        machine.touched = true;
        Ok(())
    }

    /// Once a day, where anything happened: everything stored verifies, the
    /// projections equal a rebuild, and what lies beside keeps its bounds.
    pub(crate) fn daily(&mut self) -> Result<(), Broken> {
        for who in 0..self.machines.len() {
            // A trap may have sprung after the last command's commit.
            if self.machines[who].disk.tripped().is_some() {
                let mut rng = chance(self.plan.seed, "found dead", self.now.0.unsigned_abs());
                self.sprung(who, &mut rng);
            }
            if self.machines[who].touched && self.machines[who].is_up() {
                self.notice_rot(who)?;
                self.check_all(who)?;
                self.machines[who].touched = false;
            }
        }
        Ok(())
    }

    pub(crate) fn check_all(&mut self, who: usize) -> Result<(), Broken> {
        let name = self.name(who);
        let Some(replica) = &self.machines[who].replica else {
            return Ok(());
        };
        let view = replica.verify_again(&mut self.checks);
        let view = view.map_err(|error| unexplained(&name, &error))?;
        if !view.ok {
            let words = format!("{name}: {:?}", view.problems);
            return Err(Broken::new(Promise::AllVerified, words));
        }
        let fails = |error: store::StoreError| unexplained(&name, &error.into());
        let store = replica.store();
        let (mut of_peer, mut bytes): (BTreeMap<_, i64>, i64) = (BTreeMap::new(), 0);
        for parked in store.parked().map_err(fails)? {
            *of_peer.entry(parked.from).or_insert(0) += 1;
            bytes += count(parked.entry.bytes().len());
        }
        let parked = of_peer.into_values().max().unwrap_or(0);
        let refused = count(store.refused(usize::MAX >> 1).map_err(fails)?.len());
        let mut by_peer = 0;
        for peer in self.machines.iter().filter_map(|one| one.node.as_ref()) {
            let refused_by = store.refused_by(&peer.public()).map_err(fails)?;
            by_peer = by_peer.max(count(refused_by.len()));
        }
        if parked > PARKED_PER_PEER_MAX_COUNT
            || bytes > PARKED_TOTAL_MAX_BYTES
            || refused > REFUSED_MAX_COUNT
            || by_peer > REFUSED_BY_PEER_MAX_COUNT
        {
            let words = format!(
                "{name}: parked {parked} of one peer, {bytes} bytes in all; \
                 refused {refused}, by one peer {by_peer}"
            );
            return Err(Broken::new(Promise::Bounded, words));
        }
        Ok(())
    }
}

fn count(len: usize) -> i64 {
    i64::try_from(len).unwrap_or(i64::MAX)
}
