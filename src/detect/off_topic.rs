//! Being about something other than the article and the thread.
//!
//! **Catches** promotion, rants on another matter, comments posted in the wrong thread: texts whose words are no more
//! probable under the article and the earlier comments than anywhere.
//!
//! Where only a thread is known, also what adds nothing to it: readers call that irrelevant far oftener.
//!
//! **Misses** comments on another matter that share the article's words; takes stories from life that share none for off
//! topic. Without article and thread it says nothing.
//!
//! **Evidence** nearness to article, thread and title, by name; words that are strangest to the topic; where only a thread
//! is known, how little or how much the comment says.
//!
//! **Example** "Great prices on watches, see my page" under an article on a bridge.

use super::{Detector, Evidence, EvidenceKind, Seen};
use crate::error::Result;
use crate::features::topic::{self, stems};
use crate::label::{self, Label};
use crate::model::{DenseHead, Head};
use crate::text::TokenKind;
use ndarray::Array2;

/// A multinomial naive Bayes topic : background, made on the fly ([`topic`]), and its title's, weighed by a logistic
/// regression.
pub struct OffTopic;

/// Words named as strange to the topic, at most.
const MOST_WORDS: usize = 5;

impl Detector for OffTopic {
    fn label(&self) -> &'static str {
        label::OFF_TOPIC
    }

    fn meaning(&self) -> &'static str {
        "is about something other than the article and the comments before it"
    }

    fn reads_ngrams(&self) -> bool {
        false
    }

    fn measures(&self) -> &'static [&'static str] {
        &topic::NAMES
    }

    fn measure_into(&self, seen: &Seen<'_>, measures: &mut Vec<f64>) -> bool {
        measures.clear();
        measures.extend(seen.relevance.into_iter().flatten());
        seen.relevance.is_some()
    }

    fn fit(&self, rows: Array2<f64>, targets: &[bool]) -> Result<DenseHead> {
        DenseHead::fit_logistic(&rows, targets)
    }

    fn weigh_anew(&self, head: &Head, measures: &[f64], probability: f64) -> f64 {
        match (head.aside, measures) {
            (Some(aside), [_, _, length, alone]) if *alone > 0. => {
                aside.probability(probability, head.calibration.base_rate, length.exp_m1())
            }
            _ => probability,
        }
    }

    fn evidence(&self, seen: &Seen<'_>, weigh: &dyn Fn(usize) -> f64, found: &mut Vec<Evidence>) {
        let Ok(label) = Label::new(label::OFF_TOPIC) else { return };
        for (at, name) in topic::NAMES.iter().enumerate() {
            found.push(Evidence {
                label: label.clone(),
                kind: EvidenceKind::Topic,
                name: Some(name),
                span: None,
                text: None,
                weight: weigh(at),
            });
        }
        let Some((topic, background)) = seen.topic else { return };
        let text = seen.utterance.text;
        let words = text.tokens().iter().filter(|token| token.kind == TokenKind::Word);
        let mut slots = Vec::new();
        stems(text, &mut slots);
        let root = (slots.len().max(1) as f64).sqrt();
        let mut strangest: Vec<_> = words
            .zip(&slots)
            .map(|(token, &stem)| (-topic.weight(background, stem) / root, token.start as usize..token.end as usize))
            .filter(|(weight, range)| *weight > 0. && range.len() > 4)
            .collect();
        strangest.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.start.cmp(&b.1.start)));
        for (weight, range) in strangest.into_iter().take(MOST_WORDS) {
            let span = text.span(range);
            found.push(Evidence {
                label: label.clone(),
                kind: EvidenceKind::Topic,
                name: Some("word"),
                span: Some(span),
                text: Some(span.slice(seen.utterance.original).to_owned()),
                weight,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::cues::Utterance;
    use crate::text::Normalized;

    #[test]
    fn without_article_and_thread_it_says_nothing() {
        let text = Normalized::new("hello there");
        let utterance = Utterance { original: "hello there", text: &text, parent: None };
        assert_eq!(OffTopic.measure(&Seen { utterance, relevance: None, topic: None }), None);
    }
}
