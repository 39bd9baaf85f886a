//! What is said where the other side's sound was not heard: from the packets to whose it is.

use tincan_harness::{Media, SoundTally};

use super::*;

/// What is found of a call with sound alone whose offerer has heard `sounds`. Both sides count packets of sound, and as many of video.
async fn unheard(sounds: SoundTally, counts: Option<[u64; 2]>) -> Found {
    let mut exchange = call(VANILLA, &[], Deadlines::default()).await;
    let wait = Wait::on(Milestone::FirstSound);
    let waited = Duration::from_secs(20);
    exchange.ending = Ending::Stalled { role: Role::Offerer, milestone: Milestone::FirstSound, wait, waited };
    exchange.offerer.received.sounds = sounds;
    if let Some([received, sent]) = counts {
        let inbound = json!({ "type": "inbound-rtp", "kind": "audio", "packetsReceived": received });
        let outbound = json!({ "type": "outbound-rtp", "kind": "audio", "packetsSent": sent });
        let video = json!({ "type": "inbound-rtp", "kind": "video", "packetsReceived": 900 });
        exchange.offerer.evidence.stats = vec![sample(&json!([inbound, video]))];
        exchange.answerer.evidence.stats = vec![sample(&json!([outbound]))];
    }
    let scenario = Scenario { media: Media::OPUS, ..scenario(VANILLA) };
    let verdict = judge(&scenario, &exchange);
    let reason = verdict.reason().expect("it did not pass");
    assert!(reason.contains("sound heard: "), "{reason}");
    let Diagnosis { stage, peer, evidence, .. } =
        diagnose(&scenario, &exchange, &verdict).expect("it did not pass");
    (stage, peer.expect("a side is named"), evidence)
}

const SILENT: SoundTally = SoundTally {
    heard: 5,
    silent: 5,
    proven: 0,
    missing: 0,
    unreadable: 0,
    own: 0,
    foreign: 0,
    stale: 0,
    repeated: 0,
    backwards: 0,
};

#[tokio::test(start_paused = true)]
async fn where_no_sound_came_it_is_told_what_was_sent() {
    let (stage, role, evidence) = unheard(SILENT, None).await;
    assert_eq!((stage, role), (Stage::MediaReceived, Role::Offerer));
    assert_eq!(evidence, "offerer: nothing was heard and its getStats is not known, in up to 20.0 s");
    let (stage, role, evidence) = unheard(SILENT, Some([0, 7])).await;
    assert_eq!((stage, role), (Stage::MediaReceived, Role::Offerer));
    assert_eq!(evidence, "offerer: no packet of sound arrived, and the answerer sent 7, in up to 20.0 s");
    let (stage, role, evidence) = unheard(SILENT, Some([0, 0])).await;
    assert_eq!((stage, role), (Stage::MediaReceived, Role::Answerer));
    assert_eq!(evidence, "answerer: it sent no packet of sound though connected, for up to 20.0 s");
}

#[tokio::test(start_paused = true)]
async fn what_was_heard_instead_is_told() {
    let heard = |tally| SoundTally { heard: 5, ..tally };
    let none = SoundTally::default();
    for (sounds, words) in [
        (none, "the remote video played none"),
        (SILENT, "5 are silent"),
        (heard(SoundTally { own: 5, ..none }), "5 are by its own microphone"),
        (heard(SoundTally { foreign: 5, ..none }), "5 are by a third peer"),
        (heard(SoundTally { stale: 5, ..none }), "5 are of another run"),
        (
            heard(SoundTally { repeated: 4, proven: 1, ..none }),
            "proven the other peer's: 1; 4 repeat the one before",
        ),
        (heard(SoundTally { backwards: 5, ..none }), "5 have a counter that runs backwards"),
        (heard(SoundTally { unreadable: 5, ..none }), "5 are no words"),
    ] {
        let (stage, role, evidence) = unheard(sounds, Some([9, 9])).await;
        assert_eq!((stage, role), (Stage::MediaIdentified, Role::Offerer), "{evidence}");
        assert!(evidence.contains(words), "{evidence}");
    }
}
