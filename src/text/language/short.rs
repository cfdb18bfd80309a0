//! The language of a few words: general detectors cannot tell it, small words can.
//!
//! Pronouns, articles and forms of "to be" make up half of a short insult in most languages ("Du bist ein …"). Words that
//! stand in English too, as names, loans or slang, count half and never alone: "De La Rosa" and "Et tu, Brute" stay
//! undetermined.

use super::{WORDS, each_word, lower};
use arrayvec::ArrayString;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Longer texts are left to a general detector.
pub(super) const MOST_WORDS: usize = 8;

/// Twice the count of sure words and the count of unsure ones that a text has at least.
const LEAST: usize = 3;

/// A language, words that hardly stand in English, and words that do.
struct Small {
    code: &'static str,
    sure: &'static str,
    unsure: &'static str,
}

const SMALL: &[Small] = &[
    Small {
        code: "de",
        sure: "ist bist sind seid nicht ich sie wir ein eine einen einer das dass kein keine auch nur mit und aber doch haben \
               hast habt wird werden mich dich sich euch mein meine dein deine sein ihre warum immer schon so'n nichts",
        unsure: "er es du der den von zu wie was war im ihr uns mir dir",
    },
    Small {
        code: "fr",
        sure: "n'est t'es j'ai t'as n'as qu'il je nous vous une quel quelle mais avec dans sont suis êtes être très ça \
               cette toi aux rien alors",
        unsure: "pas tous c'est est es tu il elle un que qui trop moi ces les des le la du de au sur ta ton sa mon ils as bien pour",
    },
    Small {
        code: "es",
        sure: "eres está estás están esto una usted ustedes muy pero porque también tiene tienen qué ellos ellas nosotros \
               más cuando quién cómo nunca siempre tú él vosotros",
        unsure: "todos es esta eso un el la los las de del por para con se te mi tu su sí yo ella este lo le como que no eso nada todo \
                 hay son",
    },
    Small {
        code: "it",
        sure: "sei è sono siamo siete questo questa quello quella gli della dello degli nella anche perché più sempre \
               tutti siccome",
        unsure: "hai cosa che chi non il lo le la un una di del ti tu mi si ci molto uno come lui lei noi voi sta fa",
    },
    Small {
        code: "pt",
        sure: "você vocês és é não são muito isso eles elas também porquê tá estou nós",
        unsure: "um uma ele ela tu tem esse essa mas da das dos na os que de por porque está",
    },
    Small {
        code: "nl",
        sure: "jij het een niet zijn deze voor maar ook geen hij zij wij jullie heeft naar jouw mijn nooit altijd dus",
        unsure: "je bent ik ben wat dat van der met echt heel is de en op zo die te",
    },
    Small {
        code: "pl",
        sure: "jesteś nie się czy że tylko bardzo który która dlaczego są jestem",
        unsure: "jest ty on ona to tak ale jak co i w ten taki",
    },
    Small {
        code: "sv",
        sure: "är inte och det för mycket på jävla varför också",
        unsure: "jag du han hon som ett en den vi av ni de så att man alla",
    },
    Small {
        code: "da",
        sure: "ikke jeg det meget på hvorfor også hvad",
        unsure: "er du han hun som en et har og den de så at til med af",
    },
    Small {
        code: "tr",
        sure: "bir çok değil için mı siz sizin şey neden",
        unsure: "sen bu ve ama sana ben ne de da mi o kadar",
    },
    Small {
        code: "ro", sure: "ești și că sunt foarte pentru ăsta când", unsure: "este nu tu un o cu de la ce el ea"
    },
    Small { code: "id", sure: "kamu tidak itu saya adalah kalian", unsure: "dan yang ini dia orang apa aku lu" },
];

/// Letters that are compared: no small word has more.
const LETTERS: usize = 12;

/// What each small word weighs in each language: 2 where it is sure, 1 where it is unsure, 0 where it is none.
static WEIGHTS: LazyLock<HashMap<&str, [u8; SMALL.len()]>> = LazyLock::new(|| {
    let mut weights = HashMap::new();
    for (at, small) in SMALL.iter().enumerate() {
        for (list, weight) in [(small.unsure, 1), (small.sure, 2)] {
            for word in list.split_ascii_whitespace() {
                weights.entry(word).or_insert([0; SMALL.len()])[at] = weight;
            }
        }
    }
    weights
});

/// Returns the code of the language that at least half of the words of a text speak for. `own` of its words, none or one,
/// are English as "idiot" is.
pub(super) fn foreign(read: &str, own: usize) -> Option<&'static str> {
    let (mut words, mut hits) = (0, [(0, 0); SMALL.len()]);
    each_word(read, |word, _| {
        words += 1;
        // What English has too tells nothing: "was" is German, "as" is French.
        if WORDS.find(word).is_some() {
            return;
        }
        let mut small = ArrayString::<{ 4 * LETTERS }>::new();
        lower(word).take(LETTERS).for_each(|letter| small.push(letter));
        let Some(weights) = WEIGHTS.get(small.as_str()) else { return };
        for ((found, weight), &more) in hits.iter_mut().zip(weights) {
            (*found, *weight) = (*found + usize::from(more > 0), *weight + usize::from(more));
        }
    });
    // A sure word among them: the weight exceeds the count.
    let fits = |(found, weight): (usize, usize)| weight >= LEAST + 2 * own && weight > found && 2 * found >= words;
    let mut best: Option<(usize, &'static str)> = None;
    for (small, hit) in SMALL.iter().zip(hits) {
        if fits(hit) && best.is_none_or(|(most, _)| hit.1 > most) {
            best = Some((hit.1, small.code));
        }
    }
    best.map(|(_, code)| code)
}

#[cfg(test)]
mod tests {
    use super::super::Language;
    use super::foreign;

    #[test]
    fn a_few_words_of_other_languages_are_told() {
        for (text, code) in [
            ("Er ist dick", "de"),
            ("Du bist ein Idiot", "de"),
            ("Was ist das", "de"),
            ("Eres un idiota", "es"),
            ("Ella es una gorda", "es"),
            ("Sei un idiota!", "it"),
            ("Vous êtes nuls", "fr"),
            ("Você é burro", "pt"),
            ("Jij bent dom", "nl"),
            ("Nie jesteś mądry", "pl"),
            ("Du är inte klok", "sv"),
        ] {
            assert_eq!(Language::detect(text).code, code, "{text}");
        }
    }

    #[test]
    fn names_loans_and_slang_are_not_taken_for_another_language() {
        for text in [
            "De La Rosa",
            "Et tu, Brute?",
            "Las Vegas",
            "El Salvador",
            "Van der Berg",
            "Des Moines",
            "la la la",
            "che sera sera",
            "IL est 5pm",
            "um no",
            "er, wat",
            "Du Bois",
            "pour me another",
            "bent cop",
            "viva la France",
            "non sequitur",
            "c'est la vie",
            "que sera sera",
            "mea culpa",
            "Das Boot",
            "Mein Kampf",
            "mucho gusto amigo",
            "7pm IST was set",
            "Sie was hot",
            "PAs as docs",
            "La Cosa Nostra",
            "Hai Di Lao hotpot",
            "Pas de Calais",
            "pas de deux",
            "Todos los Santos",
            "No más!",
            "Die Antwoord ist lit",
        ] {
            assert_eq!(foreign(text, 0), None, "{text}");
        }
    }
}
