//! What a recipe may set: whole sources held out, weights borrowed of another label, relevance by a thread alone.

use gruff::model::{Aside, Model, SourceCard};
use gruff::policy::Policy;
use gruff::thread::{Row, RowArticle};
use gruff::train::{Algorithm, Identity, Parameters, Trainer};
use gruff::{Label, Moderator};
use std::collections::BTreeMap;

fn label(name: &str) -> Label {
    Label::new(name).unwrap()
}

fn row(text: String, labels: &[(&str, bool)]) -> Row {
    let labels = labels.iter().map(|(name, value)| (label(name), f64::from(u8::from(*value)))).collect();
    Row { text, labels, ..Row::default() }
}

/// Rows of a site that calls people by one word each.
fn site(word: &str) -> Vec<Row> {
    let subjects = ["bridge", "bakery", "school", "club", "harbour", "library", "market", "station"];
    let mut rows = Vec::new();
    for (at, subject) in subjects.iter().enumerate() {
        rows.push(row(format!("About the {subject} number {at} you are a {word}"), &[("insult", true)]));
        rows.push(row(format!("About the {subject} number {at} it is a matter of taste"), &[("insult", false)]));
    }
    rows
}

fn train(parameters: Parameters, sources: &[Vec<Row>]) -> Result<(Model, String), String> {
    let mut trainer = Trainer::new(parameters).map_err(|error| error.to_string())?;
    for (at, rows) in sources.iter().enumerate() {
        trainer.begin_source(SourceCard { name: format!("source {at}"), ..SourceCard::default() }, 1.);
        trainer.add(rows).map_err(|error| error.to_string())?;
    }
    let identity = Identity { name: "test".into(), ..Identity::default() };
    let trained = trainer.finish(identity, None, &|_, _| {});
    trained.map(|(model, report)| (model, report.to_string())).map_err(|error| error.to_string())
}

fn parameters(labels: &[&str]) -> Parameters {
    Parameters { least_rows: 1, ..Parameters::new(labels.iter().map(|name| label(name)).collect()) }
}

#[test]
fn sources_held_out_whole_show_what_another_site_gets() {
    let sources: Vec<Vec<Row>> = ["nitwit", "clown", "moron", "liar"].map(site).to_vec();
    let by_rows = train(parameters(&["insult"]), &sources).unwrap().0;
    let across = Parameters { hold_out_sources: vec![label("insult")], ..parameters(&["insult"]) };
    let by_sources = train(across, &sources).unwrap().0;
    let slope = |model: &Model| model.heads()[0].calibration.slopes[0];
    assert_eq!(by_rows.weights().column(0), by_sources.weights().column(0), "only the calibration differs");
    assert!(slope(&by_sources) < slope(&by_rows), "{} {}", slope(&by_sources), slope(&by_rows));
}

#[test]
fn sources_that_leave_one_class_are_told() {
    let rude = site("moron").into_iter().step_by(2).collect();
    let kind = site("moron").into_iter().skip(1).step_by(2).collect();
    let across = Parameters { hold_out_sources: vec![label("insult")], ..parameters(&["insult"]) };
    let told = train(across, &[rude, kind]).unwrap_err();
    assert!(told.contains("insult: when whole sources are held out"), "{told}");
}

#[test]
fn a_label_borrows_the_words_of_another() {
    let mut rows = site("moron");
    for (at, row) in rows.iter_mut().enumerate() {
        row.labels.insert(label("house"), f64::from(u8::from(at % 4 < 2)));
    }
    let trained = |share: Option<f64>| {
        let lent = |share| (label("house"), BTreeMap::from([(label("insult"), share)]));
        let label_borrows = share.into_iter().map(lent).collect();
        let sources = [rows.clone()];
        let model = train(Parameters { label_borrows, ..parameters(&["insult", "house"]) }, &sources).unwrap().0;
        let house = model.column("house").map(|column| model.weights().column(column)).unwrap();
        let insult = model.column("insult").map(|column| model.weights().column(column)).unwrap();
        (house, insult)
    };
    let ((without, insult), (with, _)) = (trained(None), trained(Some(0.5)));
    // The slot that speaks loudest for an insult.
    let loudest = (0..insult.len()).max_by(|a, b| insult[*a].total_cmp(&insult[*b])).unwrap();
    let gained = with[loudest] - without[loudest];
    assert!((gained - 0.5 * insult[loudest]).abs() < 0.1 * insult[loudest], "{gained} of {}", insult[loudest]);
}

#[test]
fn what_cannot_be_borrowed_is_told() {
    for (to, from, share) in [("insult", "insult", 0.5), ("insult", "threat", 0.5), ("insult", "off_topic", 0.5)] {
        let label_borrows = BTreeMap::from([(label(to), BTreeMap::from([(label(from), share)]))]);
        let told = Trainer::new(Parameters { label_borrows, ..parameters(&["insult", "off_topic"]) });
        assert!(told.unwrap_err().to_string().contains("borrows of another"), "{to} of {from}");
    }
    let label_borrows = BTreeMap::from([(label("insult"), BTreeMap::from([(label("house"), 2.)]))]);
    let told = Trainer::new(Parameters { label_borrows, ..parameters(&["insult", "house"]) }).unwrap_err();
    assert!(told.to_string().contains("within -1 and 1"), "{told}");
}

#[test]
fn a_thread_alone_is_judged_by_two_causes() {
    let subjects = ["the bridge over the river", "the new bakery bread", "the school bus driver", "our football club"];
    let mut rows = Vec::new();
    for at in 0..24 {
        let (subject, other) = (subjects[at % 4], subjects[(at + 1 + at % 3) % 4]);
        let off_topic = at % 2 == 0;
        let about = if off_topic { other } else { subject };
        let mut row = row(format!("I think {about} is what number {at} is on"), &[("off_topic", off_topic)]);
        row.article = Some(RowArticle::Text(format!("A report on {subject}, and again {subject}.")));
        rows.push(row);
    }
    let aside = Aside { strayed: 0.02, idle: 0.3, words: 20. };
    let with = Parameters { thread_alone: BTreeMap::from([(label("off_topic"), aside)]), ..parameters(&["off_topic"]) };
    let plain = Moderator::new(train(parameters(&["off_topic"]), &[rows.clone()]).unwrap().0).unwrap();
    let aside = Moderator::new(train(with, &[rows]).unwrap().0).unwrap().explaining(true);
    let score = |moderator: &Moderator, row: &Row| moderator.judge_row(row).score("off_topic").unwrap();
    let thread = vec!["The bridge over the river is old".to_owned(), "They closed the bridge".to_owned()];
    let under = |text: &str| Row { text: text.into(), thread: thread.clone(), ..Row::default() };
    let (short, long) = (under("Well said."), under(&"The new bakery bread is good. ".repeat(8)));
    assert!(score(&aside, &short) > 0.25, "a short one adds nothing at times, whatever its words");
    assert!(score(&aside, &long) < score(&plain, &long), "few comments stray");
    let judged = aside.judge_row(&short);
    let named = judged
        .evidence
        .iter()
        .flatten()
        .any(|evidence| evidence.name.is_some_and(|name| name.contains("how much it says")));
    assert!(named, "{:?}", judged.evidence);
    // Such scores are at rates of their own, which a policy's does not move; others it does.
    let policy = Policy::parse("p", "[labels.off_topic]\nhold = 0.5\nbase_rate = 0.9").unwrap();
    let moved = Moderator::new(aside.model().clone()).unwrap().with_policy(policy).unwrap();
    assert_eq!(score(&moved, &short), score(&aside, &short));
    let known = Row { article: Some(RowArticle::Text("The bridge over the river.".into())), ..short.clone() };
    assert!(score(&moved, &known) > score(&aside, &known));
    assert!(aside.model().card().labels[0].thread_alone.is_some());
    // With an article both are the same.
    let article = Row { article: Some(RowArticle::Text("The bridge over the river.".into())), ..short };
    assert_eq!(score(&aside, &article), score(&plain, &article));
    let wrong = Aside { strayed: 0., idle: 0.3, words: 20. };
    let wrong =
        Parameters { thread_alone: BTreeMap::from([(label("off_topic"), wrong)]), ..parameters(&["off_topic"]) };
    assert!(Trainer::new(wrong).unwrap_err().to_string().contains("strayed"));
}

#[test]
fn rows_tell_whether_the_worst_sentence_counts() {
    let plain = "bus rain market bridge bread school river club harbour train garden winter music paper".split(' ');
    let plain: Vec<&str> = plain.collect();
    let mut rows = Vec::new();
    for at in 0..360_usize {
        let mut number = at / 3 * 31;
        let mut some = |count| {
            let next = |_| {
                number = (number * 75 + 74) % 65537;
                plain[number % plain.len()]
            };
            (0..count).map(next).collect::<Vec<&str>>().join(" ")
        };
        // Two words tell only where they stand in one sentence, too far apart for pairs.
        let text = match at % 3 {
            0 => format!("{} moron {} liar {}. {}.", some(2), some(4), some(2), some(6)),
            1 => format!("{} moron {}. {} liar {}.", some(2), some(4), some(2), some(6)),
            _ => format!("{}. {}.", some(9), some(7)),
        };
        rows.push(row(text, &[("house", at % 3 == 0)]));
    }
    let share = |parameters: Parameters| {
        let model = train(parameters, &[rows.clone()]).unwrap().0;
        assert_eq!(model.heads()[0].worst_sentence, model.card().labels[0].worst_sentence);
        model.heads()[0].worst_sentence
    };
    assert!(share(parameters(&["house"])) > 0.);
    assert_eq!(share(Parameters { tune: false, ..parameters(&["house"]) }), 0.);
    assert_eq!(share(Parameters { algorithm: Algorithm::Nb, ..parameters(&["house"]) }), 0.);
    let asked = BTreeMap::from([(label("house"), 0.1)]);
    assert_eq!(share(Parameters { worst_sentence: asked, ..parameters(&["house"]) }), 0.1);
    // Where a class has fewer than a hundred rows, they do not choose.
    let few = train(parameters(&["house"]), &[rows[..290].to_vec()]).unwrap().0;
    assert_eq!(few.heads()[0].worst_sentence, 0.);
}
