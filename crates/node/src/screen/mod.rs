//! The screens of all three programs: carries out what they ask for.
//!
//! `tui` is pure; here are the terminal, the clock, the replica, and three threads
//! with replicas of their own: the `reader` answers the pages' questions, the
//! `uplink` keeps in touch with the level above, an `errand` fetches what somebody
//! asked for. SQLite keeps them apart, and the screen learns of what arrived like
//! of any other process's work, through `data_version`.
//!
//! Invariants: nothing waits for the network or for a page's query; a field that
//! was left is durable before the next key is read; the terminal is put back on
//! every way out.

mod command;
mod desk;
mod errand;
mod past;
mod reader;
mod report;
mod said;
mod shown;
mod terminal;
mod uplink;

use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use messages::{Arg, Catalogue};
use model::{Lang, Period};
use ratatui::crossterm::event::{self, Event};
use replica::QUARTERLY_FORM;
use tui::form;
use tui::{
    Effect, Key, Msg, Palette, ReportRef, Shell, draw, key_from_crossterm, mouse_from_crossterm,
};

pub(crate) use self::terminal::log_writer;

use self::desk::Desk;
use self::errand::Errand;
use self::reader::{Heard, Reader};
use self::terminal::Screen;
use self::uplink::{News, Uplink};
use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::output::Answer;

/// How long one look for a key lasts: news and timers wait no longer than this.
const POLL: Duration = Duration::from_millis(250);

/// The same while somebody waits for an answer of a thread.
const POLL_AWAITING: Duration = Duration::from_millis(10);

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
    let lang = context.lang();
    let mut desk = Desk::new(context, replica)?;
    let uplink = Uplink::start(desk.home().clone(), *desk.clock())?;
    let open = period.map(|period| ReportRef {
        form: QUARTERLY_FORM.to_owned(),
        period,
        ordinal: 0,
    });
    let ended = Loop::new(&mut desk, &uplink, lang, open).and_then(Loop::run);
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
    reader: Reader,
    errand: Option<Errand>,
    screen: Screen,
    shell: Shell,
    end: Option<End>,
    /// Something is to be drawn that is not on the screen.
    changed: bool,
    /// The page in front has changed while its answer was under way.
    stale: bool,
    looked: Instant,
    ticked: Instant,
    touched: Instant,
}

impl<'a, 'c> Loop<'a, 'c> {
    fn new(
        desk: &'a mut Desk<'c>,
        uplink: &'a Uplink,
        lang: Lang,
        open: Option<ReportRef>,
    ) -> Result<Self, Failure> {
        let palette = palette();
        let now = desk.clock().read().now;
        let (shell, effects) = Shell::new(desk.identity()?, lang, now, palette, open);
        let now = Instant::now();
        let mut run = Loop {
            reader: Reader::start(desk.home().clone(), *desk.clock())?,
            desk,
            uplink,
            errand: None,
            screen: Screen::open().map_err(terminal_failure)?,
            shell,
            end: None,
            changed: true,
            stale: false,
            looked: now,
            ticked: now,
            touched: now,
        };
        let size = run.screen.terminal.size().map_err(terminal_failure)?;
        run.tell(Msg::Resize {
            columns: size.width,
            lines: size.height,
        })?;
        run.draw()?;
        run.tell_link()?;
        run.carry_out(effects)?;
        Ok(run)
    }

    fn run(mut self) -> Result<End, Failure> {
        loop {
            if std::mem::take(&mut self.changed) {
                self.draw()?;
            }
            if let Some(end) = self.end {
                self.reader.stop();
                return Ok(end);
            }
            let awaiting = self.reader.is_awaited() || self.errand.is_some();
            let poll = if awaiting { POLL_AWAITING } else { POLL };
            if event::poll(poll).map_err(terminal_failure)? {
                self.read_events()?;
            }
            self.hear()?;
            self.hear_threads()?;
            self.time()?;
        }
    }

    fn draw(&mut self) -> Result<(), Failure> {
        let shell = &self.shell;
        self.screen
            .terminal
            .draw(|frame| draw(shell, frame))
            .map(drop)
            .map_err(terminal_failure)
    }

    /// Everything that is there already, so that a paste is drawn once.
    fn read_events(&mut self) -> Result<(), Failure> {
        while self.end.is_none() {
            let msg = match event::read().map_err(terminal_failure)? {
                Event::Key(key) => key_from_crossterm(&key).map(Msg::Key),
                Event::Mouse(mouse) => mouse_from_crossterm(&mouse).map(Msg::Mouse),
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
        self.changed = true;
        let effects = self.shell.update(msg);
        self.carry_out(effects)
    }

    /// A failure that nobody asked for, where it is seen.
    fn warn(&mut self, message: String) -> Result<(), Failure> {
        self.tell(match self.desk.report {
            Some(_) => Msg::Form(form::Msg::Failed(message)),
            None => Msg::News(message),
        })
    }

    /// What was typed while the program could not listen was not meant for what
    /// stands there now: a second Enter must not close the invite that the first
    /// one made.
    fn drop_typed(&mut self) -> Result<(), Failure> {
        while event::poll(Duration::ZERO).map_err(terminal_failure)? {
            if let Event::Resize(columns, lines) = event::read().map_err(terminal_failure)? {
                self.shell.update(Msg::Resize { columns, lines });
            }
        }
        Ok(())
    }

    /// Effects in order; what they are answered with may ask for more.
    fn carry_out(&mut self, effects: Vec<Effect>) -> Result<(), Failure> {
        let mut waiting = std::collections::VecDeque::from(effects);
        let mut unsaved = false;
        while let Some(effect) = waiting.pop_front() {
            let slow = derives_key(&effect);
            if slow {
                // Half a second of key derivation: show that it has begun.
                self.draw()?;
            }
            if matches!(effect, Effect::Quit | Effect::Form(form::Effect::Quit)) {
                // Leaving saves what is being typed; if that failed it would be
                // lost, and the screen says so instead.
                self.end = (!unsaved).then_some(End::Asked);
                return Ok(());
            }
            let send = match &effect {
                Effect::SyncNow | Effect::Form(form::Effect::SyncNow) => Some(true),
                Effect::Form(form::Effect::Submit { .. } | form::Effect::Leave) => Some(false),
                _ => None,
            };
            let answers = match effect {
                Effect::Read(place) => {
                    self.reader.ask(place);
                    Vec::new()
                }
                Effect::Cancel => {
                    if let Some(errand) = self.errand.take() {
                        errand.give_up();
                    }
                    Vec::new()
                }
                Effect::Do { command, .. } if command.is_long() => self.set_out(command)?,
                effect => self.desk.carry_out(effect),
            };
            if slow {
                self.drop_typed()?;
            }
            for msg in answers {
                unsaved |= matches!(msg, Msg::Form(form::Msg::NotSaved(_)));
                waiting.extend(self.shell.update(msg));
            }
            if let Some(asked) = send {
                self.uplink.order(asked);
            }
        }
        Ok(())
    }

    /// Starts an errand; one that is under way is given up.
    fn set_out(&mut self, command: tui::Command) -> Result<Vec<Msg>, Failure> {
        if let Some(errand) = self.errand.take() {
            errand.give_up();
        }
        let words = Catalogue::new(self.desk.context.catalogue.lang());
        let (home, clock) = (self.desk.home().clone(), *self.desk.clock());
        self.errand = Some(Errand::start(home, clock, words, command)?);
        Ok(Vec::new())
    }

    /// What the reader and the errand have to say.
    fn hear_threads(&mut self) -> Result<(), Failure> {
        while let Some(heard) = self.reader.hear() {
            let (msg, whole) = match heard {
                Heard::Progress(done, all) => (Msg::Progress { done, all }, false),
                Heard::Page(place, answer) => {
                    let answer = match answer {
                        Ok(data) => Ok(*data),
                        Err(failure) => Err(self.desk.words(&failure)),
                    };
                    (Msg::Page { place, answer }, true)
                }
            };
            self.tell(msg)?;
            if whole && std::mem::take(&mut self.stale) {
                self.reload()?;
            }
        }
        while let Some(msg) = self.errand.as_ref().and_then(Errand::hear) {
            if matches!(msg, Msg::Done(_) | Msg::Failed(_)) {
                self.errand = None;
            }
            self.tell(msg)?;
        }
        Ok(())
    }

    /// Says how the connection stands.
    fn tell_link(&mut self) -> Result<(), Failure> {
        match self.desk.link() {
            Ok(msg) => self.tell(msg),
            // The next look tries again.
            Err(failure) => {
                tracing::warn!(code = failure.code, "the connection is not known");
                Ok(())
            }
        }
    }

    /// News of the uplink.
    fn hear(&mut self) -> Result<(), Failure> {
        while let Some(news) = self.uplink.news() {
            if let News::Terminate = news {
                // As if the user left: what stands in an editor is stored.
                self.tell(Msg::Key(Key::ctrl('c')))?;
                self.end = Some(End::Terminated);
                return Ok(());
            }
            let failed = self.desk.heard(news);
            if let Some(message) = failed {
                self.warn(message)?;
            }
            self.tell_link()?;
            if self.desk.report.is_some() {
                self.reload()?;
            }
        }
        Ok(())
    }

    /// What is shown is read again.
    fn reload(&mut self) -> Result<(), Failure> {
        self.tell(Msg::Changed)
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
                self.follow()?;
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

    /// Another process, or another thread of this one, has written.
    fn follow(&mut self) -> Result<(), Failure> {
        self.tell_link()?;
        match self.desk.identity() {
            Ok(identity) => self.tell(Msg::Identity(identity))?,
            Err(failure) => tracing::warn!(code = failure.code, "no identity"),
        }
        // A question that is being answered is not asked anew every second.
        if self.desk.report.is_none() && self.reader.is_awaited() {
            self.stale = true;
            return Ok(());
        }
        self.reload()
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
                self.warn(message)
            }
        }
    }
}

/// The colours to begin with: none with `NO_COLOR`, for a light ground with
/// `QUANHO_THEME=light`. A key changes between dark and light.
fn palette() -> Palette {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    match set("QUANHO_THEME") {
        _ if set("NO_COLOR").is_some() => Palette::None,
        Some(theme) if theme == "light" => Palette::Light,
        _ => Palette::Dark,
    }
}

/// Whether a passphrase is turned into a key: slow on purpose.
fn derives_key(effect: &Effect) -> bool {
    matches!(
        effect,
        Effect::Form(form::Effect::Unlock { .. } | form::Effect::Submit { .. })
            | Effect::Do {
                passphrase: Some(_),
                ..
            }
    )
}

fn terminal_failure(error: std::io::Error) -> Failure {
    Failure::new("stdout", Exit::Failed).because(error)
}
