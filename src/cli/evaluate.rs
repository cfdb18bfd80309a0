//! `gruff evaluate`: a model held against labelled rows.

use super::judging::{Judging, Threads};
use super::output;
use super::training::{Progress, Source};
use anyhow::anyhow;
use gruff::Label;
use gruff::corpus::Columns;
use gruff::evaluate::Evaluation;
use gruff::model::Measure;
use std::io::Write;
use std::process::ExitCode;

/// Measure a model on labelled rows
#[derive(clap::Args)]
#[command(
    long_about = "Measure a model on labelled rows (JSONL or CSV, also .gz and .zst) that it was not trained on.\n\n\
        For every file and label: rows, share of positives, area under the ROC curve and average precision with 95 % \
        intervals (bootstrap), the Brier score, the mean score, and how many positives are caught where 2 % of the \
        negatives are.",
    after_help = "Examples:\n  \
        gruff evaluate --data held-out.jsonl\n  \
        gruff evaluate --model site.gruff --data decisions.csv:house=rejected --text-column body --json"
)]
pub(super) struct Args {
    /// Labelled rows; `FILE:LABEL=COLUMN,…` takes a label from a column or key of another name
    #[arg(long, value_name = "FILE[:LABEL=COLUMN,…]", value_parser = Source::parse, required = true)]
    data: Vec<Source>,
    /// Write a JSON object a line instead of a table
    #[arg(long)]
    json: bool,
    /// Seed of the bootstrap
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// The column or key that holds the comment, where it has an unusual name
    #[arg(long, value_name = "NAME")]
    text_column: Option<String>,
    #[command(flatten)]
    judging: Judging,
    #[command(flatten)]
    threads: Threads,
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        self.threads.start()?;
        let moderator = self.judging.resolve()?;
        let wanted = Some(moderator.labels().to_vec());
        let columns = Columns { text: self.text_column, wanted, ..Columns::default() };
        let (progress, mut evaluation, mut complete) = (Progress::new(), Evaluation::default(), true);
        for source in &self.data {
            let mut used = 0;
            complete &= source.read(&columns, &progress, |rows| {
                used += evaluation.add(&source.name(), &moderator, rows);
                Ok(())
            })?;
            if used == 0 {
                let known = moderator.labels().iter().map(Label::as_str).collect::<Vec<_>>().join(", ");
                let path = source.path().display();
                progress.pause(|| output::complain(&anyhow!("{path}: no row has a label that is judged ({known})")));
                complete = false;
            }
        }
        progress.finish();
        let mut out = output::stdout();
        let lines = evaluation.lines(self.seed);
        if self.json {
            for line in &lines {
                writeln!(out, "{}", serde_json::to_string(line)?)?;
            }
        } else if !lines.is_empty() {
            writeln!(
                out,
                "{:<32}{:<17}{:>6}{:>10}{:>6}  {:<22}{:<22}{:>7}{:>7}{:>9}",
                "set", "label", "rows", "positive", "null", "AUC", "average precision", "Brier", "mean", "at 2 %"
            )?;
            for line in &lines {
                writeln!(
                    out,
                    "{:<32}{:<17}{:>6}{:>8.1} %{:>6}  {:<22}{:<22}{:>7}{:>7}{:>9}",
                    super::terminal::one_line(&line.set, 31),
                    line.label,
                    line.rows,
                    100. * line.positives as f64 / line.rows.max(1) as f64,
                    line.null,
                    or_dash(line.auc, interval),
                    or_dash(line.average_precision, interval),
                    or_dash(line.brier, |brier| format!("{brier:.4}")),
                    or_dash(line.mean_score, |mean| format!("{mean:.3}")),
                    or_dash(line.recall_at_two_percent, |recall| format!("{:.0} %", 100. * recall)),
                )?;
            }
        }
        out.flush()?;
        Ok(if complete { ExitCode::SUCCESS } else { ExitCode::from(super::INCOMPLETE) })
    }
}

fn interval(measure: Measure) -> String {
    format!("{:.3} ({:.3}–{:.3})", measure.value, measure.low, measure.high)
}

/// What the rows do not define is a dash.
fn or_dash<T>(value: Option<T>, shown: impl FnOnce(T) -> String) -> String {
    value.map_or_else(|| "–".to_owned(), shown)
}
