//! Rows written as JSON lines or CSV, such that [`super::Reader`] reads the same rows back.

use crate::label::Label;
use crate::thread::Row;
use std::io::{self, Write};

/// Writes rows.
///
/// What it writes, the reader reads back equal, but for what the forms cannot say: a row without an id gets its number,
/// in CSV an empty parent, community or
/// status is none, and a label keeps 15 digits.
pub struct RowWriter<W: Write>(Form<W>);

enum Form<W: Write> {
    Jsonl(W),
    Csv { out: Box<csv::Writer<W>>, labels: Vec<Label> },
}

impl<W: Write> RowWriter<W> {
    /// Writes a JSON object a line to `out`.
    pub fn jsonl(out: W) -> Self {
        Self(Form::Jsonl(out))
    }

    /// Writes CSV to `out`, with a column for each of `labels`; article and thread are JSON in theirs.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn csv(out: W, labels: &[Label]) -> io::Result<Self> {
        let mut out = Box::new(csv::Writer::from_writer(out));
        out.write_field("id")?;
        out.write_field("text")?;
        for label in labels {
            out.write_field(format!("labels.{label}"))?;
        }
        out.write_record(["article", "thread", "parent", "community", "status"])?;
        Ok(Self(Form::Csv { out, labels: labels.to_vec() }))
    }

    /// Writes one row.
    ///
    /// # Errors
    /// When the output fails, or a CSV row has a label that has no column.
    pub fn write(&mut self, row: &Row) -> io::Result<()> {
        match &mut self.0 {
            Form::Jsonl(out) => {
                serde_json::to_writer(&mut *out, row)?;
                out.write_all(b"\n")
            }
            Form::Csv { out, labels } => {
                if let Some(label) = row.labels.keys().find(|label| !labels.contains(label)) {
                    return Err(io::Error::other(format!("there is no column for label {label}")));
                }
                out.write_field(row.id.as_deref().unwrap_or_default())?;
                out.write_field(&row.text)?;
                for label in labels.iter() {
                    out.write_field(row.labels.get(label).map(f64::to_string).unwrap_or_default())?;
                }
                let article = row.article.as_ref().map(serde_json::to_string).transpose()?;
                out.write_field(article.unwrap_or_default())?;
                let thread = if row.thread.is_empty() { String::new() } else { serde_json::to_string(&row.thread)? };
                out.write_field(thread)?;
                out.write_field(row.parent.as_deref().unwrap_or_default())?;
                out.write_field(row.community.as_deref().unwrap_or_default())?;
                out.write_field(row.status.as_deref().unwrap_or_default())?;
                Ok(out.write_record(None::<&[u8]>)?)
            }
        }
    }

    /// Writes out what is buffered.
    ///
    /// # Errors
    /// When the output fails.
    pub fn flush(&mut self) -> io::Result<()> {
        match &mut self.0 {
            Form::Jsonl(out) => out.flush(),
            Form::Csv { out, .. } => out.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::{Body, Columns, Reader};
    use crate::thread::{Article, RowArticle};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn read(bytes: Vec<u8>, name: &str) -> Vec<Row> {
        let reader = Reader::from_stream(name, Box::new(io::Cursor::new(bytes)), &Columns::default()).unwrap();
        let row = |entry: crate::Result<crate::corpus::Entry>| match entry.unwrap().body {
            Body::Row(row) => row,
            Body::Thread(_) => panic!("a thread"),
        };
        reader.map(row).collect()
    }

    fn text() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<String>().prop_map(|text| text.replace('\0', "")),
            "[a \"\n\r,;\t{}\\[\\]é🙂]{1,20}",
            Just("[\"a\"]".to_owned()),
            Just("{\"title\":1}".to_owned()),
        ]
    }

    fn article() -> impl Strategy<Value = RowArticle> {
        let part = || prop::option::of(text());
        let whole = (part(), part(), part(), part())
            .prop_map(|(title, text, author, date)| RowArticle::Whole(Article { title, text, author, date }));
        prop_oneof![text().prop_map(RowArticle::Text), whole]
    }

    fn row() -> impl Strategy<Value = Row> {
        let label =
            prop_oneof![Just("toxicity"), Just("sarcasm"), Just("our_own")].prop_map(|l| Label::new(l).unwrap());
        let labels =
            prop::collection::btree_map(label, (0..=1000u32).prop_map(|value| f64::from(value) / 1000.0), 0..3);
        let some = || prop::option::of(text().prop_filter("not empty", |text| !text.is_empty()));
        let id = text().prop_filter("not empty", |text| !text.is_empty());
        let thread = prop::collection::vec(text(), 0..4);
        (id, text(), labels, prop::option::of(article()), thread, some(), some(), some()).prop_map(
            |(id, text, labels, article, thread, parent, community, status): (_, _, BTreeMap<_, _>, _, _, _, _, _)| {
                Row { id: Some(id), text, labels, article, thread, parent, community, status, kept: BTreeMap::new() }
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]
        #[test]
        fn what_is_written_is_read_back(rows in prop::collection::vec(row(), 1..5)) {
            let mut bytes = Vec::new();
            let mut writer = RowWriter::jsonl(&mut bytes);
            for row in &rows {
                writer.write(row).unwrap();
            }
            writer.flush().unwrap();
            drop(writer);
            prop_assert!(read(bytes, "rows.jsonl") == rows);
            let labels: Vec<Label> = ["sarcasm", "toxicity", "our_own"].map(|label| Label::new(label).unwrap()).to_vec();
            let mut bytes = Vec::new();
            let mut writer = RowWriter::csv(&mut bytes, &labels).unwrap();
            for row in &rows {
                writer.write(row).unwrap();
            }
            writer.flush().unwrap();
            drop(writer);
            let back = read(bytes, "rows.csv");
            prop_assert!(back == rows);
        }
    }
}
