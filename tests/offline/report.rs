//! The report: what stands in it, and the schema that is published with it.

use std::{env, fs};

use serde_json::{Value, json};
use tincan_harness::{
    Attempt, Deadlines, Environment, HarnessError, Judged, Role, SignalingMode, Verdict,
    environment::Browser,
    testing::{
        self, Quirk,
        calls::{call, scenario},
    },
};
use tincan_report::{Report, Run, SCHEMA_VERSION, json, lines::Line};
use tincan_tests::root;

const SCHEMA: &str = "fixtures/report.schema.json";
const SCHEMA_OF_LINES: &str = "fixtures/attempts.schema.json";

/// A report in which a call passed, one failed, one was unsupported and one could not be made.
async fn report() -> Report {
    let mut attempts = Vec::new();
    let refuses = [(Role::Answerer, Quirk::Refuses("Failed to parse SessionDescription."))];
    for (mode, quirks) in [(SignalingMode::Trickle, &[][..]), (SignalingMode::Vanilla, &refuses)] {
        let exchange = call(mode, quirks, Deadlines::default()).await;
        attempts.push(Attempt::of(&scenario(mode), 1, &Judged::of(&scenario(mode), exchange)));
    }
    let trouble = HarnessError::new("start chromedriver", "there is none").hint("install chromium-driver");
    let verdicts = [
        Verdict::Unsupported("the page \"tutorial\" does not do trickle".to_owned()),
        Verdict::Errored(Some(Role::Offerer), trouble),
    ];
    for verdict in verdicts {
        attempts.push(Attempt::without_exchange(&scenario(SignalingMode::Trickle), 2, &verdict));
    }
    let run =
        Run { schema_version: SCHEMA_VERSION, environment: environment(), planned: 5, redacted: Vec::new() };
    Report::of(run, attempts)
}

fn environment() -> Environment {
    let browser =
        Browser { name: "chrome-headless-shell".to_owned(), version: "1.2".to_owned(), ..Browser::default() };
    Environment {
        tincan: "0.0.0".to_owned(),
        crates: [("webrtc".to_owned(), "1.2.3".to_owned())].into(),
        platform: "linux x86_64".to_owned(),
        processors: 2,
        started_at_s: 1,
        run_number: 77,
        page: "built-in".to_owned(),
        page_map: "tincan".to_owned(),
        jobs: 1,
        deadlines_s: [("ice".to_owned(), 20.0)].into(),
        browsers: vec![browser],
        peers: testing::profiles(),
    }
}

/// What a report does not have that the schema asks for.
pub fn violations(report: &Value) -> Vec<String> {
    violations_of(&json::schema().unwrap(), report)
}

/// What `value` does not have that a schema asks for.
pub fn violations_of(schema: &str, value: &Value) -> Vec<String> {
    let schema: Value = serde_json::from_str(schema).unwrap();
    let validator = jsonschema::validator_for(&schema).expect("the schema is one");
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[tokio::test(start_paused = true)]
async fn a_report_holds_these_facts() {
    insta::assert_snapshot!(json::render(&report().await).unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_report_is_as_its_schema_says_and_comes_back_from_json() {
    let report = report().await;
    let text = json::render(&report).unwrap();
    assert_eq!(violations(&serde_json::from_str(&text).unwrap()), [""; 0]);
    assert_eq!(serde_json::from_str::<Report>(&text).unwrap(), report);
}

#[tokio::test(start_paused = true)]
async fn the_schema_refuses_what_is_no_report() {
    let good = serde_json::to_value(report().await).unwrap();
    let spoilt: [fn(&mut Value); 4] = [
        |report| report["attempts"][0]["verdict"] = json!("green"),
        |report| report["attempts"][0]["milestones"][0]["at_ms"] = json!("soon"),
        |report| drop(report["environment"].as_object_mut().unwrap().remove("run_number")),
        |report| drop(report.as_object_mut().unwrap().remove("attempts")),
    ];
    for (index, spoil) in spoilt.iter().enumerate() {
        let mut report = good.clone();
        spoil(&mut report);
        assert!(!violations(&report).is_empty(), "spoilt report {index} was taken");
    }
}

#[test]
fn the_published_schema_is_that_of_the_types() {
    assert_published(SCHEMA, &json::schema().unwrap());
    assert_published(SCHEMA_OF_LINES, &Line::schema().unwrap());
}

/// Whoever changes the form of what is written sees it here, and decides whether `SCHEMA_VERSION` is to be raised.
pub fn assert_published(name: &str, schema: &str) {
    let file = root().join(name);
    if env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        fs::write(&file, schema).unwrap();
    }
    let published = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        published == schema,
        "{name} is out of date; to accept the new one: INSTA_UPDATE=always cargo test"
    );
}
