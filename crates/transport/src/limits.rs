//! Every limit of the transport, its unit last in the name, with its reason.

use std::time::Duration;

use wire::frame::WINDOW_MAX_BATCHES;
use wire::limits::ENTRY_MAX_BYTES;

/// The protocol's name in the TLS handshake.
pub const ALPN: &[u8] = b"quanho/1";

/// Connections at once, over handshakes and links. A Sở has 400 facilities that
/// call a few times an hour; the ministry 34 provinces. When all are taken, a
/// peer that is not recognised yet gives way to the next.
pub const CONNECTIONS_MAX_COUNT: usize = 256;

/// Links of one key at once, once it was recognised: a daemon, a screen and a
/// command on one machine, and one that has broken and nobody noticed yet.
pub const LINKS_PER_PEER_MAX_COUNT: usize = 4;

/// Links of one unit at once, whatever the number of its keys, of which it may name as
/// many as it likes: four machines with as many links as one key may have.
pub const LINKS_PER_UNIT_MAX_COUNT: usize = 16;

/// Connections at once with those that are closed and that QUIC must remember for
/// a while. From here on a network from which [`CROWD_MIN_COUNT`] strangers have
/// just come gets no more of them.
pub const CLOSING_MAX_COUNT: usize = CONNECTIONS_MAX_COUNT + 128;

/// From here on nobody does: a flood from many networks must not grow the memory.
pub const CLOSING_HARD_MAX_COUNT: usize = CLOSING_MAX_COUNT + 128;

/// How long QUIC remembers a closed connection, about: three timeouts of a line of
/// which nothing is known yet.
pub const CLOSING_TIME: Duration = Duration::from_secs(4);

/// Strangers of one network within [`CLOSING_TIME`] that are more than a hospital's
/// router in a bad hour.
pub const CROWD_MIN_COUNT: usize = 16;

/// Strangers that are remembered for [`CLOSING_TIME`]: more than any server takes
/// in that time.
pub const LATELY_MAX_COUNT: usize = 4_096;

/// From so many connections on, closed ones that QUIC remembers included, a caller
/// must first prove that its address is its
/// own (QUIC Retry): one round trip that makes floods from forged addresses
/// useless.
pub const RETRY_FROM_COUNT: usize = 32;

/// Connection attempts that wait to be looked at.
pub const INCOMING_MAX_COUNT: usize = 64;

/// Bytes buffered for one attempt before it is looked at: a Hello and some.
pub const INCOMING_BUFFER_MAX_BYTES: u64 = 64 << 10;

/// The same for all attempts together.
pub const INCOMING_BUFFERS_MAX_BYTES: u64 = 2 << 20;

/// Bytes that a peer may send ahead of what was read, per connection: twice the
/// bandwidth–delay product of 20 Mbit/s over 200 ms.
pub const RECEIVE_WINDOW_BYTES: u32 = 1 << 20;

/// The same for a peer that dialled and is not recognised yet: its chain of
/// credentials and its greeting.
pub const STRANGER_WINDOW_BYTES: u32 = 16 << 10;

/// Bytes of frames that are not whole yet, of all peers that are not recognised
/// yet: four of the largest frames.
pub const STRANGERS_BUFFERED_MAX_BYTES: usize = 8 << 20;

/// Bytes sent and not yet acknowledged by the network, per connection.
pub const SEND_WINDOW_BYTES: u64 = 1 << 20;

/// Bytes that wait to be sent on a link that the peer dialled: while more wait, the
/// peer is not read from. An honest session has less, so that nobody waits for
/// anybody: a window of batches of one largest entry each, and as much again for
/// acknowledgements and one answer of a repair. But for a rollup's inputs, and who
/// asked for those has nothing to say that QUIC would not take meanwhile.
pub const QUEUE_ANSWERING_MAX_BYTES: usize = 2 * WINDOW_MAX_BATCHES as usize * ENTRY_MAX_BYTES;

/// The same on a link that this side dialled, of which there are few. The dialler
/// may have the ids of everything that it needs to ask for, 32 MiB, or lists of
/// half that, beside its batches.
pub const QUEUE_DIALLING_MAX_BYTES: usize = 64 << 20;

/// From the first packet to an open stream.
pub const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// A silent network for so long is a broken one.
pub const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

/// How often an idle side says that it is there: home routers forget an address
/// translation after 30 s.
pub const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// How long a peer may keep silent between two frames of a session: it may have
/// a large repair to compute or a slow disk.
pub const FRAME_WAIT_TIMEOUT: Duration = Duration::from_secs(120);

/// From a frame's first byte to its last: a batch of 256 kB takes 33 s at
/// 64 kbit/s, the slowest line worth serving.
pub const FRAME_TIMEOUT: Duration = Duration::from_secs(180);

/// How long to wait for the peer to have received everything and to close, too.
pub const CLOSE_TIMEOUT: Duration = Duration::from_secs(10);

/// The first pause after a failed attempt.
pub const BACKOFF_FIRST: Duration = Duration::from_secs(2);

/// The longest pause between attempts: a level above that is back after a power
/// cut is noticed within ten minutes.
pub const BACKOFF_MAX: Duration = Duration::from_secs(600);
