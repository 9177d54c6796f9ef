//! A bounded reader of Automerge's change chunk.
//!
//! It looks at bytes before Automerge does and answers one question: is this an
//! uncompressed change, with a right checksum, that claims no more than the
//! limits allow? It allocates nothing in proportion to a claimed count, only to
//! bytes that are there. What the operations mean is `inspect`'s question.
//!
//! Layout: magic, checksum (4), type (1), length, then dependencies, actor, seq,
//! start op, time, message, other actors, column headers, columns. Integers are
//! LEB128; a column is run-length coded: n > 0 repeats one value n times, n < 0
//! gives -n values, 0 gives a count of nulls.

use wire::{ChangeHash, Digest, limits::CHANGE_MAX_BYTES};

use crate::limits::{COUNTER_MAX, ENTRY_OPS_MAX_COUNT, KEY_MAX_BYTES, TIME_MAX_SECS};
use crate::names::{ACTOR_BYTES, Actor};
use crate::verdict::Reason;

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];

/// Chunk type of an uncompressed change; 2 is a deflated one.
const TYPE_CHANGE: u8 = 1;

/// What a change says of itself, before its operations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Its hash, which the checksum begins.
    pub hash: ChangeHash,
    /// The changes it rests on, in the order written.
    pub deps: Vec<ChangeHash>,
    /// The actor id, of any length here.
    pub actor: Vec<u8>,
    /// Its place among the actor's changes, from 1.
    pub seq: u64,
    /// Counter of its first operation.
    pub start_op: u64,
    /// The author's clock, in seconds.
    pub time: i64,
}

/// A header and how many operations follow it.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    pub header: Header,
    pub actor: Actor,
    pub ops: usize,
}

/// Reads the header of a raw change; `None` if it is no uncompressed change
/// chunk with a right checksum. Says nothing about the operations.
pub fn peek(raw: &[u8]) -> Option<Header> {
    let (hash, data) = open(raw).ok()?;
    header(hash, &mut Reader(data)).ok()
}

/// Checks a whole chunk against the limits.
pub(crate) fn examine(raw: &[u8]) -> Result<Shape, Reason> {
    let (hash, data) = open(raw)?;
    let mut reader = Reader(data);
    let header = header(hash, &mut reader)?;
    let actor: Actor = header
        .actor
        .as_slice()
        .try_into()
        .map_err(|_| Reason::Actor)?;
    if !(-TIME_MAX_SECS..=TIME_MAX_SECS).contains(&header.time) {
        return Err(Reason::Malformed("time"));
    }
    if reader.uleb()? != 0 {
        return Err(Reason::Malformed("a message"));
    }
    let others = reader.uleb()?;
    for _ in 0..others {
        if reader.bytes()?.len() != ACTOR_BYTES {
            return Err(Reason::Malformed("an actor of another length"));
        }
    }
    let ops = columns(&mut reader, others.saturating_add(1))?;
    if !reader.0.is_empty() {
        return Err(Reason::Malformed("bytes after the columns"));
    }
    counter(header.start_op.saturating_add(ops as u64))?;
    Ok(Shape { header, actor, ops })
}

/// Size, chunk type, length and checksum; gives the hash and the data.
fn open(raw: &[u8]) -> Result<(ChangeHash, &[u8]), Reason> {
    if raw.len() > CHANGE_MAX_BYTES {
        return Err(Reason::Size);
    }
    let mut reader = Reader(raw);
    if reader.take(4).map_err(|_| Reason::Chunk)? != MAGIC {
        return Err(Reason::Chunk);
    }
    let checksum = reader.take(4).map_err(|_| Reason::Chunk)?;
    if reader.take(1).map_err(|_| Reason::Chunk)? != [TYPE_CHANGE] {
        return Err(Reason::Chunk);
    }
    let from_type = &raw[8..];
    let length = reader.uleb().map_err(|_| Reason::Chunk)?;
    if length != reader.0.len() as u64 {
        return Err(Reason::Chunk);
    }
    // The hash runs over the type, the length in its shortest form and the
    // data. A longer form of the length gives another hash here and is refused.
    let hash = ChangeHash(Digest::of(&[from_type]).0);
    if hash.0[..4] != *checksum && !model::sabotaged!(SkipChecksum) {
        return Err(Reason::Checksum);
    }
    Ok((hash, reader.0))
}

fn header(hash: ChangeHash, reader: &mut Reader<'_>) -> Result<Header, Reason> {
    let count = reader.uleb()?;
    let mut deps = Vec::new();
    for _ in 0..count {
        let dep = reader.take(32)?;
        deps.push(ChangeHash::from_slice(dep).ok_or(Reason::Malformed("a dependency"))?);
    }
    let actor = reader.bytes()?.to_vec();
    let seq = reader.uleb()?;
    let start_op = reader.uleb()?;
    let time = reader.sleb()?;
    Ok(Header {
        hash,
        deps,
        actor,
        seq,
        start_op,
        time,
    })
}

/// The columns of a change that we ever write: (id << 4) + type.
mod spec {
    pub(super) const OBJ_ACTOR: u64 = 0x01;
    pub(super) const OBJ_COUNTER: u64 = 0x02;
    pub(super) const KEY_ACTOR: u64 = 0x11;
    pub(super) const KEY_COUNTER: u64 = 0x13;
    pub(super) const KEY_STRING: u64 = 0x15;
    pub(super) const INSERT: u64 = 0x34;
    pub(super) const ACTION: u64 = 0x42;
    pub(super) const VALUE_META: u64 = 0x56;
    pub(super) const VALUE: u64 = 0x57;
    pub(super) const PRED_COUNT: u64 = 0x70;
    pub(super) const PRED_ACTOR: u64 = 0x71;
    pub(super) const PRED_COUNTER: u64 = 0x73;
}

/// Walks the columns; gives the number of operations.
fn columns<'a>(reader: &mut Reader<'a>, actors: u64) -> Result<usize, Reason> {
    let count = reader.uleb()?;
    // Twelve known columns, each at most once.
    if count > 12 {
        return Err(Reason::Malformed("too many columns"));
    }
    let mut headers = Vec::new();
    for _ in 0..count {
        headers.push((reader.uleb()?, reader.uleb()?));
    }
    if headers.windows(2).any(|pair| pair[0].0 >= pair[1].0) {
        return Err(Reason::Malformed("columns out of order"));
    }
    let mut totals = Totals::default();
    for (spec, length) in headers {
        let length = usize::try_from(length).map_err(|_| Reason::Malformed("column length"))?;
        let data = reader.take(length)?;
        totals.column(spec, data, actors)?;
    }
    totals.check()
}

/// How many values each group of columns claims.
#[derive(Default)]
struct Totals {
    ops: usize,
    widest: usize,
    preds: usize,
    pred_parts: [usize; 2],
    value_bytes: usize,
    value_data: usize,
}

impl Totals {
    fn column(&mut self, spec: u64, data: &[u8], actors: u64) -> Result<(), Reason> {
        let actor = |reader: &mut Reader<'_>, _| match reader.uleb()? {
            index if index < actors => Ok(()),
            _ => Err(Reason::Malformed("an actor that is not listed")),
        };
        let total = match spec {
            spec::OBJ_ACTOR | spec::KEY_ACTOR => run_length(data, actor)?,
            spec::PRED_ACTOR => {
                self.pred_parts[0] = run_length(data, actor)?;
                return Ok(());
            }
            spec::PRED_COUNTER => {
                self.pred_parts[1] = deltas(data)?;
                return Ok(());
            }
            spec::OBJ_COUNTER => run_length(data, |r, _| counter(r.uleb()?))?,
            spec::KEY_COUNTER => deltas(data)?,
            spec::KEY_STRING => run_length(data, |r, _| match r.bytes()? {
                key if key.len() <= KEY_MAX_BYTES => Ok(()),
                _ => Err(Reason::Malformed("a key too long")),
            })?,
            spec::INSERT => booleans(data)?,
            spec::ACTION => {
                self.ops = run_length(data, |r, _| r.uleb().map(drop))?;
                self.ops
            }
            spec::VALUE_META => run_length(data, |r, times| {
                add(&mut self.value_bytes, r.uleb()? >> 4, times)
            })?,
            spec::PRED_COUNT => {
                run_length(data, |r, times| add(&mut self.preds, r.uleb()?, times))?
            }
            spec::VALUE => {
                self.value_data = data.len();
                return Ok(());
            }
            _ => return Err(Reason::Malformed("an unknown column")),
        };
        self.widest = self.widest.max(total);
        Ok(())
    }

    fn check(self) -> Result<usize, Reason> {
        if self.ops == 0 {
            return Err(Reason::Malformed("no operation"));
        }
        if self.widest > self.ops
            || self.preds > ENTRY_OPS_MAX_COUNT
            || self.pred_parts != [self.preds; 2]
            || self.value_bytes != self.value_data
        {
            return Err(Reason::Malformed("columns of different lengths"));
        }
        Ok(self.ops)
    }
}

/// Adds `value` × `times`, saturating: the sum is compared with what is there.
fn add(sum: &mut usize, value: u64, times: usize) -> Result<(), Reason> {
    let value = usize::try_from(value).unwrap_or(usize::MAX);
    *sum = sum.saturating_add(value.saturating_mul(times));
    Ok(())
}

/// The number of values of a run-length column; `value` reads one and is told
/// how often it is repeated.
fn run_length(
    data: &[u8],
    mut value: impl FnMut(&mut Reader<'_>, usize) -> Result<(), Reason>,
) -> Result<usize, Reason> {
    let mut reader = Reader(data);
    let mut total = 0_usize;
    while !reader.0.is_empty() {
        let count = reader.sleb()?;
        let times = match count {
            0 => reader.uleb()?,
            _ => count.unsigned_abs(),
        };
        total = within(total, times)?;
        // `within` has just bounded it.
        let times = times as usize;
        match count {
            0 => {}
            1.. => value(&mut reader, times)?,
            _ => {
                for _ in 0..times {
                    value(&mut reader, 1)?;
                }
            }
        }
    }
    Ok(total)
}

/// The number of counters of a column in which each is told by its distance from the
/// one before, the first from 0.
fn deltas(data: &[u8]) -> Result<usize, Reason> {
    let mut last = 0_i128;
    run_length(data, |reader, times| {
        // Repeated distances go one way: what lies between is no further off.
        let by = i128::from(reader.sleb()?) * times as i128;
        let next = u64::try_from(last + by).unwrap_or(u64::MAX);
        last = i128::from(next);
        counter(next)
    })
}

fn counter(value: u64) -> Result<(), Reason> {
    if value > u64::from(COUNTER_MAX) {
        return Err(Reason::Malformed("a counter out of range"));
    }
    Ok(())
}

/// The number of values of a boolean column: alternating counts.
fn booleans(data: &[u8]) -> Result<usize, Reason> {
    let mut reader = Reader(data);
    let mut total = 0;
    while !reader.0.is_empty() {
        total = within(total, reader.uleb()?)?;
    }
    Ok(total)
}

fn within(total: usize, more: u64) -> Result<usize, Reason> {
    usize::try_from(more)
        .ok()
        .and_then(|more| total.checked_add(more))
        .filter(|total| *total <= ENTRY_OPS_MAX_COUNT || model::sabotaged!(SkipColumnTotals))
        .ok_or(Reason::TooManyOps)
}

/// What is left to read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Reason> {
        let (head, rest) = self
            .0
            .split_at_checked(count)
            .ok_or(Reason::Malformed("it ends too soon"))?;
        self.0 = rest;
        Ok(head)
    }

    /// A length, then so many bytes.
    fn bytes(&mut self) -> Result<&'a [u8], Reason> {
        let length = self.uleb()?;
        self.take(usize::try_from(length).unwrap_or(usize::MAX))
    }

    fn uleb(&mut self) -> Result<u64, Reason> {
        let (value, _, _) = self.leb()?;
        u64::try_from(value).map_err(|_| Reason::Malformed("an integer too large"))
    }

    fn sleb(&mut self) -> Result<i64, Reason> {
        let (value, shift, last) = self.leb()?;
        let mut value = value as i128;
        if last & 0x40 != 0 {
            value -= 1_i128 << shift;
        }
        i64::try_from(value).map_err(|_| Reason::Malformed("an integer too large"))
    }

    /// At most ten bytes: the value, its width in bits, the last byte.
    fn leb(&mut self) -> Result<(u128, u32, u8), Reason> {
        let mut value = 0_u128;
        for index in 0..10_u32 {
            let byte = self.take(1)?[0];
            value |= u128::from(byte & 0x7f) << (7 * index);
            if byte & 0x80 == 0 {
                return Ok((value, 7 * (index + 1), byte));
            }
        }
        Err(Reason::Malformed("an integer too long"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uleb(bytes: &[u8]) -> Result<u64, Reason> {
        Reader(bytes).uleb()
    }

    fn sleb(bytes: &[u8]) -> Result<i64, Reason> {
        Reader(bytes).sleb()
    }

    #[test]
    fn leb128() {
        assert_eq!(uleb(&[0x00]), Ok(0));
        assert_eq!(uleb(&[0xe5, 0x8e, 0x26]), Ok(624_485));
        let max = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
        assert_eq!(uleb(&max), Ok(u64::MAX));
        assert!(uleb(&[0xff; 11]).is_err());
        assert!(uleb(&[0x80]).is_err());
        assert_eq!(sleb(&[0x7f]), Ok(-1));
        assert_eq!(sleb(&[0xc0, 0xbb, 0x78]), Ok(-123_456));
        assert_eq!(sleb(&[0x3f]), Ok(63));
        let min = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f];
        assert_eq!(sleb(&min), Ok(i64::MIN));
    }

    #[test]
    fn counters_stay_within_what_automerge_keeps() {
        let out_of_range = Err(Reason::Malformed("a counter out of range"));
        // 4,294,967,295, then one more.
        let largest = [0x7f, 0xff, 0xff, 0xff, 0xff, 0x0f];
        assert_eq!(deltas(&largest), Ok(1));
        assert_eq!(
            deltas(&[&largest[..], &[0x7f, 0x01]].concat()),
            out_of_range
        );
        // Down to 0 and not below; nulls change nothing.
        assert_eq!(deltas(&[0x7d, 0x02, 0x7f, 0x7f]), Ok(3));
        assert_eq!(deltas(&[0x7f, 0x02, 0x00, 0x05, 0x02, 0x7f]), Ok(8));
        assert_eq!(deltas(&[0x7f, 0x02, 0x03, 0x7f]), out_of_range);
        // 131,072 times 2^62.
        let far = [
            0x80, 0x80, 0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0xc0, 0x00,
        ];
        assert_eq!(deltas(&far), out_of_range);
    }

    #[test]
    fn a_run_that_claims_too_much_is_refused_at_once() {
        // 20,000,000 × 1, in six bytes.
        let data = [0x80, 0xda, 0xc4, 0x09, 0x01];
        assert_eq!(
            run_length(&data, |r, _| r.uleb().map(drop)),
            Err(Reason::TooManyOps)
        );
        let nulls = [
            0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01,
        ];
        assert_eq!(
            run_length(&nulls, |r, _| r.uleb().map(drop)),
            Err(Reason::TooManyOps)
        );
        assert_eq!(booleans(&nulls[1..]), Err(Reason::TooManyOps));
    }
}
