//! The kinds of flood, each kept up until it is told to stop.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use quinn::{ClientConfig, Connection, Endpoint, SendStream};
use tokio::runtime::Runtime;
use tokio::time::{interval, timeout};
use wire::limits::FRAME_MAX_BYTES;

use crate::stranger::{config, connect, endpoint, framed};

/// Connections that an attack keeps trying to hold at once: more than there are
/// places.
const AT_ONCE: usize = 400;

/// Sockets of an attacker at one address.
const SOCKETS: usize = 16;

/// Greetings that are sent again and again by the flood of half-open connections.
const GREETINGS: usize = 2_000;

/// Shortest pause of one attacker between two connections: the test's own work
/// must not be what slows the server down.
const AGAIN_AFTER: Duration = Duration::from_secs(2);

/// What an attacker does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Greets and never answers.
    HalfOpen,
    /// Greets and breaks off before there is an answer.
    Slam,
    /// Proves a key and says nothing more.
    Silent,
    /// Announces the largest frame and sends a byte a second.
    Drip,
    /// Announces it and sends all but its last byte.
    Greedy,
    /// Has a facility's key, says what it should, then asks for ever more streams
    /// and sends the same frames again and again.
    Credentials,
}

/// Where an attack comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum From {
    /// Where the honest peer is, too: behind one router, say.
    SameAddress,
    OneAddress,
    ManyAddresses,
}

impl From {
    fn address(self, number: usize) -> SocketAddr {
        let ip = match self {
            From::SameAddress => Ipv4Addr::LOCALHOST,
            From::OneAddress => Ipv4Addr::new(127, 6, 6, 6),
            From::ManyAddresses => {
                Ipv4Addr::new(127, 9, (number / 250) as u8, number as u8 % 250 + 1)
            }
        };
        SocketAddr::new(IpAddr::V4(ip), 0)
    }

    fn sockets(self) -> usize {
        match self {
            From::ManyAddresses => AT_ONCE,
            _ => SOCKETS,
        }
    }
}

/// What an attack consists of.
pub(crate) struct Plan {
    pub(crate) kind: Kind,
    pub(crate) from: From,
    /// Where the server listens.
    pub(crate) to: SocketAddr,
    /// The key to show.
    pub(crate) key_der: Vec<u8>,
    /// The first flight of a session with that key, for [`Kind::Credentials`].
    pub(crate) flight: Vec<Vec<u8>>,
}

/// An attack under way; ends when dropped.
pub(crate) struct Attack {
    runtime: Option<Runtime>,
    count: Arc<AtomicUsize>,
}

impl Attack {
    pub(crate) fn start(plan: Plan) -> Attack {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        let runtime = builder.worker_threads(1).enable_all().build().unwrap();
        let count = Arc::new(AtomicUsize::new(0));
        let (plan, counted) = (Arc::new(plan), count.clone());
        runtime.spawn(async move {
            if matches!(plan.kind, Kind::HalfOpen | Kind::Slam) {
                greet(&plan, &counted).await;
                return;
            }
            let config = config(&plan.key_der);
            let open = |number| endpoint(plan.from.address(number), config.clone());
            let sockets: Vec<Endpoint> = (0..plan.from.sockets()).map(open).collect();
            for number in 0..AT_ONCE {
                let socket = sockets[number % sockets.len()].clone();
                tokio::spawn(keep_connecting(plan.clone(), socket, counted.clone()));
            }
        });
        Attack {
            runtime: Some(runtime),
            count,
        }
    }

    /// Packets sent or connections made.
    pub(crate) fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }
}

impl Drop for Attack {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// The first packets of real handshakes, addressed to nobody; with those that break
/// them off again if the client is to `slam` the door.
async fn greetings(config: &ClientConfig, slam: bool) -> Vec<Vec<u8>> {
    let sink = UdpSocket::bind("127.0.0.1:0").unwrap();
    sink.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let to = sink.local_addr().unwrap();
    let client = endpoint(From::SameAddress.address(0), config.clone());
    let mut greetings = Vec::new();
    let mut open = Vec::new();
    while greetings.len() < GREETINGS {
        let connecting = client.connect(to, "quanho.invalid").unwrap();
        let mut packet = vec![0; 2_048];
        let length = tokio::task::block_in_place(|| sink.recv(&mut packet)).unwrap();
        packet.truncate(length);
        // A long header of type Initial; the others are repetitions of a part.
        if packet[0] & 0xf0 == 0xc0 && length >= 1_200 {
            greetings.push(packet);
        }
        if !slam {
            open.push(connecting);
        }
    }
    greetings
}

async fn greet(plan: &Plan, count: &AtomicUsize) {
    let greetings = greetings(&config(&plan.key_der), plan.kind == Kind::Slam).await;
    let bind = |number| UdpSocket::bind(plan.from.address(number)).unwrap();
    let sockets: Vec<UdpSocket> = (0..AT_ONCE).map(bind).collect();
    let mut ticks = interval(Duration::from_millis(5));
    for number in 0.. {
        let greeting = &greetings[number % greetings.len()];
        let socket = &sockets[number % sockets.len()];
        // The server's buffer may be full: that is what a flood does.
        let sent = socket.send_to(greeting, plan.to);
        count.fetch_add(usize::from(sent.is_ok()), Ordering::Relaxed);
        if number % 10 == 9 {
            ticks.tick().await;
        }
    }
}

async fn keep_connecting(plan: Arc<Plan>, socket: Endpoint, count: Arc<AtomicUsize>) {
    let mut again = interval(AGAIN_AFTER);
    loop {
        again.tick().await;
        let Some(connection) = connect(&socket, plan.to).await else {
            continue;
        };
        count.fetch_add(1, Ordering::Relaxed);
        // The stream is kept: dropping it would tell the server to give up.
        let mut stream = connection.open_bi().await;
        if let Ok((send, _)) = &mut stream {
            let _ = misbehave(&plan, &connection, send).await;
        }
        connection.closed().await;
    }
}

/// Until the connection breaks.
async fn misbehave(
    plan: &Plan,
    connection: &Connection,
    send: &mut SendStream,
) -> Result<(), quinn::WriteError> {
    let announced = (FRAME_MAX_BYTES as u32).to_be_bytes();
    match plan.kind {
        Kind::HalfOpen | Kind::Slam => {}
        // A stream is seen when something was sent on it.
        Kind::Silent => send.write_all(&announced[..1]).await?,
        Kind::Drip => {
            send.write_all(&announced).await?;
            let mut ticks = interval(Duration::from_secs(1));
            loop {
                ticks.tick().await;
                send.write_all(&[0]).await?;
            }
        }
        Kind::Greedy => {
            send.write_all(&announced).await?;
            send.write_all(&vec![0; FRAME_MAX_BYTES - 1]).await?;
        }
        Kind::Credentials => {
            for frame in &plan.flight {
                send.write_all(&framed(frame)).await?;
            }
            for _ in 0..100 {
                let more = timeout(Duration::ZERO, connection.open_bi()).await;
                assert!(!matches!(more, Ok(Ok(_))), "a second stream was granted");
            }
            for frame in plan.flight.iter().cycle().take(1_000) {
                send.write_all(&framed(frame)).await?;
            }
        }
    }
    Ok(())
}
