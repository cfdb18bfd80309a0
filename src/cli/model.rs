//! `gruff model`: what is known about a model.

use super::output;
use super::terminal::visible;
use gruff::detect;
use gruff::model::{Card, Model};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// Show what is known about a model
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Show a model's card: labels, quality, sources, limits
    Show {
        /// The model file; without it the built-in model
        #[arg(value_name = "FILE")]
        model: Option<PathBuf>,
        /// Write the card as JSON
        #[arg(long)]
        json: bool,
    },
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let Command::Show { model, json } = self.command;
        let model = match model {
            Some(path) => Model::open(&path)?,
            None => Model::builtin()?,
        };
        let mut out = output::stdout();
        if json {
            writeln!(out, "{}", serde_json::to_string_pretty(model.card())?)?;
        } else {
            for line in sheet(model.card()).lines() {
                writeln!(out, "{}", visible(line))?;
            }
        }
        out.flush()?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Writes a card for people.
fn sheet(card: &Card) -> String {
    let mut lines = vec![format!("{}, trained by gruff {}", card.name, card.gruff)];
    let languages = if card.languages.is_empty() { "all".into() } else { card.languages.join(", ") };
    lines.push(format!("languages: {languages}; features: {}; seed {}", card.features, card.seed));
    if !card.intended_use.is_empty() {
        lines.push(format!("for: {}", card.intended_use));
    }
    lines.push(String::new());
    lines.push("labels (AUC on held-out training rows, with 95 % interval)".into());
    for label in &card.labels {
        let auc = label.held_out_auc;
        lines.push(format!(
            "  {:<16} {} rows, {} positive, {}; AUC {:.3} ({:.3}–{:.3}); a score is a probability where {:.3} of comments are positive",
            label.label, label.rows, label.positives, label.algorithm, auc.value, auc.low, auc.high, label.base_rate
        ));
        if let Some(detector) = detect::find(label.label.as_str()) {
            lines.push(format!("  {:<16} {}", "", detector.meaning()));
        }
    }
    lines.push(String::new());
    lines.push("sources".into());
    for source in &card.sources {
        let known = [&source.licence, &source.repository, &source.commit, &source.remark];
        let known: Vec<&str> = known.iter().filter_map(|known| known.as_deref()).collect();
        lines.push(format!("  {:<22} {:>6} rows  {}", source.name, source.rows, known.join("; ")));
    }
    if !card.limits.is_empty() {
        lines.push(String::new());
        lines.push("limits".into());
        lines.extend(card.limits.iter().map(|limit| format!("  {limit}")));
    }
    lines.join("\n") + "\n"
}
