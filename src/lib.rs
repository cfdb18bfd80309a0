//! gruff: comment moderation that runs on your own machine.
//!
//! Bytes become [`thread::Thread`]s (`extract`), a comment's text becomes [`text::Normalized`], that becomes features,
//! naive-Bayes models turn those into scores (`detect`), and a [`policy::Policy`] turns scores into a decision. The
//! [`Moderator`] owns that pipeline.

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
pub mod text;
pub mod thread;
pub mod train;

pub use error::{Error, Result};
pub use label::Label;
pub use moderator::{Judgement, Moderator};
pub use span::Span;
