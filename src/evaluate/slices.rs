//! Ways to part rows, so that a measure can be told for each part: by length, context, language or a field of the row.

use crate::moderator::Judgement;
use crate::thread::Row;
use std::collections::BTreeMap;
use std::fmt;

/// Classes of length, in words.
const LENGTHS: &[(usize, &str)] = &[
    (4, "1–4 words"),
    (9, "5–9 words"),
    (24, "10–24 words"),
    (49, "25–49 words"),
    (99, "50–99 words"),
    (249, "100–249 words"),
];
const LONGEST: &str = "250 words or more";
/// Parts of one slicing; further values of a field are one part together.
const MOST_PARTS: usize = 40;
const FURTHER: &str = "(others)";
/// What a row without the field falls under.
const NONE: &str = "(none)";

/// One way to part rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Slicer {
    /// By the number of words.
    Length,
    /// By what the row brings: article, thread, parent.
    Context,
    /// By the language it was judged to be in.
    Language,
    /// By the value of a field or column.
    Field(String),
}

impl Slicer {
    /// Reads `length`, `context`, `language`, or else the name of a field; `field:length` is the field of that name.
    pub fn parse(typed: &str) -> Self {
        match typed {
            "length" => Self::Length,
            "context" => Self::Context,
            "language" => Self::Language,
            name => Self::Field(name.strip_prefix("field:").unwrap_or(name).to_owned()),
        }
    }

    /// Returns the field that must be read with the rows.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Field(name) => Some(name),
            _ => None,
        }
    }

    /// Returns which part a row falls into.
    fn part(&self, row: &Row, judgement: &Judgement) -> String {
        match self {
            Self::Length => {
                let words = row.text.split_whitespace().count();
                LENGTHS.iter().find(|(most, _)| words <= *most).map_or(LONGEST, |(_, name)| name).to_owned()
            }
            Self::Context => {
                let has = [
                    (row.article.is_some(), "article"),
                    (!row.thread.is_empty(), "thread"),
                    (row.parent.is_some(), "parent"),
                ];
                let has: Vec<&str> = has.iter().filter(|(has, _)| *has).map(|(_, name)| *name).collect();
                if has.is_empty() { "text alone".to_owned() } else { has.join(" + ") }
            }
            Self::Language => judgement.language.to_owned(),
            Self::Field(name) => row.kept.get(name).map_or_else(|| NONE.to_owned(), |value| short(value)),
        }
    }

    /// Puts the parts into the order in which they are told.
    fn rank(&self, part: &str) -> usize {
        match self {
            Self::Length => LENGTHS.iter().position(|(_, name)| *name == part).unwrap_or(LENGTHS.len()),
            _ => usize::from(part == NONE) + 2 * usize::from(part == FURTHER),
        }
    }
}

impl fmt::Display for Slicer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Length => "length",
            Self::Context => "context",
            Self::Language => "language",
            Self::Field(name) => name,
        })
    }
}

fn short(value: &str) -> String {
    match value.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", &value[..at]),
        None => value.to_owned(),
    }
}

/// Which part each row fell into, under one slicing.
#[derive(Debug, Default)]
pub(super) struct Parts {
    numbers: BTreeMap<String, u32>,
    of_rows: Vec<u32>,
}

impl Parts {
    /// Adds a row.
    pub(super) fn add(&mut self, slicer: &Slicer, row: &Row, judgement: &Judgement) {
        let mut part = slicer.part(row, judgement);
        if self.numbers.len() >= MOST_PARTS && !self.numbers.contains_key(&part) {
            part = FURTHER.to_owned();
        }
        let next = self.numbers.len() as u32;
        self.of_rows.push(*self.numbers.entry(part).or_insert(next));
    }

    /// Returns the parts in order, each with the places of its rows.
    pub(super) fn rows(&self, slicer: &Slicer) -> Vec<(&str, Vec<usize>)> {
        let mut places = vec![Vec::new(); self.numbers.len()];
        for (at, part) in self.of_rows.iter().enumerate() {
            places[*part as usize].push(at);
        }
        let mut parts: Vec<_> =
            self.numbers.iter().map(|(name, at)| (name.as_str(), std::mem::take(&mut places[*at as usize]))).collect();
        // Stable: parts of one rank stay in the order of their names.
        parts.sort_by_key(|(name, _)| slicer.rank(name));
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::moderator::Moderator;

    fn parts(slicer: &Slicer, rows: &[Row]) -> Vec<(String, usize)> {
        let moderator = Moderator::builtin().unwrap();
        let mut parts = Parts::default();
        rows.iter().for_each(|row| parts.add(slicer, row, &moderator.judge_row(row)));
        parts.rows(slicer).into_iter().map(|(name, rows)| (name.to_owned(), rows.len())).collect()
    }

    fn row(text: &str) -> Row {
        Row { text: text.into(), ..Row::default() }
    }

    #[test]
    fn lengths_are_told_from_short_to_long() {
        let long = "word ".repeat(300);
        let rows = [row(&long), row("one"), row("a b c d e f g h i j"), row("two words")];
        let expected = [("1–4 words", 2), ("10–24 words", 1), ("250 words or more", 1)];
        assert_eq!(parts(&Slicer::Length, &rows), expected.map(|(name, rows)| (name.to_owned(), rows)));
    }

    #[test]
    fn context_is_what_the_row_brings() {
        let answer = Row { parent: Some("Why?".into()), thread: vec!["Why?".into()], ..row("Because.") };
        let expected = [("text alone", 1), ("thread + parent", 1)];
        assert_eq!(parts(&Slicer::Context, &[row("x"), answer]), expected.map(|(name, n)| (name.to_owned(), n)));
    }

    #[test]
    fn fields_of_many_values_are_bounded() {
        let with = |value: usize| Row { kept: BTreeMap::from([("site".into(), format!("s{value:03}"))]), ..row("x") };
        let rows: Vec<Row> = (0..100).map(with).chain([row("x")]).collect();
        let parts = parts(&Slicer::parse("site"), &rows);
        assert_eq!(parts.len(), MOST_PARTS + 1);
        assert_eq!(parts.last().unwrap().0, FURTHER);
        assert_eq!(Slicer::parse("field:length"), Slicer::Field("length".into()));
    }
}
