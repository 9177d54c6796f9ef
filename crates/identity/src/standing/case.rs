//! Everything held that bears on one author at one unit, and its judgement.
//!
//! Only grants at the unit or above it are gathered: nothing that is said below
//! or beside a unit can touch it.

use std::collections::{BTreeSet, HashMap};

use model::{Timestamp, UnitPath};
use wire::{EntryId, PublicKey, Subject};

use super::{Judge, Standing};
use crate::ledger::{GrantRecord, Ledger, RevocationRecord};
use crate::table::{self, Given};

/// When something was received: by the receipt's time, and within one moment by
/// its place in the chain.
pub(super) type Moment = (Timestamp, u64);

/// A revocation's place in the order of judgement.
type Rank = (bool, Moment, EntryId);

/// What a revocation is aimed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Aim {
    Key(PublicKey),
    Use(EntryId),
}

#[derive(Clone, Debug)]
struct Order {
    rank: Rank,
    aim: Aim,
    record: RevocationRecord,
}

impl Order {
    fn id(&self) -> EntryId {
        self.record.id
    }

    /// When it takes effect.
    fn moment(&self) -> Moment {
        self.rank.1
    }

    fn revokes(&self, grant: &GrantRecord) -> bool {
        self.aim == Aim::Key(grant.key) && self.record.unit == grant.unit
    }

    fn comes_after(&self, received: Option<Moment>) -> bool {
        received.is_some_and(|moment| moment < self.moment())
    }

    /// Whether what the other one lists as standing is spared by this one too.
    fn shares_lists(&self, other: &Order) -> bool {
        self.aim == other.aim
            && self.record.unit == other.record.unit
            && self.record.author == other.record.author
    }
}

/// An invite: its key, whoever granted it and however often, and its unit.
type Invited = (PublicKey, UnitPath);

/// The gathered facts. `orders` are first all that are held, then, once judged,
/// only those that stand.
#[derive(Clone, Debug, Default)]
pub(super) struct Case {
    grants: Vec<GrantRecord>,
    orders: Vec<Order>,
    received: HashMap<EntryId, Moment>,
    /// When the level directly above received it: of uses of one invite.
    met: HashMap<EntryId, Moment>,
    /// When a level higher still did.
    higher: HashMap<EntryId, Moment>,
    uses: HashMap<Invited, Vec<EntryId>>,
    winners: HashMap<Invited, EntryId>,
    effective: Vec<bool>,
}

impl Case {
    /// Collects what is held and judges it. Receipts are asked for only where
    /// one can matter: hardly ever.
    pub(super) fn gather<L: Ledger>(
        author: &PublicKey,
        unit: &UnitPath,
        judge: &mut Judge<'_, L>,
    ) -> Result<Case, L::Error> {
        let ledger = judge.ledger;
        let mut case = Case::default();
        let mut known = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut todo = vec![(*author, unit.clone())];
        while let Some((holder, unit)) = todo.pop() {
            if !seen.insert((holder, unit.clone())) {
                continue;
            }
            for grant in ledger.grants_above(&holder, &unit)? {
                if known.insert((grant.credential, holder, grant.subject as u8)) {
                    case.add(grant, ledger, &mut todo)?;
                }
            }
        }
        case.ask_for_receipts(judge)?;
        case.judge();
        Ok(case)
    }

    fn ask_for_receipts<L: Ledger>(&mut self, judge: &mut Judge<'_, L>) -> Result<(), L::Error> {
        let ending = self.grants.iter().filter(|grant| grant.until.is_some());
        let ending: BTreeSet<PublicKey> = ending.map(|grant| grant.key).collect();
        let mut entries: BTreeSet<EntryId> = self.orders.iter().map(Order::id).collect();
        for grant in &self.grants {
            if !self.orders.is_empty() || ending.contains(&grant.issuer) {
                entries.insert(grant.credential);
            }
        }
        for id in self.uses.values().filter(|uses| uses.len() > 1).flatten() {
            entries.insert(*id);
            if let Some(mark) = judge.parents_receipt(id)? {
                self.met.insert(*id, (mark.time, mark.seq));
            }
        }
        for id in entries {
            if let Some(mark) = judge.earliest_receipt(&id)? {
                self.received.insert(id, (mark.time, mark.seq));
            }
            if let Some(mark) = judge.receipt_from_higher_up(&id)? {
                self.higher.insert(id, (mark.time, mark.seq));
            }
        }
        self.rank_orders();
        Ok(())
    }

    fn rank_orders(&mut self) {
        for order in &mut self.orders {
            let received = self.received.get(&order.record.id).copied();
            order.rank = rank(received, order.record.time, order.record.id);
        }
    }

    fn add<L: Ledger>(
        &mut self,
        grant: GrantRecord,
        ledger: &L,
        todo: &mut Vec<(PublicKey, UnitPath)>,
    ) -> Result<(), L::Error> {
        if grant.subject != Subject::Root {
            todo.push((grant.issuer, grant.unit.clone()));
        }
        for record in ledger.revocations_of(&grant.key, &grant.unit)? {
            self.add_order(Aim::Key(grant.key), record, todo);
        }
        if grant.subject == Subject::Invite {
            let uses = ledger.uses_of(&grant.key, &grant.unit)?;
            for id in &uses {
                for record in ledger.overruled(id, &grant.unit)? {
                    self.add_order(Aim::Use(*id), record, todo);
                }
            }
            self.uses.insert((grant.key, grant.unit.clone()), uses);
        }
        self.grants.push(grant);
        Ok(())
    }

    fn add_order(
        &mut self,
        aim: Aim,
        record: RevocationRecord,
        todo: &mut Vec<(PublicKey, UnitPath)>,
    ) {
        let known = |order: &Order| order.id() == record.id && order.aim == aim;
        if self.orders.iter().any(known) {
            return;
        }
        todo.push((record.author, record.unit.clone()));
        let rank = rank(None, record.time, record.id);
        self.orders.push(Order { rank, aim, record });
    }

    /// Takes the revocations in order and keeps those that stand.
    fn judge(&mut self) {
        let mut orders = std::mem::take(&mut self.orders);
        orders.sort_by_key(|order| order.rank);
        self.find_effective();
        for order in orders {
            let record = &order.record;
            let received = self.received.get(&record.id).copied();
            let standing = self.standing_of(&record.author, &record.id, received, |grant| {
                table::may_revoke(grant, &record.unit)
            });
            if standing.is_in_effect() {
                self.orders.push(order);
                self.find_effective();
            }
        }
    }

    /// The same case before a revocation of this rank: without the later ones.
    pub(super) fn before(&self, received: Option<Moment>, time: Timestamp, id: EntryId) -> Case {
        let mut earlier = self.clone();
        let limit = rank(received, time, id);
        earlier.orders.retain(|order| order.rank < limit);
        earlier.find_effective();
        earlier
    }

    /// Spreads effect from the root down; what it does not reach, such as keys
    /// that only vouch for each other, has none.
    fn find_effective(&mut self) {
        self.find_winners();
        let mut by_issuer: HashMap<PublicKey, Vec<usize>> = HashMap::new();
        let mut effective = vec![false; self.grants.len()];
        let mut todo = Vec::new();
        for (index, grant) in self.grants.iter().enumerate() {
            by_issuer.entry(grant.issuer).or_default().push(index);
            if grant.subject == Subject::Root && grant.issuer == grant.key {
                effective[index] = true;
                todo.push(index);
            }
        }
        while let Some(index) = todo.pop() {
            let issuer = &self.grants[index];
            for next in by_issuer.get(&issuer.key).into_iter().flatten() {
                let given = &self.grants[*next];
                let received = self.received.get(&given.credential).copied();
                if !effective[*next]
                    && table::may_give(issuer, &Given::held(given)).is_ok()
                    && self.obstacle(issuer, &given.credential, received).is_none()
                {
                    effective[*next] = true;
                    todo.push(*next);
                }
            }
        }
        self.effective = effective;
    }

    /// Whether an entry of this author counts; `allows` asks the table.
    pub(super) fn standing_of(
        &self,
        author: &PublicKey,
        entry: &EntryId,
        received: Option<Moment>,
        allows: impl Fn(&GrantRecord) -> bool,
    ) -> Standing {
        let mut reason = Standing::IssuerWithoutEffect;
        for (grant, effective) in self.grants.iter().zip(&self.effective) {
            if grant.key != *author || !effective || !allows(grant) {
                continue;
            }
            match self.obstacle(grant, entry, received) {
                None => return Standing::InEffect,
                Some(obstacle) => reason = obstacle,
            }
        }
        reason
    }

    /// Why this grant, although it counts, does not carry this entry.
    fn obstacle(
        &self,
        grant: &GrantRecord,
        entry: &EntryId,
        received: Option<Moment>,
    ) -> Option<Standing> {
        if grant.subject == Subject::Root {
            return None;
        }
        self.revoked(grant, entry, received)
            .or_else(|| self.lost_use(grant, entry))
            .or_else(|| expired(grant, received))
    }

    fn revoked(
        &self,
        grant: &GrantRecord,
        entry: &EntryId,
        received: Option<Moment>,
    ) -> Option<Standing> {
        self.orders
            .iter()
            .find(|order| order.revokes(grant) && !self.spares(order, entry, received))
            .filter(|_| !model::sabotaged!(IgnoreRevocation))
            .map(|order| Standing::Revoked { by: order.id() })
    }

    /// Whether the entry stands in spite of this revocation.
    fn spares(&self, order: &Order, entry: &EntryId, received: Option<Moment>) -> bool {
        let lists =
            |other: &Order| order.shares_lists(other) && other.record.stands.contains(entry);
        !model::sabotaged!(RevokeThePast)
            && (order.comes_after(received) || self.orders.iter().any(lists))
    }

    /// Why this is not the one use of the invite that counts.
    fn lost_use(&self, grant: &GrantRecord, entry: &EntryId) -> Option<Standing> {
        if grant.subject != Subject::Invite {
            return None;
        }
        if let Some(order) = self.overruling(&grant.unit, entry) {
            return Some(Standing::Revoked { by: order.id() });
        }
        match self.winner(grant) {
            Some(winner) if winner != *entry && !model::sabotaged!(CountSecondUse) => {
                Some(Standing::InviteUsedBefore { winner })
            }
            _ => None,
        }
    }

    fn overruling(&self, unit: &UnitPath, entry: &EntryId) -> Option<&Order> {
        self.orders
            .iter()
            .find(|order| order.aim == Aim::Use(*entry) && order.record.unit == *unit)
    }

    fn winner(&self, invite: &GrantRecord) -> Option<EntryId> {
        let invited = (invite.key, invite.unit.clone());
        self.winners.get(&invited).copied()
    }

    /// Of each invite the use that the level directly above received first; of those
    /// that it received at once or not at all the one that a level higher still did;
    /// else the smallest id. The times of one level are compared with each other only.
    fn find_winners(&mut self) {
        let first_of = |(invited, uses): (&Invited, &Vec<EntryId>)| {
            let open = uses
                .iter()
                .filter(|id| self.overruling(&invited.1, id).is_none());
            let first = open.min_by_key(|id| {
                let (met, higher) = (self.met.get(id), self.higher.get(id));
                let place = (met.is_none(), met, higher.is_none(), higher);
                (self.is_void(invited, id), place, *id)
            });
            first.map(|id| (invited.clone(), *id))
        };
        self.winners = self.uses.iter().filter_map(first_of).collect();
    }

    /// Whether no grant of the invite carries this use, so that it cannot stand in
    /// the way of one that is carried.
    fn is_void(&self, invited: &Invited, entry: &EntryId) -> bool {
        let received = self.received.get(entry).copied();
        let mut grants = self.grants.iter().filter(|grant| {
            grant.subject == Subject::Invite && grant.key == invited.0 && grant.unit == invited.1
        });
        grants.all(|grant| {
            self.revoked(grant, entry, received).is_some() || expired(grant, received).is_some()
        })
    }

    /// Whether the credential of this grant counts.
    pub(super) fn counts(&self, grant: &GrantRecord) -> bool {
        let mut known = self.grants.iter().zip(&self.effective);
        // Of one key somebody may have made thousands: the cheap difference first.
        known.any(|(held, effective)| {
            held.credential == grant.credential && *effective && held == grant
        })
    }

    /// Whether the credential of this grant would count if no use of an invite had
    /// been overruled, or as the levels higher than the one directly above see it.
    pub(super) fn counts_but_for_the_level_above(&self, grant: &GrantRecord) -> bool {
        let mut case = self.clone();
        case.orders.retain(|order| matches!(order.aim, Aim::Key(_)));
        case.find_effective();
        if case.counts(grant) {
            return true;
        }
        case.see_from_higher_up();
        case.counts(grant)
    }

    /// What a higher level received is taken in its order, the rest as it was: the
    /// level directly above may date a receipt as early as it likes, and that must
    /// not put anything before what the higher one had met by then.
    fn see_from_higher_up(&mut self) {
        for (id, moment) in &self.higher {
            self.received.insert(*id, *moment);
        }
        self.rank_orders();
        std::mem::swap(&mut self.met, &mut self.higher);
        self.find_effective();
    }

    /// Whether something new may still rest on this grant.
    pub(super) fn is_open(&self, grant: &GrantRecord) -> bool {
        let revoked = self.orders.iter().any(|order| order.revokes(grant))
            && !model::sabotaged!(ServeRevokedNode);
        let spent = grant.subject == Subject::Invite && self.winner(grant).is_some();
        grant.subject == Subject::Root || !(revoked || spent)
    }

    /// Whether an entry's receipt can matter to its standing.
    pub(super) fn asks_for_receipts(&self, author: &PublicKey) -> bool {
        let own = |grant: &&GrantRecord| grant.key == *author;
        !self.orders.is_empty() || self.grants.iter().filter(own).any(|g| g.until.is_some())
    }
}

fn expired(grant: &GrantRecord, received: Option<Moment>) -> Option<Standing> {
    let until = grant.until.filter(|_| !model::sabotaged!(IgnoreExpiry))?;
    match received {
        Some((time, _)) if time > until && grant.subject == Subject::Invite => {
            Some(Standing::InviteExpired)
        }
        Some((time, _)) if time > until => Some(Standing::Expired),
        _ => None,
    }
}

fn rank(received: Option<Moment>, time: Timestamp, id: EntryId) -> Rank {
    // Before it is received it ends nothing that was received at that moment.
    (received.is_none(), received.unwrap_or((time, u64::MAX)), id)
}
