//! What the readers of XML exports share: the source of an element as text, and the sentences for what is broken.

use super::cut::{Names, Why};
use super::cutter::{Cutter, LONGEST};
use super::markup::Fields;
use super::wording::mended;
use std::borrow::Cow;
use std::io::Read;

/// Reads the fields of the element that was cut last; beside them what is wrong with its bytes, if anything.
///
/// # Errors
/// A sentence for an element that is no XML.
pub(super) fn fields<R: Read>(cutter: &Cutter<R>) -> Result<(Fields, Option<String>), String> {
    let (piece, place) = cutter.piece();
    let (source, odd) = match cutter.encoding() {
        Some(encoding) => {
            let (text, broken) = encoding.decode_without_bom_handling(piece);
            let odd = broken.then(|| {
                format!(
                    "the declaration says {}, which is not true of all bytes; those became \u{fffd}: save the file as UTF-8",
                    encoding.name()
                )
            });
            (text, odd)
        }
        None => mended(piece, place.byte),
    };
    let (source, nul) = match source.find('\0') {
        None => (source, None),
        Some(at) => (Cow::Owned(source.replace('\0', "")), Some(place.byte + at as u64)),
    };
    let nul = nul.map(|at| format!("a NUL byte stands at byte {at}; it was left out: remove it"));
    Ok((Fields::read(&source)?, odd.or(nul)))
}

/// The sentence for an export that ends too early.
pub(super) fn cut(names: Names) -> String {
    format!("the export ends before </{}>: it was cut; export or copy it again", names.root)
}

/// The sentence for something that was passed over.
pub(super) fn passed(why: Why, names: Names) -> String {
    let name = |element: usize| names.elements.get(element).copied().unwrap_or("element");
    match why {
        Why::TooLong(element) => {
            format!("a <{}> is longer than {} MiB and was passed over; shorten it", name(element), LONGEST >> 20)
        }
        Why::Unclosed(element) => format!("a <{0}> has no </{0}> and was passed over; close it", name(element)),
        Why::OpenData(element) => format!(
            "a CDATA section in a <{}> is not closed, so that what follows it up to the next ]]> was passed over; close it with ]]>",
            name(element)
        ),
        Why::Truncated(element) => {
            format!("the export ends inside a <{}>: it was cut; export or copy it again", name(element))
        }
        Why::Entities => {
            "the document declares entities, which exports do not need; they are not replaced: delete the declaration"
                .to_owned()
        }
        Why::Behind => format!(
            "behind </{}> stands something that is no export that gruff knows; it was passed over: give it as a file of its own",
            names.root
        ),
    }
}
