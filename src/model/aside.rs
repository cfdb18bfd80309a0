//! What a thread alone can tell of relevance: two causes at their natural rates.

use super::logistic::sigmoid;
use serde::{Deserialize, Serialize};

/// How steeply the probability of adding nothing falls with the length.
const STEEPNESS: f64 = 3.;

/// How a comment is judged off topic where no article is known, only the comments before it.
///
/// Two causes make one (a noisy or, Pearl 1988): it strayed from another thread, which is rare and shows in its words, or
/// it adds nothing, which readers say of a fifth of the short comments and hardly ever of long ones.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Aside {
    /// How common comments from other threads are, above 0 and below 1.
    pub strayed: f64,
    /// How common it is that a very short comment adds nothing, from 0 and below 1.
    pub idle: f64,
    /// Words of a comment of which half as many add nothing, above 0.
    pub words: f64,
}

impl Aside {
    /// Joins both causes. `probability` is that of having strayed at `base_rate`; the result is within (0, 1).
    pub fn probability(&self, probability: f64, base_rate: f64, words: f64) -> f64 {
        let log_odds = |p: f64| (p / (1. - p)).ln();
        let strayed = sigmoid(log_odds(probability) + log_odds(self.strayed) - log_odds(base_rate));
        let idle = self.idle / (1. + (words / self.words).powf(STEEPNESS));
        1. - (1. - strayed) * (1. - idle)
    }

    /// Tells whether every number is within its range.
    pub fn is_sound(&self) -> bool {
        self.strayed > 0. && self.strayed < 1. && (0. ..1.).contains(&self.idle) && self.words > 0. && self.words < 1e6
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASIDE: Aside = Aside { strayed: 0.02, idle: 0.2, words: 50. };

    #[test]
    fn either_cause_is_enough() {
        let plain = ASIDE.probability(0.1, 0.1, 500.);
        assert!((plain - 0.02).abs() < 0.001, "{plain}");
        assert!(ASIDE.probability(0.1, 0.1, 3.) > 0.2);
        assert!(ASIDE.probability(0.99, 0.1, 500.) > 0.9);
        assert!(ASIDE.probability(0.99, 0.1, 3.) > ASIDE.probability(0.99, 0.1, 500.));
    }

    #[test]
    fn numbers_out_of_range_are_not_sound() {
        assert!(ASIDE.is_sound());
        for wrong in [
            Aside { strayed: 0., ..ASIDE },
            Aside { strayed: f64::NAN, ..ASIDE },
            Aside { idle: 1., ..ASIDE },
            Aside { words: 0., ..ASIDE },
        ] {
            assert!(!wrong.is_sound(), "{wrong:?}");
        }
    }
}
