//! Receipts: the level above says what it durably holds.
//!
//! All receipts of one machine form one chain (previous id, time never
//! decreasing). They are made in a transaction of their own after the one that
//! stored what they cover, and reads of the chain's head happen inside it, so
//! two processes on one home cannot fork it.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use identity::{GrantRecord, Ledger};
use model::{Level, Period, Timestamp, UnitPath};
use store::{EntryFilter, Store, Stored, Tx};
use wire::{Content, EntryId, Inclusion, Incomplete, Kind, PublicKey, ReceiptContent, Stream};

use crate::author::insert_own;
use crate::gates::Gated;
use crate::report::{Loaded, ReportKey};
use crate::statements::Submitted;
use crate::{Clock, Error, Replica};

/// Ids in one receipt: 32 kB of them.
const COVERS_MAX_COUNT: usize = 1_000;

/// Submissions that one receipt answers with what is missing: with as many
/// names in each as it may have, 220 kB.
const INCOMPLETE_MAX_COUNT: usize = 100;

/// Missing changes, and quarantined entries, that an answer names. A submission
/// may name thirty thousand heads that nobody has; the answer must still fit into
/// an entry, and who sends the first ones is told of the next.
const NAMED_MAX_COUNT: usize = 32;

/// Submissions of one report that are answered while they are incomplete, the newest:
/// each answer is signed and held for good, and is another one whenever another change
/// is set aside.
const OPEN_ANSWERED_MAX_COUNT: usize = 8;

/// Inclusion proofs in one receipt: each carries a unit's whole state.
const INCLUSIONS_MAX_COUNT: usize = 1;

/// Entries looked at in one go, so that a first session does not fill the memory.
const PAGE_COUNT: usize = 4_096;

/// Up to which row receipts have been made.
const META_ROW: &str = "receipts-row";

/// The head of this node's chain, as `seq id time`: known even when the receipt
/// itself is lost to a damaged row, lest the next one forks the chain.
const META_HEAD: &str = "receipts-head";

/// What one receipt will say.
#[derive(Default)]
struct Pending {
    covers: Vec<EntryId>,
    received: Vec<EntryId>,
    incomplete: Vec<Incomplete>,
    inclusions: Vec<Inclusion>,
}

/// The units of the nodes that brought entries.
struct Origins {
    /// Of who is in session.
    peer: Option<UnitPath>,
    units: BTreeMap<PublicKey, Option<UnitPath>>,
}

impl Origins {
    fn new(peer: Option<UnitPath>) -> Self {
        Origins {
            peer,
            units: BTreeMap::new(),
        }
    }

    /// Whose node brought an entry.
    fn of(&mut self, replica: &Replica, stored: &Stored) -> Result<Option<&UnitPath>, Error> {
        let Some(from) = stored.from else {
            return Ok(self.peer.as_ref());
        };
        let unit = match self.units.entry(from) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(replica.node_unit(&from)?),
        };
        Ok(unit.as_ref().or(self.peer.as_ref()))
    }
}

/// Where a receipt lies.
type Where = (UnitPath, Stream, Option<Period>);

impl Replica {
    /// Gives receipts for everything from below that has none of this node yet: also
    /// for the reports that a facility brought to the ministry itself, whoever is in
    /// session now. `peer` is that one; it counts for what has no known origin.
    pub(crate) fn issue_receipts(
        &mut self,
        peer: Option<&PublicKey>,
        clock: Clock,
    ) -> Result<usize, Error> {
        if self.level() == Level::Facility {
            return Ok(0);
        }
        // Its own credential was damaged and has not come again: without it a
        // receipt says nothing. What is owed stays owed; what arrives is taken.
        let own = self.store.grants_above(&self.node_key(), &self.unit)?;
        if own.is_empty() {
            return Ok(0);
        }
        let direct = match peer {
            Some(key) => self.node_unit(key)?,
            None => None,
        };
        // Another process may give receipts at the same time: whoever comes
        // second looks anew at what is left.
        let mut given = 0;
        let mut origins = Origins::new(direct);
        while let Some(page) = self.try_receipts(&mut origins, clock)? {
            given += page.unwrap_or_default();
        }
        Ok(given)
    }

    /// Receipts for a page of what has none. `None`: nothing is left;
    /// `Some(None)`: another process was faster.
    fn try_receipts(
        &mut self,
        origins: &mut Origins,
        clock: Clock,
    ) -> Result<Option<Option<usize>>, Error> {
        let from_row = receipts_row(&self.store)?;
        let newest = self.store.max_row()?;
        if newest <= from_row {
            return Ok(None);
        }
        let filter = EntryFilter {
            unit: Some(self.unit.clone()),
            subtree: true,
            after_row: from_row,
            limit: Some(PAGE_COUNT),
            ..Default::default()
        };
        let fresh = self.store.entries(&filter)?;
        let to_row = match fresh.last() {
            Some(last) if fresh.len() == PAGE_COUNT => last.row,
            _ => newest,
        };
        let mut pending: BTreeMap<Where, Pending> = BTreeMap::new();
        for stored in &fresh {
            let body = stored.entry.body();
            let place = (body.unit.clone(), body.stream, body.period);
            // A change that comes again, after a backup was restored, has its
            // receipt; a submission that was waiting for it has none.
            if body.kind() == Kind::Changes && self.is_reported_here(stored, origins)? {
                pending.entry(place.clone()).or_default();
            }
            if self.is_ours_to_receipt(stored, origins)? {
                pending
                    .entry(place)
                    .or_default()
                    .covers
                    .push(stored.entry.id());
            }
        }
        // From the first row: this node begins, or lost something to damage.
        let late = match from_row {
            0 => self.submitted_on(None)?,
            _ => self.submitted_on(Some(&self.forms_after(from_row)?))?,
        };
        for stored in late {
            if self.is_reported_here(&stored, origins)? {
                let body = stored.entry.body();
                let place = (body.unit.clone(), body.stream, body.period);
                pending.entry(place).or_default();
            }
        }
        let gated = self.judge_submissions(&mut pending, newest)?;
        self.write_receipts(pending, &gated, Some((from_row, to_row)), clock)
            .map(Some)
    }

    /// Proofs for each unit that its report went into a rollup.
    pub(crate) fn issue_inclusions(
        &mut self,
        period: Period,
        inclusions: Vec<Inclusion>,
        clock: Clock,
    ) -> Result<usize, Error> {
        let mut pending: BTreeMap<Where, Pending> = BTreeMap::new();
        for inclusion in inclusions {
            let place = (inclusion.input.unit.clone(), Stream::Report, Some(period));
            pending.entry(place).or_default().inclusions.push(inclusion);
        }
        let given = self.write_receipts(pending, &[], None, clock)?;
        Ok(given.unwrap_or_default())
    }

    /// Whether an entry of a report came as one to this unit, and is not only
    /// looked at: the unit is directly below, or brought it itself.
    fn is_reported_here(&self, stored: &Stored, origins: &mut Origins) -> Result<bool, Error> {
        let unit = &stored.entry.body().unit;
        if unit.parent().as_ref() == Some(&self.unit) {
            return Ok(true);
        }
        Ok(origins.of(self, stored)? == Some(unit))
    }

    fn is_ours_to_receipt(&self, stored: &Stored, origins: &mut Origins) -> Result<bool, Error> {
        let body = stored.entry.body();
        if body.kind() == Kind::Receipt || !self.unit.is_above(&body.unit) {
            return Ok(false);
        }
        // It comes again after damage, or with the receipts from before a backup.
        if self
            .store
            .is_covered_by(&stored.entry.id(), &self.node_key())?
        {
            return Ok(false);
        }
        if body.stream == Stream::Report && !self.is_reported_here(stored, origins)? {
            return Ok(false);
        }
        // Whether it came before or after what the key signed must be known by one
        // clock, also where this unit itself has revoked the key.
        if body.kind() == Kind::Revocation {
            return Ok(true);
        }
        // What this unit or one above says of the unit needs no receipt. Somebody
        // from below may have a role here as well.
        let grants = self
            .store
            .grants_above(&stored.entry.author(), &body.unit)?;
        let from_below = |grant: &GrantRecord| {
            self.unit.is_above(&grant.unit) && identity::table::permits(grant, body).is_ok()
        };
        Ok(grants.iter().any(from_below))
    }

    /// A submission is received when everything it rests on is held and gives
    /// the same snapshot; judged anew whenever the report got something.
    fn judge_submissions(
        &self,
        pending: &mut BTreeMap<Where, Pending>,
        newest: i64,
    ) -> Result<Vec<Gated>, Error> {
        let mut gated = Vec::new();
        let places: Vec<Where> = pending.keys().cloned().collect();
        for place in places {
            let (unit, Stream::Report, Some(period)) = &place else {
                continue;
            };
            for key in self.reports_of(unit, *period)? {
                let statements = self.statements(&key, true)?;
                let mut open: Vec<&Submitted> = statements
                    .submissions
                    .iter()
                    .filter(|s| s.receipt.is_none())
                    .collect();
                open.sort_unstable_by_key(|s| Reverse((s.time, s.id)));
                if open.is_empty() {
                    continue;
                }
                let loaded = match self.load(&key) {
                    Ok(loaded) => loaded,
                    // Nothing can be said of it here, and nobody else may wait.
                    Err(Error::NoSuchForm(_)) => continue,
                    Err(error) => return Err(error),
                };
                gated.push(Gated::new(&loaded, newest));
                for (place_in_line, submission) in open.into_iter().enumerate() {
                    let target = pending.entry(place.clone()).or_default();
                    match self.judge(&loaded, submission) {
                        None if model::sabotaged!(DropReceipt) => {}
                        None => target.received.push(submission.id),
                        Some(_) if place_in_line >= OPEN_ANSWERED_MAX_COUNT => {}
                        Some(incomplete) if self.has_said(submission, &incomplete)? => {}
                        Some(incomplete) => target.incomplete.push(incomplete),
                    }
                }
            }
        }
        Ok(gated)
    }

    /// Whether this node's last answer to a submission was the same.
    fn has_said(&self, submission: &Submitted, incomplete: &Incomplete) -> Result<bool, Error> {
        let Some(receipt) = &submission.incomplete else {
            return Ok(false);
        };
        let said = self.store.get(receipt)?.is_some_and(|entry| {
            let Content::Receipt(content) = &entry.body().content else {
                return false;
            };
            entry.author() == self.node_key() && content.incomplete.contains(incomplete)
        });
        Ok(said)
    }

    fn judge(&self, loaded: &Loaded, submission: &Submitted) -> Option<Incomplete> {
        if model::sabotaged!(ReceiptUnseen) {
            return None;
        }
        let mut missing = loaded.report.missing_ancestors(&submission.content.heads);
        missing.sort_unstable();
        if missing.is_empty()
            && self
                .submitted_snapshot(loaded, &submission.content)
                .is_some()
        {
            return None;
        }
        let mut quarantined: Vec<EntryId> = loaded
            .verdicts
            .quarantined
            .iter()
            .map(|(entry, _)| *entry)
            .collect();
        quarantined.sort_unstable();
        quarantined.dedup();
        quarantined.truncate(NAMED_MAX_COUNT);
        let differs = missing.is_empty();
        missing.truncate(NAMED_MAX_COUNT);
        Some(Incomplete {
            submission: submission.id,
            missing,
            quarantined,
            differs,
        })
    }

    /// The reports of a unit in a period of which submissions are held.
    fn reports_of(&self, unit: &UnitPath, period: Period) -> Result<Vec<ReportKey>, Error> {
        let filter = EntryFilter {
            unit: Some(unit.clone()),
            kind: Some(Kind::Submission),
            period: Some(Some(period)),
            ..Default::default()
        };
        let mut keys = Vec::new();
        for stored in self.store.entries(&filter)? {
            let Content::Submission(content) = &stored.entry.body().content else {
                continue;
            };
            keys.push(ReportKey {
                unit: unit.clone(),
                form: content.form.clone(),
                period,
                ordinal: content.ordinal,
            });
        }
        keys.sort();
        keys.dedup();
        Ok(keys)
    }

    /// `rows`: from and up to which row they cover; `None` is the answer if those
    /// are no longer the ones to cover.
    fn write_receipts(
        &mut self,
        pending: BTreeMap<Where, Pending>,
        gated: &[Gated],
        rows: Option<(i64, i64)>,
        clock: Clock,
    ) -> Result<Option<usize>, Error> {
        let contents = split(pending);
        let node = self.node.clone();
        let (anchor, own) = (self.anchor, self.unit.clone());
        self.store.write(|tx| -> Result<Option<usize>, Error> {
            if let Some((from_row, _)) = rows
                && receipts_row(tx)? != from_row
            {
                return Ok(None);
            }
            for verdict in gated {
                verdict.store(tx)?;
            }
            let alone = rows.is_some_and(|(_, to_row)| tx.max_row().is_ok_and(|row| row == to_row));
            let grants = tx.grants_above(&node.public(), &own)?;
            let mut head = chain_head(tx, &node.public())?;
            let count = contents.len();
            for ((unit, stream, period), mut content) in contents {
                let (seq, prev, after) = match &head {
                    None => (0, None, clock.now),
                    Some((seq, id, time)) => (seq + 1, Some(*id), *time),
                };
                content.seq = seq;
                content.prev = prev;
                let body = wire::Body {
                    stream,
                    unit,
                    period,
                    doc: None,
                    time: if model::sabotaged!(ReceiptsRunBackwards) {
                        clock.now
                    } else {
                        clock.now.max(after)
                    },
                    simulated: clock.simulated,
                    content: Content::Receipt(content),
                };
                let time = body.time;
                let signed = identity::Signed::check(node.sign(body)?)?;
                let receipt = signed.authorise(&anchor, &grants)?;
                insert_own(tx, &receipt, clock)?;
                if !model::sabotaged!(ForkReceipts) {
                    head = Some((seq, receipt.id(), time));
                }
            }
            if let Some((_, to_row)) = rows {
                // The receipts themselves need none.
                let row = if alone { tx.max_row()? } else { to_row };
                tx.set_meta(META_ROW, &row.to_string())?;
            }
            if let (Some((seq, id, time)), true) = (head, count > 0) {
                tx.set_meta(META_HEAD, &format!("{seq} {id} {}", time.0))?;
            }
            Ok(Some(count))
        })
    }

    /// The head of this node's receipt chain.
    pub(crate) fn receipts_head(&self) -> Result<Option<EntryId>, Error> {
        Ok(chain_head(&self.store, &self.node.public())?.map(|(_, id, _)| id))
    }
}

/// The next receipts look at every entry again.
pub(crate) fn start_over(tx: &Tx<'_>) -> Result<(), Error> {
    Ok(tx.set_meta(META_ROW, "0")?)
}

/// Up to which row receipts have been given.
fn receipts_row(store: &Store) -> Result<i64, Error> {
    let row = store.meta(META_ROW)?;
    Ok(row.and_then(|row| row.parse().ok()).unwrap_or(0))
}

/// (seq, id, time) of the newest receipt of this machine's node: what is held, or
/// what it remembers to have given.
type Head = (u64, EntryId, Timestamp);

fn chain_head(store: &Store, node: &PublicKey) -> Result<Option<Head>, Error> {
    let held = store.receipts_chain(node)?;
    let held = held.map(|head| (head.seq, head.id, head.time));
    let noted = store.meta(META_HEAD)?.and_then(|text| {
        let mut words = text.split(' ');
        let seq = words.next()?.parse().ok()?;
        let id = EntryId::from_hex(words.next()?)?;
        Some((seq, id, Timestamp(words.next()?.parse().ok()?)))
    });
    Ok(match (held, noted) {
        (Some(held), Some(noted)) if noted.0 > held.0 => Some(noted),
        (Some(held), _) => Some(held),
        (None, noted) => noted,
    })
}

/// One receipt for each place, more where too many entries are covered.
fn split(pending: BTreeMap<Where, Pending>) -> Vec<(Where, ReceiptContent)> {
    let mut contents = Vec::new();
    for (place, mut pending) in pending {
        pending.covers.sort_unstable();
        pending.received.sort_unstable();
        pending
            .incomplete
            .sort_by_key(|incomplete| incomplete.submission);
        let rounds = [
            pending.covers.len().div_ceil(COVERS_MAX_COUNT),
            pending.received.len().div_ceil(COVERS_MAX_COUNT),
            pending.incomplete.len().div_ceil(INCOMPLETE_MAX_COUNT),
            pending.inclusions.len().div_ceil(INCLUSIONS_MAX_COUNT),
        ];
        for round in 0..rounds.into_iter().max().unwrap_or(0) {
            let content = ReceiptContent {
                seq: 0,
                prev: None,
                covers: chunk(&pending.covers, COVERS_MAX_COUNT, round),
                received: chunk(&pending.received, COVERS_MAX_COUNT, round),
                incomplete: chunk(&pending.incomplete, INCOMPLETE_MAX_COUNT, round),
                inclusions: chunk(&pending.inclusions, INCLUSIONS_MAX_COUNT, round),
            };
            contents.push((place.clone(), content));
        }
    }
    contents
}

fn chunk<T: Clone>(all: &[T], size: usize, number: usize) -> Vec<T> {
    let mut chunks = all.chunks(size);
    chunks.nth(number).map(<[T]>::to_vec).unwrap_or_default()
}
