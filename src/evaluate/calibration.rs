//! Whether probabilities mean what they say: Brier score and skill, calibration error, slope and intercept.

use super::bootstrap::{Counts, measure, resample};
use crate::model::{Measure, sigmoid};
use crate::policy::shift;
use serde::Serialize;

/// Bins of equal width over which the calibration error is summed (Guo et al. 2017).
const WIDTHS: usize = 15;
/// Newton steps on all rows, and from there on a resample.
const STEPS: (usize, usize) = (30, 4);
/// Log-odds beyond which a probability is taken as certain.
const CERTAIN: f64 = 30.;

/// Calibration at the set's own base rate: of probabilities moved from the rate they are given at to the share of
/// positives among the rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CalibrationFigures {
    /// The rate at which the model gives its probabilities.
    pub from_rate: f64,
    /// The share of positives among the rows, to which they were moved.
    pub base_rate: f64,
    /// Mean squared error.
    pub brier: Measure,
    /// 1 − Brier / (Brier of always saying the base rate): above 0 is better than knowing the rate alone.
    pub brier_skill: Measure,
    /// Expected calibration error over 15 bins of equal width. Without interval: resampling only ever raises it.
    pub ece: f64,
    /// Slope of a logistic regression of targets on log-odds (Cox 1958); below 1 the scores are too sure of themselves.
    /// `None` where it does not exist, as when scores part the classes.
    pub slope: Option<Measure>,
    /// Intercept of that regression with the slope held at 1: above 0 the probabilities are too low as a whole.
    pub intercept: Option<Measure>,
}

/// One bin of a reliability diagram.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bin {
    /// Rows in it.
    pub rows: usize,
    /// Their mean probability.
    pub mean: f64,
    /// The share of positives among them.
    pub share: f64,
}

impl CalibrationFigures {
    /// Computes the figures; `None` without rows of both classes. `pairs` are probabilities given at `from_rate` with their
    /// targets.
    pub fn of(pairs: &[(f64, bool)], from_rate: f64, seed: u64, resamples: usize) -> Option<Self> {
        let base_rate = own_rate(pairs)?;
        let moved = moved(pairs, from_rate, base_rate);
        let odds: Vec<(f64, bool)> = moved.iter().map(|(p, target)| (log_odds(*p), *target)).collect();
        let ones = vec![1.; moved.len()];
        // From no slope at all Newton's steps stay small; where scores are very sure they would leap from a slope of 1.
        let fit = regression(&odds, &ones, (log_odds(base_rate), 0.), STEPS.0);
        let large = in_the_large(&odds, &ones, 0., STEPS.0);
        let value = brier(&moved, &ones);
        let [brier, skill, slope, intercept] = resample(moved.len(), seed, resamples, |counts| {
            let (brier, skill) = brier(&moved, counts);
            let slope = fit.and_then(|start| regression(&odds, counts, start, STEPS.1)).map(|(_, slope)| slope);
            [brier, skill, slope.unwrap_or(f64::NAN), in_the_large(&odds, counts, large, STEPS.1)]
        });
        Some(Self {
            from_rate,
            base_rate,
            brier: measure(value.0, brier)?,
            brier_skill: measure(value.1, skill)?,
            ece: ece(&moved),
            slope: fit.and_then(|(_, value)| measure(value, slope)),
            intercept: measure(large, intercept),
        })
    }
}

/// Returns the bins of a reliability diagram at the set's own base rate, each of about the same number of rows.
pub fn reliability(pairs: &[(f64, bool)], from_rate: f64, bins: usize) -> Vec<Bin> {
    let Some(base_rate) = own_rate(pairs) else { return Vec::new() };
    let mut moved = moved(pairs, from_rate, base_rate);
    moved.sort_by(|a, b| a.0.total_cmp(&b.0));
    let size = moved.len().div_ceil(bins.max(1)).max(1);
    moved.chunks(size).map(bin).collect()
}

fn bin(rows: &[(f64, bool)]) -> Bin {
    let count = rows.len().max(1) as f64;
    Bin {
        rows: rows.len(),
        mean: rows.iter().map(|(p, _)| p).sum::<f64>() / count,
        share: rows.iter().filter(|(_, target)| *target).count() as f64 / count,
    }
}

/// The share of positives; `None` without rows of both classes.
fn own_rate(pairs: &[(f64, bool)]) -> Option<f64> {
    let positives = pairs.iter().filter(|(_, target)| *target).count();
    (positives > 0 && positives < pairs.len()).then(|| positives as f64 / pairs.len() as f64)
}

fn moved(pairs: &[(f64, bool)], from: f64, to: f64) -> Vec<(f64, bool)> {
    pairs.iter().map(|(p, target)| (shift(*p, from, to), *target)).collect()
}

fn log_odds(p: f64) -> f64 {
    (p / (1. - p)).ln().clamp(-CERTAIN, CERTAIN)
}

/// Brier score and skill; the skill of a resample is against that resample's own share of positives.
fn brier(pairs: &[(f64, bool)], counts: &Counts) -> (f64, f64) {
    let (mut squares, mut positives, mut rows) = (0., 0., 0.);
    for ((p, target), count) in pairs.iter().zip(counts) {
        let target = f64::from(u8::from(*target));
        squares += count * (p - target).powi(2);
        positives += count * target;
        rows += count;
    }
    let rate = positives / rows;
    (squares / rows, 1. - squares / rows / (rate * (1. - rate)))
}

fn ece(pairs: &[(f64, bool)]) -> f64 {
    let mut bins = [(0., 0.); WIDTHS];
    for (p, target) in pairs {
        let bin = ((p * WIDTHS as f64) as usize).min(WIDTHS - 1);
        bins[bin].0 += p;
        bins[bin].1 += f64::from(u8::from(*target));
    }
    bins.iter().map(|(sum, positives)| (sum - positives).abs()).sum::<f64>() / pairs.len() as f64
}

/// Logistic regression of targets on one number by Newton's method; returns intercept and slope, `None` where the steps do
/// not settle.
fn regression(rows: &[(f64, bool)], counts: &Counts, start: (f64, f64), steps: usize) -> Option<(f64, f64)> {
    let (mut intercept, mut slope) = start;
    let mut last = f64::INFINITY;
    for _ in 0..steps {
        let (mut g, mut gx, mut h, mut hx, mut hxx) = (0., 0., 0., 0., 0.);
        for ((x, target), count) in rows.iter().zip(counts).filter(|(_, count)| **count > 0.) {
            let p = sigmoid(intercept + slope * x);
            let (residual, weight) = (count * (f64::from(u8::from(*target)) - p), count * p * (1. - p));
            g += residual;
            gx += residual * x;
            h += weight;
            hx += weight * x;
            hxx += weight * x * x;
        }
        let determinant = h * hxx - hx * hx;
        if determinant <= 1e-9 * h * hxx {
            return None;
        }
        let (up, tilt) = ((hxx * g - hx * gx) / determinant, (h * gx - hx * g) / determinant);
        // Far from the solution a whole step may overshoot.
        let scale = f64::min(1., 2. / up.abs().max(tilt.abs()).max(1e-12));
        intercept += scale * up;
        slope += scale * tilt;
        last = up.abs().max(tilt.abs());
        if last < 1e-9 {
            break;
        }
    }
    (last < 1e-3 && slope.is_finite()).then_some((intercept, slope))
}

/// The intercept that makes mean probability and share of positives equal, the slope held at 1; NaN without one.
fn in_the_large(rows: &[(f64, bool)], counts: &Counts, start: f64, steps: usize) -> f64 {
    let mut intercept = start;
    for _ in 0..steps {
        let (mut gradient, mut curvature) = (0., 0.);
        for ((x, target), count) in rows.iter().zip(counts).filter(|(_, count)| **count > 0.) {
            let p = sigmoid(intercept + x);
            gradient += count * (f64::from(u8::from(*target)) - p);
            curvature += count * p * (1. - p);
        }
        let step = gradient / curvature.max(1e-12);
        intercept += step.clamp(-2., 2.);
        if step.abs() < 1e-9 {
            break;
        }
    }
    if intercept.abs() < CERTAIN { intercept } else { f64::NAN }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows whose true log-odds are `slope` times those of their score, plus `intercept`.
    fn rows(slope: f64, intercept: f64) -> Vec<(f64, bool)> {
        let mut rows = Vec::new();
        for at in -30..=30 {
            let odds = f64::from(at) / 10.;
            let positives = (1000. * sigmoid(slope * odds + intercept)).round() as usize;
            rows.extend((0..1000).map(|row| (sigmoid(odds), row < positives)));
        }
        rows
    }

    fn figures(rows: &[(f64, bool)]) -> CalibrationFigures {
        CalibrationFigures::of(rows, own_rate(rows).unwrap(), 1, 20).unwrap()
    }

    #[test]
    fn sound_probabilities_are_found_sound() {
        let figures = figures(&rows(1., 0.));
        assert!(figures.ece < 0.01, "{figures:?}");
        let slope = figures.slope.unwrap();
        assert!((slope.value - 1.).abs() < 0.01 && slope.low < slope.value && slope.value < slope.high, "{figures:?}");
        assert!(figures.intercept.unwrap().value.abs() < 0.01 && figures.brier_skill.value > 0.3, "{figures:?}");
    }

    #[test]
    fn what_is_too_sure_has_a_slope_below_one() {
        let figures = figures(&rows(0.5, 0.));
        assert!((figures.slope.unwrap().value - 0.5).abs() < 0.02 && figures.ece > 0.05, "{figures:?}");
    }

    #[test]
    fn probabilities_are_moved_to_the_sets_own_rate() {
        // Calibrated where half is positive, met where far fewer are: after the shift it is sound again.
        let rows = rows(1., -2.);
        let rate = own_rate(&rows).unwrap();
        let plain = CalibrationFigures::of(&rows, rate, 1, 5).unwrap();
        assert!(plain.intercept.unwrap().value < -1.5, "{plain:?}");
        let shifted = CalibrationFigures::of(&rows, 0.5, 1, 5).unwrap();
        assert!(shifted.ece < plain.ece && shifted.base_rate == rate, "{shifted:?}");
    }

    #[test]
    fn very_sure_scores_have_a_slope() {
        // Eight of ten are right, all at log-odds of ±11.
        let rows: Vec<(f64, bool)> = (0..400)
            .map(|at| (sigmoid(if at % 2 == 0 { 11. } else { -11. }), (at % 2 == 0) != (at % 10 < 2)))
            .collect();
        let slope = figures(&rows).slope.unwrap();
        assert!(slope.value > 0.05 && slope.value < 0.3, "{slope:?}");
    }

    #[test]
    fn parted_classes_have_no_slope_and_one_class_no_figures() {
        let parted = [(0.1, false), (0.2, false), (0.8, true), (0.9, true)];
        assert_eq!(CalibrationFigures::of(&parted, 0.5, 1, 5).unwrap().slope, None);
        assert_eq!(CalibrationFigures::of(&[(0.3, true)], 0.5, 1, 5), None);
        assert!(reliability(&[], 0.5, 10).is_empty());
    }

    #[test]
    fn bins_hold_all_rows_from_low_to_high() {
        let bins = reliability(&rows(1., 0.), 0.5, 10);
        assert_eq!(bins.iter().map(|bin| bin.rows).sum::<usize>(), 61_000);
        assert!(bins.len() == 10 && bins.windows(2).all(|two| two[0].mean <= two[1].mean));
        assert!(bins.iter().all(|bin| (bin.mean - bin.share).abs() < 0.02), "{bins:?}");
    }
}
