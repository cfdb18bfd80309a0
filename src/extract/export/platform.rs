//! The formats that are read, as data: what each is called, how it is recognised, and who reads it.

use super::json::Layout;
use super::{comentario, commento, coral, discourse, hacker_news, isso, lemmy, mastodon, reddit, remark42};
use super::{wordpress_rest, youtube};
use std::fmt;

/// A platform's format of exports.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Platform(u8);

/// How a format is read.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Wxr,
    Disqus,
    Json(&'static Layout),
}

struct Format {
    name: &'static str,
    kind: Kind,
    /// JSON: each list is one of keys that all occur in the first bytes.
    marks: &'static [&'static [&'static str]],
    /// The comments of a thread come in any order, so that they are sorted by date.
    by_date: bool,
    /// Leaves out comments that others answer by its nature, so that this is no fault.
    partial: bool,
}

impl Format {
    fn marked(&self, head: &str) -> bool {
        let has = |mark: &&str| head.contains(&format!("\"{mark}\""));
        self.marks.iter().any(|marks| marks.iter().all(has))
    }
}

/// The more specific first. XML formats are recognised by their root elements.
const FORMATS: &[Format] = &[
    Format { name: "wxr", kind: Kind::Wxr, marks: &[], by_date: false, partial: false },
    Format { name: "disqus", kind: Kind::Disqus, marks: &[], by_date: true, partial: false },
    Format {
        name: "comentario",
        kind: Kind::Json(&comentario::LAYOUT),
        marks: &[
            &["pageId", "markdown", "isApproved"],
            &["pageId", "markdown", "isPending"],
            &["version", "pages", "commenters"],
            &["version", "pages", "domainId"],
        ],
        by_date: true,
        partial: false,
    },
    Format {
        name: "commento",
        kind: Kind::Json(&commento::LAYOUT),
        marks: &[&["commentHex", "parentHex"], &["commentHex", "markdown"], &["version", "comments", "commenters"]],
        by_date: true,
        partial: false,
    },
    Format {
        name: "remark42",
        kind: Kind::Json(&remark42::LAYOUT),
        marks: &[&["locator", "pid"], &["locator", "orig"], &["version", "users", "posts"]],
        by_date: true,
        partial: false,
    },
    Format {
        name: "youtube",
        kind: Kind::Json(&youtube::LAYOUT),
        marks: &[&["topLevelComment"], &["textOriginal", "authorDisplayName"], &["textDisplay", "authorDisplayName"]],
        by_date: false,
        partial: true,
    },
    Format {
        name: "discourse",
        kind: Kind::Json(&discourse::LAYOUT),
        marks: &[&["post_stream"], &["cooked", "post_number"]],
        by_date: false,
        partial: true,
    },
    Format {
        name: "coral",
        kind: Kind::Json(&coral::LAYOUT),
        marks: &[
            &["storyID", "revisions"],
            &["storyID", "status"],
            &["asset_id", "body", "status"],
            &["edges", "node", "body", "story"],
            &["edges", "node", "body", "status"],
            &["tenantID", "createdAt"],
        ],
        by_date: true,
        partial: false,
    },
    Format {
        name: "hacker-news",
        kind: Kind::Json(&hacker_news::LAYOUT),
        marks: &[
            &["created_at_i", "children"],
            &["children", "type", "parent_id", "author"],
            &["comment_text", "story_id"],
        ],
        by_date: false,
        partial: true,
    },
    Format {
        name: "hacker-news-firebase",
        kind: Kind::Json(&hacker_news::FIREBASE),
        marks: &[&["by", "time", "type", "kids"], &["by", "time", "type", "parent"]],
        by_date: true,
        partial: true,
    },
    Format {
        name: "reddit",
        kind: Kind::Json(&reddit::LISTING),
        marks: &[&["kind", "data", "children", "Listing"]],
        by_date: false,
        partial: true,
    },
    Format {
        name: "pushshift",
        kind: Kind::Json(&reddit::PUSHSHIFT),
        marks: &[&["link_id", "body", "parent_id"], &["selftext", "subreddit"]],
        by_date: true,
        partial: true,
    },
    Format {
        name: "wordpress-rest",
        kind: Kind::Json(&wordpress_rest::LAYOUT),
        marks: &[
            &["author_name", "rendered", "post"],
            &["author_name", "content", "date_gmt"],
            &["guid", "slug", "rendered", "title"],
        ],
        by_date: true,
        partial: true,
    },
    Format {
        name: "lemmy",
        kind: Kind::Json(&lemmy::LAYOUT),
        marks: &[&["comment", "creator", "path", "content"], &["comment", "creator", "ap_id", "content"]],
        by_date: false,
        partial: true,
    },
    Format {
        name: "mastodon",
        kind: Kind::Json(&mastodon::LAYOUT),
        marks: &[&["in_reply_to_id", "account", "content"], &["orderedItems", "inReplyTo"]],
        by_date: true,
        partial: true,
    },
    Format {
        name: "isso",
        kind: Kind::Json(&isso::LAYOUT),
        marks: &[&["comments", "remote_addr"], &["comments", "website", "created"], &["tid", "mode", "text"]],
        by_date: true,
        partial: false,
    },
];

const WXR: u8 = 0;
const DISQUS: u8 = 1;

impl Platform {
    fn format(self) -> &'static Format {
        FORMATS.get(usize::from(self.0)).unwrap_or(&FORMATS[0])
    }

    /// Returns its name, as in the `source` of threads: `wxr`, `disqus`, `commento` …
    pub fn name(self) -> &'static str {
        self.format().name
    }

    pub(super) fn kind(self) -> Kind {
        self.format().kind
    }

    pub(super) fn sorted_by_date(self) -> bool {
        self.format().by_date
    }

    pub(super) fn partial(self) -> bool {
        self.format().partial
    }

    /// Returns the format of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|platform| platform.name() == name)
    }

    /// Returns all formats that are read.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..FORMATS.len() as u8).map(Self)
    }

    /// Recognises an export by its first bytes, without a byte-order mark.
    pub(crate) fn of(head: &str) -> Option<Self> {
        let head = head.trim_start();
        if head.starts_with(['{', '[']) {
            return Self::of_json(head);
        }
        // A line of something else may stand before either.
        let below = head.split_once('\n').filter(|(line, _)| line.len() < 200).map(|(_, below)| below.trim_start());
        Self::of_xml(head).or_else(|| below.filter(|below| below.starts_with(['{', '['])).and_then(Self::of_json))
    }

    /// By its root element, which junk may precede.
    fn of_xml(head: &str) -> Option<Self> {
        let root = |tag: &str| {
            let at = memchr::memmem::find(head.as_bytes(), tag.as_bytes())?;
            let before = head.get(..at)?;
            let next = head.get(at + tag.len()..)?.chars().next()?;
            // Nothing of a page, and no prose, stands before it: comments and declarations are taken out first.
            let bare = before
                .rfind("?>")
                .or_else(|| before.rfind("-->"))
                .map_or(before, |_| before.split(['<', '`']).next().unwrap_or_default());
            let root = (next.is_whitespace() || next == '>') && !before.contains("<html") && bare.trim().len() < 200;
            root.then_some(at)
        };
        let disqus = root("<disqus").filter(|at| {
            let has = |mark: &str| head.get(*at..).is_some_and(|rest| rest.contains(mark));
            has("disqus.com") || has("<thread") || has("<post")
        });
        let wxr = root("<rss").filter(|at| {
            let has = |mark: &str| head.get(*at..).is_some_and(|rest| rest.contains(mark));
            has("wordpress.org/export") || has("<wp:wxr_version") || has("xmlns:wp=")
        });
        // Of two that were put together the first is meant.
        let first = [disqus.map(|at| (at, DISQUS)), wxr.map(|at| (at, WXR))].into_iter().flatten().min()?;
        Some(Self(first.1))
    }

    fn of_json(head: &str) -> Option<Self> {
        let opens = head.trim_start_matches(['[', ' ', '\n', '\r', '\t']);
        let inner = opens.strip_prefix('{')?.trim_start();
        // Rows that were labelled are rows, whatever they came from.
        if !inner.starts_with('"') || head.contains("\"labels\"") {
            return None;
        }
        // Of documents that were put together the first is meant, where it tells enough.
        let of = |head: &str| FORMATS.iter().position(|format| format.marked(head));
        let found = first_document(head).and_then(of).or_else(|| of(head))?;
        Some(Self(found as u8))
    }

    /// Tells whether a piece of JSON has the marks of this format, whatever others it has.
    pub(super) fn is_marked(self, head: &str) -> bool {
        self.format().marked(head)
    }
}

/// The first JSON document of `head`, where it ends there.
fn first_document(head: &str) -> Option<&str> {
    let (mut depth, mut inside, mut escaped) = (0u32, false, false);
    for (at, byte) in head.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = inside,
            b'"' => inside = !inside,
            b'{' | b'[' if !inside => depth += 1,
            b'}' | b']' if !inside => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return head.get(..=at);
                }
            }
            _ => {}
        }
    }
    None
}

impl fmt::Debug for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
