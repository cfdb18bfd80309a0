//! What exports write differently from gruff: HTML for text, seconds for dates, many links for one page.

use crate::extract::html;
use encoding_rs::WINDOWS_1252;
use std::borrow::Cow;

/// Parameters of links that name no other page.
const TRACKING: &[&str] =
    &["fbclid", "gclid", "ref", "ref_src", "share", "source", "mc_cid", "mc_eid", "amp", "cmpid", "replytocom"];

/// The text of a piece of HTML, a paragraph or line break to a line.
pub(super) fn plain(markup: &str) -> String {
    if memchr::memchr2(b'<', b'&', markup.as_bytes()).is_none() {
        return lines(markup);
    }
    html::html_text(markup)
}

/// The text of HTML whose line breaks count, as in WordPress, unless it has paragraphs itself.
pub(crate) fn plain_with_breaks(markup: &str) -> String {
    let marked = ["<p", "<P", "<br", "<BR"].iter().any(|tag| markup.contains(tag));
    if marked || !markup.contains('\n') {
        return plain(markup);
    }
    // The breaks inside `<pre>` are kept by it.
    if memchr::memchr2(b'<', b'&', markup.as_bytes()).is_none() || markup.contains("<pre") {
        return plain(markup);
    }
    html::html_text(&markup.replace('\n', "<br>\n"))
}

/// Bytes as text: those that are not UTF-8 are read as windows-1252, which they mostly are. Beside it the sentence about
/// the first of them, where `at` is the place of the first byte.
pub(super) fn mended(bytes: &[u8], at: u64) -> (Cow<'_, str>, Option<String>) {
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return (Cow::Borrowed(text), None),
        Err(error) => error,
    };
    let at = at + error.valid_up_to() as u64;
    let what = format!(
        "this is not UTF-8 at byte {at}; such bytes were read as windows-1252: convert the file, as with iconv -f WINDOWS-1252 -t UTF-8"
    );
    (Cow::Owned(lenient(bytes)), Some(what))
}

/// Bytes as text, those that are not UTF-8 read as windows-1252.
pub(crate) fn lenient(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() + bytes.len() / 8);
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        out.push_str(&WINDOWS_1252.decode_without_bom_handling(chunk.invalid()).0);
    }
    out
}

/// Plain text or Markdown, without empty lines and spaces behind lines.
pub(super) fn lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.trim().lines().map(str::trim_end).filter(|line| !line.is_empty()) {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(line);
    }
    out
}

/// Markdown in which a platform escaped what HTML would read as markup.
pub(super) fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
}

/// A date as ISO 8601. `utc` says that one without a zone is in UTC; seconds and milliseconds since 1970 are dates too.
///
/// `Ok(None)` for none: an empty one, or WordPress's year 0.
///
/// # Errors
/// For what is no date.
pub(super) fn date(written: &str, utc: bool) -> Result<Option<String>, ()> {
    let written = written.trim();
    if written.is_empty() || written.starts_with("0000-00-00") {
        return Ok(None);
    }
    if let Ok(number) = written.parse::<f64>() {
        // Milliseconds are thousands of seconds too far; nothing was commented before 1970.
        let seconds = if number >= 1e11 { number / 1000. } else { number };
        return if (0. ..2.5e11).contains(&seconds) { Ok(Some(of_seconds(seconds as i64))) } else { Err(()) };
    }
    iso(written, utc).map(Some).ok_or(())
}

fn iso(written: &str, utc: bool) -> Option<String> {
    let number = |from: usize, to: usize| {
        let digits = written.get(from..to)?;
        if digits.bytes().all(|byte| byte.is_ascii_digit()) { digits.parse::<u32>().ok() } else { None }
    };
    let mark = |at: usize| written.as_bytes().get(at).copied();
    let days = number(0, 4).filter(|year| *year >= 1000).is_some()
        && (1..=12).contains(&number(5, 7)?)
        && (1..=31).contains(&number(8, 10)?);
    if !days || mark(4) != Some(b'-') || mark(7) != Some(b'-') {
        return None;
    }
    if written.len() == 10 {
        return Some(written.to_owned());
    }
    let times = number(11, 13)? < 24 && number(14, 16)? < 60 && mark(13) == Some(b':');
    if !times || !matches!(mark(10), Some(b'T' | b't' | b' ')) {
        return None;
    }
    let seconds = if mark(16) == Some(b':') { if number(17, 19)? > 60 { return None } else { 19 } } else { 16 };
    let rest = written.get(seconds..)?;
    let fraction = rest.strip_prefix('.').map_or(0, |rest| 1 + rest.bytes().take_while(u8::is_ascii_digit).count());
    let zone = rest.get(fraction..)?.trim();
    let zone = match zone {
        "Z" | "z" | "UTC" | "GMT" => "Z",
        "" if utc => "Z",
        "" => "",
        _ => {
            let digits = zone.strip_prefix(['+', '-'])?;
            let sound = matches!(digits.len(), 2 | 4 | 5) && digits.bytes().all(|b| b.is_ascii_digit() || b == b':');
            if sound { zone } else { return None }
        }
    };
    Some(format!("{}T{}{}{zone}", written.get(..10)?, written.get(11..seconds)?, rest.get(..fraction)?))
}

/// Seconds since 1970 of a date that [`date`] wrote.
pub(super) fn instant(date: &str) -> Option<f64> {
    let number = |from: usize, to: usize| date.get(from..to).and_then(|digits| digits.parse::<i64>().ok());
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let shifted = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (shifted.div_euclid(400), shifted.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + day_of_year - 719_468;
    let (hour, minute) = (number(11, 13).unwrap_or(0), number(14, 16).unwrap_or(0));
    let rest = date.get(16..).and_then(|rest| rest.strip_prefix(':')).unwrap_or("0");
    let length = rest.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    let second: f64 = rest.get(..length)?.parse().unwrap_or(0.);
    let zone = date.get(11..).and_then(|time| time.get(time.rfind(['+', '-'])?..));
    let offset = zone.map_or(0, |zone| {
        let digits: String = zone.chars().filter(char::is_ascii_digit).collect();
        let of = |from: usize, to: usize| digits.get(from..to).and_then(|part| part.parse::<i64>().ok()).unwrap_or(0);
        let minutes = of(0, 2) * 60 + of(2, 4);
        if zone.starts_with('-') { -minutes } else { minutes }
    });
    Some((days * 86_400 + hour * 3600 + (minute - offset) * 60) as f64 + second)
}

/// Days to year, month and day in the Gregorian calendar, by Howard Hinnant's algorithm.
fn of_seconds(seconds: i64) -> String {
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", rest / 3600, rest / 60 % 60, rest % 60)
}

/// A link such that those of one page are equal: without scheme, `www.`, fragment, tracking parameters and last slash.
pub(super) fn plain_link(link: &str) -> String {
    let link = link.trim();
    let link = link.split_once("://").map_or(link, |(_, rest)| rest);
    let link = link.split('#').next().unwrap_or_default();
    let (path, query) = link.split_once('?').unwrap_or((link, ""));
    let (host, path) = path.split_at(path.find('/').unwrap_or(path.len()));
    let host = host.to_ascii_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    let kept: Vec<&str> = query
        .split('&')
        .filter(|part| {
            let name = part.split('=').next().unwrap_or_default();
            !name.is_empty() && !name.starts_with("utm_") && !TRACKING.contains(&name)
        })
        .collect();
    let query = if kept.is_empty() { String::new() } else { format!("?{}", kept.join("&")) };
    format!("{host}{}{query}", path.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn markup_becomes_lines() {
        assert_eq!(plain("<p>One &amp; <b>two</b>.</p><p>Three<br>four</p>"), "One & two.\nThree\nfour");
        assert_eq!(plain_with_breaks("one\ntwo <em>x</em>\n\nthree"), "one\ntwo x\nthree");
        assert_eq!(plain_with_breaks("<p>one\ntwo</p>"), "one two");
        assert_eq!(plain("  a \n\n b"), "a\n b");
        assert_eq!(unescaped("&gt; a &amp;amp; b"), "> a &amp; b");
    }

    #[test]
    fn dates_are_iso_or_none() {
        for (written, utc, read) in [
            ("2010-07-20 12:08:08", true, "2010-07-20T12:08:08Z"),
            ("2010-07-20 12:08:08", false, "2010-07-20T12:08:08"),
            ("2021-03-17T12:09:47.722181Z", false, "2021-03-17T12:09:47.722181Z"),
            ("2021-03-17T12:09:47+02:00", false, "2021-03-17T12:09:47+02:00"),
            ("1704067200.0", false, "2024-01-01T00:00:00Z"),
            ("1709210096000", false, "2024-02-29T12:34:56Z"),
            ("2024-02-29", false, "2024-02-29"),
        ] {
            assert_eq!(date(written, utc), Ok(Some(read.to_owned())));
        }
        assert_eq!(date("0000-00-00 00:00:00", true), Ok(None));
        for wrong in ["2011-x09-30T22:48:43Z", "yesterday", "2011-13-01", "2011-01-01T25:00:00Z", "1e300", "NaN", "-5"]
        {
            assert_eq!(date(wrong, true), Err(()), "{wrong}");
        }
    }

    #[test]
    fn dates_of_all_zones_are_ordered() {
        let of = |date: &str| instant(date).unwrap();
        assert_eq!(of("2024-05-01T10:00:00.5+02:00"), of("2024-05-01T08:00:00.5Z"));
        assert_eq!(of("2024-05-01T10:00-0130"), of("2024-05-01T11:30:00"));
        assert_eq!(of("1970-01-02"), 86_400.);
    }

    #[test]
    fn links_of_one_page_are_equal() {
        let link = plain_link("https://www.Example.org/a/?utm_source=x#c1");
        assert_eq!(link, "example.org/a");
        assert_eq!(plain_link("http://example.org/a"), link);
        assert_eq!(plain_link("http://example.org/?p=12&fbclid=1"), "example.org?p=12");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn any_text_is_read(text in any::<String>(), number in any::<f64>()) {
            let _ = (plain(&text), plain_with_breaks(&text), plain_link(&text));
            let _ = (date(&text, true), date(&number.to_string(), true));
        }

        #[test]
        fn dates_read_as_themselves(seconds in 0i64..200_000_000_000) {
            let written = of_seconds(seconds);
            if written.len() == 20 {
                prop_assert_eq!(instant(&written), Some(seconds as f64));
                prop_assert_eq!(date(&written, false), Ok(Some(written)));
            }
        }
    }
}
