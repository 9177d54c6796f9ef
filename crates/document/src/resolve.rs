//! Which of the incoming entries may be applied together.
//!
//! Entries are judged whole. Everything here goes by entry id and by what the
//! changes rest on, never by the order of arrival.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use wire::{ChangeHash, EntryId, limits::CHANGES_MAX_COUNT};

use crate::budget::Queue;
use crate::chunk::{Shape, peek};
use crate::graph::Graph;
use crate::inspect::{Inspected, bound, inspect};
use crate::limits::{DOCUMENT_OPS_MAX_COUNT, ENTRY_OPS_MAX_COUNT};
use crate::names::{Actor, actor_belongs};
use crate::verdict::{Fork, Incoming, Reason, Verdicts};

/// When an entry was first received by a node above: in milliseconds since 1970,
/// and within one of them by the receipt's place in its chain.
pub type Moment = (i64, u64);

/// The moment of an entry; `None` if it was not received.
pub(crate) type Prefer<'p> = &'p dyn Fn(&EntryId) -> Option<Moment>;

/// Which of two entries comes first: what was received earlier, else the smaller id.
pub(crate) type Rank = (Moment, EntryId);

pub(crate) fn rank(entry: &EntryId, prefer: Prefer<'_>) -> Rank {
    (prefer(entry).unwrap_or((i64::MAX, u64::MAX)), *entry)
}

/// Where an entry stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum State {
    /// Nothing speaks against it so far.
    Open,
    /// Set aside.
    Out(Reason),
    /// Rests on changes that are not here.
    Waiting(BTreeSet<ChangeHash>),
    /// Only a rebuild can tell.
    Deferred,
}

/// All incoming entries and their changes.
pub(crate) struct Pool {
    pub entries: BTreeMap<EntryId, Candidate>,
    pub changes: HashMap<ChangeHash, Pooled>,
    pub forks: Vec<Fork>,
    /// The changes of entries that are closed from the start.
    closed: HashMap<ChangeHash, EntryId>,
    /// The changes in effect already.
    known: HashSet<ChangeHash>,
}

pub(crate) struct Candidate {
    pub state: State,
    pub changes: Vec<ChangeHash>,
}

pub(crate) struct Pooled {
    pub inspected: Inspected,
    /// The entries that carry it, ascending.
    pub owners: BTreeSet<EntryId>,
}

impl Pool {
    /// Takes every entry apart, as far as that needs no context. What would make
    /// the document too large is set aside if `full`, else left to a rebuild.
    pub(crate) fn new(
        incoming: &[Incoming],
        graph: &Graph<'_>,
        prefer: Prefer<'_>,
        full: bool,
    ) -> Pool {
        let mut pool = Pool {
            entries: BTreeMap::new(),
            changes: HashMap::new(),
            forks: Vec::new(),
            closed: HashMap::new(),
            known: graph.hashes().collect(),
        };
        let by_id: BTreeMap<EntryId, &Incoming> =
            incoming.iter().map(|one| (one.entry, one)).collect();
        let mut bounded = BTreeMap::new();
        for (entry, one) in &by_id {
            match bound_all(one) {
                Ok(shapes) => drop(bounded.insert(*entry, shapes)),
                Err(reason) => pool.close(one, State::Out(reason)),
            }
        }
        let mut queue = Queue::new(&bounded, &pool.known, prefer);
        let mut room = DOCUMENT_OPS_MAX_COUNT.saturating_sub(graph.operations());
        while let Some(entry) = queue.next() {
            let (Some(one), Some(shapes)) = (by_id.get(&entry), bounded.remove(&entry)) else {
                continue;
            };
            match pool.take(one, shapes, &mut room) {
                Ok(changes) => changes.iter().for_each(|change| queue.came_in(change)),
                Err(overflow) => pool.close(one, overflow.state(full)),
            }
        }
        pool
    }

    /// Takes one entry in, if it fits. Its operations take room only if it does,
    /// and those of a change only once, in however many entries it comes.
    fn take(
        &mut self,
        one: &Incoming,
        shapes: Vec<Shape>,
        room: &mut usize,
    ) -> Result<Vec<ChangeHash>, Overflow> {
        let there =
            |hash: &ChangeHash| self.known.contains(hash) || self.changes.contains_key(hash);
        let fresh = shapes.iter().filter(|shape| !there(&shape.header.hash));
        let ops = fresh.fold(0, |sum: usize, shape| sum.saturating_add(shape.ops));
        let left = room.checked_sub(ops).ok_or(Overflow::Document)?;
        let mut hashes = Vec::new();
        let mut changes = Vec::new();
        for (raw, shape) in one.changes.iter().zip(shapes) {
            let hash = shape.header.hash;
            hashes.push(hash);
            // The same bytes are taken apart once; whose they are is asked each time.
            if !self.changes.contains_key(&hash) || !actor_belongs(&shape.actor, &one.author) {
                changes.push(inspect(raw, shape, &one.author).map_err(Overflow::Entry)?);
            }
        }
        *room = left;
        for inspected in changes {
            let owners = BTreeSet::new();
            let fresh = Pooled { inspected, owners };
            self.changes.entry(fresh.inspected.hash).or_insert(fresh);
        }
        for hash in &hashes {
            if let Some(pooled) = self.changes.get_mut(hash) {
                pooled.owners.insert(one.entry);
            }
        }
        let candidate = Candidate {
            state: State::Open,
            changes: hashes.clone(),
        };
        self.entries.insert(one.entry, candidate);
        Ok(hashes)
    }

    /// Closes an entry from the start, and remembers whose fault it is if something
    /// rests on its changes. Copies of another's changes are nobody's.
    fn close(&mut self, one: &Incoming, state: State) {
        let candidate = Candidate {
            state,
            changes: Vec::new(),
        };
        self.entries.insert(one.entry, candidate);
        let headers = one.changes.iter().filter_map(|raw| peek(raw));
        for header in headers.filter(|header| actor_belongs(&header.actor, &one.author)) {
            self.closed.entry(header.hash).or_insert(one.entry);
        }
    }

    fn is_open(&self, entry: &EntryId) -> bool {
        self.entries
            .get(entry)
            .is_some_and(|one| one.state == State::Open)
    }

    pub(crate) fn set(&mut self, entry: EntryId, state: State) {
        if let Some(candidate) = self.entries.get_mut(&entry) {
            candidate.state = state;
        }
    }

    /// Of several changes under one (actor, seq) the one of the earliest
    /// received entry stands, else of the smallest id.
    pub(crate) fn settle_forks(&mut self, graph: &Graph<'_>, prefer: Prefer<'_>) {
        let mut numbered: BTreeMap<(Actor, u64), Vec<ChangeHash>> = BTreeMap::new();
        for (hash, pooled) in &self.changes {
            let number = (pooled.inspected.actor, pooled.inspected.seq);
            numbered.entry(number).or_default().push(*hash);
        }
        for ((actor, seq), hashes) in numbered {
            let mut rivals: Vec<(Rank, ChangeHash)> = hashes
                .into_iter()
                .filter_map(|hash| {
                    let owners = self.changes[&hash].owners.iter();
                    let first = owners
                        .filter(|owner| self.is_open(owner))
                        .map(|owner| rank(owner, prefer))
                        .min()?;
                    Some((first, hash))
                })
                .collect();
            rivals.sort_unstable();
            match graph.at(&actor, seq) {
                Some(applied) => {
                    for (_, hash) in rivals.iter().filter(|(_, hash)| *hash != applied) {
                        self.set_owners(*hash, &State::Deferred);
                    }
                }
                None => self.settle((actor, seq), &rivals),
            }
        }
    }

    fn settle(&mut self, (actor, seq): (Actor, u64), rivals: &[(Rank, ChangeHash)]) {
        let Some((((_, winner), _), losers)) = rivals.split_first() else {
            return;
        };
        for ((_, loser), hash) in losers {
            self.forks.push(Fork {
                actor,
                seq,
                entries: (*winner, *loser),
            });
            self.set_owners(*hash, &State::Out(Reason::Fork { other: *winner }));
        }
    }

    fn set_owners(&mut self, change: ChangeHash, state: &State) {
        for owner in self.changes[&change].owners.clone() {
            if self.is_open(&owner) {
                self.set(owner, state.clone());
            }
        }
    }

    /// Closes every entry that rests on something that is not open, until
    /// nothing moves.
    pub(crate) fn propagate(&mut self) {
        loop {
            let mut moved = Vec::new();
            for (entry, candidate) in &self.entries {
                if candidate.state == State::Open {
                    let state = self.state_by_dependencies(candidate);
                    if state != State::Open {
                        moved.push((*entry, state));
                    }
                }
            }
            if moved.is_empty() {
                return;
            }
            for (entry, state) in moved {
                self.set(entry, state);
            }
        }
    }

    fn state_by_dependencies(&self, candidate: &Candidate) -> State {
        let mut missing = BTreeSet::new();
        let mut deferred = false;
        let deps = candidate
            .changes
            .iter()
            .filter(|hash| !self.known.contains(hash))
            .flat_map(|hash| &self.changes[hash].inspected.deps)
            .filter(|dep| !self.known.contains(dep));
        for dep in deps {
            let owners: Vec<EntryId> = match self.changes.get(dep) {
                Some(pooled) => pooled.owners.iter().copied().collect(),
                None => self.closed.get(dep).into_iter().copied().collect(),
            };
            if owners.is_empty() {
                missing.insert(*dep);
                continue;
            }
            let states: Vec<_> = owners
                .iter()
                .filter_map(|owner| Some((owner, &self.entries.get(owner)?.state)))
                .collect();
            if states.iter().any(|(_, state)| **state == State::Open) {
                continue;
            }
            let waits = |state: &State| matches!(state, State::Waiting(_));
            if states.iter().any(|(_, state)| waits(state)) {
                for (_, state) in states {
                    if let State::Waiting(more) = state {
                        missing.extend(more);
                    }
                }
            } else if states.iter().any(|(_, state)| **state == State::Deferred) {
                deferred = true;
            } else if let Some((entry, _)) = states.first() {
                return State::Out(Reason::DependsOn { entry: **entry });
            }
        }
        if deferred {
            State::Deferred
        } else if missing.is_empty() {
            State::Open
        } else {
            State::Waiting(missing)
        }
    }

    /// The changes of open entries that are not in effect yet, dependencies
    /// first, else by the smallest entry.
    pub(crate) fn ready(&self) -> Vec<ChangeHash> {
        let open: BTreeMap<ChangeHash, EntryId> = self
            .changes
            .iter()
            .filter(|(hash, _)| !self.known.contains(hash))
            .filter_map(|(hash, pooled)| {
                let owner = pooled.owners.iter().find(|owner| self.is_open(owner))?;
                Some((*hash, *owner))
            })
            .collect();
        let mut blocked: HashMap<ChangeHash, usize> = HashMap::new();
        let mut blocks: HashMap<ChangeHash, Vec<ChangeHash>> = HashMap::new();
        let mut free = BTreeSet::new();
        for (hash, owner) in &open {
            let deps = &self.changes[hash].inspected.deps;
            let inside: Vec<_> = deps.iter().filter(|dep| open.contains_key(dep)).collect();
            if inside.is_empty() {
                free.insert((*owner, *hash));
            }
            blocked.insert(*hash, inside.len());
            for dep in inside {
                blocks.entry(*dep).or_default().push(*hash);
            }
        }
        let mut order = Vec::new();
        while let Some((_, hash)) = free.pop_first() {
            order.push(hash);
            for next in blocks.remove(&hash).unwrap_or_default() {
                if let Some(left) = blocked.get_mut(&next) {
                    *left -= 1;
                    if *left == 0 {
                        free.insert((open[&next], next));
                    }
                }
            }
        }
        order
    }

    /// The states as verdicts.
    pub(crate) fn verdicts(self) -> Verdicts {
        let mut verdicts = Verdicts {
            forks: self.forks,
            ..Verdicts::default()
        };
        for (entry, candidate) in self.entries {
            match candidate.state {
                State::Open => verdicts.applied.push(entry),
                State::Out(reason) => verdicts.quarantined.push((entry, reason)),
                State::Waiting(missing) => {
                    verdicts
                        .waiting
                        .push((entry, missing.into_iter().collect()));
                }
                State::Deferred => verdicts.rebuild = true,
            }
        }
        verdicts
    }
}

enum Overflow {
    /// The entry itself breaks a rule.
    Entry(Reason),
    /// The document would grow too large.
    Document,
}

impl Overflow {
    fn state(self, full: bool) -> State {
        match self {
            Overflow::Document if !full => State::Deferred,
            Overflow::Document => State::Out(Reason::TooManyOps),
            Overflow::Entry(reason) => State::Out(reason),
        }
    }
}

/// What an entry's changes say of themselves, if each and all of them are in bounds.
fn bound_all(one: &Incoming) -> Result<Vec<Shape>, Reason> {
    if one.changes.is_empty() || one.changes.len() > CHANGES_MAX_COUNT {
        return Err(Reason::Count);
    }
    let mut ops = 0_usize;
    let mut shapes = Vec::new();
    for raw in &one.changes {
        let shape = bound(raw)?;
        ops = ops.saturating_add(shape.ops);
        shapes.push(shape);
    }
    if ops > ENTRY_OPS_MAX_COUNT && !model::sabotaged!(SkipColumnTotals) {
        return Err(Reason::TooManyOps);
    }
    Ok(shapes)
}
