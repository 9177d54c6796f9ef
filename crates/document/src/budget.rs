//! Who gets the room that a document has.
//!
//! What was received first comes first, else the smaller id: so nobody pushes out
//! what a node above has acknowledged. And nothing is asked before all that it rests
//! on has come in: what is out anyway, or waits, gets what the others leave.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use wire::{ChangeHash, EntryId};

use crate::chunk::Shape;
use crate::resolve::{Prefer, Rank, rank};

/// Entries in the order in which they are asked.
pub(crate) struct Queue {
    /// All that they rest on has come in.
    ready: BTreeSet<Rank>,
    /// The others.
    rest: BTreeSet<Rank>,
    /// How many changes each of the others still needs.
    needs: HashMap<Rank, usize>,
    /// Who needs a change.
    needed: HashMap<ChangeHash, Vec<Rank>>,
}

impl Queue {
    /// Entries by what their changes say of themselves; `known` is in effect.
    pub(crate) fn new(
        entries: &BTreeMap<EntryId, Vec<Shape>>,
        known: &HashSet<ChangeHash>,
        prefer: Prefer<'_>,
    ) -> Queue {
        let mut queue = Queue {
            ready: BTreeSet::new(),
            rest: BTreeSet::new(),
            needs: HashMap::new(),
            needed: HashMap::new(),
        };
        for (entry, shapes) in entries {
            let rank = rank(entry, prefer);
            let own: HashSet<ChangeHash> = shapes.iter().map(|shape| shape.header.hash).collect();
            let deps = shapes.iter().flat_map(|shape| &shape.header.deps);
            let deps: HashSet<ChangeHash> = deps
                .filter(|dep| !own.contains(dep) && !known.contains(dep))
                .copied()
                .collect();
            if deps.is_empty() {
                queue.ready.insert(rank);
                continue;
            }
            queue.rest.insert(rank);
            queue.needs.insert(rank, deps.len());
            for dep in deps {
                queue.needed.entry(dep).or_default().push(rank);
            }
        }
        queue
    }

    /// The next one to ask.
    pub(crate) fn next(&mut self) -> Option<EntryId> {
        let next = self.ready.pop_first().or_else(|| self.rest.pop_first());
        next.map(|(_, entry)| entry)
    }

    /// A change has come in.
    pub(crate) fn came_in(&mut self, change: &ChangeHash) {
        for rank in self.needed.remove(change).unwrap_or_default() {
            let Some(left) = self.needs.get_mut(&rank) else {
                continue;
            };
            *left -= 1;
            if *left == 0 && self.rest.remove(&rank) {
                self.ready.insert(rank);
            }
        }
    }
}
