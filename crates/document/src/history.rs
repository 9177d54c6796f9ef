//! Reading what happened: differences between two states, and the history.

use std::collections::{BTreeMap, BTreeSet};

use automerge::ReadDoc;
use automerge::legacy::{Key, ObjectId, OpType};
use model::{Scalar, Snapshot};
use wire::ChangeHash;

use crate::inspect::reference;
use crate::names::Actor;
use crate::read::plain_scalar;
use crate::report::{Report, ours, theirs};

/// One key that differs between two states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    /// The key, or the code of a co-edited text.
    pub key: String,
    /// `Null` where there was nothing.
    pub before: Scalar,
    /// `Null` where there is nothing.
    pub after: Scalar,
}

/// One thing that one change did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryItem {
    /// Which change.
    pub change: ChangeHash,
    /// Its actor, whose first ten bytes are its author's.
    pub actor: Actor,
    /// The key as written (with its `~` if carried), or the code of a text.
    pub key: String,
    /// What was set; for a text, how it read after the change.
    pub value: Scalar,
}

impl Report {
    /// What differs between two states, by key; texts stand under their code.
    /// `None` if a head is not here. From no heads, everything is new.
    pub fn diff(&self, from: &[ChangeHash], to: &[ChangeHash]) -> Option<Vec<FieldChange>> {
        Some(differences(self.snapshot_at(from)?, self.snapshot_at(to)?))
    }

    /// What each change did, dependencies first, else by the author's clock and
    /// the hash. Computed changes are left out.
    pub fn history(&self) -> Vec<HistoryItem> {
        self.history_since(&[])
    }

    /// The same of the changes that are not below these heads, at the price of
    /// those alone. Heads that are not here leave nothing out.
    pub fn history_since(&self, heads: &[ChangeHash]) -> Vec<HistoryItem> {
        let mut items = Vec::new();
        for change in self.in_order(heads) {
            let hash = ours(change.hash());
            let Ok(actor) = Actor::try_from(change.actor_id().to_bytes()) else {
                continue;
            };
            for (key, value) in self.done_by(&change) {
                items.push(HistoryItem {
                    change: hash,
                    actor,
                    key,
                    value,
                });
            }
        }
        items
    }

    /// The authored changes that are not below these heads.
    pub fn changes_since(&self, seen: &[ChangeHash]) -> BTreeSet<ChangeHash> {
        let changes = self.in_order(seen).into_iter();
        changes.map(|change| ours(change.hash())).collect()
    }

    /// The authored changes that are not below these heads, dependencies first,
    /// else by (time, hash).
    fn in_order(&self, heads: &[ChangeHash]) -> Vec<automerge::Change> {
        let held = heads.iter().filter(|head| self.has(head));
        let heads: Vec<_> = held.map(theirs).collect();
        let changes: BTreeMap<ChangeHash, automerge::Change> = self
            .am
            .get_changes(&heads)
            .into_iter()
            .map(|change| (ours(change.hash()), change))
            .filter(|(hash, _)| !self.base.hashes.contains(hash))
            .collect();
        let mut blocked = BTreeMap::new();
        let mut blocks: BTreeMap<ChangeHash, Vec<ChangeHash>> = BTreeMap::new();
        let mut free = BTreeSet::new();
        for (hash, change) in &changes {
            let deps = change.deps().iter().map(|dep| ours(*dep));
            let deps: Vec<_> = deps.filter(|dep| changes.contains_key(dep)).collect();
            if deps.is_empty() {
                free.insert((change.timestamp(), *hash));
            }
            blocked.insert(*hash, deps.len());
            for dep in deps {
                blocks.entry(dep).or_default().push(*hash);
            }
        }
        let mut order = Vec::new();
        while let Some((_, hash)) = free.pop_first() {
            order.extend(changes.get(&hash).cloned());
            for next in blocks.remove(&hash).unwrap_or_default() {
                if let (Some(left), Some(change)) = (blocked.get_mut(&next), changes.get(&next)) {
                    *left -= 1;
                    if *left == 0 {
                        free.insert((change.timestamp(), next));
                    }
                }
            }
        }
        order
    }

    /// The keys that a change set and the texts that it touched, ascending.
    fn done_by(&self, change: &automerge::Change) -> BTreeMap<String, Scalar> {
        let mut done = BTreeMap::new();
        for op in change.decode().operations {
            match (op.key, op.action, op.obj) {
                (Key::Map(key), OpType::Put(value), _) => {
                    done.insert(key.to_string(), plain_scalar(&value));
                }
                (Key::Seq(_), _, ObjectId::Id(id)) => {
                    let made = reference(&id).ok();
                    let touched = self
                        .base
                        .texts
                        .iter()
                        .find(|(_, text)| Some(**text) == made);
                    if let Some((code, _)) = touched
                        && !done.contains_key(code)
                    {
                        done.insert(code.clone(), self.text_after(code, change.hash()));
                    }
                }
                _ => {}
            }
        }
        done
    }

    fn text_after(&self, code: &str, change: automerge::ChangeHash) -> Scalar {
        let text = self
            .text(code)
            .and_then(|text| self.am.text_at(text, &[change]).ok());
        Scalar::Str(text.unwrap_or_default())
    }
}

/// What differs between two contents, by key; texts stand under their code.
pub fn differences(before: Snapshot, after: Snapshot) -> Vec<FieldChange> {
    let (before, after) = (flatten(before), flatten(after));
    let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let changed = keys.into_iter().filter_map(|key| {
        let value = |side: &BTreeMap<String, Scalar>| side.get(key).cloned();
        let before = value(&before).unwrap_or(Scalar::Null);
        let after = value(&after).unwrap_or(Scalar::Null);
        (before != after).then(|| FieldChange {
            key: key.clone(),
            before,
            after,
        })
    });
    changed.collect()
}

fn flatten(snapshot: Snapshot) -> BTreeMap<String, Scalar> {
    let mut all = snapshot.values;
    let texts = snapshot.texts.into_iter();
    all.extend(texts.map(|(code, text)| (code, Scalar::Str(text))));
    all
}
