//! gruff: comment moderation that runs on your own machine.
//!
//! Bytes become [`thread::Thread`]s ([`extract`], [`corpus`]), a comment's text becomes [`text::Normalized`], that becomes
//! [`features`], naive-Bayes models ([`model`]) turn those into scores ([`detect`]), and a [`policy::Policy`] turns scores
//! into a decision. The [`Moderator`] owns that pipeline:
//!
//! ```
//! use gruff::Moderator;
//! use gruff::policy::Action;
//!
//! let page = r#"<article><h1>Council votes on the bridge</h1><p>The bridge over the river is to be closed.</p></article>
//!     <ol class="comment-list">
//!     <li class="comment" id="comment-1"><cite class="fn">Ann</cite><div class="comment-content"><p>About time, that bridge
//!         was never safe.</p></div></li>
//!     <li class="comment" id="comment-2"><cite class="fn">Bo</cite><div class="comment-content"><p>Shut up, you stupid
//!         idiot.</p></div></li></ol>"#;
//! let thread = gruff::extract::html(page);
//! let judgements = Moderator::builtin()?.judge(&thread);
//! assert_eq!(judgements.len(), 2);
//! assert_eq!(judgements[0].action, Action::Approve);
//! assert_ne!(judgements[1].action, Action::Approve);
//! assert!(judgements[1].score("insult") > judgements[0].score("insult"));
//! # Ok::<(), gruff::Error>(())
//! ```
//!
//! Scores are calibrated probabilities; what cannot be judged has none. Scoring never fails once a model is loaded, and
//! the scores are the same for any number of threads.

pub mod corpus;
pub mod detect;
pub mod error;
pub mod evaluate;
pub mod extract;
pub mod features;
pub mod label;
pub mod model;
mod moderator;
pub mod policy;
pub mod report;
#[cfg(feature = "serve")]
pub mod serve;
pub mod span;
#[cfg(feature = "serve")]
pub mod store;
pub mod text;
pub mod thread;
pub mod train;

pub use error::{Error, Result};
pub use label::Label;
pub use moderator::{Judgement, Moderator, Scorer};
pub use span::Span;
