//! How machines come to a tree: invited, joined, met, and given more time.

use identity::Invite;
use replica::{JoinKeys, Replica};
use wire::Kind;

use super::failure::Broken;
use super::people::unexplained;
use super::plan::{DAY, HOUR, chance};
use super::world::{Next, World};
use crate::Seeded;

impl World<'_> {
    /// Joins by an invite of the level above, or of the unit's first machine.
    pub(crate) fn join(&mut self, who: usize, rng: &mut Seeded) -> Result<Option<String>, Broken> {
        if self.machines[who].has_joined() {
            return Ok(None);
        }
        let Some(inviter) = self.inviter(who) else {
            return Ok(None);
        };
        let Some(text) = self.invite(inviter, who, rng)? else {
            return Ok(Some("no invite".to_owned()));
        };
        self.join_by(who, &text, rng)
    }

    /// Who invites a machine: another one of its unit, else the level above.
    pub(crate) fn inviter(&self, who: usize) -> Option<usize> {
        let unit = &self.machines[who].unit;
        let up = |slot: &usize| self.machines[*slot].is_up();
        let beside = (0..self.machines.len())
            .filter(|slot| *slot != who && up(slot))
            .find(|slot| self.machines[*slot].unit == *unit);
        let second = self.machines[who].beside.is_some();
        let above = Some(self.machines[who].above).filter(up);
        beside.or(above.filter(|_| !second))
    }

    /// The text of an invite for a machine's unit.
    pub(crate) fn invite(
        &mut self,
        inviter: usize,
        who: usize,
        rng: &mut Seeded,
    ) -> Result<Option<String>, Broken> {
        let unit = self.machines[who].unit.clone();
        let name = format!("Đơn vị {}", unit.last());
        let issued = self.with(inviter, rng, |replica, person, env| {
            replica.invite(person, &unit, &name, None, env)
        })?;
        Ok(issued.map(|issued| issued.text))
    }

    pub(crate) fn join_by(
        &mut self,
        who: usize,
        text: &str,
        rng: &mut Seeded,
    ) -> Result<Option<String>, Broken> {
        let now = self.now;
        let machine = &mut self.machines[who];
        let clock = machine.clock(now);
        let keys = JoinKeys::generate(rng);
        let name = format!("Người {}", machine.unit.last());
        let joined = Replica::read_invite(text, machine.unit.level()).and_then(|invite| {
            machine.invite = Some(invite.clone());
            let store = machine.new_store()?;
            Replica::join(store, &invite, &keys, &name, "PC", clock)
        });
        match joined {
            Ok(replica) => {
                machine.replica = Some(replica);
                machine.person = Some(keys.person);
                machine.node = Some(keys.node);
                machine.boots += 1;
                if machine.invite.as_ref().is_some_and(Invite::is_reenrolment) {
                    self.known_anew(who);
                }
                self.look(who)?;
                self.after(HOUR, Next::FirstCall(who));
                Ok(Some("joined".to_owned()))
            }
            // By its own clock, or by that of whoever invited it.
            Err(error @ replica::Error::InviteExpired) => Ok(Some(error.code().to_owned())),
            Err(error) if self.sprung(who, rng) => Ok(Some(error.code().to_owned())),
            Err(error) => Err(unexplained("joining", &error)),
        }
    }

    /// How a machine joined must show everywhere as an enrolment anew.
    fn known_anew(&mut self, who: usize) {
        let machine = &self.machines[who];
        let Some(invite) = &machine.invite else {
            return;
        };
        let (entries, by) = (machine.entries(), invite.secret.public());
        let by = entries.iter().find(|entry| entry.author() == by);
        let by = by.map(|entry| (invite.unit().clone(), entry.id()));
        self.known.reenrolled.extend(by);
    }

    /// Whether the level above holds the entry by which a machine joined.
    pub(crate) fn is_met(&self, who: usize) -> bool {
        let machine = &self.machines[who];
        let Some(invite) = &machine.invite else {
            return true;
        };
        let entries = self.machines[machine.above].entries();
        let by = invite.secret.public();
        entries.iter().any(|entry| entry.author() == by)
    }

    /// Until the level above has met a machine, somebody tries every day.
    pub(crate) fn first_call(&mut self, who: usize) {
        let above = self.machines[who].above;
        if !self.is_met(who) {
            let tried = u64::try_from((self.now.0 - self.plan.begin.0) / DAY).unwrap_or(0);
            let mut rng = chance(self.plan.seed, "first call", tried * 1_000 + who as u64);
            self.dial(who, above, 3_000_000 + self.trace.events, &mut rng);
            self.after(DAY, Next::FirstCall(who));
        }
    }

    /// Whoever invited a machine gives it more time, if the level above may not
    /// have met it before the invite ended: the first machine, else the level above.
    pub(crate) fn extend_invite(&mut self, who: usize, rng: &mut Seeded) -> Result<(), Broken> {
        let unit = self.machines[who].unit.clone();
        let beside = |slot: &usize| *slot != who && self.machines[*slot].unit == unit;
        let mut inviters: Vec<usize> = (0..self.machines.len()).filter(beside).collect();
        inviters.push(self.machines[who].above);
        // Its credentials, as a call that was refused has left them there: who
        // invited it may have been restored to a time before.
        let mut shown = self.machines[who].entries();
        shown.retain(|entry| {
            entry.body().kind() == Kind::Credential && entry.body().unit.contains(&unit)
        });
        for inviter in inviters {
            self.give(inviter, who, shown.clone(), rng)?;
            self.with(inviter, rng, |replica, person, env| {
                match replica.extend_invite(person, &unit, env.clock) {
                    Err(replica::Error::NoInviteToExtend(_)) => Ok(()),
                    extended => extended.map(drop),
                }
            })?;
        }
        self.extend_its_own(who, rng)
    }

    /// Where whoever invited a machine of its unit is gone, the level above does it.
    fn extend_its_own(&mut self, who: usize, rng: &mut Seeded) -> Result<(), Broken> {
        let machine = &self.machines[who];
        let (unit, above) = (machine.unit.clone(), machine.above);
        let Some(invite) = &machine.invite else {
            return Ok(());
        };
        let (inviter, key) = (invite.credential.author(), invite.secret.public());
        let mut people = self.machines.iter().filter_map(|one| one.person.as_ref());
        if people.any(|person| person.public() == inviter) {
            return Ok(());
        }
        let extended = self.with(above, rng, |replica, person, env| {
            match replica.extend_its_own(person, &unit, env.clock) {
                Err(replica::Error::NoInviteToExtend(_)) => Ok(Vec::new()),
                extended => extended,
            }
        })?;
        for invite in extended.into_iter().flatten() {
            // All of the unit's own, whoever uses them: a thief too.
            self.known.extended.insert(unit.clone());
            if invite.key == key {
                self.known_anew(who);
            }
        }
        Ok(())
    }
}
