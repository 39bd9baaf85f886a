//! The exchange and its verdict, with scripted peers under a paused clock.

mod endings;

use std::time::Duration;

use tincan_harness::{
    Attempt, Call, Deadlines, Exchange, Media, Milestone, NetworkCondition, Role, Scenario, SignalingMode,
    Verdict, Wait,
    deadlines::Setting,
    exchange,
    frames::FrameSource,
    judge,
    judged::make,
    procedure::{Awaited, Procedure},
    testing::{
        Fact, Quirk, ScriptedPeer,
        calls::{ANSWERER, OFFERER, call, peers, scenario},
    },
    verdict::Outcome,
};
use tokio::time::Instant;

const MODES: [SignalingMode; 3] =
    [SignalingMode::Vanilla, SignalingMode::HalfTrickle, SignalingMode::Trickle];

async fn verdict(mode: SignalingMode, quirks: &[(Role, Quirk)]) -> Verdict {
    judge(&scenario(mode), &call(mode, quirks, Deadlines::default()).await)
}

#[tokio::test(start_paused = true)]
async fn two_good_peers_pass_in_every_mode() {
    for mode in MODES {
        assert_eq!(verdict(mode, &[]).await, Verdict::Passed, "{mode}");
    }
}

/// The milestones that each side has to report itself, and those of pictures, which the exchange tells.
fn ways_to_stall(mode: SignalingMode) -> Vec<(Role, Milestone, Quirk)> {
    let quirk = |Awaited { role, milestone, .. }| {
        let quirk = match milestone {
            Milestone::FirstFrame => Quirk::Sees(FrameSource { peer: 3, ..OFFERER }),
            Milestone::FramesProven => Quirk::SeesStill,
            _ => Quirk::StopsBefore(milestone),
        };
        (role, milestone, quirk)
    };
    Procedure::Once.path(mode, Media::VP8).map(quirk).collect()
}

#[tokio::test(start_paused = true)]
async fn every_deadline_is_kept_to_the_moment_and_named() {
    for mode in MODES {
        for (role, milestone, quirk) in ways_to_stall(mode) {
            let wait = Wait::on(milestone);
            let deadlines = Deadlines::default().with(wait, Duration::from_millis(1234));
            let began = Instant::now();
            let exchange = call(mode, &[(role, quirk)], deadlines).await;
            let Verdict::Failed(shortfall) = judge(&scenario(mode), &exchange) else {
                panic!("{mode}: {role} without {milestone} did not fail: {:?}", exchange.ending);
            };
            assert_eq!(began.elapsed(), Duration::from_millis(1234), "{mode}: {role} without {milestone}");
            let reason = shortfall.to_string();
            let begin = format!("{role}: {milestone} was not reached within 1.2 s (deadline {wait})");
            assert!(reason.starts_with(&begin), "{reason} does not begin with {begin}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_stall_names_what_each_side_reached_last() {
    let stalled = [(Role::Answerer, Quirk::StopsBefore(Milestone::DescriptionSent))];
    insta::assert_snapshot!(
        verdict(SignalingMode::Vanilla, &stalled).await.reason().unwrap(),
        @"answerer: description-sent was not reached within 10.0 s (deadline description); last reached: offerer description-sent, answerer gathering-complete"
    );
}

/// A line for each of `quirks`: what it is, and what became of the call.
async fn in_words(mode: SignalingMode, quirks: impl IntoIterator<Item = (Role, Quirk)>) -> String {
    let mut text = String::new();
    for (role, quirk) in quirks {
        let verdict = verdict(mode, &[(role, quirk.clone())]).await;
        text +=
            &format!("{role} {quirk:?}\n  {}: {}\n", verdict.outcome(), verdict.reason().unwrap_or_default());
    }
    text
}

#[tokio::test(start_paused = true)]
async fn what_a_peer_does_wrong_is_said_in_words() {
    use Role::{Answerer, Offerer};
    let wrong = [
        (Answerer, Quirk::Refuses("Failed to parse SessionDescription.")),
        (Offerer, Quirk::Refuses("Called in wrong state: stable")),
        (Answerer, Quirk::Sees(ANSWERER)),
        (Offerer, Quirk::Sees(FrameSource { peer: 9, ..OFFERER })),
        (Offerer, Quirk::Sees(FrameSource { run: 1, ..ANSWERER })),
        (Answerer, Quirk::SeesStill),
        (Offerer, Quirk::Negotiates("video/H264")),
    ];
    insta::assert_snapshot!(in_words(SignalingMode::Vanilla, wrong).await, @r#"
    answerer Refuses("Failed to parse SessionDescription.")
      failed: answerer: setRemoteDescription(offer) failed: Failed to parse SessionDescription.; last reached: offerer description-sent, answerer ready
    offerer Refuses("Called in wrong state: stable")
      failed: offerer: setRemoteDescription(answer) failed: Called in wrong state: stable; last reached: offerer description-sent, answerer frames-proven
    answerer Sees(FrameSource { peer: 2, run: 77 })
      failed: answerer: first-frame was not reached within 20.0 s (deadline media); last reached: offerer frames-proven, answerer track-received; last seen: pictures decoded: 10 (10 by this peer itself), needed by the other peer: 10
    offerer Sees(FrameSource { peer: 9, run: 77 })
      failed: offerer: first-frame was not reached within 20.0 s (deadline media); last reached: offerer track-received, answerer frames-proven; last seen: pictures decoded: 10 (10 by a third peer), needed by the other peer: 10
    offerer Sees(FrameSource { peer: 2, run: 1 })
      failed: offerer: first-frame was not reached within 20.0 s (deadline media); last reached: offerer track-received, answerer frames-proven; last seen: pictures decoded: 10 (10 of another run), needed by the other peer: 10
    answerer SeesStill
      failed: answerer: frames-proven was not reached within 20.0 s (deadline media); last reached: offerer frames-proven, answerer first-frame; last seen: pictures decoded: 10 (1 by the other peer, 9 repeated), needed by the other peer: 10
    offerer Negotiates("video/H264")
      failed: offerer: received video/H264, asked for video/VP8; last reached: offerer frames-proven, answerer frames-proven
    "#);
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_asked_is_errored_and_never_failed() {
    let lost = [
        (Role::Offerer, Quirk::Dies("the browser is gone")),
        (Role::Answerer, Quirk::Dies("the browser is gone")),
        (Role::Answerer, Quirk::LosesPair),
    ];
    insta::assert_snapshot!(in_words(SignalingMode::Trickle, lost).await, @r#"
    offerer Dies("the browser is gone")
      errored: offerer: failed to read the description: the browser is gone
    answerer Dies("the browser is gone")
      errored: answerer: failed to read the description: the browser is gone
    answerer LosesPair
      errored: answerer: failed to read back the call: the selected candidate pair is not known
    "#);
}

#[tokio::test(start_paused = true)]
async fn what_is_read_back_and_was_not_asked_for_fails() {
    use Role::{Answerer, Offerer};
    let wrong = [
        (Offerer, Fact::CandidateType, "relay"),
        (Answerer, Fact::CandidateType, "srflx"),
        (Answerer, Fact::Protocol, "tls"),
        (Answerer, Fact::IceRole, "controlling"),
        (Offerer, Fact::DtlsRole, "client"),
        (Answerer, Fact::DtlsVersion, "DTLS 1.0"),
    ];
    let wrong = wrong.map(|(role, fact, found)| (role, Quirk::Finds(fact, Some(found))));
    insta::assert_snapshot!(in_words(SignalingMode::Vanilla, wrong).await, @r#"
    offerer Finds(CandidateType, Some("relay"))
      failed: offerer: the selected pair is relay-host/udp, and direct allows host and prflx only as its local end; last reached: offerer frames-proven, answerer frames-proven
    answerer Finds(CandidateType, Some("srflx"))
      failed: answerer: the selected pair is srflx-host/udp, and direct allows host and prflx only as its local end; last reached: offerer frames-proven, answerer frames-proven
    answerer Finds(Protocol, Some("tls"))
      failed: answerer: the selected pair goes over tls, neither udp nor tcp; last reached: offerer frames-proven, answerer frames-proven
    answerer Finds(IceRole, Some("controlling"))
      failed: offerer: both sides have the ICE role controlling; last reached: offerer frames-proven, answerer frames-proven
    offerer Finds(DtlsRole, Some("client"))
      failed: offerer: both sides have the DTLS role client; last reached: offerer frames-proven, answerer frames-proven
    answerer Finds(DtlsVersion, Some("DTLS 1.0"))
      failed: answerer: the transport is DTLS 1.0, asked for DTLS 1.2 or later; last reached: offerer frames-proven, answerer frames-proven
    "#);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_back_is_errored() {
    use Role::{Answerer, Offerer};
    let lost = [(Offerer, Fact::IceRole), (Answerer, Fact::DtlsRole), (Offerer, Fact::SrtpCipher)];
    let lost = lost.map(|(role, fact)| (role, Quirk::Finds(fact, None)));
    insta::assert_snapshot!(in_words(SignalingMode::Vanilla, lost).await, @r"
    offerer Finds(IceRole, None)
      errored: offerer: failed to read back the call: the ICE role is not known
    answerer Finds(DtlsRole, None)
      errored: answerer: failed to read back the call: the DTLS role is not known
    offerer Finds(SrtpCipher, None)
      errored: offerer: failed to read back the call: the protection profile of SRTP is not known
    ");
}

#[tokio::test(start_paused = true)]
async fn what_may_differ_from_call_to_call_passes() {
    let fine = [
        (Role::Offerer, Fact::CandidateType, Some("prflx")),
        (Role::Answerer, Fact::Protocol, Some("tcp")),
        (Role::Offerer, Fact::DtlsVersion, Some("DTLS 1.3")),
        // The answerer here cannot tell these two.
        (Role::Answerer, Fact::DtlsVersion, None),
        (Role::Answerer, Fact::SrtpCipher, None),
    ];
    for (role, fact, found) in fine {
        let verdict = verdict(SignalingMode::Trickle, &[(role, Quirk::Finds(fact, found))]).await;
        assert_eq!(verdict, Verdict::Passed, "{role} {fact:?} {found:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn vanilla_that_is_not_vanilla_fails() {
    let wrong = [
        (Role::Offerer, Quirk::NeverGathersFirst),
        (Role::Answerer, Quirk::NeverGathersFirst),
        (Role::Offerer, Quirk::HoldsBack("candidate:2 1 tcp 1518280447 192.0.2.1 9 typ host")),
    ];
    insta::assert_snapshot!(in_words(SignalingMode::Vanilla, wrong).await, @r#"
    offerer NeverGathersFirst
      failed: offerer: not vanilla: the description holds no candidate; last reached: offerer frames-proven, answerer frames-proven
    answerer NeverGathersFirst
      failed: answerer: not vanilla: the description holds no candidate; last reached: offerer frames-proven, answerer frames-proven
    offerer HoldsBack("candidate:2 1 tcp 1518280447 192.0.2.1 9 typ host")
      failed: offerer: not vanilla: gathered, but not in the description: candidate:2 1 tcp 1518280447 192.0.2.1 9 typ host; last reached: offerer frames-proven, answerer frames-proven
    "#);
}

#[tokio::test(start_paused = true)]
async fn trickle_that_is_not_trickle_fails() {
    let wrong = [(Role::Offerer, Quirk::AlwaysGathersFirst), (Role::Answerer, Quirk::AlwaysGathersFirst)];
    insta::assert_snapshot!(in_words(SignalingMode::Trickle, wrong).await, @r#"
    offerer AlwaysGathersFirst
      failed: offerer: not trickle: the description left only after gathering was complete; last reached: offerer frames-proven, answerer frames-proven
    answerer AlwaysGathersFirst
      failed: answerer: not trickle: the description left only after gathering was complete; last reached: offerer frames-proven, answerer frames-proven
    "#);
}

#[tokio::test(start_paused = true)]
async fn signals_are_carried_across_unchanged_and_in_order() {
    let [mut offerer, mut answerer] = peers(&[]);
    let call = Call::new(scenario(SignalingMode::Trickle));
    let exchange = exchange(&call, &mut offerer, &mut answerer).await;
    for (from, to) in [(Role::Offerer, &answerer), (Role::Answerer, &offerer)] {
        let own = exchange.carried.iter().filter(|carried| carried.from == from);
        let sent: Vec<_> = own.map(|carried| carried.signal.clone()).collect();
        assert_eq!(to.delivered, sent, "what {from} sent");
        let kinds: Vec<_> = sent.iter().map(tincan_harness::Signal::name).collect();
        let description = if from == Role::Offerer { "offer" } else { "answer" };
        assert_eq!(kinds, [description, "candidate", "candidate", "end-of-candidates"]);
    }
}

#[tokio::test(start_paused = true)]
async fn another_connection_begins_anew() {
    let mode = SignalingMode::Vanilla;
    let exchange = call(mode, &[(Role::Offerer, Quirk::TakesAnother)], Deadlines::default()).await;
    assert_eq!(judge(&scenario(mode), &exchange), Verdict::Passed);
    let [one, other] = Role::BOTH.map(|role| {
        let at = |milestone| exchange.side(role).timeline.at(milestone).unwrap();
        // The peers' clocks show a millisecond more at each event: what was said of the first connection is gone.
        at(Milestone::GatheringComplete) - at(Milestone::LocalDescriptionSet)
    });
    assert_eq!((one, other), (Duration::from_millis(1), Duration::from_millis(1)));
    assert_eq!(exchange.offerer.notes, []);
}

#[tokio::test(start_paused = true)]
async fn who_was_not_asked_is_not_to_blame() {
    let mode = SignalingMode::Trickle;
    let unasked = (Role::Answerer, Quirk::Unasked("it did not arrive whole: main.js"));
    assert_eq!(
        verdict(mode, std::slice::from_ref(&unasked)).await,
        Verdict::Passed,
        "it passed nevertheless"
    );
    let breaks = [
        (Role::Offerer, Quirk::StopsBefore(Milestone::IceConnected), "ice-connected was not reached"),
        (Role::Answerer, Quirk::Refuses("no"), "setRemoteDescription(offer) failed: no"),
    ];
    for (role, quirk, words) in breaks {
        let verdict = verdict(mode, &[unasked.clone(), (role, quirk)]).await;
        let reason = verdict.reason().unwrap_or_default();
        assert_eq!(verdict.outcome(), Outcome::Errored, "{reason}");
        assert!(
            reason.starts_with("answerer: failed to load the page: it did not arrive whole: main.js ("),
            "{reason}"
        );
        assert!(reason.contains(words), "{reason}");
    }
}

#[tokio::test(start_paused = true)]
async fn clocks_that_differ_by_a_day_give_the_same_times() {
    let scenario = scenario(SignalingMode::Vanilla);
    let call = Call::new(scenario);
    let mut attempts = Vec::new();
    for [one, other] in [[0, 0], [86_400, 5], [5, 86_400]] {
        let mut offerer = ScriptedPeer::new(OFFERER, ANSWERER, Duration::from_secs(one));
        let mut answerer = ScriptedPeer::new(ANSWERER, OFFERER, Duration::from_secs(other));
        attempts.push(Attempt::of(&scenario, 1, &make(&call, &mut offerer, &mut answerer).await));
    }
    assert!(attempts[0].first_frame_ms.is_some_and(|ms| ms > 0.0));
    assert_eq!(attempts[0], attempts[1]);
    assert_eq!(attempts[0], attempts[2]);
}

#[tokio::test(start_paused = true)]
async fn warm_peers_call_again_and_again() {
    let [mut offerer, mut answerer] = peers(&[]);
    for mode in [MODES, MODES].concat() {
        let call = Call::new(scenario(mode));
        let judged = make(&call, &mut offerer, &mut answerer).await;
        assert_eq!(judged.verdict.outcome(), Outcome::Passed, "{mode}");
    }
}

#[test]
fn a_deadline_is_written_as_name_and_seconds() {
    assert_eq!("ice=2.5".parse(), Ok(Setting(Wait::Ice, Duration::from_millis(2500))));
    for wait in Wait::ALL {
        assert_eq!(format!("{wait}=1").parse(), Ok(Setting(wait, Duration::from_secs(1))));
    }
    for wrong in
        ["", "ice", "ice=", "ice=0", "ice=-1", "ice=nan", "ice=inf", "ice=86401", "Ice=1", "=1", "ice=1s"]
    {
        assert!(wrong.parse::<Setting>().is_err(), "{wrong:?} was taken");
    }
}

#[tokio::test(start_paused = true)]
async fn a_delay_is_added_to_every_signal_and_changes_nothing_else() {
    let delay = Duration::from_millis(300);
    for mode in MODES {
        let [mut offerer, mut answerer] = peers(&[]);
        let began = Instant::now();
        let call = Call { signaling_delay: delay, ..Call::new(scenario(mode)) };
        let exchange = exchange(&call, &mut offerer, &mut answerer).await;
        assert_eq!(judge(&scenario(mode), &exchange), Verdict::Passed, "{mode}");
        // Once for the offer, once for the answer; candidates cross meanwhile.
        assert!((delay * 2..delay * 3).contains(&began.elapsed()), "{mode}: {:?}", began.elapsed());
        let carried =
            |from| exchange.carried.iter().filter(move |c| c.from == from).map(|c| c.signal.clone());
        assert_eq!(answerer.delivered, carried(Role::Offerer).collect::<Vec<_>>(), "{mode}");
    }
}
