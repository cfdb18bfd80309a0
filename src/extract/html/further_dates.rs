//! Dates in further scripts and languages. They need a pattern several times as large as that of common dates, which is
//! tried only where something of them stands in a text.

use super::date::{MONTHS, YEAR, regex};
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex::Regex;
use std::sync::LazyLock;

/// Months that the common pattern does not know.
const MORE: &str = "март|januára|janvāris|janvārī|jaanuar|sausio|siječnja|gener|јануар|јануара|януари|ιαν|ιανουάριος|oca|\
    ocağı|يناير|جانفي|ינואר|בינואר|जनवरी|জানুয়ারি|februára|februāris|februārī|veebruar|vasario|veljače|\
    febrer|фебруар|фебруара|февруари|φεβ|φεβρουάριος|şub|فبراير|فيفري|شباط|פברואר|בפברואר|फरवरी|फ़रवरी|\
    ফেব্রুয়ারি|märts|kovo|ožujka|març|maret|μαρ|μάρτιος|مارس|آذار|מרץ|במרץ|मार्च|মার্চ|apríla|aprīlis|\
    aprīlī|aprill|balandžio|travnja|април|априла|απρ|απρίλιος|nis|أبريل|ابريل|إبريل|أفريل|نيسان|אפריל|\
    באפריל|अप्रैल|এপ্রিল|mája|maijs|maijā|gegužės|svibnja|maig|май|мај|маја|μαΐ|μάιος|مايو|ماي|أيار|מאי|\
    במאי|मई|মে|júna|jūnijs|jūnijā|juuni|birželio|lipnja|juny|junij|јун|јуна|юни|ιουν|ιούνιος|haz|يونيو|\
    يونيه|جوان|حزيران|יוני|ביוני|जून|জুন|júla|jūlijs|jūlijā|juuli|liepos|juliol|julij|јул|јула|юли|ιουλ|\
    ιούλιος|tem|يوليو|يوليه|جويلية|تموز|יולי|ביולי|जुलाई|জুলাই|augusta|augusts|augustā|rugpjūčio|\
    kolovoza|agost|avgust|agustus|август|αυγ|αύγουστος|ağu|أغسطس|اغسطس|أوت|آب|אוגוסט|באוגוסט|अगस्त|আগস্ট|\
    septembra|septembris|septembrī|rugsėjo|rujna|septembar|септембар|септембра|септември|σεπ|σεπτέμβριος|\
    eyl|سبتمبر|أيلول|ספטמבר|בספטמבר|सितंबर|सितम्बर|সেপ্টেম্বর|októbra|oktobris|oktobrī|oktoober|spalio|\
    oktobar|октобар|октобра|октомври|οκτ|οκτώβριος|eki|أكتوبر|اكتوبر|אוקטובר|באוקטובר|अक्टूबर|अक्तूबर|\
    অক্টোবর|novembra|novembris|novembrī|lapkričio|studenoga|studenog|novembar|новембар|новембра|ноември|\
    νοε|νοέμβριος|kas|نوفمبر|נובמבר|בנובמבר|नवंबर|नवम्बर|নভেম্বর|decembra|decembris|decembrī|detsember|\
    gruodžio|prosinca|desembre|decembar|децембар|децембра|декември|δεκ|δεκέμβριος|ara|ديسمبر|דצמבר|\
    בדצמבר|दिसंबर|दिसम्बर|ডিসেম্বর|تشرين\\s(?:الأول|الاول|الثاني)|كانون\\s(?:الأول|الاول|الثاني)|\
    tháng\\s[0-9]{1,2}|tháng\\s(?:một|hai|ba|tư|năm|sáu|bảy|tám|chín|mười\\smột|mười\\shai|mười)";

/// Words of further dates that are no months: before, ago, at.
const SIGNS: &[&str] = &[
    "tháng",
    "trước",
    " lalu",
    " lepas",
    "před ",
    "pred ",
    "prije ",
    "pre ",
    "преди ",
    "acum ",
    "prieš ",
    "pirms ",
    " perce",
    "másodperce",
    " órája",
    " napja",
    " hete",
    "hónapja",
    " éve",
    " lúc ",
    "pukul ",
    " öö",
    " ös",
    // Hungarian puts the year first.
    "rcius",
    "prilis",
    "május",
    "június",
    "július",
    "augusztus",
    "szept",
    "október",
    "január",
    "február",
    ". nov",
    ". dec",
];

/// Tells whether a text holds something of such dates: letters of another script, or one of their words.
pub(super) fn may_hold(text: &str) -> bool {
    let foreign = |c: char| {
        matches!(c, '\u{370}'..='\u{3ff}' | '\u{530}'..='\u{1dff}' | '\u{1f00}'..='\u{1fff}' | '\u{2e80}'..='\u{a4cf}'
            | '\u{a960}'..='\u{a97f}' | '\u{ac00}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}')
    };
    !text.is_ascii() && text.chars().any(foreign) || GATE.as_ref().is_some_and(|gate| gate.is_match(text))
}

/// The words in Latin and Cyrillic letters; those of three letters stand alone.
static GATE: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let western = |word: &&str| {
        !word.contains('\\') && word.chars().all(|c| c < '\u{370}' || ('\u{400}'..'\u{530}').contains(&c))
    };
    let months = MORE.split('|').filter(western);
    let words = months.map(|word| if word.chars().count() < 4 { format!(" {word} ") } else { word.to_owned() });
    let words: Vec<String> = words.chain(SIGNS.iter().map(|sign| (*sign).to_owned())).collect();
    AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).ascii_case_insensitive(true).build(words).ok()
});

/// Finds further dates and common ones.
pub(super) static DATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let time = r"(?:[\s,|@·–—•/(-]{0,4}(?:um|at|à|a\slas|às|alle|ore|o|om|kl\.?|klo|в|у|о|στις|saat|lúc|pukul|الساعة|בשעה|h)?\s{0,2}(?:(?:오전|오후|午前|午後|上午|下午|晚上|中午|凌晨|早上|du\.|de\.)\s?)?[0-9]{1,2}\s?(?:[:.h時时点點시]|\sh\s)\s?[0-9]{2}[分분]?(?:[:.][0-9]{2})?(?:\s?[ap]\.?\s?m(?-u:\b)\.?|\s?(?:[πμ]\.?\s?μ\.?|صباحًا|صباحا|مساءً|مساء|[صم]|öö|ös|sa|ch)(?-u:$|[\s,|)]))?(?:\s?(?:uhr|hrs|uur|h)(?-u:\b))?)";
    let month = format!(r"(?:{MONTHS}|{MORE})[.,]?");
    let year = YEAR;
    let forms = [
        // 2024년 3월 1일, 2024年3月1日(火), ۱۴۰۳/۰۲/۱۴
        r"(?-u:\b)(?:19|20|1[34])[0-9]{2}\s?[-/.年년]\s?[0-9]{1,2}\s?[-/.月월]\s?[0-9]{1,2}[日일.]?(?:\s?[(（][月火水木金土日一二三四五六월화수목금토일]曜?日?요?일?[)）])?(?:t[0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:\.[0-9]{1,9})?(?:z|[+-][0-9]{2}:?[0-9]{2})?)?".to_owned(),
        // 2024. március 1., 2024 m. kovo 1 d.
        format!(r"(?-u:\b)(?:19|20)[0-9]{{2}}\.?\s(?:m\.\s)?{month}\s[0-9]{{1,2}}(?:\.|(?-u:\b))(?:\sd\.)?"),
        // 5 tháng 3, 2024 and months of other calendars
        format!(r"(?-u:\b)[0-9]{{1,2}}[\s,]{{1,2}}tháng\s[0-9]{{1,2}}(?:,|\snăm)?\s{year}"),
        r"[0-9]{1,2}\s(?:فروردین|اردیبهشت|خرداد|تیر|مرداد|شهریور|مهر|آبان|آذر|دی|بهمن|اسفند)\s(?:ماه\s)?1[34][0-9]{2}".to_owned(),
        r"[0-9]{1,2}\s(?:มกราคม|กุมภาพันธ์|มีนาคม|เมษายน|พฤษภาคม|มิถุนายน|กรกฎาคม|สิงหาคม|กันยายน|ตุลาคม|พฤศจิกายน|ธันวาคม|[ก-ฮ]{1,2}\.[ก-ฮ]\.)\s(?:พ\.ศ\.\s)?(?:20|25)[0-9]{2}".to_owned(),
        // 3월 5일 14:22
        format!(r"(?-u:\b)[0-9]{{1,2}}\s?[月월]\s?[0-9]{{1,2}}[日일]{time}"),
        // 3시간 전, 3 天前, منذ ٣ ساعات, 3 giờ trước, πριν 3 ώρες, před 3 dny
        r"[0-9]{1,3}\s?(?:秒|分|分钟|分鐘|小时|小時|個小時|个小时|時間|天|日|週間|周|週|星期|个月|個月|か月|ヶ月|カ月|月|年|초|분|시간|일|주|주일|개월|달|년)\s?(?:前|전)".to_owned(),
        r"(?:منذ|قبل)\s(?:[0-9]{1,3}\s)?(?:ثانية|ثوان|دقيقة|دقائق|دقيقتين|ساعة|ساعات|ساعتين|يوم|يوما|يومًا|أيام|يومين|أسبوع|أسابيع|شهر|أشهر|شهرين|سنة|سنوات|سنتين|عام|أعوام)|[0-9]{1,3}\s(?:ثانیه|دقیقه|ساعت|روز|هفته|ماه|سال)\s(?:پیش|قبل)".to_owned(),
        r"לפני\s[0-9]{1,3}\s(?:שניות|דקות|שעות|ימים|שבועות|חודשים|שנים)|לפני\s(?:דקה|שעה|יום|שבוע|חודש|שנה)".to_owned(),
        r"[0-9]{1,3}\s(?:सेकंड|मिनट|घंटे|घंटा|दिन|सप्ताह|हफ्ते|हफ़्ते|महीने|साल|वर्ष)\sपहले|[0-9]{1,3}\s(?:মিনিট|ঘণ্টা|দিন|মাস|বছর)\sআগে".to_owned(),
        r"[0-9]{1,3}\s(?:giây|phút|giờ|ngày|tuần|tháng|năm)\strước|[0-9]{1,3}\s(?:detik|menit|jam|hari|minggu|bulan|tahun)\s(?:yang\s)?(?:lalu|lepas)|[0-9]{1,3}\s?(?:วินาที|นาที|ชั่วโมง|วัน|สัปดาห์|เดือน|ปี)(?:ที่แล้ว|ที่ผ่านมา|ก่อน)".to_owned(),
        r"(?:πριν(?:\sαπό)?|před|pred|prije|pre|преди|acum|prieš|pirms)\s[0-9]{1,3}\s(?:δευτ|λεπτ|ώρ|ημέρ|μέρ|εβδομ|μήν|χρόν|έτ|sek|min|hod|h|dn|den|dní|týd|týž|měs|mes|rok|let|dan|sat|tjed|nedel|mjes|god|час|дн|ден|сед|мес|год|ore|or|zi|săpt|lun|an|val|d\.|mėn|met|st|dien|ned|mēn|gad)[^\s0-9.,]{0,7}".to_owned(),
        r"[0-9]{1,3}\s(?:másodperce|perce|órája|napja|hete|hónapja|éve)(?-u:$|[\s,.|])".to_owned(),
    ];
    regex(&format!("{MONTHS}|{MORE}"), time, &forms)
});
