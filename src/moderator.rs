//! The pipeline in one piece: the one type most users need.

mod judgement;
mod scorer;
mod scratch;

pub use judgement::Judgement;
pub use scorer::Scorer;

use crate::detect::{self, Bound};
use crate::error::{Error, Result};
use crate::features::topic::{Topic, stems};
use crate::label::Label;
use crate::model::Model;
use crate::policy::Policy;
use crate::thread::{Comment, Row, Thread};
use rayon::prelude::*;
use scratch::{Context, Prepared, Scratch};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

/// Comments of a thread that are held normalised at a time, and about how many bytes of them.
const STRETCH: usize = 512;
const STRETCH_BYTES: usize = 256 << 10;

/// Judges comments with one model under one policy. Cheap to clone, safe to share between threads.
#[derive(Debug, Clone)]
pub struct Moderator {
    model: Arc<Model>,
    policy: Arc<Policy>,
    bound: Arc<[Bound]>,
    labels: Arc<[Label]>,
    /// The site's own rate of each label, where the policy gives one.
    rates: Arc<[Option<f64>]>,
    explain: bool,
}

impl Moderator {
    /// Returns a moderator with the model in this library and the built-in policy.
    ///
    /// # Errors
    /// Never in a build that passes its tests: the model is inside.
    pub fn builtin() -> Result<Self> {
        Self::new(Model::builtin()?)
    }

    /// Returns a moderator with a model file and the built-in policy.
    ///
    /// # Errors
    /// When the file cannot be read, is cut or damaged, or is of another version.
    pub fn open(model: &Path) -> Result<Self> {
        Self::new(Model::open(model)?)
    }

    /// Returns a moderator with a model and the built-in policy.
    ///
    /// # Errors
    /// When a head of the model does not fit the detectors of this version.
    pub fn new(model: Model) -> Result<Self> {
        let bound: Arc<[Bound]> = detect::bind(&model)?.into();
        let labels: Arc<[Label]> = bound.iter().map(|bound| bound.head(&model).label.clone()).collect();
        let policy = Policy::builtin()?;
        let rates = rates(&policy, &labels);
        Ok(Self { model: Arc::new(model), policy: Arc::new(policy), bound, labels, rates, explain: false })
    }

    /// Replaces the policy.
    ///
    /// # Errors
    /// When the policy names a label that the model does not judge.
    pub fn with_policy(mut self, policy: Policy) -> Result<Self> {
        let labels: Vec<Label> = self.model.heads().iter().map(|head| head.label.clone()).collect();
        policy.check(&labels)?;
        self.rates = rates(&policy, &self.labels);
        self.policy = Arc::new(policy);
        Ok(self)
    }

    /// Judges only these labels.
    ///
    /// # Errors
    /// When the model does not know one of them.
    pub fn with_labels(mut self, labels: &[Label]) -> Result<Self> {
        if let Some(unknown) = labels.iter().find(|label| !self.labels.contains(label)) {
            let known: Vec<&str> = self.labels.iter().map(Label::as_str).collect();
            let what = format!("it does not judge {unknown}; its labels are {}", known.join(", "));
            return Err(Error::model(&self.model.card().name, what));
        }
        self.bound =
            self.bound.iter().copied().filter(|bound| labels.contains(&bound.head(&self.model).label)).collect();
        self.labels = self.bound.iter().map(|bound| bound.head(&self.model).label.clone()).collect();
        self.rates = rates(&self.policy, &self.labels);
        Ok(self)
    }

    /// Gives every judgement its evidence.
    #[must_use]
    pub fn explaining(mut self, explain: bool) -> Self {
        self.explain = explain;
        self
    }

    /// Returns the labels it judges, in order.
    pub fn labels(&self) -> &[Label] {
        &self.labels
    }

    /// Returns the model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Returns the policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Judges the comments of a thread in parallel, in the thread's order.
    ///
    /// Each is judged against the article and the comments before it, which are counted in one ordered pass; its cost
    /// does not grow with the thread. The scores are the same for any number of threads.
    pub fn judge(&self, thread: &Thread) -> Vec<Judgement> {
        self.judge_while(thread, &|| true).unwrap_or_default()
    }

    /// Judges as [`Moderator::judge`] does, for as long as `wanted` says that somebody waits; `None` when that ends.
    ///
    /// `wanted` is asked at least twice a comment, from any thread.
    pub fn judge_while(&self, thread: &Thread, wanted: &(dyn Fn() -> bool + Sync)) -> Option<Vec<Judgement>> {
        let mut judgements = Vec::with_capacity(thread.comments.len());
        self.judge_stretches(thread, wanted, |_, stretch| judgements.extend(stretch))?;
        Some(judgements)
    }

    /// Judges as [`Moderator::judge`] does, and hands over each comment with its judgement as soon as its turn comes, so
    /// that the judgements of a long thread are not all in memory.
    pub fn judge_each(&self, thread: &Thread, mut hand_over: impl FnMut(&Comment, Judgement)) {
        let each = |comments: &[Comment], stretch: Vec<Judgement>| {
            comments.iter().zip(stretch).for_each(|(comment, judgement)| hand_over(comment, judgement));
        };
        // Somebody always waits.
        let _ = self.judge_stretches(thread, &|| true, each);
    }

    /// Judges the comments of a thread, some hundred at a time; `None` when nobody waits any more.
    fn judge_stretches(
        &self,
        thread: &Thread,
        wanted: &(dyn Fn() -> bool + Sync),
        mut give: impl FnMut(&[Comment], Vec<Judgement>),
    ) -> Option<()> {
        let mut topic = Topic::new(thread.article.title.as_deref(), thread.article.text.as_deref());
        let index: HashMap<&str, usize> =
            thread.comments.iter().enumerate().rev().map(|(at, comment)| (comment.id.as_str(), at)).collect();
        let parent_of = |at: usize| -> Option<usize> {
            let parent = *index.get(thread.comments[at].parent.as_deref()?)?;
            (parent != at).then_some(parent)
        };
        let mut first = 0;
        while let Some(rest) = thread.comments.get(first..).filter(|rest| !rest.is_empty()) {
            let mut bytes = 0;
            let fits = |comment: &&Comment| {
                let before = bytes;
                bytes += comment.text.len();
                before == 0 || bytes <= STRETCH_BYTES
            };
            let length = rest.iter().take(STRETCH).take_while(fits).count();
            let comments = rest.get(..length.max(1)).unwrap_or(rest);
            let prepare = |comment: &Comment| wanted().then(|| scratch::prepare(&comment.text));
            let prepared = comments.par_iter().map(prepare).collect::<Option<Vec<_>>>()?;
            let contexts: Vec<Context> = (first..first + comments.len())
                .map(|at| {
                    let stems = &prepared[at - first].stems;
                    let context = self.context(&topic, stems);
                    // What readers did not see is no part of what they talk about.
                    if thread.comments[at].stood() {
                        topic.add_comment(stems);
                    }
                    context
                })
                .collect();
            let finish = |(offset, ((comment, prepared), context)): (usize, ((&Comment, _), _))| {
                let prepared: Prepared = prepared;
                let parent = parent_of(first + offset).map(|parent| thread.comments[parent].text.as_str());
                let id = Some(comment.id.clone());
                let bytes = comment.text.len().max(parent.map_or(0, str::len));
                wanted().then(|| {
                    Scratch::lend(bytes, |scratch| {
                        self.finish(id, &comment.text, &prepared.text, parent, &context, scratch)
                    })
                })
            };
            let finished = comments.par_iter().zip(prepared).zip(contexts).enumerate().map(finish);
            give(comments, finished.collect::<Option<Vec<_>>>()?);
            first += comments.len();
        }
        Some(())
    }

    /// Judges one row against the context that it brings.
    pub fn judge_row(&self, row: &Row) -> Judgement {
        self.judge_row_in(row, &topic_of(row))
    }

    /// Judges one row against a topic that was counted before, in place of the article and the comments that it brings.
    pub fn judge_row_in(&self, row: &Row, topic: &Topic) -> Judgement {
        Scratch::lend(row.text.len().max(row.parent.as_ref().map_or(0, String::len)), |scratch| {
            let mut text = std::mem::take(&mut scratch.text);
            text.refill(&row.text);
            scratch.stems.clear();
            if !topic.is_empty() {
                stems(&text, &mut scratch.stems);
            }
            let context = self.context(topic, &scratch.stems);
            let judgement = self.finish(row.id.clone(), &row.text, &text, row.parent.as_deref(), &context, scratch);
            scratch.text = text;
            judgement
        })
    }

    /// Judges rows in parallel, each against its own context, in their order.
    pub fn judge_rows(&self, rows: &[Row]) -> Vec<Judgement> {
        rows.par_iter().map(|row| self.judge_row(row)).collect()
    }

    fn context(&self, topic: &Topic, stems: &[u32]) -> Context {
        let relevance = match self.model.background() {
            Some(background) if !topic.is_empty() => Some(topic.relevance(background, stems)),
            _ => None,
        };
        // Evidence needs the topic as it was when the comment came.
        Context { relevance, topic: (self.explain && relevance.is_some()).then(|| topic.clone()) }
    }
}

fn rates(policy: &Policy, labels: &[Label]) -> Arc<[Option<f64>]> {
    labels.iter().map(|label| policy.base_rate(label.as_str())).collect()
}

/// Counts what a row brings: its article and the comments before it.
pub(crate) fn topic_of(row: &Row) -> Topic {
    let article = row.article.as_ref().map(crate::thread::RowArticle::to_article).unwrap_or_default();
    let mut topic = Topic::new(article.title.as_deref(), article.text.as_deref());
    for comment in &row.thread {
        topic.add_comment(&scratch::prepare(comment).stems);
    }
    topic
}
