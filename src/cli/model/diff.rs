//! What changed from one model to another.

use super::super::output;
use super::super::training::{Progress, Source};
use super::sheet::shown;
use anyhow::anyhow;
use gruff::Moderator;
use gruff::corpus::Columns;
use gruff::model::Card;
use gruff::thread::Row;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display, Formatter};

/// Rows told of that moved most.
const MOST_MOVES: usize = 5;

/// The differences.
#[derive(Debug, Default, PartialEq, Serialize)]
pub(super) struct Diff {
    /// Changed entries of the card, labels and sources left out.
    card: Vec<Change>,
    labels: Listed,
    sources: Listed,
    /// Labels of both models, and how far their n-gram weights agree.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    weights: BTreeMap<String, Agreement>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    scores: BTreeMap<String, Moved>,
}

/// Things with a name: those that came, went and changed.
#[derive(Debug, Default, PartialEq, Serialize)]
struct Listed {
    added: Vec<String>,
    removed: Vec<String>,
    changed: BTreeMap<String, Vec<Change>>,
}

#[derive(Debug, PartialEq, Serialize)]
struct Change {
    what: String,
    old: Value,
    new: Value,
}

/// How alike two columns of weights are.
#[derive(Debug, PartialEq, Serialize)]
struct Agreement {
    correlation: f64,
    /// Slots whose weight is not the same.
    slots_changed: usize,
}

/// How the scores of some rows move.
#[derive(Debug, Default, PartialEq, Serialize)]
struct Moved {
    rows: usize,
    mean_old: f64,
    mean_new: f64,
    mean_absolute_change: f64,
    correlation: f64,
    /// Above the new model's threshold and not above the old one's.
    newly_above: usize,
    no_longer_above: usize,
    /// Rows that only one of the two judges.
    judged_by_one: usize,
    largest: Vec<Move>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Move {
    id: String,
    old: f64,
    new: f64,
}

impl Diff {
    /// Compares cards and weights.
    pub(super) fn of(old: &Moderator, new: &Moderator) -> serde_json::Result<Self> {
        let (a, b) = (serde_json::to_value(old.model().card())?, serde_json::to_value(new.model().card())?);
        let object = |value: Value| if let Value::Object(entries) = value { entries } else { Map::new() };
        let (mut a, mut b) = (object(a), object(b));
        let mut list = |key: &str, name: &str| {
            let (old, new) = (a.remove(key).unwrap_or_default(), b.remove(key).unwrap_or_default());
            Listed::of(&named(&old, name), &named(&new, name))
        };
        let (labels, sources) = (list("labels", "label"), list("sources", "name"));
        let weights = agreements(old, new);
        Ok(Self { card: changes(&a, &b), labels, sources, weights, scores: BTreeMap::new() })
    }

    /// Scores rows with both; returns whether all of them could be read.
    pub(super) fn scores(
        &mut self,
        old: &Moderator,
        new: &Moderator,
        data: &[Source],
        text: Option<String>,
    ) -> anyhow::Result<bool> {
        let shared: Vec<&str> =
            old.labels().iter().filter(|label| new.labels().contains(label)).map(|label| label.as_str()).collect();
        let mut pairs: Vec<Pairs> = shared.iter().map(|_| Pairs::default()).collect();
        let columns = Columns { text, wanted: Some(Vec::new()), ..Columns::default() };
        let (progress, mut complete) = (Progress::new(), true);
        for source in data {
            source.refuse_labels()?;
            let mut rows = 0;
            complete &= source.read(&columns, &progress, |batch| {
                rows += batch.len();
                let (before, after) = (old.judge_rows(batch), new.judge_rows(batch));
                for (label, pairs) in shared.iter().zip(&mut pairs) {
                    for (row, (before, after)) in batch.iter().zip(before.iter().zip(&after)) {
                        pairs.add(row, before.score(label), after.score(label));
                    }
                }
                Ok(())
            })?;
            if rows == 0 {
                progress.pause(|| output::complain(&anyhow!("{}: there is no row in it", source.path().display())));
            }
        }
        progress.finish();
        if !data.is_empty() {
            let threshold = |card: &Card, label: &str| {
                let card = card.labels.iter().find(|card| card.label.as_str() == label);
                card.map_or(f64::INFINITY, |card| card.threshold_at_two_percent_false_alarms)
            };
            let moved = |(label, pairs): (&&str, Pairs)| {
                let thresholds = (threshold(old.model().card(), label), threshold(new.model().card(), label));
                ((*label).to_owned(), pairs.moved(thresholds))
            };
            self.scores = shared.iter().zip(pairs).map(moved).collect();
        }
        Ok(complete)
    }
}

/// Scores of both models for one label.
#[derive(Debug, Default)]
struct Pairs {
    scores: Vec<(f64, f64)>,
    judged_by_one: usize,
    largest: Vec<Move>,
}

impl Pairs {
    fn add(&mut self, row: &Row, old: Option<f64>, new: Option<f64>) {
        let (Some(old), Some(new)) = (old, new) else {
            self.judged_by_one += usize::from(old.is_some() != new.is_some());
            return;
        };
        self.scores.push((old, new));
        let size = (new - old).abs();
        let place = self.largest.iter().position(|other| size > (other.new - other.old).abs());
        let place = place.unwrap_or(self.largest.len());
        if place < MOST_MOVES && size > 0. {
            self.largest.insert(place, Move { id: row.id.clone().unwrap_or_default(), old, new });
            self.largest.truncate(MOST_MOVES);
        }
    }

    fn moved(self, (old, new): (f64, f64)) -> Moved {
        let count = self.scores.len().max(1) as f64;
        let mean = |of: fn(&(f64, f64)) -> f64| self.scores.iter().map(of).sum::<f64>() / count;
        let above = |(a, b): &(f64, f64)| (*a >= old, *b >= new);
        Moved {
            rows: self.scores.len(),
            mean_old: mean(|(old, _)| *old),
            mean_new: mean(|(_, new)| *new),
            mean_absolute_change: mean(|(old, new)| (new - old).abs()),
            correlation: correlation(self.scores.iter().copied()),
            newly_above: self.scores.iter().filter(|pair| above(pair) == (false, true)).count(),
            no_longer_above: self.scores.iter().filter(|pair| above(pair) == (true, false)).count(),
            judged_by_one: self.judged_by_one,
            largest: self.largest,
        }
    }
}

/// Pearson's correlation; 1 where neither side varies.
fn correlation(pairs: impl Iterator<Item = (f64, f64)>) -> f64 {
    let (mut n, mut a, mut b, mut aa, mut bb, mut ab) = (0., 0., 0., 0., 0., 0.);
    for (x, y) in pairs {
        n += 1.;
        a += x;
        b += y;
        aa += x * x;
        bb += y * y;
        ab += x * y;
    }
    let (vary_a, vary_b) = (n * aa - a * a, n * bb - b * b);
    let tiny = |vary: f64, square: f64| vary <= 1e-12 * (n * square).max(1e-300);
    match (tiny(vary_a, aa), tiny(vary_b, bb)) {
        (true, true) => 1.,
        (true, false) | (false, true) => 0.,
        (false, false) => (n * ab - a * b) / (vary_a * vary_b).sqrt(),
    }
}

fn agreements(old: &Moderator, new: &Moderator) -> BTreeMap<String, Agreement> {
    let (a, b) = (old.model(), new.model());
    let columns = |label: &str| Some((a.weights().column(a.column(label)?), b.weights().column(b.column(label)?)));
    let agreement = |(old, new): (Vec<f64>, Vec<f64>)| Agreement {
        correlation: correlation(old.iter().copied().zip(new.iter().copied())),
        slots_changed: old.iter().zip(&new).filter(|(old, new)| old != new).count(),
    };
    let of = |label: &gruff::Label| Some((label.as_str().to_owned(), agreement(columns(label.as_str())?)));
    old.labels().iter().filter_map(of).collect()
}

/// The entries of a list by their name; of two of one name the second gets a number.
fn named(list: &Value, name: &str) -> BTreeMap<String, Map<String, Value>> {
    let mut named = BTreeMap::new();
    for entry in list.as_array().into_iter().flatten().filter_map(Value::as_object) {
        let plain = entry.get(name).and_then(Value::as_str).unwrap_or_default();
        let mut unique = plain.to_owned();
        let mut number = 2;
        while named.contains_key(&unique) {
            unique = format!("{plain} ({number})");
            number += 1;
        }
        named.insert(unique, flat(entry));
    }
    named
}

/// An entry in which each item of a list of named things is a key of its own, so that a change is told of it alone.
fn flat(entry: &Map<String, Value>) -> Map<String, Value> {
    let mut flat = Map::new();
    for (key, value) in entry {
        let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
        let names: Vec<&str> = list.iter().filter_map(|item| item.get("name")?.as_str()).collect();
        if names.is_empty() || names.len() < list.len() {
            flat.insert(key.clone(), value.clone());
        }
        for (name, item) in names.iter().zip(list) {
            let rest = item.as_object().into_iter().flatten().filter(|(key, _)| *key != "name");
            let rest: Map<String, Value> = rest.map(|(key, value)| (key.clone(), value.clone())).collect();
            flat.insert(format!("{key}, {name}"), rest.into());
        }
    }
    flat
}

fn changes(old: &Map<String, Value>, new: &Map<String, Value>) -> Vec<Change> {
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let of = |entries: &Map<String, Value>, key: &str| entries.get(key).cloned().unwrap_or_default();
    keys.into_iter()
        .map(|key| Change { what: key.clone(), old: of(old, key), new: of(new, key) })
        .filter(|change| change.old != change.new)
        .collect()
}

impl Listed {
    fn of(old: &BTreeMap<String, Map<String, Value>>, new: &BTreeMap<String, Map<String, Value>>) -> Self {
        let only = |these: &BTreeMap<String, _>, others: &BTreeMap<String, _>| {
            these.keys().filter(|name| !others.contains_key(*name)).cloned().collect()
        };
        let changed = old.iter().filter_map(|(name, old)| Some((name.clone(), changes(old, new.get(name)?))));
        Self {
            added: only(new, old),
            removed: only(old, new),
            changed: changed.filter(|(_, changes)| !changes.is_empty()).collect(),
        }
    }

    fn write(&self, f: &mut Formatter<'_>, heading: &str) -> fmt::Result {
        if *self == Self::default() {
            return Ok(());
        }
        writeln!(f, "{heading}")?;
        self.added.iter().try_for_each(|name| writeln!(f, "  + {name}"))?;
        self.removed.iter().try_for_each(|name| writeln!(f, "  - {name}"))?;
        for (name, changes) in &self.changed {
            writeln!(f, "  {name}")?;
            changes.iter().try_for_each(|change| writeln!(f, "    {change}"))?;
        }
        Ok(())
    }
}

impl Display for Change {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} → {}", self.what.replace('_', " "), shown(&self.old), shown(&self.new))
    }
}

impl Display for Diff {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let same_weights = self.weights.values().all(|agreement| agreement.slots_changed == 0);
        if self.card.is_empty() && self.labels == Listed::default() && self.sources == Listed::default() && same_weights
        {
            writeln!(f, "cards and weights are the same")?;
        }
        if !self.card.is_empty() {
            writeln!(f, "card")?;
            self.card.iter().try_for_each(|change| writeln!(f, "  {change}"))?;
        }
        self.labels.write(f, "labels")?;
        self.sources.write(f, "sources")?;
        if !same_weights {
            writeln!(f, "weights")?;
        }
        for (label, agreement) in self.weights.iter().filter(|(_, agreement)| agreement.slots_changed > 0) {
            let Agreement { correlation, slots_changed } = agreement;
            writeln!(f, "  {label}: {slots_changed} n-gram slots changed, correlation {correlation:.3}")?;
        }
        if !self.scores.is_empty() {
            writeln!(f, "scores")?;
        }
        for (label, moved) in &self.scores {
            writeln!(
                f,
                "  {label}: {} rows, mean {:.4} → {:.4}, mean change {:.4}, correlation {:.3}; at the cards' thresholds {} newly above, {} no longer",
                moved.rows,
                moved.mean_old,
                moved.mean_new,
                moved.mean_absolute_change,
                moved.correlation,
                moved.newly_above,
                moved.no_longer_above
            )?;
            if moved.judged_by_one > 0 {
                writeln!(f, "    {} rows are judged by one of the two only", moved.judged_by_one)?;
            }
            for Move { id, old, new } in &moved.largest {
                writeln!(f, "    {old:.3} → {new:.3}  row {id}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_model_is_as_itself() {
        let moderator = Moderator::builtin().unwrap();
        let diff = Diff::of(&moderator, &moderator).unwrap();
        assert_eq!(diff.to_string(), "cards and weights are the same\n");
        assert!(diff.weights.values().all(|agreement| (agreement.correlation - 1.).abs() < 1e-9));
    }

    #[test]
    fn what_came_went_and_changed_is_told() {
        let old = json!([{"name": "a", "rows": 1}, {"name": "b", "rows": 2}, {"name": "b", "rows": 3}]);
        let new = json!([{"name": "b", "rows": 2}, {"name": "b", "rows": 4, "licence": "MIT"}, {"name": "c"}]);
        let listed = Listed::of(&named(&old, "name"), &named(&new, "name"));
        let diff = Diff { sources: listed, ..Diff::default() };
        assert_eq!(diff.to_string(), "sources\n  + c\n  - a\n  b (2)\n    licence: null → MIT\n    rows: 3 → 4\n");
    }

    #[test]
    fn a_change_is_told_of_one_named_point_alone() {
        let points = |threshold: f64| json!([{"label": "a", "operating_points": [{"name": "p", "threshold": threshold}, {"name": "q", "threshold": 1}]}]);
        let listed = Listed::of(&named(&points(0.5), "label"), &named(&points(0.6), "label"));
        let diff = Diff { labels: listed, ..Diff::default() };
        assert_eq!(diff.to_string(), "labels\n  a\n    operating points, p: threshold 0.5 → threshold 0.6\n");
    }

    #[test]
    fn moves_are_counted_and_the_largest_told() {
        let mut pairs = Pairs::default();
        for (id, old, new) in [("1", Some(0.2), Some(0.9)), ("2", Some(0.8), Some(0.7)), ("3", None, Some(0.1))] {
            pairs.add(&Row { id: Some(id.into()), ..Row::default() }, old, new);
        }
        let moved = pairs.moved((0.5, 0.8));
        assert_eq!((moved.rows, moved.newly_above, moved.no_longer_above, moved.judged_by_one), (2, 1, 1, 1));
        assert_eq!(moved.largest[0].id, "1");
        approx::assert_abs_diff_eq!(moved.mean_absolute_change, 0.4, epsilon = 1e-12);
    }

    #[test]
    fn correlation_knows_its_edges() {
        let of = |pairs: &[(f64, f64)]| correlation(pairs.iter().copied());
        approx::assert_abs_diff_eq!(of(&[(0., 0.), (1., 2.), (2., 4.)]), 1., epsilon = 1e-12);
        approx::assert_abs_diff_eq!(of(&[(0., 1.), (1., 0.)]), -1., epsilon = 1e-12);
        assert_eq!([of(&[(1., 1.)]), of(&[(1., 0.), (1., 5.)]), of(&[])], [1., 0., 1.]);
    }
}
