//! The reader: answers the pages' questions on a thread of its own with a replica
//! of its own, so that no query is ever in the way of a key.
//!
//! A newer question ends an older one: nobody looks at that page any more.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use replica::{Clock, QUARTERLY_FORM, Replica, ReportKey};
use tui::{Data, Place};

use crate::failure::{Exit, Failure};
use crate::home::Home;
use crate::world::WallClock;

/// What the reader says.
pub(super) enum Heard {
    /// So much of so much.
    Progress(usize, usize),
    /// The answer.
    Page(Place, Result<Box<Data>, Failure>),
}

/// The thread's handle.
pub(super) struct Reader {
    questions: mpsc::Sender<(u64, Place)>,
    heard: mpsc::Receiver<Heard>,
    /// The number of the question that somebody waits for.
    wanted: Arc<AtomicU64>,
    /// Whether an answer is to come.
    waiting: bool,
    thread: JoinHandle<()>,
}

impl Reader {
    pub(super) fn start(home: Home, clock: WallClock) -> Result<Reader, Failure> {
        let (questions, asked) = mpsc::channel();
        let (tell, heard) = mpsc::channel();
        let wanted = Arc::new(AtomicU64::new(0));
        let desk = Desk {
            home,
            clock,
            wanted: wanted.clone(),
            tell,
        };
        let thread = std::thread::Builder::new()
            .name("reader".to_owned())
            .spawn(move || desk.answer(&asked))
            .map_err(|error| Failure::new("runtime", Exit::Failed).because(error))?;
        Ok(Reader {
            questions,
            heard,
            wanted,
            waiting: false,
            thread,
        })
    }

    /// Asks what a page shows.
    pub(super) fn ask(&mut self, place: Place) {
        let number = self.wanted.fetch_add(1, Ordering::AcqRel) + 1;
        self.waiting = true;
        if self.questions.send((number, place)).is_err() {
            // It ended with a panic, which the log has.
            self.waiting = false;
        }
    }

    /// Whether an answer is to come.
    pub(super) fn is_awaited(&self) -> bool {
        self.waiting
    }

    /// What was said since, if anything. A thread that is gone answers nothing any
    /// more.
    pub(super) fn hear(&mut self) -> Option<Heard> {
        let heard = self.heard.try_recv();
        if matches!(
            heard,
            Ok(Heard::Page(..)) | Err(mpsc::TryRecvError::Disconnected)
        ) {
            self.waiting = false;
        }
        heard.ok()
    }

    /// Ends the thread.
    pub(super) fn stop(self) {
        // Nobody waits any more: what is being read is given up.
        self.wanted.fetch_add(1, Ordering::AcqRel);
        drop(self.questions);
        if self.thread.join().is_err() {
            tracing::warn!("the reader ended with a panic");
        }
    }
}

/// The thread's side.
struct Desk {
    home: Home,
    clock: WallClock,
    wanted: Arc<AtomicU64>,
    tell: mpsc::Sender<Heard>,
}

impl Desk {
    fn answer(&self, asked: &mpsc::Receiver<(u64, Place)>) {
        let mut opened: Option<Replica> = None;
        while let Ok((number, place)) = asked.recv() {
            if self.wanted.load(Ordering::Acquire) != number {
                continue;
            }
            if opened.is_none() {
                match self.home.open() {
                    Ok(replica) => opened = Some(replica),
                    Err(failure) => {
                        let _ = self.tell.send(Heard::Page(place, Err(failure)));
                        continue;
                    }
                }
            }
            let Some(replica) = &opened else {
                continue;
            };
            let mut progress = |done: usize, all: usize| {
                let _ = self.tell.send(Heard::Progress(done, all));
                self.wanted.load(Ordering::Acquire) == number
            };
            let read = self.read(replica, &place, &mut progress);
            // One that was given up is answered by the one that took its place.
            if self.wanted.load(Ordering::Acquire) == number {
                let read = read.map(Box::new).map_err(Failure::from);
                let _ = self.tell.send(Heard::Page(place, read));
            }
        }
    }

    fn read(
        &self,
        replica: &Replica,
        place: &Place,
        progress: model::overview::Progress<'_>,
    ) -> Result<Data, replica::Error> {
        let Clock { now, .. } = self.clock.read();
        Ok(match place {
            Place::Home => Data::Home(replica.home(now)?),
            Place::Board { campaign } => {
                Data::Board(replica.board(&campaign.form, campaign.period, progress)?)
            }
            Place::Review { unit, campaign } => {
                let key = ReportKey::regular(unit, &campaign.form, campaign.period);
                Data::Review(Box::new(replica.review(&key, now)?))
            }
            Place::Rollup { unit, campaign } => {
                let (form, period) = (&campaign.form, campaign.period);
                let page = replica.rollup_page(unit, form, period, progress)?;
                Data::Rollup(Box::new(page))
            }
            Place::Behind {
                unit,
                campaign,
                code,
            } => {
                let (form, period) = (&campaign.form, campaign.period);
                Data::Behind(replica.behind(unit, form, period, code, progress)?)
            }
            Place::Campaigns { campaign } => {
                Data::Campaigns(replica.campaign_lines(campaign.period)?)
            }
            Place::Units => Data::Units(replica.unit_lines()?),
            Place::Keys { unit } => {
                let mut here = self.home.person_keys();
                here.push(replica.node_key());
                Data::Keys(replica.key_lines(unit.as_ref(), &here)?)
            }
            Place::Nation { period } => Data::Nation(Box::new(replica.nation(
                QUARTERLY_FORM,
                *period,
                progress,
            )?)),
        })
    }
}
