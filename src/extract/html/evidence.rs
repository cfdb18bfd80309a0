//! What class names and ids say about an element, in the words of a dozen languages.
//!
//! Names lie (a `.comment` may be a counter, `id=comments` an empty box), so all of this is evidence and none of it proof.

use std::borrow::Cow;
use std::collections::HashMap;

/// A set of the constants below.
pub(super) type Evidence = u32;

/// Says "comment" in some language.
pub(super) const COMMENT: Evidence = 1;
/// Says something that comments share with other things: reply, post, message, opinion.
pub(super) const TALK: Evidence = 1 << 1;
/// A person's name.
pub(super) const AUTHOR: Evidence = 1 << 2;
/// A date or time.
pub(super) const DATE: Evidence = 1 << 3;
/// What was written.
pub(super) const BODY: Evidence = 1 << 4;
/// Links and buttons: reply, like, report …
pub(super) const ACTION: Evidence = 1 << 5;
/// Holds the answers to a comment.
pub(super) const CHILDREN: Evidence = 1 << 6;
/// Beside the page's matter: sidebars, newest comments of other pages, what to read next.
pub(super) const BESIDE: Evidence = 1 << 7;
/// A picture of a person.
pub(super) const AVATAR: Evidence = 1 << 8;
/// Author and date together.
pub(super) const META: Evidence = 1 << 9;
/// A heading of a comment.
pub(super) const TITLE: Evidence = 1 << 10;
/// A form, or what surrounds it.
pub(super) const FORM: Evidence = 1 << 11;
/// Tells about an article's author.
pub(super) const BIOGRAPHY: Evidence = 1 << 12;
/// A live ticker's entry, a review, a pingback: looks like a comment and is none.
pub(super) const OTHER_KIND: Evidence = 1 << 13;
/// Belongs to an article.
pub(super) const ARTICLE: Evidence = 1 << 14;
/// A number of things.
pub(super) const COUNT: Evidence = 1 << 15;
/// What a person puts under everything they write.
pub(super) const SIGNATURE: Evidence = 1 << 17;
/// The newest of the whole site.
pub(super) const NEWEST: Evidence = 1 << 18;
/// A pingback or trackback.
pub(super) const PINGBACK: Evidence = 1 << 16;

/// Sorted, so that those with one beginning stand together, as a test checks.
const WORDS: &[(&str, Evidence)] = &[
    ("about", BIOGRAPHY),
    ("action", ACTION),
    ("actions", ACTION),
    ("advert", BESIDE),
    ("ago", DATE),
    ("aktuelle", NEWEST),
    ("answer", TALK),
    ("answers", TALK | CHILDREN),
    ("antwort", TALK),
    ("antworten", TALK | CHILDREN | ACTION),
    ("area", 0),
    ("article", ARTICLE),
    ("artikel", ARTICLE),
    ("auteur", AUTHOR),
    ("author", AUTHOR),
    ("authorname", AUTHOR),
    ("autor", AUTHOR),
    ("autore", AUTHOR),
    ("autorin", AUTHOR),
    ("avatar", AVATAR),
    ("awaiting", ACTION),
    ("badge", ACTION),
    ("badges", ACTION),
    ("banner", BESIDE),
    ("beitrag", TALK),
    ("benutzer", AUTHOR),
    ("benutzername", AUTHOR),
    ("bio", BIOGRAPHY),
    ("biography", BIOGRAPHY),
    ("body", BODY),
    ("box", 0),
    ("btn", ACTION),
    ("button", ACTION),
    ("buttons", ACTION),
    ("by", AUTHOR),
    ("byline", AUTHOR | META),
    ("child", CHILDREN),
    ("children", CHILDREN),
    ("cmt", COMMENT),
    ("coment", COMMENT),
    ("comentario", COMMENT),
    ("comentarios", COMMENT),
    ("comment", COMMENT),
    ("commentaire", COMMENT),
    ("commentaires", COMMENT),
    ("commentator", AUTHOR),
    ("commenter", AUTHOR),
    ("commenti", COMMENT),
    ("commento", COMMENT),
    ("comments", COMMENT),
    ("content", BODY),
    ("contents", BODY),
    ("contenu", BODY),
    ("controls", ACTION),
    ("copy", BODY),
    ("count", COUNT),
    ("counter", COUNT),
    ("created", DATE),
    ("creator", AUTHOR),
    ("customer", OTHER_KIND),
    ("customers", OTHER_KIND),
    ("date", DATE),
    ("dateline", DATE),
    ("datetime", DATE),
    ("datum", DATE),
    ("delete", ACTION),
    ("derniers", NEWEST),
    ("description", BODY),
    ("dialog", FORM),
    ("discussion", TALK),
    ("diskussion", TALK),
    ("dislike", ACTION),
    ("displayname", AUTHOR),
    ("down", ACTION),
    ("downvote", ACTION),
    ("edit", ACTION),
    ("edited", ACTION),
    ("entry", 0),
    ("excerpt", ARTICLE),
    ("fecha", DATE),
    ("feedback", TALK),
    ("firma", SIGNATURE),
    ("flag", ACTION),
    ("fn", AUTHOR),
    ("foot", 0),
    ("form", FORM),
    ("forum", TALK),
    ("foto", AVATAR),
    ("function", ACTION),
    ("functions", ACTION),
    ("gravatar", AVATAR),
    ("guestbook", TALK),
    ("head", META),
    ("header", META),
    ("headline", TITLE),
    ("hozzaszolas", COMMENT),
    ("icon", AVATAR),
    ("image", AVATAR),
    ("img", AVATAR),
    ("indent", CHILDREN),
    ("indented", CHILDREN),
    ("indicator", ACTION),
    ("info", META),
    ("information", META),
    ("infos", META),
    ("inhalt", BODY),
    ("item", 0),
    ("karma", ACTION),
    ("klientów", OTHER_KIND),
    ("komentar", COMMENT),
    ("komentare", COMMENT),
    ("komentarz", COMMENT),
    ("komentarze", COMMENT),
    ("komment", COMMENT),
    ("kommentar", COMMENT),
    ("kommentare", COMMENT),
    ("kommentarer", COMMENT),
    ("kommentator", AUTHOR),
    ("kommentti", COMMENT),
    ("kunden", OTHER_KIND),
    ("kundenbewertungen", OTHER_KIND),
    ("latest", NEWEST),
    ("lead", ARTICLE),
    ("leserbrief", COMMENT),
    ("leserbriefe", COMMENT),
    ("leserkommentar", COMMENT),
    ("leserkommentare", COMMENT),
    ("lesermeinung", COMMENT),
    ("lesermeinungen", COMMENT),
    ("leserpost", COMMENT),
    ("letzte", NEWEST),
    ("letzten", NEWEST),
    ("like", ACTION),
    ("likes", ACTION),
    ("link", ACTION),
    ("links", ACTION),
    ("list", 0),
    ("live", OTHER_KIND),
    ("liveblog", OTHER_KIND),
    ("liveticker", OTHER_KIND),
    ("login", ACTION),
    ("melden", ACTION),
    ("member", AUTHOR),
    ("menu", ACTION),
    ("message", BODY | TALK),
    ("messages", TALK),
    ("meta", META),
    ("metadata", META),
    ("metas", META),
    ("modal", FORM),
    ("more", ACTION),
    ("motto", SIGNATURE),
    ("msg", BODY | TALK),
    ("name", AUTHOR),
    ("nav", ACTION),
    ("nb", 0),
    ("nested", CHILDREN),
    ("neue", NEWEST),
    ("neueste", NEWEST),
    ("newest", NEWEST),
    ("nick", AUTHOR),
    ("nickname", AUTHOR),
    ("no", 0),
    ("nom", AUTHOR),
    ("nombre", AUTHOR),
    ("nome", AUTHOR),
    ("notice", ACTION),
    ("nutzer", AUTHOR),
    ("opinia", COMMENT),
    ("opinie", COMMENT),
    ("opinion", TALK),
    ("opinions", TALK),
    ("options", ACTION),
    ("ostatnie", NEWEST),
    ("owner", AUTHOR),
    ("pagination", ACTION),
    ("parent", 0),
    ("permalink", ACTION),
    ("person", AUTHOR),
    ("photo", AVATAR),
    ("pic", AVATAR),
    ("picture", AVATAR),
    ("pingback", PINGBACK),
    ("pingbacks", PINGBACK),
    ("pinglist", PINGBACK),
    ("pings", PINGBACK),
    ("popular", BESIDE),
    ("popup", FORM),
    ("post", TALK),
    ("posted", DATE),
    ("poster", AUTHOR),
    ("posts", TALK),
    ("profile", AUTHOR),
    ("profilename", AUTHOR),
    ("promo", BESIDE),
    ("pseudo", AUTHOR),
    ("pubdate", DATE),
    ("published", DATE),
    ("rank", ACTION),
    ("rating", ACTION),
    ("ratings", ACTION),
    ("reactie", COMMENT),
    ("reacties", COMMENT),
    ("reaction", TALK),
    ("reactions", ACTION | TALK),
    ("recent", NEWEST),
    ("recentcomments", NEWEST),
    ("recentes", NEWEST),
    ("recents", NEWEST),
    ("recommend", ACTION),
    ("recommended", BESIDE),
    ("related", BESIDE),
    ("repl", CHILDREN),
    ("replies", CHILDREN | TALK),
    ("reply", TALK | ACTION),
    ("repondre", ACTION),
    ("reponses", CHILDREN | TALK),
    ("report", ACTION),
    ("respond", FORM),
    ("response", TALK),
    ("responses", TALK | CHILDREN),
    ("respuesta", TALK),
    ("respuestas", TALK | CHILDREN),
    ("review", OTHER_KIND | TALK),
    ("reviews", OTHER_KIND | TALK),
    ("says", ACTION),
    ("score", ACTION),
    ("screen", ACTION),
    ("screenname", AUTHOR),
    ("senaste", NEWEST),
    ("share", ACTION),
    ("shares", ACTION),
    ("sharing", ACTION),
    ("sidebar", BESIDE),
    ("sig", SIGNATURE),
    ("signatur", SIGNATURE),
    ("signature", SIGNATURE),
    ("similar", BESIDE),
    ("slogan", SIGNATURE),
    ("social", ACTION),
    ("spoiler", 0),
    ("sr", ACTION),
    ("star", ACTION),
    ("stars", ACTION),
    ("status", ACTION),
    ("story", BODY),
    ("sub", CHILDREN),
    ("subject", TITLE),
    ("submitted", META | DATE),
    ("talkback", COMMENT),
    ("teaser", BESIDE),
    ("tekst", BODY),
    ("testo", BODY),
    ("text", BODY),
    ("texte", BODY),
    ("texto", BODY),
    ("thread", TALK),
    ("thumb", ACTION),
    ("thumbs", ACTION),
    ("ticker", OTHER_KIND),
    ("time", DATE),
    ("timestamp", DATE),
    ("title", TITLE),
    ("titre", TITLE),
    ("toggle", ACTION),
    ("tool", ACTION),
    ("toolbar", ACTION),
    ("tools", ACTION),
    ("tooltip", ACTION),
    ("trackback", PINGBACK),
    ("trackbacks", PINGBACK),
    ("trending", BESIDE),
    ("tweet", OTHER_KIND),
    ("txt", BODY),
    ("ultimi", NEWEST),
    ("ultimos", NEWEST),
    ("up", ACTION),
    ("upvote", ACTION),
    ("user", AUTHOR),
    ("username", AUTHOR),
    ("usuario", AUTHOR),
    ("utente", AUTHOR),
    ("utilisateur", AUTHOR),
    ("verfasser", AUTHOR),
    ("visually", ACTION),
    ("vote", ACTION),
    ("votes", ACTION),
    ("voting", ACTION),
    ("when", DATE),
    ("who", AUTHOR),
    ("writer", AUTHOR),
    ("yorum", COMMENT),
    ("yorumlar", COMMENT),
    ("zeit", DATE),
];

/// Reads class names and ids, remembering what it has read: pages repeat them thousands of times.
#[derive(Debug, Default)]
pub(super) struct Reader<'a> {
    known: HashMap<&'a str, Evidence>,
    /// Each of the names once, as they first stand on the page.
    names: Vec<&'a str>,
}

impl<'a> Reader<'a> {
    /// Says what a class attribute or id speaks for.
    pub(super) fn read(&mut self, names: &'a str) -> Evidence {
        if names.len() > 400 {
            return 0;
        }
        let list = &mut self.names;
        *self.known.entry(names).or_insert_with(|| {
            list.push(names);
            of_names(names)
        })
    }

    /// Gives the names that were read, each once.
    pub(super) fn into_names(self) -> Vec<&'a str> {
        self.names
    }
}

/// Says what a class attribute or id speaks for.
pub(super) fn of_names(names: &str) -> Evidence {
    let mut all = 0;
    each_word(names, |word| all |= of_word(word));
    all
}

/// Splits `MtnCommentText`, `comment_text` and `comment-text` alike.
fn each_word(names: &str, mut read: impl FnMut(&str)) {
    let mut from = 0;
    let mut previous_lower = false;
    let mut cut = |from: usize, to: usize| {
        if let Some(word) = names.get(from..to).filter(|word| !word.is_empty()) {
            read(word);
        }
    };
    for (at, c) in names.char_indices() {
        if !c.is_alphabetic() {
            cut(from, at);
            from = at + c.len_utf8();
        } else if previous_lower && c.is_uppercase() {
            cut(from, at);
            from = at;
        }
        previous_lower = c.is_lowercase();
    }
    cut(from, names.len());
}

/// Where the words begin that begin with each byte.
const BEGINNINGS: [usize; 257] = {
    let mut beginnings = [WORDS.len(); 257];
    let (mut at, mut byte) = (0, 0);
    while byte < 256 {
        while at < WORDS.len() && (WORDS[at].0.as_bytes()[0] as usize) < byte {
            at += 1;
        }
        beginnings[byte] = at;
        byte += 1;
    }
    beginnings
};

fn look(word: &str) -> Option<Evidence> {
    let first = usize::from(*word.as_bytes().first()?);
    let words = WORDS.get(*BEGINNINGS.get(first)?..*BEGINNINGS.get(first + 1)?)?;
    // Lengths tell nearly all of the few words that are left apart.
    words.iter().find(|(known, _)| known.len() == word.len() && *known == word).map(|(_, evidence)| *evidence)
}

/// Parts of longer words that say "comment" wherever they stand: `kommentarliste`, `usercomments`.
const STEMS: &[&str] = &["comment", "komment", "komentar", "comentario", "leserbrief", "hozzaszolas"];

/// One word, or two written as one: `commenttext`.
fn of_word(word: &str) -> Evidence {
    let word = if word.bytes().all(|b| b.is_ascii_lowercase()) {
        Cow::Borrowed(word)
    } else {
        Cow::Owned(word.to_lowercase())
    };
    if let Some(evidence) = look(&word) {
        return evidence;
    }
    // Shorter parts join by chance: "up" and "date".
    let parts = (4..word.len().saturating_sub(3))
        .find_map(|cut| Some(look(word.get(..cut)?)? | look(word.get(cut..)?)?))
        .unwrap_or(0);
    // The shortest stem has seven letters.
    parts | if word.len() > 6 && STEMS.iter().any(|stem| word.contains(stem)) { COMMENT } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_sorted() {
        assert!(WORDS.is_sorted_by(|a, b| a.0 < b.0), "{:?}", WORDS.windows(2).find(|w| w[0].0 >= w[1].0));
    }

    #[test]
    fn reads_names_however_they_are_joined() {
        assert_eq!(of_names("MtnCommentText"), COMMENT | BODY);
        assert_eq!(of_names("comment_author vcard"), COMMENT | AUTHOR);
        assert_eq!(of_names("commenttext"), COMMENT | BODY);
        assert_eq!(of_names("update validate sentiment"), 0);
        assert_eq!(of_names("kommentar-12 leserbrief"), COMMENT);
        assert_eq!(of_names("kommentarliste"), COMMENT);
        assert_eq!(of_names("recommended") & COMMENT, 0);
        assert_eq!(of_names(""), 0);
    }
}
