//! Properties of whole texts: tokens and their spans, evasion views, hostile input.

use super::*;
use proptest::prelude::*;
use std::time::{Duration, Instant};

/// Strings of characters that interact: marks, jamo, ignorables, ligatures, joiners, cased letters, signs.
pub(super) fn hostile_text() -> impl Strategy<Value = String> {
    let nasty = "aAzİıßŒﬁ½…™№ΐΣςͅᾳϓµKÅéḍ\u{301}\u{323}\u{345}\u{334}\u{336}\u{20e3}\u{94d}\u{93c}\u{9be}\u{9c7}\u{3099}\u{ff9e}\
        ｶＡ１！각가\u{1100}\u{1161}\u{11a8}\u{1160}\u{3164}\u{ffa0}\u{200b}\u{200c}\u{200d}\u{ad}\u{feff}\u{34f}\u{fe0f}👩👧🏽🇩🇪🅱\
        日ひカ한กำเ देवनागरी שָׁלוֹם عَرَبِيّ ﷺіоеснтжИДІОТ'’.:,;_-*#@$!?10 \r\n\t\u{a0}\u{3000}\u{2028}http://w.";
    let nasty: Vec<char> = nasty.chars().collect();
    let c = prop_oneof![8 => prop::sample::select(nasty), 1 => any::<char>(), 3 => prop::char::range(' ', '~')];
    prop::collection::vec(c, 0..40).prop_map(|chars| chars.into_iter().collect())
}

fn views(text: &str) -> Vec<(EvasionKind, String)> {
    Normalized::new(text).views().iter().map(|view| (view.kind, view.reading.clone())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn spans_lead_back_to_the_authors_words(original in hostile_text()) {
        let normalized = Normalized::new(&original);
        let (mut text_end, mut span_end) = (0, 0);
        for token in normalized.tokens() {
            let span = normalized.span(token.range());
            prop_assert!(text_end <= token.start && token.start < token.end);
            prop_assert!(span_end <= span.start && span.start < span.end);
            (text_end, span_end) = (token.end, span.end);
            let slice = original.get(span.start..span.end).expect("on character boundaries");
            let again = Normalized::new(slice);
            prop_assert_eq!(again.text(), &normalized.text()[token.range()]);
        }
        let visible: String = normalized.text().chars().filter(|c| !c.is_whitespace()).collect();
        let covered: String = normalized.tokens().iter().flat_map(|t| normalized.text()[t.range()].chars()).collect();
        prop_assert_eq!(covered.split_whitespace().collect::<String>(), visible);
    }

    #[test]
    fn any_range_has_a_span(original in hostile_text(), start in 0..80_usize, len in 0..80_usize) {
        let normalized = Normalized::new(&original);
        let span = normalized.span(start..start + len);
        prop_assert!(original.get(span.start..span.end).is_some());
        let whole = normalized.span(0..normalized.text().len());
        let again = Normalized::new(whole.slice(&original));
        prop_assert_eq!(again.text(), normalized.text());
    }

    #[test]
    fn views_are_small_ordered_and_in_the_text(original in hostile_text(), disguised in "[a-z@$!*#1-5 .-]{0,40}") {
        let normalized = Normalized::new(&(original + &disguised));
        let mut last = 0;
        for view in normalized.views() {
            prop_assert!(last <= view.range.start);
            last = view.range.start;
            prop_assert!(normalized.text().get(view.range.clone()).is_some_and(|text| !text.is_empty()));
            prop_assert!(!view.reading.is_empty() && view.reading.len() <= 64);
            let settled = Normalized::new(&view.reading);
            prop_assert_eq!(settled.text(), &view.reading);
        }
    }

    #[test]
    fn a_refilled_text_is_a_new_text(first in hostile_text(), second in hostile_text()) {
        let mut refilled = Normalized::new(&first);
        refilled.refill(&second);
        let fresh = Normalized::new(&second);
        prop_assert_eq!(refilled.text(), fresh.text());
        prop_assert_eq!(refilled.tokens(), fresh.tokens());
        prop_assert_eq!(refilled.views(), fresh.views());
    }
}

#[test]
fn characters_that_become_several_words_stay_one_token() {
    let normalized = Normalized::new("a ½ and ⑴");
    let words: Vec<_> = normalized.tokens().iter().map(|t| (&normalized.text()[t.range()], t.kind)).collect();
    assert_eq!(
        words,
        [("a", TokenKind::Word), ("1⁄2", TokenKind::Number), ("and", TokenKind::Word), ("(1)", TokenKind::Number)]
    );
}

#[test]
fn joined_emoji_are_one_token() {
    let normalized = Normalized::new("ok 👩\u{200d}👩\u{200d}👧 👩👧");
    let spans: Vec<_> = normalized.tokens().iter().map(|t| normalized.span(t.range())).collect();
    assert_eq!(spans, [Span::new(0, 2), Span::new(3, 21), Span::new(22, 26), Span::new(26, 30)]);
}

#[test]
fn a_word_keeps_its_place_through_every_change() {
    let original = "“ＹＯＵ”, ﬁnal i\u{200b}d\u{301}iot\u{feff}!";
    let normalized = Normalized::new(original);
    let slices: Vec<_> = normalized.tokens().iter().map(|t| normalized.span(t.range()).slice(original)).collect();
    assert_eq!(slices, ["“", "ＹＯＵ", "”", ",", "ﬁnal", "i\u{200b}d\u{301}iot", "!"]);
}

#[test]
fn evasive_spellings_are_read() {
    use EvasionKind::*;
    for (text, kind, reading) in [
        ("You are an іdіоt.", Homoglyph, "idiot"),
        ("what an аѕѕ he is", Homoglyph, "ass"),
        ("F\u{dc}CK off", Homoglyph, "fuck"),
        ("you 1D10T!", Leet, "idiot"),
        ("what an A$$hole.", Leet, "asshole"),
        ("@sshole", Leet, "asshole"),
        ("“sh1t”", Leet, "shit"),
        ("i d i o t", Spaced, "idiot"),
        ("sh##ty", Masked, "shitty"),
        ("f**k you", Masked, "fuck"),
        ("(f@#k)", Masked, "fuck"),
        ("you m*r*n", Masked, "moron"),
        ("idiooooot", Repeated, "idiot"),
        ("FUUUUCK", Repeated, "fuck"),
        ("asssss", Repeated, "ass"),
        ("sooo", Repeated, "so"),
        ("неееет", Repeated, "нет"),
        ("idiiiiioot", Repeated, "idiot"),
        ("you idoit", Misspelt, "idiot"),
        ("you mron", Misspelt, "moron"),
        ("ʇoıpı", Turned, "idiot"),
        ("an id.iot", Spaced, "idiot"),
        ("an id_iot", Spaced, "idiot"),
        ("an a.s.s", Spaced, "ass"),
        ("🅘🅓🅘🅞🅣", Homoglyph, "idiot"),
        ("id\u{200b}iot", Invisible, "idiot"),
        ("id\u{ad}iot", Invisible, "idiot"),
        ("i\u{336}d\u{336}i\u{336}o\u{336}t\u{336}", Invisible, "idiot"),
    ] {
        let found = views(text);
        assert!(found.contains(&(kind, reading.to_owned())), "{text}: {found:?}");
    }
}

#[test]
fn innocent_texts_have_no_views() {
    for text in [
        "Scunthorpe class assassin Dickens Penistone cockpit therapist analysis shiitake Matsushita pussycat arsenal",
        "the pen is mightier, as shown in Essex; a bass, a mass, a classic assessment by the cocktail bar",
        "https://example.org/f**k/a$$/1d10t?i.d.i.o.t=sh1t www.sh1t.example",
        "2024-05-01, 10/12/2024, 10:30pm, $100, 5€, £3.50, 20%, 1,000,000, 3rd, 50s, 1st, 4x4",
        "H2O, CO2, C6H12O6, CH3COOH, NaCl, 5*4, a*b, C#, F#m, #tag, c++, x[i]*y[i], foo_bar1 = a1 + b2;",
        "**bold** and *emphasis* and __init__ and ~~struck~~ and _this_",
        "covid19, mp3, b2b, h2o, c3po, catch22, k8s, i18n, iPhone 12, PS5, G20, B12, 737-800",
        "U.S.A., e.g., i.e., a.m., J.R.R. Tolkien, D.C., a b c d, A, B, C, D",
        "Привет, как дела? Сука наехал на нас. Это PDFка и USB-шный кабель",
        "сука",
        "μg, Δt, β-carotene, λx, 10 μm, πr",
        "Größe, café, naïve, façade, niño, Dvořák, Việt Nam, Ångström",
        "می\u{200c}خواهم क\u{94d}\u{200d}ष 👩\u{200d}👧 ❤\u{fe0f}",
        "Henry VIII, World War III, XXX, www, hmm, MMM",
        "joe.shmoe@example.com at&t r&b q&a m&m's 100%",
        "well-known T-shirts, as-is, x-ray, e-mail; yes!no? this/that",
    ] {
        assert_eq!(views(text), [], "{text}");
    }
}

/// Texts of a size and shape that would show any step that is not linear.
#[test]
fn hostile_texts_take_linear_time_and_little_memory() {
    let megabytes = |unit: &str, size: usize| unit.repeat((size << 20) / unit.len());
    let mut slowest = (Duration::ZERO, String::new());
    let mut normalized = Normalized::default();
    for (unit, size) in [
        ("a.a.a.a.", 2),
        ("*", 2),
        ("@", 2),
        ("i ", 2),
        ("a", 10),
        ("A.", 2),
        ("i d i o t  ", 2),
        ("s*** ", 2),
        ("a*", 2),
        ("f**", 2),
        ("1d", 2),
        ("a_", 2),
        ("_", 2),
        ("-", 2),
        ("a-", 2),
        ("http://", 2),
        ("http://a", 2),
        ("www.(", 2),
        ("@a", 2),
        ("a@", 2),
        ("\u{301}", 2),
        ("a\u{301}\u{323}", 2),
        ("\u{323}\u{301}\u{334}", 2),
        ("\u{200b}", 2),
        ("a\u{200b}", 2),
        ("i\u{200d}\u{301}", 2),
        ("ﷺ", 1),
        ("½", 2),
        ("İ", 2),
        ("іd", 2),
        ("іdіот ", 2),
        ("\u{1160}\u{1161}", 2),
        ("👩\u{200d}", 2),
        ("🇩", 2),
        ("ааа", 2),
        ("aaa ", 2),
        ("aaab", 2),
        ("!\u{301}?", 2),
        ("'", 2),
        ("a'", 2),
        ("1,", 2),
        ("日", 2),
        ("\r", 2),
        (" \u{301}", 2),
        ("é", 2),
        ("e\u{301}\u{336}", 2),
        ("a:\u{301}", 2),
        ("ｶﾞ", 2),
        ("क\u{94d}", 2),
        ("\0", 2),
        ("$$$ ", 2),
        ("idoit ", 2),
        ("yuor ", 2),
        ("y0u 4r3 ", 2),
        ("p*ople ", 2),
        ("th*", 2),
        ("s h u t  ", 2),
    ] {
        let text = megabytes(unit, size);
        let started = Instant::now();
        normalized.refill(&text);
        Language::detect(&text);
        let took = started.elapsed();
        assert!(normalized.views().len() <= 1024, "{unit:?}");
        if took > slowest.0 {
            slowest = (took, format!("{unit:?}, {size} MB"));
        }
        // The bound is loose because other tests run beside this one; a quadratic step would take minutes.
        assert!(took < Duration::from_secs(15), "{unit:?}: {took:?}");
    }
    println!("slowest: {slowest:?}");
}
