//! Swear words and obscene language, at whomever.
//!
//! **Catches** swearing, plain, masked (`sh##ty`) or respelled (`a$$`).
//!
//! **Misses** new coinages, and obscenity in innocent words.
//!
//! **Evidence** the words, and pieces of words, that weigh most.
//!
//! **Example** "What a f***ing beautiful goal."

use super::NgramHead;
use crate::label;

/// The declared head.
pub const HEAD: NgramHead =
    NgramHead { label: label::PROFANITY, meaning: "uses swear words or obscene language, masked or not" };
