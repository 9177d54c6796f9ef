//! The gate: the only way into a report.
//!
//! In order: size, chunk type, checksum, column totals (`chunk`); room in the
//! document (`budget`); actor, content and the one encoding (`inspect`); forks and
//! dependencies (`resolve`); number, counter and references against exactly the
//! ancestors (`graph`); then all that is left is applied to a copy inside
//! `catch_unwind`, saved, loaded and compared, at once in the good case and entry
//! by entry if that fails. Only then does the copy take the report's place.
//!
//! What fails is set aside with its reason, and holds up only what rests on it.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use automerge::{Automerge, Change, ReadDoc};
use model::Form;
use wire::{ChangeHash, DocId, EntryId};

use crate::graph::Graph;
use crate::report::{Report, theirs};
use crate::resolve::{Moment, Pool, Prefer, State};
use crate::verdict::{Incoming, Reason, Verdicts};

impl Report {
    /// Takes in what passes. `form` is any version of the form; later ones add
    /// their texts first. Pass everything held and not in effect yet, the
    /// quarantined included: what rests on a quarantined entry is only seen as
    /// such if that entry is there, else it waits. Entries in effect already may
    /// be among them. The order is irrelevant.
    pub fn admit(&mut self, form: &Form, incoming: &[Incoming]) -> Verdicts {
        self.extend(form);
        self.pass(incoming, &|_| None, false)
    }

    /// A report from nothing but its entries: all that are held, revoked ones
    /// left out. `form` is version 1 of the form.
    pub fn rebuild(form: &Form, doc: DocId, incoming: &[Incoming]) -> (Report, Verdicts) {
        Report::rebuild_with(form, &[], doc, incoming, &|_| None)
    }

    /// As [`Report::rebuild`], with the later versions of the form, and with
    /// `prefer` giving the moment of an entry's earliest receipt: of a fork the
    /// branch received first stands, and where the document has no room for all,
    /// what was received first comes in; else the smaller entry id.
    pub fn rebuild_with(
        first: &Form,
        later: &[&Form],
        doc: DocId,
        incoming: &[Incoming],
        prefer: &dyn Fn(&EntryId) -> Option<Moment>,
    ) -> (Report, Verdicts) {
        let mut report = Report::genesis(first, doc);
        for form in later {
            report.extend(form);
        }
        let verdicts = report.pass(incoming, prefer, true);
        (report, verdicts)
    }

    /// `full`: these are all entries, so that every question can be decided.
    fn pass(&mut self, incoming: &[Incoming], prefer: Prefer<'_>, full: bool) -> Verdicts {
        let mut graph = Graph::of(self);
        let mut pool = Pool::new(incoming, &graph, prefer, full);
        pool.settle_forks(&graph, prefer);
        pool.propagate();
        judge(&mut pool, &mut graph);
        pool.propagate();
        let applied = self.apply(&mut pool, &graph, full);
        drop(graph);
        if let Some((am, saved)) = applied {
            self.am = am;
            self.saved = Some(saved);
        }
        pool.verdicts()
    }

    /// The document with all open entries, or as many as it bears. `None` if
    /// there is nothing new.
    fn apply(
        &self,
        pool: &mut Pool,
        graph: &Graph<'_>,
        full: bool,
    ) -> Option<(Automerge, Vec<u8>)> {
        let order = pool.ready();
        if order.is_empty() {
            return None;
        }
        let mut states = pool.entries.values().map(|one| &one.state);
        if model::sabotaged!(QuarantineStopsAll) && states.any(|state| *state != State::Open) {
            return None;
        }
        if let Ok(done) = self.trial(&self.am, &changes(pool, &order)) {
            return Some(done);
        }
        self.apply_singly(pool, graph, full)
    }

    /// Each entry first alone, upon exactly its ancestors, then together with
    /// those before it: what fails only in the union is set aside if these are
    /// all entries, else left to a rebuild.
    fn apply_singly(
        &self,
        pool: &mut Pool,
        graph: &Graph<'_>,
        full: bool,
    ) -> Option<(Automerge, Vec<u8>)> {
        let mut kept: Option<(Automerge, Vec<u8>)> = None;
        for entry in order_of_entries(pool) {
            pool.propagate();
            let Some(candidate) = pool.entries.get(&entry) else {
                continue;
            };
            if candidate.state != State::Open {
                continue;
            }
            let closure = graph.closure(&candidate.changes);
            let empty = Automerge::new();
            if let Err(reason) = self.trial(&empty, &self.all_changes(pool, &closure)) {
                pool.set(entry, State::Out(reason));
                continue;
            }
            let base = kept.as_ref().map_or(&self.am, |(am, _)| am);
            match self.trial(base, &changes(pool, &closure)) {
                Ok(done) => kept = Some(done),
                Err(reason) if full => pool.set(entry, State::Out(reason)),
                Err(_) => pool.set(entry, State::Deferred),
            }
        }
        pool.propagate();
        kept
    }

    /// Applies changes to a copy and proves that the result can be saved, loaded
    /// and read. The report itself is not touched.
    fn trial(&self, base: &Automerge, new: &[Change]) -> Result<(Automerge, Vec<u8>), Reason> {
        catch_unwind(AssertUnwindSafe(|| {
            let mut am = base.clone();
            am.apply_changes(new.to_vec())
                .map_err(|error| Reason::Refused(error.to_string()))?;
            if new
                .iter()
                .any(|change| am.get_change_meta_by_hash(&change.hash()).is_none())
            {
                return Err(Reason::Refused("a change was left in the queue".to_owned()));
            }
            let saved = am.save();
            let loaded = Automerge::load(&saved).map_err(|_| Reason::Poison)?;
            if loaded.get_heads() != am.get_heads() {
                return Err(Reason::Poison);
            }
            if self.content(&am, None) != self.content(&loaded, None) {
                return Err(Reason::Poison);
            }
            Ok((am, saved))
        }))
        .unwrap_or_else(|panicked| match model::sabotaged!(TrustAutomerge) {
            true => resume_unwind(panicked),
            false => Err(Reason::Panicked),
        })
    }

    /// Changes by their hashes, from the pool or from the report.
    fn all_changes(&self, pool: &Pool, hashes: &[ChangeHash]) -> Vec<Change> {
        hashes
            .iter()
            .filter_map(|hash| match pool.changes.get(hash) {
                Some(pooled) => Some(pooled.inspected.change.clone()),
                None => self.am.get_change_by_hash(&theirs(hash)),
            })
            .collect()
    }
}

fn changes(pool: &Pool, hashes: &[ChangeHash]) -> Vec<Change> {
    let pooled = hashes.iter().filter_map(|hash| pool.changes.get(hash));
    pooled
        .map(|pooled| pooled.inspected.change.clone())
        .collect()
}

/// Holds every open change against its ancestors; what fails closes its entry
/// and all that rests on it.
fn judge(pool: &mut Pool, graph: &mut Graph<'_>) {
    for hash in pool.ready() {
        let pooled = &pool.changes[&hash];
        if !pooled.inspected.deps.iter().all(|dep| graph.contains(dep)) {
            continue;
        }
        let owners: BTreeSet<EntryId> = pooled.owners.clone();
        if let Err(reason) = graph.admit(&pooled.inspected) {
            for owner in owners {
                if pool
                    .entries
                    .get(&owner)
                    .is_some_and(|one| one.state == State::Open)
                {
                    pool.set(owner, State::Out(reason.clone()));
                }
            }
        }
    }
}

/// The open entries, dependencies first, else by id.
fn order_of_entries(pool: &Pool) -> Vec<EntryId> {
    let mut seen = BTreeSet::new();
    let changes = pool.ready().into_iter();
    changes
        .flat_map(|hash| {
            pool.changes[&hash]
                .owners
                .iter()
                .copied()
                .collect::<Vec<_>>()
        })
        .filter(|entry| seen.insert(*entry))
        .collect()
}

#[cfg(test)]
mod tests {
    use automerge::ExpandedChange;
    use automerge::legacy::{ObjectId, OpId};
    use model::{Scalar, Timestamp};
    use testkit::Seeded;
    use wire::{Digest, PublicKey};

    use super::*;
    use crate::Edit;

    const AUTHOR: PublicKey = PublicKey([1; 32]);

    fn form() -> &'static Form {
        model::form::builtin("kh2273-quy").unwrap()
    }

    fn sealed(report: &Report, key: &str, seed: u64) -> Incoming {
        let edit = Edit::Put {
            key: key.to_owned(),
            value: Scalar::Int(1),
        };
        let heads = report.heads();
        let raw = report.seal(
            &heads,
            &[edit],
            &AUTHOR,
            Timestamp(0),
            &mut Seeded::new(seed),
        );
        let changes = vec![raw.unwrap()];
        Incoming {
            entry: EntryId(Digest::of(&[&changes[0]]).0),
            author: AUTHOR,
            changes,
        }
    }

    /// Three entries: one, another that rests on it, and one apart.
    fn three(report: &Report) -> [Incoming; 3] {
        let first = sealed(report, "B3", 1);
        let mut after = report.clone();
        after.admit(form(), std::slice::from_ref(&first));
        let second = sealed(&after, "B4", 2);
        [first, second, sealed(report, "B5", 3)]
    }

    fn judged<'r>(report: &'r Report, all: &[Incoming]) -> (Pool, Graph<'r>) {
        let mut graph = Graph::of(report);
        let mut pool = Pool::new(all, &graph, &|_| None, true);
        judge(&mut pool, &mut graph);
        (pool, graph)
    }

    #[test]
    fn entry_by_entry_comes_to_the_same_as_all_at_once() {
        let report = Report::genesis(form(), DocId([1; 32]));
        let all = three(&report);
        let (mut pool, graph) = judged(&report, &all);
        let (singly, _) = report.apply_singly(&mut pool, &graph, true).unwrap();
        let (mut pool, graph) = judged(&report, &all);
        let (at_once, _) = report.apply(&mut pool, &graph, true).unwrap();
        assert_eq!(singly.get_heads(), at_once.get_heads());
        assert_eq!(
            report.content(&singly, None),
            report.content(&at_once, None)
        );
        assert_eq!(pool.verdicts().applied.len(), 3);
    }

    /// Puts something behind the checks that they would never let through: a
    /// write to an object that is not there, on which Automerge panics.
    fn smuggle(pool: &mut Pool, into: &Incoming) {
        let hash = crate::change_hash(&into.changes[0]).unwrap();
        let inspected = &mut pool.changes.get_mut(&hash).unwrap().inspected;
        let mut expanded: ExpandedChange = inspected.change.decode();
        let actor = expanded.actor_id.clone();
        expanded.operations[0].obj = ObjectId::Id(OpId::new(900, &actor));
        inspected.change = Change::from(expanded);
    }

    #[test]
    fn what_panics_is_set_aside_alone_with_what_rests_on_it() {
        let report = Report::genesis(form(), DocId([1; 32]));
        let saved = report.save();
        let all = three(&report);
        let (mut pool, graph) = judged(&report, &all);
        smuggle(&mut pool, &all[0]);
        let (am, _) = report.apply(&mut pool, &graph, true).unwrap();
        assert_eq!(report.content(&am, None).get("B5"), &Scalar::Int(1));
        let verdicts = pool.verdicts();
        assert_eq!(verdicts.applied, [all[2].entry]);
        let reason = |one: &Incoming| {
            let found = verdicts
                .quarantined
                .iter()
                .find(|(entry, _)| *entry == one.entry);
            found.map(|(_, reason)| reason.clone())
        };
        assert_eq!(reason(&all[0]), Some(Reason::Panicked));
        assert_eq!(
            reason(&all[1]),
            Some(Reason::DependsOn {
                entry: all[0].entry
            })
        );
        assert_eq!(report.save(), saved);
    }
}
