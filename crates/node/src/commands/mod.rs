//! The commands: each reads its arguments, asks the replica, and puts the answer
//! in words. No rule of the domain is decided here.

mod inspect;
mod org;
mod people;
mod report;
mod review;
mod rollup;
mod setup;
mod sync;

use crate::args::{Command, LeadCommand, SharedCommand};
use crate::context::Context;
use crate::failure::Failure;
use crate::output::Answer;

/// Runs a command.
pub(crate) fn run(context: &mut Context, command: Command) -> Result<Answer, Failure> {
    match command {
        Command::Screen(period) => crate::screen::run(context, period),
        Command::Init(args) => setup::init(context, &args),
        Command::Join(args) => setup::join(context, &args),
        Command::InviteDevice(args) => setup::invite_device(context, &args),
        Command::Shared(command) => match command {
            SharedCommand::Status => inspect::status(context),
            SharedCommand::Serve(args) => sync::serve(context, args),
            SharedCommand::Sync(args) => sync::sync(context, &args),
            SharedCommand::Verify(args) => inspect::verify(context, &args),
            SharedCommand::Entries(args) => inspect::entries(context, &args),
            SharedCommand::Entry(args) => inspect::entry(context, &args),
            SharedCommand::Person(command) => people::run(context, command),
        },
        Command::Lead(command) => match command {
            LeadCommand::Invite(args) => setup::invite(context, &args),
            LeadCommand::Units => org::units(context),
            LeadCommand::Form(command) => org::form(context, command),
            LeadCommand::Unit(command) => org::unit(context, command),
            LeadCommand::Campaign(command) => org::campaign(context, command),
            LeadCommand::Rollup(command) => rollup::run(context, command),
        },
        Command::Report(command) => report::run(context, command),
        Command::Review(command) => review::run(context, command),
        Command::Pull(args) => sync::pull(context, &args),
        Command::Drill(args) => sync::drill(context, &args),
    }
}
