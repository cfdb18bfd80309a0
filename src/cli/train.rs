//! `gruff train`: labelled rows, or a recipe of them, to a model file.

use super::training::{Progress, Source, feed, refuse_repeated};
use super::whole::Target;
use super::{output, small};
use anyhow::{Context, bail};
use gruff::model::Model;
use gruff::train::{Algorithm, Identity, Parameters, Recipe, Trainer};
use gruff::{Label, corpus::Columns};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Train a model on labelled rows
#[derive(clap::Args)]
#[command(
    long_about = "Train a model on labelled rows (JSONL or CSV) or exports of comment platforms, also .gz and .zst.\n\n\
        A row has `text` and `labels` ({\"insult\": 1, \"sarcasm\": 0}); a label that is absent says nothing about it. In \
        CSV each label is a column. off_topic is learned from rows with `article` or `thread`. Part of the rows is held \
        out in turn, to calibrate the scores and to tell how good the model is; a report says so at the end. Where \
        each class has 100 rows, they also choose how strong the penalty is, what rare n-grams weigh and whether the \
        worst sentence counts by itself: what tells the rows of every part apart better than the usual is taken, and the \
        card says so (--no-tune keeps the usual). The same rows, in the same order, give the same file to the byte. The \
        model's card names it after the file it is written to, so that two files of the same rows differ by that name \
        unless --name is given.",
    after_help = "Examples:\n  \
        gruff train --data decisions.csv:house=rejected --text-column body --label house --out site.gruff\n  \
        gruff extract wordpress.xml --to jsonl | gruff train --label house --out site.gruff\n  \
        gruff train --data a.jsonl.gz --data b.jsonl --label insult --label sarcasm --base builtin --out mine.gruff\n  \
        gruff train --recipe models/recipe.toml --sources DIR --out models/builtin.gruff"
)]
pub(super) struct Args {
    /// Rows or exports to learn from, standard input where none is named (`-` names it);
    /// `FILE:LABEL=COLUMN,…` takes a label from a column or key of another name
    #[arg(long, value_name = "FILE[:LABEL=COLUMN,…]", value_parser = Source::parse)]
    data: Vec<Source>,
    /// A label to train; several may be given
    #[arg(long = "label", value_name = "LABEL", value_delimiter = ',', value_parser = Label::new,
        required_unless_present = "recipe")]
    labels: Vec<Label>,
    /// Where the model is written; the rest of a failed training is never there
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// How n-gram heads are trained: nb (naive Bayes) or nb-lr (logistic regression on its log-count ratios)
    #[arg(long, value_name = "ALGORITHM", value_parser = algorithm)]
    algorithm: Option<Algorithm>,
    /// Keep the other labels of a model, `builtin` or a model file, and with them what its card says of languages, use,
    /// limits and licence
    #[arg(long, value_name = "MODEL")]
    base: Option<PathBuf>,
    /// Which rows are held out together; another number makes other parts [default: 1]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// How many parts are held out in turn [default: 4]
    #[arg(long, value_name = "N")]
    folds: Option<usize>,
    /// Give sources, and classes in them, equal weight (1) or rows (0), or something between
    #[arg(long, value_name = "SHARE")]
    balance: Option<f64>,
    /// Inverse strength of the penalty on large weights; the rows then choose nothing, unless --tune is given [default: 2]
    #[arg(long, value_name = "C")]
    penalty: Option<f64>,
    /// Try other penalties and weights of rare n-grams, and the worst sentence, where --penalty or a recipe say what is usual
    #[arg(long)]
    tune: bool,
    /// Do not try others: takes a quarter of the time
    #[arg(long, conflicts_with = "tune")]
    no_tune: bool,
    /// The rate at which scores of a label are probabilities; without it the share of positive rows
    #[arg(long, value_name = "LABEL=RATE", value_parser = rate)]
    base_rate: Vec<(Label, f64)>,
    /// What the model is called in its card [default: the name of the file it is written to]
    #[arg(long, value_name = "NAME", value_parser = name)]
    name: Option<String>,
    /// ISO 639-1 codes of the languages it may judge, separated by commas; without it those of --base, else all
    #[arg(long, value_name = "CODE", value_delimiter = ',', value_parser = language)]
    languages: Vec<String>,
    /// Train what a recipe says (TOML) instead
    #[arg(long, value_name = "FILE", conflicts_with_all = ["data", "labels", "base", "name", "languages"])]
    recipe: Option<PathBuf>,
    /// Where a recipe's external sources are; without it they are left out
    #[arg(long, value_name = "DIR")]
    sources: Option<PathBuf>,
    /// Also write the report as JSON
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    #[command(flatten)]
    threads: super::judging::Threads,
    #[command(flatten)]
    naming: super::naming::Naming,
}

fn algorithm(name: &str) -> Result<Algorithm, String> {
    match name {
        "nb" => Ok(Algorithm::Nb),
        "nb-lr" => Ok(Algorithm::NbLr),
        _ => Err("it is nb or nb-lr".into()),
    }
}

fn language(code: &str) -> Result<String, String> {
    let sound = matches!(code.len(), 2 | 3) && code.bytes().all(|byte| byte.is_ascii_lowercase());
    match (sound, gruff::text::Language::is_told(code)) {
        (false, _) => Err("a code is two or three letters a to z, as en is".into()),
        (true, false) => Err("this is no ISO 639-1 code of a language that can be told from others, as en is".into()),
        (true, true) => Ok(code.to_owned()),
    }
}

fn name(typed: &str) -> Result<String, String> {
    let sound = !typed.trim().is_empty() && !typed.chars().any(char::is_control);
    if sound { Ok(typed.to_owned()) } else { Err("a name is one line of text".into()) }
}

fn rate(typed: &str) -> Result<(Label, f64), String> {
    let (label, rate) = typed.split_once('=').ok_or("write LABEL=RATE")?;
    let label = Label::new(label).map_err(|error| error.to_string())?;
    let rate: f64 = rate.parse().map_err(|_| format!("{rate:?} is no number"))?;
    if rate > 0. && rate < 1. { Ok((label, rate)) } else { Err("a rate is above 0 and below 1".into()) }
}

impl Args {
    /// Returns whether the rows choose strengths, where that was said. Who says how strong the penalty is gets it.
    fn tunes(&self) -> Option<bool> {
        if self.tune { Some(true) } else { (self.no_tune || self.penalty.is_some()).then_some(false) }
    }

    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        self.threads.start()?;
        if self.sources.is_some() && self.recipe.is_none() {
            bail!(
                "--sources is where a recipe's files are; name the recipe with --recipe, and other files with --data"
            );
        }
        if self.tune && self.algorithm == Some(Algorithm::Nb) {
            bail!("--tune chooses strengths of nb-lr, and naive Bayes (--algorithm nb) has none to choose");
        }
        let tunes = self.tunes();
        let (mut parameters, mut identity, sources, left_out) = match &self.recipe {
            Some(path) => recipe(path, self.sources.as_deref())?,
            None => {
                let stem = || self.out.file_stem().map(|stem| stem.to_string_lossy().into_owned());
                let name = self.name.clone().or_else(stem).unwrap_or_default();
                let identity = Identity { name, languages: self.languages.clone(), ..Identity::default() };
                let data = match self.data {
                    data if !data.is_empty() => data,
                    _ => {
                        super::inputs::refuse_terminal()?;
                        vec![Source::standard_input()]
                    }
                };
                (Parameters::new(self.labels.clone()), identity, data, 0)
            }
        };
        parameters.algorithm = self.algorithm.unwrap_or(parameters.algorithm);
        parameters.seed = self.seed.unwrap_or(parameters.seed);
        parameters.folds = self.folds.unwrap_or(parameters.folds);
        parameters.balance = self.balance.unwrap_or(parameters.balance);
        parameters.c = self.penalty.unwrap_or(parameters.c);
        parameters.tune = tunes.unwrap_or(parameters.tune);
        if let Some((label, _)) = self.base_rate.iter().find(|(label, _)| !parameters.labels.contains(label)) {
            let trained = parameters.labels.iter().map(Label::as_str).collect::<Vec<_>>().join(", ");
            bail!("--base-rate {label}: that label is not trained; mend its name ({trained})");
        }
        parameters.base_rates.extend(self.base_rate);
        let target = Target::new(&self.out)?;
        let report_target = self.report.as_deref().map(Target::new).transpose()?;
        let files = || {
            let named = [&self.base, &self.recipe].into_iter().flatten().map(PathBuf::as_path);
            sources.iter().map(Source::path).chain(named)
        };
        target.refuse_inputs(files())?;
        refuse_repeated(&sources)?;
        for source in &sources {
            source.refuse_idle_labels(&parameters.labels, "trained")?;
        }
        if let Some(report_target) = &report_target {
            report_target.refuse_inputs(files())?;
            report_target.refuse_same(&target)?;
        }
        let base = match &self.base {
            Some(path) if path.as_os_str() == "builtin" => Some(Model::builtin()?),
            Some(path) => {
                small::refuse_folder(path)?;
                Some(Model::open(path)?)
            }
            None => None,
        };
        if let Some(base) = &base {
            identity = inherited(identity, base, &parameters.labels);
        }
        let progress = Progress::new();
        let wanted = Some(parameters.labels.clone());
        let columns = Columns { wanted, ..self.naming.columns() };
        let mut trainer = Trainer::new(parameters)?;
        let mut complete = true;
        for source in &sources {
            complete &= feed(&mut trainer, source, &columns, &progress)?;
        }
        if trainer.rows() == 0 {
            let sources = match left_out {
                0 => String::new(),
                left_out => format!(
                    "; sources of the recipe that were left out as external: {left_out}, give their folder with --sources"
                ),
            };
            bail!("there is not one row to learn from{sources}");
        }
        let (model, report) =
            trainer.finish(identity, base.as_ref(), &|done, of| progress.steps(done as u64, of as u64))?;
        progress.finish();
        for card in report.labels.iter().filter(|card| report.trained.contains(&card.label)) {
            let auc = card.held_out_auc;
            if auc.low <= 0.5 {
                output::remark(&format!(
                    "{}: rows that were held out are told apart no better than by chance (AUC {:.2}, {:.2} to {:.2}): give it \
                     more rows, and look whether equal texts are labelled differently",
                    card.label, auc.value, auc.low, auc.high
                ));
            }
        }
        target.write(&model.to_bytes()?)?;
        if let Some(target) = report_target {
            target.write(&serde_json::to_vec_pretty(&report)?)?;
        }
        let mut out = output::stdout();
        write!(out, "{report}")?;
        writeln!(out, "{} written", super::terminal::visible(&self.out.display().to_string()))?;
        out.flush()?;
        Ok(if complete { ExitCode::SUCCESS } else { ExitCode::from(super::INCOMPLETE) })
    }
}

/// Keeps of a base what was not said anew, as long as one of its heads is kept: that one can still do no more than before,
/// and its weights are still under the licence of whoever made them.
fn inherited(identity: Identity, base: &Model, trained: &[Label]) -> Identity {
    let card = base.card();
    if card.labels.iter().all(|label| trained.contains(&label.label)) {
        return identity;
    }
    let or = |own: Vec<String>, of_base: &[String]| if own.is_empty() { of_base.to_vec() } else { own };
    Identity {
        name: identity.name,
        languages: or(identity.languages, &card.languages),
        intended_use: if identity.intended_use.is_empty() { card.intended_use.clone() } else { identity.intended_use },
        limits: or(identity.limits, &card.limits),
        licence: identity.licence.or_else(|| card.licence.clone()),
    }
}

/// Reads a recipe; at the end the number of sources that are left out because `folder` is not known.
fn recipe(path: &Path, folder: Option<&Path>) -> anyhow::Result<(Parameters, Identity, Vec<Source>, usize)> {
    let name = path.display().to_string();
    let recipe = Recipe::parse(&name, &small::settings(path).with_context(|| format!("recipe {name}"))?)?;
    let beside = path.parent().unwrap_or(Path::new("."));
    let sources = recipe.sources.iter().filter_map(|source| {
        let folder = if source.external { folder? } else { beside };
        Some(Source::of_recipe(folder.join(&source.file), source.clone()))
    });
    let sources: Vec<Source> = sources.collect();
    let left_out = recipe.sources.len() - sources.len();
    Ok((recipe.parameters(), recipe.identity(), sources, left_out))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: Args,
    }

    #[test]
    fn rows_choose_strengths_unless_somebody_else_did() {
        let tunes = |typed: &str| {
            let line = format!("train --label house --out a.gruff {typed}");
            Line::try_parse_from(line.split_whitespace()).map(|line| line.args.tunes()).map_err(|_| ())
        };
        for (typed, told) in [
            ("", None),
            ("--no-tune", Some(false)),
            ("--penalty 4", Some(false)),
            ("--tune", Some(true)),
            ("--penalty 4 --tune", Some(true)),
        ] {
            assert_eq!(tunes(typed), Ok(told), "{typed}");
        }
        assert!(tunes("--tune --no-tune").is_err());
    }
}
