//! Where one comment ends and the next begins, inside a zone without marks.

use super::Piece;
use super::line::{Line, join};
use super::phrases::is_button;

/// Cuts a zone into comments.
pub(super) fn comments(zone: &[Line<'_>], _count: Option<u64>) -> Vec<Piece> {
    let kept: Vec<Line<'_>> = zone.iter().filter(|line| !is_button(line.text)).copied().collect();
    kept.iter().map(|line| Piece { text: join(&[*line]), ..Piece::default() }).collect()
}
