//! `gruff evaluate`: a model held against labelled rows.

use super::judging::{Judging, Threads};
use super::output;
use super::terminal::one_line;
use super::training::{Progress, Source, refuse_repeated};
use super::whole::Target;
use anyhow::{anyhow, bail};
use gruff::Label;
use gruff::corpus::Columns;
use gruff::evaluate::{Difference, Evaluation, Line, Slicer};
use gruff::model::{Card, Measure};
use gruff::report::{EvaluationPage, write_json};
use serde::Serialize;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Texts of each kind of error in a report.
const FAILURES: usize = 10;

/// Measure a model on labelled rows
#[derive(clap::Args)]
#[command(
    long_about = "Measure a model on labelled rows (JSONL or CSV, also .gz and .zst) that it was not trained on.\n\n\
        For every file and label: area under the ROC curve and average precision with 95 % bootstrap intervals; how many \
        positives are caught where 2 % of the negatives are; F1 at the threshold in the model's card, and the best there \
        is; and how sound the probabilities are at the file's own share of positives, to which they are moved first: \
        Brier score, its skill against always saying that share, expected calibration error and calibration slope. \
        JSON tells more: intercepts, precision and recall, what the policy holds.",
    after_help = "Examples:\n  \
        gruff evaluate --data held-out.jsonl --report report.html\n  \
        gruff evaluate --data held-out.jsonl --slice length,language,site\n  \
        gruff evaluate --model new.gruff --against old.gruff --data held-out.jsonl\n  \
        gruff evaluate --model site.gruff --data decisions.csv:house=rejected --text-column body --format json"
)]
pub(super) struct Args {
    /// Labelled rows; `FILE:LABEL=COLUMN,…` takes a label from a column or key of another name
    #[arg(long, value_name = "FILE[:LABEL=COLUMN,…]", value_parser = Source::parse, required = true)]
    data: Vec<Source>,
    /// Also measure parts of each file: by `length`, `context` (what a row brings), `language`, or a field of the rows
    #[arg(long, value_name = "BY", value_delimiter = ',')]
    slice: Vec<String>,
    /// Hold it against another model, `builtin` or a file, on the same rows: paired differences with intervals
    #[arg(long, value_name = "MODEL")]
    against: Option<PathBuf>,
    /// Also write a page with curves, reliability, histograms and the worst errors. It holds texts of the rows
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// The output
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: Format,
    /// Seed of the bootstrap
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Resamples of the bootstrap
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    resamples: u32,
    /// The column or key that holds the comment, where it has an unusual name
    #[arg(long, value_name = "NAME")]
    text_column: Option<String>,
    #[command(flatten)]
    judging: Judging,
    #[command(flatten)]
    threads: Threads,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    Table,
    /// An object a line for each file, label and part
    Jsonl,
    /// One object: which models, and the lines
    Json,
}

/// What `--format json` writes.
#[derive(Serialize)]
struct Document<'a> {
    gruff: &'a str,
    model: &'a str,
    against: Option<&'a str>,
    seed: u64,
    resamples: u32,
    lines: &'a [Line],
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        self.threads.start()?;
        let target = self.report.as_deref().map(Target::new).transpose()?;
        if let Some(target) = &target {
            let data = self.data.iter().map(Source::path);
            target.refuse_inputs(data.chain(self.against.as_deref()).chain(self.judging.files()))?;
        }
        let other = self.against.as_deref().map(|model| self.judging.other(model)).transpose()?;
        let moderator = self.judging.resolve()?;
        let slicers: Vec<Slicer> = self.slice.iter().map(|by| Slicer::parse(by)).collect();
        let columns = Columns {
            text: self.text_column,
            wanted: Some(moderator.labels().to_vec()),
            kept: slicers.iter().filter_map(Slicer::field).map(str::to_owned).collect(),
            ..Columns::default()
        };
        refuse_repeated(&self.data)?;
        for source in &self.data {
            source.refuse_idle_labels(moderator.labels(), "judged")?;
        }
        let known = moderator.labels().iter().map(Label::as_str).collect::<Vec<_>>().join(", ");
        let mut evaluation = Evaluation::new(moderator).sliced_by(slicers);
        if let Some(other) = other {
            evaluation = evaluation.against(other);
        }
        if target.is_some() {
            evaluation = evaluation.keeping_failures(FAILURES);
        }
        if let Some(other) = evaluation.other()
            && !other.labels().iter().any(|label| evaluation.moderator().labels().contains(label))
        {
            let others = other.labels().iter().map(Label::as_str).collect::<Vec<_>>().join(", ");
            bail!("--against: the models have no label in common; one judges {known}, the other {others}");
        }
        let mut missing: Vec<String> = columns.kept.clone();
        let (progress, mut complete) = (Progress::new(), true);
        let models = [Some(evaluation.moderator()), evaluation.other()];
        let learned =
            models.into_iter().flatten().map(|moderator| moderator.model().card().clone()).collect::<Vec<_>>();
        for source in &self.data {
            let sha256 = source.sha256()?;
            let knows = |card: &&Card| card.sources.iter().any(|known| sha256.is_some() && known.sha256 == sha256);
            for card in learned.iter().filter(knows) {
                progress.pause(|| {
                    output::remark(&format!(
                        "{}: the model {} was trained on this file; its figures here say nothing of comments that it does not \
                         know",
                        source.path().display(),
                        card.name
                    ))
                });
            }
            let mut used = 0;
            complete &= source.read(&columns, &progress, |rows| {
                missing.retain(|field| !rows.iter().any(|row| row.kept.contains_key(field)));
                used += evaluation.add(&source.name(), rows);
                Ok(())
            })?;
            if used == 0 {
                let path = source.path().display();
                progress.pause(|| output::complain(&anyhow!("{path}: no row has a label that is judged ({known})")));
                complete = false;
            }
        }
        progress.finish();
        for field in &missing {
            output::complain(&anyhow!(
                "--slice {field}: no row has a field of that name; there are length, context and language besides"
            ));
            complete = false;
        }
        let lines = evaluation.lines(self.seed, self.resamples as usize);
        if let Some(target) = target {
            target.write(EvaluationPage::new(&evaluation, &lines).to_string().as_bytes())?;
        }
        let mut out = output::stdout();
        match self.format {
            Format::Table => table(&mut out, &lines, self.against.as_deref())?,
            Format::Jsonl => {
                for line in &lines {
                    write_json(&mut out, line)?;
                    writeln!(out)?;
                }
            }
            Format::Json => {
                let name = |moderator: &gruff::Moderator| moderator.model().card().name.clone();
                let (model, against) = (name(evaluation.moderator()), evaluation.other().map(name));
                let document = Document {
                    gruff: env!("CARGO_PKG_VERSION"),
                    model: &model,
                    against: against.as_deref(),
                    seed: self.seed,
                    resamples: self.resamples,
                    lines: &lines,
                };
                write_json(&mut out, &document)?;
                writeln!(out)?;
            }
        }
        out.flush()?;
        Ok(if complete { ExitCode::SUCCESS } else { ExitCode::from(super::INCOMPLETE) })
    }
}

fn table(out: &mut impl Write, lines: &[Line], against: Option<&Path>) -> std::io::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "{:<32}{:<17}{:>6}{:>10}{:>6}  {:<22}{:<22}{:>7}{:>7}{:>7}{:>8}{:>7}{:>7}{:>7}",
        "set",
        "label",
        "rows",
        "positive",
        "null",
        "AUC",
        "average precision",
        "at 2 %",
        "F1",
        "best",
        "Brier",
        "skill",
        "ECE",
        "slope"
    )?;
    for line in lines {
        let f1 = line.at_threshold.as_ref().and_then(|at| at.f1);
        let calibration = line.calibration.as_ref();
        writeln!(
            out,
            "{:<32}{:<17}{:>6}{:>8.1} %{:>6}  {:<22}{:<22}{:>7}{:>7}{:>7}{:>8}{:>7}{:>7}{:>7}",
            subject(line),
            line.label,
            line.rows,
            100. * line.positives as f64 / line.rows.max(1) as f64,
            line.null,
            or_dash(line.auc, interval),
            or_dash(line.average_precision, interval),
            or_dash(line.recall_at_two_percent, |recall| format!("{:.0} %", 100. * recall)),
            or_dash(f1, |f1| format!("{:.3}", f1.value)),
            or_dash(line.best_f1, |best| format!("{:.3}", best.f1)),
            or_dash(calibration, |figures| format!("{:.4}", figures.brier.value)),
            or_dash(calibration, |figures| format!("{:.3}", figures.brier_skill.value)),
            or_dash(calibration, |figures| format!("{:.3}", figures.ece)),
            or_dash(calibration.and_then(|figures| figures.slope), |slope| format!("{:.2}", slope.value)),
        )?;
    }
    let Some(other) = against else { return Ok(()) };
    writeln!(out, "\nless {}", super::terminal::visible(&other.display().to_string()))?;
    writeln!(
        out,
        "{:<32}{:<17}{:>6}  {:<40}{:<40}{:<40}",
        "set", "label", "rows", "AUC", "average precision", "Brier (below 0 is better)"
    )?;
    for line in lines {
        let against = line.against.as_ref();
        let cell = |difference: Option<Difference>| or_dash(difference, shown);
        writeln!(
            out,
            "{:<32}{:<17}{:>6}  {:<40}{:<40}{:<40}",
            subject(line),
            line.label,
            against.map_or(0, |against| against.rows),
            cell(against.and_then(|against| against.auc)),
            cell(against.and_then(|against| against.average_precision)),
            cell(against.and_then(|against| against.brier)),
        )?;
    }
    Ok(())
}

/// The set, or below it the part of it.
fn subject(line: &Line) -> String {
    let subject =
        line.slice.as_ref().map_or_else(|| line.set.clone(), |slice| format!("  {}: {}", slice.by, slice.part));
    // The indent is lost where spaces are joined.
    let indent = if line.slice.is_some() { "  " } else { "" };
    format!("{indent}{}", one_line(&subject, 31 - indent.len()))
}

fn shown(difference: Difference) -> String {
    let Difference { difference, low, high, p, .. } = difference;
    format!("{difference:+.4} ({low:+.4} to {high:+.4}) p {p:.3}")
}

fn interval(measure: Measure) -> String {
    format!("{:.3} ({:.3}–{:.3})", measure.value, measure.low, measure.high)
}

/// What the rows do not define is a dash.
fn or_dash<T>(value: Option<T>, shown: impl FnOnce(T) -> String) -> String {
    value.map_or_else(|| "–".to_owned(), shown)
}
