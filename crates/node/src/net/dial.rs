//! Dialling one node once.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use identity::keyfile;
use model::UnitPath;
use replica::{Peering, Replica};
use sync::{Ask, Config, Outcome, Session, Warning};
use transport::Endpoint;

use super::carry;
use crate::failure::{Exit, Failure};
use crate::home::Home;
use crate::world::WallClock;

/// How long a dialled node may take to answer.
const DIAL_TIMEOUT: Duration = Duration::from_secs(10);

/// How a session went.
#[derive(Debug)]
pub struct Dialled {
    /// The unit of the node that answered.
    pub unit: Option<UnitPath>,
    /// What was exchanged.
    pub outcome: Outcome,
}

/// Dials an address, reconciles, and asks for more if there is anything to ask.
pub async fn dial(
    home: &Home,
    address: &str,
    expect: Option<UnitPath>,
    asks: Vec<Ask>,
    clock: &WallClock,
) -> Result<Dialled, Failure> {
    let mut replica = home.open()?;
    dial_with(&mut replica, home, address, expect, asks, clock).await
}

/// The same for a node that is open already.
pub async fn dial_with(
    replica: &mut Replica,
    home: &Home,
    address: &str,
    expect: Option<UnitPath>,
    asks: Vec<Ask>,
    clock: &WallClock,
) -> Result<Dialled, Failure> {
    let endpoint = client(home)?;
    let result = session(&endpoint, replica, address, expect, asks, clock).await;
    endpoint.close().await;
    result
}

fn client(home: &Home) -> Result<Endpoint, Failure> {
    let der = keyfile::to_der(&home.node_key()?)
        .map_err(|error| Failure::new("node-key", Exit::Failed).because(error))?;
    let any = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
    Endpoint::client(any, &der).map_err(|error| Failure::new("socket", Exit::Failed).because(error))
}

async fn session(
    endpoint: &Endpoint,
    replica: &mut Replica,
    address: &str,
    expect: Option<UnitPath>,
    asks: Vec<Ask>,
    clock: &WallClock,
) -> Result<Dialled, Failure> {
    let unreachable = |error: transport::ConnectError| {
        Failure::new("unreachable", Exit::Unreachable)
            .with("address", address)
            .because(crate::failure::deepest(&error))
            .why(match &error {
                transport::ConnectError::Resolve { .. } => "why-no-such-host",
                transport::ConnectError::TimedOut => "why-no-answer",
                _ => "why-no-connection",
            })
    };
    let addresses = transport::resolve(address, DIAL_TIMEOUT)
        .await
        .map_err(unreachable)?;
    let mut link = Err(Failure::new("unreachable", Exit::Unreachable).with("address", address));
    for candidate in addresses {
        link = endpoint
            .connect(candidate, DIAL_TIMEOUT)
            .await
            .map_err(unreachable);
        if link.is_ok() {
            break;
        }
    }
    let mut link = link?;
    let config = Config {
        peer: link.peer(),
        own_unit: replica.unit().clone(),
        expect_unit: expect,
        address: replica.address()?,
        asks,
    };
    let now = clock.read();
    let mut session = tokio::task::block_in_place(|| {
        let mut holdings = Peering {
            replica: &mut *replica,
            simulated: now.simulated,
        };
        Session::dial(config, &mut holdings, now.now)
    })
    .map_err(super::refused)?;
    let carried = carry(&mut session, &mut link, replica, clock).await;
    let peer = link.peer();
    let outcome = session.so_far().clone();
    tokio::task::block_in_place(|| replica.note_session(&peer, outcome.in_sync, clock.read().now))?;
    // Also after a failure: the peer should hear why.
    if let Err(error) = link.close().await {
        tracing::debug!(%error, "link not closed cleanly");
    }
    carried?;
    let unit = session.peer().map(|peer| peer.unit.clone());
    for warning in &outcome.warnings {
        match warning {
            Warning::Clock(ms) => tracing::warn!(ms, "the peer's clock differs from ours"),
            other => tracing::warn!(?other, "session"),
        }
    }
    Ok(Dialled { unit, outcome })
}
