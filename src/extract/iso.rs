//! Dates as ISO 8601, where that takes no guessing.

use regex::Regex;
use std::sync::LazyLock;

/// The months' names in two dozen languages, and how they are shortened. A name that is another month in another of
/// them ("listopada") is left out.
const MONTHS: [&str; 12] = [
    "january jan januar jänner janvier janv enero ene gennaio gen janeiro januari stycznia styczeń sty ledna ocak января янв \
     січня tammikuuta január ianuarie ιανουαρίου",
    "february feb februar février fevrier févr fevr febrero febbraio fevereiro fev februari lutego luty lut února şubat \
     февраля фев лютого helmikuuta február februarie φεβρουαρίου",
    "march mar märz maerz mär mrz mars marzo março marco maart mrt marca marzec marts března mart марта мар березня \
     maaliskuuta március martie μαρτίου",
    "april apr avril avr abril abr aprile kwietnia kwiecień kwi dubna nisan апреля апр квітня huhtikuuta április aprilie \
     απριλίου",
    "may mai mayo maggio mag maio mei maja maj května mayıs мая травня toukokuuta május μαΐου",
    "june jun juni juin junio giugno giu junho czerwca czerwiec cze června haziran июня июн червня kesäkuuta június iunie \
     ιουνίου",
    "july jul juli juillet juil julio luglio lug julho lipca lipiec lip července temmuz июля июл липня heinäkuuta július \
     iulie ιουλίου",
    "august aug août aout agosto ago augustus augusti sierpnia sierpień sie srpna ağustos августа авг серпня elokuuta \
     augusztus αυγούστου",
    "september sep sept septembre septiembre setiembre settembre set sett setembro września wrzesień wrz září eylül сентября \
     сен вересня syyskuuta szeptember septembrie σεπτεμβρίου",
    "october oct oktober okt octobre octubre ottobre ott outubro out października październik paź října ekim октября окт \
     жовтня lokakuuta október octombrie οκτωβρίου",
    "november nov novembre noviembre novembro listopadu kasım ноября ноя листопад marraskuuta noiembrie νοεμβρίου",
    "december dec dezember dez décembre decembre déc diciembre dic dicembre dezembro grudnia grudzień gru prosince aralık \
     декабря дек грудня joulukuuta desember des decembrie δεκεμβρίου",
];

static MACHINE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^(\d{4})-(\d{2})-(\d{2})(?:[t ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?\s?(z|[+-]\d{2}:?\d{2})?)?$").ok()
});
static YEAR_FIRST: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?:^|\D)(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?:\D|$)").ok());
static DAY_FIRST: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?:^|\D)(\d{1,2})(\.|/|-)\s?(\d{1,2})[./-]\s?(\d{4})(?:\D|$)").ok());
static TIME: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)(?:^|[^\d:])(\d{1,2})[:h](\d{2})(?::(\d{2}))?(?:\s?([ap])\.?\s?m\b)?").ok());

/// Longer texts are no dates.
const LONGEST: usize = 160;

/// Reads a date as a page writes it: `2 May 2024, 09:15` is `2024-05-02T09:15`.
///
/// Nothing for what only a guess could read: `02/03/2024`, "yesterday", a date without a year.
pub fn iso_date(raw: &str) -> Option<String> {
    let raw = raw.trim();
    if raw.len() > LONGEST {
        return None;
    }
    if let Some(found) = MACHINE.as_ref()?.captures(raw) {
        let part = |at: usize| found.get(at).map(|part| part.as_str());
        let day = date(part(1)?, part(2)?, part(3)?)?;
        return Some(match part(4) {
            Some(time) => format!("{day}T{time}{}", part(5).unwrap_or_default().to_ascii_uppercase()),
            None => day,
        });
    }
    let (day, rest) = numeric(raw).or_else(|| worded(raw))?;
    Some(match time(&rest) {
        Some(time) => format!("{day}T{time}"),
        None => day,
    })
}

/// A date in numbers, and the text without it.
fn numeric(raw: &str) -> Option<(String, String)> {
    if let Some(found) = YEAR_FIRST.as_ref()?.captures(raw) {
        return Some((
            date(&found[1], &found[2], &found[3])?,
            without(raw, found.get(1)?.start(), found.get(3)?.end()),
        ));
    }
    let found = DAY_FIRST.as_ref()?.captures(raw)?;
    let (first, second): (u32, u32) = (found[1].parse().ok()?, found[3].parse().ok()?);
    // Between dots the day is first everywhere; else only a number above 12 tells.
    let day = match (&found[2], first > 12, second > 12) {
        (".", ..) | (_, true, false) => date(&found[4], &found[3], &found[1]),
        (_, false, true) => date(&found[4], &found[1], &found[3]),
        _ => None,
    }?;
    Some((day, without(raw, found.get(1)?.start(), found.get(4)?.end())))
}

/// A date with its month in letters: one month, one year, and the day right beside the month.
fn worded(raw: &str) -> Option<(String, String)> {
    let words: Vec<&str> = raw.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let month_of = |word: &str| {
        let lower = word.to_lowercase();
        MONTHS.iter().position(|names| names.split(' ').any(|name| name == lower)).map(|month| month + 1)
    };
    let mut months = words.iter().enumerate().filter_map(|(at, word)| Some((at, month_of(word)?)));
    let (at, month) = months.next()?;
    if months.any(|(_, other)| other != month) {
        return None;
    }
    let mut years = words.iter().filter(|word| word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit()));
    let year = years.next()?;
    // "2 May", "2 de mayo", "May 2".
    let before = |back: usize| at.checked_sub(back).and_then(|at| words.get(at)).copied();
    let day = before(1)
        .and_then(day_of)
        .or_else(|| before(1).filter(|word| ["de", "of", "d"].contains(word)).and_then(|_| day_of(before(2)?)))
        .or_else(|| words.get(at + 1).and_then(|word| day_of(word)))?;
    Some((date(year, &month.to_string(), day)?, raw.replacen(year, " ", 1)))
}

/// The day in `2`, `2nd`, `1er`.
fn day_of(word: &str) -> Option<&str> {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let suffix = ["", "st", "nd", "rd", "th", "er"].contains(&word.get(digits..)?);
    ((1..=2).contains(&digits) && suffix).then(|| word.get(..digits)).flatten()
}

fn without(raw: &str, from: usize, to: usize) -> String {
    format!("{} {}", raw.get(..from).unwrap_or_default(), raw.get(to..).unwrap_or_default())
}

fn date(year: &str, month: &str, day: &str) -> Option<String> {
    let (year, month, day): (u32, u32, u32) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    ((1900..2200).contains(&year) && (1..=days).contains(&day)).then(|| format!("{year:04}-{month:02}-{day:02}"))
}

/// The time of day; without `am` and `pm` as it stands.
fn time(rest: &str) -> Option<String> {
    let found = TIME.as_ref()?.captures(rest)?;
    let (hour, minute): (u32, u32) = (found[1].parse().ok()?, found[2].parse().ok()?);
    let hour = match found.get(4).map(|half| half.as_str().to_ascii_lowercase()) {
        Some(half) if (1..=12).contains(&hour) => hour % 12 + if half == "p" { 12 } else { 0 },
        Some(_) => return None,
        None => hour,
    };
    let seconds = found.get(3).map(|seconds| format!(":{}", seconds.as_str())).unwrap_or_default();
    (hour < 24 && minute < 60).then(|| format!("{hour:02}:{minute:02}{seconds}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn dates_are_read_where_that_takes_no_guessing() {
        for (raw, iso) in [
            ("2024-05-02T09:15:00+02:00", "2024-05-02T09:15:00+02:00"),
            ("2024-05-02 09:15", "2024-05-02T09:15"),
            ("2 May 2024, 09:15", "2024-05-02T09:15"),
            ("June 28, 2015 at 10:25 pm", "2015-06-28T22:25"),
            ("January 5th, 2012", "2012-01-05"),
            ("12:05 am, 1 March 2020", "2020-03-01T00:05"),
            ("9. Juni 2017 um 13:22", "2017-06-09T13:22"),
            ("le mercredi 15 mai 2019 à 08h07", "2019-05-15T08:07"),
            ("4 de junio de 2024 a las 18:02", "2024-06-04T18:02"),
            ("04.06.2024 18:02", "2024-06-04T18:02"),
            ("25/12/2023", "2023-12-25"),
            ("12/25/2023", "2023-12-25"),
            ("2024年6月4日 18:02", "2024-06-04T18:02"),
            ("4 июня 2024, 18:02", "2024-06-04T18:02"),
        ] {
            assert_eq!(iso_date(raw).as_deref(), Some(iso), "{raw}");
        }
    }

    #[test]
    fn what_would_be_a_guess_is_not_read() {
        for raw in [
            "02/03/2024",
            "vor 3 Stunden",
            "3 May, 10:00",
            "30 February 2024",
            "32.1.2024",
            "",
            "2024",
            "4 listopada 2024",
        ] {
            assert_eq!(iso_date(raw), None, "{raw}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn any_text_is_read_or_not(text in "[0-9a-zä./: -]{0,40}|\\PC{0,40}") {
            let _ = iso_date(&text);
        }
    }
}
