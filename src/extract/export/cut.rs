//! What is cut out of an XML stream, and why something is not.

use super::Platform;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// An element that was asked for, by its number among them; its source is in the piece.
    Element(usize),
    /// The start tag of an element whose inside is read on.
    Open,
    /// Its end tag.
    Close,
    /// Something that was passed over.
    Passed(Why),
    /// An export of another platform begins here; whether the root element of this one was closed.
    Other { platform: Platform, whole: bool },
    /// The end of the stream; `whole` where the root element was closed, or that it was cut is known.
    End { whole: bool },
}

/// Why something was passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// An element of more than [`LONGEST`](super::cutter::LONGEST) bytes.
    TooLong(usize),
    /// An element that the next one began in.
    Unclosed(usize),
    /// An element in which a CDATA section seems not to have been closed, so that the next one's end closed it.
    OpenData(usize),
    /// An element that the end of the file cut.
    Truncated(usize),
    /// A declaration of entities; they are never replaced.
    Entities,
    /// Something that is no XML behind the end of the root element.
    Behind,
}

/// What to look for: names as they are written, prefix and all.
#[derive(Debug, Clone, Copy)]
pub(super) struct Names {
    /// Elements that are handed out whole; one may hold those before it in this list, and no others.
    pub(super) elements: &'static [&'static str],
    /// The element that holds those of one thread, if there is one.
    pub(super) group: Option<&'static str>,
    /// The element around everything.
    pub(super) root: &'static str,
    /// What the platform's format is called.
    pub(super) format: &'static str,
}
