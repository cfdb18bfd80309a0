//! Prints the rows that a recipe learns from, one JSON object a line: source, id, text and labels.
//!
//! `cargo run --example recipe_rows -- models/recipe.toml FOLDER` looks for external files in FOLDER; without one they are left
//! out. `scripts/bench-model` teaches other programs with these rows.

use gruff::corpus::{Body, Columns, Reader};
use gruff::thread::Row;
use gruff::train::{Recipe, RecipeSource};
use std::error::Error;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let path = arguments.next().ok_or("name a recipe, and the folder of external files")?;
    let (folder, name) = (arguments.next(), path.display().to_string());
    let recipe = Recipe::parse(&name, &std::fs::read_to_string(&path).map_err(|error| format!("{name}: {error}"))?)?;
    let mut out = BufWriter::new(io::stdout().lock());
    for source in &recipe.sources {
        let beside = if source.external { folder.as_deref() } else { path.parent() };
        match beside {
            Some(beside) => print_rows(&recipe, source, &beside.join(&source.file), &mut out)?,
            None => eprintln!("left out, since no folder of external files is named: {}", source.name),
        }
    }
    Ok(out.flush()?)
}

/// Prints the rows of a source as training has them: with derived and assumed labels, and those of unmarked sentences.
fn print_rows(recipe: &Recipe, source: &RecipeSource, path: &Path, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let wanted = recipe.parameters().labels.into_iter().chain(source.derive.values().cloned()).collect();
    let mut columns = Columns { wanted: Some(wanted), ..Columns::default() };
    columns.labels.extend(source.labels.iter().map(|(label, column)| (column.clone(), label.clone())));
    columns.kept.extend(source.unmarked.iter().map(|unmarked| unmarked.field.clone()));
    for entry in Reader::open(path, &columns)? {
        let Body::Row(mut row) = entry?.body else { continue };
        source.apply(&mut row.labels);
        let made = source.unmarked.as_ref().and_then(|unmarked| unmarked.row(&row));
        for row in std::iter::once(row).chain(made) {
            print(source, &row, out)?;
        }
    }
    Ok(())
}

fn print(source: &RecipeSource, row: &Row, out: &mut impl Write) -> io::Result<()> {
    let row = serde_json::json!({ "source": source.name, "id": row.id, "text": row.text, "labels": row.labels });
    writeln!(out, "{row}")
}
