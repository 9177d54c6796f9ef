//! What differs: groups of parts, parts, items.
//!
//! The dialling side leads. It says what it has ever more precisely; the
//! answering side knows both sides' state at each step and sends at once what the
//! other lacks.

use std::collections::{BTreeSet, HashMap, HashSet};

use identity::fingerprint::Fingerprint;
use serde_bytes::ByteBuf;
use wire::frame::{
    Frame, GROUPS_MAX_COUNT, Groups, Items, Listing, NEED_MAX_COUNT, PARTS_MAX_COUNT, Parts,
    SHORT_BYTES,
};
use wire::{EntryId, Part, limits};

use super::{Session, State};
use crate::digest::{Bits, Salt, Short, shorts};
use crate::error::{ProtocolError, SessionError};
use crate::holdings::Holdings;
use crate::limits::{ITEMS_MAX_COUNT, LISTED_MAX_COUNT, RELISTED_MAX_COUNT, REPAIRS_MAX_COUNT};
use crate::reconcile::{Next, Reconciler};

/// How many parts a group should hold: a differing one costs eight bytes each.
const PARTS_PER_GROUP: usize = 8;

/// What one `Items` frame may hold, leaving room for names and heads.
const ITEMS_TARGET_BYTES: usize = limits::FRAME_MAX_BYTES / 4;

/// Where a repair stands.
#[derive(Debug, Default)]
pub(super) struct Repair {
    groups: usize,
    /// Own parts with their digests: all (dialler), those in differing groups
    /// (answerer).
    parts: Vec<(Part, Short)>,
    /// Dialler: every listed id in the order of listing.
    listed: Vec<EntryId>,
    /// Dialler: the answering side has said what it needs of these.
    pub(super) need_known: bool,
    /// Answerer: parts named so far.
    named: BTreeSet<Part>,
    /// Answerer: which listed items it lacks, one each.
    lacks: Vec<bool>,
    /// Answerer: what the other side lacks.
    to_send: Vec<EntryId>,
    /// Both: items of the large parts.
    large: Vec<(model::Timestamp, EntryId)>,
    any_large: bool,
}

impl Session {
    /// The dialling side's groups.
    pub(super) fn start_repair<H: Holdings>(
        &mut self,
        holdings: &mut H,
    ) -> Result<ByteBuf, SessionError> {
        self.restart_transfer();
        let salt = self.salt()?;
        let parts = self.own_parts(&salt, holdings)?;
        let groups = (parts.len() / PARTS_PER_GROUP).next_power_of_two();
        let groups = groups.min(GROUPS_MAX_COUNT);
        let bytes = digests_of_groups(&salt, &parts, groups);
        self.repair = Repair {
            groups,
            parts,
            ..Repair::default()
        };
        Ok(ByteBuf::from(bytes.as_flattened().to_vec()))
    }

    fn own_parts<H: Holdings>(
        &self,
        salt: &Salt,
        holdings: &mut H,
    ) -> Result<Vec<(Part, Short)>, SessionError> {
        let parts = holdings
            .parts(&self.ranges, &self.config.peer)
            .map_err(SessionError::holdings)?;
        if parts.len() > PARTS_MAX_COUNT {
            return Err(SessionError::TooMany("parts"));
        }
        Ok(parts
            .into_iter()
            .filter(|(_, fingerprint)| *fingerprint != Fingerprint::EMPTY)
            .map(|(part, fingerprint)| {
                let short = salt.part(&part, &fingerprint);
                (part, short)
            })
            .collect())
    }

    /// The answering side's parts in the groups that differ.
    pub(super) fn on_groups<H: Holdings>(
        &mut self,
        frame: Groups,
        holdings: &mut H,
    ) -> Result<(), SessionError> {
        self.expect(State::Verdict, "groups")?;
        if frame.attempt != self.attempt || self.attempt >= REPAIRS_MAX_COUNT {
            return Err(ProtocolError::Sequence("groups").into());
        }
        if !self.transfer.is_acked() {
            return Err(ProtocolError::OutOfPlace("groups").into());
        }
        self.take_denied(&frame.denied)?;
        self.restart_transfer();
        let salt = self.salt()?;
        self.attempt += 1;
        let mut parts = self.own_parts(&salt, holdings)?;
        let theirs: Vec<Short> = shorts(&frame.groups).collect();
        let own = digests_of_groups(&salt, &parts, theirs.len());
        let mut differing = Bits::new(theirs.len());
        for (group, (a, b)) in own.iter().zip(&theirs).enumerate() {
            if a != b {
                differing.set(group);
            }
        }
        parts.retain(|(part, _)| differing.get(salt.group(part, theirs.len())));
        let digests: Vec<Short> = parts.iter().map(|(_, short)| *short).collect();
        self.repair = Repair {
            parts,
            ..Repair::default()
        };
        self.state = State::Items;
        self.send(&Frame::Parts(Parts {
            differing: ByteBuf::from(differing.0),
            digests: ByteBuf::from(digests.as_flattened().to_vec()),
        }))
    }

    /// The dialling side's items in the parts that differ.
    pub(super) fn on_parts<H: Holdings>(
        &mut self,
        frame: Parts,
        holdings: &mut H,
    ) -> Result<(), SessionError> {
        self.expect(State::Parts, "parts")?;
        let salt = self.repair_salt()?;
        let groups = self.repair.groups;
        let differing =
            Bits::from_peer(&frame.differing, groups).ok_or(ProtocolError::Size("a bit field"))?;
        let theirs: Vec<Short> = shorts(&frame.digests).collect();
        let known: HashSet<Short> = theirs.iter().copied().collect();
        let own: HashSet<Short> = self.repair.parts.iter().map(|(_, short)| *short).collect();
        let mut lacking = Bits::new(theirs.len());
        for (index, short) in theirs.iter().enumerate() {
            if !own.contains(short) {
                lacking.set(index);
            }
        }
        let mut parts = std::mem::take(&mut self.repair.parts);
        parts.retain(|(part, short)| {
            differing.get(salt.group(part, groups)) && !known.contains(short)
        });
        self.state = State::Exchange;
        if theirs.is_empty() {
            self.offer_all(parts, holdings)?;
            parts = Vec::new();
        }
        self.list(&salt, parts, lacking, holdings)?;
        self.start_reconciling()?;
        self.advance(holdings)
    }

    /// The answering side has nothing in these groups: no need to list anything.
    fn offer_all<H: Holdings>(
        &mut self,
        parts: Vec<(Part, Short)>,
        holdings: &mut H,
    ) -> Result<(), SessionError> {
        let mut all = Vec::new();
        for (part, _) in parts {
            let items = self.items(&part, holdings)?;
            all.extend(items.into_iter().map(|(_, id)| id));
        }
        self.enqueue(all, holdings)
    }

    fn list<H: Holdings>(
        &mut self,
        salt: &Salt,
        parts: Vec<(Part, Short)>,
        lacking: Bits,
        holdings: &mut H,
    ) -> Result<(), SessionError> {
        let (mut listings, mut length) = (Vec::new(), 0);
        for (part, _) in parts {
            let items = self.items(&part, holdings)?;
            let digests = if items.len() > self.listed_max() {
                self.repair.any_large = true;
                self.repair.large.extend(items);
                None
            } else {
                let digests: Vec<Short> = items.iter().map(|(_, id)| salt.id(id)).collect();
                self.repair
                    .listed
                    .extend(items.into_iter().map(|(_, id)| id));
                Some(ByteBuf::from(digests.as_flattened().to_vec()))
            };
            self.check_item_count(self.repair.listed.len() + self.repair.large.len())?;
            length += 64 + digests.as_ref().map_or(0, |digests| digests.len());
            listings.push(Listing(part, digests));
            if length > ITEMS_TARGET_BYTES {
                let (parts, lacking) = (std::mem::take(&mut listings), ByteBuf::new());
                self.send(&Frame::Items(Items {
                    parts,
                    lacking,
                    more: true,
                }))?;
                length = 0;
            }
        }
        let lacking = ByteBuf::from(lacking.0);
        self.send(&Frame::Items(Items {
            parts: listings,
            lacking,
            more: false,
        }))
    }

    fn start_reconciling(&mut self) -> Result<(), SessionError> {
        if !self.repair.any_large {
            return Ok(());
        }
        let mut reconciler = Reconciler::new(std::mem::take(&mut self.repair.large))?;
        let message = reconciler.initiate()?;
        self.reconciler = Some(reconciler);
        self.send(&Frame::Reconcile(ByteBuf::from(message)))
    }

    /// The answering side finds out who lacks what.
    pub(super) fn on_items<H: Holdings>(
        &mut self,
        frame: Items,
        holdings: &mut H,
    ) -> Result<(), SessionError> {
        self.expect(State::Items, "items")?;
        let salt = self.repair_salt()?;
        for Listing(part, digests) in frame.parts {
            if !part.is_in(&self.ranges) || !self.repair.named.insert(part.clone()) {
                return Err(ProtocolError::Part.into());
            }
            let items = self.items(&part, holdings)?;
            match digests {
                Some(digests) => self.match_listing(&salt, items, &digests),
                None => {
                    self.repair.any_large = true;
                    self.repair.large.extend(items);
                }
            }
            let seen = self.repair.lacks.len().max(self.repair.to_send.len());
            self.check_item_count(seen + self.repair.large.len() + self.repair.named.len())?;
        }
        if frame.more {
            return match frame.lacking.is_empty() {
                true => Ok(()),
                false => Err(ProtocolError::Size("a bit field").into()),
            };
        }
        self.conclude_listing(&frame.lacking, holdings)
    }

    /// Compares one listed part with the own items.
    fn match_listing(
        &mut self,
        salt: &Salt,
        items: Vec<(model::Timestamp, EntryId)>,
        digests: &[u8],
    ) {
        let mut own: HashMap<Short, EntryId> = items
            .into_iter()
            .map(|(_, id)| (salt.id(&id), id))
            .collect();
        for short in shorts(digests) {
            self.repair.lacks.push(own.remove(&short).is_none());
        }
        // In one order on every run: a map has none.
        let mut left: Vec<EntryId> = own.into_values().collect();
        left.sort_unstable();
        self.repair.to_send.extend(left);
    }

    fn conclude_listing<H: Holdings>(
        &mut self,
        lacking: &[u8],
        holdings: &mut H,
    ) -> Result<(), SessionError> {
        let parts = std::mem::take(&mut self.repair.parts);
        let lacking =
            Bits::from_peer(lacking, parts.len()).ok_or(ProtocolError::Size("a bit field"))?;
        for (index, (part, _)) in parts.iter().enumerate() {
            if lacking.get(index) && !self.repair.named.contains(part) {
                let items = self.items(part, holdings)?;
                self.repair
                    .to_send
                    .extend(items.into_iter().map(|(_, id)| id));
            }
        }
        let lacks = std::mem::take(&mut self.repair.lacks);
        let mut need = Bits::new(lacks.len());
        for (index, _) in lacks.iter().enumerate().filter(|(_, lacks)| **lacks) {
            need.set(index);
        }
        self.send(&Frame::NeedListed(ByteBuf::from(need.0)))?;
        if self.repair.any_large {
            let large = std::mem::take(&mut self.repair.large);
            self.reconciler = Some(Reconciler::new(large)?);
        }
        self.state = State::Exchange;
        let to_send = std::mem::take(&mut self.repair.to_send);
        self.enqueue(to_send, holdings)?;
        self.advance(holdings)
    }

    pub(super) fn on_need_listed<H: Holdings>(
        &mut self,
        bits: &[u8],
        holdings: &mut H,
    ) -> Result<(), SessionError> {
        self.expect(State::Exchange, "need-listed")?;
        if self.repair.need_known {
            return Err(ProtocolError::Sequence("need-listed").into());
        }
        self.repair.need_known = true;
        let listed = std::mem::take(&mut self.repair.listed);
        let bits = Bits::from_peer(bits, listed.len()).ok_or(ProtocolError::Size("a bit field"))?;
        let needed = listed.into_iter().enumerate();
        let needed = needed
            .filter(|(index, _)| bits.get(*index))
            .map(|(_, id)| id);
        self.enqueue(needed.collect(), holdings)?;
        self.advance(holdings)
    }

    pub(super) fn on_reconcile<H: Holdings>(
        &mut self,
        message: &[u8],
        holdings: &mut H,
    ) -> Result<(), SessionError> {
        self.expect(State::Exchange, "reconcile")?;
        let Some(reconciler) = &mut self.reconciler else {
            return Err(ProtocolError::OutOfPlace("reconcile").into());
        };
        if self.side == super::Side::Answerer {
            if self.transfer.peer_sent {
                return Err(ProtocolError::Sequence("reconcile").into());
            }
            let answer = reconciler.respond(message)?;
            return self.send(&Frame::Reconcile(ByteBuf::from(answer)));
        }
        match reconciler.advance(message)? {
            Next::Ask(message) => self.send(&Frame::Reconcile(ByteBuf::from(message))),
            Next::Done(difference) => {
                self.reconciler = None;
                let need = self.without_exchanged(difference.need);
                for ids in need.chunks(NEED_MAX_COUNT) {
                    self.send(&Frame::NeedIds(ids.to_vec()))?;
                }
                self.enqueue(difference.have, holdings)?;
                self.advance(holdings)
            }
        }
    }

    pub(super) fn on_need_ids<H: Holdings>(
        &mut self,
        ids: Vec<EntryId>,
        holdings: &mut H,
    ) -> Result<(), SessionError> {
        self.expect(State::Exchange, "need-ids")?;
        if self.transfer.peer_sent {
            return Err(ProtocolError::Sequence("need-ids").into());
        }
        let Some(reconciler) = &mut self.reconciler else {
            return Err(ProtocolError::OutOfPlace("need-ids").into());
        };
        if !ids.iter().all(|id| reconciler.release(id)) {
            return Err(ProtocolError::NotOffered.into());
        }
        self.enqueue(ids, holdings)?;
        self.advance(holdings)
    }

    fn items<H: Holdings>(
        &self,
        part: &Part,
        holdings: &mut H,
    ) -> Result<Vec<(model::Timestamp, EntryId)>, SessionError> {
        holdings
            .items(part, &self.config.peer)
            .map_err(SessionError::holdings)
    }

    /// The salt under which the current repair began.
    fn repair_salt(&self) -> Result<Salt, SessionError> {
        self.salt_of(self.attempt.saturating_sub(1))
    }

    fn listed_max(&self) -> usize {
        match self.attempt {
            0 | 1 => LISTED_MAX_COUNT,
            _ => RELISTED_MAX_COUNT,
        }
    }

    fn check_item_count(&self, count: usize) -> Result<(), SessionError> {
        match count > ITEMS_MAX_COUNT {
            true => Err(SessionError::TooMany("items")),
            false => Ok(()),
        }
    }
}

fn digests_of_groups(salt: &Salt, parts: &[(Part, Short)], groups: usize) -> Vec<Short> {
    let mut members: Vec<Vec<Short>> = vec![Vec::new(); groups];
    for (part, short) in parts {
        if let Some(group) = members.get_mut(salt.group(part, groups)) {
            group.push(*short);
        }
    }
    let digests = members.into_iter().map(|group| salt.of_group(group));
    let digests: Vec<[u8; SHORT_BYTES]> = digests.collect();
    digests
}
