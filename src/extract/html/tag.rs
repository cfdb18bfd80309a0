//! The names of elements, and what each does to the tree around it.

macro_rules! tags {
    ($($variant:ident $name:literal),* $(,)?) => {
        /// An element's name; `Text` is a run of text and `Other` every element not listed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[repr(u8)]
        pub(super) enum Tag { Text, Other, Closed, $($variant),* }

        impl Tag {
            /// Looks a lower-case name up.
            pub(super) fn from_lower(name: &[u8]) -> Self {
                match std::str::from_utf8(name) { $(Ok($name) => Self::$variant,)* _ => Self::Other }
            }
        }
    };
}

tags! {
    A "a", Abbr "abbr", Address "address", Article "article", Aside "aside", B "b", Base "base", Big "big",
    Blockquote "blockquote", Body "body", Br "br", Button "button", Caption "caption", Center "center", Cite "cite",
    Code "code", Col "col", Dd "dd", Details "details", Dialog "dialog", Dir "dir", Div "div", Dl "dl", Dt "dt",
    Em "em", Embed "embed", Fieldset "fieldset", Figcaption "figcaption", Figure "figure", Font "font",
    Footer "footer", Form "form", H1 "h1", H2 "h2", H3 "h3", H4 "h4", H5 "h5", H6 "h6", Head "head",
    Header "header", Hgroup "hgroup", Hr "hr", Html "html", I "i", Iframe "iframe", Img "img", Input "input",
    Label "label", Legend "legend", Li "li", Link "link", Main "main", Menu "menu", Meta "meta", Nav "nav",
    Nobr "nobr", Noembed "noembed", Noframes "noframes", Noscript "noscript", Object "object", Ol "ol", Option "option",
    Optgroup "optgroup", P "p", Param "param", Pre "pre", S "s", Script "script", Section "section",
    Select "select", Small "small", Source "source", Span "span", Strike "strike", Strong "strong",
    Style "style", Summary "summary", Svg "svg", Table "table", Tbody "tbody", Td "td", Template "template",
    Textarea "textarea", Tfoot "tfoot", Th "th", Thead "thead", Time "time", Title "title", Tr "tr",
    Track "track", Tt "tt", U "u", Ul "ul", Wbr "wbr", Xmp "xmp", Area "area",
}

impl Tag {
    /// Elements that have no end tag and no content.
    pub(super) fn is_void(self) -> bool {
        use Tag::*;
        matches!(self, Area | Base | Br | Col | Embed | Hr | Img | Input | Link | Meta | Param | Source | Track | Wbr)
    }

    /// Elements whose content is text up to their end tag.
    pub(super) fn is_raw(self) -> bool {
        use Tag::*;
        matches!(self, Script | Style | Textarea | Title | Iframe | Noembed | Noframes | Xmp)
    }

    /// Elements that cannot stand in a drawing, so that their start ends it.
    pub(super) fn ends_drawing(self) -> bool {
        use Tag::*;
        matches!(
            self,
            B | Big
                | Blockquote
                | Body
                | Br
                | Center
                | Code
                | Dd
                | Div
                | Dl
                | Dt
                | Em
                | Embed
                | H1
                | H2
                | H3
                | H4
                | H5
                | H6
                | Head
                | Hr
                | I
                | Img
                | Li
                | Menu
                | Meta
                | Nobr
                | Ol
                | P
                | Pre
                | S
                | Small
                | Span
                | Strong
                | Strike
                | Table
                | Tt
                | U
                | Ul
        )
    }

    /// Elements that begin on a line of their own.
    pub(super) fn is_block(self) -> bool {
        use Tag::*;
        self.closes_paragraph()
            || matches!(self, Li | Dt | Dd | Tr | Td | Th | Caption | Body | Legend | Option | Tbody | Thead | Tfoot)
    }

    /// Elements that cannot stand in a paragraph, so that their start ends it.
    pub(super) fn closes_paragraph(self) -> bool {
        use Tag::*;
        matches!(
            self,
            Address
                | Article
                | Aside
                | Blockquote
                | Center
                | Details
                | Dialog
                | Dir
                | Div
                | Dl
                | Fieldset
                | Figcaption
                | Figure
                | Footer
                | Form
                | H1
                | H2
                | H3
                | H4
                | H5
                | H6
                | Header
                | Hgroup
                | Hr
                | Main
                | Menu
                | Nav
                | Ol
                | P
                | Pre
                | Section
                | Summary
                | Table
                | Ul
                | Xmp
        )
    }

    /// The standard's "special" elements: the end tag of an ordinary element does not reach through them.
    pub(super) fn is_special(self) -> bool {
        self.is_block()
            || matches!(self, Tag::Html | Tag::Head | Tag::Template | Tag::Object | Tag::Button | Tag::Select)
    }

    /// Elements that an end tag of another name never closes.
    pub(super) fn is_scope(self) -> bool {
        use Tag::*;
        matches!(self, Html | Table | Td | Th | Caption | Object | Template | Button)
    }

    /// Elements whose end tag may stand in the wrong place without harm.
    pub(super) fn is_formatting(self) -> bool {
        use Tag::*;
        matches!(self, A | B | Big | Code | Em | Font | I | Nobr | S | Small | Strike | Strong | Tt | U)
    }

    /// Headings.
    pub(super) fn is_heading(self) -> bool {
        use Tag::*;
        matches!(self, H1 | H2 | H3 | H4 | H5 | H6)
    }

    /// Elements that may stand in a page's head.
    pub(super) fn is_metadata(self) -> bool {
        use Tag::*;
        matches!(self, Base | Link | Meta | Noscript | Script | Style | Template | Title | Text | Html | Head)
    }
}
