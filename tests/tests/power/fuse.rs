//! As much of the FUSE protocol (`linux/fuse.h`, 7.31) as one regular file needs
//! that is the root of its mount: what the kernel asks, and the answers' bytes.

/// Bytes of one write at most; the kernel splits larger ones.
pub(crate) const WRITE_MAX_BYTES: usize = 128 << 10;

/// A request's header and arguments come on top of what it writes.
pub(crate) const REQUEST_MAX_BYTES: usize = WRITE_MAX_BYTES + 4096;

const IN_HEADER_BYTES: usize = 40;

pub(crate) const ENOSYS: i32 = 38;

/// What the kernel asks.
pub(crate) enum Ask<'a> {
    Init,
    Attributes,
    Open,
    Read {
        offset: usize,
        size: usize,
    },
    Write {
        offset: usize,
        bytes: &'a [u8],
    },
    Sync,
    /// Nothing to do and nothing to say but that it is done.
    Done,
    /// Wants no answer.
    Forget,
    Other,
}

/// One request: the number that its answer carries, and what it asks.
pub(crate) struct Request<'a> {
    pub(crate) unique: u64,
    pub(crate) ask: Ask<'a>,
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let found = bytes.get(at..at + 4)?;
    Some(u32::from_ne_bytes(found.try_into().ok()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    let found = bytes.get(at..at + 8)?;
    Some(u64::from_ne_bytes(found.try_into().ok()?))
}

/// Reads one request; none if it makes no sense.
pub(crate) fn parse(bytes: &[u8]) -> Option<Request<'_>> {
    let opcode = u32_at(bytes, 4)?;
    let unique = u64_at(bytes, 8)?;
    let body = bytes.get(IN_HEADER_BYTES..)?;
    // Reads and writes: handle, offset, size, and more that means nothing here.
    let span = || Some((u64_at(body, 8)? as usize, u32_at(body, 16)? as usize));
    let ask = match opcode {
        26 => Ask::Init,
        // GETATTR, SETATTR
        3 | 4 => Ask::Attributes,
        14 => Ask::Open,
        15 => {
            let (offset, size) = span()?;
            Ask::Read { offset, size }
        }
        16 => {
            let (offset, size) = span()?;
            let bytes = body.get(40..40 + size)?;
            Ask::Write { offset, bytes }
        }
        20 => Ask::Sync,
        // RELEASE, FLUSH, DESTROY
        18 | 25 | 38 => Ask::Done,
        // FORGET, INTERRUPT, BATCH_FORGET
        2 | 36 | 42 => Ask::Forget,
        _ => Ask::Other,
    };
    Some(Request { unique, ask })
}

/// An answer: an error number (0: none) and what belongs to the request.
pub(crate) fn answer(unique: u64, error: i32, body: &[u8]) -> Vec<u8> {
    let length = 16 + body.len();
    let mut bytes = Vec::with_capacity(length);
    bytes.extend_from_slice(&(length as u32).to_ne_bytes());
    bytes.extend_from_slice(&(-error).to_ne_bytes());
    bytes.extend_from_slice(&unique.to_ne_bytes());
    bytes.extend_from_slice(body);
    bytes
}

/// `fuse_init_out`: nothing is delayed here, every write comes at once.
pub(crate) fn init() -> Vec<u8> {
    const BIG_WRITES: u32 = 1 << 5;
    let mut body = Vec::new();
    for number in [7, 31, 0, BIG_WRITES, 0, WRITE_MAX_BYTES as u32, 1] {
        body.extend_from_slice(&u32::to_ne_bytes(number));
    }
    body.resize(64, 0);
    body
}

/// `fuse_attr_out` of a regular file of this size.
pub(crate) fn attributes(size: usize) -> Vec<u8> {
    const REGULAR_0600: u32 = 0o100_600;
    const VALID_SECONDS: u64 = 3_600;
    let mut body = Vec::new();
    for number in [VALID_SECONDS, 0, 1, size as u64, size as u64 / 512, 0, 0, 0] {
        body.extend_from_slice(&number.to_ne_bytes());
    }
    // Three times in nanoseconds, mode, links, user, group, device, block, flags.
    for number in [0, 0, 0, REGULAR_0600, 1, 0, 0, 0, 4_096, 0] {
        body.extend_from_slice(&u32::to_ne_bytes(number));
    }
    body
}

/// `fuse_write_out`.
pub(crate) fn written(size: usize) -> Vec<u8> {
    [(size as u32).to_ne_bytes(), [0; 4]].concat()
}
