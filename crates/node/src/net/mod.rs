//! The network: one session over one link, dialling, serving.
//!
//! The session is synchronous and the store blocks, so every frame is handled in
//! `block_in_place`. Each connection has a `Replica` of its own: SQLite lets them
//! and other processes work on one home.

mod dial;
mod pull;
mod serve;

pub use dial::{Dialled, dial, dial_with};
pub use pull::{Pulled, drill_rollup, pull, reach};
pub use serve::{Listening, serve};

use replica::{Peering, Replica};
use sync::Session;
use transport::Link;

use crate::failure::{Exit, Failure};
use crate::world::WallClock;

/// Carries frames until the session is over.
async fn carry(
    session: &mut Session,
    link: &mut Link,
    replica: &mut Replica,
    clock: &WallClock,
) -> Result<(), Failure> {
    carry_until(session, link, replica, clock, |_| false).await
}

/// Carries frames until something has come about, or the session is over. What
/// waits to be sent by then is sent by whoever goes on.
async fn carry_until(
    session: &mut Session,
    link: &mut Link,
    replica: &mut Replica,
    clock: &WallClock,
    reached: impl Fn(&Session) -> bool,
) -> Result<(), Failure> {
    loop {
        if reached(session) {
            return Ok(());
        }
        while let Some(frame) = session.poll_transmit() {
            link.send(&frame).await.map_err(broken)?;
        }
        if session.is_finished() {
            return Ok(());
        }
        let Some(frame) = link.recv().await.map_err(broken)? else {
            return Err(Failure::new("link-closed", Exit::Unreachable));
        };
        let now = clock.read();
        let handled = tokio::task::block_in_place(|| {
            let mut holdings = Peering {
                replica: &mut *replica,
                simulated: now.simulated,
            };
            session.handle(&frame, &mut holdings, now.now)
        });
        if let Err(error) = handled {
            while let Some(frame) = session.poll_transmit() {
                link.send(&frame).await.map_err(broken)?;
            }
            return Err(refused(error));
        }
    }
}

fn broken(error: transport::LinkError) -> Failure {
    Failure::new("link-broken", Exit::Unreachable).because(crate::failure::deepest(&error))
}

fn refused(error: sync::SessionError) -> Failure {
    let exit = match &error {
        sync::SessionError::Holdings(_) => Exit::Failed,
        _ => Exit::Refused,
    };
    Failure::new("session", exit).because(crate::failure::deepest(&error))
}
