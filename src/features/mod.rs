//! From normalised text to numbers: hashed n-grams (sparse), stylistic cues and relevance to a topic (dense).
//!
//! Training and scoring read text through these same functions; there is no second path.

pub mod cues;
mod groups;
mod manner;
mod ngrams;
mod phrases;
mod row;
mod sentences;
pub mod topic;

pub use ngrams::{Chunk, FAMILIES, Family, Feature, SCHEME, SLOT_BITS, Visitor, pieces_of, visit};
pub use row::{Bits, Ngrams, RowMaker, Slots};
