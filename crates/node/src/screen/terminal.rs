//! The terminal: taken over, and given back on every way out.
//!
//! A panic in the loop unwinds through [`Screen`], whose drop gives the terminal
//! back before the message is printed. Restoring in the panic hook itself would
//! be wrong: the gate of `document` catches Automerge's panics, and each would
//! tear the screen down.

use std::io::{self, IsTerminal as _, Stdout, Write};
use std::panic::PanicHookInfo;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture,
};
use ratatui::crossterm::execute;
use ratatui::crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};

/// Whether the screen is up: then nothing else may write to the terminal.
static UP: AtomicBool = AtomicBool::new(false);

/// The last panic while the screen was up.
static PANIC: Mutex<Option<String>> = Mutex::new(None);

type Hook = Box<dyn Fn(&PanicHookInfo<'_>) + Sync + Send + 'static>;

/// The terminal in raw mode on its alternate screen.
pub(super) struct Screen {
    pub(super) terminal: Terminal<CrosstermBackend<Stdout>>,
    hook: Option<Hook>,
}

impl Screen {
    pub(super) fn open() -> io::Result<Screen> {
        let terminal = Terminal::new(CrosstermBackend::new(io::stdout()))?;
        UP.store(true, Ordering::Relaxed);
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(remember));
        // From here on a drop restores what was done so far.
        let screen = Screen {
            terminal,
            hook: Some(hook),
        };
        enable_raw_mode()?;
        execute!(
            io::stdout(),
            EnterAlternateScreen,
            EnableBracketedPaste,
            EnableMouseCapture
        )?;
        Ok(screen)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // Whatever of it fails, the rest is still to be tried.
        let _ = execute!(
            io::stdout(),
            DisableMouseCapture,
            DisableBracketedPaste,
            LeaveAlternateScreen
        );
        let _ = disable_raw_mode();
        let _ = self.terminal.show_cursor();
        UP.store(false, Ordering::Relaxed);
        if std::thread::panicking() {
            // The hook cannot be exchanged now; say what it would have said.
            let message = PANIC.lock().ok().and_then(|mut panic| panic.take());
            let message = crate::output::plain(&message.unwrap_or_default());
            let _ = writeln!(io::stderr(), "{message}");
        } else if let Some(hook) = self.hook.take() {
            std::panic::set_hook(hook);
        }
    }
}

/// The panic hook while the screen is up.
fn remember(info: &PanicHookInfo<'_>) {
    tracing::error!(%info, "panic");
    if let Ok(mut panic) = PANIC.lock() {
        *panic = Some(info.to_string());
    }
}

/// Where the log goes: to stderr, but not into the middle of the screen.
pub(crate) fn log_writer() -> Box<dyn Write> {
    if UP.load(Ordering::Relaxed) && io::stderr().is_terminal() {
        Box::new(io::sink())
    } else {
        Box::new(io::stderr())
    }
}
