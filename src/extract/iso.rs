//! Dates as ISO 8601, where that takes no guessing.

use super::numerals::ascii_digits;
use regex::Regex;
use std::collections::HashMap;
use std::sync::LazyLock;

/// The months' names in some forty languages, and how they are shortened. A name that is another month in another of
/// them ("listopada") is left out.
const MONTHS: [&str; 12] = [
    "january jan januar jänner janvier janv enero ene gennaio gen janeiro januari stycznia styczeń sty ledna ocak \
     января янв січня tammikuuta január ianuarie ιανουαρίου januára janvāris janvārī jaanuar sausio siječnja \
     gener јануар јануара януари ιαν ιανουάριος oca ocağı يناير جانفي ינואר בינואר जनवरी জানুয়ারি",
    "february feb februar février fevrier févr fevr febrero febbraio fevereiro fev februari lutego luty lut února \
     şubat февраля фев лютого helmikuuta február februarie φεβρουαρίου februára februāris februārī veebruar \
     vasario veljače febrer фебруар фебруара февруари φεβ φεβρουάριος şub فبراير فيفري شباط פברואר בפברואר फरवरी \
     फ़रवरी ফেব্রুয়ারি",
    "march mar märz maerz mär mrz mars marzo março marco maart mrt marca marzec marts března mart марта март мар \
     березня maaliskuuta március martie μαρτίου märts kovo ožujka març maret μαρ μάρτιος مارس آذار מרץ במרץ मार्च \
     মার্চ",
    "april apr avril avr abril abr aprile kwietnia kwiecień kwi dubna nisan апреля апр квітня huhtikuuta április \
     aprilie απριλίου apríla aprīlis aprīlī aprill balandžio travnja април априла απρ απρίλιος nis أبريل ابريل \
     إبريل أفريل نيسان אפריל באפריל अप्रैल এপ্রিল",
    "may mai mayo maggio mag maio mei maja maj května mayıs мая травня toukokuuta május μαΐου mája maijs maijā \
     gegužės svibnja maig май мај маја μαΐ μάιος مايو ماي أيار מאי במאי मई মে",
    "june jun juni juin junio giugno giu junho czerwca czerwiec cze června haziran июня июн червня kesäkuuta \
     június iunie ιουνίου júna jūnijs jūnijā juuni birželio lipnja juny junij јун јуна юни ιουν ιούνιος haz يونيو \
     يونيه جوان حزيران יוני ביוני जून জুন",
    "july jul juli juillet juil julio luglio lug julho lipca lipiec lip července temmuz июля июл липня heinäkuuta \
     július iulie ιουλίου júla jūlijs jūlijā juuli liepos juliol julij јул јула юли ιουλ ιούλιος tem يوليو يوليه \
     جويلية تموز יולי ביולי जुलाई জুলাই",
    "august aug août aout agosto ago augustus augusti sierpnia sierpień sie srpna ağustos августа авг серпня \
     elokuuta augusztus αυγούστου augusta augusts augustā rugpjūčio kolovoza agost avgust agustus август \
     αυγ αύγουστος ağu أغسطس اغسطس أوت آب אוגוסט באוגוסט अगस्त আগস্ট",
    "september sep sept septembre septiembre setiembre settembre set sett setembro września wrzesień wrz září \
     eylül сентября сен вересня syyskuuta szeptember septembrie σεπτεμβρίου septembra septembris septembrī \
     rugsėjo rujna septembar септембар септембра септември σεπ σεπτέμβριος eyl سبتمبر أيلول ספטמבר בספטמבר सितंबर \
     सितम्बर সেপ্টেম্বর",
    "october oct oktober okt octobre octubre ottobre ott outubro out października październik paź října ekim \
     октября окт жовтня lokakuuta október octombrie οκτωβρίου októbra oktobris oktobrī oktoober spalio oktobar \
     октобар октобра октомври οκτ οκτώβριος eki أكتوبر اكتوبر אוקטובר באוקטובר अक्टूबर अक्तूबर অক্টোবর",
    "november nov novembre noviembre novembro listopadu kasım ноября ноя листопад marraskuuta noiembrie νοεμβρίου \
     novembra novembris novembrī lapkričio studenoga studenog novembar новембар новембра ноември νοε νοέμβριος \
     kas نوفمبر נובמבר בנובמבר नवंबर नवम्बर নভেম্বর",
    "december dec dezember dez décembre decembre déc diciembre dic dicembre dezembro grudnia grudzień gru \
     prosince aralık декабря дек грудня joulukuuta desember des decembrie δεκεμβρίου decembra decembris decembrī \
     detsember gruodžio prosinca desembre decembar децембар децембра декември δεκ δεκέμβριος ara ديسمبر דצמבר \
     בדצמבר दिसंबर दिसम्बर ডিসেম্বর",
];

static MACHINE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[t ]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?:\.[0-9]+)?\s?(z|[+-][0-9]{2}:?[0-9]{2})?)?$").ok()
});
static YEAR_FIRST: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:^|[^0-9])([0-9]{4})\s?[-/.年년]\s?([0-9]{1,2})\s?[-/.月월]\s?([0-9]{1,2})(?:[^0-9]|$)").ok()
});
static DAY_FIRST: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?:^|[^0-9])([0-9]{1,2})(\.|/|-)\s?([0-9]{1,2})[./-]\s?([0-9]{4})(?:[^0-9]|$)").ok());
static NUMBERED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:^|[^0-9])([0-9]{1,2})[\s,]{1,2}tháng\s([0-9]{1,2})(?:,|\snăm)?\s([0-9]{4})(?:[^0-9]|$)").ok()
});
static TIME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(?:^|[^0-9:])([0-9]{1,2})(?:[:h]|[時时点點시]\s?)([0-9]{2})(?::([0-9]{2}))?(?:\s?([ap])\.?\s?m\b)?",
    )
    .ok()
});

/// The number of each name's month.
static NAMES: LazyLock<HashMap<&str, usize>> = LazyLock::new(|| {
    let numbered = MONTHS.iter().zip(1..);
    numbered.flat_map(|(names, month)| names.split(' ').map(move |name| (name, month))).collect()
});

/// Months of two words, and what is read for them; longer ones first.
const PHRASES: &[(&str, &str)] = &[
    ("tháng mười hai", "december"),
    ("tháng mười một", "november"),
    ("tháng mười", "october"),
    ("tháng chín", "september"),
    ("tháng tám", "august"),
    ("tháng bảy", "july"),
    ("tháng sáu", "june"),
    ("tháng năm", "may"),
    ("tháng tư", "april"),
    ("tháng ba", "march"),
    ("tháng hai", "february"),
    ("tháng một", "january"),
    ("كانون الثاني", "يناير"),
    ("تشرين الأول", "أكتوبر"),
    ("تشرين الاول", "أكتوبر"),
    ("تشرين الثاني", "نوفمبر"),
    ("كانون الأول", "ديسمبر"),
    ("كانون الاول", "ديسمبر"),
];

/// Words for the halves of the day, before or after the time, and whether they mean the second one.
const HALVES: &[(&str, bool)] = &[
    ("오전", false),
    ("오후", true),
    ("午前", false),
    ("午後", true),
    ("上午", false),
    ("下午", true),
    ("صباحا", false),
    ("صباحًا", false),
    ("مساء", true),
    ("مساءً", true),
    ("ص", false),
    ("م", true),
    ("π.μ.", false),
    ("μ.μ.", true),
    ("πμ", false),
    ("μμ", true),
    ("öö", false),
    ("ös", true),
    ("de.", false),
    ("du.", true),
];

/// The same, but only right behind the time: in front of it they are weekdays ("Sa" in German) or parts of other words.
const HALVES_BEHIND: &[(&str, bool)] = &[("sa", false), ("ch", true)];

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
    let raw = &ascii_digits(raw);
    if let Some(found) = MACHINE.as_ref()?.captures(raw) {
        let part = |at: usize| found.get(at).map(|part| part.as_str());
        let day = date(part(1)?, part(2)?, part(3)?)?;
        return Some(match part(4) {
            Some(time) => format!("{day}T{time}{}", part(5).unwrap_or_default().to_ascii_uppercase()),
            None => day,
        });
    }
    let (day, rest) = numeric(raw).or_else(|| numbered(raw)).or_else(|| worded(raw))?;
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

/// "5 tháng 3, 2024": a month by its number after the word for month.
fn numbered(raw: &str) -> Option<(String, String)> {
    let found = NUMBERED.as_ref()?.captures(raw)?;
    Some((date(&found[3], &found[2], &found[1])?, without(raw, found.get(1)?.start(), found.get(3)?.end())))
}

/// A date with its month in letters: one month, one year, and the day right beside the month.
fn worded(raw: &str) -> Option<(String, String)> {
    let mut lower = raw.to_lowercase();
    for (phrase, month) in PHRASES.iter().filter(|_| !raw.is_ascii()) {
        if lower.contains(phrase) {
            lower = lower.replace(phrase, &format!(" {month} "));
        }
    }
    // Signs that stand in words of Indian scripts are no letters.
    let joins = |c: char| matches!(c, '\u{93c}' | '\u{94d}' | '\u{9bc}' | '\u{9cd}' | '\u{301}');
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_alphanumeric() && !joins(c)).filter(|word| !word.is_empty()).collect();
    let month_of = |word: &str| NAMES.get(word).copied();
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
    Some((date(year, &month.to_string(), day)?, lower.replacen(year, " ", 1)))
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
    let latin = found.get(4).map(|half| half.as_str().eq_ignore_ascii_case("p"));
    let behind = rest.get(found.get(0)?.end()..).unwrap_or_default();
    let hour = match latin.or_else(|| half(rest, behind)) {
        Some(second) if (1..=12).contains(&hour) => hour % 12 + if second { 12 } else { 0 },
        // "오후 14:05" says the same twice.
        Some(true) if latin.is_none() => hour,
        Some(_) => return None,
        None => hour,
    };
    let seconds = found.get(3).map(|seconds| format!(":{}", seconds.as_str())).unwrap_or_default();
    (hour < 24 && minute < 60).then(|| format!("{hour:02}:{minute:02}{seconds}"))
}

/// The half of the day that a word beside the time says; `behind` is what stands after the time.
fn half(rest: &str, behind: &str) -> Option<bool> {
    let ends = |c: char| c.is_whitespace() || c.is_ascii_digit() || matches!(c, ':' | ',' | '(' | ')');
    let said = |word: &str, halves: &[(&str, bool)]| halves.iter().find(|(half, _)| *half == word).map(|half| half.1);
    let next = behind.trim_start().split(ends).next().map(str::to_lowercase);
    next.and_then(|word| said(&word, HALVES_BEHIND))
        .or_else(|| rest.to_lowercase().split(ends).find_map(|word| said(word, HALVES)))
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
            ("Sa, 4. Mai 2024, 12:30", "2024-05-04T12:30"),
            ("Sa 04.05.2024 14:05", "2024-05-04T14:05"),
            ("le mercredi 15 mai 2019 à 08h07", "2019-05-15T08:07"),
            ("4 de junio de 2024 a las 18:02", "2024-06-04T18:02"),
            ("04.06.2024 18:02", "2024-06-04T18:02"),
            ("25/12/2023", "2023-12-25"),
            ("12/25/2023", "2023-12-25"),
            ("2024年6月4日 18:02", "2024-06-04T18:02"),
            ("4 июня 2024, 18:02", "2024-06-04T18:02"),
            ("2024년 3월 5일 오후 2:05", "2024-03-05T14:05"),
            ("2024년 3월 5일 14시 05분", "2024-03-05T14:05"),
            ("2024.03.05. 14:22", "2024-03-05T14:22"),
            ("2024年3月5日 下午 2:05", "2024-03-05T14:05"),
            ("2024年3月5日(火) 14時22分", "2024-03-05T14:22"),
            ("٥ مايو ٢٠٢٤، ٩:١٥ م", "2024-05-05T21:15"),
            ("5 تشرين الأول 2023", "2023-10-05"),
            ("५ मार्च २०२४", "2024-03-05"),
            ("5 במרץ 2024, 10:30", "2024-03-05T10:30"),
            ("5 Μαΐου 2024, 9:15 μμ", "2024-05-05T21:15"),
            ("2024. március 5. 14:22", "2024-03-05T14:22"),
            ("2024 m. kovo 5 d., 08:01", "2024-03-05T08:01"),
            ("5 tháng 3, 2024 lúc 14:22", "2024-03-05T14:22"),
            ("Tháng Ba 5, 2024", "2024-03-05"),
            ("5 март 2024 г., 10:10", "2024-03-05T10:10"),
            ("5. ožujka 2024. 18:30", "2024-03-05T18:30"),
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
            "۱۴ اردیبهشت ۱۴۰۳",
            "۱۴۰۳/۰۲/۱۴",
            "5 มีนาคม 2567",
            "3일 전",
            "منذ ٣ ساعات",
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
