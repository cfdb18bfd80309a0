//! What is left of a dump when the comments are gone: headline, body, author, date.

use super::byline::{by, byline};
use super::line::{Line, part};
use super::phrases::{heading, is_button, is_form};
use crate::thread::Article;

/// Makes an article of the lines before the comments.
pub(super) fn article(lines: &[Line<'_>]) -> Article {
    let mut lines = lines;
    // The first short line is the headline when more than a line of text follows.
    let title = match lines {
        [first, rest @ ..] if first.chars <= 150 && first.chars >= 8 && !first.text.ends_with(['.', ',', ';', ':']) => {
            rest.iter().take(8).any(|line| line.chars > first.chars.max(80)).then(|| first.whole.to_owned())
        }
        _ => None,
    };
    if title.is_some() {
        lines = part(lines, 1..lines.len());
    }
    let mut text = String::new();
    let mut author = None;
    let mut date = None;
    for (place, line) in lines.iter().enumerate() {
        // Who and when count only where they stand alone at the top.
        if place < 6 && author.is_none() && line.chars < 60 {
            author = by(line.whole);
            if author.is_some() {
                continue;
            }
        }
        if place < 6
            && date.is_none()
            && let Some(found) = byline(line).filter(|found| found.author.is_none())
        {
            date = found.date;
            continue;
        }
        if is_form(line.whole) || is_button(line.whole) || heading(line.whole).is_some() {
            continue;
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(line.whole);
    }
    Article { title, text: (!text.is_empty()).then_some(text), author, date }
}
