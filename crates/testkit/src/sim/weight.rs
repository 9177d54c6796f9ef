//! What a session keeps in memory, learnt when it is dropped: after its end or
//! anywhere in the middle, wherever the run ends it.

use std::cell::Cell;
use std::rc::Rc;

use sync::Session;

use super::failure::{Broken, Promise};

/// What a session may keep at most: some thousand ids, and what a window of batches
/// of short entries takes.
const SESSION_MAX_BYTES: u64 = 256 << 10;

/// The heaviest of all sessions of a run that are over.
#[derive(Clone, Debug, Default)]
pub(crate) struct Heaviest(Rc<Cell<u64>>);

impl Heaviest {
    /// Drops a session and notes what that set free.
    pub(crate) fn weigh(&self, session: Session) {
        let freed = -allocation_counter::measure(|| drop(session)).bytes_current;
        let freed = u64::try_from(freed).unwrap_or(0);
        self.0.set(self.0.get().max(freed));
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.0.get()
    }

    pub(crate) fn check(&self) -> Result<(), Broken> {
        if self.bytes() <= SESSION_MAX_BYTES {
            return Ok(());
        }
        let words = format!("a session kept {} bytes", self.bytes());
        Err(Broken::new(Promise::Bounded, words))
    }
}
