//! Finds dates in short texts, in the forms and languages of bylines.

use super::further_dates;
use crate::extract::case::lower;
use crate::extract::numerals::{ascii_digits, has_digit};
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// The months in two dozen languages, as they stand in dates, and how they are shortened.
pub(super) const MONTHS: &str = "january|february|march|april|may|june|july|august|september|october|november|december|\
    jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|\
    januar|jänner|februar|feber|märz|maerz|mai|juni|juli|oktober|dezember|mär|mrz|okt|dez|\
    janvier|février|fevrier|mars|avril|juin|juillet|août|aout|septembre|octobre|novembre|décembre|decembre|janv|févr|fevr|avr|juil|déc|\
    enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|setiembre|octubre|noviembre|diciembre|ene|abr|ago|dic|\
    gennaio|febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|dicembre|gen|mag|giu|lug|set|sett|ott|\
    janeiro|fevereiro|março|marco|maio|junho|julho|setembro|outubro|novembro|dezembro|fev|out|\
    januari|februari|maart|mei|augustus|mrt|\
    stycznia|lutego|marca|kwietnia|maja|czerwca|lipca|sierpnia|września|wrzesnia|października|pazdziernika|listopada|grudnia|\
    styczeń|luty|marzec|kwiecień|maj|czerwiec|lipiec|sierpień|wrzesień|październik|listopad|grudzień|sty|lut|kwi|cze|lip|sie|wrz|paź|lis|gru|\
    augusti|marts|desember|des|\
    ledna|února|března|dubna|května|června|července|srpna|září|října|listopadu|prosince|\
    ocak|şubat|mart|nisan|mayıs|haziran|temmuz|ağustos|eylül|ekim|kasım|aralık|\
    января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря|янв|фев|мар|апр|июн|июл|авг|сен|окт|ноя|дек|\
    січня|лютого|березня|квітня|травня|червня|липня|серпня|вересня|жовтня|листопада|грудня|\
    tammikuuta|helmikuuta|maaliskuuta|huhtikuuta|toukokuuta|kesäkuuta|heinäkuuta|elokuuta|syyskuuta|lokakuuta|marraskuuta|joulukuuta|\
    január|február|március|április|május|június|július|augusztus|szeptember|október|\
    ianuarie|februarie|martie|aprilie|iunie|iulie|septembrie|octombrie|noiembrie|decembrie|\
    ιανουαρίου|φεβρουαρίου|μαρτίου|απριλίου|μαΐου|ιουνίου|ιουλίου|αυγούστου|σεπτεμβρίου|οκτωβρίου|νοεμβρίου|δεκεμβρίου";

const UNITS: &str = "sec|sek|min|hour|hr|day|week|wk|month|mo|year|yr|stund|std|tag|woch|monat|jahr|heure|jour|semaine|mois|\
    an|hora|día|dia|semana|mes|mês|año|ano|ore|ora|giorn|settiman|anni|anno|uur|uren|dag|dagen|we|maand|jaar|godz|dni|\
    dzie|tyg|mies|lat|rok|tim|vecka|månad|år|uge|måned|час|мин|дн|дня|недел|мес|лет|год|gün|saat|hafta|ay|yıl|d|h|m|y|w";

// Word boundaries are ASCII ones, or the fast engine gives up at every accent; so none is asked for after a word that
// may end in another script's letter. Patterns are in lower case, for texts in lower case: months that are plain words
// become one tree.
static DATE: LazyLock<Option<Regex>> = LazyLock::new(|| regex(MONTHS, TIME, &[]));

/// A time after a date.
const TIME: &str = r"(?:[\s,|@·–—•/(-]{0,4}(?:um|at|à|a\slas|às|alle|ore|o|om|kl\.?|klo|в|saat|h)?\s{0,2}[0-9]{1,2}\s?[:.h]\s?[0-9]{2}(?:[:.][0-9]{2})?(?:\s?[ap]\.?\s?m(?-u:\b)\.?)?(?:\s?(?:uhr|hrs|uur|h)(?-u:\b))?)";
const GAP: &str = r"[\s-]{1,2}";
pub(super) const YEAR: &str = r"(?:(?:19|20)[0-9]{2}|['’][0-9]{2})(?-u:\b)";

/// Makes the pattern of these months, times and `further` forms, which go first; it matches lower case.
pub(super) fn regex(months: &str, time: &str, further: &[String]) -> Option<Regex> {
    let month = format!(r"(?:{months})[.,]?");
    let (gap, year) = (GAP, YEAR);
    let alternatives = [
        // 2024-03-01, 2024-03-01T10:00:00Z, 2024年3月1日
        r"(?-u:\b)(?:19|20)[0-9]{2}\s?[-/.年]\s?[0-9]{1,2}\s?[-/.月]\s?[0-9]{1,2}[日.]?(?:t[0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:\.[0-9]{1,9})?(?:z|[+-][0-9]{2}:?[0-9]{2})?)?".to_owned(),
        // 1.3.2024, 01/03/24
        r"(?-u:\b)[0-9]{1,2}\s?[-/.]\s?[0-9]{1,2}[-/.,]\s?(?:(?:19|20)[0-9]{2}|[0-9]{2})(?-u:\b)".to_owned(),
        // 1. März 2024, 1st of March, 2024, 1 de marzo de 2024
        format!(r"(?-u:\b)[0-9]{{1,2}}(?:\.|er|º|ª|st|nd|rd|th)?[\s-]{{0,2}}(?:de\s|of\s|d['’])?{month}{gap}(?:de\s|del\s)?{year}"),
        // March 1, 2024; Março 1, 2024
        format!(r"(?-u:\b){month}\s{{1,2}}[0-9]{{1,2}}(?:st|nd|rd|th)?,?\s{{1,2}}(?:de\s|del\s)?{year}"),
        // 1 March 10:00 and March 1 10:00, 12/02 à 11:30: without a year only with a time
        format!(r"(?-u:\b)[0-9]{{1,2}}(?:\.|er|º|st|nd|rd|th)?\s{{0,2}}(?:de\s|of\s)?{month}\s{time}"),
        format!(r"(?-u:\b){month}\s[0-9]{{1,2}}(?:st|nd|rd|th)?(?-u:\b){time}"),
        format!(r"(?-u:\b)[0-9]{{1,2}}[/.][0-9]{{1,2}}(?:\.|(?-u:\b)){time}"),
        // vor 3 Stunden, il y a 2 ans, hace 5 días
        format!(r"(?-u:\b)(?:vor|il\sy\sa|hace|há|för|for)\s(?:mehr\sals\s|über\s|etwa\s|ca\.?\s|más\sde\s|plus\sde\s|environ\s)?(?:[0-9]{{1,3}}|ein|einer|einem|un|une|una|um|uma|en|et)\s(?:{UNITS})[^\s0-9.,]{{0,7}}(?:\ssiden|\ssedan)?"),
        // 3 hours ago, 5 dagen geleden, 2 часа назад, 1 Monat her
        format!(r"(?-u:\b)(?:[0-9]{{1,3}}|an?|one)\s?\+?\s?(?:{UNITS})[^\s0-9.,]{{0,7}}\.?\s(?:(?:and|,)\s[0-9]{{1,2}}\s[a-z]{{1,8}}\s)?(?:(?:ago|geleden|temu|sedan|siden|fa|her|sitten)(?-u:\b)|atrás|назад|тому|önce|dříve|előtt)"),
        format!(r"(?:heute|gestern|vorgestern|today|yesterday|hier|aujourd['’]hui|hoy|ayer|oggi|ieri|vandaag|gisteren|dziś|dzisiaj|wczoraj|сегодня|вчера|idag|igår){time}"),
    ];
    let forms: Vec<&str> = further.iter().chain(&alternatives).map(String::as_str).collect();
    let pattern = format!("(?:{})(?:{time})?", forms.join("|")).replace('ς', "σ");
    Regex::new(&pattern).ok()
}

/// What dates without a digit hold: "an hour ago", "vor einem Tag".
const WORDS: &[&str] =
    &[" ago", "vor ein", "y a un", "hace un", "há um", "geleden", " siden", " sedan", "منذ ", "قبل ", "לפני "];

static IN_WORDS: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).build(WORDS).ok());

/// Longer texts are prose; a date in them says nothing about who wrote when.
const LONGEST: usize = 160;

/// Finds the first date of a short text.
pub(super) fn find(text: &str) -> Option<Range<usize>> {
    if text.len() > LONGEST || !may_hold_date(text) {
        return None;
    }
    let plain = ascii_digits(text);
    let regex = if further_dates::may_hold(&plain) { &*further_dates::DATE } else { &*DATE };
    let plain = lower(&plain);
    let found = regex.as_ref()?.find(&plain)?;
    let matched = found.as_str().trim_end_matches([' ', ',', '|']);
    let matched = if matched.contains(['(', '（']) { matched } else { matched.trim_end_matches(')').trim_end() };
    let found = found.start()..found.start() + matched.len();
    if text.is_ascii() {
        return Some(found);
    }
    // A character stands for a character.
    let place = |at: usize| {
        let characters = plain.get(..at)?.chars().count();
        text.char_indices().map(|(at, _)| at).chain([text.len()]).nth(characters)
    };
    Some(place(found.start)?..place(found.end)?)
}

/// Nearly all texts are told apart by their digits alone.
fn may_hold_date(text: &str) -> bool {
    has_digit(text) || text.len() < 60 && IN_WORDS.as_ref().is_some_and(|words| words.is_match(text))
}

/// Tells whether an attribute's value is a date as machines write it: `2024-03-01` and more.
pub(super) fn is_machine_date(value: &str) -> bool {
    let bytes = value.trim().as_bytes();
    let digits = |range: Range<usize>| bytes.get(range).is_some_and(|part| part.iter().all(u8::is_ascii_digit));
    bytes.len() >= 10
        && digits(0..4)
        && bytes.get(4) == Some(&b'-')
        && digits(5..7)
        && bytes.get(7) == Some(&b'-')
        && digits(8..10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_dates_as_pages_write_them() {
        for date in [
            "2024-03-01T10:00:00+00:00",
            "June 28, 2015 at 10:25 pm",
            "am 9. Juni 2017 um 13:22",
            "15/05/2019 à 08h07",
            "26 abril 2022 a las 14:02",
            "17.07, 2011 @ 13:04",
            "Le 12/02 à 11:30",
            "vor 11 Wochen",
            "1 Monat her",
            "6 years ago",
            "il y a 2 ans",
            "wtorek, 11 maja 2021, 23:13",
            "21. Jan. 2015, 19:04",
            "14. 01. 2020, 13:47",
            "Yesterday at 10:15",
            "2 часа назад",
            "hace 5 días",
            "January 5th, 2012",
            "2024년 3월 5일 오후 2:05",
            "2024年3月5日(火) 14:22",
            "3월 5일 14:22",
            "٥ مايو ٢٠٢٤، ٩:١٥ م",
            "5 تشرين الأول 2023",
            "۱۴ اردیبهشت ۱۴۰۳",
            "5 มีนาคม 2567",
            "५ मार्च २०२४",
            "5 במרץ 2024, 10:30",
            "5 Μαΐου 2024, 9:15 μμ",
            "2024. március 5. 14:22",
            "2024 m. kovo 5 d.",
            "5 tháng 3, 2024 lúc 14:22",
            "5. ožujka 2024.",
            "3시간 전",
            "3 天前",
            "منذ ٣ ساعات",
            "منذ ساعة",
            "לפני 3 ימים",
            "3 घंटे पहले",
            "2 giờ trước",
            "2 jam yang lalu",
            "πριν από 3 ώρες",
            "před 3 dny",
            "acum 2 zile",
            "3 napja",
        ] {
            assert!(find(date).is_some(), "{date}");
        }
        let line = "سارة · ٥ مايو ٢٠٢٤ ·";
        assert_eq!(find(line).map(|range| &line[range]), Some("٥ مايو ٢٠٢٤"));
        let line = "Marth 02.12.2022, 15:57:32";
        assert_eq!(find(line).map(|range| &line[range]), Some("02.12.2022, 15:57:32"));
        assert_eq!(find("#1 — vor 8 Stunden").map(|range| &"#1 — vor 8 Stunden"[range]), Some("vor 8 Stunden"));
    }

    #[test]
    fn leaves_other_numbers_alone() {
        for text in [
            "5 Comments",
            "Reply",
            "version 1.2",
            "3 likes",
            "page 2 of 7",
            "a man",
            "12 people like this",
            "10.000 Euro",
            "in 2019",
        ] {
            assert_eq!(find(text), None, "{text}");
        }
    }

    #[test]
    fn knows_machine_dates() {
        assert!(is_machine_date("2024-03-01T10:00"));
        assert!(!is_machine_date("comment_date"));
        assert!(!is_machine_date("01.03.2024"));
    }
}
