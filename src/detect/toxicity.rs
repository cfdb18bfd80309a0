//! Rudeness, contempt and hatred that make people leave a conversation.
//!
//! **Catches** abuse, slurs, contempt in words that are often used for it, evasive spellings of these.
//!
//! **Misses** contempt that only the matter gives away ("a fine specimen of what that school turns out"), abuse in other languages.
//!
//! **Evidence** the words, and pieces of words, that weigh most.
//!
//! **Example** "Only a moron could have written this headline."

use super::NgramHead;
use crate::label;

/// The declared head.
pub const HEAD: NgramHead = NgramHead {
    label: label::TOXICITY,
    meaning: "rude, contemptuous or hateful enough to make people leave a conversation",
};
