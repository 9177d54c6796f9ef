//! The graph of changes: who rests on whom, and what each operation may name.
//!
//! An operation may refer only to operations of the same kind in its own
//! ancestors. That makes the outcome independent of the order of arrival: a
//! reference that is resolved here is resolved everywhere. The set of ancestors
//! is a bit set; five thousand changes take three megabytes.

use std::collections::HashMap;
use std::rc::Rc;

use automerge::{Automerge, ReadDoc};
use wire::ChangeHash;

use crate::inspect::{Inspected, Op, OpRef, reference};
use crate::names::{Actor, genesis_actor};
use crate::report::{Report, ours, theirs};
use crate::verdict::Reason;

/// What one operation of a known change was, as far as others may refer to it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Site {
    /// Set this key.
    Put(String),
    /// Inserted a character into this text.
    Insert(OpRef),
    /// Anything that nothing may refer to.
    Other,
}

struct Node {
    hash: ChangeHash,
    seq: u64,
    start_op: u64,
    max_op: u64,
    /// All changes below this one, itself included.
    below: Vec<u64>,
    /// Taken apart when first referred to.
    sites: Option<Rc<Vec<Site>>>,
}

/// All changes in effect, and those about to be.
pub(crate) struct Graph<'r> {
    am: &'r Automerge,
    values: OpRef,
    texts: Vec<OpRef>,
    nodes: Vec<Node>,
    index: HashMap<ChangeHash, usize>,
    by_actor: HashMap<Actor, Vec<usize>>,
}

impl<'r> Graph<'r> {
    /// The changes in effect in a report.
    pub(crate) fn of(report: &'r Report) -> Graph<'r> {
        let mut graph = Graph {
            am: &report.am,
            values: OpRef {
                counter: 1,
                actor: genesis_actor(report.doc),
            },
            texts: report.base.texts.values().copied().collect(),
            nodes: Vec::new(),
            index: HashMap::new(),
            by_actor: HashMap::new(),
        };
        // Automerge lists changes in an order in which dependencies come first.
        for meta in report.am.get_changes_meta(&[]) {
            let Ok(actor) = Actor::try_from(meta.actor.to_bytes()) else {
                continue;
            };
            let deps: Vec<_> = meta.deps.iter().map(|dep| ours(*dep)).collect();
            let numbers = (meta.seq, meta.start_op, meta.max_op);
            graph.insert(ours(meta.hash), &deps, actor, numbers, None);
        }
        graph
    }

    /// Whether a change is in the graph.
    pub(crate) fn contains(&self, hash: &ChangeHash) -> bool {
        self.index.contains_key(hash)
    }

    /// All changes in the graph.
    pub(crate) fn hashes(&self) -> impl Iterator<Item = ChangeHash> {
        self.nodes.iter().map(|node| node.hash)
    }

    /// Number of operations in the graph, counted by their counters.
    pub(crate) fn operations(&self) -> usize {
        let counts = self
            .nodes
            .iter()
            .map(|node| node.max_op + 1 - node.start_op);
        usize::try_from(counts.sum::<u64>()).unwrap_or(usize::MAX)
    }

    /// The change under one (actor, seq).
    pub(crate) fn at(&self, actor: &Actor, seq: u64) -> Option<ChangeHash> {
        let nodes = self.by_actor.get(actor)?;
        let found = nodes.iter().find(|node| self.nodes[**node].seq == seq)?;
        Some(self.nodes[*found].hash)
    }

    /// Judges a change whose dependencies are all in the graph, and takes it in.
    pub(crate) fn admit(&mut self, change: &Inspected) -> Result<(), Reason> {
        let below = self.below(&change.deps);
        let highest = self.highest(&change.deps);
        if change.start_op != highest + 1 && !model::sabotaged!(SkipStartOpCheck) {
            return Err(Reason::StartOp);
        }
        let before = change.seq.checked_sub(1).filter(|seq| *seq > 0);
        if let Some(seq) = before {
            let known = self
                .at(&change.actor, seq)
                .and_then(|hash| self.index.get(&hash));
            if !known.is_some_and(|node| has_bit(&below, *node)) {
                return Err(Reason::Seq);
            }
        }
        for (op, counter) in change.ops.iter().zip(change.start_op..) {
            self.check(change, &below, op, counter)?;
        }
        let sites = change.ops.iter().map(Site::of).collect();
        let max_op = highest + change.ops.len() as u64;
        let numbers = (change.seq, change.start_op, max_op);
        self.insert(
            change.hash,
            &change.deps,
            change.actor,
            numbers,
            Some(Rc::new(sites)),
        );
        Ok(())
    }

    fn check(
        &mut self,
        change: &Inspected,
        below: &[u64],
        op: &Op,
        counter: u64,
    ) -> Result<(), Reason> {
        let (targets, want, what) = match op {
            Op::Put { obj, key, pred, .. } => {
                if *obj != self.values {
                    return Err(Reason::Operation("a write outside the report's values"));
                }
                (
                    pred.as_slice(),
                    Site::Put(key.clone()),
                    "a value of another key",
                )
            }
            Op::Insert { obj, after } => {
                self.check_text(obj)?;
                (
                    after.as_slice(),
                    Site::Insert(*obj),
                    "a place in another text",
                )
            }
            Op::Delete { obj, target } => {
                self.check_text(obj)?;
                let target = std::slice::from_ref(target);
                (target, Site::Insert(*obj), "a character of another text")
            }
        };
        for target in targets {
            let own = target.actor == change.actor && target.counter >= change.start_op;
            let site = match own {
                true if target.counter < counter => {
                    usize::try_from(target.counter - change.start_op)
                        .ok()
                        .and_then(|place| change.ops.get(place))
                        .map(Site::of)
                }
                true => None,
                false => self.site(below, target),
            };
            if site != Some(want.clone()) && !model::sabotaged!(TrustAutomerge) {
                return Err(Reason::Reference(what));
            }
        }
        Ok(())
    }

    fn check_text(&self, obj: &OpRef) -> Result<(), Reason> {
        match self.texts.contains(obj) {
            true => Ok(()),
            false => Err(Reason::Operation("a write outside the report's texts")),
        }
    }

    /// What an operation below was.
    fn site(&mut self, below: &[u64], target: &OpRef) -> Option<Site> {
        let place = self
            .by_actor
            .get(&target.actor)?
            .iter()
            .copied()
            .find(|node| {
                let node_range = &self.nodes[*node];
                has_bit(below, *node)
                    && (node_range.start_op..=node_range.max_op).contains(&target.counter)
            })?;
        let offset = usize::try_from(target.counter - self.nodes[place].start_op).ok()?;
        let sites = match &self.nodes[place].sites {
            Some(sites) => Rc::clone(sites),
            None => {
                let sites = Rc::new(self.take_apart(&self.nodes[place].hash)?);
                self.nodes[place].sites = Some(Rc::clone(&sites));
                sites
            }
        };
        sites.get(offset).cloned()
    }

    fn take_apart(&self, hash: &ChangeHash) -> Option<Vec<Site>> {
        let change = self.am.get_change_by_hash(&theirs(hash))?;
        Some(
            change
                .decode()
                .operations
                .into_iter()
                .map(Site::of_decoded)
                .collect(),
        )
    }

    fn insert(
        &mut self,
        hash: ChangeHash,
        deps: &[ChangeHash],
        actor: Actor,
        (seq, start_op, max_op): (u64, u64, u64),
        sites: Option<Rc<Vec<Site>>>,
    ) {
        let place = self.nodes.len();
        let mut below = self.below(deps);
        below.resize(place / 64 + 1, 0);
        below[place / 64] |= 1 << (place % 64);
        self.index.insert(hash, place);
        self.by_actor.entry(actor).or_default().push(place);
        self.nodes.push(Node {
            hash,
            seq,
            start_op,
            max_op,
            below,
            sites,
        });
    }

    /// The union of what is below the dependencies.
    fn below(&self, deps: &[ChangeHash]) -> Vec<u64> {
        let mut union: Vec<u64> = Vec::new();
        for node in deps.iter().filter_map(|dep| self.index.get(dep)) {
            let below = &self.nodes[*node].below;
            if union.len() < below.len() {
                union.resize(below.len(), 0);
            }
            for (word, more) in union.iter_mut().zip(below) {
                *word |= more;
            }
        }
        union
    }

    /// The highest operation counter below: a change's counters are above all of
    /// its ancestors', so its dependencies decide.
    fn highest(&self, deps: &[ChangeHash]) -> u64 {
        let known = deps.iter().filter_map(|dep| self.index.get(dep));
        known
            .map(|node| self.nodes[*node].max_op)
            .max()
            .unwrap_or(0)
    }

    /// Whether `lower` is `upper` or below it.
    pub(crate) fn is_below(&self, lower: &ChangeHash, upper: &ChangeHash) -> bool {
        match (self.index.get(lower), self.index.get(upper)) {
            (Some(lower), Some(upper)) => has_bit(&self.nodes[*upper].below, *lower),
            _ => false,
        }
    }

    /// The hashes of all nodes below these changes, themselves included, in an
    /// order in which dependencies come first.
    pub(crate) fn closure(&self, of: &[ChangeHash]) -> Vec<ChangeHash> {
        let below = self.below(of);
        let known = self.nodes.iter().enumerate();
        known
            .filter(|(place, _)| has_bit(&below, *place))
            .map(|(_, node)| node.hash)
            .collect()
    }
}

impl Site {
    fn of(op: &Op) -> Site {
        match op {
            Op::Put { key, .. } => Site::Put(key.clone()),
            Op::Insert { obj, .. } => Site::Insert(*obj),
            Op::Delete { .. } => Site::Other,
        }
    }

    /// Of a change that passed the gate before, or was computed.
    fn of_decoded(op: automerge::legacy::Op) -> Site {
        use automerge::legacy::{Key, ObjectId, OpType};
        match (op.key, op.action, op.obj) {
            (Key::Map(key), OpType::Put(_), ObjectId::Id(_)) => Site::Put(key.to_string()),
            (Key::Seq(_), OpType::Put(_), ObjectId::Id(obj)) if op.insert => {
                reference(&obj).map_or(Site::Other, Site::Insert)
            }
            _ => Site::Other,
        }
    }
}

fn has_bit(bits: &[u64], place: usize) -> bool {
    bits.get(place / 64)
        .is_some_and(|word| word >> (place % 64) & 1 == 1)
}
