//! Every limit of the transport, its unit last in the name, with its reason.

use std::time::Duration;

/// The protocol's name in the TLS handshake.
pub const ALPN: &[u8] = b"quanho/1";

/// Connections at once, over handshakes and links. A Sở has 400 facilities that
/// call a few times an hour; the ministry 34 provinces.
pub const CONNECTIONS_MAX_COUNT: usize = 256;

/// From so many connections on, a caller must first prove that its address is its
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

/// Bytes sent and not yet acknowledged by the network, per connection.
pub const SEND_WINDOW_BYTES: u64 = 1 << 20;

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
