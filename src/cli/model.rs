//! `gruff model`: what is known about a model, and what differs between two.

mod diff;
mod pages;
mod sheet;

use super::judging::Threads;
use super::output;
use super::terminal::visible;
use super::training::Source;
use gruff::Moderator;
use gruff::model::Model;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Show what is known about a model, or what differs between two
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Show a model's card: labels, quality, thresholds, sources, limits
    Show {
        /// The model file; without it the built-in model
        #[arg(value_name = "FILE")]
        model: Option<PathBuf>,
        /// Write the card as JSON
        #[arg(long, group = "form")]
        json: bool,
        /// Write the card as a page in Markdown
        #[arg(long, group = "form")]
        markdown: bool,
        /// Write who made what the model learned from, as a page in Markdown
        #[arg(long, group = "form")]
        attributions: bool,
    },
    /// Show what changed from one model to another: labels, card, thresholds, sources, and how scores move
    #[command(after_help = "Examples:\n  \
        gruff model diff builtin site.gruff\n  \
        gruff model diff old.gruff new.gruff --data last-week.jsonl.gz")]
    Diff {
        /// The older model: `builtin` or a file
        #[arg(value_name = "A")]
        old: PathBuf,
        /// The newer model: `builtin` or a file
        #[arg(value_name = "B")]
        new: PathBuf,
        /// Also score these rows with both and tell how the scores move; labels are not needed
        #[arg(long, value_name = "FILE", value_parser = Source::parse)]
        data: Vec<Source>,
        /// The column or key that holds the comment, where it has an unusual name
        #[arg(long, value_name = "NAME")]
        text_column: Option<String>,
        /// Write the differences as JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        threads: Threads,
    },
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let mut out = output::stdout();
        let code = match self.command {
            Command::Show { model, json, markdown, attributions } => {
                let model = open(model.as_deref().unwrap_or(Path::new("builtin")))?;
                if json {
                    writeln!(out, "{}", serde_json::to_string_pretty(model.card())?)?;
                } else if markdown {
                    write!(out, "{}", pages::card(model.card()))?;
                } else if attributions {
                    write!(out, "{}", pages::attributions(model.card()))?;
                } else {
                    for line in sheet::sheet(model.card())?.lines() {
                        writeln!(out, "{}", visible(line))?;
                    }
                }
                ExitCode::SUCCESS
            }
            Command::Diff { old, new, data, text_column, json, threads } => {
                threads.start()?;
                let (old, new) = (Moderator::new(open(&old)?)?, Moderator::new(open(&new)?)?);
                let mut diff = diff::Diff::of(&old, &new)?;
                let complete = diff.scores(&old, &new, &data, text_column)?;
                if json {
                    writeln!(out, "{}", serde_json::to_string_pretty(&diff)?)?;
                } else {
                    for line in diff.to_string().lines() {
                        writeln!(out, "{}", visible(line))?;
                    }
                }
                if complete { ExitCode::SUCCESS } else { ExitCode::from(super::INCOMPLETE) }
            }
        };
        out.flush()?;
        Ok(code)
    }
}

fn open(model: &Path) -> anyhow::Result<Model> {
    super::small::refuse_folder(model)?;
    Ok(if model.as_os_str() == "builtin" { Model::builtin()? } else { Model::open(model)? })
}
