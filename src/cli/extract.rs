//! `gruff extract`: articles and comments out of pages, dumps and rows.

use super::inputs::Inputs;
use super::intake::Intake;
use super::judging::Threads;
use super::output;
use gruff::corpus::{Body, Columns, Entry};
use gruff::extract::{self, Format};
use gruff::report::write_json;
use gruff::thread::{Article, Comment, Row, RowArticle, Thread};
use rayon::prelude::*;
use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Take the article and its comments out of pages, text dumps and rows
#[derive(clap::Args)]
#[command(
    long_about = "Take the article and its comments out of web pages, text dumps of pages, and rows (JSONL or CSV): \
        rows with authors, dates or parents become threads. XML exports of platforms are not read yet.\n\n\
        Writes one JSON object a line for each thread: path, article (title, text, author, date), comments (id, author, \
        date, text, depth, parent), stated_count, source, confidence, notes. What a page does not tell is null.",
    after_help = "Examples:\n  \
        gruff extract article.html\n  \
        curl -s https://example.org/article | gruff extract\n  \
        find pages -name '*.html' | gruff extract --files-from - > threads.jsonl\n  \
        gruff extract comments.csv > threads.jsonl"
)]
pub(super) struct Args {
    #[command(flatten)]
    inputs: Inputs,
    /// Write rows for `gruff score` and `gruff train` instead, one a comment; their ids are PATH#ID
    #[arg(long, value_name = "FORMAT")]
    to: Option<Rows>,
    /// How many earlier comments a row carries as its thread (JSONL only)
    #[arg(long, value_name = "N", default_value_t = 20, requires = "to")]
    context: usize,
    /// Read web pages by their shape alone, without the markup of known platforms and without data for machines: shows
    /// how pages nobody wrote a rule for fare
    #[arg(long, conflicts_with = "to")]
    general_only: bool,
    #[command(flatten)]
    threads: Threads,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Rows {
    Jsonl,
    Csv,
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let paths = self.inputs.resolve()?;
        if self.general_only {
            return by_shape(&paths);
        }
        let mut intake = Intake::open(paths, Columns::default(), self.threads.start()?);
        let mut out = output::stdout();
        if self.to == Some(Rows::Csv) {
            out.write_all(b"id,text,title,article,parent\n")?;
        }
        let mut code = ExitCode::SUCCESS;
        while let Some(batch) = intake.next_batch() {
            let render = |entry| render(entry, self.to, self.context);
            let written: Vec<_> = batch.into_par_iter().map(|item| item.and_then(render)).collect();
            for item in written {
                match item {
                    Ok(bytes) => out.write_all(&bytes)?,
                    Err(error) => {
                        output::complain(&error);
                        code = ExitCode::from(super::INCOMPLETE);
                    }
                }
            }
            out.flush()?;
        }
        out.flush()?;
        Ok(code)
    }
}

/// Reads pages one after the other by their shape alone.
fn by_shape(paths: &[PathBuf]) -> anyhow::Result<ExitCode> {
    let mut out = output::stdout();
    let mut code = ExitCode::SUCCESS;
    for path in paths {
        match page_by_shape(path) {
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

fn page_by_shape(path: &Path) -> anyhow::Result<Thread> {
    let bytes = if path == Path::new("-") {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes)?;
        bytes
    } else {
        std::fs::read(path)?
    };
    let text = extract::decode(&bytes, Format::Html)?;
    Ok(Thread { path: Some(path.display().to_string()), ..extract::html_by_shape(&text) })
}

fn render(entry: Entry, to: Option<Rows>, context: usize) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    match (to, entry.body) {
        (None, Body::Thread(mut thread)) => {
            thread.path.get_or_insert_with(|| entry.path.to_string());
            write_line(&mut bytes, &Dated::of(&thread))?;
        }
        (None, Body::Row(row)) => write_line(&mut bytes, &Dated::of(&thread_of(&entry.path, entry.line, row)))?,
        (Some(to), Body::Thread(thread)) => {
            let rows = rows(&entry.path, &thread, if to == Rows::Csv { 0 } else { context });
            write_rows(&mut bytes, to, rows)?;
        }
        (Some(to), Body::Row(row)) => write_rows(&mut bytes, to, std::iter::once(row))?,
    }
    Ok(bytes)
}

/// A thread as it is printed: beside each date as the page writes it, where it can be read for certain, ISO 8601.
#[derive(serde::Serialize)]
struct Dated<'a> {
    path: &'a Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thread: &'a Option<String>,
    article: DatedArticle<'a>,
    comments: Vec<DatedComment<'a>>,
    stated_count: Option<u64>,
    source: &'a Option<String>,
    confidence: Option<f64>,
    notes: &'a [String],
}

#[derive(serde::Serialize)]
struct DatedArticle<'a> {
    #[serde(flatten)]
    article: &'a Article,
    date_iso: Option<String>,
}

#[derive(serde::Serialize)]
struct DatedComment<'a> {
    #[serde(flatten)]
    comment: &'a Comment,
    date_iso: Option<String>,
}

impl<'a> Dated<'a> {
    fn of(thread: &'a Thread) -> Self {
        let iso = |date: &Option<String>| date.as_deref().and_then(extract::iso_date);
        let comments = thread.comments.iter();
        Self {
            path: &thread.path,
            thread: &thread.thread,
            article: DatedArticle { article: &thread.article, date_iso: iso(&thread.article.date) },
            comments: comments.map(|comment| DatedComment { comment, date_iso: iso(&comment.date) }).collect(),
            stated_count: thread.stated_count,
            source: &thread.source,
            confidence: thread.confidence,
            notes: &thread.notes,
        }
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

/// Makes a row of every comment, with the article, up to `context` comments before it, and the one it answers.
fn rows<'a>(path: &'a str, thread: &'a Thread, context: usize) -> impl Iterator<Item = Row> + 'a {
    let by_id: HashMap<&str, &str> =
        thread.comments.iter().map(|comment| (comment.id.as_str(), comment.text.as_str())).collect();
    let Article { title, text, .. } = thread.article.clone();
    let article = Article { title, text, ..Article::default() };
    let article = (!article.is_blank()).then_some(RowArticle::Whole(article));
    thread.comments.iter().enumerate().map(move |(number, comment)| Row {
        id: Some(format!("{path}#{}", comment.id)),
        text: comment.text.clone(),
        article: article.clone(),
        thread: thread.comments[number.saturating_sub(context)..number]
            .iter()
            .map(|before| before.text.clone())
            .collect(),
        parent: comment.parent.as_deref().and_then(|parent| by_id.get(parent)).map(|text| (*text).to_owned()),
        ..Row::default()
    })
}

fn write_rows(bytes: &mut Vec<u8>, to: Rows, mut rows: impl Iterator<Item = Row>) -> anyhow::Result<()> {
    match to {
        Rows::Jsonl => rows.try_for_each(|row| write_line(bytes, &row))?,
        Rows::Csv => {
            let mut writer = csv::Writer::from_writer(bytes);
            for row in rows {
                let article = row.article.as_ref().map(RowArticle::to_article).unwrap_or_default();
                let cells = [row.id, Some(row.text), article.title, article.text, row.parent];
                writer.write_record(cells.map(Option::unwrap_or_default))?;
            }
            writer.flush()?;
        }
    }
    Ok(())
}

fn write_line(bytes: &mut Vec<u8>, value: &impl serde::Serialize) -> io::Result<()> {
    write_json(&mut *bytes, value)?;
    bytes.push(b'\n');
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

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
        String::from_utf8(render(entry, to, context).unwrap()).unwrap()
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
        assert_eq!(csv, "p.html#1,first,Bins,,\np.html#2,\"a \"\"b\"\"\",Bins,,first\np.html#3,c,Bins,,\n");
    }

    #[test]
    fn a_row_is_a_thread_of_one_comment() {
        let row = Row { text: "hello".to_owned(), ..Row::default() };
        let line = rendered(Entry { path: "-".into(), line: Some(4), body: Body::Row(row) }, None, 0);
        let thread: Thread = serde_json::from_str(&line).unwrap();
        assert_eq!((thread.comments[0].id.as_str(), thread.comments[0].text.as_str()), ("4", "hello"));
    }
}
