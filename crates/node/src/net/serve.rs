//! `serve`: listen, keep the link upward, until told to stop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use identity::keyfile;
use replica::Replica;
use sync::{Config, Session};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use transport::{Endpoint, Link, backoff};

use super::{carry, dial_with, handle, receive, transmit};
use crate::failure::{Exit, Failure};
use crate::home::Home;
use crate::world::{OsEntropy, WallClock};

/// How often the home is looked at for something new to send.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// How long after the last session the level above is dialled although nothing
/// is new here: something may be new there.
const DIAL_EVERY: Duration = Duration::from_secs(60);

/// How long a peer may take to introduce itself: a chain over a slow link.
const STRANGER_TIMEOUT: Duration = Duration::from_secs(20);

/// Frames of strangers that are looked at at once: it is the processor's work, and
/// a thread and an open store each.
const INTRODUCTIONS_MAX_COUNT: usize = 4;

/// Sessions with recognised peers that run at once; further ones wait.
const SESSIONS_MAX_COUNT: usize = 64;

/// A node that serves. Dropping it stops nothing: call [`Listening::stop`].
pub struct Listening {
    /// Where it listens, if it does.
    pub address: Option<SocketAddr>,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Listening {
    /// Ends every task; sessions under way are cut, which loses nothing.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        for task in self.tasks {
            if let Err(error) = task.await {
                tracing::warn!(%error, "a task did not end well");
            }
        }
    }
}

/// Starts serving: binds, records the address in the home, and returns.
pub async fn serve(
    home: &Home,
    listen: Option<SocketAddr>,
    advertise: Option<String>,
    clock: WallClock,
) -> Result<Listening, Failure> {
    let mut replica = home.open()?;
    let (stop, stopped) = watch::channel(false);
    let mut tasks = Vec::new();
    let mut address = None;
    if let Some(listen) = listen {
        let der = keyfile::to_der(&home.node_key()?)
            .map_err(|error| Failure::new("node-key", Exit::Failed).because(error))?;
        let endpoint = Endpoint::listen(listen, &der).map_err(|error| {
            Failure::new("listen", Exit::Failed)
                .with("address", listen)
                .because(crate::failure::deepest(&error))
        })?;
        let bound = endpoint
            .local_addr()
            .map_err(|error| Failure::new("listen", Exit::Failed).because(error))?;
        replica.set_address(&advertise.unwrap_or_else(|| bound.to_string()))?;
        address = Some(bound);
        tasks.push(tokio::spawn(accept(
            endpoint,
            home.clone(),
            clock,
            stopped.clone(),
        )));
    }
    if replica.unit().parent().is_some() {
        tasks.push(tokio::spawn(keep_link_above(
            replica,
            home.clone(),
            clock,
            stopped,
        )));
    }
    Ok(Listening {
        address,
        stop,
        tasks,
    })
}

/// How many may be at what at once.
struct Rooms {
    introductions: Semaphore,
    sessions: Semaphore,
}

async fn accept(
    endpoint: Endpoint,
    home: Home,
    clock: WallClock,
    mut stopped: watch::Receiver<bool>,
) {
    let rooms = Arc::new(Rooms {
        introductions: Semaphore::new(INTRODUCTIONS_MAX_COUNT),
        sessions: Semaphore::new(SESSIONS_MAX_COUNT),
    });
    loop {
        let link = tokio::select! {
            _ = stopped.wait_for(|stop| *stop) => break,
            link = endpoint.accept() => link,
        };
        let Some(link) = link else { break };
        let (home, rooms) = (home.clone(), rooms.clone());
        tokio::spawn(async move {
            let peer = link.peer();
            if let Err(failure) = answer(link, &home, &rooms, clock).await {
                tracing::info!(peer = %peer.short(), code = failure.code, cause = ?failure.cause,
                    "a session ended early");
            }
        });
    }
    endpoint.close().await;
}

/// One session with a peer that dialled. A refusal reaches it before the link
/// is closed.
async fn answer(
    mut link: Link,
    home: &Home,
    rooms: &Rooms,
    clock: WallClock,
) -> Result<(), Failure> {
    let answered = converse(&mut link, home, rooms, &clock).await;
    let _ = link.close().await;
    answered
}

/// Who has not shown a credential in effect within [`STRANGER_TIMEOUT`] loses
/// its place to others, and until then it takes none of the sessions'.
async fn converse(
    link: &mut Link,
    home: &Home,
    rooms: &Rooms,
    clock: &WallClock,
) -> Result<(), Failure> {
    let introduced = tokio::time::timeout(STRANGER_TIMEOUT, introduction(link, home, rooms, clock));
    let (mut session, mut replica) = introduced
        .await
        .map_err(|_| Failure::new("stranger", Exit::Refused))??;
    if let Some(peer) = session.peer() {
        link.recognised(peer.unit.as_str());
    }
    let peer = link.peer();
    let _place = match rooms.sessions.try_acquire() {
        Ok(place) => place,
        Err(_) => {
            // Whoever waits holds no open store, and is gone when its link is.
            drop(replica);
            let place = tokio::select! {
                () = link.closed() => return Ok(()),
                place = rooms.sessions.acquire() => place,
            };
            replica = tokio::task::block_in_place(|| home.open())?;
            place.map_err(|_| Failure::new("stopped", Exit::Failed))?
        }
    };
    let carried = carry(&mut session, link, &mut replica, clock).await;
    let in_sync = session.so_far().in_sync;
    tokio::task::block_in_place(|| replica.note_session(&peer, in_sync, clock.read().now))?;
    carried
}

/// The frames until the peer is recognised. The store is open while one of them
/// is handled and not while a stranger keeps silent: there may be many.
async fn introduction(
    link: &mut Link,
    home: &Home,
    rooms: &Rooms,
    clock: &WallClock,
) -> Result<(Session, Replica), Failure> {
    let open = || tokio::task::block_in_place(|| home.open());
    let closed = |_| Failure::new("stopped", Exit::Failed);
    let mut frame = receive(link).await?;
    let mut turn = rooms.introductions.acquire().await.map_err(closed)?;
    let mut replica = open()?;
    let mut session = Session::accept(Config {
        peer: link.peer(),
        own_unit: replica.unit().clone(),
        expect_unit: None,
        address: replica.address()?,
        asks: Vec::new(),
    });
    loop {
        handle(&mut session, link, &frame, &mut replica, clock).await?;
        if session.peer().is_some() {
            return Ok((session, replica));
        }
        drop((replica, turn));
        transmit(&mut session, link).await?;
        if session.is_finished() {
            return Err(Failure::new("stranger", Exit::Refused));
        }
        frame = receive(link).await?;
        turn = rooms.introductions.acquire().await.map_err(closed)?;
        replica = open()?;
    }
}

/// Dials the level above whenever something is new here, every minute anyway,
/// and more and more rarely while it cannot be reached.
async fn keep_link_above(
    mut replica: Replica,
    home: Home,
    clock: WallClock,
    mut stopped: watch::Receiver<bool>,
) {
    let mut failures = 0;
    let mut synced_row = None;
    loop {
        let wait = match synced_row {
            _ if failures > 0 => backoff(failures, &mut OsEntropy),
            None => Duration::ZERO,
            Some(_) => DIAL_EVERY,
        };
        let due = Instant::now() + wait;
        while Instant::now() < due {
            let next = due.min(Instant::now() + LOOK_EVERY);
            tokio::select! {
                _ = stopped.wait_for(|stop| *stop) => return,
                () = tokio::time::sleep_until(next) => {}
            }
            if failures == 0 && newest_row(&replica) != synced_row {
                break;
            }
        }
        let dialled = tokio::select! {
            _ = stopped.wait_for(|stop| *stop) => return,
            dialled = dial_above(&mut replica, &home, &clock) => dialled,
        };
        match dialled {
            Ok(()) => failures = 0,
            Err(failure) => {
                failures += 1;
                tracing::info!(code = failure.code, cause = ?failure.cause,
                    "the level above could not be reached");
            }
        }
        synced_row = newest_row(&replica);
    }
}

/// Grows with every entry that any process stores in this home.
fn newest_row(replica: &Replica) -> Option<i64> {
    tokio::task::block_in_place(|| replica.store().max_row()).ok()
}

async fn dial_above(replica: &mut Replica, home: &Home, clock: &WallClock) -> Result<(), Failure> {
    let address = replica
        .address_above()?
        .ok_or_else(|| Failure::new("no-address", Exit::Usage))?;
    dial_with(replica, home, &address, None, Vec::new(), clock)
        .await
        .map(drop)
}
