//! QUIC with mutual raw public keys (RFC 7250): carries frames, knows nothing of
//! their meaning.
//!
//! An [`Endpoint`] listens, dials, or both; a [`Link`] is one connection with one
//! bidirectional stream of length-prefixed frames. TLS 1.3 proves that the peer
//! holds the key that [`Link::peer`] names, and nothing else: whether that key may
//! do anything is decided by the session, from credentials, at every hello. So a
//! connection that succeeded means little until the peer has spoken.
//!
//! Deliberately absent: X.509 (no certificate parser in a stranger's reach), TLS
//! resumption and 0-RTT (a revoked key would skip the handshake), connection
//! migration, datagrams, any second stream.
//!
//! Invariants: every buffer, count and waiting time has a named limit
//! ([`limits`]); nothing that was sent before [`Link::close`] is lost unless the
//! connection is; no peer can hold up another one; strangers may take every place and
//! none from who comes after them.

mod backoff;
mod config;
mod endpoint;
pub mod limits;
mod link;
mod places;
mod verifier;

#[cfg(test)]
mod tests;

pub use backoff::backoff;
pub use config::KeyError;
pub use endpoint::{BindError, ConnectError, Endpoint, resolve};
pub use link::{Link, LinkError};
