//! A QUIC client that proves a key of its own or a stolen one and then does what no
//! honest node does.

use std::net::SocketAddr;
use std::sync::Arc;

use quinn::crypto::rustls::QuicClientConfig;
use quinn::{ClientConfig, Connection, Endpoint};
use rustls::client::AlwaysResolvesClientRawPublicKeys;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, ServerName, UnixTime};
use rustls::sign::CertifiedKey;
use rustls::{DigitallySignedStruct, Error, SignatureScheme};

/// Takes any server: a flood does not care whom it hits.
#[derive(Debug)]
struct Anybody;

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ED25519]
    }

    fn requires_raw_public_keys(&self) -> bool {
        true
    }
}

/// A client that shows the key in this unencrypted PKCS#8.
pub(crate) fn config(key_der: &[u8]) -> ClientConfig {
    let der = PrivatePkcs8KeyDer::from(key_der.to_vec());
    let key = ring::sign::any_eddsa_type(&der).unwrap();
    let shown = CertificateDer::from(key.public_key().unwrap().to_vec());
    let key = Arc::new(CertifiedKey::new(vec![shown], key));
    let mut tls = rustls::ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anybody))
        .with_client_cert_resolver(Arc::new(AlwaysResolvesClientRawPublicKeys::new(key)));
    tls.alpn_protocols = vec![transport::limits::ALPN.to_vec()];
    ClientConfig::new(Arc::new(QuicClientConfig::try_from(tls).unwrap()))
}

/// A socket at this address that dials with this key.
pub(crate) fn endpoint(from: SocketAddr, config: ClientConfig) -> Endpoint {
    let mut endpoint = Endpoint::client(from).unwrap();
    endpoint.set_default_client_config(config);
    endpoint
}

/// A connection whose handshake is over, on this side at least.
pub(crate) async fn connect(endpoint: &Endpoint, to: SocketAddr) -> Option<Connection> {
    endpoint.connect(to, "quanho.invalid").ok()?.await.ok()
}

/// A frame as it lies on the stream.
pub(crate) fn framed(frame: &[u8]) -> Vec<u8> {
    let length = (frame.len() as u32).to_be_bytes();
    [&length[..], frame].concat()
}
