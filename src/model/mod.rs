//! From numbers to posteriors: naive Bayes, its discriminatively scaled form, calibration, the model file and its card.
