//! `gruff score`: judges pages, dumps and rows in a stream, in parallel, in the order of the input.

use super::inputs::Inputs;
use super::intake::{Intake, Item, Told};
use super::judging::{Judging, Offsets, Threads};
use super::naming::Naming;
use super::terminal::{columns, visible};
use super::{output, table};
use anyhow::bail;
use gruff::corpus::{Body, Columns, Entry};
use gruff::policy::Action;
use gruff::report::{Record, finished, write_json};
use gruff::{Label, Moderator};
use rayon::prelude::*;
use std::borrow::Cow;
use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

/// Judge the comments of pages, dumps, exports and rows
#[derive(clap::Args)]
#[command(
    long_about = "Judge the comments of web pages, text dumps, exports of comment platforms and rows (JSONL or CSV, also .gz and \
        .zst).\n\n\
        Writes a table to a terminal and JSON Lines otherwise, in the order of the input: id, scores (a probability a \
        label, null where it cannot be judged), flags, action (approve, hold, reject), reasons, language; for pages, \
        dumps, exports, threads of rows and threads as `gruff extract` prints them also path, thread, author, status (where \
        an export tells one) and text; for rows also path where there are several inputs. Inputs are read as a stream of any \
        size.",
    after_help = "Examples:\n  \
        gruff score article.html\n  \
        gruff score comments.jsonl.zst --policy site.toml > judged.jsonl\n  \
        gruff score comments.csv --text-column comment_body --format csv > judged.csv\n  \
        gruff score page.html --labels insult,sarcasm --explain --offsets utf16\n  \
        gruff score comments.jsonl --fail-on reject > /dev/null || echo 'there is something to look at'\n\n\
        In CSV output, cells that a spreadsheet would run as a formula begin with an apostrophe."
)]
pub(super) struct Args {
    #[command(flatten)]
    inputs: Inputs,
    /// The output; without it `table` on a terminal and `jsonl` otherwise
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
    /// Give the evidence: which words, cues and measures decided (jsonl only)
    #[arg(long)]
    explain: bool,
    /// The unit in which the offsets of evidence count
    #[arg(long, value_name = "UNIT", default_value = "bytes", requires = "explain")]
    offsets: Offsets,
    /// Exit with 1 when a comment is to be held or rejected (hold), or rejected (reject)
    #[arg(long, value_name = "ACTION")]
    fail_on: Option<FailOn>,
    #[command(flatten)]
    judging: Judging,
    #[command(flatten)]
    threads: Threads,
    #[command(flatten)]
    naming: Naming,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Jsonl,
    Csv,
    Table,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum FailOn {
    Hold,
    Reject,
}

impl From<FailOn> for Action {
    fn from(fail_on: FailOn) -> Self {
        match fail_on {
            FailOn::Hold => Self::Hold,
            FailOn::Reject => Self::Reject,
        }
    }
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let format = match (self.format, self.explain) {
            (Some(Format::Csv | Format::Table), true) => {
                bail!("--explain is for --format jsonl; `gruff explain` shows evidence to people")
            }
            (Some(format), _) => format,
            (None, false) if output::is_terminal() => Format::Table,
            (None, _) => Format::Jsonl,
        };
        let paths = self.inputs.resolve()?;
        // Before anything else uses the pool: its size is fixed by the first use.
        let readers = self.threads.start()?;
        let several = paths.len() > 1;
        let mut headings = Headings::new(format == Format::Table && several);
        let sheet = Sheet {
            moderator: self.judging.resolve_and_warn()?.explaining(self.explain),
            several,
            format,
            offsets: self.offsets,
            on_terminal: output::is_terminal(),
            columns: columns(),
        };
        let columns = Columns { wanted: Some(Vec::new()), ..self.naming.columns() };
        let mut intake = Intake::open(paths, columns, readers);

        let mut out = output::stdout();
        out.write_all(&sheet.header()?)?;
        let (mut strictest, mut incomplete) = (Action::Approve, false);
        while let Some(batch) = intake.next_batch() {
            // A long thread, or a part of one, comes alone: what it gives is written as it is made.
            if let [Ok(entry)] = batch.as_slice() {
                out.write_all(headings.before(Arc::clone(&entry.path)).as_bytes())?;
                strictest = strictest.max(sheet.judge(entry, &mut out)?);
                out.flush()?;
                continue;
            }
            let judge = |item: Item| {
                let entry = item?;
                let mut lines = Vec::new();
                let strictest = sheet.judge(&entry, &mut lines)?;
                Ok::<_, Told>(Judged { path: entry.path, lines, strictest })
            };
            let judged: Vec<_> = batch.into_par_iter().map(judge).collect();
            for item in judged {
                match item {
                    Ok(Judged { path, lines, strictest: action }) => {
                        strictest = strictest.max(action);
                        out.write_all(headings.before(path).as_bytes())?;
                        out.write_all(&lines)?;
                    }
                    Err(told) => incomplete |= told.tell(),
                }
            }
            out.flush()?;
        }
        out.flush()?;
        let found = self.fail_on.is_some_and(|fail_on| strictest >= fail_on.into());
        Ok(match (incomplete, found) {
            (true, _) => ExitCode::from(super::INCOMPLETE),
            (false, true) => ExitCode::from(super::FOUND),
            (false, false) => ExitCode::SUCCESS,
        })
    }
}

/// The lines of an entry, in the order of its comments.
struct Judged {
    path: Arc<str>,
    lines: Vec<u8>,
    strictest: Action,
}

/// In a table of several files, the file's path above its comments.
struct Headings {
    wanted: bool,
    last: Option<Arc<str>>,
}

impl Headings {
    fn new(wanted: bool) -> Self {
        Self { wanted, last: None }
    }

    fn before(&mut self, path: Arc<str>) -> String {
        if !self.wanted || self.last.as_ref() == Some(&path) {
            return String::new();
        }
        let heading = format!("{}:\n", visible(&path));
        self.last = Some(path);
        heading
    }
}

/// What is written, and how.
struct Sheet {
    moderator: Moderator,
    /// Whether rows of several inputs have to be told apart.
    several: bool,
    format: Format,
    offsets: Offsets,
    on_terminal: bool,
    columns: usize,
}

impl Sheet {
    fn header(&self) -> anyhow::Result<Vec<u8>> {
        let labels = self.moderator.labels();
        match self.format {
            Format::Jsonl => Ok(Vec::new()),
            Format::Table => Ok(table::header(labels, self.columns).into_bytes()),
            Format::Csv => {
                let before = ["path", "thread", "id", "author", "language", "action", "flags"];
                let names = before.into_iter().chain(labels.iter().map(Label::as_str)).chain(["reasons", "text"]);
                csv_line(names)
            }
        }
    }

    /// Judges the comments of an entry and writes their lines; returns the strictest action.
    fn judge(&self, entry: &Entry, out: &mut impl Write) -> anyhow::Result<Action> {
        let (mut strictest, mut written) = (Action::Approve, Ok(()));
        match &entry.body {
            Body::Row(row) => {
                let judgement = finished(self.moderator.judge_row(row), &row.text, self.offsets.into());
                strictest = judgement.action;
                let path = self.several.then_some(&*entry.path);
                written = self.line(out, &entry.path, &Record { path, ..Record::of_row(&judgement) }, &row.text);
            }
            Body::Thread(thread) => {
                let path = thread.path.as_deref().unwrap_or(&entry.path);
                self.moderator.judge_each(thread, |comment, judgement| {
                    let judgement = finished(judgement, &comment.text, self.offsets.into());
                    strictest = strictest.max(judgement.action);
                    if written.is_ok() {
                        let record = Record::of_comment(&judgement, path, thread, comment);
                        written = self.line(out, path, &record, &comment.text);
                    }
                });
            }
        }
        written.map(|()| strictest)
    }

    fn line(&self, out: &mut impl Write, path: &str, record: &Record<'_>, text: &str) -> anyhow::Result<()> {
        match self.format {
            Format::Jsonl => {
                write_json(&mut *out, record)?;
                out.write_all(b"\n")?;
            }
            Format::Table => {
                out.write_all(table::line(record, text, self.columns, self.moderator.policy()).as_bytes())?
            }
            Format::Csv => out.write_all(&self.csv_cells(path, record, text)?)?,
        }
        Ok(())
    }

    fn csv_cells(&self, path: &str, record: &Record<'_>, text: &str) -> anyhow::Result<Vec<u8>> {
        let judgement = record.judgement;
        let free = |cell: &str| {
            let cell = if self.on_terminal { visible(cell) } else { Cow::Borrowed(cell) };
            disarmed(&cell).into_owned()
        };
        let flags: Vec<_> = judgement.flags.iter().map(Label::as_str).collect();
        let mut cells = vec![
            free(path),
            free(record.thread.unwrap_or_default()),
            free(judgement.id.as_deref().unwrap_or_default()),
            free(record.author.flatten().unwrap_or_default()),
            judgement.language.to_owned(),
            judgement.action.to_string(),
            flags.join(" "),
        ];
        let scores =
            judgement.scores.iter().map(|(_, score)| score.map_or_else(String::new, |score| score.to_string()));
        cells.extend(scores);
        cells.extend([judgement.reasons.join("; "), free(text)]);
        csv_line(cells)
    }
}

fn csv_line<C: AsRef<[u8]>>(cells: impl IntoIterator<Item = C>) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut writer = csv::Writer::from_writer(&mut bytes);
    writer.write_record(cells)?;
    writer.flush()?;
    drop(writer);
    Ok(bytes)
}

/// Keeps spreadsheets from running a stranger's cell as a formula.
fn disarmed(cell: &str) -> Cow<'_, str> {
    let is_formula =
        cell.len() > 1 && cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
    if is_formula { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_disarmed_and_numbers_are_not() {
        assert_eq!(disarmed("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!(disarmed("-12"), "-12");
        assert_eq!(disarmed("-"), "-");
        assert_eq!(disarmed("- well"), "'- well");
        assert_eq!(disarmed("well - no"), "well - no");
    }
}
