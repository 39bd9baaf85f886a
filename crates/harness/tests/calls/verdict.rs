//! What the verdict says, and where it draws the line.

use std::time::Duration;

use tincan_harness::{
    Deadlines, Exchange, FrameTally, HarnessError, IceCandidate, Machine, Milestone, Note, Role, Shortfall,
    Signal, SignalingMode, Timeline, Verdict,
    exchange::Carried,
    judge,
    testing::{
        Quirk,
        calls::{call, scenario},
    },
    timeline::FIRST_ROUND,
    verdict::{Missing, Outcome},
};

const VANILLA: SignalingMode = SignalingMode::Vanilla;
const TRICKLE: SignalingMode = SignalingMode::Trickle;

async fn stalled(mode: SignalingMode, milestone: Milestone) -> Exchange {
    call(mode, &[(Role::Answerer, Quirk::StopsBefore(milestone))], Deadlines::default()).await
}

/// What is said behind `last seen: `; nothing if that is not there.
fn last_seen(mode: SignalingMode, exchange: &Exchange) -> String {
    let reason = judge(&scenario(mode), exchange).reason().expect("it did not pass");
    reason.split_once("; last seen: ").map(|(_, seen)| seen.to_owned()).unwrap_or_default()
}

/// Why a call failed, without what was reached last.
fn why(mode: SignalingMode, exchange: &Exchange) -> Option<String> {
    let reason = judge(&scenario(mode), exchange).reason()?;
    Some(reason.split_once("; last reached").expect("what was reached is told").0.to_owned())
}

#[test]
fn each_verdict_has_its_word_and_its_reason() {
    let shortfall = Shortfall {
        role: Role::Offerer,
        round: FIRST_ROUND,
        what: Missing::NotAsAsked { stage: tincan_harness::Stage::Ice, what: "it rained".to_owned() },
        offerer_reached: None,
        answerer_reached: Some(Milestone::Ready),
        last_seen: Vec::new(),
    };
    let trouble = HarnessError::new("open the page", "it is gone").hint("look for it");
    let failed = "offerer: it rained; last reached: offerer nothing, answerer ready";
    let trouble_told = "failed to open the page: it is gone; look for it";
    let cases = [
        (Verdict::Passed, "passed", None),
        (Verdict::Failed(Box::new(shortfall)), "failed", Some(failed.to_owned())),
        (
            Verdict::Unsupported("it has no camera".to_owned()),
            "unsupported",
            Some("it has no camera".to_owned()),
        ),
        (Verdict::Errored(None, trouble.clone()), "errored", Some(trouble_told.to_owned())),
        (
            Verdict::Errored(Some(Role::Answerer), trouble),
            "errored",
            Some(format!("answerer: {trouble_told}")),
        ),
    ];
    for (verdict, word, reason) in cases {
        assert_eq!(verdict.outcome().to_string(), word);
        assert_eq!(verdict.reason(), reason);
    }
    assert_eq!(format!("{:>8}", Outcome::Passed), "  passed");
}

#[tokio::test(start_paused = true)]
async fn what_was_last_seen_is_what_still_holds() {
    let mut exchange = stalled(VANILLA, Milestone::DtlsConnected).await;
    assert_eq!(last_seen(VANILLA, &exchange), "");
    let error = |text: &str| Note::PageError { text: text.to_owned() };
    let notes = [
        Note::state(Machine::IceConnectionState, "checking"),
        error("x is null"),
        Note::state(Machine::DtlsState, "connecting"),
        error("x is null"),
        error("y is null"),
        Note::state(Machine::IceConnectionState, "connected"),
    ];
    exchange.answerer.notes = notes.map(|note| (Duration::ZERO, note)).into();
    assert_eq!(
        last_seen(VANILLA, &exchange),
        "dtlsState: connecting, page error: x is null, page error: y is null, iceConnectionState: connected"
    );
}

#[tokio::test(start_paused = true)]
async fn where_ice_did_not_connect_the_candidates_of_both_sides_are_counted() {
    let counts = |[held, after]: [usize; 2]| {
        let of = |role| format!("candidates of the {role}: {held} in its description, {after} after it");
        Role::BOTH.map(of).join(", ")
    };
    for (mode, candidates) in [(VANILLA, [2, 0]), (TRICKLE, [0, 2])] {
        let exchange = stalled(mode, Milestone::IceConnected).await;
        assert_eq!(last_seen(mode, &exchange), counts(candidates), "{mode}");
    }
}

#[tokio::test(start_paused = true)]
async fn where_pictures_are_missing_those_that_came_are_counted_by_what_they_prove() {
    let mut exchange = stalled(VANILLA, Milestone::TrackReceived).await;
    assert_eq!(last_seen(VANILLA, &exchange), "pictures decoded: 0 (none), needed by the other peer: 10");
    exchange.answerer.received.frames = FrameTally {
        seen: 28,
        proven: 1,
        unreadable: 2,
        own: 3,
        foreign: 4,
        stale: 5,
        repeated: 6,
        backwards: 7,
        ..FrameTally::default()
    };
    assert_eq!(
        last_seen(VANILLA, &exchange),
        "pictures decoded: 28 (1 by the other peer, 2 without a readable code, 3 by this peer itself, 4 by a third \
         peer, 5 of another run, 6 repeated, 7 with a counter that ran backwards), needed by the other peer: 10"
    );
}

/// A timeline in which the description left `sent` ms after the call began, and gathering was complete at `complete`.
fn described_at(sent: u64, complete: Option<u64>) -> Timeline {
    let mut timeline = Timeline::default();
    timeline.record(FIRST_ROUND, Milestone::DescriptionSent, Duration::from_millis(sent));
    if let Some(complete) = complete {
        timeline.record(FIRST_ROUND, Milestone::GatheringComplete, Duration::from_millis(complete));
    }
    timeline
}

#[tokio::test(start_paused = true)]
async fn vanilla_is_drawn_at_the_moment_at_which_gathering_is_complete() {
    let early = "offerer: not vanilla: the description left before gathering was complete";
    for (complete, reason) in [(5, None), (6, None), (7, Some(early.to_owned()))] {
        let mut exchange = call(VANILLA, &[], Deadlines::default()).await;
        exchange.offerer.timeline = described_at(6, Some(complete));
        assert_eq!(why(VANILLA, &exchange), reason, "{complete}");
    }
}

#[tokio::test(start_paused = true)]
async fn trickle_is_drawn_at_the_moment_at_which_gathering_is_complete() {
    let late = "answerer: not trickle: the description left only after gathering was complete";
    for (complete, reason) in
        [(Some(5), Some(late.to_owned())), (Some(6), None), (Some(7), None), (None, None)]
    {
        let mut exchange = call(TRICKLE, &[], Deadlines::default()).await;
        exchange.answerer.timeline = described_at(6, complete);
        assert_eq!(why(TRICKLE, &exchange), reason, "{complete:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn candidates_that_travel_on_their_own_are_those_of_trickle() {
    let mut exchange = call(VANILLA, &[], Deadlines::default()).await;
    let candidate = |candidate: &str| Carried {
        withheld: false,
        by_page: false,
        round: FIRST_ROUND,
        from: Role::Answerer,
        at: Duration::ZERO,
        signal: Signal::candidate(IceCandidate {
            candidate: candidate.to_owned(),
            ..IceCandidate::default()
        }),
    };
    // The end of candidates is none.
    exchange.carried.push(candidate(""));
    assert_eq!(why(VANILLA, &exchange), None);
    exchange.carried.push(candidate("candidate:3"));
    exchange.carried.push(candidate("candidate:4"));
    let reason = "answerer: not vanilla: 2 candidates travelled on their own";
    assert_eq!(why(VANILLA, &exchange).as_deref(), Some(reason));

    let mut exchange = call(TRICKLE, &[], Deadlines::default()).await;
    exchange
        .carried
        .retain(|carried| carried.from == Role::Offerer || !matches!(carried.signal, Signal::Candidate(_)));
    let reason = "answerer: not trickle: no candidate travelled on its own";
    assert_eq!(why(TRICKLE, &exchange).as_deref(), Some(reason));
}

#[tokio::test(start_paused = true)]
async fn what_did_not_come_across_as_it_was_copied_fails_unless_the_page_means_to() {
    let mut exchange = call(VANILLA, &[], Deadlines::default()).await;
    exchange.offerer.evidence.given = Some("v=0\r\n".to_owned());
    let reason = "offerer: not carried as it was copied: it was given 1 of 5 lines";
    assert_eq!(why(VANILLA, &exchange).as_deref(), Some(reason));
    exchange.offerer.evidence.rewrites = true;
    assert_eq!(why(VANILLA, &exchange), None);
}
