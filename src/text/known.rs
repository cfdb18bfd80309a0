//! What is known of a word before it is compared with any list: its hash, and the lists that a word of that hash may be in.
//!
//! Every word is hashed once. Nearly all are in no list, so that whoever has one looks at a few words only.

use super::{Token, TokenKind, english, misspelt, packed};
use std::sync::LazyLock;

/// In the lists of a word: it may be one that is a slip away from another.
pub(super) const MISSPELT: u8 = 1;
/// It is a common word of English alone.
pub(super) const ENGLISH: u8 = 2;
/// It is a common word that English shares.
pub(super) const SHARED: u8 = 4;

/// Binary logarithm of the bits of [`Lists::misspelt`]: a few words in a hundred are looked at for nothing.
const MISSPELT_BITS: u32 = 20;
/// Binary logarithm of the places of [`Lists::english`].
const ENGLISH_BITS: u32 = 12;

/// What is known of words by their hashes.
struct Lists {
    /// A bit for each misspelling.
    misspelt: [u64; 1 << (MISSPELT_BITS - 6)],
    /// For the common words of English their list and twelve further bits of the hash, so that hardly any other word is
    /// taken for one. Of words that share a place the first is kept: who counts common words will not miss it.
    english: [u16; 1 << ENGLISH_BITS],
}

static LISTS: LazyLock<Box<Lists>> = LazyLock::new(|| {
    let mut lists = Box::new(Lists { misspelt: [0; 1 << (MISSPELT_BITS - 6)], english: [0; 1 << ENGLISH_BITS] });
    misspelt::each(|print| {
        let (number, bit) = misspelt_place(print);
        lists.misspelt[number] |= 1 << bit;
    });
    english::each(|word, known| {
        let (place, print) = english_place(packed::word_hash(word.as_bytes()));
        if lists.english[place] == 0 {
            let list = if known == english::Known::English { ENGLISH } else { SHARED };
            lists.english[place] = print | u16::from(list);
        }
    });
    lists
});

fn misspelt_place(print: u32) -> (usize, u32) {
    let place = print >> (u32::BITS - MISSPELT_BITS);
    ((place / 64) as usize, place % 64)
}

/// The place of a hash, and the bits that are kept beside the list, from the fourth on.
fn english_place(hash: u64) -> (usize, u16) {
    ((hash >> (64 - ENGLISH_BITS)) as usize, (hash >> (48 - ENGLISH_BITS)) as u16 & !7)
}

impl Lists {
    #[inline]
    fn of(&self, hash: u64) -> u8 {
        let (number, bit) = misspelt_place(misspelt::print(hash));
        let (place, print) = english_place(hash);
        let found = self.english[place];
        // No branch: whether a word is a common one cannot be predicted.
        let english = found as u8 & 7 & u8::from(found & !7 == print).wrapping_neg();
        english | (self.misspelt[number] >> bit & 1) as u8
    }
}

/// What is known of a token.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Known {
    /// The hash of a word, number or emoji; 0 for other tokens.
    pub hash: u64,
    /// The lists that a word is in.
    pub lists: u8,
}

/// What is known of all tokens of a text together.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sum {
    /// All lists that a word may be in.
    pub lists: u8,
    /// How many words are one byte long.
    pub singles: usize,
    /// Whether the second byte of some longer word is no letter or digit of ASCII.
    pub joined: bool,
}

/// Looks every token up, into `known`.
pub(super) fn look(text: &str, tokens: &[Token], known: &mut Vec<Known>) -> Sum {
    let (bytes, lists) = (text.as_bytes(), &**LISTS);
    let mut sum = Sum::default();
    known.clear();
    // All tokens take the same way: which are words cannot be predicted.
    known.extend(tokens.iter().map(|token| {
        let (start, end) = (token.start as usize, token.end as usize);
        let length = end - start;
        let is_word = token.kind == TokenKind::Word;
        let has_hash = is_word | (token.kind == TokenKind::Number) | (token.kind == TokenKind::Emoji);
        let hash = packed::word_hash_at(bytes, start, end) & u64::from(has_hash).wrapping_neg();
        let lists = lists.of(hash) & u8::from(is_word).wrapping_neg();
        sum.lists |= lists;
        sum.singles += usize::from(is_word & (length == 1));
        let second = bytes.get(start + 1).copied().unwrap_or(b' ');
        sum.joined |= is_word & (length > 2) & !second.is_ascii_alphanumeric();
        Known { hash, lists }
    }));
    sum
}
