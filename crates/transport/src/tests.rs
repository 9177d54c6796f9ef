//! Two endpoints on the loopback interface.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use identity::key::SecretKey;
use rustls::pki_types::CertificateDer;
use rustls::sign::CertifiedKey;
use testkit::Seeded;
use tokio::time::timeout;
use wire::PublicKey;
use wire::limits::FRAME_MAX_BYTES;

use crate::limits::{
    BACKOFF_FIRST, BACKOFF_MAX, QUEUE_ANSWERING_MAX_BYTES, RECEIVE_WINDOW_BYTES, SEND_WINDOW_BYTES,
};
use crate::{Endpoint, Link, LinkError, backoff, config};

const SOON: Duration = Duration::from_secs(10);
const ANY: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

fn key(number: u8) -> SecretKey {
    SecretKey::from_seed([number; 32])
}

fn der(number: u8) -> Vec<u8> {
    identity::keyfile::to_der(&key(number)).unwrap().to_vec()
}

fn public(number: u8) -> PublicKey {
    key(number).public()
}

async fn pair() -> (Endpoint, Endpoint, Link, Link) {
    let server = Endpoint::listen(ANY, &der(1)).unwrap();
    let client = Endpoint::client(ANY, &der(2)).unwrap();
    let mut dialled = client
        .connect(server.local_addr().unwrap(), SOON)
        .await
        .unwrap();
    // A stream exists for the other side once something was sent on it.
    dialled.send(b"first").await.unwrap();
    let mut accepted = server.accept().await.unwrap();
    assert_eq!(accepted.recv().await.unwrap().unwrap(), b"first");
    (server, client, dialled, accepted)
}

#[tokio::test]
async fn frames_go_both_ways_and_keys_are_proven() {
    let (server, client, mut a, mut b) = pair().await;
    assert_eq!(a.peer(), public(1));
    assert_eq!(b.peer(), public(2));
    assert_eq!(a.remote(), server.local_addr().unwrap());
    assert_eq!(b.remote().port(), client.local_addr().unwrap().port());
    for length in [0, 1, 5, 70_000, FRAME_MAX_BYTES] {
        let frame: Vec<u8> = (0..length).map(|i| (i % 251) as u8).collect();
        a.send(&frame).await.unwrap();
        b.send(&frame).await.unwrap();
        assert_eq!(a.recv().await.unwrap().unwrap(), frame);
        assert_eq!(b.recv().await.unwrap().unwrap(), frame);
    }
}

#[tokio::test]
async fn what_was_sent_before_closing_arrives() {
    let (_server, _client, mut a, mut b) = pair().await;
    let sender = tokio::spawn(async move {
        for number in 0..100u8 {
            a.send(&vec![number; 20_000]).await.unwrap();
        }
        a.close().await
    });
    for number in 0..100u8 {
        assert_eq!(b.recv().await.unwrap().unwrap(), vec![number; 20_000]);
    }
    assert!(b.recv().await.unwrap().is_none());
    b.close().await.unwrap();
    sender.await.unwrap().unwrap();
}

#[tokio::test]
async fn both_may_send_much_before_either_reads() {
    let (_server, _client, mut a, mut b) = pair().await;
    for _ in 0..8 {
        a.send(&vec![1; FRAME_MAX_BYTES]).await.unwrap();
        b.send(&vec![2; FRAME_MAX_BYTES]).await.unwrap();
    }
    for _ in 0..8 {
        assert_eq!(a.recv().await.unwrap().unwrap().len(), FRAME_MAX_BYTES);
    }
    for _ in 0..8 {
        assert_eq!(b.recv().await.unwrap().unwrap().len(), FRAME_MAX_BYTES);
    }
}

/// A peer that asks and asks and takes no answer is heard no further, until it does.
#[tokio::test]
async fn who_does_not_read_is_not_read_from() {
    const ASKED: usize = 160;
    const ANSWER_BYTES: usize = 256 << 10;
    let (_server, _client, mut a, mut b) = pair().await;
    let (answered, mut count) = tokio::sync::watch::channel(0);
    let answering = tokio::spawn(async move {
        for _ in 0..ASKED {
            assert_eq!(b.recv().await.unwrap().unwrap(), b"more");
            b.send(&vec![7; ANSWER_BYTES]).await.unwrap();
            answered.send_modify(|count| *count += 1);
        }
        b.close().await.unwrap();
    });
    for _ in 0..ASKED {
        a.send(b"more").await.unwrap();
    }
    // What waits, what QUIC has taken, what it may send ahead, and the last one.
    let most = QUEUE_ANSWERING_MAX_BYTES + SEND_WINDOW_BYTES as usize + ANSWER_BYTES;
    let most = (most + RECEIVE_WINDOW_BYTES as usize).div_ceil(ANSWER_BYTES);
    assert!(most < ASKED / 2);
    let beyond = count.wait_for(|count| *count > most);
    assert!(timeout(Duration::from_secs(1), beyond).await.is_err());
    for _ in 0..ASKED {
        assert_eq!(a.recv().await.unwrap().unwrap().len(), ANSWER_BYTES);
    }
    a.close().await.unwrap();
    answering.await.unwrap();
}

#[tokio::test]
async fn an_oversize_frame_is_neither_sent_nor_taken() {
    let (_server, _client, mut a, mut b) = pair().await;
    let refused = a.send(&vec![0; FRAME_MAX_BYTES + 1]).await;
    assert!(matches!(refused, Err(LinkError::TooLarge(_))));
    a.send_raw(u32::MAX.to_be_bytes().to_vec());
    assert!(matches!(b.recv().await, Err(LinkError::TooLarge(_))));
    assert!(matches!(a.recv().await, Err(LinkError::Read(_))));
}

#[tokio::test]
async fn a_stream_that_ends_within_a_frame_is_an_error() {
    let (_server, _client, mut a, mut b) = pair().await;
    a.send_raw(vec![0, 0, 0, 9, 1, 2, 3]);
    let closed = tokio::spawn(a.close());
    assert!(matches!(b.recv().await, Err(LinkError::Truncated)));
    drop(b);
    let _ = closed.await.unwrap();
}

#[tokio::test]
async fn a_peer_that_vanishes_is_an_error_on_both_calls() {
    let (_server, _client, a, mut b) = pair().await;
    drop(a);
    assert!(matches!(b.recv().await, Err(LinkError::Read(_))));
    // The writer notices as well, at the latest when closing.
    let _ = b.send(b"anyone?").await;
    assert!(b.close().await.is_err());
}

#[tokio::test]
async fn a_listening_node_dials_too() {
    let a = Endpoint::listen(ANY, &der(1)).unwrap();
    let b = Endpoint::listen(ANY, &der(2)).unwrap();
    let mut link = a.connect(b.local_addr().unwrap(), SOON).await.unwrap();
    link.send(b"hello").await.unwrap();
    assert_eq!(b.accept().await.unwrap().peer(), public(1));
    a.close().await;
    assert!(a.accept().await.is_none());
}

#[tokio::test]
async fn many_at_once() {
    let server = Arc::new(Endpoint::listen(ANY, &der(1)).unwrap());
    let address = server.local_addr().unwrap();
    let answering = tokio::spawn({
        let server = server.clone();
        async move {
            let mut tasks = Vec::new();
            for _ in 0..60 {
                let mut link = server.accept().await.unwrap();
                tasks.push(tokio::spawn(async move {
                    while let Some(frame) = link.recv().await.unwrap() {
                        link.send(&frame).await.unwrap();
                    }
                    link.close().await.unwrap();
                }));
            }
            for task in tasks {
                task.await.unwrap();
            }
        }
    });
    let mut asking = Vec::new();
    for number in 0..60u8 {
        asking.push(tokio::spawn(async move {
            let client = Endpoint::client(ANY, &der(number + 10)).unwrap();
            let mut link = client.connect(address, SOON).await.unwrap();
            for _ in 0..3 {
                link.send(&[number; 1_000]).await.unwrap();
                assert_eq!(link.recv().await.unwrap().unwrap(), [number; 1_000]);
            }
            link.close().await.unwrap();
        }));
    }
    for task in asking {
        task.await.unwrap();
    }
    answering.await.unwrap();
}

#[tokio::test]
async fn nobody_answers() {
    let silent = std::net::UdpSocket::bind(ANY).unwrap();
    let client = Endpoint::client(ANY, &der(2)).unwrap();
    let within = Duration::from_millis(200);
    let refused = client.connect(silent.local_addr().unwrap(), within).await;
    assert!(matches!(refused, Err(crate::ConnectError::TimedOut)));
}

/// An endpoint that shows this key and signs with whatever is in it.
fn imposter(key: CertifiedKey) -> quinn::Endpoint {
    let mut endpoint = quinn::Endpoint::client(ANY).unwrap();
    endpoint.set_default_client_config(config::client(Arc::new(key)).unwrap());
    endpoint
}

/// Whether a server takes such a client as far as an open stream.
async fn is_taken(client: quinn::Endpoint) -> bool {
    let server = Endpoint::listen(ANY, &der(1)).unwrap();
    let connecting = client.connect(server.local_addr().unwrap(), "x").unwrap();
    // The refusal may come after the client believes to be connected.
    let Ok(connection) = connecting.await else {
        return false;
    };
    let Ok((mut send, mut recv)) = connection.open_bi().await else {
        return false;
    };
    let _ = send.write_all(&[0, 0, 0, 1, 7]).await;
    tokio::select! {
        link = server.accept() => link.is_some(),
        read = recv.read_chunk(1, true) => read.is_ok(),
    }
}

#[tokio::test]
async fn a_swapped_key_is_detected() {
    let honest = config::certified(&der(2)).unwrap();
    assert!(is_taken(imposter((*honest).clone())).await);
    let other = config::certified(&der(3)).unwrap();
    let swapped = CertifiedKey::new(other.cert.clone(), honest.key.clone());
    assert!(!is_taken(imposter(swapped)).await);
}

#[tokio::test]
async fn another_encoding_of_a_key_or_a_chain_is_refused() {
    let honest = config::certified(&der(2)).unwrap();
    let spki = honest.cert[0].to_vec();
    let trailing = [spki.as_slice(), &[0]].concat();
    let mut other_algorithm = spki.clone();
    other_algorithm[8] = 0x71;
    for bytes in [trailing, other_algorithm, spki[..43].to_vec(), Vec::new()] {
        let cert = vec![CertificateDer::from(bytes)];
        assert!(!is_taken(imposter(CertifiedKey::new(cert, honest.key.clone()))).await);
    }
    let chain = vec![honest.cert[0].clone(), honest.cert[0].clone()];
    assert!(!is_taken(imposter(CertifiedKey::new(chain, honest.key.clone()))).await);
}

#[tokio::test]
async fn a_client_without_a_key_is_refused() {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut tls = rustls::ClientConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(crate::verifier::RawKeys::new(provider))
        .with_no_client_auth();
    tls.alpn_protocols = vec![crate::limits::ALPN.to_vec()];
    let quic = quinn::crypto::rustls::QuicClientConfig::try_from(tls).unwrap();
    let mut endpoint = quinn::Endpoint::client(ANY).unwrap();
    endpoint.set_default_client_config(quinn::ClientConfig::new(Arc::new(quic)));
    assert!(!is_taken(endpoint).await);
}

#[tokio::test]
async fn another_protocol_is_refused() {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let honest = config::certified(&der(2)).unwrap();
    let resolver = rustls::client::AlwaysResolvesClientRawPublicKeys::new(honest);
    let mut tls = rustls::ClientConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(crate::verifier::RawKeys::new(provider))
        .with_client_cert_resolver(Arc::new(resolver));
    tls.alpn_protocols = vec![b"h3".to_vec()];
    let quic = quinn::crypto::rustls::QuicClientConfig::try_from(tls).unwrap();
    let mut endpoint = quinn::Endpoint::client(ANY).unwrap();
    endpoint.set_default_client_config(quinn::ClientConfig::new(Arc::new(quic)));
    assert!(!is_taken(endpoint).await);
}

#[test]
fn other_keys_cannot_be_used() {
    assert!(config::certified(b"no key").is_err());
    let seed_only = key(1).seed();
    assert!(config::certified(&seed_only[..]).is_err());
}

#[test]
fn pauses_grow_and_spread() {
    let mut entropy = Seeded::new(1);
    for attempt in 0..40 {
        let whole = BACKOFF_FIRST
            .saturating_mul(1 << attempt.min(16))
            .min(BACKOFF_MAX);
        for _ in 0..20 {
            let pause = backoff(attempt, &mut entropy);
            assert!(whole / 2 <= pause && pause <= whole, "{attempt}: {pause:?}");
        }
    }
    assert_ne!(backoff(5, &mut entropy), backoff(5, &mut entropy));
}
