//! Announcements, wishes and calls for harm.
//!
//! **Catches** direct threats and wishes of death or violence.
//!
//! **Misses** veiled threats ("we know where you park"). Few training rows carry this label: its interval on the card is wide.
//!
//! **Evidence** the words, and pieces of words, that weigh most.
//!
//! **Example** "Somebody should break his legs."

use super::NgramHead;
use crate::label;

/// The declared head.
pub const HEAD: NgramHead =
    NgramHead { label: label::THREAT, meaning: "announces, wishes or calls for harm to somebody" };
