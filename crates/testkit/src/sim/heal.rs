//! When the weather clears: every machine runs, every line holds, every clock is
//! right. Within a bounded number of rounds all hold the same.

use std::collections::BTreeSet;

use identity::SecretKey;
use model::Timestamp;
use replica::Peering;
use sync::{Ask, Config, Outcome, RefuseCode, Session, SessionError};
use wire::EntryId;

use super::failure::{Broken, Promise};
use super::people::unexplained;
use super::plan::{DAY, HOUR, chance};
use super::weight::Heaviest;
use super::world::World;

/// Rounds in which each machine dials the level above once. Three levels need
/// three up and down, and receipts for what arrived one more.
const ROUNDS_MAX_COUNT: usize = 12;

/// Frames that one honest exchange may take.
const FRAMES_MAX_COUNT: usize = 10_000;

impl World<'_> {
    /// Everything is put right, except for what lies brought about.
    pub(crate) fn clear_up(&mut self) -> Result<(), Broken> {
        self.now = Timestamp(self.now.0 + HOUR);
        self.links.clear();
        self.parted.clear();
        self.say("the weather clears");
        for who in 0..self.machines.len() {
            let machine = &mut self.machines[who];
            machine.wrong = None;
            machine.mend_disk();
            self.boot(who)?;
            self.notice_rot(who)?;
        }
        for who in 1..self.machines.len() {
            let mut rng = chance(self.plan.seed, "clear up", who as u64);
            self.tell_inviter(who)?;
            self.join(who, &mut rng)?;
            if !self.machines[who].is_up() {
                let words = format!("{} cannot join", self.name(who));
                return Err(Broken::new(Promise::Converged, words));
            }
            self.extend_invite(who, &mut rng)?;
        }
        Ok(())
    }

    /// Whoever is to invite a machine of its unit may just have been given more time
    /// itself, and has to hear of it.
    fn tell_inviter(&mut self, who: usize) -> Result<(), Broken> {
        let unit = &self.machines[who].unit;
        let beside = self
            .inviter(who)
            .filter(|_| !self.machines[who].has_joined());
        let beside = beside.filter(|inviter| self.machines[*inviter].unit == *unit);
        let Some(inviter) = beside else {
            return Ok(());
        };
        // From the top: who does not count itself tells nobody that another does.
        for who in [self.machines[inviter].above, inviter] {
            if who == 0 {
                continue;
            }
            match self.meet(who, self.machines[who].above, Vec::new()) {
                Err(broken) if broken.promise != Promise::Converged => return Err(broken),
                _ => {}
            }
        }
        Ok(())
    }

    /// Rounds until nothing moves. How many that were.
    pub(crate) fn settle(&mut self) -> Result<usize, Broken> {
        for round in 1..=ROUNDS_MAX_COUNT {
            self.now = Timestamp(self.now.0 + HOUR);
            let mut moved = 0;
            let mut apart = None;
            for who in (1..self.machines.len()).rev() {
                let above = self.machines[who].above;
                match self.meet(who, above, Vec::new()) {
                    Ok(outcome) if outcome.in_sync => {
                        moved += outcome.sent + outcome.received + outcome.parked;
                    }
                    Ok(outcome) => apart = Some(format!("{}: {outcome:?}", self.name(who))),
                    // Whom the level above does not know yet, it may know next time.
                    Err(broken) if broken.promise == Promise::Converged => {
                        apart = Some(broken.words);
                    }
                    Err(broken) => return Err(broken),
                }
            }
            match apart {
                None if moved == 0 => return Ok(round),
                Some(words) if round == ROUNDS_MAX_COUNT => {
                    return Err(Broken::new(Promise::Converged, words));
                }
                _ => {}
            }
        }
        let words = format!("still moving after {ROUNDS_MAX_COUNT} rounds");
        Err(Broken::new(Promise::Converged, words))
    }

    /// One session over a good line, to the end.
    pub(crate) fn meet(
        &mut self,
        who: usize,
        to: usize,
        asks: Vec<Ask>,
    ) -> Result<Outcome, Broken> {
        let config = |own: usize, peer: usize, asks| {
            Some(Config {
                peer: self.machines[peer].node.as_ref()?.public(),
                own_unit: self.machines[own].unit.clone(),
                expect_unit: None,
                address: None,
                asks,
            })
        };
        let (Some(of_dialler), Some(of_answerer)) =
            (config(who, to, asks), config(to, who, Vec::new()))
        else {
            return Err(Broken::new(Promise::Converged, "a machine has no key"));
        };
        let now = self.now;
        let (low, high) = self.machines.split_at_mut(who.max(to));
        let (Some(high), Some(low)) = (high.first_mut(), low.get_mut(who.min(to))) else {
            return Err(Broken::new(Promise::Converged, "a machine is not there"));
        };
        let (dialler, answerer) = if who < to { (low, high) } else { (high, low) };
        let outcome = converse(
            (of_dialler, dialler.replica.as_mut()),
            (of_answerer, answerer.replica.as_mut()),
            now,
            &self.heaviest,
        );
        let outcome = outcome.map_err(|broken| {
            let (from, to, words) = (self.name(who), self.name(to), broken.words);
            Broken::new(broken.promise, format!("{from} dials {to}: {words}"))
        })?;
        self.heaviest.check()?;
        if outcome.sent + outcome.received > 0 || !outcome.in_sync {
            self.say(format!(
                "{} meets {}: sent {}, received {}, in sync {}",
                self.name(who),
                self.name(to),
                outcome.sent,
                outcome.received,
                outcome.in_sync
            ));
        }
        for (own, peer) in [(who, to), (to, who)] {
            let peer = self.machines[peer].node.as_ref().map(SecretKey::public);
            if let (Some(replica), Some(peer)) = (&mut self.machines[own].replica, peer) {
                let noted = replica.note_session(&peer, outcome.in_sync, now);
                noted.map_err(|error| unexplained("noting a session", &error))?;
            }
            self.look(own)?;
        }
        Ok(outcome)
    }

    /// Both hold exactly the same of what they share.
    pub(crate) fn check_same(&self, who: usize) -> Result<(), Broken> {
        let above = self.machines[who].above;
        let shared = sync::scope::shared(&self.machines[who].unit, &self.machines[above].unit);
        let ids = |slot: usize| -> BTreeSet<EntryId> {
            let entries = self.machines[slot].entries().into_iter();
            entries
                .filter(|entry| {
                    let body = entry.body();
                    let mut ranges = shared.iter();
                    ranges.any(|range| range.contains(&body.unit, body.stream, body.period))
                })
                .map(|entry| entry.id())
                .collect()
        };
        let (below, above_ids) = (ids(who), ids(above));
        if below == above_ids {
            return Ok(());
        }
        let only = |slot: usize, ids: &BTreeSet<EntryId>, others: &BTreeSet<EntryId>| {
            let entries = self.machines[slot].entries().into_iter();
            let only: Vec<String> = entries
                .filter(|entry| ids.contains(&entry.id()) && !others.contains(&entry.id()))
                .map(|entry| format!("{} {}", entry.body().kind().as_str(), entry.id().short()))
                .collect();
            only.join(", ")
        };
        let refused = |slot: usize| {
            let replica = self.machines[slot].replica.as_ref();
            let refused = replica.and_then(|replica| replica.store().refused(5).ok());
            let reasons = refused.unwrap_or_default().into_iter();
            let reasons: Vec<String> = reasons.map(|refused| refused.reason).collect();
            reasons.join(", ")
        };
        let words = format!(
            "{} holds alone [{}], {} holds alone [{}]; they refused [{}], [{}]",
            self.name(who),
            only(who, &below, &above_ids),
            self.name(above),
            only(above, &above_ids, &below),
            refused(who),
            refused(above),
        );
        Err(Broken::new(Promise::Converged, words))
    }

    /// A week and a day pass.
    pub(crate) fn next_week(&mut self) {
        self.now = Timestamp(self.now.0 + 8 * DAY);
    }

    /// A day passes: what people do next is later than all before.
    pub(crate) fn next_day(&mut self) {
        self.now = Timestamp(self.now.0 + DAY);
    }
}

type Side<'a> = (Config, Option<&'a mut replica::Replica>);

/// Carries all frames of a session, in order.
fn converse(
    dialler: Side<'_>,
    answerer: Side<'_>,
    now: Timestamp,
    heaviest: &Heaviest,
) -> Result<Outcome, Broken> {
    let ((of_dialler, Some(here)), (of_answerer, Some(there))) = (dialler, answerer) else {
        return Err(Broken::new(Promise::Converged, "a machine is down"));
    };
    let mut here = Peering {
        replica: here,
        simulated: false,
    };
    let mut there = Peering {
        replica: there,
        simulated: false,
    };
    // Whom the other one does not know yet, it may know next time; nothing else is
    // in the way of two that are honest.
    let failed = |error: SessionError| {
        let promise = match error {
            SessionError::UnknownPeer
            | SessionError::Unrelated(_)
            | SessionError::Unexpected { .. }
            | SessionError::RefusedByPeer(
                RefuseCode::Unknown | RefuseCode::Unrelated | RefuseCode::Unexpected,
            ) => Promise::Converged,
            _ => Promise::NoFailure,
        };
        Broken::new(promise, format!("{error:?}"))
    };
    let mut dialler = Session::dial(of_dialler, &mut here, now).map_err(failed)?;
    let mut answerer = Session::accept(of_answerer);
    for _ in 0..FRAMES_MAX_COUNT {
        let mut silent = true;
        while let Some(frame) = dialler.poll_transmit() {
            silent = false;
            if !answerer.is_finished() {
                answerer.handle(&frame, &mut there, now).map_err(failed)?;
            }
        }
        while let Some(frame) = answerer.poll_transmit() {
            silent = false;
            if !dialler.is_finished() {
                dialler.handle(&frame, &mut here, now).map_err(failed)?;
            }
        }
        if silent {
            let outcome = dialler.outcome().cloned();
            heaviest.weigh(dialler);
            heaviest.weigh(answerer);
            let broken = || Broken::new(Promise::NoFailure, "the session did not end");
            return outcome.ok_or_else(broken);
        }
    }
    Err(Broken::new(Promise::NoFailure, "the session does not end"))
}
