//! The fields of one element of an XML export.
//!
//! Parsed by quick-xml, as leniently as it can be. Only the five entities of XML itself and character references are
//! replaced; those that a document declares stay as they are written, so nothing is fetched and nothing grows.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Names are told apart by their beginnings.
const LONGEST_NAME: usize = 64;
/// The deepest nesting that is followed.
const DEEPEST: usize = 16;

/// The text and attributes inside an element by their paths: `author/name`, `thread@dsq:id`.
#[derive(Debug, Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads the fields of the element that `source` is.
    ///
    /// # Errors
    /// What the parser says, for an element that is no XML even so; what stands before that is lost too.
    pub(super) fn read(source: &str) -> Result<Self, String> {
        let mut reader = Reader::from_str(source);
        let config = reader.config_mut();
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        let (mut fields, mut path, mut depth) = (Self::default(), Vec::new(), 0usize);
        // Elements that are nested too deep to be followed.
        let mut deeper = 0usize;
        loop {
            let event = reader.read_event().map_err(|error| error.to_string())?;
            match event {
                Event::Start(start) => {
                    depth += 1;
                    if path.len() > DEEPEST {
                        deeper += 1;
                    } else if depth > 1 {
                        path.push(name(&start));
                    }
                    fields.attributes(&path, &start);
                }
                Event::Empty(start) => {
                    path.push(name(&start));
                    fields.attributes(if depth == 0 { &[] } else { &path }, &start);
                    path.pop();
                }
                Event::End(end) => {
                    // A stray end tag closes nothing.
                    let name = end.name().as_ref().get(..LONGEST_NAME).unwrap_or(end.name().as_ref()).to_owned();
                    if deeper > 0 {
                        deeper -= 1;
                    } else if let Some(open) = path.iter().rposition(|known| *known == name) {
                        path.truncate(open);
                        depth = open + 1;
                    }
                }
                Event::Text(text) => fields.add(&path, &text),
                Event::CData(data) => fields.add(&path, &data),
                Event::GeneralRef(name) => match name.resolve_char_ref() {
                    Ok(Some(character)) => fields.add(&path, character.encode_utf8(&mut [0; 4])),
                    _ => match quick_xml::escape::resolve_xml_entity(&name) {
                        Some(text) => fields.add(&path, text),
                        None => fields.add(&path, &format!("&{};", &*name)),
                    },
                },
                Event::Eof => return Ok(fields),
                _ => {}
            }
        }
    }

    /// Returns what stands under `path`, trimmed; `None` for nothing.
    pub(super) fn get(&self, path: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == path)?;
        Some(found.1.trim()).filter(|text| !text.is_empty())
    }

    fn add(&mut self, path: &[String], text: &str) {
        if path.len() > DEEPEST {
            return;
        }
        self.put(path.join("/"), text);
    }

    fn put(&mut self, path: String, text: &str) {
        let room = self.0.len() < 256;
        match self.0.last_mut() {
            Some((last, known)) if *last == path => known.push_str(text),
            _ if text.trim().is_empty() => {}
            _ => match self.0.iter_mut().find(|(known, _)| *known == path) {
                Some((_, known)) => known.push_str(text),
                // An element of a comment has few parts; a hostile one may not make this slow.
                None if room => self.0.push((path, text.to_owned())),
                None => {}
            },
        }
    }

    fn attributes(&mut self, path: &[String], start: &BytesStart<'_>) {
        if path.len() > DEEPEST {
            return;
        }
        for attribute in start.html_attributes().with_checks(false).flatten() {
            let name = attribute.key.as_ref();
            let value = quick_xml::escape::unescape(&attribute.value)
                .map_or_else(|_| attribute.value.to_string(), |value| value.into_owned());
            // An unquoted value takes the slash of an empty element's tag along.
            let value = value.trim_end_matches('/');
            self.put(format!("{}@{name}", path.join("/")), value);
        }
    }
}

fn name(start: &BytesStart<'_>) -> String {
    let name = start.name();
    let name = name.as_ref();
    name.get(..LONGEST_NAME).unwrap_or(name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn text_data_references_and_attributes_are_read() {
        let source = "<post dsq:id='7'><message>\n<![CDATA[<p>a &amp; b</p>]]> c &amp;lt; &#33; &lol; & d</message>\
            <author><name>Ann &quot;A&quot;</name></author><thread dsq:id=12/><x/></post>";
        let fields = Fields::read(source).unwrap();
        assert_eq!(fields.get("message"), Some("<p>a &amp; b</p> c &lt; ! &lol; & d"));
        assert_eq!(fields.get("author/name"), Some("Ann \"A\""));
        assert_eq!(
            (fields.get("@dsq:id"), fields.get("thread@dsq:id"), fields.get("x")),
            (Some("7"), Some("12"), None)
        );
    }

    #[test]
    fn tags_that_do_not_match_are_forgiven() {
        let fields = Fields::read("<p><a>1</b></a><c>2<d>3</c><e>4</e></p>").unwrap();
        assert_eq!((fields.get("a"), fields.get("c"), fields.get("e")), (Some("1"), Some("2"), Some("4")));
        assert_eq!(Fields::read("<p/>").unwrap().get("a"), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn any_text_is_read_or_refused(source in "[<>/!\\[\\]CDATArpgt \"'?=&;#x-]{0,200}") {
            let _ = Fields::read(&source);
        }
    }
}
