//! TLS and QUIC settings: all of quinn's open defaults closed.

use std::sync::Arc;

use quinn::crypto::rustls::{QuicClientConfig, QuicServerConfig};
use quinn::{IdleTimeout, TransportConfig, VarInt};
use rustls::client::{AlwaysResolvesClientRawPublicKeys, Resumption};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::server::{AlwaysResolvesServerRawPublicKeys, NoServerSessionStorage};
use rustls::sign::CertifiedKey;
use rustls::version::TLS13;

use crate::limits::{
    ALPN, IDLE_TIMEOUT, INCOMING_BUFFER_MAX_BYTES, INCOMING_BUFFERS_MAX_BYTES, INCOMING_MAX_COUNT,
    KEEP_ALIVE, RECEIVE_WINDOW_BYTES, SEND_WINDOW_BYTES, STRANGER_WINDOW_BYTES,
};
use crate::verifier::RawKeys;

/// Why a node key cannot be used for TLS.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Not an unencrypted PKCS#8 Ed25519 key.
    #[error("the node key is not an unencrypted PKCS#8 Ed25519 key")]
    Key(#[source] rustls::Error),
    /// The key has no public part.
    #[error("the node key has no public part")]
    NoPublicKey,
    /// TLS did not take the settings.
    #[error("TLS refused the settings")]
    Tls(#[source] rustls::Error),
    /// QUIC did not take the settings.
    #[error("QUIC refused the settings: {0}")]
    Quic(&'static str),
}

/// The node's key as a TLS identity, from unencrypted PKCS#8 DER.
pub(crate) fn certified(key_der: &[u8]) -> Result<Arc<CertifiedKey>, KeyError> {
    let der = PrivatePkcs8KeyDer::from(key_der.to_vec());
    let key = ring::sign::any_eddsa_type(&der).map_err(KeyError::Key)?;
    let public = key.public_key().ok_or(KeyError::NoPublicKey)?;
    let spki = CertificateDer::from(public.to_vec());
    Ok(Arc::new(CertifiedKey::new(vec![spki], key)))
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

pub(crate) fn server(key: Arc<CertifiedKey>) -> Result<quinn::ServerConfig, KeyError> {
    let provider = provider();
    let mut tls = rustls::ServerConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(&[&TLS13])
        .map_err(KeyError::Tls)?
        .with_client_cert_verifier(RawKeys::new(provider))
        .with_cert_resolver(Arc::new(AlwaysResolvesServerRawPublicKeys::new(key)));
    tls.alpn_protocols = vec![ALPN.to_vec()];
    // A resumed connection would skip the proof of the key.
    tls.session_storage = Arc::new(NoServerSessionStorage {});
    tls.send_tls13_tickets = 0;
    let quic = QuicServerConfig::try_from(tls).map_err(|_| KeyError::Quic("cipher suites"))?;
    let mut config = quinn::ServerConfig::with_crypto(Arc::new(quic));
    config
        .transport_config(transport(1, STRANGER_WINDOW_BYTES)?)
        .migration(false)
        .max_incoming(INCOMING_MAX_COUNT)
        .incoming_buffer_size(INCOMING_BUFFER_MAX_BYTES)
        .incoming_buffer_size_total(INCOMING_BUFFERS_MAX_BYTES);
    Ok(config)
}

pub(crate) fn client(key: Arc<CertifiedKey>) -> Result<quinn::ClientConfig, KeyError> {
    let provider = provider();
    let mut tls = rustls::ClientConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(&[&TLS13])
        .map_err(KeyError::Tls)?
        .dangerous()
        .with_custom_certificate_verifier(RawKeys::new(provider))
        .with_client_cert_resolver(Arc::new(AlwaysResolvesClientRawPublicKeys::new(key)));
    tls.alpn_protocols = vec![ALPN.to_vec()];
    tls.resumption = Resumption::disabled();
    tls.enable_sni = false;
    let quic = QuicClientConfig::try_from(tls).map_err(|_| KeyError::Quic("cipher suites"))?;
    let mut config = quinn::ClientConfig::new(Arc::new(quic));
    config.transport_config(transport(0, RECEIVE_WINDOW_BYTES)?);
    Ok(config)
}

/// One stream, opened by the side that dialled; `window`: what the peer may send
/// ahead to begin with.
fn transport(streams_from_peer: u32, window: u32) -> Result<Arc<TransportConfig>, KeyError> {
    let idle = IdleTimeout::try_from(IDLE_TIMEOUT).map_err(|_| KeyError::Quic("idle timeout"))?;
    let mut config = TransportConfig::default();
    config
        .max_concurrent_bidi_streams(VarInt::from_u32(streams_from_peer))
        .max_concurrent_uni_streams(VarInt::from_u32(0))
        .stream_receive_window(VarInt::from_u32(RECEIVE_WINDOW_BYTES))
        .receive_window(VarInt::from_u32(window))
        .send_window(SEND_WINDOW_BYTES)
        .datagram_receive_buffer_size(None)
        .max_idle_timeout(Some(idle))
        .keep_alive_interval(Some(KEEP_ALIVE));
    Ok(Arc::new(config))
}
