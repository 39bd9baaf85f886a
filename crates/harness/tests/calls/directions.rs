//! Calls in which not both sides send, such in which nothing is sent at all, and such in which something is rejected.

use tincan_harness::{
    Call, Detail, Direction, Media, Milestone, ReadBack, Role, Scenario, SignalingMode, Stage, Verdict,
    diagnosis::diagnose,
    exchange::{Exchange, exchange},
    judge,
    procedure::{Procedure, Rejecting, Sending},
    testing::{
        Quirk,
        calls::{peers, scenario},
    },
    verdict::Missing,
};

fn one_way(sending: Sending) -> Scenario {
    Scenario { procedure: Procedure::Sent(sending), ..scenario(SignalingMode::Trickle) }
}

fn nothing() -> Scenario {
    Scenario { media: Media::NOTHING, ..scenario(SignalingMode::Trickle) }
}

async fn called(scenario: &Scenario, quirks: &[(Role, Quirk)]) -> (Exchange, Verdict) {
    let [mut offerer, mut answerer] = peers(quirks);
    let exchange = exchange(&Call::new(*scenario), &mut offerer, &mut answerer).await;
    let verdict = judge(scenario, &exchange);
    (exchange, verdict)
}

/// Of whom a call fell short, in which stage, and what is said.
async fn failed(scenario: &Scenario, quirk: (Role, Quirk)) -> (Role, Stage, String) {
    let (exchange, verdict) = called(scenario, &[quirk]).await;
    let Verdict::Failed(shortfall) = &verdict else { panic!("{verdict:?}") };
    let Missing::NotAsAsked { stage, what } = &shortfall.what else { panic!("{shortfall}") };
    let diagnosis = diagnose(scenario, &exchange, &verdict).unwrap();
    assert_eq!((diagnosis.stage, diagnosis.peer), (*stage, Some(shortfall.role)), "{diagnosis:?}");
    (shortfall.role, *stage, what.clone())
}

#[tokio::test(start_paused = true)]
async fn who_does_not_send_is_waited_for_by_nobody() {
    use Sending::{NobodySends, OnlyAnswererSends, OnlyOffererSends};
    for (sending, proven) in
        [(OnlyOffererSends, [false, true]), (OnlyAnswererSends, [true, false]), (NobodySends, [false; 2])]
    {
        let (exchange, verdict) = called(&one_way(sending), &[]).await;
        assert_eq!(verdict, Verdict::Passed, "{sending}");
        let is_proven = |role| exchange.side(role).timeline.at(Milestone::FramesProven).is_some();
        assert_eq!(Role::BOTH.map(is_proven), proven, "{sending}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_description_that_says_another_direction_ends_the_call_at_once() {
    let offer = failed(&one_way(Sending::OnlyAnswererSends), (Role::Offerer, Quirk::Says("sendrecv"))).await;
    assert_eq!((offer.0, offer.1), (Role::Offerer, Stage::Offer));
    assert!(offer.2.starts_with("its offer says sendrecv where recvonly was asked for"), "{}", offer.2);
    let answer = failed(&one_way(Sending::OnlyOffererSends), (Role::Answerer, Quirk::Says("inactive"))).await;
    assert_eq!((answer.0, answer.1), (Role::Answerer, Stage::Answer));
    assert!(answer.2.starts_with("its answer says inactive where recvonly was asked for"), "{}", answer.2);
}

#[tokio::test(start_paused = true)]
async fn what_was_negotiated_and_what_came_against_it_is_held_against_what_was_asked_for() {
    let call = one_way(Sending::OnlyOffererSends);
    for (quirk, stage, words) in [
        (Quirk::GoesOtherwise(Direction::SendRecv), Stage::Answer, "is sendrecv, asked for recvonly"),
        (Quirk::SendsAnyway, Stage::MediaReceived, "7 in packetsSent of vp8"),
    ] {
        let (role, found, what) = failed(&call, (Role::Answerer, quirk)).await;
        assert_eq!((role, found), (Role::Answerer, stage), "{what}");
        assert!(what.contains(words), "{what}");
    }
    let (role, stage, what) = failed(&call, (Role::Offerer, Quirk::SeesAnyway)).await;
    assert_eq!((role, stage), (Role::Offerer, Stage::MediaIdentified));
    assert!(what.starts_with("10 pictures were shown"), "{what}");
}

#[tokio::test(start_paused = true)]
async fn a_direction_that_could_have_been_told_is_errored_and_one_that_could_not_is_not_told() {
    let call = one_way(Sending::OnlyOffererSends);
    let withheld = [(Role::Answerer, Quirk::Withholds(Detail::Direction))];
    let (_, verdict) = called(&call, &withheld).await;
    assert!(matches!(verdict, Verdict::Errored(Some(Role::Answerer), _)), "{verdict:?}");
    let [mut offerer, answerer] = peers(&withheld);
    let untold = [Detail::Direction, Detail::DtlsVersion, Detail::SrtpProfile];
    let mut answerer = answerer.tells(ReadBack::everything().without(&untold));
    let exchange = exchange(&Call::new(call), &mut offerer, &mut answerer).await;
    assert_eq!(judge(&call, &exchange), Verdict::Passed);
}

#[tokio::test(start_paused = true)]
async fn where_nothing_is_sent_the_call_is_over_when_that_was_agreed_upon() {
    let (exchange, verdict) = called(&nothing(), &[]).await;
    assert_eq!(verdict, Verdict::Passed);
    assert!(
        exchange.carried.iter().all(|carried| !carried.signal.sdp().is_some_and(|sdp| sdp.contains("m=")))
    );
    assert!(exchange.offerer.timeline.at(Milestone::RemoteDescriptionSet).is_some());
}

#[tokio::test(start_paused = true)]
async fn what_a_side_refuses_where_nothing_is_sent_is_noted_and_blamed_on_nobody() {
    let refuses = [(Role::Answerer, Quirk::Refuses("nothing to answer"))];
    let (exchange, verdict) = called(&nothing(), &refuses).await;
    assert_eq!(verdict, Verdict::Passed);
    let notes: Vec<_> = exchange.answerer.notes.iter().map(|(_, note)| note.to_string()).collect();
    assert_eq!(notes, ["setRemoteDescription(offer) failed: nothing to answer"]);
    // In any other call it is the side's fault.
    let (_, verdict) = called(&scenario(SignalingMode::Trickle), &refuses).await;
    assert!(matches!(verdict, Verdict::Failed(_)), "{verdict:?}");
}

#[tokio::test(start_paused = true)]
async fn who_describes_something_where_nothing_is_sent_falls_short() {
    let (role, stage, what) = failed(&nothing(), (Role::Offerer, Quirk::DescribesAnyway)).await;
    assert_eq!((role, stage), (Role::Offerer, Stage::Offer));
    assert!(what.starts_with("its offer has an m= section of video"), "{what}");
}

fn rejecting() -> Scenario {
    let procedure = Procedure::Rejected(Rejecting::Audio);
    Scenario { media: Media::VP8_AND_OPUS, procedure, ..scenario(SignalingMode::Trickle) }
}

#[tokio::test(start_paused = true)]
async fn what_is_rejected_is_not_waited_for_and_the_rest_is_proven_after_the_next_offer() {
    let (exchange, verdict) = called(&rejecting(), &[]).await;
    assert_eq!(verdict, Verdict::Passed);
    for role in Role::BOTH {
        let timeline = &exchange.side(role).timeline;
        assert!(timeline.at(Milestone::SoundProven).is_none(), "{role}");
        assert!(timeline.at_in(2, Milestone::FramesProven).is_some(), "{role}");
    }
    let sdps: Vec<_> =
        exchange.descriptions(Role::Answerer).chain(exchange.descriptions(Role::Offerer)).collect();
    let rejected: Vec<_> = sdps.iter().map(|(_, sdp)| sdp.contains("m=audio 0 ")).collect();
    assert_eq!(rejected, [true, true, false, true], "{sdps:?}");
}

#[tokio::test(start_paused = true)]
async fn what_is_taken_and_what_is_revived_falls_short_at_once() {
    let (role, stage, what) = failed(&rejecting(), (Role::Answerer, Quirk::TakesAll)).await;
    assert_eq!((role, stage), (Role::Answerer, Stage::Answer));
    assert!(what.starts_with("its answer takes the audio that it was to reject"), "{what}");
    let (role, stage, what) = failed(&rejecting(), (Role::Offerer, Quirk::Revives)).await;
    assert_eq!((role, stage), (Role::Offerer, Stage::Offer));
    assert!(what.starts_with("its offer revives the audio that was rejected"), "{what}");
}

#[tokio::test(start_paused = true)]
async fn the_rest_of_a_call_of_which_something_was_rejected_has_to_go_on() {
    let scenario = rejecting();
    let (exchange, verdict) = called(&scenario, &[(Role::Offerer, Quirk::GoesBlind)]).await;
    let Verdict::Failed(shortfall) = verdict else { panic!("{verdict:?}") };
    assert_eq!((shortfall.role, shortfall.round, exchange.round), (Role::Offerer, 2, 2));
    assert!(
        matches!(shortfall.what, Missing::Milestone { milestone: Milestone::FramesProven, .. }),
        "{shortfall}"
    );
}
