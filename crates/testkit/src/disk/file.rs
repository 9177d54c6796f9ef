//! The bytes of one file: as the operating system shows them, and what a power
//! cut would leave of them.

use super::scatter::Scatter;

/// The unit in which the durable bytes are kept while a file is written to.
const SECTOR_BYTES: usize = 4096;

/// The units in which a power cut keeps or loses what was not synced.
const TORN_BYTES: [usize; 2] = [512, SECTOR_BYTES];

/// A sector that was written to since the last sync.
struct Touched {
    sector: usize,
    /// Where its durable bytes begin in `saved`; none if it lay past the end.
    saved: Option<usize>,
}

/// Contents with a memory of what is durable. Sectors that are not `touched` are
/// the same on the disk.
#[derive(Default)]
pub(super) struct Contents {
    bytes: Vec<u8>,
    durable_len: usize,
    touched: Vec<Touched>,
    /// One bit a sector: whether it is in `touched`.
    marks: Vec<u64>,
    saved: Vec<u8>,
}

impl Contents {
    /// Contents that are on the disk.
    pub(super) fn durable(bytes: Vec<u8>) -> Self {
        Contents {
            durable_len: bytes.len(),
            bytes,
            ..Contents::default()
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Copies from `at`; what lies past the end is zero. How many bytes there were.
    pub(super) fn read(&self, buffer: &mut [u8], at: usize) -> usize {
        let there = self.bytes.get(at..).unwrap_or_default();
        let count = there.len().min(buffer.len());
        let (head, tail) = buffer.split_at_mut(count);
        head.copy_from_slice(&there[..count]);
        tail.fill(0);
        count
    }

    pub(super) fn write(&mut self, data: &[u8], at: usize) {
        if data.is_empty() {
            return;
        }
        let end = at + data.len();
        self.touch(at.min(self.bytes.len()), end);
        if self.bytes.len() < end {
            self.bytes.resize(end, 0);
        }
        self.bytes[at..end].copy_from_slice(data);
    }

    pub(super) fn set_len(&mut self, len: usize) {
        self.touch(len.min(self.bytes.len()), len.max(self.bytes.len()));
        self.bytes.resize(len, 0);
    }

    pub(super) fn sync(&mut self) {
        for touched in self.touched.drain(..) {
            self.marks[touched.sector / 64] = 0;
        }
        self.saved.clear();
        self.durable_len = self.bytes.len();
    }

    /// Inverts one bit, in what is shown and, unless the sector is being written
    /// to, on the disk.
    pub(super) fn flip(&mut self, at: usize, bit: u64) {
        if let Some(byte) = self.bytes.get_mut(at) {
            *byte ^= 1 << (bit % 8);
        }
    }

    fn touch(&mut self, from: usize, to: usize) {
        for sector in from / SECTOR_BYTES..to.div_ceil(SECTOR_BYTES) {
            let (word, bit) = (sector / 64, 1 << (sector % 64));
            if self.marks.len() <= word {
                self.marks.resize(word + 1, 0);
            }
            if self.marks[word] & bit != 0 {
                continue;
            }
            self.marks[word] |= bit;
            let start = sector * SECTOR_BYTES;
            let end = (start + SECTOR_BYTES).min(self.durable_len);
            let saved = (start < end).then(|| {
                let at = self.saved.len();
                self.saved.extend_from_slice(&self.bytes[start..end]);
                self.saved.resize(at + SECTOR_BYTES, 0);
                at
            });
            self.touched.push(Touched { sector, saved });
        }
    }

    /// The power goes: of what was not synced, any part may have reached the disk,
    /// in any order. Each cut draws how coarse and how generous it is.
    pub(super) fn cut(&mut self, random: &mut Scatter) {
        let torn = TORN_BYTES[random.index(TORN_BYTES.len())];
        // None, a quarter, half, three quarters, all.
        let quarters = random.below(5);
        let shown = self.bytes.len();
        let len = self.len_after_cut(random);
        self.bytes.resize(shown.max(self.durable_len), 0);
        for touched in self.touched.drain(..) {
            self.marks[touched.sector / 64] = 0;
            let start = touched.sector * SECTOR_BYTES;
            for offset in (0..SECTOR_BYTES).step_by(torn) {
                let from = start + offset;
                let to = (from + torn).min(self.bytes.len());
                // What was cut off by a truncation was not overwritten by it.
                let lost_from = match random.below(4) < quarters {
                    true => from.max(shown),
                    false => from,
                };
                if lost_from >= to {
                    continue;
                }
                match touched.saved {
                    Some(saved) => {
                        let old = saved + (lost_from - start)..saved + (to - start);
                        self.bytes[lost_from..to].copy_from_slice(&self.saved[old]);
                    }
                    None => self.bytes[lost_from..to].fill(0),
                }
            }
        }
        self.saved.clear();
        self.bytes.truncate(len);
        self.durable_len = len;
    }

    /// A file that grew may have grown in part; a shorter one is cut off or not.
    fn len_after_cut(&self, random: &mut Scatter) -> usize {
        let (old, new) = (self.durable_len, self.bytes.len());
        match random.below(3) {
            0 => old,
            1 if new > old => old + random.index(new - old),
            _ => new,
        }
    }
}
