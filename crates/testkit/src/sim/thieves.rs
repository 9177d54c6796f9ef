//! Stolen and copied keys: of somebody who was revoked, and of an invite that is
//! used twice.

use std::collections::{BTreeMap, BTreeSet};

use identity::{Invite, SecretKey};
use replica::{JoinKeys, Replica};
use store::{EntryFilter, Store};
use wire::{Entry, EntryId, Role};

use super::failure::{Broken, Promise};
use super::people::unexplained;
use super::world::World;
use crate::Seeded;

/// What thieves sign as the number of employees: so many has no honest facility here.
const STOLEN_NUMBERS: [i64; 2] = [9_998, 9_999];

/// None of these numbers is a thief's.
pub(crate) fn check_not_stolen(name: &str, numbers: &BTreeMap<String, i64>) -> Result<(), Broken> {
    let number = numbers.get("B3");
    match number.filter(|number| STOLEN_NUMBERS.contains(number)) {
        None => Ok(()),
        Some(number) => {
            let words = format!("{name}: {number}, which a thief signed, counts");
            Err(Broken::new(Promise::NothingForged, words))
        }
    }
}

impl World<'_> {
    /// Its Sở revokes the key of somebody who goes on working behind a cut line.
    pub(crate) fn revoked_away(
        &mut self,
        facility: usize,
        rng: &mut Seeded,
    ) -> Result<Option<String>, Broken> {
        let so = self.machines[facility].above;
        let Some(key) = self.machines[facility].colleagues.last().cloned() else {
            return Ok(None);
        };
        let revoked = self.revoke(so, &key.public(), rng)?;
        let Some(revocation) = revoked else {
            return Ok(None);
        };
        let before = self.machines[facility].safe.held.clone();
        let number = 3_000 + i64::try_from(rng.below(1_000)).unwrap_or(0);
        self.types(facility, Some(key.clone()), ("B3", number), rng)?;
        self.seal(facility, key, rng)?;
        let after = &self.machines[facility].safe.held;
        let made: Vec<EntryId> = after.difference(&before).copied().collect();
        let away = !made.is_empty() && self.parted_by(facility, so).is_some();
        self.known
            .powerless
            .extend(made.into_iter().map(|id| (id, revocation)));
        Ok(away.then(|| "revoked".to_owned()))
    }

    /// A key of the facility's is stolen, its revocation known to the Sở, and then
    /// the thief signs.
    pub(crate) fn stolen_key(
        &mut self,
        facility: usize,
        rng: &mut Seeded,
    ) -> Result<Option<String>, Broken> {
        if rng.below(2) == 0 {
            return self.stolen_machine(facility, rng);
        }
        let so = self.machines[facility].above;
        let thief = SecretKey::generate(rng);
        let roles = BTreeSet::from([Role::Editor, Role::Head]);
        let named = self.with(facility, rng, |replica, person, env| {
            replica.add_person(person, thief.public(), "Phó", roles, env.clock)
        })?;
        let revoked = self.revoke(facility, &thief.public(), rng)?;
        let (Some(_), Some(revocation)) = (named, revoked) else {
            return Ok(None);
        };
        self.carry(facility, so)?;
        if !self.machines[so].safe.held.contains(&revocation) {
            return Ok(None);
        }
        let Some(raw) = self.change(facility, &thief, rng.below(u64::MAX), STOLEN_NUMBERS[1])
        else {
            return Ok(None);
        };
        let entry = self.changes(facility, &thief, raw)?;
        let id = entry.id();
        self.give(so, facility, vec![entry], rng)?;
        self.known.powerless.insert(id, revocation);
        Ok(Some(id.short()))
    }

    /// The machine is stolen with the key of the head. The Sở revokes both keys; what
    /// it holds of them stands, the thief gets no session and has no effect, and the
    /// facility joins anew.
    fn stolen_machine(
        &mut self,
        facility: usize,
        rng: &mut Seeded,
    ) -> Result<Option<String>, Broken> {
        let so = self.machines[facility].above;
        let machine = &self.machines[facility];
        let (Some(head), Some(node)) = (machine.person.clone(), machine.node.clone()) else {
            return Ok(None);
        };
        let of_head = self.revoke(so, &head.public(), rng)?;
        let of_node = self.revoke(so, &node.public(), rng)?;
        if let Some(revocation) = of_head
            && let Some(raw) = self.change(facility, &head, rng.below(u64::MAX), STOLEN_NUMBERS[0])
        {
            let entry = self.changes(facility, &head, raw)?;
            self.known.powerless.insert(entry.id(), revocation);
            self.give(so, facility, vec![entry], rng)?;
        }
        if of_node.is_some() && self.meet(facility, so, Vec::new()).is_ok() {
            let words = format!("{} is served with a revoked key", self.name(facility));
            return Err(Broken::new(Promise::NothingForged, words));
        }
        if of_head.is_some() || of_node.is_some() {
            self.enrol_anew(facility, rng);
            // Whom these keys invited and the Sở has not met: it might be the thief.
            let unit = self.machines[facility].unit.clone();
            for other in 0..self.machines.len() {
                let machine = &self.machines[other];
                if machine.unit == unit && machine.has_joined() && !self.is_met(other) {
                    self.enrol_anew(other, rng);
                }
            }
        }
        Ok((of_head.is_some() && of_node.is_some()).then(|| "with its machine".to_owned()))
    }

    /// Two machines join by one invite. The Sở gives its receipt to one of them.
    pub(crate) fn invite_twice(
        &mut self,
        facility: usize,
        rng: &mut Seeded,
    ) -> Result<Option<String>, Broken> {
        let so = self.machines[facility].above;
        let unit = self.machines[facility].unit.clone();
        let invite = self.with(facility, rng, |replica, person, env| {
            replica.invite(person, &unit, "Máy hai", None, env)
        })?;
        let Some(invite) = invite.and_then(|issued| Invite::parse(&issued.text).ok()) else {
            return Ok(None);
        };
        self.carry(facility, so)?;
        let mut uses = Vec::new();
        for _ in 0..2 {
            let Some(ghost) = self.ghost(&invite, rng)? else {
                return Ok(None);
            };
            if !self.give(so, facility, ghost.entries()?, rng)? {
                return Ok(None);
            }
            uses.push(ghost.credential);
        }
        if self.machines[so].safe.held.contains(&uses[1]) {
            self.known.powerless.insert(uses[1], uses[0]);
        }
        Ok(Some("twice".to_owned()))
    }

    /// A machine that joins somewhere out of sight.
    pub(crate) fn ghost(&self, invite: &Invite, rng: &mut Seeded) -> Result<Option<Ghost>, Broken> {
        let keys = JoinKeys::generate(rng);
        let clock = replica::Clock {
            now: self.now,
            simulated: false,
        };
        let joined = Store::open_in_memory()
            .map_err(replica::Error::from)
            .and_then(|store| Replica::join(store, invite, &keys, "Ai đó", "PC", clock));
        // Only an invite of another age is not taken.
        let Ok(replica) = joined else {
            return Ok(None);
        };
        let ghost = Ghost {
            replica,
            credential: EntryId([0; 32]),
            person: keys.person,
        };
        let entries = ghost.entries()?;
        let by_invite = |entry: &&Entry| entry.author() == invite.secret.public();
        let credential = entries.iter().find(by_invite).map(Entry::id);
        Ok(credential.map(|credential| Ghost {
            credential,
            ..ghost
        }))
    }
}

/// A machine that no other one ever dials.
pub(crate) struct Ghost {
    pub(crate) replica: Replica,
    /// The entry by which it joined.
    pub(crate) credential: EntryId,
    pub(crate) person: SecretKey,
}

impl Ghost {
    /// All that it holds.
    pub(crate) fn entries(&self) -> Result<Vec<Entry>, Broken> {
        let stored = self.replica.store().entries(&EntryFilter::default());
        let stored = stored.map_err(|error| unexplained("a ghost", &error.into()))?;
        let entries = stored.iter().map(|stored| stored.entry.entry().clone());
        Ok(entries.collect())
    }
}
