//! `gruff policy`: shows the built-in policy, or checks a site's own.

use super::judging::Judging;
use super::output;
use gruff::policy::DEFAULT;
use std::io::Write;
use std::process::ExitCode;

/// Show the built-in policy as a file to start from, or check one
#[derive(clap::Args)]
#[command(
    long_about = "Show the built-in policy, a commented TOML file to start from. With --policy, check that file \
        against the model instead: nothing is written when it is good.",
    after_help = "Examples:\n  \
        gruff policy > site.toml\n  \
        gruff policy --policy site.toml --model site.gruff"
)]
pub(super) struct Args {
    #[command(flatten)]
    judging: Judging,
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        if self.judging.has_policy() {
            self.judging.resolve()?;
            return Ok(ExitCode::SUCCESS);
        }
        let mut out = output::stdout();
        out.write_all(DEFAULT.as_bytes())?;
        out.flush()?;
        Ok(ExitCode::SUCCESS)
    }
}
