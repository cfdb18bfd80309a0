//! The tokens of the main text.
//!
//! Words end where UAX #29 says, with three tailorings for comments: `idiot.you` is two words (a missing space) though
//! `u.s.a` stays one, the underscores of `_really_` are not part of the word, and web addresses, `@names` and runs of
//! the same punctuation are one token.

use super::alignment::Alignment;
use super::boundary::{classify, next_segment, plain_segment};
use super::normalize::Hidden;
use super::{Token, TokenKind};
use unicode_normalization::char::canonical_combining_class;

/// Appends the tokens of a main text to `tokens`, and to `suspects` the first byte of each token that may be part of
/// an evasive spelling.
pub(super) fn tokenize(text: &str, tokens: &mut Vec<Token>, suspects: &mut Vec<u32>) {
    tokenize_with::<true>(text, tokens, suspects);
}

/// Joins tokens that come from the same character of the original (`½` is `1⁄2`), so that no two share bytes of it,
/// and emoji that were joined in the original.
pub(super) fn join(tokens: &mut Vec<Token>, alignment: &Alignment, hidden: &[Hidden]) {
    let mut kept: usize = 0;
    let mut joiners = hidden.iter().filter(|hidden| hidden.joiner).peekable();
    for index in 0..tokens.len() {
        let mut token = tokens[index];
        if alignment.has_wide_units() {
            let whole = alignment.whole_units(token.start as usize..token.end as usize);
            (token.start, token.end) = (whole.start as u32, whole.end as u32);
        }
        while joiners.next_if(|joiner| joiner.at < token.start).is_some() {}
        let joined = joiners.peek().is_some_and(|joiner| joiner.at == token.start);
        match kept.checked_sub(1).and_then(|last| tokens.get_mut(last)) {
            Some(last) if token.start < last.end => {
                last.end = last.end.max(token.end);
                last.kind = stronger(last.kind, token.kind);
            }
            Some(last)
                if joined
                    && token.start == last.end
                    && (token.kind, last.kind) == (TokenKind::Emoji, TokenKind::Emoji) =>
            {
                last.end = token.end;
            }
            _ => {
                tokens[kept] = token;
                kept += 1;
            }
        }
    }
    tokens.truncate(kept);
}

/// The kind that tells more of a token made of two.
fn stronger(a: TokenKind, b: TokenKind) -> TokenKind {
    let order = |kind| match kind {
        TokenKind::Punctuation => 0,
        TokenKind::Number => 1,
        TokenKind::Emoji => 2,
        TokenKind::Word => 3,
        TokenKind::Mention => 4,
        TokenKind::Url => 5,
    };
    if order(a) >= order(b) { a } else { b }
}

/// Tokenizes by the tables where they suffice (`SHORT`) or by the general implementation alone.
fn tokenize_with<const SHORT: bool>(text: &str, tokens: &mut Vec<Token>, suspects: &mut Vec<u32>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let special = match (byte, bytes.get(at + 1)) {
            (b'h', Some(b't')) | (b'w', Some(b'w')) => url_end(text, at).map(|end| (end, TokenKind::Url)),
            (b'@', _) => mention_end(text, at).map(|end| (end, TokenKind::Mention)),
            _ => None,
        };
        if let Some((end, kind)) = special {
            tokens.push(token(at, end, kind));
            if kind == TokenKind::Mention {
                suspects.push(at as u32);
            }
            at = end;
            continue;
        }
        let segment = match plain_segment(bytes, at) {
            Some(segment) if SHORT => segment,
            _ => next_segment::<SHORT>(text, at),
        };
        match segment.kind {
            None => at = segment.end,
            Some(TokenKind::Punctuation) => {
                let end = run_end::<SHORT>(text, at, segment.end);
                tokens.push(token(at, end, TokenKind::Punctuation));
                if is_suspect_sign(bytes, at, end) {
                    suspects.push(at as u32);
                }
                at = end;
            }
            Some(kind) => {
                if segment.odd {
                    push_odd(text, at, segment.end, tokens, suspects);
                } else {
                    tokens.push(token(at, segment.end, kind));
                }
                at = segment.end;
                // Nearly every word is followed by a blank.
                at += usize::from(SHORT && matches!(bytes.get(at..at + 2), Some(&[b' ', next]) if next.is_ascii()));
            }
        }
    }
}

fn token(start: usize, end: usize, kind: TokenKind) -> Token {
    Token { start: start as u32, end: end as u32, kind }
}

/// Takes the underscores off a word's edges, and cuts it at full stops and colons that join more than single letters.
fn push_odd(text: &str, start: usize, end: usize, tokens: &mut Vec<Token>, suspects: &mut Vec<u32>) {
    let segment = &text[start..end];
    let inner = segment.trim_start_matches('_');
    let lead = segment.len() - inner.len();
    let inner = inner.trim_end_matches('_');
    let (from, to) = (start + lead, start + lead + inner.len());
    let mut push = |start: usize, end: usize| {
        if start < end {
            let piece = &text[start..end];
            let kind = classify(piece).unwrap_or(TokenKind::Punctuation);
            tokens.push(token(start, end, kind));
            if kind == TokenKind::Word {
                suspects.push(start as u32);
            }
        }
    };
    push(start, from);
    let bytes = text.as_bytes();
    // `piece` is where the next token starts, `letters` where the letters since the last stop or colon do.
    let (mut piece, mut letters) = (from, from);
    for at in from..to {
        let separates =
            matches!(bytes[at], b'.' | b':') && char_len_at(text, at + 1) > 0 && !is_numeric_at(text, at + 1);
        if !separates {
            continue;
        }
        let one_before = at > letters && letters + char_len_at(text, letters) == at;
        let after = at + 1 + char_len_at(text, at + 1);
        let one_after = after >= to || matches!(bytes[after], b'.' | b':');
        if !(one_before && one_after) {
            push(piece, at);
            push(at, at + 1);
            piece = at + 1;
        }
        letters = at + 1;
    }
    push(piece, to);
    push(to, end);
}

fn char_len_at(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)
}

fn is_numeric_at(text: &str, at: usize) -> bool {
    text.get(at..).and_then(|rest| rest.chars().next()).is_some_and(char::is_numeric)
}

fn char_before(text: &str, at: usize) -> Option<char> {
    text.get(..at).and_then(|head| head.chars().next_back())
}

/// The end of a run of one punctuation character, or of `!` and `?` mixed, whose first segment is `start..end`.
fn run_end<const SHORT: bool>(text: &str, start: usize, mut end: usize) -> usize {
    let bytes = text.as_bytes();
    let asks = |byte: u8| matches!(byte, b'!' | b'?');
    // Most punctuation stands alone.
    if bytes.get(end).is_none_or(|&b| b.is_ascii() && b != bytes[start] && !(asks(b) && asks(bytes[start]))) {
        return end;
    }
    let same = |a: &str, b: &str| a == b || (matches!(a, "!" | "?") && matches!(b, "!" | "?"));
    let first = &text[start..end];
    if first.chars().nth(1).is_some() {
        return end;
    }
    while bytes.get(end).is_some_and(|&b| !b.is_ascii() || same(first, &text[end..end + 1])) {
        let following = next_segment::<SHORT>(text, end).end;
        if !same(first, &text[end..following]) {
            break;
        }
        end = following;
    }
    end
}

/// Whether a run of punctuation stands where a letter could have been.
fn is_suspect_sign(bytes: &[u8], start: usize, end: usize) -> bool {
    let letter = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_alphanumeric);
    let (before, after) = (letter(start.checked_sub(1)), letter(Some(end)));
    match bytes[start] {
        b'*' | b'#' | b'%' | b'&' | b'^' => before,
        b'@' | b'$' => before || after || end - start > 1,
        b'!' | b'+' | b'|' | b'~' => before && after,
        b'-' => before && (after || end - start > 1),
        b'_' => before,
        _ => false,
    }
}

/// The end of the web address that starts at `at`, if one does.
fn url_end(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let prefix = ["https://", "http://", "www."].into_iter().find(|prefix| rest.starts_with(prefix))?;
    // The host is looked at before the end is searched for, so that no text is searched twice.
    let has_host = rest.get(prefix.len()..)?.chars().next()?.is_alphanumeric();
    if !has_host || char_before(text, at).is_some_and(char::is_alphanumeric) {
        return None;
    }
    let stops = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '<' | '>' | '"' | '`' | '\u{201c}' | '\u{201d}' | '\u{3001}' | '\u{3002}')
    };
    let address = rest.get(..rest.find(stops).unwrap_or(rest.len()))?;
    let opens = address.contains('(');
    let address = address.trim_end_matches(|c| {
        matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | ']' | '}' | '\u{2019}')
            || (c == ')' && !opens)
    });
    Some(at + address.len())
}

/// The end of the `@name` that starts at `at`, if one does.
fn mention_end(text: &str, at: usize) -> Option<usize> {
    if char_before(text, at).is_some_and(|c| c.is_alphanumeric() || matches!(c, '@' | '_' | '.' | '-' | '+')) {
        return None;
    }
    let name = text.get(at + 1..)?;
    let in_name = |c: char| c.is_alphanumeric() || c == '_' || (!c.is_ascii() && canonical_combining_class(c) != 0);
    let len = name.find(|c| !in_name(c)).unwrap_or(name.len());
    name.chars().next().filter(|c| c.is_alphanumeric() || *c == '_').map(|_| at + 1 + len)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tokens(text: &str) -> Vec<(&str, TokenKind)> {
        let (mut tokens, mut suspects) = (Vec::new(), Vec::new());
        tokenize(text, &mut tokens, &mut suspects);
        tokens.iter().map(|t| (&text[t.start as usize..t.end as usize], t.kind)).collect()
    }

    fn texts(text: &str) -> Vec<&str> {
        tokens(text).into_iter().map(|(text, _)| text).collect()
    }

    #[test]
    fn words_numbers_and_punctuation() {
        use TokenKind::*;
        assert_eq!(
            tokens("don’t pay 1,000.50 — what?! no..."),
            [
                ("don’t", Word),
                ("pay", Word),
                ("1,000.50", Number),
                ("—", Punctuation),
                ("what", Word),
                ("?!", Punctuation),
                ("no", Word),
                ("...", Punctuation)
            ]
        );
        assert_eq!(
            texts("idiot.you know e.g. the u.s.a and the u.s.army"),
            ["idiot", ".", "you", "know", "e.g", ".", "the", "u.s.a", "and", "the", "u.s", ".", "army"]
        );
        assert_eq!(texts("_really_ snake_case __x__"), ["_", "really", "_", "snake_case", "__", "x", "__"]);
        assert_eq!(texts("日本語 привет"), ["日", "本", "語", "привет"]);
        assert_eq!(
            tokens("covid19 ____ 10:30"),
            [("covid19", Word), ("____", Punctuation), ("10", Number), (":", Punctuation), ("30", Number)]
        );
    }

    #[test]
    fn addresses_and_names_are_one_token() {
        use TokenKind::*;
        assert_eq!(
            tokens("(see https://example.org/a_(b)?q=1#c). www.example.com, @some_one's joe@example.com"),
            [
                ("(", Punctuation),
                ("see", Word),
                ("https://example.org/a_(b)?q=1#c)", Url),
                (".", Punctuation),
                ("www.example.com", Url),
                (",", Punctuation),
                ("@some_one", Mention),
                ("'", Punctuation),
                ("s", Word),
                ("joe", Word),
                ("@", Punctuation),
                ("example", Word),
                (".", Punctuation),
                ("com", Word)
            ]
        );
        assert_eq!(texts("http:// www. @ @@x"), ["http", ":", "//", "www", ".", "@", "@@", "x"]);
    }

    #[test]
    fn emoji_are_tokens() {
        use TokenKind::*;
        assert_eq!(
            tokens("ok👍🏽🎉🇩🇪🇫🇷1\u{20e3}"),
            [("ok", Word), ("👍🏽", Emoji), ("🎉", Emoji), ("🇩🇪", Emoji), ("🇫🇷", Emoji), ("1\u{20e3}", Emoji)]
        );
    }

    fn assert_paths_agree(text: &str) {
        let (mut short, mut general) = ((Vec::new(), Vec::new()), (Vec::new(), Vec::new()));
        tokenize_with::<true>(text, &mut short.0, &mut short.1);
        tokenize_with::<false>(text, &mut general.0, &mut general.1);
        assert_eq!(short, general, "{text:?}");
    }

    #[test]
    fn the_table_agrees_with_the_general_path_on_every_character() {
        for c in '\0'..='\u{1ffff}' {
            assert_paths_agree(&format!("a{c}a1{c}1 {c}{c}\u{301}.{c}'{c}a_{c}"));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]

        #[test]
        fn the_short_path_equals_the_general_path_on_ascii(text in "[a-z0-9 .,:;'_@!?#*$\n\r\t/-]{0,60}") {
            assert_paths_agree(&text);
        }

        #[test]
        fn the_short_path_equals_the_general_path(text in super::super::tests::hostile_text()) {
            assert_paths_agree(&text);
        }
    }
}
