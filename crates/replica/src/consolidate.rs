//! Signing a rollup: of a province over its facilities, of the nation over the
//! provinces and the ministry's own facilities.

use std::collections::BTreeMap;

use identity::{SecretKey, Verified};
use model::overview::Progress;
use model::{Level, Period, UnitPath};
use rollup::{Header, Received, Sources};
use serde::Serialize;
use wire::limits::ROLLUP_REPLACES_MAX_COUNT;
use wire::{Content, EntryId, Flag, FlagReason, RollupContent, RollupInput, Stream, Timeliness};

use crate::author::{Place, insert_own};
use crate::heads::LeftOut;
use crate::overview::go_on;
use crate::report::ReportKey;
use crate::statements::{Judge, Statements};
use crate::units::joined_again;
use crate::{Clock, Error, Replica};

/// A rollup as people and programs read it.
#[derive(Clone, Debug, Serialize)]
pub struct RollupView {
    /// The entry.
    pub id: EntryId,
    /// Whose.
    pub unit: UnitPath,
    /// Its name.
    pub name: String,
    /// The period.
    pub period: Period,
    /// Form name.
    pub form: String,
    /// When it was signed.
    pub signed_at: String,
    /// Who signed it.
    pub signed_by: String,
    /// Made under a simulated clock.
    pub simulated: bool,
    /// Facilities that had to report.
    pub expected: u64,
    /// On time and late.
    pub received: u64,
    /// Received in time.
    pub on_time: u64,
    /// Received late.
    pub late: u64,
    /// Expected and not received (for the nation also provinces without rollup).
    pub missing: Vec<UnitPath>,
    /// What a reader must know of a unit.
    pub flagged: Vec<Flag>,
    /// Reports that went in.
    pub inputs: u64,
    /// RFC 6962 root over them.
    pub merkle_root: wire::Digest,
    /// The totals.
    pub aggregates: model::Aggregates,
    /// The rollups that this one replaces.
    pub replaces: Vec<EntryId>,
    /// For the nation: the provincial rollups that went in.
    pub provinces: BTreeMap<UnitPath, EntryId>,
    /// For the nation: of the provinces that are missing, those that have a
    /// rollup which cannot go in, as things stand now.
    pub left_out: Vec<LeftOut>,
}

/// The name of the meta row that keeps the inputs of a rollup signed here.
fn inputs_meta(id: &EntryId) -> String {
    format!("inputs/{id}")
}

/// The name of the meta row that says that the proofs have been handed out.
fn proofs_meta(id: &EntryId) -> String {
    format!("proofs/{id}")
}

impl Replica {
    /// Signs this unit's rollup, in place of all its rollups that stand: so it
    /// settles a fork. One stands and has the same facts: it is the answer and
    /// nothing is signed.
    pub fn sign_rollup(
        &mut self,
        form: &str,
        period: Period,
        head: &SecretKey,
        clock: Clock,
    ) -> Result<(RollupView, bool), Error> {
        self.sign_consolidation(form, period, None, head, clock)
    }

    /// The same, if what would be signed is what the head has read: `facts` of
    /// [`model::overview::RollupPage`].
    ///
    /// # Errors
    /// [`Error::DraftChanged`]
    pub fn sign_rollup_seen(
        &mut self,
        form: &str,
        period: Period,
        facts: &str,
        head: &SecretKey,
        clock: Clock,
    ) -> Result<(RollupView, bool), Error> {
        self.sign_consolidation(form, period, Some(facts), head, clock)
    }

    fn sign_consolidation(
        &mut self,
        form: &str,
        period: Period,
        seen: Option<&str>,
        head: &SecretKey,
        clock: Clock,
    ) -> Result<(RollupView, bool), Error> {
        let key = ReportKey::regular(&self.unit, form, period);
        // Of one state of the file, whatever arrives meanwhile.
        let (heads, (mut content, inputs)) = self.store.read(|_| {
            let heads = self.rollup_heads(&self.unit, form, period)?;
            Ok::<_, Error>((heads, self.consolidation(&key, &mut |_, _| true)?))
        })?;
        if let Some(seen) = seen
            && facts_of(&content)?.to_string() != seen
        {
            return Err(Error::DraftChanged);
        }
        let only = match heads[..] {
            [only] => self.store.get(&only)?,
            _ => None,
        };
        if let Some(only) = only.filter(|only| same_facts(only, &content)) {
            // A process that was killed after it had signed.
            if self.store.meta(&proofs_meta(&only.id()))?.is_none() {
                self.hand_out_proofs(period, &only, &inputs, clock)?;
            }
            return Ok((self.rollup_view(&only)?, false));
        }
        // More than one entry can name: the next ones take the rest.
        content.replaces = heads;
        content.replaces.truncate(ROLLUP_REPLACES_MAX_COUNT);
        let place = Place {
            stream: Stream::Rollup,
            unit: self.unit.clone(),
            period: Some(period),
            doc: None,
        };
        let entry = self.sign(
            head,
            place,
            Content::Rollup(Box::new(content.clone())),
            clock,
        )?;
        let blob = wire::cbor::to_vec(&inputs).map_err(wire::EntryError::Cbor)?;
        let text = data_encoding::BASE64.encode(&blob);
        self.store.write(|tx| -> Result<(), Error> {
            insert_own(tx, &entry, clock)?;
            Ok(tx.set_meta(&inputs_meta(&entry.id()), &text)?)
        })?;
        self.hand_out_proofs(period, &entry, &inputs, clock)?;
        Ok((self.rollup_view(&entry)?, true))
    }

    /// Each facility gets the proof that its report went in.
    fn hand_out_proofs(
        &mut self,
        period: Period,
        entry: &Verified,
        inputs: &[RollupInput],
        clock: Clock,
    ) -> Result<(), Error> {
        let mut proofs = Vec::new();
        let facilities = inputs.iter().map(|input| &input.unit);
        for unit in facilities.filter(|unit| unit.level() == Level::Facility) {
            let proof = rollup::merkle::inclusion(entry.id(), inputs, unit)
                .map_err(wire::EntryError::Cbor)?;
            proofs.extend(proof);
        }
        self.issue_inclusions(period, proofs, clock)?;
        let done = proofs_meta(&entry.id());
        self.store
            .write(|tx| -> Result<(), Error> { Ok(tx.set_meta(&done, "1")?) })
    }

    /// Keeps the inputs of a rollup that was signed elsewhere.
    pub(crate) fn put_inputs(&mut self, rollup: &EntryId, inputs: &[u8]) -> Result<(), Error> {
        let text = data_encoding::BASE64.encode(inputs);
        self.store
            .write(|tx| Ok(tx.set_meta(&inputs_meta(rollup), &text)?))
    }

    /// The inputs of a rollup that was signed here, or that were given to this
    /// node by whoever signed it.
    pub(crate) fn kept_inputs(&self, rollup: &EntryId) -> Result<Option<Vec<u8>>, Error> {
        let text = self.store.meta(&inputs_meta(rollup))?;
        Ok(text.and_then(|text| data_encoding::BASE64.decode(text.as_bytes()).ok()))
    }

    /// What this unit would sign now, but for what it replaces, and the inputs.
    pub(crate) fn consolidation(
        &self,
        key: &ReportKey,
        progress: Progress<'_>,
    ) -> Result<(RollupContent, Vec<RollupInput>), Error> {
        match self.level() {
            Level::Province => self.consolidate_province(key, progress),
            Level::Ministry => self.consolidate_nation(key, progress),
            Level::Facility => Err(Error::WrongLevel("facility")),
        }
    }

    fn consolidate_province(
        &self,
        key: &ReportKey,
        progress: Progress<'_>,
    ) -> Result<(RollupContent, Vec<RollupInput>), Error> {
        let form = self.form_for(key)?;
        let sources = self.sources(key, progress)?;
        let inputs = rollup::sorted(sources.inputs.clone()).map_err(consolidation)?;
        let header = self.header(key)?;
        let content = rollup::consolidate(
            &form,
            header,
            &sources.expected,
            &sources.received,
            sources.inputs,
            sources.flags,
        )
        .map_err(consolidation)?;
        Ok((content, inputs))
    }

    fn consolidate_nation(
        &self,
        key: &ReportKey,
        progress: Progress<'_>,
    ) -> Result<(RollupContent, Vec<RollupInput>), Error> {
        let form = self.form_for(key)?;
        let provinces = self.provincial_rollups(key)?.usable;
        let expected = self.known_provinces()?;
        let direct = self.sources(key, progress)?;
        let inputs = rollup::nation::nation_inputs(&provinces, direct.inputs.clone())
            .map_err(consolidation)?;
        let header = self.header(key)?;
        let content = rollup::consolidate_nation(&form, header, &expected, &provinces, direct)
            .map_err(consolidation)?;
        Ok((content, inputs))
    }

    fn header(&self, key: &ReportKey) -> Result<Header, Error> {
        Ok(Header {
            ordinal: key.ordinal,
            due: self.due(key)?,
            receipts_head: self.receipts_head()?,
            replaces: Vec::new(),
        })
    }

    /// What the facilities directly below contribute.
    pub(crate) fn sources(
        &self,
        key: &ReportKey,
        progress: Progress<'_>,
    ) -> Result<Sources, Error> {
        let due = self.due(key)?;
        let mut expected = self.expected(key, due)?;
        expected.retain(|unit| unit.parent().as_ref() == Some(&self.unit));
        let mut sources = Sources {
            expected,
            ..Sources::default()
        };
        let reports: Vec<ReportKey> = sources
            .expected
            .iter()
            .map(|unit| ReportKey {
                unit: unit.clone(),
                ..key.clone()
            })
            .collect();
        let keys = self.store.keys()?;
        let mut judge = Judge::new(&keys);
        let statements = self.statements_of(&self.unit, key.period, &reports, &mut judge)?;
        for (done, (report, statements)) in reports.iter().zip(&statements).enumerate() {
            go_on(progress(done, reports.len()))?;
            let unit = &report.unit;
            let again = joined_again(&mut judge, unit)?;
            let timeliness = statements.timeliness(due);
            let input = match timeliness {
                Some(timeliness) => self.input(report, statements, timeliness)?,
                None => None,
            };
            let lost = timeliness.is_some() && input.is_none() && statements.accepted().is_some();
            sources.flags.extend(flags(unit, again, statements, lost));
            if let Some(timeliness) = timeliness {
                let received = Received { timeliness };
                sources.received.insert(unit.clone(), received);
            }
            sources.inputs.extend(input);
        }
        Ok(sources)
    }

    /// A unit's input: its latest accepted submission, with the receipt that
    /// says whether it reported in time. `None` too if what it rests on is not in
    /// effect here any more: [`flags`] names the unit.
    pub(crate) fn input(
        &self,
        key: &ReportKey,
        statements: &Statements,
        timeliness: Timeliness,
    ) -> Result<Option<RollupInput>, Error> {
        let Some(accepted) = statements.accepted() else {
            return Ok(None);
        };
        let loaded = self.load(key)?;
        let Some(snapshot) = self.submitted_snapshot(&loaded, &accepted.content) else {
            return Ok(None);
        };
        let first = statements.first_received();
        Ok(Some(RollupInput {
            unit: key.unit.clone(),
            submission: accepted.id,
            receipt: first
                .and_then(|s| s.receipt.as_ref())
                .map(|receipt| receipt.id),
            timeliness: Some(timeliness),
            state: rollup::state_of(&loaded.form, &snapshot, &key.unit, key.period),
        }))
    }

    /// The newest rollup of a unit, for showing.
    pub fn show_rollup(
        &self,
        unit: &UnitPath,
        form: &str,
        period: Period,
    ) -> Result<RollupView, Error> {
        match self.newest_rollup(unit, form, period)? {
            Some(entry) => self.rollup_view(&entry),
            None => Err(Error::NoRollup {
                unit: unit.clone(),
                period,
            }),
        }
    }

    fn rollup_view(&self, entry: &Verified) -> Result<RollupView, Error> {
        let body = entry.body();
        let (Content::Rollup(content), Some(period)) = (&body.content, body.period) else {
            return Err(Error::NoSuchEntry(entry.id().short()));
        };
        let content = (**content).clone();
        let left_out = self.left_out(&body.unit, &content, period)?;
        Ok(RollupView {
            id: entry.id(),
            unit: body.unit.clone(),
            name: self.unit_name(&body.unit)?.unwrap_or_default(),
            period,
            form: content.form,
            signed_at: body.time.to_rfc3339(),
            signed_by: self.name_of(&entry.author(), &body.unit)?,
            simulated: body.simulated,
            expected: content.expected,
            received: content.on_time.saturating_add(content.late),
            on_time: content.on_time,
            late: content.late,
            missing: content.missing,
            flagged: content.flagged,
            inputs: content.inputs,
            merkle_root: content.merkle_root,
            aggregates: content.aggregates,
            replaces: content.replaces,
            provinces: content.provinces,
            left_out,
        })
    }
}

/// What a reader must know of a unit; `lost`: its accepted report does not go in,
/// since what that rests on is not in effect here any more.
fn flags(unit: &UnitPath, joined_again: bool, statements: &Statements, lost: bool) -> Vec<Flag> {
    let mut flags = Vec::new();
    let mut flag = |reason| {
        flags.push(Flag {
            unit: unit.clone(),
            reason,
        })
    };
    if joined_again && !model::sabotaged!(HideReenrolment) {
        flag(FlagReason::Reenrolled);
    }
    let accepted = statements.accepted().map(|s| s.id);
    if lost {
        flag(FlagReason::Pending);
    }
    let newest = statements.shown();
    if let Some(newest) = newest.filter(|newest| Some(newest.id) != accepted) {
        match (newest.latest_review(), accepted) {
            (Some(_), _) => flag(FlagReason::Returned),
            (None, Some(_)) if lost => {}
            (None, Some(_)) => flag(FlagReason::NewerPending),
            (None, None) => flag(FlagReason::Pending),
        }
    }
    flags
}

/// A name for all that a rollup says of the reports: what a head has read is what
/// they sign.
pub(crate) fn facts_of(content: &RollupContent) -> Result<wire::Digest, Error> {
    let facts = RollupContent {
        receipts_head: None,
        replaces: Vec::new(),
        ..content.clone()
    };
    let bytes = wire::cbor::to_vec(&facts).map_err(wire::EntryError::Cbor)?;
    Ok(wire::Digest::of(&[&bytes]))
}

/// Whether a rollup would say the same as the one before it. The head of the
/// receipt chain moves with every sync and is no fact about the reports.
fn same_facts(prev: &Verified, content: &RollupContent) -> bool {
    let Content::Rollup(prev) = &prev.body().content else {
        return false;
    };
    let mut prev = (**prev).clone();
    prev.replaces = content.replaces.clone();
    prev.receipts_head = content.receipts_head;
    prev == *content
}

fn consolidation(error: rollup::ConsolidateError) -> Error {
    Error::Consolidate(error.to_string())
}
