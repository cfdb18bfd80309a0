//! The markup of comment platforms, as data.

/// A platform's markup as written down in [`RULES`]; selectors as in [`super::select`], `selector@attribute` for attributes.
pub(super) struct Markup {
    pub(super) name: &'static str,
    /// One of these must occur in a class, id, name, itemtype, typeof, about or data-fullname for the rule to be tried.
    pub(super) marks: &'static [&'static str],
    pub(super) item: &'static [&'static str],
    pub(super) author: &'static [&'static str],
    pub(super) date: &'static [&'static str],
    pub(super) text: &'static [&'static str],
    pub(super) drop: &'static [&'static str],
    pub(super) depth: DepthMarkup,
    pub(super) extent: Extent,
    /// A forum's first post is what the others answer: the article.
    pub(super) first_is_article: bool,
}

pub(super) enum DepthMarkup {
    Unknown,
    Flat,
    Nested,
    Attribute(&'static str, &'static str),
    Ancestors(&'static str),
}

/// How far an item reaches.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
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
pub(super) const RULES: &[Markup] = &[
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
        date: &["time@datetime", "faceplate-timeago@ts", "[created]@created"],
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
        marks: &["comment"],
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
        text: &[
            "h3[property*=name]",
            "h2[property*=name]",
            "p[property*=name]",
            ".field--name-comment-body",
            ".field-name-comment-body",
            "[property*=schema:text]",
        ],
        depth: DepthMarkup::Ancestors(".indented"),
        drop: &["ul.links", ".comment__permalink", ".comment__links"],
        ..DEFAULT
    },
    Markup {
        name: "commento",
        marks: &["commento-card", "comentario-card"],
        item: &["[id^=commento-comment-card-]", ".comentario-card"],
        author: &[".commento-name", ".comentario-name"],
        date: &[
            ".commento-timeago@title",
            ".comentario-subtitle time@datetime",
            ".comentario-subtitle@title",
            "time@datetime",
        ],
        text: &["[id^=commento-comment-text-]", ".comentario-card-body-text", ".comentario-card-body"],
        drop: &[".commento-options", ".comentario-toolbar", ".comentario-card-children", ".commento-score"],
        depth: DepthMarkup::Nested,
        ..DEFAULT
    },
    Markup {
        name: "disqus",
        marks: &["dsq-comment"],
        item: &["[id^=dsq-comment-].comment", "li#dsq-comment-%", "li.dsq-comment", "div.dsq-comment"],
        author: &["[id^=dsq-author-user-]", ".dsq-commenter-name", "cite"],
        date: &["[id^=dsq-comment-date-]", ".dsq-comment-date", ".dsq-comment-meta", "time@datetime"],
        text: &[".dsq-comment-message", ".dsq-comment-text"],
        drop: &[".dsq-comment-footer", ".dsq-comment-buttons", ".dsq-avatar"],
        ..DEFAULT
    },
    Markup {
        name: "coral",
        marks: &["coral-comment"],
        item: &[".coral-comment", "[id^=coral-comments-]"],
        author: &[".coral-comment-username"],
        date: &[".coral-comment-timestamp@datetime", "time@datetime", ".coral-comment-timestamp"],
        text: &[".coral-comment-content"],
        drop: &[".coral-comment-actionBar", ".coral-comment-inReplyTo"],
        ..DEFAULT
    },
    Markup {
        name: "lemmy",
        marks: &["comment-node"],
        item: &["article.comment-node", "div.comment-node"],
        author: &[".person-listing"],
        date: &[".moment-time@data-tippy-content", "time@datetime", ".moment-time"],
        text: &[".comment-content .md-div", ".comment-content", ".md-div"],
        drop: &[".comment-actions"],
        ..DEFAULT
    },
    Markup {
        name: "mastodon",
        marks: &["status__content"],
        item: &[
            ".activity-stream .entry",
            ".detailed-status",
            ".status[data-id]",
            ".status.h-entry",
            "article .status",
        ],
        author: &[".display-name__html", ".display-name strong", ".p-author .p-name", ".display-name"],
        date: &["time@datetime", ".dt-published@datetime", ".dt-published@value"],
        text: &[".e-content", ".status__content__text", ".status__content"],
        drop: &[".status__action-bar", ".detailed-status__meta"],
        depth: DepthMarkup::Unknown,
        first_is_article: true,
        ..DEFAULT
    },
    Markup {
        name: "microformats",
        marks: &["p-comment", "u-comment", "h-cite"],
        item: &[".p-comment", ".u-comment", ".comment.h-cite", ".comments .h-cite", ".comments .h-entry"],
        author: &[".p-author .p-name", ".p-author"],
        date: &[".dt-published@datetime", "time@datetime", ".dt-published"],
        text: &[".e-content", ".p-content", ".p-summary"],
        ..DEFAULT
    },
    Markup {
        name: "rdfa",
        marks: &["Comment", "schema:UserComments"],
        item: &["[typeof=Comment]", "[typeof=schema:UserComments]"],
        author: &["[property=author] [property=name]", "[property=author]", "[property=creator]"],
        date: &[
            "[property=dateCreated]@datetime",
            "[property=dateCreated]@content",
            "[property=datePublished]@datetime",
            "[property=datePublished]@content",
            "[property=dateCreated]",
        ],
        text: &["[property=text]", "[property=commentText]"],
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
        marks: &["comment", "c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9"],
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
        marks: &["comment"],
        item: &["a[name%=comment-]", "a[name%=comment]", "a#comment-%"],
        depth: DepthMarkup::Unknown,
        extent: Extent::UntilNext,
        ..DEFAULT
    },
];
