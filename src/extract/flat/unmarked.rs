//! Comments that run on after the article with no mark: found by how lines sound, with a margin.

use super::byline::byline;
use super::line::{Line, part};
use super::phrases::{is_button, is_form};
use super::prose::{Sound, sound};
use super::{Found, cuts};

/// The fewest lines on each side of the place where comments begin.
const LEAST: usize = 3;

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
    let sounds: Vec<Sound> = zone.iter().map(hear).collect();
    let likely = if count.is_some() { mean(&sounds) > -1.0 } else { mean(&sounds) > 0.3 && voices(&sounds) >= 0.4 };
    if !likely {
        return None;
    }
    let mut comments = if count == Some(1) { cuts::only(zone) } else { cuts::comments(zone) };
    cuts::sign(&mut comments, zone.first().and_then(byline));
    let from = start + lead;
    (!comments.is_empty()).then(|| Found { zone: from..from + end, comments, source: "flat-heading", confidence: 0.6 })
}

/// Finds the place where the article ends and comments begin; none where no place stands out.
///
/// Every line is heard on its own; the place that parts low from high scores best is taken when the two sides lie far
/// apart for their spread, or when what stands below is beyond doubt by itself.
pub(super) fn find(lines: &[Line<'_>], count: Option<u64>) -> Option<Found> {
    if count == Some(0) {
        return None;
    }
    let end = lines.len() - lines.iter().rev().take_while(|line| is_form(line.text) || is_button(line.text)).count();
    let body = part(lines, 0..end);
    let sounds: Vec<Sound> = body.iter().map(hear).collect();
    let (start, confidence) = contrast(&sounds).or_else(|| gain(&sounds))?;
    let comments = cuts::comments(part(lines, start..end));
    (!comments.is_empty()).then_some(Found { zone: start..end, comments, source: "flat-unmarked", confidence })
}

/// Hears a line; a button to answer with stands only among comments.
fn hear(line: &Line<'_>) -> Sound {
    let mut heard = sound(line);
    if is_button(line.text) && line.text.chars().any(char::is_alphabetic) {
        heard.score = 1.5;
        heard.voice = true;
    }
    heard
}

pub(super) fn mean(sounds: &[Sound]) -> f64 {
    sounds.iter().map(|sound| sound.score).sum::<f64>() / sounds.len().max(1) as f64
}

/// How many of the lines have a voice.
pub(super) fn voices(sounds: &[Sound]) -> f64 {
    sounds.iter().filter(|sound| sound.voice).count() as f64 / sounds.len().max(1) as f64
}

/// The best single change of the mean, as a t statistic.
fn contrast(sounds: &[Sound]) -> Option<(usize, f64)> {
    let n = sounds.len();
    if n < 4 * LEAST {
        return None;
    }
    let total: f64 = sounds.iter().map(|sound| sound.score).sum();
    let mut before = 0.0;
    let mut best = (0.0, 0);
    for (place, sound) in sounds.iter().enumerate() {
        if place >= LEAST && place + LEAST < n {
            let (left, right) = (place as f64, (n - place) as f64);
            let change = ((total - before) / right - before / left) * (left * right / n as f64).sqrt();
            if change > best.0 {
                best = (change, place);
            }
        }
        before += sound.score;
    }
    let (change, place) = best;
    let (above, below) = sounds.split_at_checked(place)?;
    let (low, high) = (mean(above), mean(below));
    let spread = |side: &[Sound], mean: f64| side.iter().map(|sound| (sound.score - mean).powi(2)).sum::<f64>();
    let deviation = ((spread(above, low) + spread(below, high)) / (n - 2) as f64).sqrt() + 0.15;
    let statistic = change / deviation;
    let strong =
        |side: &[Sound]| side.iter().filter(|sound| sound.score > 0.9).count() as f64 / side.len().max(1) as f64;
    let speaks = voices(below) >= 0.25 && voices(below) > 1.2 * voices(above);
    if place == 0 || statistic < 4.0 || strong(below) < 0.2 || strong(below) < 2.0 * strong(above) || !speaks {
        return None;
    }
    // The first comments may be calmer than the rest: they count when they are nearer to them than to the article.
    let bar = low + 0.3 * (high - low);
    let mut sum = 0.0;
    let mut further = (0.0, place);
    for (back, sound) in above.iter().enumerate().rev().take(below.len() / 2 + 1) {
        sum += sound.score - bar;
        if sum > further.0 {
            further = (sum, back);
        }
    }
    Some((further.1.max(1), (0.3 + 0.05 * statistic).min(0.8)))
}

/// The lines at the end that sound most like comments together, when they do so beyond doubt.
fn gain(sounds: &[Sound]) -> Option<(usize, f64)> {
    const BAR: f64 = 0.4;
    let mut sum = 0.0;
    let mut best = (0.0, sounds.len());
    for (place, sound) in sounds.iter().enumerate().skip(1).rev() {
        sum += sound.score - BAR;
        if sum > best.0 {
            best = (sum, place);
        }
    }
    let (gain, place) = best;
    let (above, below) = sounds.split_at_checked(place)?;
    let high = mean(below) - BAR;
    let far = mean(below) - mean(above) > 1.2;
    let sure = (gain >= 7.0 && high >= 0.45) || (gain >= 1.8 && high >= 0.8 && below.len() >= 2);
    let speaks = voices(below) >= 0.4 && voices(below) >= voices(above);
    (above.len() >= 2 && far && sure && speaks).then_some((place, 0.4))
}
