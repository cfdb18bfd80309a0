//! `gruff explain`: the text with its evidence underlined, for people.

use super::inputs::is_stdin;
use super::intake::{Intake, Item, Told};
use super::judging::Judging;
use super::terminal::{columns, one_line, visible, width};
use super::{output, single};
use anyhow::{Context, bail};
use gruff::corpus::{Body, Columns, Reader};
use gruff::detect::{Evidence, EvidenceKind};
use gruff::extract::{self, Format};
use gruff::policy::Policy;
use gruff::{Judgement, Moderator, Span};
use std::fs::File;
use std::io::{self, Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use unicode_segmentation::UnicodeSegmentation;

/// Lines of text begin so far from the left.
const INDENT: usize = 2;

/// Show a comment with the evidence for its scores underlined
#[derive(clap::Args)]
#[command(
    long_about = "Show comments with the evidence for their scores underlined, the scores and the reasons.\n\n\
        Standard input and plain text are one comment, or a JSON row with its context (as for `gruff check`); of \
        pages, dumps of pages and files of rows every comment is shown, or the one with --id. Evidence is shown for \
        labels that were flagged or have a score of .5 or more. What a terminal would obey in a comment is written out.",
    after_help = "Examples:\n  \
        echo 'What an idiot.' | gruff explain\n  \
        gruff explain article.html --id 1024 --labels insult,off_topic"
)]
pub(super) struct Args {
    /// The file to read; without it, or for `-`, standard input
    path: Option<PathBuf>,
    /// Show only the comment with this id
    #[arg(long)]
    id: Option<String>,
    /// Show the evidence for every label, also where the score is low
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    judging: Judging,
}

impl Args {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let moderator = self.judging.resolve()?.explaining(true);
        let mut page = Page {
            out: output::stdout(),
            view: View { columns: columns().min(120), all: self.all, policy: moderator.policy().clone() },
            wanted: self.id,
            found: false,
            incomplete: false,
        };
        match self.path.filter(|path| !is_stdin(path)) {
            Some(path) if holds_many(&path)? => page.explain_all(&moderator, path)?,
            path => {
                let (name, bytes) = single::read_bytes(path.as_deref())?;
                if single::is_thread(&bytes) {
                    page.explain_threads(&moderator, bytes)?;
                } else {
                    let row = single::row(&name, &bytes)?;
                    page.write(&moderator.judge_row(&row), None, &row.text)?;
                }
            }
        }
        page.out.flush()?;
        if let (Some(wanted), false) = (&page.wanted, page.found) {
            bail!("there is no comment with the id {wanted}");
        }
        Ok(if page.incomplete { ExitCode::from(super::INCOMPLETE) } else { ExitCode::SUCCESS })
    }
}

/// Tells whether a file is more than a single comment: a page, rows, or something packed.
fn holds_many(path: &Path) -> anyhow::Result<bool> {
    super::small::refuse_folder(path)?;
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(1 << 16).read_to_end(&mut head));
    read.with_context(|| path.display().to_string())?;
    Ok(match extract::sniff(&head) {
        // A dump of a page has comments of its own; any other text is one comment.
        Ok(Format::FlatText) => {
            let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
            extract::decode(&bytes, Format::FlatText).is_ok_and(|text| !extract::flat_text(&text).comments.is_empty())
        }
        // One row, on one line or on several, is a single comment as well.
        Ok(Format::Jsonl) => single::read(Some(path)).is_err(),
        _ => true,
    })
}

/// Labels are not looked at.
fn columns_of_rows() -> Columns {
    Columns { wanted: Some(Vec::new()), ..Columns::default() }
}

/// What is written, and what was found while doing so.
struct Page<W> {
    out: W,
    view: View,
    wanted: Option<String>,
    found: bool,
    incomplete: bool,
}

impl<W: Write> Page<W> {
    fn explain_all(&mut self, moderator: &Moderator, path: PathBuf) -> anyhow::Result<()> {
        let mut intake = Intake::open(vec![path], columns_of_rows(), 1);
        while let Some(batch) = intake.next_batch() {
            batch.into_iter().try_for_each(|item| self.explain_item(moderator, item))?;
            self.out.flush()?;
        }
        Ok(())
    }

    /// Explains threads as `gruff extract` prints them.
    fn explain_threads(&mut self, moderator: &Moderator, bytes: Vec<u8>) -> anyhow::Result<()> {
        let mut reader = Reader::from_stream("-", Box::new(Cursor::new(bytes)), &columns_of_rows())?;
        while let Some(entry) = reader.next() {
            while let Some(remark) = reader.remark() {
                output::remark(&remark);
            }
            self.explain_item(moderator, entry.map_err(Told::from))?;
        }
        Ok(())
    }

    fn explain_item(&mut self, moderator: &Moderator, item: Item) -> anyhow::Result<()> {
        match item {
            Ok(entry) => match entry.body {
                Body::Row(row) => self.write(&moderator.judge_row(&row), None, &row.text)?,
                Body::Thread(thread) => {
                    for (comment, judgement) in thread.comments.iter().zip(moderator.judge(&thread)) {
                        self.write(&judgement, comment.author.as_deref(), &comment.text)?;
                    }
                }
            },
            Err(told) => self.incomplete |= told.tell(),
        }
        Ok(())
    }

    /// Writes one comment, unless another one is wanted.
    fn write(&mut self, judgement: &Judgement, author: Option<&str>, text: &str) -> io::Result<()> {
        if self.wanted.is_some() && judgement.id != self.wanted {
            return Ok(());
        }
        self.found = true;
        self.out.write_all(self.view.show(judgement, author, text).as_bytes())
    }
}

/// How comments are shown.
struct View {
    columns: usize,
    all: bool,
    policy: Policy,
}

/// From this score on evidence is of interest.
const TELLING: f64 = 0.5;
/// Pieces of evidence that are shown for a label.
const MOST: usize = 6;

impl View {
    /// Returns everything about one comment.
    fn show(&self, judgement: &Judgement, author: Option<&str>, text: &str) -> String {
        let mut lines = vec![self.title(judgement, author)];
        let scores = judgement.scores.iter().map(|(label, score)| match score {
            Some(score) => format!("{label} {}", self.policy.written(label.as_str(), *score)),
            None => format!("{label} –"),
        });
        lines.push(format!("  {}  (language {})", scores.collect::<Vec<_>>().join("  "), judgement.language));
        lines.extend(judgement.reasons.iter().map(|reason| format!("  because {}", visible(reason))));
        lines.push(String::new());
        let evidence = self.shown(judgement);
        lines.extend(underlined(text, &evidence, self.columns.saturating_sub(INDENT)));
        lines.push(String::new());
        lines.extend(evidence.iter().map(|evidence| self.evidence(evidence, text)));
        if !evidence.is_empty() {
            lines.push(String::new());
        }
        lines.iter().flat_map(|line| [line.trim_end(), "\n"]).collect()
    }

    /// Returns the evidence that is of interest.
    fn shown(&self, judgement: &Judgement) -> Vec<Evidence> {
        let evidence = judgement.evidence.as_deref().unwrap_or_default();
        if self.all {
            return evidence.to_vec();
        }
        let telling = judgement
            .scores
            .iter()
            .filter(|(label, score)| judgement.flags.contains(label) || score.is_some_and(|score| score >= TELLING));
        let of = |label: gruff::Label| evidence.iter().filter(move |evidence| evidence.label == label).take(MOST);
        telling.flat_map(|(label, _)| of(label.clone())).cloned().collect()
    }

    fn title(&self, judgement: &Judgement, author: Option<&str>) -> String {
        let id = judgement.id.as_deref().map(|id| format!("comment {} ", one_line(id, 40)));
        let author = author.map(|author| format!("by {} ", one_line(author, 40)));
        let who = format!("{}{}", id.unwrap_or_default(), author.unwrap_or_default());
        format!("{}{}{}", who.trim_end(), if who.is_empty() { "" } else { ": " }, judgement.action)
    }

    fn evidence(&self, evidence: &Evidence, text: &str) -> String {
        let kind = match evidence.kind {
            EvidenceKind::Words => "words",
            EvidenceKind::Cue => "cue",
            EvidenceKind::Evasion => "evasion",
            EvidenceKind::Topic => "topic",
        };
        let name = evidence.name.map(|name| format!(" {name}")).unwrap_or_default();
        let piece = evidence.span.map_or(evidence.text.as_deref().unwrap_or_default(), |span| span.slice(text));
        let head = format!("  {:+.2} {} {kind}{name}", evidence.weight, evidence.label);
        if piece.is_empty() {
            return head;
        }
        let room = self.columns.saturating_sub(width(&head) + 3).max(10);
        format!("{head} “{}”", one_line(piece, room))
    }
}

/// What is shown in one place: a character as people see it, and whether it is underlined.
struct Cell<'a> {
    shown: std::borrow::Cow<'a, str>,
    columns: usize,
    marked: bool,
    blank: bool,
}

/// Returns the text in lines of at most `columns`, each followed by carets under what speaks for a label.
fn underlined(text: &str, evidence: &[Evidence], columns: usize) -> Vec<String> {
    let marks = merged(evidence.iter().filter(|evidence| evidence.weight > 0.0).filter_map(|evidence| evidence.span));
    let mut marks = marks.iter().peekable();
    let (mut lines, mut line) = (Vec::new(), Vec::new());
    for (start, grapheme) in text.grapheme_indices(true) {
        if matches!(grapheme, "\n" | "\r\n" | "\r") {
            write_line(&mut lines, &line);
            line.clear();
            continue;
        }
        let span = Span::new(start, start + grapheme.len());
        while marks.next_if(|mark| mark.end <= span.start).is_some() {}
        let marked = marks.peek().is_some_and(|mark| mark.overlaps(span));
        let shown = if grapheme == "\t" { " ".into() } else { visible(grapheme) };
        line.push(Cell { columns: width(&shown), shown, marked, blank: grapheme.trim().is_empty() });
        wrap(&mut lines, &mut line, columns);
    }
    write_line(&mut lines, &line);
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

/// Writes the beginning of a line that has become too long, up to the last blank where there is one.
fn wrap(lines: &mut Vec<String>, line: &mut Vec<Cell<'_>>, columns: usize) {
    if line.iter().map(|cell| cell.columns).sum::<usize>() <= columns {
        return;
    }
    let at_blank = line.iter().rposition(|cell| cell.blank).map(|blank| blank + 1).filter(|at| *at < line.len());
    let rest = line.split_off(at_blank.unwrap_or(line.len() - 1).max(1));
    write_line(lines, line);
    *line = rest;
}

fn write_line(lines: &mut Vec<String>, line: &[Cell<'_>]) {
    let indent = " ".repeat(INDENT);
    let end = line.iter().rposition(|cell| !cell.blank).map_or(0, |last| last + 1);
    let (line, was_empty) = (line.get(..end).unwrap_or(line), line.is_empty());
    let shown: String = line.iter().map(|cell| &*cell.shown).collect();
    let under: String = line.iter().map(|cell| if cell.marked { "^" } else { " " }.repeat(cell.columns)).collect();
    for piece in [shown, under] {
        if !piece.trim().is_empty() {
            lines.push(format!("{indent}{}", piece.trim_end()));
        }
    }
    if was_empty {
        lines.push(String::new());
    }
}

/// Sorts spans and joins those that touch.
fn merged(spans: impl Iterator<Item = Span>) -> Vec<Span> {
    let mut spans: Vec<_> = spans.collect();
    spans.sort_unstable();
    let mut joined: Vec<Span> = Vec::new();
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.start <= last.end => *last = last.cover(span),
            _ => joined.push(span),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;
    use gruff::Label;
    use gruff::policy::Action;
    use proptest::prelude::*;

    fn evidence(text: &str, piece: &str, weight: f64) -> Evidence {
        let start = text.find(piece).unwrap();
        Evidence {
            label: Label::new("insult").unwrap(),
            kind: EvidenceKind::Words,
            name: None,
            span: Some(Span::new(start, start + piece.len())),
            text: Some(piece.to_owned()),
            weight,
        }
    }

    #[test]
    fn evidence_is_underlined_where_it_stands() {
        let text = "日本 is home, you absolute idiot.\n\n\tAnd \u{1b}[2Jyou too, you naïve f👩‍👩‍👧l";
        let found = [
            evidence(text, "absolute", 1.0),
            evidence(text, "lute idiot", 1.0),
            evidence(text, "home", -2.0),
            evidence(text, "\u{1b}", 0.5),
            evidence(text, "f👩‍👩‍👧l", 0.5),
        ];
        let expected = "  日本 is home, you absolute idiot.
                    ^^^^^^^^^^^^^^

   And \\u{1b}[2Jyou too, you naïve f👩‍👩‍👧l
       ^^^^^^                      ^^^^";
        assert_eq!(underlined(text, &found, 60).join("\n"), expected);
    }

    #[test]
    fn long_lines_are_wrapped_at_blanks() {
        let text = "one two three fourfivesix";
        let lines = underlined(text, &[evidence(text, "two three", 1.0)], 9);
        assert_eq!(lines, ["  one two", "      ^^^", "  three", "  ^^^^^", "  fourfives", "  ix"]);
    }

    #[test]
    fn a_comment_is_shown_with_what_led_to_its_action() {
        let text = "You idiot.";
        let judgement = Judgement {
            id: Some("9".to_owned()),
            scores: vec![(Label::new("insult").unwrap(), Some(0.931)), (Label::new("off_topic").unwrap(), None)],
            flags: vec![Label::new("insult").unwrap()],
            action: Action::Hold,
            reasons: vec!["insult .93 is above the hold threshold .70".to_owned()],
            language: "en",
            evidence: Some(vec![evidence(text, "idiot", 2.125)]),
        };
        let view = View { columns: 80, all: false, policy: Policy::default() };
        let expected = "comment 9 by Al\\u{9b}: hold
  insult 0.93  off_topic –  (language en)
  because insult .93 is above the hold threshold .70

  You idiot.
      ^^^^^

  +2.12 insult words “idiot”

";
        assert_eq!(view.show(&judgement, Some("Al\u{9b}"), text), expected);

        let calm = Judgement {
            scores: vec![(Label::new("insult").unwrap(), Some(0.2))],
            flags: Vec::new(),
            ..judgement.clone()
        };
        assert!(!view.show(&calm, None, text).contains('^'));
        assert!(View { columns: 80, all: true, policy: Policy::default() }.show(&calm, None, text).contains('^'));

        let mut page = Page { out: Vec::new(), view, wanted: Some("8".to_owned()), found: false, incomplete: false };
        page.write(&judgement, None, text).unwrap();
        assert!(page.out.is_empty() && !page.found);
        page.wanted = Some("9".to_owned());
        page.write(&judgement, None, text).unwrap();
        assert!(!page.out.is_empty() && page.found);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn no_text_breaks_the_view(text in "[\u{0}-\u{ff}日😀\u{301}\u{202e}\n ]{0,80}", columns in 1..30usize) {
            let everything = Evidence { span: Some(Span::new(0, text.len())), ..evidence("x", "x", 1.0) };
            for line in underlined(&text, &[everything], columns) {
                prop_assert!(!line.chars().any(char::is_control), "{line:?}");
            }
        }
    }
}
