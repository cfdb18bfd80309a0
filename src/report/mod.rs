//! How results are written: for programs as JSON, for people as a page.

#[cfg(feature = "cli")]
mod evaluation;
mod record;

#[cfg(feature = "cli")]
pub use evaluation::EvaluationPage;
pub use record::{Record, finished, write_json};
