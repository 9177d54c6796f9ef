//! The runtime of the three binaries: command line, home, network, output.
//!
//! This is where the world comes in: the clock, randomness, files, sockets, the
//! terminal. What a command *means* is decided in `replica`; what it *says* to
//! people is in `messages`.

pub mod args;
mod commands;
mod context;
pub mod failure;
mod files;
pub mod home;
pub mod net;
pub mod output;
mod screen;
mod secret;
pub mod world;

use std::io::Write as _;
use std::process::ExitCode;

use messages::Catalogue;
pub use model::Level;

use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::output::Answer;

/// The whole of a binary.
pub fn main(level: Level) -> ExitCode {
    start_log();
    let args: Vec<String> = std::env::args().collect();
    let json = args.iter().any(|arg| arg == "--json");
    let (global, command) = match args::parse(level, &args) {
        Ok(parsed) => parsed,
        Err(error) => return usage(&error, json),
    };
    let mut context = match Context::new(level, &global) {
        Ok(context) => context,
        Err(failure) => return fail(&failure, &Catalogue::new(messages::Lang::Vi), json),
    };
    match commands::run(&mut context, command) {
        Ok(answer) => print(&answer, json),
        Err(failure) => fail(&failure, &context.catalogue, json),
    }
}

/// Logs go to stderr, never mixed with answers.
fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("QUANHO_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(screen::log_writer)
        .init();
}

/// The runtime of the commands that use the network.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new("runtime", Exit::Failed).because(error))
}

fn usage(error: &clap::Error, json: bool) -> ExitCode {
    use clap::error::ErrorKind;
    let asked = matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    );
    if json && !asked {
        let catalogue = Catalogue::new(messages::Lang::Vi);
        let failure = Failure::new("usage", Exit::Usage)
            .because(error.to_string().lines().next().unwrap_or_default());
        return fail(&failure, &catalogue, true);
    }
    let _ = error.print();
    if asked {
        ExitCode::SUCCESS
    } else {
        Exit::Usage.into()
    }
}

fn print(answer: &Answer, json: bool) -> ExitCode {
    let mut out = std::io::stdout().lock();
    let written = match &answer.raw {
        Some(bytes) => out.write_all(bytes),
        None if json => writeln!(out, "{}", answer.json),
        None => writeln!(out, "{}", answer.text.trim_end()),
    };
    // A closed pipe (`| head`) is no failure of the command.
    let _ = written.and_then(|()| out.flush());
    answer.exit.map_or(ExitCode::SUCCESS, ExitCode::from)
}

fn fail(failure: &Failure, catalogue: &Catalogue, json: bool) -> ExitCode {
    if json {
        let mut out = std::io::stdout().lock();
        let _ = writeln!(out, "{}", output::error_json(failure, catalogue));
    } else {
        let mut err = std::io::stderr().lock();
        let _ = writeln!(err, "{}", output::plain(&failure.message(catalogue)));
        let hint = failure.hint(catalogue);
        if !hint.is_empty() {
            let _ = writeln!(err, "→ {hint}");
        }
    }
    failure.exit.into()
}
