//! A model file that is cut or damaged anywhere is refused with a sentence; training twice gives the same bytes.

use gruff::model::Model;
use gruff::thread::Row;
use gruff::train::{Algorithm, Identity, Parameters, Trainer};
use gruff::{Label, Moderator};
use std::collections::BTreeMap;

fn label(name: &str) -> Label {
    Label::new(name).unwrap()
}

/// Rows on two subjects: one half rude, the other not; each under an article on one of them.
fn rows() -> Vec<Row> {
    let subjects = ["the bridge over the river", "the new bakery", "the school bus", "our football club"];
    let rude = ["you stupid clown", "what an idiot", "shut up, fool", "only a moron thinks so", "pathetic liar"];
    let kind = ["thank you for this", "i agree with you", "good point", "only time will tell", "well written"];
    let mut rows = Vec::new();
    for (at, subject) in subjects.iter().enumerate() {
        for (number, words) in rude.iter().chain(&kind).enumerate() {
            let insult = number < rude.len();
            let other = subjects[(at + 1 + number % 3) % subjects.len()];
            let off_topic = number % 3 == 0;
            let about = if off_topic { other } else { subject };
            let json = serde_json::json!({
                "text": format!("About {about}: {words}, says number {number}."),
                "labels": {"insult": f64::from(u8::from(insult)), "off_topic": f64::from(u8::from(off_topic))},
                "article": {"title": format!("All about {subject}"), "text": format!("A report on {subject} and {subject}.")},
            });
            rows.push(serde_json::from_value(json).unwrap());
        }
    }
    rows
}

fn train(labels: &[&str], algorithm: Algorithm, base: Option<&Model>) -> (Model, String) {
    let parameters =
        Parameters { algorithm, least_rows: 1, ..Parameters::new(labels.iter().map(|name| label(name)).collect()) };
    let mut trainer = Trainer::new(parameters).unwrap();
    trainer.begin_source(gruff::model::SourceCard { name: "test".into(), ..Default::default() }, 1.);
    trainer.add(&rows()).unwrap();
    let identity = Identity { name: "test".into(), ..Identity::default() };
    let (model, report) = trainer.finish(identity, base, &|_, _| {}).unwrap();
    (model, report.to_string())
}

#[test]
fn training_twice_gives_the_same_bytes() {
    for algorithm in [Algorithm::Nb, Algorithm::NbLr] {
        let once = train(&["insult", "off_topic"], algorithm, None).0.to_bytes().unwrap();
        let again = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let again = again.install(|| train(&["insult", "off_topic"], algorithm, None).0.to_bytes().unwrap());
        assert!(once == again, "{algorithm:?}");
    }
}

#[test]
fn what_was_trained_is_what_is_read_and_scores() {
    let (model, report) = train(&["insult", "off_topic"], Algorithm::NbLr, None);
    assert!(report.contains("insult") && report.contains("40 rows"), "{report}");
    let read = Model::from_bytes("again", model.to_bytes().unwrap()).unwrap();
    assert_eq!((read.card(), read.heads()), (model.card(), model.heads()));
    let (first, second) = (Moderator::new(model).unwrap(), Moderator::new(read).unwrap());
    let row = |text: &str| Row { text: text.into(), ..Row::default() };
    let (rude, kind) = (row("you stupid idiot, shut up"), row("good point, thank you"));
    assert_eq!(first.judge_row(&rude).scores, second.judge_row(&rude).scores);
    assert!(first.judge_row(&rude).score("insult") > first.judge_row(&kind).score("insult"));
    assert_eq!(first.judge_row(&kind).score("off_topic"), None, "there is nothing to compare it with");
}

#[test]
fn a_base_keeps_its_other_labels() {
    let (base, _) = train(&["insult", "off_topic"], Algorithm::NbLr, None);
    let (grown, report) = train(&["insult"], Algorithm::Nb, Some(&base));
    assert_eq!(grown.heads().len(), 2);
    assert_eq!(grown.head("off_topic"), base.head("off_topic"));
    assert_ne!(grown.head("insult"), base.head("insult"));
    assert_eq!(grown.card().sources.len(), 2);
    assert!(report.contains("(kept)"), "{report}");
}

#[test]
fn a_label_without_rows_of_both_classes_is_told() {
    let mut trainer = Trainer::new(Parameters::new(vec![label("threat")])).unwrap();
    trainer.begin_source(Default::default(), 1.);
    let labels = BTreeMap::from([(label("threat"), 0.)]);
    trainer.add(&vec![Row { text: "a".into(), labels, ..Row::default() }; 9]).unwrap();
    let error = trainer.finish(Identity::default(), None, &|_, _| {}).unwrap_err().to_string();
    assert!(error.contains("threat: 0 positive and 9 negative rows"), "{error}");
    assert!(Trainer::new(Parameters::new(Vec::new())).is_err());
}

#[test]
fn damage_anywhere_is_refused() {
    let whole = train(&["insult", "off_topic"], Algorithm::NbLr, None).0.to_bytes().unwrap();
    let refused = |bytes: Vec<u8>, how: String| {
        let error = Model::from_bytes("m.gruff", bytes).map(|_| ()).expect_err(&how).to_string();
        assert!(error.starts_with("model m.gruff: ") && error.len() > 30, "{how}: {error}");
    };
    let places = (0..600).chain((600..whole.len()).step_by(whole.len() / 300));
    for at in places {
        let mut flipped = whole.clone();
        flipped[at] ^= 1 << (at % 8);
        refused(flipped, format!("bit flipped in byte {at}"));
        refused(whole[..at].to_vec(), format!("cut at {at}"));
    }
    refused([whole.as_slice(), b"x"].concat(), "something behind the end".into());
    refused(b"PK\x03\x04 no model at all".to_vec(), "another kind of file".into());
}

#[test]
fn the_card_can_be_read_with_strings() {
    let bytes = train(&["insult"], Algorithm::Nb, None).0.to_bytes().unwrap();
    let text = String::from_utf8_lossy(&bytes);
    assert!(text.contains("\"held_out_auc\"") && text.contains("\"name\": \"test\""));
    assert!(!text.contains("moron"), "no n-gram stands there in clear text");
}

#[test]
fn the_built_in_model_is_sound_and_checked_in_full() {
    let bytes = include_bytes!("../models/builtin.gruff").to_vec();
    let checked = Model::from_bytes("built in", bytes).unwrap();
    assert_eq!(checked.card(), Model::builtin().unwrap().card());
    assert!(Moderator::builtin().is_ok());
}

#[test]
fn version_2_is_still_read() {
    let packed = include_bytes!("fixtures/models/v2.gruff.zst");
    assert!(packed.len() <= 20_000);
    let bytes = zstd::decode_all(packed.as_slice()).unwrap();
    let moderator = Moderator::new(Model::from_bytes("v2", bytes).unwrap()).unwrap();
    let row = Row { text: "about the bakery: only a liar agrees, thank you".into(), ..Row::default() };
    // What the trainer of this format said about it when the file was written.
    approx::assert_abs_diff_eq!(moderator.judge_row(&row).score("insult").unwrap(), V2_SCORE, epsilon = 1e-6);
}

#[test]
fn version_1_which_was_never_released_is_refused_with_a_sentence() {
    let mut bytes = include_bytes!("../models/builtin.gruff").to_vec();
    bytes[12] = 1;
    let refused = Model::from_bytes("old.gruff", bytes).unwrap_err().to_string();
    assert!(refused.contains("format version 1") && refused.contains("train it again"), "{refused}");
}
const V2_SCORE: f64 = 0.288_347_607_993_073_13;

/// Writes the fixture of the present version: `GRUFF_WRITE_FIXTURE=1 cargo test --test model_file fixture`.
#[test]
fn write_the_fixture_when_asked() {
    if std::env::var_os("GRUFF_WRITE_FIXTURE").is_none() {
        return;
    }
    let model = train(&["insult"], Algorithm::NbLr, None).0;
    let packed = zstd::encode_all(model.to_bytes().unwrap().as_slice(), 19).unwrap();
    let row = Row { text: "about the bakery: only a liar agrees, thank you".into(), ..Row::default() };
    let score = Moderator::new(model).unwrap().judge_row(&row).score("insult").unwrap();
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/models/v2.gruff.zst");
    std::fs::write(path, &packed).unwrap();
    println!("{} bytes, score {score}", packed.len());
}
