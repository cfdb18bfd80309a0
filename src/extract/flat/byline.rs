//! Lines that say who wrote a comment and when.

use super::line::Line;
use regex::Regex;
use std::sync::LazyLock;

const MONTHS: &str = "(?:jan|feb|fév|fev|febr|mar|mär|mrz|märz|apr|avr|abr|kwi|may|mai|mag|maj|mei|jun|juin|giu|cze|jul|juil|lug|lip|\
    aug|août|aoû|ago|sie|sep|sept|set|wrz|oct|okt|ott|out|paź|nov|lis|dec|dez|déc|dic|gru|ene|gen|sty|lut|янв|фев|мар|апр|\
    ма[яй]|июн|июл|авг|сен|окт|ноя|дек)[\\p{L}]{0,8}\\.?";

/// A date or time, absolute or relative.
static DATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let time = "(?:[\\s,|@·\\-–]*(?:at|um|à|a las|alle|om|kl|o|в|- )?[\\s.]*\\d{1,2}(?:[:.h]\\d{2})(?::\\d{2})?\\s*(?:[ap]\\.?m\\.?|uhr|h)?)?";
    Regex::new(&format!(
        "(?i)(?:\
         \\d{{4}}[-/.]\\d{{1,2}}[-/.]\\d{{1,2}}(?:t\\d{{2}}:\\d{{2}}\\S*)?|\
         \\d{{1,2}}[./-]\\d{{1,2}}[./-](?:\\d{{4}}|\\d{{2}})|\
         \\d{{1,2}}\\.?(?:st|nd|rd|th|er|º)?\\s+(?:de |of )?{MONTHS}(?:,?\\s+(?:de |del )?(?:19|20)\\d{{2}}| {{0,1}}'\\d{{2}}|)|\
         {MONTHS}\\s+\\d{{1,2}}(?:st|nd|rd|th)?,?(?:\\s+(?:19|20)\\d{{2}})?|\
         (?:vor|il y a|hace|há)\\s+(?:\\d+|einem|einer|un|une|una|um|uma)\\s+\\p{{L}}+(?:\\s+(?:und|y|et)\\s+\\d+\\s+\\p{{L}}+)?|\
         (?:\\d+|an?|one)\\s+(?:second|minute|min|hour|hr|day|week|month|year|tag|stunde|jour|día|dia|mes|año|giorn|anno|dag|uur|jaar|godzin|dni|minut|час|дн|лет|год)\\S{{0,3}}(?:\\s+\\d+\\s+\\w+)?\\s*(?:ago|fa|atrás|geleden|sedan|siden|temu|назад)\\
         |(?:yesterday|today|gestern|heute|hier|ayer|ieri|wczoraj|вчера)\\s*,?\\s*(?:at|um|à|a las|alle)?\\s*\\d{{1,2}}:\\d{{2}}\
         ){time}"
    ))
    .ok()
});
/// What may stand around a name and a date in a byline.
static FILLER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        "(?i)^(?:(?:(?:posted|written|comment|kommentar|commentaire|geschrieben|published|submitted|said|on|by|von|par|por|da|door|av|om|am|le|el|il|at|um|à|a las|alle|o|the|permalink|reply|antworten|répondre|responder|zitieren|link|uhr|says|sagt|writes|mo|di|mi|do|fr|sa|so|mon|tue|wed|thu|fri|sat|sun)\\b\\.?|(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo|poniedziałek|wtorek|środa|czwartek|piątek|sobota|niedziela))|#\\d*|[\\s,.:;|·•@()\\[\\]/\\-–—→↓#*]+)",
    )
    .ok()
});
/// `Ramón dijo:`, `sarah sagt:`, `Art Edwards says:`.
static SAYS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        "(?i)^(?P<name>.{1,60}?)\\s+(?:says?|said|wrote|writes|sagt|sagte|schrieb|schreibt|meint|dijo|dice|escribió|a (?:dit|écrit)|dit|disse|diz|ha (?:detto|scritto)|scrive|zegt|schreef|säger|skrev|sier|siger|pisze|napisał(?:a|\\(a\\))?|mówi|říká|píše|пишет|сказал(?:а|\\(а\\))?|написал(?:а|\\(а\\))?|diyor ki|mondta|spune)\\s*(?P<when>.{0,50}?)\\s*[:：]$",
    )
    .ok()
});
static COMMENT_BY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        "(?i)^(?:#?\\d+\\.? )?(?:comment|kommentar|commentaire|comentario) (?:by|von|par|de|por) (?P<name>.{1,50})$",
    )
    .ok()
});

/// `By Greta Holm`, at the top of an article.
static BY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        "(?i)^(?:(?:written |posted )?by|von|par|por|door|av|af|autore?:?|author:?|auteur ?:?)\\s+(?P<name>\\p{Lu}[\\p{L}.'’-]*(?-i:(?:\\s+(?:\\p{Lu}|d[aeiu]|v[ao]n|der|den|la|le|y|af)[\\p{L}.'’-]*)){1,4})$",
    )
    .ok()
});

/// Who and when, as a line says it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Byline {
    pub(super) author: Option<String>,
    pub(super) date: Option<String>,
}

/// Reads a short line as a byline: one with a date and little else, or `X says:`.
pub(super) fn byline(line: &Line<'_>) -> Option<Byline> {
    if line.chars > 110 || line.text.is_empty() {
        return None;
    }
    let text = line.text;
    for pattern in [&SAYS, &COMMENT_BY] {
        if let Some(found) = pattern.as_ref().and_then(|regex| regex.captures(text))
            && let Some(name) = found.name("name")
            && name.as_str().split_whitespace().count() <= 6
        {
            let when = found.name("when").map(|when| when.as_str().to_owned()).filter(|when| !when.is_empty());
            return Some(Byline { author: Some(strip(name.as_str())), date: when });
        }
    }
    let found = DATE.as_ref()?.find(text)?;
    let date = text.get(found.range())?.trim_matches(|c: char| c.is_whitespace() || ",|@·-–".contains(c));
    // A bare number and word must not pass for a date.
    if !date.chars().any(|c| c.is_ascii_digit()) && !date.contains(' ') {
        return None;
    }
    let before = filled(text.get(..found.start())?);
    let after = filled(text.get(found.end()..)?);
    // Without a year or a time it may be any number and word.
    if !before.is_empty() && !after.is_empty() && date.chars().filter(char::is_ascii_digit).count() < 3 {
        return None;
    }
    let name = if before.is_empty() { after } else { before };
    let rest = if before.is_empty() { "" } else { after };
    let words = name.split_whitespace().count();
    if words > 5 || name.chars().count() > 50 || rest.split_whitespace().count() > 2 {
        return None;
    }
    let name = strip(name);
    Some(Byline { author: (!name.is_empty()).then_some(name), date: Some(date.to_owned()) })
}

/// Reads a line as an article's byline: the writer's name after `By`.
pub(super) fn by(line: &str) -> Option<String> {
    let found = BY.as_ref()?.captures(line)?;
    found.name("name").map(|name| name.as_str().to_owned())
}

/// Takes filler words and signs off both ends.
fn filled(text: &str) -> &str {
    let mut text = text.trim();
    while let Some(found) = FILLER.as_ref().and_then(|regex| regex.find(text)).filter(|found| !found.is_empty()) {
        let rest = text.get(found.end()..).unwrap_or_default();
        // `on` ends before a letter of another word only where a word ends.
        text = rest.trim_start();
    }
    let end =
        |text: &str| text.trim_end_matches(|c: char| c.is_whitespace() || ",.:;|·•@()[]/-–—→↓#*".contains(c)).len();
    loop {
        text = text.get(..end(text)).unwrap_or_default();
        let last = text.rsplit(char::is_whitespace).next().unwrap_or_default();
        let filler = !last.is_empty()
            && last.len() < text.len()
            && FILLER.as_ref().and_then(|regex| regex.find(last)).is_some_and(|found| found.len() == last.len());
        if !filler {
            return text;
        }
        text = text.get(..text.len() - last.len()).unwrap_or_default();
    }
}

/// A name without what surrounds it.
fn strip(name: &str) -> String {
    name.trim_matches(|c: char| c.is_whitespace() || ",.:;|·•@()[]/-–—→↓#*".contains(c)).to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::line::lines;
    use super::*;

    fn read(text: &str) -> Option<(Option<String>, Option<String>)> {
        byline(&lines(text)[0]).map(|byline| (byline.author, byline.date))
    }

    #[test]
    fn patterns_compile() {
        for pattern in [&DATE, &FILLER, &SAYS, &COMMENT_BY, &BY] {
            assert!(pattern.is_some());
        }
    }

    #[test]
    fn names_and_dates_are_told_apart() {
        let both = |author: &str, date: &str| Some((Some(author.to_owned()), Some(date.to_owned())));
        assert_eq!(read("Tobias · April 19, 2019"), both("Tobias", "April 19, 2019"));
        assert_eq!(read("Karsten Meyer / 22.04.2020"), both("Karsten Meyer", "22.04.2020"));
        assert_eq!(read("Leo July 23, 2015 at 3:20 pm"), both("Leo", "July 23, 2015 at 3:20 pm"));
        assert_eq!(read("Am 29. Mai 2017 um 14:38 von Hugo"), both("Hugo", "29. Mai 2017 um 14:38"));
        assert_eq!(read("Maria vor 11 Wochen"), both("Maria", "vor 11 Wochen"));
        assert_eq!(
            read("Par Bruno Petit, le mercredi 15 mai 2019 à 08h07"),
            both("Bruno Petit", "15 mai 2019 à 08h07")
        );
        assert_eq!(read("28.02.2018"), Some((None, Some("28.02.2018".into()))));
        assert_eq!(read("sarah sagt:"), Some((Some("sarah".into()), None)));
        assert_eq!(read("Ramón dijo:"), Some((Some("Ramón".into()), None)));
    }

    #[test]
    fn sentences_are_no_bylines() {
        for text in [
            "The harbour was closed on 22.04.2020 by order of the mayor, and nobody asked",
            "We sold 12 may bells",
            "A plain line",
            "In March 2019 the council of the town decided otherwise",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
