//! Fingerprints of sets of entries: a count and a sum of points.
//!
//! Each id is hashed to a Ristretto point and the points are added up (an
//! elliptic-curve multiset hash, Maitin-Shepard et al. 2016), so fingerprints of
//! disjoint sets add, order never matters, and an insider cannot make two sets
//! with one sum, as he can with sums modulo 2^256. It says nothing about *which*
//! entries differ: that is reconciliation's work.

use curve25519_dalek::ristretto::{CompressedRistretto, RistrettoPoint};
use curve25519_dalek::traits::Identity;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha512};
use wire::EntryId;

/// Domain separation of the hash to a point.
const ELEMENT_TAG: &[u8] = b"quanho/fingerprint/1";

/// How many entries, and the sum of their points. `[count, bytes]` in CBOR.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint {
    /// How many entries.
    pub count: u64,
    /// The compressed Ristretto point; all zeros for the empty set.
    pub sum: [u8; 32],
}

/// The sum of a fingerprint is not the one encoding of a Ristretto point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the sum of a fingerprint is not a canonical Ristretto point")]
pub struct NotCanonical;

impl Fingerprint {
    /// Of the empty set.
    pub const EMPTY: Fingerprint = Fingerprint {
        count: 0,
        sum: [0; 32],
    };

    /// Of these entries.
    pub fn of<'a>(ids: impl IntoIterator<Item = &'a EntryId>) -> Self {
        let mut accumulator = Accumulator::new();
        ids.into_iter().for_each(|id| accumulator.add(id));
        accumulator.finish()
    }
}

impl Default for Fingerprint {
    fn default() -> Self {
        Fingerprint::EMPTY
    }
}

/// A fingerprint in the making. The count wraps, as the sum does: subtracting
/// before adding is fine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accumulator {
    count: u64,
    sum: RistrettoPoint,
}

impl Accumulator {
    /// The empty set.
    pub fn new() -> Self {
        Accumulator {
            count: 0,
            sum: RistrettoPoint::identity(),
        }
    }

    /// Puts an entry in.
    pub fn add(&mut self, id: &EntryId) {
        self.count = self.count.wrapping_add(1);
        self.sum += element(id);
    }

    /// Takes an entry out.
    pub fn subtract(&mut self, id: &EntryId) {
        if model::sabotaged!(KeepWithheldInSum) {
            return;
        }
        self.count = self.count.wrapping_sub(1);
        self.sum -= element(id);
    }

    /// Puts a whole disjoint set in.
    pub fn join(&mut self, other: &Accumulator) {
        self.count = self.count.wrapping_add(other.count);
        self.sum += other.sum;
    }

    /// The same with a set that is known by its fingerprint.
    ///
    /// # Errors
    /// [`NotCanonical`] if the sum is no canonical point; nothing is changed.
    pub fn merge(&mut self, other: &Fingerprint) -> Result<(), NotCanonical> {
        // The commonest one: to decompress a point costs as much as to add fifty.
        if *other == Fingerprint::EMPTY {
            return Ok(());
        }
        let point = CompressedRistretto(other.sum)
            .decompress()
            .ok_or(NotCanonical)?;
        self.count = self.count.wrapping_add(other.count);
        self.sum += point;
        Ok(())
    }

    /// The fingerprint so far.
    pub fn finish(&self) -> Fingerprint {
        Fingerprint {
            count: self.count,
            sum: self.sum.compress().to_bytes(),
        }
    }
}

impl Default for Accumulator {
    fn default() -> Self {
        Accumulator::new()
    }
}

fn element(id: &EntryId) -> RistrettoPoint {
    let mut hasher = Sha512::new();
    hasher.update(ELEMENT_TAG);
    hasher.update(id.as_bytes());
    RistrettoPoint::from_uniform_bytes(&hasher.finalize().into())
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.count, serde_bytes::Bytes::new(&self.sum)).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (count, sum) = <(u64, serde_bytes::ByteArray<32>)>::deserialize(deserializer)?;
        Ok(Fingerprint {
            count,
            sum: sum.into_array(),
        })
    }
}
