//! A recipe: what a model is made of, as data.

use super::{Algorithm, Identity, Parameters, Unmarked};
use crate::detect;
use crate::error::{Error, Result};
use crate::features::FAMILIES;
use crate::label::{HOUSE, Label};
use crate::model::{Aside, SourceCard};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A recipe file (TOML): parameters, identity and sources.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    name: String,
    #[serde(default)]
    languages: Vec<String>,
    #[serde(default)]
    intended_use: String,
    #[serde(default)]
    limits: Vec<String>,
    #[serde(default)]
    licence: Option<String>,
    labels: Vec<Label>,
    #[serde(default)]
    algorithm: Algorithm,
    #[serde(default)]
    seed: Option<u64>,
    #[serde(default)]
    folds: Option<usize>,
    #[serde(default)]
    alpha: Option<f64>,
    #[serde(default)]
    c: Option<f64>,
    #[serde(default)]
    damping: Option<f64>,
    #[serde(default)]
    families: Option<[f64; FAMILIES]>,
    #[serde(default)]
    label_c: BTreeMap<Label, f64>,
    #[serde(default)]
    label_families: BTreeMap<Label, [f64; FAMILIES]>,
    #[serde(default)]
    label_balance: BTreeMap<Label, f64>,
    #[serde(default)]
    label_damping: BTreeMap<Label, f64>,
    #[serde(default)]
    label_within: BTreeMap<Label, f64>,
    #[serde(default)]
    hold_out_sources: Vec<Label>,
    #[serde(default)]
    label_borrows: BTreeMap<Label, BTreeMap<Label, f64>>,
    #[serde(default)]
    worst_sentence: BTreeMap<Label, f64>,
    #[serde(default)]
    thread_alone: BTreeMap<Label, Aside>,
    /// What a recipe says of strengths stands, unless it asks for others to be tried.
    #[serde(default)]
    tune: bool,
    #[serde(default)]
    least_rows: Option<u32>,
    #[serde(default)]
    balance: Option<f64>,
    #[serde(default)]
    base_rates: BTreeMap<Label, f64>,
    /// In the order in which they are read.
    #[serde(rename = "source")]
    pub sources: Vec<RecipeSource>,
}

/// One source of a recipe.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecipeSource {
    /// A short name.
    pub name: String,
    /// The file: beside the recipe's folder, or in the folder of data that is given when it is run.
    pub file: String,
    /// Whether the file is in the folder of data; such a source is left out where none is given.
    #[serde(default)]
    pub external: bool,
    /// Multiplies the weight of its rows.
    #[serde(default = "one")]
    pub weight: f64,
    /// Which of its columns or keys are which labels, beside those of known names.
    #[serde(default)]
    pub labels: BTreeMap<Label, String>,
    /// Labels that its rows do not carry but are known to have: an edited page has no insults.
    #[serde(default)]
    pub assume: BTreeMap<Label, f64>,
    /// Labels that its rows do not carry but that another of its labels stands for as well.
    #[serde(default)]
    pub derive: BTreeMap<Label, Label>,
    /// Labels of it that are not to be used.
    #[serde(default)]
    pub ignore: Vec<Label>,
    /// Whether the unmarked parts of its rows make rows of their own.
    #[serde(default)]
    pub unmarked: Option<Unmarked>,
    /// The licence under which it is published.
    pub licence: Option<String>,
    /// Where it is published.
    pub repository: Option<String>,
    /// At which commit it was taken.
    pub commit: Option<String>,
    /// SHA-256 that the file must have.
    pub sha256: Option<String>,
    /// Who made it, as they wish to be named.
    pub credit: Option<String>,
    /// What a reader should know.
    pub remark: Option<String>,
}

/// The least and the most that rows of a source may weigh.
const WEIGHTS: (f64, f64) = (1e-6, 1e6);

fn one() -> f64 {
    1.
}

impl Recipe {
    /// Reads a recipe; `name` is used in errors.
    ///
    /// # Errors
    /// When it is no TOML, or has keys that are not known.
    pub fn parse(name: &str, text: &str) -> Result<Self> {
        let wrong = |what: String| Error::training(format!("recipe {name}: {what}"));
        let recipe: Self = toml::from_str(text).map_err(|error| wrong(error.to_string()))?;
        recipe.check().map_err(wrong)?;
        Ok(recipe)
    }

    /// Returns what is wrong with labels and values that TOML takes.
    fn check(&self) -> std::result::Result<(), String> {
        let known = |label: &Label| {
            self.labels.contains(label) || label.as_str() == HOUSE || detect::find(label.as_str()).is_some()
        };
        let tables = [
            ("label_c", self.label_c.keys().collect::<Vec<_>>()),
            ("label_families", self.label_families.keys().collect()),
            ("label_balance", self.label_balance.keys().collect()),
            ("label_damping", self.label_damping.keys().collect()),
            ("label_within", self.label_within.keys().collect()),
            ("worst_sentence", self.worst_sentence.keys().collect()),
            ("thread_alone", self.thread_alone.keys().collect()),
            ("hold_out_sources", self.hold_out_sources.iter().collect()),
            ("label_borrows", self.label_borrows.iter().flat_map(|(to, from)| from.keys().chain([to])).collect()),
            ("base_rates", self.base_rates.keys().collect()),
        ];
        for (table, labels) in tables {
            if let Some(label) = labels.into_iter().find(|label| !self.labels.contains(label)) {
                return Err(format!(
                    "{table} has {label}, which is no label of this recipe; mend its name or add it to labels"
                ));
            }
        }
        if self.algorithm == Algorithm::Nb && !self.label_within.is_empty() {
            return Err("label_within is for the algorithm nb-lr; take it out, or the algorithm".to_owned());
        }
        let is_code =
            |code: &&String| matches!(code.len(), 2 | 3) && code.bytes().all(|byte| byte.is_ascii_lowercase());
        if let Some(code) = self.languages.iter().find(|code| !is_code(code)) {
            return Err(format!("languages has {code:?}; a code is two or three letters a to z, as en is"));
        }
        for source in &self.sources {
            let named = &source.name;
            if !(WEIGHTS.0..=WEIGHTS.1).contains(&source.weight) {
                let (weight, (least, most)) = (source.weight, WEIGHTS);
                return Err(format!("source {named} has the weight {weight}; give a number from {least} to {most}"));
            }
            let unknown = |label: &&Label| !known(label);
            let derived = source.derive.iter().flat_map(|(label, other)| [label, other]);
            let misspelt = [
                ("has", source.labels.keys().find(unknown)),
                ("derives", derived.into_iter().find(unknown)),
                ("ignores", source.ignore.iter().find(unknown)),
            ];
            for (what, label) in misspelt {
                if let Some(label) = label {
                    return Err(format!(
                        "source {named} {what} {label}, which is no label of this recipe; mend its name"
                    ));
                }
            }
            let unmarked = source.unmarked.iter().flat_map(|unmarked| &unmarked.labels);
            for (label, value) in source.assume.iter().chain(unmarked) {
                if !known(label) {
                    return Err(format!(
                        "source {named} sets {label}, which is no label of this recipe; mend its name"
                    ));
                }
                if !(0. ..=1.).contains(value) {
                    return Err(format!("source {named} sets {label} to {value}; give a number within 0 and 1"));
                }
            }
        }
        Ok(())
    }

    /// Returns the parameters of training.
    pub fn parameters(&self) -> Parameters {
        let defaults = Parameters::new(self.labels.clone());
        Parameters {
            algorithm: self.algorithm,
            seed: self.seed.unwrap_or(defaults.seed),
            folds: self.folds.unwrap_or(defaults.folds),
            alpha: self.alpha.unwrap_or(defaults.alpha),
            c: self.c.unwrap_or(defaults.c),
            damping: self.damping.unwrap_or(defaults.damping),
            families: self.families,
            label_families: self.label_families.clone(),
            label_balance: self.label_balance.clone(),
            label_damping: self.label_damping.clone(),
            label_within: self.label_within.clone(),
            label_c: self.label_c.clone(),
            hold_out_sources: self.hold_out_sources.clone(),
            label_borrows: self.label_borrows.clone(),
            worst_sentence: self.worst_sentence.clone(),
            thread_alone: self.thread_alone.clone(),
            tune: self.tune,
            least_rows: self.least_rows.unwrap_or(defaults.least_rows),
            balance: self.balance.unwrap_or(defaults.balance),
            base_rates: self.base_rates.clone(),
            ..defaults
        }
    }

    /// Returns what the model is called and for.
    pub fn identity(&self) -> Identity {
        Identity {
            name: self.name.clone(),
            languages: self.languages.clone(),
            intended_use: self.intended_use.clone(),
            limits: self.limits.clone(),
            licence: self.licence.clone(),
        }
    }
}

impl RecipeSource {
    /// Returns the source's card, rows not yet counted.
    pub fn card(&self, sha256: String) -> SourceCard {
        SourceCard {
            name: self.name.clone(),
            sha256: Some(sha256),
            licence: self.licence.clone(),
            repository: self.repository.clone(),
            commit: self.commit.clone(),
            weight: self.weight,
            credit: self.credit.clone(),
            remark: self.remark.clone(),
            ..SourceCard::default()
        }
    }

    /// Applies what is ignored, derived and assumed to a row's labels.
    pub fn apply(&self, labels: &mut BTreeMap<Label, f64>) {
        for label in &self.ignore {
            labels.remove(label);
        }
        for (label, other) in &self.derive {
            if let Some(&value) = labels.get(other) {
                labels.entry(label.clone()).or_insert(value);
            }
        }
        for (label, value) in &self.assume {
            labels.entry(label.clone()).or_insert(*value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_assume_derive_and_ignore_labels() {
        let recipe = Recipe::parse(
            "test",
            "name = 'x'\nlabels = ['insult']\n[[source]]\nname = 'a'\nfile = 'a.jsonl'\nassume = { insult = 0 }\nderive = { house = 'toxicity' }\nignore = ['threat']",
        )
        .unwrap();
        let label = |name| Label::new(name).unwrap();
        let mut labels = BTreeMap::from([(label("threat"), 1.), (label("toxicity"), 1.)]);
        recipe.sources[0].apply(&mut labels);
        let expected = [(label("house"), 1.), (label("insult"), 0.), (label("toxicity"), 1.)];
        assert_eq!(labels, BTreeMap::from(expected));
    }

    #[test]
    fn misspelt_labels_and_values_out_of_range_are_refused() {
        let told = |rest: &str| {
            let head = "name = 'x'\nlabels = ['house']\n";
            Recipe::parse("r.toml", &format!("{head}{rest}")).unwrap_err().to_string()
        };
        let source = "[[source]]\nname = 'a'\nfile = 'a.jsonl'\n";
        assert!(told("[label_c]\nhuose = 1\n[[source]]\nname = 'a'\nfile = 'b'").contains("label_c has huose"));
        assert!(told(&format!("{source}assume = {{ insutl = 0 }}")).contains("source a sets insutl"));
        let unmarked = format!("{source}unmarked = {{ field = 'f', labels = {{ insult = 7 }} }}");
        assert!(told(&unmarked).contains("insult to 7"));
        for (line, part) in [
            ("ignore = ['hosue']", "a ignores hosue"),
            ("derive = { insutl = 'toxicity' }", "a derives insutl"),
            ("derive = { house = 'isnult' }", "a derives isnult"),
            ("labels = { isnult = 'column' }", "a has isnult"),
            ("weight = -1", "a has the weight -1"),
            ("weight = 0", "a has the weight 0"),
            ("weight = nan", "a has the weight NaN"),
            ("weight = 1e308", "a has the weight 1"),
        ] {
            assert!(told(&format!("{source}{line}")).contains(part), "{line}: {}", told(&format!("{source}{line}")));
        }
        assert!(told(&format!("languages = ['klingon']\n{source}")).contains("languages has \"klingon\""));
        assert!(told(&format!("[label_within]\ninsult = 0.5\n{source}")).contains("label_within has insult"));
        let within = format!("algorithm = 'nb'\n[label_within]\nhouse = 0.5\n{source}");
        assert!(told(&within).contains("for the algorithm nb-lr"));
        assert!(
            Recipe::parse("r.toml", &format!("name = 'x'\nlabels = ['house']\n{source}assume = {{ insult = 0 }}"))
                .is_ok()
        );
    }

    #[test]
    fn unknown_keys_are_refused() {
        let error = Recipe::parse("r.toml", "name = 'x'\nlabels = []\nfold = 3\nsource = []").unwrap_err();
        assert!(error.to_string().contains("fold"), "{error}");
    }
}
