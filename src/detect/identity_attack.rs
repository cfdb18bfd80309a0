//! Attacks on people for what they are.
//!
//! **Catches** slurs and sweeping contempt for groups.
//!
//! **Misses** insinuation in neutral words; and it may react to the mere name of a group that is often abused.
//!
//! **Evidence** the words, and pieces of words, that weigh most.
//!
//! **Example** "You can't trust people from there, it's in the blood."

use super::NgramHead;
use crate::label;

/// The declared head.
pub const HEAD: NgramHead = NgramHead {
    label: label::IDENTITY_ATTACK,
    meaning: "attacks people for their origin, religion, sex, orientation, disability, age or class",
};
