//! The diagnosis of calls between scripted peers; what it says of real ones is tried by `tincan sabotage`.

mod connectivity;
mod described;
mod media;
mod sound;

use std::time::Duration;

use serde_json::{Value, json};
use tincan_harness::{
    Deadlines, Detail, Diagnosis, FrameTally, HarnessError, Machine, Milestone, NetworkCondition, Note,
    Operation, PeerError, ReadBack, Role, Scenario, SdpType, Shortfall, Signal, SignalingMode, Stage,
    Verdict, Wait,
    diagnosis::{diagnose, of_trouble},
    exchange::{Carried, Ending, Exchange, Side},
    judge,
    peer::StatsSample,
    testing::{
        Quirk,
        calls::{call, scenario},
    },
    timeline::FIRST_ROUND,
    verdict::Missing,
};

const VANILLA: SignalingMode = SignalingMode::Vanilla;

async fn exchanged(role: Role, quirk: Quirk) -> Exchange {
    call(VANILLA, &[(role, quirk)], Deadlines::default()).await
}

fn diagnosed(exchange: &Exchange) -> Option<Diagnosis> {
    diagnose(&scenario(VANILLA), exchange, &judge(&scenario(VANILLA), exchange))
}

fn of(exchange: &Exchange) -> Diagnosis {
    diagnosed(exchange).expect("it did not pass")
}

fn sample(entries: &serde_json::Value) -> StatsSample {
    let entries = entries.as_array().expect("a list of entries").clone();
    StatsSample { at: Duration::ZERO, entries }
}

/// A stage, a side, and the evidence in full.
type Found = (Stage, Role, String);

fn found(exchange: &Exchange) -> Found {
    let Diagnosis { stage, peer, evidence, .. } = of(exchange);
    (stage, peer.expect("a side is named"), evidence)
}

fn side_mut(exchange: &mut Exchange, role: Role) -> &mut Side {
    match role {
        Role::Offerer => &mut exchange.offerer,
        Role::Answerer => &mut exchange.answerer,
    }
}

/// Has `role` describe itself in another way, and the other side be given just that.
fn describe(exchange: &mut Exchange, role: Role, edit: impl Fn(&str) -> String) {
    let own = exchange.carried.iter_mut().filter(|carried| carried.from == role);
    let description = own.map(|carried| &mut carried.signal).find(|signal| signal.sdp().is_some());
    let description = description.expect("it described itself");
    let sdp = edit(description.sdp().expect("a description"));
    *description = Signal::description(role, sdp.clone());
    side_mut(exchange, role.other()).evidence.given = Some(sdp);
}

#[tokio::test(start_paused = true)]
async fn what_passed_has_no_diagnosis() {
    assert_eq!(diagnosed(&call(VANILLA, &[], Deadlines::default()).await), None);
}

#[tokio::test(start_paused = true)]
async fn each_milestone_that_is_missing_names_its_stage_and_side() {
    use Milestone as M;
    let table = [
        (Role::Answerer, M::Ready, Stage::Page),
        (Role::Offerer, M::LocalDescriptionSet, Stage::Offer),
        (Role::Offerer, M::GatheringComplete, Stage::Gathering),
        (Role::Offerer, M::DescriptionSent, Stage::Offer),
        (Role::Answerer, M::RemoteDescriptionSet, Stage::OfferCarried),
        (Role::Answerer, M::LocalDescriptionSet, Stage::Answer),
        (Role::Answerer, M::GatheringComplete, Stage::Gathering),
        (Role::Offerer, M::RemoteDescriptionSet, Stage::AnswerCarried),
        (Role::Offerer, M::IceConnected, Stage::Ice),
        (Role::Answerer, M::DtlsConnected, Stage::Dtls),
        (Role::Answerer, M::TrackReceived, Stage::MediaReceived),
    ];
    for (role, milestone, stage) in table {
        let found = of(&exchanged(role, Quirk::StopsBefore(milestone)).await);
        assert_eq!((found.stage, found.peer), (stage, Some(role)), "{milestone} of the {role}: {found:?}");
        assert!(found.evidence.starts_with(&format!("{role}: ")) && !found.look_at.is_empty(), "{found:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_went_through_with_other_line_ends_passed_and_one_with_a_blank_line_did_not() {
    let mut exchange = call(VANILLA, &[], Deadlines::default()).await;
    let copied = exchange.description(Role::Offerer).expect("it offered").to_owned();
    for ends in [copied.trim_end().to_owned(), copied.replace("\r\n", "\n"), format!("{copied}\n")] {
        exchange.answerer.evidence.given = Some(ends);
        assert_eq!(diagnosed(&exchange), None);
    }
    exchange.answerer.evidence.given = Some(copied.replacen("m=", "\nm=", 1));
    let found = of(&exchange);
    assert_eq!(found.stage, Stage::OfferCarried);
    assert!(found.evidence.contains("it was given a blank line where "), "{found:?}");
}

#[tokio::test(start_paused = true)]
async fn what_came_across_changed_is_blamed_before_ice_and_dtls() {
    let mut exchange = exchanged(Role::Offerer, Quirk::StopsBefore(Milestone::DtlsConnected)).await;
    let copied = exchange.description(Role::Answerer).expect("it answered").to_owned();
    exchange.offerer.evidence.given = Some(copied.replace("m=video 9", "m=video 8"));
    let found = of(&exchange);
    assert_eq!((found.stage, found.peer), (Stage::AnswerCarried, Some(Role::Offerer)));
    exchange.offerer.evidence.rewrites = true;
    assert_eq!(of(&exchange).stage, Stage::Dtls);
}

#[tokio::test(start_paused = true)]
async fn a_description_that_came_across_changed_fails_a_call_that_went_through_nevertheless() {
    let mut exchange = call(VANILLA, &[], Deadlines::default()).await;
    exchange.answerer.evidence.given = Some("v=0\r\n".to_owned());
    assert_eq!(of(&exchange).stage, Stage::OfferCarried);
    exchange.answerer.evidence.rewrites = true;
    assert_eq!(diagnosed(&exchange), None);
}

#[tokio::test(start_paused = true)]
async fn a_side_that_does_not_answer_is_errored_at_its_page() {
    let exchange = exchanged(Role::Answerer, Quirk::Dies("tab crashed")).await;
    let found = of(&exchange);
    assert_eq!((found.stage, found.peer), (Stage::Page, Some(Role::Answerer)), "{found:?}");
}

/// A call that fell short so late that nothing but the stage is known.
#[tokio::test(start_paused = true)]
async fn each_stage_says_what_to_look_at() {
    use Stage as S;
    let exchange = call(VANILLA, &[], Deadlines::default()).await;
    let stages = [
        S::Page,
        S::Camera,
        S::Offer,
        S::Gathering,
        S::OfferCarried,
        S::Answer,
        S::AnswerCarried,
        S::Ice,
        S::Dtls,
        S::MediaReceived,
        S::MediaDecoded,
        S::MediaIdentified,
    ];
    let look_at = |stage: Stage| {
        let what = Missing::NotAsAsked { stage, what: "otherwise".to_owned() };
        let shortfall = Shortfall {
            role: Role::Answerer,
            round: FIRST_ROUND,
            what,
            offerer_reached: None,
            answerer_reached: None,
            last_seen: Vec::new(),
        };
        let verdict = Verdict::Failed(Box::new(shortfall));
        let found = diagnose(&scenario(VANILLA), &exchange, &verdict).unwrap();
        assert_eq!((found.stage, found.peer), (stage, Some(Role::Answerer)));
        assert_eq!(found.evidence, "answerer: otherwise");
        format!("{stage}: {}\n", found.look_at)
    };
    insta::assert_snapshot!(stages.into_iter().map(look_at).collect::<String>(), @r"
    page: the driver's log and the page's console; `tincan doctor` checks browser and driver
    camera: the page's getUserMedia and addTrack; whether the camera is granted and its clip can be read
    offer: the page's handler of create offer, and its console
    gathering: when the page shows its description, and whether `icegatheringstatechange` reaches it
    offer carried: the offer as it was copied (offer.sdp) beside what was given (answerer-given.sdp)
    answer: the page's handlers of receive offer and create answer, and its console
    answer carried: the answer as it was copied (answer.sdp) beside what was given (offerer-given.sdp)
    ICE: the candidates of both sides, the candidate pairs in getStats, and what lies between the peers
    DTLS: a=fingerprint and a=setup in both descriptions
    media received: the sender's track and transceiver direction, and outbound-rtp in its getStats
    media decoded: inbound-rtp in the receiver's getStats: key frames, discarded packets, decoder
    media identified: the last frame of each side, and which stream the page puts into its remote video
    ");
}

#[test]
fn what_could_not_be_asked_is_told_with_its_cure() {
    let camera = of_trouble(Some(Role::Offerer), &HarnessError::new("open the camera", "it is in use"));
    assert_eq!((camera.stage, camera.peer), (Stage::Camera, Some(Role::Offerer)));
    assert_eq!(camera.evidence, "offerer: failed to open the camera: it is in use");
    assert!(camera.look_at.starts_with("the page's getUserMedia and addTrack"), "{camera:?}");
    let driver =
        of_trouble(None, &HarnessError::new("start chromedriver", "there is none").hint("install it"));
    assert_eq!(
        driver,
        Diagnosis {
            stage: Stage::Page,
            round: FIRST_ROUND,
            peer: None,
            evidence: "failed to start chromedriver: there is none".to_owned(),
            look_at: "install it".to_owned(),
        }
    );
}

#[tokio::test(start_paused = true)]
async fn the_length_of_a_wait_is_told_with_the_digits_that_it_has() {
    for (ms, told) in [(1, "0.001 s"), (99, "0.099 s"), (100, "0.1 s"), (1234, "1.2 s")] {
        let deadlines = Deadlines::default().with(Wait::Ready, Duration::from_millis(ms));
        let quirks = [(Role::Offerer, Quirk::StopsBefore(Milestone::Ready))];
        let exchange = call(VANILLA, &quirks, deadlines).await;
        assert_eq!(found(&exchange).2, format!("offerer: the page was not ready within {told}"));
        let reason = judge(&scenario(VANILLA), &exchange).reason().unwrap();
        let begin = format!("offerer: ready was not reached within {told} (deadline ready); ");
        assert!(reason.starts_with(&begin), "{reason}");
    }
}
