//! Short digests of parts and ids, salted anew for every repair.
//!
//! Eight bytes are enough because nobody knows the salt before both sides have
//! spoken: a collision cannot be prepared, and an accidental one shows in the
//! fingerprints at the end and is gone under the next salt.

use identity::fingerprint::Fingerprint;
use wire::frame::SHORT_BYTES;
use wire::{Digest, EntryId, Part};

/// A salted digest.
pub(crate) type Short = [u8; SHORT_BYTES];

/// What the two sides have said so far, hashed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Salt(Digest);

impl Salt {
    pub(crate) fn new(spoken: &[&[u8]], attempt: u64) -> Self {
        let attempt = attempt.to_be_bytes();
        let mut parts: Vec<&[u8]> = vec![b"quanho/repair/1", &attempt];
        parts.extend(spoken);
        Salt(Digest::of(&parts))
    }

    /// Of one id.
    pub(crate) fn id(&self, id: &EntryId) -> Short {
        shorten(Digest::of(&[&self.0.0, &id.0]))
    }

    /// Of one part's content; the group it falls into depends on its name only.
    pub(crate) fn part(&self, part: &Part, fingerprint: &Fingerprint) -> Short {
        let name = self.name(part);
        let count = fingerprint.count.to_be_bytes();
        shorten(Digest::of(&[&self.0.0, &name.0, &count, &fingerprint.sum]))
    }

    /// Which of `groups` (a power of two) a part falls into.
    pub(crate) fn group(&self, part: &Part, groups: usize) -> usize {
        let name = self.name(part).0;
        usize::from(u16::from_be_bytes([name[0], name[1]])) & (groups - 1)
    }

    /// Of the parts of one group; all zeros when there are none.
    pub(crate) fn of_group(&self, mut digests: Vec<Short>) -> Short {
        if digests.is_empty() {
            return [0; SHORT_BYTES];
        }
        digests.sort_unstable();
        shorten(Digest::of(&[&self.0.0, digests.as_flattened()]))
    }

    fn name(&self, part: &Part) -> Digest {
        let period = part.period.map(|p| p.to_string()).unwrap_or_default();
        // No character of a path or a period is zero: the encoding is one to one.
        Digest::of(&[
            &self.0.0,
            part.unit.as_str().as_bytes(),
            &[0, part.stream as u8, 0],
            period.as_bytes(),
        ])
    }
}

fn shorten(digest: Digest) -> Short {
    let mut short = [0; SHORT_BYTES];
    short.copy_from_slice(&digest.0[..SHORT_BYTES]);
    short
}

/// The digests in a byte string whose length `wire` has checked.
pub(crate) fn shorts(bytes: &[u8]) -> impl Iterator<Item = Short> + '_ {
    bytes.as_chunks::<SHORT_BYTES>().0.iter().copied()
}

/// A set of indexes as bits, lowest bit first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bits(pub(crate) Vec<u8>);

impl Bits {
    pub(crate) fn new(length: usize) -> Self {
        Bits(vec![0; length.div_ceil(8)])
    }

    pub(crate) fn set(&mut self, index: usize) {
        if let Some(byte) = self.0.get_mut(index / 8) {
            *byte |= 1 << (index % 8);
        }
    }

    pub(crate) fn get(&self, index: usize) -> bool {
        self.0
            .get(index / 8)
            .is_some_and(|byte| byte & (1 << (index % 8)) != 0)
    }

    /// Bytes from the peer, which must be exactly this long with no bit beyond.
    pub(crate) fn from_peer(bytes: &[u8], length: usize) -> Option<Self> {
        let bits = Bits(bytes.to_vec());
        let beyond = (length..bytes.len() * 8).any(|index| bits.get(index));
        (bytes.len() == length.div_ceil(8) && !beyond).then_some(bits)
    }
}
