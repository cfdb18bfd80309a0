//! What platforms call the state of a comment, and whether that means that it stood.

/// States that mean that readers saw the comment and nobody took it away.
const STOOD: &[&str] = &[
    "approved",
    "approve",
    "accepted",
    "published",
    "public",
    "visible",
    "live",
    "active",
    "ok",
    "none",
    "open",
    "stood",
];
/// States that mean that it was held, removed or taken for spam.
const HELD: &[&str] = &[
    "hold",
    "held",
    "pending",
    "premod",
    "unapproved",
    "moderated",
    "system_withheld",
    "withheld",
    "flagged",
    "spam",
    "trash",
    "trashed",
    "deleted",
    "removed",
    "rejected",
    "reject",
    "blocked",
    "hidden",
    "dead",
    "junk",
    "banned",
    "disapproved",
    "declined",
];

/// Tells whether `state` means that the comment was held (`true`) or stood; `None` for one that says nothing of that.
pub(crate) fn held(state: &str) -> Option<bool> {
    let state = state.trim().to_ascii_lowercase();
    if STOOD.contains(&state.as_str()) {
        Some(false)
    } else if HELD.contains(&state.as_str()) {
        Some(true)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_decide_or_say_nothing() {
        assert_eq!((held("APPROVED"), held(" spam "), held("post-trashed")), (Some(false), Some(true), None));
    }
}
