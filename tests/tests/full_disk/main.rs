//! One submit-and-sync between a facility and its Sở, with every single call that
//! changes a disk made to fail once: on either side, with an error, with a full
//! disk, for once or until it is repaired, with the end of the process and with a
//! power cut. No call is left out.
//!
//! Real replicas, stores and sessions; only the disks are in memory. Whatever
//! fails says that it was the store, what was answered with Ok or has a receipt is
//! there when the node is opened again, and once the fault is gone the very same
//! steps lead to where they would have led without it.

#[cfg(test)]
mod node;
#[cfg(test)]
mod sweep;
