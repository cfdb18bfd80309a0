//! The raw scores of n-grams for one comment: of the whole, and of each of its sentences.

use crate::features::{FAMILIES, Family};

/// One number a column of weights and family of n-grams, for a comment and, where it has several, for each sentence.
///
/// An insult among two hundred sober words moves the score of the whole but little; in its own sentence it stands out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Columns {
    /// Of the whole comment, column by column.
    pub whole: Vec<[f64; FAMILIES]>,
    /// Of its sentences, one after the other; none where it has one only.
    sentences: Vec<[f64; FAMILIES]>,
}

impl Columns {
    /// Makes ready for another comment of `sentences` sentences, all zero.
    pub(super) fn begin(&mut self, columns: usize, sentences: usize) {
        self.whole.clear();
        self.whole.resize(columns, [0.; FAMILIES]);
        self.sentences.clear();
        self.sentences.resize(columns * sentences, [0.; FAMILIES]);
    }

    /// Returns the scores of a sentence, column by column.
    pub(super) fn sentence(&mut self, number: usize) -> &mut [[f64; FAMILIES]] {
        let columns = self.whole.len();
        self.sentences.get_mut(number * columns..(number + 1) * columns).unwrap_or_default()
    }

    /// Returns one column of every sentence, in order.
    pub(super) fn of_sentences(&self, column: usize) -> impl Iterator<Item = &[f64; FAMILIES]> {
        self.sentences.iter().skip(column).step_by(self.whole.len().max(1))
    }

    /// Gives every sentence the manner of the whole: how it is written is no matter of single sentences.
    pub(super) fn share_manner(&mut self) {
        for sentence in self.sentences.chunks_mut(self.whole.len().max(1)) {
            for (score, whole) in sentence.iter_mut().zip(&self.whole) {
                score[Family::Manner as usize] = whole[Family::Manner as usize];
            }
        }
    }
}
