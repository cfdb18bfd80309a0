//! Finds dates in short texts, in the forms and languages of bylines.

use crate::extract::numerals::{ascii_digits, has_digit};
use regex::Regex;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

/// The months in some forty languages, as they stand in dates, and how they are shortened.
const MONTHS: &str = "january|february|march|april|may|june|july|august|september|october|november|december|\
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
    января|февраля|марта|март|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря|янв|фев|мар|апр|июн|июл|авг|сен|окт|ноя|дек|\
    січня|лютого|березня|квітня|травня|червня|липня|серпня|вересня|жовтня|листопада|грудня|\
    tammikuuta|helmikuuta|maaliskuuta|huhtikuuta|toukokuuta|kesäkuuta|heinäkuuta|elokuuta|syyskuuta|lokakuuta|marraskuuta|joulukuuta|\
    január|február|március|április|május|június|július|augusztus|szeptember|október|\
    ianuarie|februarie|martie|aprilie|iunie|iulie|septembrie|octombrie|noiembrie|decembrie|\
    ιανουαρίου|φεβρουαρίου|μαρτίου|απριλίου|μαΐου|ιουνίου|ιουλίου|αυγούστου|σεπτεμβρίου|οκτωβρίου|νοεμβρίου|δεκεμβρίου|\
    januára|janvāris|janvārī|jaanuar|sausio|siječnja|gener|јануар|јануара|януари|ιαν|ιανουάριος|oca|ocağı|\
    يناير|جانفي|ינואר|בינואר|जनवरी|জানুয়ারি|februára|februāris|februārī|veebruar|vasario|veljače|febrer|\
    фебруар|фебруара|февруари|φεβ|φεβρουάριος|şub|فبراير|فيفري|شباط|פברואר|בפברואר|फरवरी|फ़रवरी|ফেব্রুয়ারি|\
    märts|kovo|ožujka|març|maret|μαρ|μάρτιος|مارس|آذار|מרץ|במרץ|मार्च|মার্চ|apríla|aprīlis|aprīlī|aprill|\
    balandžio|travnja|април|априла|απρ|απρίλιος|nis|أبريل|ابريل|إبريل|أفريل|نيسان|אפריל|באפריל|अप्रैल|এপ্রিল|\
    mája|maijs|maijā|gegužės|svibnja|maig|май|мај|маја|μαΐ|μάιος|مايو|ماي|أيار|מאי|במאי|मई|মে|júna|jūnijs|\
    jūnijā|juuni|birželio|lipnja|juny|junij|јун|јуна|юни|ιουν|ιούνιος|haz|يونيو|يونيه|جوان|حزيران|יוני|ביוני|\
    जून|জুন|júla|jūlijs|jūlijā|juuli|liepos|juliol|julij|јул|јула|юли|ιουλ|ιούλιος|tem|يوليو|يوليه|جويلية|\
    تموز|יולי|ביולי|जुलाई|জুলাই|augusta|augusts|augustā|rugpjūčio|kolovoza|agost|avgust|agustus|август|\
    αυγ|αύγουστος|ağu|أغسطس|اغسطس|أوت|آب|אוגוסט|באוגוסט|अगस्त|আগস্ট|septembra|septembris|septembrī|rugsėjo|\
    rujna|septembar|септембар|септембра|септември|σεπ|σεπτέμβριος|eyl|سبتمبر|أيلول|ספטמבר|בספטמבר|सितंबर|\
    सितम्बर|সেপ্টেম্বর|októbra|oktobris|oktobrī|oktoober|spalio|oktobar|октобар|октобра|октомври|οκτ|\
    οκτώβριος|eki|أكتوبر|اكتوبر|אוקטובר|באוקטובר|अक्टूबर|अक्तूबर|অক্টোবর|novembra|novembris|novembrī|\
    lapkričio|studenoga|studenog|novembar|новембар|новембра|ноември|νοε|νοέμβριος|kas|نوفمبر|נובמבר|בנובמבר|\
    नवंबर|नवम्बर|নভেম্বর|decembra|decembris|decembrī|detsember|gruodžio|prosinca|desembre|decembar|децембар|\
    децембра|декември|δεκ|δεκέμβριος|ara|ديسمبر|דצמבר|בדצמבר|दिसंबर|दिसम्बर|ডিসেম্বর|\
    تشرين\\s(?:الأول|الاول|الثاني)|كانون\\s(?:الأول|الاول|الثاني)|tháng\\s[0-9]{1,2}|tháng\\s(?:một|hai|ba|tư|năm|sáu|bảy|tám|chín|mười\\smột|mười\\shai|mười)";

const UNITS: &str = "sec|sek|min|hour|hr|day|week|wk|month|mo|year|yr|stund|std|tag|woch|monat|jahr|heure|jour|semaine|mois|\
    an|hora|día|dia|semana|mes|mês|año|ano|ore|ora|giorn|settiman|anni|anno|uur|uren|dag|dagen|we|maand|jaar|godz|dni|\
    dzie|tyg|mies|lat|rok|tim|vecka|månad|år|uge|måned|час|мин|дн|дня|недел|мес|лет|год|gün|saat|hafta|ay|yıl|d|h|m|y|w";

// Word boundaries are ASCII ones, or the fast engine gives up at every accent; so none is asked for after a word that
// may end in another script's letter.
static DATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let time = r"(?:[\s,|@·–—•/(-]{0,4}(?:um|at|à|a\slas|às|alle|ore|o|om|kl\.?|klo|в|у|о|στις|saat|lúc|pukul|الساعة|בשעה|h)?\s{0,2}(?:(?:오전|오후|午前|午後|上午|下午|晚上|中午|凌晨|早上|du\.|de\.)\s?)?[0-9]{1,2}\s?(?:[:.h時时点點시]|\sh\s)\s?[0-9]{2}[分분]?(?:[:.][0-9]{2})?(?:\s?[ap]\.?\s?m(?-u:\b)\.?|\s?(?:[πμ]\.?\s?μ\.?|صباحًا|صباحا|مساءً|مساء|[صم]|öö|ös|sa|ch)(?-u:$|[\s,|)]))?(?:\s?(?:uhr|hrs|uur|h)(?-u:\b))?)";
    let month = format!(r"(?:{MONTHS})[.,]?");
    let gap = r"[\s-]{1,2}";
    let year = r"(?:(?:19|20)[0-9]{2}|['’][0-9]{2})(?-u:\b)";
    let alternatives = [
        // 2024-03-01, 2024-03-01T10:00:00Z, 2024年3月1日
        r"(?-u:\b)(?:19|20|1[34])[0-9]{2}\s?[-/.年년]\s?[0-9]{1,2}\s?[-/.月월]\s?[0-9]{1,2}[日일.]?(?:\s?[(（][月火水木金土日一二三四五六월화수목금토일]曜?日?요?일?[)）])?(?:t[0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:\.[0-9]{1,9})?(?:z|[+-][0-9]{2}:?[0-9]{2})?)?".to_owned(),
        // 1.3.2024, 01/03/24
        r"(?-u:\b)[0-9]{1,2}\s?[-/.]\s?[0-9]{1,2}[-/.,]\s?(?:(?:19|20)[0-9]{2}|[0-9]{2})(?-u:\b)".to_owned(),
        // 1. März 2024, 1st of March, 2024, 1 de marzo de 2024
        format!(r"(?-u:\b)[0-9]{{1,2}}(?:\.|er|º|ª|st|nd|rd|th)?[\s-]{{0,2}}(?:de\s|of\s|d['’])?{month}{gap}(?:de\s|del\s)?{year}"),
        // 2024. március 1., 2024 m. kovo 1 d.
        format!(r"(?-u:\b)(?:19|20)[0-9]{{2}}\.?\s(?:m\.\s)?{month}\s[0-9]{{1,2}}(?:\.|(?-u:\b))(?:\sd\.)?"),
        // 5 tháng 3, 2024 and months of other calendars
        format!(r"(?-u:\b)[0-9]{{1,2}}[\s,]{{1,2}}tháng\s[0-9]{{1,2}}(?:,|\snăm)?\s{year}"),
        r"[0-9]{1,2}\s(?:فروردین|اردیبهشت|خرداد|تیر|مرداد|شهریور|مهر|آبان|آذر|دی|بهمن|اسفند)\s(?:ماه\s)?1[34][0-9]{2}".to_owned(),
        r"[0-9]{1,2}\s(?:มกราคม|กุมภาพันธ์|มีนาคม|เมษายน|พฤษภาคม|มิถุนายน|กรกฎาคม|สิงหาคม|กันยายน|ตุลาคม|พฤศจิกายน|ธันวาคม|[ก-ฮ]{1,2}\.[ก-ฮ]\.)\s(?:พ\.ศ\.\s)?(?:20|25)[0-9]{2}".to_owned(),
        // 3월 5일 14:22
        format!(r"(?-u:\b)[0-9]{{1,2}}\s?[月월]\s?[0-9]{{1,2}}[日일]{time}"),
        // March 1, 2024; Março 1, 2024
        format!(r"{month}\s{{1,2}}[0-9]{{1,2}}(?:st|nd|rd|th)?,?\s{{1,2}}(?:de\s|del\s)?{year}"),
        // 1 March 10:00 and March 1 10:00, 12/02 à 11:30: without a year only with a time
        format!(r"(?-u:\b)[0-9]{{1,2}}(?:\.|er|º|st|nd|rd|th)?\s{{0,2}}(?:de\s|of\s)?{month}\s{time}"),
        format!(r"(?-u:\b){month}\s[0-9]{{1,2}}(?:st|nd|rd|th)?(?-u:\b){time}"),
        format!(r"(?-u:\b)[0-9]{{1,2}}[/.][0-9]{{1,2}}(?:\.|(?-u:\b)){time}"),
        // vor 3 Stunden, il y a 2 ans, hace 5 días
        format!(r"(?-u:\b)(?:vor|il\sy\sa|hace|há|för|for)\s(?:mehr\sals\s|über\s|etwa\s|ca\.?\s|más\sde\s|plus\sde\s|environ\s)?(?:[0-9]{{1,3}}|ein|einer|einem|un|une|una|um|uma|en|et)\s(?:{UNITS})[^\s0-9.,]{{0,7}}(?:\ssiden|\ssedan)?"),
        // 3 hours ago, 5 dagen geleden, 2 часа назад, 1 Monat her
        format!(r"(?-u:\b)(?:[0-9]{{1,3}}|an?|one)\s?\+?\s?(?:{UNITS})[^\s0-9.,]{{0,7}}\.?\s(?:(?:and|,)\s[0-9]{{1,2}}\s[a-z]{{1,8}}\s)?(?:(?:ago|geleden|temu|sedan|siden|fa|her|sitten)(?-u:\b)|atrás|назад|тому|önce|dříve|előtt)"),
        // 3시간 전, 3 天前, منذ ٣ ساعات, 3 giờ trước, πριν 3 ώρες, před 3 dny
        r"[0-9]{1,3}\s?(?:秒|分|分钟|分鐘|小时|小時|個小時|个小时|時間|天|日|週間|周|週|星期|个月|個月|か月|ヶ月|カ月|月|年|초|분|시간|일|주|주일|개월|달|년)\s?(?:前|전)".to_owned(),
        r"(?:منذ|قبل)\s(?:[0-9]{1,3}\s)?(?:ثانية|ثوان|دقيقة|دقائق|دقيقتين|ساعة|ساعات|ساعتين|يوم|يوما|يومًا|أيام|يومين|أسبوع|أسابيع|شهر|أشهر|شهرين|سنة|سنوات|سنتين|عام|أعوام)|[0-9]{1,3}\s(?:ثانیه|دقیقه|ساعت|روز|هفته|ماه|سال)\s(?:پیش|قبل)".to_owned(),
        r"לפני\s[0-9]{1,3}\s(?:שניות|דקות|שעות|ימים|שבועות|חודשים|שנים)|לפני\s(?:דקה|שעה|יום|שבוע|חודש|שנה)".to_owned(),
        r"[0-9]{1,3}\s(?:सेकंड|मिनट|घंटे|घंटा|दिन|सप्ताह|हफ्ते|हफ़्ते|महीने|साल|वर्ष)\sपहले|[0-9]{1,3}\s(?:মিনিট|ঘণ্টা|দিন|মাস|বছর)\sআগে".to_owned(),
        r"[0-9]{1,3}\s(?:giây|phút|giờ|ngày|tuần|tháng|năm)\strước|[0-9]{1,3}\s(?:detik|menit|jam|hari|minggu|bulan|tahun)\s(?:yang\s)?(?:lalu|lepas)|[0-9]{1,3}\s?(?:วินาที|นาที|ชั่วโมง|วัน|สัปดาห์|เดือน|ปี)(?:ที่แล้ว|ที่ผ่านมา|ก่อน)".to_owned(),
        r"(?:πριν(?:\sαπό)?|před|pred|prije|pre|преди|acum|prieš|pirms)\s[0-9]{1,3}\s(?:δευτ|λεπτ|ώρ|ημέρ|μέρ|εβδομ|μήν|χρόν|έτ|sek|min|hod|h|dn|den|dní|týd|týž|měs|mes|rok|let|dan|sat|tjed|nedel|mjes|god|час|дн|ден|сед|мес|год|ore|or|zi|săpt|lun|an|val|d\.|mėn|met|st|dien|ned|mēn|gad)[^\s0-9.,]{0,7}".to_owned(),
        r"[0-9]{1,3}\s(?:másodperce|perce|órája|napja|hete|hónapja|éve)(?-u:$|[\s,.|])".to_owned(),
        format!(r"(?:heute|gestern|vorgestern|today|yesterday|hier|aujourd['’]hui|hoy|ayer|oggi|ieri|vandaag|gisteren|dziś|dzisiaj|wczoraj|сегодня|вчера|idag|igår){time}"),
    ];
    let pattern = format!("(?i)(?:{})(?:{time})?", alternatives.join("|"));
    Regex::new(&pattern).ok()
});

/// What dates without a digit hold: "an hour ago", "vor einem Tag".
const WORDS: &[&str] =
    &[" ago", "vor ein", "y a un", "hace un", "há um", "geleden", " siden", " sedan", "منذ ", "قبل ", "לפני "];

/// Longer texts are prose; a date in them says nothing about who wrote when.
const LONGEST: usize = 160;

/// Finds the first date of a short text.
pub(super) fn find(text: &str) -> Option<Range<usize>> {
    if text.len() > LONGEST || !may_hold_date(text) {
        return None;
    }
    let plain = ascii_digits(text);
    let found = DATE.as_ref()?.find(&plain)?;
    let matched = found.as_str().trim_end_matches([' ', ',', '|']);
    let matched = if matched.contains(['(', '（']) { matched } else { matched.trim_end_matches(')').trim_end() };
    let found = found.start()..found.start() + matched.len();
    if matches!(plain, Cow::Borrowed(_)) {
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
    has_digit(text) || text.len() < 60 && WORDS.iter().any(|word| text.contains(word))
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
