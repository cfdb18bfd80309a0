//! Languages of short comments.

use super::*;
use proptest::prelude::*;

#[test]
fn short_casual_english_is_never_another_language() {
    for text in [
        "lol no way",
        "idiot",
        "Shut up",
        "Shut up idiot",
        "You fuck your dad.",
        "omg lmaooo",
        "nah bro",
        "Trump 2024!!!",
        "lmfao ur so dumb",
        "+1",
        "Bravo!",
        "Touché, mon ami",
        "Vive la France!",
        "So sad :(",
        "same old, same old",
        "Gracias!",
    ] {
        let language = Language::detect(text);
        assert!(!language.reliable || language.code == "en", "{text}: {language:?}");
    }
}

#[test]
fn what_has_no_words_is_undetermined() {
    for text in ["", "   ", "😂😂😂", "12345 67", "?!?! ...", "https://example.org/le/monde/est/petit", "π", "@иван"]
    {
        assert_eq!(Language::detect(text), UNDETERMINED, "{text}");
    }
}

#[test]
fn english_is_found() {
    for text in [
        "You have no idea what you are talking about.",
        "This is the worst article I've read all year",
        "Café owners in Zürich don’t agree with that naïve view",
        "Yоu аre an іdіоt and everyone knows it",
    ] {
        assert_eq!(Language::detect(text), Language { code: "en", reliable: true }, "{text}");
    }
}

#[test]
fn scripts_decide_even_where_texts_are_short() {
    for (text, codes) in [
        ("Дурак", ["ru", "uk", "bg", "sr", "mk", "be"].as_slice()),
        ("Ты идиот, уходи отсюда", &["ru"]),
        ("バカじゃないの", &["ja"]),
        ("你是个白痴", &["zh"]),
        ("바보야", &["ko"]),
        ("ηλίθιε", &["el"]),
        ("אידיוט", &["he", "yi"]),
        ("أنت غبي", &["ar", "fa", "ur"]),
        ("तुम मूर्ख हो", &["hi", "mr", "ne"]),
        ("คุณมันโง่", &["th"]),
    ] {
        let language = Language::detect(text);
        assert!(language.reliable && codes.contains(&language.code), "{text}: {language:?}");
    }
}

/// Sentences as people write them under articles, in ten languages.
const FOREIGN: [(&str, [&str; 5]); 10] = [
    (
        "es",
        [
            "No entiendo por qué la gente sigue votando a estos ladrones",
            "qué vergüenza de artículo, el que lo escribió no sabe nada",
            "Eso es mentira y lo sabes perfectamente",
            "jajaja este tipo está loco, no le hagan caso",
            "Mi hermano trabaja allí desde hace años y dice lo contrario",
        ],
    ),
    (
        "fr",
        [
            "Je ne comprends pas comment on peut encore voter pour lui",
            "n'importe quoi, cet article est complètement à côté de la plaque",
            "Vous n'avez rien compris, c'est exactement le contraire",
            "mdr il est trop bête celui-là",
            "Les gens n'en peuvent plus de payer pour les autres",
        ],
    ),
    (
        "de",
        [
            "Ich verstehe nicht, warum man so einen Unsinn schreibt",
            "So ein Quatsch, der Autor hat doch keine Ahnung",
            "Das ist doch alles nur noch peinlich für unser Land",
            "Hauptsache die da oben verdienen gut, der kleine Mann zahlt",
            "du bist echt der dümmste Mensch hier im Forum",
        ],
    ),
    (
        "it",
        [
            "Non capisco come si possa scrivere una cosa del genere",
            "che vergogna, questo giornale non lo legge più nessuno",
            "Ma chi ti ha chiesto niente, torna a casa tua",
            "Secondo me hanno ragione loro e tu non hai capito nulla",
            "sono sempre gli stessi che pagano le tasse in questo paese",
        ],
    ),
    (
        "pt",
        [
            "Não entendo como alguém ainda acredita nessa gente",
            "que vergonha, esse jornal só publica mentira",
            "Você não sabe do que está falando, vai estudar",
            "O povo brasileiro merece coisa melhor do que isso",
            "kkkk esse cara é muito burro mesmo, não dá",
        ],
    ),
    (
        "nl",
        [
            "Ik snap niet dat mensen hier nog steeds in geloven",
            "wat een onzin, de schrijver heeft er geen verstand van",
            "Altijd hetzelfde liedje met die politici in Den Haag",
            "Jij weet helemaal niks van dit onderwerp, hou je mond",
            "gewoon belachelijk dat wij daar weer voor moeten betalen",
        ],
    ),
    (
        "sv",
        [
            "Jag förstår inte hur man kan skriva något så dumt",
            "vilket skitsnack, han har ju ingen aning om vad han pratar om",
            "Det är alltid samma gnäll från samma människor",
            "Sluta ljuga, alla vet att det inte är sant",
            "varför ska vi betala för det här hela tiden",
        ],
    ),
    (
        "pl",
        [
            "Nie rozumiem, jak można pisać takie głupoty",
            "co za bzdury, autor nie ma o tym zielonego pojęcia",
            "Zawsze ci sami ludzie narzekają na wszystko",
            "przestań kłamać, wszyscy wiedzą jaka jest prawda",
            "Za moich czasów tego nie było i jakoś żyliśmy",
        ],
    ),
    (
        "tr",
        [
            "Bu kadar saçma bir yazı uzun zamandır okumadım",
            "yazar bu konudan hiçbir şey anlamıyor galiba",
            "Herkes biliyor ki bu doğru değil, yalan söylemeyin",
            "Sen kimsin de bize akıl veriyorsun be adam",
            "yıllardır aynı şeyleri söylüyorlar ama değişen bir şey yok",
        ],
    ),
    (
        "id",
        [
            "Saya tidak mengerti kenapa orang masih percaya dengan dia",
            "penulis artikel ini tidak tahu apa yang sedang dibicarakan",
            "Kamu memang bodoh sekali, tidak usah ikut bicara",
            "dari dulu sampai sekarang tidak pernah ada perubahan",
            "Pemerintah harus segera menyelesaikan masalah ini",
        ],
    ),
];

#[test]
fn most_foreign_comments_are_found() {
    let sentences = || FOREIGN.iter().flat_map(|(code, texts)| texts.iter().map(move |text| (*code, *text)));
    let missed: Vec<_> = sentences().filter(|(code, text)| Language::detect(text).code != *code).collect();
    let english = sentences().filter(|(_, text)| Language::detect(text).code == "en").count();
    println!("{} of {} missed: {missed:#?}", missed.len(), sentences().count());
    assert_eq!(english, 0);
    assert!(missed.len() * 4 <= sentences().count(), "{missed:#?}");
    for (code, texts) in FOREIGN {
        assert_eq!(Language::detect(&texts.join(". ")).code, code);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_text_is_too_strange(text in super::super::tests::hostile_text()) {
        let language = Language::detect(&text);
        prop_assert_eq!(language.reliable, language.code != "und");
    }
}

#[test]
fn names_do_not_tell_the_language_of_a_few_words() {
    for text in ["Aigerim Suleimenova spoke next.", "Piotr Wiśniewski spoke next.", "Rūta Kazlauskienė spoke next."]
    {
        assert!(!Language::detect(text).reliable, "{text}");
    }
    assert_eq!(Language::detect("Der Oberbürgermeister Schulze hat gestern wieder gelogen").code, "de");
}
