//! The connection upward, on a thread of its own with a replica of its own: the
//! screen neither waits for it nor shares a lock with it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use model::Timestamp;
use sync::Warning;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::watch;
use transport::backoff;

use crate::failure::{Exit, Failure};
use crate::home::Home;
use crate::net;
use crate::world::{OsEntropy, WallClock};

/// How long after a session the level above is dialled again although nothing
/// is new here: something may be new there.
const DIAL_EVERY: Duration = Duration::from_secs(60);

/// What the thread tells.
pub(super) enum News {
    /// A session is being tried.
    Connecting,
    /// Both sides held the same then.
    InSync {
        /// When.
        at: Timestamp,
        /// By how much the clock here is ahead, if by more than the session
        /// overlooks.
        ahead_ms: i64,
    },
    /// The level above would not take so many entries of ours.
    Refused(usize),
    /// No session, or one that broke.
    Failed {
        /// Somebody asked for it and waits.
        asked: bool,
        /// Why.
        failure: Failure,
    },
    /// The process was told to end.
    Terminate,
}

/// The thread's handle.
pub(super) struct Uplink {
    /// Whether somebody waits for the outcome.
    orders: UnboundedSender<bool>,
    news: mpsc::Receiver<News>,
    stop: watch::Sender<bool>,
    /// Orders not carried out yet.
    open: Arc<AtomicUsize>,
    thread: JoinHandle<()>,
}

impl Uplink {
    pub(super) fn start(home: Home, clock: WallClock) -> Result<Uplink, Failure> {
        let runtime = crate::runtime()?;
        let (orders, ordered) = unbounded_channel();
        let (tell, news) = mpsc::channel();
        let (stop, stopped) = watch::channel(false);
        let open = Arc::new(AtomicUsize::new(0));
        let line = Line {
            home,
            clock,
            orders: ordered,
            tell,
            stopped,
            open: open.clone(),
        };
        let thread = std::thread::Builder::new()
            .name("uplink".to_owned())
            .spawn(move || runtime.block_on(line.keep()))
            .map_err(|error| Failure::new("runtime", Exit::Failed).because(error))?;
        Ok(Uplink {
            orders,
            news,
            stop,
            open,
            thread,
        })
    }

    /// Asks for a session now; `asked` if the user waits for it.
    pub(super) fn order(&self, asked: bool) {
        self.open.fetch_add(1, Ordering::AcqRel);
        // A thread that has ended has said why.
        let _ = self.orders.send(asked);
    }

    /// The next news, if there are any.
    pub(super) fn news(&self) -> Option<News> {
        self.news.try_recv().ok()
    }

    /// Whether an order is not carried out yet.
    pub(super) fn is_busy(&self) -> bool {
        self.open.load(Ordering::Acquire) > 0
    }

    /// Waits until every order is carried out, but not longer than this.
    pub(super) fn wait(&self, at_most: Duration) {
        let end = std::time::Instant::now() + at_most;
        while self.is_busy() {
            let left = end.saturating_duration_since(std::time::Instant::now());
            match self.news.recv_timeout(left) {
                Ok(News::Terminate) | Err(_) => return,
                Ok(_) => {}
            }
        }
    }

    /// Ends the thread; a session under way is cut, which loses nothing.
    pub(super) fn stop(self) {
        let _ = self.stop.send(true);
        if self.thread.join().is_err() {
            tracing::warn!("the uplink ended with a panic");
        }
    }
}

/// How long the loop may take to end once it was asked to.
const LAST_WORD: Duration = Duration::from_secs(10);

/// The thread's side.
struct Line {
    home: Home,
    clock: WallClock,
    orders: UnboundedReceiver<bool>,
    tell: mpsc::Sender<News>,
    stopped: watch::Receiver<bool>,
    open: Arc<AtomicUsize>,
}

impl Line {
    async fn keep(mut self) {
        let mut failures = 0;
        let mut wait = Duration::ZERO;
        let mut stopped = self.stopped.clone();
        let mut terminated = std::pin::pin!(terminated());
        loop {
            let order = tokio::select! {
                _ = stopped.wait_for(|stop| *stop) => return,
                () = &mut terminated => return self.terminate().await,
                order = self.orders.recv() => match order {
                    Some(asked) => Some(asked),
                    None => return,
                },
                () = tokio::time::sleep(wait) => None,
            };
            let mut taken = usize::from(order.is_some());
            let mut asked = order == Some(true);
            while let Ok(more) = self.orders.try_recv() {
                taken += 1;
                asked |= more;
            }
            let dialled = tokio::select! {
                _ = stopped.wait_for(|stop| *stop) => return,
                () = &mut terminated => return self.terminate().await,
                dialled = self.dial(asked) => dialled,
            };
            self.open.fetch_sub(taken, Ordering::AcqRel);
            wait = match dialled {
                Ok(news) => {
                    failures = 0;
                    self.say(news);
                    DIAL_EVERY
                }
                Err(failure) => {
                    tracing::info!(code = failure.code, cause = ?failure.cause, "no session");
                    self.say(News::Failed { asked, failure });
                    failures += 1;
                    backoff(failures, &mut OsEntropy)
                }
            };
        }
    }

    /// Asks the loop to end. With the terminal gone, crossterm reads its end of
    /// file for ever and never comes back to the loop: then the process ends
    /// here. Every field that was left is durable, and is signed next time.
    async fn terminate(&mut self) {
        self.say(News::Terminate);
        tokio::select! {
            _ = self.stopped.wait_for(|stop| *stop) => {}
            () = tokio::time::sleep(LAST_WORD) => std::process::exit(1),
        }
    }

    /// A loop that has ended hears nothing more, and that is all right.
    fn say(&self, news: News) {
        let _ = self.tell.send(news);
    }

    async fn dial(&self, asked: bool) -> Result<News, Failure> {
        let replica = tokio::task::block_in_place(|| self.home.open())?;
        let address = replica
            .address_above()?
            .ok_or_else(|| Failure::new("no-address", Exit::Usage))?;
        drop(replica);
        if asked {
            self.say(News::Connecting);
        }
        let dialled = net::dial(&self.home, &address, None, Vec::new(), &self.clock).await?;
        let outcome = dialled.outcome;
        let ahead_ms = outcome.warnings.iter().find_map(|warning| match warning {
            Warning::Clock(theirs_ms) => Some(theirs_ms.saturating_neg()),
            _ => None,
        });
        for (id, reason) in &outcome.refused {
            tracing::warn!(id = %id.short(), reason, "refused by the level above");
        }
        Ok(match outcome.refused.len() {
            count @ 1.. => News::Refused(count),
            0 if outcome.in_sync => News::InSync {
                at: self.clock.read().now,
                ahead_ms: ahead_ms.unwrap_or(0),
            },
            0 => News::Connecting,
        })
    }
}

/// Comes back when the process is to end.
#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut hangup)) = (
        signal(SignalKind::terminate()),
        signal(SignalKind::hangup()),
    ) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = hangup.recv() => {}
    }
}

#[cfg(not(unix))]
async fn terminated() {
    // Ctrl-C is a key here, and there is no other signal.
    std::future::pending().await
}
