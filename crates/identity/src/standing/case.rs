//! The judgement of what is gathered.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::rc::Rc;

use model::Timestamp;
use wire::{EntryId, PublicKey};

use super::Standing;
use super::facts::{Facts, Moment, Place};
use super::view::{Rank, View, rank};
use crate::ledger::{Aim, GrantRecord, RevocationRecord};
use crate::table;

/// Facts, and what counts.
pub(super) struct Case {
    facts: Facts,
    /// Whether it is about everybody at its unit.
    pub(super) is_whole: bool,
    view: View,
    /// The revocations that stand, by rank.
    stand: Vec<(Rank, Rc<RevocationRecord>)>,
    verdicts: HashMap<EntryId, Standing>,
    /// See [`Case::counts_but_for_the_level_above`].
    others: OnceCell<[View; 2]>,
}

impl Case {
    /// Takes the revocations in order and keeps those that stand.
    pub(super) fn judge(facts: Facts, is_whole: bool) -> Self {
        let mut view = View::new(&facts, false);
        let orders = facts.orders.values().cloned();
        let mut orders: Vec<_> = orders
            .map(|order| (view.rank(&facts, &order), order))
            .collect();
        orders.sort_unstable_by_key(|(rank, _)| *rank);
        let mut stand = Vec::new();
        let mut verdicts = HashMap::new();
        for (rank, order) in orders {
            let standing = revocation(&view, &facts, &order);
            if standing.is_in_effect() {
                view.take(&facts, &order);
                stand.push((rank, order.clone()));
            }
            verdicts.insert(order.id, standing);
        }
        Case {
            facts,
            is_whole,
            view,
            stand,
            verdicts,
            others: OnceCell::new(),
        }
    }

    /// How many grants are kept, and how often revocations were looked at.
    #[cfg(test)]
    pub(super) fn size(&self) -> (usize, usize) {
        (self.facts.grants.len(), self.view.looks.get())
    }

    pub(super) fn is_about(&self, place: &Place) -> bool {
        self.facts.is_about(place)
    }

    /// The verdict on a held revocation: that of the case without it and the later ones.
    pub(super) fn verdict(&self, revocation: &EntryId) -> Option<&Standing> {
        self.verdicts.get(revocation)
    }

    /// The same for one that is not held, or not gathered.
    pub(super) fn verdict_before(
        &self,
        (author, id): (&PublicKey, &EntryId),
        received: Option<Moment>,
        time: Timestamp,
        allows: impl Fn(&GrantRecord) -> bool,
    ) -> Standing {
        let limit = rank(received, time, *id);
        let earlier = self.stand.iter().filter(|(rank, _)| *rank < limit);
        let view = View::with(&self.facts, false, earlier.map(|(_, order)| order.as_ref()));
        view.standing_of(&self.facts, author, id, received, allows)
    }

    /// Whether an entry of this author counts; `allows` asks the table.
    pub(super) fn standing_of(
        &self,
        author: &PublicKey,
        entry: &EntryId,
        received: Option<Moment>,
        allows: impl Fn(&GrantRecord) -> bool,
    ) -> Standing {
        self.view
            .standing_of(&self.facts, author, entry, received, allows)
    }

    /// Whether the credential of this grant counts.
    pub(super) fn counts(&self, grant: &GrantRecord) -> bool {
        self.view.counts(&self.facts, grant)
    }

    /// Whether the credential of this grant would count if no use of an invite had
    /// been overruled, or as the levels higher than the one directly above see it.
    pub(super) fn counts_but_for_the_level_above(&self, grant: &GrantRecord) -> bool {
        let views = self.others.get_or_init(|| {
            [false, true].map(|from_higher_up| {
                let orders = self.stand.iter().map(|(_, order)| order.as_ref());
                let of_keys = orders.filter(|order| matches!(order.aim, Aim::Key(_)));
                View::with(&self.facts, from_higher_up, of_keys)
            })
        });
        views.iter().any(|view| view.counts(&self.facts, grant))
    }

    /// Whether something new may still rest on this grant.
    pub(super) fn is_open(&self, grant: &GrantRecord) -> bool {
        self.view.is_open(grant)
    }

    /// Whether an entry's receipt can matter to its standing.
    pub(super) fn asks_for_receipts(&self, author: &PublicKey) -> bool {
        self.view.asks_for_receipts(&self.facts, author)
    }
}

fn revocation(view: &View, facts: &Facts, order: &RevocationRecord) -> Standing {
    let received = facts.received.get(&order.id).copied();
    view.standing_of(facts, &order.author, &order.id, received, |grant| {
        table::may_revoke(grant, &order.unit)
    })
}
