//! The commonest words of English, and a quick way to know them.

use super::packed;
use std::sync::LazyLock;

/// Common words of English that few other languages have.
const ENGLISH: &str = "the and you that this with have has had what are aren't your you're youre yours they they're their them \
    it it's its i'm im i've i'd i'll don't dont doesn't doesnt didn't didnt isn't isnt can't cant won't wont wouldn't would \
    could should not but just like likes from who who's how why when where there there's here because cause people think thinks \
    about know knows get gets got getting if all she she's his him her my mine our been being were weren't which will can out up \
    one more most than then those these some any into only other even still very too really much many such same never always \
    ever yes yeah nope lol right wrong good great bad better best time way day years year make makes made say says said see \
    want wants need needs go goes going went come comes back take look looks looking thing things something anything nothing \
    everyone everything someone anyone nobody stop shut let let's off down first last well again while after before both own \
    work works working world life country money government new old big little long another every each against between through \
    that's what's he's we're thanks thank please sorry hope love nice stupid idiot shit fuck fucking hell dumb moron ass damn \
    believe agree read comment article post does did doing done u ur r y'all gonna wanna ain't";

/// Common words of English that other languages have too.
const SHARED: &str =
    "a i to in is for on as do so no me he we was at be of or an by us man am oh ok must over under now give";

/// The words of both lists.
pub(super) static WORDS: LazyLock<Words> = LazyLock::new(Words::new);

/// Calls `take` for every word of the lists.
pub(super) fn each(mut take: impl FnMut(&str, Known)) {
    for (list, known) in [(ENGLISH, Known::English), (SHARED, Known::Shared)] {
        list.split_whitespace().for_each(|word| take(word, known));
    }
}

/// Hands on a word in lower case, with a typewriter's apostrophes.
pub(super) fn lower(word: &str) -> impl Iterator<Item = char> + '_ {
    word.chars().map(|c| if c == '’' { '\'' } else { c }).flat_map(char::to_lowercase)
}

/// Which list a word is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    English,
    Shared,
}

/// The common words, found without hashing strings: a word of up to 16 bytes is one number.
pub(super) struct Words {
    places: Vec<Option<(u128, Known)>>,
}

impl Words {
    const BITS: u32 = 10;

    fn new() -> Self {
        let mut words = Self { places: vec![None; 1 << Self::BITS] };
        // English alone comes first: a word in both lists counts as that.
        for (list, known) in [(ENGLISH, Known::English), (SHARED, Known::Shared)] {
            for key in list.split_whitespace().filter_map(Self::key) {
                if words.look(key).is_none() {
                    let free = words.probes(key).find(|place| words.places[*place].is_none());
                    // A quarter of the places is in use, so one is free.
                    let Some(free) = free else { continue };
                    words.places[free] = Some((key, known));
                }
            }
        }
        words
    }

    /// Looks a word up, in whatever case.
    pub(super) fn find(&self, word: &str) -> Option<Known> {
        self.look(Self::key(word)?)
    }

    fn look(&self, key: u128) -> Option<Known> {
        for place in self.probes(key) {
            match self.places[place] {
                Some((other, known)) if other == key => return Some(known),
                Some(_) => {}
                None => return None,
            }
        }
        None
    }

    fn probes(&self, key: u128) -> impl Iterator<Item = usize> + use<> {
        let folded = (key as u64) ^ ((key >> 64) as u64).rotate_left(29);
        let first = (folded.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - Self::BITS)) as usize;
        (0..1_usize << Self::BITS).map(move |step| (first + step) & ((1 << Self::BITS) - 1))
    }

    /// The bytes of a word in lower case as a number; `None` for what is no word of the lists.
    fn key(word: &str) -> Option<u128> {
        if word.is_ascii() {
            let mut bytes = packed::as_number(word.as_bytes())?.to_le_bytes();
            bytes.make_ascii_lowercase();
            return Some(u128::from_le_bytes(bytes));
        }
        let mut bytes = [0; 16];
        for (at, c) in lower(word).enumerate() {
            *bytes.get_mut(at)? = u8::try_from(c).ok().filter(u8::is_ascii)?;
        }
        Some(u128::from_le_bytes(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_common_words_are_found_and_no_others() {
        let words = Words::new();
        for word in ENGLISH.split_whitespace() {
            assert_eq!(words.find(word), Some(Known::English), "{word}");
            assert_eq!(words.find(&word.to_uppercase().replace('\'', "’")), Some(Known::English), "{word}");
        }
        for word in SHARED.split_whitespace().filter(|word| !ENGLISH.split_whitespace().any(|other| other == *word)) {
            assert_eq!(words.find(word), Some(Known::Shared), "{word}");
        }
        for word in ["", "bridge", "thé", "неправда", "extraordinarilylongword"] {
            assert_eq!(words.find(word), None, "{word}");
        }
    }
}
