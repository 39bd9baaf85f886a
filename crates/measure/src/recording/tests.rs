//! A recording is made of a call, written and read back; and each kind of change has its words.

use std::time::Duration;

use tincan_harness::{
    exchange::Ending,
    peer::StatsSample,
    signaling::{Signal, SignalingMode},
    testing,
    timeline::FIRST_ROUND,
};

use super::*;

const OFFER: &str = include_str!("../../../../fixtures/sdp/chromium-156-offer.sdp");
const ANSWER: &str = include_str!("../../../../fixtures/sdp/webrtc-rs-0.21.1-answer.sdp");

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn side(milestones: &[Milestone], notes: &[Note]) -> Side {
    let mut side = Side::default();
    for (at, milestone) in milestones.iter().enumerate() {
        side.timeline.record(FIRST_ROUND, *milestone, ms(at as u64));
    }
    side.notes = notes.iter().map(|note| (ms(0), note.clone())).collect();
    let entries = vec![
        serde_json::json!({ "id": "1", "type": "inbound-rtp", "jitter": 1.0 }),
        serde_json::json!({ "id": "2", "type": "inbound-rtp", "frameWidth": 2, "remoteId": "3" }),
        serde_json::json!({ "id": "3", "type": "remote-outbound-rtp" }),
    ];
    side.evidence.stats = vec![StatsSample { at: ms(0), entries }];
    side
}

fn exchange(mode_notes: &[Note]) -> Exchange {
    use Milestone as M;
    let carried = |from, signal| tincan_harness::exchange::Carried {
        round: FIRST_ROUND,
        from,
        at: ms(0),
        signal,
        withheld: false,
        by_page: false,
    };
    Exchange {
        round: FIRST_ROUND,
        served: None,
        pcapng: None,
        ending: Ending::Complete,
        carried: vec![
            carried(Role::Offerer, Signal::Offer(OFFER.to_owned())),
            carried(Role::Answerer, Signal::Answer(ANSWER.to_owned())),
        ],
        offerer: side(
            &[M::Ready, M::OfferRequested, M::LocalDescriptionSet, M::GatheringComplete, M::DescriptionSent],
            mode_notes,
        ),
        answerer: side(&[M::Ready, M::RemoteDescriptionSet, M::TrackReceived], &[]),
    }
}

fn notes() -> [Note; 5] {
    use Machine::{IceConnectionState, IceGatheringState};
    [
        Note::Camera { state: "running".to_owned() },
        Note::state(IceGatheringState, "gathering"),
        Note::state(IceGatheringState, "complete"),
        Note::state(IceConnectionState, "connected"),
        Note::state(IceConnectionState, "completed"),
    ]
}

fn recording(mode: SignalingMode) -> Recording {
    let scenario =
        testing::catalogue().scenarios().into_iter().find(|scenario| scenario.mode == mode).unwrap();
    let who = BySide { offerer: "chrome 156.0.1.2".to_owned(), answerer: "webrtc-rs 0.21.1".to_owned() };
    Recording::of(&scenario, &exchange(&notes()), who)
}

#[test]
fn a_recording_is_read_back_as_it_was() {
    let recording = recording(SignalingMode::Vanilla);
    let text = recording.to_string();
    assert_eq!(Recording::read(&text), Ok(recording.clone()));
    assert_eq!(Recording::read(&text.replace('\n', "\r\n")), Ok(recording));
    assert!(
        text.contains("\n  gathering: local-description-set, gathering-complete, description-sent\n"),
        "{text}"
    );
    assert!(text.contains("\n  iceGatheringState: gathering, complete\n"), "{text}");
    assert!(
        text.contains("\n  inbound-rtp: frameWidth\n  inbound-rtp: id\n  inbound-rtp: jitter\n"),
        "{text}"
    );
    assert!(
        !text.contains("camera") && !text.contains("remote-outbound") && !text.contains("remoteId"),
        "{text}"
    );
}

#[test]
fn where_nobody_waits_for_gathering_its_end_is_chance() {
    let text = recording(SignalingMode::Trickle).to_string();
    assert!(text.contains("\n  iceGatheringState: gathering\n"), "{text}");
    assert!(!text.contains("gathering-complete"), "{text}");
}

#[test]
fn cut_or_foreign_text_is_refused() {
    let text = recording(SignalingMode::Vanilla).to_string();
    for (end, _) in text.char_indices().filter(|(end, _)| *end < text.trim_end().len()) {
        assert!(Recording::read(&text[..end]).is_err(), "{end}");
    }
    assert_eq!(Recording::read("v=0\n"), Err(ReadError::NotARecording));
    let other = text.replace("recording 1", "recording 9");
    assert_eq!(Recording::read(&other), Err(ReadError::OtherForm("tincan recording 9".to_owned())));
    let odd = text.replace("offerer states", "bystander states");
    assert!(matches!(Recording::read(&odd), Err(ReadError::Line { line, .. }) if line == "bystander states"));
}

/// What is said when `from` becomes `to` in the text of a recording.
#[track_caller]
fn says(from: &str, to: &str, expected: &[&str]) {
    let old = recording(SignalingMode::Vanilla);
    let text = old.to_string();
    assert!(text.contains(from), "{from:?} in {text}");
    let new = Recording::read(&text.replacen(from, to, 1)).unwrap();
    assert_eq!(difference(&old, &new), expected);
}

#[test]
fn changes_in_words() {
    says("chrome 156.0.1.2", "chrome 157.0.0.0", &[]);
    says(
        "connected, completed",
        "connected",
        &["iceConnectionState of the offerer: completed is not reached any more"],
    );
    says(
        "connected, completed",
        "connected, completed, disconnected",
        &["iceConnectionState of the offerer: disconnected is reached now"],
    );
    says(
        "remote-description-set, track-received",
        "track-received, remote-description-set",
        &[
            "track of the answerer: remote-description-set, track-received became track-received, remote-description-set",
        ],
    );
    says(
        "  inbound-rtp: jitter\n",
        "  inbound-rtp: jitter\n  inbound-rtp: x\n",
        &["stats of the offerer: inbound-rtp: field x added"],
    );
    says("  line ends: LF\n", "  line ends: CRLF\n", &["offer: line ends: LF became CRLF"]);
    says(
        "answerer layout\n  end of the last line: there\n",
        "answerer layout\n  blank lines: 3, 14\n  end of the last line: missing\n",
        &["answer: blank lines: none became 3, 14", "answer: end of the last line: there became missing"],
    );
    // As it was written before layouts were.
    let layout = "offerer layout\n  end of the last line: there\n  line ends: LF\n";
    says(layout, "", &[]);
    says("  inbound-rtp: jitter\n", "", &["stats of the offerer: inbound-rtp: field jitter gone"]);
    says(
        "  inbound-rtp: jitter\n",
        "  inbound-rtp: jitter\n  sctp: id\n",
        &["stats of the offerer: sctp is new"],
    );
    says("  a=rtcp-fb:96 transport-cc\n", "", &["offer: m=video: rtcp-fb transport-cc gone from VP8/90000"]);
    says(
        "scenario chromium-to-chromium/vanilla",
        "scenario other/vanilla",
        &["another scenario: chromium-to-chromium/vanilla/vp8/direct became other/vanilla/vp8/direct"],
    );
}
