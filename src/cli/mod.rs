//! The command line: what was typed becomes what it means, and that is run. One subcommand a file.
//!
//! A subcommand is an `Args` struct with a `run` in a file of its own, a variant of [`Command`] and its arm.

mod check;
mod dated;
mod evaluate;
mod explain;
mod extract;
mod gauge;
mod inputs;
mod intake;
mod judging;
mod model;
mod naming;
mod output;
mod policy;
mod score;
#[cfg(feature = "serve")]
mod serve;
mod single;
mod small;
mod table;
mod terminal;
mod train;
mod training;
mod whole;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Asked to fail on findings, and there were some.
const FOUND: u8 = 1;
/// Could not do all of it.
const INCOMPLETE: u8 = 2;

/// Judges comments on your own machine: insults, toxicity, sarcasm, being off topic.
#[derive(Parser)]
#[command(
    name = "gruff",
    version,
    max_term_width = 100,
    after_help = "Exit codes: 0 done, 1 asked to fail on findings (--fail-on), 2 could not do all of it.\n\
                  `gruff check` has its own, see `gruff check --help`."
)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Extract(extract::Args),
    Score(score::Args),
    Check(check::Args),
    Explain(explain::Args),
    Train(train::Args),
    Evaluate(evaluate::Args),
    Model(model::Args),
    Policy(policy::Args),
    #[cfg(feature = "serve")]
    Serve(serve::Args),
}

impl Command {
    fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Extract(args) => args.run(),
            Self::Score(args) => args.run(),
            Self::Check(args) => args.run(),
            Self::Explain(args) => args.run(),
            Self::Train(args) => args.run(),
            Self::Evaluate(args) => args.run(),
            Self::Model(args) => args.run(),
            Self::Policy(args) => args.run(),
            #[cfg(feature = "serve")]
            Self::Serve(args) => args.run(),
        }
    }
}

/// Runs the program: errors become a sentence and exit code 2, a closed pipe is success.
pub(crate) fn main() -> ExitCode {
    match Args::parse().command.run() {
        Ok(code) => code,
        Err(error) if output::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output::fatal(&error);
            ExitCode::from(INCOMPLETE)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }
}
