//! A judgement that the words decide.

use super::Detector;

/// An n-gram head, declared: its label, and what a moderator should know of it.
///
/// The shape of the documentation is the same for all: what it catches, what it misses, an example.
#[derive(Debug)]
pub struct NgramHead {
    /// The label.
    pub label: &'static str,
    /// What the label means, in one sentence.
    pub meaning: &'static str,
}

impl Detector for NgramHead {
    fn label(&self) -> &'static str {
        self.label
    }

    fn meaning(&self) -> &'static str {
        self.meaning
    }
}
