//! What must hold of the built-in model on the suites in tests/suites; `scripts/suites` measures them in full.

use gruff::thread::Row;
use gruff::{Judgement, Moderator, policy::Action};
use std::sync::LazyLock;

static MODERATOR: LazyLock<Moderator> = LazyLock::new(|| Moderator::builtin().unwrap());

fn judge(text: &str) -> Judgement {
    MODERATOR.judge_row(&Row { text: text.into(), ..Row::default() })
}

fn held(text: &str) -> bool {
    judge(text).action != Action::Approve
}

fn is_abuse(text: &str) -> bool {
    let kinds = ["toxicity", "severe_toxicity", "insult", "threat", "identity_attack"];
    judge(text).flags.iter().any(|flag| kinds.contains(&flag.as_str()))
}

fn lines(list: &str) -> impl Iterator<Item = &str> {
    list.lines().filter(|line| !line.starts_with('#') && !line.is_empty())
}

fn table(text: &str, name: &str) -> Vec<toml::Table> {
    let mut file: toml::Table = toml::from_str(text).unwrap();
    let entries = file.remove(name).unwrap().try_into::<Vec<toml::Table>>().unwrap();
    assert!(!entries.is_empty());
    entries
}

fn strings(entry: &toml::Table, key: &str) -> Vec<String> {
    entry[key].clone().try_into().unwrap()
}

#[test]
fn names_are_not_held() {
    let names: Vec<&str> = lines(include_str!("suites/names.txt")).flat_map(|line| line.split(", ")).collect();
    assert!(names.len() >= 300);
    for frame in ["{}", "My name is {}.", "{} spoke next."] {
        let caught: Vec<_> = names.iter().filter(|name| held(&frame.replace("{}", name))).collect();
        assert!(caught.len() * 40 <= names.len(), "{frame}: {caught:?}");
    }
}

/// A frame with a term in its gaps, as `scripts/suites` fills it.
fn framed(frame: &str, term: &serde_json::Value) -> String {
    let forms = ["one", "many", "adj"];
    let text = forms
        .iter()
        .fold(frame.to_owned(), |text, form| text.replace(&format!("{{{form}}}"), term[form].as_str().unwrap()));
    text[..1].to_uppercase() + &text[1..]
}

fn json_lines(list: &str) -> Vec<serde_json::Value> {
    list.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn names_of_groups_are_not_held_and_attacks_on_them_are() {
    let terms = json_lines(include_str!("suites/identity-terms.jsonl"));
    assert!(terms.len() >= 50);
    // How many of the sentences that a frame makes with every term are held.
    let caught = |frames: &[String]| {
        let texts: Vec<String> = frames.iter().flat_map(|frame| terms.iter().map(|term| framed(frame, term))).collect();
        let caught: Vec<String> = texts.iter().filter(|text| held(text)).cloned().collect();
        (caught.len() as f64 / texts.len() as f64, caught)
    };
    let bare: Vec<String> = ["{one}", "{many}", "{adj}"].map(String::from).to_vec();
    let mentions: Vec<String> = lines(include_str!("suites/mention-frames.txt")).map(String::from).collect();
    let frames = json_lines(include_str!("suites/fairness-frames.jsonl"));
    let of = |toxic: i64| -> Vec<String> {
        let frames = frames.iter().filter(|frame| frame["toxicity"].as_i64() == Some(toxic));
        frames.map(|frame| frame["frame"].as_str().unwrap().to_owned()).collect()
    };
    for (frames, most) in [(bare, 0.01), (mentions, 0.03), (of(0), 0.01)] {
        let (share, caught) = caught(&frames);
        assert!(share <= most, "{share}: {caught:?}");
    }
    assert!(caught(&of(1)).0 >= 0.9);
}

#[test]
fn functions_that_must_not_fail_do_not() {
    // What a site cannot do without: open insults are held, and what everybody says is not.
    let least = [
        ("insult to the reader", 10),
        ("insult to a third person", 9),
        ("insult to a party, trade or crowd", 10),
        ("insult with swearing", 11),
        ("insult respelled", 10),
        ("words taken back with pride", 11),
        ("violence in idioms", 11),
        ("facts of crime and war", 11),
        ("praise", 11),
        ("disagreement", 11),
        ("hard words about what was done", 11),
        ("innocent look-alikes", 11),
        ("body and health", 11),
    ];
    let functions = table(include_str!("suites/functions.toml"), "function");
    assert!(functions.len() >= 25);
    for (name, least) in least {
        let function = functions.iter().find(|function| function["name"].as_str() == Some(name)).unwrap();
        let wanted = function["wanted"].as_str() == Some("held");
        let (right, wrong): (Vec<String>, _) =
            strings(function, "cases").into_iter().partition(|case| is_abuse(case) == wanted);
        assert!(right.len() >= least, "{name}: {wrong:?}");
    }
}

#[test]
fn insults_are_found_in_every_spelling() {
    for text in [
        "you are a st00pid m0r0n",
        "what an i d i o t",
        "what an i.d.i.o.t",
        "you are an id\u{200b}i\u{200b}ot",
        "you are an іdіоt",
        "you are an id**t",
        "you are an idiiiooot",
        "you are an idoit",
        "you are an idot",
        "you are an id.iot",
        "you are an ⓘⓓⓘⓞⓣ",
        "you are an ʇoᴉpᴉ",
        "y0u 4r3 an 1d10t.",
        "you are an idioot",
        "you are mroon, yuo diiot",
        "y o u a r e a n i d i o t",
    ] {
        assert!(is_abuse(text), "{text}: {:?}", judge(text).scores);
    }
}

#[test]
fn length_alone_is_not_held() {
    let sober: Vec<&str> = lines(include_str!("suites/neutral.txt")).collect();
    for sentences in [1, 5, 40, 200] {
        let text: Vec<&str> = sober.iter().cycle().copied().take(sentences).collect();
        let judgement = judge(&text.join(" "));
        assert_eq!(judgement.action, Action::Approve, "{sentences}: {judgement:?}");
    }
    for text in ["Yes", "No", "Why", "😂", "👍", "🤡", "?", ""] {
        assert!(!held(text), "{text}");
    }
}

#[test]
fn no_other_language_is_taken_for_english_nor_english_for_another() {
    for entry in table(include_str!("suites/languages.toml"), "language") {
        let english = entry["code"].as_str() == Some("en");
        for text in strings(&entry, "texts") {
            let found = judge(&text).language;
            assert!(if english { ["en", "und"].contains(&found) } else { found != "en" }, "{text}: {found}");
        }
    }
}
