//! A recipe: what a model is made of, as data.

use super::{Algorithm, Identity, Parameters, Unmarked};
use crate::detect;
use crate::error::{Error, Result};
use crate::features::FAMILIES;
use crate::label::Label;
use crate::model::SourceCard;
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
    /// What a reader should know.
    pub remark: Option<String>,
}

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
        let known = |label: &Label| self.labels.contains(label) || detect::find(label.as_str()).is_some();
        let tables = [
            ("label_c", self.label_c.keys().collect::<Vec<_>>()),
            ("label_families", self.label_families.keys().collect()),
            ("label_balance", self.label_balance.keys().collect()),
            ("label_damping", self.label_damping.keys().collect()),
            ("label_within", self.label_within.keys().collect()),
            ("base_rates", self.base_rates.keys().collect()),
        ];
        for (table, labels) in tables {
            if let Some(label) = labels.into_iter().find(|label| !known(label)) {
                return Err(format!(
                    "{table} has {label}, which is no label of this recipe; mend its name or add it to labels"
                ));
            }
        }
        for source in &self.sources {
            let unmarked = source.unmarked.iter().flat_map(|unmarked| &unmarked.labels);
            for (label, value) in source.assume.iter().chain(unmarked) {
                if !known(label) {
                    let named = &source.name;
                    return Err(format!(
                        "source {named} sets {label}, which is no label of this recipe; mend its name"
                    ));
                }
                if !(0. ..=1.).contains(value) {
                    let named = &source.name;
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
        }
    }
}

impl RecipeSource {
    /// Returns the source's card, rows not yet counted.
    pub fn card(&self, sha256: String) -> SourceCard {
        SourceCard {
            name: self.name.clone(),
            rows: 0,
            sha256: Some(sha256),
            licence: self.licence.clone(),
            repository: self.repository.clone(),
            commit: self.commit.clone(),
            remark: self.remark.clone(),
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
