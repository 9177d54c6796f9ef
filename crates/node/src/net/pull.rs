//! What the ministry does on its own initiative: pulling rollups from the Sở,
//! asking for the reports behind them.

use std::collections::BTreeMap;

use model::{Level, UnitPath};
use replica::{Replica, RollupView};
use serde::Serialize;
use sync::{Ask, Outcome};
use wire::EntryId;
use wire::frame::ASKS_MAX_COUNT;

use super::dial;
use crate::failure::{Exit, Failure};
use crate::home::Home;
use crate::world::WallClock;

/// Hears how many units are done, of how many, and which is next; `false` ends it.
pub type Next<'n> = &'n mut dyn FnMut(usize, usize, &UnitPath) -> bool;

/// How pulling from one unit went.
#[derive(Clone, Debug, Serialize)]
pub struct Pulled {
    /// The unit.
    pub unit: UnitPath,
    /// It answered.
    pub reached: bool,
    /// Entries received.
    pub received: u64,
    /// Both hold the same now.
    pub in_sync: bool,
    /// Rollups of it that are held now.
    pub rollups: usize,
    /// Why it was not reached.
    pub warning: Option<String>,
}

/// Dials every province (or one) at its last advertised address. `next` hears which
/// comes next, and may end it early.
pub async fn pull(
    home: &Home,
    only: Option<&UnitPath>,
    clock: &WallClock,
    next: Next<'_>,
) -> Result<Vec<Pulled>, Failure> {
    let replica = home.open()?;
    let mut units: Vec<UnitPath> = replica
        .units()?
        .into_iter()
        .map(|view| view.unit)
        .filter(|unit| unit.level() == Level::Province)
        .collect();
    if let Some(only) = only {
        if !units.contains(only) {
            return Err(replica::Error::NoSuchUnit(only.clone()).into());
        }
        units.retain(|unit| unit == only);
    }
    let mut pulled = Vec::new();
    let all = units.len();
    for (done, unit) in units.into_iter().enumerate() {
        if !next(done, all, &unit) {
            break;
        }
        let result = reach(home, &replica, &unit, Vec::new(), clock).await;
        let rollups = replica.store().rollups(&unit, None)?.len();
        pulled.push(match result {
            Ok(outcome) => Pulled {
                unit,
                reached: true,
                received: outcome.received,
                in_sync: outcome.in_sync,
                rollups,
                warning: None,
            },
            Err(failure) => Pulled {
                unit,
                reached: false,
                received: 0,
                in_sync: false,
                rollups,
                warning: Some(failure.cause.unwrap_or_else(|| failure.code.to_owned())),
            },
        });
    }
    Ok(pulled)
}

/// Dials a unit's node where it last said that it listens.
pub async fn reach(
    home: &Home,
    replica: &Replica,
    unit: &UnitPath,
    asks: Vec<Ask>,
    clock: &WallClock,
) -> Result<Outcome, Failure> {
    let nowhere = || Failure::new("no-address-of", Exit::Unreachable).with("unit", unit);
    let mut last = nowhere();
    let peers = replica.store().peers()?;
    for peer in peers.iter().filter(|peer| peer.unit == *unit) {
        let Some(address) = &peer.address else {
            continue;
        };
        match dial(home, address, Some(unit.clone()), asks.clone(), clock).await {
            Ok(dialled) => return Ok(dialled.outcome),
            Err(failure) => last = failure,
        }
    }
    Err(last)
}

/// The inputs of rollups as their signers gave them (CBOR), by unit.
pub type Inputs = BTreeMap<UnitPath, Vec<u8>>;

/// Asks the provinces behind a unit's newest rollup for its inputs and for every
/// report. Of the nation's a province that cannot be reached is left out, and so
/// stays unverified. `next` hears which province comes next and may end it early,
/// `each` what one gave of which rollup.
pub async fn drill(
    home: &Home,
    rollup: &RollupView,
    clock: &WallClock,
    next: Next<'_>,
    each: &mut dyn FnMut(&EntryId, &[u8]),
) -> Result<Inputs, Failure> {
    let national = rollup.unit.level() == Level::Ministry;
    let one = BTreeMap::from([(rollup.unit.clone(), rollup.id)]);
    let rollups = if national { &rollup.provinces } else { &one };
    let mut inputs = Inputs::new();
    for (done, (province, rollup)) in rollups.iter().enumerate() {
        if !next(done, rollups.len(), province) {
            break;
        }
        match drill_rollup(home, *rollup, clock).await {
            Ok(found) => {
                found.values().for_each(|given| each(rollup, given));
                inputs.extend(found);
            }
            Err(failure) if national && failure.exit == Exit::Unreachable => {
                tracing::warn!(%province, cause = ?failure.cause, "could not be reached");
            }
            Err(failure) => return Err(failure),
        }
    }
    Ok(inputs)
}

/// Asks the province that signed a rollup for its inputs and for every report
/// behind it. Gives the inputs by unit.
async fn drill_rollup(home: &Home, rollup: EntryId, clock: &WallClock) -> Result<Inputs, Failure> {
    let replica = home.open()?;
    let (unit, period, reports) = replica.units_to_drill(&rollup)?;
    let mut asks = vec![Ask::Inputs { rollup }];
    asks.extend(reports.into_iter().map(|unit| Ask::Report { unit, period }));
    let mut inputs = Inputs::new();
    for asks in asks.chunks(ASKS_MAX_COUNT) {
        let outcome = reach(home, &replica, &unit, asks.to_vec(), clock).await?;
        for (ask, blob) in outcome.answers {
            if ask == (Ask::Inputs { rollup }) {
                inputs.insert(unit.clone(), blob);
            }
        }
    }
    Ok(inputs)
}
