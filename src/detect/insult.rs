//! Words that demean a person or a group.
//!
//! **Catches** name-calling, contempt, accusations of being stupid, mad, paid or false.
//!
//! **Misses** veiled contempt and mockery that turns on facts.
//!
//! **Evidence** the words, and pieces of words, that weigh most.
//!
//! **Example** "The mayor is a trained seal."

use super::NgramHead;
use crate::label;

/// The declared head.
pub const HEAD: NgramHead = NgramHead {
    label: label::INSULT,
    meaning: "demeans a person or a group: their mind, character, looks, honesty or worth",
};
