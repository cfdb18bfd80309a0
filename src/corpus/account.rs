//! What is told about an input as a whole: faults that go on and on, and columns that never come.

use super::Columns;
use super::cell::Cell;
use super::fields::{Field, Fields};
use std::collections::BTreeMap;

/// How many faults of one kind are told one by one.
const TOLD: u64 = 20;
/// How many faults of one label are told one by one.
const TOLD_OF_LABEL: u64 = 3;
/// How many kinds are told apart; a hostile input must not fill memory with them.
const MOST_KINDS: usize = 64;

/// Counts faults and watches for the columns that the caller named.
#[derive(Debug)]
pub(super) struct Account {
    kinds: BTreeMap<String, u64>,
    untold: u64,
    /// Whether a row could be taken apart at all.
    rows: bool,
    /// The label columns that did not come yet, by their place among the caller's, the last first.
    missing: Vec<usize>,
    /// The fields whose columns the caller named that did not come yet, the last first.
    fields: Vec<Field>,
    /// Whether it was told that a column never came.
    lacking: bool,
}

impl Account {
    pub(super) fn new(columns: &Columns) -> Self {
        Self {
            kinds: BTreeMap::new(),
            untold: 0,
            rows: false,
            missing: (0..columns.labels.len()).rev().collect(),
            fields: columns.named().iter().rev().filter(|(_, name)| name.is_some()).map(|(field, _)| *field).collect(),
            lacking: false,
        }
    }

    /// Looks which columns a row has.
    pub(super) fn see(&mut self, fields: &Fields, columns: &Columns) {
        self.rows = true;
        self.fields.retain(|field| fields.get(*field).is_none());
        if self.missing.is_empty() {
            return;
        }
        self.missing.retain(|place| !fields.given.contains(place));
        if let Some(Cell::Object(entries)) = fields.get(Field::Labels) {
            for (key, _) in entries {
                let given = columns.place(key);
                self.missing.retain(|place| Some(*place) != given);
            }
        }
    }

    /// Counts a fault; `false` where enough of its kind were told.
    pub(super) fn tells(&mut self, what: &str) -> bool {
        // The sentence up to where it speaks of this row.
        let kind = what.split(|c: char| c.is_ascii_digit() || matches!(c, '"' | ':' | '(')).next().unwrap_or_default();
        // A column of words in place of numbers is one mistake.
        let told = if what.starts_with("label ") { TOLD_OF_LABEL } else { TOLD };
        let kind = if self.kinds.len() < MOST_KINDS || self.kinds.contains_key(kind) { kind } else { "" };
        let count = self.kinds.entry(kind.to_owned()).or_default();
        *count += 1;
        self.untold += u64::from(*count > told);
        *count <= told
    }

    /// Gives what is left to tell at the end of the input, a sentence a call.
    pub(super) fn close(&mut self, columns: &Columns) -> Option<String> {
        match std::mem::take(&mut self.untold) {
            0 => {}
            1 => return Some("… and 1 more row could not be read, for reasons told above".to_owned()),
            more => return Some(format!("… and {more} more rows could not be read, for reasons told above")),
        }
        if !self.rows {
            return None;
        }
        let field = self.fields.pop();
        let field = field.and_then(|field| columns.named().into_iter().find(|(known, _)| *known == field)?.1.as_ref());
        let label = || columns.labels.get(self.missing.pop()?).map(|(name, _)| name);
        let name = field.or_else(label)?;
        self.lacking = true;
        Some(format!("no row has the column {name:?}; check its name"))
    }

    /// Tells whether a column that the caller named is in no row.
    pub(super) fn lacks(&self) -> bool {
        self.lacking
    }
}
