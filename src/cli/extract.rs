//! `gruff extract`: articles and comments out of pages, dumps and rows.

use super::dated::Dated;
use super::inputs::Inputs;
use super::intake::{Intake, Item, Told};
use super::judging::Threads;
use super::naming::Naming;
use super::output;
use anyhow::bail;
use gruff::corpus::{Body, Entry};
use gruff::extract::{self, Format, Mechanisms};
use gruff::label::HOUSE;
use gruff::report::write_json;
use gruff::thread::{Comment, Row, RowArticle, Thread};
use rayon::prelude::*;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// How many bytes are made ready at once.
const GROUP: usize = 1 << 20;
/// How many first bytes tell what an input is.
const HEAD: usize = 64 << 10;

/// Take the article and its comments out of pages, text dumps, exports and rows
#[derive(clap::Args)]
#[command(
    long_about = "Take the article and its comments out of web pages, text dumps of pages, exports of comment platforms \
        (WordPress, Disqus, Commento, Comentario, Remark42, Isso, Discourse, Coral, Reddit, Hacker News, YouTube, Lemmy, \
        Mastodon) and rows (JSONL or CSV): rows with authors, dates or parents become threads.\n\n\
        Writes one JSON object a line for each thread: path, thread (its id in an export), article (title, text, author, \
        date), comments (id, author, date, text, depth, parent; from exports also status and house: what the site \
        decided), withheld (the comments of an export that readers did not see), stated_count, source, confidence, \
        notes. What a page does not tell is null.",
    after_help = "Examples:\n  \
        gruff extract article.html\n  \
        curl -s https://example.org/article | gruff extract\n  \
        find pages -name '*.html' | gruff extract --files-from - > threads.jsonl\n  \
        gruff extract comments.csv --author-column 'posted by' > threads.jsonl\n  \
        gruff extract disqus.xml.gz --to jsonl | gruff train --data - --label house --out site.gruff"
)]
pub(super) struct Args {
    #[command(flatten)]
    inputs: Inputs,
    /// Write rows for `gruff score` and `gruff train` instead, one a comment; their ids are PATH#ID
    #[arg(long, value_name = "FORMAT")]
    to: Option<Rows>,
    /// How many earlier comments a row carries as its thread (JSONL only) [default: 20]
    #[arg(long, value_name = "N", requires = "to")]
    context: Option<usize>,
    /// Read web pages by their shape alone, without the markup of known platforms and without data for machines: shows
    /// how pages nobody wrote a rule for fare
    #[arg(long, conflicts_with = "to")]
    general_only: bool,
    /// Leave out a way of finding comments, to measure what it adds
    #[arg(long, value_name = "WAY", value_delimiter = ',', conflicts_with_all = ["to", "general_only"], hide = true)]
    without: Vec<Way>,
    #[command(flatten)]
    threads: Threads,
    #[command(flatten)]
    naming: Naming,
}

/// A way of finding comments in a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Way {
    Platforms,
    Data,
    Shapes,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Rows {
    Jsonl,
    Csv,
}

impl Args {
    fn mechanisms(&self) -> Mechanisms {
        let with = |way: Way| !self.without.contains(&way);
        if self.general_only {
            return Mechanisms::SHAPES;
        }
        Mechanisms { platforms: with(Way::Platforms), data: with(Way::Data), shapes: with(Way::Shapes) }
    }

    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let mechanisms = (self.general_only || !self.without.is_empty()).then(|| self.mechanisms());
        if self.to == Some(Rows::Csv) && self.context.is_some() {
            bail!("--context is for --to jsonl: rows of CSV carry no earlier comments");
        }
        let paths = self.inputs.resolve()?;
        if let Some(mechanisms) = mechanisms {
            return by_shape(&paths, mechanisms);
        }
        let mut intake = Intake::open(paths, self.naming.columns(), self.threads.start()?);
        let mut out = output::stdout();
        if self.to == Some(Rows::Csv) {
            out.write_all(b"id,text,title,article,parent,status,labels.house\n")?;
        }
        let form =
            Form { to: self.to, context: if self.to == Some(Rows::Csv) { 0 } else { self.context.unwrap_or(20) } };
        let mut incomplete = false;
        while let Some(batch) = intake.next_batch() {
            let mut items = batch.into_iter().peekable();
            while items.peek().is_some() {
                let (mut group, mut size) = (Vec::new(), 0);
                let weigh = |item: &Item| item.as_ref().map_or(0, Entry::size);
                while let Some(item) = items.next_if(|item| group.is_empty() || size + weigh(item) <= GROUP) {
                    size += weigh(&item);
                    // The notes of a thread are written with it, but not with its rows.
                    if self.to.is_none() && matches!(item, Err(Told::Note(_))) {
                        continue;
                    }
                    group.push(item);
                }
                // Rows repeat their context, and a long thread fills memory: they are written as they are made.
                if group.len() == 1 || self.to.is_some() {
                    for item in group {
                        match item {
                            Ok(entry) => form.write(entry, &mut out)?,
                            Err(told) => incomplete |= told.tell(),
                        }
                    }
                    continue;
                }
                let render = |entry| {
                    let mut bytes = Vec::new();
                    form.write(entry, &mut bytes)?;
                    Ok::<_, Told>(bytes)
                };
                let written: Vec<_> = group.into_par_iter().map(|item| item.and_then(render)).collect();
                for item in written {
                    match item {
                        Ok(bytes) => out.write_all(&bytes)?,
                        Err(told) => incomplete |= told.tell(),
                    }
                }
            }
            out.flush()?;
        }
        out.flush()?;
        Ok(if incomplete { ExitCode::from(super::INCOMPLETE) } else { ExitCode::SUCCESS })
    }
}

/// Reads pages one after the other, and in some of the ways only.
fn by_shape(paths: &[PathBuf], mechanisms: Mechanisms) -> anyhow::Result<ExitCode> {
    let mut out = output::stdout();
    let mut code = ExitCode::SUCCESS;
    for path in paths {
        match page_by_shape(path, mechanisms) {
            Ok(thread) => {
                write_json(&mut out, &Dated::of(&thread))?;
                out.write_all(b"\n")?;
            }
            Err(error) => {
                output::complain(&error.context(path.display().to_string()));
                code = ExitCode::from(super::INCOMPLETE);
            }
        }
    }
    out.flush()?;
    Ok(code)
}

fn page_by_shape(path: &Path, mechanisms: Mechanisms) -> anyhow::Result<Thread> {
    super::small::refuse_folder(path)?;
    let bytes = if path == Path::new("-") {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes)?;
        bytes
    } else {
        std::fs::read(path)?
    };
    let format = extract::sniff(bytes.get(..HEAD).unwrap_or(&bytes))?;
    let thread = match format {
        Format::Html => extract::html_by(&extract::decode(&bytes, format)?, mechanisms),
        Format::FlatText => extract::flat_text(&extract::decode(&bytes, format)?),
        _ => bail!("only web pages and text dumps are read by their shape: this is an export or rows"),
    };
    Ok(Thread { path: Some(path.display().to_string()), ..thread })
}

/// What is written.
#[derive(Clone, Copy)]
struct Form {
    to: Option<Rows>,
    context: usize,
}

impl Form {
    fn write(self, entry: Entry, out: &mut impl Write) -> anyhow::Result<()> {
        match (self.to, entry.body) {
            (None, Body::Thread(mut thread)) => {
                thread.path.get_or_insert_with(|| entry.path.to_string());
                thread.set_apart();
                write_line(out, &Dated::of(&thread))?;
            }
            (None, Body::Row(row)) => write_line(out, &Dated::of(&thread_of(&entry.path, entry.line, row)))?,
            (Some(to), Body::Thread(thread)) => {
                let rows = thread.rows_with(self.context).map(|row| named(&entry.path, row));
                write_rows(out, to, rows)?;
            }
            (Some(to), Body::Row(row)) => write_rows(out, to, std::iter::once(row))?,
        }
        Ok(())
    }
}

/// A row is a thread of one comment: the earlier comments it brings have no ids and no authors.
fn thread_of(path: &str, line: Option<u64>, row: Row) -> Thread {
    let id = row.id.unwrap_or_else(|| line.unwrap_or(1).to_string());
    Thread {
        path: Some(path.to_owned()),
        article: row.article.as_ref().map(RowArticle::to_article).unwrap_or_default(),
        comments: vec![Comment { id, text: row.text, ..Comment::default() }],
        source: Some("row".to_owned()),
        ..Thread::default()
    }
}

/// A row of a thread that names its file and leaves out what judges do not read.
fn named(path: &str, mut row: Row) -> Row {
    row.id = row.id.map(|id| format!("{path}#{id}"));
    if let Some(RowArticle::Whole(article)) = &mut row.article {
        (article.author, article.date) = (None, None);
    }
    row
}

fn write_rows(out: &mut impl Write, to: Rows, mut rows: impl Iterator<Item = Row>) -> anyhow::Result<()> {
    match to {
        Rows::Jsonl => rows.try_for_each(|row| write_line(out, &row))?,
        Rows::Csv => {
            let mut writer = csv::Writer::from_writer(out);
            for row in rows {
                let article = row.article.as_ref().map(RowArticle::to_article).unwrap_or_default();
                let house =
                    row.labels.iter().find(|(label, _)| label.as_str() == HOUSE).map(|(_, held)| held.to_string());
                let cells = [row.id, Some(row.text), article.title, article.text, row.parent, row.status, house];
                writer.write_record(cells.map(Option::unwrap_or_default))?;
            }
            writer.flush()?;
        }
    }
    Ok(())
}

fn write_line(out: &mut impl Write, value: &impl serde::Serialize) -> io::Result<()> {
    write_json(&mut *out, value)?;
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use gruff::thread::Article;

    fn entry() -> Entry {
        let comment = |id: &str, parent: Option<&str>, text: &str| Comment {
            id: id.to_owned(),
            text: text.to_owned(),
            parent: parent.map(str::to_owned),
            ..Comment::default()
        };
        let thread = Thread {
            article: Article { title: Some("Bins".to_owned()), author: Some("A".to_owned()), ..Article::default() },
            comments: vec![
                comment("1", None, "first"),
                comment("2", Some("1"), "a \"b\""),
                comment("3", Some("9"), "c"),
            ],
            ..Thread::default()
        };
        Entry { path: "p.html".into(), line: None, body: Body::Thread(thread) }
    }

    fn rendered(entry: Entry, to: Option<Rows>, context: usize) -> String {
        let mut bytes = Vec::new();
        Form { to, context }.write(entry, &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_thread_is_a_line() {
        let line = rendered(entry(), None, 0);
        let thread: Thread = serde_json::from_str(&line).unwrap();
        assert_eq!(thread.path.as_deref(), Some("p.html"));
        assert_eq!((thread.comments.len(), line.matches('\n').count()), (3, 1));
    }

    #[test]
    fn rows_carry_their_context() {
        let rows: Vec<Row> =
            rendered(entry(), Some(Rows::Jsonl), 1).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(rows[0].thread, Vec::<String>::new());
        assert_eq!((rows[2].thread.as_slice(), rows[2].parent.as_deref()), (&["a \"b\"".to_owned()][..], None));
        assert_eq!(rows[1].parent.as_deref(), Some("first"));
        assert_eq!(rows[1].id.as_deref(), Some("p.html#2"));
        let article = rows[1].article.as_ref().unwrap().to_article();
        assert_eq!((article.title.as_deref(), article.author), (Some("Bins"), None));
    }

    #[test]
    fn csv_rows_have_the_columns_of_the_header() {
        let csv = rendered(entry(), Some(Rows::Csv), 5);
        assert_eq!(csv, "p.html#1,first,Bins,,,,\np.html#2,\"a \"\"b\"\"\",Bins,,first,,\np.html#3,c,Bins,,,,\n");
    }

    #[test]
    fn a_row_is_a_thread_of_one_comment() {
        let row = Row { text: "hello".to_owned(), ..Row::default() };
        let line = rendered(Entry { path: "-".into(), line: Some(4), body: Body::Row(row) }, None, 0);
        let thread: Thread = serde_json::from_str(&line).unwrap();
        assert_eq!((thread.comments[0].id.as_str(), thread.comments[0].text.as_str()), ("4", "hello"));
    }
}
