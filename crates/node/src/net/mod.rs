//! The network: one session over one link, dialling, serving.
//!
//! The session is synchronous and the store blocks, so every frame is handled in
//! `block_in_place`. Each connection has a `Replica` of its own: SQLite lets them
//! and other processes work on one home.

mod dial;
mod pull;
mod serve;

pub use dial::{Dialled, dial, dial_with};
pub use pull::{Inputs, Next, Pulled, drill, pull, reach};
pub use serve::{Listening, serve};

use replica::{Peering, Replica};
use sync::Session;
use transport::Link;
use wire::frame::RefuseCode;

use crate::failure::{Exit, Failure};
use crate::world::WallClock;

/// Carries frames until the session is over.
async fn carry(
    session: &mut Session,
    link: &mut Link,
    replica: &mut Replica,
    clock: &WallClock,
) -> Result<(), Failure> {
    loop {
        transmit(session, link).await?;
        if session.is_finished() {
            return Ok(());
        }
        let frame = receive(link).await?;
        handle(session, link, &frame, replica, clock).await?;
    }
}

/// Sends what waits to be sent.
async fn transmit(session: &mut Session, link: &mut Link) -> Result<(), Failure> {
    while let Some(frame) = session.poll_transmit() {
        link.send(&frame).await.map_err(broken)?;
    }
    Ok(())
}

/// The next frame; there must be one.
async fn receive(link: &mut Link) -> Result<Vec<u8>, Failure> {
    let frame = link.recv().await.map_err(broken)?;
    frame.ok_or_else(|| Failure::new("link-closed", Exit::Unreachable))
}

/// Takes one frame. If the session ends by it, the peer is told why.
async fn handle(
    session: &mut Session,
    link: &mut Link,
    frame: &[u8],
    replica: &mut Replica,
    clock: &WallClock,
) -> Result<(), Failure> {
    let now = clock.read();
    let handled = tokio::task::block_in_place(|| {
        let mut holdings = Peering {
            replica,
            simulated: now.simulated,
        };
        session.handle(frame, &mut holdings, now.now)
    });
    match handled {
        Ok(()) => Ok(()),
        Err(error) => {
            transmit(session, link).await?;
            Err(refused(error))
        }
    }
}

fn broken(error: transport::LinkError) -> Failure {
    Failure::new("link-broken", Exit::Unreachable).because(crate::failure::deepest(&error))
}

pub(crate) fn refused(error: sync::SessionError) -> Failure {
    if let sync::SessionError::RefusedByPeer(RefuseCode::Unknown) = error {
        return Failure::new("unknown-there", Exit::Refused);
    }
    let exit = match &error {
        sync::SessionError::Holdings(_) => Exit::Failed,
        _ => Exit::Refused,
    };
    let failure = Failure::new("session", exit).because(crate::failure::deepest(&error));
    match why(&error) {
        Some(id) => failure.why(id),
        None => failure,
    }
}

/// The reason that a session ended, for people.
fn why(error: &sync::SessionError) -> Option<&'static str> {
    use sync::SessionError as E;
    Some(match error {
        E::Version(_) => "why-version",
        E::UnknownPeer => "why-peer-unknown",
        E::Unexpected { .. } => "why-peer-other",
        E::Unrelated(_) => "why-peer-unrelated",
        E::RefusedByPeer(_) => "why-peer-refused",
        E::Frame(_) | E::Protocol(_) | E::TooMany(_) => "why-peer-broke",
        E::Holdings(_) | E::Over => return None,
    })
}
