//! Scores alone, one comment after the other, with memory that is used again.

use super::Moderator;
use super::scratch::Scratch;

/// Scores comments by their text alone, with nothing decided or explained: for who needs numbers only, and fast.
///
/// It keeps its memory from comment to comment; use one a thread.
pub struct Scorer {
    moderator: Moderator,
    scratch: Scratch,
    scores: Vec<Option<f64>>,
}

impl Scorer {
    /// Makes a scorer for all labels of a moderator, in the order of [`Moderator::labels`].
    pub fn new(moderator: Moderator) -> Self {
        Self { moderator, scratch: Scratch::default(), scores: Vec::new() }
    }

    /// Returns the scores of a comment, as [`Moderator::judge_row`] gives them for a row of that text alone: `None` where it
    /// cannot be judged.
    pub fn score(&mut self, comment: &str) -> &[Option<f64>] {
        self.moderator.score_into(comment, &mut self.scratch, &mut self.scores);
        &self.scores
    }
}

impl std::fmt::Debug for Scorer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scorer").field("moderator", &self.moderator).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::thread::{Row, RowArticle};

    #[test]
    fn a_label_alone_has_the_score_that_it_has_among_all() {
        let moderator = Moderator::builtin().unwrap();
        let article = Some(RowArticle::Text("The council closed the old bridge on Monday.".into()));
        let row = Row { text: "Great watches at good prices, see my page.".into(), article, ..Row::default() };
        for (label, score) in moderator.judge_row(&row).scores {
            let alone = moderator.clone().with_labels(std::slice::from_ref(&label)).unwrap();
            assert!(score.is_some(), "{label}");
            assert_eq!(alone.judge_row(&row).scores, vec![(label, score)]);
        }
    }

    #[test]
    fn scores_are_those_of_judgements() {
        let moderator = Moderator::builtin().unwrap();
        let mut scorer = Scorer::new(moderator.clone());
        for text in ["Shut up, you idiot.", "", "🙄", "Das ist doch alles nicht wahr, was hier geschrieben wird.", "ok"]
        {
            let judgement = moderator.judge_row(&Row { text: text.into(), ..Row::default() });
            let expected: Vec<Option<f64>> = judgement.scores.into_iter().map(|(_, score)| score).collect();
            assert_eq!(scorer.score(text), expected, "{text}");
        }
    }
}
