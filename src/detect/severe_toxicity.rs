//! Hatred and brutality beyond doubt.
//!
//! **Catches** slurs with wishes of harm, dehumanising abuse.
//!
//! **Misses** cold hatred without a coarse word. Few training rows carry this label: its interval on the card is wide.
//!
//! **Evidence** the words, and pieces of words, that weigh most.
//!
//! **Example** a slur together with a wish that its bearers die.

use super::NgramHead;
use crate::label;

/// The declared head.
pub const HEAD: NgramHead = NgramHead {
    label: label::SEVERE_TOXICITY,
    meaning: "hateful or brutal beyond doubt, such that every site would remove it",
};
