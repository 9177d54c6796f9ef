//! What a desk shows at a glance: the pages of [`model::overview`], gathered.
//!
//! Each page is read over one state of the file and in as few passes as there are
//! kinds of entries, whatever the number of units: screens open on homes of a
//! hundred thousand entries. Nothing here judges by other rules than the command
//! line does; `review_list`, `sign_rollup` and `verify_rollup` are the measure.

mod behind;
mod board;
mod campaigns;
mod home;
mod nation;
mod register;
mod review;
mod rollup;

use std::collections::HashMap;

use model::{Timestamp, UnitPath};
use store::Peer;

use crate::{Error, Replica};

/// What is noted of the sessions with a unit.
#[derive(Clone, Debug, Default)]
struct Heard {
    /// When one last ended well.
    last_sync: Option<Timestamp>,
    /// Whether both held the same then.
    in_sync: bool,
    /// Where the machine listens.
    address: Option<String>,
}

impl Replica {
    /// Of every unit with a known machine; of several machines the one that was
    /// met last speaks for the unit.
    fn heard(&self) -> Result<HashMap<UnitPath, Heard>, Error> {
        let mut heard: HashMap<UnitPath, Heard> = HashMap::new();
        for peer in self.store.peers()? {
            let Peer {
                unit,
                address,
                last_sync,
                in_sync,
                ..
            } = peer;
            let known = heard.entry(unit).or_default();
            if last_sync >= known.last_sync {
                *known = Heard {
                    last_sync,
                    in_sync,
                    address: address.or(known.address.take()),
                };
            }
        }
        Ok(heard)
    }
}

/// Ends a query that nobody waits for any more.
pub(crate) fn go_on(wanted: bool) -> Result<(), Error> {
    match wanted {
        true => Ok(()),
        false => Err(Error::Cancelled),
    }
}

/// The same three in plain values.
pub(crate) fn plain(timeliness: wire::Timeliness) -> model::Timeliness {
    match timeliness {
        wire::Timeliness::OnTime => model::Timeliness::OnTime,
        wire::Timeliness::SignedOnTime => model::Timeliness::SignedOnTime,
        wire::Timeliness::Late => model::Timeliness::Late,
    }
}
