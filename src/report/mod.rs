//! How results are written for programs.

mod record;

pub use record::{Record, finished, write_json};
