//! Listening and dialling.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use quinn::Connection;
use rustls::pki_types::CertificateDer;
use tokio::sync::{Mutex, mpsc};
use tokio::time::timeout;
use wire::PublicKey;

use crate::config::{self, KeyError};
use crate::limits::{
    CLOSING_HARD_MAX_COUNT, CLOSING_MAX_COUNT, HANDSHAKE_TIMEOUT, RETRY_FROM_COUNT,
};
use crate::link::{BROKEN, DONE, Link};
use crate::places::{Place, Places};
use crate::verifier::key_of;

/// The name that TLS wants and nobody looks at: the key is what counts.
const SERVER_NAME: &str = "quanho.invalid";

/// Links that wait for [`Endpoint::accept`].
const BACKLOG_MAX_COUNT: usize = 16;

/// Why an endpoint could not be made.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// The node key cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The address cannot be used.
    #[error("cannot use the address {address}")]
    Address {
        /// Which.
        address: SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// Why dialling failed.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The host name is not known.
    #[error("the address {address} cannot be resolved")]
    Resolve {
        /// What was to be resolved.
        address: String,
        /// Why not, if there was an answer at all.
        #[source]
        source: Option<std::io::Error>,
    },
    /// No answer in time.
    #[error("no answer")]
    TimedOut,
    /// The endpoint cannot dial this address.
    #[error("the address cannot be dialled")]
    Address(#[source] quinn::ConnectError),
    /// The connection broke or was refused during the handshake.
    #[error("the connection was refused or broke")]
    Connection(#[source] quinn::ConnectionError),
    /// Its place was given to another.
    #[error("displaced by another that dialled")]
    Displaced,
    /// The peer showed no Ed25519 raw public key.
    #[error("the peer showed no usable key")]
    NoKey,
}

/// A UDP socket that listens, dials, or both.
pub struct Endpoint {
    inner: quinn::Endpoint,
    links: Mutex<mpsc::Receiver<Link>>,
}

impl Endpoint {
    /// Listens; may dial, too. `node_key_der`: unencrypted PKCS#8 Ed25519. Must
    /// be called within a tokio runtime.
    pub fn listen(address: SocketAddr, node_key_der: &[u8]) -> Result<Self, BindError> {
        let key = config::certified(node_key_der)?;
        let mut inner = quinn::Endpoint::server(config::server(key.clone())?, address)
            .map_err(|source| BindError::Address { address, source })?;
        inner.set_default_client_config(config::client(key)?);
        let (sender, links) = mpsc::channel(BACKLOG_MAX_COUNT);
        tokio::spawn(listen(inner.clone(), sender));
        Ok(Endpoint {
            inner,
            links: Mutex::new(links),
        })
    }

    /// Only dials, from this local address (`0.0.0.0:0` or `[::]:0`).
    pub fn client(local: SocketAddr, node_key_der: &[u8]) -> Result<Self, BindError> {
        let key = config::certified(node_key_der)?;
        let mut inner = quinn::Endpoint::client(local).map_err(|source| BindError::Address {
            address: local,
            source,
        })?;
        inner.set_default_client_config(config::client(key)?);
        let (_, links) = mpsc::channel(1);
        Ok(Endpoint {
            inner,
            links: Mutex::new(links),
        })
    }

    /// The next peer that has dialled, proven its key and opened its stream.
    /// `None` once the endpoint is closed, at once for one that does not listen.
    pub async fn accept(&self) -> Option<Link> {
        self.links.lock().await.recv().await
    }

    /// Dials. A peer that refuses this node's key may let this succeed and break
    /// the link after: only its first frame proves that it listens.
    pub async fn connect(
        &self,
        address: SocketAddr,
        within: Duration,
    ) -> Result<Link, ConnectError> {
        let dialled = timeout(within, async {
            let connecting = self
                .inner
                .connect(address, SERVER_NAME)
                .map_err(ConnectError::Address)?;
            let connection = connecting.await.map_err(ConnectError::Connection)?;
            let Some(peer) = peer_of(&connection) else {
                connection.close(BROKEN, b"");
                return Err(ConnectError::NoKey);
            };
            let streams = connection.open_bi().await;
            let streams = streams.map_err(ConnectError::Connection)?;
            Ok(Link::new(connection, peer, streams, None))
        });
        dialled.await.unwrap_or(Err(ConnectError::TimedOut))
    }

    /// The address it is bound to, with the port that the system chose.
    pub fn local_addr(&self) -> Result<SocketAddr, std::io::Error> {
        self.inner.local_addr()
    }

    /// How many connections are open, handshakes included.
    pub fn open_connections(&self) -> usize {
        self.inner.open_connections()
    }

    /// Closes every connection and waits until the peers have been told.
    pub async fn close(&self) {
        self.inner.close(DONE, b"");
        self.inner.wait_idle().await;
    }
}

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Endpoint")
            .field("local", &self.inner.local_addr().ok())
            .finish_non_exhaustive()
    }
}

/// The addresses behind `host:port`, within a time.
pub async fn resolve(address: &str, within: Duration) -> Result<Vec<SocketAddr>, ConnectError> {
    let failed = |source| ConnectError::Resolve {
        address: address.to_owned(),
        source,
    };
    let found = timeout(within, tokio::net::lookup_host(address)).await;
    let found = found.map_err(|_| ConnectError::TimedOut)?;
    let found: Vec<SocketAddr> = found.map_err(|error| failed(Some(error)))?.collect();
    match found.is_empty() {
        true => Err(failed(None)),
        false => Ok(found),
    }
}

/// Takes what comes in; each handshake on its own, so that none holds up another.
async fn listen(endpoint: quinn::Endpoint, links: mpsc::Sender<Link>) {
    let places = Arc::new(Places::default());
    while let Some(incoming) = endpoint.accept().await {
        let busy = endpoint.open_connections() >= RETRY_FROM_COUNT;
        if busy && !incoming.remote_address_validated() && incoming.may_retry() {
            let _ = incoming.retry();
            continue;
        }
        match place(&endpoint, &places, incoming.remote_address()) {
            Some(place) => {
                tokio::spawn(welcome(incoming, place, links.clone()));
            }
            None => {
                tracing::debug!(remote = %incoming.remote_address(), "too many connections");
                incoming.refuse();
            }
        }
    }
}

/// A place for who dials now from this address, if there may be one.
fn place(endpoint: &quinn::Endpoint, places: &Arc<Places>, from: SocketAddr) -> Option<Place> {
    match endpoint.open_connections() {
        open if open >= CLOSING_HARD_MAX_COUNT => None,
        open if open >= CLOSING_MAX_COUNT && places.is_crowded(from) => None,
        _ => places.take(from),
    }
}

async fn welcome(incoming: quinn::Incoming, place: Place, links: mpsc::Sender<Link>) {
    let remote = incoming.remote_address();
    match timeout(HANDSHAKE_TIMEOUT, shake_hands(incoming, place)).await {
        Ok(Ok(link)) => {
            // The receiver is gone: the endpoint is being closed.
            let _ = links.send(link).await;
        }
        Ok(Err(error)) => tracing::info!(%remote, %error, "handshake failed"),
        Err(_) => tracing::info!(%remote, "handshake took too long"),
    }
}

async fn shake_hands(incoming: quinn::Incoming, place: Place) -> Result<Link, ConnectError> {
    let connection = tokio::select! {
        connection = incoming.into_future() => connection.map_err(ConnectError::Connection)?,
        () = place.displaced() => return Err(ConnectError::Displaced),
    };
    place.connected(&connection);
    let Some(peer) = peer_of(&connection) else {
        connection.close(BROKEN, b"");
        return Err(ConnectError::NoKey);
    };
    let streams = connection.accept_bi().await;
    let streams = streams.map_err(ConnectError::Connection)?;
    Ok(Link::new(connection, peer, streams, Some(place)))
}

/// The key that the peer has proven in the handshake.
fn peer_of(connection: &Connection) -> Option<PublicKey> {
    let identity = connection.peer_identity()?;
    let keys = identity.downcast::<Vec<CertificateDer<'static>>>().ok()?;
    match keys.as_slice() {
        [key] => key_of(key),
        _ => None,
    }
}
