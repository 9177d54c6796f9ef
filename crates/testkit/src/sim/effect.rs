//! What has an effect in the end, and what has none: neither a lie more, nor an
//! honest word less.

use std::collections::{BTreeMap, BTreeSet};

use automerge::{Change, ChangeHash};
use document::Report;
use replica::Replica;
use wire::{ChangesContent, Content, Entry, EntryId};

use super::failure::{Broken, Promise};
use super::form;
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
            // Of a revoked key that stands which was there when it was revoked. Whoever
            // revokes it says so for himself: another one does not overrule him.
            let ended = |id: &EntryId| {
                let mut revoked = self.known.revoked.iter();
                revoked
                    .any(|((key, _), stands)| authors.get(id) == Some(key) && !stands.contains(id))
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
                lies.extend(self.orphans(&entries));
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

    /// Changes upon one that is held nowhere any more, where a machine lost something.
    fn orphans(&self, entries: &[Entry]) -> BTreeSet<EntryId> {
        let mut here: BTreeSet<ChangeHash> = BTreeSet::new();
        for machine in &self.machines {
            let genesis = Report::genesis(form(), machine.report().doc());
            here.extend(genesis.heads().iter().map(|head| ChangeHash(head.0)));
        }
        for content in entries.iter().filter_map(changes_of) {
            here.extend(content.changes.iter().map(|raw| hash_of(raw)));
        }
        let lost_there = |entry: &&Entry| self.is_forgotten(&entry.body().unit);
        let rest_on_nothing = |entry: &&Entry| {
            let mut needed = changes_of(entry).map(needs).into_iter().flatten();
            !self.known.hostile.contains(&entry.id()) && needed.any(|hash| !here.contains(&hash))
        };
        let orphans = entries.iter().filter(lost_there).filter(rest_on_nothing);
        orphans.map(Entry::id).collect()
    }

    /// What a repair put away beside the damaged row has come back, unless that was
    /// the only copy.
    pub(crate) fn check_returned(&self) -> Result<(), Broken> {
        for ((who, id), on) in &self.known.put_away {
            let mut machines = self.machines.iter();
            let stands = machines.any(|machine| machine.safe.held.contains(on));
            if stands && !self.machines[*who].safe.held.contains(id) {
                let words = format!("{} has not got back {}", self.name(*who), id.short());
                return Err(Broken::new(Promise::NothingLost, words));
            }
        }
        Ok(())
    }
}

/// These, and all changes that rest on one of them.
fn tainted(entries: &[Entry], mut tainted: BTreeSet<EntryId>) -> BTreeSet<EntryId> {
    // Hostile bytes are named by what is meant to rest on them, and not read.
    let mut clean: Vec<(EntryId, Vec<ChangeHash>, &ChangesContent)> = Vec::new();
    let mut bad: BTreeSet<ChangeHash> = BTreeSet::new();
    for entry in entries {
        let Some(content) = changes_of(entry) else {
            continue;
        };
        if tainted.contains(&entry.id()) {
            bad.extend(content.changes.iter().map(|raw| hash_of(raw)));
        } else {
            clean.push((entry.id(), needs(content), content));
        }
    }
    loop {
        let known = tainted.len();
        for (id, needs, content) in &clean {
            if !tainted.contains(id) && needs.iter().any(|hash| bad.contains(hash)) {
                tainted.insert(*id);
                bad.extend(content.changes.iter().map(|raw| hash_of(raw)));
            }
        }
        if tainted.len() == known {
            return tainted;
        }
    }
}

fn changes_of(entry: &Entry) -> Option<&ChangesContent> {
    match &entry.body().content {
        Content::Changes(content) => Some(content),
        _ => None,
    }
}

/// What the changes of an entry rest on.
fn needs(content: &ChangesContent) -> Vec<ChangeHash> {
    let raw = content.changes.iter().map(|raw| raw.to_vec());
    let changes = raw.filter_map(|raw| Change::from_bytes(raw).ok());
    changes.flat_map(|change| change.deps().to_vec()).collect()
}

/// A change's name: over its bytes from the type on.
fn hash_of(raw: &[u8]) -> ChangeHash {
    ChangeHash(wire::Digest::of(&[raw.get(8..).unwrap_or_default()]).0)
}

fn kind_of(replica: &Replica, id: &EntryId) -> String {
    let entry = replica.store().get(id).ok().flatten();
    let words = entry.map(|entry| {
        let body = entry.body();
        format!("{} of {}", body.kind().as_str(), body.unit)
    });
    format!("{} {}", words.unwrap_or_default(), id.short())
}
