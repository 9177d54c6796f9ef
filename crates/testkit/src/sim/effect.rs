//! What has an effect in the end, and what has none: neither a lie more, nor an
//! honest word less.

use std::collections::{BTreeMap, BTreeSet};

use automerge::{Change, ChangeHash};
use replica::Replica;
use wire::{Content, Entry, EntryId};

use super::failure::{Broken, Promise};
use super::people::unexplained;
use super::world::World;

impl World<'_> {
    /// What a revoked key, or the second use of an invite, brought about.
    pub(crate) fn check_powerless(&self) -> Result<(), Broken> {
        for (who, machine) in self.machines.iter().enumerate() {
            let Some(replica) = &machine.replica else {
                continue;
            };
            let held = |id: &EntryId| machine.safe.held.contains(id);
            // Whoever lost the receipts gave new ones, in another order perhaps.
            let certain = |id: &EntryId| {
                let unit = replica.store().header(id).ok().flatten();
                let unit = unit.map(|header| header.unit);
                let above = self.machines.iter().zip(&self.known.forgetful);
                !above
                    .filter(|(_, forgot)| **forgot)
                    .any(|(one, _)| unit.as_ref().is_some_and(|unit| one.unit.is_above(unit)))
            };
            let status = replica.status();
            let status = status.map_err(|error| unexplained("status", &error))?;
            let shown: BTreeSet<EntryId> = status.without_effect.iter().map(|s| s.id).collect();
            let found = self
                .known
                .powerless
                .iter()
                .find(|(id, by)| held(id) && held(by) && !shown.contains(*id) && certain(id));
            if let Some((id, by)) = found {
                let words = format!(
                    "{}: {} counts in spite of {}",
                    self.name(who),
                    kind_of(replica, id),
                    kind_of(replica, by)
                );
                return Err(Broken::new(Promise::NothingForged, words));
            }
        }
        Ok(())
    }

    /// Nothing is set aside but lies and what was built upon them, and nothing is
    /// without effect but what the run knows to be.
    pub(crate) fn check_effect(&self) -> Result<(), Broken> {
        for (who, machine) in self.machines.iter().enumerate() {
            let Some(replica) = &machine.replica else {
                continue;
            };
            let status = replica.status();
            let status = status.map_err(|error| unexplained("status", &error))?;
            let entries = machine.entries();
            let authors: BTreeMap<EntryId, _> = entries
                .iter()
                .map(|entry| (entry.id(), entry.author()))
                .collect();
            // Of a revoked key that stands which was there when it was revoked.
            let ended = |id: &EntryId| {
                let mut of_author = (self.known.revoked.iter())
                    .filter(|(key, _)| authors.get(id) == Some(key))
                    .peekable();
                of_author.peek().is_some() && !of_author.any(|(_, stands)| stands.contains(id))
            };
            let mut lies: BTreeSet<EntryId> = self.known.hostile.clone();
            lies.extend(self.known.powerless.keys());
            lies.extend(self.known.forks.iter().flat_map(|fork| fork.branches));
            let without = status.without_effect.iter().map(|aside| aside.id);
            let without: BTreeSet<EntryId> = without.collect();
            let mut honest = without.iter();
            let mut wronged = honest.find(|id| !lies.contains(id) && !ended(id)).copied();
            if wronged.is_none() {
                lies.extend(without);
                let tainted = tainted(&entries, lies);
                let mut aside = status.quarantined.iter().map(|aside| aside.id);
                wronged = aside.find(|id| !tainted.contains(id));
            }
            if let Some(id) = wronged {
                let mut asides = status.quarantined.iter().chain(&status.without_effect);
                let reason = asides.find(|aside| aside.id == id);
                let words = format!(
                    "{}: {} does not count, {:?}",
                    self.name(who),
                    kind_of(replica, &id),
                    reason.map(|aside| &aside.reason)
                );
                return Err(Broken::new(Promise::NothingLost, words));
            }
        }
        Ok(())
    }

    /// What a repair put away beside the damaged row has come back.
    pub(crate) fn check_returned(&self) -> Result<(), Broken> {
        for (who, id) in &self.known.put_away {
            if !self.machines[*who].safe.held.contains(id) {
                let words = format!("{} has not got back {}", self.name(*who), id.short());
                return Err(Broken::new(Promise::NothingLost, words));
            }
        }
        Ok(())
    }
}

/// These, and all changes that rest on one of them.
fn tainted(entries: &[Entry], mut tainted: BTreeSet<EntryId>) -> BTreeSet<EntryId> {
    let mut needs: Vec<(EntryId, Vec<ChangeHash>)> = Vec::new();
    let mut bad: BTreeSet<ChangeHash> = BTreeSet::new();
    for entry in entries {
        let Content::Changes(content) = &entry.body().content else {
            continue;
        };
        let raw = content.changes.iter().map(|raw| raw.to_vec());
        if tainted.contains(&entry.id()) {
            // Named by what is meant to rest on it; hostile bytes are not read.
            bad.extend(raw.map(|raw| hash_of(&raw)));
            continue;
        }
        let changes: Vec<Change> = raw.filter_map(|raw| Change::from_bytes(raw).ok()).collect();
        let needed = changes.iter().flat_map(|change| change.deps().to_vec());
        needs.push((entry.id(), needed.collect()));
    }
    loop {
        let known = tainted.len();
        for (id, needed) in &needs {
            if !tainted.contains(id) && needed.iter().any(|hash| bad.contains(hash)) {
                tainted.insert(*id);
                let entry = entries.iter().find(|entry| entry.id() == *id);
                if let Some(Content::Changes(content)) = entry.map(|entry| &entry.body().content) {
                    bad.extend(content.changes.iter().map(|raw| hash_of(raw)));
                }
            }
        }
        if tainted.len() == known {
            return tainted;
        }
    }
}

/// A change's name: over its bytes from the type on.
fn hash_of(raw: &[u8]) -> ChangeHash {
    ChangeHash(wire::Digest::of(&[raw.get(8..).unwrap_or_default()]).0)
}

fn kind_of(replica: &Replica, id: &EntryId) -> String {
    let entry = replica.store().get(id).ok().flatten();
    let kind = entry.map_or("nothing".to_owned(), |entry| {
        entry.body().kind().as_str().to_owned()
    });
    format!("{kind} {}", id.short())
}
