//! `gruff check`: one comment in, one decision out, for hooks.

use super::judging::{Judging, Offsets};
use super::{output, single};
use gruff::Judgement;
use gruff::policy::Action;
use gruff::report::{Record, finished, write_json};
use std::io::{self, Write};
use std::process::ExitCode;

/// Judge one comment on standard input; the exit code is the decision
#[derive(clap::Args)]
#[command(
    long_about = "Judge one comment on standard input and write the decision as JSON.\n\n\
        The comment is its text, or a JSON object: {\"text\", \"article\"?: {\"title\", \"text\"}, \"thread\"?: \
        [earlier comments], \"parent\"?: the comment it answers}.",
    after_help = "Exit codes: 0 approve, 10 hold, 20 reject, 2 could not judge.\n\n\
        Examples:\n  \
        printf %s \"$comment\" | gruff check --policy site.toml\n  \
        echo '{\"text\": \"Nobody asked.\", \"article\": {\"title\": \"New bins\"}}' | gruff check --explain"
)]
pub(super) struct Args {
    /// Give the evidence: which words, cues and measures decided
    #[arg(long)]
    explain: bool,
    /// The unit in which the offsets of evidence count
    #[arg(long, value_name = "UNIT", default_value = "bytes", requires = "explain")]
    offsets: Offsets,
    #[command(flatten)]
    judging: Judging,
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let moderator = self.judging.resolve_and_warn()?.explaining(self.explain);
        let row = single::read(None)?;
        let judgement = finished(moderator.judge_row(&row), &row.text, self.offsets.into());
        match write(&judgement) {
            // Nobody reads the JSON, but the exit code still is the decision.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
            written => written?,
        }
        Ok(exit_code(judgement.action))
    }
}

fn write(judgement: &Judgement) -> io::Result<()> {
    let mut out = output::stdout();
    write_json(&mut out, &Record::of_row(judgement))?;
    out.write_all(b"\n")?;
    out.flush()
}

fn exit_code(action: Action) -> ExitCode {
    match action {
        Action::Approve => ExitCode::SUCCESS,
        Action::Hold => ExitCode::from(10),
        Action::Reject => ExitCode::from(20),
    }
}
