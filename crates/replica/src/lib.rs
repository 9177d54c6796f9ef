//! What a node does: commands and queries over one store.
//!
//! Deterministic and synchronous. No network, no clock, no ambient randomness,
//! no files but the store's: the time, the randomness and the unlocked keys of
//! each command come in through [`Env`] and as arguments, so a whole node can be
//! run from a seed.
//!
//! Every statement of this node goes the way of a foreign one: signed, checked
//! against the one authorisation table, then stored (`author`). What arrives is
//! taken by `intake`; what a held entry means is asked of `identity::standing`
//! at the moment of use, never stored as a verdict of its own.

mod alone;
mod author;
mod chains;
mod consolidate;
mod deep;
mod drafts;
mod edit;
mod error;
mod fill;
mod gates;
mod heads;
mod history;
mod holdings;
mod intake;
mod invites;
mod join;
mod late_forms;
mod org;
mod overview;
mod people;
mod receipts;
mod repair;
mod report;
mod review;
mod revoke;
mod screen;
mod setup;
mod show;
mod statements;
mod status;
mod submit;
mod units;
mod verify;
mod views;

pub use consolidate::RollupView;
pub use deep::{DeepReport, RollupCheck};
pub use edit::RowChange;
pub use error::{Class, Error};
pub use fill::Filled;
pub use heads::LeftOut;
pub use history::{DiffLine, HistoryLine, Since};
pub use holdings::Peering;
pub use intake::Intake;
pub use invites::{ExtendedInvite, InviteUser};
pub use join::JoinKeys;
pub use org::CampaignSpec;
pub use people::{KeyView, Person, role_name, roles_of_level};
pub use repair::{DamagedView, RepairView};
pub use report::ReportKey;
pub use review::Remark;
pub use screen::{News, Received, ScreenView};
pub use setup::{Founded, INVITE_VALID_DAYS, IssuedInvite};
pub use status::{Problem, StatusView, VerifyView};
pub use units::UnitChange;
pub use verify::Checks;
pub use views::*;

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use identity::SecretKey;
use model::{Entropy, Form, Level, Timestamp, UnitPath};
use store::Store;
use wire::{EntryId, PublicKey};

/// The time, as a command is told it.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// The wall clock.
    pub now: Timestamp,
    /// Whether that clock is simulated (`--at`).
    pub simulated: bool,
}

impl Clock {
    /// The same, but later than this.
    pub(crate) fn after(self, time: Option<Timestamp>) -> Clock {
        let after = time.map_or(self.now, |time| Timestamp(time.0.saturating_add(1)));
        Clock {
            now: self.now.max(after),
            ..self
        }
    }
}

/// What a command gets from the world.
pub struct Env<'a> {
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub entropy: &'a mut dyn Entropy,
}

/// The form of the quarterly report.
pub const QUARTERLY_FORM: &str = model::form::QUARTERLY;

/// One node: a store, and who it is.
pub struct Replica {
    store: Store,
    unit: UnitPath,
    anchor: PublicKey,
    rehearsal: bool,
    node: SecretKey,
    /// Published forms by entry; `None` if one cannot be read here.
    parsed_forms: RefCell<HashMap<EntryId, Option<Arc<Form>>>>,
}

/// Names of the rows of the store's `meta` table.
mod meta {
    /// The unit's path.
    pub(crate) const UNIT: &str = "unit";
    /// The pinned root key, in hexadecimal.
    pub(crate) const ANCHOR: &str = "anchor";
    /// `1` in a rehearsal tree.
    pub(crate) const REHEARSAL: &str = "rehearsal";
    /// Address of the level above.
    pub(crate) const ADDRESS_ABOVE: &str = "address-above";
    /// Where this node listens, as others may dial it.
    pub(crate) const ADDRESS: &str = "address";
}

impl Replica {
    /// Opens a home that is set up.
    pub fn open(store: Store, node: SecretKey) -> Result<Self, Error> {
        let unit = store.meta(meta::UNIT)?.ok_or(Error::NotSetUp)?;
        let anchor = store.meta(meta::ANCHOR)?.ok_or(Error::NotSetUp)?;
        let rehearsal = store.meta(meta::REHEARSAL)?.as_deref() == Some("1");
        Ok(Replica {
            unit: UnitPath::parse(&unit).map_err(|_| Error::NotSetUp)?,
            anchor: PublicKey::from_hex(&anchor).ok_or(Error::NotSetUp)?,
            rehearsal,
            store,
            node,
            parsed_forms: RefCell::default(),
        })
    }

    /// The unit that this node belongs to.
    pub fn unit(&self) -> &UnitPath {
        &self.unit
    }

    /// The unit's level.
    pub fn level(&self) -> Level {
        self.unit.level()
    }

    /// The pinned root key of the tree.
    pub fn anchor(&self) -> PublicKey {
        self.anchor
    }

    /// Whether the tree is a rehearsal.
    pub fn is_rehearsal(&self) -> bool {
        self.rehearsal
    }

    /// The key of this machine.
    pub fn node_key(&self) -> PublicKey {
        self.node.public()
    }

    /// The store, for reading.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Where the level above was last reached.
    pub fn address_above(&self) -> Result<Option<String>, Error> {
        Ok(self.store.meta(meta::ADDRESS_ABOVE)?)
    }

    /// Remembers where the level above is.
    pub fn set_address_above(&mut self, address: &str) -> Result<(), Error> {
        self.store
            .write(|tx| Ok(tx.set_meta(meta::ADDRESS_ABOVE, address)?))
    }

    /// Where this node listens.
    pub fn address(&self) -> Result<Option<String>, Error> {
        Ok(self.store.meta(meta::ADDRESS)?)
    }

    /// Remembers where this node listens; goes into every hello.
    pub fn set_address(&mut self, address: &str) -> Result<(), Error> {
        self.store
            .write(|tx| Ok(tx.set_meta(meta::ADDRESS, address)?))
    }

    /// Refuses a simulated clock outside a rehearsal tree.
    pub fn check_clock(&self, clock: Clock) -> Result<(), Error> {
        if clock.simulated && !self.rehearsal {
            return Err(Error::NotRehearsal);
        }
        Ok(())
    }
}
