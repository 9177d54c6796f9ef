//! `status`: what a person wants to know of a node at a glance.

use model::UnitPath;
use serde::Serialize;
use wire::{EntryId, PublicKey};

use crate::author::standing_words;
use crate::repair::DamagedView;
use crate::{Error, Replica};

/// Refused entries that `status` names.
const REFUSED_SHOWN_COUNT: usize = 20;

/// The answer to `status`.
#[derive(Clone, Debug, Serialize)]
pub struct StatusView {
    /// The unit.
    pub unit: UnitPath,
    /// Its name.
    pub name: String,
    /// `ministry`, `province` or `facility`.
    pub level: &'static str,
    /// A rehearsal tree.
    pub rehearsal: bool,
    /// Fingerprint of the pinned root key.
    pub anchor: PublicKey,
    /// This machine's key.
    pub node: PublicKey,
    /// Where it listens.
    pub address: Option<String>,
    /// Where the level above is.
    pub above: Option<String>,
    /// Entries held.
    pub entries: u64,
    /// Edits that are not signed yet.
    pub pending: usize,
    /// Edits that nobody can sign any more, since their author's key no longer
    /// counts: kept, and in nobody's way.
    pub stranded: usize,
    /// Entries that wait for their author's credential.
    pub parked: usize,
    /// Held entries that a report's gate set aside.
    pub quarantined: Vec<SetAside>,
    /// Held entries without effect, and why.
    pub without_effect: Vec<SetAside>,
    /// The newest refused entries.
    pub refused: Vec<RefusedView>,
    /// Entries that were damaged in the file and are not held again.
    pub damaged: Vec<DamagedView>,
    /// Receipt chains that do not fit together, in words.
    pub receipt_forks: Vec<String>,
    /// Other nodes and how they stand with this one.
    pub peers: Vec<PeerView>,
    /// Reports that the level above asked to see.
    pub drills: Vec<DrillView>,
}

/// An entry that is held and does not count.
#[derive(Clone, Debug, Serialize)]
pub struct SetAside {
    /// The entry.
    pub id: EntryId,
    /// Why.
    pub reason: String,
}

/// An entry that was refused.
#[derive(Clone, Debug, Serialize)]
pub struct RefusedView {
    /// Its id, if its signature was right.
    pub id: Option<EntryId>,
    /// What it says it is.
    pub kind: Option<String>,
    /// Where it says it belongs.
    pub unit: Option<UnitPath>,
    /// Why it was refused.
    pub reason: String,
    /// When.
    pub time: String,
}

/// Another node.
#[derive(Clone, Debug, Serialize)]
pub struct PeerView {
    /// Its unit.
    pub unit: UnitPath,
    /// Its key.
    pub key: PublicKey,
    /// Where it listens.
    pub address: Option<String>,
    /// When a session with it last ended well.
    pub last_sync: Option<String>,
    /// Whether both held the same then.
    pub in_sync: bool,
}

/// A drill-down by the level above.
#[derive(Clone, Debug, Serialize)]
pub struct DrillView {
    /// Which unit's reports.
    pub unit: UnitPath,
    /// Of which period.
    pub period: Option<model::Period>,
    /// When.
    pub time: String,
}

/// The answer to `verify`.
#[derive(Clone, Debug, Serialize)]
pub struct VerifyView {
    /// No problems.
    pub ok: bool,
    /// Entries checked.
    pub entries: usize,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

/// Something that `verify` found.
#[derive(Clone, Debug, Serialize)]
pub struct Problem {
    /// `entry`, `projection`, `file`.
    pub kind: &'static str,
    /// Which row, table or page.
    pub at: String,
    /// What is wrong with it.
    pub message: String,
}

impl Problem {
    pub(crate) fn new(kind: &'static str, at: &str, message: String) -> Self {
        Problem {
            kind,
            at: at.to_owned(),
            message,
        }
    }
}

impl Replica {
    /// The node at a glance.
    pub fn status(&self) -> Result<StatusView, Error> {
        let set_aside = |(id, reason)| SetAside { id, reason };
        let (live, stranded) = self.split_drafts(self.store.drafts_all()?)?;
        Ok(StatusView {
            unit: self.unit.clone(),
            name: self.known_name(&self.unit)?,
            level: self.level().as_str(),
            rehearsal: self.rehearsal,
            anchor: self.anchor,
            node: self.node_key(),
            address: self.address()?,
            above: self.address_above()?,
            entries: self.store.count()?,
            pending: live.len(),
            stranded: stranded.len(),
            parked: self.store.parked()?.len(),
            quarantined: self.quarantined()?.into_iter().map(set_aside).collect(),
            without_effect: self.without_effect()?,
            refused: self.refused_views()?,
            damaged: self.damaged_views()?,
            receipt_forks: self.chain_findings()?,
            peers: self.peer_views()?,
            drills: self.drill_views()?,
        })
    }

    /// Entries that are held and do not count: only authors with a revocation,
    /// an expiry or a spent invite can have any.
    fn without_effect(&self) -> Result<Vec<SetAside>, Error> {
        let mut judge = identity::Judge::new(&self.store);
        let mut found = Vec::new();
        let mut failed = None;
        self.store
            .for_each(&store::EntryFilter::default(), |stored| {
                match judge.standing(&stored.entry) {
                    Ok(standing) if standing.is_in_effect() => {}
                    Ok(standing) => {
                        let reason = standing_words(&standing).to_owned();
                        found.push(SetAside {
                            id: stored.entry.id(),
                            reason,
                        });
                    }
                    Err(error) => failed = Some(error),
                }
            })?;
        match failed {
            Some(error) => Err(error.into()),
            None => Ok(found),
        }
    }

    fn refused_views(&self) -> Result<Vec<RefusedView>, Error> {
        let view = |refused: store::Refused| RefusedView {
            id: refused.id,
            kind: refused.kind.map(|kind| kind.as_str().to_owned()),
            unit: refused.unit,
            reason: refused.reason,
            time: refused.time.to_rfc3339(),
        };
        Ok(self
            .store
            .refused(REFUSED_SHOWN_COUNT)?
            .into_iter()
            .map(view)
            .collect())
    }

    fn peer_views(&self) -> Result<Vec<PeerView>, Error> {
        let view = |peer: store::Peer| PeerView {
            unit: peer.unit,
            key: peer.key,
            address: peer.address,
            last_sync: peer.last_sync.map(|time| time.to_rfc3339()),
            in_sync: peer.in_sync,
        };
        Ok(self.store.peers()?.into_iter().map(view).collect())
    }

    fn drill_views(&self) -> Result<Vec<DrillView>, Error> {
        let view = |drill: store::Drill| DrillView {
            unit: drill.unit,
            period: drill.period,
            time: drill.time.to_rfc3339(),
        };
        Ok(self.store.drills()?.into_iter().map(view).collect())
    }
}
