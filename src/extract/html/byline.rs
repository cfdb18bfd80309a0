//! Names as bylines write them: "von Ann am", "Ann says:", "#3 Comment by Ann", "Par Ann, le mercredi".

use super::date;

/// What stands before a name, in lower case, each followed by a space.
const BEFORE: &[&str] = &[
    "view all posts by",
    "all posts by",
    "more by",
    "alle beiträge von",
    "zeige alle beiträge von",
    "beiträge von",
    "mehr von",
    "ver todas las entradas de",
    "voir tous les articles de",
    "vedi tutti gli articoli di",
    "articles by",
    "posts by",
    "von",
    "by",
    "par",
    "por",
    "di",
    "da",
    "door",
    "av",
    "af",
    "przez",
    "from",
    "de",
    "autor:",
    "author:",
    "auteur:",
    "autore:",
    "comment by",
    "posted by",
    "written by",
    "geschrieben von",
    "verfasst von",
    "kommentar von",
    "commentaire de",
    "comentario de",
    "commento di",
    "reactie van",
    "komentarz od",
    "beitrag von",
    "gepostet von",
    "submitted by",
    "eingereicht von",
    "gespeichert von",
    "soumis par",
    "enviado por",
    "inviato da",
    "name:",
    "user:",
    "publié par",
    "posté par",
    "escrito por",
    "publicado por",
    "scritto da",
];

/// What stands after a name.
const AFTER: &[&str] = &[
    "says",
    "said",
    "wrote",
    "writes",
    "sagt",
    "sagte",
    "schrieb",
    "schreibt",
    "meint",
    "dijo",
    "dice",
    "a dit",
    "a écrit",
    "dit",
    "ha detto",
    "scrive",
    "disse",
    "diz",
    "zegt",
    "schreef",
    "schrijft",
    "pisze",
    "napisał",
    "napisała",
    "napisał(a)",
    "skriver",
    "säger",
    "sier",
    "siger",
    "commented",
    "replied",
    "posted",
    "responded",
    "kommentierte",
    "kommentiert",
    "antwortet",
    "antwortete",
    "пишет",
    "сказал",
    "dedi ki",
    "hat gesagt",
    "sanoo",
    "sanoi",
    "kirjoitti",
    "kirjoittaa",
    "píše",
    "napsal",
    "napsala",
    "napsal(a)",
    "říká",
    "hovorí",
    "kaže",
    "rekao",
    "spune",
    "a spus",
    "mondja",
    "írta",
    "λέει",
    "είπε",
    "έγραψε",
    "написал",
    "написала",
    "написав",
    "каза",
    "diyor ki",
    "dedi",
    "nói",
    "đã nói",
    "viết",
    "berkata",
    "kata",
    "menulis",
    "يقول",
    "تقول",
    "كتب",
    "كتبت",
    "אומר",
    "אומרת",
    "כתב",
    "כתבה",
    "گفت",
    "कहते हैं",
    "कहती हैं",
    "ने कहा",
    "diu",
    "ha dit",
    "raksta",
    "rašo",
    "ütleb",
    "permalink",
    "(gast)",
    "(guest)",
    "gast",
    "guest",
    "invité",
    "(not verified)",
    "(nicht überprüft)",
    "(non vérifié)",
    "(no verificado)",
];

/// What joins a name and the date after it.
const BEFORE_DATE: &[&str] = &[
    "on",
    "at",
    "am",
    "vom",
    "um",
    "el",
    "le",
    "il",
    "em",
    "op",
    "dnia",
    "den",
    "la",
    "the",
    "à",
    "den",
    "mo",
    "di",
    "mi",
    "do",
    "fr",
    "sa",
    "so",
    "mon",
    "tue",
    "wed",
    "thu",
    "fri",
    "sat",
    "sun",
    "montag",
    "dienstag",
    "mittwoch",
    "donnerstag",
    "freitag",
    "samstag",
    "sonntag",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "lundi",
    "mardi",
    "mercredi",
    "jeudi",
    "vendredi",
    "samedi",
    "dimanche",
    "lunes",
    "martes",
    "miércoles",
    "jueves",
    "viernes",
    "sábado",
    "domingo",
    "lunedì",
    "martedì",
    "mercoledì",
    "giovedì",
    "venerdì",
    "sabato",
    "domenica",
    "poniedziałek",
    "wtorek",
    "środa",
    "czwartek",
    "piątek",
    "sobota",
    "niedziela",
];

/// Takes the name out of a byline; empty where there is none.
pub(super) fn name(line: &str) -> String {
    let Some(found) = date::find(line) else { return clean(line, false) };
    let before = before_date(line.get(..found.start).unwrap_or_default());
    // The date may come first: "Am 29. Mai 2017 von Hugo".
    if before.is_empty() { clean(line.get(found.end..).unwrap_or_default(), false) } else { before }
}

/// Takes the name out of what stands before a date.
pub(super) fn before_date(text: &str) -> String {
    clean(text, true)
}

fn clean(text: &str, dated: bool) -> String {
    let mut name = trim_marks(text);
    let lower = name.to_lowercase();
    if BEFORE_DATE.iter().any(|word| (dated || word.chars().count() > 4) && *word == lower) {
        return String::new();
    }
    // "3. Ann"
    let digits = name.bytes().take_while(u8::is_ascii_digit).count();
    if (1..=4).contains(&digits)
        && let Some(rest) = name.get(digits..).and_then(|rest| rest.strip_prefix(['.', ')']))
        && rest.starts_with(' ')
        && rest.chars().any(char::is_alphabetic)
    {
        name = trim_marks(rest);
    }
    // "#3 Ann"
    if let Some(rest) = name.strip_prefix('#') {
        name = trim_marks(rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.'));
    }
    loop {
        let length = name.len();
        let lower = name.to_lowercase();
        if let Some(rest) = BEFORE.iter().find_map(|word| strip_word_prefix(name, &lower, word)) {
            name = trim_marks(rest);
        }
        name = trim_words(name, AFTER);
        if dated {
            name = trim_words(name, BEFORE_DATE);
        }
        if name.len() == length {
            let joint = dated && BEFORE_DATE.contains(&lower.as_str());
            return if joint { String::new() } else { name.to_owned() };
        }
    }
}

/// Removes one of the words from the end.
fn trim_words<'t>(text: &'t str, words: &[&str]) -> &'t str {
    let lower = text.to_lowercase();
    words.iter().find_map(|word| strip_word_suffix(text, &lower, word)).map_or(text, trim_marks)
}

fn trim_marks(text: &str) -> &str {
    let text = text.trim();
    text.strip_suffix("...")
        .or_else(|| text.strip_suffix('…'))
        .unwrap_or(text)
        .trim_end_matches(|c: char| {
            c.is_whitespace()
                || matches!(c, ':' | ',' | '|' | '-' | '–' | '—' | '·' | '•' | '/' | '»' | '>' | '@' | '↓' | '\u{200e}')
        })
        .trim_start_matches(|c: char| {
            c.is_whitespace()
                || matches!(c, ':' | ',' | '|' | '-' | '–' | '—' | '·' | '•' | '/' | '«' | '»' | '\u{200e}')
        })
}

fn strip_word_prefix<'t>(text: &'t str, lower: &str, word: &str) -> Option<&'t str> {
    if !lower.starts_with(word) {
        return None;
    }
    let rest = text.get(word.len()..)?;
    (rest.starts_with(char::is_whitespace) && !rest.trim().is_empty()).then_some(rest)
}

/// `text` without `word` at its end. A name of one word stays: somebody may be called "Di".
fn strip_word_suffix<'t>(text: &'t str, lower: &str, word: &str) -> Option<&'t str> {
    if !lower.ends_with(word) {
        return None;
    }
    let head = text.get(..text.len().checked_sub(word.len())?)?;
    (head.ends_with(|c: char| c.is_whitespace() || c == ',') && !head.trim().is_empty()).then_some(head)
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn takes_the_name_out() {
        for (line, expected) in [
            ("Ann Ames says:", "Ann Ames"),
            ("Par Bruno Gobin, le mercredi 15 mai 2019 à 08h07", "Bruno Gobin"),
            ("geschrieben von berg2012 am 21. Jan. 2015, 19:04", "berg2012"),
            ("Heidemarie Heim | Di, 21. April 2020 - 16:40", "Heidemarie Heim"),
            ("#1 Kommentar von X", "X"),
            ("Muriel - Le 22/01/2020 à 12:01:03", "Muriel"),
            ("Am 29. Mai 2017 um 14:38 von Hugo", "Hugo"),
            ("X on 11/08/2020 at 9:52", "X"),
            ("le mercredi 15 mai 2019", ""),
            ("Di", "Di"),
            ("Kim Do", "Kim Do"),
            ("Josef Franz Lindner,", "Josef Franz Lindner"),
            ("vor 3 Stunden", ""),
            ("", ""),
        ] {
            assert_eq!(name(line), expected, "{line}");
        }
    }
}
