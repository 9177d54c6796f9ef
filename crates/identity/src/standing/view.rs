//! What counts, for a set of revocations that stand.
//!
//! Effect spreads from the root down. A revocation is taken one after the other, by
//! rank, and only what it can touch is looked at anew.

#[cfg(test)]
use std::cell::Cell;
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap, HashSet};

use model::Timestamp;
use wire::{EntryId, PublicKey, Subject};

use super::Standing;
use super::facts::{Facts, Moment, Place};
use crate::ledger::{Aim, GrantRecord, RevocationRecord};
use crate::table::{self, Given};

/// A revocation's place in the order of judgement.
pub(super) type Rank = (bool, Moment, EntryId);

/// A use's place among those of one invite: whether and when the level directly above
/// received it, then whether and when one higher up did, then its id.
type Turn = (bool, Option<Moment>, bool, Option<Moment>, EntryId);

/// The first of an author's revocations of one key, among those that were received
/// or among those that were not.
struct First {
    author: PublicKey,
    /// When it takes effect.
    moment: Moment,
    id: EntryId,
}

/// The revocations of one key in one unit that stand, by rank. Of one author the
/// first ends more than the next ones, and all share their lists.
#[derive(Default)]
struct Against {
    received: Vec<First>,
    open: Vec<First>,
    authors: HashSet<(bool, PublicKey)>,
    /// How many of either, from the first one on, are known to list an entry. Lists
    /// only grow, so nobody looks at these again.
    spared_by: RefCell<HashMap<EntryId, [usize; 2]>>,
}

/// One judgement of the facts.
pub(super) struct View {
    effective: Vec<bool>,
    against: HashMap<Place, Against>,
    standing: HashSet<EntryId>,
    /// Uses of invites, and by what.
    overruled: HashMap<EntryId, EntryId>,
    /// Of each invite the uses in their order.
    lines: HashMap<Place, Vec<EntryId>>,
    winners: HashMap<Place, EntryId>,
    /// What a level higher than the one directly above received is taken in its
    /// order, the rest as it was: the level directly above may date a receipt as early
    /// as it likes, and that must not put anything before what the higher one had met
    /// by then.
    from_higher_up: bool,
    /// How often revocations were looked at.
    #[cfg(test)]
    pub(super) looks: Cell<usize>,
}

impl View {
    /// Without any revocation.
    pub(super) fn new(facts: &Facts, from_higher_up: bool) -> Self {
        let mut view = View {
            effective: vec![false; facts.grants.len()],
            against: HashMap::new(),
            standing: HashSet::new(),
            overruled: HashMap::new(),
            lines: HashMap::new(),
            winners: HashMap::new(),
            from_higher_up,
            #[cfg(test)]
            looks: Cell::default(),
        };
        for (invite, uses) in &facts.uses {
            let mut line = uses.clone();
            line.sort_by_key(|id| view.turn(facts, id));
            view.lines.insert(invite.clone(), line);
            view.find_winner(facts, invite);
        }
        let mut roots = BTreeSet::new();
        for (grant, effective) in facts.grants.iter().zip(&mut view.effective) {
            if is_root(grant) {
                *effective = true;
                roots.insert(grant.key);
            }
        }
        view.spread(facts, roots);
        view
    }

    /// With these.
    pub(super) fn with<'o>(
        facts: &Facts,
        from_higher_up: bool,
        orders: impl Iterator<Item = &'o RevocationRecord>,
    ) -> Self {
        let mut view = View::new(facts, from_higher_up);
        let mut orders: Vec<_> = orders
            .map(|order| (view.rank(facts, order), order))
            .collect();
        orders.sort_unstable_by_key(|(rank, _)| *rank);
        for (_, order) in orders {
            view.take(facts, order);
        }
        view
    }

    pub(super) fn rank(&self, facts: &Facts, order: &RevocationRecord) -> Rank {
        rank(self.received(facts, &order.id), order.time, order.id)
    }

    /// Takes one more that stands. Those of a smaller rank are taken already.
    pub(super) fn take(&mut self, facts: &Facts, order: &RevocationRecord) {
        let changed = match order.aim {
            Aim::Key(key) => self.end(facts, (key, order.unit.clone()), order),
            Aim::Use(used) => self.overrule(facts, &used, order),
        };
        self.renew(facts, &changed);
    }

    /// Ends a key; the grants by it that are carried no longer, or again.
    fn end(&mut self, facts: &Facts, place: Place, order: &RevocationRecord) -> Vec<usize> {
        let (unreceived, moment, id) = self.rank(facts, order);
        let against = self.against.entry(place.clone()).or_default();
        let is_first = against.authors.insert((unreceived, order.author));
        // One that is not its author's first brings its list and nothing else.
        let touched: Vec<usize> = match is_first {
            true => facts.grants_by(&place.0).to_vec(),
            false => {
                let listed = order.stands.iter();
                listed.flat_map(|id| facts.grants_in(id)).copied().collect()
            }
        };
        let before = self.ended(facts, &place, &touched);
        self.standing.insert(id);
        let first = First {
            author: order.author,
            moment,
            id,
        };
        let against = self.against.entry(place.clone()).or_default();
        match (is_first, unreceived) {
            (true, true) => against.open.push(first),
            (true, false) => against.received.push(first),
            (false, _) => {}
        }
        let after = self.ended(facts, &place, &touched);
        let ended = touched.iter().zip(before.into_iter().zip(after));
        let differs = ended.filter(|(_, (before, after))| before != after);
        let mut changed: Vec<usize> = differs.map(|(at, _)| *at).collect();
        if is_first
            || order
                .stands
                .iter()
                .any(|id| facts.invite_of(id) == Some(&place))
        {
            changed.extend(self.find_winner(facts, &place));
        }
        changed
    }

    /// Whether this key's revocations end each of these grants.
    fn ended(&self, facts: &Facts, place: &Place, grants: &[usize]) -> Vec<bool> {
        let ended = |at: &usize| {
            facts.grants.get(*at).is_some_and(|given| {
                let received = self.received(facts, &given.credential);
                let entry = &given.credential;
                self.revoked(facts, place, entry, received).is_some()
            })
        };
        grants.iter().map(ended).collect()
    }

    fn overrule(&mut self, facts: &Facts, used: &EntryId, order: &RevocationRecord) -> Vec<usize> {
        match facts
            .invite_of(used)
            .filter(|(_, unit)| *unit == order.unit)
        {
            Some(invite) => {
                self.overruled.entry(*used).or_insert(order.id);
                self.find_winner(facts, invite)
            }
            None => Vec::new(),
        }
    }

    /// Of an invite the use that the level directly above received first; of those
    /// that it received at once or not at all the one that a level higher still did;
    /// else the smallest id. The times of one level are compared with each other only.
    /// One that no grant of the invite carries comes last: it cannot stand in the way of
    /// one that is carried. The grants that change with it.
    fn find_winner(&mut self, facts: &Facts, invite: &Place) -> Vec<usize> {
        let Some(line) = self.lines.get(invite) else {
            return Vec::new();
        };
        let mut open = line.iter().filter(|id| !self.overruled.contains_key(id));
        let carried = open.clone().find(|id| !self.is_void(facts, invite, id));
        let first = carried.or_else(|| open.next()).copied();
        let before = match first {
            Some(first) => self.winners.insert(invite.clone(), first),
            None => self.winners.remove(invite),
        };
        let moved = [before, first].into_iter().flatten();
        let moved = moved.filter(|_| before != first);
        moved.flat_map(|id| facts.grants_in(&id)).copied().collect()
    }

    fn turn(&self, facts: &Facts, used: &EntryId) -> Turn {
        let (met, higher) = (facts.met.get(used), facts.higher.get(used));
        let (met, higher) = match self.from_higher_up {
            true => (higher, met),
            false => (met, higher),
        };
        let (met, higher) = (met.copied(), higher.copied());
        (met.is_none(), met, higher.is_none(), higher, *used)
    }

    fn is_void(&self, facts: &Facts, invite: &Place, used: &EntryId) -> bool {
        let received = self.received(facts, used);
        self.revoked(facts, invite, used, received).is_some()
            || expired(Subject::Invite, facts.end_of(invite), received).is_some()
    }

    /// Looks anew at these grants and at all that rest on them.
    fn renew(&mut self, facts: &Facts, changed: &[usize]) {
        let mut anew: HashMap<PublicKey, Vec<usize>> = HashMap::new();
        let mut todo = changed.to_vec();
        while let Some(at) = todo.pop() {
            let Some(grant) = facts.grants.get(at).filter(|grant| !is_root(grant)) else {
                continue;
            };
            anew.entry(grant.issuer).or_default().push(at);
            if self.has_effect(at) {
                self.set_effect(at, false);
                todo.extend(facts.grants_by(&grant.key));
            }
        }
        let mut carried = BTreeSet::new();
        for (issuer, given) in anew {
            self.spread_to(facts, &issuer, &given, &mut carried);
        }
        self.spread(facts, carried);
    }

    /// Spreads effect from these keys down; what it does not reach, such as keys that
    /// only vouch for each other, has none.
    fn spread(&mut self, facts: &Facts, mut todo: BTreeSet<PublicKey>) {
        while let Some(key) = todo.pop_first() {
            self.spread_to(facts, &key, facts.grants_by(&key), &mut todo);
        }
    }

    /// From this key to those of these grants by it that it carries now.
    fn spread_to(
        &mut self,
        facts: &Facts,
        issuer: &PublicKey,
        given: &[usize],
        carried: &mut BTreeSet<PublicKey>,
    ) {
        let held = facts.grants_to(issuer).iter().copied();
        let held = facts.widest(held.filter(|at| self.has_effect(*at)));
        for at in given.iter().filter(|_| !held.is_empty()) {
            let Some(grant) = facts.grants.get(*at).filter(|_| !self.has_effect(*at)) else {
                continue;
            };
            if held.iter().any(|issuer| self.carries(facts, issuer, grant)) {
                self.set_effect(*at, true);
                carried.insert(grant.key);
            }
        }
    }

    fn carries(&self, facts: &Facts, issuer: &GrantRecord, given: &GrantRecord) -> bool {
        let received = self.received(facts, &given.credential);
        table::may_give(issuer, &Given::held(given)).is_ok()
            && self
                .obstacle(facts, issuer, &given.credential, received)
                .is_none()
    }

    fn has_effect(&self, at: usize) -> bool {
        self.effective.get(at).copied().unwrap_or(false)
    }

    fn set_effect(&mut self, at: usize, effective: bool) {
        if let Some(known) = self.effective.get_mut(at) {
            *known = effective;
        }
    }

    fn received(&self, facts: &Facts, entry: &EntryId) -> Option<Moment> {
        let higher = facts.higher.get(entry).filter(|_| self.from_higher_up);
        higher.or(facts.received.get(entry)).copied()
    }

    /// Whether an entry of this author counts; `allows` asks the table.
    pub(super) fn standing_of(
        &self,
        facts: &Facts,
        author: &PublicKey,
        entry: &EntryId,
        received: Option<Moment>,
        allows: impl Fn(&GrantRecord) -> bool,
    ) -> Standing {
        let mut reason = Standing::IssuerWithoutEffect;
        for at in facts.grants_to(author) {
            let Some(grant) = facts.grants.get(*at) else {
                continue;
            };
            if !self.has_effect(*at) || !allows(grant) {
                continue;
            }
            match self.obstacle(facts, grant, entry, received) {
                None => return Standing::InEffect,
                Some(obstacle) => reason = obstacle,
            }
        }
        reason
    }

    /// Why this grant, although it counts, does not carry this entry.
    fn obstacle(
        &self,
        facts: &Facts,
        grant: &GrantRecord,
        entry: &EntryId,
        received: Option<Moment>,
    ) -> Option<Standing> {
        if grant.subject == Subject::Root {
            return None;
        }
        let place = (grant.key, grant.unit.clone());
        self.revoked(facts, &place, entry, received)
            .map(|by| Standing::Revoked { by })
            .or_else(|| self.lost_use(grant.subject, &place, entry))
            .or_else(|| expired(grant.subject, grant.until, received))
    }

    /// The first revocation of the key in spite of which the entry does not stand.
    fn revoked(
        &self,
        facts: &Facts,
        place: &Place,
        entry: &EntryId,
        received: Option<Moment>,
    ) -> Option<EntryId> {
        #[cfg(test)]
        self.looks.set(self.looks.get() + 1);
        let against = self.against.get(place)?;
        let known = against.spared_by.borrow().get(entry).copied();
        let known = known.unwrap_or_default();
        let (mut skip, mut by) = (known, None);
        let classes = [&against.received, &against.open];
        for (firsts, skip) in classes.into_iter().zip(&mut skip) {
            let listing = firsts.iter().skip(*skip);
            let listing = listing.take_while(|first| self.lists(facts, place, first, entry));
            *skip += listing.count();
            // Later ones take effect later.
            let ends = |first: &&First| {
                received.is_none_or(|moment| moment >= first.moment)
                    || model::sabotaged!(RevokeThePast)
            };
            by = by.or(firsts.get(*skip).filter(ends).map(|first| first.id));
        }
        if skip != known {
            against.spared_by.borrow_mut().insert(*entry, skip);
        }
        by.filter(|_| !model::sabotaged!(IgnoreRevocation))
    }

    /// Whether this author's revocations of the key that stand list the entry.
    fn lists(&self, facts: &Facts, place: &Place, first: &First, entry: &EntryId) -> bool {
        #[cfg(test)]
        self.looks.set(self.looks.get() + 1);
        let held = facts.revocations.get(place).into_iter();
        let mut listing = held.flat_map(|held| held.listing(entry, &first.author));
        listing.any(|order| self.standing.contains(&order.id)) && !model::sabotaged!(RevokeThePast)
    }

    /// Why this is not the one use of the invite that counts.
    fn lost_use(&self, subject: Subject, place: &Place, entry: &EntryId) -> Option<Standing> {
        if subject != Subject::Invite {
            return None;
        }
        if let Some(by) = self.overruled.get(entry) {
            return Some(Standing::Revoked { by: *by });
        }
        match self.winners.get(place) {
            Some(winner) if winner != entry && !model::sabotaged!(CountSecondUse) => {
                Some(Standing::InviteUsedBefore { winner: *winner })
            }
            _ => None,
        }
    }

    /// Whether the credential of this grant counts.
    pub(super) fn counts(&self, facts: &Facts, grant: &GrantRecord) -> bool {
        facts.find(grant).is_some_and(|at| self.has_effect(at))
    }

    /// Whether something new may still rest on this grant.
    pub(super) fn is_open(&self, grant: &GrantRecord) -> bool {
        let place = (grant.key, grant.unit.clone());
        let revoked = self.against.contains_key(&place) && !model::sabotaged!(ServeRevokedNode);
        let spent = grant.subject == Subject::Invite && self.winners.contains_key(&place);
        grant.subject == Subject::Root || !(revoked || spent)
    }

    /// Whether an entry's receipt can matter to its standing.
    pub(super) fn asks_for_receipts(&self, facts: &Facts, author: &PublicKey) -> bool {
        let held = facts.grants_to(author).iter();
        let mut held = held.filter_map(|at| facts.grants.get(*at));
        held.any(|grant| {
            let place = (grant.key, grant.unit.clone());
            grant.until.is_some() || self.against.contains_key(&place)
        })
    }
}

fn is_root(grant: &GrantRecord) -> bool {
    grant.subject == Subject::Root && grant.issuer == grant.key
}

fn expired(
    subject: Subject,
    until: Option<Timestamp>,
    received: Option<Moment>,
) -> Option<Standing> {
    let until = until.filter(|_| !model::sabotaged!(IgnoreExpiry))?;
    match received {
        Some((time, _)) if time > until && subject == Subject::Invite => {
            Some(Standing::InviteExpired)
        }
        Some((time, _)) if time > until => Some(Standing::Expired),
        _ => None,
    }
}

pub(super) fn rank(received: Option<Moment>, time: Timestamp, id: EntryId) -> Rank {
    // Before it is received it ends nothing that was received at that moment.
    (received.is_none(), received.unwrap_or((time, u64::MAX)), id)
}
