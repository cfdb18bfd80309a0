//! From scores to a decision.

use serde::{Deserialize, Serialize};

/// What to do with a comment, mildest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Publish it.
    #[default]
    Approve,
    /// Show it to a moderator first.
    Hold,
    /// Do not publish it.
    Reject,
}

/// A site's rules: which score leads to which action.
#[derive(Debug, Clone, Default)]
pub struct Policy {}
