//! What people do: found, fill, sign, submit, review, consolidate, hire and dismiss.

use std::collections::{BTreeMap, BTreeSet};

use identity::SecretKey;
use replica::{Env, Founded, Replica, ReportKey};
use wire::{EntryId, PublicKey, Role};

use super::failure::{Broken, Promise};
use super::plan::{Act, chance};
use super::thieves::check_not_stolen;
use super::typed::Touches;
use super::world::World;
use super::{FORM, quarter};
use crate::{ANSWERS, Seeded};

/// Fields that people edit, each with the least that the checks let pass.
pub(crate) const NUMBERS: [(&str, i64); 3] = [("B3", 200), ("G1", 2_000_000_000), ("E4", 10)];

/// The same fields in [`ANSWERS`].
const FILLED: [(&str, i64); 3] = [("B3", 120), ("G1", 1_000_000_000), ("E4", 2)];

/// Questions of which the rollup says how many said yes.
pub(crate) const SHARES: [&str; 1] = ["E1"];

/// Why a command may be refused although nothing is wrong with the node: the report is
/// not ready, two have submitted, something has not arrived, or a key was revoked.
const REFUSALS: [&str; 7] = [
    "check-failed",
    "disk-full",
    "incomplete",
    "no-such-person",
    "refused",
    "two-submissions",
    "without-effect",
];

impl World<'_> {
    /// The Bộ founds the tree.
    pub(crate) fn found(&mut self) -> Result<(), Broken> {
        let mut rng = chance(self.plan.seed, "found", 0);
        let keys = Founded::generate(&mut rng);
        let clock = self.machines[0].clock(self.now);
        let bo = &mut self.machines[0];
        let founded = bo
            .new_store()
            .map_err(replica::Error::from)
            .and_then(|store| Replica::found(store, &keys, "Bộ Y tế", "Anh Bộ", false, clock));
        bo.replica = Some(founded.map_err(|error| unexplained("founding", &error))?);
        bo.person = Some(keys.person);
        bo.node = Some(keys.node);
        self.say("the Bộ founds the tree");
        self.look(0)
    }

    /// Runs a command of a machine's own person. `None`: it is down, or the
    /// command was refused or failed for a reason that the run knows.
    pub(crate) fn with<T>(
        &mut self,
        who: usize,
        rng: &mut Seeded,
        command: impl FnOnce(&mut Replica, &SecretKey, &mut Env<'_>) -> Result<T, replica::Error>,
    ) -> Result<Option<T>, Broken> {
        let person = self.machines[who].person.clone();
        self.with_person(who, (person, Touches::Nothing), rng, command)
    }

    /// The same of somebody at a machine, and of a command that may touch drafts.
    pub(crate) fn with_person<T>(
        &mut self,
        who: usize,
        (person, touches): (Option<SecretKey>, Touches),
        rng: &mut Seeded,
        command: impl FnOnce(&mut Replica, &SecretKey, &mut Env<'_>) -> Result<T, replica::Error>,
    ) -> Result<Option<T>, Broken> {
        let machine = &mut self.machines[who];
        let clock = machine.clock(self.now);
        let (Some(replica), Some(person)) = (&mut machine.replica, person) else {
            return Ok(None);
        };
        let mut entropy = Seeded::new(rng.below(u64::MAX));
        let mut env = Env {
            clock,
            entropy: &mut entropy,
        };
        let result = command(replica, &person, &mut env);
        self.refusal = result.as_ref().err().map(replica::Error::code);
        if let Err(failed) = &result {
            let name = self.name(who);
            self.say(format!("{name}: refused, {failed}"));
            let explained = match failed {
                replica::Error::Store(_) => self.sprung(who, rng),
                _ => REFUSALS.contains(&failed.code()),
            };
            if !explained {
                return Err(unexplained(&name, failed));
            }
        }
        // Also a command that failed may have done a part of what it was to do; it
        // has undone nothing.
        self.check_drafts(who, &person.public(), touches)?;
        self.look(who)?;
        Ok(result.ok())
    }

    /// Filling in a report, at a facility.
    pub(crate) fn work(
        &mut self,
        who: usize,
        act: &Act,
        id: u64,
        rng: &mut Seeded,
    ) -> Result<Option<String>, Broken> {
        if !self.machines[who].is_up() {
            return Ok(None);
        }
        let key = self.machines[who].report();
        // Colleagues edit too; only heads submit.
        let colleagues = &self.machines[who].colleagues;
        let editor = match colleagues.last() {
            Some(colleague) if id.is_multiple_of(2) => Some(colleague.clone()),
            _ => self.machines[who].person.clone(),
        };
        let done = match act {
            Act::Fill => {
                let head = self.machines[who].person.clone();
                let filled = self.with_person(
                    who,
                    (head, Touches::Types(None)),
                    rng,
                    |replica, head, env| replica.fill(&key, &head.public(), ANSWERS, env).map(drop),
                )?;
                for (code, number) in FILLED {
                    let unit = &self.machines[who].unit;
                    self.known.note_typed(unit, code, number, filled.is_some());
                }
                filled
            }
            Act::Edit => {
                let (code, least) = NUMBERS[usize::try_from(id).unwrap_or(0) % NUMBERS.len()];
                let number = least + i64::try_from(id).unwrap_or(0);
                self.types(who, editor, (code, number), rng)?
            }
            Act::Seal => self.seal_all(who, rng)?,
            _ => return self.submit(who, rng),
        };
        Ok(Some(
            if done.is_some() { "done" } else { "not done" }.to_owned(),
        ))
    }

    /// Somebody types a number into the quarter's report.
    pub(crate) fn types(
        &mut self,
        who: usize,
        editor: Option<SecretKey>,
        (code, number): (&'static str, i64),
        rng: &mut Seeded,
    ) -> Result<Option<()>, Broken> {
        let Some(editor) = editor else {
            return Ok(None);
        };
        let key = self.machines[who].report();
        let touches = Touches::Types(Some(code));
        let typed = self.with_person(
            who,
            (Some(editor.clone()), touches),
            rng,
            |replica, person, env| {
                let typed = number.to_string();
                replica.set(&key, &person.public(), code, &typed, env.clock)
            },
        )?;
        let unit = &self.machines[who].unit;
        self.known.note_typed(unit, code, number, typed.is_some());
        if typed.is_some() {
            self.check_typed(who, &editor.public(), code, number)?;
        }
        Ok(typed)
    }

    /// Everybody at a machine signs what they typed.
    pub(crate) fn seal_all(&mut self, who: usize, rng: &mut Seeded) -> Result<Option<()>, Broken> {
        let mut sealed = None;
        for person in self.everybody(who) {
            sealed = self.seal(who, person, rng)?;
        }
        Ok(sealed)
    }

    /// One of them does.
    pub(crate) fn seal(
        &mut self,
        who: usize,
        person: SecretKey,
        rng: &mut Seeded,
    ) -> Result<Option<()>, Broken> {
        let signs = (Some(person), Touches::Signs);
        self.with_person(who, signs, rng, |replica, person, env| {
            replica.seal_all(person, env).map(drop)
        })
    }

    fn everybody(&self, who: usize) -> Vec<SecretKey> {
        let machine = &self.machines[who];
        let people = machine.person.iter().chain(&machine.colleagues);
        let people = people.chain(&machine.former);
        people.cloned().collect()
    }

    /// Settles what is in conflict, signs what waits, and submits.
    pub(crate) fn submit(
        &mut self,
        who: usize,
        rng: &mut Seeded,
    ) -> Result<Option<String>, Broken> {
        let key = self.machines[who].report();
        self.seal_all(who, rng)?;
        self.settle_conflicts(who, rng)?;
        let head = self.machines[who].person.clone();
        let submitted =
            self.with_person(who, (head, Touches::Signs), rng, |replica, head, env| {
                replica.submit(&key, head, env)
            })?;
        let Some((id, _)) = submitted else {
            return Ok(Some("not submitted".to_owned()));
        };
        if !self.machines[who].safe.held.contains(&id) {
            let words = format!("{} does not hold what it submitted", self.name(who));
            return Err(Broken::new(Promise::NothingLost, words));
        }
        if let Some(replica) = &self.machines[who].replica {
            let numbers = numbers_of(replica, &key);
            check_not_stolen(&self.name(who), &numbers)?;
            self.known.signed.entry(id).or_insert(numbers);
        }
        Ok(Some(format!("submitted {}", id.short())))
    }

    pub(crate) fn settle_conflicts(&mut self, who: usize, rng: &mut Seeded) -> Result<(), Broken> {
        let key = self.machines[who].report();
        let conflicts = self.with(who, rng, |replica, _, _| replica.conflicts(&key))?;
        for conflict in conflicts.into_iter().flatten() {
            let head = self.machines[who].person.clone();
            let settles = (head, Touches::Types(None));
            self.with_person(who, settles, rng, |replica, head, env| {
                replica.resolve(&key, &head.public(), &conflict.code, 1, env.clock)
            })?;
        }
        Ok(())
    }

    /// A Sở goes through its queue: one in four is returned.
    pub(crate) fn review(
        &mut self,
        who: usize,
        rng: &mut Seeded,
    ) -> Result<Option<String>, Broken> {
        let lines = self.with(who, rng, |replica, _, _| {
            replica.review_list(FORM, quarter())
        })?;
        let mut words = Vec::new();
        for line in lines.into_iter().flatten() {
            if line.state != "submitted" {
                continue;
            }
            let key = ReportKey::regular(&line.unit, FORM, quarter());
            let back = rng.below(4) == 0;
            let reviewed = self.with(who, rng, |replica, person, env| {
                if back {
                    let remark = ("B3".to_owned(), "xem lại".to_owned());
                    replica
                        .return_report(&key, person, &[remark], env.clock)
                        .map(drop)
                } else {
                    replica.accept(&key, person, env.clock).map(drop)
                }
            })?;
            if reviewed.is_some() {
                let verdict = if back { "returned" } else { "accepted" };
                words.push(format!("{} {verdict}", line.unit));
            }
        }
        Ok((!words.is_empty()).then(|| words.join(", ")))
    }

    pub(crate) fn consolidate(&mut self, who: usize) -> Result<Option<String>, Broken> {
        let mut rng = chance(self.plan.seed, "consolidate", who as u64);
        let signed = self.with(who, &mut rng, |replica, person, env| {
            replica.sign_rollup(FORM, quarter(), person, env.clock)
        })?;
        Ok(signed.map(|(view, new)| format!("rollup {} ({new})", view.id.short())))
    }

    pub(crate) fn hire(&mut self, who: usize, rng: &mut Seeded) -> Result<Option<String>, Broken> {
        let key = SecretKey::generate(rng);
        let roles = BTreeSet::from([Role::Editor]);
        let hired = self.with(who, rng, |replica, person, env| {
            replica.add_person(person, key.public(), "Người nhập", roles, env.clock)
        })?;
        if hired.is_some() {
            self.machines[who].colleagues.push(key);
        }
        Ok(hired.map(|_| "hired".to_owned()))
    }

    /// The key is revoked; what it signed so far stands.
    pub(crate) fn dismiss(&mut self, who: usize) -> Result<Option<String>, Broken> {
        let Some(leaving) = self.machines[who].colleagues.last().cloned() else {
            return Ok(None);
        };
        let mut rng = chance(self.plan.seed, "dismiss", who as u64);
        let revoked = self.revoke(who, &leaving.public(), &mut rng)?;
        if revoked.is_some() {
            let machine = &mut self.machines[who];
            machine.former.extend(machine.colleagues.pop());
        }
        Ok(revoked.map(|_| "dismissed".to_owned()))
    }

    /// A machine's own person revokes a key: what is held of it then stands.
    pub(crate) fn revoke(
        &mut self,
        who: usize,
        key: &PublicKey,
        rng: &mut Seeded,
    ) -> Result<Option<EntryId>, Broken> {
        let stands = self.machines[who].safe.held.clone();
        let revoked = self.with(who, rng, |replica, person, env| {
            replica.revoke(person, key, "thôi việc", env.clock)
        })?;
        if revoked.is_some() {
            let known = self.known.revoked.entry((*key, who));
            known.or_default().extend(stands);
        }
        Ok(revoked.and_then(|made| made.into_values().next()))
    }

    /// What one holds goes to another on a stick, as far as the two share it.
    pub(crate) fn carry(&mut self, who: usize, to: usize) -> Result<Option<String>, Broken> {
        if who == to || !self.machines[who].is_up() || !self.machines[to].is_up() {
            return Ok(None);
        }
        let ranges = sync::scope::shared(&self.machines[who].unit, &self.machines[to].unit);
        let mut entries = self.machines[who].entries();
        entries.retain(|entry| {
            let body = entry.body();
            let mut ranges = ranges.iter();
            ranges.any(|range| range.contains(&body.unit, body.stream, body.period))
        });
        let count = entries.len();
        let Some(from) = self.machines[who].node.clone() else {
            return Ok(None);
        };
        let mut rng = chance(self.plan.seed, "carry", self.trace.events);
        self.with(to, &mut rng, |replica, _, env| {
            replica.receive(&from.public(), entries, env.clock)
        })?;
        Ok(Some(format!("{count} entries")))
    }
}

/// The numbers that people edit, as they are shown, and 1 for each "yes".
pub(crate) fn numbers_of(replica: &Replica, key: &ReportKey) -> BTreeMap<String, i64> {
    let Ok(view) = replica.show(key) else {
        return BTreeMap::new();
    };
    let number = |code: &str| {
        let answer = view.answers.get(code)?;
        answer.as_i64().or(answer.as_bool().map(i64::from))
    };
    let codes = NUMBERS.iter().map(|(code, _)| *code).chain(SHARES);
    codes
        .filter_map(|code| Some((code.to_owned(), number(code)?)))
        .collect()
}

/// An error that nothing in the run explains.
pub(crate) fn unexplained(what: &str, error: &replica::Error) -> Broken {
    Broken::new(Promise::NoFailure, format!("{what}: {error:?}"))
}
