//! The kinds of harm that a run can do, and how often each was done.

use std::collections::{BTreeMap, BTreeSet};

macro_rules! faults {
    ($($name:ident $words:literal,)*) => {
        /// A kind of harm. A seed draws which of them it uses.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Fault { $(#[doc = $words] $name,)* }

        impl Fault {
            /// All of them.
            pub const ALL: &'static [Fault] = &[$(Fault::$name,)*];

            /// In words.
            pub fn words(self) -> &'static str {
                match self { $(Fault::$name => $words,)* }
            }
        }
    };
}

faults! {
    Loss "a frame is lost",
    Duplication "a frame arrives twice",
    Reordering "a frame arrives before one that was sent earlier",
    Delay "a frame takes minutes",
    Cut "a connection breaks between two frames",
    OneWay "frames go one way only",
    Parted "two machines cannot reach each other",
    Island "a machine is cut off for days",
    CrashBeforeSend "a process dies after a commit and before it tells anybody",
    CrashInside "a process dies within a write",
    PowerCut "a machine loses power, and what was not synced",
    PowerCutInside "a machine loses power within a write",
    FailedWrite "a write fails",
    FullDisk "a disk is full",
    BitRot "a bit of a stored row flips",
    Rollback "an old backup is restored",
    TotalLoss "a machine is lost with its keys and enrolled anew",
    ClockDay "a clock is wrong by a day",
    ClockYear "a clock is wrong by 400 days",
    ClockStopped "a clock stands still",
    NewerVersion "an entry of a kind that only the next version knows",
    NewerSession "a peer speaks the next version of the session",
    RevokedAway "a key is revoked while its machine is cut off",
    Forged "an entry is signed with a key that nobody knows",
    Altered "a bit of a frame is flipped",
    Forked "one author makes two different changes under one number",
    Omitted "a peer holds back entries",
    Replayed "an entry is replayed under another unit",
    Flooded "a peer sends hundreds of entries of nobody",
    HostileChange "an authorised author sends hostile Automerge bytes",
    StolenKey "a revoked facility key signs a report",
    SoAlters "a Sở alters a number in its rollup",
    SoHides "a Sở hides a facility that reported",
    SoBackdates "a Sở dates a receipt back",
    SoForksReceipts "a Sở forks its receipts",
    SoReenrols "a Sở enrols a facility anew and signs in its name",
    InviteTwice "an invite is used twice",
}

/// How often each kind of harm was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Injected(BTreeMap<Fault, u64>);

impl Injected {
    /// Once more.
    pub fn count(&mut self, fault: Fault) {
        *self.0.entry(fault).or_insert(0) += 1;
    }

    /// How often.
    pub fn of(&self, fault: Fault) -> u64 {
        self.0.get(&fault).copied().unwrap_or(0)
    }

    /// Those that were done at all.
    pub fn kinds(&self) -> BTreeSet<Fault> {
        self.0.keys().copied().collect()
    }
}
