//! `gruff policy`: shows the built-in policy, or checks a site's own.

use super::judging::Judging;
use super::output;
use super::terminal::visible;
use anyhow::bail;
use gruff::policy::DEFAULT;
use std::io::Write;
use std::process::ExitCode;

/// Show the built-in policy as a file to start from, or check one
#[derive(clap::Args)]
#[command(
    long_about = "Show the built-in policy, a commented TOML file to start from. With --policy, check that file \
        against the model instead: what it does is told in a few lines when it is good.",
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
        let mut out = output::stdout();
        if self.judging.has_policy() {
            let moderator = self.judging.resolve()?;
            for line in moderator.policy().summary(moderator.labels()) {
                writeln!(out, "{}", visible(&line))?;
            }
            out.flush()?;
            return Ok(ExitCode::SUCCESS);
        }
        if self.judging.has_labels_or_model() {
            bail!("--labels and --model are for checking a policy; name it with --policy");
        }
        out.write_all(DEFAULT.as_bytes())?;
        out.flush()?;
        Ok(ExitCode::SUCCESS)
    }
}
