//! What can be made to go wrong, and when.

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The process dies before the call: see [`super::Disk::kill`].
    Kill,
    /// The power goes during the call: see [`super::Disk::cut_power`].
    PowerCut,
    /// The device fails. Of a write, a part may have been done.
    Eio(Lasting),
    /// There is no room. Of a write, a part may have been done.
    Enospc(Lasting),
}

/// For how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lasting {
    /// The call that trips it.
    Once,
    /// That call and all like it, until [`super::Disk::disarm`].
    UntilDisarmed,
}

/// Which calls count, and fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// Writing, truncating, and making room for the index of the log.
    Writes,
    /// Syncing.
    Syncs,
    /// Both of these, and creating and deleting files.
    Any,
}

/// A fault to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fuse {
    /// How many calls that count still go well: 0 trips at the next one.
    pub after: u64,
    /// What happens then.
    pub what: Fault,
    /// Which calls count.
    pub on: On,
}

/// A call that changes the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Write,
    Truncate,
    /// The shared index of the log grows, by writing to its file.
    Grow,
    Sync,
    Create,
    Delete,
}

impl On {
    pub(super) fn counts(self, op: Op) -> bool {
        match self {
            On::Writes => matches!(op, Op::Write | Op::Truncate | Op::Grow),
            On::Syncs => op == Op::Sync,
            On::Any => true,
        }
    }
}

impl Fault {
    pub(super) fn lasts(self) -> bool {
        let (Fault::Eio(lasting) | Fault::Enospc(lasting)) = self else {
            return false;
        };
        lasting == Lasting::UntilDisarmed
    }
}
