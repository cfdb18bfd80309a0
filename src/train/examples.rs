//! Labelled rows as features: what training keeps of them.

use crate::detect::{self, Detector, Seen};
use crate::features::cues::Utterance;
use crate::features::topic::{self, Background, Topic};
use crate::features::{FAMILIES, Ngrams, RowMaker, SLOT_BITS};
use crate::label::{self, Label};
use crate::model::{SparseRow, SparseRows};
use crate::moderator::topic_of;
use crate::text::Normalized;
use crate::thread::Row;
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::cmp::Reverse;

/// All rows so far, column by column.
#[derive(Debug)]
pub(super) struct Examples {
    labels: Vec<Label>,
    /// N-grams, one row a row.
    pub(super) rows: SparseRows,
    /// The n-grams of the sentences of rows that have several, one after the other, where a label asks for them.
    pub(super) sentences: SparseRows,
    /// How many sentences came with and before each row.
    sentence_ends: Vec<u32>,
    reads_sentences: bool,
    /// Index of the source of each row.
    pub(super) sources: Vec<u32>,
    /// First bytes of a digest of the text: equal texts fall into the same fold.
    pub(super) digests: Vec<u64>,
    targets: Vec<Vec<Option<bool>>>,
    measures: Vec<Vec<Option<Vec<f64>>>>,
    /// Rows whose relevance can be measured only once the background is known: index, topic, stems.
    waiting: Vec<(usize, Topic, Vec<u32>)>,
    stem_counts: Vec<u64>,
}

/// What is made of one row.
struct Made {
    slots: Ngrams,
    sentences: Vec<Ngrams>,
    stems: Vec<u32>,
    digest: u64,
    measures: Vec<Option<Vec<f64>>>,
    waiting: Option<Topic>,
}

impl Examples {
    /// Makes an empty list for some labels; `reads_sentences` keeps the sentences of rows too.
    pub(super) fn new(labels: &[Label], reads_sentences: bool) -> Self {
        Self {
            labels: labels.to_vec(),
            rows: SparseRows::new(1 << SLOT_BITS),
            sentences: SparseRows::new(1 << SLOT_BITS),
            sentence_ends: Vec::new(),
            reads_sentences,
            sources: Vec::new(),
            digests: Vec::new(),
            targets: vec![Vec::new(); labels.len()],
            measures: vec![Vec::new(); labels.len()],
            waiting: Vec::new(),
            stem_counts: vec![0; 1 << topic::STEM_BITS],
        }
    }

    pub(super) fn len(&self) -> usize {
        self.sources.len()
    }

    /// Returns whether a row is positive for the label at `label`; `None` where it says nothing.
    pub(super) fn target(&self, label: usize, row: usize) -> Option<bool> {
        self.targets[label][row]
    }

    /// Returns the dense features of a row for the label at `label`.
    pub(super) fn measured(&self, label: usize, row: usize) -> Option<&[f64]> {
        self.measures[label][row].as_deref()
    }

    /// Returns the sentences of a row; none where it has one only.
    pub(super) fn sentences(&self, row: usize) -> impl Iterator<Item = SparseRow<'_>> {
        let end = |row: usize| self.sentence_ends[row] as usize;
        (row.checked_sub(1).map_or(0, end)..end(row)).map(|at| self.sentences.row(at))
    }

    /// Returns how often each stem occurs in all rows.
    pub(super) fn stem_counts(&self) -> &[u64] {
        &self.stem_counts
    }

    pub(super) fn add(&mut self, source: usize, rows: &[Row]) {
        let made: Vec<Made> = rows.par_iter().map_init(RowMaker::default, |maker, row| self.make(maker, row)).collect();
        for (row, made) in rows.iter().zip(made) {
            self.rows.push(made.slots.families(), [1.; FAMILIES]);
            made.sentences.iter().for_each(|sentence| self.sentences.push(sentence.families(), [1.; FAMILIES]));
            self.sentence_ends.push(self.sentences.len() as u32);
            let at = self.sources.len();
            self.sources.push(source as u32);
            self.digests.push(made.digest);
            for &stem in &made.stems {
                self.stem_counts[stem as usize] += 1;
            }
            for (column, label) in self.labels.iter().enumerate() {
                self.targets[column].push(row.labels.get(label).map(|value| *value >= 0.5));
            }
            for (column, measured) in self.measures.iter_mut().zip(made.measures) {
                column.push(measured);
            }
            if let Some(topic) = made.waiting {
                self.waiting.push((at, topic, made.stems));
            }
        }
    }

    fn make(&self, maker: &mut RowMaker, row: &Row) -> Made {
        let text = Normalized::new(&row.text);
        let parent = row.parent.as_deref().map(Normalized::new);
        let utterance = Utterance { original: &row.text, text: &text, parent: parent.as_ref() };
        let seen = Seen { utterance, relevance: None, topic: None };
        let measure = |label: &Label| {
            let detector = detect::find(label.as_str())?;
            (row.labels.contains_key(label) && !detector.measures().is_empty()).then(|| detector.measure(&seen))?
        };
        let mut stems = Vec::new();
        topic::stems(&text, &mut stems);
        let wants_topic = self.labels.iter().any(|label| label.as_str() == label::OFF_TOPIC)
            && row.labels.keys().any(|label| label.as_str() == label::OFF_TOPIC);
        let topic = wants_topic.then(|| topic_of(row)).filter(|topic| !topic.is_empty());
        Made {
            slots: maker.make(&row.text, &text).clone(),
            sentences: if self.reads_sentences { maker.sentences(&row.text, &text) } else { Vec::new() },
            stems,
            digest: digest(&row.text),
            measures: self.labels.iter().map(measure).collect(),
            waiting: topic,
        }
    }

    /// Keeps of the rows only slots that stand in `least_rows` of them, renumbered; returns the slot of each number. The
    /// commonest come first, so that what is read most lies in few cache lines.
    pub(super) fn keep_known(&mut self, counts: &[u32], least_rows: u32) -> Vec<u32> {
        let known = |slot: &u32| counts[*slot as usize] >= least_rows.max(1);
        let mut vocabulary: Vec<u32> = (0..counts.len() as u32).filter(known).collect();
        vocabulary.sort_by_key(|&slot| (Reverse(counts[slot as usize]), slot));
        let mut numbers = vec![u32::MAX; counts.len()];
        for (number, &slot) in vocabulary.iter().enumerate() {
            numbers[slot as usize] = number as u32;
        }
        for rows in [&mut self.rows, &mut self.sentences] {
            *rows = std::mem::take(rows).renumbered(&numbers, vocabulary.len());
        }
        vocabulary
    }

    /// Measures the relevance of the rows that waited for the background.
    pub(super) fn measure_relevance(&mut self, background: &Background) {
        let Some(column) = self.labels.iter().position(|label| label.as_str() == label::OFF_TOPIC) else { return };
        let waiting = std::mem::take(&mut self.waiting);
        let measured = super::in_order(&waiting, |(_, topic, stems)| topic.relevance(background, stems).to_vec());
        for ((row, ..), measured) in waiting.iter().zip(measured) {
            self.measures[column][*row] = Some(measured);
        }
    }

    /// Returns the detector of a label that is trained.
    pub(super) fn detector(&self, label: usize) -> Option<&'static dyn Detector> {
        detect::find(self.labels[label].as_str())
    }
}

fn digest(text: &str) -> u64 {
    let bytes: [u8; 32] = Sha256::digest(text.trim().as_bytes()).into();
    u64::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7]])
}
