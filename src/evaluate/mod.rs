//! How good scores are: measures with intervals, and a model held against labelled rows.

mod measures;
mod table;

pub use measures::{Scored, bootstrap};
pub use table::{Evaluation, Line};
