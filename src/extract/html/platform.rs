//! The markup of comment platforms, as data.

use super::assemble::Depth;
use super::evidence::{self, COMMENT};
use super::item::{self, Draft, Hint, Hints, Item};
use super::select::Selector;
use super::survey::Page;
use super::tag::Tag;
use super::tree::NodeId;
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use std::sync::LazyLock;

/// A platform's markup as written down in [`RULES`]; selectors as in [`super::select`], `selector@attribute` for attributes.
struct Markup {
    name: &'static str,
    /// One of these must occur in the page's source for the rule to be tried.
    marks: &'static [&'static str],
    item: &'static [&'static str],
    author: &'static [&'static str],
    date: &'static [&'static str],
    text: &'static [&'static str],
    drop: &'static [&'static str],
    depth: DepthMarkup,
    extent: Extent,
    /// A forum's first post is what the others answer: the article.
    first_is_article: bool,
}

enum DepthMarkup {
    Unknown,
    Flat,
    Nested,
    Attribute(&'static str, &'static str),
    Ancestors(&'static str),
}

/// How far an item reaches.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// The element.
    Element,
    /// The element and its next siblings, up to the next item: a `dt` with its `dd`, an anchor before what it names.
    UntilNext,
}

const DEFAULT: Markup = Markup {
    name: "",
    marks: &[],
    item: &[],
    author: &[],
    date: &[],
    text: &[],
    drop: &[],
    depth: DepthMarkup::Flat,
    extent: Extent::Element,
    first_is_article: false,
};

/// In order of how specific they are.
const RULES: &[Markup] = &[
    Markup {
        name: "hacker-news",
        marks: &["comtr"],
        item: &["tr.comtr"],
        author: &[".hnuser"],
        date: &[".age@title", ".age"],
        text: &[".commtext"],
        drop: &[".reply", ".navs"],
        depth: DepthMarkup::Attribute("td.ind", "indent"),
        ..DEFAULT
    },
    Markup {
        name: "reddit",
        marks: &["t1_"],
        item: &["[data-fullname^=t1_]", "[id^=t1_]", "shreddit-comment"],
        author: &[
            "[data-author]@data-author",
            "shreddit-comment@author",
            ".author",
            "[data-testid=comment_author_link]",
            "a[href^=/user/]",
        ],
        date: &["time@datetime", "[created]@created"],
        text: &["[data-test-id=comment]", ".usertext-body .md", "[data-testid=comment]", "[slot=comment]"],
        drop: &[".flat-list", ".expand"],
        depth: DepthMarkup::Nested,
        ..DEFAULT
    },
    Markup {
        name: "isso",
        marks: &["isso-comment"],
        item: &[".isso-comment"],
        author: &[".isso-author"],
        date: &["time@datetime", "time"],
        text: &[".isso-text"],
        ..DEFAULT
    },
    Markup {
        name: "remark42",
        marks: &["remark42__comment"],
        item: &["[id^=remark42__comment-]"],
        author: &[".username", "[class*=username]"],
        date: &[".time", "[class*=time]"],
        text: &[".raw-content"],
        depth: DepthMarkup::Nested,
        ..DEFAULT
    },
    Markup {
        name: "discourse",
        marks: &["DiscussionForumPosting"],
        item: &["[itemtype$=/DiscussionForumPosting]", ".crawler-post"],
        author: &["[itemprop=author] [itemprop=name]", "[itemprop=author]", ".creator a"],
        date: &["time[itemprop=datePublished]@datetime", "time@datetime"],
        text: &["[itemprop=articleBody]", "[itemprop=text]", ".post"],
        depth: DepthMarkup::Unknown,
        first_is_article: true,
        ..DEFAULT
    },
    Markup {
        name: "phpbb",
        marks: &["postbody"],
        item: &["div.post#p%", "div.post[id^=post-]"],
        author: &["p.author strong", "p.author .username", ".postprofile .username", ".username-coloured"],
        date: &["p.author time@datetime", "p.author"],
        text: &[".content"],
        drop: &[".signature", ".notice", ".back2top", ".post-buttons"],
        depth: DepthMarkup::Unknown,
        first_is_article: true,
        ..DEFAULT
    },
    Markup {
        name: "xenforo",
        marks: &["bbWrapper", "message-body"],
        item: &["article.message[data-author]", "li.message[data-author]"],
        author: &["[data-author]@data-author"],
        date: &["time.u-dt@datetime", "time@datetime", ".DateTime@title", ".DateTime"],
        text: &[".bbWrapper", ".messageText"],
        drop: &[".message-signature", ".signature", ".message-lastEdit"],
        depth: DepthMarkup::Unknown,
        first_is_article: true,
        ..DEFAULT
    },
    Markup {
        name: "vbulletin",
        marks: &["postbit", "postcontent"],
        item: &["li[id^=post_].postbit", "li[id^=post_].postbitlegacy", "li[id^=post_].postcontainer", "table#post%"],
        author: &[".username", ".bigusername"],
        date: &[".date", ".postdate", "td.thead"],
        text: &[".postcontent", "[id^=post_message_]"],
        drop: &[".signature", ".after_content"],
        depth: DepthMarkup::Unknown,
        first_is_article: true,
        ..DEFAULT
    },
    Markup {
        name: "xenforo-widget",
        marks: &["xenforo-comment"],
        item: &["li.xenforo-comment"],
        author: &[".author-name"],
        date: &[".post-date"],
        text: &[".js-read-more"],
        depth: DepthMarkup::Unknown,
        ..DEFAULT
    },
    Markup {
        name: "stack-exchange",
        marks: &["comment-copy"],
        item: &["div#answer-%", "li.comment#comment-%"],
        author: &[".comment-user", "[itemprop=author] [itemprop=name]", ".user-details a"],
        date: &[".relativetime-clean@title", ".user-action-time .relativetime@title", "time@datetime"],
        text: &[".comment-copy", ".js-post-body", ".post-text", ".s-prose"],
        ..DEFAULT
    },
    Markup {
        name: "wpdiscuz",
        marks: &["wc-comment-text", "wpd-comment-text"],
        item: &["div.wc-comment", "div.wpd-comment"],
        author: &[".wc-comment-author", ".wpd-comment-author"],
        date: &[".wc-comment-date", ".wpd-comment-date", "[class*=comment-date]", "[class*=comment-time]"],
        text: &[".wc-comment-text", ".wpd-comment-text"],
        drop: &[".wc-comment-link", ".wpd-comment-last-edited"],
        ..DEFAULT
    },
    Markup {
        name: "epoch",
        marks: &["epoch-comment"],
        item: &["[data-comment-id]#comment-%", "li.epoch-single-comment"],
        author: &[".epoch-author-link", ".fn", ".comment-author b"],
        date: &["time"],
        text: &[".epoch-comment-content"],
        ..DEFAULT
    },
    Markup {
        name: "blogger",
        marks: &["comment-block", "blogger"],
        item: &["li.comment#c%", "div.comment#c%", "dt.comment-author#c%"],
        author: &["cite.user", ".comment-author", ".user"],
        date: &[".datetime", ".comment-timestamp", ".comment-footer"],
        text: &[".comment-content", ".comment-body"],
        drop: &[".comment-actions", ".comment-footer", ".icon"],
        ..DEFAULT
    },
    Markup {
        name: "blogger-list",
        marks: &["comments-block"],
        item: &["dl#comments-block dt"],
        author: &["dt"],
        date: &[".comment-timestamp", ".comment-footer"],
        text: &["dd.comment-body"],
        extent: Extent::UntilNext,
        depth: DepthMarkup::Unknown,
        ..DEFAULT
    },
    Markup {
        name: "drupal",
        marks: &["/comment/", "sioct:Comment", "schema:Comment"],
        item: &["[about^=/comment/]", "[typeof*=sioct:Comment]", "[typeof*=schema:Comment]"],
        author: &[".username", "[rel*=has_creator]", "[property*=has_creator]", ".comment__author"],
        date: &[
            "[property*=dateCreated]@content",
            "[property*=created]@content",
            "[property*=date]@content",
            "time@datetime",
        ],
        text: &[".field--name-comment-body", ".field-name-comment-body", "[property*=schema:text]"],
        depth: DepthMarkup::Ancestors(".indented"),
        drop: &["ul.links", ".comment__permalink", ".comment__links"],
        ..DEFAULT
    },
    Markup {
        name: "microdata",
        marks: &["/Comment", "/comment", "/UserComments", "/usercomments"],
        item: &["[itemtype$=/Comment]", "[itemtype$=/UserComments]"],
        author: &[
            "[itemprop=author] [itemprop=name]@content",
            "[itemprop=author] [itemprop=name]",
            "[itemprop=creator] [itemprop=name]",
            "[itemprop=author]",
            "[itemprop=creator]",
        ],
        date: &[
            "[itemprop=dateCreated]@datetime",
            "[itemprop=dateCreated]@content",
            "[itemprop=datePublished]@datetime",
            "[itemprop=datePublished]@content",
            "[itemprop=commentTime]@datetime",
            "[itemprop=commentTime]@content",
            "[itemprop=dateCreated]",
            "[itemprop=datePublished]",
            "[itemprop=commentTime]",
        ],
        text: &["[itemprop=text]", "[itemprop=commentText]", "[itemprop=reviewBody]"],
        ..DEFAULT
    },
    Markup {
        name: "microdata-review",
        marks: &["/Review"],
        item: &[".comment[itemtype$=/Review]"],
        author: &["[itemprop=author] [itemprop=name]", "[itemprop=author]"],
        date: &["[itemprop=datePublished]@datetime", "[itemprop=datePublished]@content", "[itemprop=datePublished]"],
        text: &["[itemprop=reviewBody]", "[itemprop=description]"],
        depth: DepthMarkup::Unknown,
        ..DEFAULT
    },
    Markup {
        name: "definition-list",
        marks: &["<dt", "<DT"],
        item: &["dt#comment-%", "dt.comment", "dt#c%"],
        text: &["dd"],
        depth: DepthMarkup::Unknown,
        extent: Extent::UntilNext,
        ..DEFAULT
    },
    Markup {
        name: "wordpress",
        marks: &["comment-"],
        item: &[
            "li#comment-%",
            "li#li-comment-%",
            "div#comment-%",
            "article#comment-%",
            "section#comment-%",
            "div#div-comment-%",
            "article#div-comment-%",
            "div#li-comment-%",
            "article#article-comment-%",
            "tr#comment-%",
            "li#div-comment-%",
            "li#wp-comment-%",
        ],
        author: &[".fn", ".comment-author-name", ".comment_author", ".author_name"],
        date: &[".comment-metadata time", ".comment-meta time", ".comment-metadata", ".commentmetadata", "time"],
        text: &[".comment-content", ".comment-text", ".comment_text", ".commenttext"],
        drop: &[
            ".reply",
            ".comment-reply-link",
            ".comment-edit-link",
            ".says",
            ".comment-awaiting-moderation",
            ".comment-subscription-form",
            ".comment-respond",
            ".sharedaddy",
            ".comment-likes",
        ],
        ..DEFAULT
    },
    Markup {
        name: "anchors",
        marks: &["name=\"comment-", "name='comment-", "id=\"comment-"],
        item: &["a[name%=comment-]", "a[name%=comment]", "a#comment-%"],
        depth: DepthMarkup::Unknown,
        extent: Extent::UntilNext,
        ..DEFAULT
    },
];

/// A rule ready for use.
pub(super) struct Rule {
    pub(super) name: &'static str,
    item: Vec<Selector>,
    pub(super) hints: Hints,
    pub(super) depth: Depth,
    extent: Extent,
    pub(super) first_is_article: bool,
}

static READY: LazyLock<Vec<Rule>> = LazyLock::new(|| RULES.iter().map(Rule::new).collect());

impl Rule {
    fn new(markup: &Markup) -> Self {
        let selectors = |texts: &[&str]| texts.iter().filter_map(|text| Selector::parse(text)).collect();
        let hint = |text: &&str| {
            let (selector, attribute) = text
                .split_once('@')
                .map_or((*text, None), |(selector, attribute)| (selector, Some(attribute.to_owned())));
            Some(Hint { selector: Selector::parse(selector)?, attribute })
        };
        let hints = |texts: &[&str]| texts.iter().filter_map(hint).collect();
        Self {
            name: markup.name,
            item: selectors(markup.item),
            hints: Hints {
                author: hints(markup.author),
                date: hints(markup.date),
                text: selectors(markup.text),
                drop: selectors(markup.drop),
            },
            depth: match markup.depth {
                DepthMarkup::Unknown => Depth::Unknown,
                DepthMarkup::Flat => Depth::Found { flat: true },
                DepthMarkup::Nested => Depth::Found { flat: false },
                DepthMarkup::Attribute(selector, attribute) => Selector::parse(selector)
                    .map_or(Depth::Unknown, |selector| Depth::Attribute { selector, attribute: attribute.to_owned() }),
                DepthMarkup::Ancestors(selector) => Selector::parse(selector).map_or(Depth::Unknown, Depth::Ancestors),
            },
            extent: markup.extent,
            first_is_article: markup.first_is_article,
        }
    }

    /// The rule's items in a page, those without text of their own left out.
    fn items(&self, page: &Page<'_>) -> Vec<Item> {
        let tree = &page.tree;
        let matched = (1..tree.len()).filter(|id| {
            tree.tag(*id) != Tag::Text
                && (page.size(*id) > 0 || self.extent == Extent::UntilNext)
                && self.item.iter().any(|selector| selector.matches(tree, *id))
        });
        let mut items: Vec<Item> =
            matched.map(|node| Item { node, from: node, to: tree.end(node), id: own_id(page, node) }).collect();
        if self.extent == Extent::UntilNext {
            reach_next(page, &mut items);
        }
        without_wrappers(page, merge_same_ids(items))
    }
}

/// What a rule found.
pub(super) struct Found {
    pub(super) rule: &'static Rule,
    pub(super) items: Vec<Item>,
    pub(super) drafts: Vec<Draft>,
}

/// Applies the rules whose marks occur; the one that finds most comments wins, the more specific if two find as many.
pub(super) fn find(source: &str, page: &Page<'_>, vetoed: impl Fn(NodeId) -> bool) -> Option<Found> {
    let mut best: Option<(usize, Found)> = None;
    let marked = marked(source);
    for (rule, _) in READY.iter().zip(marked).filter(|(_, marked)| *marked) {
        let mut items = rule.items(page);
        items.retain(|item| !vetoed(item.node));
        let drafts: Vec<Draft> = (0..items.len()).map(|index| item::read(page, &items, index, &rule.hints)).collect();
        let sound = drafts
            .iter()
            .filter(|draft| {
                !draft.text.is_empty() && !draft.pingback && (draft.author.is_some() || draft.date.is_some())
            })
            .count();
        if sound > 0 && best.as_ref().is_none_or(|(count, _)| sound > *count) {
            best = Some((sound, Found { rule, items, drafts }));
        }
    }
    best.map(|(_, found)| found)
}

/// All rules' marks in one automaton.
static MARKS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).build(RULES.iter().flat_map(|rule| rule.marks)).ok()
});

/// Which rules' marks occur in a page.
fn marked(source: &str) -> Vec<bool> {
    let owners: Vec<usize> =
        RULES.iter().enumerate().flat_map(|(rule, markup)| markup.marks.iter().map(move |_| rule)).collect();
    let mut marked = vec![false; RULES.len()];
    for found in MARKS.iter().flat_map(|marks| marks.find_overlapping_iter(source)) {
        if let Some(marked) = owners.get(found.pattern().as_usize()).and_then(|rule| marked.get_mut(*rule)) {
            *marked = true;
        }
    }
    marked
}

/// The page's own id for an element: the number in its id, or what an attribute says.
pub(super) fn own_id(page: &Page<'_>, node: NodeId) -> Option<String> {
    let named = ["data-comment-id", "data-commentid", "data-id", "data-cid", "data-post-id"].iter();
    let stated = || named.clone().find_map(|name| page.attribute(node, name)).filter(|id| id.len() <= 64);
    let id = page
        .attribute(node, "id")
        .or_else(|| if page.tree.tag(node) == Tag::A { page.attribute(node, "name") } else { None });
    let Some(id) = id else { return stated() };
    let digits = id.bytes().rev().take_while(u8::is_ascii_digit).count();
    if digits > 0 {
        return id.get(id.len() - digits..).map(str::to_owned);
    }
    stated().or_else(|| (evidence::of_names(&id) & COMMENT == 0 || id.len() > 12).then_some(id))
}

/// `li#li-comment-7 > article#comment-7 > div#div-comment-7` is one comment: the outermost stays.
fn merge_same_ids(items: Vec<Item>) -> Vec<Item> {
    let mut out: Vec<Item> = Vec::with_capacity(items.len());
    let mut open: Vec<usize> = Vec::new();
    for item in items {
        while open.last().and_then(|index| out.get(*index)).is_some_and(|outer| outer.to <= item.from) {
            open.pop();
        }
        let outer = open.last().and_then(|index| out.get(*index));
        if outer.is_some_and(|outer| item.id.is_some() && outer.id == item.id) {
            continue;
        }
        open.push(out.len());
        out.push(item);
    }
    out
}

/// Leaves out items that hold nothing but other items.
pub(super) fn without_wrappers(page: &Page<'_>, items: Vec<Item>) -> Vec<Item> {
    let mut keep = vec![true; items.len()];
    for (index, item) in items.iter().enumerate() {
        let mut own = page.text_size(item.from, item.to);
        let mut until = 0;
        for inner in items.get(index + 1..).unwrap_or_default().iter().take_while(|inner| inner.from < item.to) {
            if inner.from >= until {
                own = own.saturating_sub(page.text_size(inner.from, inner.to));
                until = inner.to;
            }
        }
        let has_inner = until > 0;
        if let Some(keep) = keep.get_mut(index) {
            *keep = own > 2 || own > 0 && !has_inner;
        }
    }
    items.into_iter().zip(keep).filter(|(_, keep)| *keep).map(|(item, _)| item).collect()
}

/// Lets each item reach to the next one, or to the end of what both stand in.
pub(super) fn reach_next(page: &Page<'_>, items: &mut [Item]) {
    let starts: Vec<NodeId> = items.iter().map(|item| item.from).collect();
    for (index, item) in items.iter_mut().enumerate() {
        let end = page.tree.end(page.tree.parent(item.node));
        item.to = starts.get(index + 1).copied().unwrap_or(end).min(end).max(item.from + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_selector_of_every_rule_can_be_read() {
        for markup in RULES {
            for text in [markup.item, markup.author, markup.date, markup.text, markup.drop].into_iter().flatten() {
                let selector = text.split('@').next().unwrap_or_default();
                assert!(Selector::parse(selector).is_some(), "{}: {text}", markup.name);
            }
        }
    }
}
