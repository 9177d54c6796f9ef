//! Tests of the whole crate, and what they share: keys by number and a small
//! world that holds entries only if they may be held.

use std::collections::BTreeSet;
use std::convert::Infallible;

use model::{Period, Timestamp, UnitPath};
use wire::*;

use crate::*;

mod enrol;
mod fingerprint;
mod first_contact;
mod receipts;
mod signature;
mod size;
mod sources;
mod standing;
mod table;
mod uses;

pub(crate) fn key(number: u8) -> SecretKey {
    SecretKey::from_seed([number; 32])
}

pub(crate) fn unit(path: &str) -> UnitPath {
    UnitPath::parse(path).unwrap()
}

pub(crate) fn org(at: &str, time: i64, content: Content) -> Body {
    Body {
        stream: Stream::Org,
        unit: unit(at),
        period: None,
        doc: None,
        time: Timestamp(time),
        simulated: false,
        content,
    }
}

pub(crate) fn grant(key: &SecretKey, subject: Subject, roles: &[Role]) -> Grant {
    Grant {
        key: key.public(),
        subject,
        name: format!("{subject:?}"),
        roles: roles.iter().copied().collect(),
        until: None,
        seal: None,
    }
}

pub(crate) fn credential(grants: Vec<Grant>) -> Content {
    Content::Credential(CredentialContent {
        grants,
        root: None,
        reenrol: false,
    })
}

/// What is held, and the ministry's root key, `key(0)`.
pub(crate) struct World {
    pub(crate) anchor: SecretKey,
    pub(crate) held: Vec<Verified>,
    clock: i64,
}

pub(crate) const ALL_AT_FACILITY: &[Role] = &[Role::Editor, Role::Head, Role::Registrar];

impl World {
    pub(crate) fn new() -> Self {
        let anchor = key(0);
        let mut world = World {
            anchor,
            held: Vec::new(),
            clock: 1_000,
        };
        let content = CredentialContent {
            grants: vec![grant(&key(0), Subject::Root, &[Role::Registrar])],
            root: Some(RootCommitment {
                next: Digest::of(&[b"next"]),
                rehearsal: false,
            }),
            reenrol: false,
        };
        world.hold(&key(0), org("byt", 0, Content::Credential(content)));
        world
    }

    pub(crate) fn try_hold(&mut self, signer: &SecretKey, body: Body) -> Result<EntryId, Refusal> {
        let grants = self.grants_of(&signer.public()).unwrap();
        let signed = Signed::check(signer.sign(body).unwrap())?;
        let verified = signed.authorise(&self.anchor.public(), &grants)?;
        let id = verified.id();
        self.held.push(verified);
        Ok(id)
    }

    pub(crate) fn hold(&mut self, signer: &SecretKey, body: Body) -> EntryId {
        self.try_hold(signer, body).unwrap()
    }

    fn tick(&mut self) -> i64 {
        self.clock += 1;
        self.clock
    }

    pub(crate) fn give(&mut self, issuer: &SecretKey, at: &str, grants: Vec<Grant>) -> EntryId {
        let time = self.tick();
        self.hold(issuer, org(at, time, credential(grants)))
    }

    pub(crate) fn person(
        &mut self,
        issuer: &SecretKey,
        at: &str,
        who: u8,
        roles: &[Role],
    ) -> EntryId {
        self.give(issuer, at, vec![grant(&key(who), Subject::Person, roles)])
    }

    /// A submission, as an entry like any other; needs a head at the unit.
    pub(crate) fn submission(&mut self, author: &SecretKey, at: &str) -> EntryId {
        let time = self.tick();
        let content = Content::Submission(SubmissionContent {
            form: "kh2273-quy".to_owned(),
            version: 1,
            ordinal: 0,
            heads: vec![ChangeHash([1; 32])],
            snapshot: Digest::of(&[b"snapshot"]),
            replaces: Vec::new(),
        });
        let body = Body {
            stream: Stream::Report,
            period: Some(Period::Quarter(2026, 2)),
            doc: Some(DocId([7; 32])),
            ..org(at, time, content)
        };
        self.hold(author, body)
    }

    /// A receipt of the node at the given time over one entry.
    pub(crate) fn receipt(
        &mut self,
        node: &SecretKey,
        at: &str,
        time: i64,
        covers: EntryId,
    ) -> EntryId {
        let content = Content::Receipt(ReceiptContent {
            seq: 0,
            prev: None,
            covers: vec![covers],
            received: Vec::new(),
            incomplete: Vec::new(),
            inclusions: Vec::new(),
        });
        self.hold(node, org(at, time, content))
    }

    pub(crate) fn revoke(
        &mut self,
        by: &SecretKey,
        at: &str,
        time: i64,
        whom: &SecretKey,
        stands: Vec<EntryId>,
    ) -> EntryId {
        self.try_revoke(by, at, time, whom, stands).unwrap()
    }

    pub(crate) fn try_revoke(
        &mut self,
        by: &SecretKey,
        at: &str,
        time: i64,
        whom: &SecretKey,
        stands: Vec<EntryId>,
    ) -> Result<EntryId, Refusal> {
        let content = RevocationContent {
            key: Some(whom.public()),
            overrules: None,
            reason: "mất máy".to_owned(),
            stands,
        };
        self.try_hold(by, org(at, time, Content::Revocation(content)))
    }

    pub(crate) fn overrule(
        &mut self,
        by: &SecretKey,
        at: &str,
        time: i64,
        what: EntryId,
    ) -> EntryId {
        let content = RevocationContent {
            key: None,
            overrules: Some(what),
            reason: "nhầm máy".to_owned(),
            stands: Vec::new(),
        };
        self.hold(by, org(at, time, Content::Revocation(content)))
    }

    pub(crate) fn get(&self, id: EntryId) -> &Verified {
        self.held.iter().find(|entry| entry.id() == id).unwrap()
    }

    pub(crate) fn standing(&self, id: EntryId) -> Standing {
        standing(self.get(id), self).unwrap()
    }

    pub(crate) fn stands(&self, id: EntryId) -> bool {
        self.standing(id).is_in_effect()
    }

    fn grants(&self, wanted: impl Fn(&GrantRecord) -> bool) -> Vec<GrantRecord> {
        let grants = self.held.iter().flat_map(grants_in);
        let mut found: Vec<GrantRecord> = grants.filter(wanted).collect();
        found.sort_by_key(|grant| grant.credential);
        found
    }

    fn revocations(
        &self,
        unit: &UnitPath,
        wanted: impl Fn(&RevocationRecord) -> bool,
    ) -> Vec<RevocationRecord> {
        let here = |record: &RevocationRecord| record.unit == *unit && wanted(record);
        let held = self.held.iter().filter_map(revocation_in);
        held.filter(here).collect()
    }
}

impl Ledger for World {
    type Error = Infallible;

    fn grants_of(&self, key: &PublicKey) -> Result<Vec<GrantRecord>, Infallible> {
        Ok(self.grants(|grant| grant.key == *key))
    }

    fn grants_at(&self, unit: &UnitPath) -> Result<Vec<GrantRecord>, Infallible> {
        Ok(self.grants(|grant| grant.unit == *unit))
    }

    fn revocations_of(
        &self,
        key: &PublicKey,
        unit: &UnitPath,
    ) -> Result<Vec<RevocationRecord>, Infallible> {
        Ok(self.revocations(unit, |record| record.aim == Aim::Key(*key)))
    }

    fn overruled(
        &self,
        credential: &EntryId,
        unit: &UnitPath,
    ) -> Result<Vec<RevocationRecord>, Infallible> {
        Ok(self.revocations(unit, |record| record.aim == Aim::Use(*credential)))
    }

    fn revocations_at(&self, unit: &UnitPath) -> Result<Vec<RevocationRecord>, Infallible> {
        Ok(self.revocations(unit, |_| true))
    }

    fn receipts_of(&self, entry: &EntryId) -> Result<Vec<ReceiptMark>, Infallible> {
        let Some(covered) = self.held.iter().find(|held| held.id() == *entry) else {
            return Ok(Vec::new());
        };
        let marks = self.held.iter().filter_map(|held| {
            let Content::Receipt(content) = &held.body().content else {
                return None;
            };
            let covers = content.covers.contains(entry) || content.received.contains(entry);
            let here = held.body().unit == covered.body().unit;
            (covers && here).then(|| ReceiptMark {
                receipt: held.id(),
                node: held.author(),
                unit: held.body().unit.clone(),
                time: held.body().time,
                seq: content.seq,
            })
        });
        let mut marks: Vec<ReceiptMark> = marks.collect();
        marks.sort_by_key(|mark| (mark.time, mark.seq, mark.receipt));
        Ok(marks)
    }

    fn uses_of(&self, invite: &PublicKey, unit: &UnitPath) -> Result<Vec<EntryId>, Infallible> {
        let uses = self.held.iter().filter(|entry| {
            entry.author() == *invite
                && entry.body().unit == *unit
                && matches!(entry.body().content, Content::Credential(_))
        });
        Ok(uses.map(Verified::id).collect())
    }
}

/// byt: registrar 1, node 2. byt.24: registrar and head 10, node 11, by invite
/// 12. byt.24.a: registrar and head 20, node 21, by invite 22.
pub(crate) fn tree() -> World {
    let mut world = World::new();
    world.give(
        &key(0),
        "byt",
        vec![
            grant(&key(1), Subject::Person, &[Role::Registrar]),
            grant(&key(2), Subject::Node, &[Role::Node]),
        ],
    );
    enrol(&mut world, 1, "byt.24", 10);
    enrol(&mut world, 10, "byt.24.a", 20);
    world
}

/// Invite `base + 2` by `registrar`, used for person `base` and node `base + 1`.
pub(crate) fn enrol(world: &mut World, registrar: u8, at: &str, base: u8) -> EntryId {
    let roles = [Role::Node, Role::Editor, Role::Head, Role::Registrar];
    let invite = grant(&key(base + 2), Subject::Invite, &roles);
    world.give(&key(registrar), at, vec![invite]);
    join(world, base + 2, at, base)
}

pub(crate) fn join(world: &mut World, invite: u8, at: &str, base: u8) -> EntryId {
    world.give(
        &key(invite),
        at,
        vec![
            grant(&key(base), Subject::Person, ALL_AT_FACILITY),
            grant(&key(base + 1), Subject::Node, &[Role::Node]),
        ],
    )
}

pub(crate) fn grants(world: &World, of: u8) -> usize {
    let judged = Judge::new(world).effective_grants(&key(of).public());
    judged.unwrap().len()
}
