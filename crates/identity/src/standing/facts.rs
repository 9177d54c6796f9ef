//! What is held that bears on one key at one unit, or on all keys of a unit.
//!
//! Only grants at the unit or above it are gathered: nothing that is said below
//! or beside a unit can touch it. Each is kept once, however many keys chain
//! through it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use model::{Timestamp, UnitPath};
use wire::{EntryId, PublicKey, Subject};

use super::Judge;
use crate::ledger::{Aim, GrantRecord, Ledger, RevocationRecord};

/// When something was received: by the receipt's time, and within one moment by
/// its place in the chain.
pub(super) type Moment = (Timestamp, u64);

/// A key, whoever granted it something and however often, at one unit.
pub(super) type Place = (PublicKey, UnitPath);

/// About whom something is gathered.
#[derive(Clone, Copy)]
pub(super) enum Whom<'a> {
    /// This key at this unit.
    One(&'a PublicKey, &'a UnitPath),
    /// Everybody at this unit.
    All(&'a UnitPath),
}

/// The held revocations of one key in one unit.
pub(super) struct Revocations {
    /// By author.
    records: Vec<Rc<RevocationRecord>>,
    /// Which of them list an entry as standing, ascending.
    listers: HashMap<EntryId, Vec<usize>>,
}

impl Revocations {
    pub(super) fn new(mut records: Vec<RevocationRecord>) -> Self {
        records.sort_by_key(|record| record.author);
        let mut listers: HashMap<EntryId, Vec<usize>> = HashMap::new();
        for (at, record) in records.iter().enumerate() {
            for id in &record.stands {
                listers.entry(*id).or_default().push(at);
            }
        }
        let records = records.into_iter().map(Rc::new).collect();
        Revocations { records, listers }
    }

    /// This author's that list an entry.
    pub(super) fn listing(
        &self,
        entry: &EntryId,
        author: &PublicKey,
    ) -> impl Iterator<Item = &RevocationRecord> {
        let listers = self.listers.get(entry).map_or(&[][..], Vec::as_slice);
        let author_of = |at: &usize| self.records.get(*at).map(|record| record.author);
        let from = listers.partition_point(|at| author_of(at) < Some(*author));
        let records = listers.iter().skip(from);
        let records = records.filter_map(|at| self.records.get(*at).map(Rc::as_ref));
        records.take_while(|record| record.author == *author)
    }
}

/// The gathered facts.
#[derive(Default)]
pub(super) struct Facts {
    pub(super) grants: Vec<GrantRecord>,
    /// Of each key the grants to it, by credential.
    of_key: HashMap<PublicKey, Vec<usize>>,
    /// Of each key the grants that it gave.
    by_issuer: HashMap<PublicKey, Vec<usize>>,
    by_credential: HashMap<EntryId, Vec<usize>>,
    pub(super) orders: HashMap<EntryId, Rc<RevocationRecord>>,
    pub(super) revocations: HashMap<Place, Rc<Revocations>>,
    pub(super) received: HashMap<EntryId, Moment>,
    /// When the level directly above received it: of uses of one invite.
    pub(super) met: HashMap<EntryId, Moment>,
    /// When a level higher still did.
    pub(super) higher: HashMap<EntryId, Moment>,
    pub(super) uses: HashMap<Place, Vec<EntryId>>,
    /// Of each use its invite.
    invite_of: HashMap<EntryId, Place>,
    /// When the last grant of an invite ends; `None` if one never does.
    ends: HashMap<Place, Option<Timestamp>>,
    /// Of whom everything is gathered.
    seen: HashSet<Place>,
}

impl Facts {
    /// Collects what is held. Receipts are asked for only where one can matter:
    /// hardly ever.
    pub(super) fn gather<L: Ledger>(
        whom: Whom<'_>,
        judge: &mut Judge<'_, L>,
    ) -> Result<Facts, L::Error> {
        let mut facts = Facts::default();
        match whom {
            Whom::One(key, unit) => facts.follow(vec![(*key, unit.clone())], judge)?,
            Whom::All(unit) => {
                let grants = judge.ledger.grants_at(unit)?.into_iter();
                let keys = grants.map(|grant| (grant.key, unit.clone())).collect();
                facts.follow(keys, judge)?;
                let mut authors = Vec::new();
                for record in judge.ledger.revocations_at(unit)? {
                    facts.add_order(&Rc::new(record), &mut authors);
                }
                facts.follow(authors, judge)?;
            }
        }
        facts.sort();
        facts.ask_for_receipts(judge)?;
        Ok(facts)
    }

    fn follow<L: Ledger>(
        &mut self,
        mut todo: Vec<Place>,
        judge: &mut Judge<'_, L>,
    ) -> Result<(), L::Error> {
        while let Some(place) = todo.pop() {
            if !self.seen.insert(place.clone()) {
                continue;
            }
            for grant in judge.ledger.grants_above(&place.0, &place.1)? {
                let known = self.grants_in(&grant.credential);
                let same =
                    |held: &GrantRecord| held.key == grant.key && held.subject == grant.subject;
                if !known
                    .iter()
                    .any(|at| self.grants.get(*at).is_some_and(same))
                {
                    self.add(grant, judge, &mut todo)?;
                }
            }
        }
        Ok(())
    }

    fn add<L: Ledger>(
        &mut self,
        grant: GrantRecord,
        judge: &mut Judge<'_, L>,
        todo: &mut Vec<Place>,
    ) -> Result<(), L::Error> {
        if grant.subject != Subject::Root {
            todo.push((grant.issuer, grant.unit.clone()));
        }
        let place = (grant.key, grant.unit.clone());
        if !self.revocations.contains_key(&place) {
            let revocations = judge.revocations(&place)?;
            for record in &revocations.records {
                self.add_order(record, todo);
            }
            self.revocations.insert(place.clone(), revocations);
        }
        if grant.subject == Subject::Invite {
            let end = self.ends.entry(place.clone()).or_insert(grant.until);
            *end = end.and_then(|end| grant.until.map(|until| until.max(end)));
            self.add_uses(place, judge, todo)?;
        }
        let at = self.grants.len();
        self.of_key.entry(grant.key).or_default().push(at);
        self.by_issuer.entry(grant.issuer).or_default().push(at);
        let in_credential = self.by_credential.entry(grant.credential);
        in_credential.or_default().push(at);
        self.grants.push(grant);
        Ok(())
    }

    fn add_uses<L: Ledger>(
        &mut self,
        invite: Place,
        judge: &Judge<'_, L>,
        todo: &mut Vec<Place>,
    ) -> Result<(), L::Error> {
        if self.uses.contains_key(&invite) {
            return Ok(());
        }
        let uses = judge.ledger.uses_of(&invite.0, &invite.1)?;
        for id in &uses {
            self.invite_of.insert(*id, invite.clone());
            for record in judge.ledger.overruled(id, &invite.1)? {
                self.add_order(&Rc::new(record), todo);
            }
        }
        self.uses.insert(invite, uses);
        Ok(())
    }

    fn add_order(&mut self, record: &Rc<RevocationRecord>, todo: &mut Vec<Place>) {
        self.orders.entry(record.id).or_insert_with(|| {
            todo.push((record.author, record.unit.clone()));
            record.clone()
        });
    }

    fn sort(&mut self) {
        let grants = &self.grants;
        for held in self.of_key.values_mut() {
            held.sort_by_key(|at| grants.get(*at).map(|grant| grant.credential));
        }
    }

    fn ask_for_receipts<L: Ledger>(&mut self, judge: &mut Judge<'_, L>) -> Result<(), L::Error> {
        let ending = self.grants.iter().filter(|grant| grant.until.is_some());
        let mut ending: HashSet<PublicKey> = ending.map(|grant| grant.key).collect();
        ending.extend(self.orders.values().filter_map(|order| match order.aim {
            Aim::Key(key) => Some(key),
            Aim::Use(_) => None,
        }));
        let given = self.grants.iter();
        let given = given.filter(|grant| ending.contains(&grant.issuer));
        let mut entries: BTreeSet<EntryId> = given.map(|grant| grant.credential).collect();
        entries.extend(self.orders.keys());
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
        Ok(())
    }

    /// Whether all that bears on this key at this unit is gathered.
    pub(super) fn is_about(&self, place: &Place) -> bool {
        self.seen.contains(place)
    }

    pub(super) fn grants_to(&self, key: &PublicKey) -> &[usize] {
        self.of_key.get(key).map_or(&[], Vec::as_slice)
    }

    pub(super) fn grants_by(&self, key: &PublicKey) -> &[usize] {
        self.by_issuer.get(key).map_or(&[], Vec::as_slice)
    }

    pub(super) fn grants_in(&self, credential: &EntryId) -> &[usize] {
        self.by_credential
            .get(credential)
            .map_or(&[], Vec::as_slice)
    }

    /// The place of a grant as it is gathered.
    pub(super) fn find(&self, grant: &GrantRecord) -> Option<usize> {
        let same = |at: &&usize| self.grants.get(**at) == Some(grant);
        self.grants_in(&grant.credential).iter().find(same).copied()
    }

    pub(super) fn invite_of(&self, used: &EntryId) -> Option<&Place> {
        self.invite_of.get(used)
    }

    pub(super) fn end_of(&self, invite: &Place) -> Option<Timestamp> {
        self.ends.get(invite).copied().flatten()
    }

    /// Of the grants at these places one of each sort, the one that ends last: what
    /// one of them carries, that one does.
    pub(super) fn widest(&self, held: impl Iterator<Item = usize>) -> Vec<&GrantRecord> {
        let mut widest: BTreeMap<_, &GrantRecord> = BTreeMap::new();
        let end = |grant: &GrantRecord| (grant.until.is_none(), grant.until);
        for grant in held.filter_map(|at| self.grants.get(at)) {
            let sort = (&grant.unit, grant.subject as u8, &grant.roles);
            let known = widest.entry(sort).or_insert(grant);
            if end(grant) > end(known) {
                *known = grant;
            }
        }
        widest.into_values().collect()
    }
}
