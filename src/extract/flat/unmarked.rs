//! Comments that run on after the article with no mark: found by how lines sound, with a margin.

use super::line::{Line, part};
use super::phrases::{is_button, is_form};
use super::{Found, cuts, prose};

/// Reads what stands below a heading as comments.
pub(super) fn below_heading(lines: &[Line<'_>], heading: usize, count: Option<u64>) -> Option<Found> {
    let start = heading + 1;
    let rest = part(lines, start..lines.len());
    let lead = rest.iter().take(4).take_while(|line| is_form(line.text) || is_button(line.text)).count();
    let body = part(rest, lead..rest.len());
    let end = body.iter().position(|line| is_form(line.text)).unwrap_or(body.len());
    let zone = part(body, 0..end);
    if zone.is_empty() {
        return None;
    }
    let mean = zone.iter().map(prose::score).sum::<f64>() / zone.len() as f64;
    if mean < if count.is_some() { -1.0 } else { 0.0 } {
        return None;
    }
    let comments = cuts::comments(zone, count);
    let from = start + lead;
    (!comments.is_empty()).then(|| Found { zone: from..from + end, comments, source: "flat-heading", confidence: 0.6 })
}

/// Finds the best place where the article ends and comments begin; none where no place stands out.
pub(super) fn find(lines: &[Line<'_>], count: Option<u64>) -> Option<Found> {
    if count == Some(0) {
        return None;
    }
    let end = lines.iter().position(|line| is_form(line.text)).unwrap_or(lines.len());
    let body = part(lines, 0..end);
    let scores: Vec<f64> = body.iter().map(prose::score).collect();
    let mut sum = 0.0;
    let mut best = (0.0, body.len());
    for (at, score) in scores.iter().enumerate().rev() {
        sum += score;
        if sum > best.0 {
            best = (sum, at);
        }
    }
    let (gain, start) = best;
    let _ = gain;
    if start == 0 || start >= end {
        return None;
    }
    let comments = cuts::comments(part(lines, start..end), count);
    (!comments.is_empty()).then(|| Found { zone: start..end, comments, source: "flat-unmarked", confidence: 0.4 })
}
