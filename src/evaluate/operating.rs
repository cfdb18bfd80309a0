//! Named operating points: thresholds that keep a promise on held-out rows, and what they do there.

use super::decisions::Step;
use super::measures::Scored;
use crate::model::{Measure, OperatingPoint};

/// Shares of negatives that may be flagged.
const FALSE_ALARMS: [f64; 3] = [0.01, 0.02, 0.05];
/// Shares of positives among what is flagged.
const PRECISIONS: [f64; 2] = [0.8, 0.9];
/// Positives that must be flagged where precision is promised: the first few rows keep any promise by luck.
const FEWEST: f64 = 10.;
/// Normal quantile of a two-sided 95 % interval.
const Z: f64 = 1.959_963_985;

impl Scored {
    /// Returns the named operating points, the most cautious promise first. `base_rate` is the share of positives for which
    /// precision is told; the rows themselves may have another. A point whose promise no threshold keeps is left out, as
    /// are all without rows of both classes.
    pub fn operating_points(&self, base_rate: f64) -> Vec<OperatingPoint> {
        let (positives, negatives) = (self.positives() as f64, (self.rows() - self.positives()) as f64);
        if positives == 0. || negatives == 0. {
            return Vec::new();
        }
        let steps = self.steps();
        let at = |name: String, flagged: Step| {
            let recall = wilson(flagged.positives, positives);
            let false_alarms = wilson(flagged.negatives, negatives);
            let precision = precision(recall, false_alarms, base_rate);
            OperatingPoint { name, threshold: flagged.score, recall, precision, false_alarms }
        };
        let last = |promise: &dyn Fn(&Step) -> bool| steps.iter().rev().find(|flagged| promise(flagged)).copied();
        let rare = FALSE_ALARMS.iter().filter_map(|&share| {
            let kept = last(&|flagged| flagged.negatives <= share * negatives)?;
            Some(at(format!("false-alarms-{share}"), kept))
        });
        let sure = PRECISIONS.iter().rev().filter_map(|&share| {
            let promise = |flagged: &Step| {
                let right = base_rate * flagged.positives / positives;
                let wrong = (1. - base_rate) * flagged.negatives / negatives;
                flagged.positives >= FEWEST && right >= share * (right + wrong)
            };
            Some(at(format!("precision-{share}"), last(&promise)?))
        });
        rare.chain(sure).collect()
    }
}

/// Returns a share with its score interval (Wilson 1927); `n` must not be 0.
fn wilson(count: f64, n: f64) -> Measure {
    let value = count / n;
    let middle = value + Z * Z / (2. * n);
    let reach = Z * (value * (1. - value) / n + (Z / (2. * n)).powi(2)).sqrt();
    let scale = 1. + Z * Z / n;
    // At the ends rounding would leave the value outside by a hair.
    let (low, high) = ((middle - reach) / scale, (middle + reach) / scale);
    Measure { value, low: low.clamp(0., value), high: high.clamp(value, 1.) }
}

/// Returns the share of positives among what is flagged where they are as common as `base_rate`.
///
/// Its odds are those of the base rate times recall / false alarms; the interval of that ratio is put together from the
/// intervals of both (Zou & Donner 2008, the method of variance estimates recovery). Where one of them is 0 and has no
/// logarithm, the far ends of both intervals stand for it: wider, never narrower.
fn precision(recall: Measure, false_alarms: Measure, base_rate: f64) -> Measure {
    let share = |recall: f64, false_alarms: f64| {
        let (right, wrong) = (base_rate * recall, (1. - base_rate) * false_alarms);
        if right + wrong > 0. { right / (right + wrong) } else { 0. }
    };
    let value = share(recall.value, false_alarms.value);
    if recall.value == 0. || false_alarms.value == 0. {
        let (low, high) = (share(recall.low, false_alarms.high), share(recall.high, false_alarms.low));
        return Measure { value, low: low.min(value), high: high.max(value) };
    }
    let ratio = (recall.value / false_alarms.value).ln();
    let reach = |up: f64, down: f64| (up / recall.value).ln().hypot((down / false_alarms.value).ln());
    let of_ratio = |ratio: f64| share(ratio.exp(), 1.);
    let low = of_ratio(ratio - reach(recall.low, false_alarms.high));
    let high = of_ratio(ratio + reach(recall.high, false_alarms.low));
    Measure { value, low: low.min(value), high: high.max(value) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn wilson_is_the_textbook_one() {
        // Newcombe (1998), table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
        for (count, of, low, high) in
            [(81., 263., 0.2553, 0.3662), (15., 148., 0.0624, 0.1605), (0., 20., 0., 0.1611), (1., 29., 0.0061, 0.1718)]
        {
            let share = wilson(count, of);
            approx::assert_abs_diff_eq!(share.low, low, epsilon = 1e-4);
            approx::assert_abs_diff_eq!(share.high, high, epsilon = 1e-4);
        }
    }

    #[test]
    fn promises_are_kept_and_no_lower_threshold_keeps_them() {
        // 1,000 negatives below, 200 positives above, with an overlap.
        let negatives = (0..1000).map(|at| (f64::from(at) / 1000., false));
        let positives = (0..200).map(|at| (0.8 + f64::from(at) / 500., true));
        let scored = Scored::of_pairs(negatives.chain(positives).collect());
        let points = scored.operating_points(0.1);
        let names: Vec<&str> = points.iter().map(|point| point.name.as_str()).collect();
        assert_eq!(
            names,
            ["false-alarms-0.01", "false-alarms-0.02", "false-alarms-0.05", "precision-0.9", "precision-0.8"]
        );
        let alarms = |at: usize| points[at].false_alarms.value;
        assert_eq!([alarms(0), alarms(1), alarms(2)], [0.01, 0.02, 0.05]);
        for (point, promised) in points[3..].iter().zip([0.9, 0.8]) {
            assert!(point.precision.value >= promised && point.precision.value < promised + 0.01, "{point:?}");
        }
        for Measure { value, low, high } in points.iter().flat_map(|p| [p.recall, p.precision, p.false_alarms]) {
            assert!(0. <= low && low <= value && value <= high && high <= 1.);
        }
    }

    #[test]
    fn what_cannot_be_promised_is_not_named() {
        let of = |pairs: Vec<(f64, bool)>| Scored::of_pairs(pairs).operating_points(0.1);
        assert_eq!(of(vec![]), []);
        assert_eq!(of(vec![(0.5, true); 30]), []);
        // All rows tie: whatever is flagged, all is.
        assert_eq!(of((0..60).map(|at| (0.5, at % 2 == 0)).collect()), []);
        // Nine positives on top are luck.
        let few: Vec<_> = (0..100).map(|at| (f64::from(at), at > 90)).collect();
        assert!(of(few).iter().all(|point| point.name.starts_with("false-alarms")));
    }

    #[test]
    fn without_a_false_alarm_precision_is_still_uncertain() {
        let scored = Scored::of_pairs((0..100).map(|at| (f64::from(at), at >= 50)).collect());
        let point = &scored.operating_points(0.1)[0];
        assert_eq!((point.threshold, point.false_alarms.value), (50., 0.));
        assert!(point.precision.low < 0.9 && point.precision.high == 1., "{point:?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn intervals_hold_their_values(pairs in prop::collection::vec((0..50_u8, any::<bool>()), 0..200), rate in 0.001..0.999) {
            let scored = Scored::of_pairs(pairs.iter().map(|(score, target)| (f64::from(*score), *target)).collect());
            for point in scored.operating_points(rate) {
                for Measure { value, low, high } in [point.recall, point.precision, point.false_alarms] {
                    prop_assert!(0. <= low && low <= value && value <= high && high <= 1.);
                }
            }
        }
    }
}
