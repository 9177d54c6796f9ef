//! Peers that lie: strangers, facilities with stolen keys, authors that fork,
//! replay, flood or send bytes meant to break whoever reads them.

use std::collections::BTreeSet;

use document::{Edit, Report};
use identity::SecretKey;
use model::{Scalar, UnitPath};
use serde_bytes::ByteBuf;
use store::limits::PARKED_PER_PEER_MAX_COUNT;
use wire::{
    Body, ChangesContent, Content, DocId, Entry, EntryId, Kind, ReviewContent, Stream, UnitContent,
    Verdict,
};

use super::failure::{Broken, Promise};
use super::fault::Fault;
use super::people::unexplained;
use super::plan::bytes;
use super::world::{Fork, World};
use super::{form, quarter};
use crate::Seeded;
use crate::hostile;
use crate::shade::Shade;

/// Entries of nobody in one flood; one in eight is of more than a node keeps.
const FLOOD_COUNT: u64 = 300;
const GREAT_FLOOD_COUNT: u64 = PARKED_PER_PEER_MAX_COUNT.unsigned_abs() + 200;

impl World<'_> {
    /// Does the harm, if there is somebody to do it to.
    pub(crate) fn lie(
        &mut self,
        who: usize,
        lie: Fault,
        rng: &mut Seeded,
    ) -> Result<Option<String>, Broken> {
        let Some(facility) = self.facility_near(who, rng) else {
            return Ok(None);
        };
        let so = self.machines[facility].above;
        if !self.machines[so].is_up() {
            return Ok(None);
        }
        let done = match lie {
            Fault::NewerVersion => self.newer_version(facility, rng)?,
            Fault::NewerSession => self.newer_session(facility)?,
            Fault::RevokedAway => self.revoked_away(facility, rng)?,
            Fault::Forged => self.forged(facility, rng),
            Fault::Forked => self.forked(facility, rng)?,
            Fault::Omitted => self.omitted(facility, rng),
            Fault::Replayed => self.replayed(facility, rng)?,
            Fault::Flooded => self.flooded(facility, rng),
            Fault::HostileChange => self.hostile_change(facility, rng)?,
            Fault::StolenKey => self.stolen_key(facility, rng)?,
            Fault::InviteTwice => self.invite_twice(facility, rng)?,
            Fault::SoAlters | Fault::SoHides => {
                // Told when the rollup is signed, at the end.
                self.known.lies.insert((so, lie));
                Some("will lie".to_owned())
            }
            Fault::SoBackdates | Fault::SoForksReceipts => {
                self.receipt_out_of_line(facility, lie, rng)?
            }
            Fault::SoReenrols => self.reenrols(facility, rng)?,
            _ => None,
        };
        let told_later = matches!(lie, Fault::SoAlters | Fault::SoHides);
        if done.is_some() && !told_later {
            self.trace.harm(lie);
            // To speak another version says nothing of anybody.
            if lie != Fault::NewerSession {
                let unit = self.machines[facility].unit.clone();
                self.known.lied_about.insert(unit);
            }
        }
        Ok(done)
    }

    /// A facility that is up: this one, or one of this Sở's.
    fn facility_near(&self, who: usize, rng: &mut Seeded) -> Option<usize> {
        let up: Vec<usize> = (0..self.machines.len())
            .filter(|slot| {
                let machine = &self.machines[*slot];
                *slot > self.plan.options.provinces && machine.is_up() && machine.beside.is_none()
            })
            .collect();
        let near: Vec<usize> = up
            .iter()
            .copied()
            .filter(|slot| *slot == who || self.machines[*slot].above == who)
            .collect();
        let from = if near.is_empty() { up } else { near };
        let place = usize::try_from(rng.below(from.len() as u64)).ok()?;
        from.get(place).copied()
    }

    pub(crate) fn body(
        &self,
        unit: &UnitPath,
        stream: Stream,
        doc: Option<DocId>,
        content: Content,
    ) -> Body {
        let period = matches!(stream, Stream::Report | Stream::Rollup).then(quarter);
        Body {
            stream,
            unit: unit.clone(),
            period,
            doc,
            time: self.now,
            simulated: false,
            content,
        }
    }

    pub(crate) fn sign(&self, key: &SecretKey, body: Body) -> Result<Entry, Broken> {
        key.sign(body)
            .map_err(|error| unexplained("signing a lie", &error.into()))
    }

    /// Gives a machine entries as if another one had brought them.
    pub(crate) fn give(
        &mut self,
        to: usize,
        from: usize,
        entries: Vec<Entry>,
        rng: &mut Seeded,
    ) -> Result<bool, Broken> {
        let Some(from) = self.machines[from].node.as_ref().map(SecretKey::public) else {
            return Ok(false);
        };
        let taken = self.with(to, rng, |replica, _, env| {
            replica.receive(&from, entries, env.clock)
        })?;
        Ok(taken.is_some())
    }

    fn newer_version(
        &mut self,
        facility: usize,
        rng: &mut Seeded,
    ) -> Result<Option<String>, Broken> {
        let Some(person) = self.machines[facility].person.clone() else {
            return Ok(None);
        };
        let unit = self.machines[facility].unit.clone();
        let value = wire::cbor::from_slice(&[0xa1, 0x61, b'n', 0x07]);
        let Ok(value) = value else {
            return Ok(None);
        };
        let content = Content::Unknown("drill_plan".into(), value);
        let entry = self.sign(&person, self.body(&unit, Stream::Report, None, content))?;
        let id = entry.id();
        let known = self.knows_itself(facility);
        let given = self.give(facility, facility, vec![entry], rng)?;
        if given && known && !self.machines[facility].safe.held.contains(&id) {
            let words = format!("{unit}: an entry of a newer version is not held");
            return Err(Broken::new(Promise::NothingLost, words));
        }
        Ok(given.then(|| id.short()))
    }

    /// What a stranger, and a facility's own head, may not say.
    fn forged(&mut self, facility: usize, rng: &mut Seeded) -> Option<String> {
        let so = self.machines[facility].above;
        let stranger = SecretKey::generate(rng);
        let head = self.machines[facility].person.clone()?;
        let report = self.machines[facility].report();
        let neighbour = self.machines[so].unit.clone();
        let verdict = Content::Review(ReviewContent {
            submission: EntryId(bytes(rng)),
            verdict: Verdict::Accept,
            comments: Vec::new(),
        });
        let raw = self.change(facility, &stranger, 1, 666)?;
        let change = Content::Changes(ChangesContent {
            changes: vec![ByteBuf::from(raw)],
        });
        let named = Content::Unit(UnitContent {
            name: "Của tôi".to_owned(),
            opened: None,
            closed: None,
        });
        let doc = Some(report.doc());
        let bodies = [
            (
                &stranger,
                self.body(&report.unit, Stream::Report, doc, change),
            ),
            (
                &stranger,
                self.body(&report.unit, Stream::Report, doc, verdict.clone()),
            ),
            // His own report is not his to accept.
            (&head, self.body(&report.unit, Stream::Report, doc, verdict)),
            (&head, self.body(&neighbour, Stream::Org, None, named)),
        ];
        // In the head's name, with another one's signature.
        let in_his_name = bodies[0].1.clone();
        let sign = |bytes: &[u8]| stranger.sign_bytes(bytes);
        let in_his_name = Entry::assemble(in_his_name, head.public(), sign).ok();
        let entries = bodies.map(|(key, body)| key.sign(body).ok());
        let entries = entries.into_iter().chain([in_his_name]).flatten();
        self.push(facility, so, entries.collect(), rng)
    }

    /// A session in which these go out beside what is held. None may ever be held.
    fn push(
        &mut self,
        from: usize,
        to: usize,
        entries: Vec<Entry>,
        rng: &mut Seeded,
    ) -> Option<String> {
        let ids: BTreeSet<EntryId> = entries.iter().map(Entry::id).collect();
        let made_up = entries
            .iter()
            .map(|entry| (entry.id(), entry.bytes().to_vec()))
            .collect();
        self.known.forged.extend(ids);
        let liar = Shade {
            made_up,
            ..Shade::default()
        };
        let id = 1_000_000 + self.trace.events;
        let rings = self.dial_shaded(from, to, id, [liar, Shade::default()], rng);
        rings.filter(|_| self.links.contains_key(&id))
    }

    /// A change of a report, upon its genesis.
    pub(crate) fn change(
        &self,
        facility: usize,
        author: &SecretKey,
        seed: u64,
        value: i64,
    ) -> Option<Vec<u8>> {
        let doc = self.machines[facility].report().doc();
        let report = Report::genesis(form(), doc);
        let edit = Edit::Put {
            key: "B3".to_owned(),
            value: Scalar::Int(value),
        };
        let heads = report.heads();
        let mut entropy = Seeded::new(seed);
        let author = author.public();
        let sealed = report.seal(&heads, &[edit], &author, self.now, &mut entropy);
        sealed.ok()
    }

    pub(crate) fn changes(
        &self,
        facility: usize,
        author: &SecretKey,
        raw: Vec<u8>,
    ) -> Result<Entry, Broken> {
        let report = self.machines[facility].report();
        let content = Content::Changes(ChangesContent {
            changes: vec![ByteBuf::from(raw)],
        });
        let body = self.body(&report.unit, Stream::Report, Some(report.doc()), content);
        self.sign(author, body)
    }

    /// One author, one actor, one number, and two changes.
    fn forked(&mut self, facility: usize, rng: &mut Seeded) -> Result<Option<String>, Broken> {
        let so = self.machines[facility].above;
        let (Some(person), seed) = (self.machines[facility].person.clone(), rng.below(u64::MAX))
        else {
            return Ok(None);
        };
        let value = 5_000 + i64::try_from(rng.below(1_000)).unwrap_or(0);
        let one = self.change(facility, &person, seed, value);
        let other = self.change(facility, &person, seed, value + 1);
        let (Some(one), Some(other)) = (one, other) else {
            return Ok(None);
        };
        let one = self.changes(facility, &person, one)?;
        let other = self.changes(facility, &person, other)?;
        let branches = [one.id(), other.id()];
        self.known.hostile.extend(branches);
        let here = self.give(facility, facility, vec![one], rng)?;
        let there = self.give(so, facility, vec![other], rng)?;
        let both = here && there;
        if both
            && branches
                .iter()
                .zip([facility, so])
                .all(|(id, slot)| self.machines[slot].safe.held.contains(id))
        {
            let unit = self.machines[facility].unit.clone();
            self.known.forks.push(Fork { unit, branches });
        }
        Ok(both.then(|| "forked".to_owned()))
    }

    fn omitted(&mut self, facility: usize, rng: &mut Seeded) -> Option<String> {
        let so = self.machines[facility].above;
        let liar = usize::try_from(rng.below(2)).unwrap_or(0);
        let mut shades = [Shade::default(), Shade::default()];
        let held = &self.machines[[facility, so][liar]].safe.held;
        let hidden = held.iter().copied().filter(|_| rng.below(2) == 0);
        shades[liar].hidden = hidden.collect();
        let id = 2_000_000 + self.trace.events;
        let rings = self.dial_shaded(facility, so, id, shades, rng);
        rings.filter(|_| self.links.contains_key(&id))
    }

    /// A neighbour's entries under the own unit, and the own under the neighbour's.
    fn replayed(&mut self, facility: usize, rng: &mut Seeded) -> Result<Option<String>, Broken> {
        let so = self.machines[facility].above;
        let Some(person) = self.machines[facility].person.clone() else {
            return Ok(None);
        };
        let own = self.machines[facility].unit.clone();
        let neighbour = self
            .machines
            .iter()
            .map(|machine| machine.unit.clone())
            .find(|unit| unit.parent() == own.parent() && *unit != own);
        let Some(neighbour) = neighbour else {
            return Ok(None);
        };
        let mut replayed = Vec::new();
        let statements = self.machines[facility].entries().into_iter();
        for entry in statements.filter(|entry| {
            matches!(entry.body().kind(), Kind::Changes | Kind::Submission)
                && entry.body().unit == own
        }) {
            let mut body = entry.body().clone();
            body.unit = neighbour.clone();
            let signature = *entry.signature();
            replayed.extend(Entry::assemble(body.clone(), entry.author(), |_| signature).ok());
            replayed.push(self.sign(&person, body)?);
        }
        if replayed.is_empty() {
            return Ok(None);
        }
        replayed.truncate(20);
        let ids = replayed.iter().map(Entry::id);
        self.known.forged.extend(ids);
        // On a stick, and over the line.
        self.give(so, facility, replayed.clone(), rng)?;
        Ok(self.push(facility, so, replayed, rng))
    }

    fn flooded(&mut self, facility: usize, rng: &mut Seeded) -> Option<String> {
        let so = self.machines[facility].above;
        let report = self.machines[facility].report();
        let mut entries = Vec::new();
        let count = match rng.below(8) {
            0 => GREAT_FLOOD_COUNT,
            _ => FLOOD_COUNT,
        };
        let nobody = SecretKey::generate(rng);
        for _ in 0..count {
            let content = Content::Review(ReviewContent {
                submission: EntryId(bytes(rng)),
                verdict: Verdict::Accept,
                comments: Vec::new(),
            });
            let doc = Some(report.doc());
            let body = self.body(&report.unit, Stream::Report, doc, content);
            entries.extend(nobody.sign(body).ok());
        }
        self.push(facility, so, entries, rng)
    }

    /// A change that is meant to break whoever reads it.
    fn hostile_change(
        &mut self,
        facility: usize,
        rng: &mut Seeded,
    ) -> Result<Option<String>, Broken> {
        let so = self.machines[facility].above;
        let Some(person) = self.machines[facility].person.clone() else {
            return Ok(None);
        };
        let Some(raw) = self.hostile_bytes(facility, &person, rng) else {
            return Ok(None);
        };
        let entry = self.changes(facility, &person, raw)?;
        let id = entry.id();
        let to = if rng.below(2) == 0 { facility } else { so };
        let given = self.give(to, facility, vec![entry], rng)?;
        self.known.hostile.insert(id);
        Ok(given.then(|| id.short()))
    }

    /// A change with some bytes altered and its checksum made right again; one in
    /// four says in few bytes that it is millions of operations.
    fn hostile_bytes(
        &self,
        facility: usize,
        person: &SecretKey,
        rng: &mut Seeded,
    ) -> Option<Vec<u8>> {
        let seed = rng.below(u64::MAX);
        if seed.is_multiple_of(4) {
            let genesis = Report::genesis(form(), self.machines[facility].report().doc());
            let head = *genesis.heads().first()?;
            return Some(hostile::operation_bomb(&head.0, &person.public()));
        }
        let mut raw = self.change(facility, person, seed, 7_777)?;
        // Magic, checksum, type and length stay readable.
        let first = 10;
        for _ in 0..=rng.below(4) {
            let place = first + usize::try_from(rng.below((raw.len() - first) as u64)).unwrap_or(0);
            raw[place] = u8::try_from(rng.below(256)).unwrap_or(0);
        }
        let checksum = wire::Digest::of(&[&raw[8..]]);
        raw[4..8].copy_from_slice(&checksum.0[..4]);
        Some(raw)
    }
}
