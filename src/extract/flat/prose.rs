//! How much a line reads like a comment, and how much like an article.

use super::line::Line;
use std::collections::HashSet;
use std::sync::LazyLock;

/// How many traits a line has.
pub(super) const TRAITS: usize = 26;

fn set(words: &'static str) -> HashSet<&'static str> {
    words.split_whitespace().collect()
}

static FIRST: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    set(
        "i me my mine myself i'm i've i'd i'll im ive ich mir mich mein meine meinen meiner meinem je j'ai mon ma mes moi \
        yo mi mis me eu meu minha io mio mia ik mijn jag min mina jeg mitt ja mnie mój moja я мне меня мой моя мы",
    )
});
static SECOND: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    set(
        "you your yours u ur you're you've you'd yourself du dir dich dein deine deinen deiner deinem ihr euch euer eure \
        eurer tu te ton ta tes toi vous votre vos tú ti tus usted ustedes você vocês teu tua tuo voi je jij jouw jullie ni \
        ty ci twój tobie pan ты тебе тебя вы вам вас твой ваш",
    )
});
static GREETING: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    set(
        "hi hello hey dear hallo huhu liebe lieber hallöchen servus moin guten werter werte sehr geehrte bonjour salut cher chère \
        bonsoir hola buenos estimado querido querida saludos olá oi caro cara ciao salve beste hoi dag hej hei cześć witam \
        dzień привет здравствуйте добрый ahoj dobrý szia merhaba selam oh ah haha lol wow yes no yeah well so nein ja oui non",
    )
});
static THANKS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    set(
        "thanks thank thx ty danke dank vielen merci gracias obrigado obrigada grazie bedankt tack takk tak dzięki dziękuję \
        спасибо děkuji díky köszönöm teşekkürler awesome great nice love super toll schön tolle tolles interessant bravo",
    )
});
static CLOSING: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    set(
        "lg vg mfg gruß gruss grüße grüsse grüßle gruesse regards cheers greetings greets bisous cordialement saludos abrazos \
        saluti groeten groetjes hälsningar hilsen pozdrawiam pozdrav xo xx xoxo best love",
    )
});
static SLANG: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    set(
        "lol haha hahaha hihi hehe omg wtf lmao rofl imho imo btw ps p.s xd gonna wanna dont doesnt cant thats youre ok okay \
        echt halt mal ja doch eben quasi irgendwie geil krass mdr ptdr jaja hmm hm naja tja ach och",
    )
});
static ARTICLE: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    set(
        "article post blog author comment comments recipe artikel beitrag kommentar kommentare rezept autor autorin bericht folge \
        billet auteur commentaire recette artículo autor comentario receta articolo artigo artikkel artykuł статья автор",
    )
});
static SAID: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    set(
        "said says told according added stated announced reported sagte sagt erklärte berichtet laut teilte betonte zufolge \
        déclaré selon affirmé expliqué dijo según afirmó explicó aseguró disse segundo afirmou detto secondo ha spiegato zei \
        volgens sa sade enligt powiedział dodał według сказал сообщил заявил",
    )
});

/// The traits of one line, each about 0 to 1.
pub(super) fn traits(line: &Line<'_>) -> [f64; TRAITS] {
    let text = line.whole;
    let mut words = 0.0;
    let [mut first, mut second, mut thanks, mut slang, mut article, mut said, mut capital] = [0.0; 7];
    let mut greeting = 0.0;
    let mut closing = 0.0;
    for (place, raw) in text.split_whitespace().take(400).enumerate() {
        let bare = raw.trim_matches(|c: char| !c.is_alphanumeric());
        if bare.is_empty() {
            continue;
        }
        words += 1.0;
        let lower = bare.to_lowercase().replace('’', "'");
        let word = lower.as_str();
        first += f64::from(u8::from(FIRST.contains(word)));
        second += f64::from(u8::from(SECOND.contains(word)));
        thanks += f64::from(u8::from(THANKS.contains(word)));
        slang += f64::from(u8::from(SLANG.contains(word)));
        article += f64::from(u8::from(ARTICLE.contains(word)));
        said += f64::from(u8::from(SAID.contains(word)));
        if place == 0 && GREETING.contains(word) {
            greeting = 1.0;
        }
        if place < 3 && CLOSING.contains(word) && line.chars < 60 {
            closing = 1.0;
        }
        if place > 0 && bare.chars().next().is_some_and(char::is_uppercase) {
            capital += 1.0;
        }
    }
    let some = |is: bool| f64::from(u8::from(is));
    let rate = |count: f64, full: f64| (count / f64::max(words, 4.0) * full).min(1.0);
    let letters: Vec<char> = text.chars().filter(|c| c.is_alphabetic()).take(400).collect();
    let digits = text.bytes().take(2000).filter(u8::is_ascii_digit).count() as f64;
    let start = text.chars().next().unwrap_or(' ');
    let sentence = line.ends_sentence();
    let chars = line.chars as f64;
    [
        1.0,
        ((chars + 1.0).ln() / 7.0).min(1.2),
        some(line.chars < 25),
        some(line.chars > 500),
        greeting,
        closing,
        rate(first, 8.0),
        some(first > 0.0),
        rate(second, 8.0),
        some(second > 0.0),
        some(start == '@' || text.contains(" @")),
        some(smiles(text)),
        some(["!!", "??", "?!", "!?", "..", "…", " !", " ?"].iter().any(|run| text.contains(run))),
        some(text.ends_with('!')),
        some(text.ends_with('?')),
        some(start.is_lowercase()),
        some(!sentence && line.chars >= 60),
        some(!sentence && line.chars < 60),
        rate(digits, 0.5),
        rate(capital, 2.0),
        some(text.starts_with(['-', '|', '#', '©', '•', '→', '*', '[']) || text.ends_with(':') || text.contains(" | ")),
        rate(thanks, 6.0).max(rate(slang, 6.0)),
        some(article > 0.0),
        some(said > 0.0),
        some(text.starts_with(['"', '“', '„', '«', '»'])),
        some(letters.len() >= 8 && letters.iter().all(|c| !c.is_uppercase())),
    ]
}

/// Whether there is a smiley or emoji.
fn smiles(text: &str) -> bool {
    [":)", ":-)", ";)", ";-)", ":D", ":-D", ":(", ":-(", "^^", "xD", "XD", ":P", ":p", "=)", "<3"]
        .iter()
        .any(|face| text.contains(face))
        || text.chars().any(|c| matches!(c, '\u{1f300}'..='\u{1faff}' | '\u{2639}'..='\u{263b}' | '♥' | '❤'))
}

/// Weights of the traits: log-odds that a line belongs to a comment.
///
/// Fitted by logistic regression on lines of dumps of pages in several languages, each page with the same weight.
const WEIGHTS: [f64; TRAITS] = [
    2.96, -4.29, -0.15, -0.20, 2.02, 3.01, 0.31, 0.67, 0.66, -0.18, 2.46, 1.99, 1.15, 0.68, 0.48, 1.45, -0.44, -1.09,
    0.44, -1.07, -1.48, 2.78, 0.73, -1.10, 0.35, -0.45,
];

/// How one line sounds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sound {
    /// The log-odds that it belongs to a comment and not to an article, at most 2.5 either way.
    pub(super) score: f64,
    /// Whether somebody speaks: to somebody, of themselves, with a question or a smiley.
    pub(super) voice: bool,
    /// Whether it begins with a greeting or an exclamation.
    pub(super) greets: bool,
    /// Whether it is a letter's end: `Best regards`.
    pub(super) closes: bool,
}

/// Hears one line.
pub(super) fn sound(line: &Line<'_>) -> Sound {
    let traits = traits(line);
    let is = |place: usize| traits.get(place).is_some_and(|value| *value > 0.0);
    let score: f64 = traits.iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
    Sound {
        score: score.clamp(-2.5, 2.5),
        voice: [4, 5, 7, 9, 10, 11, 14].into_iter().any(is),
        greets: is(4),
        closes: is(5),
    }
}
