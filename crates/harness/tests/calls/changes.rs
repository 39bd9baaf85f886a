//! Calls that are changed when they are up.

use tincan_harness::{
    Call, Deadlines, Diagnosis, Milestone, Role, Scenario, SignalingMode, Stage, Verdict,
    diagnosis::diagnose,
    exchange::{Ending, Exchange, exchange},
    judge,
    procedure::Procedure,
    testing::{
        Quirk,
        calls::{peers, scenario},
    },
};

const BOTH_MODES: [SignalingMode; 2] = [SignalingMode::Vanilla, SignalingMode::Trickle];

fn changed(mode: SignalingMode, procedure: &str) -> Scenario {
    Scenario { procedure: procedure.parse().unwrap(), ..scenario(mode) }
}

async fn called(scenario: Scenario, quirks: &[(Role, Quirk)]) -> Exchange {
    let [mut offerer, mut answerer] = peers(quirks);
    let call = Call { deadlines: Deadlines::default(), ..Call::new(scenario) };
    exchange(&call, &mut offerer, &mut answerer).await
}

/// Whether nothing of a change comes to the other side, which goes on receiving what it does.
fn is_unheard(procedure: &str) -> bool {
    ["roll-back", "replace-track"].iter().any(|name| procedure.starts_with(name))
}

/// A call in trickle that does not pass: the verdict on it, and its diagnosis.
async fn broken(procedure: &str, role: Role, quirk: Quirk) -> (String, Diagnosis) {
    let scenario = changed(SignalingMode::Trickle, procedure);
    let mut quirks = vec![(role, quirk)];
    quirks.extend(is_unheard(procedure).then_some((role.other(), Quirk::GoesOn)));
    let exchange = called(scenario, &quirks).await;
    let verdict = judge(&scenario, &exchange);
    let diagnosis = diagnose(&scenario, &exchange, &verdict).expect("it did not pass");
    (verdict.reason().unwrap(), diagnosis)
}

#[tokio::test(start_paused = true)]
async fn every_change_of_a_video_call_by_either_side_passes_in_both_modes() {
    let is_scripted = |procedure: &Procedure| {
        // A scripted peer sends no sound from the start and has no screen, and hears nothing that the other one does not say.
        let unscripted = ["add-video", "share-screen", "close-channels", "hang-up", "reject"];
        procedure.handover().is_none()
            && unscripted.iter().all(|name| !procedure.to_string().starts_with(name))
    };
    for procedure in Procedure::all().filter(is_scripted) {
        for mode in BOTH_MODES {
            let scenario = Scenario { procedure, ..scenario(mode) };
            let goes_on = Role::BOTH.map(|role| (role, Quirk::GoesOn));
            let quirks = if is_unheard(&procedure.to_string()) { &goes_on[..] } else { &[] };
            let exchange = called(scenario, quirks).await;
            assert_eq!(judge(&scenario, &exchange), Verdict::Passed, "{scenario}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_rounds_of_a_call_are_told_apart() {
    let exchange = called(changed(SignalingMode::Trickle, "hold-by-answerer"), &[]).await;
    let offers: Vec<_> = exchange
        .carried
        .iter()
        .filter(|carried| carried.signal.name() == "offer")
        .map(|carried| (carried.round, carried.from))
        .collect();
    assert_eq!(offers, [(1, Role::Offerer), (2, Role::Answerer), (3, Role::Answerer)]);
    let proven = |round| exchange.offerer.timeline.at_in(round, Milestone::FramesProven).is_some();
    assert_eq!([1, 2, 3].map(proven), [true, false, true]);
    assert_eq!(exchange.round, 3);
}

#[tokio::test(start_paused = true)]
async fn a_restart_that_keeps_the_fragment_is_told_at_once_with_who_kept_it() {
    for (role, stage) in [(Role::Answerer, Stage::Offer), (Role::Offerer, Stage::Answer)] {
        let (reason, diagnosis) = broken("ice-restart-by-answerer", role, Quirk::KeepsFragment).await;
        assert!(reason.starts_with(&format!("{role} in round 2: its ")), "{reason}");
        assert!(reason.contains("does not restart ICE"), "{reason}");
        assert_eq!((diagnosis.stage, diagnosis.round, diagnosis.peer), (stage, 2, Some(role)));
    }
}

#[tokio::test(start_paused = true)]
async fn media_that_stops_with_a_change_is_no_success_however_much_came_before() {
    for (procedure, round) in [
        ("ice-restart-by-offerer", 2),
        ("hold-by-offerer", 3),
        ("add-audio-by-offerer", 2),
        ("add-data-by-answerer", 2),
        ("remove-track-by-answerer", 2),
        ("replace-track-by-answerer", 2),
        ("roll-back-by-answerer", 2),
        ("glare-by-offerer", 3),
    ] {
        let (reason, diagnosis) = broken(procedure, Role::Answerer, Quirk::GoesBlind).await;
        assert!(
            reason.starts_with(&format!("answerer in round {round}: frames-proven was not reached")),
            "{reason}"
        );
        assert_eq!((diagnosis.stage, diagnosis.round), (Stage::MediaReceived, round), "{procedure}");
        assert!(
            diagnosis.evidence.starts_with(&format!("answerer in round {round}: ")),
            "{}",
            diagnosis.evidence
        );
    }
}

#[tokio::test(start_paused = true)]
async fn who_does_not_hold_is_told_at_once() {
    let scenario = changed(SignalingMode::Vanilla, "hold-by-offerer");
    let exchange = called(scenario, &[(Role::Offerer, Quirk::NeverHolds)]).await;
    let Ending::NotNegotiated(Role::Offerer, what) = &exchange.ending else {
        panic!("{:?}", exchange.ending)
    };
    assert!(what.starts_with("its offer does not hold"), "{what}");
}

#[tokio::test(start_paused = true)]
async fn who_goes_on_sending_what_it_removed_is_told_at_once() {
    let (reason, diagnosis) = broken("remove-track-by-answerer", Role::Answerer, Quirk::NeverHolds).await;
    assert!(reason.contains("its offer says sendrecv after its track was removed"), "{reason}");
    assert_eq!((diagnosis.stage, diagnosis.peer), (Stage::Offer, Some(Role::Answerer)));
}

#[tokio::test(start_paused = true)]
async fn an_offer_that_is_taken_back_comes_to_nobody() {
    for (procedure, withheld) in [
        ("roll-back-by-offerer", Role::Offerer),
        ("glare-by-offerer", Role::Answerer),
        ("glare-by-answerer", Role::Offerer),
    ] {
        for mode in BOTH_MODES {
            let goes_on = Role::BOTH.map(|role| (role, Quirk::GoesOn));
            let quirks = if is_unheard(procedure) { &goes_on[..] } else { &[] };
            let [mut offerer, mut answerer] = peers(quirks);
            let scenario = changed(mode, procedure);
            let exchange = exchange(&Call::new(scenario), &mut offerer, &mut answerer).await;
            assert_eq!(judge(&scenario, &exchange), Verdict::Passed, "{scenario}");
            let carried = |withheld| {
                let of = exchange.carried.iter().filter(move |carried| carried.withheld == withheld);
                of.map(|carried| (carried.from, carried.round, carried.signal.clone())).collect::<Vec<_>>()
            };
            assert!(
                carried(true).iter().all(|(from, round, _)| (*from, *round) == (withheld, 2)),
                "{scenario}"
            );
            assert!(carried(true).iter().any(|(_, _, signal)| signal.name() == "offer"), "{scenario}");
            let to = |role| {
                carried(false)
                    .into_iter()
                    .filter(move |(from, ..)| *from != role)
                    .map(|(_, _, signal)| signal)
            };
            assert!(to(Role::Offerer).eq(offerer.delivered) && to(Role::Answerer).eq(answerer.delivered));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_not_reached_in_a_later_round_is_told_with_its_stage() {
    let cases = [
        ("ice-restart-by-offerer", Role::Offerer, Milestone::LocalDescriptionSet, Stage::Offer),
        ("ice-restart-by-answerer", Role::Answerer, Milestone::LocalDescriptionSet, Stage::Offer),
        ("ice-restart-by-answerer", Role::Offerer, Milestone::RemoteDescriptionSet, Stage::OfferCarried),
        ("ice-restart-by-answerer", Role::Answerer, Milestone::RemoteDescriptionSet, Stage::AnswerCarried),
        ("ice-restart-by-offerer", Role::Answerer, Milestone::IceConnected, Stage::Ice),
        ("hold-by-answerer", Role::Offerer, Milestone::Muted, Stage::MediaReceived),
        ("remove-track-by-answerer", Role::Offerer, Milestone::Muted, Stage::MediaReceived),
        ("replace-track-by-answerer", Role::Answerer, Milestone::TrackReplaced, Stage::Camera),
        ("roll-back-by-offerer", Role::Offerer, Milestone::RolledBack, Stage::Offer),
        ("glare-by-offerer", Role::Answerer, Milestone::LocalDescriptionSet, Stage::Offer),
        ("hang-up-by-answerer", Role::Answerer, Milestone::Closed, Stage::Closed),
        ("hang-up-by-offerer", Role::Answerer, Milestone::CloseHeard, Stage::Closed),
        ("add-audio-by-offerer", Role::Answerer, Milestone::TrackReceived, Stage::MediaReceived),
    ];
    for (procedure, role, milestone, stage) in cases {
        let (reason, diagnosis) = broken(procedure, role, Quirk::StopsLater(milestone)).await;
        assert_eq!((diagnosis.stage, diagnosis.peer), (stage, Some(role)), "{procedure}: {reason}");
        assert!(reason.contains("in round 2: ") && reason.contains(&milestone.to_string()), "{reason}");
    }
}
