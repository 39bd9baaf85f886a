//! What stands in the report of a bug, and of what there is none.

use tincan_harness::{
    Environment, HarnessError, Stage, Verdict,
    attempt::{BySide, Descriptions},
    environment::Browser,
    media::Media,
    network::NetworkCondition,
    note::Note,
    procedure::Procedure,
    scenario::Scenario,
    signaling::SignalingMode,
    testing,
    timeline::Milestone,
};

use super::{described::*, *};
use crate::{Run, SCHEMA_VERSION};

fn render(report: &Report, scenario: &str) -> Result<String, NoBug> {
    Bug::find(report, scenario).map(|bug| bug.render(None))
}

const OFFER: &str = "v=0\r\na=group:BUNDLE 0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\na=ice-ufrag:abcd\r\na=setup:actpass\r\n\
                     a=fingerprint:sha-256 0A:1B\r\na=candidate:1 1 udp 1 192.0.2.77 5000 typ host\r\n";

fn scenario() -> Scenario {
    let [offerer, answerer] = ["chromium", "webrtc-rs"].map(PeerId::literal);
    Scenario {
        offerer,
        answerer,
        mode: SignalingMode::Trickle,
        media: Media::VP8,
        network: NetworkCondition::Direct,
        procedure: Procedure::Once,
    }
}

fn errored() -> Attempt {
    let trouble = Verdict::Errored(None, HarnessError::new("open the page", "nobody answers"));
    Attempt::without_exchange(&scenario(), 1, &trouble)
}

/// A call that broke in `stage`.
fn failed(stage: Stage) -> Attempt {
    let diagnosis = Diagnosis {
        stage,
        round: 1,
        peer: Some(Role::Answerer),
        evidence: "answerer: DTLS did not connect".to_owned(),
        look_at: "a=setup in both".to_owned(),
    };
    Attempt {
        verdict: Outcome::Failed,
        reason: Some("answerer: dtls-connected was not reached".to_owned()),
        diagnosis: Some(diagnosis),
        sdp: Descriptions { offer: Some(OFFER.to_owned()), answer: None },
        milestones: vec![ReachedAt {
            peer: Role::Offerer,
            name: Milestone::IceConnected,
            round: 1,
            at_ms: 20.5,
        }],
        notes: vec![NoteAt::new(
            Role::Answerer,
            Note::Other { text: "alert from 192.0.2.77".to_owned() },
            30.0,
        )],
        console: BySide { offerer: Vec::new(), answerer: vec!["DTLS: no shared cipher ```".to_owned()] },
        ..errored()
    }
}

fn report(attempts: Vec<Attempt>) -> Report {
    let peer = Some(PeerId::literal("chromium"));
    let browsers = vec![Browser { peer, version: "156.0".to_owned(), ..Browser::default() }];
    let environment = Environment { browsers, peers: testing::profiles().to_vec(), ..Environment::default() };
    let run = Run { schema_version: SCHEMA_VERSION, environment, planned: 3, redacted: Vec::new() };
    Report::of(run, attempts)
}

#[test]
fn a_bug_tells_who_and_what_and_by_which_rule_and_how_to_see_it_again() {
    let told = report(vec![failed(Stage::Dtls), failed(Stage::Ice)]);
    let text = render(&told, "chromium-to-webrtc-rs").unwrap();
    for words in [
        "# chromium 156.0 calls webrtc-rs",
        "breaks in DTLS at the answerer",
        "0 of 2 passed",
        "The first stage that breaks is **DTLS**: answerer: DTLS did not connect.",
        "RFC 8842, section 5",
        "1 of 2 calls that failed broke elsewhere, the first of them in ICE",
        "     20.5  offerer   ice-connected",
        "a=setup:actpass\na=fingerprint:",
        "tincan run 'chromium-to-webrtc-rs/trickle/vp8/direct' --repeat 5",
        "DTLS: no shared cipher '''",
    ] {
        assert!(text.contains(words), "it does not say {words:?}:\n{text}");
    }
    let read =
        text.split("The lines that this stage reads").nth(1).unwrap().split("<details>").next().unwrap();
    assert!(!read.contains("ice-ufrag") && !read.contains("candidate"), "{read}");
    for secret in ["192.0.2.77", "abcd", "0A:1B"] {
        assert!(!text.contains(secret), "{secret} is not masked:\n{text}");
    }
}

#[test]
fn what_is_nobodys_fault_is_no_bug() {
    let why = |told: &Report, scenario: &str| render(told, scenario).unwrap_err().to_string();
    let told = report(vec![errored()]);
    assert_eq!(
        why(&told, "webrtc-rs"),
        "chromium-to-webrtc-rs/trickle/vp8/direct has not failed: errored; nothing in it has failed"
    );
    let told = report(vec![errored(), failed(Stage::Dtls)]);
    assert!(render(&told, "webrtc-rs").is_ok(), "one of them has failed");
    let unknown =
        "the report has no call of \"firefox\"; failed have chromium-to-webrtc-rs/trickle/vp8/direct";
    assert_eq!(why(&told, "firefox"), unknown);
}

#[test]
fn a_description_that_is_refused_stands_there_whole() {
    let text = render(&report(vec![failed(Stage::OfferCarried)]), "webrtc-rs").unwrap();
    assert!(text.contains("a=candidate:1") && !text.contains("The lines that this stage reads"), "{text}");
}

/// A call in which the answerer refused the offer.
fn refused() -> Attempt {
    let words = "InvalidAccessError: Failed to parse line 6";
    let mut attempt = failed(Stage::OfferCarried);
    attempt.reason = Some(format!("answerer: setRemoteDescription(offer) failed: {words}"));
    let evidence = format!("answerer: setRemoteDescription(offer) was rejected: {words}");
    attempt.diagnosis.as_mut().unwrap().evidence = evidence;
    attempt
}

fn reacts(name: &str, how: &str) -> Reacts {
    Reacts { name: PeerId::literal("webrtc-rs"), software: format!("{name} 1"), how: how.to_owned() }
}

#[test]
fn a_description_is_refused_only_where_a_peer_said_so_when_it_had_no_other() {
    let attempt = refused();
    let found = Refused::in_call(&attempt).unwrap();
    assert_eq!((found.by.as_str(), found.sdp, found.question().sdp.as_str()), ("webrtc-rs", OFFER, OFFER));
    for (words, same) in [
        ("InvalidAccessError: Failed to parse line 2", true),
        ("InvalidAccessError: Failed to pa…", true),
        ("Invalid  AccessError: Failed to parse line", true),
        ("InvalidAccessError: Failed to set", false),
    ] {
        assert_eq!(found.is_refused_like(words), same, "{words}");
    }
    let spoilt: [fn(&mut Attempt); 5] = [
        |attempt| attempt.diagnosis.as_mut().unwrap().stage = Stage::Ice,
        // The answer, of which there is none.
        |attempt| attempt.diagnosis.as_mut().unwrap().stage = Stage::AnswerCarried,
        |attempt| attempt.diagnosis.as_mut().unwrap().round = 2,
        |attempt| attempt.diagnosis.as_mut().unwrap().evidence = "it did not resolve".to_owned(),
        |attempt| attempt.sdp.offer = None,
    ];
    for spoil in spoilt {
        let mut attempt = refused();
        spoil(&mut attempt);
        assert_eq!(Refused::in_call(&attempt), None);
    }
}

#[test]
fn what_is_left_of_a_description_is_told_with_who_takes_it_and_never_as_more_than_it_is() {
    let report = report(vec![refused()]);
    let bug = Bug::find(&report, "webrtc-rs").unwrap();
    assert!(!bug.render(None).contains("A short offer"), "nobody has tried");
    let minimized = |is_least| Minimized::To {
        sdp: "v=0\r\na=ice-ufrag:abcd\r\n".to_owned(),
        lines: (2, 8),
        tried: 17,
        is_least,
        reacts: vec![reacts("webrtc", "refuses: no | way"), reacts("str0m", "accepts")],
    };
    let text = bug.render(Some(&minimized(true)));
    for words in [
        "## A short offer that shows it\n\nThese 2 of 8 lines, none of which can be left out alone, are refused",
        "(17 descriptions were tried).",
        "| webrtc-rs (webrtc 1) | refuses: no \\| way |\n| webrtc-rs (str0m 1) | accepts |\n",
    ] {
        assert!(text.contains(words), "it does not say {words:?}:\n{text}");
    }
    assert!(!text.contains("abcd"), "{text}");
    let text = bug.render(Some(&minimized(false)));
    assert!(
        text.contains("2 of 8 lines, and perhaps fewer would do,") && !text.contains("left out alone"),
        "{text}"
    );
    let not_by_itself = bug.render(Some(&Minimized::NotByItself(reacts("webrtc", "accepts"))));
    assert!(
        not_by_itself.contains("does not refuse it as in this call") && !not_by_itself.contains("A short")
    );
    let by_nobody = bug.render(Some(&Minimized::AcceptedByNobody(vec![reacts("webrtc", "refuses: no")])));
    assert!(by_nobody.contains("Nobody who was asked accepts it") && !by_nobody.contains("A short"));
}

#[test]
fn one_of_which_all_is_known_is_told_and_all_are_counted() {
    let brief = failed(Stage::Dtls).without_details();
    let mut whole = failed(Stage::Dtls);
    whole.repetition = 2;
    let elsewhere = Attempt { repetition: 3, ..failed(Stage::Ice) };
    let mut report = report(vec![brief.clone(), whole, elsewhere]);
    report.alike = vec![crate::alike::Alike {
        scenario: brief.scenario.clone(),
        verdict: Outcome::Failed,
        like: 3,
        repetitions: vec![4, 5],
        first_frame_ms: Vec::new(),
        fewest_frames: BySide { offerer: 0, answerer: 0 },
    }];
    let text = render(&report, "webrtc-rs").unwrap();
    assert!(
        text.contains("3 of 5 calls that failed broke elsewhere") && text.contains("a=candidate:1"),
        "{text}"
    );
    (report.attempts, report.alike) = (vec![brief], Vec::new());
    let text = render(&report, "webrtc-rs").unwrap();
    assert!(
        text.contains("left out of this report to keep it small") && !text.contains("```text\n```"),
        "{text}"
    );
}
