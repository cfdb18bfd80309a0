//! The model file: magic, version, a checked table of sections, then the sections without gaps.
//!
//! ```text
//! 0   "gruff model\n"                       12 bytes
//! 12  format version                        u32, little endian as all numbers
//! 16  number of sections n                  u32
//! 20  n × { name 8 bytes, offset u64, length u64, CRC-32 u32 }
//!     CRC-32 of everything before           u32
//!     card (JSON), heads (JSON), scales (f32), weights (a frequency and one i8 a head, slot by slot), background (f32)
//! ```
//! Every byte is covered by a checksum or compared, so that a cut or flipped file is refused with a sentence. Nothing in
//! it is an n-gram in clear text.

use super::{Card, Head, Model, Weights};
use crate::error::{Error, Result};
use crate::features::topic::Background;
use crate::features::{SCHEME, SLOT_BITS};
use std::ops::{Deref, Range};
use std::sync::Arc;

const MAGIC: &[u8; 12] = b"gruff model\n";
/// The format that is written; readers keep all versions from 2 on. Version 1 was never released.
const VERSION: u32 = 2;
const ENTRY: usize = 8 + 8 + 8 + 4;
/// A file has no more sections than this.
const MOST_SECTIONS: usize = 64;

/// A model's bytes: in the program itself, or read from a file.
#[derive(Clone)]
pub(super) enum Bytes {
    Static(&'static [u8]),
    Owned(Arc<[u8]>),
}

impl Deref for Bytes {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        match self {
            Self::Static(bytes) => bytes,
            Self::Owned(bytes) => bytes,
        }
    }
}

impl std::fmt::Debug for Bytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "<{} bytes>", self.len())
    }
}

/// Whether large sections need their checksums compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// Part of this program, checked by its tests: nothing but the small sections is read at start.
    Own,
    /// From outside.
    Checked,
}

/// Writes a model.
pub(super) fn write(model: &Model) -> Result<Vec<u8>> {
    let json =
        |what: serde_json::Result<Vec<u8>>| what.map_err(|error| Error::model("to be written", error.to_string()));
    let floats = |values: &[f32]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
    let background = model.background.as_ref().map_or(&[][..], Background::probabilities);
    let sections: [(&[u8; 8], Vec<u8>); 5] = [
        (b"card    ", json(serde_json::to_vec_pretty(&model.card))?),
        (b"heads   ", json(serde_json::to_vec(&model.heads))?),
        (b"scales  ", floats(model.weights.scales())),
        (b"weights ", model.weights.table().to_vec()),
        (b"backgrnd", floats(background)),
    ];
    let mut file = Vec::new();
    file.extend_from_slice(MAGIC);
    file.extend_from_slice(&VERSION.to_le_bytes());
    file.extend_from_slice(&(sections.len() as u32).to_le_bytes());
    let mut offset = MAGIC.len() + 8 + sections.len() * ENTRY + 4;
    for (name, bytes) in &sections {
        file.extend_from_slice(*name);
        file.extend_from_slice(&(offset as u64).to_le_bytes());
        file.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
        file.extend_from_slice(&crc32fast::hash(bytes).to_le_bytes());
        offset += bytes.len();
    }
    file.extend_from_slice(&crc32fast::hash(&file).to_le_bytes());
    for (_, bytes) in &sections {
        file.extend_from_slice(bytes);
    }
    Ok(file)
}

/// Tells whether bytes begin as those of a model do.
pub(super) fn is_begun(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

/// Reads a model.
pub(super) fn parse(name: &str, bytes: Bytes, trust: Trust) -> Result<Model> {
    let refuse = |what: String| Error::model(name, what);
    let damaged = |what: &str| refuse(format!("{what}: the file is cut or damaged; copy or train it again"));
    if !bytes.starts_with(MAGIC) {
        let cut = bytes.len() < MAGIC.len() && MAGIC.starts_with(&bytes);
        return Err(if cut {
            damaged("it ends within its first line")
        } else {
            refuse("this is not a gruff model; give the file that `gruff train --out` wrote".into())
        });
    }
    let version = number(&bytes, 12).ok_or_else(|| damaged("it ends within its header"))?;
    if version != VERSION {
        let hint = if version > VERSION { "update gruff" } else { "train it again" };
        return Err(refuse(format!("format version {version}, but this gruff reads {VERSION}; {hint}")));
    }
    let sections = read_table(&bytes).map_err(|what| damaged(&what))?;
    let section = |wanted: &[u8; 8]| -> Result<Range<usize>> {
        let missing = || damaged(&format!("section {} is missing", String::from_utf8_lossy(wanted).trim()));
        let found = sections.iter().find(|section| &section.name == wanted).ok_or_else(missing)?;
        let large = found.range.len() > 1 << 20;
        if !(large && trust == Trust::Own) && crc32fast::hash(&bytes[found.range.clone()]) != found.checksum {
            return Err(damaged(&format!("section {} fails its checksum", String::from_utf8_lossy(wanted).trim())));
        }
        Ok(found.range.clone())
    };
    let json = |error: serde_json::Error| damaged(&format!("its JSON cannot be read ({error})"));
    let card: Card = serde_json::from_slice(&bytes[section(b"card    ")?]).map_err(json)?;
    if card.features != SCHEME {
        return Err(refuse(format!(
            "it was trained on features {:?}, this gruff makes {SCHEME:?}; train it again",
            card.features
        )));
    }
    let heads: Vec<Head> = serde_json::from_slice(&bytes[section(b"heads   ")?]).map_err(json)?;
    let scales = floats(&bytes[section(b"scales  ")?]);
    let background = floats(&bytes[section(b"backgrnd")?]);
    let table = section(b"weights ")?;
    let fits = table.len() == (scales.len() + 1) << SLOT_BITS
        && bytes.len() == sections.iter().map(|section| section.range.end).max().unwrap_or(0)
        && scales.iter().all(|scale| scale.is_finite());
    if !fits {
        return Err(damaged("its sections do not fit each other"));
    }
    let background = match background {
        values if values.is_empty() => None,
        values => Some(Background::from_probabilities(values).ok_or_else(|| damaged("its background is not sound"))?),
    };
    let weights = Weights::stored(bytes.clone(), table.start, scales).ok_or_else(|| damaged("its weights are cut"))?;
    let model = Model { card, heads, weights, background };
    model.check().map_err(|what| damaged(&what))?;
    Ok(model)
}

struct Section {
    name: [u8; 8],
    range: Range<usize>,
    checksum: u32,
}

fn read_table(bytes: &[u8]) -> std::result::Result<Vec<Section>, String> {
    let cut = || "it ends within its header".to_owned();
    let count = number(bytes, 16).ok_or_else(cut)? as usize;
    if count > MOST_SECTIONS {
        return Err(format!("its header speaks of {count} sections"));
    }
    let end = MAGIC.len() + 8 + count * ENTRY;
    let header = bytes.get(..end).ok_or_else(cut)?;
    if number(bytes, end).ok_or_else(cut)? != crc32fast::hash(header) {
        return Err("its header fails its checksum".into());
    }
    let mut expected = end + 4;
    let mut sections = Vec::with_capacity(count);
    for entry in header[MAGIC.len() + 8..].chunks_exact(ENTRY) {
        let long = |at: usize| -> Option<usize> {
            usize::try_from(u64::from_le_bytes(entry.get(at..at + 8)?.try_into().ok()?)).ok()
        };
        let (Some(start), Some(length)) = (long(8), long(16)) else { return Err(cut()) };
        let range = start..start.checked_add(length).ok_or_else(cut)?;
        if start != expected || range.end > bytes.len() {
            return Err(format!("it is {} bytes long, but a section of it ends at {}", bytes.len(), range.end));
        }
        expected = range.end;
        let mut name = [0; 8];
        name.copy_from_slice(&entry[..8]);
        sections.push(Section { name, range, checksum: number(entry, 24).ok_or_else(cut)? });
    }
    Ok(sections)
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks::<4>().0.iter().map(|word| f32::from_le_bytes(*word)).collect()
}
