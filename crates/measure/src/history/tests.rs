//! Histories that are made up: builds that differ in what they decide, in how often, and in how long they take.

use tincan_harness::{
    attempt::BySide, environment::Environment, peer::Transport, scenario::PeerId,
    sdp::description::Description, stage::Stage, verdict::Outcome,
};

use super::{call::SCHEMA_VERSION, *};
use crate::recording::{Recorded, Recording};

const SCENARIOS: [&str; 2] =
    ["chromium-to-chromium/vanilla/vp8/direct", "chromium-to-chromium/trickle/vp8/direct"];
const BUILDS: usize = 6;
const REPETITIONS: u32 = 6;

/// What a made-up call decides.
#[derive(Clone)]
struct Decided {
    sdp: String,
    stats: Vec<(&'static str, Vec<&'static str>)>,
    dtls: &'static str,
    failed: bool,
    ms: f64,
}

fn usual() -> Decided {
    let sdp = "v=0\na=group:BUNDLE 0\nm=video 9 UDP/TLS/RTP/SAVPF 96 97\na=mid:0\na=rtpmap:96 VP8/90000\na=rtcp-fb:96 nack\n\
        a=rtpmap:97 rtx/90000\na=fmtp:97 apt=96\n";
    let stats = vec![("inbound-rtp", vec!["jitter"])];
    Decided { sdp: sdp.to_owned(), stats, dtls: "DTLS 1.2", failed: false, ms: 100.0 }
}

fn name(at: usize) -> PeerId {
    format!("chromium-{}", 100 + at).parse().unwrap()
}

fn build(at: usize) -> Build {
    let version = Some(format!("{}.0.0.0", 100 + at));
    Build { name: name(at), version, label: "by a third party".to_owned(), file: String::new() }
}

/// The calls of builds that decide so, by their place and the round.
fn calls(decide: impl Fn(usize, u32) -> Decided) -> Calls {
    let question = HistoryQuestion {
        schema_version: SCHEMA_VERSION,
        builds: (0..BUILDS).map(build).collect(),
        scenarios: SCENARIOS.map(str::to_owned).to_vec(),
        repetitions: REPETITIONS,
        margin_ms: 10.0,
        seed: 1,
        environment: Environment::default(),
    };
    let mut calls = Calls::none(question);
    for (at, round) in (0..BUILDS).flat_map(|at| (1..=REPETITIONS).map(move |round| (at, round))) {
        for scenario in SCENARIOS {
            let call = call(&decide(at, round), (name(at), scenario, round));
            calls.take(Line::Call(Box::new(call)));
        }
    }
    calls
}

fn call(decided: &Decided, (build, scenario, round): (PeerId, &str, u32)) -> CallRecord {
    let fields = |fields: &[&str]| fields.iter().map(|field| (*field).to_owned()).collect();
    let side = Recorded {
        who: "chrome 100.0.0.0".to_owned(),
        description: Description::read(&decided.sdp),
        stats: decided.stats.iter().map(|(kind, of)| ((*kind).to_owned(), fields(of))).collect(),
        ..Recorded::default()
    };
    let sides = BySide { offerer: side.clone(), answerer: side };
    let transport = Transport { dtls_version: Some(decided.dtls.to_owned()), ..Transport::default() };
    CallRecord {
        build,
        scenario: scenario.to_owned(),
        round,
        version: String::new(),
        verdict: if decided.failed { Outcome::Failed } else { Outcome::Passed },
        reason: decided.failed.then(|| "it broke".to_owned()),
        stage: decided.failed.then_some(Stage::Dtls),
        first_frame_ms: (!decided.failed).then_some(decided.ms + f64::from((round * 5) % 7)),
        phases: None,
        transport: BySide { offerer: transport.clone(), answerer: transport },
        codecs: BySide::default(),
        recording: Recording { scenario: scenario.to_owned(), sides }.to_string(),
    }
}

/// The changes of each step in words, a step each.
fn words(history: &History) -> Vec<Vec<&str>> {
    history
        .steps
        .iter()
        .map(|step| step.changes.iter().map(|change| change.text.as_str()).collect())
        .collect()
}

#[test]
fn builds_that_decide_the_same_have_no_changes() {
    let history = History::of(&calls(|_, _| usual()));
    assert!(words(&history).iter().all(Vec::is_empty) && history.is_complete, "{:?}", words(&history));
    assert_eq!((history.steps.len(), history.rows.len(), history.by_chance.len()), (BUILDS - 1, 0, 0));
}

#[test]
fn what_changes_with_a_build_is_told_once_for_both_sides_and_all_scenarios() {
    let history = History::of(&calls(|at, _| {
        let mut decided = usual();
        if at < 3 {
            decided.stats.push(("media-playout", vec!["samples", "delay"]));
        } else {
            decided.dtls = "DTLS 1.3";
        }
        decided
    }));
    let said = words(&history);
    assert_eq!(
        said[2],
        [
            "transport of both sides: DTLS version: DTLS 1.2 became DTLS 1.3",
            "stats of both sides: media-playout is gone"
        ]
    );
    assert!(said.iter().enumerate().all(|(at, step)| at == 2 || step.is_empty()), "{said:?}");
    assert_eq!(history.steps[2].changes[0].scenarios.len(), 2);
    let row = history.rows.iter().find(|row| row.what.ends_with("DTLS version")).unwrap();
    let cells: Vec<_> = row.cells.iter().flatten().map(String::as_str).collect();
    assert_eq!(cells, ["DTLS 1.2", "DTLS 1.2", "DTLS 1.2", "DTLS 1.3", "DTLS 1.3", "DTLS 1.3"]);
    let raw = &history.steps[2].raw[0];
    assert_eq!((raw.part.as_str(), raw.gone.len(), raw.new.len()), ("offerer stats", 2, 0), "{raw:?}");
}

#[test]
fn a_codec_that_is_added_is_one_change_and_a_renumbering_another() {
    let history = History::of(&calls(|at, _| {
        let mut decided = usual();
        if at >= 2 {
            decided.sdp =
                decided.sdp.replace("96 97\n", "96 97 98\n") + "a=rtpmap:98 AV1/90000\na=rtcp-fb:98 nack\n";
        }
        if at >= 4 {
            decided.sdp = decided.sdp.replace("98", "99");
        }
        decided
    }));
    let said = words(&history);
    assert_eq!(said[1], ["offer and answer: m=video: codec AV1/90000 (profile=0) is new"]);
    assert_eq!(
        said[3],
        ["offer and answer: m=video: codec AV1/90000 (profile=0): payload type: 98 became 99"]
    );
    assert_eq!(said[0].len() + said[2].len() + said[4].len(), 0, "{said:?}");
}

#[test]
fn what_changes_of_many_codecs_at_once_is_one_change() {
    let sdp = |numbers: [u8; 4], more: &str| {
        let lines = numbers.iter().zip(["VP8", "VP9", "AV1", "H265"]).map(|(number, name)| {
            format!("a=rtpmap:{number} {name}/90000\n{}", more.replace('N', &number.to_string()))
        });
        let numbers: Vec<_> = numbers.iter().map(u8::to_string).collect();
        let head = format!("v=0\nm=video 9 UDP/TLS/RTP/SAVPF {}\n", numbers.join(" "));
        head + &lines.collect::<String>()
    };
    let history = History::of(&calls(|at, _| {
        let numbers = if at < 2 { [96, 97, 98, 99] } else { [100, 101, 102, 103] };
        let more = if at == 4 { "a=rtcp-fb:N rrtr\n" } else { "" };
        Decided { sdp: sdp(numbers, more), ..usual() }
    }));
    let said = words(&history);
    assert_eq!(
        said[1],
        [
            "offer and answer: m=video: payload types of 4 codecs: AV1/90000 (profile=0) 98 became 102, H265/90000 99 became 103, \
          VP8/90000 96 became 100, VP9/90000 (profile-id=0) 97 became 101"
        ]
    );
    assert_eq!(said[3], ["offer and answer: m=video: rtcp-fb rrtr of 4 codecs is new"]);
    assert_eq!(
        said[4],
        ["offer and answer: m=video: rtcp-fb rrtr of 4 codecs is gone again: it had come with chromium-104"]
    );
}

#[test]
fn what_changed_back_is_said_to_be_back() {
    let history = History::of(&calls(|at, _| {
        let mut decided = usual();
        if at != 2 {
            decided.sdp += "a=rtcp-rsize\n";
        }
        decided.dtls = if at == 3 { "DTLS 1.3" } else { "DTLS 1.2" };
        decided
    }));
    let said = words(&history);
    assert_eq!(said[1], ["offer and answer: m=video: a=rtcp-rsize is gone"]);
    assert!(said[2].contains(
        &"offer and answer: m=video: a=rtcp-rsize is new again: back, after it was gone since chromium-102"
    ));
    assert_eq!(
        said[3],
        [
            "transport of both sides: DTLS version: DTLS 1.3 became DTLS 1.2 again, as it was before chromium-103"
        ]
    );
}

#[test]
fn what_comes_and_goes_is_no_change_and_is_told_with_its_rate() {
    let history = History::of(&calls(|at, round| {
        let mut decided = usual();
        // In all calls of one build, and in none of another.
        let some = [round % 2 == 0, round % 3 == 0, true, round % 2 == 1, false, round % 3 > 0][at];
        if some {
            decided.stats.push(("candidate", vec!["tcpType"]));
        }
        decided
    }));
    assert!(words(&history).iter().all(Vec::is_empty), "{:?}", words(&history));
    let told = history.by_chance.iter().find(|fact| fact.fact == "stats of the offerer: candidate").unwrap();
    assert_eq!((told.count, told.first, told.last), (Count { of: 18, calls: 36 }, name(0), name(5)));
    assert!(told.low < 0.5 && 0.5 < told.high, "{told:?}");
}

#[test]
fn a_rate_that_changes_is_told_with_both_and_how_likely_that_is_chance() {
    let history = History::of(&calls(|at, round| {
        let mut decided = usual();
        if if at < 3 { round == 1 && at == 0 } else { round != 3 } {
            decided.stats.push(("candidate", vec!["tcpType"]));
        }
        decided
    }));
    let said = words(&history);
    assert!(
        said[2].contains(
            &"stats of both sides: candidate is in 15 of 18 calls, and was in 1 of 18 (p below 0.0001)"
        ),
        "{said:?}"
    );
    assert!(said.iter().enumerate().all(|(at, step)| at == 2 || step.is_empty()), "{said:?}");
}

#[test]
fn a_build_that_fails_changes_its_verdict_and_says_nothing_else() {
    let history = History::of(&calls(|at, _| Decided { failed: at == 3, ..usual() }));
    let said = words(&history);
    assert_eq!(said[2], ["verdict: passed became failed, first break: DTLS"]);
    assert_eq!(
        said[3],
        ["verdict: failed, first break: DTLS became passed again, as it was before chromium-103"]
    );
    assert!(history.steps[2].raw.is_empty());
    assert_eq!(history.builds[3].passed, Count { of: 0, calls: 12 });
}

#[test]
fn a_build_that_cannot_be_tried_is_left_out_and_said_between_its_neighbours() {
    let mut calls = calls(|at, _| Decided { dtls: if at < 3 { "DTLS 1.2" } else { "DTLS 1.3" }, ..usual() });
    calls.calls.retain(|call| call.build != name(3));
    assert!(!calls.are_complete());
    calls.take(Line::NotTried(NotTried { build: name(3), reason: "it does not start".to_owned() }));
    assert!(calls.are_complete());
    let history = History::of(&calls);
    let step = &history.steps[2];
    assert_eq!((step.from, step.to, &step.without[..]), (name(2), name(4), &[name(3)][..]));
    assert_eq!(words(&history)[2], ["transport of both sides: DTLS version: DTLS 1.2 became DTLS 1.3"]);
    assert_eq!(history.builds[3].not_tried.as_deref(), Some("it does not start"));
}

#[test]
fn what_takes_longer_is_told_where_it_begins_with_its_interval() {
    let history = History::of(&calls(|at, _| Decided { ms: if at < 4 { 100.0 } else { 130.0 }, ..usual() }));
    let times: Vec<_> = history.steps.iter().map(|step| step.times.len()).collect();
    assert_eq!(times, [0, 0, 0, 2, 0]);
    let change = &history.steps[3].times[0];
    assert!(
        change.text.starts_with("set-up takes 30 ms [") && change.text.contains("longer"),
        "{}",
        change.text
    );
    assert_eq!((change.contrast.then, change.contrast.now), (24, 12));
    let quicker = History::of(&calls(|at, _| Decided { ms: if at < 4 { 130.0 } else { 100.0 }, ..usual() }));
    assert!(quicker.steps[3].times[0].text.contains("] less"), "{}", quicker.steps[3].times[0].text);
}

#[test]
fn times_within_the_margin_are_no_change() {
    let history = History::of(&calls(|at, _| Decided { ms: if at < 4 { 100.0 } else { 108.0 }, ..usual() }));
    assert!(history.steps.iter().all(|step| step.times.is_empty()));
}

#[test]
fn an_interrupted_history_is_read_back_as_far_as_it_goes() {
    let whole = calls(|_, _| usual());
    let lines = |count: usize| {
        let calls = whole.calls.iter().take(count).map(|call| Line::Call(Box::new(call.clone())));
        [Line::History(Box::new(whole.question.clone()))].into_iter().chain(calls).collect::<Vec<_>>()
    };
    let part = Calls::of_lines(lines(30)).unwrap();
    assert!(
        !part.are_complete() && part.has(name(0), SCENARIOS[0], 1) && !part.has(name(5), SCENARIOS[0], 1)
    );
    assert!(Calls::of_lines(lines(whole.calls.len())).unwrap().are_complete());
    assert!(Calls::of_lines(lines(3).into_iter().skip(1)).is_err());
    assert!(Calls::of_lines([lines(0), lines(0)].concat()).is_err());
}

#[test]
fn another_question_is_another_one() {
    let question = calls(|_, _| usual()).question;
    let again = HistoryQuestion {
        seed: 2,
        environment: Environment { started_at_s: 7, run_number: 3, ..Environment::default() },
        ..question.clone()
    };
    assert!(question.is_that_of(&again));
    let mut another = question.clone();
    another.builds.pop();
    let more = HistoryQuestion { repetitions: 7, ..question.clone() };
    assert!(!question.is_that_of(&another) && !question.is_that_of(&more));
}

#[test]
fn facts_have_words_in_which_they_are_looked_for() {
    let mut decided = usual();
    decided.dtls = "DTLS 1.3";
    let facts = facts(&call(&decided, (name(0), SCENARIOS[0], 1)));
    let said: Vec<_> = facts.iter().map(ToString::to_string).collect();
    for expected in [
        "verdict: passed",
        "offer: bundle group: 0",
        "answer: m=video: codec VP8/90000: rtcp-fb nack",
        "offer: m=video: codec rtx/90000 for VP8/90000: payload type: 97",
        "transport of the answerer: DTLS version: DTLS 1.3",
        "stats of the offerer: inbound-rtp: field jitter",
    ] {
        assert!(said.iter().any(|fact| fact == expected), "{expected:?} is not in {said:#?}");
    }
}
