//! What happens to machines: power cuts, failing and full disks, bit rot, old
//! backups, total loss, wrong clocks.

use identity::SecretKey;
use sync::Holdings;

use super::failure::{Broken, Promise};
use super::fault::Fault;
use super::plan::{DAY, HOUR, Trap, Wrong};
use super::world::{Next, World};
use crate::Seeded;
use crate::disk::{self, Fuse, Lasting, On};

/// Room that is left on a disk that fills up.
const ROOM_MAX_BYTES: u64 = 64 << 10;

/// Which kind of harm a disk's fault is.
pub(crate) fn fault_of(tripped: disk::Fault) -> Fault {
    match tripped {
        disk::Fault::Kill => Fault::CrashInside,
        disk::Fault::PowerCut => Fault::PowerCutInside,
        disk::Fault::Eio(_) => Fault::FailedWrite,
        disk::Fault::Enospc(_) => Fault::FullDisk,
    }
}

impl World<'_> {
    pub(crate) fn power_cut(&mut self, who: usize, rng: &mut Seeded) -> Option<String> {
        if !self.machines[who].is_up() {
            return None;
        }
        self.trace.harm(Fault::PowerCut);
        self.machines[who].lose_power(rng);
        self.down(who, rng);
        Some("off".to_owned())
    }

    /// Something will go wrong within a write to come.
    pub(crate) fn set_trap(&mut self, who: usize, after: u64, trap: Trap) -> Option<String> {
        let machine = &self.machines[who];
        if !machine.is_up() || machine.ailing.any() {
            return None;
        }
        self.arm(who, after, trap);
        Some("set".to_owned())
    }

    pub(crate) fn arm(&mut self, who: usize, after: u64, trap: Trap) {
        let machine = &mut self.machines[who];
        let what = match trap {
            Trap::Dies => disk::Fault::Kill,
            Trap::LosesPower => disk::Fault::PowerCut,
            Trap::Fails => disk::Fault::Eio(Lasting::Once),
        };
        machine.ailing.trap = true;
        machine.disk.arm(Fuse {
            after,
            what,
            on: On::Any,
        });
    }

    pub(crate) fn fill_disk(&mut self, who: usize, hours: i64, rng: &mut Seeded) -> Option<String> {
        let machine = &mut self.machines[who];
        if !machine.is_up() || machine.ailing.any() {
            return None;
        }
        machine.ailing.full = true;
        let room = rng.below(ROOM_MAX_BYTES);
        let used = machine.disk.bytes();
        machine.disk.fill(used + room);
        self.after(hours * HOUR, Next::Room(who));
        Some(format!("{room} bytes left"))
    }

    /// A bit of an entry flips in the file. Nobody sees it until the entry is read, the
    /// machine starts again, or somebody looks for damage, once a day.
    pub(crate) fn rot(&mut self, who: usize, rng: &mut Seeded) -> Result<Option<String>, Broken> {
        let machine = &self.machines[who];
        if !machine.is_up() || machine.ailing.any() || machine.rotten.is_some() {
            return Ok(None);
        }
        let stored = self.machines[who].stored_after(0);
        let chosen = usize::try_from(rng.below(stored.len() as u64)).unwrap_or(0);
        let Some(chosen) = stored.get(chosen) else {
            return Ok(None);
        };
        let (id, bytes) = (chosen.entry.id(), chosen.entry.bytes().to_vec());
        // Closing writes the log back into the file.
        self.machines[who].replica = None;
        let flipped = self.machines[who].disk.flip_bit(&bytes, rng);
        if let Err(error) = self.machines[who].boot() {
            let words = format!("{} does not start: {error:?}", self.name(who));
            return Err(Broken::new(Promise::NothingLost, words));
        }
        if !flipped {
            return Ok(Some("not found in the file".to_owned()));
        }
        self.known.forgetful[who] = true;
        self.trace.harm(Fault::BitRot);
        let machine = &mut self.machines[who];
        machine.rotten = Some(id);
        machine.touched = true;
        let found = machine.replica.as_ref().map(|replica| replica.verify());
        if matches!(found, Some(Ok(view)) if view.ok) {
            let name = self.name(who);
            let words = format!("{name}: a flipped bit in {} is not found", id.short());
            return Err(Broken::new(Promise::AllVerified, words));
        }
        Ok(Some(format!("{} of {}", id.short(), stored.len())))
    }

    /// What has rotted is noticed, by whatever failed for it, and taken out. Whether
    /// there was anything.
    pub(crate) fn notice_rot(&mut self, who: usize) -> Result<bool, Broken> {
        let machine = &mut self.machines[who];
        if !machine.is_up() {
            return Ok(false);
        }
        let Some(id) = machine.rotten.take() else {
            return Ok(false);
        };
        machine.mend_disk();
        self.say(format!("{} finds {} damaged", self.name(who), id.short()));
        self.repair(who, &id)?;
        Ok(true)
    }

    /// Takes out what is damaged.
    fn repair(&mut self, who: usize, id: &wire::EntryId) -> Result<(), Broken> {
        let name = self.name(who);
        let machine = &mut self.machines[who];
        let Some(replica) = &mut machine.replica else {
            return Ok(());
        };
        let repaired = replica.repair();
        match repaired {
            Ok(view) => {
                // Taken out with it is what cannot stand without it: put away, and
                // put back when it has come again.
                for taken in view.taken_out.iter().filter_map(|taken| taken.id) {
                    if machine.safe.held.remove(&taken) && taken != *id {
                        self.known.put_away.insert((who, taken), *id);
                    }
                }
                machine.safe.held.remove(id);
                self.known.damaged.insert(machine.unit.clone());
                // It had come back, and is damaged itself now.
                self.known.put_away.remove(&(who, *id));
                self.check_boot(who)?;
                if !self.knows_itself(who) && !self.is_met(who) {
                    // Its own chain is broken, and nobody can mend it: it is
                    // enrolled anew.
                    self.lose(who, &mut Seeded::new(who as u64));
                }
                Ok(())
            }
            Err(error) => {
                let words = format!("{name}: damage is not repaired: {error:?}");
                Err(Broken::new(Promise::AllVerified, words))
            }
        }
    }

    /// Whether it holds a credential for its own key.
    pub(crate) fn knows_itself(&mut self, who: usize) -> bool {
        let machine = &mut self.machines[who];
        let node = machine.node.as_ref().map(SecretKey::public);
        let (Some(node), Some(mut peering)) = (node, machine.peering()) else {
            return false;
        };
        peering.unit_of_peer(&node).is_ok_and(|unit| unit.is_some())
    }

    pub(crate) fn back_up(&mut self, who: usize) -> Option<String> {
        if !self.machines[who].is_up() || self.machines[who].ailing.any() {
            return None;
        }
        self.machines[who].put_backup_away();
        Some("put away".to_owned())
    }

    pub(crate) fn roll_back(&mut self, who: usize) -> Result<Option<String>, Broken> {
        if !self.machines[who].restore() {
            return Ok(None);
        }
        self.forgets(who);
        self.trace.harm(Fault::Rollback);
        self.boot(who)?;
        Ok(Some("an old copy".to_owned()))
    }

    /// The machine is gone with its keys. A day later somebody enrols it anew.
    pub(crate) fn lose(&mut self, who: usize, rng: &mut Seeded) -> Option<String> {
        let machine = &self.machines[who];
        // A unit of two machines loses one; the other one invites the new one.
        if who == 0 || !machine.has_joined() {
            return None;
        }
        self.trace.harm(Fault::TotalLoss);
        self.enrol_anew(who, rng);
        Some("lost".to_owned())
    }

    /// A machine is away with its keys, and another one takes its place.
    pub(crate) fn enrol_anew(&mut self, who: usize, rng: &mut Seeded) {
        self.machines[who].lose();
        self.forgets(who);
        let days = 1 + i64::try_from(rng.below(5)).unwrap_or(0);
        self.after(days * DAY, Next::Rejoin(who));
    }

    /// It is not what it was.
    fn forgets(&mut self, who: usize) {
        self.known.forgetful[who] = true;
        self.known.put_away.retain(|(of, _), _| *of != who);
    }

    pub(crate) fn set_clock(&mut self, who: usize, wrong: Wrong, hours: i64) -> Option<String> {
        if !self.machines[who].is_up() {
            return None;
        }
        self.known.misdated[who] = true;
        self.trace.harm(match wrong {
            Wrong::Stopped => Fault::ClockStopped,
            Wrong::By(ms) if ms.abs() > DAY => Fault::ClockYear,
            Wrong::By(_) => Fault::ClockDay,
        });
        self.machines[who].wrong = Some(wrong);
        self.machines[who].stopped_at = self.now;
        self.after(hours * HOUR, Next::RightClock(who));
        Some("wrong".to_owned())
    }
}
