//! `tincan compare`, between peers that need no browser.

use std::{
    fs,
    io::{BufRead, BufReader},
};

use rustix::process::Signal;
use serde_json::Value;
use tincan_harness::NetworkCondition;
use tincan_measure::{
    comparison::{self, Comparisons, baseline::Baseline, json},
    sweep::{self, Sweep},
};
use tincan_tests::sweeps::wait_as_they_should;

use crate::{
    cli::Tincan,
    report::{assert_published, violations_of},
};

const PAIR: [&str; 3] = ["compare", "--pair", "webrtc-rs-to-webrtc-rs"];

fn arguments<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&PAIR, more].concat()
}

/// What was written into `folder`, which has to keep to the schema.
fn written(tincan: &Tincan, folder: &str) -> Value {
    let text = fs::read_to_string(tincan.folder().join(folder).join("comparison.json")).expect("it is there");
    let value = serde_json::from_str(&text).expect("it is JSON");
    assert_eq!(violations_of(&json::schema().unwrap(), &value), [""; 0]);
    value
}

#[test]
fn two_rust_peers_are_compared() {
    let tincan = Tincan::new();
    let more = ["--blocks", "6", "--seed", "7", "--save-baseline", "then", "--out", "out"];
    let ended = tincan.run(&arguments(&more));
    let comparisons: Comparisons = serde_json::from_value(written(&tincan, "out")).unwrap();
    let comparison = &comparisons.comparisons[0];
    assert_eq!((comparison.blocks.len(), comparison.left_out()), (6, vec![]), "{}", ended.stderr);
    for block in &comparison.blocks {
        let mut arms: Vec<_> = block.0.iter().map(|sample| sample.arm).collect();
        arms.sort();
        assert_eq!(arms, comparisons.arms, "a block has each arm once");
        for sample in &block.0 {
            let phases = sample.phases.expect("a call that passed has its phases");
            let sum: f64 = phases.values().iter().sum();
            assert!(sample.first_frame_ms.is_some_and(|ms| (ms - sum).abs() < 0.01), "{sample:?}");
        }
    }
    let first: Vec<_> = comparison.blocks.iter().map(|block| block.0[0].arm).collect();
    assert!(first.iter().any(|arm| *arm != first[0]), "the order was never drawn: {first:?}");
    let page = fs::read_to_string(tincan.folder().join("out/comparison.html")).expect("there is a page");
    assert!(page.contains("webrtc-rs") && page.contains("6 in each condition"), "{page}");
    let told = comparison.tells();
    assert_eq!(ended.code, if told { 0 } else { 2 }, "{}", ended.stdout);
    assert_eq!(ended.stdout.contains("trickle's first frame came"), told, "{}", ended.stdout);
    let kept = fs::read_to_string(tincan.folder().join("tincan-baselines/then.json")).expect("it was kept");
    assert!(Baseline::parse(&kept).is_ok_and(|kept| kept.networks() == [NetworkCondition::Direct]));
    what_cannot_be_compared_with_a_baseline_is_refused_at_once(&tincan, &kept);
    let again = tincan.run(&arguments(&["--blocks", "6", "--baseline", "then", "--out", "again"]));
    for expected in ["the environment is the same", "direct, trickle: ", "n = 6 then, 6 now"] {
        assert!(again.stdout.contains(expected), "{expected:?} is not in {again:?}");
    }
    for expected in
        ["direct: webrtc-rs 0.", ", 6 blocks", "seed 7, margin 10 ms", "vanilla again against vanilla: "]
    {
        assert!(ended.stdout.contains(expected), "{expected:?} is not in {}", ended.stdout);
    }
}

/// Before any call is made.
fn what_cannot_be_compared_with_a_baseline_is_refused_at_once(tincan: &Tincan, kept: &str) {
    let edited = kept.replacen("0.", "1.", 1);
    fs::write(tincan.folder().join("edited.json"), edited).unwrap();
    fs::write(tincan.folder().join("cut.json"), &kept[..kept.len() / 2]).unwrap();
    let cases: [(&[&str], &str); 5] = [
        (&["--baseline", "never"], "failed to read the baseline tincan-baselines/never.json"),
        (&["--baseline", "edited.json"], "failed to use the baseline edited.json"),
        (&["--baseline", "cut.json"], "the baseline is cut short"),
        (&["--baseline", "then", "--pair", "webrtc-rs-to-chromium"], "failed to compare with the baseline"),
        (&["--baseline", "then", "--half-trickle"], "failed to compare with the baseline"),
    ];
    for (more, expected) in cases {
        let pair: &[&str] = if more.contains(&"--pair") { &PAIR[..1] } else { &PAIR };
        let ended = tincan.run(&[pair, more, &["--out", "refused"]].concat());
        assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{more:?}");
        assert!(ended.stderr.contains(expected), "{more:?}: {}", ended.stderr);
    }
}

#[test]
fn set_up_time_is_swept() {
    let tincan = Tincan::new();
    let pair = ["sweep", "--pair", "webrtc-rs-to-webrtc-rs", "--blocks", "6", "--stun-delay", "0,300"];
    let ended = tincan.run(&[&pair[..], &["--out", "out"]].concat());
    assert_eq!(ended.code, 0, "{}{}", ended.stdout, ended.stderr);
    let text = fs::read_to_string(tincan.folder().join("out/sweep.json")).expect("it is there");
    assert_eq!(violations_of(&Sweep::schema().unwrap(), &serde_json::from_str(&text).unwrap()), [""; 0]);
    let sweep: Sweep = serde_json::from_str(&text).unwrap();
    assert_eq!(wait_as_they_should(&sweep), Ok(()), "{}", ended.stdout);
    assert!(sweep.fits.iter().all(|fits| fits.all.is_some()), "{}", ended.stdout);
    assert!(tincan.folder().join("out/sweep.html").exists());
}

#[test]
fn what_cannot_be_swept_is_refused_before_anything_starts() {
    let cases: [(&[&str], &str); 5] = [
        (&["--stun-delay", "100"], "a line takes two delays at least"),
        (&["--stun-delay", "0,5001"], "5001 is not in 0..=5000"),
        (&["--stun-delay", "0,soon"], "invalid value 'soon'"),
        (&["--network", "direct"], "[possible values: slow-stun, routed-stun, home-nat]"),
        (&["--blocks", "5"], "5 is not in 6..=1000"),
    ];
    let tincan = Tincan::new();
    for (more, expected) in cases {
        let ended = tincan.run(&[&["sweep"], more].concat());
        assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{more:?}");
        assert!(ended.stderr.contains(expected), "{more:?}: {}", ended.stderr);
    }
}

#[test]
fn what_was_measured_before_an_interruption_is_kept() {
    let tincan = Tincan::new();
    let mut running = tincan.start(&arguments(&["--blocks", "1000", "--out", "out"]));
    let mut stderr = BufReader::new(running.child.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert!(stderr.any(|line| line.starts_with("direct 1/1000  vanilla ")));
    running.send(Signal::INT);
    let ended = running.end();
    assert_eq!(ended.code, 2);
    assert!(ended.stdout.contains("blocks of 1000") && ended.stdout.contains("\ninterrupted: "), "{ended:?}");
    let comparisons: Comparisons = serde_json::from_value(written(&tincan, "out")).unwrap();
    assert!(comparisons.is_partial() && !comparisons.comparisons[0].blocks.is_empty());
}

#[test]
fn what_was_measured_before_a_kill_is_kept() {
    let pair = ["--pair", "webrtc-rs-to-webrtc-rs", "--blocks", "1000", "--out", "out"];
    for (command, more, said, name) in [
        ("compare", &[][..], "direct 1/1000", "comparison"),
        ("sweep", &["--stun-delay", "0,1"], "block 1 of", "sweep"),
    ] {
        let tincan = Tincan::new();
        let mut running = tincan.start(&[&[command], &pair[..], more].concat());
        let mut stderr = BufReader::new(running.child.stderr.take().unwrap()).lines().map(Result::unwrap);
        assert!(stderr.any(|line| line.starts_with(said)));
        running.send(Signal::KILL);
        running.see_killed();
        let file = |extension: &str| tincan.folder().join(format!("out/{name}.{extension}"));
        assert!(!file("json").exists() && !file("html").exists(), "it was written before the end");
        let made = tincan.run(&["report", "out"]);
        assert_eq!((made.code, made.stdout), (0, format!("out/{name}.html\n")), "{}", made.stderr);
        assert!(
            made.stderr.contains(" of 1000 planned ") || made.stderr.contains(" of 4000 planned "),
            "{}",
            made.stderr
        );
        let text = fs::read_to_string(file("json")).unwrap();
        match name {
            "sweep" => assert!(serde_json::from_str::<Sweep>(&text).unwrap().points.len() >= 4),
            _ => {
                let comparisons: Comparisons = serde_json::from_value(written(&tincan, "out")).unwrap();
                assert!(comparisons.is_partial() && !comparisons.comparisons[0].blocks.is_empty());
            }
        }
        let refused = tincan.run(&["report", "out", "--junit", "x.xml"]);
        assert!(refused.code == 2 && refused.stderr.contains("only the report of a run has"), "{refused:?}");
    }
}

#[test]
fn what_cannot_be_compared_is_refused_before_anything_starts() {
    let tincan = Tincan::new();
    fs::write(tincan.folder().join("file"), "").unwrap();
    let cases: [(&[&str], &str); 9] = [
        (&["--blocks", "0"], "0 is not in 6..=1000"),
        (&["--blocks", "5"], "5 is not in 6..=1000"),
        (&["--blocks", "1001"], "1001 is not in 6..=1000"),
        (&["--margin", "-1"], "unexpected argument '-1'"),
        (&["--margin=-1"], "0 or more"),
        (&["--margin", "NaN"], "0 or more"),
        (&["--network", "wifi"], "there is no network condition \"wifi\""),
        (&["--out", "file"], "give another folder with --out"),
        (
            &["--pair", "chromium-to-opera"],
            "there is no pair \"chromium-to-opera\"; the pairs are chromium-to-chromium, ",
        ),
    ];
    for (more, expected) in cases {
        let ended = tincan.run(&[&["compare"], more].concat());
        assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{more:?}");
        assert!(ended.stderr.contains(expected), "{more:?}: {}", ended.stderr);
    }
    assert!(!tincan.folder().join("target").exists(), "something was written");
}

#[test]
fn without_a_browser_there_is_nothing_to_compare() {
    let tincan = Tincan::new();
    let ended = tincan.run(&["compare", "--blocks", "6", "--out", "out"]);
    assert_eq!(ended.code, 2);
    assert!(
        ended.stderr.contains("error: there is nothing to measure: chromium-to-chromium/"),
        "{}",
        ended.stderr
    );
    assert_eq!(written(&tincan, "out")["comparisons"][0]["blocks"], Value::Array(Vec::new()));
}

#[test]
fn two_comparisons_never_write_to_one_folder() {
    let tincan = Tincan::new();
    let mut running = tincan.start(&arguments(&["--blocks", "1000", "--out", "out"]));
    let mut stderr = BufReader::new(running.child.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert!(stderr.next().is_some());
    let ended = tincan.run(&arguments(&["--blocks", "6", "--out", "out"]));
    assert_eq!(ended.code, 2);
    assert!(ended.stderr.contains("another comparison is writing to out"), "{}", ended.stderr);
    running.send(Signal::INT);
    assert_eq!(running.end().code, 2);
}

#[test]
fn the_published_schema_is_that_of_the_types() {
    assert_published("fixtures/comparison.schema.json", &json::schema().unwrap());
    assert_published("fixtures/sweep.schema.json", &Sweep::schema().unwrap());
    assert_published("fixtures/blocks.schema.json", &comparison::lines::Line::schema().unwrap());
    assert_published("fixtures/points.schema.json", &sweep::lines::Line::schema().unwrap());
}
