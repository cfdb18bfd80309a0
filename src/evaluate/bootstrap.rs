//! The bootstrap: how much a figure would move if other rows of the same kind had been drawn.
//!
//! Rows are drawn with replacement (Efron 1979); an interval is the 2.5th to the 97.5th percentile of what the resamples
//! give. Every resample has a stream of random numbers of its own, so that the figures do not depend on the threads.

use crate::model::Measure;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

/// How often each row is drawn in one resample.
pub type Counts = [f64];

/// Computes `figures` on resamples of `rows` rows; returns what each figure was in every resample.
pub fn resample<const N: usize>(
    rows: usize,
    seed: u64,
    resamples: usize,
    figures: impl Fn(&Counts) -> [f64; N] + Sync,
) -> [Vec<f64>; N] {
    let drawn: Vec<[f64; N]> = (0..resamples as u64)
        .into_par_iter()
        .map_init(
            || vec![0.; rows],
            |counts, number| {
                let mut rng = ChaCha8Rng::seed_from_u64(seed);
                rng.set_stream(number);
                counts.fill(0.);
                for _ in 0..rows {
                    counts[rng.random_range(0..rows)] += 1.;
                }
                figures(counts)
            },
        )
        .collect();
    std::array::from_fn(|figure| drawn.iter().map(|figures| figures[figure]).collect())
}

/// Puts a value and its resampled values together; `None` where the value is not defined.
pub fn measure(value: f64, resampled: Vec<f64>) -> Option<Measure> {
    let (low, high) = interval(resampled).unwrap_or((value, value));
    value.is_finite().then_some(Measure { value, low, high })
}

/// Returns the 2.5th and 97.5th percentile of resampled values, those that are not defined left out.
pub fn interval(mut resampled: Vec<f64>) -> Option<(f64, f64)> {
    resampled.retain(|value| value.is_finite());
    resampled.sort_by(f64::total_cmp);
    let last = resampled.len().checked_sub(1)? as f64;
    let at = |share: f64| resampled.get((last * share).round() as usize).copied();
    Some((at(0.025)?, at(0.975)?))
}

/// Returns the two-sided bootstrap p-value of a difference being 0: twice the share of resamples on the rarer side.
pub fn p_value(resampled: &[f64]) -> f64 {
    let (mut below, mut above, mut all) = (1., 1., 1.);
    for difference in resampled.iter().filter(|difference| difference.is_finite()) {
        below += f64::from(u8::from(*difference <= 0.));
        above += f64::from(u8::from(*difference >= 0.));
        all += 1.;
    }
    f64::min(1., 2. * f64::min(below, above) / all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_of_a_mean_is_the_textbook_one() {
        // 400 coin flips, 100 heads: standard error of the share is .0217.
        let heads: Vec<f64> = (0..400).map(|at| f64::from(u8::from(at % 4 == 0))).collect();
        let mean = |counts: &Counts| [counts.iter().zip(&heads).map(|(count, head)| count * head).sum::<f64>() / 400.];
        let [drawn] = resample(400, 1, 2000, mean);
        let (low, high) = interval(drawn.clone()).unwrap();
        approx::assert_abs_diff_eq!(low, 0.25 - 1.96 * 0.0217, epsilon = 0.006);
        approx::assert_abs_diff_eq!(high, 0.25 + 1.96 * 0.0217, epsilon = 0.006);
        assert_eq!(drawn, resample(400, 1, 2000, mean)[0]);
        assert_ne!(drawn, resample(400, 2, 2000, mean)[0]);
    }

    #[test]
    fn resamples_do_not_depend_on_the_number_of_threads() {
        let draw = || resample(50, 7, 20, |counts| [counts.iter().enumerate().map(|(at, n)| at as f64 * n).sum()]);
        let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap().install(draw);
        let four = rayon::ThreadPoolBuilder::new().num_threads(4).build().unwrap().install(draw);
        assert_eq!(alone, four);
    }

    #[test]
    fn p_is_small_for_a_clear_difference_and_large_for_none() {
        assert!(p_value(&[0.1; 999]) < 0.01);
        assert_eq!(p_value(&[0.; 100]), 1.);
        assert!(p_value(&[-1., 1., -1., 1.]) > 0.9);
        assert_eq!(p_value(&[]), 1.);
    }
}
