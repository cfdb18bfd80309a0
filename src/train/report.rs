//! What training did, for the person who ran it.

use super::Parameters;
use crate::model::LabelCard;
use serde::Serialize;
use std::fmt;

/// A report of rows, class balance, features and held-out quality.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Rows that were read.
    pub rows: usize,
    /// N-grams that were counted, repeats in a row left out.
    pub entries: usize,
    /// Folds that were held out in turn.
    pub folds: usize,
    /// The labels of the model: those that were trained and those kept of the base.
    pub labels: Vec<LabelCard>,
    /// The labels that were trained now.
    pub trained: Vec<crate::label::Label>,
}

impl Report {
    pub(super) fn new<'a>(
        parameters: &Parameters,
        (rows, entries): (usize, usize),
        labels: impl Iterator<Item = &'a LabelCard>,
    ) -> Self {
        Self {
            rows,
            entries,
            folds: parameters.folds,
            labels: labels.cloned().collect(),
            trained: parameters.labels.clone(),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} rows, {} n-grams in them, {} folds held out in turn", self.rows, self.entries, self.folds)?;
        writeln!(
            f,
            "{:<18}{:>8}{:>10}{:>10}  {:<22}{:<20}at 2 % false alarms",
            "label", "rows", "positive", "features", "held-out AUC", "average precision"
        )?;
        for card in &self.labels {
            let kept = match (self.trained.contains(&card.label), card.sources_held_out) {
                (false, _) => "  (kept)",
                (true, true) => "  (whole sources held out)",
                (true, false) => "",
            };
            let (auc, precision) = (card.held_out_auc, card.held_out_average_precision);
            // Models of before have no interval.
            let point = card.operating_points.iter().find(|point| point.name == "false-alarms-0.02");
            let within = point.map(|point| (100. * point.recall.low, 100. * point.recall.high));
            let within = within.map_or_else(String::new, |(low, high)| format!(" ({low:.0}–{high:.0})"));
            writeln!(
                f,
                "{:<18}{:>8}{:>9.1}%{:>10}  {:.3} ({:.3}–{:.3})   {:.3} ({:.3}–{:.3}) {:>4.0} %{} caught{kept}",
                card.label,
                card.rows,
                100. * card.positives as f64 / card.rows.max(1) as f64,
                card.features,
                auc.value,
                auc.low,
                auc.high,
                precision.value,
                precision.low,
                precision.high,
                100. * card.recall_at_two_percent_false_alarms,
                within,
            )?;
        }
        Ok(())
    }
}
