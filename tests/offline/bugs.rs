//! `tincan report bug`: what is told of a description that a peer refuses, and what is left of it.

use std::fs;

use tincan_harness::{
    Abilities, Attempt, Environment, PeerId, Profile, Stage,
    profile::{MediaBy, Program},
};
use tincan_peers::registry;
use tincan_report::{Report, Run, SCHEMA_VERSION, json};
use tincan_tests::people::failed_in;

use crate::cli::{Ended, Tincan};

const CELL: &str = "webrtc-rs-to-mine/vanilla/vp8/direct";
/// The line that the program refuses, and what it says.
const LINE: &str = "a=rtcp-fb:121 nack";
const WORDS: &str = "line 17 is of payload type 121, which m=video does not have";

/// The m-line of the offer, and what it is without.
const MEDIA: &str = "m=video 9 UDP/TLS/RTP/SAVPF 96";
const LEFT_OUT: [&str; 10] = [
    "a=extmap",
    "a=rtcp-fb:",
    "a=rtpmap:1",
    "a=rtpmap:3",
    "a=rtpmap:4",
    "a=rtpmap:97",
    "a=rtpmap:98",
    "a=rtpmap:99",
    "a=fmtp:",
    "a=ssrc",
];

/// A program that refuses what has `LINE` in these words, and accepts all else.
fn program(words: &str) -> String {
    let hello = r#"{"kind":"hello","protocol":1,"library":{"name":"mine","version":"1"},"abilities":{"answerer":{"trickles":true},"media":"own","sends":["vp8"],"receives":["vp8"]}}"#;
    let refused = format!(r#"{{"kind":"refused","operation":"setRemoteDescription","message":"{words}"}}"#);
    let answer = r#"{"kind":"description","description":{"type":"answer","sdp":"v=0"}}"#;
    format!(
        "echo '{hello}'\nread -r line\necho '{{\"kind\":\"ready\"}}'\nread -r line\ncase \"$line\" in *'{LINE}'*) echo '{refused}' ;; \
         *) echo '{{\"kind\":\"accepted\"}}'; echo '{answer}' ;; esac\nwhile read -r line; do case \"$line\" in *close*) echo \
         '{{\"kind\":\"closed\"}}' ;; esac; done\n"
    )
}

/// The report of a call in which the program refused the offer, or which broke in another stage.
fn report(tincan: &Tincan, stage: Stage) {
    let mine: PeerId = "mine".parse().unwrap();
    let like =
        registry::catalogue().select(&["webrtc-rs-to-str0m/vanilla/vp8/direct".to_owned()]).unwrap()[0];
    let mut attempt: Attempt = failed_in(tincan_harness::Scenario { answerer: mine, ..like }, 1);
    let offer = attempt.sdp.offer.take().unwrap();
    // What is given to three peers a hundred times is short.
    let is_wanted = |line: &&str| !LEFT_OUT.iter().any(|start| line.starts_with(start));
    let lines: Vec<_> = offer
        .lines()
        .filter(is_wanted)
        .map(|line| if line.starts_with("m=") { MEDIA } else { line })
        .collect();
    attempt.sdp.offer = Some(format!("{}\r\n{LINE}\r\n", lines.join("\r\n")));
    attempt.sdp.answer = None;
    attempt.reason = Some(format!("answerer: setRemoteDescription(offer) failed: {WORDS}"));
    let diagnosis = attempt.diagnosis.as_mut().unwrap();
    diagnosis.evidence = format!("answerer: setRemoteDescription(offer) was rejected: {WORDS}");
    diagnosis.stage = stage;
    let command = "touch carried-out".to_owned();
    let program = Some(Program { command, media: MediaBy::Own, stamped_on_arrival: true });
    let mut peers = registry::catalogue().profiles().to_vec();
    peers.push(Profile { program, ..Profile::new(mine, Abilities::full()) });
    let environment = Environment { peers, ..Environment::default() };
    let run = Run { schema_version: SCHEMA_VERSION, environment, planned: 1, redacted: Vec::new() };
    let text = json::render(&Report::of(run, vec![attempt])).unwrap();
    fs::write(tincan.folder().join("report.json"), text).unwrap();
}

/// What is told with a program that refuses in these words, beside those peers.
fn minimized(words: &str, peers: &str, stage: Stage) -> Ended {
    let tincan = Tincan::new();
    report(&tincan, stage);
    let file = tincan.folder().join("program.sh");
    fs::write(&file, program(words)).unwrap();
    let peer = format!("mine=exec /bin/sh {}", file.display());
    tincan.run(&["report", "bug", CELL, ".", "--minimize", "--peer", &peer, "--peers", peers])
}

#[test]
fn a_description_that_a_peer_refuses_and_others_accept_is_told_by_the_lines_that_matter() {
    let ended = minimized(WORDS, "mine,webrtc-rs,str0m", Stage::OfferCarried);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let (_, short) =
        ended.stdout.split_once("## A short offer that shows it\n\nThese ").expect(&ended.stdout);
    let numbers: Vec<usize> =
        short.split(" lines").next().unwrap().split(" of ").map(|n| n.parse().unwrap()).collect();
    let (left, whole) = (numbers[0], numbers[1]);
    assert!(left < whole && short.contains("none of which can be left out alone"), "{short}");
    let (_, sdp) = short.split_once("```sdp\n").unwrap();
    let (sdp, told) = sdp.split_once("\n```").unwrap();
    assert_eq!(sdp.lines().count(), left, "{sdp}");
    assert!(sdp.contains(LINE) && sdp.contains("m=video"), "{sdp}");
    for words in
        [&format!("| mine (mine 1) | refuses it: {WORDS} |"), "| webrtc-rs (webrtc ", "| accepts it |"]
    {
        assert!(told.contains(words), "it does not say {words:?}: {told}");
    }
}

#[test]
fn what_is_not_known_to_be_the_same_is_not_shrunk_and_that_is_said() {
    let other_words = minimized("out of memory", "mine,str0m", Stage::OfferCarried);
    let said = "does not refuse it as in this call, so that what came before matters";
    assert!(other_words.code == 0 && other_words.stdout.contains(said), "{other_words:?}");
    assert!(other_words.stdout.contains("| mine (mine 1) | refuses it: out of memory |"), "{other_words:?}");
    let alone = minimized(WORDS, "mine", Stage::OfferCarried);
    assert!(alone.stdout.contains("Nobody who was asked accepts it"), "{alone:?}");
    let elsewhere = minimized(WORDS, "mine,str0m", Stage::Dtls);
    assert!(
        elsewhere.stderr.contains("not minimized: no description is refused in this call: it breaks in DTLS"),
        "{elsewhere:?}"
    );
    assert!(elsewhere.stdout.contains("The lines that this stage reads"));
    for ended in [other_words, alone, elsewhere] {
        assert!(!ended.stdout.contains("A short offer"), "{}", ended.stdout);
    }
}

#[test]
fn without_minimize_nothing_is_asked_and_a_command_of_a_report_is_never_carried_out() {
    let tincan = Tincan::new();
    report(&tincan, Stage::OfferCarried);
    let ended = tincan.run(&["report", "bug", CELL, "."]);
    assert!(
        ended.code == 0 && !ended.stdout.contains("A short offer") && ended.stdout.contains(LINE),
        "{ended:?}"
    );
    assert!(ended.stderr.contains("with --minimize"), "{}", ended.stderr);
    let ended = tincan.run(&["report", "bug", CELL, ".", "--minimize"]);
    let said = "mine refuses it, and is not here: name it as for the run; the report was made with --peer 'mine=touch carried-out'";
    assert!(ended.code == 2 && ended.stderr.contains(said), "{ended:?}");
    assert!(!tincan.folder().join("carried-out").exists(), "a command of the report was carried out");
}
