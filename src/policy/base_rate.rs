//! A site's own rate: how common a label is here, against where the model was calibrated.

/// Moves a calibrated probability from one base rate to another.
///
/// The odds change by the ratio of the two rates' odds (a shift of the log-odds), as Bayes' rule has it when only the
/// prior differs: Saerens, Latinne and Decaestecker, "Adjusting the Outputs of a Classifier to New a Priori
/// Probabilities", Neural Computation 14 (2002). 0 and 1 stay what they are and the order of scores is kept. A rate
/// that is not above 0 and below 1 changes nothing.
pub fn shift(p: f64, from_rate: f64, to_rate: f64) -> f64 {
    let is_rate = |rate: f64| rate > 0.0 && rate < 1.0;
    if !is_rate(from_rate) || !is_rate(to_rate) || from_rate == to_rate {
        return p;
    }
    let for_it = p * (to_rate / from_rate);
    let against = (1.0 - p) * ((1.0 - to_rate) / (1.0 - from_rate));
    for_it / (for_it + against)
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;
    use proptest::prelude::*;

    #[test]
    fn the_log_odds_move_by_the_difference_of_the_rates() {
        let logit = |p: f64| (p / (1.0 - p)).ln();
        let shifted = shift(0.3, 0.5, 0.1);
        assert_relative_eq!(logit(shifted), logit(0.3) + logit(0.1) - logit(0.5), epsilon = 1e-12);
        assert_relative_eq!(shift(0.5, 0.5, 0.02), 0.02, epsilon = 1e-12);
    }

    #[test]
    fn what_is_no_rate_changes_nothing() {
        for (from, to) in [(0.0, 0.5), (0.5, 1.0), (f64::NAN, 0.5), (0.5, f64::INFINITY)] {
            assert_eq!(shift(0.4, from, to), 0.4);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn shifted_probabilities_are_probabilities_in_the_same_order(
            p in 0.0..=1.0f64, q in 0.0..=1.0f64, from in 1e-9..0.999_999_999f64, to in 1e-9..0.999_999_999f64,
        ) {
            let (low, high) = (p.min(q), p.max(q));
            let (a, b) = (shift(low, from, to), shift(high, from, to));
            prop_assert!((0.0..=1.0).contains(&a) && (0.0..=1.0).contains(&b), "{a} {b}");
            prop_assert!(a <= b + 1e-15);
            prop_assert!((shift(a, to, from) - low).abs() < 1e-6);
        }
    }
}
