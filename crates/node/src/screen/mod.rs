//! The terminal form of a facility: carries out what the screens ask for.
//!
//! `tui` is pure; here are the terminal, the clock, the replica and a thread for
//! the network. The loop is the only writer of this process on the home, apart
//! from the uplink, which has a replica of its own: SQLite keeps the two apart,
//! and the screen learns of what arrived like of any other process's work,
//! through `data_version`.
//!
//! Invariants: nothing waits for the network; a field that was left is durable
//! before the next key is read; the terminal is put back on every way out.

mod choose;
mod desk;
mod past;
mod shown;
mod terminal;
mod uplink;

use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use messages::Arg;
use model::{Lang, Period};
use ratatui::crossterm::event::{self, Event};
use replica::{QUARTERLY_FORM, ReportKey};
use tui::{App, Effect, Msg, Palette, draw, key_from_crossterm};

pub(crate) use self::terminal::log_writer;

use self::desk::Desk;
use self::terminal::Screen;
use self::uplink::{News, Uplink};
use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::output::Answer;

/// How long one look for a key lasts: news and timers wait no longer than this.
const POLL: Duration = Duration::from_millis(250);

/// How often the file is looked at for the work of others.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How often the screen is told the time, which it shows in minutes.
const TICK_EVERY: Duration = Duration::from_secs(60);

/// A pause in typing after which the drafts are signed, many in one entry.
const SEAL_AFTER: Duration = Duration::from_secs(10);

/// Nobody is there: the key is closed again.
const LOCK_AFTER: Duration = Duration::from_secs(15 * 60);

/// Longest that leaving waits for the last edits to be sent.
const FAREWELL: Duration = Duration::from_secs(4);

/// Opens the screens.
pub(crate) fn run(context: &mut Context, period: Option<Period>) -> Result<Answer, Failure> {
    if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        return Err(Failure::new("no-terminal", Exit::Usage));
    }
    let replica = context.open()?;
    let report = match period {
        Some(period) => ReportKey::regular(replica.unit(), QUARTERLY_FORM, period),
        None => choose::report(&replica, context.now().now)?,
    };
    let lang = context.lang();
    let mut desk = Desk::new(context, replica, report)?;
    let uplink = Uplink::start(desk.home().clone(), *desk.clock())?;
    let ended = Loop::new(&mut desk, &uplink, lang).and_then(Loop::run);
    // The terminal is back: what is left to do may be slow.
    let left = leave(
        &mut desk,
        &uplink,
        ended.as_ref().is_ok_and(|end| *end == End::Asked),
    );
    uplink.stop();
    ended?;
    let text = match left? {
        0 => String::new(),
        count => desk.tr_with("cli-sync-pending", &[("count", Arg::from(count))]),
    };
    // Only what is left to say, and nothing if all is signed.
    Ok(Answer {
        json: serde_json::Value::Null,
        raw: text.is_empty().then(Vec::new),
        text,
        exit: None,
    })
}

/// Signs what is drafted and gives it a moment to be sent. Says how many drafts
/// stay unsigned.
fn leave(desk: &mut Desk<'_>, uplink: &Uplink, wait: bool) -> Result<usize, Failure> {
    let sealed = desk.seal()?;
    desk.lock();
    if wait && desk.is_linked() && (sealed > 0 || uplink.is_busy()) {
        uplink.order(false);
        uplink.wait(FAREWELL);
    }
    desk.unsealed()
}

/// Why the loop ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// The user left.
    Asked,
    /// The process is to end.
    Terminated,
}

/// The loop with its timers.
struct Loop<'a, 'c> {
    desk: &'a mut Desk<'c>,
    uplink: &'a Uplink,
    screen: Screen,
    app: App,
    end: Option<End>,
    looked: Instant,
    ticked: Instant,
    touched: Instant,
}

impl<'a, 'c> Loop<'a, 'c> {
    fn new(desk: &'a mut Desk<'c>, uplink: &'a Uplink, lang: Lang) -> Result<Self, Failure> {
        let palette = match std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) {
            true => Palette::Dark,
            false => Palette::None,
        };
        let (app, effects) = App::new(desk.form()?, lang, desk.clock().read().now, palette);
        let now = Instant::now();
        let mut run = Loop {
            desk,
            uplink,
            screen: Screen::open().map_err(terminal_failure)?,
            app,
            end: None,
            looked: now,
            ticked: now,
            touched: now,
        };
        let size = run.screen.terminal.size().map_err(terminal_failure)?;
        run.tell(Msg::Resize {
            columns: size.width,
            lines: size.height,
        })?;
        run.carry_out(effects)?;
        Ok(run)
    }

    fn run(mut self) -> Result<End, Failure> {
        loop {
            self.draw()?;
            if let Some(end) = self.end {
                return Ok(end);
            }
            if event::poll(POLL).map_err(terminal_failure)? {
                self.read_events()?;
            }
            self.hear()?;
            self.time()?;
        }
    }

    fn draw(&mut self) -> Result<(), Failure> {
        let app = &self.app;
        self.screen
            .terminal
            .draw(|frame| draw(app, frame))
            .map(drop)
            .map_err(terminal_failure)
    }

    /// Everything that is there already, so that a paste is drawn once.
    fn read_events(&mut self) -> Result<(), Failure> {
        while self.end.is_none() {
            let msg = match event::read().map_err(terminal_failure)? {
                Event::Key(key) => key_from_crossterm(&key).map(Msg::Key),
                Event::Paste(text) => Some(Msg::Paste(text)),
                Event::Resize(columns, lines) => Some(Msg::Resize { columns, lines }),
                _ => None,
            };
            if let Some(msg) = msg {
                self.touched = Instant::now();
                self.tell(msg)?;
            }
            if !event::poll(Duration::ZERO).map_err(terminal_failure)? {
                break;
            }
        }
        Ok(())
    }

    fn tell(&mut self, msg: Msg) -> Result<(), Failure> {
        let effects = self.app.update(msg);
        self.carry_out(effects)
    }

    /// Effects in order; what they are answered with may ask for more.
    fn carry_out(&mut self, effects: Vec<Effect>) -> Result<(), Failure> {
        let mut waiting = std::collections::VecDeque::from(effects);
        let mut unsaved = false;
        while let Some(effect) = waiting.pop_front() {
            if matches!(effect, Effect::Unlock { .. } | Effect::Submit { .. }) {
                // Half a second of key derivation: show that it has begun.
                self.draw()?;
            }
            if effect == Effect::Quit {
                // Leaving saves what is being typed; if that failed it would be
                // lost, and the screen says so instead.
                self.end = (!unsaved).then_some(End::Asked);
                return Ok(());
            }
            let send = match &effect {
                Effect::SyncNow => Some(true),
                Effect::Submit { .. } => Some(false),
                _ => None,
            };
            for msg in self.desk.carry_out(effect) {
                unsaved |= matches!(msg, Msg::NotSaved(_));
                waiting.extend(self.app.update(msg));
            }
            if let Some(asked) = send {
                self.uplink.order(asked);
            }
        }
        Ok(())
    }

    /// News of the uplink.
    fn hear(&mut self) -> Result<(), Failure> {
        while let Some(news) = self.uplink.news() {
            if let News::Terminate = news {
                self.end = Some(End::Terminated);
                return Ok(());
            }
            let failed = self.desk.heard(news);
            if let Some(message) = failed {
                self.tell(Msg::Failed(message))?;
            }
            self.reload()?;
        }
        Ok(())
    }

    fn reload(&mut self) -> Result<(), Failure> {
        let msg = self.desk.load();
        self.tell(msg)
    }

    /// Whatever is due by the clock on the wall.
    fn time(&mut self) -> Result<(), Failure> {
        let now = Instant::now();
        if now.duration_since(self.ticked) >= TICK_EVERY {
            self.ticked = now;
            let time = self.desk.clock().read().now;
            self.tell(Msg::Tick(time))?;
        }
        if now.duration_since(self.looked) >= LOOK_EVERY {
            self.looked = now;
            if self.desk.has_changed() {
                self.reload()?;
            }
        }
        let pause = now.duration_since(self.touched);
        if pause >= SEAL_AFTER && self.desk.is_dirty() {
            self.seal()?;
        }
        if pause >= LOCK_AFTER && self.desk.is_open() {
            self.seal()?;
            self.desk.lock();
            self.tell(Msg::Locked)?;
            self.reload()?;
        }
        Ok(())
    }

    fn seal(&mut self) -> Result<(), Failure> {
        match self.desk.seal() {
            Ok(0) => Ok(()),
            Ok(_) => {
                self.uplink.order(false);
                self.reload()
            }
            Err(failure) => {
                let message = self.desk.words(&failure);
                self.tell(Msg::Failed(message))
            }
        }
    }
}

fn terminal_failure(error: std::io::Error) -> Failure {
    Failure::new("stdout", Exit::Failed).because(error)
}
