//! Calls in which messages are sent on data channels.

use std::time::Duration;

use serde_json::json;
use tincan_harness::{
    Call, Deadlines, Detail, Diagnosis, Media, Milestone, Operation, PeerError, Role, Scenario,
    SignalingMode, Stage, Verdict, Wait,
    diagnosis::diagnose,
    exchange::{Ending, Exchange, exchange},
    judge,
    peer::StatsSample,
    testing::{
        Quirk,
        calls::{peers, scenario},
    },
};

fn data() -> Scenario {
    Scenario { media: Media::DATA, ..scenario(SignalingMode::Trickle) }
}

async fn called(quirks: &[(Role, Quirk)]) -> Exchange {
    let [mut offerer, mut answerer] = peers(quirks);
    exchange(&Call { deadlines: Deadlines::default(), ..Call::new(data()) }, &mut offerer, &mut answerer)
        .await
}

fn diagnosed(exchange: &Exchange) -> Diagnosis {
    diagnose(&data(), exchange, &judge(&data(), exchange)).expect("it did not pass")
}

/// What its statistics count of messages: sent, received.
fn counted([sent, received]: [u64; 2]) -> Vec<StatsSample> {
    let channel = |label: &str, [sent, received]: [u64; 2]| json!({ "type": "data-channel", "label": label, "messagesSent": sent, "messagesReceived": received });
    let entries =
        vec![channel("ordered", [sent, received]), channel("lossy", [0, 1]), channel("chat", [900, 900])];
    vec![StatsSample { at: Duration::ZERO, entries }]
}

#[tokio::test(start_paused = true)]
async fn a_call_of_data_alone_passes_without_a_track_and_without_srtp() {
    let without = [Role::Offerer, Role::Answerer].map(|role| (role, Quirk::Withholds(Detail::SrtpProfile)));
    let exchange = called(&without).await;
    assert_eq!(judge(&data(), &exchange), Verdict::Passed);
    assert_eq!(exchange.answerer.timeline.at(Milestone::TrackReceived), None);
    assert!(exchange.answerer.timeline.at(Milestone::MessagesProven).is_some());
    assert_eq!(exchange.offerer.received.messages.proven, 1000);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_as_it_was_sent_ends_the_call_and_fails_it() {
    // The last message, once more: it comes when all is proven.
    let exchange = called(&[(Role::Answerer, Quirk::SeesTwice)]).await;
    let what = "on the channel \"negotiated\", message 957 came twice";
    let wrong = Ending::NotAsSent(Role::Answerer, Stage::MessagesIdentified, what.to_owned());
    assert_eq!(exchange.ending, wrong);
    let Diagnosis { stage, peer, evidence, .. } = diagnosed(&exchange);
    assert_eq!((stage, peer), (Stage::MessagesIdentified, Some(Role::Answerer)));
    assert_eq!(evidence, format!("answerer: {what}"));
}

#[tokio::test(start_paused = true)]
async fn who_has_not_sent_is_to_blame_if_it_is_known() {
    let mut exchange = called(&[(Role::Answerer, Quirk::SeesFirst(3))]).await;
    let found = |exchange: &Exchange| {
        let Diagnosis { stage, peer, evidence, .. } = diagnosed(exchange);
        assert_eq!(stage, Stage::MessagesReceived);
        (peer.expect("a side is named"), evidence)
    };
    let came = "answerer: of 1000 messages 12 came as they were sent within 20.0 s";
    assert_eq!(found(&exchange), (Role::Answerer, came.to_owned()));
    exchange.answerer.evidence.stats = counted([1000, 12]);
    exchange.offerer.evidence.stats = counted([1000, 1000]);
    let counts = format!("{came}, 13 by its getStats, and the offerer sent 1000");
    assert_eq!(found(&exchange), (Role::Answerer, counts));
    exchange.offerer.evidence.stats = counted([12, 1000]);
    let sent = "offerer: it sent 12 of 1000 messages on its data channels within 20.0 s";
    assert_eq!(found(&exchange), (Role::Offerer, sent.to_owned()));
    let Verdict::Failed(shortfall) = judge(&data(), &exchange) else { panic!("it did not fail") };
    let seen = shortfall.last_seen.last().expect("something was seen");
    assert_eq!(seen, "data channels open: 4 of 4; messages: 12, 12 of 1000 as they were sent");
}

#[tokio::test(start_paused = true)]
async fn channels_that_do_not_open_are_counted_on_both_sides() {
    let mut exchange = called(&[(Role::Answerer, Quirk::StopsBefore(Milestone::DtlsConnected))]).await;
    exchange.ending = Ending::Stalled {
        role: Role::Answerer,
        milestone: Milestone::ChannelOpen,
        wait: Wait::Media,
        waited: Duration::from_secs(20),
    };
    let Diagnosis { stage, evidence, .. } = diagnosed(&exchange);
    let found = "answerer: 0 of 4 data channels opened within 20.0 s (offerer: 4)";
    assert_eq!((stage, evidence.as_str()), (Stage::ChannelOpen, found));
}

#[tokio::test(start_paused = true)]
async fn a_channel_or_a_message_that_is_refused_is_of_its_own_stage() {
    for (operation, expected) in [
        (Operation::CreateDataChannel, Stage::ChannelOpen),
        (Operation::SendMessage, Stage::MessagesReceived),
    ] {
        let mut exchange = called(&[]).await;
        let fault = PeerError { operation, message: "no".to_owned() };
        exchange.ending = Ending::PeerFailed(Role::Offerer, fault);
        let Diagnosis { stage, peer, .. } = diagnosed(&exchange);
        assert_eq!((stage, peer), (expected, Some(Role::Offerer)));
    }
}
