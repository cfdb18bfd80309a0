//! Labelled rows on their way into training and evaluation: sources as they were typed, and how far they are read.

use super::output;
use anyhow::{Context, bail};
use gruff::corpus::{Body, Columns, Reader};
use gruff::model::SourceCard;
use gruff::thread::Row;
use gruff::train::{RecipeSource, Trainer};
use gruff::{Label, corpus};
use indicatif::{ProgressBar, ProgressStyle};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};

/// Rows, and bytes of rows, that are read before they are worked on.
const BATCH: (usize, usize) = (8192, 16 << 20);

/// A file of rows, and what its columns are called.
#[derive(Debug, Clone)]
pub(super) struct Source {
    path: PathBuf,
    labels: Vec<(String, Label)>,
    recipe: Option<RecipeSource>,
}

impl Source {
    /// Reads `FILE[:LABEL=COLUMN,…]`. A name that itself has a colon is taken whole where such a file is there.
    pub(super) fn parse(typed: &str) -> Result<Self, String> {
        let whole = |path: &str| Self { path: path.into(), labels: Vec::new(), recipe: None };
        let Some((path, pairs)) = typed.rsplit_once(':') else { return Ok(whole(typed)) };
        if !pairs.contains('=') || Path::new(typed).exists() {
            return Ok(whole(typed));
        }
        let mut source = whole(path);
        for pair in pairs.split(',') {
            let (label, column) = pair.split_once('=').ok_or_else(|| format!("{pair:?}: write LABEL=COLUMN"))?;
            let label = Label::new(label).map_err(|error| error.to_string())?;
            source.labels.push((column.trim().to_owned(), label));
        }
        Ok(source)
    }

    /// Makes the source of a recipe.
    pub(super) fn of_recipe(path: PathBuf, recipe: RecipeSource) -> Self {
        let labels = recipe.labels.iter().map(|(label, column)| (column.clone(), label.clone())).collect();
        Self { path, labels, recipe: Some(recipe) }
    }

    /// Returns the file's path.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the source that standard input is.
    pub(super) fn standard_input() -> Self {
        Self { path: "-".into(), labels: Vec::new(), recipe: None }
    }

    fn is_stdin(&self) -> bool {
        super::inputs::is_stdin(&self.path)
    }

    /// Returns a short name: the file's, without folder and endings.
    pub(super) fn name(&self) -> String {
        if self.is_stdin() {
            return "standard input".to_owned();
        }
        let name = self.path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        name.split('.').next().unwrap_or_default().to_owned()
    }

    /// Returns the SHA-256 of the file; `None` for a stream, which cannot be read twice.
    pub(super) fn sha256(&self) -> anyhow::Result<Option<String>> {
        if self.is_stdin() {
            return Ok(None);
        }
        super::small::refuse_folder(&self.path)?;
        sha256(&self.path).map(Some).with_context(|| self.path.display().to_string())
    }

    /// Refuses columns for labels that nobody asks for.
    pub(super) fn refuse_idle_labels(&self, wanted: &[Label], what: &str) -> anyhow::Result<()> {
        let idle = self.labels.iter().find(|(_, label)| self.recipe.is_none() && !wanted.contains(label));
        let Some((column, label)) = idle else { return Ok(()) };
        let wanted = wanted.iter().map(Label::as_str).collect::<Vec<_>>().join(", ");
        bail!(
            "--data {}:{label}={column}: {label} is not {what}, but {wanted} is; it is written FILE:LABEL=COLUMN",
            self.path.display()
        );
    }

    /// Refuses columns for labels where no labels are read.
    pub(super) fn refuse_labels(&self) -> anyhow::Result<()> {
        let Some((column, label)) = self.labels.first() else { return Ok(()) };
        bail!("--data {}:{label}={column}: no labels are read here; name the file alone", self.path.display());
    }

    fn card(&self) -> anyhow::Result<SourceCard> {
        let Some(sha256) = self.sha256()? else {
            return Ok(SourceCard { name: self.name(), ..SourceCard::default() });
        };
        let Some(recipe) = &self.recipe else {
            return Ok(SourceCard { name: self.name(), sha256: Some(sha256), ..SourceCard::default() });
        };
        if recipe.sha256.as_ref().is_some_and(|wanted| *wanted != sha256) {
            bail!("{}: its SHA-256 is {sha256}, not the one in the recipe", self.path.display());
        }
        Ok(recipe.card(sha256))
    }

    /// Reads all rows, batch by batch; what cannot be read is told and left out. Returns whether all could be.
    pub(super) fn read(
        &self,
        columns: &Columns,
        progress: &Progress,
        mut take: impl FnMut(&[Row]) -> anyhow::Result<()>,
    ) -> anyhow::Result<bool> {
        let mut columns = columns.clone();
        columns.labels.extend(self.labels.iter().cloned());
        if let (Some(wanted), Some(recipe)) = (&mut columns.wanted, &self.recipe) {
            // What another label stands for is read even where that other one is not trained.
            wanted.extend(recipe.derive.values().cloned());
        }
        let unmarked = self.recipe.as_ref().and_then(|recipe| recipe.unmarked.as_ref());
        columns.kept.extend(unmarked.map(|unmarked| unmarked.field.clone()));
        let mut reader = Reader::open(&self.path, &columns)?;
        let handle = reader.progress();
        let (mut complete, mut batch, mut size, mut made) = (true, Vec::new(), 0, 0);
        while let Some(entry) = reader.next() {
            while let Some(remark) = reader.remark() {
                progress.pause(|| output::remark(&remark));
            }
            match entry {
                Ok(entry) => {
                    size += entry.size();
                    match entry.body {
                        Body::Row(row) => batch.push(row),
                        // What an export tells of decisions becomes the label `house`; without, its comments still
                        // tell how people write here. A long thread's rows repeat more than memory should hold.
                        Body::Thread(thread) if entry.line.is_some() => {
                            for row in thread.rows() {
                                size += row_size(&row);
                                batch.push(row);
                                if batch.len() >= BATCH.0 || size >= BATCH.1 {
                                    made += self.hand_over(&mut batch, &mut take)?;
                                    size = 0;
                                }
                            }
                        }
                        Body::Thread(_) => bail!(
                            "{}: these are no rows but a page or a text; `gruff extract --to jsonl` makes rows of it",
                            self.path.display()
                        ),
                    }
                }
                // What the rows themselves hold under that name is not what was asked for.
                Err(error) if reader.lacks_columns() => {
                    progress.finish();
                    return Err(error.into());
                }
                Err(error) => {
                    progress.pause(|| output::complain(&error.into()));
                    complete = false;
                }
            }
            if batch.len() >= BATCH.0 || size >= BATCH.1 {
                made += self.hand_over(&mut batch, &mut take)?;
                size = 0;
                progress.bytes(&self.name(), &handle);
            }
        }
        made += self.hand_over(&mut batch, &mut take)?;
        progress.bytes(&self.name(), &handle);
        if let Some(unmarked) = unmarked.filter(|_| made == 0) {
            bail!(
                "{}: no row lists marked characters under {:?}, which the recipe asks for; mend the name of the field",
                self.path.display(),
                unmarked.field
            );
        }
        Ok(complete)
    }

    /// Hands rows on; returns how many were made of them.
    fn hand_over(
        &self,
        batch: &mut Vec<Row>,
        take: &mut impl FnMut(&[Row]) -> anyhow::Result<()>,
    ) -> anyhow::Result<usize> {
        let given = batch.len();
        if let Some(recipe) = &self.recipe {
            batch.iter_mut().for_each(|row| recipe.apply(&mut row.labels));
            if let Some(unmarked) = &recipe.unmarked {
                let made: Vec<Row> = batch.iter().filter_map(|row| unmarked.row(row)).collect();
                batch.extend(made);
            }
        }
        let made = batch.len() - given;
        take(batch)?;
        batch.clear();
        Ok(made)
    }
}

/// Refuses a file that is named twice, whose rows would count twice.
pub(super) fn refuse_repeated(sources: &[Source]) -> anyhow::Result<()> {
    let mut known = BTreeSet::new();
    for source in sources.iter().filter(|source| source.recipe.is_none()) {
        // A file that cannot be found is told by whoever reads it.
        let path = std::fs::canonicalize(&source.path).unwrap_or_else(|_| source.path.clone());
        if !known.insert(path) {
            bail!(
                "--data {}: this file is named twice, and its rows would count twice; name it once, several columns as \
                 FILE:LABEL=COLUMN,LABEL=COLUMN",
                source.path.display()
            );
        }
    }
    Ok(())
}

/// Reads a source into a trainer; returns whether all of it could be read.
pub(super) fn feed(
    trainer: &mut Trainer,
    source: &Source,
    columns: &Columns,
    progress: &Progress,
) -> anyhow::Result<bool> {
    let weight = source.recipe.as_ref().map_or(1., |recipe| recipe.weight);
    trainer.begin_source(source.card()?, weight);
    source.read(columns, progress, |rows| Ok(trainer.add(rows)?))
}

/// Estimates the bytes a row holds.
fn row_size(row: &Row) -> usize {
    let article = row.article.as_ref().map(gruff::thread::RowArticle::to_article).and_then(|article| article.text);
    row.text.len() + row.thread.iter().map(String::len).sum::<usize>() + article.map_or(0, |text| text.len()) + 300
}

fn sha256(path: &Path) -> io::Result<String> {
    let (mut file, mut digest, mut buffer) = (File::open(path)?, Sha256::new(), vec![0; 1 << 16]);
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            let digest: [u8; 32] = digest.finalize().into();
            return Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect());
        }
        digest.update(&buffer[..read]);
    }
}

/// A progress bar on a terminal, nothing elsewhere.
pub(super) struct Progress(ProgressBar);

impl Progress {
    pub(super) fn new() -> Self {
        let bar = if io::stderr().is_terminal() { ProgressBar::new(0) } else { ProgressBar::hidden() };
        let style = ProgressStyle::with_template("{msg:24} {wide_bar} {percent:>3} % {elapsed:>4}");
        Self(bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())))
    }

    fn bytes(&self, name: &str, progress: &corpus::Progress) {
        if let Some(total) = progress.total() {
            self.0.set_length(total);
            self.0.set_position(progress.bytes_read());
            self.0.set_message(super::terminal::one_line(name, 24));
        }
    }

    pub(super) fn steps(&self, done: u64, of: u64) {
        self.0.set_length(of);
        self.0.set_position(done);
        self.0.set_message("fitting");
    }

    pub(super) fn pause(&self, tell: impl FnOnce()) {
        self.0.suspend(tell);
    }

    pub(super) fn finish(&self) {
        self.0.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_behind_a_colon() {
        let source = Source::parse("a/b.jsonl.gz:insult=rude,house=was held").unwrap();
        assert_eq!((source.path.as_path(), source.name()), (Path::new("a/b.jsonl.gz"), "b".into()));
        assert_eq!(source.labels[1], ("was held".into(), Label::new("house").unwrap()));
        assert_eq!(Source::parse("C:/rows.csv").unwrap().path, Path::new("C:/rows.csv"));
        assert!(Source::parse("a.csv:in sult=x").is_err());
    }
}
