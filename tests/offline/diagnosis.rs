//! The diagnosis of calls between scripted peers; what it says of real ones is tried by `tincan sabotage`.

use serde_json::json;
use tincan_harness::{
    Deadlines, Diagnosis, Milestone, Role, SignalingMode, Stage,
    diagnosis::diagnose,
    exchange::Exchange,
    frames::FrameSource,
    judge,
    peer::{StatsSample, Transport},
    testing::Quirk,
};

use crate::exchange::{call, scenario};

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
    StatsSample { at: std::time::Duration::ZERO, entries }
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
async fn what_was_refused_is_held_against_what_was_copied() {
    let mut exchange = exchanged(Role::Answerer, Quirk::Refuses("Failed to parse SessionDescription.")).await;
    let whole = of(&exchange);
    assert_eq!(whole.stage, Stage::OfferCarried);
    assert!(whole.evidence.ends_with("it was carried as it was copied"), "{}", whole.evidence);
    exchange.answerer.evidence.given = Some("v=0\r\n".to_owned());
    assert!(of(&exchange).evidence.contains("it was given 1 of "), "{}", of(&exchange).evidence);
    let copied = exchange.description(Role::Offerer).expect("it offered").to_owned();
    exchange.answerer.evidence.given = Some(copied.trim_end().to_owned());
    let told = of(&exchange).evidence;
    assert!(told.contains("it was given the same lines, but the last line end is missing: "), "{told}");
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
async fn checks_that_nobody_answers_are_counted() {
    let mut exchange = exchanged(Role::Offerer, Quirk::StopsBefore(Milestone::IceConnected)).await;
    let pair = |received| {
        json!([
            { "type": "candidate-pair", "requestsSent": 7, "responsesReceived": 0, "requestsReceived": received },
            { "type": "remote-candidate" }
        ])
    };
    exchange.offerer.evidence.stats = vec![sample(&pair(0))];
    assert!(of(&exchange).evidence.contains("7 checks sent, 0 answered, 0 received: nothing comes"));
    exchange.offerer.evidence.stats = vec![sample(&pair(5))];
    assert!(of(&exchange).evidence.contains("user name fragment or password"));
    exchange.offerer.evidence.stats = vec![sample(&json!([]))];
    assert!(of(&exchange).evidence.contains("the offerer knows no candidate"), "{:?}", of(&exchange));
}

#[tokio::test(start_paused = true)]
async fn media_is_followed_from_the_packets_to_whose_pictures_they_are() {
    let third = Quirk::Sees(FrameSource { peer: 99, run: 77 });
    let mut exchange = exchanged(Role::Offerer, third).await;
    let counted = |received, decoded| {
        sample(&json!([
            { "type": "inbound-rtp", "kind": "video", "packetsReceived": received, "framesDecoded": decoded }
        ]))
    };
    exchange.offerer.evidence.stats = vec![counted(50, 10)];
    let found = of(&exchange);
    assert_eq!((found.stage, found.peer), (Stage::MediaIdentified, Some(Role::Offerer)), "{found:?}");
    exchange.offerer.frames = Default::default();
    exchange.offerer.evidence.stats = vec![counted(50, 0)];
    assert_eq!(of(&exchange).stage, Stage::MediaDecoded);
    exchange.offerer.evidence.stats = vec![counted(0, 0)];
    assert_eq!(of(&exchange).stage, Stage::MediaReceived);
    let sends_nothing = json!([{ "type": "outbound-rtp", "kind": "video", "packetsSent": 0 }]);
    exchange.answerer.evidence.stats = vec![sample(&sends_nothing)];
    assert_eq!((of(&exchange).stage, of(&exchange).peer), (Stage::MediaReceived, Some(Role::Answerer)));
    exchange.offerer.evidence.transport =
        Transport { dtls_role: Some("client".into()), ..Transport::default() };
    exchange.answerer.evidence.transport = exchange.offerer.evidence.transport.clone();
    assert_eq!(of(&exchange).stage, Stage::Dtls);
}

#[tokio::test(start_paused = true)]
async fn a_side_that_does_not_answer_is_errored_at_its_page() {
    let exchange = exchanged(Role::Answerer, Quirk::Dies("tab crashed")).await;
    let found = of(&exchange);
    assert_eq!((found.stage, found.peer), (Stage::Page, Some(Role::Answerer)), "{found:?}");
}
